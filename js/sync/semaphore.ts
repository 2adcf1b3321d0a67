// Semaphore: so many at a time, in the order of asking. Owns the count: a permit is free, held, or handed from one to the next,
// never two of them and never none.

import type { Within } from '../effect/fiber.ts'
import { ready } from '../effect/ready.ts'
import { failureIn } from '../effect/within.ts'
import { badArgument, RumpusError } from '../errors.ts'
import { Event } from '../events/event.ts'
import { grant, Waiters } from './waiters.ts'

/**
 * So many permits; who takes one gives it back. Fair: who asked first has the next. For so many calls at a time, `map` with
 * `concurrency` is simpler. Cancelled is the wait for a permit, never `release`.
 *
 * @example
 * ```ts
 * import { fifo } from 'rumpus/effect'
 * import { forEach } from 'rumpus/structured'
 * import { Semaphore } from 'rumpus/sync'
 * import assert from 'node:assert/strict'
 *
 * const connections = new Semaphore(2)
 * let [open, most] = [0, 0]
 * await forEach(fifo.current(), [1, 2, 3, 4], (n, fiber) => connections.use(fiber, async () => {
 *   most = Math.max(most, ++open)
 *   await fiber.sleep(1)
 *   open--
 * }))
 * assert.equal(most, 2)
 * ```
 */
export class Semaphore {
  private readonly permits: number
  private readonly waiters = new Waiters<void>({ what: 'a permit of a semaphore' })
  private left: number

  /** @throws RangeError `ERR_RUMPUS_OUT_OF_RANGE` unless `permits` is a whole number from 1 */
  constructor(permits: number) {
    if (!(Number.isSafeInteger(permits) && permits >= 1)) {
      throw badArgument(RangeError, 'permits', 'a whole number from 1', permits)
    }
    this.permits = permits
    this.left = permits
  }

  /** How many permits are free. */
  get free(): number {
    return this.left
  }

  /** Waits for a permit. Rejects with the cancellation of the fiber, and then has none. */
  acquire(within: Within): Promise<void> {
    try {
      const { fiber } = within
      const { cancellation } = fiber
      if (cancellation !== undefined) return Promise.reject(cancellation)
      if (this.left === 0) return this.waiters.stand(this.waiters.join(fiber))
      this.left--
      return ready()
    } catch (error) {
      throw failureIn(within, error)
    }
  }

  /** The event of `acquire`: chosen when the fiber has a permit, which then releases it. */
  acquiring(): Event<void> {
    return new Event<void>({
      what: this.waiters.what,
      poll: (party) => {
        if (this.tryAcquire()) party.tryGive()
      },
      wait: (party) => this.waiters.enter(party),
    })
  }

  /** Takes a permit if one is free. */
  tryAcquire(): boolean {
    if (this.left === 0) return false
    this.left--
    return true
  }

  /**
   * Gives a permit back, to who has waited longest. Never cancelled, never waits.
   *
   * @throws RumpusError `ERR_RUMPUS_NOT_HELD` if none is out
   */
  release(): void {
    if (this.left === this.permits) throw new RumpusError('ERR_RUMPUS_NOT_HELD', 'release needs a permit that is out')
    const next = this.waiters.shift()
    if (next === undefined) this.left++
    else grant(next)
  }

  /** Runs `act` with a permit. Rejects as `acquire` does, and with what `act` throws. */
  use<T>(within: Within, act: () => T | PromiseLike<T>): Promise<T> {
    if (typeof act !== 'function') throw badArgument(TypeError, 'act', 'a function', act)
    return this.run(within, act)
  }

  private async run<T>(within: Within, act: () => T | PromiseLike<T>): Promise<T> {
    await this.acquire(within)
    try {
      return await act()
    } finally {
      this.release()
    }
  }
}
