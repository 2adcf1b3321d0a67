// Mutex: one at a time, in the order of asking. Owns who holds it, and whether what it guards is broken.

import type { Fiber, Within } from '../effect/fiber.ts'
import { ready } from '../effect/ready.ts'
import { failureIn, fiberIn } from '../effect/within.ts'
import { badArgument, RumpusError } from '../errors.ts'
import { Event } from '../events/event.ts'
import { deadlockAt, grant, type Shared, Waiters } from './waiters.ts'

/**
 * A lock for what several fibers change with waits in between. Fair: who asked first has it first, handed over by `unlock`.
 *
 * `use` is the usual way: it unlocks on every way out. An error in `use` poisons the lock, for what it guards may be half changed;
 * in `look`, which does not change it, it does not. Where nothing waits between two lines no lock is needed. Cancelled is the
 * wait for the lock, never `unlock`.
 *
 * @example
 * ```ts
 * import { fifo } from 'rumpus/effect'
 * import { all } from 'rumpus/structured'
 * import { Mutex } from 'rumpus/sync'
 * import assert from 'node:assert/strict'
 *
 * const mutex = new Mutex()
 * let balance = 0
 * const deposit = (fiber) => mutex.use(fiber, async () => {
 *   const before = balance
 *   await fiber.sleep(1)
 *   balance = before + 1
 * })
 * await all(fifo.current(), [deposit, deposit, deposit])
 * assert.equal(balance, 3)
 * ```
 */
export class Mutex implements Shared {
  /** For reports. */
  readonly what: string = 'a lock'
  private holder: Fiber | undefined = undefined
  private readonly waiters = new Waiters<void>(this)
  private broken: RumpusError | undefined = undefined

  /** Whether somebody holds it. */
  get isLocked(): boolean {
    return this.holder !== undefined
  }

  /** Whether it is poisoned, for ever. */
  get isPoisoned(): boolean {
    return this.broken !== undefined
  }

  /**
   * Waits for the lock. Rejects with the cancellation of the fiber, with RumpusError `ERR_RUMPUS_POISONED`, whose `cause` is what
   * broke it, and `ERR_RUMPUS_DEADLOCK` if the fiber holds it already, or who holds it waits for what this fiber has.
   */
  lock(within: Within): Promise<void> {
    try {
      const { fiber } = within
      const refusal = this.broken ?? fiber.cancellation ?? this.relock(fiber)
      if (refusal !== undefined) return Promise.reject(refusal)
      if (this.holder !== undefined) return this.stand(fiber)
      this.holder = fiber
      return ready()
    } catch (error) {
      throw failureIn(within, error)
    }
  }

  /** The event of `lock`: chosen when the fiber holds it, which then unlocks it; fails as `lock` rejects. */
  locking(): Event<void> {
    return new Event<void>({
      what: this.what,
      holders: () => this.holders(),
      poll: (party) => {
        const refusal = this.broken ?? this.relock(party.fiber)
        if (refusal !== undefined) party.tryFail(refusal)
        else if (this.tryLock(party)) party.tryGive()
      },
      wait: (party) => this.waiters.enter(party),
    })
  }

  private stand(fiber: Fiber): Promise<void> {
    const deadlock = deadlockAt(fiber, this)
    return deadlock === undefined ? this.waiters.stand(this.waiters.join(fiber)) : Promise.reject(deadlock)
  }

  /** For reports: who has it. */
  holders(): readonly Fiber[] {
    return this.holder === undefined ? [] : [this.holder]
  }

  private relock(fiber: Fiber): RumpusError | undefined {
    if (this.holder !== fiber) return undefined
    return new RumpusError('ERR_RUMPUS_DEADLOCK', 'the fiber holds this lock already, and would wait for itself')
  }

  /** Takes the lock if it is free. */
  tryLock(within: Within): boolean {
    if (this.holder !== undefined || this.broken !== undefined) return false
    this.holder = fiberIn(within)
    return true
  }

  /**
   * Hands the lock to who has waited longest. Never cancelled, never waits.
   *
   * @throws RumpusError `ERR_RUMPUS_NOT_HELD` if the fiber does not hold it
   */
  unlock(within: Within): void {
    if (this.holder === undefined || this.holder !== within?.fiber) {
      throw failureIn(within, new RumpusError('ERR_RUMPUS_NOT_HELD', 'unlock needs the fiber that holds the lock'))
    }
    const next = this.waiters.shift()
    this.holder = next?.fiber
    if (next !== undefined) grant(next)
  }

  /** Breaks it: who waits, and whoever asks from now on, is refused; who holds it may unlock it. */
  poison(cause: unknown): void {
    this.broken ??= new RumpusError('ERR_RUMPUS_POISONED', 'what this guards may be broken', { cause })
    this.waiters.fail(this.broken)
  }

  /** Runs `act` with the lock; what it throws poisons it. Rejects as `lock` does, and with what `act` throws. */
  use<T>(within: Within, act: () => T | PromiseLike<T>): Promise<T> {
    return this.hold(within, act, true)
  }

  /** The same for what only looks: what it throws does not poison it. */
  look<T>(within: Within, act: () => T | PromiseLike<T>): Promise<T> {
    return this.hold(within, act, false)
  }

  private hold<T>(within: Within, act: () => T | PromiseLike<T>, changes: boolean): Promise<T> {
    if (typeof act !== 'function') throw failureIn(within, badArgument(TypeError, 'act', 'a function', act))
    return this.run(within, act, changes)
  }

  private async run<T>(within: Within, act: () => T | PromiseLike<T>, changes: boolean): Promise<T> {
    await this.lock(within)
    const { fiber } = within
    try {
      return await act()
    } catch (error) {
      if (changes) this.poison(error)
      throw error
    } finally {
      // A condition may have lost it to the poison.
      if (this.holder === fiber) this.unlock(fiber)
    }
  }
}
