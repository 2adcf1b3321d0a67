// local/spawn-exit: a thousand closures are started, take one message each, say so as their last act, and end.

import { run as runRumpus, send } from 'rumpus'
import { SPAWN_EXIT } from '../workloads.js'

/** @typedef {import('rumpus').Self<number>} Spawner */

/** @param {import('../measure.js').Measure} tools */
export const run = (tools) =>
  runRumpus((/** @type {Spawner} */ self) =>
    tools.perOperation(SPAWN_EXIT.alive * SPAWN_EXIT.times, async () => {
      const start = performance.now()
      for (let n = 0; n < SPAWN_EXIT.times; n++) await once(self, n)
      return performance.now() - start
    }),
  )

/**
 * @param {Spawner} self
 * @param {number} n
 */
async function once(self, n) {
  const pids = Array.from({ length: SPAWN_EXIT.alive }, () => startOne(self))
  for (const pid of pids) send(pid, n)
  for (let i = 0; i < SPAWN_EXIT.alive; i++) await self.receive()
}

/** @param {Spawner} self */
const startOne = (self) =>
  self.spawn(async (/** @type {import('rumpus').Self<number>} */ me) => {
    send(self.pid, await me.receive())
  })
