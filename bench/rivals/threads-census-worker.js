// A thread of rival `threads` in the census rows: takes batches until there are no more.

import { parentPort, workerData } from 'node:worker_threads'
import { countBatch } from '../../examples/census/count.js'

/** @type {{ queue: Int32Array, root: string, batches: string[][] }} */
const { queue, root, batches } = workerData
for (let paths = batches[Atomics.add(queue, 0, 1)]; paths !== undefined; paths = batches[Atomics.add(queue, 0, 1)]) {
  parentPort?.postMessage(await countBatch(root, paths))
}
