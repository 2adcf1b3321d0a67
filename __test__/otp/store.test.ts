// Goal: what is put is read, by equal keys, as a copy, on every scheduler at once; limits hold; mistakes are told. Method: verbs one by
// one, here and from another thread.

import { call, start } from 'rumpus'
import { anything, Store, startServer } from 'rumpus/otp'
import { describe, expect, it } from 'vitest'
import { counting, keeper } from '../fixtures/otp-stores.mjs'
import { type AnyPid, type AnySelf, inside, started, thrownBy } from '../process/world.ts'

// biome-ignore lint/suspicious/noExplicitAny: tests put what types forbid
type AnyStore = Store<any, any>

/** Another thread does something with a store. */
const elsewhere = async (
  self: AnySelf,
): Promise<(store: AnyStore, verb: string, ...args: unknown[]) => Promise<unknown>> => {
  const there = (await startServer(self, keeper, { on: 1 })) as AnyPid
  return (store, verb, ...args) => self.call(there, { store: store.handle, verb, args })
}

describe('a store', () => {
  it('has values under keys: put, get, has, putNew, take, delete, count, clear', () =>
    inside(async (self) => {
      const store: AnyStore = Store.create(self)
      expect([store.get('a'), store.has('a'), store.take('a'), store.delete('a'), store.count()]).toEqual([
        undefined,
        false,
        undefined,
        false,
        0,
      ])
      expect(store.put('a', 1)).toBe(store)
      expect([store.get('a'), store.has('a'), store.count()]).toEqual([1, true, 1])
      expect([store.putNew('a', 2), store.putNew('b', 2), store.get('a')]).toEqual([false, true, 1])
      expect([store.take('a'), store.take('a'), store.count()]).toEqual([1, undefined, 1])
      expect([store.delete('b'), store.delete('b'), store.count()]).toEqual([true, false, 0])
      for (let i = 0; i < 100; i++) store.put(i, i)
      expect([store.clear(), store.count(), store.clear()]).toEqual([100, 0, 0])
    }))

  it('compares keys by value, and keeps them apart by kind', () =>
    inside(async (self) => {
      const store: AnyStore = Store.create(self)
      const keys = [
        ...['', 'a', 'aaaa', 'aaaaa', 'ä', 'ÿÿÿ', '→', '→→→', '\ud800', '1', 'null', 'x'.repeat(1000)],
        ...[0, 1, -1, 2 ** 31 - 1, -(2 ** 31), 2 ** 31, 1.5, Number.MAX_VALUE, Number.POSITIVE_INFINITY, self.pid],
        ...[0n, 1n, -1n, 2n ** 70n, -(2n ** 70n)],
        ...[['a'], ['a', 1], ['a', '1'], [1, 'a'], ['a', 1n], [true], [false], [null], ['', ''], ['ab'], ['a', 'b']],
        Array.from({ length: 64 }, (_, i) => i),
      ]
      for (const [i, key] of keys.entries()) store.put(key, i)
      expect(store.count()).toBe(keys.length)
      for (const [i, key] of keys.entries()) {
        expect(store.get(Array.isArray(key) ? [...key] : key), String(i)).toBe(i)
      }
      expect(store.get(-0)).toBe(keys.indexOf(0))
      expect([...store.keys()].sort((a, b) => store.get(a) - store.get(b))).toEqual(keys)
    }))

  it('keeps whatever crosses, as a copy of its own for each who reads', () =>
    inside(async (self) => {
      const store: AnyStore = Store.create(self)
      const there = await elsewhere(self)
      const cyclic: Record<string, unknown> = { name: 'cyclic' }
      cyclic['self'] = cyclic
      const values: unknown[] = [
        ...[null, true, false, 0, -0, 1e9, 2 ** 40, Number.NaN, 1.5, '', 'text', 'ä→', 7n, -(2n ** 90n)],
        ...[{}, [], [undefined], { a: 1, b: 'x', c: [1, { d: null }] }, new Map([[1, new Set(['x'])]]), new Date(5)],
        ...[/x/g, new Uint8Array(10), new Float64Array([1, 2]), Buffer.from('node'), new TypeError('told'), cyclic],
        ...['long '.repeat(5_000), new Uint8Array(30_000).fill(3), Array.from({ length: 5_000 }, (_, i) => ({ i }))],
      ]
      for (const [i, value] of values.entries()) store.put(i, value)
      for (const [i, value] of values.entries()) {
        expect(store.get(i), String(i)).toEqual(value)
        expect(await there(store, 'get', i), String(i)).toEqual({ value })
      }
      const given = { list: [1] }
      store.put('mine', given)
      given.list.push(2)
      const read = store.get('mine')
      read.list.push(3)
      expect([store.get('mine'), store.get('mine')]).toEqual([{ list: [1] }, { list: [1] }])
    }))

  it('is one for all schedulers: what is answered for there is read here', () =>
    inside(async (self) => {
      const store: AnyStore = Store.create(self, { name: 'shared' })
      const there = await elsewhere(self)
      for (let n = 0; n < 50; n++) {
        store.put('n', n)
        expect(await there(store, 'get', 'n')).toEqual({ value: n })
        expect(await there(store, 'put', ['n', n], { n })).toEqual({ value: 'itself' })
        expect(store.get(['n', n])).toEqual({ n })
      }
      expect(await there(new Store('shared'), 'count')).toEqual({ value: 51 })
      expect(store.inspect()).toMatchObject({ name: 'shared', owner: self.pid, heir: undefined, entries: 51 })
    }))

  it('updates and adds atomically: two threads lose nothing', () =>
    inside(async (self) => {
      const store: AnyStore = Store.create(self)
      const times = 20_000
      for (const on of [1, 2]) self.spawn(counting.with({ on }), self.pid as AnyPid, store.handle, times)
      expect([await self.receive(), await self.receive()]).toEqual(['counted', 'counted'])
      expect([store.get('updated'), store.get('added')]).toEqual([2 * times, 2 * times])
    }))

  it('calls update again when somebody was faster, and gives up if that never ends', () =>
    inside(async (self) => {
      const store: AnyStore = Store.create(self)
      store.put('a', 1)
      const seen: unknown[] = []
      const after = store.update('a', (value) => {
        seen.push(value)
        if (seen.length < 3) store.put('a', value * 10)
        return value + 1
      })
      expect([after, store.get('a'), seen]).toEqual([101, 101, [1, 10, 100]])
      let tries = 0
      expect(thrownBy(() => store.update('a', () => store.add('a') + tries++)).code).toBe('ERR_RUMPUS_CONTENDED')
      expect(tries).toBe(10_000)
      // What is deleted and put again, with the same value, is another.
      store.put('a', 1)
      let first = true
      expect(
        store.update('a', (value) => {
          if (first) store.put('a', store.take('a'))
          first = false
          return value + 1
        }),
      ).toBe(2)
      expect(store.update('a', () => undefined)).toBe(undefined)
      expect([store.has('a'), store.update('a', () => undefined), store.count()]).toEqual([false, undefined, 0])
      expect(() => store.update('b', () => Promise.resolve(1))).toThrow(/value cannot cross/)
      expect(() =>
        store.update('b', () => {
          throw new RangeError('mine')
        }),
      ).toThrow(/mine/)
      expect(store.count()).toBe(0)
    }))

  it('adds to numbers of all kinds as JavaScript does, and to nothing else', () =>
    inside(async (self) => {
      const store: AnyStore = Store.create(self)
      let model = 0
      for (const by of [1, -2, 0.5, 8_388_606, 1, 1, 2 ** 31, 2 ** 40, -(2 ** 53), 0.1, Number.POSITIVE_INFINITY]) {
        model += by
        expect([store.add('n', by), store.get('n')]).toEqual([model, model])
      }
      expect([store.add('m'), store.add('k', 5, 100), store.add('k', -5, 7)]).toEqual([1, 105, 100])
      expect(Object.is(store.add('z', -0, -0), -0) && Object.is(store.get('z'), -0)).toBe(true)
      store.put('text', '1')
      expect(thrownBy(() => store.add('text'))).toMatchObject({ name: 'TypeError', code: 'ERR_RUMPUS_BAD_ARGUMENT' })
      expect(store.get('text')).toBe('1')
    }))

  it('is found by its name or its handle, by its name also when it has been made anew', () =>
    inside(async (self) => {
      const byName: AnyStore = new Store('found')
      expect(thrownBy(() => byName.get('a'))).toMatchObject({ name: 'RumpusError', code: 'ERR_RUMPUS_NO_STORE' })
      const one: AnyStore = Store.create(self, { name: 'found' })
      const byHandle: AnyStore = new Store(one.handle)
      one.put('a', 1)
      expect([byName.get('a'), byHandle.get('a'), byName.handle]).toEqual([1, 1, byHandle.handle])
      const taken = thrownBy(() => Store.create(self, { name: 'found' }))
      expect(taken).toMatchObject({
        code: 'ERR_RUMPUS_NAME_TAKEN',
        message: expect.stringContaining('"found" belongs'),
      })
      expect([one.end(), one.end(), byHandle.end()]).toEqual([true, false, false])
      for (const gone of [one, byName, byHandle]) {
        for (const verb of ['get', 'has', 'take', 'delete', 'add'] as const) {
          expect(thrownBy(() => gone[verb]('a')).code, verb).toBe('ERR_RUMPUS_NO_STORE')
        }
        const others = [() => gone.put('a', 1), () => gone.update('a', () => 1), () => gone.count(), () => [...gone]]
        for (const other of [...others, () => gone.clear(), () => gone.inspect()]) {
          expect(thrownBy(other).code).toBe('ERR_RUMPUS_NO_STORE')
        }
      }
      const two: AnyStore = Store.create(self, { name: 'found' })
      two.put('a', 2)
      expect([byName.get('a'), one.get('a'), two.handle === byHandle.handle]).toEqual([2, 2, false])
      expect(thrownBy(() => byHandle.get('a')).code).toBe('ERR_RUMPUS_NO_STORE')
    }))

  it("can be the runtime's: it lasts as long", async () => {
    const runtime = await start({ schedulers: 1 })
    const store: AnyStore = Store.create(runtime, { name: 'lasting' })
    store.put('a', 1)
    await runtime.run(async (self: AnySelf) => expect(new Store<string>('lasting').put('b', self.pid).count()).toBe(2))
    expect(store.inspect()).toMatchObject({ owner: undefined, entries: 2 })
    await runtime.stop()
    expect(thrownBy(() => store.get('a')).code).toBe('ERR_RUMPUS_STOPPED')
    expect(thrownBy(() => Store.create(runtime)).code).toBe('ERR_RUMPUS_STOPPED')
  })
})

