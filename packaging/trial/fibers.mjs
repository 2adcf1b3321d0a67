// A user's program with fibers inside a process, and beside it; prints what they answered.

import { run } from 'rumpus'
import { fifo } from 'rumpus/effect'
import { elapsed, select } from 'rumpus/events'
import { fiberOf } from 'rumpus/fibers'
import { both, map } from 'rumpus/structured'
import { Channel } from 'rumpus/sync'

const inside = await run(async (self) =>
  map(fiberOf(self), [1, 2, 3], async (n, fiber) => {
    await fiber.sleep(1)
    return n * 2
  }),
)
/** @type {Channel<string>} */
const channel = new Channel(0)
const [, beside] = await both(
  fifo.current(),
  (fiber) => channel.send(fiber, 'here'),
  (fiber) => select(fiber, [channel.receiving(), elapsed(60_000)]),
)
console.log(JSON.stringify({ inside, beside }))
