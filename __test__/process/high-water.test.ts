// highWater: who lets messages wait is told of, once a doubling, and never who does not.

import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { exit, type HighWaterReport, send, start } from 'rumpus'
import { describe, expect, it, onTestFinished } from 'vitest'
import { stuck } from '../fixtures/messages.mjs'
import { type AnyPid, type AnySelf, endOf, inside, oneThread, program, take, thrownBy, until } from './world.ts'

const never = new Promise(() => {})

/** A list, and options that fill it. */
function listening(highWater: number) {
  const reports: HighWaterReport[] = []
  return { reports, options: { highWater, onHighWater: (report: HighWaterReport) => void reports.push(report) } }
}

/** Sends `count` messages. */
const flood = (pid: AnyPid, count: number): void => {
  for (let i = 0; i < count; i++) send(pid, { i })
}

describe('highWater', () => {
  it('highWater and onHighWater are checked', () => {
    for (const wrong of [-1, 1.5, Number.NaN, '9'])
      expect(thrownBy(() => start({ highWater: wrong as never }))).toMatchObject({
        name: 'RangeError',
        message: expect.stringMatching(/^options\.highWater must be a whole number from 0, got /),
      })
    expect(thrownBy(() => start({ onHighWater: 1 as never })).message).toBe(
      'options.onHighWater must be a function, got 1',
    )
  })

  it('highWater is told when it is passed, and at each doubling', async () => {
    const { reports, options } = listening(64)
    await inside(async (self) => {
      const slow = self.spawn(async () => never) as AnyPid
      flood(slow, 600)
      await until(() => reports.length === 4)
      expect(reports).toEqual([65, 129, 257, 513].map((waiting) => ({ pid: slow, scheduler: 0, waiting })))
      exit(slow, 'kill')
    }, options)
    expect(reports).toHaveLength(4)
  })

  it('highWater between two powers of two is told at the upper one', async () => {
    const { reports, options } = listening(100)
    await inside(async (self) => {
      const slow = self.spawn(async () => never) as AnyPid
      flood(slow, 129)
      await until(() => reports.length > 0)
      expect(reports).toEqual([{ pid: slow, scheduler: 0, waiting: 129 }])
    }, options)
  })

  it('highWater is not told of who keeps up, nor of anybody when it is 0', async () => {
    const { reports, options } = listening(64)
    await inside(async (self) => {
      for (let i = 0; i < 1000; i++) {
        send(self.pid, i)
        await self.receive()
      }
    }, options)
    const off = listening(0)
    await inside(async (self) => {
      flood(self.pid, 1000)
      await take(self, 1000)
    }, off.options)
    expect([reports, off.reports]).toEqual([[], []])
  })

  it.skipIf(oneThread)('highWater of a process on another scheduler reaches the host', async () => {
    const { reports, options } = listening(256)
    await inside(async (self) => {
      const far = self.spawn(stuck.with({ on: 2 }), self.pid) as AnyPid
      await self.receive()
      flood(far, 700)
      await until(() => reports.length === 2)
      expect(reports).toEqual([257, 513].map((waiting) => ({ pid: far, scheduler: 2, waiting })))
    }, options)
  })

  it('a listener may end the process, and send to it', async () => {
    const ended: unknown[] = []
    const onHighWater = ({ pid, waiting }: HighWaterReport): void => {
      ended.push(waiting)
      send(pid as AnyPid, 'one more')
      exit(pid, 'kill')
    }
    await inside(
      async (self) => {
        const slow = self.spawn(async () => never) as AnyPid
        const other = self.spawn(async (me: AnySelf) => send(self.pid, await me.receive())) as AnyPid
        const over = endOf(self, slow)
        flood(slow, 65)
        expect(await over).toEqual({ kind: 'killed' })
        send(other, 'intact')
        expect(await self.receive()).toBe('intact')
      },
      { highWater: 64, onHighWater },
    )
    expect(ended).toEqual([65])
  })

  it.skipIf(oneThread)('a listener that throws is written to stderr, and silence is the default', async () => {
    const { code, stderr, stdout } = await program('high-water.mjs')
    expect({ code, stderr, stdout }).toEqual({
      code: 0,
      stderr: 'rumpus: a listener for high water failed: mine\n',
      stdout: 'done\n',
    })
  })

  it.skipIf(oneThread)('subscribers of the channel hear it without a listener', async () => {
    const heard: unknown[] = []
    const hear = (report: unknown): void => void heard.push(report)
    subscribe('rumpus:high-water', hear)
    onTestFinished(() => void unsubscribe('rumpus:high-water', hear))
    await inside(
      async (self) => {
        const slow = self.spawn(async () => never) as AnyPid
        flood(slow, 17)
        await until(() => heard.length > 0)
        expect(heard).toEqual([{ pid: slow, scheduler: 0, waiting: 17 }])
      },
      { highWater: 16 },
    )
  })
})
