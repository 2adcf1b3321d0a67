// receive and tryReceive: one promise of one message, one wait at a time.

import { exit, ProcessExit, RumpusError, send } from 'rumpus'
import { describe, expect, it } from 'vitest'
import { echo } from '../fixtures/bodies.mjs'
import { type AnyPid, type AnySelf, endOf, inside, oneThread, rejectionOf, take, thrownBy, turns } from './world.ts'

describe('receive', () => {
  it('receive is always a promise', async () => {
    await inside(async (self) => {
      send(self.pid as AnyPid, 1)
      const one = self.receive()
      expect(one).toBeInstanceOf(Promise)
      expect(await one).toBe(1)
    })
  })

  it('receive gives undefined, null, false and promises as they are', async () => {
    await inside(async (self) => {
      for (const value of [undefined, null, false, 0, '']) {
        send(self.pid as AnyPid, value)
        expect(await self.receive()).toBe(value)
      }
    })
  })

  it('receive gives messages in the order sent, whether they were there or come later', async () => {
    await inside(async (self) => {
      const count = 10_000
      self.spawn(async (me) => {
        for (let i = 0; i < count; i++) {
          send(self.pid as AnyPid, i)
          if (i % 997 === 0) await me.sleep(0)
          if (i % 131 === 0) await null
        }
      })
      expect(await take(self, count)).toEqual(Array.from({ length: count }, (_, i) => i))
    })
  })

  it('receive while one waits is refused, and the first still gets its message', async () => {
    await inside(async (self) => {
      const first = self.receive()
      expect(await rejectionOf(self.receive())).toEqual({
        name: 'RumpusError',
        code: 'ERR_RUMPUS_WAITING',
        message: expect.stringMatching(/^process <\d+\.\d+\.\d+> waits already/),
      })
      send(self.pid as AnyPid, 'for the first')
      expect(await first).toBe('for the first')
      send(self.pid as AnyPid, 'second')
      expect(await self.receive()).toBe('second')
    })
  })

  it('receive while a message is on its way to the first is refused too', async () => {
    await inside(async (self) => {
      const first = self.receive()
      send(self.pid as AnyPid, 1)
      send(self.pid as AnyPid, 2)
      await expect(self.receive()).rejects.toBeInstanceOf(RumpusError)
      expect([await first, await self.receive()]).toEqual([1, 2])
    })
  })

  it('receive during a sleep is refused', async () => {
    await inside(async (self) => {
      const sleep = self.sleep(1)
      expect(await rejectionOf(self.receive())).toMatchObject({ code: 'ERR_RUMPUS_WAITING' })
      await sleep
    })
  })

  it('receive rejects with ProcessExit when the process must end, and so does every later one', async () => {
    await inside(async (self) => {
      const seen: unknown[] = []
      const pid = self.spawn(async (me: AnySelf) => {
        for (let i = 0; i < 3; i++) await me.receive().catch((error) => seen.push(error))
      })
      await turns()
      exit(pid, { why: 1 })
      expect(await endOf(self, pid)).toEqual({ kind: 'user', value: { why: 1 } })
      expect(seen).toHaveLength(3)
      for (const error of seen) {
        expect(error).toBeInstanceOf(ProcessExit)
        expect(error).toMatchObject({
          name: 'ProcessExit',
          code: 'ERR_RUMPUS_EXIT',
          reason: { kind: 'user', value: { why: 1 } },
          message: 'the process has been told to end',
        })
      }
    })
  })

  it('receive lets a thousand waiters on one thread each have its own message', async () => {
    await inside(async (self) => {
      const pids = Array.from({ length: 1000 }, () =>
        self.spawn(async (me: AnySelf) => send(self.pid as AnyPid, await me.receive())),
      )
      await turns()
      pids.forEach((pid, i) => send(pid as AnyPid, i))
      expect(((await take(self, 1000)) as number[]).sort((a, b) => a - b)).toEqual(pids.map((_, i) => i))
    })
  })

  it('receive does not starve others: a process with a full inbox lets a neighbour and the event loop run', async () => {
    await inside(async (self) => {
      const count = 200_000
      let [immediates, left] = [0, count]
      const count1 = (): void => {
        immediates++
        if (left > 0) setImmediate(count1)
      }
      setImmediate(count1)
      const other = self.spawn(async (me: AnySelf) => {
        for (let i = 0; i < 10; i++) await me.receive()
        return left
      })
      for (let i = 0; i < count; i++) send(self.pid as AnyPid, i)
      for (let i = 0; i < 10; i++) send(other as AnyPid, i)
      for (; left > 0; left--) await self.receive()
      expect(immediates).toBeGreaterThan(2)
    })
  })

  it('receive from another thread', async () => {
    await inside(async (self) => {
      const far = self.spawn(echo.with({ on: 1 }), self.pid) as AnyPid
      for (let i = 0; i < 200; i++) {
        send(far, { i })
        expect(await self.receive()).toEqual({ i })
      }
    })
  })
})

