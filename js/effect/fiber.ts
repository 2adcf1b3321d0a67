// Fiber and Handler: a strand of code, and the five operations that whoever runs it owes it. Owns what a fiber knows of itself:
// under which computation it runs, whether it hears of cancellations, its locals. One file, because each speaks of the other.
// Never true here: a fiber waits for two things at a time.

import { badArgument, RumpusError } from '../errors.ts'
import { showAs } from '../show.ts'
import { Cancelled } from './cancelled.ts'
import { Computation, type Packed } from './computation.ts'
import type { Local } from './local.ts'
import { Trigger } from './trigger.ts'
import { watcher } from './watched.ts'

/** The longest wait, in milliseconds: 24 days, as timers have it. */
const WAIT_MAX_MS = 2 ** 31 - 1

/**
 * What an executor owes fibers, and all that libraries may ask of it. Make one to run fibers on something else; to use fibers,
 * use {@link Fiber}, which calls these.
 *
 * `Context` is what code has in hand that has no fiber: nothing, or the `self` of a process. What an executor may be made of is
 * here too: {@link begin}, {@link trySuspend}, {@link parked}, {@link unsuspend}. The obligations below are programs in
 * `__test__/effect/obligations.ts`: one of your own keeps them if it passes `conformance.test.ts` beside it.
 *
 * @example
 * ```ts
 * import { begin, Computation, Fiber, parked, Trigger, trySuspend, unsuspend } from 'rumpus/effect'
 * import { all } from 'rumpus/structured'
 * import assert from 'node:assert/strict'
 *
 * // The last that became ready goes on first.
 * const ready = []
 * const resume = (fiber) => {
 *   ready.push(fiber)
 *   setImmediate(() => unsuspend(ready.pop()))
 * }
 * const lifo = {
 *   current: () => new Fiber(lifo, new Computation()),
 *   spawn(from, fiber, main) {
 *     from.check()
 *     return begin(fiber, main)
 *   },
 *   async yield(fiber) {
 *     fiber.check()
 *     const trigger = new Trigger()
 *     const wait = lifo.await(fiber, trigger)
 *     trigger.signal()
 *     const cancelled = await wait
 *     if (cancelled !== undefined) throw cancelled
 *   },
 *   cancelAfter(fiber, computation, ms, reason) {
 *     fiber.check()
 *     const timer = setTimeout(() => computation.cancel(reason), ms)
 *     computation.tryAttach(Trigger.fromAction(timer, clearTimeout))
 *   },
 *   await(fiber, trigger) {
 *     if (trigger.isSignalled) return undefined
 *     return trySuspend(fiber, trigger, resume) ? parked(fiber) : fiber.cancellation
 *   },
 * }
 * const order = []
 * const named = (name) => async (fiber) => {
 *   await fiber.yield()
 *   order.push(name)
 * }
 * await all(lifo.current(), [named('a'), named('b')])
 * assert.deepEqual(order, ['b', 'a'])
 * ```
 */
export interface Handler<Context = never> {
  /** The fiber of code that has none in hand. Never tells of a cancellation, never waits. */
  current(context: Context): Fiber
  /**
   * Begins `fiber` with `main`, now or later, and answers what `main` answers. Throws the cancellation of `from`, and then `main`
   * is never called; otherwise it always is, even if `fiber` is cancelled by then: it may have been given what it must release.
   */
  spawn<T>(from: Fiber, fiber: Fiber, main: (fiber: Fiber) => T | PromiseLike<T>): Promise<T>
  /** Lets the fibers that could run do so first. Rejects with the cancellation of `fiber`. */
  yield(fiber: Fiber): Promise<void>
  /**
   * Has `computation` cancelled with `reason` after `ms`, unless it completes before: then nothing is left of the timer. Answers
   * at once; throws the cancellation of `fiber`.
   */
  cancelAfter(fiber: Fiber, computation: Packed, ms: number, reason: unknown): void
  /**
   * Has `fiber` wait until `trigger` is signalled; a fiber that hears of cancellations has it signalled by that of its
   * computation. Answers at once if it is signalled already. Answers, and never throws, the cancellation of the fiber.
   */
  await(fiber: Fiber, trigger: Trigger): Cancelled | undefined | Promise<Cancelled | undefined>
  /**
   * For executors that have a loop of their own: has `poller` asked by it from now on, and answers what a poller calls when it has reason
   * to be asked. It may be left out: then a poller is asked in passes of the event loop.
   */
  poll?(poller: Polled): () => void
}

