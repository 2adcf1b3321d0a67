// server/call and server/call-backlog: a body asks a server of its scheduler, with an empty inbox, or with 10 000 messages in it that
// nobody takes.

import { run as runRumpus, send } from 'rumpus'
import { Server, startServer } from 'rumpus/otp'
import { SERVER } from '../workloads.js'

/** @extends {Server<{ i: number }>} */
class Echo extends Server {
  /**
   * @override
   * @param {{ i: number }} request
   */
  handleCall(request) {
    return request
  }
}

/** @param {import('../measure.js').Measure} tools */
export const run = (tools) =>
  runRumpus(async (/** @type {import('rumpus').Self<unknown>} */ self) => {
    const echo = await startServer(self, Echo)
    if (tools.params.backlog) for (let i = 0; i < SERVER.backlog; i++) send(self.pid, { i })
    return tools.perOperation(SERVER.calls, async () => {
      const start = performance.now()
      for (let i = 0; i < SERVER.calls; i++) await self.call(echo, { i })
      return performance.now() - start
    })
  })
