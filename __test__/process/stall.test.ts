// stall: a scheduler whose thread something keeps is seen, told of with the process that was resumed last, and ended if asked to; what
// was placed there begins elsewhere.

import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { Down, formatPid, type StallReport, send, start } from 'rumpus'
import { describe, expect, it, onTestFinished } from 'vitest'
import { once } from '../fixtures/bodies.mjs'
import { behind } from '../fixtures/definitions/loops.mjs'
import { keeper, keptElsewhere } from '../fixtures/seeing-bodies.mjs'
import { type AnyPid, type AnySelf, inside, program, started, take, thrownBy } from './world.ts'

interface Reports {
  readonly onStall: (report: StallReport) => void
  /** The first report of this process, or of the host's processes: a slow machine may make others. */
  readonly of: (pid: number) => Promise<StallReport>
  readonly all: StallReport[]
}

/** Where reports go. */
function reports(): Reports {
  const all: StallReport[] = []
  let heard = (): void => {}
  const onStall = (report: StallReport): void => {
    all.push(report)
    heard()
  }
  const of = async (pid: number): Promise<StallReport> => {
    for (;;) {
      const found = all.find((report) => report.pid === pid)
      if (found !== undefined) return found
      await new Promise<void>((resolve) => (heard = resolve))
    }
  }
  return { onStall, of, all }
}

/** Keeps this thread. */
function keep(ms: number): void {
  const end = performance.now() + ms
  while (performance.now() < end);
}

