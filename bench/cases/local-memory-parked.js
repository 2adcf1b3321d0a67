// local/memory-parked: what a closure that was started, has answered one message and waits for the next takes of the
// memory of this process: its JavaScript, its slot in Rust, and what both keep for it.

import { run as runRumpus, send } from 'rumpus'
import { PARKED } from '../workloads.js'

/** @typedef {import('rumpus').Self<number>} Spawner */

/** @param {import('../measure.js').Measure} tools */
export const run = (tools) =>
  runRumpus((/** @type {Spawner} */ self) => tools.bytesEach(PARKED, (count) => park(self, count)))

/**
 * @param {Spawner} self
 * @param {number} count
 */
async function park(self, count) {
  const pids = Array.from({ length: count }, () => startEcho(self))
  for (const [i, pid] of pids.entries()) send(pid, i)
  for (let i = 0; i < count; i++) await self.receive()
  return pids
}

/** @param {Spawner} self */
const startEcho = (self) =>
  self.spawn(async (/** @type {import('rumpus').Self<number>} */ me) => {
    for (;;) send(self.pid, await me.receive())
  })
