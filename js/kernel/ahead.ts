// The front of the run ring: where those of high priority go, and those of low when it is their share. Owns their order: before all
// others, the slot's occupant too, but behind those that were put there before.

import { RING_AHEAD, RING_CAPACITY, RING_ENTRIES, RING_HEAD, RING_TAIL } from '../native/layout.ts'

/** Where an entry lies, of the bits of head and tail. */
export const RING_MASK: number = RING_CAPACITY - 1

/** Puts the process in `index` there; false if the ring is full. */
export const putAhead = (words: Int32Array, index: number): boolean => {
  const head = words[RING_HEAD]! - 1
  const ahead = words[RING_AHEAD]!
  if (((words[RING_TAIL]! - head) | 0) >= RING_CAPACITY) return false
  for (let at = head; at !== head + ahead; at++) {
    words[RING_ENTRIES + (at & RING_MASK)] = words[RING_ENTRIES + ((at + 1) & RING_MASK)]!
  }
  words[RING_ENTRIES + ((head + ahead) & RING_MASK)] = index
  words[RING_HEAD] = head
  words[RING_AHEAD] = ahead + 1
  return true
}
