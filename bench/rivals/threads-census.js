// What rival `threads` does in the census rows: bare Workers take the same batches from one counter in shared memory and post
// what each came to; the main thread adds up. From the start of the Workers until they have ended.

import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { batchesOf } from '../../examples/census/batches.js'
import { addBatch, createTally, summarize } from '../../examples/census/tally.js'
import { digestOf, ROOT, sources, TOP } from '../sources.js'

/** @param {import('../measure.js').Measure} tools */
export async function countFiles(tools) {
  const walked = await sources()
  const file = new URL('./threads-census-worker.js', import.meta.url)
  let check = 0
  const sample = await tools.once(async () => {
    const start = performance.now()
    const tally = createTally()
    const workerData = { queue: new Int32Array(new SharedArrayBuffer(4)), root: ROOT, batches: batchesOf(walked.files) }
    const workers = Array.from({ length: tools.number('schedulers') }, () => new Worker(file, { workerData }))
    for (const worker of workers) worker.on('message', (batch) => addBatch(tally, batch))
    await Promise.all(workers.map((worker) => once(worker, 'exit')))
    const summary = summarize(tally, TOP)
    const ms = performance.now() - start
    check = digestOf(summary)
    return ms
  })
  return { ...sample, check }
}
