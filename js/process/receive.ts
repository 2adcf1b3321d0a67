// receive, tryReceive, flush: messages in the order they came. Owns the wait for any mail; a process has at most one wait.
// Hot: every message passes here. What is choosy is in `select.ts`.

import { ProcessExit, waitsAlready } from '../errors.ts'
import type { Kernel } from '../kernel/kernel.ts'
import { GATE_EXITING, type Process, QUEUED, RECEIVING, RUNNING, siteOf, waitOf } from '../kernel/process.ts'
import { COUNT_RECEIVED, GRANT, NOW_MS } from '../kernel/words.ts'

/** The next message, when it comes. */
export const receive = (kernel: Kernel, process: Process): Promise<unknown> => {
  if (process.parked !== RUNNING) return refuse(process)
  if (process.gate === GATE_EXITING) return exited(process)
  if (process.head !== process.tail) {
    if (kernel.words[GRANT] > 0) {
      kernel.words[GRANT]--
      kernel.counts[COUNT_RECEIVED]++
      return Promise.resolve(process.take())
    }
    // The grant is spent: whoever has a full inbox queues like everybody else.
    process.handed = process.take()
    process.parked = QUEUED
    kernel.pushBack(process)
  } else {
    process.parked = RECEIVING
    process.since = kernel.words[NOW_MS]
  }
  const message = waitOf(process)
  kernel.next()
  return message
}

/** The next message if there is one. */
export const tryReceive = (kernel: Kernel, process: Process): unknown => {
  process.check()
  if (process.head === process.tail || process.parked !== RUNNING) return undefined
  kernel.counts[COUNT_RECEIVED]++
  // Its place is free with the next turn.
  if (process.bound !== undefined && !kernel.armed) kernel.arm()
  return process.take()
}

/** Takes everything that has come, and answers how much that was. */
export const flush = (kernel: Kernel, process: Process): number => {
  process.check()
  if (process.parked !== RUNNING) throw waitsAlready(process.pid, siteOf(process))
  const count = process.waiting
  process.drop()
  kernel.counts[COUNT_RECEIVED] += count
  return count
}

/**
 * The answer to a process that must end. It comes by the event loop: a body that catches it and asks again, for ever, must
 * not keep its thread from hearing that its grace is over; then it does not hold the loop either.
 */
export const exited = (process: Process): Promise<never> =>
  handled(
    new Promise((_, reject) => {
      const holds = !process.buried && !process.ended
      const { loop } = process.home as unknown as Kernel
      loop.soon(() => reject(new ProcessExit(process.exiting)), holds)
    }),
  )

/** A rejection that nobody need handle: a body that must end may be waiting for something else. */
const handled = (rejection: Promise<never>): Promise<never> => {
  rejection.catch(() => {})
  return rejection
}

/** The answer to a process that waits already. */
export const refuse = (process: Process): Promise<never> => Promise.reject(waitsAlready(process.pid, siteOf(process)))

/** The next message, for a body that expects to wait for long: keeps nothing meanwhile that it can do without. */
export const hibernate = (kernel: Kernel, process: Process): Promise<unknown> => {
  if (process.parked === RUNNING) process.shrink()
  return receive(kernel, process)
}
