// What goes to the wheel of a scheduler and out of it again: waits that end at a time, messages for later. Owns the units:
// milliseconds here, whole microseconds there, rounded up, so that nothing is early: one more, because there the present
// microsecond counts from its begin.

import { stopped } from '../errors.ts'
import {
  ARGUMENTS,
  OP_CANCEL_TIMER,
  OP_SEND_AFTER,
  OP_SEND_SLOT_AFTER,
  OP_STOP_WAITING,
  OP_WAIT,
  SCRATCH_LEN,
} from '../native/layout.ts'
import type { Kernel } from './kernel.ts'
import { answer, byReference, encodeFor, fromNow, lend, putLong } from './post.ts'
import type { Process } from './process.ts'
import { cancelYoung, keepYoung, putAfter } from './young.ts'

/** Has `process` told when it has waited `ms` milliseconds from now. */
export const startWaiting = (kernel: Kernel, process: Process, ms: number): void => {
  const { words } = kernel
  words[ARGUMENTS] = OP_WAIT
  putLong(words, ARGUMENTS + 1, process.pid)
  putLong(words, ARGUMENTS + 3, fromNow(ms))
  kernel.submit()
  process.timer = answer(words)
}

/** Its wait is over. */
export const stopWaiting = (kernel: Kernel, process: Process): void => {
  const { timer } = process
  if (timer === undefined) return
  process.timer = undefined
  if (kernel.detached) return
  const { words } = kernel
  words[ARGUMENTS] = OP_STOP_WAITING
  putLong(words, ARGUMENTS + 1, timer)
  kernel.submit()
}

/** Sends later, and then again every `period` milliseconds if that is not 0; answers the timer. */
export const postAfter = (kernel: Kernel, pid: number, message: unknown, ms: number, period: number): number => {
  if (kernel.detached) throw stopped()
  const { words } = kernel
  const local = byReference(kernel, pid)
  if (local && ms > 0 && period === 0 && kernel.settings.messages === 'reference') {
    return keepYoung(kernel, pid, message, ms)
  }
  const length = local ? 0 : encodeFor(kernel, pid, message)
  words[ARGUMENTS] = local ? OP_SEND_SLOT_AFTER : OP_SEND_AFTER
  words[ARGUMENTS + 3] = local ? lend(kernel, message) : length
  words[SCRATCH_LEN] = length
  putAfter(words, pid, ms, period, 0)
  submitted(kernel, local)
  return answer(words)
}

const submitted = (kernel: Kernel, local: boolean): void => {
  const slot = kernel.words[ARGUMENTS + 3]!
  try {
    kernel.submit()
  } catch (error) {
    if (local) kernel.slots.take(slot)
    throw error
  }
}

/** Cancels a timer; the milliseconds it had left, or nothing if it has fired or is none. */
export const postCancel = (kernel: Kernel, timer: number): number | undefined => {
  if (kernel.young.list.length > 0) {
    const left = cancelYoung(kernel, timer)
    if (left !== undefined) return left
  }
  const { words } = kernel
  words[ARGUMENTS] = OP_CANCEL_TIMER
  putLong(words, ARGUMENTS + 1, timer)
  kernel.submit()
  if (words[ARGUMENTS + 3] === 0) return undefined
  const slot = words[ARGUMENTS + 4]!
  if (slot !== 0) kernel.slots.take(slot - 1)
  return Math.ceil(Math.max(0, answer(words) - 1) / 1000)
}
