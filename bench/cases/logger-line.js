// logger/line: what a line costs the body that logs it, in bursts to a file. Writing it, behind the burst, does not count.

import { run as runRumpus } from 'rumpus'
import { openLogger } from 'rumpus/logger'
import { bursts } from '../lines.js'

/** @param {import('../measure.js').Measure} tools */
export const run = (tools) =>
  bursts(tools, (path, measured) =>
    runRumpus(async (self) => {
      self.register('bench')
      const log = openLogger({ to: path })
      return measured(log.of(self), () => log.flush())
    }),
  )
