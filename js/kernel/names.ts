// Names as one scheduler knows them: what it has looked up stays good until a name changes hands anywhere, which a word of
// its page tells. Owns that memory; who has which name is the runtime's (`crates/runtime/src/names.rs`).

import { NAMES } from '../native/layout.ts'
import type { Kernel } from './kernel.ts'

export class Names {
  private readonly pids = new Map<string, number>()
  private seen = -1

  /** The pid of the living process that has `name`, or 0. */
  find(kernel: Kernel, name: string): number {
    const now = kernel.words[NAMES]!
    if (now !== this.seen) {
      this.pids.clear()
      this.seen = now
    }
    const known = this.pids.get(name)
    return known !== undefined ? known : this.learn(kernel, name)
  }

  private learn(kernel: Kernel, name: string): number {
    const pid = kernel.handle.whereis(name)
    this.pids.set(name, pid)
    return pid
  }
}
