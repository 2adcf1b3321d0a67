// Goal: no write that was answered for is lost, whatever thread dies; a walk misses none that stays and gives none twice, whatever others
// write; what has ended is freed. Method: scribes on threads that are terminated at random; walks beside writers; many stores.

import { type Runtime, send } from 'rumpus'
import { Store } from 'rumpus/otp'
import { expect, it } from 'vitest'
import { scribe, stirring } from '../fixtures/otp-stores.mjs'
import { dice } from '../fixtures/random.mjs'
import { type AnyPid, type AnySelf, inside, started, thrownBy, until } from '../process/world.ts'

// biome-ignore lint/suspicious/noExplicitAny: tests put what types forbid
type AnyStore = Store<any, any>

const MS = Number(process.env.RUMPUS_CHAOS_MS ?? 1_500)
const SHOTS_MIN = 6
const SEED = Number(process.env.RUMPUS_SEED ?? 20_264)

const terminate = async (runtime: Runtime, seat: number): Promise<void> => {
  await until(() => runtime.inspect().schedulers[seat]?.up === true)
  await (runtime as unknown as { host: { end(seat: number): Promise<void> } }).host.end(seat)
}

it(`what was answered for stays when threads are terminated for ${MS} ms (seed ${SEED})`, async () => {
  const { runtime } = await started({ schedulers: 2, onCrash: () => {} })
  const below = dice(SEED)
  await runtime.run(async (self: AnySelf) => {
    const store: AnyStore = Store.create(self, { name: 'written' })
    const seats = new Map<number, number>()
    const last = new Map<number, number>()
    const begin = (seat: number): void => {
      const id = seats.size
      seats.set(id, seat)
      last.set(id, 0)
      self.spawn(scribe.with({ on: seat }), self.pid as AnyPid, 'written', id)
    }
    const hear = ({ id, n }: { id: number; n: number }): void => {
      // Each that is heard of is there, and what the scribe has put since may be.
      last.set(id, n)
    }
    for (const seat of [1, 1, 2, 2]) begin(seat)
    let shots = 0
    for (const end = Date.now() + MS; Date.now() < end || shots < SHOTS_MIN; shots++) {
      for (let i = below(300); i >= 0; i--) hear(await self.receive())
      const seat = 1 + below(2)
      await terminate(runtime, seat)
      begin(seat)
      begin(seat)
    }
    store.put('stop', true)
    await until(() => runtime.inspect().processes.alive === 1)
    store.delete('stop')
    for (let more = self.tryReceive(); more !== undefined; more = self.tryReceive()) hear(more)
    let entries = 0
    for (const [id, n] of last) {
      for (let i = 1; i <= n; i++) {
        expect(store.get([id, i]), `entry ${i} of ${id}`).toEqual({ n: i, text: `entry ${i} of ${id}` })
      }
      if (n > 0) expect(store.get([id, 'last'])).toBeGreaterThanOrEqual(n)
      entries += n
    }
    expect(entries).toBeGreaterThan(100)
    expect(store.count()).toBeGreaterThanOrEqual(entries)
    // The books of the store are those of its entries.
    const all = [...store.entries()]
    expect(store.inspect().entries).toBe(all.length)
    store.clear()
    expect(store.inspect()).toMatchObject({ entries: 0, bytes: 0 })
  })
  await runtime.stop()
  expect(runtime.inspect().stores).toMatchObject({ open: 0, entries: 0, bytes: 0 })
})

it('a walk gives what stays once and no key twice, while two threads write, delete and put anew', () =>
  inside(async (self: AnySelf) => {
    const store: AnyStore = Store.create(self, { name: 'stirred' })
    const kept = 2_000
    for (let i = 0; i < kept; i++) store.put(['kept', i], i)
    const stirrers = [1, 2].map((on) => self.spawn(stirring.with({ on }), self.pid as AnyPid, 'stirred', kept))
    for (const _ of stirrers) expect(await self.receive()).toBe('stirs')
    let [walks, others] = [0, 0]
    for (const end = Date.now() + MS; Date.now() < end; walks++) {
      const seen = new Set<string>()
      let count = 0
      let stays = 0
      for (const [key, value] of store) {
        seen.add(JSON.stringify(key))
        count++
        if (key[0] === 'kept') {
          stays++
          if (typeof value !== 'number' && !/^x*$/.test(value))
            throw new Error(`half of a value under ${key}: ${value}`)
        }
        // Whoever walks may write, too.
        if (count % 97 === 0) store.put(['mine', count], walks)
      }
      expect([stays, seen.size]).toEqual([kept, count])
      expect(store.count({ prefix: ['kept'] })).toBe(kept)
      others += count - kept
      store.clear({ prefix: ['mine'] })
      await self.yield()
    }
    expect(walks).toBeGreaterThan(1)
    expect(others).toBeGreaterThan(0)
    for (const pid of stirrers) send(pid as AnyPid, 'stop')
    for (const _ of stirrers) expect(await self.receive()).toBe('stirred')
  }))

it('a walk of a store that ends says so', () =>
  inside(async (self: AnySelf) => {
    const store: AnyStore = Store.create(self)
    for (let i = 0; i < 1_000; i++) store.put(i, i)
    const walk = store.entries()
    walk.next()
    store.end()
    expect(thrownBy(() => [...walk]).code).toBe('ERR_RUMPUS_NO_STORE')
  }))

it('stores that have ended are free: thousands one after the other, and a large one', () =>
  inside(async (self: AnySelf) => {
    const value = 'x'.repeat(10_000)
    const fill = (): void => {
      const store: AnyStore = Store.create(self, { name: 'short-lived' })
      for (let i = 0; i < 20; i++) store.put(i, value)
      expect(store.get(19)).toBe(value)
      store.end()
    }
    for (let i = 0; i < 200; i++) fill()
    const before = process.memoryUsage().rss
    for (let i = 0; i < 2_000; i++) fill()
    // All of it together was 400 MB.
    expect((process.memoryUsage().rss - before) / 2 ** 20).toBeLessThan(100)
    expect(self.runtime.inspect().stores).toEqual({ made: 2_200, open: 0, entries: 0, bytes: 0, dropped: 0 })
  }))
