// Freezing what others are about to share. Owns how deep that goes: as deep as what would cross. What JavaScript cannot freeze
// stays as it is: the entries of a Map or a Set may still be added to, binary data and a Date changed, a Proxy is left alone.

import { builtin } from '../../builtin.ts'
import { isPlain } from '../realms.ts'
import { registrationOf } from './registered.ts'

const { types } = builtin('node:util')

/** Freezes `value` and all that crosses with it. */
export const freezeDeep = (value: unknown): void => {
  const seen = new Set<object>()
  const todo: unknown[] = [value]
  while (todo.length > 0) {
    const next = todo.pop()
    if (typeof next !== 'object' || next === null || seen.has(next) || types.isProxy(next)) continue
    seen.add(next)
    if (types.isMap(next)) for (const [key, item] of next) todo.push(key, item)
    else if (types.isSet(next)) todo.push(...next)
    else if (freezes(next)) {
      // Getters are not asked.
      for (const key of Reflect.ownKeys(next)) todo.push(Object.getOwnPropertyDescriptor(next, key)?.value)
      Object.freeze(next)
    }
  }
}

/** Whether it is of a kind that crosses and can be frozen. Others, inside an instance of a registered class, are not ours. */
const freezes = (value: object): boolean => {
  if (Array.isArray(value) || types.isNativeError(value) || registrationOf(value) !== undefined)
    return !ArrayBuffer.isView(value)
  return isPlain(Object.getPrototypeOf(value))
}
