// The places of bounded mailboxes. Rust counts them and senders take them; here it is noted what the body has taken, once a
// turn, so that those places are free again. Owns the dropping of the oldest. Signals are never dropped: while
// they wait they take no place from messages.

import { COUNT_DROPPED_OLDEST } from '../native/layout.ts'
import { Down, Exit } from '../types.ts'
import type { Bound } from './bound.ts'
import type { Kernel } from './kernel.ts'
import { postPlaces } from './post-offers.ts'
import type { Process } from './process.ts'

/** A message of a bounded mailbox has come into the inbox of `process`, or is what it will be resumed with. */
export const noteMessage = (kernel: Kernel, process: Process, bound: Bound): void => {
  bound.held++
  list(kernel, process, bound)
  if (!bound.dropsOldest) return
  while (messagesOf(process, bound) > bound.capacity) dropOldest(kernel, process)
}

/** A signal has. */
export const noteSignal = (kernel: Kernel, process: Process, bound: Bound): void => {
  bound.signals++
  list(kernel, process, bound)
}

const list = (kernel: Kernel, process: Process, bound: Bound): void => {
  if (bound.listed) return
  bound.listed = true
  kernel.bounded.push(process)
}

const isSignal = (message: unknown): boolean => message instanceof Down || message instanceof Exit

/** How many messages wait that are no signals. */
const messagesOf = (process: Process, bound: Bound): number => {
  if (bound.signals > 0) {
    let signals = isSignal(process.handed) ? 1 : 0
    for (let at = process.head; at < process.tail; at++) if (isSignal(process.at(at))) signals++
    bound.signals = signals
  }
  return process.waiting - bound.signals
}

const dropOldest = (kernel: Kernel, process: Process): void => {
  for (let at = process.head; at < process.tail; at++) {
    if (isSignal(process.at(at))) continue
    process.remove(at)
    kernel.counts[COUNT_DROPPED_OLDEST]!++
    return
  }
}

/** Before a turn: gives back the places of what has been taken since the last one. */
export const settleBounds = (kernel: Kernel): void => {
  const { bounded } = kernel
  let kept = 0
  for (let i = 0; i < bounded.length; i++) {
    const process = bounded[i]!
    const bound = process.bound
    if (bound === undefined) continue
    const waiting = process.ended || process.buried ? 0 : messagesOf(process, bound)
    if (waiting < bound.held && process.exiting === undefined) postPlaces(kernel, process.pid, bound.held - waiting)
    bound.held = waiting
    if (waiting > 0) bounded[kept++] = process
    else bound.listed = false
  }
  bounded.length = kept
}
