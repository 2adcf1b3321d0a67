// The desk (`js/process/desk.ts`) as far as completions must know it.

import type { Process } from './process.ts'

export interface Desk {
  /** The process that it is. */
  readonly pid: number
  /** Whether a message that has come to its `process` is an answer that it has handed on, without running anybody's code. */
  takesAtOnce(message: unknown, process: Process): boolean
  /** A place that was wanted is kept, or its process is gone. */
  granted(offer: number, place: boolean): void
}
