// Bodies that were given up: their processes are dead, but they have not ended. Owns the list of them and the counter that the
// inspector reads. Holds them weakly: one that waits for what nobody can settle any more is collected, and never ran again. Those
// that end before the event loop comes round were never in it.

import { COUNT_ABANDONED } from '../native/layout.ts'
import type { Process } from './process.ts'

/** So many more at least, and those that were collected are taken off. */
const SWEEP_LEAST = 64

export class Abandoned {
  private readonly counts: Float64Array
  private readonly bodies = new Map<number, WeakRef<Process>>()
  private added = 0
  /** At so many more the next sweep is due: as many as there were after the last, so that each costs the same, however many there are. */
  private due = SWEEP_LEAST

  constructor(counts: Float64Array) {
    this.counts = counts
  }

  /** `process` is dead, its body goes on. */
  add(process: Process): void {
    if (process.ended) return
    this.bodies.set(process.pid, new WeakRef(process))
    if (++this.added >= this.due) this.sweep()
    this.count()
  }

  /** Its body has ended after all. */
  delete(process: Process): void {
    if (this.bodies.size > 0 && this.bodies.delete(process.pid)) this.count()
  }

  private sweep(): void {
    this.added = 0
    this.list()
    this.due = Math.max(SWEEP_LEAST, this.bodies.size)
  }

  /** Those that may still do something. */
  list(): Process[] {
    const list: Process[] = []
    for (const [pid, body] of this.bodies) {
      const process = body.deref()
      if (process === undefined) this.bodies.delete(pid)
      else list.push(process)
    }
    this.count()
    return list
  }

  private count(): void {
    this.counts[COUNT_ABANDONED] = this.bodies.size
  }
}
