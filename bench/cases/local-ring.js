// local/ring-500: a number goes around closures of one scheduler and is one less at each hop.

import { exit, run as runRumpus, send } from 'rumpus'
import { RING } from '../workloads.js'

/**
 * @typedef {import('rumpus').Pid<number>} Member
 * @typedef {import('rumpus').Self<'done'>} Umpire
 */

/** @param {import('../measure.js').Measure} tools */
export const run = (tools) =>
  runRumpus((/** @type {Umpire} */ self) => tools.perOperation(RING.hops, () => once(self, RING.hops)))

/**
 * @param {Umpire} self
 * @param {number} hops
 */
async function once(self, hops) {
  /** @type {Member[]} */
  const members = []
  for (let i = 0; i < RING.size; i++) members.push(join(self, members, i))
  await self.sleep(0) // all have begun and wait
  const start = performance.now()
  send(members[0], hops)
  await self.receive()
  const ms = performance.now() - start
  for (const member of members) exit(member, 'kill')
  return ms
}

/**
 * @param {Umpire} self
 * @param {readonly Member[]} members
 * @param {number} i
 */
function join(self, members, i) {
  return self.spawn(async (/** @type {import('rumpus').Self<number>} */ me) => {
    for (;;) {
      const left = await me.receive()
      if (left === 0) return send(self.pid, 'done')
      send(members[(i + 1) % RING.size], left - 1)
    }
  })
}
