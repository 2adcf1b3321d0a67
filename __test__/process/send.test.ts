// send: order, identity on one thread, mail to the dead, what it refuses. The crossing is told in border/.

import { call, cancelTimer, exit, isAlive, offer, send, sendAfter } from 'rumpus'
import { describe, expect, it } from 'vitest'
import { echo, end, hold } from '../fixtures/bodies.mjs'
import {
  type AnyPid,
  type AnySelf,
  endOf,
  inside,
  oneThread,
  rejectionOf,
  started,
  take,
  thrownBy,
  turns,
  until,
} from './world.ts'

describe('send on one scheduler', () => {
  it('send passes the value itself', async () => {
    await inside(async (self) => {
      const values = [
        { a: 1 },
        [1],
        () => 1,
        Symbol('s'),
        new WeakMap(),
        new (class Mine {})(),
        new Map(),
        null,
        undefined,
        0,
      ]
      const child = self.spawn(async (me: AnySelf) => {
        for (let i = 0; i < values.length; i++) send(self.pid as AnyPid, { value: await me.receive() })
      })
      for (const value of values) send(child as AnyPid, value)
      const heard = (await take(self, values.length)) as { value: unknown }[]
      expect(heard.every(({ value }, i) => Object.is(value, values[i]))).toBe(true)
    })
  })

  it('send to oneself, 100 000 times, before anything is received', async () => {
    await inside(async (self) => {
      const count = 100_000
      for (let i = 0; i < count; i++) send(self.pid as AnyPid, i)
      for (let i = 0; i < count; i++) {
        const got = await self.receive()
        if (got !== i) expect(got).toBe(i)
      }
      expect(self.tryReceive()).toBe(undefined)
    })
  })

  it('send keeps the order of each of many senders', async () => {
    await inside(async (self) => {
      const [senders, each] = [50, 200]
      for (let s = 0; s < senders; s++) {
        self.spawn(async (me) => {
          for (let i = 0; i < each; i++) {
            send(self.pid as AnyPid, [s, i])
            if (i % 7 === 0) await me.sleep(0)
          }
        })
      }
      const next = new Array(senders).fill(0)
      for (const [s, i] of (await take(self, senders * each)) as [number, number][]) expect(next[s]++).toBe(i)
      expect(self.tryReceive()).toBe(undefined)
    })
  })

  it('send from code that is no process', async () => {
    await inside(async (self) => {
      setImmediate(() => send(self.pid as AnyPid, 'from a callback'))
      expect(await self.receive()).toBe('from a callback')
      await new Promise<void>((resolve) =>
        setTimeout(() => {
          send(self.pid as AnyPid, 'while it awaits something foreign')
          resolve()
        }),
      )
      expect(await self.receive()).toBe('while it awaits something foreign')
    })
  })

  it('send and then await something foreign, return or throw: the receiver still runs', async () => {
    await inside(async (self) => {
      const foreign = new Promise(() => {})
      const ways: ((me: AnySelf) => unknown)[] = [
        async () => foreign,
        async () => 1,
        async () => Promise.reject(new Error('x')),
        () => 1,
        async (me) => me.exit('shutdown'),
        async (me) => me.sleep(2 ** 31 - 1),
      ]
      for (const [i, way] of ways.entries()) {
        self.spawn(async (me: AnySelf) => {
          const wait = self.spawn(async (other: AnySelf) => send(self.pid as AnyPid, await other.receive()))
          await turns(2)
          send(wait as AnyPid, i)
          return way(me)
        })
        expect(await self.receive()).toBe(i)
      }
    })
  })
})

describe('send to another scheduler', () => {
  it('send to a definition before it has started is encoded, wherever it will be', async () => {
    await inside(async (self) => {
      for (const on of ['here', 1, 'any'] as const) {
        const far = self.spawn(echo.with({ on }), self.pid)
        const value = { list: [1] }
        send(far as AnyPid, value)
        value.list.push(2)
        expect(await self.receive()).toEqual({ list: [1] })
      }
    })
  })

  it('send to one and the same process before it starts, while it starts and after keeps the order', async () => {
    await inside(async (self) => {
      for (const on of ['here', 1, 'any'] as const) {
        const far = self.spawn(echo.with({ on }), self.pid)
        const count = 3000
        for (let i = 0; i < count; i++) {
          send(far as AnyPid, i)
          if (i % 100 === 0) await turns(1)
        }
        expect(await take(self, count)).toEqual(Array.from({ length: count }, (_, i) => i))
        exit(far)
      }
    })
  })

  it('send by reference to a definition process that runs here, once it has started', async () => {
    await inside(async (self) => {
      const near = self.spawn(echo.with({ on: 'here' }), self.pid)
      send(near as AnyPid, 'start')
      await self.receive()
      await turns(2)
      const value = { fn: () => 1 }
      send(near as AnyPid, value)
      expect(await self.receive()).toBe(value)
    })
  })
})

