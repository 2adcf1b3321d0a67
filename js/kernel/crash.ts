// Crash reports: what happened to a process, as data, for whoever listens and else for stderr. Never throws, never keeps a
// process alive.

import { INDEX_MASK } from '../native/layout.ts'
import type { Kernel } from './kernel.ts'
import { splitKey } from './keys.ts'
import { isError } from './realms.ts'
import { describe } from './reasons.ts'
import type { CrashReport } from './reports.ts'

/** Reports a crash of `pid`. */
export const crashReport = (kernel: Kernel, pid: number, what: string, error: unknown): void =>
  kernel.around.crashed(kernel, {
    pid,
    scheduler: kernel.id,
    ...called(kernel, pid),
    what,
    error: isError(error) ? error : describe(error),
  })

/** How people know it: its name, and what it was spawned from. */
const called = (kernel: Kernel, pid: number): Pick<CrashReport, 'name' | 'definition'> => {
  if (pid === 0 || kernel.detached) return {}
  const name = kernel.handle.nameOf(pid)
  const process = kernel.procs[pid & INDEX_MASK]
  const number = process?.pid === pid ? process.definition : -1
  const key = number < 0 ? undefined : kernel.handle.definition(number)
  return { ...(name == null ? {} : { name }), ...(key == null ? {} : { definition: splitKey(key) }) }
}

/** The same listener, whose own failure, at once or later, goes to stderr: nothing that must go on after a report may depend on it. */
export const guarded = <Report = CrashReport>(
  listener: (report: Report) => unknown,
  what = 'a crash report',
): ((report: Report) => void) => {
  const failed = (failure: unknown): void =>
    void process.stderr.write(`rumpus: ${what} failed: ${describe(failure).message}\n`)
  return (report) => {
    try {
      const heard = listener(report)
      if (heard instanceof Promise) heard.catch(failed)
    } catch (failure) {
      failed(failure)
    }
  }
}
