// Values of another realm: a test runner (Jest) or `node:vm` gives a program globals of its own, and Node's own objects and errors
// come from outside of those. Knows built-in classes by what they are; asked only where a value is of no class of this realm.

const { toString: tagOf } = Object.prototype

/** Whether a value is an error, of whatever realm. Never throws: a proxy that will not be looked at is none. */
export const isError = (value: unknown): value is Error => {
  try {
    return looksLikeError(value)
  } catch {
    return false
  }
}

const looksLikeError = (value: unknown): boolean =>
  value instanceof Error ||
  // The language itself says so of what has a stack, unless the object has its own say.
  (typeof value === 'object' &&
    value !== null &&
    tagOf.call(value) === '[object Error]' &&
    !(Symbol.toStringTag in value))

/** Whether `prototype` is that of the built-in class `name` of any realm; a class of a user's with that name is none. */
export const isBuiltIn = (prototype: object, name: string): boolean => {
  const Class: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value
  return (
    typeof Class === 'function' &&
    Class.prototype === prototype &&
    Function.prototype.toString.call(Class) === `function ${name}() { [native code] }`
  )
}

/** Whether objects with this prototype are plain ones, of whatever realm. */
export const isPlain = (prototype: object | null): boolean =>
  prototype === Object.prototype ||
  prototype === null ||
  (Object.getPrototypeOf(prototype) === null && isBuiltIn(prototype, 'Object'))
