// local/drain: a process takes what lies in its inbox without waiting; how it came there does not count.

import { run as runRumpus, send } from 'rumpus'
import { DRAIN, small } from '../workloads.js'

/** @param {import('../measure.js').Measure} tools */
export const run = (tools) =>
  runRumpus((/** @type {import('rumpus').Self<{ i: number }>} */ self) =>
    tools.perOperation(DRAIN, async () => {
      for (let i = 0; i < DRAIN; i++) send(self.pid, small(i))
      let taken = 0
      const start = performance.now()
      while (self.tryReceive() !== undefined) taken++
      const ms = performance.now() - start
      if (taken !== DRAIN) throw new Error(`Messages missing: wanted ${DRAIN}, got ${taken}`)
      return ms
    }),
  )
