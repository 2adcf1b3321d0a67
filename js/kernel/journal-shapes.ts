// What a journal is told, and what of a thread outlives it, as data. No behaviour.

import type { HighWaterReport } from './process.ts'
import type { CrashReport } from './reports.ts'
import type { StallReport } from './stalls.ts'

/** Writes down what is reported in its isolate. None of these throws. */
export interface Journal {
  crash(report: CrashReport): void
  highWater(report: HighWaterReport): void
  stall(report: StallReport): void
}

/** Memory that a thread shares with its host, which looks at it when the thread has gone. */
export interface Kept {
  /** `'lines'` that it has not written yet, for a place; `'figures'` that it has counted, under a name. */
  readonly what: 'lines' | 'figures'
  readonly memory: SharedArrayBuffer
  /** Of lines: the path of the file or the number of the descriptor. Of figures: their name and labels. */
  readonly about: string | number
  /** The `threadId` of whose they are. */
  readonly thread: number
}
