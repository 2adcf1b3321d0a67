// local/link-unlink and local/monitor-demonitor: a tie to a process of the same scheduler, made and undone. A round ends
// with an answer of that process, so that nothing is left for later.

import { run as runRumpus, send } from 'rumpus'
import { TIES } from '../workloads.js'

/**
 * @typedef {import('rumpus').Self<'here'>} Asker
 * @typedef {import('rumpus').Pid<'there?'>} Partner
 */

/** @type {Record<string, (self: Asker, partner: Partner) => void>} */
const VERBS = {
  link: (self, partner) => {
    self.link(partner)
    self.unlink(partner)
  },
  monitor: (self, partner) => {
    self.demonitor(self.monitor(partner))
  },
}

/** @param {import('../measure.js').Measure} tools */
export function run(tools) {
  const tie = VERBS[tools.word('verb')]
  if (tie === undefined) throw new Error(`Verb unknown: wanted one of ${Object.keys(VERBS)}, got ${tools.word('verb')}`)
  return runRumpus((/** @type {Asker} */ self) => {
    const partner = self.spawn(async (/** @type {import('rumpus').Self<'there?'>} */ me) => {
      for (;;) {
        await me.receive()
        send(self.pid, 'here')
      }
    })
    return tools.perOperation(TIES, async () => {
      const start = performance.now()
      for (let i = 0; i < TIES; i++) tie(self, partner)
      send(partner, 'there?')
      await self.receive()
      return performance.now() - start
    })
  })
}
