// boot/first-remote: milliseconds from `run` until a body has run on every other scheduler and the host has heard of it.

import { define, run as runRumpus, send } from 'rumpus'

/** @typedef {import('rumpus').Pid<'here'>} Parent */

const first = define(
  import.meta.url,
  'first',
  async (/** @type {import('rumpus').Self<never>} */ _self, /** @type {Parent} */ parent) => {
    send(parent, 'here')
  },
)

/** @param {import('../measure.js').Measure} tools */
export const run = (tools) =>
  tools.once(async () => {
    const schedulers = tools.number('schedulers')
    const start = performance.now()
    const all = await runRumpus(async (/** @type {import('rumpus').Self<'here'>} */ self) => {
      for (let on = 1; on <= schedulers; on++) self.spawn(first.with({ on }), self.pid)
      for (let i = 0; i < schedulers; i++) await self.receive()
      return performance.now()
    })
    return all - start
  })
