// Owns how the table of lives is played: for each cell a target in its state and an observer in its relation to it, all at
// once in one runtime; what is done to the targets. Knows nothing of what should become of them.

import { BroadcastChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import { Down, exit, isAlive, send, TimeoutError } from 'rumpus'
import { keeper, observer, observerBody, plug, target, targetBody, tie } from '../fixtures/life-bodies.mjs'
import { actOf, type Cell, FIRST, GIVEN, type Note, Play, SEATS, wordsOf } from './cells.ts'
import { listening, type Silence } from './silence.ts'
import { type AnyPid, type AnySelf, turns } from './world.ts'

/** Whether a cell is one of these. */
type Which = (cell: Cell) => boolean

/** Plays cells as the root of a runtime with three schedulers. The steps come in the order in which they stand here. */
export class Table {
  private readonly self: AnySelf
  /** Those who keep their thread listen here; the table hears on another that observers elsewhere are tied. */
  private readonly channel: BroadcastChannel
  private readonly tied: BroadcastChannel
  private readonly nothing = new Int32Array(new SharedArrayBuffer(4))
  private readonly silence: Silence
  readonly plays: Play[]
  private readonly keys: ReadonlyMap<Play, number>
  private readonly keepers: AnyPid[] = []
  private readonly targets = new Map<number, Play>()
  private readonly observers = new Map<number, Play>()
  private readonly ready = new Set<number>()
  private kept = 0
  private observing = 0
  private unwinding = 0
  private plugged = 0
  private rounds = 0
  private told = 0
  private ends = 0

  private constructor(self: AnySelf, cells: readonly Cell[], silence: Silence) {
    this.self = self
    this.silence = silence
    this.plays = cells.map((cell) => new Play(cell))
    this.keys = new Map(this.plays.map((play, key) => [play, key]))
    const name = `table of ${self.pid}`
    this.channel = new BroadcastChannel(name)
    this.tied = new BroadcastChannel(`${name}: tied`)
    for (const channel of [this.channel, this.tied]) channel.unref()
  }

  static async open(self: AnySelf, cells: readonly Cell[]): Promise<Table> {
    const told = (what: 'ready' | 'hungUp', key: number): void => send(self.pid, { [what]: key })
    return new Table(self, cells, await listening(told))
  }

  /** Everybody is in place, the unstarted, those that will compute and the relations still to come. */
  async prepare(): Promise<void> {
    await this.keepOn([SEATS.here, SEATS.elsewhere, SEATS.observers])
    for (const play of this.plays) this.spawnObserver(play)
    await this.hearUntil(() => this.observing === this.plays.length)
    const started = this.plays.filter(({ cell }) => cell.state !== 'unstarted' && cell.state !== 'running')
    const restless = started.filter(({ cell }) => cell.state === 'yield')
    const resting = started.filter(({ cell }) => cell.state !== 'yield')
    for (const play of resting) this.spawnTarget(play)
    const dead = started.filter(({ cell }) => cell.state === 'dead')
    await this.hearUntil(() => this.ready.size === resting.length - dead.length)
    await this.hearUntil(() => dead.every(({ end }) => end !== undefined))
    const exiting = started.filter(({ cell }) => cell.state === 'exiting')
    for (const { pid } of exiting) exit(pid, FIRST)
    await this.hearUntil(() => this.unwinding === exiting.length)
    // They keep all threads busy: last.
    for (const play of restless) this.spawnTarget(play)
    await this.hearUntil(() => this.ready.size === started.length - dead.length)
    await this.settle()
  }

  /** Keeps a thread from starting anybody, until `unplug`. */
  async plug(): Promise<void> {
    this.self.spawn(plug.with({ on: SEATS.plugged }), this.self.pid, this.channel.name)
    await this.hearUntil(() => this.plugged > 0)
  }

  unplug(): void {
    this.channel.postMessage('go on')
  }

  /** Has a target compute, which all cells have in common that want one: nobody on its thread hears anything any more. */
  async keepThread(): Promise<void> {
    const computing = this.plays.filter(({ cell }) => cell.state === 'running')
    const [first] = computing as [Play]
    this.spawnTarget(first)
    for (const play of computing.slice(1)) this.share(play, first.pid)
    await this.hearUntil(() => this.ready.has(this.keyOf(first)))
  }

  /** The thread that ended has a new one in its place, which has seen to what had not started on it. */
  async keepAnew(): Promise<void> {
    await this.keepOn([SEATS.elsewhere])
  }

  /** Has the observers of some enter into their relations, having spawned the unstarted, without letting anybody run. */
  tie(which: Which): void {
    const some = this.plays.filter(({ cell }) => which(cell))
    for (const play of some) {
      if (play.cell.state === 'unstarted') this.spawnTarget(play)
      play.before = isAlive(play.pid)
    }
    const ties = some.map((play) => ({
      place: play.cell.observer,
      key: this.keyOf(play),
      pid: play.pid,
      links: play.cell.relation === 'linked' || play.cell.relation === 'both',
      monitors: play.cell.relation === 'monitored' || play.cell.relation === 'both',
    }))
    tie(ties.filter(({ place }) => place === 'here'))
    const elsewhere = ties.filter(({ place }) => place === 'elsewhere')
    if (elsewhere.length > 0) this.tieElsewhere(elsewhere)
  }

  /** Does to each target what its cell says, without letting anybody run. */
  act(which: Which): void {
    for (const [key, { cell, pid }] of this.plays.entries()) {
      if (!which(cell)) continue
      const { way, state, place } = cell
      if (way === 'outside' || way === 'thread after an exit') exit(pid, GIVEN[cell.reason])
      if (way !== 'self' && way !== 'settle') continue
      const act = actOf(cell)
      if (state === 'receive' || state === 'select') send(pid, act)
      else send(this.keepers[SEATS[place]], { key, act })
    }
  }

  /** Has those that compute do so, one after the other, and in that time tied and acted upon. */
  async compute(): Promise<void> {
    for (const [key, play] of this.plays.entries()) {
      const { cell } = play
      if (cell.state !== 'running') continue
      this.spawnTarget(play)
      await this.hearUntil(() => this.ready.has(key))
      const isThis: Which = (other) => other === cell
      this.tie(isThis)
      if (cell.way === 'outside') this.act(isThis)
      this.channel.postMessage(actOf(cell))
    }
  }

  /** Lets those go on that are being unwound, and notes who of them had ended before. */
  async release(): Promise<void> {
    const held = this.plays.filter(({ cell }) => cell.state === 'exiting' && cell.way === 'outside')
    await this.settle()
    for (const play of held) play.atOnce = play.end !== undefined
    for (const play of held) {
      const key = this.keyOf(play)
      send(this.keepers[SEATS[play.cell.place]], { key, act: { way: 'return' } })
    }
  }

  /** Hears until so many targets, observers and requests have ended, or nothing more seems to come; then whatever else is under way. */
  async finish(ends: number): Promise<void> {
    await this.hearUntil(() => this.ends >= ends).catch((error) => {
      if (!(error instanceof TimeoutError)) throw error
    })
    await this.settle()
    const asked = [SEATS.here, SEATS.observers]
    for (const seat of asked) send(this.keepers[seat], { tell: true })
    await this.hearUntil(() => this.told === asked.length)
  }

  /** Waits until all that was sent has been heard, there and back, several times over. */
  async settle(): Promise<void> {
    for (let i = 0; i < 3; i++) {
      const alive = this.keepers.filter((pid) => isAlive(pid))
      const wanted = this.rounds + alive.length
      for (const pid of alive) send(pid, { round: i })
      await this.hearUntil(() => this.rounds === wanted)
      await turns(3)
    }
  }

  /** Notes how things stand. */
  keep(): void {
    for (const play of this.plays) play.outcome = play.look()
  }

  /** Ends who is left. */
  async clear(): Promise<void> {
    for (const { pid, observer } of this.plays) for (const one of [pid, observer]) exit(one, 'kill')
    for (const pid of this.keepers) exit(pid, 'kill')
    this.channel.close()
    this.tied.close()
    await this.silence.close()
  }

  private async keepOn(seats: readonly number[]): Promise<void> {
    const before = this.kept
    for (const seat of seats) this.self.spawn(keeper.with({ on: seat }), this.self.pid)
    await this.hearUntil(() => this.kept === before + seats.length)
  }

  private tieElsewhere(ties: readonly object[]): void {
    send(this.keepers[SEATS.observers], { ties, channel: this.tied.name })
    const port = this.tied as unknown as MessagePort
    const end = performance.now() + 5_000
    while (receiveMessageOnPort(port) === undefined) {
      if (performance.now() > end) throw new Error('nobody tied the observers elsewhere')
      Atomics.wait(this.nothing, 0, 0, 0.1)
    }
  }

  private spawnTarget(play: Play): void {
    const { cell, seat } = play
    const { state } = cell
    const key = this.keyOf(play)
    const told = cell.way === 'self' || cell.way === 'settle'
    const to = this.self.pid
    const outside = { channel: this.channel.name, url: this.silence.url }
    const pid =
      seat === SEATS.here
        ? this.self.spawn((me: AnySelf) => targetBody(me, to, key, state, told, outside))
        : this.self.spawn(target.with({ on: seat }), to, key, state, told, outside)
    this.share(play, pid as AnyPid)
  }

  private share(play: Play, pid: AnyPid): void {
    play.pid = pid
    this.targets.set(this.self.monitor(pid), play)
  }

  private spawnObserver(play: Play): void {
    const key = this.keyOf(play)
    const [to, { traps }] = [this.self.pid, play.cell]
    const [pid, ref] =
      play.cell.observer === 'here'
        ? this.self.spawnMonitor((me: AnySelf) => observerBody(me, to, key, traps))
        : this.self.spawnMonitor(observer.with({ on: SEATS.observers }), to, key, traps)
    play.observer = pid as AnyPid
    this.observers.set(ref, play)
  }

  private async hearUntil(enough: () => boolean): Promise<void> {
    while (!enough()) this.hear(await this.self.receive({ timeout: 5_000 }))
  }

  private hear(message: Down | News): void {
    if (message instanceof Down) {
      const [of, by] = [this.targets.get(message.ref), this.observers.get(message.ref)]
      if (of !== undefined) of.end = wordsOf(message.reason)
      if (by !== undefined) by.observerEnd = wordsOf(message.reason)
      this.ends++
    } else if (message.keeper !== undefined) {
      this.keepers[message.seat as number] = message.keeper
      this.kept++
    } else if (message.round !== undefined) this.rounds++
    else if (message.plugged !== undefined) this.plugged++
    else if (message.observes !== undefined) this.observing++
    else if (message.unwinding !== undefined) this.unwinding++
    else if (message.ready !== undefined) this.ready.add(message.ready)
    else if (message.passed !== undefined) this.playOf(message.passed).passed = true
    else if (message.hungUp !== undefined) {
      this.playOf(message.hungUp).hungUp = true
      this.ends++
    } else if (message.notes !== undefined) {
      this.told++
      for (const note of message.notes) this.playOf(note.key).note(note)
    }
  }

  private keyOf(play: Play): number {
    return this.keys.get(play) as number
  }

  private playOf(key: number): Play {
    return this.plays[key] as Play
  }
}

/** What the table hears. */
interface News {
  readonly keeper?: AnyPid
  readonly seat?: number
  readonly round?: number
  readonly plugged?: number
  readonly observes?: number
  readonly unwinding?: number
  readonly ready?: number
  readonly passed?: number
  readonly hungUp?: number
  readonly notes?: readonly Note[]
}
