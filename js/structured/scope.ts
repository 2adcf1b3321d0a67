// Scope: who forks is not done before what was forked is. Owns the life of its children, the order of its end (children, daemons,
// releases, the parent's computation again), and which errors it answers. Never true here: something of a scope runs when the
// scope is over.

import { Cancelled } from '../effect/cancelled.ts'
import { Computation } from '../effect/computation.ts'
import { checkMs, Fiber, type Wait, type Within } from '../effect/fiber.ts'
import { fifo } from '../effect/fifo.ts'
import { Trigger } from '../effect/trigger.ts'
import { type OpenScope, watcher } from '../effect/watched.ts'
import { fiberIn } from '../effect/within.ts'
import { badArgument, RumpusError, TimeoutError } from '../errors.ts'
import { checkOptions, type Names } from '../options.ts'
import { showAs } from '../show.ts'
import { combined } from './combined.ts'

const OPEN = 0
const RELEASING = 1
const CLOSED = 2

const NAMES: Names<ScopeOptions> = { timeout: true, signal: true, shielded: true, strict: true }
/** Of a scope of which nothing is said. */
export const NO_OPTIONS: ScopeOptions = {}

type Main<T> = (fiber: Fiber) => T | PromiseLike<T>

/** How a scope is opened. */
export interface ScopeOptions {
  /** Milliseconds after which it is cancelled and rejects with `TimeoutError`, unless it is over by then. */
  readonly timeout?: number
  /** Cancels it when aborted, with the reason of the signal as the cause. */
  readonly signal?: AbortSignal
  /** Whether the cancellation of its parent passes it by. Its own errors, timeout and signal do not. */
  readonly shielded?: boolean
  /** Whether each child must be awaited or cancelled; with true it is another kind of scope, see `StrictScope`. */
  readonly strict?: false
}

/**
 * What `scope` and `openScope` give: forks children, and ends with them.
 *
 * `join` belongs to the fiber that opened it; the rest may be called by anybody who has it, its children among them. Cancelled are
 * waits, and `fork`; never `fail`, `cancel`, `onRelease`, and what `onRelease` was given.
 *
 * @example
 * ```ts
 * import { scope } from 'rumpus/structured'
 * import assert from 'node:assert/strict'
 *
 * const order = []
 * await assert.rejects(
 *   scope(async (scope) => {
 *     scope.onRelease(() => order.push('closed'))
 *     scope.forkDaemon(async (fiber) => {
 *       for (;;) await fiber.sleep(1) // a heartbeat
 *     })
 *     scope.fork(async (fiber) => {
 *       await fiber.sleep(2)
 *       throw new Error('a child failed')
 *     })
 *     await scope.join()
 *   }),
 *   /a child failed/,
 * )
 * assert.deepEqual(order, ['closed'])
 * ```
 */
export interface Scope extends Within, AsyncDisposable {
  /** The fiber that opened it, which runs under it until it is over. */
  readonly fiber: Fiber
  /** Aborts when it is cancelled: for `fetch` and whatever else is not of fibers. */
  readonly signal: AbortSignal
  /**
   * Begins a child and answers a promise of what it answers, which you need not await: the scope does. A child that throws fails
   * the scope: the others are cancelled, and the scope rejects with what it threw.
   *
   * @throws the cancellation of the scope; RumpusError `ERR_RUMPUS_SCOPE_OVER` when it is over
   */
  fork<T>(main: (fiber: Fiber) => T | PromiseLike<T>): Promise<T>
  /** The same for a child that keeps nobody waiting: cancelled when the body and all other children are done. */
  forkDaemon(main: (fiber: Fiber) => unknown): void
  /**
   * Waits until every child that is no daemon is done, those that they fork meanwhile too.
   * Rejects with the cancellation of the scope; for one that failed, read its error where the scope rejects.
   */
  join(): Promise<void>
  /** Fails it: everything in it is cancelled, and it rejects with `error`. Answers at once, never throws. */
  fail(error: unknown): void
  /** Cancels everything in it, without an error of its own. Answers at once, never throws. */
  cancel(reason: unknown): void
  /**
   * Has `release` called when all children are done, whatever the outcome; the last registered first, one after the other, never
   * cancelled. Answers a function that takes it back, and says whether it was still to come.
   *
   * @throws RumpusError `ERR_RUMPUS_SCOPE_OVER` when releasing has begun: then it is not called, and what it holds is still yours
   */
  onRelease(release: () => unknown): () => boolean
}

