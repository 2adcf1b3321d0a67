// Goal: children run on other schedulers and come back there, or where there is room. Method: children as definitions, their ends and
// the ends of their threads.

import { countChildren, startChild, startSupervisor } from 'rumpus/otp'
import { describe, expect, it } from 'vitest'
import { echo, parts } from '../fixtures/otp-servers.mjs'
import { type AnyPid, inside } from '../process/world.ts'
import { killed, pidOf, waits } from './children.ts'

describe('children elsewhere', () => {
  it('are started, asked and restarted there; whole trees, too', () =>
    inside(async (self) => {
      const children = [
        { id: 'echo', start: echo, on: 1 },
        { id: 'parts', start: parts, args: [2], on: 2 },
      ]
      const top = (await startSupervisor(self, { children, maxRestarts: 10 })) as AnyPid
      expect(await self.call(await pidOf(top, 'echo'), 'hello')).toBe('hello')
      const there = await pidOf(top, 'parts')
      expect(await countChildren(there)).toEqual({ specs: 2, active: 2, supervisors: 0, workers: 2 })
      const more = await startChild(there, { id: 'more', start: echo })
      expect(await self.call(more as AnyPid, 1)).toBe(1)
      const error = await Promise.resolve()
        .then(() => startChild(there, { id: 'closure', start: waits }))
        .catch((e) => e)
      expect(error).toMatchObject({ code: 'ERR_RUMPUS_UNCROSSABLE', path: 'message.request.spec.what' })
      await killed(self, await pidOf(top, 'parts'))
      expect(await countChildren(await pidOf(top, 'parts'))).toMatchObject({ active: 2 })
    }))

  it('are somewhere else when their thread has died', () =>
    inside(
      async (self) => {
        const top = (await startSupervisor(self, {
          children: [{ id: 'echo', start: echo }],
          maxRestarts: 10,
        })) as AnyPid
        const pid = await pidOf(top, 'echo')
        const error = await self.call(pid, 'end thread', { timeout: 60_000 }).catch((error) => error)
        expect(error).toMatchObject({ code: 'ERR_RUMPUS_DOWN', cause: { kind: 'scheduler-down' } })
        expect(await self.call(await pidOf(top, 'echo'), 'back')).toBe('back')
      },
      { onCrash: () => {} },
    ))
})
