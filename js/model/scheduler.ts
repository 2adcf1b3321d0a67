// The one scheduler of the model: the run queue, waits, mail, life and death of all processes. Owns the rule that one step
// continues one process and lets it run until it waits; what users may ask for is in `model.ts`. Never true here: two bodies
// continued by one step, an end told before the process is dead, a process on the run queue twice.

import { AbortError, badArgument, ProcessExit, RumpusError, TimeoutError } from '../errors.ts'
import { Down, Exit, type ExitReason, type Pid } from '../types.ts'
import type { Clock, Timer } from './clock.ts'
import {
  type Cause,
  describe,
  type Entry,
  type Letter,
  type Limits,
  type Mailbox,
  type Outcome,
  Process,
} from './process.ts'

/** The longest wait, in milliseconds: what a timer of the host holds. */
export const WAIT_MAX: number = 2 ** 31 - 1

/** How long a body that was told to end may take, in milliseconds. */
const GRACE_MS = 5_000

/** A crash as data. */
export interface Crash {
  readonly pid: number
  readonly what: string
  readonly error: unknown
}

/** What became of messages. */
export interface Counts {
  accepted: number
  received: number
  readonly dropped: { dead: number; died: number; full: number }
}

const nothing = (): void => {}

/** Runs `step` when all microtasks have run. */
const soon: (step: () => void) => unknown = globalThis.setImmediate ?? setTimeout

export class Scheduler {
  readonly clock: Clock
  readonly counts: Counts = { accepted: 0, received: 0, dropped: { dead: 0, died: 0, full: 0 } }
  /** Oldest first. */
  readonly processes: Map<number, Process> = new Map()
  /** Who waits outside, and wants to hear if nothing can ever happen again; while there are any, virtual time passes. */
  readonly outside: Set<(error: Error) => void> = new Set()
  /** Of the dead no name is left; of the exiting it is. */
  readonly names: Map<string, Process> = new Map()
  /** Who was continued by the last step, until the next. */
  current: Process | undefined
  private readonly choose: (n: number) => number
  private readonly crashed: (crash: Crash) => void
  private readonly queue: Entry[] = []
  private coming = false
  private alarm: ReturnType<typeof setTimeout> | undefined
  /** Given out for monitors and timers. */
  references = 0
  private pids = 0

  constructor(clock: Clock, choose: (n: number) => number, crashed: (crash: Crash) => void) {
    this.clock = clock
    this.choose = choose
    this.crashed = crashed
  }

  // The run queue.

  private readonly step = (): void => {
    this.coming = false
    this.current = undefined
    this.clock.fire()
    const count = this.queue.length
    if (count === 0) return this.rest()
    const at = this.choose(count)
    const [entry] = this.queue.splice(at, 1)
    if (entry === undefined) throw badArgument(RangeError, 'what choose answers', `a number below ${count}`, at)
    this.come()
    this.current = entry.of
    if (entry.of?.entry === entry) entry.of.entry = undefined
    entry.go()
  }

  /** Has a step follow. */
  come(): void {
    if (this.coming) return
    this.coming = true
    soon(this.step)
  }

  /** Appends to the run queue. */
  enqueue(of: Process | undefined, go: () => void): Entry {
    const entry = { of, go }
    this.queue.push(entry)
    this.come()
    return entry
  }

  private unqueue(process: Process): void {
    if (process.entry !== undefined) this.queue.splice(this.queue.indexOf(process.entry), 1)
    process.entry = undefined
  }

  /** Nobody can go on: time passes. */
  private rest(): void {
    const { next, now, virtual } = this.clock
    const awaited = this.outside.size > 0
    if (!virtual) {
      clearTimeout(this.alarm)
      const ms = next === undefined ? WAIT_MAX : Math.ceil(next - now)
      if (awaited || next !== undefined) this.alarm = setTimeout(() => this.come(), Math.min(ms, WAIT_MAX))
    } else if (awaited && ![...this.processes.values()].some(({ abroad }) => abroad)) {
      if (next === undefined) return this.giveUp()
      this.clock.jump()
      this.come()
    }
  }

  private giveUp(): void {
    const who = [...this.processes.values()].map((process) => {
      const what = [process.wait, ...process.asks].flatMap((wait) => wait?.on ?? [])
      return `${called(process)} waits for ${what.join(' and ')}`
    })
    const error = new RumpusError('ERR_RUMPUS_DEADLOCK', `nothing can ever happen again: ${who.join('; ')}`)
    for (const reject of this.outside) reject(error)
    this.outside.clear()
  }

  /** Has something happen at that time. */
  at(due: number, fire: () => void): Timer {
    this.come()
    return this.clock.set(due, fire)
  }

  /** Has something end when its time is over or it is aborted; answers how to take that back. */
  limit({ timeout, signal }: Limits, end: (error: Error) => void): () => void {
    const abort = (): void => end(new AbortError(signal?.reason))
    signal?.addEventListener('abort', abort)
    const timer =
      timeout === undefined ? undefined : this.at(this.clock.now + timeout, () => end(new TimeoutError(timeout)))
    return () => {
      signal?.removeEventListener('abort', abort)
      this.clock.cancel(timer)
    }
  }

