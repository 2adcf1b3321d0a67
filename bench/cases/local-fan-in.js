// local/fan-in-100: a hundred closures send a burst each to one that receives them all, and wait until it has them.

import { run as runRumpus, send } from 'rumpus'
import { FAN_IN } from '../workloads.js'

/** @typedef {import('rumpus').Self<number>} Consumer */

/** @param {import('../measure.js').Measure} tools */
export function run(tools) {
  const { producers, burst, bursts } = FAN_IN
  return runRumpus((/** @type {Consumer} */ self) => {
    const pids = Array.from({ length: producers }, () => startProducer(self, burst))
    return tools.perOperation(producers * burst * bursts, async () => {
      const start = performance.now()
      for (let n = 0; n < bursts; n++) {
        for (const pid of pids) send(pid, 'go')
        for (let i = 0; i < producers * burst; i++) await self.receive()
      }
      return performance.now() - start
    })
  })
}

/**
 * @param {Consumer} self
 * @param {number} burst
 */
const startProducer = (self, burst) =>
  self.spawn(async (/** @type {import('rumpus').Self<'go'>} */ me) => {
    for (;;) {
      await me.receive()
      for (let i = 0; i < burst; i++) send(self.pid, i)
    }
  })
