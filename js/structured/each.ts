// map, filter, forEach: one function for many things, so many at a time. Owns the pulling: an item is asked for when there is room
// for it, one at a time, and an iterator that is left early is told.

import type { Fiber, Within } from '../effect/fiber.ts'
import { Trigger } from '../effect/trigger.ts'
import { fiberIn } from '../effect/within.ts'
import { badArgument } from '../errors.ts'
import { checkOptions, type Names } from '../options.ts'
import { scope } from './open.ts'
import type { Scope } from './scope.ts'

/** Things that come one after the other, now or later. */
export type Items<T> = Iterable<T> | AsyncIterable<T>

/** How many at a time. */
export interface EachOptions {
  /** So many calls at a time, at most; all unless given. A whole number from 1, or Infinity. */
  readonly concurrency?: number
}

/**
 * Calls `each` for all of `items`, so many at a time, and answers what the calls answer in the order of the items. As soon as one
 * throws, or the source does, the others are cancelled and waited for; rejects as `scope` does. What comes from an async source is
 * asked for one at a time, when there is room.
 *
 * Left early, the source's `return` is called and waited for, unless it still owes an item: then it is told and not waited for.
 *
 * @param within - the fiber or scope
 * @param items - what to go through
 * @param each - called with the item, a fiber of its own, and the place of the item
 * @param options - how many at a time
 * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`, RangeError `ERR_RUMPUS_OUT_OF_RANGE`
 * @example
 * ```ts
 * import { fifo } from 'rumpus/effect'
 * import { map } from 'rumpus/structured'
 * import assert from 'node:assert/strict'
 *
 * async function* pages() {
 *   yield* ['a', 'b', 'c']
 * }
 * const upper = await map(fifo.current(), pages(), async (page, fiber) => {
 *   await fiber.sleep(1)
 *   return page.toUpperCase()
 * }, { concurrency: 2 })
 * assert.deepEqual(upper, ['A', 'B', 'C'])
 * ```
 */
export const map = <T, R>(
  within: Within,
  items: Items<T>,
  each: (item: T, fiber: Fiber, index: number) => R | PromiseLike<R>,
  options: EachOptions = {},
): Promise<R[]> => {
  fiberIn(within)
  check(items, each, options)
  const results: R[] = []
  return goThrough(within, items, options, async (item, fiber, index) => {
    results[index] = await each(item, fiber, index)
  }).then(() => results)
}

/**
 * Those of `items` for which `keep` answers true, in their order; otherwise as `map`.
 *
 * @param within - the fiber or scope
 * @param items - what to go through
 * @param keep - called with the item, a fiber of its own, and the place of the item
 * @param options - how many at a time
 * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`, RangeError `ERR_RUMPUS_OUT_OF_RANGE`
 * @example
 * ```ts
 * import { fifo } from 'rumpus/effect'
 * import { filter } from 'rumpus/structured'
 * import assert from 'node:assert/strict'
 *
 * assert.deepEqual(await filter(fifo.current(), [1, 2, 3], async (n) => n % 2 === 1), [1, 3])
 * ```
 */
export const filter = <T>(
  within: Within,
  items: Items<T>,
  keep: (item: T, fiber: Fiber, index: number) => boolean | PromiseLike<boolean>,
  options: EachOptions = {},
): Promise<T[]> => {
  fiberIn(within)
  check(items, keep, options)
  const kept: { item: T }[] = []
  return goThrough(within, items, options, async (item, fiber, index) => {
    if (await keep(item, fiber, index)) kept[index] = { item }
  }).then(() => kept.filter((entry) => entry !== undefined).map(({ item }) => item))
}

