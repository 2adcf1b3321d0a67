// Goal: who is registered is found, on every scheduler and at once; who is not any more is not found; keys that are unique have one holder
// at most. Method: verbs one by one; random programs against a map in virtual time; clerks on other threads.

import { exit, type Self, send, simulate } from 'rumpus'
import {
  callMany,
  getStatus,
  Registry,
  Server,
  startServer,
  startSupervisor,
  supervisor,
  via,
  whichChildren,
} from 'rumpus/otp'
import { describe, expect, it } from 'vitest'
import { clerk, named, places } from '../fixtures/otp-places.mjs'
import { type AnyPid, type AnySelf, inside, rejectionOf, thrownBy, until } from '../process/world.ts'

const waits = async (me: AnySelf): Promise<void> => void (await me.receive())

/** Ends a process, and comes back when it is dead. */
const ended = async (self: AnySelf, pid: AnyPid, reason = 'kill'): Promise<void> => {
  const ref = self.monitor(pid)
  exit(pid, reason)
  await self.receive({ match: (message) => message?.ref === ref })
}

/** Asks a clerk. */
const asked = (self: AnySelf, pid: AnyPid, verb: string, ...args: unknown[]): Promise<unknown> =>
  self.call(pid, { verb, args }) as Promise<unknown>

class Echo extends Server {
  override handleCall(request: unknown): unknown {
    return request
  }
}

describe('a registry', () => {
  it('knows processes by keys, many keys a process, with a value each', () =>
    inside(async (self) => {
      await places.start(self)
      const [a, b] = [self.spawn(waits), self.spawn(waits)]
      await places.register('x', a, { n: 1 })
      await places.register(1, a)
      await places.register('1', b, 'text')
      expect(await places.lookup('x')).toEqual([{ pid: a, value: { n: 1 } }])
      expect(await places.whereis(1)).toBe(a)
      expect(await places.whereis('1')).toBe(b)
      expect(await places.lookup('nobody')).toEqual([])
      expect(await places.whereis('nobody')).toBe(undefined)
      expect(await places.keysOf(a)).toEqual(['x', 1])
      expect(await places.count()).toBe(3)
      expect(await places.entries()).toEqual([
        { key: 'x', pid: a, value: { n: 1 } },
        { key: 1, pid: a, value: undefined },
        { key: '1', pid: b, value: 'text' },
      ])
      expect(await places.unregister('x', b)).toBe(false)
      expect(await places.unregister('x', a)).toBe(true)
      expect(await places.unregister('x', a)).toBe(false)
      expect(await places.lookup('x')).toEqual([])
    }))

  it('gives a key to one if keys are unique, and to the same again with the later value', () =>
    inside(async (self) => {
      await places.start(self)
      const [a, b] = [self.spawn(waits), self.spawn(waits)]
      await places.register('x', a, 1)
      await places.register('x', a, 2)
      expect(await places.lookup('x')).toEqual([{ pid: a, value: 2 }])
      const refused = places.register('x', b).catch((error) => error)
      expect(await refused).toMatchObject({ code: 'ERR_RUMPUS_KEY_TAKEN', cause: { pid: a } })
      expect(await places.lookup('x')).toEqual([{ pid: a, value: 2 }])
    }))

  it('gives a key to many if keys may be double, once each', () =>
    inside(async (self) => {
      await places.start(self, { keys: 'duplicate' })
      const [a, b] = [self.spawn(waits), self.spawn(waits)]
      await places.register('x', a)
      await places.register('x', self.pid, 'me')
      await places.register('x', b)
      await places.register('x', self.pid, 'still me')
      expect((await places.lookup('x')).map(({ pid, value }) => [pid, value])).toEqual([
        [a, undefined],
        [self.pid, 'still me'],
        [b, undefined],
      ])
      expect(await places.dispatch('x', 'news')).toBe(3)
      expect(await self.receive()).toBe('news')
      expect(await places.dispatch('nobody', 'news')).toBe(0)
    }))

  it('forgets who has ended, with all keys, and refuses whom it would', () =>
    inside(async (self) => {
      await places.start(self)
      const a = self.spawn(waits)
      for (let i = 0; i < 10; i++) await places.register(i, a)
      await ended(self, a)
      // Its end reaches the table as it reached us: nothing orders the two.
      while ((await places.count()) > 0) await self.yield()
      for (let i = 0; i < 10; i++) expect(await places.lookup(i)).toEqual([])
      expect(await places.keysOf(a)).toEqual([])
      expect(await rejectionOf(places.register('x', a))).toMatchObject({ code: 'ERR_RUMPUS_NOPROC' })
    }))

  it('waits for one who is ending and has the key', () =>
    inside(async (self) => {
      await places.start(self)
      let finish: () => void = () => {}
      const a = self.spawn(async (me: AnySelf) => {
        try {
          send(self.pid, 'began')
          await me.receive()
        } finally {
          await new Promise<void>((resolve) => (finish = resolve))
        }
      })
      await self.receive()
      await places.register('x', a)
      exit(a, 'shutdown')
      await self.yield()
      const b = self.spawn(waits)
      let got = false
      const taken = places.register('x', b).then(() => (got = true))
      await places.count()
      expect([got, await places.whereis('x')]).toEqual([false, a])
      finish()
      await taken
      expect(await places.whereis('x')).toBe(b)
    }))

  it('says what is wrong at the call', () =>
    inside(async (self) => {
      expect(await rejectionOf(places.count())).toMatchObject({ code: 'ERR_RUMPUS_NOPROC' })
      expect(await rejectionOf(places.lookup('x') as Promise<unknown>)).toMatchObject({ code: 'ERR_RUMPUS_NOPROC' })
      await places.start(self)
      const wrong: [() => unknown, RegExp][] = [
        [() => new Registry(''), /^name must be a string that is not empty, got ""/],
        [() => places.start(self, { keys: 'some' } as never), /options\.keys must be 'unique' or 'duplicate'/],
        [() => places.child(null as never), /options must be an object/],
        [() => places.register(Number.NaN, self.pid), /key must be a text or a number, got NaN/],
        [() => places.register({} as never, self.pid), /key must be/],
        [() => places.register('x', -1 as never), /pid must be a pid/],
        [() => places.lookup(Symbol('x') as never), /key must be/],
        [() => places.count({ timeout: -1 }), /options\.timeout must be/],
      ]
      for (const [what, message] of wrong) expect(thrownBy(what).message).toMatch(message)
      expect(thrownBy(() => places.start(self))).toMatchObject({ code: 'ERR_RUMPUS_NAME_TAKEN' })
    }))

  it('stays as it was for what cannot cross, and for strangers among its mail', () =>
    inside(async (self, crashes) => {
      const table = (await places.start(self, { on: 1 })) as AnyPid
      expect(thrownBy(() => places.register('x', self.pid, () => {})).code).toBe('ERR_RUMPUS_UNCROSSABLE')
      send(table, 'what is this')
      expect(await places.count()).toBe(0)
      await until(() => crashes.length === 1)
    }))
})

