// store/…: bodies on schedulers that do not own a store read or update entries of it, without a message: one body all keys by turns, or
// two, at the same time, one key. What counts is how long one operation takes for who makes it.

import { define, run as runRumpus, send } from 'rumpus'
import { Store } from 'rumpus/otp'
import { crossOf, STORE } from '../workloads.js'

const KEYS = Array.from({ length: STORE.keys }, (_, i) => `user:${i}`)

const worker = define(
  import.meta.url,
  'worker',
  async (
    /** @type {import('rumpus').Self<number>} */ self,
    /** @type {import('rumpus').Pid<number>} */ to,
    /** @type {string} */ verb,
    /** @type {number} */ keys,
  ) => {
    /** @type {Store<string, any>} */
    const store = new Store('bench')
    for await (const times of self) {
      let found = 0
      const start = performance.now()
      if (verb === 'get') {
        for (let i = 0; i < times; i++) if (store.get(/** @type {string} */ (KEYS[i % keys])) !== undefined) found++
      } else {
        for (let i = 0; i < times; i++) if (store.update(/** @type {string} */ (KEYS[i % keys]), plusOne) > 0) found++
      }
      const ms = performance.now() - start
      if (found !== times) throw new Error(`Entries missing: wanted ${times}, got ${found}`)
      send(to, ms)
    }
  },
)

const plusOne = (/** @type {number | undefined} */ n) => (n ?? 0) + 1

/** @param {import('../measure.js').Measure} tools */
export function run(tools) {
  const [verb, cores] = [tools.word('verb'), tools.number('cores')]
  const { make } = crossOf('ping-pong')
  return runRumpus(
    async (/** @type {import('rumpus').Self<number>} */ self) => {
      const store = Store.create(self, { name: 'bench' })
      for (const [i, key] of KEYS.entries()) store.put(key, tools.word('value') === 'record' ? make(i) : i)
      const keys = cores === 1 ? STORE.keys : 1
      const workers = Array.from({ length: cores }, (_, i) =>
        self.spawn(worker.with({ on: i + 1 }), self.pid, verb, keys),
      )
      return tools.perOperation(STORE.operations, async () => {
        for (const pid of workers) send(pid, STORE.operations)
        let slowest = 0
        for (const _ of workers) slowest = Math.max(slowest, await self.receive())
        return slowest
      })
    },
    { schedulers: cores },
  )
}
