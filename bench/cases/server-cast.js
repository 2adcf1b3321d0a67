// server/cast: casts to a server of the same scheduler whose callback is not async; the last is followed by a question, so that all
// have been taken.

import { run as runRumpus } from 'rumpus'
import { cast, Server, startServer } from 'rumpus/otp'
import { SERVER } from '../workloads.js'

/** How many may wait at a time. */
const BURST = 1000

/** @extends {Server<unknown, number>} */
class Sum extends Server {
  sum = 0

  /**
   * @override
   * @param {number} i
   */
  handleCast(i) {
    this.sum += i
  }

  /** @override */
  handleCall() {
    return this.sum
  }
}

/** @param {import('../measure.js').Measure} tools */
export const run = (tools) =>
  runRumpus(async (self) => {
    const sum = await startServer(self, Sum)
    return tools.perOperation(SERVER.casts, async () => {
      const start = performance.now()
      for (let i = 0; i < SERVER.casts; i++) {
        cast(sum, i)
        if (i % BURST === BURST - 1) await self.call(sum, 'sum')
      }
      return performance.now() - start
    })
  })
