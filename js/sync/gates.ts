// Latch, Barrier, Ivar, Lazy: waits that are over for all at once. Owns the moment at which they are. One file, because each is a few
// lines around a line of waiters.

import { type Fiber, type Within, waitsAlready } from '../effect/fiber.ts'
import { ready, readyWith } from '../effect/ready.ts'
import { fiberIn } from '../effect/within.ts'
import { badArgument, RumpusError } from '../errors.ts'
import { Event } from '../events/event.ts'
import type { Party } from '../events/source.ts'
import { Tx } from '../events/tx.ts'
import { deadlockAt, grant, type Shared, Waiters } from './waiters.ts'

const releaseAll = <T>(waiters: Waiters<T>, value: T): void => {
  for (let waiter = waiters.shift(); waiter !== undefined; waiter = waiters.shift()) {
    waiter.value = value
    grant(waiter)
  }
}

const checkCount = (argument: string, count: unknown, least: number): void => {
  if (Number.isSafeInteger(count) && (count as number) >= least) return
  throw badArgument(RangeError, argument, `a whole number from ${least}`, count)
}

/**
 * Opens, for ever, when it has been counted down to 0. For a number of things that must have happened; to wait for fibers use a
 * scope. Cancelled is `wait`, never `countDown`.
 *
 * @example
 * ```ts
 * import { fifo } from 'rumpus/effect'
 * import { Latch } from 'rumpus/sync'
 * import assert from 'node:assert/strict'
 *
 * const ready = new Latch(2)
 * for (const ms of [1, 2]) setTimeout(() => ready.countDown(), ms)
 * await ready.wait(fifo.current())
 * assert.equal(ready.count, 0)
 * ```
 */
export class Latch {
  private readonly waiters = new Waiters<void>({ what: 'a latch' })
  private left: number

  /** @throws RangeError `ERR_RUMPUS_OUT_OF_RANGE` unless `count` is a whole number from 0 */
  constructor(count: number) {
    checkCount('count', count, 0)
    this.left = count
  }

  /** What is left to count down. */
  get count(): number {
    return this.left
  }

  /**
   * Counts down. Never cancelled, never waits.
   *
   * @throws RangeError `ERR_RUMPUS_OUT_OF_RANGE` if so much is not left
   */
  countDown(by = 1): void {
    if (!(Number.isSafeInteger(by) && by >= 1 && by <= this.left)) {
      throw badArgument(RangeError, 'by', `a whole number from 1 to ${this.left}`, by)
    }
    this.left -= by
    if (this.left === 0) releaseAll(this.waiters, undefined)
  }

  /** Waits until it is open. Rejects with the cancellation of the fiber, unless it is open. */
  wait(within: Within): Promise<void> {
    if (this.left === 0) return ready()
    return this.waiters.stand(this.waiters.join(fiberIn(within)))
  }

  /** The event of `wait`: chosen when it is open. */
  waiting(): Event<void> {
    return new Event<void>({
      what: this.waiters.what,
      poll: (party) => {
        if (this.left === 0) party.tryGive()
      },
      wait: (party) => this.waiters.enter(party),
    })
  }
}

/**
 * Where so many fibers wait for each other, again and again. One that is cancelled in `wait` poisons it: the others would wait for
 * ever.
 *
 * @example
 * ```ts
 * import { fifo } from 'rumpus/effect'
 * import { all } from 'rumpus/structured'
 * import { Barrier } from 'rumpus/sync'
 * import assert from 'node:assert/strict'
 *
 * const [barrier, done] = [new Barrier(2), []]
 * const worker = (name) => async (fiber) => {
 *   for (const phase of [1, 2]) {
 *     done.push(`${phase}${name}`)
 *     await barrier.wait(fiber)
 *   }
 * }
 * await all(fifo.current(), [worker('a'), worker('b')])
 * assert.deepEqual(done.map((text) => text[0]), ['1', '1', '2', '2'])
 * ```
 */
export class Barrier {
  private readonly parties: number
  private readonly waiters = new Waiters<void>({ what: 'the others at a barrier' })
  /** Who stands there, and by which branch if it is a sync: by one, whichever of its branches do. */
  private readonly there = new Map<Fiber, Party<void> | undefined>()
  private broken: RumpusError | undefined = undefined

