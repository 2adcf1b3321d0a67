// Generated from js/ by `npm run dts`. Do not edit.
/// <reference lib="esnext.disposable" />

import { Fiber, Within } from "./effect.js";

// js/structured/each.d.ts
/** Things that come one after the other, now or later. */
type Items<T> = Iterable<T> | AsyncIterable<T>;
/** How many at a time. */
interface EachOptions {
  /** So many calls at a time, at most; all unless given. A whole number from 1, or Infinity. */
  readonly concurrency?: number;
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
declare const map: <T, R>(within: Within, items: Items<T>, each: (item: T, fiber: Fiber, index: number) => R | PromiseLike<R>, options?: EachOptions) => Promise<R[]>;
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
declare const filter: <T>(within: Within, items: Items<T>, keep: (item: T, fiber: Fiber, index: number) => boolean | PromiseLike<boolean>, options?: EachOptions) => Promise<T[]>;
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
declare const forEach: <T>(within: Within, items: Items<T>, each: (item: T, fiber: Fiber, index: number) => unknown, options?: EachOptions) => Promise<void>;
/** How a scope is opened. */
interface ScopeOptions {
  /** Milliseconds after which it is cancelled and rejects with `TimeoutError`, unless it is over by then. */
  readonly timeout?: number;
  /** Cancels it when aborted, with the reason of the signal as the cause. */
  readonly signal?: AbortSignal;
  /** Whether the cancellation of its parent passes it by. Its own errors, timeout and signal do not. */
  readonly shielded?: boolean;
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
interface Scope extends Within, AsyncDisposable {
  /** The fiber that opened it, which runs under it until it is over. */
  readonly fiber: Fiber;
  /** Aborts when it is cancelled: for `fetch` and whatever else is not of fibers. */
  readonly signal: AbortSignal;
  /**
  * Begins a child and answers a promise of what it answers, which you need not await: the scope does. A child that throws fails
  * the scope: the others are cancelled, and the scope rejects with what it threw.
  *
  * @throws the cancellation of the scope; RumpusError `ERR_RUMPUS_SCOPE_OVER` when it is over
  */
  fork<T>(main: (fiber: Fiber) => T | PromiseLike<T>): Promise<T>;
  /** The same for a child that keeps nobody waiting: cancelled when the body and all other children are done. */
  forkDaemon(main: (fiber: Fiber) => unknown): void;
  /**
  * Waits until every child that is no daemon is done, those that they fork meanwhile too.
  * Rejects with the cancellation of the scope; for one that failed, read its error where the scope rejects.
  */
  join(): Promise<void>;
  /** Fails it: everything in it is cancelled, and it rejects with `error`. Answers at once, never throws. */
  fail(error: unknown): void;
  /** Cancels everything in it, without an error of its own. Answers at once, never throws. */
  cancel(reason: unknown): void;
  /**
  * Has `release` called when all children are done, whatever the outcome; the last registered first, one after the other, never
  * cancelled. Answers a function that takes it back, and says whether it was still to come.
  *
  * @throws RumpusError `ERR_RUMPUS_SCOPE_OVER` when releasing has begun: then it is not called, and what it holds is still yours
  */
  onRelease(release: () => unknown): () => boolean;
}
/**
* Runs `body` and answers what it returns, once everything that was forked in it is done: children are joined or cancelled, never
* lost.
*
* When the body or a child throws, all others are cancelled and waited for; then the scope rejects with that error, or with an
* `AggregateError` of all that were thrown. A cancellation is no error: cancelled from outside, the scope rejects with the
* `Cancelled` that its parent has; a body that returns although it was cancelled has its value kept. The wait for children
* is never cancelled, and neither are releases. For a loop over many things, `map` is simpler; for a few functions, `all`.
*
* @param within - the fiber, or the scope, whose cancellation is this one's too; `fiberOf(self)` in a process
* @param body - runs at once, in that fiber
* @param options - a time limit, a signal
* @throws at the call TypeError `ERR_RUMPUS_BAD_ARGUMENT`, RangeError `ERR_RUMPUS_OUT_OF_RANGE`; rejects with what is said above,
* with TimeoutError `ERR_RUMPUS_TIMEOUT`, and with RumpusError `ERR_RUMPUS_NOT_NESTED` if one fiber opened two scopes at a time
* @example
* ```ts
* import { scope } from 'rumpus/structured'
* import assert from 'node:assert/strict'
*
* const fetchUser = async () => 'user'
* const fetchOrders = async (signal) => ['order']
* const both = await scope(async (scope) => {
*   const a = scope.fork(() => fetchUser())
*   const b = scope.fork((fiber) => fetchOrders(fiber.signal))
*   return [await a, await b]
* }, { timeout: 2_000 })
* assert.deepEqual(both, ['user', ['order']])
* ```
*/
declare function scope<T>(within: Within, body: (scope: Scope) => T | PromiseLike<T>, options?: ScopeOptions): Promise<T>;
/**
* The same for ordinary code, which has no fiber: in one of its own.
*
* @param body - runs at once, in that fiber
* @param options - a time limit, a signal
* @throws what `scope` with a fiber throws
*/
declare function scope<T>(body: (scope: Scope) => T | PromiseLike<T>, options?: ScopeOptions): Promise<T>;
/**
* Opens a scope for the rest of a block: `await using`. Its end cancels what still runs, waits for that, and releases; to have
* children finish instead, `await scope.join()` at the end of the block. Rejects as `scope` does.
*
* Prefer {@link scope}: it knows whether its body has failed, and joins by itself.
*
* @param within - as for `scope`
* @param options - as for `scope`
* @throws the cancellation of the fiber; TypeError `ERR_RUMPUS_BAD_ARGUMENT`, RangeError `ERR_RUMPUS_OUT_OF_RANGE`
* @example
* ```ts
* import { fifo } from 'rumpus/effect'
* import { openScope } from 'rumpus/structured'
* import assert from 'node:assert/strict'
*
* const scope = openScope(fifo.current()) // where the language has it: await using scope = …
* const order = []
* try {
*   scope.onRelease(() => order.push('released'))
*   scope.fork(async (fiber) => {
*     await fiber.sleep(1)
*     order.push('child')
*   })
*   await scope.join()
* } finally {
*   await scope[Symbol.asyncDispose]()
* }
* assert.deepEqual(order, ['child', 'released'])
* ```
*/
declare const openScope: (within?: Within, options?: ScopeOptions) => Scope;
/**
* Runs `act` where no cancellation from outside is heard, and answers what it answers. For what must be whole: a commit, a
* goodbye. The cancellation is kept, and heard by the next wait behind it; a scope that is opened in `act` is cancelled by its
* own errors and times, as ever.
*
* @param within - the fiber or scope
* @param act - what to do
* @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`
* @example
* ```ts
* import { fifo } from 'rumpus/effect'
* import { protect } from 'rumpus/structured'
* import assert from 'node:assert/strict'
*
* const fiber = fifo.current()
* fiber.computation.cancel(new Error('stop'))
* await protect(fiber, () => fiber.sleep(1)) // sleeps
* await assert.rejects(fiber.sleep(1)) // hears
* ```
*/
declare const protect: <T>(within: Within, act: () => T | PromiseLike<T>) => Promise<T>;
type Main<T> = (fiber: Fiber) => T | PromiseLike<T>;
type Answers<M extends readonly Main<unknown>[]> = { -readonly [K in keyof M]: M[K] extends Main<infer T> ? Awaited<T> : never };
type Answer<M extends readonly Main<unknown>[]> = M[number] extends Main<infer T> ? Awaited<T> : never;
/**
* Runs all of `mains` at the same time and answers what they answer, in their order. As soon as one throws the others are
* cancelled and waited for; rejects as `scope` does.
*
* @param within - the fiber or scope
* @param mains - what to run
* @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`
* @example
* ```ts
* import { fifo } from 'rumpus/effect'
* import { all } from 'rumpus/structured'
* import assert from 'node:assert/strict'
*
* assert.deepEqual(await all(fifo.current(), [() => 1, async () => 'two']), [1, 'two'])
* ```
*/
declare const all: <const M extends readonly Main<unknown>[]>(within: Within, mains: M) => Promise<Answers<M>>;
/**
* `all` for two.
*
* @param within - the fiber or scope
* @param one - the one
* @param other - the other
* @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`
* @example
* ```ts
* import { fifo } from 'rumpus/effect'
* import { both } from 'rumpus/structured'
* import assert from 'node:assert/strict'
*
* assert.deepEqual(await both(fifo.current(), () => 1, () => 2), [1, 2])
* ```
*/
declare const both: <A, B>(within: Within, one: Main<A>, other: Main<B>) => Promise<[Awaited<A>, Awaited<B>]>;
/**
* The first of `mains` that is done decides, by its value or its error, as in `Promise.race`; the others are cancelled and waited
* for, and what they answer or throw then is dropped. A decision stays, also when the fiber is cancelled meanwhile.
*
* @param within - the fiber or scope
* @param mains - what to run; at least one
* @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`
* @example
* ```ts
* import { fifo } from 'rumpus/effect'
* import { race } from 'rumpus/structured'
* import assert from 'node:assert/strict'
*
* const slow = (fiber) => fiber.sleep(60_000)
* assert.equal(await race(fifo.current(), [slow, () => 'fast']), 'fast')
* ```
*/
declare const race: <const M extends readonly Main<unknown>[]>(within: Within, mains: M) => Promise<Answer<M>>;
/**
* The first of `mains` that succeeds decides, as in `Promise.any`; the others are cancelled and waited for, and errors are dropped.
* When all have failed it rejects with an `AggregateError` of what they threw, or with that error if they threw one.
*
* @param within - the fiber or scope
* @param mains - what to run; at least one
* @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`
* @example
* ```ts
* import { fifo } from 'rumpus/effect'
* import { any } from 'rumpus/structured'
* import assert from 'node:assert/strict'
*
* const broken = () => Promise.reject(new Error('mirror 1 is down'))
* assert.equal(await any(fifo.current(), [broken, () => 'mirror 2']), 'mirror 2')
* ```
*/
declare const any: <const M extends readonly Main<unknown>[]>(within: Within, mains: M) => Promise<Answer<M>>;
/**
* The first of `mains` that succeeds decides, and nothing is dropped: an error of any of them, also of one that is being cancelled,
* rejects it, and a second value that came before its cancellation goes through `combine` with the first. For what takes things
* away, a read or a message, where `race` would lose the second.
*
* @param within - the fiber or scope
* @param mains - what to run; at least one
* @param combine - makes one of two values; the first stays unless given
* @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`
* @example
* ```ts
* import { fifo } from 'rumpus/effect'
* import { first } from 'rumpus/structured'
* import assert from 'node:assert/strict'
*
* const take = (n) => () => [n]
* const taken = await first(fifo.current(), [take(1), take(2)], (one, other) => [...one, ...other])
* assert.deepEqual(taken, [1, 2]) // both were done before either was cancelled
* ```
*/
declare const first: <T>(within: Within, mains: readonly Main<T>[], combine?: (one: T, other: T) => T) => Promise<T>;
export { type EachOptions, type Items, type Scope, type ScopeOptions, all, any, both, filter, first, forEach, map, openScope, protect, race, scope };