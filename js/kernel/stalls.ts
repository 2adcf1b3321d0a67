// Stalls: schedulers that owe a turn and do not take it, as the native watchdog sees them (`crates/binding/src/watchdog.rs`).
// Owns what becomes of what it says: a report, and, if asked to, the end of the thread. Never the end of the host.

import { builtin } from '../builtin.ts'
import { COUNT_TURNS, SEAT_COUNTS } from '../native/layout.ts'
import type { RuntimeHandle } from '../native/load.ts'

const { isMainThread } = builtin('node:worker_threads')

/** A scheduler that has taken no turn for too long: a body, a module or other code keeps its thread. */
export interface StallReport {
  /** Which; 0 is the host, which reports when it is over. */
  readonly scheduler: number
  /** For how many milliseconds it has owed a turn. */
  readonly ms: number
  /** The process that was resumed last, which may be the culprit; 0 if it has ended, or none was. */
  readonly pid: number
  /** Its name. */
  readonly name?: string
  /** Whether its thread is ended for it. */
  readonly ended: boolean
  /** Set while the inspector is open: then no thread is ended, for one that stands at a breakpoint takes no turn either. */
  readonly debugged?: true
}

/** When a scheduler counts as stalled, and what is done then. */
export interface StallOptions {
  /** After so many milliseconds without a turn, 10 at least; 5000 unless given. */
  readonly ms?: number
  /**
   * Whether the thread of a scheduler that stalls is ended: `scheduler-down` for what had begun there, and a new thread takes
   * its place. The host is never ended, and nobody is while the inspector is open: who stands at a breakpoint stalls.
   */
  readonly end?: boolean
}

/** Unless told otherwise. */
const STALL_MS = 5_000
/** So many figures of each stall. */
const FIGURES = 4

/** The same, complete. */
export type Stalling = Required<StallOptions>

/** What options mean; nothing if nobody is to watch. */
export const stallingOf = (options: StallOptions | false | undefined): Stalling | undefined =>
  options === false ? undefined : { ms: options?.ms ?? STALL_MS, end: options?.end ?? false }

/** While a module is being imported turns are taken so often, that their absence be seen: milliseconds, or 0. */
export const beatMs = (stalling: Stalling | undefined): number =>
  stalling === undefined ? 0 : Math.ceil(Math.min(100, stalling.ms / 4))

/** Whether somebody may stand at a breakpoint: the inspector is open. A thread that is no main one can only look at its flags. */
const isDebugged = (): boolean => {
  if (isMainThread) return process.getBuiltinModule('node:inspector')?.url() !== undefined
  return [...process.execArgv, process.env.NODE_OPTIONS].some((flag) => flag?.includes('--inspect'))
}

export class Stalls {
  private readonly handle: RuntimeHandle
  private readonly stalling: Stalling
  private readonly report: (report: StallReport) => void
  private readonly end: (seat: number, ms: number) => void
  private watches = false

  constructor(
    handle: RuntimeHandle,
    stalling: Stalling,
    report: (report: StallReport) => void,
    end: (seat: number, ms: number) => void,
  ) {
    this.handle = handle
    this.stalling = stalling
    this.report = report
    this.end = end
  }

  /** From now on somebody watches. */
  watch(): void {
    if (this.watches) return
    this.watches = true
    this.handle.watch(this.stalling.ms, () => this.take())
  }

  /** No longer. */
  unwatch(): void {
    if (this.watches) this.handle.unwatch()
  }

  private take(): void {
    const figures = this.handle.takeStalls()
    for (let at = 0; at < figures.length; at += FIGURES) {
      const [scheduler, ms, pid, turns] = figures.subarray(at, at + FIGURES)
      // It may have come round since.
      const stays = this.handle.seat(scheduler)?.[SEAT_COUNTS + COUNT_TURNS] === turns
      const debugged = this.stalling.end && scheduler !== 0 && isDebugged()
      const ended = this.stalling.end && scheduler !== 0 && stays && !debugged
      const name = pid === 0 ? undefined : this.handle.nameOf(pid)
      if (ended) this.end(scheduler, ms)
      this.report({ scheduler, ms, pid, ...(name == null ? {} : { name }), ended, ...(debugged ? { debugged } : {}) })
    }
  }
}
