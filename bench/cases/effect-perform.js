// effect/perform, effect/answer: an effect is performed by an explicit fx and answered at once, by a clause that resumes the rest or by
// one that returns; the body awaits each.

import { control, effect, handle, on } from 'rumpus/handlers'
import { PERFORMS } from '../workloads.js'

/** @type {import('rumpus/handlers').Effect<number, number>} */
const next = effect('next')
const clauses = {
  control: () => [control(next, (n, k) => k.resume(n + 1))],
  on: () => [on(next, (n) => n + 1)],
}

/** @param {import('../measure.js').Measure} tools */
export const run = (tools) => {
  const kind = /** @type {keyof typeof clauses} */ (tools.word('clause'))
  return tools.perOperation(PERFORMS, () => handle(count, clauses[kind]()))
}

/** @param {import('rumpus/handlers').Fx} fx */
async function count(fx) {
  const start = performance.now()
  let n = 0
  while (n < PERFORMS) n = await fx.perform(next, n)
  return performance.now() - start
}
