// Generated from js/ by `npm run dts`. Do not edit.
/// <reference lib="esnext.disposable" />

import { Fiber, Within } from "./effect.js";
import { RumpusError } from "./index.js";

// js/structured/ownership.d.ts
/** How a resource is owned. */
interface OwnershipOptions<R> {
  /** What errors call it; the name of its class unless given. */
  readonly name?: string;
  /** Gives it back. It may wait, and hears no cancellation. */
  readonly release: (resource: R) => unknown;
}
/**
* A resource that belongs to one fiber of a strict scope, which must give it back (`release`), say that it has done so (`disown`), or
* give it on: to its parent (`transfer`), to a child as it forks it (the option `give`).
*
* An owner that returns and still has one has leaked it: the resource is released, and the child, or the scope, fails with
* {@link ResourceLeaked}, which names it and the line that made it. One that throws, or is cancelled, has leaked nothing: what it owns is
* released. For what just lives as long as a scope, `scope.onRelease` is simpler; what several fibers use in turn is for a `Pool`.
* Nothing that is owned crosses to another core.
*
* @example
* ```ts
* import { Ownership, scope } from 'rumpus/structured'
* import assert from 'node:assert/strict'
*
* const closed = []
* const open = (within, name) => Ownership.own(within, { name }, { name, release: (file) => closed.push(file.name) })
*
* await scope(async (scope) => {
*   const [log, data] = [open(scope, 'log'), open(scope, 'data')]
*   const child = scope.fork(async (fiber) => {
*     assert.equal(log.get(fiber).name, 'log') // the child's alone
*     await log.release(fiber)
*   }, { give: [log] })
*   await child.await(scope)
*   await data.release(scope)
* }, { strict: true })
* assert.deepEqual(closed, ['log', 'data'])
* ```
*/
declare class Ownership<R> {
  /** What errors call it. */
  readonly name: string;
  private readonly site;
  private readonly resource;
  private readonly giveUp;
  private holder;
  private constructor();
  /**
  * Makes `resource` the property of the fiber, at once: do it in the line that makes the resource, with no wait between.
  *
  * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`; RumpusError `ERR_RUMPUS_NOT_STRICT` for a fiber that is neither in a strict scope of its
  * own nor a child of one, and `ERR_RUMPUS_OWNED` for what is owned already
  */
  static own<R>(within: Within, resource: R, options: OwnershipOptions<R>): Ownership<R>;
  /** The line that made it. */
  get at(): string;
  /** Whether somebody owns it. */
  get isOwned(): boolean;
  /**
  * Nothing, if the fiber owns it.
  *
  * @throws NotOwner `ERR_RUMPUS_NOT_OWNER` unless the fiber owns it
  */
  check(within: Within): void;
  /**
  * The resource.
  *
  * @throws NotOwner `ERR_RUMPUS_NOT_OWNER` unless the fiber owns it
  */
  get(within: Within): R;
  /**
  * Gives it back. Rejects with what its `release` throws: it is nobody's all the same.
  *
  * @throws NotOwner `ERR_RUMPUS_NOT_OWNER` unless the fiber owns it
  */
  release(within: Within): Promise<void>;
  /**
  * Says that it has been given back, or is the property of somebody who is no fiber: its `release` is not called. Answers the resource.
  *
  * @throws NotOwner `ERR_RUMPUS_NOT_OWNER` unless the fiber owns it
  */
  disown(within: Within): R;
  /**
  * Gives it to the parent: a child, to the scope that forked it; a strict scope in another of the same fiber, to that.
  *
  * @throws NotOwner `ERR_RUMPUS_NOT_OWNER` unless the fiber owns it; RumpusError `ERR_RUMPUS_NOT_STRICT` if there is no such parent
  */
  transfer(within: Within): void;
  /** Answers the fiber, which owns it. */
  private ownerIn;
  private take;
  private leave;
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
interface Child<T> {
  /** What it is called: the option `name`, or the name of its function. */
  readonly name: string;
  /** The line that forked it. */
  readonly at: string;
  /** Whether it has ended. */
  readonly isOver: boolean;
  /**
  * What it answers, when it has ended; ask as often as you like. Rejects with what it threw, with its cancellation, with the
  * cancellation of the fiber that asks, unless it has ended by then, with {@link NotAChild}, and with RumpusError
  * `ERR_RUMPUS_DEADLOCK` if it waits for what that fiber has.
  */
  await(within: Within): Promise<T>;
  /**
  * Cancels it and waits until it has ended, whatever is cancelled meanwhile. One that has ended stays what it is. Rejects with what it
  * threw, its cancellation apart, unless that was heard, and with {@link NotAChild}.
  */
  cancel(within: Within, reason?: unknown): Promise<void>;
}
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
/** What a fault is about. */
interface Named {
  /** What it is called. */
  readonly name: string;
  /** The line that forked or made it. */
  readonly at: string;
}
/**
* The body of a strict scope has returned, and there are children that it has neither awaited nor cancelled. They have been
* cancelled and waited for; `children` says which they were, and where they were forked.
*
* Await each, cancel it, or take it out of its `Orphans` and await it. `code` is `ERR_RUMPUS_STILL_HAS_CHILDREN`.
*
* @example
* ```ts
* import { scope, StillHasChildren } from 'rumpus/structured'
* import assert from 'node:assert/strict'
*
* const forgets = scope((scope) => {
*   scope.fork(async function forgotten() {})
* }, { strict: true })
* const error = await forgets.catch((error) => error)
* assert(error instanceof StillHasChildren)
* assert.equal(error.children[0].name, 'forgotten')
* ```
*/
declare class StillHasChildren extends RumpusError {
  /** Who they were. */
  readonly children: readonly Named[];
  constructor(children: readonly Named[]);
}
/**
* A child was to be awaited, cancelled or taken by a fiber that has not forked it. Only its creator may: hand over what it answers,
* by an `Ivar` or a `Channel`, not the child. `code` is `ERR_RUMPUS_NOT_A_CHILD`.
*
* @example
* ```ts
* import { NotAChild, scope } from 'rumpus/structured'
* import assert from 'node:assert/strict'
*
* await scope(async (scope) => {
*   const one = scope.fork(async () => 1)
*   const other = scope.fork((fiber) => assert.rejects(one.await(fiber), NotAChild))
*   await other.await(scope)
*   await one.await(scope)
* }, { strict: true })
* ```
*/
declare class NotAChild extends RumpusError {
  /** Who it is. */
  readonly child: Named;
  constructor(child: Named, verb: string);
}
/**
* An owner has returned and still had these resources. They have been released; `resources` says which they were, and where they were
* made.
*
* Release each, disown it, transfer it to the parent, or give it to a child. `code` is `ERR_RUMPUS_RESOURCE_LEAKED`.
*
* @example
* ```ts
* import { Ownership, ResourceLeaked, scope } from 'rumpus/structured'
* import assert from 'node:assert/strict'
*
* let closed = 0
* const leaks = scope((scope) => {
*   Ownership.own(scope, {}, { name: 'connection', release: () => closed++ })
* }, { strict: true })
* const error = await leaks.catch((error) => error)
* assert(error instanceof ResourceLeaked)
* assert.deepEqual([error.resources[0].name, closed], ['connection', 1])
* ```
*/
declare class ResourceLeaked extends RumpusError {
  /** What they were. */
  readonly resources: readonly Named[];
  constructor(resources: readonly Named[]);
}
/**
* A resource was to be used, released or given by a fiber that does not own it, never has, or no more. `code` is
* `ERR_RUMPUS_NOT_OWNER`.
*
* @example
* ```ts
* import { NotOwner, Ownership, scope } from 'rumpus/structured'
* import assert from 'node:assert/strict'
*
* await scope(async (scope) => {
*   const file = Ownership.own(scope, {}, { name: 'file', release: () => {} })
*   await file.release(scope)
*   assert.throws(() => file.get(scope), (error) => error instanceof NotOwner && error.resource.name === 'file')
* }, { strict: true })
* ```
*/
declare class NotOwner extends RumpusError {
  /** What it is. */
  readonly resource: Named;
  constructor(resource: Named, verb: string, isOwned: boolean);
}
/** How a scope is opened. */
interface ScopeOptions {
  /** Milliseconds after which it is cancelled and rejects with `TimeoutError`, unless it is over by then. */
  readonly timeout?: number;
  /** Cancels it when aborted, with the reason of the signal as the cause. */
  readonly signal?: AbortSignal;
  /** Whether the cancellation of its parent passes it by. Its own errors, timeout and signal do not. */
  readonly shielded?: boolean;
  /** Whether each child must be awaited or cancelled; with true it is another kind of scope, see `StrictScope`. */
  readonly strict?: false;
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
/** How a child is forked in a strict scope. */
interface ForkOptions {
  /** What errors call it; the name of its function unless given. */
  readonly name?: string;
  /** What the fiber owns and the child will, from its first line on: see {@link Ownership}. */
  readonly give?: readonly Ownership<unknown>[];
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
interface Orphans<T> {
  /** How many there are, whether they have ended or not. */
  readonly size: number;
  /** Begins a child that will be taken from here. It may be awaited or cancelled as any child, and is here no more then. */
  fork(main: (fiber: Fiber) => T | PromiseLike<T>, options?: ForkOptions): Child<T>;
  /**
  * Takes the first that has ended, if one has; await it.
  *
  * @throws NotAChild `ERR_RUMPUS_NOT_A_CHILD` unless it is the fiber of the scope that asks
  */
  take(within: Within): Child<T> | undefined;
  /**
  * Waits until one has ended, and takes it; answers nothing when there is none left. Rejects with the cancellation of the fiber, and
  * then has taken none.
  */
  next(within: Within): Promise<Child<T> | undefined>;
  /** Cancels all that are here, and waits for them. Rejects with what they threw, as `cancel` of a child does. */
  cancel(within: Within, reason?: unknown): Promise<void>;
}
/** How a strict scope is opened. */
interface StrictOptions extends Omit<ScopeOptions, "strict"> {
  /** Has the body owe each child an `await` or a `cancel`. */
  readonly strict: true;
}
/**
* What `scope` gives with `{ strict: true }`, after Miou: each child is awaited or cancelled by the fiber that forked it, or that is
* a fault, and named. For code in which a forgotten result, or a forgotten error, is a bug.
*
* Unlike in an ordinary scope the error of a child is its creator's: others go on, and `await` rejects with it. A body that throws
* has all its children cancelled, and owes nothing any more; so has one whose scope is cancelled. There are no daemons: see
* {@link Orphans}.
*
* @example
* ```ts
* import { scope } from 'rumpus/structured'
* import assert from 'node:assert/strict'
*
* await scope(async (scope) => {
*   const slow = scope.fork((fiber) => fiber.sleep(60_000))
*   const fast = scope.fork(async () => 42)
*   assert.equal(await fast.await(scope), 42)
*   await slow.cancel(scope)
* }, { strict: true })
* ```
*/
interface StrictScope extends Within, Pick<Scope, "signal" | "fail" | "cancel" | "onRelease"> {
  /** The fiber that opened it: the creator of its children. */
  readonly fiber: Fiber;
  /**
  * Begins a child.
  *
  * @throws the cancellation of the scope; RumpusError `ERR_RUMPUS_SCOPE_OVER` when it is over
  */
  fork<T>(main: (fiber: Fiber) => T | PromiseLike<T>, options?: ForkOptions): Child<T>;
  /** Makes a collection of children that are taken as they end. */
  orphans<T>(): Orphans<T>;
  /**
  * Waits for all of `children`, whatever becomes of each, and answers that in their order, as `Promise.allSettled` does. Rejects with the
  * cancellation of the fiber, also when all have ended by then: it has heard of none of them, so their errors are the scope's.
  */
  awaitAll<T>(children: readonly Child<T>[]): Promise<PromiseSettledResult<T>[]>;
  /** Waits until one of `children` has ended and answers the one that did first; it is still to be awaited, and the others are. */
  awaitOne<T>(children: readonly Child<T>[]): Promise<Child<T>>;
  /**
  * What the first of `children` to end answers; the others are cancelled and waited for. Rejects with what it threw, and with what the
  * others did, their cancellations apart.
  */
  awaitFirst<T>(children: readonly Child<T>[]): Promise<T>;
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
* The same, strict: the body owes each child an `await` or a `cancel`. See {@link StrictScope}.
*
* @param within - the fiber or scope
* @param body - runs at once, in that fiber
* @param options - `strict`, a time limit, a signal
* @throws what `scope` throws; rejects with {@link StillHasChildren} if the body has returned and owes a child something
*/
declare function scope<T>(within: Within, body: (scope: StrictScope) => T | PromiseLike<T>, options: StrictOptions): Promise<T>;
/**
* The same for ordinary code, in a fiber of its own.
*
* @param body - runs at once, in that fiber
* @param options - `strict`, a time limit, a signal
* @throws what a strict `scope` with a fiber throws
*/
declare function scope<T>(body: (scope: StrictScope) => T | PromiseLike<T>, options: StrictOptions): Promise<T>;
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
export { type Child, type EachOptions, type ForkOptions, type Items, type Named, NotAChild, NotOwner, type Orphans, Ownership, type OwnershipOptions, ResourceLeaked, type Scope, type ScopeOptions, StillHasChildren, type StrictOptions, type StrictScope, all, any, both, filter, first, forEach, map, openScope, protect, race, scope };