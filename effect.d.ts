// Generated from js/ by `npm run dts`. Do not edit.
/// <reference lib="esnext.disposable" />

import { AbortError } from "./index.js";

// js/effect/cancelled.d.ts
/**
* Thrown by what waits when the fiber that waits has been cancelled; `cause` is the reason that was given. An {@link AbortError},
* so code that knows Node's convention understands it.
*
* Let it pass. Everything below one cancellation throws the same object, so a scope knows its own by identity; who makes one by
* hand and throws it has thrown an error.
*
* @example
* ```ts
* import { Cancelled, Computation, fifo } from 'rumpus/effect'
* import assert from 'node:assert/strict'
*
* const fiber = fifo.current()
* fiber.computation.cancel(new Error('enough'))
* await assert.rejects(fiber.sleep(1000), (error) => error instanceof Cancelled && error.cause.message === 'enough')
* ```
*/
declare class Cancelled extends AbortError {
  constructor(reason: unknown);
}
/**
* Something to wait for, once: it is *initial*, then perhaps *awaiting*, then *signalled* for ever.
*
* Use it to build what fibers wait for: make one, put it where those find it who will have news, wait with `fiber.await`, then
* look at the shared state, whatever the wait answered. To wait for a value, use {@link Computation}.
*
* @example
* ```ts
* import { fifo, Trigger } from 'rumpus/effect'
* import assert from 'node:assert/strict'
*
* const trigger = new Trigger()
* setTimeout(() => trigger.signal(), 1)
* assert.equal(await fifo.current().await(trigger), undefined) // not cancelled
* assert(trigger.isSignalled)
* ```
*/
declare class Trigger {
  private state;
  private action;
  private x;
  /**
  * A trigger that does something when it is signalled. What it does must not wait, and must not throw: what it throws, whoever
  * signals gets, be it a timer; a computation that completes tells all others first.
  */
  static fromAction<X>(x: X, action: (x: X) => void): Trigger;
  /** Whether it has been signalled. */
  get isSignalled(): boolean;
  /**
  * Whether nobody waits for it and nobody has signalled it.
  *
  * @throws RumpusError `ERR_RUMPUS_WAITING` if somebody waits for it: a trigger has one owner
  */
  get isInitial(): boolean;
  /** Signals it: whoever waits goes on. Again, it does nothing. Never cancelled; throws what its action does, which must not. */
  signal(): void;
  /**
  * For executors: has `action(x)` called when it is signalled; false if it has been. The action runs wherever the signal is
  * given, so it must not throw, wait, or run code of users.
  *
  * @throws RumpusError `ERR_RUMPUS_WAITING` if somebody waits for it already
  */
  onSignal<X>(x: X, action: (x: X) => void): boolean;
  /** For executors: signals it without anybody having waited. */
  dispose(): void;
}
/** How a computation has ended. */
type Outcome<T> = {
  /** What it returned. */readonly value: T;
} | {
  /** Why it was cancelled. */readonly cancelled: Cancelled;
};
/** A computation of whatever type, as links and fibers hold it. */
type Packed = Computation<unknown>;
/**
* A value that will be there once, or the cancellation that came before it; whichever is first stays.
*
* It is what a fiber runs under: cancel it, and what its fibers wait for ends. It is also a promise that can be cancelled.
* Computations are not ordered by themselves: a parent cancels a child because somebody attached a canceler.
*
* `return` and `cancel` are never cancelled, never wait, and throw nothing of their own: what an action threw that must not
* ({@link Trigger.fromAction}), the first if there are several, when everybody else has been told.
*
* @example
* ```ts
* import { Computation, fifo } from 'rumpus/effect'
* import assert from 'node:assert/strict'
*
* const answer = new Computation()
* setTimeout(() => answer.return(42), 1)
* assert.equal(await fifo.current().wait(answer), 42)
* assert.equal(answer.tryCancel(new Error('too late')), false)
* ```
*/
declare class Computation<T> {
  private state;
  private outcome;
  private attached;
  /** One more for each trigger attached, two less for each detached: below zero, more than half of the bag is garbage. */
  private balance;
  private aborter;
  /** Whether it is not complete yet. */
  get isRunning(): boolean;
  /** Why it was cancelled, if it was. */
  get cancellation(): Cancelled | undefined;
  /** How many triggers it holds, garbage included: for tests and inspection. */
  get held(): number;
  /** How it ended, if it has. */
  peek(): Outcome<T> | undefined;
  /** Throws its cancellation if it was cancelled. */
  check(): void;
  /** Completes it with a value; false if it was complete. */
  tryReturn(value: T): boolean;
  /** Completes it with a value, if it is not complete. */
  return(value: T): void;
  /** Cancels it; false if it was complete. A reason that is a {@link Cancelled} is handed on as it is. */
  tryCancel(reason: unknown): boolean;
  /** Cancels it, if it is not complete. */
  cancel(reason: unknown): void;
  /** Has `trigger` signalled when it completes; false if it has, or the trigger was signalled. */
  tryAttach(trigger: Trigger): boolean;
  /** Signals `trigger`, and forgets it: at once or soon, so that all detaching together costs what attaching did. */
  detach(trigger: Trigger): void;
  /** For executors: a trigger that was attached has been signalled. */
  release(): void;
  /** A trigger that hands the cancellation of this computation on; a value that it returns is not handed on. */
  canceler(into: Packed): Trigger;
  /**
  * Has this computation cancel `into` when it is cancelled; answers what to detach when `into` is over, or it leaks.
  *
  * @throws its cancellation if it was cancelled, TypeError `ERR_RUMPUS_BAD_ARGUMENT` if it has returned
  */
  attachCanceler(into: Packed): Trigger;
  /** Aborts when this computation is cancelled, with its {@link Cancelled} as the reason: for `fetch` and the like. */
  get signal(): AbortSignal;
  /** A platform promise of the same: rejects with the {@link Cancelled}. */
  promise(): Promise<T>;
  /** Has it complete, and answers who must be told. */
  private end;
  private collect;
}
/**
* A place for a value that each fiber has for itself; a fiber that is forked begins with the values of its parent.
*
* For what belongs to a whole request, a trace or a user, and would otherwise be an argument of everything. For state that is
* shared use a variable.
*
* @example
* ```ts
* import { fifo, Local } from 'rumpus/effect'
* import assert from 'node:assert/strict'
*
* const user = new Local('nobody')
* const fiber = fifo.current()
* fiber.set(user, 'ada')
* assert.equal(await fiber.fork((child) => child.get(user)), 'ada')
* assert.equal(fifo.current().get(user), 'nobody')
* ```
*/
declare class Local<T> {
  /** Its value where none was set. */
  readonly initial: T;
  constructor(initial: T);
}
/**
* What an executor owes fibers, and all that libraries may ask of it. Make one to run fibers on something else; to use fibers,
* use {@link Fiber}, which calls these.
*
* `Context` is what code has in hand that has no fiber: nothing, or the `self` of a process. What an executor may be made of is
* here too: {@link begin}, {@link trySuspend}, {@link parked}, {@link unsuspend}. The obligations below are programs in
* `__test__/effect/obligations.ts`: one of your own keeps them if it passes `conformance.test.ts` beside it.
*
* @example
* ```ts
* import { begin, Computation, Fiber, parked, Trigger, trySuspend, unsuspend } from 'rumpus/effect'
* import { all } from 'rumpus/structured'
* import assert from 'node:assert/strict'
*
* // The last that became ready goes on first.
* const ready = []
* const resume = (fiber) => {
*   ready.push(fiber)
*   setImmediate(() => unsuspend(ready.pop()))
* }
* const lifo = {
*   current: () => new Fiber(lifo, new Computation()),
*   spawn(from, fiber, main) {
*     from.check()
*     return begin(fiber, main)
*   },
*   async yield(fiber) {
*     fiber.check()
*     const trigger = new Trigger()
*     const wait = lifo.await(fiber, trigger)
*     trigger.signal()
*     const cancelled = await wait
*     if (cancelled !== undefined) throw cancelled
*   },
*   cancelAfter(fiber, computation, ms, reason) {
*     fiber.check()
*     const timer = setTimeout(() => computation.cancel(reason), ms)
*     computation.tryAttach(Trigger.fromAction(timer, clearTimeout))
*   },
*   await(fiber, trigger) {
*     if (trigger.isSignalled) return undefined
*     return trySuspend(fiber, trigger, resume) ? parked(fiber) : fiber.cancellation
*   },
* }
* const order = []
* const named = (name) => async (fiber) => {
*   await fiber.yield()
*   order.push(name)
* }
* await all(lifo.current(), [named('a'), named('b')])
* assert.deepEqual(order, ['b', 'a'])
* ```
*/
interface Handler<Context = never> {
  /** The fiber of code that has none in hand. Never tells of a cancellation, never waits. */
  current(context: Context): Fiber;
  /**
  * Begins `fiber` with `main`, now or later, and answers what `main` answers. Throws the cancellation of `from`, and then `main`
  * is never called; otherwise it always is, even if `fiber` is cancelled by then: it may have been given what it must release.
  */
  spawn<T>(from: Fiber, fiber: Fiber, main: (fiber: Fiber) => T | PromiseLike<T>): Promise<T>;
  /** Lets the fibers that could run do so first. Rejects with the cancellation of `fiber`. */
  yield(fiber: Fiber): Promise<void>;
  /**
  * Has `computation` cancelled with `reason` after `ms`, unless it completes before: then nothing is left of the timer. Answers
  * at once; throws the cancellation of `fiber`.
  */
  cancelAfter(fiber: Fiber, computation: Packed, ms: number, reason: unknown): void;
  /**
  * Has `fiber` wait until `trigger` is signalled; a fiber that hears of cancellations has it signalled by that of its
  * computation. Answers at once if it is signalled already. Answers, and never throws, the cancellation of the fiber.
  */
  await(fiber: Fiber, trigger: Trigger): Cancelled | undefined | Promise<Cancelled | undefined>;
  /**
  * For executors that have a loop of their own: has `poller` asked by it from now on, and answers what a poller calls when it has reason
  * to be asked. It may be left out: then a poller is asked in passes of the event loop.
  */
  poll?(poller: Polled): () => void;
}
/** A poller, as an executor drives it. */
interface Polled {
  /** Whether there is anything to ask it for. */
  readonly isActive: boolean;
  /** Whether its source has been asked and has not answered yet. */
  readonly isBlocked: boolean;
  /** Whether something has come or changed since it was asked last. */
  readonly isBusy: boolean;
  /** Asks the source, if there is reason to and it is not being waited for; with `block` it may answer later. */
  ask(block: boolean): void;
}
/** What a fiber waits for: for reports, and to find those who wait for each other. */
interface Wait {
  /** For people. */
  readonly what: string;
  /** Whether it is over, though the fiber has not gone on yet. */
  readonly isOver: boolean;
  /** Who must go on before it can be over, all of them, if that is known. */
  readonly holders: readonly Fiber[];
  /** Whether it comes from elsewhere, another core: then nobody here can tell that it never will. */
  readonly isForeign?: boolean;
}
/** What has a fiber: itself, or a scope. What waits takes either. */
interface Within {
  /** Whose wait it is. */
  readonly fiber: Fiber;
}
/**
* A strand of code. Pass it to what waits: the wait is its, and ends when its computation is cancelled.
*
* One strand, one fiber: it waits for one thing at a time, so give concurrent code fibers of its own (`fork`). Where cancellation
* is heard: in `await`, `wait`, `sleep`, `yield`, and in what libraries make of them. It is never heard by code that awaits a
* promise of somebody else: give that `signal`, or {@link Fiber.settle} it.
*
* @example
* ```ts
* import { fifo } from 'rumpus/effect'
* import assert from 'node:assert/strict'
*
* const fiber = fifo.current()
* const child = fiber.fork(async (mine) => {
*   await mine.sleep(1)
*   return 42
* })
* assert.equal(await child, 42)
* ```
*/
declare class Fiber implements Within {
  /** Who runs it. */
  readonly handler: Handler;
  /** Under which it runs at present. Whoever sets it sets it back, on every way out. */
  computation: Packed;
  /** Whether it does not hear of cancellations at present. Whoever sets it sets it back. */
  forbidden: boolean;
  private locals;
  /** For executors: continues it. */
  resume: ((cancelled: Cancelled | undefined) => void) | undefined;
  /** What it waits for, if that was said: see {@link Fiber.noteWait}. */
  waitsFor: Wait | undefined;
  /** For executors: where it stands in a list of theirs; below 0 if it does not. */
  place: number;
  constructor(handler: Handler<never>, computation: Packed, like?: Fiber);
  /** Itself, so that what takes a {@link Within} takes a fiber. */
  get fiber(): this;
  /** Why it is cancelled, if it is and hears of that. */
  get cancellation(): Cancelled | undefined;
  /** Throws its cancellation, if it is cancelled and hears of that. */
  check(): void;
  /** Aborts when the computation under which it runs now is cancelled. */
  get signal(): AbortSignal;
  /**
  * Waits until `trigger` is signalled. Answers its cancellation or nothing, never throws it: what is shared decides what the
  * wait was worth. Answers at once, without a promise, if the trigger is signalled already.
  *
  * @throws RumpusError `ERR_RUMPUS_WAITING` if this fiber waits already
  */
  await(trigger: Trigger): Cancelled | undefined | Promise<Cancelled | undefined>;
  /** What `computation` returns, also when this fiber is cancelled by then. Rejects with its cancellation, or with that of this fiber. */
  wait<T>(computation: Computation<T>): Promise<T>;
  /**
  * What a platform promise settles to. Cancelled, it rejects and lets the promise go on by itself: what that settles to is lost,
  * so where something can be stopped, give it `signal` instead.
  */
  settle<T>(promise: PromiseLike<T>): Promise<T>;
  /** Lets the fibers that could run do so first. Rejects with its cancellation. */
  yield(): Promise<void>;
  /**
  * Waits `ms` milliseconds. Rejects with its cancellation.
  *
  * @throws RangeError `ERR_RUMPUS_OUT_OF_RANGE` for a time that is no time
  */
  sleep(ms: number): Promise<void>;
  /** For libraries: says what the wait is for that is about to begin, unless somebody has. */
  noteWait(wait: Wait): void;
  /** For libraries: that wait is over. */
  forgetWait(wait: Wait): void;
  private rest;
  /**
  * Begins a fiber under the same computation, with a copy of the locals; answers what `main` answers. Nobody waits for it but you:
  * a scope does, so prefer one. Throws the cancellation of this fiber, and then `main` is never called.
  */
  fork<T>(main: (fiber: Fiber) => T | PromiseLike<T>): Promise<T>;
  /** Runs `act` without hearing of cancellations, and hears of them again whatever it did. They are kept, not lost. */
  forbid<T>(act: () => T | PromiseLike<T>): Promise<T>;
  /** Runs `act` hearing of cancellations, also where they are forbidden. */
  permit<T>(act: () => T | PromiseLike<T>): Promise<T>;
  private hearing;
  /** Its value of `local`. */
  get<T>(local: Local<T>): T;
  /** Gives `local` a value in this fiber and in those that it forks from now on, in no other. */
  set<T>(local: Local<T>, value: T): void;
}
/**
* For executors: parks `fiber` until `trigger` is signalled, when `resume(fiber)` is called; false if it is signalled already, or
* the fiber is cancelled: then it goes on at once.
*
* @throws RumpusError `ERR_RUMPUS_WAITING` if the fiber waits already
*/
declare const trySuspend: (fiber: Fiber, trigger: Trigger, resume: (fiber: Fiber) => void) => boolean;
/** For executors: takes a fiber whose trigger was signalled off its computation, and continues it. */
declare const unsuspend: (fiber: Fiber) => void;
/** For executors: the promise of a fiber that is parked; {@link unsuspend} settles it. */
declare const parked: (fiber: Fiber) => Promise<Cancelled | undefined>;
/** For executors: what `main` answers, as a promise, begun now. */
declare const begin: <T>(fiber: Fiber, main: (fiber: Fiber) => T | PromiseLike<T>) => Promise<T>;
/**
* The executor for ordinary code: plain TypeScript, for any engine, in a browser page too. `fifo.current()` is a fiber of its own
* for whoever asks, a request handler or a test; a fiber that is forked begins at once, up to its first wait, as an async
* function does.
*
* Where a thread of Node ends because its event loop has run dry, and fibers still wait, nothing can wake them any more: the warning
* `ERR_RUMPUS_DEADLOCK` says who waits for what, the first twenty and how many more, to `process.on('warning')` and on stderr. The exit
* code stays that of Node, 13 if the module itself awaits. While something is awaited that is not of fibers, a timer, a socket, another
* thread, nobody can know; and a page never ends so. Cancel or close what waits in the background by intent.
*
* Inside a process use `fiberOf(self)` of `rumpus/fibers` instead: its fibers end with the process.
*
* @example
* ```ts
* import { fifo } from 'rumpus/effect'
* import assert from 'node:assert/strict'
*
* const order = []
* const fiber = fifo.current()
* const child = fiber.fork(async (mine) => {
*   order.push('child')
*   await mine.yield()
*   order.push('child again')
* })
* order.push('parent')
* await child
* assert.deepEqual(order, ['child', 'parent', 'child again'])
* ```
*/
declare const fifo: Handler<void>;
/** One wait for an event, as the source knows it: keep it beside what will tell, and answer it from `select` when that has come. */
interface Suspension {
  /** What it waits for, as `suspend` was told: for people. */
  readonly name: string;
  /** Whether the wait is over. */
  readonly isOver: boolean;
}
/** What a source is asked. */
interface SelectAsked {
  /**
  * Whether nothing else is to be done: then answer a promise, which settles when there is an event, or when `interrupt` is called. An
  * answer that is there at once is as good; an empty one has you asked again in the next pass of the event loop.
  */
  readonly block: boolean;
  /** Waits that were cancelled since it was asked last: forget them, and answer none of them. */
  readonly cancelled: readonly Suspension[];
}
/** A source of events: what the operating system is to an event loop. */
interface Events {
  /** Answers the waits whose events have come; none of them is answered twice. What it throws fails all who wait, and all who will. */
  select(asked: SelectAsked): Iterable<Suspension> | PromiseLike<Iterable<Suspension>>;
  /** Has the promise that `select` answered settle soon: something has changed. Called at most once for each such promise. */
  interrupt(): void;
  /** Gives back what it has; nobody waits any more. */
  close?(): unknown;
}
/**
* Brings a source of events to an executor, as Miou's `events`: completions of an addon, a bus in shared memory, a simulated network.
* `suspend` has a fiber wait; the source is asked what has come, once in a pass of the event loop while there are events, and then by
* a promise until there is one.
*
* What calls back by itself needs none of this: give a {@link Computation} to the callback. A poller is for what must be asked, or is
* asked at less cost for many. Cancelled are waits, and the source hears of it; an event that it has answered is kept.
*
* @example
* ```ts
* import { fifo, Poller } from 'rumpus/effect'
* import assert from 'node:assert/strict'
*
* // Alarms, with one timer for all of them.
* const alarms = new Map()
* let rouse = () => {}
* const clock = {
*   select({ block, cancelled }) {
*     for (const one of cancelled) alarms.delete(one)
*     const due = [...alarms].filter(([, at]) => at <= Date.now()).map(([one]) => one)
*     for (const one of due) alarms.delete(one)
*     if (due.length > 0 || !block) return due
*     return new Promise((resolve) => {
*       const timer = setTimeout(() => resolve([]), Math.min(...alarms.values()) - Date.now())
*       rouse = () => (clearTimeout(timer), resolve([]))
*     })
*   },
*   interrupt: () => rouse(),
* }
*
* const fiber = fifo.current()
* const poller = new Poller(fiber, clock)
* const sleep = (fiber, ms) => poller.suspend(fiber, (one) => alarms.set(one, Date.now() + ms))
* const order = []
* await Promise.all([30, 10].map((ms) => fiber.fork((mine) => sleep(mine, ms).then(() => order.push(ms)))))
* assert.deepEqual(order, [10, 30])
* await poller.close()
* ```
*/
declare class Poller implements Polled, AsyncDisposable {
  private readonly events;
  private readonly wake;
  private readonly points;
  private cancelled;
  private blocked;
  private isInterrupted;
  private news;
  private broken;
  private over;
  /**
  * @param within - a fiber of the executor, or a scope in it
  * @param events - the source
  * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`
  */
  constructor(within: Within, events: Events);
  /** For executors: whether there is anything to ask the source. */
  get isActive(): boolean;
  /** For executors: whether the source has been asked and has not answered yet. */
  get isBlocked(): boolean;
  /** For executors: whether something has come or changed since it was asked last. */
  get isBusy(): boolean;
  /** How many wait. */
  get size(): number;
  /**
  * Has the fiber wait until the source answers the suspension that `register` is given. `register` is called when the wait is certain,
  * and nothing can come between: what throws there ends it. Rejects with that, with the cancellation of the fiber, with what the
  * source has thrown, and with RumpusError `ERR_RUMPUS_CLOSED`.
  *
  * @param within - the fiber or scope
  * @param register - tells the source of it; must not wait
  * @param name - what it waits for
  */
  suspend(within: Within, register: (suspension: Suspension) => void, name?: string): Promise<void>;
  private admit;
  private end;
  /** The source should be asked, or asked anew. */
  private stir;
  /** For executors: asks the source, if there is reason to and it is not being waited for. */
  ask(block: boolean): void;
  private standBy;
  private deliver;
  private fail;
  /** Refuses who waits, waits for the source if it is being waited for, and closes it. Rejects with what its `close` throws. */
  close(): Promise<void>;
  private shut;
  /** Closes it, at the end of a block. */
  [Symbol.asyncDispose](): Promise<void>;
}
/** How a random run is made. */
interface RandomOptions {
  /** Decides every choice; by chance unless given. A whole number from 0 to 2⁵³ - 1. */
  readonly seed?: number;
}
/**
* Runs `main` as a fiber whose executor takes every choice by a seed: which fiber goes on, how many before the event loop has its
* turn, which begins. Time is its own: a sleep of an hour takes none, and passes when no fiber is ready.
*
* For tests: run code under many seeds, and one that failed again under its seed. What it awaits that is not of fibers comes
* when it comes, and is not repeated.
*
* @param options - the seed
* @param main - the fiber; what it forks runs in the same order of chance
* @returns what `main` answers
* @throws at the call RangeError `ERR_RUMPUS_OUT_OF_RANGE`; rejects with what `main` throws, and with RumpusError
* `ERR_RUMPUS_DEADLOCK` if nothing has happened for a second and no fiber is ready: it says who waits for what
* @example
* ```ts
* import { random } from 'rumpus/effect'
* import assert from 'node:assert/strict'
*
* const orders = new Set()
* for (let seed = 1; seed <= 30; seed++) {
*   await random({ seed }, async (fiber) => {
*     let order = ''
*     const named = (name) => fiber.fork(async (mine) => {
*       await mine.sleep(3_600_000)
*       order += name
*     })
*     await Promise.all([named('a'), named('b')])
*     orders.add(order)
*   })
* }
* assert.deepEqual([...orders].sort(), ['ab', 'ba'])
* ```
*/
declare const random: <T>(options: RandomOptions, main: (fiber: Fiber) => T | PromiseLike<T>) => Promise<T>;
/** One fiber that waits, as people read it. */
interface WaitView {
  /** Who waits: its name, or its number among those that were ever told of. */
  readonly fiber: string;
  /** For what. */
  readonly waitsFor: string;
  /** Who must go on before, if that is known. */
  readonly heldBy: readonly string[];
}
/** A wait, and where it is. */
interface WatchedWait extends WaitView {
  /** The line that waits. */
  readonly at: string;
  /** The line that forked who waits, if that was watched. */
  readonly forkedAt: string | undefined;
}
/** A scope that is open. */
interface WatchedScope {
  /** The line that opened it. */
  readonly at: string;
  /** How many of its children have not ended, daemons among them. */
  readonly children: number;
}
/** What {@link watchFibers} answers. */
interface FiberWatch extends Disposable {
  /** All that wait, in the order in which they began to. */
  readonly waits: readonly WatchedWait[];
  /** All scopes that are open, in the order in which they were opened. */
  readonly scopes: readonly WatchedScope[];
  /** Circles of fibers each of which waits for the next: none of them goes on unless it is cancelled. */
  readonly deadlocks: readonly (readonly WatchedWait[])[];
  /** All that in words; empty if nobody waits and no scope is open. */
  report(): string;
  /** Notes nothing any more. */
  stop(): void;
}
/** How fibers are watched. */
interface WatchOptions {
  /**
  * Given the report when the program is about to end and something is left: because nothing can happen any more, or by `process.exit`.
  * Written to stderr unless given. Only where there is a `process`.
  */
  readonly atExit?: (report: string) => void;
}
/**
* From now on notes of the fibers of this thread, whoever runs them, what they wait for and where, and which scopes are open; tells what
* is left at the end of the program. For a program that hangs, or ends too soon: a stack a wait is taken, some microseconds.
*
* That locks wait for each other in a circle is an error at once, watched or not; and `fifo` tells who is left waiting when a program
* ends. Here are all other waits, at any time and with their lines: of channels and conditions, of which it is not known who will end
* them. What waits for a platform promise is not seen.
*
* @param options - who hears of what is left
* @returns what is noted, and how to stop
* @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`; RumpusError `ERR_RUMPUS_WATCHED` if somebody watches already
* @example
* ```ts
* import { fifo, watchFibers } from 'rumpus/effect'
* import { scope } from 'rumpus/structured'
* import { Channel } from 'rumpus/sync'
* import assert from 'node:assert/strict'
*
* const watch = watchFibers()
* await scope(async (scope) => {
*   const channel = new Channel(0)
*   scope.fork((fiber) => channel.receive(fiber).catch(() => {}))
*   const [wait] = watch.waits
*   assert.equal(wait.waitsFor, 'an item of a channel')
*   assert.equal(watch.scopes[0].children, 1)
*   channel.close()
* })
* assert.equal(watch.report(), '')
* watch.stop()
* ```
*/
declare const watchFibers: (options?: WatchOptions) => FiberWatch;
export { Cancelled, Computation, type Events, Fiber, type FiberWatch, type Handler, Local, type Outcome, type Packed, type Polled, Poller, type RandomOptions, type SelectAsked, type Suspension, Trigger, type Wait, type WaitView, type WatchOptions, type WatchedScope, type WatchedWait, type Within, begin, fifo, parked, random, trySuspend, unsuspend, watchFibers };