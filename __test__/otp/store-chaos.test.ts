// Goal: no write that was answered for is lost, whoever ends, a writer, its thread, the owner or the heir, as long as the owner or the heir
// lives; a walk misses none that stays and gives none twice, whatever others write; what has ended is freed. Method: scribes on threads
// that are terminated at random; owners, each the heir of the one before, that are shot; walks beside writers; many stores.

import { exit, type Pid, type Runtime, send } from 'rumpus'
import { Store } from 'rumpus/otp'
import { expect, it } from 'vitest'
import { holder, scribe, stirring } from '../fixtures/otp-stores.mjs'
import { dice } from '../fixtures/random.mjs'
import { type AnyPid, type AnySelf, inside, started, thrownBy, until } from '../process/world.ts'
import { killed } from './children.ts'
import { Book } from './shot-book.ts'

// biome-ignore lint/suspicious/noExplicitAny: tests put what types forbid
type AnyStore = Store<any, any>

const MS = Number(process.env.RUMPUS_CHAOS_MS ?? 1_000)
const SHOTS_MIN = 6
/** What was written while shots fell is read at the end. */
const SLOW = { timeout: 3 * MS + 60_000 }
const SEED = Number(process.env.RUMPUS_SEED ?? 20_264)

const terminate = async (runtime: Runtime, seat: number): Promise<void> => {
  await until(() => runtime.inspect().schedulers[seat]?.up === true)
  await (runtime as unknown as { host: { end(seat: number): Promise<void> } }).host.end(seat)
}

/** Every entry that was heard of, up to `last` of each scribe, is there; answers how many these are. */
const allThere = (store: AnyStore, last: ReadonlyMap<number, number>): number => {
  let entries = 0
  for (const [id, n] of last) {
    for (let i = 1; i <= n; i++) {
      expect(store.get([id, i]), `entry ${i} of ${id}`).toEqual({ n: i, text: `entry ${i} of ${id}` })
    }
    if (n > 0) expect(store.get([id, 'last'])).toBeGreaterThanOrEqual(n)
    entries += n
  }
  return entries
}

it(`what was answered for stays when threads are terminated for ${MS} ms (seed ${SEED})`, SLOW, async () => {
  const book = new Book()
  const { runtime } = await started({ schedulers: 2, onCrash: book.crashed })
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
    const entries = allThere(store, last)
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
  book.check(['a scheduler thread went down'])
})

it(
  `what was answered for stays with the heir when owners and their threads end for ${MS} ms (seed ${SEED})`,
  SLOW,
  async () => {
    const book = new Book()
    const { runtime } = await started({ schedulers: 2, onCrash: book.crashed })
    const below = dice(SEED)
    await runtime.run(async (self: AnySelf) => {
      const last = new Map<number, number>()
      /** The next message of this type; what scribes say meanwhile is noted. */
      const next = async (type: string): Promise<{ pid: AnyPid; store: number; from: Pid; heir: AnyPid }> => {
        for (;;) {
          const message = await self.receive({ timeout: 20_000 })
          if (message.type === type) return message
          last.set(message.id, message.n)
        }
      }
      const begin = (seat: number): AnyPid => self.spawn(holder.with({ on: seat }), self.pid as AnyPid)
      const write = (seat: number): void => {
        last.set(last.size, 0)
        self.spawn(scribe.with({ on: seat }), self.pid as AnyPid, 'handed on', last.size - 1)
      }
      let seat = 1
      let owner = begin(seat)
      send(owner, { type: 'create', name: 'handed on' })
      const { store: handle } = await next('has')
      const store: AnyStore = new Store(handle as never)
      for (const on of [1, 2]) write(on)
      const nameHeir = async (): Promise<AnyPid> => {
        // On the other thread; it need not have begun.
        const heir = begin(3 - seat)
        send(owner, { type: 'heir', store: handle, heir })
        expect(await next('named')).toMatchObject({ heir })
        return heir
      }
      let heir = await nameHeir()
      const endThread = async (of: number): Promise<void> => {
        await terminate(runtime, of)
        write(of)
      }
      const shots = { owner: 0, thread: 0, heir: 0 }
      for (const end = Date.now() + MS; Date.now() < end || Math.min(...Object.values(shots)) < 2; ) {
        const how = below(12)
        if (how < 2) {
          // The owner has no heir for a moment, but lives.
          if (how === 0) await endThread(3 - seat)
          // One that has not begun outlives its thread.
          exit(heir, 'kill')
          heir = await nameHeir()
          shots.heir++
          continue
        }
        if (how === 2) await endThread(seat)
        else if (how === 3) {
          send(owner, { type: 'end thread' })
          write(seat)
        } else exit(owner, how % 2 === 0 ? 'kill' : 'shutdown')
        expect(await next('has')).toMatchObject({ pid: heir, store: handle, from: owner })
        expect(store.inspect()).toMatchObject({ owner: heir, heir: undefined })
        for (const [id, n] of last) if (n > 0) expect(store.get([id, n])).toMatchObject({ n })
        seat = 3 - seat
        owner = heir
        heir = await nameHeir()
        shots[how < 4 ? 'thread' : 'owner']++
      }
      store.put('stop', true)
      await until(() => runtime.inspect().processes.alive === 3)
      for (let more = self.tryReceive(); more !== undefined; more = self.tryReceive()) last.set(more.id, more.n)
      expect(allThere(store, last)).toBeGreaterThan(100)
      // With neither it ends.
      await killed(self, heir)
      await killed(self, owner)
      expect(thrownBy(() => store.get('stop')).code).toBe('ERR_RUMPUS_NO_STORE')
    })
    await runtime.stop()
    expect(runtime.inspect().stores).toMatchObject({ made: 1, open: 0, entries: 0, bytes: 0 })
    book.check(['a scheduler thread went down'])
  },
)

it('a walk gives what stays once and no key twice, while two threads write, delete and put anew', SLOW, () =>
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
  }),
)

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
