// Tx: several computations complete together, or none does. Owns that nobody sees some of them complete and others not: all are
// looked at, then all are written, then all who wait are told. The interface is that of `Computation.Tx` in Picos (Vesa Karvonen),
// whose writers race on several cores and therefore undo each other's: a log of provisional results, aborted by whoever meets it. Here
// all that can complete a computation runs on one thread, so a log that is written in one step, as in a multi-word compare and swap,
// is enough: nothing is provisional, nothing is undone, and no transaction fails because of another that fails too.

import { Cancelled } from '../effect/cancelled.ts'
import { announce, Computation, complete, type Outcome, type Packed } from '../effect/computation.ts'
import { badArgument } from '../errors.ts'
import { Branch } from './choice.ts'
import type { Party } from './source.ts'

/**
 * A transaction: completes several computations at once, or none of them. Say what is to become of each, then `tryCommit`.
 *
 * When it commits, all of them are complete before anybody is told of any: whoever is woken, and every listener of a signal, sees all
 * or nothing. Two lines that complete one after the other do not promise that: who hears of the first may complete the second. It may
 * also serve branches of several syncs together, where an event source of yours brings them together: a swap, or a rendezvous of
 * three. For one computation use `tryReturn`.
 *
 * @example
 * ```ts
 * import { Computation } from 'rumpus/effect'
 * import { Tx } from 'rumpus/events'
 * import assert from 'node:assert/strict'
 *
 * const [left, right] = [new Computation(), new Computation()]
 * assert(new Tx().return(left, 'hello').cancel(right, 'not needed').tryCommit())
 * assert.deepEqual([left.peek().value, right.cancellation.cause], ['hello', 'not needed'])
 *
 * const other = new Computation()
 * assert.equal(new Tx().return(other, 1).return(left, 2).tryCommit(), false)
 * assert(other.isRunning)
 * ```
 */
export class Tx {
  private readonly outcomes = new Map<Packed, Outcome<unknown>>()
  private readonly gifts = new Map<Branch, unknown>()
  private done = false

  /**
   * It will return `value` in `computation`.
   *
   * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`, also for one that it completes already, and if it has committed
   */
  return<T>(computation: Computation<T>, value: T): this {
    return this.note(computation, { value })
  }

  /**
   * It will cancel `computation`. A reason that is a {@link Cancelled} is handed on as it is.
   *
   * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`, also for one that it completes already, and if it has committed
   */
  cancel(computation: Packed, reason: unknown): this {
    return this.note(computation, { cancelled: reason instanceof Cancelled ? reason : new Cancelled(reason) })
  }

  /**
   * It will give `value` to `party`, a branch of a sync that an event source of yours was handed. Two branches of one sync cannot both
   * be chosen: then it does not commit.
   *
   * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`, also for one that it serves already, and if it has committed
   */
  give<T>(party: Party<T>, value: T): this {
    this.checkOpen()
    if (!(party instanceof Branch) || this.gifts.has(party)) {
      throw badArgument(TypeError, 'party', 'a party that a source was handed, each once', party)
    }
    this.gifts.set(party, value)
    return this
  }

  /**
   * Does all that was said, or nothing: false if one of the computations was complete or one of the parties not open, now or ever again.
   * Never waits.
   *
   * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT` if it has committed
   */
  tryCommit(): boolean {
    this.checkOpen()
    if (!this.isPossible()) return false
    this.done = true
    for (const [branch, value] of this.gifts) branch.choice.close(branch, false, value)
    const told = [...this.outcomes].map(([computation, outcome]) => complete(computation, outcome))
    // Now it is so. Whoever is still in a line must be out of it before anybody is served there.
    for (const { choice } of this.gifts.keys()) choice.leave()
    announce(told)
    for (const { choice } of this.gifts.keys()) choice.tell()
    return true
  }

  private isPossible(): boolean {
    const choices = new Set<unknown>()
    for (const { choice } of this.gifts.keys()) {
      if (!choice.isOpen || choices.has(choice)) return false
      choices.add(choice)
    }
    for (const computation of this.outcomes.keys()) if (!computation.isRunning) return false
    return true
  }

  private note(computation: Packed, outcome: Outcome<unknown>): this {
    this.checkOpen()
    if (!(computation instanceof Computation) || this.outcomes.has(computation)) {
      throw badArgument(TypeError, 'computation', 'a Computation, each once', computation)
    }
    this.outcomes.set(computation, outcome)
    return this
  }

  private checkOpen(): void {
    if (this.done) throw badArgument(TypeError, 'this', 'a transaction that has not committed', this)
  }
}
