// Generated from js/ by `npm run dts`. Do not edit.
/// <reference lib="esnext.disposable" />

import { Cancelled, Fiber, Within } from "./effect.js";
/** What answers where nobody handles an effect. */
type Otherwise<Payload, Result> = (payload: Payload) => Result | PromiseLike<Result>;
/**
* Something that can be performed: made by {@link effect}, told apart by identity, so two of one name are two.
*
* @example
* ```ts
* import { effect } from 'rumpus/handlers'
* import assert from 'node:assert/strict'
*
* const ask = effect<void, string>('ask')
* assert.equal(ask.name, 'ask')
* ```
*/
declare class Effect<Payload, Result> {
  /** For people: it stands in errors. */
  readonly name: string;
  /** What answers where nobody handles it. */
  readonly otherwise: Otherwise<Payload, Result> | undefined;
  /** For the compiler alone: who performs it and who answers it must mean the same. */
  protected readonly types: (payload: Payload, result: Result) => [Payload, Result];
  constructor(name: string, otherwise: Otherwise<Payload, Result> | undefined);
}
/**
* Declares an effect: `Payload` is what is handed over when it is performed, `Result` what comes back.
*
* For what code needs and should not choose: the time, the network, where a log goes, whether to go on after an error. Where one
* value is handed down and never asked anything, a `Local` is less.
*
* @param name - stands in errors
* @param otherwise - answers where nobody handles it; without it, performing it there is an error
* @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`
* @example
* ```ts
* import { effect, handle, on } from 'rumpus/handlers'
* import assert from 'node:assert/strict'
*
* const now = effect<void, number>('now', () => Date.now())
* const age = (fx, bornAt) => fx.perform(now).then((at) => at - bornAt)
* assert.equal(await handle((fx) => age(fx, 40), [on(now, () => 100)]), 60)
* assert(await handle((fx) => age(fx, 40), []) > 60) // nobody handles it: the clock of the machine
* ```
*/
declare const effect: <Payload = void, Result = void>(name: string, otherwise?: (payload: Payload) => Result | PromiseLike<Result>) => Effect<Payload, Result>;
/**
* Runs `act` and answers what it answers; the free {@link perform} in whatever it calls and awaits performs by the handlers of
* `within`, and every `handle` in there is found by it too.
*
* For code that cannot be given an `fx`: somebody else's, or what is under test. Where you can hand it on, do: once this has been
* called, every promise of the thread is dearer on Node 20, whether it has to do with this or not, and engines without
* `AsyncLocalStorage` have no `ambient`. What performs hears of the cancellation of `within`, not of a fiber's that was forked in
* there; give `ambient` that fiber.
*
* @param within - the fx, fiber or scope
* @param act - begins at once
* @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`, RumpusError `ERR_RUMPUS_NO_AMBIENT` where the engine cannot do it
* @example
* ```ts
* import { ambient, effect, handle, on, perform } from 'rumpus/handlers'
* import assert from 'node:assert/strict'
*
* const now = effect<void, number>('now', () => Date.now())
* const greeting = async () => ((await perform(now)) < 12 ? 'good morning' : 'good day') // knows of no fx
*
* const said = await ambient(() => handle(() => greeting(), [on(now, () => 9)]))
* assert.equal(said, 'good morning')
* ```
*/
declare function ambient<T>(within: Within, act: () => T): T;
/**
* The same with what is ambient already, or with a fiber of its own that has no handlers yet.
*
* @param act - begins at once
* @throws what `ambient` with a fiber throws
*/
declare function ambient<T>(act: () => T): T;
/**
* Performs as `fx.perform` does, by the fx that is ambient here. Where nothing is, an effect is answered by its own `otherwise`, or
* is an error.
*
* @param effect - what is asked
* @param payload - what it is asked with
* @throws as `fx.perform`
* @example
* ```ts
* import { effect, perform } from 'rumpus/handlers'
* import assert from 'node:assert/strict'
*
* const [now, ask] = [effect<void, number>('now', () => 12), effect<void, string>('ask')]
* assert.equal(await perform(now), 12)
* await assert.rejects(perform(ask), { code: 'ERR_RUMPUS_UNHANDLED' })
* ```
*/
declare function perform<Payload, Result>(effect: Effect<Payload, Result>, payload: Payload): Promise<Result>;
/**
* The same for an effect that is asked with nothing.
*
* @param effect - what is asked
* @throws as `fx.perform`
*/
declare function perform<Result>(effect: Effect<void, Result>): Promise<Result>;
/**
* What a body has in hand: performs effects, and has the fiber in which it does. What takes a fiber or a scope takes it too.
*
* One strand, one fx, as with fibers: a child that was forked has its own, `fxOf(fiber)`.
*
* @example
* ```ts
* import { effect, handle, on } from 'rumpus/handlers'
* import assert from 'node:assert/strict'
*
* const double = effect<number, number>('double')
* const eight = await handle(
*   async (fx) => fx.perform(double, await fx.perform(double, 2)),
*   [on(double, (n) => 2 * n)],
* )
* assert.equal(eight, 8)
* ```
*/
interface Fx extends Within {
  /** The fiber in which it performs: for what waits, and for scopes. */
  readonly fiber: Fiber;
  /**
  * Asks whoever handles `effect`, the nearest outside first, and answers what that answers.
  *
  * It hears of a cancellation where it waits: in what the clause waits for, and while a clause of `control` has not decided.
  * Rejects with what the clause throws, with that cancellation, with RumpusError `ERR_RUMPUS_UNHANDLED` if nobody handles it,
  * and with `ERR_RUMPUS_HANDLER_OVER` if the body of that handler is over.
  *
  * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT` for what is no effect
  */
  perform<Result>(effect: Effect<void, Result>): Promise<Result>;
  /** The same for an effect that is asked with something. */
  perform<Payload, Result>(effect: Effect<Payload, Result>, payload: Payload): Promise<Result>;
}
declare const UNSEEN: unique symbol;
/** An answer that a clause hands on without looking at it. */
interface Unseen {
  readonly [UNSEEN]: true;
}
/**
* The rest of a body, from the place on where it performed: what a clause of `control` decides about. It is decided once.
*
* Each of the three answers what the handler comes to, so return it. Returned as it is, by a function that is not async, it takes no
* memory, however often that happens.
*
* @example
* ```ts
* import { control, effect, handle } from 'rumpus/handlers'
* import assert from 'node:assert/strict'
*
* const divide = async (fx, a, b) => (b === 0 ? fx.perform(impossible, a) : a / b)
* const impossible = effect<number, number>('impossible')
* const sum = (clause) => handle(async (fx) => 1 + (await divide(fx, 5, 0)), [control(impossible, clause)])
* assert.equal(await sum((a, k) => k.resume(0)), 1)
* assert.equal(await sum((a, k) => k.abort('no sum')), 'no sum')
* await assert.rejects(sum((a, k) => k.throw(new Error(`${a} by nothing`))), /5 by nothing/)
* ```
*/
interface Continuation<Result, Answer = Unseen> {
  /**
  * Goes on: `perform` answers `value`. Answers what the handler comes to, so code behind `await k.resume(…)` runs when the rest has
  * run, and may change the answer; give `Continuation` its second type to look at it.
  *
  * @throws RumpusError `ERR_RUMPUS_RESUMED` if the rest was resumed before, `ERR_RUMPUS_ABORTED` if it was aborted
  */
  resume(value: Result): PromiseLike<Answer>;
  /** Goes on with an error: `perform` rejects with it, and the body may catch it. Otherwise as `resume`. */
  throw(error: unknown): PromiseLike<Answer>;
  /**
  * Ends the body: `perform` rejects with {@link Aborted}, its `finally` blocks run. Answers `answer` when the body is over; rejects
  * with what it threw instead, and with RumpusError `ERR_RUMPUS_SWALLOWED` if it caught the end and went on. Throws as `resume`.
  */
  abort<Given>(answer: Given): PromiseLike<Given>;
}
/** How a clause answers: what it returns is the answer, or it decides about the rest. */
type Kind = "on" | "control";
/** A clause of whatever types. */
interface AnyClause {
  /** How it answers. */
  readonly kind: Kind;
  /** What it answers. */
  readonly effect: {
    readonly name: string;
  };
  readonly act: (payload: never, ...given: never[]) => unknown;
}
/**
* How one effect is answered: made by `on` or `control`, given to `handle`. `Out` is what it may make the handler come to, `In` what it
* wants the rest to come to.
*/
declare class Clause<Out, In> implements AnyClause {
  readonly kind: Kind;
  readonly effect: {
    readonly name: string;
  };
  /** For handlers: what is called. */
  readonly act: (payload: never, ...given: never[]) => unknown;
  /** For the compiler alone. */
  protected readonly types: (rest: In) => Out;
  constructor(kind: Kind, effect: {
    readonly name: string;
  }, act: (payload: never, ...given: never[]) => unknown);
}
/**
* Answers an effect by a function: what it returns, now or later, is what `perform` answers; what it throws, `perform` throws.
*
* For nearly everything: a clock, a store, a log, a mock. It runs as a part of the code that performs, and is cancelled with it. Its
* `fx` is what is outside of its handler, so performing the same effect there hands it on. To end the body, or to look at what it
* comes to, use {@link control}.
*
* @param effect - what it answers
* @param answer - is given the payload, and the fx outside
* @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`
* @example
* ```ts
* import { effect, handle, on } from 'rumpus/handlers'
* import assert from 'node:assert/strict'
*
* const log = effect<string>('log')
* const lines = []
* await handle(
*   (outside) =>
*     handle(outside, (fx) => fx.perform(log, 'hello'), [on(log, (line, fx) => fx.perform(log, line.toUpperCase()))]),
*   [on(log, (line) => void lines.push(line))],
* )
* assert.deepEqual(lines, ['HELLO'])
* ```
*/
declare const on: <Payload, Result>(effect: Effect<Payload, Result>, answer: (payload: Payload, fx: Fx) => Result | PromiseLike<Result>) => Clause<never, unknown>;
/**
* Answers an effect by deciding about the rest of the body: `k.resume`, `k.throw` or `k.abort`, once, before the clause is over. What
* the clause returns is what the handler comes to, so `return k.resume(…)` leaves it as it is.
*
* It runs outside of the body, in a fiber of its own, `fx.fiber`, under what the handler was called in. When the code that performs is
* cancelled before the decision, that fiber is cancelled too, and what is decided then changes nothing. What it throws is what the
* handler rejects with, after the body was ended.
*
* @param effect - what it answers
* @param clause - is given the payload, the rest of the body, and the fx outside
* @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`
* @example
* ```ts
* import { control, effect, handle } from 'rumpus/handlers'
* import assert from 'node:assert/strict'
*
* const item = effect<string>('item')
* const three = async (fx) => {
*   for (const name of ['a', 'b', 'c']) await fx.perform(item, name)
* }
* const collected = handle(three, [control(item, async (name, k) => [name, ...(await k.resume())])], { return: () => [] })
* assert.deepEqual(await collected, ['a', 'b', 'c'])
* ```
*/
declare const control: <Payload, Result, Returned, Answer = Unseen>(effect: Effect<Payload, Result>, clause: (payload: Payload, k: Continuation<Result, Answer>, fx: Fx) => Returned) => Clause<Awaited<Returned>, Answer>;
/** Clauses of whatever types, as `handle` takes them. */
type Clauses = readonly AnyClause[];
/** What `handle` does with the end of a body that was not ended by a clause. */
interface HandleOptions<Value, Returned, Handled> {
  /** What the body returns becomes what this answers. */
  readonly return?: (value: Value, fx: Fx) => Returned | PromiseLike<Returned>;
  /** What the body throws becomes what this answers. A cancellation passes it by. */
  readonly error?: (error: unknown, fx: Fx) => Handled | PromiseLike<Handled>;
}
type OutOf<One> = One extends Clause<infer Out, never> ? Out : never;
/** What the clauses may make a handler come to. */
type Given<All extends Clauses> = Exclude<OutOf<All[number]>, Unseen>;
/** Holds if every clause that looks at the answer of the rest wants one that the handler may come to. */
type Fits<All, Answer> = [All] extends [readonly Clause<unknown, Answer & Unseen>[]] ? unknown : "a clause wants the rest to come to something else than this handler does";
/**
* Runs `body` and answers what it returns; what it performs meanwhile is answered by `clauses`, and what they do not answer by who is
* outside. That holds for all the body calls and awaits, and for the fibers that it forks, each by `fxOf` of its own.
*
* Where one function is handed down to one other, an argument is less. The handler is over when the body, its clauses and what
* they decided are; what outlives the body can no longer perform there.
*
* @param within - the fiber, scope or fx whose cancellation is the body's too
* @param body - begins at once
* @param clauses - made by `on` and `control`, one for an effect
* @param options - what becomes of its value, or its error
* @throws at the call TypeError `ERR_RUMPUS_BAD_ARGUMENT`; rejects with what the body throws, with what a clause of `control` throws,
* with RumpusError `ERR_RUMPUS_UNDECIDED` for one that neither resumed nor threw nor aborted, with `ERR_RUMPUS_SWALLOWED` for a body
* that went on after it was aborted
* @example
* ```ts
* import { effect, handle, on } from 'rumpus/handlers'
* import assert from 'node:assert/strict'
*
* const get = effect<void, number>('get')
* const put = effect<number>('put')
* const count = async (fx) => fx.perform(put, 1 + (await fx.perform(get)))
*
* let state = 41
* const answer = await handle(count, [on(get, () => state), on(put, (n) => void (state = n))], { return: () => state })
* assert.equal(answer, 42)
* ```
*/
declare function handle<T, All extends Clauses, Returned = T, Handled = never>(within: Within, body: (fx: Fx) => T | PromiseLike<T>, clauses: All & Fits<All, Returned | Handled | Given<All>>, options?: HandleOptions<T, Returned, Handled>): Promise<Returned | Handled | Given<All>>;
/**
* The same for ordinary code, which has no fiber: in one of its own.
*
* @param body - begins at once
* @param clauses - made by `on` and `control`, one for an effect
* @param options - what becomes of its value, or its error
* @throws what `handle` with a fiber throws
*/
declare function handle<T, All extends Clauses, Returned = T, Handled = never>(body: (fx: Fx) => T | PromiseLike<T>, clauses: All & Fits<All, Returned | Handled | Given<All>>, options?: HandleOptions<T, Returned, Handled>): Promise<Returned | Handled | Given<All>>;
/**
* The fx of a fiber: performs for its strand, by the handlers in which it was forked. For a child of a scope; a body has its `fx`.
*
* @param within - the fiber, or what has one
* @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`
* @example
* ```ts
* import { effect, fxOf, handle, on } from 'rumpus/handlers'
* import { map } from 'rumpus/structured'
* import assert from 'node:assert/strict'
*
* const price = effect<string, number>('price')
* const prices = (fx, names) => map(fx, names, (name, fiber) => fxOf(fiber).perform(price, name))
* assert.deepEqual(await handle((fx) => prices(fx, ['a', 'bb']), [on(price, (name) => name.length)]), [1, 2])
* ```
*/
declare const fxOf: (within: Within) => Fx;
/**
* What `perform` rejects with when the clause has ended the body by `abort`, or could not decide. A {@link Cancelled}: let it pass.
* Everything that one handler ends throws the same object.
*
* @example
* ```ts
* import { Aborted, control, effect, handle } from 'rumpus/handlers'
* import assert from 'node:assert/strict'
*
* const stop = effect<void, never>('stop')
* let seen
* const body = async (fx) => {
*   try {
*     await fx.perform(stop)
*   } catch (error) {
*     seen = error
*     throw error
*   }
* }
* assert.equal(await handle(body, [control(stop, (_, k) => k.abort('stopped'))]), 'stopped')
* assert(seen instanceof Aborted)
* ```
*/
declare class Aborted extends Cancelled {
  constructor(effect: string);
}
export { Aborted, type Clause, type Continuation, type Effect, type Fx, type HandleOptions, type Unseen, ambient, control, effect, fxOf, handle, on, perform };