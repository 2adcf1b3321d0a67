// dedicated: a process on a thread of its own may keep it, and to others is a process like any; threads are as many as were
// allowed, come with their processes and go with them, however they end.

import { randomUUID } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { call, Down, exit, isAlive, type Runtime, type StallReport, send, sendAfter, start } from 'rumpus'
import { describe, expect, it, onTestFinished } from 'vitest'
import { echo, once } from '../fixtures/bodies.mjs'
import {
  blocking,
  brooding,
  calling,
  clinging,
  killing,
  renting,
  serving,
  spinning,
} from '../fixtures/dedicated-bodies.mjs'
import { exits } from '../fixtures/definitions/exits.mjs'
import { marks } from '../fixtures/definitions/marks.mjs'
import { keeper } from '../fixtures/seeing-bodies.mjs'
import { type AnyPid, type AnySelf, balanced, inside, started, take, thrownBy, until } from './world.ts'

const on = 'dedicated'

/** A file that is not there yet, and what makes it. */
function gate(): { path: string; open: () => void } {
  const path = join(tmpdir(), `rumpus-${randomUUID()}`)
  onTestFinished(() => rmSync(path, { force: true }))
  return { path, open: () => writeFileSync(path, '') }
}

/** The dedicated seats that are shown. */
const shown = (runtime: Runtime): number[] =>
  runtime
    .inspect()
    .schedulers.filter(({ dedicated }) => dedicated)
    .map(({ id }) => id)

/** The Worker in a seat, as the host keeps it. */
const workerIn = (runtime: Runtime, seat: number): unknown =>
  (runtime as unknown as { host: { threads: { worker: unknown }[] } }).host.threads[seat]?.worker

/** All dedicated threads have gone, their Workers too. */
async function gone(runtime: Runtime, regular = 3): Promise<void> {
  await until(() => shown(runtime).length === 0)
  for (let seat = regular; seat < 64; seat++) await until(() => workerIn(runtime, seat) === undefined)
}

const died = (crashes: readonly { what: string }[]): unknown[] =>
  crashes.filter(({ what }) => what === 'a scheduler thread went down')

