// handle, fxOf: the ways to an fx. Owns the order in which a handler ends: the body, the clause for its end, the clauses that have
// decided, from the last decision to the first.

import { Cancelled } from '../effect/cancelled.ts'
import { Fiber, type Within } from '../effect/fiber.ts'
import { fifo } from '../effect/fifo.ts'
import { badArgument } from '../errors.ts'
import { checkOptions, type Names } from '../options.ts'
import { FRAME, Frame } from './frame.ts'
import { Performer, strandOf } from './performer.ts'
import { type Outcome, outcomeOf } from './rest.ts'
import { type AnyClause, Clause, type Fx, type Unseen } from './shapes.ts'
import { surround, surrounding } from './surroundings.ts'

/** Clauses of whatever types, as `handle` takes them. */
export type Clauses = readonly AnyClause[]

/** What `handle` does with the end of a body that was not ended by a clause. */
export interface HandleOptions<Value, Returned, Handled> {
  /** What the body returns becomes what this answers. */
  readonly return?: (value: Value, fx: Fx) => Returned | PromiseLike<Returned>
  /** What the body throws becomes what this answers. A cancellation passes it by. */
  readonly error?: (error: unknown, fx: Fx) => Handled | PromiseLike<Handled>
}

const NAMES: Names<HandleOptions<unknown, unknown, unknown>> = { return: true, error: true }
const NO_OPTIONS: HandleOptions<unknown, unknown, unknown> = {}

type OutOf<One> = One extends Clause<infer Out, never> ? Out : never
/** What the clauses may make a handler come to. */
export type Given<All extends Clauses> = Exclude<OutOf<All[number]>, Unseen>
/** Holds if every clause that looks at the answer of the rest wants one that the handler may come to. */
export type Fits<All, Answer> = [All] extends [readonly Clause<unknown, Answer & Unseen>[]]
  ? unknown
  : 'a clause wants the rest to come to something else than this handler does'

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
export function handle<T, All extends Clauses, Returned = T, Handled = never>(
  within: Within,
  body: (fx: Fx) => T | PromiseLike<T>,
  clauses: All & Fits<All, Returned | Handled | Given<All>>,
  options?: HandleOptions<T, Returned, Handled>,
): Promise<Returned | Handled | Given<All>>
/**
 * The same for ordinary code, which has no fiber: in one of its own.
 *
 * @param body - begins at once
 * @param clauses - made by `on` and `control`, one for an effect
 * @param options - what becomes of its value, or its error
 * @throws what `handle` with a fiber throws
 */
export function handle<T, All extends Clauses, Returned = T, Handled = never>(
  body: (fx: Fx) => T | PromiseLike<T>,
  clauses: All & Fits<All, Returned | Handled | Given<All>>,
  options?: HandleOptions<T, Returned, Handled>,
): Promise<Returned | Handled | Given<All>>
export function handle(...given: unknown[]): Promise<unknown> {
  const isFree = typeof given[0] === 'function'
  const [within, body, clauses, options = NO_OPTIONS] = (isFree ? [undefined, ...given] : given) as [
    Within | undefined,
    (fx: Fx) => unknown,
    Clauses,
    HandleOptions<unknown, unknown, unknown>?,
  ]
  const base = isFree ? (surrounding()?.fiber ?? fifo.current()) : fiberOf(within)
  if (typeof body !== 'function') throw badArgument(TypeError, 'body', 'a function', body)
  checkClauses(clauses)
  if (options !== NO_OPTIONS) checkHandlers(options)
  return run(base, body, clauses, options)
}

const run = async (
  base: Fiber,
  body: (fx: Fx) => unknown,
  clauses: Clauses,
  options: HandleOptions<unknown, unknown, unknown>,
): Promise<unknown> => {
  const frame = new Frame(base, base.get(FRAME), clauses)
  const fiber = strandOf(base, frame)
  const fx = new Performer(fiber, frame, fiber)
  const outcome = await outcomeOf(() => (surrounding() === undefined ? body(fx) : surround(fx, () => body(fx))))
  return frame.answer(outcome, (end) => finish(end, options, new Performer(base, frame.outer, base)))
}

const finish = (
  outcome: Outcome,
  options: HandleOptions<unknown, unknown, unknown>,
  fx: Fx,
): Outcome | Promise<Outcome> => {
  const { return: onReturn, error: onError } = options
  if (!('error' in outcome)) return onReturn === undefined ? outcome : outcomeOf(() => onReturn(outcome.value, fx))
  const { error } = outcome
  return onError === undefined || error instanceof Cancelled ? outcome : outcomeOf(() => onError(error, fx))
}

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
export const fxOf = (within: Within): Fx => {
  const fiber = fiberOf(within)
  return new Performer(fiber, fiber.get(FRAME), fiber)
}

const fiberOf = (within: Within | undefined): Fiber => {
  const fiber = within?.fiber
  if (fiber instanceof Fiber) return fiber
  throw badArgument(TypeError, 'within', 'a fiber, a scope or an fx', within)
}

const checkClauses = (clauses: Clauses): void => {
  if (!Array.isArray(clauses)) throw badArgument(TypeError, 'clauses', 'an array', clauses)
  const effects = new Set<object>()
  for (const [at, clause] of clauses.entries()) {
    if (!(clause instanceof Clause)) {
      throw badArgument(TypeError, `clauses[${at}]`, 'what `on` or `control` answers', clause)
    }
    if (effects.has(clause.effect)) {
      throw badArgument(TypeError, `clauses[${at}]`, 'the only one for its effect', clause.effect.name)
    }
    effects.add(clause.effect)
  }
}

const checkHandlers = (options: HandleOptions<unknown, unknown, unknown>): void => {
  checkOptions('options', options, NAMES)
  for (const name of ['return', 'error'] as const) {
    const clause: unknown = options[name]
    if (clause !== undefined && typeof clause !== 'function') {
      throw badArgument(TypeError, `options.${name}`, 'a function', clause)
    }
  }
}
