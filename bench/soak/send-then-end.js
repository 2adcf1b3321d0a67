// A body that sends and then awaits something foreign, returns, throws or dies with its thread: its receiver runs at once,
// on the same scheduler and on another.

import { define, run as runRumpus, send } from 'rumpus'
import { now } from './clock.js'
import { judgeLap, stopwatch } from './stopwatch.js'
import { checkJudged } from './windows.js'

const LIMIT_MS = 1
/** Of the messages in time; and none may wait for the end of what its sender awaits. */
const SHARE = 0.9
const WINDOWS = 60
const THREAD_WINDOWS = 15
/** Before each window, so that every thread sleeps, and is back where it ended. */
const PAUSE_MS = 3
const THREAD_PAUSE_MS = 200
const FOREIGN_MS = 40
/** From and to which scheduler; 0 is the host. @type {readonly [number, number][]} */
const WAYS = [
  [0, 0],
  [0, 1],
  [1, 1],
  [1, 2],
]

/**
 * @typedef {import('./stopwatch.js').Stopwatch} Stopwatch
 * @typedef {import('rumpus').Self<import('./stopwatch.js').Lap>} Umpire
 */

/** What a sender does when it has sent. @type {Record<string, (self: import('rumpus').Self<never>) => unknown>} */
const ENDS = {
  awaits: () => new Promise((resolve) => setTimeout(resolve, FOREIGN_MS)),
  returns: () => {},
  throws: () => {
    throw new Error('thrown on purpose')
  },
  exits: (self) => self.exit('on purpose'),
  'ends its thread': () => process.exit(0),
}

const sender = define(
  import.meta.url,
  'sender',
  async (/** @type {import('rumpus').Self<never>} */ self, /** @type {Stopwatch} */ to, /** @type {string} */ end) => {
    send(to, now())
    await ENDS[end]?.(self)
  },
)

export const run = () =>
  runRumpus(
    async (/** @type {Umpire} */ self) => {
      /** @type {import('./windows.js').Check[]} */
      const checks = []
      for (const [from, to] of WAYS) {
        const target = self.spawn(stopwatch.with({ on: to }), self.pid)
        for (const end of ['awaits', 'returns', 'throws', 'exits']) {
          checks.push(...(await checkEnd(self, from, to, target, end)))
        }
      }
      const target = self.spawn(stopwatch.with({ on: 2 }), self.pid)
      return [...checks, ...(await checkEnd(self, 1, 2, target, 'ends its thread'))]
    },
    { schedulers: 2, onCrash: () => {} },
  )

/**
 * @param {Umpire} self
 * @param {number} from
 * @param {number} to
 * @param {Stopwatch} target
 * @param {string} end
 */
function checkEnd(self, from, to, target, end) {
  const endsThread = end === 'ends its thread'
  const windows = endsThread ? THREAD_WINDOWS : WINDOWS
  const what = `sent from ${from} by one that ${end}, received on ${to}`
  return checkJudged({ windows, limit: LIMIT_MS, unit: 'ms', share: SHARE, ceiling: FOREIGN_MS / 2 }, async () => {
    await self.sleep(endsThread ? THREAD_PAUSE_MS : PAUSE_MS)
    self.spawn(sender.with({ on: from }), target, end)
    return judgeLap(what, await self.receive(), LIMIT_MS)
  })
}
