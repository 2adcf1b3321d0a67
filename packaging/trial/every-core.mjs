// Owns what the trial's programs run: a process on every scheduler, each telling the thread it is on.

import { threadId } from 'node:worker_threads'
import { define, send } from 'rumpus'

const where = define(
  import.meta.url,
  'where',
  async (/** @type {import('rumpus').Self<never>} */ _self, /** @type {import('rumpus').Pid<number>} */ to) =>
    send(to, threadId),
)

/** Counts the schedulers, and the threads that processes ran on. */
export const everyCore = async (/** @type {import('rumpus').Self<number>} */ self) => {
  const schedulers = self.runtime.inspect().schedulers.length - 1
  for (let on = 1; on <= schedulers; on++) self.spawn(where.with({ on }), self.pid)
  const threads = new Set()
  for (let i = 0; i < schedulers; i++) threads.add(await self.receive())
  return { schedulers, threads: [...threads] }
}
