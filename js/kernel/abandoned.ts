// Bodies that were given up: their processes are dead, but they have not ended. Owns the list of them and the counter that the
// inspector reads. Holds them weakly: one that waits for what nobody can settle any more is collected, and never ran again. Most end
// as soon as their wait has failed, so they are held until the event loop comes round: a weak reference costs more than such an end.

import { COUNT_ABANDONED } from '../native/layout.ts'
import type { Process } from './process.ts'

/** So many more, and those that were collected are taken off. */
const SWEEP_EVERY = 64

export class Abandoned {
  private readonly counts: Float64Array
  private readonly bodies = new Map<number, WeakRef<Process>>()
  /** Those of this pass of the event loop. */
  private readonly fresh = new Set<Process>()
  private added = 0

  constructor(counts: Float64Array) {
    this.counts = counts
  }

  /** Some are held that may go on for long. */
  get holds(): boolean {
    return this.fresh.size > 0
  }

  /** `process` is dead, its body goes on. */
  add(process: Process): void {
    if (process.ended) return
    this.fresh.add(process)
    this.count()
  }

  /** Its body has ended after all. */
  delete(process: Process): void {
    if (this.fresh.delete(process) || this.bodies.delete(process.pid)) this.count()
  }

  /** The event loop has come round: those that have not ended yet may be collected. */
  release(): void {
    for (const process of this.fresh) {
      this.bodies.set(process.pid, new WeakRef(process))
      if (++this.added % SWEEP_EVERY === 0) this.sweep()
    }
    this.fresh.clear()
    this.count()
  }

  /** Those that may still do something. */
  list(): Process[] {
    const list = [...this.sweep(), ...this.fresh]
    this.count()
    return list
  }

  private sweep(): Process[] {
    const list: Process[] = []
    for (const [pid, body] of this.bodies) {
      const process = body.deref()
      if (process === undefined) this.bodies.delete(pid)
      else list.push(process)
    }
    return list
  }

  private count(): void {
    this.counts[COUNT_ABANDONED] = this.bodies.size + this.fresh.size
  }
}
