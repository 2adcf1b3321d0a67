// inspect: the books of a runtime balance, and figures stand where they belong.

import { exit, send } from 'rumpus'
import { describe, expect, it } from 'vitest'
import { echo, end, hold } from '../fixtures/bodies.mjs'
import {
  type AnyPid,
  type AnySelf,
  balanced,
  endOf,
  inside,
  lane,
  oneThread,
  places,
  started,
  take,
  turns,
  until,
} from './world.ts'

describe('inspect', () => {
  it.skipIf(oneThread)('inspect of a new runtime is all zeros', async () => {
    const { runtime } = await started({ schedulers: 2 })
    const view = runtime.inspect()
    expect(view.processes).toEqual({ spawned: 0, exited: 0, alive: 0 })
    expect(view.messages).toEqual({
      accepted: 0,
      received: 0,
      waiting: 0,
      dropped: { dead: 0, died: 0, corrupt: 0, full: 0 },
    })
    expect(view.schedulers.map(({ id }) => id)).toEqual([0, 1, 2])
    for (const { alive, unstarted, started, spawned, exited } of view.schedulers) {
      expect({ alive, unstarted, started, spawned, exited }).toEqual({
        alive: 0,
        unstarted: 0,
        started: 0,
        spawned: 0,
        exited: 0,
      })
    }
  })

  it('inspect counts local messages as accepted, received, waiting', async () => {
    await inside(async (self) => {
      for (let i = 0; i < 10; i++) send(self.pid as AnyPid, i)
      await turns()
      await take(self, 4)
      const view = self.runtime.inspect()
      expect(view.messages).toMatchObject({ accepted: 10, received: 4, waiting: 6 })
      const [host] = view.schedulers
      expect([host?.messagesLocal, host?.messagesOut]).toEqual(lane === 'native' ? [0, 10] : [10, 0])
      expect(view.processes).toEqual({ spawned: 1, exited: 0, alive: 1 })
      expect(host).toMatchObject({ id: 0, up: true, alive: 1, spawned: 1 })
      balanced(view)
    })
  })

  it.skipIf(oneThread)('inspect counts messages between schedulers at both', async () => {
    await inside(async (self) => {
      const far = self.spawn(echo.with({ on: 1 }), self.pid) as AnyPid
      for (let i = 0; i < 100; i++) send(far, i)
      await take(self, 100)
      const { schedulers, messages } = self.runtime.inspect()
      expect(schedulers[0]).toMatchObject({ messagesOut: 100, messagesIn: 100 })
      expect(schedulers[1]).toMatchObject({ messagesOut: 100, messagesIn: 100, alive: 1, started: 1, up: true })
      expect(schedulers[2]).toMatchObject({ messagesOut: 0, messagesIn: 0, alive: 0, started: 0 })
      expect(messages).toMatchObject({ accepted: 200, received: 200, waiting: 0 })
    })
  })

  it('inspect counts what is dropped: to the dead, with the dying', async () => {
    await inside(async (self) => {
      for (const on of places) {
        const before = self.runtime.inspect().messages.dropped
        const pid = self.spawn(end.with({ on })) as AnyPid
        const ended = endOf(self, pid)
        send(pid, { how: 'return' })
        for (let i = 0; i < 9; i++) send(pid, i)
        await ended
        for (let i = 0; i < 5; i++) send(pid, i)
        await until(() => {
          const { dead, died } = self.runtime.inspect().messages.dropped
          return dead + died === before.dead + before.died + 14
        })
        const { dead } = self.runtime.inspect().messages.dropped
        expect(dead - before.dead).toBeGreaterThanOrEqual(5)
        balanced(self.runtime.inspect())
      }
    })
  })

  it.skipIf(oneThread)(
    'inspect.processes: spawned = exited + alive, whoever spawned and however they ended',
    async () => {
      const { runtime } = await started({ schedulers: 2 })
      await runtime.run(async (self: AnySelf) => {
        const pids: AnyPid[] = []
        for (let i = 0; i < 90; i++)
          pids.push(self.spawn(hold.with({ on: [1, 2, 'here'][i % 3] as 1 }), self.pid, i) as AnyPid)
        await take(self, 90)
        expect(runtime.inspect().processes).toEqual({ spawned: 91, exited: 0, alive: 91 })
        expect(runtime.inspect().schedulers.map(({ alive }) => alive)).toEqual([31, 30, 30])
        for (const [i, pid] of pids.entries()) {
          self.monitor(pid)
          exit(pid, i % 2 ? 'kill' : 'shutdown')
        }
        await take(self, 90)
      })
      await until(() => runtime.inspect().processes.alive === 0)
      expect(runtime.inspect().processes).toEqual({ spawned: 91, exited: 91, alive: 0 })
      expect(runtime.inspect().schedulers.map(({ alive }) => alive)).toEqual([0, 0, 0])
      await until(() => runtime.inspect().messages.waiting === 0)
      balanced(runtime.inspect())
    },
  )

  it('inspect answers plain figures: whole counts, shares from 0 to 1', async () => {
    await inside(async (self) => {
      const far = self.spawn(echo, self.pid) as AnyPid
      for (let i = 0; i < 1000; i++) send(far, { i })
      await take(self, 1000)
      for (const view of self.runtime.inspect().schedulers) {
        const { up, asleep, dedicated, busyShare, busyMs, turnGapP99Ms, lateMs, lateWorstMs, ...counts } = view
        expect([typeof up, typeof asleep, dedicated]).toEqual(['boolean', 'boolean', false])
        for (const [name, count] of Object.entries(counts)) {
          expect(Number.isInteger(count) && count >= 0, `${name}: ${count}`).toBe(true)
        }
        expect(lateMs >= 0 && lateWorstMs >= lateMs).toBe(true)
        expect(busyShare >= 0 && busyShare <= 1 && busyMs >= 0 && turnGapP99Ms >= 0).toBe(true)
      }
    })
  })

  it('inspect of a stopped runtime still shows its books', async () => {
    const { runtime } = await started()
    await runtime.run(async (self: AnySelf) => {
      send(self.pid as AnyPid, 1)
      await self.receive()
    })
    await runtime.stop()
    const view = runtime.inspect()
    expect(view.processes).toEqual({ spawned: 1, exited: 1, alive: 0 })
    expect(view.messages).toMatchObject({ accepted: 1, received: 1 })
    expect(view.schedulers.some(({ up }) => up)).toBe(false)
  })
})