describe('a thread of its own', () => {
  it('dedicated bodies keep their threads, and nobody hears of a stall; others go on', async () => {
    const reports: StallReport[] = []
    const { path, open } = gate()
    const { runtime, crashes } = await started({ stall: { ms: 50 }, onStall: (report) => void reports.push(report) })
    await runtime.run(async (self: AnySelf) => {
      const pids = [1, 2, 3].map(() => self.spawn(blocking.with({ on }), self.pid, path) as AnyPid)
      const up = (await take(self, 3)) as { blocks: number; seat: number; threadId: number }[]
      expect(new Set(up.map(({ blocks }) => blocks))).toEqual(new Set(pids))
      expect(new Set(up.map(({ seat }) => seat))).toEqual(new Set([3, 4, 5]))
      expect(new Set(up.map(({ threadId }) => threadId)).size).toBe(3)
      expect(shown(runtime)).toEqual([3, 4, 5])
      // The others answer meanwhile, and the watchdog has seen that a scheduler keeps its thread for longer than they may.
      const kept = self.spawn(keeper.with({ on: 1 }), self.pid) as AnyPid
      await self.receive()
      send(kept, 1_000)
      const other = self.spawn(echo.with({ on: 2 }), self.pid) as AnyPid
      send(other, 'round')
      expect(await self.receive()).toBe('round')
      await until(() => reports.some(({ scheduler }) => scheduler === 1))
      expect(await self.receive()).toBe('let go')
      open()
      expect(new Set(((await take(self, 3)) as { through: number }[]).map(({ through }) => through))).toEqual(
        new Set(pids),
      )
      await gone(runtime)
    })
    expect(reports.filter(({ scheduler }) => scheduler > 2)).toEqual([])
    expect(crashes).toEqual([])
  })

  it('dedicated processes are processes like any: monitor, link, name, call, timer, priority', () =>
    inside(async (self, crashes) => {
      self.trapExit()
      const [pid, ref] = self.spawnMonitor(serving.with({ on, name: 'server', priority: 'high', link: true }), self.pid)
      const { seat } = await self.receive()
      expect(self.whereis('server')).toBe(pid)
      expect(await call(pid as AnyPid, 'ping')).toEqual({ seat, request: 'ping' })
      sendAfter(pid as AnyPid, 'later', 5)
      expect(await self.receive()).toEqual({ echo: 'later', seat })
      send('server', 'throw')
      const heard = (await take(self, 2)) as { type: string }[]
      expect(heard.find((message) => message instanceof Down)).toMatchObject({ ref, pid, reason: { kind: 'error' } })
      expect(heard.find(({ type }) => type === 'exit')).toMatchObject({ pid, reason: { kind: 'error' } })
      expect(self.whereis('server')).toBeUndefined()
      await until(() => crashes.length > 0)
      expect(crashes).toMatchObject([{ pid, what: 'a body failed' }])
      await gone(self.runtime)
    }))

  it('dedicated threads give their other work away: any and numbers go to schedulers, here stays', async () => {
    for (const placement of [true, false]) {
      await inside(
        async (self) => {
          const pid = self.spawn(serving.with({ on }), self.pid) as AnyPid
          const { seat } = await self.receive()
          for (const where of ['any', 'any', 'any', 1, 2, 'here'] as const) send(pid, { spawn: where })
          for (const { name, seat: at } of (await take(self, 6)) as { name: unknown; seat: number }[]) {
            if (name === 'any') expect([1, 2]).toContain(at)
            else expect(at).toBe(name === 'here' ? seat : name)
          }
          for (let i = 0; i < 50; i++) self.spawn(once, self.pid, i)
          for (const { seat: at } of (await take(self, 50)) as { seat: number }[]) expect([1, 2]).toContain(at)
          expect(thrownBy(() => self.spawn(once.with({ on: seat }), self.pid, 0)).code).toBe('ERR_RUMPUS_OUT_OF_RANGE')
        },
        { placement },
      )
    }
  })

  it('dedicated threads stay for the closures that their bodies left, and go with the last', () =>
    inside(async (self) => {
      const [pid] = self.spawnMonitor(serving.with({ on }), self.pid)
      const { seat } = await self.receive()
      send(pid as AnyPid, 'closure')
      const { closure } = await self.receive()
      send(pid as AnyPid, 'return')
      expect(await self.receive()).toMatchObject({ pid, reason: { kind: 'normal' } })
      const away = self.spawn(serving.with({ on }), self.pid) as AnyPid
      expect((await self.receive()).seat).not.toBe(seat)
      send(away, 'return')
      await until(() => shown(self.runtime).length === 1)
      send(closure, 'now')
      expect(await self.receive()).toEqual({ last: 'now', seat })
      await gone(self.runtime)
    }))

  it('dedicated: a call made there makes a desk, which keeps no thread', () =>
    inside(async (self) => {
      const server = self.spawn(serving.with({ on: 1 }), self.pid) as AnyPid
      await self.receive()
      const [pid] = self.spawnMonitor(calling.with({ on }), self.pid, server)
      expect(await self.receive()).toEqual({ seat: 1, request: 'from afar' })
      expect(await self.receive()).toMatchObject({ pid, reason: { kind: 'normal' } })
      await gone(self.runtime)
    }))

  it('dedicated threads load the module of their process and no other', () =>
    inside(async (self) => {
      self.spawn(marks.with({ on: 1 }), self.pid)
      await self.receive()
      const pids = [1, on].map((where) => self.spawn(serving.with({ on: where as 1 }), self.pid) as AnyPid)
      await take(self, 2)
      const marked: unknown[] = []
      for (const pid of pids) {
        send(pid, 'marked')
        marked.push(await self.receive())
      }
      expect(marked).toEqual([{ marked: true }, { marked: false }])
    }))

  it('dedicated processes are among those that are shown, kept thread or not', async () => {
    const { path, open } = gate()
    await inside(async (self) => {
      const blocks = self.spawn(blocking.with({ on, name: 'blocks' }), self.pid, path) as AnyPid
      const serves = self.spawn(serving.with({ on }), self.pid) as AnyPid
      const up = (await take(self, 2)) as { seat: number }[]
      expect(new Set(up.map(({ seat }) => seat))).toEqual(new Set([3, 4]))
      const views = await self.runtime.processes()
      expect(views.find(({ pid }) => pid === blocks)).toMatchObject({ scheduler: 3, name: 'blocks', partial: true })
      expect(views.find(({ pid }) => pid === serves)).toMatchObject({ scheduler: 4, state: 'receiving' })
      open()
      await self.receive()
    })
  })
})

