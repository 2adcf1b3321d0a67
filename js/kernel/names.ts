// Names as one scheduler knows them: what it has looked up stays good until a name changes hands anywhere, which a word of
// its page tells. Owns that memory; who has which name is the runtime's (`crates/runtime/src/names.rs`).

import { NAMES } from '../native/layout.ts'
import type { RuntimeHandle } from '../native/load.ts'

/** Whether a text has no half of a character, as every name. */
export const isWhole = (name: string): boolean => !/\p{Surrogate}/u.test(name)

export class Names {
  private readonly handle: RuntimeHandle
  private readonly words: Int32Array
  private readonly pids = new Map<string, number>()
  private seen = -1

  constructor(handle: RuntimeHandle, words: Int32Array) {
    this.handle = handle
    this.words = words
  }

  /** The pid of the living process that has `name`, or 0. */
  find(name: string): number {
    const now = this.words[NAMES]!
    if (now !== this.seen) {
      this.pids.clear()
      this.seen = now
    }
    const known = this.pids.get(name)
    return known !== undefined ? known : this.learn(name)
  }

  private learn(name: string): number {
    // Rust would read half a character as another.
    const pid = isWhole(name) ? this.handle.whereis(name) : 0
    this.pids.set(name, pid)
    return pid
  }
}
