// registry/lookup: who is registered under a key, looked up again while nothing changes.

import { run as runRumpus } from 'rumpus'
import { Registry } from 'rumpus/otp'
import { REGISTRY } from '../workloads.js'

const registry = new Registry('bench')

/** @param {import('../measure.js').Measure} tools */
export const run = (tools) =>
  runRumpus(async (self) => {
    await registry.start(self)
    for (let i = 0; i < REGISTRY.keys; i++) await registry.register(i, self.pid)
    return tools.perOperation(REGISTRY.lookups, async () => {
      let found = 0
      const start = performance.now()
      for (let i = 0; i < REGISTRY.lookups; i++) found += (await registry.lookup(i % REGISTRY.keys)).length
      const ms = performance.now() - start
      if (found !== REGISTRY.lookups) throw new Error(`Entries missing: wanted ${REGISTRY.lookups}, got ${found}`)
      return ms
    })
  })
