// Owns how the table of lives is played: for each cell a target in its state and an observer in its relation to it, all at
// once in one runtime; what is done to the target; what became of both. Knows nothing of what should become of them.

import { BroadcastChannel } from 'node:worker_threads'
import { Down, type Exit, type ExitReason, exit, isAlive, type ReasonGiven, send, TimeoutError } from 'rumpus'
import { keeper, plug, target, targetBody } from '../fixtures/life-bodies.mjs'
import { type AnyPid, type AnySelf, turns } from './world.ts'

export const RELATIONS = ['none', 'linked', 'monitored', 'both'] as const
export const REASONS = ['normal', 'shutdown', 'kill', 'error', 'value'] as const
export const WAYS = ['outside', 'self', 'settle', 'thread'] as const
export const STATES = ['unstarted', 'foreign', 'receive', 'select', 'sleep', 'yield', 'exiting', 'dead'] as const
export const PLACES = ['here', 'elsewhere'] as const

/** What the reasons are that users give. */
export const GIVEN: Record<Cell['reason'], ReasonGiven> = {
  normal: 'normal',
  shutdown: 'shutdown',
  kill: 'kill',
  error: new RangeError('on purpose'),
  value: { why: 'a value' },
}

/** Why the targets in the state `exiting` are there. */
export const FIRST = { first: true }

/** One case. */
export interface Cell {
  readonly relation: (typeof RELATIONS)[number]
  readonly traps: boolean
  readonly reason: (typeof REASONS)[number]
  /** Who ends the target: another, itself by `self.exit`, its return or its error, the end of its thread. */
  readonly way: (typeof WAYS)[number]
  readonly state: (typeof STATES)[number]
  readonly place: (typeof PLACES)[number]
}

/** What became of it. */
export interface Outcome {
  /** Whether the target was alive when all was set up, and in the end. */
  readonly alive: readonly [before: boolean, after: boolean]
  /** Why it ended, if it did. */
  readonly end: string | undefined
  /** Whether it ended before its body was let go on; told of targets that are being unwound. */
  readonly atOnce?: boolean
  /** What the observer heard, sorted. */
  readonly heard: readonly string[]
  /** Why the observer ended, if it did. */
  readonly observer: string | undefined
}

/** A reason in a word or two. */
export const wordsOf = (reason: ExitReason): string => {
  if (reason.kind === 'error') return `error ${reason.error.message}`
  return reason.kind === 'user' ? `user ${JSON.stringify(reason.value)}` : reason.kind
}

const SEATS = { here: 0, elsewhere: 1, plugged: 2 }

/** One case as it is played. */
class Play {
  readonly cell: Cell
  pid = 0 as AnyPid
  observer = 0 as AnyPid
  lent: AnySelf | undefined
  before = false
  end: string | undefined
  atOnce: boolean | undefined
  heard: string[] = []
  observerEnd: string | undefined
  outcome: Outcome | undefined

  constructor(cell: Cell) {
    this.cell = cell
  }

  get seat(): number {
    if (this.cell.place === 'here') return SEATS.here
    const { state, way } = this.cell
    return state === 'unstarted' && way !== 'thread' ? SEATS.plugged : SEATS.elsewhere
  }

  /** What an observer hears of this target and nobody else. */
  note(message: Down | Exit, ref: number | undefined): void {
    const foreign = message.pid === this.pid && (!(message instanceof Down) || message.ref === ref) ? '' : 'foreign '
    this.heard.push(`${foreign}${message.type} ${wordsOf(message.reason)}`)
  }

  /** How things stand. */
  look(): Outcome {
    const { before, end, atOnce, observerEnd: observer } = this
    // Whether a Down or the exit signal of a link comes first is nobody's promise.
    const heard = this.heard.filter((what) => observer === undefined || what !== `down ${end}`).sort()
    return {
      alive: [before, isAlive(this.pid)],
      end,
      ...(atOnce === undefined ? {} : { atOnce }),
      heard,
      observer,
    }
  }
}

/** Plays cells as the root of a runtime with two schedulers. The steps come in the order in which they stand here. */
export class Table {
  private readonly self: AnySelf
  private readonly channel: BroadcastChannel
  readonly plays: Play[]
  private readonly keepers: AnyPid[] = []
  private readonly targets = new Map<number, Play>()
  private readonly observers = new Map<number, Play>()
  private ready = 0
  private unwinding = 0
  private plugged = 0
  private rounds = 0
  private ends = 0

  constructor(self: AnySelf, cells: readonly Cell[]) {
    this.self = self
    this.plays = cells.map((cell) => new Play(cell))
    this.channel = new BroadcastChannel(`plug of ${self.pid} in ${process.pid}`)
    this.channel.unref()
  }

