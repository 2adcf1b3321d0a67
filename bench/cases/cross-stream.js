// cross/stream and its kin: a body on the host sends a burst without waiting, a definition on another scheduler receives
// one by one and answers the last. `named`: the sender knows the receiver by its name. cross/wakeups looks at the same from the side: how often anybody was woken.

import { define, run as runRumpus, send } from 'rumpus'
import { crossOf } from '../workloads.js'

/**
 * @typedef {import('../workloads.js').Payload} Payload
 * @typedef {import('rumpus').Self<'done'>} Source
 */

const sink = define(
  import.meta.url,
  'sink',
  async (
    /** @type {import('rumpus').Self<Payload>} */ self,
    /** @type {import('rumpus').Pid<'done'>} */ parent,
    /** @type {number} */ messages,
  ) => {
    for (;;) {
      for (let i = 0; i < messages; i++) await self.receive()
      send(parent, 'done')
    }
  },
)

/** @param {import('../measure.js').Measure} tools */
export function run(tools) {
  const { messages, make } = crossOf(tools.word('stream'))
  return runRumpus(async (/** @type {Source} */ self) => {
    const isNamed = tools.params.named === true
    const pid = self.spawn(isNamed ? sink.with({ name: 'sink' }) : sink, self.pid, messages)
    const receiver = isNamed ? 'sink' : pid
    const burst = async () => {
      const start = performance.now()
      for (let i = 0; i < messages; i++) send(receiver, make(i))
      await self.receive()
      return performance.now() - start
    }
    return tools.word('figure') === 'wakeups'
      ? wakeups(tools, self, messages, burst)
      : tools.perOperation(messages, burst)
  })
}

/**
 * Wake-ups per 1000 messages, over all schedulers.
 *
 * @param {import('../measure.js').Measure} tools
 * @param {Source} self
 * @param {number} messages
 * @param {import('../measure.js').Round} burst
 */
async function wakeups(tools, self, messages, burst) {
  await burst()
  return tools.observe(async (limitMs) => {
    const before = wakesSent(self)
    let operations = 0
    for (let ms = 0; ms < limitMs; operations += messages) ms += await burst()
    return { value: ((wakesSent(self) - before) * 1000) / operations, operations }
  })
}

/** @param {Source} self */
const wakesSent = (self) => self.runtime.inspect().schedulers.reduce((sum, one) => sum + one.wakesSent, 0)
