// Rival `postMessage`: what Node itself offers between two threads. One Worker, both sides busy; round trips, or messages
// one way of which the last is answered. The work is that of the reference floors; the Worker is warm, as ours is.

import { Worker } from 'node:worker_threads'
import { crossOf } from '../workloads.js'

/** @param {import('../measure.js').Measure} tools */
export async function run(tools) {
  const stream = tools.word('stream')
  const { messages, make } = crossOf(stream)
  const echoes = stream === 'ping-pong'
  const worker = new Worker(new URL('./postmessage-worker.js', import.meta.url), { workerData: { echoes, messages } })
  await next(worker)
  const pingPong = async () => {
    const start = performance.now()
    await new Promise((resolve, reject) => {
      let got = 0
      worker.once('error', reject)
      worker.on('message', function answer() {
        if (++got < messages) return worker.postMessage(make(got))
        worker.off('message', answer).off('error', reject)
        resolve(undefined)
      })
      worker.postMessage(make(0))
    })
    return performance.now() - start
  }
  const burst = async () => {
    const start = performance.now()
    for (let i = 0; i < messages; i++) worker.postMessage(make(i))
    await next(worker)
    return performance.now() - start
  }
  const sample = await tools.perOperation(messages, echoes ? pingPong : burst)
  await worker.terminate()
  return sample
}

/** The next message. @param {Worker} worker */
const next = (worker) =>
  new Promise((resolve, reject) => {
    worker.once('error', reject)
    worker.once('message', (message) => {
      worker.off('error', reject)
      resolve(message)
    })
  })
