// What a scheduler thread is, once its entry has given it the layers above: it takes its seat, loads definitions, pumps.
// Owns what is global on such a thread: stray rejections become crash reports; an uncaught exception ends the thread, and
// its host starts another.

import { builtin } from '../builtin.ts'
import { addon } from '../native/load.ts'
import type { ErrorDescription } from '../types.ts'
import { CENSUS_MS, census } from './census.ts'
import { crashReport, guarded } from './crash.ts'
import { hasJournal, lastly, writeDown } from './journal.ts'
import type { Kernel, Surroundings } from './kernel.ts'
import { isolate } from './kernels.ts'
import { Links } from './links.ts'
import type { HostNote, Reserved, SchedulerData, SchedulerNote } from './notes.ts'
import { openKernel } from './open-kernel.ts'
import type { HighWaterReport } from './process.ts'
import type { ProcessView } from './process-view.ts'
import { Questions } from './questions.ts'
import { isError } from './realms.ts'
import { describe, wordsOf } from './reasons.ts'
import type { CrashReport } from './reports.ts'
import { takeDown } from './take-down.ts'
import { loadTracing, type Traces } from './tracing.ts'
import { lookHere } from './views.ts'

const { writeFileSync } = builtin('node:fs')
const { parentPort, workerData } = builtin('node:worker_threads')

const tell = (note: SchedulerNote): void => parentPort?.postMessage(note)

const crashed = (report: CrashReport): void => {
  // What is no error has been described by whoever reports it.
  const error = isError(report.error) ? describe(report.error) : (report.error as ErrorDescription)
  const told: CrashReport = writeDown('crash', report) ? { ...report, error, logged: true } : { ...report, error }
  try {
    tell({ rumpus: 'crash', report: told })
  } catch {
    // The error carries something that cannot be posted: its words are enough.
    tell({ rumpus: 'crash', report: { ...told, error: wordsOf(error) } })
  }
}

/** It is called within a send: what a journal has of the user's code runs behind that. */
const passedHighWater = (report: HighWaterReport): void => {
  const isLogged = hasJournal()
  if (isLogged) queueMicrotask(() => writeDown('highWater', report))
  tell({ rumpus: 'high-water', highWater: isLogged ? { ...report, logged: true } : report })
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

/** Has `ps -L`, `top -H` and native profilers show the thread by its name, where a thread can write that: on Linux. */
const nameThread = (name: string): void => {
  if (process.platform !== 'linux') return
  try {
    // 15 characters are what the kernel keeps.
    writeFileSync('/proc/thread-self/comm', name.replace('dedicated:', 'd'))
  } catch {
    // A machine that hides it: nothing depends on the name.
  }
}

/** Makes this thread a scheduler. */
export const becomeScheduler = (): void => {
  const data = workerData as SchedulerData
  nameThread(data.name)
  const { trace } = data
  if (trace === undefined) takeSeat(data, undefined)
  else loadTracing().then((by) => takeSeat(data, { by, to: { part: trace } }))
}

const takeSeat = (data: SchedulerData, trace: Traces | undefined): void => {
  const { key, seat, settings, links, broken, only, settleMs, beatMs } = data
  let stopping = false
  const stopped = (kernel: Kernel): void => {
    if (stopping) return
    stopping = true
    // If the runtime is not over, nothing lives on this dedicated thread any more.
    tell({ rumpus: 'going' })
    // Handles that user code left open must not keep the thread.
    takeDown(kernel)
      .finally(lastly)
      .finally(() => process.exit(0))
  }
  const loading = {
    broken,
    only,
    settleMs,
    beatMs,
    tell: (rumpus: 'loading' | 'loaded', url: string) => tell({ rumpus, url }),
  }
  const role = {
    loading,
    stopped,
    crashed: guarded(crashed),
    highWater: passedHighWater,
    resolve: (url: string) => url,
    spawning: () => {},
    dedicate: (reserved: Reserved) => tell({ rumpus: 'dedicate', reserved }),
    killed: (seat: number, of: number) => tell({ rumpus: 'killed', seat, of }),
    census: censusByHost,
    carrier: new Links(seat, links),
    trace,
  }
  const { kernel, definitions } = openKernel(addon.openRuntime(key), seat, settings, role)
  isolate.scheduler = { seat, reachedRun: () => definitions.reachedRun() }
  process.on('unhandledRejection', (error) => {
    crashReport(kernel, 0, 'a promise was rejected and nobody handled it', error)
  })
  listen(kernel)
  tell({ rumpus: 'ready' })
  kernel.turn(1)
}
