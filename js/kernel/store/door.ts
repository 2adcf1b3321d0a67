// The door to stores, one a kernel: what JavaScript asks of them is written here into the buffer that both halves share, and what comes
// back is read. Owns which stores this isolate has open, by their places there, and nothing that is in one: what is read is made anew
// each time, so that nobody can change what others read. Hot: `get` and `put` are a call into Rust each.

import {
  STORE_ADD,
  STORE_BY,
  type STORE_CLEAR,
  type STORE_COUNT,
  STORE_DELETE_IF,
  STORE_DONE,
  STORE_GET,
  STORE_GONE,
  STORE_HAS,
  STORE_INITIAL,
  STORE_KEY,
  STORE_KEY_LEN,
  STORE_KEYS_ONLY,
  STORE_LENGTH,
  STORE_LET_GO,
  STORE_MODE,
  STORE_MORE,
  STORE_MOST,
  STORE_OPEN,
  STORE_OPERATION,
  STORE_PLACE,
  STORE_PUT,
  STORE_PUT_IF,
  STORE_PUT_NEW,
  STORE_SHARD,
  STORE_SINCE,
  STORE_STAMP,
  STORE_STATUS,
  STORE_STORE,
  STORE_SUM,
  STORE_TAKE,
  STORE_VALUE,
  STORE_VALUE_LEN,
  STORE_WALK,
} from '../../native/layout.ts'
import type { Seat } from '../../native/load.ts'
import type { Codec } from '../codec/codec.ts'
import { GRAPH } from '../codec/format.ts'
import type { Kernel } from '../kernel.ts'
import { putLong } from '../post.ts'
import { readKey, type StorePattern, writeKey, writePattern } from './keys.ts'

/** A store that this isolate has open; others of the runtime have it by the same number. */
export interface OpenStore {
  readonly kernel: Kernel
  readonly door: StoreDoor
  readonly id: number
  /** Its place, or -1 once it is known to be gone. */
  place: number
}

/** How far a walk has come. */
export interface Walk {
  readonly mode: number
  readonly pattern: Uint8Array
  shard: number
  at: number
  sinceLow: number
  sinceHigh: number
  more: boolean
}

/** One entry; without a value where only keys are asked for. */
export type StoreEntry = [key: unknown, value: unknown]

/** Answered where the store is gone. */
export const GONE: unique symbol = Symbol('gone')

/** So many stores are open before those that are gone are looked for. */
const SWEEP_FROM = 16

const doors = new WeakMap<Kernel, StoreDoor>()

/** The door of a kernel. */
export const doorOf = (kernel: Kernel): StoreDoor => {
  let door = doors.get(kernel)
  if (door === undefined) {
    door = new StoreDoor(kernel)
    doors.set(kernel, door)
  }
  return door
}

export class StoreDoor {
  private readonly kernel: Kernel
  private readonly native: Seat
  private readonly codec: Codec
  private readonly words: Int32Array
  private readonly bytes: Buffer
  private readonly doubles: Float64Array
  private readonly open = new Map<number, OpenStore>()
  private sweepAt = SWEEP_FROM
  /** The stamp of what `get` has read last. */
  stampLow = 0
  stampHigh = 0

  constructor(kernel: Kernel) {
    this.kernel = kernel
    this.native = kernel.native
    this.codec = kernel.codec
    const { stores } = kernel.native
    this.words = new Int32Array(stores)
    this.bytes = Buffer.from(stores)
    this.doubles = new Float64Array(stores)
  }

  /** The store with this number, if there is one. */
  find(id: number): OpenStore | undefined {
    const known = this.open.get(id)
    if (known !== undefined && known.place >= 0) return known
    if (this.open.size >= this.sweepAt) this.sweep()
    const { words } = this
    words[STORE_OPERATION] = STORE_OPEN
    putLong(words, STORE_STAMP, id)
    this.native.store()
    if (words[STORE_STATUS] !== STORE_DONE) return undefined
    const found = { kernel: this.kernel, door: this, id, place: words[STORE_STORE]! }
    this.open.set(id, found)
    return found
  }

