// A message is visible when `send` returns: the sender computes for two seconds behind it, and it is received on another
// scheduler at once.

import { define, run as runRumpus, send } from 'rumpus'
import { computeFor, now } from './clock.js'
import { judgeLap, stopwatch } from './stopwatch.js'
import { checkJudged } from './windows.js'

const LIMIT_MS = 5
const COMPUTE_MS = 2000
const WINDOWS = 2
const SETTLE_MS = 100
/** From and to which scheduler; 0 is the host. @type {readonly [number, number][]} */
const WAYS = [
  [0, 1],
  [1, 2],
  [1, 0],
]

/** @typedef {import('./stopwatch.js').Lap} Lap */

const sender = define(
  import.meta.url,
  'sender',
  async (
    /** @type {import('rumpus').Self<never>} */ _self,
    /** @type {import('./stopwatch.js').Stopwatch} */ to,
    /** @type {import('rumpus').Pid<'computed'>} */ parent,
  ) => {
    send(to, now())
    computeFor(COMPUTE_MS)
    send(parent, 'computed')
  },
)

export const run = () =>
  runRumpus(
    async (/** @type {import('rumpus').Self<Lap | 'computed'>} */ self) => {
      /** @type {import('./windows.js').Check[]} */
      const checks = []
      for (const [from, to] of WAYS) {
        const target = self.spawn(stopwatch.with({ on: to }), self.pid)
        const what = `sent from ${from}, which then computes for ${COMPUTE_MS} ms, received on ${to}`
        const window = async () => {
          await self.sleep(SETTLE_MS) // the receiver waits, and its thread sleeps
          self.spawn(sender.with({ on: from }), target, self.pid)
          const heard = [await self.receive(), await self.receive()]
          const lap = heard.find((message) => message !== 'computed')
          return judgeLap(what, lap ?? { late: Number.NaN, waitedMs: 0 }, LIMIT_MS)
        }
        checks.push(...(await checkJudged({ windows: WINDOWS, limit: LIMIT_MS, unit: 'ms' }, window)))
      }
      return checks
    },
    { schedulers: 2 },
  )
