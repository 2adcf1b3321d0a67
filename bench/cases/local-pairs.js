// local/pairs-1000: many pairs play ping-pong on one scheduler at the same time.

import { run as runRumpus } from 'rumpus'
import { PAIRS } from '../workloads.js'
import { startPair } from './local-ping-pong.js'

/** @typedef {import('./local-ping-pong.js').Umpire} Umpire */

/** @param {import('../measure.js').Measure} tools */
export const run = (tools) =>
  runRumpus((/** @type {Umpire} */ self) => tools.perOperation(2 * PAIRS.trips * PAIRS.pairs, () => once(self)))

/** @param {Umpire} self */
async function once(self) {
  const start = performance.now()
  for (let i = 0; i < PAIRS.pairs; i++) startPair(self, PAIRS.trips)
  for (let i = 0; i < 2 * PAIRS.pairs; i++) await self.receive()
  return performance.now() - start
}
