// on, control: the two ways in which an effect is answered. Owns what a clause must be.

import { badArgument } from '../errors.ts'
import { Effect } from './effect.ts'
import { Clause, type Continuation, type Fx, type Unseen } from './shapes.ts'

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
export const on = <Payload, Result>(
  effect: Effect<Payload, Result>,
  answer: (payload: Payload, fx: Fx) => Result | PromiseLike<Result>,
): Clause<never, unknown> => {
  checkEffect(effect)
  if (typeof answer !== 'function') throw badArgument(TypeError, 'answer', 'a function', answer)
  return new Clause<never, unknown>('on', effect, answer)
}

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
export const control = <Payload, Result, Returned, Answer = Unseen>(
  effect: Effect<Payload, Result>,
  clause: (payload: Payload, k: Continuation<Result, Answer>, fx: Fx) => Returned,
): Clause<Awaited<Returned>, Answer> => {
  checkEffect(effect)
  if (typeof clause !== 'function') throw badArgument(TypeError, 'clause', 'a function', clause)
  return new Clause<Awaited<Returned>, Answer>('control', effect, clause)
}

const checkEffect = (effect: unknown): void => {
  if (!(effect instanceof Effect)) throw badArgument(TypeError, 'effect', 'what `effect` answers', effect)
}
