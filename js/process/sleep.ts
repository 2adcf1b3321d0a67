// sleep: a process waits for time to pass. Owns one Node timer per sleep; ends with the process.

import { badArgument } from '../errors.ts'
import type { Kernel } from '../kernel/kernel.ts'
import { type Process, QUEUED_WAKE, RUNNING, WAITING, waitOf } from '../kernel/process.ts'
import { exited, refuse } from './receive.ts'

/** The longest wait, in milliseconds: what a Node timer holds. */
export const SLEEP_MAX: number = 2 ** 31 - 1

/** Resolves after `ms` milliseconds. */
export const sleep = (kernel: Kernel, process: Process, ms: number): Promise<void> => {
  if (typeof ms !== 'number' || !(ms >= 0 && ms <= SLEEP_MAX)) {
    throw badArgument(RangeError, 'ms', `a number of milliseconds from 0 to ${SLEEP_MAX}`, ms)
  }
  if (process.exiting !== undefined) return exited(process)
  if (process.parked !== RUNNING) return refuse(process)
  process.parked = WAITING
  const timer = setTimeout(wakeUp, ms, kernel, process)
  process.undo = () => clearTimeout(timer)
  const over = waitOf(process)
  kernel.next()
  return over as Promise<void>
}

const wakeUp = (kernel: Kernel, process: Process): void => {
  process.parked = QUEUED_WAKE
  kernel.pushBack(process)
}
