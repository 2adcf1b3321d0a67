// Rival `piscina`: as many threads as there are schedulers. Where tasks cost next to nothing a thread is given several at a time,
// as its documentation advises.

import { fileURLToPath } from 'node:url'
import { Piscina } from 'piscina'
import { offload } from '../offload.js'

/** @param {import('../measure.js').Measure} tools */
export async function run(tools) {
  const threads = tools.number('schedulers')
  const pool = new Piscina({
    filename: fileURLToPath(new URL('./pool-task.js', import.meta.url)),
    minThreads: threads,
    maxThreads: threads,
    concurrentTasksPerWorker: tools.number('tasksPerThread'),
  })
  const sample = await offload(tools, (blocks) => pool.run(blocks))
  await pool.destroy()
  return sample
}