/** A poller, as an executor drives it. */
export interface Polled {
  /** Whether there is anything to ask it for. */
  readonly isActive: boolean
  /** Whether its source has been asked and has not answered yet. */
  readonly isBlocked: boolean
  /** Whether something has come or changed since it was asked last. */
  readonly isBusy: boolean
  /** Asks the source, if there is reason to and it is not being waited for; with `block` it may answer later. */
  ask(block: boolean): void
}

/** What a fiber waits for: for reports, and to find those who wait for each other. */
export interface Wait {
  /** For people. */
  readonly what: string
  /** Whether it is over, though the fiber has not gone on yet. */
  readonly isOver: boolean
  /** Who must go on before it can be over, all of them, if that is known. */
  readonly holders: readonly Fiber[]
  /** Whether it comes from elsewhere, another core: then nobody here can tell that it never will. */
  readonly isForeign?: boolean
}

/** What has a fiber: itself, or a scope. What waits takes either. */
export interface Within {
  /** Whose wait it is. */
  readonly fiber: Fiber
}

/**
 * A strand of code. Pass it to what waits: the wait is its, and ends when its computation is cancelled.
 *
 * One strand, one fiber: it waits for one thing at a time, so give concurrent code fibers of its own (`fork`). Where cancellation
 * is heard: in `await`, `wait`, `sleep`, `yield`, and in what libraries make of them. It is never heard by code that awaits a
 * promise of somebody else: give that `signal`, or {@link Fiber.settle} it.
 *
 * @example
 * ```ts
 * import { fifo } from 'rumpus/effect'
 * import assert from 'node:assert/strict'
 *
 * const fiber = fifo.current()
 * const child = fiber.fork(async (mine) => {
 *   await mine.sleep(1)
 *   return 42
 * })
 * assert.equal(await child, 42)
 * ```
 */
export class Fiber implements Within {
  /** Who runs it. */
  readonly handler: Handler
  /** Under which it runs at present. Whoever sets it sets it back, on every way out. */
  computation: Packed
  /** Whether it does not hear of cancellations at present. Whoever sets it sets it back. */
  forbidden: boolean
  private locals: ReadonlyMap<Local<unknown>, unknown> | undefined
  /** For executors: continues it. */
  resume: ((cancelled: Cancelled | undefined) => void) | undefined = undefined
  /** What it waits for, if that was said: see {@link Fiber.noteWait}. */
  waitsFor: Wait | undefined = undefined
  /** For executors: where it stands in a list of theirs; below 0 if it does not. */
  place: number = -1

  constructor(handler: Handler<never>, computation: Packed, like?: Fiber) {
    this.handler = handler
    this.computation = computation
    this.forbidden = false
    this.locals = like?.locals
    this.resume = undefined
    this.waitsFor = undefined
    this.place = -1
    if (watcher !== undefined) watcher.born(this)
  }

  /** Itself, so that what takes a {@link Within} takes a fiber. */
  get fiber(): this {
    return this
  }

  /** Why it is cancelled, if it is and hears of that. */
  get cancellation(): Cancelled | undefined {
    return this.forbidden ? undefined : this.computation.cancellation
  }

  /** Throws its cancellation, if it is cancelled and hears of that. */
  check(): void {
    if (!this.forbidden) this.computation.check()
  }

  /** Aborts when the computation under which it runs now is cancelled. */
  get signal(): AbortSignal {
    return this.computation.signal
  }