export class Nursery implements Scope, Wait, OpenScope {
  /** For reports. */
  readonly what: string = 'the children of its scope'
  readonly holders: readonly Fiber[] = []
  readonly fiber: Fiber
  private readonly computation = new Computation<undefined>()
  private readonly outer: Fiber['computation']
  private readonly forbidden: boolean
  private readonly canceler: Trigger | undefined
  private readonly unlisten: (() => void) | undefined
  private state = OPEN
  private children = 0
  private daemons = 0
  private readonly errors: unknown[] = []
  private readonly releases: (() => unknown)[] = []
  /** What is signalled when the last child, or the last daemon, is done. */
  private idle: Trigger | undefined
  private over: Promise<void> | undefined

  constructor(fiber: Fiber, { timeout, signal, shielded = false }: ScopeOptions) {
    fiber.check()
    const { computation } = this
    this.fiber = fiber
    this.outer = fiber.computation
    this.forbidden = fiber.forbidden
    if (!shielded && !fiber.forbidden) this.canceler = this.outer.attachCanceler(computation)
    if (timeout !== undefined) this.failAfter(timeout)
    if (signal !== undefined) this.unlisten = cancelBy(signal, this)
    fiber.computation = computation
    fiber.forbidden = false
    if (watcher !== undefined) watcher.opens(this)
  }

  get size(): number {
    return this.children + this.daemons
  }

  get isOver(): boolean {
    return this.size === 0
  }

  get signal(): AbortSignal {
    return this.computation.signal
  }

  /** Why it was cancelled, if it was. */
  get cancellation(): Cancelled | undefined {
    return this.computation.cancellation
  }

  private failAfter(ms: number): void {
    const timer = new Computation<undefined>()
    this.fiber.handler.cancelAfter(this.fiber, timer, ms, 'timeout')
    const late = Trigger.fromAction(undefined, () => {
      if (this.computation.isRunning) this.fail(new TimeoutError(ms, `the scope was not over within ${ms} ms`))
    })
    timer.tryAttach(late)
    this.computation.tryAttach(Trigger.fromAction(timer, (unused) => unused.return(undefined)))
  }

  fork<T>(main: Main<T>): Promise<T> {
    const settling = this.begin(main)
    this.children++
    settling.then(this.onReturn, this.onThrow)
    return settling
  }

  forkDaemon(main: Main<unknown>): void {
    const settling = this.begin(main)
    this.daemons++
    settling.then(this.onDaemonReturn, this.onDaemonThrow)
  }

  private begin<T>(main: Main<T>): Promise<T> {
    if (this.state !== OPEN) throw scopeOver('fork')
    if (typeof main !== 'function') throw badArgument(TypeError, 'main', 'a function', main)
    const { fiber, computation } = this
    computation.check()
    return fiber.handler.spawn(fiber, new Fiber(fiber.handler, computation, fiber), main)
  }

  private readonly onReturn = (): void => {
    if (--this.children === 0) this.idle?.signal()
  }
  private readonly onThrow = (error: unknown): void => {
    this.heard(error)
    this.onReturn()
  }
  private readonly onDaemonReturn = (): void => {
    if (--this.daemons === 0) this.idle?.signal()
  }
  private readonly onDaemonThrow = (error: unknown): void => {
    this.heard(error)
    this.onDaemonReturn()
  }

  /** Something in the scope threw. Its own cancellation is no error. */
  private heard(error: unknown): void {
    if (error !== this.computation.cancellation) this.fail(error)
  }

  fail(error: unknown): void {
    if (this.state === CLOSED) return
    this.errors.push(error)
    this.computation.cancel(error)
  }

  cancel(reason: unknown): void {
    if (this.state !== CLOSED) this.computation.cancel(reason)
  }