  /** Everybody is in place, the unstarted and the relations still to come. */
  async prepare(): Promise<void> {
    for (const seat of [0, 1]) this.self.spawn(keeper.with({ on: seat }), this.self.pid)
    await this.hearUntil(() => this.keepers[0] !== undefined && this.keepers[1] !== undefined)
    const started = this.plays.filter(({ cell }) => cell.state !== 'unstarted')
    for (const play of this.plays) this.spawnObserver(play)
    for (const play of started) this.spawnTarget(play)
    const dead = started.filter(({ cell }) => cell.state === 'dead')
    await this.hearUntil(() => this.ready === started.length - dead.length)
    await this.hearUntil(() => dead.every(({ end }) => end !== undefined))
    const exiting = started.filter(({ cell }) => cell.state === 'exiting')
    for (const { pid } of exiting) exit(pid, FIRST)
    await this.hearUntil(() => this.unwinding === exiting.length)
    await this.settle()
  }

  /** Keeps the thread in `seat` from starting anybody, until `unplug`. */
  async plug(seat: number): Promise<void> {
    this.self.spawn(plug.with({ on: seat }), this.self.pid, this.channel.name)
    await this.hearUntil(() => this.plugged > 0)
  }

  unplug(): void {
    this.channel.postMessage('go on')
  }

  /** Has the observers of some enter into their relations, having spawned the unstarted, without letting anybody run. */
  tie(which: (cell: Cell) => boolean = () => true): void {
    for (const play of this.plays.filter(({ cell }) => which(cell))) {
      if (play.cell.state === 'unstarted') this.spawnTarget(play)
      play.before = isAlive(play.pid)
      const { relation } = play.cell
      const lent = play.lent as AnySelf
      if (relation === 'linked' || relation === 'both') lent.link(play.pid)
      if (relation === 'monitored' || relation === 'both') refs.set(lent, lent.monitor(play.pid))
    }
  }

  /** Does to each target what its cell says, without letting anybody run. */
  act(): void {
    for (const [key, { cell, pid }] of this.plays.entries()) {
      const { way, state, place } = cell
      const value = GIVEN[cell.reason]
      if (way === 'outside') exit(pid, value)
      if (way !== 'self' && way !== 'settle') continue
      const act = { way: way === 'self' ? 'exit' : cell.reason === 'normal' ? 'return' : 'throw', value }
      if (state === 'receive' || state === 'select') send(pid, act)
      else send(this.keepers[SEATS[place]], { key, act })
    }
  }

  /** Lets those go on that are being unwound, and notes who of them had ended before. */
  async release(): Promise<void> {
    const held = this.plays.filter(({ cell }) => cell.state === 'exiting' && cell.way === 'outside')
    await this.settle()
    for (const play of held) play.atOnce = play.end !== undefined
    for (const play of held) {
      const key = this.plays.indexOf(play)
      send(this.keepers[SEATS[play.cell.place]], { key, act: { way: 'return' } })
    }
  }

  /** Hears until so many targets and observers have ended, or nothing more seems to come; then whatever else is under way. */
  async finish(ends: number): Promise<void> {
    await this.hearUntil(() => this.ends >= ends).catch((error) => {
      if (!(error instanceof TimeoutError)) throw error
    })
    await this.settle()
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
  clear(): void {
    for (const { pid, observer } of this.plays) for (const one of [pid, observer]) exit(one, 'kill')
    for (const pid of this.keepers) exit(pid, 'kill')
    this.channel.close()
  }

  private spawnTarget(play: Play): void {
    const { cell, seat } = play
    const key = this.plays.indexOf(play)
    const told = cell.way === 'self' || cell.way === 'settle'
    const [to, { state }] = [this.self.pid, cell]
    play.pid = (
      seat === 0
        ? this.self.spawn((me: AnySelf) => targetBody(me, to, key, state, told))
        : this.self.spawn(target.with({ on: seat }), to, key, state, told)
    ) as AnyPid
    this.targets.set(this.self.monitor(play.pid), play)
  }

  private spawnObserver(play: Play): void {
    const [pid, ref] = this.self.spawnMonitor(async (me: AnySelf) => {
      if (play.cell.traps) me.trapExit()
      // Lent to the root: it ties and acts at one go, so that nobody starts in between.
      play.lent = me
      for await (const message of me) play.note(message, refs.get(me))
    })
    play.observer = pid as AnyPid
    this.observers.set(ref, play)
  }

  private async hearUntil(enough: () => boolean): Promise<void> {
    while (!enough()) this.hear(await this.self.receive({ timeout: 5_000 }))
  }

  private hear(message: Down | Record<string, number>): void {
    if (message instanceof Down) {
      const [of, by] = [this.targets.get(message.ref), this.observers.get(message.ref)]
      if (of !== undefined) of.end = wordsOf(message.reason)
      if (by !== undefined) by.observerEnd = wordsOf(message.reason)
      this.ends++
    } else if (message['keeper'] !== undefined) this.keepers[message['seat']] = message['keeper'] as AnyPid
    else if (message['round'] !== undefined) this.rounds++
    else if (message['plugged'] !== undefined) this.plugged++
    else if (message['ready'] !== undefined) this.ready++
    else this.unwinding++
  }
}

/** Under which reference an observer waits for news. */
const refs = new WeakMap<AnySelf, number>()