  /** It is gone: lets go of what was left of it. */
  letGo(store: OpenStore): void {
    if (store.place < 0) return
    this.words[STORE_OPERATION] = STORE_LET_GO
    this.words[STORE_STORE] = store.place
    store.place = -1
    this.open.delete(store.id)
    this.native.store()
  }

  private sweep(): void {
    for (const store of [...this.open.values()]) {
      if (this.ask(STORE_HAS, store.place, '') === STORE_GONE) this.letGo(store)
    }
    this.sweepAt = Math.max(SWEEP_FROM, this.open.size * 2)
  }

  /** Asks something about a key; what became of it. */
  ask(operation: number, place: number, key: unknown): number {
    const { words } = this
    words[STORE_KEY_LEN] = writeKey(words, this.bytes, key)
    words[STORE_OPERATION] = operation
    words[STORE_STORE] = place
    this.native.store()
    return words[STORE_STATUS]!
  }

  /** What stands under `key`, or undefined; GONE if the store is. Its stamp is in the door then, or 0. */
  get(place: number, key: unknown): unknown {
    return this.read(STORE_GET, place, key)
  }

  /** The same, and it stands there no more. */
  take(place: number, key: unknown): unknown {
    return this.read(STORE_TAKE, place, key)
  }

  private read(operation: number, place: number, key: unknown): unknown {
    const { words, codec } = this
    if (codec.busy) codec.refuseIfBusy('a key of a store')
    words[STORE_KEY_LEN] = writeKey(words, this.bytes, key)
    words[STORE_OPERATION] = operation
    words[STORE_STORE] = place
    const long = this.native.store()
    const status = words[STORE_STATUS]!
    if (status !== STORE_DONE) {
      this.stampLow = 0
      this.stampHigh = 0
      return status === STORE_GONE ? GONE : undefined
    }
    this.stampLow = words[STORE_STAMP]!
    this.stampHigh = words[STORE_STAMP + 1]!
    if (long !== undefined) return decodeLong(codec, long)
    // Code of users may run while this is made, and ask here for other things.
    if ((words[STORE_VALUE]! & 255) === GRAPH) return this.readGraph(STORE_VALUE, words[STORE_LENGTH]!)
    return codec.decodeAgain(words, this.bytes, STORE_VALUE, words[STORE_LENGTH]!)
  }

  private readGraph(at: number, length: number): unknown {
    const copy = this.words.slice(at, at + ((length + 3) >> 2))
    return this.codec.decode(copy, Buffer.from(copy.buffer), 0, length)
  }

  /** Puts a value under a key; what became of it. */
  put(place: number, key: unknown, value: unknown): number {
    return this.write(STORE_PUT, place, key, value, 0, 0)
  }

  /** The same, if nothing stands there. */
  putNew(place: number, key: unknown, value: unknown): number {
    return this.write(STORE_PUT_NEW, place, key, value, 0, 0)
  }

  /** The same, or its deletion for `undefined`, if what stands there has this stamp; none: if nothing does. */
  putIf(place: number, key: unknown, value: unknown, low: number, high: number): number {
    if (low === 0 && high === 0) return this.putNew(place, key, value)
    if (value !== undefined) return this.write(STORE_PUT_IF, place, key, value, low, high)
    this.words[STORE_STAMP] = low
    this.words[STORE_STAMP + 1] = high
    return this.ask(STORE_DELETE_IF, place, key)
  }

  private write(operation: number, place: number, key: unknown, value: unknown, low: number, high: number): number {
    const { words, codec } = this
    // First, for it may run code of users.
    const length = codec.encodeWhole(value, 'value')
    const pieces = codec.pieces === undefined ? undefined : codec.takePieces()
    words[STORE_KEY_LEN] = writeKey(words, this.bytes, key)
    words[STORE_OPERATION] = operation
    words[STORE_STORE] = place
    words[STORE_VALUE_LEN] = length
    words[STORE_STAMP] = low
    words[STORE_STAMP + 1] = high
    if (pieces === undefined) this.native.store()
    else this.native.store(pieces[0])
    return words[STORE_STATUS]!
  }

