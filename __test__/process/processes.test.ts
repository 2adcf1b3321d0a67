// processes and inspect(pid): every process is shown where it stands, wherever it lives, and whoever asks.

import { exit, type ProcessView, type Runtime, send } from 'rumpus'
import { describe, expect, it } from 'vitest'
import { hold } from '../fixtures/bodies.mjs'
import { counting, keeper, seer, standing } from '../fixtures/seeing-bodies.mjs'
import { type AnyPid, type AnySelf, endOf, inside, oneThread, places, started, take, thrownBy, until } from './world.ts'

const url = new URL('../fixtures/seeing-bodies.mjs', import.meta.url).href
const plain = { trapExit: false, priority: 'normal', mailbox: 0, links: [], monitors: [], monitoredBy: [] }

/** Ends the thread in a seat. */
const terminate = (runtime: Runtime, seat: number): Promise<void> =>
  (runtime as unknown as { host: { end(seat: number): Promise<void> } }).host.end(seat)

/** The view of `pid` once it is as wanted: a body that has said where it goes may not have gone there yet. */
async function viewWhen(self: AnySelf, pid: AnyPid, state: string): Promise<ProcessView> {
  let view: ProcessView | undefined
  for (const end = Date.now() + 10_000; Date.now() < end; ) {
    view = await self.runtime.inspect(pid)
    if (view?.state === state) return view
  }
  throw new Error(`${pid} never was ${state}: ${JSON.stringify(view)}`)
}

const states = [
  ['receiving', 'receiving', 'any message'],
  ['selecting', 'selecting', 'a certain message, 60000 ms at most'],
  ['sleeping', 'sleeping', 'a time to come'],
  ['elsewhere', 'running', 'something that is not of the runtime'],
] as const

describe('inspect(pid)', () => {
  for (const on of places) {
    for (const [where, state, waitsFor] of states) {
      it(`inspect(pid) shows a process on ${on} that is ${state}, and what it waits for`, async () => {
        await inside(async (self) => {
          const since = performance.now()
          const pid = self.spawn(standing.with({ on }), self.pid, where) as AnyPid
          await self.receive()
          const { waitedMs, resumes, ...view } = await viewWhen(self, pid, state)
          const scheduler = on === 'here' ? 0 : on
          expect(view).toEqual({ ...plain, pid, scheduler, state, waitsFor, definition: { url, name: 'standing' } })
          expect(resumes).toBe(0)
          expect(waitedMs).toBeGreaterThanOrEqual(0)
          expect(waitedMs).toBeLessThanOrEqual(performance.now() - since + 2)
          exit(pid, 'kill')
        })
      })
    }

    it(`inspect(pid) shows name, ties, priority and trapExit of a process on ${on}`, async () => {
      await inside(async (self) => {
        const how = { on, name: 'the one', priority: 'low' } as const
        const [pid, ref] = self.spawnMonitor(standing.with({ ...how, link: true }), self.pid, 'trapping')
        await self.receive()
        const view = await viewWhen(self, pid as AnyPid, 'receiving')
        expect(view).toMatchObject({ name: 'the one', priority: 'low', trapExit: true })
        expect(view.links).toEqual([self.pid])
        expect(view.monitoredBy).toEqual([{ ref, pid: self.pid }])
        const mine = await self.runtime.inspect(self.pid as AnyPid)
        expect(mine).toMatchObject({ links: [pid], monitors: [{ ref, pid }], monitoredBy: [], state: 'running' })
        expect(mine?.definition).toBeUndefined()
        self.unlink(pid)
        exit(pid, 'kill')
      })
    })

    it(`inspect(pid) counts what a process on ${on} has taken, and what waits for it`, async () => {
      await inside(async (self) => {
        const pid = self.spawn(counting.with({ on }), self.pid) as AnyPid
        for (let i = 0; i < 1000; i++) send(pid, i)
        send(pid, 'stop')
        expect(await self.receive()).toBe(1000)
        for (let i = 0; i < 1000; i++) send(pid, i)
        let view = await self.runtime.inspect(pid)
        while (view?.mailbox !== 1000) view = await self.runtime.inspect(pid)
        expect(view.state).toBe('running')
        expect(view.resumes).toBeGreaterThan(0)
        expect(view.resumes).toBeLessThanOrEqual(1001)
        exit(pid, 'kill')
      })
    })
  }

  it('inspect(pid) of a process that has ended, or never was, is nothing', async () => {
    await inside(async (self) => {
      const pid = self.spawn(async () => {})
      await endOf(self, pid)
      expect(await self.runtime.inspect(pid)).toBeUndefined()
      expect(await self.runtime.inspect((self.pid + 2 ** 40) as AnyPid)).toBeUndefined()
    })
  })

  it('inspect(pid) throws for what is no pid, where it is called', async () => {
    const { runtime } = await started()
    for (const wrong of ['a', 0, 1.5, null]) {
      expect(thrownBy(() => runtime.inspect(wrong as never))).toMatchObject({ code: 'ERR_RUMPUS_BAD_ARGUMENT' })
    }
  })
})

