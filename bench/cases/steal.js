// steal/unequal and steal/async: many definition processes, all spawned at once, each says what it came to. The one that
// spawns them and sums up lives on the first scheduler, as each Worker of the rival sums up its own share; the host waits for
// the sum. The figure of a child is the wall time with the schedulers it is given; the row is one over the other.

import { define, run as runRumpus, send } from 'rumpus'
import { spin } from '../spin.js'
import { jobsOf } from '../workloads.js'

/** @typedef {import('rumpus').Self<number>} Umpire */

const job = define(
  import.meta.url,
  'job',
  async (
    /** @type {import('rumpus').Self<never>} */ self,
    /** @type {import('rumpus').Pid<number>} */ parent,
    /** @type {number} */ sleepMs,
    /** @type {number} */ blocks,
  ) => {
    if (sleepMs > 0) await self.sleep(sleepMs)
    send(parent, spin(blocks))
  },
)

const foreman = define(
  import.meta.url,
  'foreman',
  async (
    /** @type {Umpire} */ self,
    /** @type {import('rumpus').Pid<number>} */ parent,
    /** @type {string} */ steal,
    /** @type {number} */ blocksPerUs,
  ) => {
    const { jobs, sleepMs, costUs } = jobsOf(steal)
    let sum = 0
    for (let i = 0; i < jobs; i++) self.spawn(job, self.pid, sleepMs, blocksPerUs * costUs(i))
    for (let i = 0; i < jobs; i++) sum = (sum + (await self.receive())) % 2 ** 32
    send(parent, sum)
  },
)

/** @param {import('../measure.js').Measure} tools */
export function run(tools) {
  const steal = tools.word('steal')
  let check = 0
  return runRumpus(
    async (/** @type {Umpire} */ self) => {
      const sample = await tools.rounds(jobsOf(steal).jobs, async () => {
        const start = performance.now()
        self.spawn(foreman.with({ on: 1 }), self.pid, steal, tools.number('blocksPerUs'))
        check = await self.receive()
        return performance.now() - start
      })
      return { ...sample, check }
    },
    { schedulers: tools.number('schedulers') },
  )
}
