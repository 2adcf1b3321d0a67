// Generated from js/ by `npm run dts`. Do not edit.
/// <reference lib="esnext.disposable" />

import { Fiber, Within } from "./effect.js";
import { Event } from "./events.js";
/**
* A queue between fibers that makes who is faster wait: `new Channel(16)`. With 0 a send waits for its receiver; with Infinity none
* ever waits.
*
* `close` ends it: what is in it can still be received, then `receive` rejects and loops end. Between cores use `SharedChannel` of
* `rumpus/fibers`, between processes messages. Cancelled are waits, never `close`; an item whose send is cancelled was not taken, and
* one that has been handed to a receiver is received although that is cancelled meanwhile.
*
* @example
* ```ts
* import { fifo } from 'rumpus/effect'
* import { both } from 'rumpus/structured'
* import { Channel } from 'rumpus/sync'
* import assert from 'node:assert/strict'
*
* const channel = new Channel(2)
* const produce = async (fiber) => {
*   for (let n = 1; n <= 5; n++) await channel.send(fiber, n)
*   channel.close()
* }
* const consume = async (fiber) => {
*   let sum = 0
*   for await (const n of channel.items(fiber)) sum += n
*   return sum
* }
* assert.deepEqual(await both(fifo.current(), produce, consume), [undefined, 15])
* ```
*/
declare class Channel<T> {
  private readonly capacity;
  private readonly senders;
  private readonly receivers;
  private ring;
  private head;
  private tail;
  private over;
  /** @throws RangeError `ERR_RUMPUS_OUT_OF_RANGE` unless `capacity` is a whole number from 0, or Infinity */
  constructor(capacity: number);
  /** How many items are in it. */
  get length(): number;
  /** Whether it takes no more. */
  get isClosed(): boolean;
  /** Sends, when there is room. Rejects with the cancellation of the fiber, or RumpusError `ERR_RUMPUS_CLOSED`: then it was not taken. */
  send(within: Within, item: T): Promise<void>;
  /** Sends if there is room, or a receiver waits. */
  trySend(item: T): boolean;
  private place;
  /** The next item, when there is one. Rejects with the cancellation of the fiber, or RumpusError `ERR_RUMPUS_CLOSED` at the end. */
  receive(within: Within): Promise<T>;
  /** The next item, if there is one: in an object, for an item may be undefined. */
  tryReceive(): {
    /** What was sent. */readonly item: T;
  } | undefined;
  /** The event of `send`: chosen when there is room, or a receiver; fails with RumpusError `ERR_RUMPUS_CLOSED`. Not chosen, it was not taken. */
  sending(item: T): Event<void>;
  /** The event of `receive`: gives the next item; fails with RumpusError `ERR_RUMPUS_CLOSED` at the end. Not chosen, it takes none. */
  receiving(): Event<T>;
  /** Takes the oldest; what a sender waits with has room then. */
  private take;
  private push;
  private grow;
  /** Takes no more: who waits to send or to receive is refused; what is in it can be received. Never cancelled, never waits. */
  close(): void;
  /** Items until it is closed, for `for await`; several loops share them. Leaving a loop leaves the channel as it is. */
  items(within: Within): AsyncIterable<T>;
  private iterate;
}
/** What a line is for, as it is told: of a lock, a channel. */
interface Shared {
  /** For people. */
  readonly what: string;
  /** Who must go on before the line moves, if that is known. */
  holders?(): readonly Fiber[];
  /** Whether other cores move it too: then nobody here can tell that it never will. */
  readonly isForeign?: boolean;
}
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
declare class Mutex implements Shared {
  /** For reports. */
  readonly what: string;
  private holder;
  private readonly waiters;
  private broken;
  /** Whether somebody holds it. */
  get isLocked(): boolean;
  /** Whether it is poisoned, for ever. */
  get isPoisoned(): boolean;
  /**
  * Waits for the lock. Rejects with the cancellation of the fiber, with RumpusError `ERR_RUMPUS_POISONED`, whose `cause` is what
  * broke it, and `ERR_RUMPUS_DEADLOCK` if the fiber holds it already, or who holds it waits for what this fiber has.
  */
  lock(within: Within): Promise<void>;
  /** The event of `lock`: chosen when the fiber holds it, which then unlocks it; fails as `lock` rejects. */
  locking(): Event<void>;
  private stand;
  /** For reports: who has it. */
  holders(): readonly Fiber[];
  private relock;
  /** Takes the lock if it is free. */
  tryLock(within: Within): boolean;
  /**
  * Hands the lock to who has waited longest. Never cancelled, never waits.
  *
  * @throws RumpusError `ERR_RUMPUS_NOT_HELD` if the fiber does not hold it
  */
  unlock(within: Within): void;
  /** Breaks it: who waits, and whoever asks from now on, is refused; who holds it may unlock it. */
  poison(cause: unknown): void;
  /** Runs `act` with the lock; what it throws poisons it. Rejects as `lock` does, and with what `act` throws. */
  use<T>(within: Within, act: () => T | PromiseLike<T>): Promise<T>;
  /** The same for what only looks: what it throws does not poison it. */
  look<T>(within: Within, act: () => T | PromiseLike<T>): Promise<T>;
  private hold;
  private run;
}
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
declare class Condition {
  private readonly waiters;
  /**
  * Unlocks, waits for news, locks. Rejects with the cancellation of the fiber, holding the lock, and with
  * `ERR_RUMPUS_POISONED`, not holding it.
  *
  * @throws RumpusError `ERR_RUMPUS_NOT_HELD` if the fiber does not hold the lock
  */
  wait(within: Within, mutex: Mutex): Promise<void>;
  /**
  * The event of a signal, for who holds no lock: chosen by the next `signal`, if it is this one's turn, or `broadcast`. A signal that comes
  * while nobody waits is nobody's, so look before you wait. Not chosen, it has taken no signal.
  */
  signalled(): Event<void>;
  /** Has the one that has waited longest go on. Never cancelled, never waits. */
  signal(): void;
  /** Has all go on. Never cancelled, never waits. */
  broadcast(): void;
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
declare class Latch {
  private readonly waiters;
  private left;
  /** @throws RangeError `ERR_RUMPUS_OUT_OF_RANGE` unless `count` is a whole number from 0 */
  constructor(count: number);
  /** What is left to count down. */
  get count(): number;
  /**
  * Counts down. Never cancelled, never waits.
  *
  * @throws RangeError `ERR_RUMPUS_OUT_OF_RANGE` if so much is not left
  */
  countDown(by?: number): void;
  /** Waits until it is open. Rejects with the cancellation of the fiber, unless it is open. */
  wait(within: Within): Promise<void>;
  /** The event of `wait`: chosen when it is open. */
  waiting(): Event<void>;
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
declare class Barrier {
  private readonly parties;
  private readonly waiters;
  /** Who stands there, and by which branch if it is a sync: by one, whichever of its branches do. */
  private readonly there;
  private broken;
  /** @throws RangeError `ERR_RUMPUS_OUT_OF_RANGE` unless `parties` is a whole number from 1 */
  constructor(parties: number);
  /**
  * Waits until all are there. Rejects with the cancellation of the fiber, which poisons it, and with RumpusError
  * `ERR_RUMPUS_POISONED`, whose `cause` is that cancellation.
  */
  wait(within: Within): Promise<void>;
  /**
  * The event of `wait`: chosen when all are there, for all at once; fails with RumpusError `ERR_RUMPUS_POISONED`. Who goes elsewhere, or is
  * cancelled, before that has not been there: nothing is poisoned, and the others go on waiting.
  */
  waiting(): Event<void>;
  private isLast;
  /** All together: that one of them goes on may have another go elsewhere, which is none any more that has been here. */
  private letThrough;
  /** Breaks it: who waits, and whoever comes from now on, is refused. Never cancelled, never waits. */
  poison(cause: unknown): void;
}
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
declare class Ivar<T> {
  private readonly waiters;
  private outcome;
  /** Whether it is filled or poisoned. */
  get isFilled(): boolean;
  /** Fills it; false if it was filled or poisoned. */
  tryFill(value: T): boolean;
  /**
  * Fills it.
  *
  * @throws RumpusError `ERR_RUMPUS_FILLED` if it was filled or poisoned
  */
  fill(value: T): void;
  /** Has every `read` reject with `error`, unless it is filled. */
  poison(error: unknown): void;
  /** Its value, when there is one. Rejects with the cancellation of the fiber if there is none yet, or with what poisoned it. */
  read(within: Within): Promise<T>;
  /** The event of `read`: gives its value, or fails with what poisoned it. */
  reading(): Event<T>;
}
/** What becomes of a {@link Lazy} whose fiber is cancelled while it computes. */
type LazyCancel = "restart" | "record" | "protect";
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
declare class Lazy<T> implements Shared {
  /** For reports. */
  readonly what: string;
  private readonly compute;
  private readonly onCancel;
  private readonly waiters;
  private computing;
  private outcome;
  /** @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT` */
  constructor(compute: (fiber: Fiber) => T | PromiseLike<T>, onCancel?: LazyCancel);
  /**
  * Its value. Rejects with what the computation threw, with the cancellation of the fiber, and with RumpusError
  * `ERR_RUMPUS_DEADLOCK` if the computation asks for itself, or for what waits for it.
  */
  force(within: Within): Promise<T>;
  /** For reports: who computes it. */
  holders(): readonly Fiber[];
  private settle;
}
/** How a {@link Pool} makes what is in it, and ends it. */
interface PoolOptions<R> {
  /** So many at a time, at most, in use and idle. A whole number from 1. */
  readonly capacity: number;
  /** Makes one, in the fiber that wants it; what it throws, `use` rejects with. */
  readonly create: (fiber: Fiber) => R | PromiseLike<R>;
  /** Asked before an idle one is used again. One of which it does not answer true, or for which it throws, is disposed of. */
  readonly validate?: (resource: R, fiber: Fiber) => boolean | PromiseLike<boolean>;
  /** Ends one, where no cancellation is heard. */
  readonly dispose?: (resource: R) => unknown;
  /** Milliseconds after which an idle one is disposed of, by the clock of the executor of who used it last; never unless given. */
  readonly idleMs?: number;
}
/** How one is used. */
interface PoolUseOptions {
  /**
  * Whether not to wait where all are in use: then one more is made, beyond the capacity, and disposed of after its use. For what must go
  * on although the pool is busy: a health check, or a use within a use, which could wait for itself. Else false.
  */
  readonly neverBlock?: boolean;
}
/**
* A stock of things that are dear to make, connections say: made when wanted, so many at a time at most, used again, the last used
* first. Fair: who asked first has the next.
*
* What `act` throws, a cancellation too, has what it used disposed of: it may be in the middle of something. For things that need no
* end and are cheap to make a {@link Semaphore} will do. Cancelled are waits, never the way back. A pool that is not closed, with
* `idleMs`, may keep an event loop for so long.
*
* @example
* ```ts
* import { fifo } from 'rumpus/effect'
* import { forEach } from 'rumpus/structured'
* import { Pool } from 'rumpus/sync'
* import assert from 'node:assert/strict'
*
* let [made, ended] = [0, 0]
* const pool = new Pool({ capacity: 2, create: () => ({ number: ++made }), dispose: () => ended++ })
* const fiber = fifo.current()
* await forEach(fiber, [1, 2, 3, 4], (n, mine) => pool.use(mine, async (connection) => {
*   assert(connection.number <= 2)
*   await mine.sleep(1)
* }))
* await pool.close(fiber)
* assert.deepEqual([made, ended], [2, 2])
* ```
*/
declare class Pool<R> {
  private readonly options;
  /** How many more may have a place: those who use one, or end one. */
  private free;
  /** How many are in use beyond the capacity. */
  private beyond;
  private readonly line;
  /** The last used last. */
  private readonly stock;
  private readonly closers;
  private over;
  /** The first error of a disposal for which nobody waited. */
  private unheard;
  /** @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`, RangeError `ERR_RUMPUS_OUT_OF_RANGE` */
  constructor(options: PoolOptions<R>);
  /** How many wait to be used again. */
  get idle(): number;
  /** How many are in use, or are being made, validated or disposed of. */
  get inUse(): number;
  /** Whether it gives no more. */
  get isClosed(): boolean;
  /**
  * Runs `act` with one that nobody else has. Rejects with the cancellation of the fiber, with RumpusError `ERR_RUMPUS_CLOSED`, and
  * with what `create`, `act` and `dispose` throw; an `AggregateError` if the last two do.
  *
  * @param within - the fiber or scope
  * @param act - is given the resource
  * @param options - whether to wait
  * @throws at the call TypeError `ERR_RUMPUS_BAD_ARGUMENT`
  */
  use<T>(within: Within, act: (resource: R, fiber: Fiber) => T | PromiseLike<T>, options?: PoolUseOptions): Promise<T>;
  /**
  * The event of `use`: chosen when this fiber can have one, with which `act` runs then; fails with RumpusError `ERR_RUMPUS_CLOSED`. What it
  * gives, and what it throws, is as with `use`. Not chosen, it has made nothing and has had nothing.
  */
  using<T>(act: (resource: R, fiber: Fiber) => T | PromiseLike<T>): Event<T>;
  /**
  * Gives no more, refuses who waits, disposes of what is idle, and waits until what is in use has come back and is disposed of.
  * Rejects with the cancellation of the fiber, and is closed all the same; and with the first error of a disposal for which nobody
  * waited.
  */
  close(within: Within): Promise<void>;
  private run;
  /** With one of its own. */
  private runBeyond;
  private enter;
  /** Gives a place to who has waited longest. */
  private leave;
  private tellClosers;
  private take;
  private isFit;
  private lend;
  private keep;
  private watch;
  private evict;
  /** Disposes of one that has a place, for nobody in particular. */
  private end;
  private dispose;
}
/**
* A lock for what many look at, with waits in between, and few change: held by several who look, or by one who changes. Fair: who
* asked first has it first, so neither kind waits for ever, however many come of the other.
*
* `look` and `use` are the usual way: they unlock on every way out. An error in `use` poisons the lock, for what it guards may be
* half changed; one in `look` does not. Where looking is short a {@link Mutex} is as good; where nothing waits between two lines no
* lock is needed. A fiber holds it once: there is no way from looking to changing but to unlock. Cancelled is the wait for the
* lock, never `unlock`.
*
* @example
* ```ts
* import { fifo } from 'rumpus/effect'
* import { all } from 'rumpus/structured'
* import { RwLock } from 'rumpus/sync'
* import assert from 'node:assert/strict'
*
* const lock = new RwLock()
* let [looking, most, version] = [0, 0, 1]
* const look = (fiber) => lock.look(fiber, async () => {
*   most = Math.max(most, ++looking)
*   await fiber.sleep(1)
*   looking--
*   return version
* })
* const change = (fiber) => lock.use(fiber, async () => {
*   assert.equal(looking, 0)
*   await fiber.sleep(1)
*   version++
* })
* assert.deepEqual(await all(fifo.current(), [look, look, change, look]), [1, 1, undefined, 2])
* assert.equal(most, 2)
* ```
*/
declare class RwLock implements Shared {
  /** For reports. */
  readonly what: string;
  private changer;
  private readonly lookers;
  private readonly line;
  private broken;
  /** Whether somebody holds it alone. */
  get isLocked(): boolean;
  /** How many hold it together. */
  get shares(): number;
  /** Whether it is poisoned, for ever. */
  get isPoisoned(): boolean;
  /**
  * Waits for the lock, to hold it alone. Rejects with the cancellation of the fiber, with RumpusError `ERR_RUMPUS_POISONED`, whose
  * `cause` is what broke it, and `ERR_RUMPUS_DEADLOCK` if the fiber holds it already, in whatever way, or who holds it waits for what
  * this fiber has.
  */
  lock(within: Within): Promise<void>;
  /** Waits for the lock, to hold it together with others. Rejects as `lock` does. */
  lockShared(within: Within): Promise<void>;
  /** The event of `lock`: chosen when the fiber holds it alone, which then unlocks it; fails as `lock` rejects. */
  locking(): Event<void>;
  /** The event of `lockShared`: chosen when the fiber holds it together with others; fails as `lock` rejects. */
  lockingShared(): Event<void>;
  private entering;
  /** Takes the lock alone if nobody holds it. */
  tryLock(within: Within): boolean;
  /** Takes the lock together with others if nobody changes, or waits to, and the fiber does not hold it already. */
  tryLockShared(within: Within): boolean;
  /**
  * Gives back what was held alone. Never cancelled, never waits.
  *
  * @throws RumpusError `ERR_RUMPUS_NOT_HELD` if the fiber does not hold it so
  */
  unlock(within: Within): void;
  /**
  * Gives back what was held together with others. Never cancelled, never waits.
  *
  * @throws RumpusError `ERR_RUMPUS_NOT_HELD` if the fiber does not hold it so
  */
  unlockShared(within: Within): void;
  /** Breaks it: who waits, and whoever asks from now on, is refused; who holds it may unlock it. */
  poison(cause: unknown): void;
  /** Runs `act` with the lock alone; what it throws poisons it. Rejects as `lock` does, and with what `act` throws. */
  use<T>(within: Within, act: () => T | PromiseLike<T>): Promise<T>;
  /** Runs `act` with the lock, together with others who look; what it throws does not poison it. */
  look<T>(within: Within, act: () => T | PromiseLike<T>): Promise<T>;
  private change;
  private see;
  private enter;
  /** For reports: who has it. */
  holders(): readonly Fiber[];
  private relock;
  private tryEnter;
  private stand;
  private hasRoom;
  private take;
  /** Lets in who stands first in the line, as long as there is room. */
  private admit;
}
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
declare class Semaphore {
  private readonly permits;
  private readonly waiters;
  private left;
  /** @throws RangeError `ERR_RUMPUS_OUT_OF_RANGE` unless `permits` is a whole number from 1 */
  constructor(permits: number);
  /** How many permits are free. */
  get free(): number;
  /** Waits for a permit. Rejects with the cancellation of the fiber, and then has none. */
  acquire(within: Within): Promise<void>;
  /** The event of `acquire`: chosen when the fiber has a permit, which then releases it. */
  acquiring(): Event<void>;
  /** Takes a permit if one is free. */
  tryAcquire(): boolean;
  /**
  * Gives a permit back, to who has waited longest. Never cancelled, never waits.
  *
  * @throws RumpusError `ERR_RUMPUS_NOT_HELD` if none is out
  */
  release(): void;
  /** Runs `act` with a permit. Rejects as `acquire` does, and with what `act` throws. */
  use<T>(within: Within, act: () => T | PromiseLike<T>): Promise<T>;
  private run;
}
export { Barrier, Channel, Condition, Ivar, Latch, Lazy, type LazyCancel, Mutex, Pool, type PoolOptions, type PoolUseOptions, RwLock, Semaphore, type Shared };