// fiber/cancel-100k: a scope with 100 000 fibers that wait is cancelled, until all of them have ended; their start does not count.

import { fifo, Trigger } from 'rumpus/effect'
import { openScope } from 'rumpus/structured'
import { PARKED } from '../workloads.js'

/** @param {import('../measure.js').Measure} tools */
export const run = (tools) => tools.perOperation(PARKED, cancelAll)

async function cancelAll() {
  const scope = openScope(fifo.current())
  for (let i = 0; i < PARKED; i++) scope.fork(wait)
  const start = performance.now()
  await scope[Symbol.asyncDispose]()
  return performance.now() - start
}

/** @param {import('rumpus/effect').Fiber} fiber */
async function wait(fiber) {
  await fiber.await(new Trigger())
}
