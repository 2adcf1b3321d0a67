// What becomes of a task, where somebody waits for it: a value, an error, or the end of its process. Owns the number under which the desk
// hears of it, and the promises that hang on it. Never true in it: two outcomes, or a rejection that is nobody's.

import { AbortError, stopped, TimeoutError } from '../errors.ts'
import { crashReport } from '../kernel/crash.ts'
import type { Kernel } from '../kernel/kernel.ts'
import type { Process } from '../kernel/process.ts'
import { type Desk, deskOf, ended, type News, Waiter } from '../process/desk.ts'
import type { CallOptions, ReplyTo, Self } from '../process/shapes.ts'
import type { Down, ExitReason, Pid } from '../types.ts'

/** What a task says. */
export type Said = readonly ['value', unknown] | readonly ['error', unknown] | readonly ['ended', ExitReason]

/** What became of it. */
export type Became = { readonly value: unknown } | { readonly error: unknown }

export class Outcome extends Waiter {
  /** Whether somebody has asked for it. */
  asked = false
  became: Became | undefined
  private readonly kernel: Kernel
  private readonly desk: Desk
  private readonly waiting = new Set<() => void>()
  private pid = 0
  private ref = 0
  /** Why it ends, if it has said so; it may still be at it. */
  private why: ExitReason | undefined

  constructor(kernel: Kernel) {
    super()
    this.kernel = kernel
    this.desk = deskOf(kernel)
    this.desk.open(this)
  }

  /** Where the task says what became of it. */
  get from(): ReplyTo {
    return [this.desk.pid as Pid<never>, this.number] as ReplyTo
  }

  /** It is the task of this process, of whose end the desk was to hear from its birth on, under `ref`. */
  ofNew(pid: number, ref: number): void {
    this.pid = pid
    this.ref = ref
    this.desk.watchUnder(ref, (news) => this.hear(news))
  }

  /** It is the task of this process. */
  of(pid: number): void {
    this.pid = pid
    if (this.became === undefined) this.ref = this.desk.watch(pid, (news) => this.hear(news))
  }

  /** It could not be started. */
  forget(): void {
    this.desk.forget(this)
  }

  /** The task has said it. */
  override answer(said: unknown, here: boolean): void {
    if (this.became !== undefined) return
    const [kind, what] = said as Said
    if (kind === 'ended') {
      this.why = what
      return
    }
    this.forget()
    if (this.ref !== 0) this.desk.unwatch(this.ref)
    this.become(kind, what)
    // Not inside the body of the task, which goes on.
    if (here) queueMicrotask(() => this.tell())
    else this.tell()
    this.tellUnheard()
  }

  hear(news: News): void {
    if (this.became !== undefined) return
    this.forget()
    this.become('error', news.kind === 'down' ? ended(this.whyOf(news.down)) : stopped())
    this.tell()
  }

  /** Why it has ended: who began to watch it too late knows from itself. */
  private whyOf({ reason }: Down): ExitReason {
    return reason.kind === 'noproc' && this.why !== undefined ? this.why : reason
  }

  private become(kind: 'value' | 'error', what: unknown): void {
    this.became = kind === 'value' ? { value: what } : { error: what }
  }

  private tell(): void {
    for (const heard of [...this.waiting]) heard()
  }

  /** Nobody may ever ask. */
  private tellUnheard(): void {
    const { became, kernel } = this
    if (this.asked || became === undefined || !('error' in became) || kernel.detached) return
    crashReport(kernel, this.pid, 'a task failed, and nobody had asked for its result', became.error)
  }

  /** Has `heard` called when it is known; answers what takes that back. */
  whenKnown(heard: () => void): () => void {
    this.waiting.add(heard)
    return () => this.waiting.delete(heard)
  }

  /** The value; rejects with the error, and if `owner` must end or the wait is over before. */
  result(owner: Self<never> | undefined, { timeout, signal }: CallOptions): Promise<unknown> {
    this.asked = true
    const { became } = this
    if (became !== undefined) return promiseOf(became)
    if (signal?.aborted) return Promise.reject(new AbortError(signal.reason))
    if (owner !== undefined && (owner as unknown as Process).exiting !== undefined) {
      return Promise.reject(owner.signal.reason)
    }
    const ownerSignal = owner?.signal
    return new Promise((resolve, reject) => {
      const over = (settle: () => void) => (): void => {
        undo()
        settle()
      }
      const onKnown = over(() => resolve(promiseOf(this.became as Became)))
      const onEnd = over(() => reject(ownerSignal?.reason))
      const onAbort = over(() => reject(new AbortError(signal?.reason)))
      const forget = this.whenKnown(onKnown)
      ownerSignal?.addEventListener('abort', onEnd)
      signal?.addEventListener('abort', onAbort)
      const isTimed = timeout !== undefined && timeout !== Number.POSITIVE_INFINITY
      const stop = isTimed
        ? this.startTimer(
            timeout,
            over(() => reject(new TimeoutError(timeout, `the task did not end within ${timeout} ms`))),
          )
        : nothing
      const undo = (): void => {
        forget()
        ownerSignal?.removeEventListener('abort', onEnd)
        signal?.removeEventListener('abort', onAbort)
        stop()
      }
    })
  }

  /** Has `then` called in `ms` milliseconds; answers what takes that back. */
  private startTimer(ms: number, then: () => void): () => void {
    const alarm = new Alarm(then)
    this.desk.open(alarm)
    this.desk.startTimer(alarm, ms)
    return () => this.desk.forget(alarm)
  }
}

/** Who waits for a time. */
class Alarm extends Waiter {
  private readonly onTime: () => void

  constructor(onTime: () => void) {
    super()
    this.onTime = onTime
  }

  hear({ kind }: News): void {
    if (kind === 'time') this.onTime()
  }
}

const nothing = (): void => {}

const promiseOf = (became: Became): Promise<unknown> =>
  'value' in became ? Promise.resolve(became.value) : Promise.reject(became.error)
