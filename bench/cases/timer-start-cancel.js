// timer/start-cancel: a message for later is set and cancelled, while a hundred thousand others wait for their time.

import { cancelTimer, run as runRumpus, sendAfter } from 'rumpus'
import { TIMERS } from '../workloads.js'

/** @param {import('../measure.js').Measure} tools */
export const run = (tools) =>
  runRumpus(async (/** @type {import('rumpus').Self<string>} */ self) => {
    const { pending, pairs } = TIMERS
    for (let i = 0; i < pending; i++) sendAfter(self.pid, 'pending', 60_000 + i)
    return tools.perOperation(pairs, async () => {
      const start = performance.now()
      for (let i = 0; i < pairs; i++) cancelTimer(sendAfter(self.pid, 'guard', 5000 + (i & 1023)))
      return performance.now() - start
    })
  })