describe('look-ups', () => {
  it('cost a message once, and are true after every change that was answered for', () =>
    inside(async (self) => {
      const table = (await places.start(self)) as AnyPid
      const handled = async (): Promise<number> => (await getStatus(table)).handled
      await places.register('x', self.pid)
      expect(await places.whereis('x')).toBe(self.pid)
      const before = await handled()
      for (let i = 0; i < 100; i++) expect(await places.whereis('x')).toBe(self.pid)
      expect(await handled()).toBe(before)
      await places.unregister('x', self.pid)
      expect(await places.whereis('x')).toBe(undefined)
    }))

  it('on other schedulers know what was answered for here, and the other way round', () =>
    inside(async (self) => {
      await places.start(self)
      const clerks: AnyPid[] = []
      for (const on of [1, 2]) clerks.push((await startServer(self, clerk, { on })) as AnyPid)
      const [one, two] = clerks as [AnyPid, AnyPid]
      for (let i = 0; i < 100; i++) {
        expect(await asked(self, one, 'register', 'x', i)).toEqual({ value: undefined })
        expect(await places.lookup('x')).toEqual([{ pid: one, value: i }])
        expect(await asked(self, two, 'lookup', 'x')).toEqual({ value: [{ pid: one, value: i }] })
        expect(await asked(self, two, 'register', 'x', i)).toEqual({ error: 'ERR_RUMPUS_KEY_TAKEN' })
        expect(await asked(self, one, 'unregister', 'x')).toEqual({ value: true })
        expect(await asked(self, two, 'lookup', 'x')).toEqual({ value: [] })
      }
    }))

  it('find nobody of a thread that has died', () =>
    inside(
      async (self) => {
        await places.start(self)
        const one = (await startServer(self, clerk, { on: 1, link: false })) as AnyPid
        await asked(self, one, 'register', 'x')
        expect(await places.whereis('x')).toBe(one)
        await asked(self, one, 'end thread').catch(() => {})
        while ((await places.count()) > 0) await self.sleep(1)
        expect(await places.whereis('x')).toBe(undefined)
      },
      { onCrash: () => {} },
    ))
})

