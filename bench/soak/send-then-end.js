// A body that sends and then awaits something foreign, returns, throws or dies with its thread: its receiver runs at once,
// on the same scheduler and on another.

import { define, run as runRumpus, send } from 'rumpus'
import { now } from './clock.js'
import { checkWindows } from './windows.js'

const LIMIT_MS = 1
const WINDOWS = 3
const REPEATS = 60
const THREAD_REPEATS = 10
/** Between two repeats, so that every thread sleeps. */
const PAUSE_MS = 3
const FOREIGN_MS = 20
/** From and to which scheduler; 0 is the host. @type {readonly [number, number][]} */
const WAYS = [
  [0, 0],
  [0, 1],
  [1, 1],
  [1, 2],
]

/**
 * @typedef {import('rumpus').Pid<number>} Numbers
 * @typedef {import('rumpus').Self<number>} Umpire
 */

const receiver = define(
  import.meta.url,
  'receiver',
  async (/** @type {import('rumpus').Self<number>} */ self, /** @type {Numbers} */ parent) => {
    for (;;) {
      const sentAt = await self.receive()
      send(parent, now() - sentAt)
    }
  },
)

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
  async (/** @type {import('rumpus').Self<never>} */ self, /** @type {Numbers} */ to, /** @type {string} */ end) => {
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
        const target = self.spawn(receiver.with({ on: to }), self.pid)
        const ways = ['awaits', 'returns', 'throws', 'exits']
        checks.push(
          ...(await checkWindows(WINDOWS, LIMIT_MS, 'ms', () => slowest(self, from, to, target, ways, REPEATS))),
        )
      }
      const target = self.spawn(receiver.with({ on: 2 }), self.pid)
      const window = () => slowest(self, 1, 2, target, ['ends its thread'], THREAD_REPEATS)
      return [...checks, ...(await checkWindows(WINDOWS, LIMIT_MS, 'ms', window))]
    },
    { schedulers: 2, onCrash: () => {} },
  )

/**
 * The slowest of so many repeats of each way to end.
 *
 * @param {Umpire} self
 * @param {number} from
 * @param {number} to
 * @param {Numbers} target
 * @param {readonly string[]} ends
 * @param {number} repeats
 */
async function slowest(self, from, to, target, ends, repeats) {
  /** @type {Record<string, number>} */
  const worst = {}
  for (const end of ends) {
    const what = `sent from ${from} by one that ${end}, received on ${to}`
    worst[what] = 0
    for (let i = 0; i < repeats; i++) {
      self.spawn(sender.with({ on: from }), target, end)
      worst[what] = Math.max(worst[what], await self.receive())
      await self.sleep(PAUSE_MS)
    }
  }
  return worst
}
