// local/turn-gap: how long a busy scheduler leaves libuv waiting. Pairs play ping-pong while other bodies compute 50 to
// 300 microseconds for every message, all on the host; the figure is its 99th percentile of the gaps between two turns.

import { run as runRumpus, send } from 'rumpus'
import { spin } from '../spin.js'

const PLAYING_PAIRS = 8
const COMPUTING = 8
const COST_US = { min: 50, max: 300 }

/**
 * @typedef {import('rumpus').Pid<number>} Partner
 * @typedef {import('rumpus').Self<number>} Player
 */

/** @param {import('../measure.js').Measure} tools */
export function run(tools) {
  const blocksPerUs = tools.number('blocksPerUs')
  return runRumpus((/** @type {Player} */ self) =>
    tools.observe(async (limitMs) => {
      const until = performance.now() + limitMs
      const counts = { messages: 0 }
      for (let i = 0; i < PLAYING_PAIRS; i++) startLoop(self, counts, () => {})
      for (let i = 0; i < COMPUTING; i++) startLoop(self, counts, (n) => spin(blocksPerUs * costUs(n + i)))
      // Other code of the thread has its turn too, as it has in a server.
      while (performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 1))
      const [host] = self.runtime.inspect().schedulers
      return { value: host?.turnGapP99Ms ?? Number.NaN, operations: counts.messages }
    }),
  )
}

/** All costs of the range in an order that repeats. @param {number} n */
const costUs = (n) => COST_US.min + ((n * 37) % (COST_US.max - COST_US.min + 1))

/**
 * Two processes that bounce a number for ever; one of them does `work` for each.
 *
 * @param {Player} self
 * @param {{ messages: number }} counts
 * @param {(n: number) => void} work
 */
function startLoop(self, counts, work) {
  /** @type {Partner} */
  const worker = self.spawn(async (/** @type {Player} */ me) => {
    for (;;) {
      const n = await me.receive()
      work(n)
      send(asker, n + 1)
    }
  })
  /** @type {Partner} */
  const asker = self.spawn(async (/** @type {Player} */ me) => {
    for (let n = 0; ; counts.messages += 2) {
      send(worker, n)
      n = await me.receive()
    }
  })
}
