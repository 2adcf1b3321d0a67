// What goes wrong with effects, and the end of a body, as errors. Owns their texts and codes.

import { Cancelled } from '../effect/cancelled.ts'
import { RumpusError } from '../errors.ts'

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
export class Aborted extends Cancelled {
  constructor(effect: string) {
    super(effect)
    this.message = `the body was ended by who handles the effect ${effect}`
  }
}

/** Nobody handles it, and it has no answer of its own. */
export const unhandled = (effect: string, where = ''): RumpusError =>
  new RumpusError('ERR_RUMPUS_UNHANDLED', `nobody handles the effect ${effect}${where}`)

/** Performed by something that outlived the body. */
export const handlerOver = (effect: string): RumpusError =>
  new RumpusError('ERR_RUMPUS_HANDLER_OVER', `perform needs a handler whose body runs: that of ${effect} is over`)

/** A second decision. */
export const decidedTwice = (effect: string, verb: string, aborted: boolean): RumpusError =>
  aborted
    ? new RumpusError('ERR_RUMPUS_ABORTED', `${verb} needs a rest that was not decided: that of ${effect} was aborted`)
    : new RumpusError('ERR_RUMPUS_RESUMED', `${verb} needs a rest that was not decided: that of ${effect} was resumed`)

/** No decision. */
export const undecided = (effect: string): RumpusError =>
  new RumpusError(
    'ERR_RUMPUS_UNDECIDED',
    `the clause for ${effect} is over and has not decided: wanted one of k.resume, k.throw, k.abort`,
  )

/** The body went on after it was ended. */
export const swallowed = (aborted: Aborted): RumpusError =>
  new RumpusError('ERR_RUMPUS_SWALLOWED', 'the body caught its own end and went on: let Aborted pass', {
    cause: aborted,
  })
