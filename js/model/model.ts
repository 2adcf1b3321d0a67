// The semantics of processes in plain TypeScript on one thread: what the runtime must do, readable in one sitting. Owns the
// verbs that need no process: run, spawn, send, exit, timers, offer, stop. Never true here: a native addon, a second thread, a
// copy of a message. Cores, definitions and what crosses between them are the runtime's alone.

import { ProcessExit, RumpusError, wordsFor } from '../errors.ts'
import type { ExitReason, Pid, ReasonGiven, Sendable } from '../types.ts'
import type { Counts, Crash } from './around.ts'
import { find, type SpawnOptions } from './births.ts'
import { Clock } from './clock.ts'
import { cancel, exit, isAlive, type Offered, offer, post, stopAll } from './posts.ts'
import type { Limits, Process } from './process.ts'
import { describe } from './reasons.ts'
import { Scheduler } from './scheduler.ts'
import { type Body, born } from './self.ts'

export type { Counts, Crash } from './around.ts'
export type { SpawnOptions } from './births.ts'
export type { Offered } from './posts.ts'
export type { Limits, Mailbox } from './process.ts'
export type { Body, ReceiveOptions, Self, TryReceiveOptions } from './self.ts'

/** How a model is made. */
export interface ModelOptions {
  /** Milliseconds; of the host unless given. */
  readonly now?: () => number
  /** Time begins at 0 and jumps to what is due next when nobody can go on, while somebody waits for `run` or `stop`. */
  readonly virtual?: boolean
  /** Which of `n` runnable processes goes next; the first unless given. */
  readonly choose?: (n: number) => number
  /** Hears of crashes; without it they are written to stderr. */
  readonly onCrash?: (crash: Crash) => void
}

/** Has whoever waits for the end of a body hear of it: what it returned, what it threw, or that it was ended. */
export const settle = (
  scheduler: Scheduler,
  root: Process,
  [resolve, reject]: readonly [(value: unknown) => void, (error: unknown) => void],
): void => {
  const { outside } = scheduler
  outside.add(reject)
  root.atDeath((reason: ExitReason, value, thrown) => {
    outside.delete(reject)
    if (reason.kind === 'normal') resolve(value)
    else if (thrown !== undefined && !(thrown.error instanceof ProcessExit)) reject(thrown.error)
    else reject(new RumpusError('ERR_RUMPUS_ENDED', `the body was ended: ${wordsFor(reason)}`, { cause: reason }))
  })
}

/** Processes on one thread. */
export class Model {
  private readonly scheduler: Scheduler
  private stopped: Promise<void> | undefined

  constructor(options: ModelOptions = {}) {
    const { now = () => performance.now(), virtual = false, choose = () => 0, onCrash = writeCrash } = options
    this.scheduler = new Scheduler({
      clock: new Clock(virtual ? undefined : now),
      choose,
      // So that code beside the model sees every step of it.
      grant: { steps: 1, ms: 0 },
      carry: (reason) => reason,
      number: 0,
      serials: { last: 0 },
      highWater: { from: Number.POSITIVE_INFINITY, tell: () => {} },
      crashed: (crash) => {
        // Nothing that must go on after a report may depend on it.
        try {
          onCrash(crash)
        } catch (error) {
          writeCrash({ ...crash, what: 'a crash report failed', error })
        }
      },
    })
  }

  /** Milliseconds, of the clock that timers go by. */
  now(): number {
    return this.scheduler.clock.now
  }

  /** The books: `accepted` is the sum of the others. */
  get messages(): Readonly<Counts> & { readonly waiting: number } {
    return this.scheduler.books
  }

  spawn<N = unknown>(body: Body<N>, options: SpawnOptions = {}): Pid<Sendable<N>> {
    return this.start(body, options).pid as Pid<Sendable<N>>
  }

  /** Runs a body as a process and answers what it returns; rejects with what it throws. */
  run<T, M = unknown>(body: Body<M, T>): Promise<T> {
    if (this.stopped !== undefined) return Promise.reject(hasStopped())
    const root = this.start(body, {})
    return new Promise((...waits) => settle(this.scheduler, root, waits as never))
  }

  /** Ends all processes, newest first; resolves when they are dead. */
  stop(): Promise<void> {
    this.stopped ??= stopAll(this.scheduler)
    return this.stopped
  }

  /** Never waits: to a full mailbox it drops, to nobody too, and counts what it drops. */
  send<M>(to: Pid<M> | string, message: NoInfer<M>): void {
    const { scheduler } = this
    scheduler.send(typeof to === 'string' ? scheduler.named(to) : find(scheduler, to), message)
  }

  exit(pid: Pid, reason: ReasonGiven = 'shutdown'): void {
    exit(this.scheduler, pid, reason)
  }

  isAlive(pid: Pid): boolean {
    return isAlive(this.scheduler, pid)
  }

  /** Sends after `ms` milliseconds if the process still lives; answers a reference. */
  sendAfter<M>(pid: Pid<M>, message: NoInfer<M>, ms: number): number {
    return this.post(pid, message, ms, false)
  }

  /** Sends at `ms`, 2 * `ms`, … from now; what was missed is sent once. */
  sendInterval<M>(pid: Pid<M>, message: NoInfer<M>, ms: number): number {
    return this.post(pid, message, ms, true)
  }

  private post(pid: number, message: unknown, ms: number, again: boolean): number {
    const { scheduler } = this
    // Below 0, so that it is taken for nothing else.
    return post(scheduler, find(scheduler, pid), () => message, ms, again, -++scheduler.references)
  }

  /** Takes such a timer back; answers the milliseconds it had left, nothing if it has fired. */
  cancelTimer(ref: number): number | undefined {
    return cancel(this.scheduler, ref)
  }

  /** Sends when there is room, first come first served; where the oldest is dropped there always is. */
  offer<M>(pid: Pid<M>, message: NoInfer<M>, options: Limits = {}): Promise<Offered> {
    return offer(this.scheduler, find(this.scheduler, pid), () => message, options)
  }

  private start<M>(body: Body<M>, options: SpawnOptions): Process {
    if (this.stopped !== undefined) throw hasStopped()
    return born(this.scheduler, body, options)[0]
  }
}

const hasStopped = (): RumpusError => new RumpusError('ERR_RUMPUS_STOPPED', 'the model has stopped')

const writeCrash = ({ pid, what, error }: Crash): void => {
  const { name, message, stack } = describe(error)
  console.error(`rumpus: process ${pid}: ${what}\n${stack ?? `${name}: ${message}`}`)
}
