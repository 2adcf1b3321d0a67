// server/call-cross: a body on the host asks a server on another scheduler with a small record; one pair, nothing else.

import { run as runRumpus } from 'rumpus'
import { defineServer, Server, startServer } from 'rumpus/otp'
import { crossOf } from '../workloads.js'

/** @extends {Server<import('../workloads.js').Payload>} */
class Echo extends Server {
  /**
   * @override
   * @param {import('../workloads.js').Payload} request
   */
  handleCall(request) {
    return request
  }
}

const echo = defineServer(import.meta.url, 'echo', Echo)

/** @param {import('../measure.js').Measure} tools */
export function run(tools) {
  const { messages, make } = crossOf('ping-pong')
  return runRumpus(async (self) => {
    const there = await startServer(self, echo, { on: 1 })
    return tools.perOperation(messages, async () => {
      const start = performance.now()
      for (let i = 0; i < messages; i++) await self.call(there, make(i))
      return performance.now() - start
    })
  })
}
