// Threads are terminated at random under load: each comes back, the others are never paused for long, memory stays flat.
// The load is a storm of linked pairs across all schedulers and a heartbeat on each; whoever goes down is started anew.

import { start } from 'rumpus'
import { medianOf } from '../statistics.js'
import { Load } from './load.js'
import { check, checkWindows } from './windows.js'

const PAUSE_LIMIT_MS = 50
/** What a hundred terminations may leave behind. */
const GROWTH_LIMIT_MB = 4
const TERMINATIONS = 300
const PER_WINDOW = 25
const BETWEEN_MS = 40
const BACK_LIMIT_MS = 10_000

/** @typedef {import('rumpus').Runtime} Runtime */

export async function run() {
  const runtime = await start({ schedulers: 2, eager: true, onCrash: () => {} })
  const checks = await runtime.run(async (/** @type {import('rumpus').Self<never>} */ self) => {
    const load = new Load(self)
    await terminate(self, runtime, load, PER_WINDOW) // fills the pools of memory that stay
    /** @type {number[]} */
    const usedMb = []
    const pauses = await checkWindows(
      { windows: TERMINATIONS / PER_WINDOW, tries: 2, limit: PAUSE_LIMIT_MS, unit: 'ms' },
      async () => {
        load.resetPauses()
        await terminate(self, runtime, load, PER_WINDOW)
        usedMb.push(memoryMb())
        return {
          'longest pause of the host': load.hostPause,
          'longest pause of another scheduler': load.schedulerPause,
        }
      },
    )
    load.stop()
    return [...pauses, check('memory left behind by 100 terminations', growthMb(usedMb), GROWTH_LIMIT_MB, 'MB')]
  })
  await runtime.stop()
  return checks
}

/**
 * Ends so many threads, one at a time, each when all are up.
 *
 * @param {import('rumpus').Self<never>} self
 * @param {Runtime} runtime
 * @param {Load} load
 * @param {number} times
 */
async function terminate(self, runtime, load, times) {
  const { host } = /** @type {{ host: { end(seat: number): Promise<void> } }} */ (/** @type {unknown} */ (runtime))
  for (let i = 0; i < times; i++) {
    await self.sleep(Math.random() * BETWEEN_MS)
    const seat = Math.random() < 0.5 ? 1 : 2
    const starts = load.starts[seat] ?? 0
    await host.end(seat)
    for (let waited = 0; load.starts[seat] === starts; waited++) {
      if (waited > BACK_LIMIT_MS) throw new Error(`Scheduler ${seat} is not back: waited ${BACK_LIMIT_MS} ms\n${load}`)
      await self.sleep(1)
    }
  }
}

/** Resident memory, less what V8 keeps in reserve on the host: that comes in steps of megabytes and is no leak. */
function memoryMb() {
  globalThis.gc?.()
  const { rss, heapTotal, heapUsed } = process.memoryUsage()
  return (rss - heapTotal + heapUsed) / 2 ** 20
}

/** From the first third of the windows to the last, for a hundred terminations. @param {readonly number[]} usedMb */
function growthMb(usedMb) {
  const third = Math.max(1, Math.floor(usedMb.length / 3))
  const between = (usedMb.length - third) * PER_WINDOW
  return ((medianOf(usedMb.slice(-third)) - medianOf(usedMb.slice(0, third))) * 100) / between
}
