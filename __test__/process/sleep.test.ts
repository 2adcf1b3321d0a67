// sleep: waits for time, in order, and ends with the process.

import { exit, send } from 'rumpus'
import { describe, expect, it } from 'vitest'
import { unwinding } from '../fixtures/bodies.mjs'
import {
  type AnyPid,
  type AnySelf,
  endOf,
  inside,
  oneThread,
  places,
  program,
  rejectionOf,
  take,
  thrownBy,
  turns,
} from './world.ts'

describe('sleep', () => {
  it('sleep resolves with undefined, for 0 too', async () => {
    await inside(async (self) => {
      expect(await self.sleep(0)).toBe(undefined)
      expect(await self.sleep(1)).toBe(undefined)
      expect(await self.sleep(0.5)).toBe(undefined)
    })
  })

  it('sleep never ends early', async () => {
    await inside(async (self) => {
      const before = performance.now()
      await self.sleep(20)
      expect(performance.now() - before).toBeGreaterThanOrEqual(19)
    })
  })

  it('sleep ends in the order of the times', async () => {
    await inside(async (self) => {
      for (const ms of [30, 10, 20, 0]) {
        self.spawn(async (me) => {
          await me.sleep(ms)
          send(self.pid as AnyPid, ms)
        })
      }
      expect(await take(self, 4)).toEqual([0, 10, 20, 30])
    })
  })

  it('sleep leaves messages where they are', async () => {
    await inside(async (self) => {
      const sleep = self.sleep(5)
      send(self.pid as AnyPid, 1)
      send(self.pid as AnyPid, 2)
      await sleep
      expect([await self.receive(), await self.receive()]).toEqual([1, 2])
    })
  })

  it('sleep refuses what is no time, by throwing', async () => {
    await inside(async (self) => {
      for (const [ms, shown] of [
        [-1, '-1'],
        [Number.NaN, 'NaN'],
        [Number.POSITIVE_INFINITY, 'Infinity'],
        [2 ** 31, String(2 ** 31)],
        ['5', '"5"'],
        [undefined, 'undefined'],
      ] as const) {
        expect(thrownBy(() => self.sleep(ms as never))).toEqual({
          name: 'RangeError',
          code: 'ERR_RUMPUS_OUT_OF_RANGE',
          message: `ms must be a number of milliseconds from 0 to 2147483647, got ${shown}`,
        })
      }
    })
  })

  it('sleep while the process waits already is refused', async () => {
    await inside(async (self) => {
      const first = self.sleep(1)
      expect(await rejectionOf(self.sleep(1))).toMatchObject({ name: 'RumpusError', code: 'ERR_RUMPUS_WAITING' })
      await first
      const wait = self.receive()
      expect(await rejectionOf(self.sleep(1))).toMatchObject({ code: 'ERR_RUMPUS_WAITING' })
      send(self.pid as AnyPid, 'x')
      expect(await wait).toBe('x')
    })
  })

  it('sleep ends with ProcessExit when the process must end, here and elsewhere', async () => {
    await inside(async (self) => {
      for (const on of places) {
        const pid = self.spawn(unwinding.with({ on }), self.pid, 'sleep')
        expect(await self.receive()).toBe('waiting')
        self.monitor(pid)
        exit(pid, 'enough')
        const reason = { kind: 'user', value: 'enough' }
        expect(await take(self, 3)).toEqual([
          { exit: true, reason, code: 'ERR_RUMPUS_EXIT' },
          'finally',
          expect.objectContaining({ type: 'down', reason }),
        ])
      }
    })
  })

  it('sleep rejects in a process that must end', async () => {
    await inside(async (self) => {
      let again: unknown
      const pid = self.spawn(async (me: AnySelf) => {
        await me.sleep(2 ** 31 - 1).catch(() => {})
        again = await rejectionOf(me.sleep(1))
      })
      await turns()
      exit(pid)
      await endOf(self, pid)
      expect(again).toMatchObject({ name: 'ProcessExit', code: 'ERR_RUMPUS_EXIT' })
    })
  })

  it.skipIf(oneThread)('sleep leaves no timer behind when its process is ended', async () => {
    expect(await program('sleep-ended.mjs')).toEqual({ code: 0, signal: null, stdout: 'exit\n', stderr: '' })
  })
})
