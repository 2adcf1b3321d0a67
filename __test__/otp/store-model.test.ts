// Goal: a store is a Map with limits, whoever uses it. Method: random programs against a Map, half of the steps on another thread; and in
// simulation, where every scheduler has its turn by the seed.

import { define, type Self, send, simulate } from 'rumpus'
import { anything, Store, startServer } from 'rumpus/otp'
import { expect, it } from 'vitest'
import { keeper, outcomeOf } from '../fixtures/otp-stores.mjs'
import { dice } from '../fixtures/random.mjs'
import { type AnyPid, type AnySelf, inside } from '../process/world.ts'

// biome-ignore lint/suspicious/noExplicitAny: tests put what types forbid
type AnyStore = Store<any, any>
type Key = string | number | readonly (string | number)[]

const SEED = Number(process.env.RUMPUS_SEED ?? 20_263)
const KEYS: readonly Key[] = ['a', 'b', '→', 1, 2.5, ['a', 1], ['a', 2], ['b', 1], ['b', 'x'.repeat(100)]]
const VERBS = ['get', 'get', 'has', 'put', 'put', 'putNew', 'take', 'delete', 'add', 'plus', 'count', 'match', 'clear']

/** What a program does with a store: a verb and its arguments. */
interface Step {
  readonly verb: string
  readonly args: unknown[]
}

const stepOf = (below: (bound: number) => number): Step => {
  const verb = VERBS[below(VERBS.length)] as string
  const key = KEYS[below(KEYS.length)] as Key
  const value = [below(100), `text ${below(10)}`, { n: below(10), of: ['x', below(3)] }, 'y'.repeat(below(10) * 1_000)][
    below(4)
  ]
  if (verb === 'put' || verb === 'putNew') return { verb, args: [key, value] }
  if (verb === 'add' || verb === 'plus') return { verb, args: [key, below(1_000) - 500] }
  if (verb === 'match') return { verb: 'entries', args: [['a', anything]] }
  if (verb === 'count') return { verb, args: [] }
  // Seldom, or there would be nothing.
  if (verb === 'clear') return below(10) === 0 ? { verb, args: [] } : { verb: 'count', args: [] }
  return { verb, args: [key] }
}

/** The same on a Map with so many places; what it answers. */
class MapModel {
  readonly map = new Map<string, unknown>()
  private readonly most: number

  constructor(most: number) {
    this.most = most
  }

  do({ verb, args }: Step): unknown {
    const { map } = this
    const key = JSON.stringify(args[0])
    const before = map.get(key)
    const room = map.has(key) || map.size < this.most
    switch (verb) {
      case 'get':
        return { value: before }
      case 'has':
        return { value: map.has(key) }
      case 'put':
        if (!room) return 'ERR_RUMPUS_STORE_FULL'
        map.set(key, args[1])
        return { value: 'itself' }
      case 'putNew':
        if (map.has(key)) return { value: false }
        if (!room) return 'ERR_RUMPUS_STORE_FULL'
        map.set(key, args[1])
        return { value: true }
      case 'take':
        map.delete(key)
        return { value: before }
      case 'delete':
        return { value: map.delete(key) }
      case 'add':
        if (before !== undefined && typeof before !== 'number') return 'ERR_RUMPUS_BAD_ARGUMENT'
        if (!room) return 'ERR_RUMPUS_STORE_FULL'
        map.set(key, ((before as number | undefined) ?? 0) + (args[1] as number))
        return { value: map.get(key) }
      case 'plus':
        if (!room) return 'ERR_RUMPUS_STORE_FULL'
        // biome-ignore lint/suspicious/noExplicitAny: whatever JavaScript makes of it
        map.set(key, ((before ?? 0) as any) + (args[1] as number))
        return { value: map.get(key) }
      case 'count':
        return { value: map.size }
      case 'clear': {
        const { size } = map
        map.clear()
        return { value: size }
      }
      default: {
        const fits = [...map].map(([key, value]) => [JSON.parse(key), value]).filter(([key]) => fitsA(key))
        return { value: sorted(fits) }
      }
    }
  }
}

const fitsA = (key: unknown): boolean => Array.isArray(key) && key.length === 2 && key[0] === 'a'

const sorted = (entries: unknown): unknown =>
  Array.isArray(entries) ? [...entries].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) : entries

/** What a store answers, as the model says it. */
const told = (outcome: { value?: unknown; code?: string }): unknown =>
  'code' in outcome ? outcome.code : { value: sorted(outcome.value) }

/** A step on this thread. */
const doHere = (store: AnyStore, { verb, args }: Step): unknown =>
  told(
    outcomeOf(() => {
      if (verb === 'plus') return store.update(args[0], (n = 0) => n + (args[1] as number))
      if (verb === 'entries') return [...store.entries(args[0] as never)]
      const answer = (store as unknown as Record<string, (...args: unknown[]) => unknown>)[verb]?.(...args)
      return answer === store ? 'itself' : answer
    }) as never,
  )

it(`programs of random steps, here and on another thread, do as on a Map (seed ${SEED})`, () =>
  inside(async (self: AnySelf) => {
    const there = (await startServer(self, keeper, { on: 1 })) as AnyPid
    for (const most of [Number.POSITIVE_INFINITY, 5]) {
      const below = dice(SEED)
      const options = most === 5 ? { maxEntries: most } : {}
      const store: AnyStore = Store.create(self, options)
      const model = new MapModel(most)
      for (let i = 0; i < 3_000; i++) {
        const step = stepOf(below)
        // What is a pattern here cannot cross: it is asked for here.
        const away = below(4) === 0 && step.verb !== 'entries'
        const answer = away
          ? told((await self.call(there, { store: store.handle, ...step })) as never)
          : doHere(store, step)
        expect(answer, `seed ${SEED}, step ${i}: ${JSON.stringify(step)}`).toEqual(model.do(step))
      }
      expect(new Map([...store].map(([key, value]) => [JSON.stringify(key), value]))).toEqual(model.map)
      const { entries } = store.inspect()
      expect(entries).toBe(model.map.size)
    }
  }))

const walker = define(
  import.meta.url,
  'walker',
  async (self: Self<unknown>, to: AnyPid, handle: never, id: number, steps: number) => {
    const store: AnyStore = new Store(handle)
    let sum = 0
    for (let i = 0; i < steps; i++) {
      store.update('sum', (n = 0) => n + id)
      store.put(['of', id], i)
      sum += id
      if (i % 3 === id % 3) await self.sleep(1)
    }
    send(to, { id, sum })
  },
)

it('in simulation it is the same store for all schedulers, whatever the seed', async () => {
  const orders = new Set<string>()
  for (let seed = 1; seed <= 10; seed++) {
    await simulate({ seed }, async (self: AnySelf) => {
      const store: AnyStore = Store.create(self, { name: 'simulated' })
      for (const id of [1, 2, 3]) self.spawn(walker as never, self.pid as never, store.handle as never, id, 20)
      let sum = 0
      let order = ''
      for (let i = 0; i < 3; i++) {
        const told = await self.receive()
        sum += told.sum
        order += told.id
      }
      expect([store.get('sum'), sum, store.count(['of', anything])]).toEqual([120, 120, 3])
      orders.add(order)
      orders.add([...store.keys()].join())
    })
  }
  expect(orders.size).toBeGreaterThan(2)
})
