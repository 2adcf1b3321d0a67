// The one scheduler of the model: who goes on, waits, mail, life and death of all processes. Owns the rule that one step
// continues one process and lets it run until it waits; what users may ask for is in `self.ts` and `model.ts`. Never true here:
// two bodies continued by one step, an end told before the process is dead, a process on the run queue twice.

import { AbortError, ProcessExit, RumpusError, TimeoutError, waitsAlready } from '../errors.ts'
import { pidOf } from '../pid.ts'
import { Down, Exit, type ExitReason, type Pid } from '../types.ts'
import type { Around, Counts } from './around.ts'
import type { Clock, Timer } from './clock.ts'
import type { Letter } from './inbox.ts'
import { type Birth, called, type Limits, Process } from './process.ts'
import { describe } from './reasons.ts'
import { type Entry, RunQueue } from './run-queue.ts'
import { noteSite, siteOf } from './sites.ts'
import { type Stepper, soon, Turns } from './turns.ts'
import { type Cause, Wait } from './wait.ts'

/** How long a body that was told to end may take, in milliseconds. */
const GRACE_MS = 5_000

/** Time does not wait for a body that has asked so often after it was told to end: it does not mean to. */
const REFUSALS_MAX = 1_000

const nothing = (): void => {}

export class Scheduler implements Stepper {
  readonly clock: Clock
  readonly turns: Turns
  readonly counts: Counts = { accepted: 0, received: 0, dropped: { dead: 0, died: 0, full: 0 } }
  readonly lives = { spawned: 0, exited: 0, started: 0, resumes: 0 }
  /** Oldest first. */
  readonly processes: Map<number, Process> = new Map()
  /** Dead, but their bodies have not settled; one that waits for what nobody can settle any more is collected. */
  readonly abandoned: Map<number, WeakRef<Process>> = new Map()
  /** Who waits outside, and wants to hear if nothing can ever happen again; while there are any, virtual time passes. */
  readonly outside: Set<(error: Error) => void> = new Set()
  /** Of the dead no name is left; of the exiting it is. */
  readonly names: Map<string, Process> = new Map()
  /** By their references, who gets what timers will send. */
  readonly posts: Map<number, Process> = new Map()
  /** Who was continued by the last step, until the next. */
  current: Process | undefined
  /** Whether to keep the event loop alive though nobody waits outside. */
  kept = false
  /** Given out for monitors and timers. */
  references = 0
  /** Bodies that are about to hear that they must end: virtual time waits for them. */
  private telling = 0
  private readonly around: Around
  private readonly queue = new RunQueue<Process>()

  constructor(around: Around) {
    this.around = around
    this.clock = around.clock
    this.turns = new Turns(this, around.grant)
  }

  /** A reason as others hear it. */
  carry(reason: ExitReason): ExitReason {
    return this.around.carry(reason)
  }

  /** What became of messages: `accepted` is the sum of the others. */
  get books(): Readonly<Counts> & { readonly waiting: number } {
    const { accepted, received, dropped } = this.counts
    const waiting = [...this.processes.values()].reduce((sum, { inbox }) => sum + inbox.size, 0)
    return { accepted, received, waiting, dropped: { ...dropped } }
  }

  // Steps.

  /** How many can go on. */
  get ready(): number {
    return this.queue.size
  }

  get holds(): boolean {
    return this.kept || this.outside.size > 0
  }

  step(): boolean {
    this.current = undefined
    const entry = this.queue.take(this.around.choose)
    if (entry === undefined) return false
    this.current = entry.of
    if (entry.of?.entry === entry) entry.of.entry = undefined
    entry.go()
    return entry.of === undefined
  }

  rest(): void {
    this.current = undefined
    const { clock } = this
    if (!clock.virtual || this.outside.size === 0 || this.telling > 0) return
    if ([...this.processes.values()].some(({ abroad }) => abroad)) return
    if (clock.next === undefined) return this.giveUp()
    clock.jump()
    this.turns.come()
  }

  /** Appends to the run queue. */
  enqueue(of: Process | undefined, go: () => void): Entry<Process> {
    const entry = this.queue.push(of, go)
    this.turns.come()
    return entry
  }

  private unqueue(process: Process): void {
    if (process.entry !== undefined) this.queue.remove(process.entry)
    process.entry = undefined
  }

  private giveUp(): void {
    const who = [...this.processes.values()].map((process) => {
      const what = [process.wait?.cause, ...(process.asked ?? [])].flatMap((wait) => wait?.on ?? [])
      return `${called(process)} waits for ${what.join(' and ')}`
    })
    const error = new RumpusError('ERR_RUMPUS_DEADLOCK', `nothing can ever happen again: ${who.join('; ')}`)
    for (const reject of this.outside) reject(error)
    this.outside.clear()
  }