  /**
   * Waits until `trigger` is signalled. Answers its cancellation or nothing, never throws it: what is shared decides what the
   * wait was worth. Answers at once, without a promise, if the trigger is signalled already.
   *
   * @throws RumpusError `ERR_RUMPUS_WAITING` if this fiber waits already
   */
  await(trigger: Trigger): Cancelled | undefined | Promise<Cancelled | undefined> {
    return this.handler.await(this, trigger)
  }

  /** What `computation` returns, also when this fiber is cancelled by then. Rejects with its cancellation, or with that of this fiber. */
  async wait<T>(computation: Computation<T>): Promise<T> {
    if (computation.isRunning) {
      const trigger = new Trigger()
      if (computation.tryAttach(trigger)) {
        this.noteWait(FOR_COMPUTATION)
        const cancelled = await this.await(trigger)
        this.forgetWait(FOR_COMPUTATION)
        if (computation.isRunning) {
          computation.release()
          if (cancelled !== undefined) throw cancelled
        }
      }
    }
    computation.check()
    return (computation.peek() as { value: T }).value
  }

  /**
   * What a platform promise settles to. Cancelled, it rejects and lets the promise go on by itself: what that settles to is lost,
   * so where something can be stopped, give it `signal` instead.
   */
  async settle<T>(promise: PromiseLike<T>): Promise<T> {
    if (typeof promise?.then !== 'function') throw badArgument(TypeError, 'promise', 'a promise', promise)
    const trigger = new Trigger()
    let outcome: { value: T } | { error: unknown } | undefined
    promise.then(
      (value) => {
        outcome = { value }
        trigger.signal()
      },
      (error: unknown) => {
        outcome = { error }
        trigger.signal()
      },
    )
    this.noteWait(FOR_PROMISE)
    const cancelled = await this.await(trigger)
    this.forgetWait(FOR_PROMISE)
    if (outcome === undefined) throw cancelled
    if ('error' in outcome) throw outcome.error
    return outcome.value
  }

  /** Lets the fibers that could run do so first. Rejects with its cancellation. */
  yield(): Promise<void> {
    return this.handler.yield(this)
  }

  /**
   * Waits `ms` milliseconds. Rejects with its cancellation.
   *
   * @throws RangeError `ERR_RUMPUS_OUT_OF_RANGE` for a time that is no time
   */
  sleep(ms: number): Promise<void> {
    checkMs('ms', ms)
    return this.rest(ms)
  }

  /** For libraries: says what the wait is for that is about to begin, unless somebody has. */
  noteWait(wait: Wait): void {
    // One that waits already has said it.
    if (this.resume === undefined) this.waitsFor ??= wait
  }

  /** For libraries: that wait is over. */
  forgetWait(wait: Wait): void {
    if (this.waitsFor === wait) this.waitsFor = undefined
  }

  private async rest(ms: number): Promise<void> {
    const over = new Computation<never>()
    this.handler.cancelAfter(this, over, ms, OVER)
    const trigger = new Trigger()
    over.tryAttach(trigger)
    this.noteWait(FOR_TIME)
    const cancelled = await this.await(trigger)
    this.forgetWait(FOR_TIME)
    if (!over.isRunning) return
    // Takes the timer away.
    over.cancel(OVER)
    if (cancelled !== undefined) throw cancelled
  }

  /**
   * Begins a fiber under the same computation, with a copy of the locals; answers what `main` answers. Nobody waits for it but you:
   * a scope does, so prefer one. Throws the cancellation of this fiber, and then `main` is never called.
   */
  fork<T>(main: (fiber: Fiber) => T | PromiseLike<T>): Promise<T> {
    return this.handler.spawn(this, new Fiber(this.handler, this.computation, this), main)
  }

  /** Runs `act` without hearing of cancellations, and hears of them again whatever it did. They are kept, not lost. */
  forbid<T>(act: () => T | PromiseLike<T>): Promise<T> {
    return this.hearing(true, act)
  }

  /** Runs `act` hearing of cancellations, also where they are forbidden. */
  permit<T>(act: () => T | PromiseLike<T>): Promise<T> {
    return this.hearing(false, act)
  }

