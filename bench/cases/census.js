// census/speedup and census/one-scheduler: the example's count, from the start of its runtime until that has stopped.

import { census } from '../../examples/census/census.js'
import { digestOf, ROOT, sources, TOP } from '../sources.js'

/** @typedef {import('../../examples/census/progress.js').Progress} Progress */

/** Nobody watches. */
const progress = /** @type {Progress} */ (/** @type {unknown} */ ({ begin() {}, add() {} }))

/** @param {import('../measure.js').Measure} tools */
export async function run(tools) {
  const walked = await sources()
  const how = { top: TOP, schedulers: tools.number('schedulers') }
  let check = 0
  const sample = await tools.once(async () => {
    const start = performance.now()
    const { summary } = await census(ROOT, walked, how, progress, new AbortController().signal)
    const ms = performance.now() - start
    check = digestOf(summary)
    return ms
  })
  return { ...sample, check }
}