describe('keys by pattern', () => {
  it('match part by part, or by what they begin with', () =>
    inside(async (self) => {
      const store: AnyStore = Store.create(self)
      for (const who of ['ada', 'bob']) for (const n of [1, 2, 3]) store.put([who, n], `${who}${n}`)
      for (const key of ['user:1', 'user:2', 'user→', 'use', 7]) store.put(key, key)
      store.put(['ada'], 'ada')
      const found = (pattern: unknown): unknown[] => [...store.values(pattern as never)].sort()
      expect(found(['ada', anything])).toEqual(['ada1', 'ada2', 'ada3'])
      expect(found([anything, 2])).toEqual(['ada2', 'bob2'])
      expect(found(['bob', 3])).toEqual(['bob3'])
      expect(found([anything])).toEqual(['ada'])
      expect(found({ prefix: ['ada'] })).toEqual(['ada', 'ada1', 'ada2', 'ada3'])
      expect(found({ prefix: 'user' })).toEqual(['user:1', 'user:2', 'user→'])
      expect(found({ prefix: 'user→' })).toEqual(['user→'])
      expect([store.count({ prefix: '' }), store.count({ prefix: [] }), store.count(['x'])]).toEqual([4, 7, 0])
      expect([store.clear([anything, 1]), store.clear({ prefix: 'user' }), store.count()]).toEqual([2, 3, 7])
      expect([...store.keys(['bob', anything])].sort()).toEqual([
        ['bob', 2],
        ['bob', 3],
      ])
    }))

  it('entries come all, once each, whatever their size', () =>
    inside(async (self) => {
      const store: AnyStore = Store.create(self)
      const model = new Map<number, string>()
      for (let i = 0; i < 3_000; i++) model.set(i, 'x'.repeat(i % 100 === 0 ? 40_000 : i % 50))
      for (const [key, value] of model) store.put(key, value)
      const seen = [...store]
      expect(seen.length).toBe(model.size)
      expect(new Map(seen as [number, string][])).toEqual(new Map([...model]))
      // Who leaves early leaves nothing behind.
      for (const [key] of store) if (key !== undefined) break
      expect([...Store.create(self).entries()]).toEqual([])
    }))
})

