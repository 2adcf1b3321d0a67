// Generated from js/ by `npm run dts`. Do not edit.
/// <reference lib="esnext.disposable" />

import { Fiber, Within } from "./effect.js";
import { Crosses, Place, Runtime, Self, SpawnOptions } from "./index.js";
import { Event } from "./events.js";

// js/fibers/parallel.d.ts
/** Where a body of {@link defineParallel} runs. */
interface ParallelOptions extends Pick<SpawnOptions, "priority"> {
  /** As for a spawn: where there is room unless given; a number is a scheduler. */
  readonly on?: Place;
  /** The runtime on whose schedulers; that of the process whose fiber waits unless given. A fiber of no process needs it. */
  readonly runtime?: Runtime;
}
/** A body that {@link parallel} can run on any core, as {@link defineParallel} makes it. */
interface ParallelDefinition<A extends readonly unknown[] = readonly unknown[], R = unknown> {
  /** The module. */
  readonly url: string;
  /** The name. */
  readonly name: string;
  /** How it is run. */
  readonly options: ParallelOptions;
  /** What its body takes and returns, for the compiler. */
  readonly body?: (fiber: Fiber, ...args: A) => R;
  /** The same definition, run with these options. */
  with(options: ParallelOptions): ParallelDefinition<A, R>;
}
/**
* Defines a body under `name` in the module `url` that {@link parallel} can run on any core: see `define`, whose rules are the same. It
* is given a fiber, which is cancelled when the fiber that waits for it is, and the arguments; what it returns must be able to cross.
*
* @param url - `import.meta.url`
* @param name - unique in the module
* @param body - the function
* @returns the definition
* @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`, RangeError `ERR_RUMPUS_OUT_OF_RANGE` as `define` does
* @example
* ```ts
* import { run } from 'rumpus'
* import { defineParallel, fiberOf, parallel } from 'rumpus/fibers'
* import { map } from 'rumpus/structured'
* import assert from 'node:assert/strict'
*
* const square = defineParallel(import.meta.url, 'square', (fiber, n) => n * n)
*
* await run(async (self) => {
*   const squares = await map(fiberOf(self), [1, 2, 3], (n, fiber) => parallel(fiber, square, n))
*   assert.deepEqual(squares, [1, 4, 9])
* })
* ```
*/
declare const defineParallel: <A extends readonly unknown[], R>(url: string, name: string, body: (fiber: Fiber, ...args: A) => R | PromiseLike<R>, ..._: false extends Crosses<A> | Crosses<Awaited<R>> ? ["arguments and result must be able to cross"] : []) => ParallelDefinition<A, Awaited<R>>;
/**
* Runs `definition` on another core, where there is room, and answers what it returns: the fiber waits for it as for a child. In a
* `scope.fork`, strict or not, it is one: joined or cancelled, never lost.
*
* What it throws comes back as it crosses. When the fiber is cancelled, the fiber there is, with the same reason, and this one waits
* until that has come to its end, which may take the 5 s that a process has; a value that came before is kept, an error that came
* after it is thrown. If the other end is lost with its thread it rejects with `ERR_RUMPUS_DOWN`. Arguments are encoded, always.
*
* For work of some milliseconds of computation: there and back costs some microseconds, and begins a process. What waits for others is
* better forked here. For so many at a time use `map` with `concurrency`, or an {@link ExecutorPool}.
*
* @param within - the fiber or scope that waits
* @param definition - what {@link defineParallel} answered
* @param args - for its body, behind its fiber
* @throws rejects with what is said above; TypeError `ERR_RUMPUS_BAD_ARGUMENT`; RumpusError `ERR_RUMPUS_NO_RUNTIME` for a fiber of no
* process, unless the definition has a runtime
* @example
* ```ts
* import { run } from 'rumpus'
* import { defineParallel, fiberOf, parallel } from 'rumpus/fibers'
* import { scope } from 'rumpus/structured'
* import assert from 'node:assert/strict'
*
* const count = defineParallel(import.meta.url, 'count', (fiber, text, word) => text.split(word).length - 1)
*
* await run((self) =>
*   scope(fiberOf(self), async (scope) => {
*     const child = scope.fork((fiber) => parallel(fiber, count, 'to be or not to be', 'be'))
*     assert.equal(await child.await(scope), 2)
*   }, { strict: true }),
* )
* ```
*/
declare const parallel: <A extends readonly unknown[], R>(within: Within, definition: ParallelDefinition<A, R>, ...args: A) => Promise<R>;
/** How a pool is made. */
interface ExecutorPoolOptions {
  /** The schedulers it works on, as `runtime.inspect()` numbers them; all but the host unless given. */
  readonly schedulers?: readonly number[];
}
/**
* Runs definitions on other cores, so much at a time on each: a job has a weight, the share of a core that it will use, and a core takes
* the next while what it has weighs less than 1, the least laden first. Fair: who came first is taken first.
*
* With weight 1 there is one computation a core; with 0.1 there are ten jobs that mostly wait. A core with 0.9 takes one of weight 1 too,
* as in Eio, so nothing waits for ever because it is heavy. Several pools do not know of each other: make one for the program, or give
* each its schedulers. Where the number of items is the limit, `map` with `concurrency` over {@link parallel} is simpler.
*
* @example
* ```ts
* import { run } from 'rumpus'
* import { defineParallel, ExecutorPool, fiberOf } from 'rumpus/fibers'
* import { map } from 'rumpus/structured'
* import assert from 'node:assert/strict'
*
* const square = defineParallel(import.meta.url, 'square', (fiber, n) => n * n)
*
* await run(async (self) => {
*   const pool = new ExecutorPool(self.runtime)
*   const squares = await map(fiberOf(self), [1, 2, 3, 4], (n, fiber) => pool.run(fiber, 0.5, square, n))
*   assert.deepEqual(squares, [1, 4, 9, 16])
*   await pool.close(fiberOf(self))
* })
* ```
*/
declare class ExecutorPool {
  private readonly runtime;
  private readonly cores;
  /** In the order in which they came; those who have left are skipped, and swept when they are more than half. */
  private line;
  private head;
  private left;
  private jobs;
  private over;
  private readonly idle;
  /** @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`, RangeError `ERR_RUMPUS_OUT_OF_RANGE` */
  constructor(runtime: Runtime, options?: ExecutorPoolOptions);
  /** How many run. */
  get running(): number;
  /** How many wait for room. */
  get waiting(): number;
  /** Whether it takes no more. */
  get isClosed(): boolean;
  /**
  * Runs `definition` where there is room, and answers what it returns, as {@link parallel} does. Rejects as that does, with RumpusError
  * `ERR_RUMPUS_CLOSED`, and with the cancellation of the fiber: while it waits for room it never begins then.
  *
  * @param within - the fiber or scope that waits
  * @param weight - above 0, at most 1
  * @param definition - what `defineParallel` answered; its place is the pool's to choose
  * @param args - for its body, behind its fiber
  * @throws at the call RangeError `ERR_RUMPUS_OUT_OF_RANGE`
  */
  run<A extends readonly unknown[], R>(within: Within, weight: number, definition: ParallelDefinition<A, R>, ...args: A): Promise<R>;
  /** Takes no more, refuses who waits, and waits until what runs has ended. Rejects with the cancellation of the fiber. */
  close(within: Within): Promise<void>;
  private take;
  /** The least laden that takes one more, unless somebody else is first. */
  private enter;
  private load;
  private stand;
  private quit;
  private leave;
  /** Lets those in who are first, while there is room. */
  private admit;
  private tellIdle;
}
/**
* The fiber of a process: give it to a scope, or whatever else takes a fiber, in its body. Fibers under it run on the scheduler of
* the process, by its turns, and are cancelled when the process must end, with a `ProcessExit` as the cause.
*
* A body may wait in `self.receive` while its fibers wait for other things; `self` itself still waits for one thing at a time.
*
* @param self - what the body was given
* @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT` if that is none
* @example
* ```ts
* import { run } from 'rumpus'
* import { fiberOf } from 'rumpus/fibers'
* import { scope } from 'rumpus/structured'
* import assert from 'node:assert/strict'
*
* const sum = await run((self) =>
*   scope(fiberOf(self), async (scope) => {
*     const [a, b] = [1, 2].map((n) => scope.fork(async (fiber) => {
*       await fiber.sleep(n)
*       return n
*     }))
*     return (await a) + (await b)
*   }),
* )
* assert.equal(sum, 3)
* ```
*/
declare const fiberOf: <M>(self: Self<M>) => Fiber;
declare const carries: unique symbol;
/**
* A shared channel outside this isolate: an ordinary number within 53 bits, as a pid is, good for messages and arguments. It is below zero
* if the channel holds nothing.
*/
type SharedChannelHandle<Item = unknown> = number & {
  /** For the compiler alone. */readonly [carries]: Item;
};
/** Whose a shared channel is: a process, by its `self`, or a runtime. */
type SharedChannelOwner = Pick<Self<never>, "pid"> | Runtime;
/**
* A queue between fibers of all schedulers that makes who is faster wait, as `Channel` of `rumpus/sync` is one between those of one. With
* a capacity of 0 a send waits for its receiver.
*
* The items are on the scheduler where it was made, so make it where most of them are received: there a `receive` costs what it costs of
* a `Channel`, and `send` is a message. Elsewhere a `receive` is a question and its answer; what waits there for items should be several
* fibers, or do something with each. Ends take turns, and fibers of one end come first served. Items from one fiber are received in the
* order sent. An item must be able to cross, wherever it goes; to its own scheduler it goes by reference, as a message does.
*
* Cancelled are waits, never `close`: an item whose send is cancelled was not taken, and one that has been handed to a receiver is received
* although that is cancelled meanwhile. One that is on its way to another scheduler, where nobody waits any more, comes back and is the
* first again. With the owner it ends: all are refused, and what is in it is gone, as what is on its way to a thread that dies is.
*
* With 0 nothing is in it: an item is its sender's until it is taken, also on its way to another scheduler. A cancellation, `close` or the
* end of the owner takes it back at once; if it has been taken by then, the send is over instead. If its receiver has gone, or the thread
* of that dies first, it waits again, before all others there; that of a sync, behind them. While it is on its way a sync
* is out of all other lines, but a time, a computation, a promise or a signal can still be chosen. Fibers of one scheduler meet there,
* before those of others; between two it is a question and its answer on both sides.
*
* Where all fibers are on one scheduler use `Channel`; where each item is for a certain process, a message.
*
* @example
* ```ts
* import { run } from 'rumpus'
* import { defineParallel, fiberOf, parallel, SharedChannel } from 'rumpus/fibers'
* import { scope } from 'rumpus/structured'
* import assert from 'node:assert/strict'
*
* const squares = defineParallel(import.meta.url, 'squares', async (fiber, handle, upTo) => {
*   const channel = new SharedChannel(handle)
*   for (let n = 1; n <= upTo; n++) await channel.send(fiber, n * n)
*   channel.close()
* })
*
* await run(async (self) => {
*   const channel = SharedChannel.create(self, 16)
*   let sum = 0
*   await scope(fiberOf(self), async (scope) => {
*     scope.fork((fiber) => parallel(fiber, squares, channel.handle, 100))
*     for await (const square of channel.items(scope)) sum += square
*   })
*   assert.equal(sum, 338_350)
* })
* ```
*/
declare class SharedChannel<Item = unknown> {
  /** The number by which others find it, on any scheduler: `new SharedChannel(handle)`. Plain data. */
  readonly handle: SharedChannelHandle<Item>;
  private known;
  /**
  * Finds one that {@link SharedChannel.create} has made; starts nothing until it is used.
  *
  * @param handle - its handle
  * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`
  */
  constructor(handle: SharedChannelHandle<Item>);
  /**
  * Makes one, on this scheduler.
  *
  * @param owner - whose it is: a process, with which it ends, by its `self`; or a runtime
  * @param capacity - how many items it holds; 0, so that a send waits for its receiver; Infinity, so that none waits
  * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`, RangeError `ERR_RUMPUS_OUT_OF_RANGE`, RumpusError `ERR_RUMPUS_STOPPED`
  * @example
  * ```ts
  * import { run } from 'rumpus'
  * import { fiberOf, SharedChannel } from 'rumpus/fibers'
  * import assert from 'node:assert/strict'
  *
  * await run(async (self) => {
  *   const channel = SharedChannel.create(self, 4)
  *   await channel.send(fiberOf(self), 'hello')
  *   assert.equal(await new SharedChannel(channel.handle).receive(fiberOf(self)), 'hello')
  * })
  * ```
  */
  static create<Item = unknown>(owner: SharedChannelOwner, capacity: number): SharedChannel<Item>;
  /**
  * Sends, when there is room; where nothing is kept, it is over when a receiver has the item. Rejects with the cancellation of the fiber,
  * or RumpusError `ERR_RUMPUS_CLOSED`: then it was not taken.
  *
  * @throws UncrossableError `ERR_RUMPUS_UNCROSSABLE` naming the part that cannot cross
  */
  send(within: Within, item: Item): Promise<void>;
  /** The next item, when there is one. Rejects with the cancellation of the fiber, or RumpusError `ERR_RUMPUS_CLOSED` at the end. */
  receive(within: Within): Promise<Item>;
  /** The event of `send`: chosen when it was taken; fails with RumpusError `ERR_RUMPUS_CLOSED`. Not chosen, it was not taken. */
  sending(item: Item): Event<void>;
  /** The event of `receive`: gives the next item; fails with RumpusError `ERR_RUMPUS_CLOSED` at the end. Not chosen, it takes none. */
  receiving(): Event<Item>;
  /**
  * Takes no more, from this scheduler at once, from others when they hear of it; what is in it can be received. Never cancelled, never
  * waits.
  */
  close(): void;
  /** Items until it is closed, for `for await`; several loops share them. Leaving a loop leaves the channel as it is. */
  items(within: Within): AsyncIterable<Item>;
  /** The end of this scheduler. */
  private end;
}
export { ExecutorPool, type ExecutorPoolOptions, type ParallelDefinition, type ParallelOptions, SharedChannel, type SharedChannelHandle, type SharedChannelOwner, defineParallel, fiberOf, parallel };