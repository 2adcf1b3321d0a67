// Crash reports: what happened to a process, as data, for whoever listens and else for stderr. Never throws, never keeps a
// process alive.

import type { Kernel } from './kernel.ts'
import { isError } from './realms.ts'
import { describe } from './reasons.ts'
import type { CrashReport } from './reports.ts'

/** Reports a crash of `pid`. */
export const crashReport = (kernel: Kernel, pid: number, what: string, error: unknown): void =>
  kernel.around.crashed(kernel, {
    pid,
    scheduler: kernel.id,
    what,
    error: isError(error) ? error : describe(error),
  })

/** The same listener, whose own failure goes to stderr: nothing that must go on after a report may depend on it. */
export const guarded =
  <Report = CrashReport>(listener: (report: Report) => void, what = 'a crash report') =>
  (report: Report): void => {
    try {
      listener(report)
    } catch (failure) {
      process.stderr.write(`rumpus: ${what} failed: ${describe(failure).message}\n`)
    }
  }
