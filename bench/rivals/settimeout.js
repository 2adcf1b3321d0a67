// Rival `setTimeout`: what Node itself offers. The work is that of the reference floors.

import { TIMERS } from '../workloads.js'

/** @param {import('../measure.js').Measure} tools */
export async function run(tools) {
  const { pending, pairs } = TIMERS
  const timers = Array.from({ length: pending }, (_, i) => setTimeout(() => {}, 60_000 + i))
  const sample = await tools.perOperation(pairs, async () => {
    const start = performance.now()
    for (let i = 0; i < pairs; i++) clearTimeout(setTimeout(() => {}, 5000 + (i & 1023)))
    return performance.now() - start
  })
  for (const timer of timers) clearTimeout(timer)
  return sample
}
