// sync/stream-cross: items through a shared channel, from a fiber of one core to a fiber of another, where the channel was made; each send
// and each receive is awaited, and the sender is ahead by as much as the channel holds.

import { run as runRumpus } from 'rumpus'
import { defineParallel, fiberOf, parallel, SharedChannel } from 'rumpus/fibers'
import { both } from 'rumpus/structured'
import { CROSS_ITEMS, small } from '../workloads.js'

/** @typedef {import('rumpus/effect').Fiber} Fiber */
/** @typedef {{ i: number }} Item */

const produce = defineParallel(
  import.meta.url,
  'produce',
  async (
    /** @type {Fiber} */ fiber,
    /** @type {import('rumpus/fibers').SharedChannelHandle<Item>} */ handle,
    /** @type {number} */ count,
  ) => {
    const channel = new SharedChannel(handle)
    for (let i = 0; i < count; i++) await channel.send(fiber, small(i))
  },
)

/** @param {import('../measure.js').Measure} tools */
export const run = (tools) =>
  runRumpus(async (/** @type {import('rumpus').Self<never>} */ self) => {
    /** @type {SharedChannel<Item>} */
    const channel = SharedChannel.create(self, CROSS_ITEMS.capacity)
    const { count } = CROSS_ITEMS
    return tools.perOperation(count, async () => {
      const start = performance.now()
      await both(
        fiberOf(self),
        (/** @type {Fiber} */ fiber) => parallel(fiber, produce.with({ on: 1 }), channel.handle, count),
        async (/** @type {Fiber} */ fiber) => {
          for (let i = 0; i < count; i++) await channel.receive(fiber)
        },
      )
      return performance.now() - start
    })
  })
