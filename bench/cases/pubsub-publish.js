// pubsub/publish: a message published to a thousand servers of this scheduler, each of which takes it; the next when all have.

import { run as runRumpus, send } from 'rumpus'
import { join, publish, Server, startServer } from 'rumpus/otp'
import { PUBLISH } from '../workloads.js'

/** @param {import('../measure.js').Measure} tools */
export const run = (tools) =>
  runRumpus(async (/** @type {import('rumpus').Self<unknown>} */ self) => {
    let copies = 0
    /** @extends {Server<unknown, unknown, { i: number }>} */
    class Member extends Server {
      /** @override */
      init() {
        join(this.self, 'bench')
      }

      /** @override */
      handleInfo() {
        if (++copies % PUBLISH.members === 0) send(self.pid, 'all')
      }
    }
    for (let i = 0; i < PUBLISH.members; i++) await startServer(self, Member)
    return tools.perOperation(PUBLISH.members * PUBLISH.times, async () => {
      const start = performance.now()
      for (let i = 0; i < PUBLISH.times; i++) {
        publish('bench', { i })
        await self.receive()
      }
      return performance.now() - start
    })
  })
