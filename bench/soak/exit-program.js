// A program that must exit by itself: does one thing with a runtime, writes `over`, and leaves the rest to us.

import { writeSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'
import { define, run, start } from 'rumpus'

const FAR_MS = 3_600_000

/** @typedef {import('rumpus').Self<never>} Self */

const passing = define(import.meta.url, 'passing', (/** @type {Self} */ _self) => {})
const asleep = define(import.meta.url, 'asleep', (/** @type {Self} */ self) => self.sleep(FAR_MS))
const parked = define(import.meta.url, 'parked', (/** @type {Self} */ self) => self.receive())

/** @type {Record<string, () => Promise<unknown>>} */
const WAYS = {
  ends: () => run((/** @type {Self} */ self) => everywhere(self, passing)),
  'leaves processes': () =>
    run(async (/** @type {Self} */ self) => {
      self.spawn((/** @type {Self} */ me) => me.sleep(FAR_MS))
      self.spawn((/** @type {Self} */ me) => me.receive())
      await everywhere(self, asleep)
      await everywhere(self, parked)
    }),
  throws: () => run(() => Promise.reject(new Error('on purpose')), { onCrash: () => {} }).catch(() => {}),
  'stops twice': async () => {
    const runtime = await start({ eager: true })
    await Promise.all([runtime.stop(), runtime.stop()])
  },
  'starts and forgets': async () => {
    const runtime = await start({ eager: true })
    runtime.spawn(parked)
  },
}

/**
 * Spawns a definition on every scheduler and waits until all have started.
 *
 * @param {Self} self
 * @param {import('rumpus').Definition<never, []>} definition
 */
async function everywhere(self, definition) {
  const { schedulers } = self.runtime.inspect()
  const before = schedulers.reduce((sum, { started }) => sum + started, 0)
  for (const { id } of schedulers) self.spawn(definition.with({ on: id }))
  const started = () => self.runtime.inspect().schedulers.reduce((sum, one) => sum + one.started, 0)
  while (started() < before + schedulers.length) await self.sleep(5)
}

if (isMainThread) {
  await WAYS[process.argv[2] ?? '']?.()
  writeSync(1, 'over')
}