  /** @throws RangeError `ERR_RUMPUS_OUT_OF_RANGE` unless `parties` is a whole number from 1 */
  constructor(parties: number) {
    checkCount('parties', parties, 1)
    this.parties = parties
  }

  /**
   * Waits until all are there. Rejects with the cancellation of the fiber, which poisons it, and with RumpusError
   * `ERR_RUMPUS_POISONED`, whose `cause` is that cancellation.
   */
  async wait(within: Within): Promise<void> {
    const fiber = fiberIn(within)
    // Here, perhaps, and then it would be two of those who must come; refused later, it would poison this.
    if (fiber.resume !== undefined) throw waitsAlready()
    if (this.broken !== undefined) throw this.broken
    if (this.isLast()) return this.letThrough()
    const waiter = this.waiters.join(fiber)
    this.there.set(fiber, undefined)
    // In the step in which it goes: the last to come must not take it for there.
    await this.waiters.stand(waiter, (error) => {
      this.there.delete(fiber)
      this.poison(error)
    })
  }

  /**
   * The event of `wait`: chosen when all are there, for all at once; fails with RumpusError `ERR_RUMPUS_POISONED`. Who goes elsewhere, or is
   * cancelled, before that has not been there: nothing is poisoned, and the others go on waiting.
   */
  waiting(): Event<void> {
    return new Event<void>({
      what: this.waiters.what,
      poll: (party) => {
        if (this.broken !== undefined) party.tryFail(this.broken)
        else if (this.isLast() && !this.there.has(party.fiber)) this.letThrough(party)
      },
      wait: (party) => {
        const { fiber } = party
        if (this.there.has(fiber)) return elsewhere
        this.there.set(fiber, party)
        return () => void this.there.delete(fiber)
      },
    })
  }

  private isLast(): boolean {
    return this.there.size + 1 === this.parties
  }

  /** All together: that one of them goes on may have another go elsewhere, which is none any more that has been here. */
  private letThrough(last?: Party<void>): void {
    const through = new Tx()
    for (const party of [...this.there.values(), last]) if (party !== undefined) through.give(party, undefined)
    this.there.clear()
    through.tryCommit()
    releaseAll(this.waiters, undefined)
  }

  /** Breaks it: who waits, and whoever comes from now on, is refused. Never cancelled, never waits. */
  poison(cause: unknown): void {
    this.broken ??= new RumpusError('ERR_RUMPUS_POISONED', 'one that the others wait for does not come', { cause })
    const parties = [...this.there.values()]
    this.there.clear()
    for (const party of parties) party?.tryFail(this.broken)
    this.waiters.fail(this.broken)
  }
}

const elsewhere = (): void => {}

/**
 * A variable that is filled once, by anybody; who reads it waits until it is. Cancelled is `read`, and only while it is empty;
 * never `fill` and `poison`.
 *
 * @example
 * ```ts
 * import { fifo } from 'rumpus/effect'
 * import { Ivar } from 'rumpus/sync'
 * import assert from 'node:assert/strict'
 *
 * const port = new Ivar()
 * setTimeout(() => port.fill(8080), 1)
 * assert.equal(await port.read(fifo.current()), 8080)
 * assert.equal(port.tryFill(80), false)
 * ```
 */
export class Ivar<T> {
  private readonly waiters = new Waiters<T>({ what: 'the value of an ivar' })
  private outcome: { readonly value: T } | { readonly error: unknown } | undefined = undefined

  /** Whether it is filled or poisoned. */
  get isFilled(): boolean {
    return this.outcome !== undefined
  }

  /** Fills it; false if it was filled or poisoned. */
  tryFill(value: T): boolean {
    if (this.outcome !== undefined) return false
    this.outcome = { value }
    releaseAll(this.waiters, value)
    return true
  }

  /**
   * Fills it.
   *
   * @throws RumpusError `ERR_RUMPUS_FILLED` if it was filled or poisoned
   */
  fill(value: T): void {
    if (!this.tryFill(value)) throw new RumpusError('ERR_RUMPUS_FILLED', 'an ivar is filled once')
  }

  /** Has every `read` reject with `error`, unless it is filled. */
  poison(error: unknown): void {
    if (this.outcome !== undefined) return
    this.outcome = { error }
    this.waiters.fail(error)
  }

