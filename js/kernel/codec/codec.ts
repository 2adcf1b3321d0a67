// The codec: values to words; `decoder.ts` is the way back. Owns the fast path (primitives, records and arrays with little in
// them, binary data) and the scratch buffer it writes into; what is nested more goes to `graph.ts`. Stateless but for numbered texts: an encoding that
// fails leaves nothing behind, so the next message is intact. Hot: every message to another scheduler passes `encode`.

import { RumpusError, UncrossableError } from '../../errors.ts'
import type { RuntimeHandle, Seat } from '../../native/load.ts'
import { type Bytes, Decoder, double, doubleWords } from './decoder.ts'
import * as f from './format.ts'
import { pack, packAround } from './graph.ts'
import type { Field, Shape } from './texts.ts'

/** Words that one flat value may take at most, beside the bytes of its strings and binary data. */
const MARGIN = 128
const FLAT_FIELDS_MAX = 32
/** Objects that the fast path takes in one value, itself among them: each is compared with those before it. */
const FLAT_OBJECTS_MAX = 16
const SHORT_STRING = 48

const { getPrototypeOf } = Object
const PLAIN = Object.prototype

export class Codec extends Decoder {
  private readonly scratch: Bytes
  private readonly scratchWords: Int32Array
  private words: Int32Array
  private bytes: Bytes
  /** The shape of the last record: the next is most likely alike. */
  private lastShape: Shape | undefined
  private blobs: Uint8Array[] = []
  /** The objects of the value that is being written: none may come twice, for shared ones stay one. */
  private readonly objects: unknown[] = new Array(FLAT_OBJECTS_MAX)
  private objectCount = 0
  /** A value is being written: code of users may run, and may not write another. */
  busy = false
  private whole = false
  /** The last value did not fit the scratch buffer, or carries large binary data: send these. */
  pieces: Uint8Array[] | undefined

  constructor(handle: RuntimeHandle, native: Seat) {
    super(handle, native)
    this.scratch = Buffer.from(native.scratch) as Bytes
    this.scratchWords = new Int32Array(native.scratch)
    this.words = this.scratchWords
    this.bytes = this.scratch
  }

  /** Writes `value`, called `name` in errors; the length of its description in bytes. */
  encode(value: unknown, name: string): number {
    this.refuseIfBusy(name)
    this.at = 0
    this.pieces = undefined
    if (this.blobs.length > 0) this.blobs = []
    if (this.words !== this.scratchWords) {
      this.words = this.scratchWords
      this.bytes = this.scratch
    }
    this.busy = true
    try {
      this.write(value, name)
    } finally {
      this.busy = false
      while (this.objectCount > 0) this.objects[--this.objectCount] = undefined
    }
    const length = this.at * 4
    if (this.blobs.length > 0 || this.words !== this.scratchWords) {
      this.pieces = [this.bytes.subarray(0, length), ...this.blobs]
      this.blobs = []
    }
    return length
  }

  /** Writes `value` into one piece: large binary data too. For what is copied once and read rarely. */
  encodeWhole(value: unknown, name: string): number {
    this.whole = true
    try {
      return this.encode(value, name)
    } finally {
      this.whole = false
    }
  }

  /** The bytes of a value of which `cargo` moves: one piece, all of it its description, and the caller's to keep. */
  encodeAround(value: object, name: string, cargo: readonly object[]): Uint8Array {
    this.refuseIfBusy(name)
    this.busy = true
    let packed: Uint8Array
    try {
      packed = packAround(value, name, cargo)
    } finally {
      this.busy = false
    }
    const piece = Buffer.alloc(8 + ((packed.length + 3) & ~3))
    const words = new Int32Array(piece.buffer, piece.byteOffset, 2)
    words[0] = f.GRAPH
    words[1] = packed.length
    piece.set(packed, 8)
    return piece
  }

  /** Throws if a value is being written. */
  refuseIfBusy(name: string): void {
    if (!this.busy) return
    const message = `${name} cannot be sent from a getter or a proxy of another message that is being encoded`
    throw new RumpusError('ERR_RUMPUS_REENTRANT', message)
  }

  /** Throws if `value` cannot cross. */
  check(value: unknown, name: string): void {
    this.encode(value, name)
    this.pieces = undefined
  }

  /** The pieces of the last value, once. */
  takePieces(): Uint8Array[] {
    const pieces = this.pieces ?? []
    this.pieces = undefined
    return pieces
  }

