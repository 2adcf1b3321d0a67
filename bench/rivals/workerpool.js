// Rival `workerpool`: as many threads as there are schedulers.

import { fileURLToPath } from 'node:url'
import workerpool from 'workerpool'
import { offload } from '../offload.js'

/** @param {import('../measure.js').Measure} tools */
export async function run(tools) {
  const threads = tools.number('schedulers')
  const file = fileURLToPath(new URL('./workerpool-worker.js', import.meta.url))
  const pool = workerpool.pool(file, { workerType: 'thread', minWorkers: threads, maxWorkers: threads })
  const sample = await offload(tools, async (blocks) => pool.exec('spin', [blocks]))
  await pool.terminate()
  return sample
}
