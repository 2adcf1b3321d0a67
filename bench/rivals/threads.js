// Rival `threads`: bare Workers that take the same jobs from one shared queue, a counter in shared memory. Jobs that sleep
// are all in the air at once, as the processes are: each Worker takes its share of them as fast as it can start them. What it does
// in the census rows is in `threads-census.js`.

import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { jobsOf } from '../workloads.js'
import { countFiles } from './threads-census.js'

/** @param {import('../measure.js').Measure} tools */
export const run = (tools) => ('steal' in tools.params ? doJobs(tools) : countFiles(tools))

/** @param {import('../measure.js').Measure} tools */
async function doJobs(tools) {
  const steal = tools.word('steal')
  const { jobs } = jobsOf(steal)
  const queue = new Int32Array(new SharedArrayBuffer(4))
  const count = tools.number('schedulers')
  const workerData = { steal, queue, share: Math.ceil(jobs / count), blocksPerUs: tools.number('blocksPerUs') }
  const file = new URL('./threads-worker.js', import.meta.url)
  const workers = Array.from({ length: count }, () => new Worker(file, { workerData }))
  await answers(workers)
  let check = 0
  const sample = await tools.rounds(jobs, async () => {
    const start = performance.now()
    Atomics.store(queue, 0, 0)
    for (const worker of workers) worker.postMessage('go')
    const sums = await answers(workers)
    check = sums.reduce((sum, one) => (sum + one) % 2 ** 32, 0)
    return performance.now() - start
  })
  await Promise.all(workers.map((worker) => worker.terminate()))
  return { ...sample, check }
}

/**
 * One message of each.
 *
 * @param {readonly Worker[]} workers
 * @returns {Promise<number[]>}
 */
const answers = (workers) => Promise.all(workers.map(async (worker) => (await once(worker, 'message'))[0]))
