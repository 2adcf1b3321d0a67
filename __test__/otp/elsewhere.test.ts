// Goal: children run on other schedulers and come back there, or where there is room; partitions are one on each. Method: children as
// definitions, their ends and the ends of their threads.

import { call, start } from 'rumpus'
import { countChildren, partition, startChild, startPartitions, startSupervisor, whichChildren } from 'rumpus/otp'
import { describe, expect, it } from 'vitest'
import { echo, parts } from '../fixtures/otp-servers.mjs'
import { type AnyPid, inside, thrownBy } from '../process/world.ts'
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

  it('are one on each scheduler, and the same key meets the same', () =>
    inside(async (self) => {
      const top = (await startPartitions(self, { start: echo }, { name: 'echoes', maxRestarts: 10 })) as AnyPid
      const threads = [await self.call('echoes/0', 'thread'), await self.call('echoes/1', 'thread')]
      expect(new Set(threads).size).toBe(2)
      expect((await whichChildren(top)).map(({ id }) => id)).toEqual(['0', '1'])
      const homes = new Set(Array.from({ length: 100 }, (_, key) => partition('echoes', key, 2)))
      expect([...homes].sort()).toEqual(['echoes/0', 'echoes/1'])
      const pid = self.whereis('echoes/1') as AnyPid
      await killed(self, pid)
      await whichChildren(top)
      expect(await self.call('echoes/1', 'back')).toBe('back')
      expect(self.whereis('echoes/1')).not.toBe(pid)
      expect(thrownBy(() => partition('x', 1, 0))).toMatchObject({ code: 'ERR_RUMPUS_OUT_OF_RANGE' })
      expect(thrownBy(() => void startPartitions(self, { start: echo }, { name: '' }))).toMatchObject({
        code: 'ERR_RUMPUS_BAD_ARGUMENT',
      })
    }))

  it('are one on the host where there are no threads', async () => {
    const runtime = await start({ schedulers: 0 })
    await startPartitions(runtime, { start: echo }, { name: 'alone' })
    expect(partition('alone', 'any key', 1)).toBe('alone/0')
    expect(await call('alone/0', 'hello')).toBe('hello')
    await runtime.stop()
  })
})
