// What a value really is, whatever its prototype says: Map, Set, Date, RegExp, by what only they can do. Standard JavaScript
// only. A proxy of one is none.

const answers = (what: () => unknown): boolean => {
  try {
    what()
    return true
  } catch {
    return false
  }
}

export const isMap = (value: object): value is Map<unknown, unknown> =>
  value instanceof Map && answers(() => Map.prototype.has.call(value, undefined))

export const isSet = (value: object): value is Set<unknown> =>
  value instanceof Set && answers(() => Set.prototype.has.call(value, undefined))

export const isDate = (value: object): value is Date =>
  value instanceof Date && answers(() => Date.prototype.getTime.call(value))

const { get: sourceOf } = Object.getOwnPropertyDescriptor(RegExp.prototype, 'source') as { get: () => string }

export const isRegExp = (value: object): value is RegExp =>
  value instanceof RegExp && answers(() => sourceOf.call(value))

/** Whether it is an instance of that very class. */
export const isExactly = <T>(value: object, Class: new (...args: never[]) => T): value is T & object =>
  Object.getPrototypeOf(value) === Class.prototype
