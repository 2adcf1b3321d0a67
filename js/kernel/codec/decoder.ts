// The way back: words to values. Reads from the completion buffer, or from a large payload that stays in Rust until its
// pieces have been fetched. Trusts nothing: a value that ends early or makes no sense throws. Hot: every message from another
// scheduler passes `decode`.

import type { RuntimeHandle, Seat } from '../../native/load.ts'
import * as f from './format.ts'
import { unpackGraph, unpackTree } from './graph.ts'
import { REMEMBERED_BYTES, Remembered } from './remembered.ts'
import { Texts } from './texts.ts'

/** A Buffer with the methods that Node's types leave out: the fast ways between strings and bytes. */
export type Bytes = Buffer & {
  latin1Write(text: string, at: number, length: number): number
  ucs2Write(text: string, at: number, length: number): number
  latin1Slice(start: number, end: number): string
  ucs2Slice(start: number, end: number): string
}

export const double: Float64Array = new Float64Array(1)
export const doubleWords: Int32Array = new Int32Array(double.buffer)

export const NO_CARGO: readonly unknown[] = []

export class Decoder {
  readonly texts: Texts
  protected readonly native: Seat
  /** The word to read, or to write, next. */
  protected at = 0
  /** The values of a record that is being read, by how many records it is in. */
  private readonly values: unknown[][] = [[]]
  private depth = 0
  /** What has moved with the message that is being read. */
  cargo: readonly unknown[] = NO_CARGO

  constructor(handle: RuntimeHandle, native: Seat) {
    this.texts = new Texts(handle)
    this.native = native
  }

  // Reading. `source` starts at the value; `handle` is that of a large payload, whose blobs follow its skeleton.

  private source: Int32Array = new Int32Array(0)
  private sourceBytes = Buffer.alloc(0) as Bytes
  private handle = -1
  private blobAt = 0
  private remembers = false
  private remembered: Remembered | undefined

  /** Reads the value whose description of `skeleton` bytes starts at word `at`; large binary pieces follow it. */
  decode(words: Int32Array, bytes: Buffer, at: number, skeleton: number): unknown {
    this.handle = -1
    this.blobAt = at * 4 + skeleton
    return this.decodeFrom(words, bytes, at)
  }

  /** The same for a value in one piece that is likely to be read again. */
  decodeAgain(words: Int32Array, bytes: Buffer, at: number, length: number): unknown {
    this.remembers = true
    try {
      return this.decode(words, bytes, at, length)
    } finally {
      this.remembers = false
    }
  }

  private decodeFrom(words: Int32Array, bytes: Buffer, at: number): unknown {
    this.source = words
    this.sourceBytes = bytes as Bytes
    this.at = at
    this.depth = 0
    return this.read()
  }

  /** Reads a value from a large payload and lets that go. */
  decodeLarge(handle: number, skeleton: number): unknown {
    try {
      const bytes = Buffer.alloc((skeleton + 3) & ~3)
      if (skeleton > 0) this.native.large(handle, 0, bytes.subarray(0, skeleton))
      this.handle = handle
      this.blobAt = skeleton
      return this.decodeFrom(new Int32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >> 2), bytes, 0)
    } finally {
      this.handle = -1
      this.native.large(handle)
    }
  }

  private read(): unknown {
    const word = this.source[this.at++]
    if (word === undefined) throw new RangeError('the value ends early')
    switch (word & 255) {
      case f.UNDEFINED:
        return undefined
      case f.NULL:
        return null
      case f.TRUE:
        return true
      case f.FALSE:
        return false
      case f.SMALL:
        return word >> 8
      case f.INT:
        return this.source[this.at++]
      case f.TEXT:
        return this.texts.string(word >>> 8)
      case f.LATIN1:
        return this.readLatin1(word >>> 8)
      case f.RECORD:
        return this.readRecord(word >>> 8)
      default:
        return this.readRare(word & 255, word >>> 8)
    }
  }

  private readRare(tag: number, immediate: number): unknown {
    switch (tag) {
      case f.DOUBLE:
        doubleWords[0] = this.source[this.at++]!
        doubleWords[1] = this.source[this.at++]!
        return double[0]
      case f.LATIN1_LONG:
        return this.readLatin1(this.length())
      case f.UTF16: {
        const length = this.length()
        const start = this.skip(length * 2)
        return this.sourceBytes.ucs2Slice(start, start + length * 2)
      }
      case f.BIGINT:
        return readBigint(this.read() as string)
      case f.ARRAY: {
        const items = new Array(immediate)
        for (let i = 0; i < immediate; i++) items[i] = this.read()
        return items
      }
      case f.BINARY: {
        const length = this.length()
        const start = this.skip(length)
        return f.binaryFrom(immediate, this.copy(start, length))
      }
      case f.BLOB: {
        return f.binaryFrom(immediate, this.readBlob(this.length()))
      }
      case f.TREE:
      case f.GRAPH: {
        const length = this.length()
        const start = this.skip(length)
        const bytes = this.sourceBytes.subarray(start, start + length)
        return tag === f.TREE ? unpackTree(bytes) : unpackGraph(bytes, this.cargo)
      }
      default:
        throw new RangeError(`unknown tag ${tag}`)
    }
  }

  /** A piece behind the skeleton: still in Rust if the payload is large, else right here. */
  private readBlob(length: number): Uint8Array<ArrayBuffer> {
    const start = this.blobAt
    this.blobAt += length
    if (this.handle < 0) {
      if (this.blobAt > this.sourceBytes.length) throw new RangeError('the value ends early')
      return this.copy(start, length)
    }
    // Memory that nobody zeroes, for all of it is written.
    const blob = new Uint8Array(Buffer.allocUnsafeSlow(length).buffer)
    this.native.large(this.handle, start, blob)
    return blob
  }

  /** Bytes of their own; a Buffer's `slice` would give a Buffer. */
  private copy(start: number, length: number): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(length)
    bytes.set(this.sourceBytes.subarray(start, start + length))
    return bytes
  }

  private length(): number {
    const length = this.source[this.at++]
    if (length === undefined || length < 0) throw new RangeError('a length is missing')
    return length
  }

  /** Steps over `length` bytes, padded; where they start. */
  private skip(length: number): number {
    const start = this.at * 4
    this.at += (length + 3) >> 2
    if (this.at > this.source.length) throw new RangeError('the value ends early')
    return start
  }

  private readLatin1(length: number): string {
    const start = this.skip(length)
    if (this.remembers && length <= REMEMBERED_BYTES && length > 0) return this.recall(start, length)
    return this.sourceBytes.latin1Slice(start, start + length)
  }

  private recall(start: number, length: number): string {
    this.remembered ??= new Remembered()
    const known = this.remembered.find(this.source, start >> 2, length)
    if (known !== undefined) return known
    const text = this.sourceBytes.latin1Slice(start, start + length)
    this.remembered.keep(this.source, start >> 2, length, text)
    return text
  }

  private readRecord(id: number): object {
    const shape = this.texts.shape(id)
    const { depth } = this
    const values = this.values[depth] ?? this.deeper()
    const { length } = shape.keys
    this.depth = depth + 1
    for (let i = 0; i < length; i++) values[i] = this.read()
    this.depth = depth
    return shape.make(values)
  }

  private deeper(): unknown[] {
    const values: unknown[] = []
    this.values.push(values)
    return values
  }
}

const readBigint = (hex: string): bigint => (hex[0] === '-' ? -BigInt(`0x${hex.slice(1)}`) : BigInt(`0x${hex}`))