  private write(value: unknown, name: string): void {
    if (typeof value === 'object' && value !== null) {
      if (this.writeFlat(value)) return
      this.at = 0
      this.blobs = []
      this.writePacked(value, name)
      return
    }
    if (!this.writePrimitive(value)) throw new UncrossableError(name, `a ${typeof value}`)
  }

  /** Makes room for `count` more words. */
  private reserve(count: number): void {
    const need = this.at + count + MARGIN
    if (need <= this.words.length) return
    const grown = Buffer.alloc(Math.max(need, this.words.length * 2) * 4)
    const words = new Int32Array(grown.buffer, grown.byteOffset, grown.byteLength >> 2)
    words.set(this.words.subarray(0, this.at))
    this.words = words
    this.bytes = grown as Bytes
  }

  private writePrimitive(value: unknown): boolean {
    switch (typeof value) {
      case 'number':
        this.writeNumber(value)
        return true
      case 'string':
        this.writeString(value)
        return true
      case 'boolean':
        this.words[this.at++] = value ? f.TRUE : f.FALSE
        return true
      case 'undefined':
        this.words[this.at++] = f.UNDEFINED
        return true
      case 'bigint':
        this.words[this.at++] = f.BIGINT
        this.writeString(value.toString(16))
        return true
      case 'object':
        if (value !== null) return false
        this.words[this.at++] = f.NULL
        return true
      default:
        return false
    }
  }

  private writeNumber(value: number): void {
    const int = value | 0
    if (int === value && (int !== 0 || 1 / value > 0)) {
      if ((int << 8) >> 8 === int) {
        this.words[this.at++] = f.SMALL | (int << 8)
        return
      }
      this.words[this.at] = f.INT
      this.words[this.at + 1] = int
      this.at += 2
      return
    }
    double[0] = value
    this.words[this.at] = f.DOUBLE
    this.words[this.at + 1] = doubleWords[0]!
    this.words[this.at + 2] = doubleWords[1]!
    this.at += 3
  }

  private writeString(text: string): void {
    const { length } = text
    this.reserve((length >> 2) + 4)
    if (length <= SHORT_STRING) {
      const start = (this.at + 1) * 4
      const bytes = this.bytes
      let i = 0
      for (; i < length; i++) {
        const unit = text.charCodeAt(i)
        if (unit > 255) break
        bytes[start + i] = unit
      }
      if (i === length) {
        this.words[this.at] = f.LATIN1 | (length << 8)
        this.at += 1 + ((length + 3) >> 2)
        return
      }
    } else if (Buffer.byteLength(text) === length) {
      this.words[this.at] = f.LATIN1_LONG
      this.words[this.at + 1] = length
      this.bytes.latin1Write(text, (this.at + 2) * 4, length)
      this.at += 2 + ((length + 3) >> 2)
      return
    }
    this.reserve((length >> 1) + 4)
    this.words[this.at] = f.UTF16
    this.words[this.at + 1] = length
    this.bytes.ucs2Write(text, (this.at + 2) * 4, length * 2)
    this.at += 2 + ((length + 1) >> 1)
  }

  /** Writes a record, an array or binary data; false, with anything half written, if that is none of these or holds too much. */
  private writeFlat(value: object): boolean {
    this.objects[0] = value
    this.objectCount = 1
    if (getPrototypeOf(value) === PLAIN) return this.writeRecord(value as Record<string, unknown>)
    if (Array.isArray(value)) return this.writeArray(value)
    const binary = f.binaryOf(value)
    if (binary === undefined) return false
    this.writeBinary(binary.kind, binary.bytes)
    return true
  }

  private writeRecord(value: Record<string, unknown>): boolean {
    const start = this.at
    let words = this.words
    let at = start + 1
    let shape: Shape | undefined
    let i = 0
    for (const key in value) {
      if (i === 0)
        shape =
          this.lastShape !== undefined && this.lastShape.keys[0] === key ? this.lastShape : this.texts.shapesFrom(key)
      if (shape !== undefined && shape.keys[i] !== key) shape = this.anotherShape(shape, i, key)
      if (shape === undefined) {
        shape = this.newShape(value)
        if (shape === undefined) return false
      }
      const part = value[key]
      // What records mostly carry, without leaving this loop: small integers, flags, strings that repeat.
      if (typeof part === 'number' && (part << 8) >> 8 === part && (part !== 0 || 1 / part > 0)) {
        words[at++] = f.SMALL | (part << 8)
      } else if (typeof part === 'boolean') {
        words[at++] = part ? f.TRUE : f.FALSE
      } else {
        const field = shape.fields[i]
        if (typeof part === 'string' && field.number >= 0 && field.last === part) {
          words[at++] = f.TEXT | (field.number << 8)
        } else {
          this.at = at
          if (!this.writePart(field, part)) return false
          at = this.at
          words = this.words
        }
      }
      i++
    }
    this.at = at
    if (i === 0) return false
    if (shape !== undefined && shape.keys.length !== i) shape = this.anotherShape(shape, i, undefined)
    shape ??= this.newShape(value)
    if (shape === undefined || shape.keys.length !== i) return false
    this.lastShape = shape
    words[start] = f.RECORD | (shape.id << 8)
    return true
  }

