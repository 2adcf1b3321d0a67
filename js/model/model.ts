// The semantics of processes in plain TypeScript on one thread: what the runtime must do, readable in one sitting. Owns the
// verbs that need no process: run, spawn, send, exit, timers, offer, stop. Never true here: a native addon, a second thread, a
// copy of a message. Cores, definitions and what crosses between them are the runtime's alone.

import { AbortError, badArgument, ProcessExit, RumpusError, TimeoutError } from '../errors.ts'
import type { Pid, ReasonGiven, Sendable } from '../types.ts'
import { Clock } from './clock.ts'
import { describe, type Limits, type Outcome, type Process, toReason } from './process.ts'
import { type Counts, type Crash, Scheduler } from './scheduler.ts'
import { type BirthOptions, type Body, check, checkMs, checkRef, find, type SpawnOptions, spawn } from './self.ts'

export type { Limits, Mailbox } from './process.ts'
export type { Counts, Crash } from './scheduler.ts'
export type { BirthOptions, Body, ReceiveOptions, Self, SpawnOptions, TryReceiveOptions } from './self.ts'

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

export type Offered = 'accepted' | 'full' | 'noproc'

/** Processes on one thread. */
export class Model {
  private readonly scheduler: Scheduler
  private stopped: Promise<void> | undefined

  constructor(options: ModelOptions = {}) {
    const { now = () => performance.now(), virtual = false, choose = () => 0, onCrash = writeCrash } = options
    this.scheduler = new Scheduler(new Clock(virtual ? undefined : now), choose, (crash) => {
      // Nothing that must go on after a report may depend on it.
      try {
        onCrash(crash)
      } catch (error) {
        writeCrash({ ...crash, what: 'a crash report failed', error })
      }
    })
  }

  /** Milliseconds, of the clock that timers go by. */
  now(): number {
    return this.scheduler.clock.now
  }

  /** The books: `accepted` is the sum of the others. */
  get messages(): Readonly<Counts> & { readonly waiting: number } {
    const { accepted, received, dropped } = this.scheduler.counts
    const waiting = [...this.scheduler.processes.values()].reduce((sum, { inbox }) => sum + inbox.length, 0)
    return { accepted, received, waiting, dropped: { ...dropped } }
  }

  spawn<N = unknown>(body: Body<N>, options: BirthOptions = {}): Pid<Sendable<N>> {
    return this.start(body, options).pid as Pid<Sendable<N>>
  }

  /** Runs a body as a process and answers what it returns; rejects with what it throws. */
  run<T, M = unknown>(body: Body<M, T>): Promise<T> {
    if (this.stopped !== undefined)
      return Promise.reject(new RumpusError('ERR_RUMPUS_STOPPED', 'the model has stopped'))
    const root = this.start(body, {})
    const { outside } = this.scheduler
    return new Promise((resolve, reject) => {
      outside.add(reject)
      root.onDeath.push((reason, value, thrown) => {
        outside.delete(reject)
        if (reason.kind === 'normal') resolve(value as T)
        else if (thrown !== undefined && !(thrown.error instanceof ProcessExit)) reject(thrown.error)
        else reject(new RumpusError('ERR_RUMPUS_ENDED', `the body was ended: ${reason.kind}`, { cause: reason }))
      })
    })
  }

  /** Ends all processes, newest first; resolves when they are dead. */
  stop(): Promise<void> {
    const { outside, processes } = this.scheduler
    this.stopped ??= new Promise((resolve, reject) => {
      outside.add(reject)
      const look = (): void => {
        if (processes.size === 0 && outside.delete(reject)) resolve()
      }
      for (const process of [...processes.values()].reverse()) {
        process.onDeath.push(look)
        this.scheduler.unwind(process, { kind: 'shutdown' })
      }
      look()
    })
    return this.stopped
  }

  /** Never waits: to a full mailbox it drops, to nobody too, and counts what it drops. */
  send<M>(to: Pid<M> | string, message: NoInfer<M>): void {
    const { scheduler } = this
    scheduler.send(typeof to === 'string' ? scheduler.named(to) : find(scheduler, to), message)
  }

