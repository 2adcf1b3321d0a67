// trace: what a runtime writes can be opened, and says what happened: messages, thefts, lives, ends.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exit, offer, type Pid, reply, run, send, sendAfter, simulate, start, transfer } from 'rumpus'
import { describe, expect, it, onTestFinished } from 'vitest'
import { compute, echo, hold, once } from '../fixtures/bodies.mjs'
import { keeper } from '../fixtures/seeing-bodies.mjs'
import { faultsOfTrace, readTrace, type TraceEvent } from './trace-format.ts'
import { type AnyPid, type AnySelf, endOf, inside, program, rejectionOf, started, take, thrownBy } from './world.ts'

/** A folder that goes with the test. */
function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'rumpus-trace-'))
  onTestFinished(() => rmSync(path, { recursive: true }))
  return path
}

const newTrace = (): string => join(folder(), 'trace.json')

const of = (events: readonly TraceEvent[], ph: string, name?: string): TraceEvent[] =>
  events.filter((event) => event.ph === ph && (name === undefined || event.name === name))

/** Whether the slice that is open at an event is that of code outside any process. */
function isOutside(events: readonly TraceEvent[], at: number): boolean {
  const before = events.slice(0, at).filter(({ ph, tid }) => (ph === 'B' || ph === 'E') && tid === events[at]?.tid)
  return before.at(-1)?.name === 'outside any process'
}

const sum = (events: readonly TraceEvent[], argument: string): number =>
  events.reduce((all, { args }) => all + (args?.[argument] as number), 0)