/**
 * Calls `each` for all of `items`, so many at a time; otherwise as `map`.
 *
 * @param within - the fiber or scope
 * @param items - what to go through
 * @param each - called with the item, a fiber of its own, and the place of the item
 * @param options - how many at a time
 * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`, RangeError `ERR_RUMPUS_OUT_OF_RANGE`
 * @example
 * ```ts
 * import { fifo } from 'rumpus/effect'
 * import { forEach } from 'rumpus/structured'
 * import assert from 'node:assert/strict'
 *
 * let sum = 0
 * await forEach(fifo.current(), new Set([1, 2, 3]), (n) => void (sum += n))
 * assert.equal(sum, 6)
 * ```
 */
export const forEach = <T>(
  within: Within,
  items: Items<T>,
  each: (item: T, fiber: Fiber, index: number) => unknown,
  options: EachOptions = {},
): Promise<void> => {
  fiberIn(within)
  check(items, each, options)
  return goThrough(within, items, options, async (item, fiber, index) => void (await each(item, fiber, index)))
}

const goThrough = <T>(
  within: Within,
  items: Items<T>,
  { concurrency = Number.POSITIVE_INFINITY }: EachOptions,
  each: (item: T, fiber: Fiber, index: number) => Promise<void>,
): Promise<void> =>
  scope(within, async (scope) => {
    const source = new Source(items, scope.fiber)
    const room = new Room(concurrency)
    try {
      for (let index = 0; ; index++) {
        await room.enter(scope)
        const { done, value } = await source.next()
        if (done) return
        scope.fork((fiber) => each(value as T, fiber, index).then(() => room.leave()))
      }
    } finally {
      await scope.fiber.forbid(() => source.leave()).catch((error) => scope.fail(error))
    }
  })

/** So many at a time. */
class Room {
  private left: number
  private free: Trigger | undefined

  constructor(places: number) {
    this.left = places
  }

  async enter({ fiber }: Scope): Promise<void> {
    fiber.check()
    while (this.left === 0) {
      this.free = new Trigger()
      const cancelled = await fiber.await(this.free)
      if (cancelled !== undefined) throw cancelled
    }
    this.left--
  }

  leave(): void {
    this.left++
    this.free?.signal()
  }
}

/** Where the items come from. */
class Source<T> {
  private readonly iterator: Iterator<T> | AsyncIterator<T>
  private readonly isAsync: boolean
  private readonly fiber: Fiber
  private owes = false
  private ended = false

  constructor(items: Items<T>, fiber: Fiber) {
    this.isAsync = Symbol.asyncIterator in items
    this.iterator = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]()
    this.fiber = fiber
  }

  async next(): Promise<IteratorResult<T>> {
    this.owes = true
    try {
      const coming = this.iterator.next()
      const result = this.isAsync ? await this.fiber.settle(coming as Promise<IteratorResult<T>>) : coming
      this.owes = false
      this.ended = (result as IteratorResult<T>).done === true
      return result as IteratorResult<T>
    } catch (error) {
      // A source that threw is over; one that was only waited for is not.
      if (error !== this.fiber.cancellation) this.ended = true
      throw error
    }
  }

  async leave(): Promise<void> {
    if (this.ended) return
    const leaving = this.iterator.return?.()
    if (!this.owes) await leaving
    else if (leaving instanceof Promise) leaving.catch(() => {})
  }
}

const NAMES: Names<EachOptions> = { concurrency: true }

const check = (items: unknown, each: unknown, options: EachOptions): void => {
  checkOptions('options', options, NAMES)
  const { concurrency = 1 } = options
  const iterable = Object(items) as Partial<AsyncIterable<unknown> & Iterable<unknown>>
  if (typeof (iterable[Symbol.asyncIterator] ?? iterable[Symbol.iterator]) !== 'function') {
    throw badArgument(TypeError, 'items', 'an iterable', items)
  }
  if (typeof each !== 'function') throw badArgument(TypeError, 'each', 'a function', each)
  if (concurrency !== Number.POSITIVE_INFINITY && !(Number.isInteger(concurrency) && concurrency >= 1)) {
    throw badArgument(RangeError, 'options.concurrency', 'a whole number from 1, or Infinity', concurrency)
  }
}
