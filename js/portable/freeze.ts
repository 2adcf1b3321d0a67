// Freezing what others are about to share, as deep as it would cross. What JavaScript cannot freeze stays as it is: the entries
// of a Map or a Set, binary data, a Date, a RegExp. A proxy cannot be told from what it stands for: it is asked like that.

import { registrationOf } from '../kernel/codec/registered.ts'
import { isMap, isSet } from './brands.ts'

/** Freezes `value` and all that crosses with it. */
export const freezeDeep = (value: unknown): void => {
  const seen = new Set<object>()
  const todo: unknown[] = [value]
  while (todo.length > 0) {
    const next = todo.pop()
    if (typeof next !== 'object' || next === null || seen.has(next)) continue
    seen.add(next)
    if (isMap(next)) for (const [key, item] of next) todo.push(key, item)
    else if (isSet(next)) todo.push(...next)
    else if (freezes(next)) {
      // Getters are not asked.
      for (const key of Reflect.ownKeys(next)) todo.push(Object.getOwnPropertyDescriptor(next, key)?.value)
      try {
        Object.freeze(next)
      } catch {
        // A proxy may refuse.
      }
    }
  }
}

/** Whether it is of a kind that crosses and can be frozen. Others, inside an instance of a registered class, are not ours. */
const freezes = (value: object): boolean => {
  if (Array.isArray(value) || value instanceof Error || registrationOf(value) !== undefined)
    return !ArrayBuffer.isView(value)
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