  // Waits.

  /** Why a process may not wait now. */
  refusal(process: Process): Error | undefined {
    if (process.exiting !== undefined) return new ProcessExit(process.exiting)
    if (!process.busy) return undefined
    const { pid } = process
    return new RumpusError('ERR_RUMPUS_WAITING', `process ${pid} waits already: it can wait for one thing at a time`)
  }

  /** Has a body wait. `enter` starts what will end the wait by `wake`, and answers how to take that back. */
  park(process: Process, cause: Cause, enter: (wake: () => void) => () => void): Promise<unknown> {
    const refused = this.refusal(process)
    if (refused !== undefined) return Promise.reject(refused)
    const promise = new Promise((resolve, reject) => {
      const settle = (outcome: Outcome): void => ('error' in outcome ? reject(outcome.error) : resolve(outcome.value))
      process.wait = { ...cause, undo: nothing, settle }
      process.wait.undo = enter(() => this.wake(process))
    })
    // A wait that nobody awaits is no unhandled rejection when its process ends.
    promise.catch(nothing)
    this.come()
    return promise
  }

  /** Has the wait of a process look whether it is over. */
  private wake(process: Process): void {
    process.entry ??= this.enqueue(process, () => {
      const { wait } = process
      let outcome = wait?.ready()
      if (process.exiting !== undefined) outcome = { error: new ProcessExit(process.exiting) }
      if (outcome === undefined) return
      this.endWait(process)
      wait?.settle(outcome)
    })
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

  private makeRoom(process: Process): boolean {
    this.counts.dropped.full++
    if (process.mailbox?.overflow !== 'drop-oldest') return false
    process.remove(process.inbox.find(({ signal }) => !signal)!)
    return true
  }

  private put(process: Process, message: unknown, signal: boolean): void {
    process.put(message, signal)
    if (process.wait?.mail) this.wake(process)
  }

  /** A Down or an Exit comes as a message. */
  hear(process: Process, message: Down | Exit): void {
    if (!process.alive) return
    this.counts.accepted++
    this.put(process, message, true)
  }

  /** Letters leave the inbox for the body, and those who wait for room come in. */
  take(process: Process, letters: readonly Letter[]): void {
    for (const letter of letters) process.remove(letter)
    this.counts.received += letters.length
    this.admit(process)
  }

  /** Takes in what is offered, as far as there is room. */
  admit(process: Process): void {
    while (process.offers.length > 0 && process.hasRoom) {
      const { message, answer } = process.offers.shift()!
      this.counts.accepted++
      this.put(process, message, false)
      answer({ value: 'accepted' })
    }
  }

  // Life and death.

  /** Makes a process, whose body begins when it is its turn. */
  create(body: (process: Process) => unknown, mailbox?: Mailbox): Process {
    const process = new Process(++this.pids, mailbox)
    this.processes.set(process.pid, process)
    process.entry = this.enqueue(process, () => this.begin(process, body))
    return process
  }

  private begin(process: Process, body: (process: Process) => unknown): void {
    process.phase = 'running'
    new Promise((resolve) => resolve(body(process))).then(
      (value) => this.finish(process, { kind: 'normal' }, value),
      (error) => {
        if (process.exiting === undefined) this.crashed({ pid: process.pid, what: 'a body failed', error })
        this.finish(process, { kind: 'error', error: describe(error) }, undefined, { error })
      },
    )
  }

  /** A body has settled. Whatever it did with its ProcessExit, it ends for the reason it was told. */
  private finish(process: Process, reason: ExitReason, value?: unknown, thrown?: { error: unknown }): void {
    this.endWait(process)
    this.die(process, process.exiting ?? reason, value, thrown)
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
    this.loseMail(process)
    if (!begun) {
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
    this.crashed({ pid: process.pid, what, error: new ProcessExit(process.exiting) })
    this.die(process, process.exiting ?? { kind: 'killed' })
  }

  /** `any → dead`: everybody who asked is told. */
  private die(process: Process, reason: ExitReason, value?: unknown, thrown?: { error: unknown }): void {
    if (process.phase === 'dead') return
    process.phase = 'dead'
    process.exiting = reason
    this.processes.delete(process.pid)
    if (process.name !== undefined) this.names.delete(process.name)
    this.clock.cancel(process.grace)
    for (const timer of process.posts.values()) this.clock.cancel(timer)
    this.loseMail(process)
    for (const other of process.links) {
      other.links.delete(process)
      this.receiveExit(other, process.pid, reason)
    }
    for (const [reference, watcher] of process.watchers) {
      watcher.watching.delete(reference)
      this.hear(watcher, new Down(reference, process.pid as Pid, reason))
    }
    for (const [reference, watched] of process.watching) watched.watchers.delete(reference)
    for (const tell of process.onDeath) tell(reason, value, thrown)
    this.come()
  }

  private loseMail(process: Process): void {
    this.counts.dropped.died += process.inbox.length
    process.inbox = []
    for (const { answer } of process.offers.splice(0)) answer({ value: 'noproc' })
  }
}

/** A process in words. */
export const called = ({ pid, name }: Process): string =>
  name === undefined ? `process ${pid}` : `process ${pid} '${name}'`
