// cross/ping-pong: a body on the host and a definition on another scheduler bounce a record; one pair, nothing else.

import { define, run as runRumpus, send } from 'rumpus'
import { crossOf } from '../workloads.js'

/** @typedef {import('../workloads.js').Payload} Payload */

const echo = define(
  import.meta.url,
  'echo',
  async (/** @type {import('rumpus').Self<Payload>} */ self, /** @type {import('rumpus').Pid<Payload>} */ parent) => {
    for (;;) {
      const message = await self.receive()
      send(parent, message)
    }
  },
)

/** @param {import('../measure.js').Measure} tools */
export function run(tools) {
  const { messages, make } = crossOf('ping-pong')
  return runRumpus(async (/** @type {import('rumpus').Self<Payload>} */ self) => {
    const partner = self.spawn(echo, self.pid)
    return tools.perOperation(messages, async () => {
      const start = performance.now()
      for (let i = 0; i < messages; i++) {
        send(partner, make(i))
        await self.receive()
      }
      return performance.now() - start
    })
  })
}