  /** Of the shapes that start alike, one that agrees with `shape` before key `i` and has `key` there, or ends there. */
  private anotherShape(shape: Shape, i: number, key: string | undefined): Shape | undefined {
    for (let other = this.texts.shapesFrom(shape.keys[0]!); other !== undefined; other = other.next) {
      if (other.keys[i] !== key) continue
      let same = 0
      while (same < i && other.keys[same] === shape.keys[same]) same++
      if (same === i) return other
    }
    return undefined
  }

  /** A field's value that is not of the common kinds. */
  private writePart(field: Field, value: unknown): boolean {
    if (typeof value === 'string') {
      const number = this.texts.note(field, value)
      if (number >= 0) this.words[this.at++] = f.TEXT | (number << 8)
      else this.writeString(value)
      return true
    }
    if (this.writePrimitive(value)) return true
    const binary = typeof value === 'object' ? f.binaryOf(value as object) : undefined
    if (binary === undefined) return this.writeNested(value)
    if (!this.isFirst(value)) return false
    this.writeBinary(binary.kind, binary.bytes)
    return true
  }

  /** A record or an array in another. */
  private writeNested(value: unknown): boolean {
    if (typeof value !== 'object' || value === null || !this.isFirst(value)) return false
    this.reserve(0)
    if (getPrototypeOf(value) === PLAIN) {
      if (!this.writeRecord(value as Record<string, unknown>)) return false
    } else if (!Array.isArray(value) || !this.writeArray(value)) return false
    // What it is part of goes on.
    this.reserve(0)
    return true
  }

  /** Whether a part is in this place only, as far as has been written, and there are not too many. */
  private isFirst(part: unknown): boolean {
    const { objects, objectCount } = this
    if (objectCount === FLAT_OBJECTS_MAX) return false
    for (let i = 0; i < objectCount; i++) if (objects[i] === part) return false
    objects[objectCount] = part
    this.objectCount = objectCount + 1
    return true
  }

  private newShape(value: Record<string, unknown>): Shape | undefined {
    const keys = Object.keys(value)
    // An inherited or an own `__proto__` key, or too many keys, is nothing for the fast path.
    if (keys.length > FLAT_FIELDS_MAX || keys.includes('__proto__')) return undefined
    let inherited = 0
    for (const _ in value) inherited++
    return inherited === keys.length ? this.texts.shapeOf(keys) : undefined
  }

  private writeArray(value: readonly unknown[]): boolean {
    const { length } = value
    if (length > 0xffff || getPrototypeOf(value) !== Array.prototype) return false
    this.words[this.at++] = f.ARRAY | (length << 8)
    for (let i = 0; i < length; i++) {
      this.reserve(4)
      if (!(i in value && (this.writePrimitive(value[i]) || this.writeNested(value[i])))) return false
    }
    return true
  }

  private writeBinary(kind: number, bytes: Uint8Array): void {
    const { length } = bytes
    if (length >= f.BLOB_BYTES && !this.whole) {
      this.words[this.at] = f.BLOB | (kind << 8)
      this.words[this.at + 1] = length
      this.at += 2
      this.blobs.push(bytes)
      return
    }
    this.reserve((length >> 2) + 4)
    this.words[this.at] = f.BINARY | (kind << 8)
    this.words[this.at + 1] = length
    this.bytes.set(bytes, (this.at + 2) * 4)
    this.at += 2 + ((length + 3) >> 2)
  }

  private writePacked(value: object, name: string): void {
    const { graph, bytes } = pack(value, name)
    this.reserve((bytes.length >> 2) + 4)
    this.words[this.at] = graph ? f.GRAPH : f.TREE
    this.words[this.at + 1] = bytes.length
    this.bytes.set(bytes, (this.at + 2) * 4)
    this.at += 2 + ((bytes.length + 3) >> 2)
  }
}
