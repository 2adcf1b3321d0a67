// offload/trivial-100 and offload/unequal: ordinary code has tasks done by processes of other schedulers, and awaits each
// answer. What costs next to nothing goes to one worker on each; what computes is a process of its own, which an idle scheduler
// takes from a busy one.

import { call, define, reply, start } from 'rumpus'
import { offload } from '../offload.js'
import { spin } from '../spin.js'

/** @typedef {import('rumpus').Self<import('rumpus').Call<number, number>>} Server */

const worker = define(import.meta.url, 'worker', async (/** @type {Server} */ self) => {
  for (;;) {
    const { from, request } = await self.receive()
    reply(from, spin(request))
  }
})

const task = define(import.meta.url, 'task', async (/** @type {Server} */ self) => {
  const { from, request } = await self.receive()
  reply(from, spin(request))
})

/** @param {import('../measure.js').Measure} tools */
export async function run(tools) {
  const runtime = await start()
  runtime.ref()
  const sample = await offload(tools, tools.params.perTask ? toWorkers(runtime) : toTasks(runtime))
  await runtime.stop()
  return sample
}

/** @param {import('rumpus').Runtime} runtime @returns {(blocks: number) => Promise<number>} */
function toWorkers(runtime) {
  const schedulers = runtime.inspect().schedulers.length - 1
  const workers = Array.from({ length: schedulers }, (_, i) => runtime.spawn(worker.with({ on: i + 1 })))
  let last = 0
  return (blocks) => call(workers[last++ % schedulers], blocks)
}

/** @param {import('rumpus').Runtime} runtime @returns {(blocks: number) => Promise<number>} */
const toTasks = (runtime) => (blocks) => call(runtime.spawn(task), blocks)
