// Dedicated threads as the host keeps them: one for each tenancy of a dedicated seat (`crates/sync/src/tenancy.rs`).
// Owns when such a thread is started and when it must be ended for its seat or its process. Never has two threads in one seat,
// and never starts one for a seat that nobody has reserved.

import type { RuntimeHandle } from '../native/load.ts'
import type { Reserved } from './notes.ts'
import type { Thread } from './thread.ts'

/** So long a thread has to let go of a process that is killed, or of a seat that is another's, in milliseconds. */
const LET_GO_MS = 100
/** The last look at whether it has is so long behind the one before. */
const LOOKED_AT_MS = 6_400

export class DedicatedThreads {
  private readonly handle: RuntimeHandle
  private readonly threads: readonly Thread[]
  private readonly start: (seat: number) => void
  /** What is known of the last tenancy that was asked for, by seat. */
  private readonly wanted = new Map<number, Reserved>()

  /** `start` starts a thread in a seat that has none. */
  constructor(handle: RuntimeHandle, threads: readonly Thread[], start: (seat: number) => void) {
    this.handle = handle
    this.threads = threads
    this.start = start
  }

  /** Whether `seat` is a dedicated one. */
  has(seat: number): boolean {
    return seat >= this.handle.regularSeats
  }

  /** A seat has been reserved. */
  want(reserved: Reserved): void {
    const { seat, tenancy } = reserved
    const thread = this.threads[seat]
    // It may be over by now, or have a thread already: one that ends looks for who comes next.
    if (thread === undefined || this.handle.tenancy(seat) !== tenancy || thread.tenancy === tenancy) return
    this.wanted.set(seat, reserved)
    if (thread.worker === undefined) this.open(seat, thread, tenancy)
    else this.endAfter(thread, () => true)
  }

  /** The thread in `seat` has ended; whether one is to come for the same tenancy, for something has not begun there. */
  comesBack(seat: number, thread: Thread): boolean {
    const tenancy = this.handle.tenancy(seat)
    if (tenancy !== 0 && tenancy === thread.tenancy) {
      // What waits there may be of any definition by now.
      thread.only = undefined
      return true
    }
    this.openAll()
    return false
  }

  /** The process `pid`, which lives in `seat`, is being killed. */
  free(seat: number, pid: number): void {
    const thread = this.threads[seat]
    const isThere = (): boolean => this.handle.census(pid).length > 1
    if (thread !== undefined) this.endAfter(thread, () => isThere() || this.handle.tenancy(seat) !== thread.tenancy)
  }

  /** Starts what is missing. Whoever reserved a seat may have ended before it could say so. */
  private openAll(): void {
    for (let seat = this.handle.regularSeats; seat < this.handle.seats; seat++) {
      const thread = this.threads[seat]
      const tenancy = this.handle.tenancy(seat)
      if (thread?.worker === undefined && tenancy !== 0 && thread?.tenancy !== tenancy) this.open(seat, thread, tenancy)
    }
  }

  private open(seat: number, thread: Thread, tenancy: number): void {
    const wanted = this.wanted.get(seat)
    thread.tenancy = tenancy
    thread.only = wanted?.tenancy === tenancy ? wanted.definition : undefined
    thread.failures = 0
    this.start(seat)
  }

  /** Ends the thread that is there now, if it is still there in a while and `must` go. */
  private endAfter(thread: Thread, must: () => boolean, ms = LET_GO_MS): void {
    const { worker } = thread
    const end = (): void => {
      if (thread.worker !== worker) return
      // On a busy machine it may not have come to what it must let go of.
      if (!must()) return ms < LOOKED_AT_MS ? this.endAfter(thread, must, 2 * ms) : undefined
      thread.going = true
      thread.told = true
      void worker?.terminate()
    }
    if (worker !== undefined) setTimeout(end, ms).unref()
  }
}