describe('how many', () => {
  it('dedicated threads beyond those allowed are refused with nothing left behind, until one has ended', async () => {
    const { path, open } = gate()
    const { runtime } = await started({ dedicated: 3 })
    await runtime.run(async (self: AnySelf) => {
      for (let i = 0; i < 3; i++) self.spawnMonitor(blocking.with({ on }), self.pid, path)
      for (const spawn of [() => self.spawn(once.with({ on }), self.pid, 0), () => named(self)]) {
        expect(thrownBy(spawn)).toEqual({
          name: 'RumpusError',
          code: 'ERR_RUMPUS_NO_THREAD',
          message: 'no dedicated thread is free: there are 3; options.dedicated of run() and start() says how many',
        })
      }
      expect(self.whereis('nobody')).toBeUndefined()
      expect(runtime.inspect().processes).toMatchObject({ alive: 4 })
      open()
      for (let ends = 0, renewed = 0; ends < 3 + 20; ) {
        const message = await self.receive()
        if (!(message instanceof Down)) continue
        ends++
        // Whoever hears of an end can have the thread at once.
        if (renewed++ < 20) self.spawnMonitor(once.with({ on }), self.pid, renewed)
      }
      await gone(runtime)
      balanced(runtime.inspect())
    })
  })

  it('dedicated threads are reserved from every scheduler at once, one after the other, and all of them go', async () => {
    const { runtime, crashes } = await started({ schedulers: 3, dedicated: 4 })
    await runtime.run(async (self: AnySelf) => {
      for (const at of [0, 1, 2, 3]) self.spawn(renting.with({ on: at }), self.pid, 12)
      const heard = (await take(self, 4 * 12 + 4)) as { rented?: number; seat?: number; wrong?: unknown }[]
      expect(heard.filter(({ wrong }) => wrong !== undefined)).toEqual([])
      expect(heard.filter(({ seat }) => seat !== undefined && seat < 4)).toEqual([])
      expect(heard.flatMap(({ rented }) => (rented === undefined ? [] : [rented])).sort()).toEqual([0, 1, 2, 3])
      await gone(runtime, 4)
      expect(crashes).toEqual([])
    })
  })

  it('dedicated: 0 has none; more than fit are refused at the call', async () => {
    await inside(
      (self) => expect(thrownBy(() => self.spawn(once.with({ on }), self.pid, 0)).message).toMatch(/are 0;/),
      {
        dedicated: 0,
      },
    )
    for (const [options, most] of [
      [{ schedulers: 2, dedicated: 62 }, 61],
      [{ schedulers: 63, dedicated: 1 }, 0],
      [{ schedulers: 2, dedicated: -1 }, 61],
      [{ schedulers: 2, dedicated: 1.5 }, 61],
      [{ schedulers: 2, dedicated: '3' as never }, 61],
    ] as const) {
      expect(thrownBy(() => start(options))).toMatchObject({
        name: 'RangeError',
        code: 'ERR_RUMPUS_OUT_OF_RANGE',
        message: expect.stringContaining(`options.dedicated must be a whole number from 0 to ${most}, `),
      })
    }
    const runtime = await start({ schedulers: 63 })
    expect(runtime.inspect().schedulers).toHaveLength(64)
    await runtime.stop()
  })

  it('dedicated is no place for a closure', () =>
    inside((self) => {
      expect(thrownBy(() => self.spawn(() => {}, { on })).message).toMatch(/^options\.on must be 'here'.*define\(\)/)
    }))
})

const named = (self: AnySelf): AnyPid => self.spawn(once.with({ on, name: 'nobody' }), self.pid, 0) as AnyPid

