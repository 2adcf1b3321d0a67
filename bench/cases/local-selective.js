// local/selective and local/selective-marker: a reply behind 10 000 messages that wait, looked for among all of them, or
// from a mark on that was taken before it was sent.

import { run as runRumpus, send } from 'rumpus'
import { SELECTIVE } from '../workloads.js'

/** @typedef {{ kind: 'job' | 'reply', i: number }} Message */

/** @param {Message} message */
const isReply = ({ kind }) => kind === 'reply'

/** @param {import('../measure.js').Measure} tools */
export const run = (tools) =>
  runRumpus(async (/** @type {import('rumpus').Self<Message>} */ self) => {
    const { waiting, looks, replies } = SELECTIVE
    for (let i = 0; i < waiting; i++) send(self.pid, { kind: 'job', i })
    if (tools.params.marker) return tools.perOperation(replies, () => ask(self, replies, () => self.mark()))
    return tools.perOperation(looks * waiting, () => ask(self, looks, () => undefined))
  })

/**
 * @param {import('rumpus').Self<Message>} self
 * @param {number} times
 * @param {() => import('rumpus').Mark | undefined} since
 */
async function ask(self, times, since) {
  const start = performance.now()
  for (let i = 0; i < times; i++) {
    const mark = since()
    send(self.pid, { kind: 'reply', i })
    const options = mark === undefined ? { match: isReply } : { match: isReply, since: mark }
    await self.receive(options)
  }
  return performance.now() - start
}
