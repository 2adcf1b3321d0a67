// Reports of crashes and of high water, to whoever was named in the options, else of crashes to the console. A listener that fails
// is told of there and disturbs nobody.

import type { HighWaterReport } from '../kernel/process.ts'
import type { CrashReport } from '../kernel/reports.ts'
import type { Around, Crash } from '../model/around.ts'
import type { Process } from '../model/process.ts'
import { describe, isError } from '../model/reasons.ts'
import type { Pid } from '../types.ts'
import { HERE } from './home.ts'

const guarded = <Report>(listener: (report: Report) => unknown, what: string): ((report: Report) => void) => {
  const failed = (failure: unknown): void => console.error(`rumpus: ${what} failed: ${describe(failure).message}`)
  return (report) => {
    try {
      const heard = listener(report)
      if (heard instanceof Promise) heard.catch(failed)
    } catch (failure) {
      failed(failure)
    }
  }
}

/** What becomes of a crash. */
export const crashReporter = (onCrash: (report: CrashReport) => void = writeCrash): ((crash: Crash) => void) => {
  const tell = guarded(onCrash, 'a crash report')
  return ({ pid, what, error }) => tell({ pid, scheduler: HERE, what, error: isError(error) ? error : describe(error) })
}

const writeCrash = ({ pid, scheduler, what, error }: CrashReport): void => {
  const { name, message, stack } = isError(error) ? describe(error) : (error as ReturnType<typeof describe>)
  console.error(`rumpus: process ${pid} on scheduler ${scheduler}: ${what}\n${stack ?? `${name}: ${message}`}`)
}

/** Tells `listener` behind what runs now: it may end the process, whose inbox is being filled. */
export const highWaterReporter = (
  from: number,
  listener: ((report: HighWaterReport) => void) | undefined,
): Around['highWater'] => {
  if (from === 0 || listener === undefined) return { from: Number.POSITIVE_INFINITY, tell: () => {} }
  const tell = guarded(listener, 'a listener for high water')
  const later = ({ pid }: Process, waiting: number): void =>
    queueMicrotask(() => tell({ pid: pid as Pid, scheduler: HERE, waiting }))
  return { from, tell: later }
}
