// A bounded mailbox as its isolate sees it: what it may hold, and what it held when that was last looked at. No behaviour; what
// is done with it is in `places.ts`.

/** What becomes of what has no place; the numbers are those of `crates/runtime/src/process/state.rs`. */
export const OVERFLOW_DROP_NEWEST = 1
export const OVERFLOW_DROP_OLDEST = 2
export const OVERFLOW_OFFER = 3

export class Bound {
  readonly capacity: number
  readonly dropsOldest: boolean
  /** Messages that have come and whose places have not been given back. */
  held = 0
  /** Signals that wait in the inbox, or did when it was last looked at. */
  signals = 0
  /** Whether the kernel will look at it before the next turn. */
  listed = false

  constructor(capacity: number, overflow: number) {
    this.capacity = capacity
    this.dropsOldest = overflow === OVERFLOW_DROP_OLDEST
  }
}