describe('how they end', () => {
  it('dedicated bodies that never let go are killed: monitors hear killed, those beside them scheduler-down', () =>
    inside(async (self, crashes) => {
      const [pid, ref] = self.spawnMonitor(spinning.with({ on }), self.pid, true)
      const { beside } = await self.receive()
      const besides = self.monitor(beside)
      const { seat } = await self.receive()
      exit(pid, 'kill')
      const downs = (await take(self, 2)) as Down[]
      expect(downs.find((down) => down.ref === ref)).toMatchObject({ pid, reason: { kind: 'killed' } })
      expect(downs.find((down) => down.ref === besides)?.reason).toEqual({ kind: 'scheduler-down', scheduler: seat })
      await gone(self.runtime)
      expect(crashes).toEqual([])
    }))

  it('dedicated bodies are killed from another scheduler, too', () =>
    inside(async (self) => {
      const killer = self.spawn(killing.with({ on: 1 }), self.pid) as AnyPid
      const { blocks } = await self.receive()
      send(killer, 'kill')
      expect(await self.receive()).toEqual({ heard: { kind: 'killed' } })
      expect(isAlive(blocks)).toBe(false)
      expect(self.whereis('victim')).toBeUndefined()
      await gone(self.runtime)
    }))

  it('dedicated processes that have not begun, or wait, are killed without ado', () =>
    inside(async (self, crashes) => {
      const [unbegun] = self.spawnMonitor(serving.with({ on }), self.pid)
      exit(unbegun, 'kill')
      expect(await self.receive()).toMatchObject({ pid: unbegun, reason: { kind: 'killed' } })
      // One that waits for what nobody settles: its body is given up, and keeps no thread.
      for (const reason of ['kill', 'shutdown'] as const) {
        const [pid] = self.spawnMonitor(serving.with({ on }), self.pid)
        await self.receive()
        if (reason === 'kill') send(pid as AnyPid, 'hang')
        exit(pid, reason)
        expect(await self.receive()).toMatchObject({ pid, reason: { kind: reason === 'kill' ? 'killed' : reason } })
      }
      await gone(self.runtime)
      expect(died(crashes)).toEqual([])
    }))

  it('dedicated threads that something keeps when nothing lives there any more are ended', () =>
    inside(
      async (self, crashes) => {
        const [unwinding] = self.spawnMonitor(clinging.with({ on }), self.pid, 'unwinding')
        await self.receive()
        exit(unwinding, 'kill')
        expect(await self.receive()).toMatchObject({ pid: unwinding, reason: { kind: 'killed' } })
        await gone(self.runtime)
        // Nobody has asked for the end of this one: it is ended for the next.
        const [behind] = self.spawnMonitor(clinging.with({ on }), self.pid, 'behind')
        const { seat } = await self.receive()
        expect(await self.receive()).toMatchObject({ pid: behind, reason: { kind: 'normal' } })
        self.spawn(once.with({ on }), self.pid, 'after')
        expect(await self.receive()).toMatchObject({ name: 'after', seat })
        await gone(self.runtime)
        expect(crashes).toEqual([])
      },
      { dedicated: 1 },
    ))

  it('dedicated threads that die take their processes down, and are not started for nobody', () =>
    inside(async (self, crashes) => {
      for (const how of ['exit', 'end'] as const) {
        const [pid] = self.spawnMonitor(serving.with({ on }), self.pid)
        const { seat } = await self.receive()
        if (how === 'exit') send(pid as AnyPid, 'exit')
        else await (self.runtime as unknown as { host: { end(seat: number): Promise<void> } }).host.end(seat)
        expect(await self.receive()).toMatchObject({ pid, reason: { kind: 'scheduler-down', scheduler: seat } })
        await gone(self.runtime)
      }
      expect(died(crashes)).toMatchObject([{ scheduler: 3 }, { scheduler: 3 }])
    }))

  it('dedicated threads that die before all there had begun come back for it, mail and all', () =>
    inside(
      async (self) => {
        const [pid] = self.spawnMonitor(brooding.with({ on }), self.pid)
        const { seat } = await self.receive()
        const heard = (await take(self, 3)) as { up?: AnyPid; seat?: number }[]
        expect(heard).toContainEqual(
          expect.objectContaining({ pid, reason: { kind: 'scheduler-down', scheduler: seat } }),
        )
        expect(heard).toContainEqual({ echo: 'mail from before', seat })
        const { up } = heard.find((message) => message.up !== undefined) as { up: AnyPid }
        // Nobody else had the seat meanwhile.
        expect(thrownBy(() => self.spawn(once.with({ on }), self.pid, 0)).code).toBe('ERR_RUMPUS_NO_THREAD')
        send(up, 'return')
        await gone(self.runtime)
      },
      { dedicated: 1 },
    ))

  it('dedicated: a module that ends the threads that load it ends its process, and the seat is free', async () => {
    process.env.RUMPUS_TEST_BROKEN = '1'
    onTestFinished(() => void delete process.env.RUMPUS_TEST_BROKEN)
    await inside(
      async (self) => {
        const [pid] = self.spawnMonitor(exits.with({ on }))
        const { reason } = await self.receive()
        expect(reason).toMatchObject({ kind: 'error', error: { code: 'ERR_RUMPUS_CANNOT_LOAD' } })
        expect(isAlive(pid)).toBe(false)
        self.spawn(once.with({ on }), self.pid, 'after')
        expect(await self.receive()).toMatchObject({ name: 'after' })
      },
      { dedicated: 1 },
    )
  }, 30_000)

  it('dedicated: a definition that is not found ends its process, and the seat is free', () =>
    inside(
      async (self) => {
        const missing = { ...once, name: 'missing', with: once.with, options: { on } } as typeof once
        const [pid] = self.spawnMonitor(missing, self.pid, 0)
        const down = await self.receive()
        expect(down).toMatchObject({ pid, reason: { kind: 'error', error: { code: 'ERR_RUMPUS_NO_DEFINITION' } } })
        self.spawn(once.with({ on }), self.pid, 'after')
        expect(await self.receive()).toMatchObject({ name: 'after' })
      },
      { dedicated: 1 },
    ))

  it('dedicated threads that are kept are ended by stop within its limits', async () => {
    const { runtime } = await started({ dedicated: 2 })
    await runtime.run(async (self: AnySelf) => {
      for (let i = 0; i < 2; i++) self.spawn(spinning.with({ on }), self.pid)
      await take(self, 2)
    })
    const began = performance.now()
    await runtime.stop()
    expect(performance.now() - began).toBeLessThan(20_000)
    expect(runtime.inspect().processes.alive).toBe(0)
    expect(shown(runtime)).toEqual([])
  }, 30_000)
})
