// Condition: wait until what a lock guards may have changed. Owns that the lock is held again whenever the wait is over.

import type { Within } from '../effect/fiber.ts'
import { fiberIn } from '../effect/within.ts'
import { Event } from '../events/event.ts'
import type { Mutex } from './mutex.ts'
import { grant, Waiters } from './waiters.ts'

/**
 * Where fibers that hold a lock wait for news. Look again after each wait: news are a hint, others may have been faster.
 *
 * The wait gives the lock back and takes it again, also when it is cancelled, and that part is never cancelled: so `finally` may
 * unlock, whatever happened. A signal that reached a fiber is not lost to its cancellation.
 *
 * @example
 * ```ts
 * import { fifo } from 'rumpus/effect'
 * import { both } from 'rumpus/structured'
 * import { Condition, Mutex } from 'rumpus/sync'
 * import assert from 'node:assert/strict'
 *
 * const [mutex, changed, jobs] = [new Mutex(), new Condition(), []]
 * const take = (fiber) => mutex.use(fiber, async () => {
 *   while (jobs.length === 0) await changed.wait(fiber, mutex)
 *   return jobs.shift()
 * })
 * const add = (fiber) => mutex.use(fiber, () => {
 *   jobs.push('job')
 *   changed.signal()
 * })
 * const [job] = await both(fifo.current(), take, add)
 * assert.equal(job, 'job')
 * ```
 */
export class Condition {
  private readonly waiters = new Waiters<void>({ what: 'the signal of a condition' })

  /**
   * Unlocks, waits for news, locks. Rejects with the cancellation of the fiber, holding the lock, and with
   * `ERR_RUMPUS_POISONED`, not holding it.
   *
   * @throws RumpusError `ERR_RUMPUS_NOT_HELD` if the fiber does not hold the lock
   */
  wait(within: Within, mutex: Mutex): Promise<void> {
    const fiber = fiberIn(within)
    mutex.unlock(fiber)
    const news = this.waiters.stand(this.waiters.join(fiber))
    const relock = (): Promise<void> => fiber.forbid(() => mutex.lock(fiber))
    return news.then(relock, async (error: unknown) => {
      await relock()
      throw error
    })
  }

  /**
   * The event of a signal, for who holds no lock: chosen by the next `signal`, if it is this one's turn, or `broadcast`. A signal that comes
   * while nobody waits is nobody's, so look before you wait. Not chosen, it has taken no signal.
   */
  signalled(): Event<void> {
    return new Event<void>({
      what: this.waiters.what,
      poll: () => {},
      wait: (party) => this.waiters.enter(party),
    })
  }

  /** Has the one that has waited longest go on. Never cancelled, never waits. */
  signal(): void {
    const first = this.waiters.shift()
    if (first !== undefined) grant(first)
  }

  /** Has all go on. Never cancelled, never waits. */
  broadcast(): void {
    for (let waiter = this.waiters.shift(); waiter !== undefined; waiter = this.waiters.shift()) grant(waiter)
  }
}
