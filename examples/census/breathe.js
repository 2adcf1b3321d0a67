// Owns the pauses of synchronous work: how often a thread that computes lets its event loop take a turn.

import { setImmediate as nextTurn } from 'node:timers/promises'

const SLICE_MS = 50

/**
 * Lets the thread's event loop take a turn, but only when the last is `SLICE_MS` ago: an ordinary batch is over before,
 * so its successors stay unstarted, and only what is unstarted can be stolen.
 *
 * @param {AbortSignal} [signal] once aborted, the next call rejects with its reason
 * @returns {() => Promise<void>}
 */
export function breather(signal) {
  let last = performance.now()
  return async () => {
    if (performance.now() - last < SLICE_MS) return
    await nextTurn()
    signal?.throwIfAborted()
    last = performance.now()
  }
}