describe('trace', () => {
  it('trace has an arrow for each message of a program on two schedulers, both ends, and nothing else between', async () => {
    const trace = newTrace()
    const { runtime } = await started({ schedulers: 2, trace })
    await runtime.run(async (self: AnySelf) => {
      const far = [1, 2].map((on) => self.spawn(echo.with({ on }), self.pid) as AnyPid)
      const near = self.spawn(async (me: AnySelf) => {
        for await (const message of me) send(self.pid as AnyPid, message)
      }) as AnyPid
      // Small ones, large ones, and what is sent before it has begun.
      for (const pid of [...far, near]) {
        for (let i = 0; i < 20; i++)
          send(pid, i % 2 === 0 ? i : { i, text: 'x'.repeat(1000 * i), bytes: Buffer.alloc(700 * i) })
      }
      await take(self, 60)
    })
    await runtime.stop()
    const { events, closed, lost } = readTrace(trace)
    expect(closed).toBe(true)
    expect(of(events, 's', 'message')).toHaveLength(120)
    expect(of(events, 'f', 'message')).toHaveLength(120)
    expect(lost).toEqual([])
    expect(runtime.inspect().messages.received).toBe(120)
    // Those to another thread end on another track.
    const startOf = new Map(of(events, 's', 'message').map((event) => [event.id, event.tid]))
    const crossing = of(events, 'f', 'message').filter(({ id, tid }) => startOf.get(id) !== tid)
    expect(crossing).toHaveLength(80)
    const threads = events
      .filter(({ name }) => name === 'thread_name')
      .map(({ args }) => /^[^ ,]+/.exec(`${args?.name}`)?.[0])
    expect(threads).toEqual(expect.arrayContaining(['host', 'rumpus:1', 'rumpus:2']))
  })

  it('trace counts thefts, wake-ups and births as the inspector does', async () => {
    const trace = newTrace()
    const { runtime } = await started({ schedulers: 2, placement: false, hostWorks: true, trace })
    await runtime.run(async (self: AnySelf) => {
      for (let i = 0; i < 200; i++) self.spawn(compute, self.pid, 100_000)
      await take(self, 200)
    })
    await runtime.stop()
    const { schedulers, processes } = runtime.inspect()
    const total = (field: 'steals' | 'stolen' | 'wakesSent'): number =>
      schedulers.reduce((all, view) => all + view[field], 0)
    const { events } = readTrace(trace)
    expect(total('steals')).toBeGreaterThan(0)
    expect(sum(of(events, 'i', 'steal'), 'thefts')).toBe(total('steals'))
    expect(sum(of(events, 'i', 'steal'), 'processes')).toBe(total('stolen'))
    expect(sum(of(events, 'i', 'bell'), 'wakes')).toBe(total('wakesSent'))
    expect(of(events, 'i', 'spawn')).toHaveLength(processes.spawned)
    expect(of(events, 'i', 'exit')).toHaveLength(processes.exited)
    expect(of(events, 'f', 'spawn')).toHaveLength(processes.spawned)
  })

  it('trace has a life for every process, with its reason, and slices named by name, definition or function', async () => {
    const trace = newTrace()
    await inside(
      async (self) => {
        self.spawnMonitor(hold.with({ on: 1, name: 'keeps' }), self.pid, 0)
        const { up } = (await self.receive()) as { up: Pid }
        exit(up, 'shutdown')
        await self.receive()
        self.spawnMonitor(async function breaks() {
          throw new Error('no "good"')
        })
        await self.receive()
        self.spawnMonitor(once.with({ on: 2 }), self.pid, 0)
        await take(self, 2)
      },
      { trace },
    )
    const { events, open } = readTrace(trace)
    expect(open).toEqual([])
    const births = of(events, 'b')
    expect(new Set(of(events, 'e').map(({ id }) => id))).toEqual(new Set(births.map(({ id }) => id)))
    const reasons = new Map(of(events, 'e').map(({ name, args }) => [name, args?.reason]))
    expect(reasons.get('keeps')).toBe('shutdown')
    expect(reasons.get('breaks')).toBe('error: Error: no "good"')
    expect(reasons.get('once')).toBe('normal')
    for (const { id, args } of births) {
      const slices = events.filter((event) => event.ph === 'B' && event.cat === 'run' && event.args?.pid === args?.pid)
      expect(slices.length, `process ${id}`).toBeGreaterThan(0)
    }
    expect(of(events, 'B', 'keeps').length).toBeGreaterThan(0)
  })

  it('trace says what a body waits for, and of one that awaits something else that it does', async () => {
    const trace = newTrace()
    await inside(
      async (self) => {
        const asked = self.spawn(async (me: AnySelf) => {
          const { from } = await me.receive()
          reply(from, 1)
        }) as AnyPid
        await self.call(asked, 0)
        await self.sleep(1)
        await self.yield()
        send(self.pid as AnyPid, 'a')
        send(self.pid as AnyPid, 'b')
        expect(await self.receive({ match: (message) => message === 'b' })).toBe('b')
        expect(self.flush()).toBe(1)
        // Behind what this body does now: it is not at work any more then.
        process.nextTick(() => send(self.pid as AnyPid, 'by a callback'))
        await new Promise((resolve) => setTimeout(resolve, 1))
        expect(await self.receive()).toBe('by a callback')
        sendAfter(self.pid as AnyPid, 'later', 1)
        expect(await self.receive({ match: (message) => message === 'later', timeout: 5_000 })).toBe('later')
      },
      { trace },
    )
    const { events, lost } = readTrace(trace)
    expect(lost).toEqual([])
    const waits = new Set(of(events, 'E').map(({ args }) => args?.waits))
    expect([...waits]).toEqual(
      expect.arrayContaining([
        'the answer to a question',
        'a time to come',
        'its turn',
        'something that is not of the runtime',
        'a certain message',
      ]),
    )
    // The one that was due, and those of the calls: they end as arrows from a turn.
    expect(of(events, 'f', 'timer').length).toBeGreaterThanOrEqual(1)
    // A question and its answer, and those that were sent by hand.
    expect(of(events, 'f', 'message')).toHaveLength(5)
    const outside = events.filter(({ ph, cat }, at) => ph === 's' && cat === 'message' && isOutside(events, at))
    expect(outside).toHaveLength(1)
    expect(of(events, 'i', 'timer').length).toBeGreaterThanOrEqual(1)
  })

  it('trace follows offers, what is dropped, what moves, and signals', async () => {
    const trace = newTrace()
    const { runtime } = await started({ schedulers: 1, trace })
    await runtime.run(async (self: AnySelf) => {
      const [far] = self.spawnMonitor(echo.with({ on: 1 }), self.pid)
      const buffer = new ArrayBuffer(20_000)
      send(far as AnyPid, transfer({ buffer }, [buffer]))
      expect((await self.receive()).buffer.byteLength).toBe(20_000)
      for (const overflow of ['drop-oldest', 'drop-newest'] as const) {
        const mailbox = { capacity: 1, overflow }
        const [narrow] = self.spawnMonitor(async (me: AnySelf) => void (await me.sleep(1)), { mailbox })
        for (let i = 0; i < 3; i++) send(narrow as AnyPid, i)
        expect(await self.receive()).toMatchObject({ type: 'down' })
        send(narrow as AnyPid, 'nobody')
      }
      const mailbox = { capacity: 1, overflow: 'offer' } as const
      const [places] = self.spawnMonitor(async (me: AnySelf) => void (await take(me, 4)), { mailbox })
      for (let i = 0; i < 4; i++) expect(await offer(places as AnyPid, i, { timeout: 10_000 })).toBe('accepted')
      expect(await self.receive()).toMatchObject({ type: 'down', pid: places, reason: { kind: 'normal' } })
      exit(far, 'kill')
      expect(await self.receive()).toMatchObject({ type: 'down' })
    })
    await runtime.stop()
    const { events, lost } = readTrace(trace)
    expect(of(events, 'f', 'message')).toHaveLength(2 + 4)
    // What found no place, or nobody, was not sent.
    expect(lost).toHaveLength(3 + 1)
    expect(of(events, 'f', 'signal')).toHaveLength(4)
    expect(of(events, 'i', 'exit signal')).toHaveLength(1)
  })

  it('trace of a thread that is ended has what it had done, to the slice that kept it', async () => {
    const trace = newTrace()
    const { runtime } = await started({ schedulers: 1, stall: { ms: 500, end: true }, onStall: () => {}, trace })
    await runtime.run(async (self: AnySelf) => {
      const pid = self.spawn(keeper.with({ on: 1, name: 'culprit' }), self.pid) as AnyPid
      await self.receive()
      expect(await endOf(self, pid, () => send(pid, 1e9))).toMatchObject({ kind: 'scheduler-down' })
      self.spawn(once.with({ on: 1 }), self.pid, 'back')
      await self.receive()
    })
    await runtime.stop()
    const { events, open } = readTrace(trace)
    expect(open.map(({ name }) => name)).toContain('culprit')
    const tracks = events.filter(
      ({ name, args }) => name === 'thread_name' && /^rumpus:1( of \D+\d+)?$/.test(`${args?.name}`),
    )
    expect(tracks.length).toBeGreaterThanOrEqual(2)
  })

  it('trace of several runtimes is one file, one after the other and at the same time', async () => {
    const trace = newTrace()
    await inside(async () => {}, { trace })
    const both = [1, 2].map((schedulers) =>
      inside(
        async (self) => {
          for (let i = 0; i < 50; i++) send(self.pid as AnyPid, i)
          await take(self, 50)
          self.spawn(once.with({ on: 1 }), self.pid, 0)
          await self.receive()
        },
        { schedulers, trace },
      ),
    )
    await Promise.all(both)
    const { events, closed } = readTrace(trace)
    expect(closed).toBe(true)
    expect(of(events, 'f', 'message')).toHaveLength(102)
    const hosts = events.filter(
      ({ name, args }) => name === 'thread_name' && /^host( of runtime \d+)?$/.test(`${args?.name}`),
    )
    expect(new Set(hosts.map(({ tid }) => tid)).size).toBe(3)
  })

  for (const [how, closed] of [
    ['exits', true],
    ['throws', true],
    ['is killed', false],
  ] as const) {
    it(`trace of a program that ${how} can be read`, async () => {
      const path = newTrace()
      await program('traced.mjs', [how, path])
      const read = readTrace(path)
      expect(read.closed).toBe(closed)
      expect(of(read.events, 'f', 'message').length).toBeGreaterThanOrEqual(10)
    })
  }

  it('trace by RUMPUS_TRACE: each host on a thread of its own has its own file', async () => {
    const path = folder()
    const { code, stderr } = await program('traced.mjs', ['in workers', join(path, 'trace-%p.json')])
    expect([code, stderr]).toEqual([0, ''])
    const pid = readFileSync(join(path, 'pid'), 'utf8')
    for (const name of [`trace-${pid}.json`, `trace-${pid}-1.json`, `trace-${pid}-2.json`]) {
      const { events, closed } = readTrace(join(path, name))
      expect(closed).toBe(true)
      expect(of(events, 'f', 'message')).toHaveLength(10)
    }
  })

  it('trace of a simulation has its time', async () => {
    const trace = newTrace()
    await simulate({ seed: 1, trace }, async (self: AnySelf) => {
      self.spawn(once.with({ on: 1 }), self.pid, 0)
      await self.receive()
      await self.sleep(3_600_000)
    })
    const { events } = readTrace(trace)
    expect(of(events, 'f', 'message')).toHaveLength(1)
    expect(Math.max(...events.map(({ ts = 0 }) => ts))).toBeGreaterThanOrEqual(3_600_000_000)
  })

  it('a process that is not traced has plain fields, one that is tells of them', async () => {
    const fields = ['parked', 'exiting', 'ended', 'buried']
    const own = (self: AnySelf): boolean[] => fields.map((field) => Object.hasOwn(self, field))
    expect(await run((self) => own(self as AnySelf))).toEqual([true, true, true, true])
    expect(await run((self) => own(self as AnySelf), { trace: newTrace() })).toEqual([false, false, false, false])
    expect(await run((self) => own(self as AnySelf))).toEqual([true, true, true, true])
  })

  it('trace refuses what is no file', async () => {
    expect(thrownBy(() => start({ trace: 1 as never }))).toMatchObject({
      code: 'ERR_RUMPUS_BAD_ARGUMENT',
      message: 'options.trace must be the path of a file, got 1',
    })
    expect(thrownBy(() => simulate({ trace: '' }, async () => {})).code).toBe('ERR_RUMPUS_BAD_ARGUMENT')
    const nowhere = await rejectionOf(start({ trace: join(folder(), 'none', 'trace.json') }))
    expect(nowhere).toMatchObject({ name: 'RumpusError', code: 'ERR_RUMPUS_TRACE' })
    expect(nowhere.message).toMatch(/no trace can be written: ENOENT/)
  })
})