describe('messages by key', () => {
  it('reach whoever has it, in order, and say when nobody does', () =>
    inside(async (self) => {
      await places.start(self)
      await places.register('me', self.pid)
      for (let i = 0; i < 100; i++) expect(await places.send('me', i)).toBe(true)
      for (let i = 0; i < 100; i++) expect(await self.receive()).toBe(i)
      expect(await places.send('nobody', 1)).toBe(false)
      const one = (await startServer(self, clerk, { on: 1 })) as AnyPid
      expect(await asked(self, one, 'send', 'me', 'from there')).toEqual({ value: true })
      expect(await self.receive()).toBe('from there')
      expect(await asked(self, one, 'call', 'nobody', 1)).toEqual({ error: 'ERR_RUMPUS_NOPROC' })
    }))
})

describe('via', () => {
  it('starts a server, a supervisor and a body under keys', () =>
    inside(async (self) => {
      await places.start(self)
      const server = await startServer(self, via(places, 'server', Echo))
      expect(await places.whereis('server')).toBe(server)
      expect(await places.call('server', 'hello')).toBe('hello')
      const tree = via(places, 'tree', supervisor({ children: [{ id: 'a', start: Echo }] }))
      const body = async (me: AnySelf, to: AnyPid): Promise<void> => send(to, await me.receive())
      const children = [
        { id: 'tree', start: tree },
        { id: 'body', start: via(places, (to: AnyPid) => `for ${to}`, body), args: [self.pid] },
      ]
      const top = await startSupervisor(self, { children })
      expect((await whichChildren(top)).map(({ type }) => type)).toEqual(['supervisor', 'worker'])
      expect(await whichChildren((await places.whereis('tree')) as AnyPid)).toMatchObject([{ id: 'a' }])
      await places.send(`for ${self.pid}`, 'to the body')
      expect(await self.receive()).toBe('to the body')
    }))

  it('does not start a second one under a key, and takes nobody along', () =>
    inside(async (self, crashes) => {
      await places.start(self)
      const first = await startServer(self, via(places, 'x', Echo))
      const error = await startServer(self, via(places, 'x', Echo)).catch((e) => e)
      expect(error).toMatchObject({
        code: 'ERR_RUMPUS_INIT',
        cause: { kind: 'error', error: { code: 'ERR_RUMPUS_KEY_TAKEN' } },
      })
      expect(await places.whereis('x')).toBe(first)
      expect(crashes).toEqual([])
    }))

  it('starts definitions elsewhere, which come back under their key when they crash', () =>
    inside(
      async (self) => {
        const children = [places.child(), { id: 'ada', start: named, args: ['ada'], on: 1 }]
        const top = await startSupervisor(self, { strategy: 'rest_for_one', maxRestarts: 100, children })
        expect(await places.call('ada', 'here')).toBe('ada here')
        for (let i = 0; i < 20; i++) {
          const before = (await whichChildren(top))[1]?.pid
          expect(await places.call('ada', 'crash').catch(({ code }) => code)).toBe('ERR_RUMPUS_DOWN')
          await whichChildren(top)
          const [, { pid } = { pid: 0 }] = await whichChildren(top)
          expect(pid).not.toBe(before)
          expect(await places.whereis('ada')).toBe(pid)
        }
      },
      { onCrash: () => {} },
    ))

  it('ends with the registry, to be started anew under the next one', () =>
    inside(
      async (self) => {
        await places.start(self, {})
        const top = await startSupervisor(self, {
          maxRestarts: 1_000,
          children: [{ id: 'x', start: via(places, 'x', supervisor({ children: [] })), restart: 'transient' }],
          backoff: { first: 1, most: 5 },
        })
        const [{ pid }] = (await whichChildren(top)) as unknown as [{ pid: AnyPid }]
        const ref = self.monitor(pid)
        const table = self.whereis('places') as AnyPid
        self.unlink(table)
        exit(table, 'kill')
        const down = await self.receive({ match: (message) => message?.ref === ref })
        expect(down.reason).toMatchObject({ kind: 'error', error: { code: 'ERR_RUMPUS_REGISTRY' } })
        await places.start(self)
        while ((await places.whereis('x')) === undefined) await self.sleep(1)
      },
      { onCrash: () => {} },
    ))

  it('says what is wrong at the call', () => {
    const code = 'ERR_RUMPUS_BAD_ARGUMENT'
    expect(thrownBy(() => via({} as never, 'x', Echo))).toMatchObject({ code, name: 'TypeError' })
    expect(thrownBy(() => via(places, {} as never, Echo))).toMatchObject({ code })
    expect(thrownBy(() => via(places, 'x', 7 as never))).toMatchObject({ code })
    expect(thrownBy(() => via(places, 'x', named))).toMatchObject({ code, message: /defineVia/ })
  })
})

