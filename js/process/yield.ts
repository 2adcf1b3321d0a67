// yield: a process goes to the back of the run ring, so that others have their turn. Never waits longer than they take. Where
// nobody else is on the ring a turn is taken: a body that computes alone hears at its next yield what others have sent it.

import type { Kernel } from '../kernel/kernel.ts'
import { type Process, QUEUED_WAKE, RUNNING, waitOf } from '../kernel/process.ts'
import { exited, refuse } from './receive.ts'

/** Resolves when those that could run have run. */
export const yieldNow = (kernel: Kernel, process: Process): Promise<void> => {
  if (process.exiting !== undefined) return exited(process)
  if (process.parked !== RUNNING) return refuse(process)
  const alone = kernel.dry
  process.parked = QUEUED_WAKE
  kernel.pushBack(process)
  const over = waitOf(process)
  if (alone) kernel.queueTurn()
  else kernel.next()
  return over as Promise<void>
}