  /** Its value, when there is one. Rejects with the cancellation of the fiber if there is none yet, or with what poisoned it. */
  read(within: Within): Promise<T> {
    const { outcome } = this
    if (outcome === undefined) return this.waiters.stand(this.waiters.join(fiberIn(within)))
    return 'value' in outcome ? readyWith(outcome.value) : Promise.reject(outcome.error)
  }

  /** The event of `read`: gives its value, or fails with what poisoned it. */
  reading(): Event<T> {
    return new Event<T>({
      what: this.waiters.what,
      poll: (party) => {
        const { outcome } = this
        if (outcome === undefined) return
        if ('value' in outcome) party.tryGive(outcome.value)
        else party.tryFail(outcome.error)
      },
      wait: (party) => this.waiters.enter(party),
    })
  }
}

/** What becomes of a {@link Lazy} whose fiber is cancelled while it computes. */
export type LazyCancel = 'restart' | 'record' | 'protect'

/**
 * A value that is computed when first asked for, once; who asks meanwhile waits. What it throws is kept as well.
 *
 * The one who asks first computes it, in its own fiber. If that is cancelled: `'restart'` has the next who waits, or asks,
 * compute it anew; `'record'` keeps the cancellation; `'protect'` computes where no cancellation is heard.
 *
 * @example
 * ```ts
 * import { fifo } from 'rumpus/effect'
 * import { both } from 'rumpus/structured'
 * import { Lazy } from 'rumpus/sync'
 * import assert from 'node:assert/strict'
 *
 * let computed = 0
 * const config = new Lazy(async (fiber) => {
 *   await fiber.sleep(1)
 *   return ++computed
 * })
 * const ask = (fiber) => config.force(fiber)
 * assert.deepEqual(await both(fifo.current(), ask, ask), [1, 1])
 * ```
 */
export class Lazy<T> implements Shared {
  /** For reports. */
  readonly what: string = 'a lazy value'
  private readonly compute: (fiber: Fiber) => T | PromiseLike<T>
  private readonly onCancel: LazyCancel
  private readonly waiters = new Waiters<void>(this)
  private computing: Fiber | undefined = undefined
  private outcome: { readonly value: T } | { readonly error: unknown } | undefined = undefined

  /** @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT` */
  constructor(compute: (fiber: Fiber) => T | PromiseLike<T>, onCancel: LazyCancel = 'restart') {
    if (typeof compute !== 'function') throw badArgument(TypeError, 'compute', 'a function', compute)
    if (!['restart', 'record', 'protect'].includes(onCancel)) {
      throw badArgument(TypeError, 'onCancel', "'restart', 'record' or 'protect'", onCancel)
    }
    this.compute = compute
    this.onCancel = onCancel
  }

  /**
   * Its value. Rejects with what the computation threw, with the cancellation of the fiber, and with RumpusError
   * `ERR_RUMPUS_DEADLOCK` if the computation asks for itself, or for what waits for it.
   */
  async force(within: Within): Promise<T> {
    const fiber = fiberIn(within)
    while (this.outcome === undefined) {
      if (this.computing === fiber) {
        throw new RumpusError('ERR_RUMPUS_DEADLOCK', 'a lazy value needs itself to be computed')
      }
      const deadlock = deadlockAt(fiber, this)
      if (deadlock !== undefined) throw deadlock
      if (this.computing !== undefined) await this.waiters.stand(this.waiters.join(fiber))
      else await this.settle(fiber)
    }
    if ('error' in this.outcome) throw this.outcome.error
    return this.outcome.value
  }

  /** For reports: who computes it. */
  holders(): readonly Fiber[] {
    return this.computing === undefined ? [] : [this.computing]
  }

  private async settle(fiber: Fiber): Promise<void> {
    fiber.check()
    this.computing = fiber
    try {
      const computing = (): T | PromiseLike<T> => this.compute(fiber)
      this.outcome = { value: await (this.onCancel === 'protect' ? fiber.forbid(computing) : computing()) }
    } catch (error) {
      if (this.onCancel === 'restart' && error === fiber.cancellation) throw error
      this.outcome = { error }
    } finally {
      this.computing = undefined
      releaseAll(this.waiters, undefined)
    }
  }
}
