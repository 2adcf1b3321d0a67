// local/ping-pong, and the same on the native lane: two closures on one scheduler bounce a small object.

import { run as runRumpus, send } from 'rumpus'
import { PING_PONG, small } from '../workloads.js'

/**
 * @typedef {import('rumpus').Pid<{ i: number }>} Partner
 * @typedef {import('rumpus').Self<{ i: number }>} Player
 * @typedef {import('rumpus').Self<'done'>} Umpire
 */

/** @param {import('../measure.js').Measure} tools */
export const run = (tools) =>
  runRumpus((/** @type {Umpire} */ self) => tools.perOperation(2 * PING_PONG, () => pingPong(self, PING_PONG)))

/**
 * One game of `trips` round trips; answers its milliseconds.
 *
 * @param {Umpire} self
 * @param {number} trips
 */
export async function pingPong(self, trips) {
  const start = performance.now()
  startPair(self, trips)
  await self.receive()
  await self.receive()
  return performance.now() - start
}

/**
 * Two processes that play; each says when it is done.
 *
 * @param {Umpire} self
 * @param {number} trips
 */
export function startPair(self, trips) {
  /** @type {Partner} */
  const ponger = self.spawn(async (/** @type {Player} */ me) => {
    for (let i = 0; i < trips; i++) {
      const message = await me.receive()
      send(pinger, message)
    }
    send(self.pid, 'done')
  })
  /** @type {Partner} */
  const pinger = self.spawn(async (/** @type {Player} */ me) => {
    for (let i = 0; i < trips; i++) {
      send(ponger, small(i))
      await me.receive()
    }
    send(self.pid, 'done')
  })
}
