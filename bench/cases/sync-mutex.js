// sync/mutex: a lock that nobody else wants, taken and given back.

import { fifo } from 'rumpus/effect'
import { Mutex } from 'rumpus/sync'
import { LOCKS } from '../workloads.js'

/** @param {import('../measure.js').Measure} tools */
export const run = (tools) => tools.perOperation(LOCKS, lockAndUnlock)

async function lockAndUnlock() {
  const [mutex, fiber] = [new Mutex(), fifo.current()]
  const start = performance.now()
  for (let i = 0; i < LOCKS; i++) {
    await mutex.lock(fiber)
    mutex.unlock(fiber)
  }
  return performance.now() - start
}
