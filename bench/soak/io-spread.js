// Placement: long-lived processes that do I/O, spawned one per millisecond from one scheduler, end evenly spread.

import { stat } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { define, run as runRumpus, send } from 'rumpus'
import { now } from './clock.js'
import { checkWindows } from './windows.js'

const LIMIT_PERCENT = 20
const PROCESSES = 10_000
const REST_MS = 4000
const FILE = fileURLToPath(import.meta.url)

/** @typedef {import('rumpus').Pid<'spawned'>} Parent */

const worker = define(
  import.meta.url,
  'worker',
  async (/** @type {import('rumpus').Self<never>} */ self, /** @type {number} */ i) => {
    for (;;) {
      await stat(FILE)
      await self.sleep(REST_MS + (i % 500))
    }
  },
)

const spawner = define(
  import.meta.url,
  'spawner',
  async (/** @type {import('rumpus').Self<never>} */ self, /** @type {Parent} */ parent) => {
    const start = now()
    for (let spawned = 0; spawned < PROCESSES; ) {
      while (spawned < PROCESSES && spawned <= now() - start) self.spawn(worker, spawned++)
      await self.sleep(1)
    }
    send(parent, 'spawned')
  },
)

export async function run() {
  /** @type {import('./windows.js').Check[]} */
  const checks = []
  for (const schedulers of [2, 4]) {
    checks.push(
      ...(await checkWindows({ windows: 1, limit: LIMIT_PERCENT, unit: '% off the mean' }, () => spread(schedulers))),
    )
  }
  return checks
}

/** @param {number} schedulers */
const spread = (schedulers) =>
  runRumpus(
    async (/** @type {import('rumpus').Self<'spawned'>} */ self) => {
      self.spawn(spawner.with({ on: 1 }), self.pid)
      await self.receive()
      while (self.runtime.inspect().schedulers.some(({ unstarted }) => unstarted > 0)) await self.sleep(1)
      const [, ...others] = self.runtime.inspect().schedulers.map(({ alive }) => alive)
      const mean = others.reduce((sum, alive) => sum + alive, 0) / others.length
      if (mean * others.length < PROCESSES) throw new Error(`Spread unclear: wanted ${PROCESSES} alive, got ${others}`)
      const off = Math.max(...others.map((alive) => Math.abs(alive / mean - 1)))
      return { [`${PROCESSES} I/O processes on ${schedulers} schedulers`]: off * 100 }
    },
    { schedulers },
  )
