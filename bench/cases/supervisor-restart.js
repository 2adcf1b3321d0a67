// supervisor/restart and supervisor/restart-10k: a child is killed and its successor says that it runs; so many within one period, with
// a supervisor of its own for each round.

import { exit, run as runRumpus, send } from 'rumpus'
import { startSupervisor } from 'rumpus/otp'

/** Longer than a round. */
const WITHIN_MS = 600_000

/**
 * @typedef {import('rumpus').Pid<unknown>} Child
 * @typedef {import('rumpus').Self<Child>} Killer
 */

/** @param {import('../measure.js').Measure} tools */
export const run = (tools) => {
  const restarts = tools.number('restarts')
  return runRumpus((/** @type {Killer} */ self) => tools.perOperation(restarts, () => kill(self, restarts)))
}

/**
 * @param {Killer} self
 * @param {number} times
 */
async function kill(self, times) {
  const start = async (/** @type {import('rumpus').Self<unknown>} */ me) => {
    send(self.pid, me.pid)
    await me.receive()
  }
  const children = [{ id: 'child', start }]
  const supervisor = await startSupervisor(self, { children, maxRestarts: times, within: WITHIN_MS }, { link: false })
  let child = await self.receive()
  const begun = performance.now()
  for (let i = 0; i < times; i++) {
    exit(child, 'kill')
    child = await self.receive()
  }
  const ms = performance.now() - begun
  exit(supervisor, 'shutdown')
  return ms
}
