// What a body is given: its verbs. Owns no state but who it speaks for. Never true here: a verb that does anything for a process
// that must end.

import { AbortError, ProcessExit } from '../errors.ts'
import type { Names } from '../options.ts'
import type { Pid, ReasonGiven, Sendable } from '../types.ts'
import { demonitor, link, register, type SpawnOptions, spawn, unlink, unregister, watch, whereis } from './births.ts'
import { check, checkBody, checkMs } from './checks.ts'
import { unlimited } from './listeners.ts'
import type { Limits, Process } from './process.ts'
import { toReason } from './reasons.ts'
import type { Scheduler } from './scheduler.ts'
import type { Cause, Outcome } from './wait.ts'

export interface TryReceiveOptions<M> {
  readonly match?: (message: M) => boolean
  /** Looks only at what came after this `mark`. */
  readonly since?: number
}

export interface ReceiveOptions<M> extends TryReceiveOptions<M>, Limits {}

export type Body<M, T = unknown> = (self: Self<M>) => T | PromiseLike<T>

const done = (): Outcome => ({ value: undefined })
const nothing = (): void => {}

/** The wait for any message; one for all such waits of a process, for it is the wait there is most of. */
class Receiving implements Cause {
  readonly kind = 'receiving'
  readonly on = 'a message'
  readonly mail = true
  private readonly scheduler: Scheduler
  private readonly process: Process

  constructor(scheduler: Scheduler, process: Process) {
    this.scheduler = scheduler
    this.process = process
  }

  readonly ready = (): Outcome | undefined => {
    const { inbox } = this.process
    return inbox.size === 0 ? undefined : { value: this.scheduler.take(this.process, inbox.find(0)).message }
  }

  readonly enter = (wake: () => void): (() => void) => {
    if (this.process.inbox.size > 0) wake()
    return nothing
  }
}

const TRY_RECEIVE_NAMES: Names<TryReceiveOptions<never>> = { match: true, since: true }
const RECEIVE_NAMES: Names<ReceiveOptions<never>> = { ...TRY_RECEIVE_NAMES, timeout: true, signal: true }
const DEMONITOR_NAMES: Names<{ readonly flush?: boolean }> = { flush: true }

/** What any body is given. Every verb throws `ProcessExit`, or rejects with it, once the process must end. */
export class Verbs<M> implements AsyncIterable<M> {
  readonly pid: Pid<Sendable<M>>
  protected readonly scheduler: Scheduler
  protected readonly process: Process
  private receiving: Receiving | undefined

  constructor(scheduler: Scheduler, process: Process) {
    this.pid = process.pid as Pid<Sendable<M>>
    this.scheduler = scheduler
    this.process = process
  }

  /** Aborts when the process must end, or has ended. */
  get signal(): AbortSignal {
    const { process } = this
    if (process.abort === undefined) {
      process.abort = new AbortController()
      unlimited(process.abort.signal)
    }
    if (process.exiting !== undefined) process.abort.abort(new ProcessExit(process.exiting))
    return process.abort.signal
  }

  receive<N extends M>(options: ReceiveOptions<M> & { match: (message: M) => message is N }): Promise<N>
  receive(options?: ReceiveOptions<M>): Promise<M>
  receive(options?: ReceiveOptions<M>): Promise<M> {
    if (options === undefined) return this.next()
    check(options, RECEIVE_NAMES)
    const { scheduler, process } = this
    const { match, signal, timeout } = options
    const refused = scheduler.refusal(process)
    if (refused !== undefined) return refused
    if (signal?.aborted) return Promise.reject(new AbortError(signal.reason))
    const search = process.search(options)
    let over: Outcome | undefined
    const ready = (): Outcome | undefined => {
      try {
        const place = process.find(search)
        return place === undefined ? over : { value: scheduler.take(process, place).message }
      } catch (error) {
        return { error }
      }
    }
    const enter = (wake: () => void): (() => void) => {
      if (process.inbox.came > search.from) wake()
      return scheduler.limit(options, (error) => {
        over = { error }
        wake()
      })
    }
    const on = match === undefined ? 'a message' : 'a wanted message'
    const cause = { kind: 'selecting', on, mail: true, match, timeout, ready } as const
    return scheduler.park(process, cause, enter) as Promise<M>
  }

  /** The first message, whatever it is. */
  private next(): Promise<M> {
    this.receiving ??= new Receiving(this.scheduler, this.process)
    return this.scheduler.park(this.process, this.receiving, this.receiving.enter) as Promise<M>
  }

