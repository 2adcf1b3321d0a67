// Child: what a strict scope has forked, until its creator has heard what became of it. Owns its outcome, its cancellation, and who
// may ask. Never true here: an outcome changes, or is heard by somebody else than the creator.

import { Computation } from '../effect/computation.ts'
import type { Fiber, Wait, Within } from '../effect/fiber.ts'
import { lineOf } from '../effect/site.ts'
import { deadlockOf, nameFiber } from '../effect/waits.ts'
import { fiberIn } from '../effect/within.ts'
import { combined } from './combined.ts'
import { NotAChild } from './faults.ts'
import { Holder, setHolder } from './ownership.ts'
import { OVER } from './scope.ts'

type Main<T> = (fiber: Fiber) => T | PromiseLike<T>

/** How a child came to its end. */
export type Ended<T> = { readonly value: T } | { readonly error: unknown; readonly isCancelled: boolean }

/** Whose child it is. */
export interface Creator {
  readonly fiber: Fiber
  /** To whom its children can give something. */
  readonly holder: Holder
  /** The child has ended. */
  ended(child: StrictChild<unknown>): void
  /** Its creator has done what is due to it. */
  settle(child: StrictChild<unknown>): void
}

/** Where a child waits to be taken. */
interface Shelter {
  hear(child: StrictChild<unknown>): void
  leave(child: StrictChild<unknown>): void
}

/**
 * A child of a strict scope, as its `fork` answers it: awaited or cancelled by the fiber that forked it, and by no other.
 *
 * What it throws is its creator's, who must ask for it: `await` rejects with it, and the scope does not fail by itself. What nobody
 * has heard when the scope ends for another reason is an error of the scope.
 *
 * @example
 * ```ts
 * import { scope } from 'rumpus/structured'
 * import assert from 'node:assert/strict'
 *
 * const answer = await scope(async (scope) => {
 *   const mirror = scope.fork(() => Promise.reject(new Error('the mirror is down')))
 *   const origin = scope.fork(async (fiber) => {
 *     await fiber.sleep(1)
 *     return 'from the origin'
 *   })
 *   await assert.rejects(mirror.await(scope), /mirror/)
 *   return origin.await(scope)
 * }, { strict: true })
 * assert.equal(answer, 'from the origin')
 * ```
 */
export interface Child<T> {
  /** What it is called: the option `name`, or the name of its function. */
  readonly name: string
  /** The line that forked it. */
  readonly at: string
  /** Whether it has ended. */
  readonly isOver: boolean
  /**
   * What it answers, when it has ended; ask as often as you like. Rejects with what it threw, with its cancellation, with the
   * cancellation of the fiber that asks, unless it has ended by then, with {@link NotAChild}, and with RumpusError
   * `ERR_RUMPUS_DEADLOCK` if it waits for what that fiber has.
   */
  await(within: Within): Promise<T>
  /**
   * Cancels it and waits until it has ended, whatever is cancelled meanwhile. One that has ended stays what it is. Rejects with what it
   * threw, its cancellation apart, unless that was heard, and with {@link NotAChild}.
   */
  cancel(within: Within, reason?: unknown): Promise<void>
}

export class StrictChild<T> implements Child<T>, Wait {
  readonly name: string
  /** Where it waits to be taken, if it does. */
  orphanage: Shelter | undefined = undefined
  readonly computation: Computation<never> = new Computation<never>()
  readonly done: Computation<Ended<T>> = new Computation<Ended<T>>()
  /** Whether its creator has awaited or cancelled it. */
  isSettled = false
  /** Whether its creator has its error. */
  isHeard = false
  /** What it owns. */
  readonly holder: Holder
  /** Its place among all that have ended. */
  place = 0
  private readonly site: Error
  private readonly creator: Creator

  constructor(creator: Creator, name: string, site: Error) {
    this.creator = creator
    this.name = name
    this.site = site
    this.holder = new Holder(undefined, creator.holder)
  }

  get at(): string {
    return lineOf(this.site)
  }

  get isOver(): boolean {
    return !this.done.isRunning
  }

  /** What it threw, if nobody has heard of that. */
  get unheard(): { readonly error: unknown } | undefined {
    const ended = this.done.peek()
    if (this.isHeard || ended === undefined || !('value' in ended) || 'value' in ended.value) return undefined
    return ended.value.isCancelled ? undefined : { error: ended.value.error }
  }

  /** Runs it in `fiber`, which is under the computation of its scope. Never rejects. */
  async run(fiber: Fiber, main: Main<T>): Promise<void> {
    const { computation, creator, holder } = this
    holder.fiber = fiber
    setHolder(fiber, holder)
    nameFiber(fiber, this.what)
    const outer = fiber.computation
    const link = outer.canceler(computation)
    if (!outer.tryAttach(link)) computation.cancel(outer.cancellation)
    fiber.computation = computation
    let ended = await this.comeToEnd(fiber, main)
    if (holder.held.size > 0) ended = await this.comeClean(fiber, ended)
    outer.detach(link)
    // For fibers that were handed out of it.
    computation.cancel(OVER)
    this.done.return(ended)
    creator.ended(this)
  }

  private async comeToEnd(fiber: Fiber, main: Main<T>): Promise<Ended<T>> {
    try {
      return { value: await main(fiber) }
    } catch (error) {
      return { error, isCancelled: error === this.computation.cancellation }
    }
  }

  /** Releases what it has left; it has failed then, unless it had failed anyway or was cancelled. */
  private async comeClean(fiber: Fiber, ended: Ended<T>): Promise<Ended<T>> {
    const returned = 'value' in ended
    try {
      await this.holder.end(fiber, returned && this.computation.cancellation === undefined)
      return ended
    } catch (error) {
      return { error: returned ? error : combined([ended.error, error]), isCancelled: false }
    }
  }

  get what(): string {
    return `the child ${JSON.stringify(this.name)}`
  }

  get holders(): readonly Fiber[] {
    return this.holder.fiber === undefined ? [] : [this.holder.fiber]
  }

  async await(within: Within): Promise<T> {
    await this.stand(this.creatorIn(within, 'await'))
    const ended = this.hear()
    if ('value' in ended) return ended.value
    throw ended.error
  }

  /** Waits for its end and hears nothing, unless it waits for what its creator has. */
  async stand(fiber: Fiber): Promise<void> {
    const deadlock = this.isOver ? undefined : deadlockOf(fiber, this)
    if (deadlock !== undefined) throw deadlock
    fiber.noteWait(this)
    try {
      await fiber.wait(this.done)
    } finally {
      fiber.forgetWait(this)
    }
  }

  /** It has ended, and its creator has been told how: nothing is due to it any more. */
  hear(): Ended<T> {
    this.creator.settle(this)
    this.isHeard = true
    return (this.done.peek() as { value: Ended<T> }).value
  }

  /** Cancels it, and waits for nothing. */
  cancelNow(reason: unknown = 'its creator has cancelled it'): void {
    this.computation.cancel(reason)
  }

  async cancel(within: Within, reason?: unknown): Promise<void> {
    const fiber = this.creatorIn(within, 'cancel')
    this.cancelNow(reason)
    await fiber.forbid(() => fiber.wait(this.done))
    this.creator.settle(this)
    const { unheard } = this
    this.isHeard = true
    if (unheard !== undefined) throw unheard.error
  }

  /** The fiber that may do that. */
  creatorIn(within: Within, verb: string): Fiber {
    const fiber = fiberIn(within, 'the fiber or the scope that forked the child')
    if (fiber !== this.creator.fiber) throw new NotAChild(this, verb)
    return fiber
  }
}
