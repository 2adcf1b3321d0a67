// Local: a place for a value that each fiber has for itself. Owns its identity; the values are the fibers'.

/**
 * A place for a value that each fiber has for itself; a fiber that is forked begins with the values of its parent.
 *
 * For what belongs to a whole request, a trace or a user, and would otherwise be an argument of everything. For state that is
 * shared use a variable.
 *
 * @example
 * ```ts
 * import { fifo, Local } from 'rumpus/effect'
 * import assert from 'node:assert/strict'
 *
 * const user = new Local('nobody')
 * const fiber = fifo.current()
 * fiber.set(user, 'ada')
 * assert.equal(await fiber.fork((child) => child.get(user)), 'ada')
 * assert.equal(fifo.current().get(user), 'nobody')
 * ```
 */
export class Local<T> {
  /** Its value where none was set. */
  readonly initial: T

  constructor(initial: T) {
    this.initial = initial
  }
}