describe('limits', () => {
  it('are never passed; a write without room is refused and changes nothing', () =>
    inside(async (self) => {
      const store: AnyStore = Store.create(self, { name: 'small', maxEntries: 2 })
      store.put('a', 1).put('b', 2)
      const full = { name: 'RumpusError', code: 'ERR_RUMPUS_STORE_FULL' }
      const refused = thrownBy(() => store.put('c', 3))
      expect(refused).toMatchObject({
        ...full,
        message: 'the store "small" has no room for "c": it may have 2 entries',
      })
      expect(thrownBy(() => store.putNew('c', 3))).toMatchObject(full)
      expect(thrownBy(() => store.add('c'))).toMatchObject(full)
      expect(thrownBy(() => store.update('c', () => 1))).toMatchObject(full)
      expect([store.count(), store.has('c'), store.put('a', 'longer').get('a')]).toEqual([2, false, 'longer'])
      store.delete('a')
      expect(store.put('c', 3).count()).toBe(2)
      expect(store.clear()).toBe(2)
      expect(store.put('x', 1).put('y', 1).count()).toBe(2)

      const bytes: AnyStore = Store.create(self, { maxBytes: 1_000 })
      bytes.put('a', 'x'.repeat(400)).put('b', 'x'.repeat(400))
      expect(thrownBy(() => bytes.put('c', 'x'.repeat(400)))).toMatchObject({
        ...full,
        message: expect.stringContaining('it may have 1000 bytes'),
      })
      expect(bytes.put('a', 1).put('c', 'x'.repeat(400)).inspect()).toMatchObject({ entries: 3, maxBytes: 1_000 })
      expect(thrownBy(() => bytes.put('a', 'x'.repeat(400)))).toMatchObject(full)
      expect(bytes.get('a')).toBe(1)
    }))

  it('may have the oldest go: what was written before all else', () =>
    inside(async (self) => {
      const store: AnyStore = Store.create(self, { maxEntries: 3, overflow: 'drop-oldest' })
      store.put('a', 1).put('b', 2).put('c', 3).put('a', 4).put('d', 5)
      expect([...store.keys()].sort()).toEqual(['a', 'c', 'd'])
      store.add('c')
      store.put('e', 6).put('f', 7)
      expect([...store.keys()].sort()).toEqual(['c', 'e', 'f'])
      expect(store.inspect()).toMatchObject({ entries: 3, dropped: 3 })
      store.delete('c')
      expect(store.put('g', 8).inspect()).toMatchObject({ entries: 3, dropped: 3 })

      const bytes: AnyStore = Store.create(self, { maxBytes: 1_000, overflow: 'drop-oldest' })
      for (let i = 0; i < 50; i++) bytes.put(i, 'x'.repeat(200))
      expect([...bytes.keys()].sort()).toEqual([46, 47, 48, 49])
      expect(thrownBy(() => bytes.put('large', 'x'.repeat(2_000))).code).toBe('ERR_RUMPUS_STORE_FULL')
      expect(bytes.count()).toBe(4)
      expect(bytes.inspect().bytes).toBeLessThanOrEqual(1_000)
    }))

  it('hold for several threads that write at once', () =>
    inside(async (self) => {
      const store: AnyStore = Store.create(self, { maxEntries: 500 })
      const keepers: AnyPid[] = []
      for (const on of [1, 2]) keepers.push((await startServer(self, keeper, { on })) as AnyPid)
      let accepted = 0
      const put = async (to: AnyPid, key: number): Promise<void> => {
        const answer = (await call(to, { store: store.handle, verb: 'putNew', args: [key, key] })) as {
          value?: unknown
          code?: unknown
        }
        if (answer.value === true) accepted++
        else expect(answer.code).toBe('ERR_RUMPUS_STORE_FULL')
      }
      await Promise.all(Array.from({ length: 1_000 }, (_, key) => put(keepers[key % 2] as AnyPid, key)))
      expect([accepted, store.count()]).toEqual([500, 500])
    }))
})

