// Owns the receiver that several soaks send the time to: tells how late the message was, and how long a thread of this
// process waited for a core since the receiver began to wait. One late message is a window of its own: over seconds a
// disturbance of a few milliseconds would not show in the share.

import { define, send } from 'rumpus'
import { NoiseWatch } from '../noise.js'
import { now } from './clock.js'

/** A wait for a core of more than this share of the limit may be what made a message late. */
const WAIT_SHARE = 0.1

/**
 * @typedef {{ late: number, waitedMs: number }} Lap
 * @typedef {import('rumpus').Pid<number>} Stopwatch - takes the time of sending
 */

export const stopwatch = define(
  import.meta.url,
  'stopwatch',
  async (/** @type {import('rumpus').Self<number>} */ self, /** @type {import('rumpus').Pid<Lap>} */ parent) => {
    for (;;) {
      const noise = new NoiseWatch()
      const late = -(await self.receive()) + now()
      send(parent, { late, waitedMs: noise.read().waitedMs })
    }
  },
)

/**
 * A lap as a window. A message that was in time counts, however hard the machine made it.
 *
 * @param {string} what
 * @param {Lap} lap
 * @param {number} limit
 * @returns {import('./windows.js').Judged}
 */
export const judgeLap = (what, { late, waitedMs }, limit) => ({
  figures: { [what]: late },
  disturbed: late > limit && waitedMs > limit * WAIT_SHARE,
})
