// The wire format of a value: 32-bit words. The low 8 bits of a word are a tag, the upper 24 an immediate. Primitives, binary
// data, and records and arrays with few others in them are written word by word; everything else is one `PACKED` piece.
// Strings and record shapes that repeat are sent as numbers that the runtime gives out (`texts.ts`).

import { builtin } from '../../builtin.ts'
import { isBuiltIn } from '../realms.ts'

const { types } = builtin('node:util')

export const UNDEFINED = 0
export const NULL = 1
export const TRUE = 2
export const FALSE = 3
/** A signed 24-bit integer in the immediate. */
export const SMALL = 4
/** A 32-bit integer in the next word. */
export const INT = 5
/** A double in the next two words. */
export const DOUBLE = 6
/** The number of a string in the immediate. */
export const TEXT = 7
/** Latin-1 bytes, their count in the immediate. */
export const LATIN1 = 8
/** UTF-16 units, their count in the next word. */
export const UTF16 = 9
/** A bigint as a string value that follows. */
export const BIGINT = 10
/** A record: the number of its shape in the immediate, then its fields. */
export const RECORD = 11
/** An array: its length in the immediate, then its items. */
export const ARRAY = 12
/** Binary data: its class in the immediate, its byte length in the next word, then the bytes, padded. */
export const BINARY = 13
/** Large binary data: the same, but the bytes come after the skeleton. */
export const BLOB = 14
/** A msgpack tree: byte length in the next word. */
export const TREE = 15
/** A msgpack-ed node table; see `graph.ts`. */
export const GRAPH = 16
/** Latin-1 bytes, their count in the next word. */
export const LATIN1_LONG = 17

/** Binary data from this size on travels behind the skeleton, so that it is copied twice and no more. */
export const BLOB_BYTES = 4096

interface ViewClass {
  new (buffer: ArrayBuffer, offset: number, length: number): ArrayBufferView
  readonly BYTES_PER_ELEMENT?: number
}

type BinaryClass = new (buffer: ArrayBuffer) => ArrayBufferView | ArrayBuffer

/** Classes of binary data by their number on the wire. */
export const BINARY_CLASSES: readonly BinaryClass[] = [
  Uint8Array,
  Int8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
  DataView,
]
/** A bare ArrayBuffer. */
export const BINARY_BUFFER = 12
/** Node's Buffer. */
export const BINARY_NODE = 13

/** The bytes of a piece of binary data and its class, or nothing if it is none that may cross. */
export const binaryOf = (value: object): { kind: number; bytes: Uint8Array } | undefined => {
  if (ArrayBuffer.isView(value)) {
    if (isShared(value.buffer)) return undefined
    const bytes = bytesOf(value.buffer, value.byteOffset, value.byteLength)
    if (bytes === undefined) return undefined
    if (Buffer.isBuffer(value)) return { kind: BINARY_NODE, bytes }
    const own = BINARY_CLASSES.indexOf(value.constructor as BinaryClass)
    const kind = own < 0 ? foreignKind(value) : own
    return kind < 0 ? undefined : { kind, bytes }
  }
  if (!isBuffer(value)) return undefined
  const bytes = bytesOf(value, 0, value.byteLength)
  return bytes === undefined ? undefined : { kind: BINARY_BUFFER, bytes }
}

const isBuffer = (value: object): value is ArrayBuffer => {
  const prototype = Object.getPrototypeOf(value)
  if (prototype === ArrayBuffer.prototype) return value instanceof ArrayBuffer
  // Most values are plain ones.
  if (prototype === Object.prototype || prototype === null) return false
  return types.isArrayBuffer(value) && isBuiltIn(prototype, 'ArrayBuffer')
}

/** The class of a view of another realm, or -1. */
const foreignKind = (view: ArrayBufferView): number => {
  const prototype = Object.getPrototypeOf(view)
  return prototype === null ? -1 : BINARY_CLASSES.findIndex(({ name }) => isBuiltIn(prototype, name))
}

const isShared = (buffer: ArrayBufferLike): buffer is SharedArrayBuffer =>
  !(buffer instanceof ArrayBuffer) && types.isSharedArrayBuffer(buffer)

/** Nothing, for a buffer that was transferred away. */
const bytesOf = (buffer: ArrayBuffer, offset: number, length: number): Uint8Array | undefined => {
  try {
    return new Uint8Array(buffer, offset, length)
  } catch {
    return undefined
  }
}

/** Binary data of class `kind` over `bytes`, which start their own buffer. */
export const binaryFrom = (kind: number, bytes: Uint8Array<ArrayBuffer>): unknown => {
  if (kind === 0) return bytes
  if (kind === BINARY_BUFFER) return bytes.buffer
  if (kind === BINARY_NODE) return Buffer.from(bytes.buffer)
  const Class = BINARY_CLASSES[kind]
  if (Class === undefined) throw new RangeError(`no binary class ${kind}`)
  return new Class(bytes.buffer)
}

/** A view of class `kind` on so many bytes of `buffer`. */
export const viewFrom = (kind: number, buffer: ArrayBuffer, offset: number, length: number): unknown => {
  if (kind === BINARY_NODE) return Buffer.from(buffer, offset, length)
  const Class = BINARY_CLASSES[kind] as ViewClass | undefined
  if (Class === undefined) throw new RangeError(`no binary class ${kind}`)
  return new Class(buffer, offset, length / (Class.BYTES_PER_ELEMENT ?? 1))
}
