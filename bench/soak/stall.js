// A scheduler that loops is told of within the stall and 100 ms more, whatever its body waited for before, though nobody sends there
// meanwhile.

import { readFile } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { BroadcastChannel } from 'node:worker_threads'
import { define, run as runRumpus } from 'rumpus'
import { checkWindows } from './windows.js'

/** @typedef {import('rumpus').Self<never>} Self */

const STALL_MS = 300
const KEPT_MS = 600
/** How much later than that a report may come. */
const LIMIT_MS = 100
const CHANNEL = 'rumpus-soak-stall'

/** What a body waits for before it loops. @type {Record<string, (self: Self) => Promise<unknown>>} */
const WAITS = {
  nothing: async () => {},
  sleep: (self) => self.sleep(20),
  setTimeout: () => wait(20),
  readFile: () => readFile(new URL(import.meta.url)),
}

const now = () => performance.timeOrigin + performance.now()

const keep = () => {
  const channel = new BroadcastChannel(CHANNEL)
  channel.postMessage(now())
  channel.close()
  for (const end = performance.now() + KEPT_MS; performance.now() < end; );
}

const loops = define(import.meta.url, 'loops', async (/** @type {Self} */ self, /** @type {string} */ what) => {
  await WAITS[what]?.(self)
  keep()
})

/**
 * Milliseconds from the moment at which the thread is kept until somebody is told.
 *
 * @param {string} what
 */
async function toldAfter(what) {
  const channel = new BroadcastChannel(CHANNEL)
  /** @type {Promise<number>} */
  const kept = new Promise((resolve) => {
    channel.onmessage = (event) => resolve(/** @type {{ data: number }} */ (event).data)
  })
  /** @type {(at: number) => void} */
  let tell = () => {}
  /** @type {Promise<number>} */
  const told = new Promise((resolve) => (tell = resolve))
  const after = await runRumpus(
    async (/** @type {Self} */ self) => {
      self.spawn(loops.with({ on: 1 }), what)
      return (await told) - (await kept)
    },
    { schedulers: 1, stall: { ms: STALL_MS }, onStall: ({ scheduler }) => void (scheduler === 1 && tell(now())) },
  )
  channel.close()
  return after
}

export async function run() {
  const wanted = { windows: 3, limit: LIMIT_MS, unit: 'ms' }
  return checkWindows(wanted, async () => {
    /** @type {Record<string, number>} */
    const late = {}
    for (const what of Object.keys(WAITS)) {
      late[`a loop behind ${what}, told later than its stall by`] = (await toldAfter(what)) - STALL_MS
    }
    return late
  })
}
