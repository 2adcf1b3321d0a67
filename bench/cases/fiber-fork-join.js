// fiber/fork-join: a child that does nothing is forked into a scope and awaited, one after the other.

import { fifo } from 'rumpus/effect'
import { scope } from 'rumpus/structured'
import { FORKS } from '../workloads.js'

/** @param {import('../measure.js').Measure} tools */
export const run = (tools) => tools.perOperation(FORKS, () => scope(fifo.current(), forkAndJoin))

/** @param {import('rumpus/structured').Scope} scope */
async function forkAndJoin(scope) {
  const start = performance.now()
  for (let i = 0; i < FORKS; i++) await scope.fork(nothing)
  return performance.now() - start
}

const nothing = async () => {}
