// channels: lives of processes are told on the thread they live on, those of schedulers on the host's, to whoever subscribed.

import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { type ExitReport, exit, type SchedulerDownReport, type SchedulerUpReport, type SpawnReport, send } from 'rumpus'
import { expect, it, onTestFinished } from 'vitest'
import { once } from '../fixtures/bodies.mjs'
import { listens } from '../fixtures/channel-bodies.mjs'
import { keeper } from '../fixtures/seeing-bodies.mjs'
import { type AnyPid, type AnySelf, endOf, inside, program, started, take, turns, until } from './world.ts'

/** What is told on a channel from now on. */
function heardOn<Report>(name: string): Report[] {
  const heard: Report[] = []
  const hear = (report: unknown): void => void heard.push(report as Report)
  subscribe(name, hear)
  onTestFinished(() => void unsubscribe(name, hear))
  return heard
}

it('channels tell of each process of this thread once, with its name and what it is made of, and of nobody else', async () => {
  const births = heardOn<SpawnReport>('rumpus:spawn')
  const ends = heardOn<ExitReport>('rumpus:exit')
  await inside(async (self) => {
    const [named] = self.spawnMonitor(async (me: AnySelf) => me.exit({ why: 1 }), { name: 'short' })
    await self.receive()
    const [here] = self.spawnMonitor(once.with({ on: 'here' }), self.pid, 0)
    await take(self, 2)
    self.spawnMonitor(once.with({ on: 1 }), self.pid, 0)
    await take(self, 2)
    // A question is asked from a desk, which is nobody's process.
    await self.call(self.spawn(async () => {}) as AnyPid, 0).catch(() => {})
    await turns()
    const definition = { url: once.url, name: once.name }
    expect(births.slice(0, 3)).toEqual([
      { pid: self.pid, scheduler: 0 },
      { pid: named, scheduler: 0, name: 'short' },
      { pid: here, scheduler: 0, definition },
    ])
    expect(births).toHaveLength(4)
    expect(ends.slice(0, 2)).toEqual([
      { pid: named, scheduler: 0, name: 'short', reason: expect.objectContaining({ kind: 'user' }) },
      { pid: here, scheduler: 0, definition, reason: { kind: 'normal' } },
    ])
  })
  expect(ends.map(({ pid }) => pid).sort()).toEqual(births.map(({ pid }) => pid).sort())
})

it('channels tell of one that is killed when it is dead, and not again when its body ends', async () => {
  const ends = heardOn<ExitReport>('rumpus:exit')
  await inside(async (self) => {
    let letGo = (): void => {}
    const pid = self.spawn(async (me: AnySelf) => {
      send(self.pid as AnyPid, 'begun')
      await me.receive().catch(() => {})
      await new Promise<void>((resolve) => (letGo = resolve))
      send(self.pid as AnyPid, 'over')
    })
    await self.receive()
    expect(await endOf(self, pid, () => exit(pid, 'kill'))).toEqual({ kind: 'killed' })
    await turns()
    expect(ends).toMatchObject([{ pid, reason: { kind: 'killed' } }])
    letGo()
    expect(await self.receive()).toBe('over')
    await turns()
    expect(ends).toHaveLength(1)
  })
})

it('channels are those of the thread: a subscriber there hears of what begins and ends there', async () => {
  await inside(async (self) => {
    const births = heardOn<SpawnReport>('rumpus:spawn')
    const listener = self.spawn(listens.with({ on: 1 }), self.pid) as AnyPid
    expect(await self.receive()).toBe('listens')
    const pid = self.spawn(once.with({ on: 1 }), self.pid, 0)
    expect(await self.receive()).toMatchObject({ ran: pid })
    await endOf(self, pid)
    send(listener, 'what')
    const told = (await self.receive()) as [string, SpawnReport | ExitReport][]
    const definition = { url: once.url, name: once.name }
    expect(told.filter(([, report]) => report.pid === pid)).toEqual([
      ['rumpus:spawn', { pid, scheduler: 1, definition }],
      ['rumpus:exit', { pid, scheduler: 1, definition, reason: { kind: 'normal' } }],
    ])
    expect(births).toEqual([])
  })
})

it('channels tell a module of --import of every thread, for it is loaded on each', async () => {
  const module = new URL('../fixtures/counts-births.mjs', import.meta.url).href
  const { code, stdout, stderr } = await program('births.mjs', [], ['--import', module])
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout.trim().split('\n')).toEqual([
    '0 0 closure',
    expect.stringMatching(/^\d+ 1 once$/),
    expect.stringMatching(/^\d+ 2 once$/),
  ])
})

it('channels call a subscriber outside of everything: it may spawn and send', async () => {
  await inside(async (self) => {
    let spawned = 0
    const hear = (): void => {
      if (spawned++ > 0) return
      const pid = self.spawn(async (me: AnySelf) => send(self.pid as AnyPid, await me.receive()))
      send(pid as AnyPid, 'by a subscriber')
    }
    subscribe('rumpus:spawn', hear)
    onTestFinished(() => void unsubscribe('rumpus:spawn', hear))
    self.spawn(async () => {})
    expect(spawned).toBe(0)
    expect(await self.receive()).toBe('by a subscriber')
    expect(spawned).toBe(2)
  })
})

it('channels tell of scheduler threads: up, down because they must, down because they should', async () => {
  const ups = heardOn<SchedulerUpReport>('rumpus:scheduler-up')
  const downs = heardOn<SchedulerDownReport>('rumpus:scheduler-down')
  const { runtime } = await started({ schedulers: 2, eager: true, stall: { ms: 300, end: true }, onStall: () => {} })
  expect(ups.map(({ scheduler }) => scheduler).sort()).toEqual([1, 2])
  for (const report of ups)
    expect(report).toMatchObject({ dedicated: false, thread: expect.any(Number), ms: expect.any(Number) })
  expect(new Set(ups.map(({ thread }) => thread)).size).toBe(2)
  await runtime.run(async (self: AnySelf) => {
    const pid = self.spawn(keeper.with({ on: 1 }), self.pid) as AnyPid
    await self.receive()
    await endOf(self, pid, () => send(pid, 1e9))
    await until(() => downs.some(({ scheduler }) => scheduler === 1))
    self.spawn(once.with({ on: 'dedicated' }), self.pid, 0)
    await self.receive()
    await until(() => downs.some(({ dedicated }) => dedicated))
  })
  const first = ups.find(({ scheduler }) => scheduler === 1)
  expect(downs.find(({ scheduler }) => scheduler === 1)).toEqual({
    scheduler: 1,
    thread: first?.thread,
    dedicated: false,
    code: 1,
    expected: false,
    error: expect.objectContaining({ message: expect.stringMatching(/had taken no turn for/) }),
  })
  expect(downs.find(({ dedicated }) => dedicated)).toMatchObject({ scheduler: 3, code: 0, expected: true })
  await runtime.stop()
  expect(downs.slice(-2)).toMatchObject([{ expected: true }, { expected: true }])
  expect(downs).toHaveLength(ups.length)
})
