// Generated from js/ by `npm run dts`. Do not edit.
/// <reference lib="esnext.disposable" />

import { Computation, Fiber, Packed, Within } from "./effect.js";

// js/events/source.d.ts
/**
* One that waits for an event: a branch of a sync, as its source knows it. The first branch of a sync that is given something decides
* it; the others have left by then, and what is tried to give them is not taken.
*
* A source is handed parties; see {@link Source} for when.
*/
interface Party<T> {
  /** Whose sync it is. */
  readonly fiber: Fiber;
  /** Whether it can be given something. A fiber that was cancelled and has not gone on yet can: what it is given is kept. */
  readonly isOpen: boolean;
  /** Decides the sync: this branch is chosen, with `value`. False if it was decided, or given up: then `value` is still yours. */
  tryGive(value: T): boolean;
  /** Decides the sync: this branch is chosen, and fails with `error`. False as above. */
  tryFail(error: unknown): boolean;
  /** Whether the two are branches of one sync, of which only one can be chosen. */
  isRival(other: Party<never>): boolean;
}
/**
* What an event is made of that is not made of others: `new Event(source)` makes one of whatever can call back.
*
* A sync asks all its sources first, in an order of chance, until one gives; only if none did, it stands in line at all of them.
* None of the three may throw, wait, or be slow: they are called where others are being served. Where two parties are to be served
* together or not at all, as in a swap, use a {@link Tx}.
*
* @example
* ```ts
* import { fifo } from 'rumpus/effect'
* import { elapsed, Event, select } from 'rumpus/events'
* import { EventEmitter } from 'node:events'
* import assert from 'node:assert/strict'
*
* const next = (emitter, name) => new Event({
*   poll: () => {}, // an emitter keeps nothing for who comes later
*   wait(party) {
*     const give = (value) => void party.tryGive(value)
*     emitter.once(name, give)
*     return () => emitter.off(name, give)
*   },
* })
* const emitter = new EventEmitter()
* setTimeout(() => emitter.emit('line', 'hello'), 1)
* const heard = await select(fifo.current(), [next(emitter, 'line'), elapsed(60_000)])
* assert.equal(heard, 'hello')
* assert.equal(emitter.listenerCount('line'), 0)
* ```
*/
interface Source<T> {
  /** What it is that is waited for, in words: for who tells why nothing happens any more. */
  readonly what?: string;
  /** Who must go on before anything can be given, all of them, if that is known: of locks, who has them. To find who waits for whom. */
  holders?(): readonly Fiber[];
  /** Gives `party` what is there now, if anything is, at once. */
  poll(party: Party<T>): void;
  /**
  * Nothing was there: keeps `party`, to give it something later. What it answers is called if another branch is chosen, or none: it
  * takes the party away, and does nothing else. It is called, too, while an item of the sync is on its way to another core by a
  * `SharedChannel` that keeps none; if that comes back, the source is polled and waits again.
  */
  wait(party: Party<T>): () => void;
  /** A party was taken away, and all other branches of its sync are: for what must go on behind it. */
  left?(): void;
}
/**
* Something that can be waited for, alone or as one of several: a message, a permit, a time, an answer. Making one does nothing; `sync`
* waits for it, as often as you like, and {@link select} for the first of several.
*
* What `rumpus/sync` waits by has an event that ends in -ing: `channel.receiving()`, `channel.sending(item)`, `mutex.locking()`,
* `semaphore.acquiring()`, `ivar.reading()`, `latch.waiting()`, `barrier.waiting()`, `pool.using(act)`, and `condition.signalled()`. Here are {@link elapsed}, {@link completed}, {@link settled},
* {@link aborted}, {@link always} and {@link never}; `new Event(source)` is for whatever else can call back.
*
* **Exactly one branch commits.** What was not chosen has taken no item, no permit and no lock, and stands in no line. A fiber that is
* cancelled before anything was chosen has taken nothing; what was chosen is kept, also when the fiber is cancelled in the same
* moment. Use `race` of `rumpus/structured` where the things to wait for are code that must run and be cancelled: an event only waits.
*
* @example
* ```ts
* import { fifo } from 'rumpus/effect'
* import { elapsed, select } from 'rumpus/events'
* import { Channel } from 'rumpus/sync'
* import assert from 'node:assert/strict'
*
* const [jobs, news] = [new Channel(8), new Channel(8)]
* news.trySend('hello')
* const fiber = fifo.current()
* const next = () => select(fiber, [
*   jobs.receiving().wrap((job) => `job ${job}`),
*   news.receiving().wrap((text) => `news: ${text}`),
*   elapsed(5).wrap(() => 'nothing'),
* ])
* assert.deepEqual([await next(), await next()], ['news: hello', 'nothing'])
* jobs.trySend(7)
* assert.equal(await next(), 'job 7')
* ```
*/
declare class Event<T> {
  private readonly unfold;
  /**
  * An event of a source of your own.
  *
  * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`
  */
  constructor(source: Source<T>);
  /**
  * Waits until it happens, and answers its value. Rejects with what the event fails with (a channel that is closed, say), with what
  * a guard or a wrap throws, and with the cancellation of the fiber: then nothing was taken.
  *
  * @param within - the fiber or scope
  */
  sync(within: Within): Promise<T>;
  /**
  * The same event with something made of its value, by the fiber that synced it, when it has been chosen: `act` may wait, and what it
  * throws rejects the sync.
  *
  * @param onValue - makes something of the value
  * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`
  */
  wrap<U>(onValue: (value: T, fiber: Fiber) => U | PromiseLike<U>): Event<U>;
  /**
  * The same, and with something made of what the event fails with, or an inner wrap throws: not of the cancellation of the fiber.
  *
  * @param onValue - makes something of the value
  * @param onError - makes something of the error
  * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`
  */
  wrap<U, V>(onValue: (value: T, fiber: Fiber) => U | PromiseLike<U>, onError: (error: unknown, fiber: Fiber) => V | PromiseLike<V>): Event<U | V>;
}
/** What one of `events` gives. */
type Given<E extends readonly Event<unknown>[]> = E[number] extends Event<infer T> ? T : never;
/**
* The first of several, of which only that one happens. Fair: of those that are ready each is as likely as any other, and those that
* are not stand in line, where who came first is first. Of no events it never happens.
*
* @param events - what to choose from; may be choices themselves
* @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`
* @example
* ```ts
* import { fifo } from 'rumpus/effect'
* import { always, choose } from 'rumpus/events'
* import assert from 'node:assert/strict'
*
* const coin = choose([always('heads'), always('tails')])
* const seen = new Set()
* for (let n = 0; n < 60; n++) seen.add(await coin.sync(fifo.current()))
* assert.deepEqual([...seen].sort(), ['heads', 'tails'])
* ```
*/
declare const choose: <const E extends readonly Event<unknown>[]>(events: E) => Event<Given<E>>;
/**
* Waits for the first of several: `choose(events).sync(within)`.
*
* @param within - the fiber or scope
* @param events - what to choose from
* @throws at the call TypeError `ERR_RUMPUS_BAD_ARGUMENT`; rejects as `sync` does
* @example
* ```ts
* import { fifo } from 'rumpus/effect'
* import { elapsed, select } from 'rumpus/events'
* import { Semaphore } from 'rumpus/sync'
* import assert from 'node:assert/strict'
*
* const permits = new Semaphore(1)
* const enter = () => select(fifo.current(), [permits.acquiring().wrap(() => true), elapsed(1).wrap(() => false)])
* assert.deepEqual([await enter(), await enter()], [true, false])
* permits.release() // who came too late has none, and stands in no line
* assert.equal(permits.free, 1)
* ```
*/
declare const select: <const E extends readonly Event<unknown>[]>(within: Within, events: E) => Promise<Given<E>>;
/**
* An event that is made anew by each sync: for one that depends on the moment, as a time that is left, or a request that must be sent.
* All guards of a sync are called before anything is looked at; what one throws rejects the sync.
*
* @param make - answers the event, at once; may send, and must not wait
* @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`
* @example
* ```ts
* import { fifo } from 'rumpus/effect'
* import { elapsed, guard } from 'rumpus/events'
* import assert from 'node:assert/strict'
*
* const due = Date.now() + 20
* const late = guard(() => elapsed(Math.max(0, due - Date.now()))) // however often it is synced
* const fiber = fifo.current()
* await late.sync(fiber)
* await late.sync(fiber)
* assert(Date.now() - due < 5_000)
* ```
*/
declare const guard: <T>(make: (fiber: Fiber) => Event<T>) => Event<T>;
/**
* A guard that hears when its event was not the one: `lost` happens when another branch is chosen, or none because the fiber is
* cancelled or a guard throws. For a request that somebody works on by now, or keeps something for: so they can stop, or take it back.
*
* @param make - answers the event, at once; is given what happens if that is not chosen
* @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`
* @example
* ```ts
* import { fifo } from 'rumpus/effect'
* import { elapsed, select, withNack } from 'rumpus/events'
* import { Channel } from 'rumpus/sync'
* import assert from 'node:assert/strict'
*
* const requests = new Channel(8)
* const ask = withNack((lost) => {
*   const reply = new Channel(0)
*   requests.trySend({ reply, lost })
*   return reply.receiving()
* })
* const fiber = fifo.current()
* const answer = await select(fiber, [ask, elapsed(1).wrap(() => 'too slow')])
* assert.equal(answer, 'too slow')
*
* // Who works on it sends the answer, or hears that nobody wants it any more: never both.
* const { reply, lost } = requests.tryReceive().item
* const sent = await select(fiber, [reply.sending(42).wrap(() => true), lost.wrap(() => false)])
* assert.equal(sent, false)
* ```
*/
declare const withNack: <T>(make: (lost: Event<void>, fiber: Fiber) => Event<T>) => Event<T>;
/**
* Happens at once, with `value`. In a {@link choose} it is as likely as what else is ready: it is no way to look whether something is.
*
* @param value - what it gives
* @example
* ```ts
* import { fifo } from 'rumpus/effect'
* import { always, never, select } from 'rumpus/events'
* import assert from 'node:assert/strict'
*
* assert.equal(await select(fifo.current(), [never, always(1)]), 1)
* ```
*/
declare const always: <T>(value: T) => Event<T>;
/**
* Never happens: for a branch that is off at the moment, and a sync that only a cancellation ends.
*
* @example
* ```ts
* import { fifo } from 'rumpus/effect'
* import { elapsed, never, select } from 'rumpus/events'
* import { Channel } from 'rumpus/sync'
* import assert from 'node:assert/strict'
*
* const [jobs, busy] = [new Channel(1), true]
* jobs.trySend('job')
* const branches = [busy ? never : jobs.receiving(), elapsed(1)]
* assert.equal(await select(fifo.current(), branches), undefined)
* ```
*/
declare const never: Event<never>;
/**
* Happens `ms` milliseconds after its sync began, which is again with each: as a time limit of one wait, or a pause. What is ready
* when the sync begins comes before any time, also before 0. For a limit to several waits, use `scope` with a timeout, or
* {@link completed} of a computation that `cancelAfter` ends.
*
* @param ms - how long, in milliseconds
* @throws RangeError `ERR_RUMPUS_OUT_OF_RANGE`
* @example
* ```ts
* import { fifo } from 'rumpus/effect'
* import { elapsed, select } from 'rumpus/events'
* import { Ivar } from 'rumpus/sync'
* import assert from 'node:assert/strict'
*
* const port = new Ivar()
* const told = await select(fifo.current(), [port.reading(), elapsed(1).wrap(() => 'too late')])
* assert.equal(told, 'too late')
* ```
*/
declare const elapsed: (ms: number) => Event<void>;
/**
* Happens when `computation` is complete: gives what it returned, or fails with its cancellation.
*
* @param computation - what to wait for
* @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`
* @example
* ```ts
* import { Computation, fifo } from 'rumpus/effect'
* import { elapsed, completed, select } from 'rumpus/events'
* import assert from 'node:assert/strict'
*
* const answer = new Computation()
* setTimeout(() => answer.return(42), 1)
* assert.equal(await select(fifo.current(), [completed(answer), elapsed(60_000)]), 42)
* ```
*/
declare const completed: <T>(computation: Computation<T>) => Event<T>;
/**
* Happens when a platform promise settles: gives its value, or fails with its error. That it is not chosen does not stop what it stands
* for: for that, give that a signal, or use `race`. Nobody can look into a promise, so also one that has settled is heard of behind what
* is ready already, the first time.
*
* A promise that is waited for again and again keeps one reaction, where `Promise.race` leaves one behind each time. If it is not
* chosen and rejects, that counts as handled.
*
* @param promise - what to wait for
* @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`
* @example
* ```ts
* import { fifo } from 'rumpus/effect'
* import { elapsed, select, settled } from 'rumpus/events'
* import { readFile } from 'node:fs/promises'
* import assert from 'node:assert/strict'
*
* const text = await select(fifo.current(), [settled(readFile('package.json', 'utf8')), elapsed(60_000)])
* assert.match(text, /rumpus/)
* ```
*/
declare const settled: <T>(promise: PromiseLike<T>) => Event<T>;
/**
* Happens when `signal` is aborted, and gives the reason. To have a sync end with the error instead, cancel its fiber: `scope` takes
* a signal.
*
* @param signal - what to wait for
* @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`
* @example
* ```ts
* import { fifo } from 'rumpus/effect'
* import { aborted, select } from 'rumpus/events'
* import { Channel } from 'rumpus/sync'
* import assert from 'node:assert/strict'
*
* const [jobs, stop] = [new Channel(8), new AbortController()]
* const next = () => select(fifo.current(), [
*   jobs.receiving(),
*   aborted(stop.signal).wrap((reason) => `stopped: ${reason}`),
* ])
* setTimeout(() => stop.abort('enough'), 1)
* assert.equal(await next(), 'stopped: enough')
* ```
*/
declare const aborted: (signal: AbortSignal) => Event<unknown>;
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
declare class Tx {
  private readonly outcomes;
  private readonly gifts;
  private done;
  /**
  * It will return `value` in `computation`.
  *
  * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`, also for one that it completes already, and if it has committed
  */
  return<T>(computation: Computation<T>, value: T): this;
  /**
  * It will cancel `computation`. A reason that is a {@link Cancelled} is handed on as it is.
  *
  * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`, also for one that it completes already, and if it has committed
  */
  cancel(computation: Packed, reason: unknown): this;
  /**
  * It will give `value` to `party`, a branch of a sync that an event source of yours was handed. Two branches of one sync cannot both
  * be chosen: then it does not commit.
  *
  * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`, also for one that it serves already, and if it has committed
  */
  give<T>(party: Party<T>, value: T): this;
  /**
  * Does all that was said, or nothing: false if one of the computations was complete or one of the parties not open, now or ever again.
  * Never waits.
  *
  * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT` if it has committed
  */
  tryCommit(): boolean;
  private isPossible;
  private note;
  private checkOpen;
}
export { Event, type Party, type Source, Tx, aborted, always, choose, completed, elapsed, guard, never, select, settled, withNack };