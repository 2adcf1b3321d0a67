// sync/stream: items through an unbounded channel, from one fiber to another on the same core, as the floor's mailbox brings them: a
// hundred at a time, each awaited.

import { fifo } from 'rumpus/effect'
import { both } from 'rumpus/structured'
import { Channel } from 'rumpus/sync'
import { ITEMS, small } from '../workloads.js'

/** @typedef {import('rumpus/effect').Fiber} Fiber */

/** @param {import('../measure.js').Measure} tools */
export const run = (tools) => tools.perOperation(ITEMS.bursts * ITEMS.burst, stream)

async function stream() {
  /** @type {Channel<{ i: number }>} */
  const items = new Channel(Number.POSITIVE_INFINITY)
  /** @type {Channel<'go'>} */
  const turns = new Channel(Number.POSITIVE_INFINITY)
  const start = performance.now()
  await both(
    fifo.current(),
    async (/** @type {Fiber} */ fiber) => {
      for (let n = 0; n < ITEMS.bursts; n++) {
        for (let i = 0; i < ITEMS.burst; i++) items.trySend(small(i))
        await turns.receive(fiber)
      }
    },
    async (/** @type {Fiber} */ fiber) => {
      for (let n = 0; n < ITEMS.bursts; n++) {
        for (let i = 0; i < ITEMS.burst; i++) await items.receive(fiber)
        turns.trySend('go')
      }
    },
  )
  return performance.now() - start
}
