// Goal: a store is its owner's, then its heir's, who hears of it before all else, or it is gone, and its memory free. Method: owners end in
// every way, here, elsewhere and with their threads; heirs live, are dead, or die at the same moment.

import { Down, exit, type Self, send, simulate } from 'rumpus'
import { Store, type StoreTransfer, startServer, startSupervisor, whichChildren } from 'rumpus/otp'
import { describe, expect, it } from 'vitest'
import { keeper } from '../fixtures/otp-stores.mjs'
import { type AnyPid, type AnySelf, inside, started, thrownBy, until } from '../process/world.ts'

// biome-ignore lint/suspicious/noExplicitAny: tests put what types forbid
type AnyStore = Store<any, any>

const waits = async (me: AnySelf): Promise<void> => void (await me.receive())

/** Ends a process, and comes back when it is dead. */
const ended = async (self: AnySelf, pid: AnyPid, reason = 'kill'): Promise<void> => {
  const ref = self.monitor(pid)
  exit(pid, reason)
  await self.receive({ match: (message) => message?.ref === ref })
}

/** A process here that makes a store, says so, and waits. */
const owner = (self: AnySelf, options: object): Promise<[AnyPid, AnyStore]> => {
  const pid = self.spawn(async (me: AnySelf) => {
    const store = Store.create(me, options)
    store.put('from', me.pid)
    send(self.pid, ['made', store.handle])
    await me.receive()
  }) as AnyPid
  const isMade = (message: unknown): boolean => Array.isArray(message) && message[0] === 'made'
  return self.receive({ match: isMade }).then(([, handle]) => [pid, new Store(handle)])
}

const isTransfer = (message: unknown): message is StoreTransfer =>
  (message as { type?: unknown })?.type === 'store-transfer'

