// A value that must not be printed. Owns what every way of showing it shows instead; who needs the value asks for it by name.

import { registerMessage } from '../process/register-message.ts'

const SHOWN = '[secret]'

/**
 * A value that no log, no JSON and no inspector shows: a password out of a configuration. It crosses to other schedulers as what it is,
 * where `rumpus/otp` is imported.
 *
 * For what must reach the one call that needs it. It is not encrypted: whoever has it can {@link Secret.reveal} it.
 *
 * @example
 * ```ts
 * import { Secret } from 'rumpus/otp'
 * import assert from 'node:assert/strict'
 * import { inspect } from 'node:util'
 *
 * const password = new Secret('hunter2')
 * assert.equal(`${password} ${JSON.stringify({ password })} ${inspect(password)}`, '[secret] {"password":"[secret]"} [secret]')
 * assert.equal(password.reveal(), 'hunter2')
 * ```
 */
export class Secret<T = string> {
  readonly #value: T

  constructor(value: T) {
    this.#value = value
  }

  /** The value. */
  reveal(): T {
    return this.#value
  }

  /** `'[secret]'`. */
  toString(): string {
    return SHOWN
  }

  /** `'[secret]'`. */
  toJSON(): string {
    return SHOWN
  }
}

// What `console.log` and the like show.
Object.defineProperty(Secret.prototype, Symbol.for('nodejs.util.inspect.custom'), { value: () => SHOWN })

registerMessage(Secret<unknown>, {
  name: 'rumpus:Secret',
  encode: (secret) => secret.reveal(),
  decode: (value) => new Secret(value),
})
