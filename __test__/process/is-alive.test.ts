// isAlive: the truth of a moment.

import { exit, isAlive, send } from 'rumpus'
import { describe, expect, it } from 'vitest'
import { end, hold, once } from '../fixtures/bodies.mjs'
import { type AnyPid, type AnySelf, endOf, inside, places, take, thrownBy, turns } from './world.ts'

describe('isAlive', () => {
  it('isAlive of those that run, wait, or have not begun', async () => {
    await inside(async (self) => {
      expect(isAlive(self.pid)).toBe(true)
      const closure = self.spawn(async (me: AnySelf) => me.receive())
      expect(isAlive(closure)).toBe(true)
      for (const on of ['here', 1, 'any'] as const) {
        const pid = self.spawn(hold.with({ on }), self.pid, 'x')
        expect(isAlive(pid)).toBe(true)
        await self.receive()
        expect(isAlive(pid)).toBe(true)
      }
    })
  })

  it('isAlive of the dead, wherever they lived, seen from everywhere', async () => {
    await inside(async (self) => {
      for (const on of places) {
        const pid = self.spawn(end.with({ on })) as AnyPid
        const ended = endOf(self, pid)
        send(pid, { how: 'return' })
        await ended
        expect(isAlive(pid)).toBe(false)
      }
    })
  })

  it('isAlive of a process that is being unwound is false', async () => {
    await inside(async (self) => {
      let inFinally: boolean | undefined
      const pid = self.spawn(async (me: AnySelf) => {
        try {
          await me.receive()
        } finally {
          inFinally = isAlive(me.pid)
          await turns(3)
        }
      })
      await turns()
      exit(pid)
      await turns(1)
      expect(isAlive(pid)).toBe(false)
      await endOf(self, pid)
      expect(inFinally).toBe(false)
    })
  })

  it('isAlive when the Down has been heard is false', async () => {
    await inside(async (self) => {
      const pids = Array.from({ length: 100 }, (_, i) => self.spawn(once, self.pid, i))
      for (const pid of pids) self.monitor(pid)
      for (const message of (await take(self, 200)) as { type?: string; pid: AnyPid }[]) {
        if (message.type === 'down') expect(isAlive(message.pid)).toBe(false)
      }
    })
  })

  it('isAlive refuses what is no pid', () => {
    expect(thrownBy(() => isAlive(1.5 as never))).toEqual({
      name: 'TypeError',
      code: 'ERR_RUMPUS_BAD_ARGUMENT',
      message: 'pid must be a pid, got 1.5',
    })
  })
})
