// scope, openScope, protect: the ways into a scope, strict or not, and the one past a cancellation. Owns that every way out leaves the fiber as
// it was.

import { Computation } from '../effect/computation.ts'
import type { Within } from '../effect/fiber.ts'
import { fiberIn } from '../effect/within.ts'
import { badArgument } from '../errors.ts'
import { checkScope, fiberWithin, NO_OPTIONS, Nursery, type Scope, type ScopeOptions } from './scope.ts'
import { runStrict, type StrictOptions, type StrictScope } from './strict.ts'

/**
 * Runs `body` and answers what it returns, once everything that was forked in it is done: children are joined or cancelled, never
 * lost.
 *
 * When the body or a child throws, all others are cancelled and waited for; then the scope rejects with that error, or with an
 * `AggregateError` of all that were thrown. A cancellation is no error: cancelled from outside, the scope rejects with the
 * `Cancelled` that its parent has; a body that returns although it was cancelled has its value kept. The wait for children
 * is never cancelled, and neither are releases. For a loop over many things, `map` is simpler; for a few functions, `all`.
 *
 * @param within - the fiber, or the scope, whose cancellation is this one's too; `fiberOf(self)` in a process
 * @param body - runs at once, in that fiber
 * @param options - a time limit, a signal
 * @throws at the call TypeError `ERR_RUMPUS_BAD_ARGUMENT`, RangeError `ERR_RUMPUS_OUT_OF_RANGE`; rejects with what is said above,
 * with TimeoutError `ERR_RUMPUS_TIMEOUT`, and with RumpusError `ERR_RUMPUS_NOT_NESTED` if one fiber opened two scopes at a time
 * @example
 * ```ts
 * import { scope } from 'rumpus/structured'
 * import assert from 'node:assert/strict'
 *
 * const fetchUser = async () => 'user'
 * const fetchOrders = async (signal) => ['order']
 * const both = await scope(async (scope) => {
 *   const a = scope.fork(() => fetchUser())
 *   const b = scope.fork((fiber) => fetchOrders(fiber.signal))
 *   return [await a, await b]
 * }, { timeout: 2_000 })
 * assert.deepEqual(both, ['user', ['order']])
 * ```
 */
export function scope<T>(within: Within, body: (scope: Scope) => T | PromiseLike<T>, options?: ScopeOptions): Promise<T>
/**
 * The same for ordinary code, which has no fiber: in one of its own.
 *
 * @param body - runs at once, in that fiber
 * @param options - a time limit, a signal
 * @throws what `scope` with a fiber throws
 */
export function scope<T>(body: (scope: Scope) => T | PromiseLike<T>, options?: ScopeOptions): Promise<T>
/**
 * The same, strict: the body owes each child an `await` or a `cancel`. See {@link StrictScope}.
 *
 * @param within - the fiber or scope
 * @param body - runs at once, in that fiber
 * @param options - `strict`, a time limit, a signal
 * @throws what `scope` throws; rejects with {@link StillHasChildren} if the body has returned and owes a child something
 */
export function scope<T>(
  within: Within,
  body: (scope: StrictScope) => T | PromiseLike<T>,
  options: StrictOptions,
): Promise<T>
/**
 * The same for ordinary code, in a fiber of its own.
 *
 * @param body - runs at once, in that fiber
 * @param options - `strict`, a time limit, a signal
 * @throws what a strict `scope` with a fiber throws
 */
export function scope<T>(body: (scope: StrictScope) => T | PromiseLike<T>, options: StrictOptions): Promise<T>
export function scope(...given: unknown[]): Promise<unknown> {
  const [within, body, options = NO_OPTIONS] = (typeof given[0] === 'function' ? [undefined, ...given] : given) as [
    Within | undefined,
    (scope: unknown) => unknown,
    (ScopeOptions & Partial<StrictOptions>)?,
  ]
  if (within === null || (within === undefined && typeof given[0] !== 'function')) {
    fiberIn(within as never)
  }
  if (typeof body !== 'function') throw badArgument(TypeError, 'body', 'a function', body)
  checkScope(options)
  return (isStrict(options) ? runStrict : runIn)(fiberWithin(within), body, options)
}

const isStrict = (options: object): boolean => {
  const { strict = false } = options as { strict?: unknown }
  if (typeof strict !== 'boolean') throw badArgument(TypeError, 'options.strict', 'true or false', strict)
  return strict
}

const runIn = async (
  fiber: ReturnType<typeof fiberWithin>,
  body: (scope: Scope) => unknown,
  options: ScopeOptions,
): Promise<unknown> => {
  const nursery = new Nursery(fiber, options)
  let value: unknown
  try {
    value = await body(nursery)
  } catch (error) {
    await nursery.end(true, error)
  }
  await nursery.end(false)
  return value
}

/**
 * Opens a scope for the rest of a block: `await using`. Its end cancels what still runs, waits for that, and releases; to have
 * children finish instead, `await scope.join()` at the end of the block. Rejects as `scope` does.
 *
 * Prefer {@link scope}: it knows whether its body has failed, and joins by itself.
 *
 * @param within - as for `scope`
 * @param options - as for `scope`
 * @throws the cancellation of the fiber; TypeError `ERR_RUMPUS_BAD_ARGUMENT`, RangeError `ERR_RUMPUS_OUT_OF_RANGE`
 * @example
 * ```ts
 * import { fifo } from 'rumpus/effect'
 * import { openScope } from 'rumpus/structured'
 * import assert from 'node:assert/strict'
 *
 * const scope = openScope(fifo.current()) // where the language has it: await using scope = …
 * const order = []
 * try {
 *   scope.onRelease(() => order.push('released'))
 *   scope.fork(async (fiber) => {
 *     await fiber.sleep(1)
 *     order.push('child')
 *   })
 *   await scope.join()
 * } finally {
 *   await scope[Symbol.asyncDispose]()
 * }
 * assert.deepEqual(order, ['child', 'released'])
 * ```
 */
export const openScope = (within?: Within, options: ScopeOptions = NO_OPTIONS): Scope => {
  checkScope(options)
  if (isStrict(options)) {
    throw badArgument(TypeError, 'options.strict', 'left out: only `scope` knows whether its body has failed', true)
  }
  return new Nursery(fiberWithin(within), options)
}

/**
 * Runs `act` where no cancellation from outside is heard, and answers what it answers. For what must be whole: a commit, a
 * goodbye. The cancellation is kept, and heard by the next wait behind it; a scope that is opened in `act` is cancelled by its
 * own errors and times, as ever.
 *
 * @param within - the fiber or scope
 * @param act - what to do
 * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`
 * @example
 * ```ts
 * import { fifo } from 'rumpus/effect'
 * import { protect } from 'rumpus/structured'
 * import assert from 'node:assert/strict'
 *
 * const fiber = fifo.current()
 * fiber.computation.cancel(new Error('stop'))
 * await protect(fiber, () => fiber.sleep(1)) // sleeps
 * await assert.rejects(fiber.sleep(1)) // hears
 * ```
 */
export const protect = <T>(within: Within, act: () => T | PromiseLike<T>): Promise<T> => {
  const fiber = fiberWithin(within)
  if (typeof act !== 'function') throw badArgument(TypeError, 'act', 'a function', act)
  return shield(fiber, act)
}

const shield = async <T>(fiber: ReturnType<typeof fiberWithin>, act: () => T | PromiseLike<T>): Promise<T> => {
  const { computation, forbidden } = fiber
  fiber.computation = new Computation<never>()
  fiber.forbidden = false
  try {
    return await act()
  } finally {
    fiber.computation = computation
    fiber.forbidden = forbidden
  }
}