  /** Has something happen at that time. */
  at(due: number, fire: () => void): Timer {
    const timer = this.clock.set(due, fire)
    if (this.clock.next === due) this.turns.come()
    return timer
  }

  /** Has something end when its time is over or it is aborted; answers how to take that back. */
  limit({ timeout, signal }: Limits, end: (error: Error) => void): () => void {
    const abort = (): void => end(new AbortError(signal?.reason))
    signal?.addEventListener('abort', abort)
    const isTimed = timeout !== undefined && timeout !== Number.POSITIVE_INFINITY
    const timer = isTimed ? this.at(this.clock.now + timeout, () => end(new TimeoutError(timeout))) : undefined
    return () => {
      signal?.removeEventListener('abort', abort)
      this.clock.cancel(timer)
    }
  }

  /** Code of the process that runs waits for something beside its own wait, until what this answers is called. */
  asking(on: string): () => void {
    const by = this.current
    const ask = { on }
    by?.asks.add(ask)
    return () => by?.asked?.delete(ask)
  }

  // Waits.

  /** Why a process may not wait now: it waits already. */
  busyError(process: Process): Error | undefined {
    return process.busy ? waitsAlready(process.pid, siteOf(process)) : undefined
  }

  /** What a wait of a process answers that may not wait now, if it is so. */
  refusal(process: Process): Promise<never> | undefined {
    if (process.exiting !== undefined) return this.exited(process)
    const error = this.busyError(process)
    return error && Promise.reject(error)
  }

  /**
   * The answer to a process that must end. It comes by the event loop: a body that catches it and asks again, for ever, must not
   * keep its thread from hearing that its grace is over; then it does not keep the loop alive either.
   */
  private exited(process: Process): Promise<never> {
    const holdsTime = ++process.refused < REFUSALS_MAX
    if (holdsTime) this.telling++
    const rejection = new Promise<never>((_, reject) => {
      const tell = (): void => {
        if (holdsTime) this.telling--
        reject(new ProcessExit(process.exiting))
        this.turns.come()
      }
      soon(tell, process.phase !== 'dead')
    })
    // A body that must end may be waiting for something else.
    rejection.catch(nothing)
    return rejection
  }

  /** Has a body wait. `enter` starts what will end the wait by `wake`, and answers how to take that back. */
  park(process: Process, cause: Cause, enter: (wake: () => void) => () => void): Promise<unknown> {
    const refused = this.refusal(process)
    if (refused !== undefined) return refused
    const wait = new Wait(cause, this.turns.at)
    process.wait = wait
    process.wakes ??= () => this.wake(process)
    wait.undo = enter(process.wakes)
    noteSite(process)
    this.turns.come()
    this.turns.pass()
    return wait.promise
  }

  /** Has the wait of a process look whether it is over. */
  private wake(process: Process): void {
    process.goesOn ??= () => this.goOn(process)
    process.entry ??= this.enqueue(process, process.goesOn)
  }

  private goOn(process: Process): void {
    const { wait } = process
    let outcome = wait?.cause.ready()
    if (process.exiting !== undefined) outcome = { error: new ProcessExit(process.exiting) }
    if (outcome === undefined) return this.turns.pass()
    this.endWait(process)
    process.resumes++
    process.since = this.clock.now
    this.lives.resumes++
    wait?.settle(outcome)
  }

  private endWait(process: Process): void {
    process.wait?.undo()
    process.wait = undefined
    this.unqueue(process)
  }

  // Mail.

  named(name: string): Process | undefined {
    const process = this.names.get(name)
    return process?.alive ? process : undefined
  }

  send(to: Process | undefined, message: unknown): void {
    const { counts } = this
    counts.accepted++
    if (to === undefined) counts.dropped.dead++
    else if (!to.alive) counts.dropped.died++
    else if (to.hasRoom || this.makeRoom(to)) this.put(to, message, false)
  }

  private makeRoom({ mailbox, inbox }: Process): boolean {
    this.counts.dropped.full++
    if (mailbox?.overflow !== 'drop-oldest') return false
    inbox.remove(inbox.oldestMessage())
    return true
  }

  private put(process: Process, message: unknown, signal: boolean): void {
    const { highWater } = this.around
    const grew = process.inbox.put(message, signal)
    if (grew && process.inbox.size > highWater.from) highWater.tell(process, process.inbox.size)
    if (process.wait?.cause.mail) this.wake(process)
  }

  /** A Down or an Exit comes as a message. */
  hear(process: Process, message: Down | Exit): void {
    if (!process.alive) return
    this.counts.accepted++
    this.put(process, message, true)
  }

  /** The letter at a place leaves the inbox for the body, and those who wait for room come in. */
  take(process: Process, place: number): Letter {
    const letter = process.inbox.remove(place)
    this.counts.received++
    if (process.offers.length > 0) this.admit(process)
    return letter
  }