describe('send to the dead', () => {
  it('send to a dead process is dropped and counted', async () => {
    const { runtime } = await started()
    await runtime.run(async (self: AnySelf) => {
      for (const what of [self.spawn(async () => {}), self.spawn(end)] as AnyPid[]) {
        send(what, { how: 'return' })
        await endOf(self, what)
        await turns()
        const before = runtime.inspect().messages
        for (let i = 0; i < 10; i++) send(what, { i })
        const { accepted, dropped } = runtime.inspect().messages
        expect([accepted - before.accepted, dropped.dead - before.dropped.dead]).toEqual([10, 10])
        while (self.tryReceive() !== undefined);
      }
    })
  })

  it('send to a dead process of what cannot cross is dropped and counted, too: its sender could not know', async () => {
    const { runtime } = await started()
    await runtime.run(async (self: AnySelf) => {
      const what = self.spawn(async () => {}) as AnyPid
      await endOf(self, what)
      await turns()
      const before = runtime.inspect().messages
      send(what, { reply: () => {} })
      expect(await offer(what, () => {})).toBe('noproc')
      const { accepted, dropped } = runtime.inspect().messages
      expect([accepted - before.accepted, dropped.dead - before.dropped.dead]).toEqual([1, 1])
      expect(cancelTimer(sendAfter(what, () => {}, 60_000))).toBeUndefined()
      expect(await rejectionOf(call(what, () => {}))).toMatchObject({ code: 'ERR_RUMPUS_NOPROC' })
    })
  })

  it('send to a process that has the slot of a dead one reaches the right one only', async () => {
    await inside(async (self) => {
      const old = self.spawn(async () => {})
      await endOf(self, old)
      const heard: unknown[] = []
      for (let i = 0; i < 5; i++) {
        self.spawn(async (me: AnySelf) => {
          for await (const message of me) heard.push(message)
        })
      }
      await turns()
      send(old as AnyPid, 'for the old one')
      await turns()
      expect(heard).toEqual([])
      expect(isAlive(old)).toBe(false)
    })
  })

  it('send to a process that ends with mail: the mail is counted as dropped with it', async () => {
    const { runtime } = await started()
    const pid = runtime.spawn(async (me: AnySelf) => void (await me.receive()))
    for (let i = 0; i < 10; i++) send(pid as AnyPid, i)
    await until(() => !isAlive(pid))
    await turns()
    const { accepted, received, waiting, dropped } = runtime.inspect().messages
    expect({ accepted, received, waiting, dropped }).toEqual({
      accepted: 10,
      received: 1,
      waiting: 0,
      dropped: { dead: 0, died: 9, corrupt: 0, full: 0 },
    })
  })
})

describe('send refuses', () => {
  it('send refuses what is no pid', async () => {
    await inside(async () => {
      for (const [pid, shown] of [
        [0, '0'],
        [-1, '-1'],
        [1.5, '1.5'],
        [2 ** 53, String(2 ** 53)],
        [Number.NaN, 'NaN'],
        [true, 'true'],
        [undefined, 'undefined'],
        [null, 'null'],
        [{}, 'an instance of Object'],
        [1n, '1n'],
        [Symbol('x'), 'Symbol(x)'],
      ] as const) {
        expect(thrownBy(() => send(pid as never, 1 as never))).toEqual({
          name: 'TypeError',
          code: 'ERR_RUMPUS_BAD_ARGUMENT',
          message: `pid must be a pid, got ${shown}`,
        })
      }
    })
  })

  it('send refuses a pid of a runtime that this thread does not know', async () => {
    const pid = await inside(async (self) => self.pid as AnyPid)
    expect(thrownBy(() => send(pid, 1))).toMatchObject({ name: 'RumpusError', code: 'ERR_RUMPUS_STOPPED' })
  })

  it.skipIf(oneThread)(
    'send of a value that cannot cross throws with its path, and the next message is intact',
    async () => {
      await inside(async (self) => {
        const far = self.spawn(hold.with({ on: 1 }), self.pid, 'x') as AnyPid
        await self.receive()
        const other = self.spawn(echo.with({ on: 1 }), self.pid) as AnyPid
        expect(thrownBy(() => send(far, { reply: { fn: () => 1 } }))).toEqual({
          name: 'UncrossableError',
          code: 'ERR_RUMPUS_UNCROSSABLE',
          message: expect.stringMatching(/^message\.reply\.fn cannot cross to another scheduler: a function/),
        })
        send(other, { intact: [1, 2, 3] })
        expect(await self.receive()).toEqual({ intact: [1, 2, 3] })
      })
    },
  )
})
