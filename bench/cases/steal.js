// steal/unequal and steal/async: many definition processes, all spawned at once, each says when it is done. The figure of
// a child is the wall time with the schedulers it is given; the row is one over the other.

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
    /** @type {number} */ steps,
  ) => {
    if (sleepMs > 0) await self.sleep(sleepMs)
    send(parent, spin(steps))
  },
)

/** @param {import('../measure.js').Measure} tools */
export function run(tools) {
  const { jobs, sleepMs, costUs } = jobsOf(tools.word('steal'))
  const stepsPerUs = tools.number('stepsPerUs')
  let check = 0
  return runRumpus(
    async (/** @type {Umpire} */ self) => {
      const sample = await tools.rounds(jobs, async () => {
        check = 0
        const start = performance.now()
        for (let i = 0; i < jobs; i++) self.spawn(job, self.pid, sleepMs, stepsPerUs * costUs(i))
        for (let i = 0; i < jobs; i++) check = (check + (await self.receive())) % 2 ** 32
        return performance.now() - start
      })
      return { ...sample, check }
    },
    { schedulers: tools.number('schedulers') },
  )
}
