// local/ping-pong, the same on the native lane, and with a guard on every receive: two closures on one scheduler bounce a
// small object.

import { run as runRumpus, send } from 'rumpus'
import { PING_PONG, small } from '../workloads.js'

/**
 * @typedef {import('rumpus').Pid<{ i: number }>} Partner
 * @typedef {import('rumpus').Self<{ i: number }>} Player
 * @typedef {import('rumpus').Self<'done'>} Umpire
 */

/** @param {import('../measure.js').Measure} tools */
export const run = (tools) => {
  const guardMs = 'guardMs' in tools.params ? tools.number('guardMs') : undefined
  return runRumpus((/** @type {Umpire} */ self) =>
    tools.perOperation(2 * PING_PONG, () => pingPong(self, PING_PONG, guardMs)),
  )
}

/**
 * One game of `trips` round trips; answers its milliseconds.
 *
 * @param {Umpire} self
 * @param {number} trips
 * @param {number} [guardMs] - how long each receive waits at most
 */
export async function pingPong(self, trips, guardMs) {
  const start = performance.now()
  startPair(self, trips, guardMs)
  await self.receive()
  await self.receive()
  return performance.now() - start
}

/**
 * Two processes that play; each says when it is done.
 *
 * @param {Umpire} self
 * @param {number} trips
 * @param {number} [guardMs]
 */
export function startPair(self, trips, guardMs) {
  /** @type {Partner} */
  const ponger = self.spawn(async (/** @type {Player} */ me) => {
    for (let i = 0; i < trips; i++) {
      const message = await next(me, guardMs)
      send(pinger, message)
    }
    send(self.pid, 'done')
  })
  /** @type {Partner} */
  const pinger = self.spawn(async (/** @type {Player} */ me) => {
    for (let i = 0; i < trips; i++) {
      send(ponger, small(i))
      await next(me, guardMs)
    }
    send(self.pid, 'done')
  })
}

/**
 * @param {Player} me
 * @param {number} [guardMs]
 */
const next = (me, guardMs) => (guardMs === undefined ? me.receive() : me.receive({ timeout: guardMs }))
