// sleep: a process waits for time to pass. Owns the check of times; the wait is an entry in the wheel of its scheduler, and
// ends with the process.

import { badArgument } from '../errors.ts'
import type { Kernel } from '../kernel/kernel.ts'
import { startWaiting } from '../kernel/post-timers.ts'
import { type Process, RUNNING, WAITING, waitOf } from '../kernel/process.ts'
import { NOW_MS } from '../kernel/words.ts'
import { exited, refuse } from './receive.ts'

/** The longest wait, in milliseconds: 24 days, as Node's timers have it. */
export const SLEEP_MAX: number = 2 ** 31 - 1

/** Throws if `ms` is no time from `least` milliseconds on. */
export const checkMs = (argument: string, ms: unknown, least = 0): void => {
  if (typeof ms === 'number' && ms >= least && ms <= SLEEP_MAX) return
  throw badArgument(RangeError, argument, `a number of milliseconds from ${least} to ${SLEEP_MAX}`, ms)
}

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
