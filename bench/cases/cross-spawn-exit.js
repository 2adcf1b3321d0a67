// cross/spawn-exit: a body on the host starts definition processes on another scheduler that end at once, and hears of each
// end, also of those that end before they are monitored; each that is heard of makes room for the next.

import { Down, define, run as runRumpus } from 'rumpus'
import { CROSS_SPAWN } from '../workloads.js'

/** @typedef {import('rumpus').Self<Down>} Spawner */

const brief = define(import.meta.url, 'brief', async () => {}).with({ on: 1 })

/** @param {import('../measure.js').Measure} tools */
export function run(tools) {
  const { inFlight, processes } = CROSS_SPAWN
  return runRumpus((/** @type {Spawner} */ self) =>
    tools.perOperation(processes, async () => {
      const start = performance.now()
      for (let i = 0; i < inFlight; i++) startOne(self)
      for (let i = inFlight; i < processes; i++) {
        await heardDown(self)
        startOne(self)
      }
      for (let i = 0; i < inFlight; i++) await heardDown(self)
      return performance.now() - start
    }),
  )
}

/** @param {Spawner} self */
const startOne = (self) => self.monitor(self.spawn(brief))

/** @param {Spawner} self */
async function heardDown(self) {
  const message = await self.receive()
  if (!(message instanceof Down)) throw new Error(`Down expected, got ${message}`)
}
