// What a scheduler thread is, once its entry has given it the layers above: it takes its seat, loads definitions, pumps.
// Owns what is global on such a thread: stray rejections become crash reports; an uncaught exception ends the thread, and
// its host starts another.

import { parentPort, workerData } from 'node:worker_threads'
import { addon } from '../native/load.ts'
import type { ErrorDescription } from '../types.ts'
import { crashReport, guarded } from './crash.ts'
import type { SchedulerData, SchedulerNote } from './host.ts'
import type { Kernel, Surroundings } from './kernel.ts'
import { isolate } from './kernels.ts'
import { openKernel } from './open-kernel.ts'
import type { HighWaterReport } from './process.ts'
import { describe, wordsOf } from './reasons.ts'
import type { CrashReport } from './reports.ts'
import { takeDown } from './take-down.ts'

const tell = (note: SchedulerNote): void => parentPort?.postMessage(note)

const crashed = (report: CrashReport): void => {
  // What is no error has been described by whoever reports it.
  const error = report.error instanceof Error ? describe(report.error) : (report.error as ErrorDescription)
  try {
    tell({ rumpus: 'crash', report: { ...report, error } })
  } catch {
    // The error carries something that cannot be posted: its words are enough.
    tell({ rumpus: 'crash', report: { ...report, error: wordsOf(error) } })
  }
}

/** Makes this thread a scheduler. */
export const becomeScheduler = (makeProcess: Surroundings['makeProcess']): void => {
  const { key, seat, settings, broken, settleMs } = workerData as SchedulerData
  let stopping = false
  const stopped = (kernel: Kernel): void => {
    if (stopping) return
    stopping = true
    // Handles that user code left open must not keep the thread: the runtime is over.
    takeDown(kernel).finally(() => process.exit(0))
  }
  const loading = { broken, settleMs, tell: (rumpus: 'loading' | 'loaded', url: string) => tell({ rumpus, url }) }
  const role = {
    loading,
    makeProcess,
    stopped,
    crashed: guarded(crashed),
    highWater: (highWater: HighWaterReport) => tell({ rumpus: 'high-water', highWater }),
    resolve: (url: string) => url,
    spawning: () => {},
  }
  const { kernel, definitions } = openKernel(addon.openRuntime(key), seat, settings, role)
  isolate.scheduler = { reachedRun: () => definitions.reachedRun() }
  process.on('unhandledRejection', (error) => {
    crashReport(kernel, 0, 'a promise was rejected and nobody handled it', error)
  })
  tell({ rumpus: 'ready' })
  kernel.turn(1)
}