describe('processes', () => {
  it.skipIf(oneThread)('processes are all there are, each once, with their schedulers', async () => {
    await inside(async (self) => {
      const pids: number[] = [self.pid]
      for (let i = 0; i < 300; i++)
        pids.push(self.spawn(hold.with({ on: (['here', 1, 2] as const)[i % 3] }), self.pid, i))
      await take(self, 300)
      const views = await self.runtime.processes()
      expect(views.map(({ pid }) => pid as number).sort((a, b) => a - b)).toEqual(pids.sort((a, b) => a - b))
      expect([0, 1, 2].map((id) => views.filter(({ scheduler }) => scheduler === id).length)).toEqual([101, 100, 100])
      expect(views.some(({ partial }) => partial)).toBe(false)
    })
  })

  it.skipIf(oneThread)('processes that nobody has begun are unstarted', async () => {
    await inside(
      async (self) => {
        const busy = self.spawn(keeper.with({ on: 1 }), self.pid) as AnyPid
        await self.receive()
        send(busy, 1e9)
        const pid = self.spawn(standing.with({ on: 1, name: 'later' }), self.pid, 'receiving')
        const view = (await self.runtime.processes()).find((one) => one.pid === pid)
        expect(view).toEqual({
          pid,
          name: 'later',
          scheduler: 1,
          state: 'unstarted',
          definition: { url, name: 'standing' },
          trapExit: false,
          priority: 'normal',
        })
        expect(await endOf(self, busy)).toEqual({ kind: 'scheduler-down', scheduler: 1 })
      },
      { stall: { ms: 1_000, end: true }, onStall: () => {} },
    )
  })

  it.skipIf(oneThread)(
    'processes of a scheduler that does not answer are shown as far as any thread can see, and marked',
    async () => {
      const { runtime } = await started({ schedulers: 2 })
      await runtime.run(async (self: AnySelf) => {
        const busy = self.spawn(keeper.with({ on: 1, name: 'busy' }), self.pid) as AnyPid
        const away = self.spawn(hold.with({ on: 2 }), self.pid, 'away')
        await take(self, 2)
        self.monitor(busy)
        send(busy, 1e9)
        const seen = { pid: busy, name: 'busy', scheduler: 1, state: 'running', trapExit: false, priority: 'normal' }
        expect(await viewWhen(self, busy, 'running')).toEqual({ ...seen, partial: true })
        let views = await runtime.processes()
        while (views.some(({ pid, partial }) => pid === away && partial)) views = await runtime.processes()
        expect(views.map(({ pid, partial }) => [pid, partial])).toEqual([
          [self.pid, undefined],
          [busy, true],
          [away, undefined],
        ])
        await terminate(runtime, 1)
        expect(await self.receive()).toMatchObject({ pid: busy, reason: { kind: 'scheduler-down' } })
      })
    },
  )

  it.skipIf(oneThread)('processes are seen alike from a scheduler thread', async () => {
    await inside(async (self) => {
      const far = self.spawn(seer.with({ on: 1 }), self.pid) as AnyPid
      const other = self.spawn(hold.with({ on: 2, name: 'other' }), self.pid, 'x')
      const ref = self.monitor(other)
      await self.receive()
      send(far, 0)
      const views = (await self.receive()) as ProcessView[]
      expect(views.map(({ pid }) => pid).sort()).toEqual([self.pid, far, other].sort())
      expect(views.find(({ pid }) => pid === other)).toMatchObject({
        name: 'other',
        state: 'receiving',
        monitoredBy: [{ ref, pid: self.pid }],
      })
      send(far, self.pid)
      expect(await self.receive()).toMatchObject({ pid: self.pid, state: 'receiving', monitors: [{ ref, pid: other }] })
      send(far, self.pid + 2 ** 40)
      expect(await self.receive()).toBe('nobody')
    })
  })

  it('processes that were given up are shown and counted until their bodies end', async () => {
    await inside(async (self) => {
      for (const on of places) {
        const scheduler = on === 'here' ? 0 : on
        const count = (): number => self.runtime.inspect().schedulers[scheduler].abandoned
        const pid = self.spawn(standing.with({ on }), self.pid, 'elsewhere') as AnyPid
        await self.receive()
        const ended = endOf(self, pid)
        exit(pid, 'kill')
        expect(await ended).toEqual({ kind: 'killed' })
        await until(() => count() === 1)
        expect(await self.runtime.inspect(pid)).toMatchObject({ pid, scheduler, state: 'abandoned' })
        expect((await self.runtime.processes()).map((view) => view.pid)).toContain(pid)
      }
      let end = (): void => {}
      const pid = self.spawn(async () => new Promise<void>((resolve) => (end = resolve)))
      await self.yield()
      const ended = endOf(self, pid)
      exit(pid, 'kill')
      await ended
      expect(await self.runtime.inspect(pid)).toMatchObject({ state: 'abandoned' })
      end()
      await until(() => self.runtime.inspect().schedulers[0].abandoned === 1)
      expect(await self.runtime.inspect(pid)).toBeUndefined()
    })
  })

  it('processes that must end are exiting', async () => {
    await inside(async (self) => {
      let end = (): void => {}
      const pid = self.spawn(async () => new Promise<void>((resolve) => (end = resolve)))
      await self.yield()
      exit(pid, 'shutdown')
      expect(await viewWhen(self, pid as AnyPid, 'exiting')).toMatchObject({ waitsFor: 'its body to end' })
      const ended = endOf(self, pid)
      end()
      expect(await ended).toEqual({ kind: 'shutdown' })
    })
  })

  it('a scheduler thread whose process holds its runtime stays', async () => {
    await inside(async (self) => {
      const far = self.spawn(seer.with({ on: 1 }), self.pid) as AnyPid
      for (let i = 0; i < 3; i++) {
        send(far, far)
        expect(await self.receive()).toMatchObject({ pid: far, state: 'running', resumes: i + 1 })
      }
    })
  })

  it('processes of a stopped runtime are none', async () => {
    const { runtime } = await started()
    await runtime.run(async () => {})
    await runtime.stop()
    expect(await runtime.processes()).toEqual([])
    expect(await runtime.inspect(1 as AnyPid)).toBeUndefined()
  })
})

describe('inspect', () => {
  it('inspect shows timers and how late they were', async () => {
    await inside(async (self) => {
      self.spawn(async (me: AnySelf) => me.sleep(60_000))
      await self.sleep(2)
      const [host] = self.runtime.inspect().schedulers
      expect(host.timers).toBe(1)
      expect(host.lateMs).toBeGreaterThanOrEqual(0)
      expect(host.lateWorstMs).toBeGreaterThanOrEqual(host.lateMs)
    })
  })

  it('inspect shows who is about to run', async () => {
    await inside(async (self) => {
      for (let i = 0; i < 50; i++) self.spawn(async () => {})
      expect(self.runtime.inspect().schedulers[0].runQueue).toBe(50)
      await self.sleep(0)
      expect(self.runtime.inspect().schedulers[0].runQueue).toBe(0)
    })
  })
})
