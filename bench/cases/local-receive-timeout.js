// local/receive-timeout: two closures on one scheduler bounce a small object, each receive under a guard of 5 s.

import { run as runRumpus, send } from 'rumpus'
import { PING_PONG, small } from '../workloads.js'

const GUARD_MS = 5000

/**
 * @typedef {import('rumpus').Pid<{ i: number }>} Partner
 * @typedef {import('rumpus').Self<{ i: number }>} Player
 * @typedef {import('rumpus').Self<'done'>} Umpire
 */

/** @param {import('../measure.js').Measure} tools */
export const run = (tools) =>
  runRumpus((/** @type {Umpire} */ self) => tools.perOperation(2 * PING_PONG, () => pingPong(self)))

/** @param {Umpire} self */
async function pingPong(self) {
  const start = performance.now()
  /** @type {Partner} */
  const ponger = self.spawn(async (/** @type {Player} */ me) => {
    for (let i = 0; i < PING_PONG; i++) {
      const message = await me.receive({ timeout: GUARD_MS })
      send(pinger, message)
    }
    send(self.pid, 'done')
  })
  /** @type {Partner} */
  const pinger = self.spawn(async (/** @type {Player} */ me) => {
    for (let i = 0; i < PING_PONG; i++) {
      send(ponger, small(i))
      await me.receive({ timeout: GUARD_MS })
    }
    send(self.pid, 'done')
  })
  await self.receive()
  await self.receive()
  return performance.now() - start
}
