// yield: a process goes to the back of the run ring, so that others have their turn. Never waits longer than they take.

import type { Kernel } from '../kernel/kernel.ts'
import { type Process, QUEUED_WAKE, RUNNING, waitOf } from '../kernel/process.ts'
import { exited, refuse } from './receive.ts'

/** Resolves when those that could run have run. */
export const yieldNow = (kernel: Kernel, process: Process): Promise<void> => {
  if (process.exiting !== undefined) return exited(process)
  if (process.parked !== RUNNING) return refuse(process)
  process.parked = QUEUED_WAKE
  kernel.pushBack(process)
  const over = waitOf(process)
  kernel.next()
  return over as Promise<void>
}
