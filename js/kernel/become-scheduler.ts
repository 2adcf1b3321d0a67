// What a scheduler thread is, once its entry has given it the layers above: it takes its seat, loads definitions, pumps.
// Owns what is global on such a thread: stray rejections become crash reports; an uncaught exception ends the thread, and
// its host starts another.

import { parentPort, workerData } from 'node:worker_threads'
import { addon } from '../native/load.ts'
import type { ErrorDescription } from '../types.ts'
import { CENSUS_MS, census } from './census.ts'
import { crashReport, guarded } from './crash.ts'
import type { HostNote, SchedulerData, SchedulerNote } from './host.ts'
import type { Kernel, Surroundings } from './kernel.ts'
import { isolate } from './kernels.ts'
import { openKernel } from './open-kernel.ts'
import type { HighWaterReport } from './process.ts'
import type { ProcessView } from './process-view.ts'
import { Questions } from './questions.ts'
import { describe, wordsOf } from './reasons.ts'
import type { CrashReport } from './reports.ts'
import { takeDown } from './take-down.ts'
import { lookHere } from './views.ts'

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

const questions = new Questions()

/** The host asks all the others; if it does not answer, what is known here and what any thread can see must do. */
const censusByHost: Surroundings['census'] = async (kernel, of) => {
  const views = await questions.ask<readonly ProcessView[]>((id) => tell({ rumpus: 'census', id, of }), CENSUS_MS)
  return views ?? census(kernel, of, async () => undefined)
}

/** Hears the host out. It keeps no event loop alive: the seat does. */
const listen = (kernel: Kernel): void => {
  parentPort?.on('message', ({ rumpus, id, of = 0, views }: HostNote) => {
    if (rumpus === 'look') tell({ rumpus: 'seen', id, views: lookHere(kernel, of) })
    else if (rumpus === 'census') questions.answer(id, views)
  })
  parentPort?.unref()
}

/** Makes this thread a scheduler. */
export const becomeScheduler = (makeProcess: Surroundings['makeProcess']): void => {
  const { key, seat, settings, broken, settleMs, beatMs } = workerData as SchedulerData
  let stopping = false
  const stopped = (kernel: Kernel): void => {
    if (stopping) return
    stopping = true
    // Handles that user code left open must not keep the thread: the runtime is over.
    takeDown(kernel).finally(() => process.exit(0))
  }
  const loading = {
    broken,
    settleMs,
    beatMs,
    tell: (rumpus: 'loading' | 'loaded', url: string) => tell({ rumpus, url }),
  }
  const role = {
    loading,
    makeProcess,
    stopped,
    crashed: guarded(crashed),
    highWater: (highWater: HighWaterReport) => tell({ rumpus: 'high-water', highWater }),
    resolve: (url: string) => url,
    spawning: () => {},
    census: censusByHost,
  }
  const { kernel, definitions } = openKernel(addon.openRuntime(key), seat, settings, role)
  isolate.scheduler = { reachedRun: () => definitions.reachedRun() }
  process.on('unhandledRejection', (error) => {
    crashReport(kernel, 0, 'a promise was rejected and nobody handled it', error)
  })
  listen(kernel)
  tell({ rumpus: 'ready' })
  kernel.turn(1)
}