  tryReceive<N extends M>(options: TryReceiveOptions<M> & { match: (message: M) => message is N }): N | undefined
  tryReceive(options?: TryReceiveOptions<M>): M | undefined
  tryReceive(options: TryReceiveOptions<M> = {}): M | undefined {
    check(options, TRY_RECEIVE_NAMES)
    const process = this.mine()
    if (process.busy) return undefined
    const place = process.find(process.search(options))
    this.mine()
    return place === undefined ? undefined : (this.scheduler.take(process, place).message as M)
  }

  /** This moment, for `since`. */
  mark(): number {
    return this.mine().inbox.came
  }

  /** The next message, for a body that waits for long: gives the room of its inbox back. */
  hibernate(): Promise<M> {
    if (!this.process.busy) this.process.inbox.shrink()
    return this.receive()
  }

  /** Throws away what has come; answers how much. */
  flush(): number {
    const process = this.mine()
    const refused = this.scheduler.busyError(process)
    if (refused !== undefined) throw refused
    return this.scheduler.takeAll(process)
  }

  [Symbol.asyncIterator](): AsyncIterator<M> {
    return {
      next: async () => ({ done: false, value: await this.receive() }),
      return: async () => ({ done: true, value: undefined }),
    }
  }

  sleep(ms: number): Promise<void> {
    checkMs('ms', ms)
    const enter = (wake: () => void): (() => void) => this.scheduler.limit({ timeout: ms }, wake)
    const cause = { kind: 'sleeping', on: `${ms} ms to pass`, ready: done } as const
    return this.scheduler.park(this.process, cause, enter) as Promise<void>
  }

  /** Goes to the back of the run queue. */
  yield(): Promise<void> {
    const enter = (wake: () => void): (() => void) => {
      wake()
      return nothing
    }
    const cause = { kind: 'yielding', on: 'its turn', ready: done } as const
    return this.scheduler.park(this.process, cause, enter) as Promise<void>
  }

  link(pid: Pid): void {
    link(this.scheduler, this.mine(), pid)
  }

  unlink(pid: Pid): void {
    unlink(this.scheduler, this.mine(), pid)
  }

  /** Asks for a Down at the end of `pid`; answers its reference. */
  monitor(pid: Pid): number {
    return watch(this.scheduler, this.mine(), pid)
  }

  /** Takes a monitor back; with `flush` its Down, too, if that has come. */
  demonitor(ref: number, options: { readonly flush?: boolean } = {}): void {
    const process = this.mine()
    check(options, DEMONITOR_NAMES)
    demonitor(this.scheduler, process, ref, options.flush ?? false)
  }

  trapExit(on = true): void {
    this.mine().traps = on
  }

  exit(reason?: ReasonGiven): never {
    this.scheduler.unwind(this.process, this.scheduler.carry(toReason(reason)))
    throw new ProcessExit(this.process.exiting)
  }

  register(name: string, pid: Pid = this.pid): void {
    this.mine()
    register(this.scheduler, name, pid)
  }

  /** Takes a name back, whoever has it; false if nobody has. */
  unregister(name: string): boolean {
    this.mine()
    return unregister(this.scheduler, name)
  }

  whereis<N = never>(name: string): Pid<N> | undefined {
    this.mine()
    return whereis(this.scheduler, name) as Pid<N> | undefined
  }

  protected mine(): Process {
    const { process } = this
    if (process.exiting !== undefined) throw new ProcessExit(process.exiting)
    return process
  }
}

/** A body of the model is given this. */
export class Self<M> extends Verbs<M> {
  spawn<N = unknown>(body: Body<N>, options: SpawnOptions = {}): Pid<Sendable<N>> {
    return born(this.scheduler, body, options, this.mine())[0].pid as Pid<Sendable<N>>
  }

  spawnLink<N = unknown>(body: Body<N>, options: SpawnOptions = {}): Pid<Sendable<N>> {
    return this.spawn(body, { ...options, link: true })
  }

  spawnMonitor<N = unknown>(body: Body<N>, options: SpawnOptions = {}): readonly [Pid<Sendable<N>>, number] {
    const [{ pid }, ref] = born(this.scheduler, body, { ...options, monitor: true }, this.mine())
    return [pid as Pid<Sendable<N>>, ref]
  }
}

/** Starts a process whose body is given a `Self`; answers it and the reference of the monitor, if `by` wants one. */
export const born = <N>(
  scheduler: Scheduler,
  body: Body<N>,
  options: SpawnOptions,
  by?: Process,
): readonly [Process, number] => {
  checkBody(body)
  return spawn(scheduler, (process) => body(new Self(scheduler, process)), options, by)
}
