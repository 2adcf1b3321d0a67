// Rival `worker`: as many bare Workers as there are schedulers, started at once; milliseconds to the first message of all.

import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

/** @param {import('../measure.js').Measure} tools */
export const run = (tools) =>
  tools.once(async () => {
    const start = performance.now()
    const file = new URL('./worker-worker.js', import.meta.url)
    const workers = Array.from({ length: tools.number('schedulers') }, () => new Worker(file))
    await Promise.all(workers.map((worker) => once(worker, 'message')))
    const ms = performance.now() - start
    await Promise.all(workers.map((worker) => worker.terminate()))
    return ms
  })