  exit(pid: Pid, reason: ReasonGiven = 'shutdown'): void {
    const process = find(this.scheduler, pid)
    if (process !== undefined) this.scheduler.receiveExit(process, 0, toReason(reason), reason === 'kill')
  }

  isAlive(pid: Pid): boolean {
    return find(this.scheduler, pid)?.alive ?? false
  }

  /** Sends after `ms` milliseconds if the process still lives; answers a reference. */
  sendAfter<M>(pid: Pid<M>, message: NoInfer<M>, ms: number): number {
    checkMs('ms', ms)
    return this.post(pid, message, ms, false)
  }

  /** Sends at `ms`, 2 * `ms`, … from now; what was missed is sent once. */
  sendInterval<M>(pid: Pid<M>, message: NoInfer<M>, ms: number): number {
    checkMs('ms', ms, 1)
    return this.post(pid, message, ms, true)
  }

  private post(pid: number, message: unknown, ms: number, again: boolean): number {
    const { clock } = this.scheduler
    const to = find(this.scheduler, pid)
    const ref = ++this.scheduler.references
    const start = clock.now
    const arm = (n: number): void => {
      const timer = this.scheduler.at(start + n * ms, () => {
        to?.posts.delete(ref)
        if (again) arm(Math.max(n, Math.floor((clock.now - start) / ms)) + 1)
        this.scheduler.send(to, message)
      })
      to?.posts.set(ref, timer)
    }
    if (to !== undefined) arm(1)
    return ref
  }

  /** Takes such a timer back; answers the milliseconds it had left, nothing if it has fired. */
  cancelTimer(ref: number): number | undefined {
    checkRef(ref, 'what sendAfter or sendInterval answered')
    const { clock, processes } = this.scheduler
    for (const { posts } of processes.values()) {
      const timer = posts.get(ref)
      if (timer === undefined) continue
      posts.delete(ref)
      clock.cancel(timer)
      return Math.max(0, timer.due - clock.now)
    }
    return undefined
  }

  /** Sends when there is room, first come first served. */
  offer<M>(pid: Pid<M>, message: NoInfer<M>, options: Limits = {}): Promise<Offered> {
    check(options)
    const { scheduler } = this
    const { signal } = options
    const to = find(scheduler, pid)
    if (signal?.aborted) return Promise.reject(new AbortError(signal.reason))
    const by = scheduler.current
    const ask = { on: `room in the mailbox of process ${pid}` }
    by?.asks.add(ask)
    return new Promise((resolve, reject) => {
      const answer = (outcome: Outcome): void => {
        undo()
        scheduler.enqueue(by, () => {
          by?.asks.delete(ask)
          if ('error' in outcome) reject(outcome.error)
          else resolve(outcome.value as Offered)
        })
      }
      const offer = { message, answer }
      const leave = (outcome: Outcome): void => {
        to?.offers.splice(to.offers.indexOf(offer), 1)
        answer(outcome)
      }
      const undo = scheduler.limit(options, (error) =>
        leave(error instanceof TimeoutError ? { value: 'full' } : { error }),
      )
      if (!to?.alive) return answer({ value: 'noproc' })
      to.offers.push(offer)
      scheduler.admit(to)
    })
  }

  private start<M>(body: Body<M>, options: BirthOptions): Process {
    for (const tie of ['link', 'monitor'] as const) {
      const value = (options as SpawnOptions | null)?.[tie]
      if (value) throw badArgument(TypeError, `options.${tie}`, 'left to a process', value)
    }
    if (this.stopped !== undefined) throw new RumpusError('ERR_RUMPUS_STOPPED', 'the model has stopped')
    return spawn(this.scheduler, body, options)[0]
  }
}

const writeCrash = ({ pid, what, error }: Crash): void => {
  const { name, message, stack } = describe(error)
  console.error(`rumpus: process ${pid}: ${what}\n${stack ?? `${name}: ${message}`}`)
}
