// What a scheduler of the model is made of, and what it tells: shapes alone.

import type { ExitReason } from '../types.ts'
import type { Clock } from './clock.ts'
import type { Process } from './process.ts'
import type { Grant } from './turns.ts'

/** A crash as data. */
export interface Crash {
  readonly pid: number
  readonly what: string
  readonly error: unknown
}

/** What became of messages. */
export interface Counts {
  accepted: number
  received: number
  readonly dropped: { dead: number; died: number; full: number }
}

/** What a scheduler is made of. */
export interface Around {
  readonly clock: Clock
  /** Which of `n` processes goes on next. */
  readonly choose: (n: number) => number
  readonly grant: Grant
  readonly crashed: (crash: Crash) => void
  /** A reason as others hear it. */
  readonly carry: (reason: ExitReason) => ExitReason
  /** The number of the runtime, and of the last process that had this number in its pid. */
  readonly number: number
  readonly serials: { last: number }
  /** Hears of inboxes that grow beyond so many messages. */
  readonly highWater: { readonly from: number; readonly tell: (process: Process, waiting: number) => void }
}
