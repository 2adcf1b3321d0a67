// Pens: who may write, of the threads that write to one pipe, terminal or socket. There a call writes as much as there is room for, so
// the lines of two threads would mix: whoever has the pen writes, and gives it back when its last line is whole. Files need none: what
// is appended to one by one call stays together. Owns the memory in which all threads of this Node process see the pens; it reaches a
// Worker with its environment data. Nobody waits in here: who does not get the pen comes again.

import { builtin } from '../builtin.ts'
import { penMemory } from './pen-memory.ts'

const { threadId } = builtin('node:worker_threads')

/** Words of each place. There is room for 64; beyond, two share a pen, which is slower and nothing else. */
const PLACE = 0
const HOLDER = 1
const WRITING = 2
const OPENED = 3
const WORDS = 4
/** Threads are numbered from 0; nobody is 0. */
const ME = threadId + 1

let words: Int32Array | undefined

/** The words of all places, one behind the other. */
export const pens = (): Int32Array => (words ??= new Int32Array(penMemory()))

export class Pen {
  private readonly at: number
  private readonly words = pens()

  /** The pen of `place`, the same on every thread. */
  constructor(place: string) {
    this.at = placeOf(this.words, hashOf(place)) * WORDS
  }

  /** Takes it; false if somebody else has it. */
  take(): boolean {
    // Pairs with the store of `give` and of `takeFrom`: what the one before has written is written. Otherwise that one has it.
    const before = Atomics.compareExchange(this.words, this.at + HOLDER, 0, ME)
    return before === 0 || before === ME
  }

  /** Says whether a line may be half written, from now on. */
  write(isWriting: boolean): void {
    this.words[this.at + WRITING] = isWriting ? 1 : 0
  }

  /** Whether the one before was ended in the middle of a line, perhaps. Only for who has it. */
  get isTorn(): boolean {
    return this.words[this.at + WRITING] !== 0
  }

  /** Gives it back. */
  give(): void {
    // Pairs with the exchange of `take`.
    Atomics.store(this.words, this.at + HOLDER, 0)
  }

  /** How often all were told to open the place anew. */
  get opened(): number {
    // Pairs with the addition of `reopen`: seen by the next write of each thread, or by the one after.
    return Atomics.load(this.words, this.at + OPENED)
  }

  /** Has all threads open the place anew. */
  reopen(): void {
    // Pairs with the load of `opened`.
    Atomics.add(this.words, this.at + OPENED, 1)
  }
}

/** Takes the pens from the thread of this number, which has gone. */
export const takeFrom = (thread: number): void => {
  const all = pens()
  for (let at = HOLDER; at < all.length; at += WORDS) {
    // Pairs with the exchange of `take`: the next sees whether a line was half written. Otherwise it was another's, or nobody's.
    Atomics.compareExchange(all, at, thread + 1, 0)
  }
}

/** The place of this number: where it is, or the first that is free behind where it should be. */
const placeOf = (all: Int32Array, number: number): number => {
  const places = all.length / WORDS
  const first = (number >>> 0) % places
  for (let tried = 0; tried < places; tried++) {
    const place = (first + tried) % places
    // Only ever set once: pairs with that exchange by another thread, which had the place first; if it is the same, so is the place.
    const before = Atomics.compareExchange(all, place * WORDS + PLACE, 0, number)
    if (before === 0 || before === number) return place
  }
  return first
}

/** A number for a word, never 0 (FNV-1a). */
const hashOf = (word: string): number => {
  let hash = 0x811c9dc5
  for (let i = 0; i < word.length; i++) hash = Math.imul(hash ^ word.charCodeAt(i), 0x01000193)
  return hash | 0 || 1
}
