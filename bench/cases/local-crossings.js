// local/crossings: how many N-API calls the host makes for a message of local/ping-pong, by its own counter.

import { run as runRumpus } from 'rumpus'
import { PING_PONG } from '../workloads.js'
import { pingPong } from './local-ping-pong.js'

/** @typedef {import('./local-ping-pong.js').Umpire} Umpire */

/** @param {import('../measure.js').Measure} tools */
export const run = (tools) =>
  runRumpus(async (/** @type {Umpire} */ self) => {
    await pingPong(self, PING_PONG)
    return tools.observe(async (limitMs) => {
      const before = crossings(self)
      let operations = 0
      for (let ms = 0; ms < limitMs; operations += 2 * PING_PONG) ms += await pingPong(self, PING_PONG)
      return { value: (crossings(self) - before) / operations, operations }
    })
  })

/** @param {Umpire} self */
function crossings(self) {
  const [host] = self.runtime.inspect().schedulers
  if (host === undefined) throw new Error('Host missing: inspect() shows no scheduler')
  return host.crossings
}