  async join(): Promise<void> {
    while (this.children > 0) {
      const cancelled = await this.stand()
      this.fiber.forgetWait(this)
      if (cancelled !== undefined) throw cancelled
    }
    this.computation.check()
  }

  /** Waits until the last child, or the last daemon, is done. */
  private stand(): Cancelled | undefined | Promise<Cancelled | undefined> {
    this.fiber.noteWait(this)
    return this.fiber.await((this.idle = new Trigger()))
  }

  onRelease(release: () => unknown): () => boolean {
    if (typeof release !== 'function') throw badArgument(TypeError, 'release', 'a function', release)
    if (this.state !== OPEN) throw scopeOver('onRelease')
    // One of its own, so that the same function may be registered twice.
    const mine = (): unknown => release()
    this.releases.push(mine)
    return () => {
      const at = this.releases.lastIndexOf(mine)
      if (at >= 0) this.releases.splice(at, 1)
      return at >= 0
    }
  }

  /** The body is done, `failed` with `error` or not: waits for all there is, and rejects as the scope must. */
  async end(failed: boolean, error?: unknown): Promise<void> {
    if (failed) this.heard(error)
    const { fiber, computation } = this
    fiber.forbidden = true
    while (this.children > 0) await this.stand()
    // A scope that is over is cancelled for whoever is left in it: daemons, and fibers that were handed out of it.
    computation.cancel(OVER)
    while (this.daemons > 0 || this.children > 0) await this.stand()
    fiber.forgetWait(this)
    this.state = RELEASING
    for (let release = this.releases.pop(); release !== undefined; release = this.releases.pop()) {
      try {
        await release()
      } catch (thrown) {
        this.errors.push(thrown)
      }
    }
    this.close()
    if (this.errors.length > 0) throw combined(this.errors)
    if (failed) throw error
  }

  private close(): void {
    const { fiber, computation } = this
    this.state = CLOSED
    if (watcher !== undefined) watcher.closes(this)
    this.unlisten?.()
    if (this.canceler !== undefined) this.outer.detach(this.canceler)
    if (fiber.computation !== computation) {
      this.errors.push(
        new RumpusError('ERR_RUMPUS_NOT_NESTED', 'a scope ended within another that the same fiber opened later'),
      )
    } else {
      fiber.computation = this.outer
      fiber.forbidden = this.forbidden
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.computation.cancel(OVER)
    this.over ??= this.end(false)
    return this.over
  }
}

// One for all: it is nobody's error, and a stack costs more than a scope.
export const OVER: Cancelled = new Cancelled('the scope is over')

const scopeOver = (verb: string): RumpusError =>
  new RumpusError('ERR_RUMPUS_SCOPE_OVER', `${verb} needs a scope that is open: this one is over`)

const cancelBy = (signal: AbortSignal, scope: Scope): (() => void) => {
  const cancel = (): void => scope.cancel(signal.reason)
  if (signal.aborted) cancel()
  else signal.addEventListener('abort', cancel, { once: true })
  return () => signal.removeEventListener('abort', cancel)
}

/** The fiber of what was given, and a fiber of its own for ordinary code that has none. */
export const fiberWithin = (within: Within | undefined): Fiber => {
  if (within === undefined) return fifo.current()
  return fiberIn(within)
}

/** Throws unless these are options of a scope. */
export const checkScope = (options: ScopeOptions): void => {
  if (options !== NO_OPTIONS) checkOptions('options', options, NAMES)
  const { timeout, signal, shielded } = options
  if (timeout !== undefined) checkMs('options.timeout', timeout)
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw badArgument(TypeError, 'options.signal', 'an AbortSignal', signal)
  }
  if (shielded !== undefined && typeof shielded !== 'boolean') {
    throw badArgument(TypeError, 'options.shielded', 'true or false', shielded)
  }
}

showAs(Nursery.prototype, ({ size, cancellation }) => {
  const how = cancellation === undefined ? '' : ', cancelled'
  return `Scope { ${size} ${size === 1 ? 'child' : 'children'}${how} }`
})
