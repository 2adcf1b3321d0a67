// What a body and a clause are given, as types. Owns the words for them: fx, continuation, clause.

import type { Fiber, Within } from '../effect/fiber.ts'
import type { Effect } from './effect.ts'

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
export interface Fx extends Within {
  /** The fiber in which it performs: for what waits, and for scopes. */
  readonly fiber: Fiber
  /**
   * Asks whoever handles `effect`, the nearest outside first, and answers what that answers.
   *
   * It hears of a cancellation where it waits: in what the clause waits for, and while a clause of `control` has not decided.
   * Rejects with what the clause throws, with that cancellation, with RumpusError `ERR_RUMPUS_UNHANDLED` if nobody handles it,
   * and with `ERR_RUMPUS_HANDLER_OVER` if the body of that handler is over.
   *
   * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT` for what is no effect
   */
  perform<Result>(effect: Effect<void, Result>): Promise<Result>
  /** The same for an effect that is asked with something. */
  perform<Payload, Result>(effect: Effect<Payload, Result>, payload: Payload): Promise<Result>
}

declare const UNSEEN: unique symbol

/** An answer that a clause hands on without looking at it. */
export interface Unseen {
  readonly [UNSEEN]: true
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
export interface Continuation<Result, Answer = Unseen> {
  /**
   * Goes on: `perform` answers `value`. Answers what the handler comes to, so code behind `await k.resume(…)` runs when the rest has
   * run, and may change the answer; give `Continuation` its second type to look at it.
   *
   * @throws RumpusError `ERR_RUMPUS_RESUMED` if the rest was resumed before, `ERR_RUMPUS_ABORTED` if it was aborted
   */
  resume(value: Result): PromiseLike<Answer>
  /** Goes on with an error: `perform` rejects with it, and the body may catch it. Otherwise as `resume`. */
  throw(error: unknown): PromiseLike<Answer>
  /**
   * Ends the body: `perform` rejects with {@link Aborted}, its `finally` blocks run. Answers `answer` when the body is over; rejects
   * with what it threw instead, and with RumpusError `ERR_RUMPUS_SWALLOWED` if it caught the end and went on. Throws as `resume`.
   */
  abort<Given>(answer: Given): PromiseLike<Given>
}

/** How a clause answers: what it returns is the answer, or it decides about the rest. */
export type Kind = 'on' | 'control'

/** A clause of whatever types. */
export interface AnyClause {
  /** How it answers. */
  readonly kind: Kind
  /** What it answers. */
  readonly effect: { readonly name: string }
  readonly act: (payload: never, ...given: never[]) => unknown
}

/**
 * How one effect is answered: made by `on` or `control`, given to `handle`. `Out` is what it may make the handler come to, `In` what it
 * wants the rest to come to.
 */
export class Clause<Out, In> implements AnyClause {
  readonly kind: Kind
  readonly effect: { readonly name: string }
  /** For handlers: what is called. */
  readonly act: (payload: never, ...given: never[]) => unknown
  /** For the compiler alone. */
  declare protected readonly types: (rest: In) => Out

  constructor(kind: Kind, effect: { readonly name: string }, act: (payload: never, ...given: never[]) => unknown) {
    this.kind = kind
    this.effect = effect
    this.act = act
  }
}
