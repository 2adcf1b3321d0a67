// Crash reports: what happened to a process, as data, for whoever listens and else for stderr. Never throws, never keeps a
// process alive.

import type { Kernel } from './kernel.ts'
import { describe } from './reasons.ts'

/** Reports a crash of `pid`. */
export const crashReport = (kernel: Kernel, pid: number, what: string, error: unknown): void =>
  kernel.around.crashed(kernel, {
    pid,
    scheduler: kernel.id,
    what,
    error: error instanceof Error ? error : describe(error),
  })

/** The same listener, whose own failure goes to stderr: nothing that must go on after a report may depend on it. */
export const guarded =
  <T>(report: (report: T) => void) =>
  (what: T): void => {
    try {
      report(what)
    } catch (failure) {
      process.stderr.write(`rumpus: a report failed: ${describe(failure).message}\n`)
    }
  }