  private async hearing<T>(forbidden: boolean, act: () => T | PromiseLike<T>): Promise<T> {
    if (typeof act !== 'function') throw badArgument(TypeError, 'act', 'a function', act)
    const before = this.forbidden
    this.forbidden = forbidden
    try {
      return await act()
    } finally {
      this.forbidden = before
    }
  }

  /** Its value of `local`. */
  get<T>(local: Local<T>): T {
    const { locals } = this
    return locals?.has(local) ? (locals.get(local) as T) : local.initial
  }

  /** Gives `local` a value in this fiber and in those that it forks from now on, in no other. */
  set<T>(local: Local<T>, value: T): void {
    this.locals = new Map(this.locals).set(local, value)
  }
}

const waitFor = (what: string): Wait => ({ what, isOver: false, holders: [] })
const FOR_COMPUTATION = waitFor('a computation')
const FOR_PROMISE = waitFor('a platform promise')
const FOR_TIME = waitFor('its time')

// One for all: it is nobody's error, and a stack costs more than a sleep.
const OVER = new Cancelled('the time is over')

/** Throws if `ms` is no time. */
export const checkMs = (argument: string, ms: unknown): void => {
  if (typeof ms === 'number' && ms >= 0 && ms <= WAIT_MAX_MS) return
  throw badArgument(RangeError, argument, `a number of milliseconds from 0 to ${WAIT_MAX_MS}`, ms)
}

/**
 * For executors: parks `fiber` until `trigger` is signalled, when `resume(fiber)` is called; false if it is signalled already, or
 * the fiber is cancelled: then it goes on at once.
 *
 * @throws RumpusError `ERR_RUMPUS_WAITING` if the fiber waits already
 */
export const trySuspend = (fiber: Fiber, trigger: Trigger, resume: (fiber: Fiber) => void): boolean => {
  if (fiber.resume !== undefined) throw waitsAlready()
  const { computation } = fiber
  if (!fiber.forbidden && !computation.tryAttach(trigger) && computation.cancellation !== undefined) {
    if (!trigger.isSignalled) trigger.dispose()
    return false
  }
  if (watcher !== undefined && !trigger.isSignalled) watcher.parks(fiber)
  return trigger.onSignal(fiber, resume)
}

/** What a fiber is told that waits already. */
export const waitsAlready = (): RumpusError =>
  new RumpusError('ERR_RUMPUS_WAITING', 'a fiber waits for one thing at a time: fork one for the other')

/** For executors: takes a fiber whose trigger was signalled off its computation, and continues it. */
export const unsuspend = (fiber: Fiber): void => {
  if (!fiber.forbidden) fiber.computation.release()
  const { resume } = fiber
  fiber.resume = undefined
  if (watcher !== undefined) watcher.goesOn(fiber)
  resume?.(fiber.cancellation)
}

/** For executors: the promise of a fiber that is parked; {@link unsuspend} settles it. */
export const parked = (fiber: Fiber): Promise<Cancelled | undefined> => {
  waiter = fiber
  return new Promise(keepResume)
}

// One for all, so that parking makes no closure.
let waiter: Fiber
const keepResume = (resume: Fiber['resume']): void => {
  waiter.resume = resume
}

/** For executors: what `main` answers, as a promise, begun now. */
export const begin = <T>(fiber: Fiber, main: (fiber: Fiber) => T | PromiseLike<T>): Promise<T> => {
  try {
    const settling = main(fiber)
    return settling instanceof Promise ? settling : Promise.resolve(settling)
  } catch (error) {
    return Promise.reject(typeof main === 'function' ? error : badArgument(TypeError, 'main', 'a function', main))
  }
}

showAs(Fiber.prototype, ({ computation }) => {
  if (computation.isRunning) return 'Fiber { running }'
  const { cancellation } = computation
  return cancellation === undefined ? 'Fiber { over }' : `Fiber { cancelled: ${cancellation.message} }`
})