describe('mistakes', () => {
  it('are told at the call, with the argument, and change nothing', () =>
    inside(async (self) => {
      const store: AnyStore = Store.create(self)
      const wrong: [() => unknown, string, RegExp][] = [
        [() => new Store(''), 'TypeError', /found must be .*, got ""/],
        [() => new Store(-1 as never), 'TypeError', /found must be a name or a handle/],
        [() => new Store({} as never), 'TypeError', /found must be a name or a handle/],
        [() => Store.create({} as never), 'TypeError', /parent must be/],
        [() => Store.create(self, null as never), 'TypeError', /options must be an object/],
        [() => Store.create(self, { name: 5 } as never), 'TypeError', /options\.name must be/],
        [
          () => Store.create(self, { maxEntries: 0 }),
          'RangeError',
          /options\.maxEntries must be a whole number from 1/,
        ],
        [() => Store.create(self, { maxBytes: 1.5 }), 'RangeError', /options\.maxBytes must be/],
        [() => Store.create(self, { overflow: 'x' } as never), 'TypeError', /options\.overflow must be 'refuse' or/],
        [
          () => Store.create(self, { overflow: 'drop-oldest' }),
          'TypeError',
          /options\.overflow must be 'refuse' where/,
        ],
        [() => Store.create(self, { heir: 'me' } as never), 'TypeError', /options\.heir must be a pid/],
        [() => Store.create(self, { heirData: 1 }), 'TypeError', /options\.heir must be a pid where/],
        [() => store.get(undefined), 'TypeError', /key must be a text, a number, a bigint or a list/],
        [() => store.get(Number.NaN), 'TypeError', /key must be .* got NaN/],
        [() => store.get({}), 'TypeError', /key must be .* got an instance of Object/],
        [() => store.get([]), 'TypeError', /key must be/],
        [() => store.get(true), 'TypeError', /key must be/],
        [() => store.get(null), 'TypeError', /key must be/],
        [() => store.get(Symbol('x')), 'TypeError', /key must be/],
        [() => store.put([['nested']], 1), 'TypeError', /key must be/],
        [() => store.put([undefined], 1), 'TypeError', /key must be/],
        [() => store.put([anything], 1), 'TypeError', /key must be/],
        [() => store.put(Array(65).fill(1), 1), 'TypeError', /key must be .* got "a list of 65"/],
        [() => store.put('x'.repeat(1_025), 1), 'RangeError', /key must be of at most 1024 bytes/],
        [() => store.put('→'.repeat(600), 1), 'RangeError', /key must be of at most 1024 bytes/],
        [() => store.put(['x'.repeat(600), 'x'.repeat(600)], 1), 'RangeError', /key must be of at most 1024/],
        [() => store.put('a', undefined), 'TypeError', /value must be something other than undefined/],
        [() => store.put('a', { deep: { fn() {} } }), 'UncrossableError', /value\.deep\.fn cannot cross/],
        [() => store.update('a', 5 as never), 'TypeError', /change must be a function/],
        [() => store.add('a', '1' as never), 'TypeError', /by must be a number/],
        [() => store.add('a', 1, Number.NaN), 'TypeError', /initial must be a number/],
        [() => store.count('x' as never), 'TypeError', /pattern must be a list of parts/],
        [() => [...store.keys({} as never)], 'TypeError', /pattern must be a list of parts/],
        [() => store.clear(null as never), 'TypeError', /pattern must be a list of parts/],
        [() => store.setHeir(self, 'me' as never), 'TypeError', /pid must be a pid/],
        [() => store.give({} as never, self.pid), 'TypeError', /parent must be/],
      ]
      for (const [what, name, message] of wrong) {
        const thrown = thrownBy(what)
        expect([thrown.name, thrown.message], String(what)).toEqual([name, expect.stringMatching(message)])
        expect(thrown.code, String(what)).toMatch(/^ERR_RUMPUS_(BAD_ARGUMENT|OUT_OF_RANGE|UNCROSSABLE)$/)
      }
      expect(store.count()).toBe(0)
      expect(self.runtime.inspect().stores).toMatchObject({ open: 1, made: 1 })
    }))

  it('code of a value that is being written cannot use stores meanwhile', () =>
    inside(async (self) => {
      const store: AnyStore = Store.create(self)
      store.put('a', 1)
      const codes: unknown[] = []
      const value = {
        get reads() {
          codes.push(thrownBy(() => store.get('a')).code, thrownBy(() => store.put('b', 1)).code)
          return 5
        },
      }
      expect(store.put('v', value).get('v')).toEqual({ reads: 5 })
      expect(new Set(codes)).toEqual(new Set(['ERR_RUMPUS_REENTRANT']))
      expect(store.has('b')).toBe(false)
    }))

  it('threads with two runtimes must say which, by a handle', async () => {
    const { runtime } = await started({ schedulers: 1 })
    const other = await started({ schedulers: 1 })
    const [one, two]: AnyStore[] = [Store.create(runtime, { name: 'same' }), Store.create(other.runtime)]
    expect(thrownBy(() => one?.get('a')).code).toBe('ERR_RUMPUS_WHICH_RUNTIME')
    expect(two?.put('a', 1).get('a')).toBe(1)
  })
})