describe('what a trace must be', () => {
  const on = (event: Partial<TraceEvent>): TraceEvent => ({ pid: 1, tid: 2, ph: 'B', ts: 1, ...event })
  const named = [
    { ph: 'M', pid: 1, tid: 0, name: 'process_name', args: {} },
    { ph: 'M', pid: 1, tid: 2, name: 'thread_name', args: {} },
  ]
  const faults = (...events: object[]): string[] =>
    faultsOfTrace(`${JSON.stringify([...named, ...events]).slice(0, -1)}`).faults
  const slice = on({ name: 'a', cat: 'b', args: {} })

  it('would be refused otherwise', () => {
    expect(faults(slice, on({ ph: 'E', ts: 2 }))).toEqual([])
    expect(faults(on({ ph: 'E' }))).toEqual(['nothing ends at 1'])
    expect(faults({ ...slice, ts: 5 }, on({ ph: 'E', ts: 4 }))).toEqual(['time goes back to 4'])
    expect(faults({ ...slice, cat: undefined }, { ...slice, dur: 1 })).toHaveLength(2)
    expect(faults({ ...slice, tid: 3 })).toEqual(['thread 3 has no name'])
    const arrow = { name: 'm', cat: 'm', id: 1 }
    expect(faults(slice, on({ ph: 's', ...arrow }), on({ ph: 'f', bp: 'e', ...arrow }))).toEqual([])
    expect(faults(slice, on({ ph: 'f', bp: 'e', ...arrow }))).toEqual(['m m 1 ends and never began'])
    expect(faults(on({ ph: 's', ...arrow }))).toEqual(['m m 1 is in no slice'])
    expect(faults(slice, on({ ph: 's', ...arrow }), on({ ph: 's', ...arrow }))).toEqual(['m m 1 begins twice'])
    expect(faults(on({ ph: 'e', name: 'a', cat: 'b', id: '0x1' }))).toEqual(['0x1 dies unborn'])
    expect(faults(on({ ph: 'X', name: 'a' }))[0]).toMatch('no such phase: X')
  })
})