describe('an owner that ends', () => {
  it('takes its store along, name and all, however it ends', () =>
    inside(
      async (self) => {
        for (const how of ['returns', 'kill', 'shutdown']) {
          const [pid, store] = await owner(self, { name: 'its' })
          expect(store.get('from')).toBe(pid)
          const ref = self.monitor(pid)
          if (how === 'returns') send(pid, 'go')
          else exit(pid, how)
          await self.receive({ match: (message) => message?.ref === ref })
          // Whoever has heard of the end finds it gone.
          expect(thrownBy(() => store.get('from')).code, how).toBe('ERR_RUMPUS_NO_STORE')
          expect(thrownBy(() => new Store('its').has('from')).code, how).toBe('ERR_RUMPUS_NO_STORE')
        }
        expect(self.runtime.inspect().stores).toEqual({ made: 3, open: 0, entries: 0, bytes: 0, dropped: 0 })
      },
      { onCrash: () => {} },
    ))

  it('leaves it to its heir, who hears of it before the end, in order with what came before', () =>
    inside(async (self) => {
      const [pid, store] = await owner(self, { name: 'left', heir: self.pid, heirData: { why: 'told' } })
      self.monitor(pid)
      expect(store.inspect()).toMatchObject({ owner: pid, heir: self.pid })
      send(pid, 'go')
      const [first, second] = [await self.receive(), await self.receive()]
      expect(first).toEqual({
        type: 'store-transfer',
        store: store.handle,
        name: 'left',
        from: pid,
        data: { why: 'told' },
      })
      expect(second).toBeInstanceOf(Down)
      expect([store.get('from'), new Store('left').count()]).toEqual([pid, 1])
      // From now on it is the heir's, and nobody's after that.
      expect(store.inspect()).toMatchObject({ owner: self.pid, heir: undefined })
      store.setHeir(self, pid)
      expect(store.inspect()).toMatchObject({ heir: pid })
      store.setHeir(self)
      expect(store.inspect()).toMatchObject({ heir: undefined })
    }))

  it('leaves it to an heir elsewhere, and that to the next', () =>
    inside(async (self) => {
      self.trapExit()
      const there = (await startServer(self, keeper, { on: 1 })) as AnyPid
      const [pid, store] = await owner(self, { heir: there })
      await ended(self, pid)
      expect(await self.call(there, { verb: 'heard' })).toEqual({
        value: [{ type: 'store-transfer', store: store.handle, name: undefined, from: pid, data: undefined }],
      })
      expect(store.inspect().owner).toBe(there)
      expect(await self.call(there, { store: store.handle, verb: 'setHeir', args: [self.pid, 5] })).toEqual({})
      await ended(self, there)
      expect(await self.receive({ match: isTransfer })).toMatchObject({ from: there, data: 5 })
      expect(store.put('more', 1).count()).toBe(2)
    }))

  it('is left and given to processes of its runtime alone', () =>
    inside(async (self) => {
      const store = Store.create(self)
      for (const stranger of [0.5, 'name', 5, 2 ** 40]) {
        expect(() => store.setHeir(self, stranger as never)).toThrow()
        expect(() => store.give(self, stranger as never)).toThrow()
      }
      await inside(async (other) => {
        const foreign = {
          code: 'ERR_RUMPUS_BAD_ARGUMENT',
          message: expect.stringContaining('a pid of the same runtime'),
        }
        expect(thrownBy(() => store.setHeir(self, other.pid as never))).toMatchObject(foreign)
        expect(thrownBy(() => Store.create(self, { heir: other.pid as never }))).toMatchObject(foreign)
      })
      expect(store.inspect()).toMatchObject({ owner: self.pid, heir: undefined })
    }))

  it('leaves nothing to an heir that has ended, or must', () =>
    inside(
      async (self) => {
        const dead = self.spawn(waits) as AnyPid
        await ended(self, dead)
        const [pid, store] = await owner(self, { heir: dead })
        await ended(self, pid)
        expect(thrownBy(() => store.get('from')).code).toBe('ERR_RUMPUS_NO_STORE')
        let release: () => void = () => {}
        const exiting = self.spawn(async (me: AnySelf) => {
          try {
            await me.receive()
          } finally {
            await new Promise<void>((resolve) => (release = resolve))
          }
        }) as AnyPid
        const [other, kept] = await owner(self, { heir: exiting })
        exit(exiting, 'shutdown')
        await self.yield()
        await ended(self, other)
        expect(thrownBy(() => kept.get('from')).code).toBe('ERR_RUMPUS_NO_STORE')
        expect(thrownBy(() => kept.count()).code).toBe('ERR_RUMPUS_NO_STORE')
        release()
        expect(self.runtime.inspect().stores).toMatchObject({ made: 2, open: 0, bytes: 0 })
      },
      { onCrash: () => {} },
    ))

  it('has its stores with its heir when its thread dies, all that was answered for in them', async () => {
    const { runtime } = await started({ schedulers: 2 })
    await runtime.run(async (self: AnySelf) => {
      const there = (await startServer(self, keeper, { on: 1, link: false } as never)) as AnyPid
      self.trapExit()
      const made = await self.call(there, { verb: 'create', args: [{ name: 'left', heir: self.pid }] })
      const store: AnyStore = new Store((made as { value: never }).value)
      for (let i = 0; i < 100; i++) await self.call(there, { store: store.handle, verb: 'put', args: [i, { i }] })
      await (runtime as unknown as { host: { end(seat: number): Promise<void> } }).host.end(1)
      expect(await self.receive({ match: isTransfer })).toMatchObject({ from: there, name: 'left' })
      expect([store.count(), store.get(99), store.inspect().owner]).toEqual([100, { i: 99 }, self.pid])
    })
    expect(runtime.inspect().stores).toEqual({ made: 1, open: 0, entries: 0, bytes: 0, dropped: 0 })
  })

  it('and its heirs may end at the same moment, by any seed: who lives has it, else it is free', async () => {
    const inherited = new Set<number>()
    for (let seed = 1; seed <= 40; seed++) {
      await simulate({ seed, onCrash: () => {} }, async (self: AnySelf) => {
        const first = (await startServer(self, keeper, { on: 1, link: false })) as AnyPid
        const second = (await startServer(self, keeper, { on: 2, link: false })) as AnyPid
        const make = async (heir: AnyPid): Promise<AnyStore> =>
          new Store(((await self.call(first, { verb: 'create', args: [{ heir }] })) as { value: never }).value)
        const [lost, kept] = [await make(second), await make(self.pid as AnyPid)]
        const refs = [first, second].map((pid) => self.monitor(pid))
        exit(first, 'kill')
        exit(second, 'kill')
        let told = 0
        for (let downs = 0; downs < refs.length; ) {
          const message = await self.receive()
          if (message instanceof Down) downs++
          else told += isTransfer(message) ? 1 : 100
        }
        expect(told).toBe(1)
        expect(thrownBy(() => lost.count()).code).toBe('ERR_RUMPUS_NO_STORE')
        expect(kept.inspect()).toMatchObject({ owner: self.pid, heir: undefined })
        expect(self.runtime.inspect().stores).toMatchObject({ made: 2, open: 1 })
        inherited.add(seed)
      })
    }
    expect(inherited.size).toBe(40)
  })
})

