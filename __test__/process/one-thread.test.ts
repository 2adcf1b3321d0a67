// schedulers: 0: everything on the host's thread, definitions too, and in its one isolate; the same programs mean the same.

import { threadId } from 'node:worker_threads'
import { exit, start } from 'rumpus'
import { describe, expect, it, onTestFinished } from 'vitest'
import { compute, echo, once } from '../fixtures/bodies.mjs'
import { whereItRuns } from '../fixtures/one-thread-bodies.mjs'
import { type AnyPid, type AnySelf, endOf, inside, rejectionOf, started, take, thrownBy } from './world.ts'

describe('one thread', () => {
  it('one thread runs definitions in the isolate of the host, wherever they may run', async () => {
    const { runtime, crashes } = await started({ schedulers: 0, eager: true })
    await runtime.run(async (self: AnySelf) => {
      for (const on of ['any', 'here', 0] as const) {
        Object.assign(globalThis, { shelf: `for ${on}` })
        self.spawn(whereItRuns.with({ on }), self.pid)
        expect(await self.receive()).toEqual({ thread: threadId, seen: `for ${on}` })
      }
      for (let i = 0; i < 500; i++) self.spawn(compute, self.pid, 10)
      await take(self, 500)
      const pid = self.spawnLink(echo, self.pid) as AnyPid
      self.send(pid, 'there and back')
      expect(await self.receive()).toBe('there and back')
      self.unlink(pid)
      expect(await endOf(self, pid, () => exit(pid, 'shutdown'))).toEqual({ kind: 'shutdown' })
    })
    const { schedulers } = runtime.inspect()
    expect(schedulers.map(({ id }) => id)).toEqual([0])
    expect(schedulers[0]?.started).toBeGreaterThanOrEqual(503)
    expect(crashes).toEqual([])
  })

  it('one thread by RUMPUS_SCHEDULERS=0, which an option overrides', async () => {
    const before = process.env.RUMPUS_SCHEDULERS
    process.env.RUMPUS_SCHEDULERS = '0'
    onTestFinished(() => {
      if (before === undefined) delete process.env.RUMPUS_SCHEDULERS
      else process.env.RUMPUS_SCHEDULERS = before
    })
    const seats = async (schedulers?: number): Promise<number> => {
      const runtime = await start(schedulers === undefined ? {} : { schedulers })
      const { length } = runtime.inspect().schedulers
      await runtime.stop()
      return length
    }
    expect([await seats(), await seats(2)]).toEqual([1, 3])
  })

  it('one thread still gives a dedicated process one of its own', async () => {
    await inside(
      async (self) => {
        self.spawn(whereItRuns.with({ on: 'dedicated' }), self.pid)
        expect((await self.receive()).thread).not.toBe(threadId)
      },
      { schedulers: 0 },
    )
    await inside(
      async (self) => {
        expect(thrownBy(() => self.spawn(once.with({ on: 'dedicated' }), self.pid, 0)).code).toBe(
          'ERR_RUMPUS_NO_THREAD',
        )
      },
      { schedulers: 0, dedicated: 0, eager: true },
    )
  })

  it('one thread has no other scheduler to name, and must work', async () => {
    await inside(
      async (self) => {
        expect(thrownBy(() => self.spawn(once.with({ on: 1 }), self.pid, 0))).toMatchObject({ name: 'RangeError' })
      },
      { schedulers: 0 },
    )
    expect(thrownBy(() => start({ schedulers: 0, hostWorks: false })).message).toBe(
      'options.hostWorks must be true where there is no other scheduler, got false',
    )
    expect((await rejectionOf(Promise.resolve().then(() => start({ schedulers: -1 })))).message).toBe(
      'options.schedulers must be a whole number from 0 to 63, got -1',
    )
  })
})