describe('random programs', () => {
  const KEYS = ['a', 'b', 'c']

  /** Changes at random, compared with a map after each: whatever was answered for is so. */
  const program = (seed: number, keys: 'unique' | 'duplicate'): Promise<void> =>
    simulate({ seed, onCrash: () => {} }, async (self: Self<unknown>) => {
      const registry = new Registry<number>('random')
      await registry.start(self as AnySelf, { keys })
      let state = seed
      const chance = (below: number): number => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0
        return Math.floor((state / 2 ** 32) * below)
      }
      const model = new Map<string, Map<number, number>>(KEYS.map((key) => [key, new Map()]))
      const processes: AnyPid[] = []
      for (let i = 0; i < 4; i++) processes.push(self.spawn(waits as never))
      for (let step = 0; step < 60; step++) {
        const key = KEYS[chance(KEYS.length)] as string
        const at = chance(processes.length)
        const pid = processes[at] as AnyPid
        const under = model.get(key) as Map<number, number>
        const verb = chance(10)
        if (verb < 5) {
          const may = keys === 'duplicate' || under.size === 0 || under.has(pid)
          const got = await registry.register(key, pid, step).then(
            () => true,
            ({ code }) => code,
          )
          expect(got).toBe(may ? true : 'ERR_RUMPUS_KEY_TAKEN')
          if (may) under.set(pid, step)
        } else if (verb < 8) {
          expect(await registry.unregister(key, pid)).toBe(under.delete(pid))
        } else {
          await ended(self as AnySelf, pid)
          for (const one of model.values()) one.delete(pid)
          processes[at] = self.spawn(waits as never)
          while ((await registry.keysOf(pid)).length > 0) await self.sleep(1)
        }
        for (const [key, under] of model) {
          expect(await registry.lookup(key)).toEqual([...under].map(([pid, value]) => ({ pid, value })))
        }
      }
      expect(await registry.count()).toBe([...model.values()].reduce((sum, { size }) => sum + size, 0))
    })

  for (const keys of ['unique', 'duplicate'] as const) {
    it(`agree with a map (${keys})`, async () => {
      for (let seed = 1; seed <= 20; seed++) await program(seed, keys)
    })
  }

  it('give a unique key to one of many that want it at once', () =>
    inside(async (self) => {
      await places.start(self)
      const clerks: AnyPid[] = []
      for (let i = 0; i < 6; i++) clerks.push((await startServer(self, clerk, { on: i % 3 === 0 ? 1 : 2 })) as AnyPid)
      for (let round = 0; round < 50; round++) {
        const all = await callMany(clerks, { verb: 'register', args: ['x', round] })
        const answers = all.map((one) => ('reply' in one ? (one.reply as { error?: string }) : { error: 'none' }))
        expect(answers.filter(({ error }) => error === undefined)).toHaveLength(1)
        const winner = clerks[answers.findIndex(({ error }) => error === undefined)] as AnyPid
        expect(await places.whereis('x')).toBe(winner)
        await asked(self, winner, 'unregister', 'x')
      }
    }))
})
