// Goal: debuggers see servers, pause and stop them, and many are asked at once. Method: what they answer, here and elsewhere.

import { exit, start } from 'rumpus'
import {
  callMany,
  cast,
  getState,
  getStatus,
  replaceState,
  resume,
  Server,
  startServer,
  stopServer,
  suspend,
} from 'rumpus/otp'
import { describe, expect, it } from 'vitest'
import { echo } from '../fixtures/otp-servers.mjs'
import { type AnyPid, inside, rejectionOf, until } from '../process/world.ts'

/** Takes everything. */
class Told extends Server<unknown, unknown, unknown> {
  log: unknown[] = []

  override handleCall(request: unknown): unknown {
    return request
  }
}

describe('debuggers', () => {
  it('see and replace the state, and what cannot cross is an error with its path', () =>
    inside(async (self) => {
      const there = (await startServer(self, echo, { on: 1, args: [1] })) as AnyPid
      await replaceState(there, { other: 2 })
      expect(await getState(there)).toEqual({ other: 2 })
      const here = (await startServer(self, Told)) as AnyPid
      expect(await getState(here)).toEqual({ log: [] })
      expect(await getStatus(there)).toEqual({ name: 'Echo', suspended: false, waiting: 0, handled: 0 })
    }))

  it.each(['here', 1] as const)('suspend and resume %s keep the order of what waited', (on) =>
    inside(async (self) => {
      const pid = (await startServer(self, echo, { on, args: [0] })) as AnyPid
      await suspend(pid)
      for (let i = 0; i < 100; i++) cast(pid, i)
      expect(await rejectionOf(self.call(pid, 'in vain', { timeout: 5 }))).toMatchObject({ code: 'ERR_RUMPUS_TIMEOUT' })
      expect(await getStatus(pid)).toMatchObject({ suspended: true, waiting: 101, handled: 0 })
      expect(await getState(pid)).toEqual({ first: 0 })
      await resume(pid)
      expect(await getState(pid)).toEqual({ first: 0, last: 99 })
      expect(await self.call(pid, 'on')).toBe('on')
    }),
  )

  it('a suspended server that traps exits still ends with who started it', () =>
    inside(async (self) => {
      class Traps extends Server {
        override init(): void {
          this.self.trapExit()
        }
      }
      const pid = await startServer(self, Traps, { link: false })
      await suspend(pid)
      const ref = self.monitor(pid)
      exit(pid, 'shutdown')
      expect(await self.receive()).toMatchObject({ ref, reason: { kind: 'shutdown' } })
    }))

  it('stopServer waits for the end, and tells of another', () =>
    inside(async (self) => {
      class Other extends Server {
        override terminate(): void {
          throw new Error('not so')
        }
      }
      await stopServer(await startServer(self, Told))
      await stopServer(await startServer(self, Told, { link: false }), 'shutdown')
      const other = await startServer(self, Other, { link: false })
      expect(await rejectionOf(stopServer(other))).toMatchObject({ code: 'ERR_RUMPUS_DOWN' })
      expect(await rejectionOf(stopServer(other))).toMatchObject({ code: 'ERR_RUMPUS_NOPROC' })
    }))
})

describe('callMany', () => {
  it('tells what became of each, in order', () =>
    inside(async (self) => {
      const pids: AnyPid[] = []
      for (const on of ['here', 1, 2] as const) pids.push((await startServer(self, echo, { on })) as AnyPid)
      const silent = self.spawn(async (me) => void (await me.receive({ match: () => false }))) as AnyPid
      const outcomes = await callMany([...pids, silent, 'nobody'], 'hello', { timeout: 100 })
      expect(outcomes.map((one) => ('reply' in one ? one.reply : (one.error as { code?: string }).code))).toEqual([
        'hello',
        'hello',
        'hello',
        'ERR_RUMPUS_TIMEOUT',
        'ERR_RUMPUS_NOPROC',
      ])
    }))

  it('many young questions at once are linear and leave nothing', async () => {
    const runtime = await start({ schedulers: 1 })
    const pid = (await startServer(runtime, Told)) as AnyPid
    const outcomes = await callMany(
      Array.from({ length: 20_000 }, () => pid),
      1,
      { timeout: 60_000 },
    )
    expect(outcomes.every((one) => 'reply' in one && one.reply === 1)).toBe(true)
    await until(() => runtime.inspect().messages.waiting === 0)
    await runtime.stop()
  })
})
