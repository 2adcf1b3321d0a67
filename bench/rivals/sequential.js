// Rival `sequential`: the plain loop that the example compares itself with, on the main thread.

import { countSequentially } from '../../examples/census/sequential.js'
import { digestOf, ROOT, sources, TOP } from '../sources.js'

/** @param {import('../measure.js').Measure} tools */
export async function run(tools) {
  const walked = await sources()
  const paths = walked.files.map(({ path }) => path)
  let check = 0
  const sample = await tools.once(async () => {
    const start = performance.now()
    const summary = await countSequentially(ROOT, paths, TOP)
    const ms = performance.now() - start
    check = digestOf(summary)
    return ms
  })
  return { ...sample, check }
}