  /** Adds to a number, in one step; what became of it. The sum is `sum`. */
  add(place: number, key: unknown, by: number, initial: number): number {
    this.doubles[STORE_BY / 2] = by
    this.doubles[STORE_INITIAL / 2] = initial
    return this.ask(STORE_ADD, place, key)
  }

  /** What was counted last, or came of an addition. */
  get sum(): number {
    return this.doubles[STORE_SUM / 2]!
  }

  /** Counts entries, or takes them away, whose keys fit; what became of it. The count is `sum`. */
  many(operation: typeof STORE_COUNT | typeof STORE_CLEAR, place: number, pattern: StorePattern | undefined): number {
    const { words } = this
    const { mode, length } = writePattern(words, this.bytes, pattern)
    words[STORE_KEY_LEN] = length
    words[STORE_MODE] = mode
    words[STORE_OPERATION] = operation
    words[STORE_STORE] = place
    this.native.store()
    return words[STORE_STATUS]!
  }

  /** Begins to walk through all entries whose keys fit. */
  walk(pattern: StorePattern | undefined, keysOnly: boolean): Walk {
    const { mode, length } = writePattern(this.words, this.bytes, pattern)
    return {
      mode: mode | (keysOnly ? STORE_KEYS_ONLY : 0),
      pattern: Uint8Array.from(this.bytes.subarray(STORE_KEY * 4, STORE_KEY * 4 + length)),
      shard: 0,
      at: 0,
      sinceLow: 0,
      sinceHigh: 0,
      more: true,
    }
  }

  /** The next entries of a walk, at most `most`; GONE if the store is. */
  step(place: number, walk: Walk, most: number): StoreEntry[] | typeof GONE {
    const { words, codec } = this
    if (codec.busy) codec.refuseIfBusy('a key of a store')
    this.bytes.set(walk.pattern, STORE_KEY * 4)
    words[STORE_KEY_LEN] = walk.pattern.length
    words[STORE_MODE] = walk.mode
    words[STORE_MOST] = most
    words[STORE_SHARD] = walk.shard
    words[STORE_PLACE] = walk.at
    words[STORE_SINCE] = walk.sinceLow
    words[STORE_SINCE + 1] = walk.sinceHigh
    words[STORE_OPERATION] = STORE_WALK
    words[STORE_STORE] = place
    const alone = this.native.store()
    const status = words[STORE_STATUS]!
    if (status === STORE_GONE) return GONE
    walk.more = status === STORE_MORE
    walk.shard = words[STORE_SHARD]!
    walk.at = words[STORE_PLACE]!
    walk.sinceLow = words[STORE_SINCE]!
    walk.sinceHigh = words[STORE_SINCE + 1]!
    const keysOnly = (walk.mode & STORE_KEYS_ONLY) !== 0
    if (alone !== undefined) return readEntries(codec, new Int32Array(alone), 0, 1, keysOnly)
    const told = words[STORE_LENGTH]!
    // A copy, for code of users may run while these are made.
    return told === 0 ? [] : readEntries(codec, words.slice(STORE_VALUE), 0, told, keysOnly)
  }
}

/** Reads entries, each behind the lengths of its key and its value. */
const readEntries = (codec: Codec, words: Int32Array, from: number, count: number, keysOnly: boolean): StoreEntry[] => {
  const bytes = Buffer.from(words.buffer)
  const entries: StoreEntry[] = []
  let at = from
  for (let i = 0; i < count; i++) {
    const keyWords = words[at]! >> 2
    const length = words[at + 1]!
    const key = readKey(words, bytes, at + 2)
    at += 2 + keyWords
    entries.push([key, keysOnly ? undefined : codec.decodeAgain(words, bytes, at, length)])
    at += (length + 3) >> 2
  }
  return entries
}

const decodeLong = (codec: Codec, long: ArrayBuffer): unknown => {
  // Whole words, as the codec writes them.
  const words = new Int32Array(long, 0, long.byteLength >> 2)
  return codec.decode(words, Buffer.from(long), 0, long.byteLength)
}
