// fiber/memory: what a fiber of a scope that waits takes of the memory of this process: its code, its trigger, and what the scope
// and its computation keep for it.

import { fifo, Trigger } from 'rumpus/effect'
import { openScope } from 'rumpus/structured'
import { PARKED } from '../workloads.js'

/** @param {import('../measure.js').Measure} tools */
export async function run(tools) {
  const scope = openScope(fifo.current())
  const sample = await tools.bytesEach(PARKED, async (count) => {
    /** @type {Promise<void>[]} */
    const parked = []
    for (let i = 0; i < count; i++) parked.push(scope.fork(wait))
    return parked
  })
  await scope[Symbol.asyncDispose]()
  return sample
}

/** @param {import('rumpus/effect').Fiber} fiber */
async function wait(fiber) {
  await fiber.await(new Trigger())
}
