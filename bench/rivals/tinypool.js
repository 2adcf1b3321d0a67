// Rival `tinypool`: as many threads as there are schedulers. Where tasks cost next to nothing a thread is given several at a time,
// as in `piscina`, of which it is a smaller form.

import { fileURLToPath } from 'node:url'
import { Tinypool } from 'tinypool'
import { offload } from '../offload.js'

/** @param {import('../measure.js').Measure} tools */
export async function run(tools) {
  const threads = tools.number('schedulers')
  const pool = new Tinypool({
    filename: fileURLToPath(new URL('./pool-task.js', import.meta.url)),
    minThreads: threads,
    maxThreads: threads,
    concurrentTasksPerWorker: tools.number('tasksPerThread'),
  })
  const sample = await offload(tools, (blocks) => pool.run(blocks))
  await pool.destroy()
  return sample
}
