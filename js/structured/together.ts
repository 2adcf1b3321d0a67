// all, both, race, any, first: a few functions at the same time, each in a child of one scope. Owns who decides, and what becomes
// of the others: they are cancelled and waited for, always.

import { Cancelled } from '../effect/cancelled.ts'
import type { Fiber, Within } from '../effect/fiber.ts'
import { fiberIn } from '../effect/within.ts'
import { badArgument } from '../errors.ts'
import { combined } from './combined.ts'
import { scope } from './open.ts'
import type { Scope } from './scope.ts'

type Main<T> = (fiber: Fiber) => T | PromiseLike<T>
type Answers<M extends readonly Main<unknown>[]> = {
  -readonly [K in keyof M]: M[K] extends Main<infer T> ? Awaited<T> : never
}
type Answer<M extends readonly Main<unknown>[]> = M[number] extends Main<infer T> ? Awaited<T> : never

// One for all: it is nobody's error, and a stack costs more than a race.
const DECIDED = new Cancelled('another was first')

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
export const all = <const M extends readonly Main<unknown>[]>(within: Within, mains: M): Promise<Answers<M>> => {
  const fiber = fiberIn(within)
  checkMains(mains)
  return scope(fiber, (scope) => Promise.all(mains.map((main) => scope.fork(main)))) as Promise<Answers<M>>
}

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
export const both = <A, B>(within: Within, one: Main<A>, other: Main<B>): Promise<[Awaited<A>, Awaited<B>]> =>
  all(fiberIn(within), checkBoth(one, other)) as Promise<[Awaited<A>, Awaited<B>]>

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
export const race = <const M extends readonly Main<unknown>[]>(within: Within, mains: M): Promise<Answer<M>> => {
  fiberIn(within)
  checkSome(mains)
  let decision: Decision | undefined
  return decide(within, mains, {
    answered: (value, scope) => {
      decision ??= { value }
      scope.cancel(DECIDED)
    },
    threw: (error, scope) => {
      decision ??= { error }
      scope.cancel(DECIDED)
    },
    decision: () => decision,
  }) as Promise<Answer<M>>
}

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
export const any = <const M extends readonly Main<unknown>[]>(within: Within, mains: M): Promise<Answer<M>> => {
  fiberIn(within)
  checkSome(mains)
  let decision: Decision | undefined
  const errors: unknown[] = []
  return decide(within, mains, {
    answered: (value, scope) => {
      decision ??= { value }
      scope.cancel(DECIDED)
    },
    threw: (error) => void errors.push(error),
    // With fewer, the others were cancelled from outside.
    decision: () => decision ?? (errors.length === mains.length ? { error: combined(errors) } : undefined),
  }) as Promise<Answer<M>>
}

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
export const first = <T>(
  within: Within,
  mains: readonly Main<T>[],
  combine: (one: T, other: T) => T = (one) => one,
): Promise<T> => {
  fiberIn(within)
  checkSome(mains)
  if (typeof combine !== 'function') throw badArgument(TypeError, 'combine', 'a function', combine)
  let decision: { value: T } | undefined
  return decide(within, mains, {
    answered: (value, scope) => {
      decision = { value: decision === undefined ? (value as T) : combine(decision.value, value as T) }
      scope.cancel(DECIDED)
    },
    threw: (error, scope) => scope.fail(error),
    decision: () => decision,
  }) as Promise<T>
}

type Decision = { readonly value: unknown } | { readonly error: unknown }

interface Judge {
  answered(value: unknown, scope: Scope): void
  threw(error: unknown, scope: Scope): void
  decision(): Decision | undefined
}

/** Runs `mains` to their end, has `judge` hear each in the order of their ends, and does as it says. */
const decide = async (within: Within, mains: readonly Main<unknown>[], judge: Judge): Promise<unknown> => {
  const { fiber } = within
  let cancellation: Cancelled | undefined
  await scope(fiber, (scope) => {
    const run = async (main: Main<unknown>, mine: Fiber): Promise<void> => {
      let value: unknown
      try {
        value = await main(mine)
      } catch (error) {
        if (error !== mine.computation.cancellation) judge.threw(error, scope)
        else cancellation = error as Cancelled
        return
      }
      judge.answered(value, scope)
    }
    for (const main of mains) scope.fork((mine) => run(main, mine))
  })
  const decision = judge.decision()
  if (decision === undefined) throw cancellation
  if ('error' in decision) throw decision.error
  return decision.value
}

const checkMains = (mains: unknown): void => {
  if (!Array.isArray(mains)) throw badArgument(TypeError, 'mains', 'an array of functions', mains)
  for (const [at, main] of mains.entries()) checkMain(`mains[${at}]`, main)
}

const checkMain = (argument: string, main: unknown): void => {
  if (typeof main !== 'function') throw badArgument(TypeError, argument, 'a function', main)
}

const checkBoth = <A, B>(one: Main<A>, other: Main<B>): [Main<A>, Main<B>] => {
  checkMain('one', one)
  checkMain('other', other)
  return [one, other]
}

const checkSome = (mains: readonly unknown[]): void => {
  checkMains(mains)
  if (mains.length === 0) throw badArgument(TypeError, 'mains', 'an array of at least one function', mains)
}
