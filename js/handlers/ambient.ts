// ambient, perform: effects for code that was given no fx. Owns which strand such code performs for: one of its own each time,
// beside the one that was made ambient, so that whatever runs there at the same time is in nobody's way.

import { Fiber, type Within } from '../effect/fiber.ts'
import { fifo } from '../effect/fifo.ts'
import { badArgument } from '../errors.ts'
import type { Effect } from './effect.ts'
import { FRAME } from './frame.ts'
import { Performer, unanswered } from './performer.ts'
import type { Fx } from './shapes.ts'
import { surround, surrounding } from './surroundings.ts'

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
export function ambient<T>(within: Within, act: () => T): T
/**
 * The same with what is ambient already, or with a fiber of its own that has no handlers yet.
 *
 * @param act - begins at once
 * @throws what `ambient` with a fiber throws
 */
export function ambient<T>(act: () => T): T
export function ambient(...given: unknown[]): unknown {
  const isFree = typeof given[0] === 'function'
  const [within, act] = (isFree ? [surrounding() ?? fifo.current(), ...given] : given) as [Within, () => unknown]
  const fiber = within?.fiber
  if (!(fiber instanceof Fiber)) throw badArgument(TypeError, 'within', 'a fiber, a scope or an fx', within)
  if (typeof act !== 'function') throw badArgument(TypeError, 'act', 'a function', act)
  return surround(fxBeside(fiber), act)
}

const fxBeside = (fiber: Fiber): Fx => new Performer(fiber, fiber.get(FRAME), fiber)

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
export function perform<Payload, Result>(effect: Effect<Payload, Result>, payload: Payload): Promise<Result>
/**
 * The same for an effect that is asked with nothing.
 *
 * @param effect - what is asked
 * @throws as `fx.perform`
 */
export function perform<Result>(effect: Effect<void, Result>): Promise<Result>
export function perform(effect: object, payload?: unknown): Promise<unknown> {
  const fx = surrounding()
  if (fx === undefined) return unanswered(effect, payload, ': nothing is ambient here')
  const { fiber } = fx
  return new Performer(fiber, fiber.get(FRAME), undefined).perform(effect as Effect<unknown, unknown>, payload)
}
