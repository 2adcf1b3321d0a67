// An idle runtime costs nothing: processes parked on every scheduler, timers far away, and next to no CPU.

import { setTimeout as wait } from 'node:timers/promises'
import { define, start } from 'rumpus'
import { checkWindows } from './windows.js'

const LIMIT_PERCENT = 0.5
const WINDOW_MS = 5000
const SETTLE_MS = 500
const FAR_MS = 3_600_000

const parked = define(import.meta.url, 'parked', (/** @type {import('rumpus').Self<never>} */ self) => self.receive())
const asleep = define(import.meta.url, 'asleep', (/** @type {import('rumpus').Self<never>} */ self) =>
  self.sleep(FAR_MS),
)

export async function run() {
  const runtime = await start()
  const root = runtime.run((/** @type {import('rumpus').Self<never>} */ self) => self.receive())
  const { schedulers } = runtime.inspect()
  for (const { id } of schedulers) {
    runtime.spawn(parked.with({ on: id }))
    runtime.spawn(asleep.with({ on: id }))
  }
  while (runtime.inspect().processes.alive < 2 * schedulers.length + 1) await wait(10)
  await wait(SETTLE_MS)
  const checks = await checkWindows({ windows: 1, limit: LIMIT_PERCENT, unit: '% CPU' }, async () => {
    const [before, start] = [process.cpuUsage(), performance.now()]
    await wait(WINDOW_MS)
    const { user, system } = process.cpuUsage(before)
    return { 'idle with parked processes and far timers': (user + system) / 10 / (performance.now() - start) }
  })
  const ended = root.catch(() => 'ended') // by stop(), as it must be
  await runtime.stop()
  if ((await ended) !== 'ended') throw new Error('Parked process returned: wanted stop() to end it')
  return checks
}
