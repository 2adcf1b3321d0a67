// A message is visible when `send` returns: the sender computes for two seconds behind it, and it is received on another
// scheduler at once.

import { define, run as runRumpus, send } from 'rumpus'
import { computeFor, now } from './clock.js'
import { checkWindows } from './windows.js'

const LIMIT_MS = 5
const COMPUTE_MS = 2000
const WINDOWS = 2
/** From and to which scheduler; 0 is the host. @type {readonly [number, number][]} */
const WAYS = [
  [0, 1],
  [1, 2],
  [1, 0],
]

/** @typedef {import('rumpus').Pid<number>} Numbers */

const receiver = define(
  import.meta.url,
  'receiver',
  async (/** @type {import('rumpus').Self<number>} */ self, /** @type {Numbers} */ parent) => {
    const sentAt = await self.receive()
    send(parent, now() - sentAt)
  },
)

const sender = define(
  import.meta.url,
  'sender',
  async (/** @type {import('rumpus').Self<never>} */ _self, /** @type {Numbers} */ to) => {
    send(to, now())
    computeFor(COMPUTE_MS)
  },
)

export const run = () =>
  runRumpus(
    async (/** @type {import('rumpus').Self<number>} */ self) => {
      /** @type {import('./windows.js').Check[]} */
      const checks = []
      for (const [from, to] of WAYS) {
        const what = `sent from ${from}, computing, received on ${to}`
        const window = async () => {
          const target = self.spawn(receiver.with({ on: to }), self.pid)
          await self.sleep(100) // it has started, and its thread sleeps
          self.spawn(sender.with({ on: from }), target)
          return { [what]: await self.receive() }
        }
        checks.push(...(await checkWindows(WINDOWS, LIMIT_MS, 'ms', window)))
        await self.sleep(COMPUTE_MS)
      }
      return checks
    },
    { schedulers: 2 },
  )
