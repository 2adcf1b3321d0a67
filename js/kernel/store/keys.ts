// Keys of stores as words, and back. Owns which values are keys, and that equal ones are written alike, bit for bit: Rust compares
// bytes. The format is that of `crates/runtime/src/store_key.rs`. Hot: every look into a store writes a key.

import { badArgument } from '../../errors.ts'
import {
  KEY_ANY,
  KEY_BIGINT,
  KEY_DOUBLE,
  KEY_FALSE,
  KEY_INT,
  KEY_LIST,
  KEY_NARROW,
  KEY_NULL,
  KEY_TRUE,
  KEY_WIDE,
  STORE_ALL,
  STORE_KEY,
  STORE_KEY_MAX,
  STORE_PREFIX,
  STORE_SHAPE,
} from '../../native/layout.ts'
import { double, doubleWords } from '../codec/decoder.ts'

/** A part of a key that is a list. */
export type StoreKeyPart = string | number | bigint | boolean | null

/** What entries of a store stand under. Compared by value; `-0` is `0`. A pid is a number. */
export type StoreKey = string | number | bigint | readonly StoreKeyPart[]

/**
 * In a pattern of keys: whatever part stands there.
 *
 * @example
 * ```ts
 * import { run } from 'rumpus'
 * import { anything, Store } from 'rumpus/otp'
 * import assert from 'node:assert/strict'
 *
 * await run(async (self) => {
 *   const seats = Store.create(self)
 *   seats.put(['hall', 1, 'a'], 'ada').put(['hall', 2, 'a'], 'bob').put(['attic', 1, 'a'], 'eve')
 *   assert.equal(seats.count(['hall', anything, 'a']), 2)
 * })
 * ```
 */
export const anything: unique symbol = Symbol.for('rumpus/anything') as typeof anything

/** Which keys are meant: lists, part by part; or all that begin so, texts or lists. */
export type StorePattern =
  | readonly (StoreKeyPart | typeof anything)[]
  | {
      /** What they begin with: units of a text, or parts of a list. */
      readonly prefix: string | readonly (StoreKeyPart | typeof anything)[]
    }

/** Parts of a list. */
const PARTS_MAX = 64

const WANTED = `a text, a number, a bigint or a list of 1 to ${PARTS_MAX} of these, booleans and null`

/** Writes a key where it is looked for; how many bytes it takes. */
export const writeKey = (words: Int32Array, bytes: Uint8Array, key: unknown): number => {
  const end = typeof key === 'string' ? writeText(words, bytes, STORE_KEY, key) : writeOther(words, bytes, key)
  const length = (end - STORE_KEY) * 4
  if (length > STORE_KEY_MAX) throw tooLong(key)
  return length
}

const writeOther = (words: Int32Array, bytes: Uint8Array, key: unknown): number => {
  switch (typeof key) {
    case 'number':
    case 'bigint':
      return writePart(words, bytes, STORE_KEY, key, key)
    default:
      if (!Array.isArray(key) || key.length === 0) throw badArgument(TypeError, 'key', WANTED, key)
      return writeList(words, bytes, key, false)
  }
}

const writeList = (words: Int32Array, bytes: Uint8Array, list: readonly unknown[], isPattern: boolean): number => {
  const { length } = list
  if (length > PARTS_MAX) throw badArgument(TypeError, 'key', WANTED, `a list of ${length}`)
  words[STORE_KEY] = KEY_LIST | (length << 8)
  let at = STORE_KEY + 1
  for (let i = 0; i < length; i++) {
    const part = list[i]
    if (part === anything && isPattern) words[at++] = KEY_ANY
    else at = writePart(words, bytes, at, part, list)
    if ((at - STORE_KEY) * 4 > STORE_KEY_MAX) throw tooLong(list)
  }
  return at
}

const writePart = (words: Int32Array, bytes: Uint8Array, at: number, part: unknown, key: unknown): number => {
  switch (typeof part) {
    case 'string':
      return writeText(words, bytes, at, part)
    case 'number':
      return writeNumber(words, at, part)
    case 'bigint': {
      const end = writeText(words, bytes, at, part.toString(16))
      words[at] = KEY_BIGINT | (words[at]! & ~0xff)
      return end
    }
    case 'boolean':
      words[at] = part ? KEY_TRUE : KEY_FALSE
      return at + 1
    default:
      if (part !== null || key === part) throw badArgument(TypeError, 'key', WANTED, part)
      words[at] = KEY_NULL
      return at + 1
  }
}

