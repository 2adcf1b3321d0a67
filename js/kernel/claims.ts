// Claims: words that all threads of this Node process see, by which of two threads exactly one gets something: the one that gives it, and
// takes it back, or the one that it was offered to. Owns which thread has which words; those of a thread that has ended are others'. It is
// in memory that a Worker has with its environment data, as that of the pens. Never true here: two got one thing; somebody waits.

import { builtin } from '../builtin.ts'

const { getEnvironmentData, setEnvironmentData, threadId } = builtin('node:worker_threads')

const KEY = 'rumpus/0/claims'
/** A thread has words in blocks, and in front of all blocks lies whose each is: a thread that is numbered from 1, or nobody. */
const BLOCKS = 1024
const BLOCK_WORDS = 256
const ME = threadId + 1

/** The memory of all claims: whoever asks first makes it, and Workers that are started later have the same. */
export const claimMemory = (): SharedArrayBuffer => {
  const known = getEnvironmentData(KEY) as SharedArrayBuffer | undefined
  if (known !== undefined) return known
  const memory = new SharedArrayBuffer((BLOCKS + BLOCKS * BLOCK_WORDS) * Int32Array.BYTES_PER_ELEMENT)
  setEnvironmentData(KEY, memory)
  return memory
}

/** One thing that can be got once: plain data, so that it can be told to another thread. */
export interface Claim {
  /** Its word. */
  readonly at: number
  /** What stands there as long as nobody has got it: an even number, other than that of whoever had the word before. */
  readonly open: number
}

let words: Int32Array | undefined
const all = (): Int32Array => (words ??= new Int32Array(claimMemory()))

/** Words of this thread that nobody uses, the last used last. */
const free: number[] = []

/** A new thing to get; undefined while all words of this process are in use. */
export const openClaim = (): Claim | undefined => {
  const at = free.pop() ?? ownBlock()
  if (at === undefined) return undefined
  const words = all()
  const open = ((words[at]! | 1) + 1) | 0
  // Whoever is told of it reads it behind the message. Who claimed an elder one of this word finds another number.
  Atomics.store(words, at, open)
  return { at, open }
}

/** Gets it; false if somebody has. */
export const tryClaim = ({ at, open }: Claim): boolean =>
  // Pairs with itself on the other thread: one of the two finds the word open.
  Atomics.compareExchange(all(), at, open, open + 1) === open

/** This thread needs the word no more, of a thing that somebody has got. */
export const closeClaim = ({ at }: Claim): void => void free.push(at)

/** Makes a block of words this thread's; answers one of them. */
const ownBlock = (): number | undefined => {
  const words = all()
  for (let block = 0; block < BLOCKS; block++) {
    // Pairs with that of `forgetClaims`, and of other threads: a block has one owner.
    if (Atomics.compareExchange(words, block, 0, ME) !== 0) continue
    const from = BLOCKS + block * BLOCK_WORDS
    for (let at = from + BLOCK_WORDS - 1; at > from; at--) free.push(at)
    return from
  }
  return undefined
}

/** A thread has ended: its words are anybody's. What it offered last can be got until they are used again. */
export const forgetClaims = (thread: number): void => {
  const words = all()
  // Pairs with that of `ownBlock`.
  for (let block = 0; block < BLOCKS; block++) Atomics.compareExchange(words, block, thread + 1, 0)
}