describe('stall', () => {
  it('stall of a scheduler names the process that was resumed last, once, and the scheduler goes on', async () => {
    const { onStall, of, all } = reports()
    const { runtime } = await started({ schedulers: 2, stall: { ms: 50 }, onStall })
    await runtime.run(async (self: AnySelf) => {
      const pid = self.spawn(keeper.with({ on: 1, name: 'keeper' }), self.pid) as AnyPid
      await self.receive()
      send(pid, 1_000)
      expect(await of(pid)).toEqual({ scheduler: 1, ms: expect.any(Number), pid, name: 'keeper', ended: false })
      expect(await self.receive()).toBe('let go')
      expect(all.filter((report) => report.pid === pid)).toHaveLength(1)
      expect((await of(pid)).ms).toBeGreaterThanOrEqual(50)
    })
  })

  it('stall with { end } ends that thread: monitors hear scheduler-down, and another takes its place', async () => {
    const { onStall, of } = reports()
    const { runtime, crashes } = await started({ schedulers: 2, stall: { ms: 100, end: true }, onStall })
    await runtime.run(async (self: AnySelf) => {
      const pid = self.spawn(keeper.with({ on: 1 }), self.pid) as AnyPid
      await self.receive()
      self.monitor(pid)
      send(pid, 1e9)
      expect(await of(pid)).toMatchObject({ scheduler: 1, ended: true })
      expect(await self.receive()).toMatchObject({ pid, reason: { kind: 'scheduler-down', scheduler: 1 } })
      self.spawn(once.with({ on: 1 }), self.pid, 'back')
      expect(await self.receive()).toMatchObject({ name: 'back', seat: 1 })
    })
    const went = crashes.filter(({ what }) => what === 'a scheduler thread went down')
    expect(went).toMatchObject([{ scheduler: 1, error: { message: expect.stringMatching(/had taken no turn for/) } }])
  })

  it('stall of a module that never ends loading is one, and a module that ends threads is not loaded any more', async () => {
    const { onStall, all } = reports()
    const { runtime } = await started({ schedulers: 1, stall: { ms: 100, end: true }, onStall })
    await runtime.run(async (self: AnySelf) => {
      const [pid, ref] = self.spawnMonitor(behind)
      const down = (await self.receive()) as Down
      expect(down).toBeInstanceOf(Down)
      expect(down).toMatchObject({ pid, ref, reason: { kind: 'error', error: { code: 'ERR_RUMPUS_CANNOT_LOAD' } } })
    })
    const loops = all.filter(({ scheduler }) => scheduler === 1)
    expect(loops.length).toBeGreaterThanOrEqual(3)
    for (const report of loops) expect(report).toMatchObject({ pid: 0, ended: true })
  })

  it('stall of the host is told when it is over, and its thread goes on', async () => {
    const { onStall, of } = reports()
    await inside(
      async (self) => {
        await self.sleep(1)
        keep(600)
        expect(await of(self.pid)).toEqual({ scheduler: 0, ms: expect.any(Number), pid: self.pid, ended: false })
      },
      { stall: { ms: 100, end: true }, onStall },
    )
  })

  it.each(['readFile', 'setTimeout', 'fetch'])(
    'stall of a scheduler that nobody rings, behind a wait for %s, is told in time',
    async (wait) => {
      const { onStall, of } = reports()
      await inside(
        async (self) => {
          const pid = self.spawn(keptElsewhere.with({ on: 1 }), self.pid, wait, 1_500) as AnyPid
          const { scheduler, ms } = await of(pid)
          expect(scheduler).toBe(1)
          expect(ms).toBeGreaterThanOrEqual(200)
          expect(self.tryReceive()).toBeUndefined()
          expect(await self.receive()).toBe('let go')
        },
        { schedulers: 1, stall: { ms: 200 }, onStall },
      )
    },
  )

  it('stall of a host in a callback of its own counts from when that began', async () => {
    const { onStall, of } = reports()
    await inside(
      async (self) => {
        await new Promise<void>((resolve) => {
          setTimeout(() => resolve(keep(1_000)), 20)
        })
        const { scheduler, ms } = await of(self.pid)
        expect(scheduler).toBe(0)
        expect(ms).toBeGreaterThanOrEqual(800)
      },
      { stall: { ms: 300 }, onStall },
    )
  })

  it('what was placed where something keeps the thread begins elsewhere meanwhile', () =>
    inside(
      async (self) => {
        for (const on of [1, 2]) {
          self.spawn(once.with({ on }), self.pid, 'up')
          await self.receive()
        }
        const channel = new BroadcastChannel('rumpus-test-kept')
        const kept = new Promise((resolve) => channel.addEventListener('message', resolve, { once: true }))
        self.spawn(keptElsewhere.with({ on: 1 }), self.pid, 'setTimeout', 3_000)
        await kept
        channel.close()
        for (let i = 0; i < 20; i++) self.spawn(once, self.pid, 'placed')
        for (let i = 0; i < 20; i++) expect(await self.receive()).toMatchObject({ name: 'placed', seat: 2 })
        expect(await self.receive()).toBe('let go')
      },
      { schedulers: 2 },
    ))

  it('stall: a runtime that sleeps, and one that is busy and turns, do not stall', async () => {
    const { onStall, all } = reports()
    await inside(
      async (self) => {
        await self.sleep(150)
        const partner = self.spawn(async (me: AnySelf) => {
          for await (const to of me) send(to as AnyPid, 0)
        })
        for (const end = performance.now() + 150; performance.now() < end; ) {
          send(partner as AnyPid, self.pid)
          await self.receive()
        }
      },
      // A pause of this machine may well be one of the host.
      { stall: { ms: 50 }, onStall: (report) => report.ms < 150 && onStall(report) },
    )
    expect(all.filter(({ scheduler }) => scheduler !== 0)).toEqual([])
  })

  it('stall: false has nobody watch', async () => {
    const { onStall, all } = reports()
    await inside(
      async (self) => {
        keep(100)
        await take(self, 0)
        await self.sleep(1)
      },
      { stall: false, onStall },
    )
    expect(all).toEqual([])
  })

  it('stall is published to its channel, too', async () => {
    const heard: unknown[] = []
    const hear = (report: unknown): void => void heard.push(report)
    subscribe('rumpus:stall', hear)
    onTestFinished(() => void unsubscribe('rumpus:stall', hear))
    const { onStall, of } = reports()
    await inside(
      async (self) => {
        await self.sleep(1)
        keep(300)
        expect(heard).toContain(await of(self.pid))
      },
      { stall: { ms: 100 }, onStall },
    )
  })

  it('stall without a listener is written to stderr: of the host while it lasts', async () => {
    const { code, stdout, stderr } = await program('stalls.mjs')
    expect(code).toBe(0)
    const [, ms, pid] =
      /^rumpus: scheduler 0, the host: no turn for (\d+) ms; process (<[\d.]+>) was resumed last$/m.exec(
        stderr,
      ) as RegExpExecArray
    expect(Number(ms)).toBeLessThan(1_000)
    const [host, far] = stdout.trim().split(' ')
    expect(pid).toBe(formatPid(Number(host) as AnyPid))
    expect(stderr).toMatch(
      new RegExp(
        `^rumpus: scheduler 1: no turn for \\d+ ms; process ${formatPid(Number(far) as AnyPid)} \\("far"\\) was resumed last; its thread is ended$`,
        'm',
      ),
    )
  })

  it('stall refuses options that are none', () => {
    const wrong: [unknown, string][] = [
      [true, 'options.stall must be an object or false, got true'],
      [{ ms: 5 }, 'options.stall.ms must be a number of milliseconds from 10 to 2147483647, got 5'],
      [{ end: 1 }, 'options.stall.end must be true or false, got 1'],
    ]
    for (const [stall, message] of wrong) {
      expect(thrownBy(() => start({ stall: stall as never })).message).toBe(message)
    }
    expect(thrownBy(() => start({ onStall: 1 as never })).message).toMatch(/options\.onStall/)
  })
})
