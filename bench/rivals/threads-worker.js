// A thread of rival `threads`: takes jobs from the shared queue until it is empty, then answers the sum of what they came
// to. Jobs that sleep overlap, up to this thread's share of all.

import { setTimeout as sleep } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { spin } from '../spin.js'
import { jobsOf } from '../workloads.js'

/** @type {{ steal: string, queue: Int32Array, share: number, blocksPerUs: number }} */
const { steal, queue, share, blocksPerUs } = workerData
const { jobs, sleepMs, costUs } = jobsOf(steal)

/** Takes jobs one after the other. */
async function takeAwake() {
  let sum = 0
  for (let i = Atomics.add(queue, 0, 1); i < jobs; i = Atomics.add(queue, 0, 1)) {
    sum = (sum + spin(blocksPerUs * costUs(i))) % 2 ** 32
  }
  return sum
}

/** Takes up to `share` jobs at once. */
async function takeSleeping() {
  /** @type {Promise<number>[]} */
  const inAir = []
  while (inAir.length < share) {
    const i = Atomics.add(queue, 0, 1)
    if (i >= jobs) break
    inAir.push(sleep(sleepMs).then(() => spin(blocksPerUs * costUs(i))))
  }
  return (await Promise.all(inAir)).reduce((sum, one) => (sum + one) % 2 ** 32, 0)
}

parentPort?.on('message', async () => {
  parentPort?.postMessage(sleepMs > 0 ? await takeSleeping() : await takeAwake())
})
parentPort?.postMessage(0)
