// Effect: something that code asks for by name, and whoever called it answers. Owns the types of the question and of the answer,
// and what stands in for an answer where nobody gives one.

import { badArgument } from '../errors.ts'

/** What answers where nobody handles an effect. */
type Otherwise<Payload, Result> = (payload: Payload) => Result | PromiseLike<Result>

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
export class Effect<Payload, Result> {
  /** For people: it stands in errors. */
  readonly name: string
  /** What answers where nobody handles it. */
  readonly otherwise: Otherwise<Payload, Result> | undefined
  /** For the compiler alone: who performs it and who answers it must mean the same. */
  declare protected readonly types: (payload: Payload, result: Result) => [Payload, Result]

  constructor(name: string, otherwise: Otherwise<Payload, Result> | undefined) {
    this.name = name
    this.otherwise = otherwise
  }
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
export const effect = <Payload = void, Result = void>(
  name: string,
  otherwise?: (payload: Payload) => Result | PromiseLike<Result>,
): Effect<Payload, Result> => {
  if (typeof name !== 'string' || name === '') throw badArgument(TypeError, 'name', 'a word', name)
  if (otherwise !== undefined && typeof otherwise !== 'function') {
    throw badArgument(TypeError, 'otherwise', 'a function', otherwise)
  }
  return new Effect(name, otherwise)
}
