// sleep: a process waits for time to pass. The wait is an entry in the wheel of its scheduler, and ends with the process.

import type { Kernel } from '../kernel/kernel.ts'
import { startWaiting } from '../kernel/post-timers.ts'
import { type Process, RUNNING, WAITING, waitOf } from '../kernel/process.ts'
import { NOW_MS } from '../kernel/words.ts'
import { exited, refuse } from './receive.ts'
import { checkMs } from './waits.ts'

/** Resolves after `ms` milliseconds. */
export const sleep = (kernel: Kernel, process: Process, ms: number): Promise<void> => {
  checkMs('ms', ms)
  if (process.exiting !== undefined) return exited(process)
  if (process.parked !== RUNNING) return refuse(process)
  process.parked = WAITING
  process.since = kernel.words[NOW_MS]
  startWaiting(kernel, process, ms)
  const over = waitOf(process)
  kernel.next()
  return over as Promise<void>
}