const writeNumber = (words: Int32Array, at: number, number: number): number => {
  const int = number | 0
  if (int === number) {
    words[at] = KEY_INT
    words[at + 1] = int
    return at + 2
  }
  if (Number.isNaN(number)) throw badArgument(TypeError, 'key', WANTED, number)
  double[0] = number
  words[at] = KEY_DOUBLE
  words[at + 1] = doubleWords[0]!
  words[at + 2] = doubleWords[1]!
  return at + 3
}

const writeText = (words: Int32Array, bytes: Uint8Array, at: number, text: string): number => {
  const { length } = text
  if (length > STORE_KEY_MAX) throw tooLong(text)
  const end = at + ((length + 3) >> 2)
  // What pads it is part of what is compared.
  words[end] = 0
  words[at] = KEY_NARROW | (length << 8)
  const start = (at + 1) * 4
  for (let i = 0; i < length; i++) {
    const unit = text.charCodeAt(i)
    if (unit > 255) return writeWide(words, bytes, at, text)
    bytes[start + i] = unit
  }
  return end + 1
}

const writeWide = (words: Int32Array, bytes: Uint8Array, at: number, text: string): number => {
  const { length } = text
  const end = at + ((length + 1) >> 1)
  words[end] = 0
  words[at] = KEY_WIDE | (length << 8)
  const start = (at + 1) * 4
  for (let i = 0; i < length; i++) {
    const unit = text.charCodeAt(i)
    bytes[start + 2 * i] = unit & 255
    bytes[start + 2 * i + 1] = unit >> 8
  }
  return end + 1
}

const tooLong = (key: unknown): Error => {
  const came = typeof key === 'string' ? `a text of ${key.length} units` : 'a longer one'
  return badArgument(RangeError, 'key', `of at most ${STORE_KEY_MAX} bytes as it is kept`, came)
}

/** Writes a pattern where keys are written; how it is meant, and how many bytes it takes. */
export const writePattern = (
  words: Int32Array,
  bytes: Uint8Array,
  pattern: StorePattern | undefined,
): { readonly mode: number; readonly length: number } => {
  if (pattern === undefined) return { mode: STORE_ALL, length: 0 }
  const prefix = Array.isArray(pattern) ? undefined : (pattern as { prefix?: unknown } | null)?.prefix
  const list = prefix ?? pattern
  if (typeof prefix !== 'string' && !Array.isArray(list)) {
    throw badArgument(TypeError, 'pattern', 'a list of parts, or { prefix } with a text or such a list', pattern)
  }
  const end = Array.isArray(list)
    ? writeList(words, bytes, list, true)
    : writeText(words, bytes, STORE_KEY, list as string)
  const length = (end - STORE_KEY) * 4
  if (length > STORE_KEY_MAX) throw tooLong(list)
  return { mode: prefix === undefined ? STORE_SHAPE : STORE_PREFIX, length }
}

/** Reads the key that begins at word `at`. */
export const readKey = (words: Int32Array, bytes: Buffer, at: number): StoreKey => {
  const word = words[at]!
  if ((word & 255) !== KEY_LIST) return readPart(words, bytes, at) as StoreKey
  const list: StoreKeyPart[] = []
  let next = at + 1
  for (let left = word >>> 8; left > 0; left--) {
    list.push(readPart(words, bytes, next))
    next += wordsOf(words[next]!)
  }
  return list
}

const wordsOf = (word: number): number => {
  const count = word >>> 8
  switch (word & 255) {
    case KEY_NARROW:
    case KEY_BIGINT:
      return 1 + ((count + 3) >> 2)
    case KEY_WIDE:
      return 1 + ((count + 1) >> 1)
    case KEY_INT:
      return 2
    case KEY_DOUBLE:
      return 3
    default:
      return 1
  }
}

const readPart = (words: Int32Array, bytes: Buffer, at: number): StoreKeyPart => {
  const word = words[at]!
  const count = word >>> 8
  const start = (at + 1) * 4
  switch (word & 255) {
    case KEY_NARROW:
      return bytes.toString('latin1', start, start + count)
    case KEY_WIDE:
      return bytes.toString('utf16le', start, start + 2 * count)
    case KEY_INT:
      return words[at + 1]!
    case KEY_DOUBLE:
      doubleWords[0] = words[at + 1]!
      doubleWords[1] = words[at + 2]!
      return double[0]!
    case KEY_BIGINT: {
      const hex = bytes.toString('latin1', start, start + count)
      return hex[0] === '-' ? -BigInt(`0x${hex.slice(1)}`) : BigInt(`0x${hex}`)
    }
    case KEY_NULL:
      return null
    default:
      return (word & 255) === KEY_TRUE
  }
}