describe('a store that is given', () => {
  it("is the other's, who hears of it; only its owner can, and nobody who has ended can have it", () =>
    inside(async (self) => {
      const there = (await startServer(self, keeper, { on: 1 })) as AnyPid
      const store: AnyStore = Store.create(self, { name: 'gift', heir: self.pid })
      const stranger = await owner(self, {})
      expect(thrownBy(() => stranger[1].give(self, there))).toMatchObject({
        code: 'ERR_RUMPUS_NOT_OWNER',
        message: expect.stringContaining("is another's: it belongs to process <"),
      })
      expect(thrownBy(() => stranger[1].setHeir(self, there)).code).toBe('ERR_RUMPUS_NOT_OWNER')
      expect(thrownBy(() => store.give(self, there, () => {})).code).toBe('ERR_RUMPUS_UNCROSSABLE')
      await ended(self, stranger[0])
      expect(thrownBy(() => store.give(self, stranger[0])).code).toBe('ERR_RUMPUS_NOPROC')
      expect(store.inspect()).toMatchObject({ owner: self.pid, heir: self.pid })
      send(there, 'before')
      store.give(self, there, 'yours')
      send(there, 'after')
      expect(store.inspect()).toMatchObject({ owner: there, heir: undefined })
      expect(await self.call(there, { verb: 'heard' })).toEqual({
        value: [
          'before',
          { type: 'store-transfer', store: store.handle, name: 'gift', from: self.pid, data: 'yours' },
          'after',
        ],
      })
      expect(thrownBy(() => store.give(self, self.pid)).code).toBe('ERR_RUMPUS_NOT_OWNER')
      await self.call(there, { store: store.handle, verb: 'give', args: [self.pid] })
      expect(await self.receive({ match: isTransfer })).toMatchObject({ from: there })
      // To oneself it is nothing.
      store.give(self, self.pid)
      expect(store.inspect().owner).toBe(self.pid)
    }))

  it('can be given by the runtime, and to a process here at once', () =>
    inside(async (self) => {
      const store: AnyStore = Store.create(self.runtime)
      store.give(self.runtime, self.pid, 'here')
      expect(await self.receive()).toMatchObject({ type: 'store-transfer', from: 0, data: 'here' })
      expect(store.inspect().owner).toBe(self.pid)
      expect(thrownBy(() => store.give(self.runtime, self.pid)).code).toBe('ERR_RUMPUS_NOT_OWNER')
    }))

  it('is found by its name when a supervisor has started its owner anew', () =>
    inside(
      async (self) => {
        const cache: AnyStore = new Store('cache')
        const child = async (me: AnySelf): Promise<void> => {
          Store.create(me, { name: 'cache' }).put('by', me.pid)
          await me.receive()
        }
        const top = (await startSupervisor(self, { children: [{ id: 'cache', start: child }] })) as AnyPid
        const pidOf = async (): Promise<AnyPid> => (await whichChildren(top))[0]?.pid as AnyPid
        await until(() => self.runtime.inspect().stores.open === 1)
        const first = await pidOf()
        expect(cache.get('by')).toBe(first)
        await ended(self, first)
        await until(() => self.runtime.inspect().stores.made === 2)
        await self.sleep(0)
        expect(cache.get('by')).toBe(await pidOf())
      },
      { onCrash: () => {} },
    ))
})

it('a process that ends while it makes a store has none', () =>
  inside(async (self) => {
    const codes: unknown[] = []
    const pid = self.spawn(async (me: Self<unknown>) => {
      try {
        await me.receive()
      } finally {
        codes.push(thrownBy(() => Store.create(me as never)).code)
      }
    }) as AnyPid
    await self.yield()
    await ended(self, pid, 'shutdown')
    expect(codes).toEqual(['ERR_RUMPUS_NOPROC'])
    expect(self.runtime.inspect().stores.open).toBe(0)
  }))
