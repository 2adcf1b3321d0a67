// Orphans: children whose ends are not awaited one by one, but taken as they come. Owns who has ended and was not taken, in order.

import type { Fiber, Within } from '../effect/fiber.ts'
import { Trigger } from '../effect/trigger.ts'
import type { Child, StrictChild } from './child.ts'
import { combined } from './combined.ts'
import type { Ownership } from './ownership.ts'

type Main<T> = (fiber: Fiber) => T | PromiseLike<T>

/** How a child is forked in a strict scope. */
export interface ForkOptions {
  /** What errors call it; the name of its function unless given. */
  readonly name?: string
  /** What the fiber owns and the child will, from its first line on: see {@link Ownership}. */
  readonly give?: readonly Ownership<unknown>[]
}

/**
 * Children of a strict scope for which nobody waits at a particular place, the connections of a server say: taken as they end, the
 * first that ended first. It belongs to the scope that made it; what is left in it when the body returns is a fault, as with any
 * child.
 *
 * Taken, a child has ended and is still to be awaited: its error is yours. What has no end of interest is an ordinary scope's.
 *
 * @example
 * ```ts
 * import { scope } from 'rumpus/structured'
 * import assert from 'node:assert/strict'
 *
 * const served = []
 * await scope(async (scope) => {
 *   const connections = scope.orphans()
 *   for (const ms of [3, 1, 2]) {
 *     connections.fork(async (fiber) => {
 *       await fiber.sleep(ms)
 *       return ms
 *     })
 *   }
 *   for (let child; (child = await connections.next(scope)) !== undefined; ) served.push(await child.await(scope))
 * }, { strict: true })
 * assert.equal(served.length, 3)
 * ```
 */
export interface Orphans<T> {
  /** How many there are, whether they have ended or not. */
  readonly size: number
  /** Begins a child that will be taken from here. It may be awaited or cancelled as any child, and is here no more then. */
  fork(main: (fiber: Fiber) => T | PromiseLike<T>, options?: ForkOptions): Child<T>
  /**
   * Takes the first that has ended, if one has; await it.
   *
   * @throws NotAChild `ERR_RUMPUS_NOT_A_CHILD` unless it is the fiber of the scope that asks
   */
  take(within: Within): Child<T> | undefined
  /**
   * Waits until one has ended, and takes it; answers nothing when there is none left. Rejects with the cancellation of the fiber, and
   * then has taken none.
   */
  next(within: Within): Promise<Child<T> | undefined>
  /** Cancels all that are here, and waits for them. Rejects with what they threw, as `cancel` of a child does. */
  cancel(within: Within, reason?: unknown): Promise<void>
}

export class Orphanage<T> implements Orphans<T> {
  private readonly begin: (main: Main<T>, options: ForkOptions) => StrictChild<T>
  private readonly ownerIn: (within: Within, verb: string) => Fiber
  private readonly here = new Set<StrictChild<unknown>>()
  /** In the order of their ends; some have left since. */
  private ended: StrictChild<unknown>[] = []
  private head = 0
  private news: Trigger | undefined

  constructor(begin: Orphanage<T>['begin'], ownerIn: Orphanage<T>['ownerIn']) {
    this.begin = begin
    this.ownerIn = ownerIn
  }

  get size(): number {
    return this.here.size
  }

  fork(main: Main<T>, options: ForkOptions = {}): Child<T> {
    const child = this.begin(main, options)
    child.orphanage = this
    this.here.add(child)
    if (child.isOver) this.hear(child)
    return child
  }

  /** A child of this has ended. */
  hear(child: StrictChild<unknown>): void {
    this.ended.push(child)
    this.news?.signal()
  }

  /** It is taken, or its creator has done otherwise what is due to it. */
  leave(child: StrictChild<unknown>): void {
    child.orphanage = undefined
    this.here.delete(child)
    if (this.here.size === 0) this.news?.signal()
  }

  take(within: Within): Child<T> | undefined {
    this.ownerIn(within, 'take')
    return this.shift()
  }

  private shift(): Child<T> | undefined {
    const { ended } = this
    let found: StrictChild<unknown> | undefined
    while (found === undefined && this.head < ended.length) {
      const child = ended[this.head++]!
      if (child.orphanage === this) found = child
    }
    if (this.head * 2 >= ended.length) {
      this.ended = ended.slice(this.head)
      this.head = 0
    }
    if (found !== undefined) this.leave(found)
    return found as Child<T> | undefined
  }

  async next(within: Within): Promise<Child<T> | undefined> {
    const fiber = this.ownerIn(within, 'next')
    for (;;) {
      const child = this.shift()
      if (child !== undefined || this.here.size === 0) return child
      this.news = new Trigger()
      const cancelled = await fiber.await(this.news)
      if (cancelled !== undefined) throw cancelled
    }
  }

  async cancel(within: Within, reason?: unknown): Promise<void> {
    this.ownerIn(within, 'cancel')
    await cancelAll([...this.here], within, reason)
  }
}

/** Cancels `children`, all of them before it waits for any; rejects with all that they threw. */
export const cancelAll = async (
  children: readonly StrictChild<unknown>[],
  within: Within,
  reason: unknown,
): Promise<void> => {
  const errors: unknown[] = []
  for (const child of children) child.cancelNow(reason)
  for (const child of children) await child.cancel(within, reason).catch((error) => errors.push(error))
  if (errors.length > 0) throw combined(errors)
}
