// Cancelled: what a wait throws when its fiber has been cancelled. Owns the one rule by which a cancellation is told from an
// error: there is one object of it for a whole tree, so whoever catches it knows whose it is by identity.

import { AbortError } from '../errors.ts'

/**
 * Thrown by what waits when the fiber that waits has been cancelled; `cause` is the reason that was given. An {@link AbortError},
 * so code that knows Node's convention understands it.
 *
 * Let it pass. Everything below one cancellation throws the same object, so a scope knows its own by identity; who makes one by
 * hand and throws it has thrown an error.
 *
 * @example
 * ```ts
 * import { Cancelled, Computation, fifo } from 'rumpus/effect'
 * import assert from 'node:assert/strict'
 *
 * const fiber = fifo.current()
 * fiber.computation.cancel(new Error('enough'))
 * await assert.rejects(fiber.sleep(1000), (error) => error instanceof Cancelled && error.cause.message === 'enough')
 * ```
 */
export class Cancelled extends AbortError {
  constructor(reason: unknown) {
    super(reason, 'the fiber was cancelled')
  }
}