describe('tryReceive', () => {
  it('tryReceive gives what is there and undefined when there is nothing', async () => {
    await inside(async (self) => {
      expect(self.tryReceive()).toBe(undefined)
      send(self.pid as AnyPid, 'a')
      send(self.pid as AnyPid, 'b')
      await turns()
      expect([self.tryReceive(), self.tryReceive(), self.tryReceive()]).toEqual(['a', 'b', undefined])
    })
  })

  it('tryReceive and receive take from one queue', async () => {
    await inside(async (self) => {
      for (let i = 0; i < 6; i++) send(self.pid as AnyPid, i)
      await turns()
      expect([await self.receive(), self.tryReceive(), await self.receive(), self.tryReceive()]).toEqual([0, 1, 2, 3])
    })
  })

  it('tryReceive does not take the message of a receive that waits', async () => {
    await inside(async (self) => {
      const waits = self.receive()
      send(self.pid as AnyPid, 'for receive')
      expect(self.tryReceive()).toBe(undefined)
      expect(await waits).toBe('for receive')
    })
  })

  it('tryReceive throws ProcessExit when the process must end', async () => {
    await inside(async (self) => {
      let thrown: unknown
      const pid = self.spawn(async (me: AnySelf) => {
        await me.receive().catch(() => {})
        thrown = thrownBy(() => me.tryReceive())
      })
      await turns()
      exit(pid)
      await endOf(self, pid)
      expect(thrown).toMatchObject({ name: 'ProcessExit', code: 'ERR_RUMPUS_EXIT' })
    })
  })
})

describe('two waits at a time', () => {
  it('the second is refused; once somebody has done that, the next such error names both places', () =>
    inside(async (self) => {
      const again = async (): Promise<Error> => {
        const first = waitsFirst(self)
        const error = await self.receive().catch((error) => error)
        send(self.pid, 1)
        await first
        return error
      }
      await again()
      const error = await again()
      expect(error).toMatchObject({ code: 'ERR_RUMPUS_WAITING' })
      expect(error.message).toContain('waitsFirst')
      expect(error.stack?.split('and this is the second:')[1]).toContain('again')
    }))
})

describe('hibernate', () => {
  it.skipIf(oneThread)(
    'hibernate gives the room of the inbox back, keeps marks and order, and waits as receive does',
    () =>
      inside(async (self) => {
        const room = (): number => (self as unknown as { items: unknown[] }).items.length
        for (let i = 0; i < 5000; i++) send(self.pid, i)
        for (let i = 0; i < 5000; i++) await self.receive()
        if (room() === 0) return expect(room()).toBe(0)
        const mark = self.mark()
        const next = self.hibernate()
        expect(room()).toBe(0)
        send(self.pid, 'woken')
        expect(await next).toBe('woken')
        send(self.pid, 'old')
        send(self.pid, 'new')
        expect(await self.receive({ since: mark, match: (m) => m === 'new' })).toBe('new')
        expect(await self.receive()).toBe('old')
        expect(await rejectionOf(Promise.all([self.hibernate(), self.hibernate()]))).toMatchObject({
          code: 'ERR_RUMPUS_WAITING',
        })
      }),
  )
})

const waitsFirst = (self: AnySelf): Promise<unknown> => self.receive()
