// Crash reports: what happened to a process, as data, for whoever listens and else for stderr. Never throws, never keeps a
// process alive.

import type { Kernel } from './kernel.ts'
import { describe } from './reasons.ts'

/** Reports a crash of `pid`. */
export const crashReport = (kernel: Kernel, pid: number, what: string, error: unknown): void => {
  try {
    kernel.around.crashed(kernel, {
      pid,
      scheduler: kernel.id,
      what,
      error: error instanceof Error ? error : describe(error),
    })
  } catch (failure) {
    process.stderr.write(`rumpus: a crash report failed: ${String(failure)}\n`)
  }
}
