// registerMessage: has instances of a class cross to other schedulers. Owns the checks; who is registered is known to the codec
// (`kernel/codec/registered.ts`).

import { badArgument } from '../errors.ts'
import { crossesAlready } from '../kernel/codec/known.ts'
import { addRegistration, type Registered, registrationAs, registrationWith } from '../kernel/codec/registered.ts'
import { checkOptions, type Names } from '../options.ts'

/** How instances of a class cross. */
export interface MessageOptions<T extends object, V> {
  /** What the class is called on the way, unique in a thread; its own name unless given. Minifiers change that. */
  readonly name?: string
  /** What crosses in place of an instance: anything that can cross. */
  readonly encode: (instance: T) => V
  /** An instance, made of what `encode` answered. */
  readonly decode: (value: V) => T
}

const NAMES: Names<MessageOptions<object, unknown>> = { name: true, encode: true, decode: true }

/**
 * Has instances of `Class` cross to other schedulers, wherever they are in a message, an argument or an exit reason.
 *
 * Call it at the top level of the module that has the class, and have the module of every definition that receives such
 * messages import it: a thread that does not know the class drops the message, counts it as corrupt and says so in a crash
 * report. Subclasses are classes of their own. On one scheduler instances travel by reference anyway. For data without
 * behaviour a plain object is faster and needs none of this.
 *
 * For `define` to accept the class where it has methods, tell the compiler in {@link RegisteredMessages}.
 *
 * @param Class - whose instances
 * @param options - its name and the two functions; what `encode` answers must not lead back to the instance
 * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT` if `Class` is no class, or an option not what it must be
 * @throws RangeError `ERR_RUMPUS_OUT_OF_RANGE` if another class has the name, the class has another name, or crosses already
 * @example
 * ```ts
 * import { define, registerMessage, run, send } from 'rumpus'
 * import assert from 'node:assert/strict'
 *
 * class Money {
 *   constructor(cents) {
 *     this.cents = cents
 *   }
 *   toString() {
 *     return `${(this.cents / 100).toFixed(2)} €`
 *   }
 * }
 * registerMessage(Money, { encode: (money) => money.cents, decode: (cents) => new Money(cents) })
 *
 * const till = define(import.meta.url, 'till', async (self, customer) => {
 *   const { price } = await self.receive()
 *   send(customer, `that is ${price}`)
 * })
 *
 * await run(async (self) => {
 *   send(self.spawn(till, self.pid), { price: new Money(250) })
 *   assert.equal(await self.receive(), 'that is 2.50 €')
 * })
 * ```
 */
export const registerMessage = <T extends object, V>(
  Class: abstract new (...args: never[]) => T,
  options: MessageOptions<T, V>,
): void => {
  const prototype: unknown = typeof Class === 'function' ? Class.prototype : undefined
  if (typeof prototype !== 'object' || prototype === null) throw badArgument(TypeError, 'Class', 'a class', Class)
  checkOptions('options', options, NAMES)
  const { name = Class.name, encode, decode } = options
  if (typeof name !== 'string' || name === '')
    throw badArgument(TypeError, 'options.name', 'a string that is not empty', name)
  for (const [option, value] of Object.entries({ encode, decode }))
    if (typeof value !== 'function') throw badArgument(TypeError, `options.${option}`, 'a function', value)
  if (crossesAlready(prototype)) throw badArgument(RangeError, 'Class', 'a class that does not cross by itself', Class)
  const registered = { name, Class, encode, decode }
  const known = registrationAs(name)
  if (known !== undefined && !isSame(known, registered)) {
    throw badArgument(RangeError, 'options.name', 'a name that no other class is registered under', name)
  }
  const before = registrationWith(prototype)
  if (before !== undefined && before.name !== name) {
    throw badArgument(RangeError, 'options.name', `${JSON.stringify(before.name)}, as before for this class`, name)
  }
  addRegistration(registered)
}

/** Whether both are the same class; loaded twice, a class is two that read alike. */
const isSame = (known: Registered, { Class, encode, decode }: Registered): boolean =>
  known.Class === Class ||
  (String(known.Class) === String(Class) &&
    String(known.encode) === String(encode) &&
    String(known.decode) === String(decode))