  /** All letters leave the inbox for the body; answers how many they were. */
  takeAll(process: Process): number {
    const count = process.inbox.drop()
    this.counts.received += count
    this.admit(process)
    return count
  }

  /** Takes in what is offered, as far as there is room. */
  admit(process: Process): void {
    while (process.offers.length > 0 && process.hasRoom) {
      const { message, answer } = process.offers.shift()!
      let sent: unknown
      try {
        sent = message()
      } catch (error) {
        answer({ error })
        continue
      }
      this.counts.accepted++
      this.put(process, sent, false)
      answer({ value: 'accepted' })
    }
  }

  // Life and death.

  /** Makes a process, whose body begins when it is its turn. */
  create(body: (process: Process) => unknown, birth: Birth): Process {
    const { number, serials } = this.around
    const process = new Process(pidOf(number, ++serials.last), birth)
    this.lives.spawned++
    this.processes.set(process.pid, process)
    process.entry = this.enqueue(process, () => this.begin(process, body))
    return process
  }

  private begin(process: Process, body: (process: Process) => unknown): void {
    process.phase = 'running'
    process.since = this.clock.now
    if (process.definition !== undefined) this.lives.started++
    new Promise((resolve) => resolve(body(process))).then(
      (value) => this.finish(process, { kind: 'normal' }, value),
      (error) => {
        if (process.exiting === undefined) this.around.crashed({ pid: process.pid, what: 'a body failed', error })
        this.finish(process, { kind: 'error', error: describe(error) }, undefined, { error })
      },
    )
  }

  /** A body has settled. Whatever it did with its ProcessExit, it ends for the reason it was told. */
  private finish(process: Process, reason: ExitReason, value?: unknown, thrown?: { error: unknown }): void {
    process.settled = true
    this.abandoned.delete(process.pid)
    this.endWait(process)
    this.die(process, process.exiting ?? this.carry(reason), value, thrown)
    this.turns.pass()
  }

  /** An exit signal comes: of a link that broke, or asked for. */
  receiveExit(process: Process, from: number, reason: ExitReason, kill = false): void {
    if (kill) {
      this.unwind(process, reason)
      this.die(process, reason)
    } else if (!process.alive) return
    else if (process.traps) this.hear(process, new Exit(from as Pid, reason))
    else if (reason.kind !== 'normal') this.unwind(process, reason)
  }

  /** `running → exiting`: its wait fails, and it has so long to end. `unbegun → dead`. */
  unwind(process: Process, reason: ExitReason): void {
    if (!process.alive) return
    const begun = process.phase === 'running'
    process.phase = 'exiting'
    process.exiting = reason
    this.lose(process)
    if (!begun) {
      process.settled = true
      this.unqueue(process)
      this.die(process, reason)
      return
    }
    process.grace = this.at(this.clock.now + GRACE_MS, () => this.abandon(process))
    if (process.wait !== undefined) this.wake(process)
    process.abort?.abort(new ProcessExit(reason))
  }

  private abandon(process: Process): void {
    const what = 'a body did not end within its grace and was abandoned'
    this.around.crashed({ pid: process.pid, what, error: new ProcessExit(process.exiting) })
    this.die(process, process.exiting ?? { kind: 'killed' })
  }

  /** `any → dead`: everybody who asked is told. */
  private die(process: Process, reason: ExitReason, value?: unknown, thrown?: { error: unknown }): void {
    if (process.phase === 'dead') return
    process.phase = 'dead'
    process.exiting = reason
    this.lives.exited++
    this.processes.delete(process.pid)
    if (!process.settled) this.abandoned.set(process.pid, new WeakRef(process))
    if (process.name !== undefined) this.names.delete(process.name)
    this.clock.cancel(process.grace)
    this.lose(process)
    process.abort?.abort(new ProcessExit(reason))
    for (const other of process.linked ?? []) {
      other.links.delete(process)
      this.receiveExit(other, process.pid, reason)
    }
    for (const [reference, watcher] of process.watched ?? []) {
      const down = new Down(reference, process.pid as Pid, reason)
      if (!(watcher instanceof Process)) watcher.hear?.(down)
      else {
        watcher.watching.delete(reference)
        this.hear(watcher, down)
      }
    }
    for (const [reference, watched] of process.watches ?? []) watched.watchers.delete(reference)
    for (const tell of process.onDeath ?? []) tell(reason, value, thrown)
    this.turns.come()
  }

  /** Its mail goes, and what would send to it. */
  private lose(process: Process): void {
    for (const [reference, timer] of process.posted ?? []) {
      this.posts.delete(reference)
      this.clock.cancel(timer)
    }
    process.posted = undefined
    if (process.inbox.size > 0) this.counts.dropped.died += process.inbox.drop()
    if (process.offers.length > 0) for (const { answer } of process.offers.splice(0)) answer({ value: 'noproc' })
  }
}
