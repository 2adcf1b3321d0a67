// Rival `poolifier`: a fixed pool of as many threads as there are schedulers, with its defaults, which give a task to the thread
// that has the fewest. (Its queues, with which threads steal, made two threads slower than one.)

import { fileURLToPath } from 'node:url'
import { FixedThreadPool } from 'poolifier'
import { offload } from '../offload.js'

/** @param {import('../measure.js').Measure} tools */
export async function run(tools) {
  const file = fileURLToPath(new URL('./poolifier-worker.js', import.meta.url))
  /** @type {FixedThreadPool<number, number>} */
  const pool = new FixedThreadPool(tools.number('schedulers'), file)
  const sample = await offload(tools, (blocks) => pool.execute(blocks))
  // Not awaited: its promise is not always settled, though the threads do end.
  void pool.destroy()
  return sample
}
