// Goal: what servers and supervisors cost is bounded by counts: calls into Rust, and turns, a restart, a question, a cast, a look-up.
// Method: the counters of the scheduler that does it all, in a simulation, where no clock has a say in how long a grant lasts.

import { exit, type ReasonGiven, run, type SchedulerView, send, simulate } from 'rumpus'
import { cast, join, publish, Registry, Server, type Startable, startServer, startSupervisor } from 'rumpus/otp'
import { describe, expect, it, vi } from 'vitest'
import { echo } from '../fixtures/otp-servers.mjs'
import type { AnyPid, AnySelf } from '../process/world.ts'

const TIMES = 2000
/** Of both: what of them a grant or a stock has once for many. */
const SPARE = 0.4

interface Costs {
  readonly crossings: number
  readonly turns: number
}

/** What each of `TIMES` costs, once all is warm. */
const costOf = (what: (self: AnySelf) => Promise<(i: number) => unknown>): Promise<Costs> =>
  simulate({ seed: 1, schedulers: 1, lane: 'js', onCrash: () => {} }, async (self: AnySelf) => {
    const host = (): SchedulerView => self.runtime.inspect().schedulers[0] as SchedulerView
    const once = await what(self)
    for (let i = 0; i < 100; i++) await once(i)
    const before = host()
    for (let i = 0; i < TIMES; i++) await once(i)
    const after = host()
    const each = (key: keyof Costs): number => (after[key] - before[key]) / TIMES
    return { crossings: each('crossings'), turns: each('turns') }
  })

describe('a restart', () => {
  class Part extends Server<never, never, never> {
    override init(killer: AnyPid): void {
      send(killer, this.self.pid)
    }
  }
  const body = async (me: AnySelf, killer: AnyPid): Promise<void> => {
    send(killer, me.pid)
    await me.receive()
  }
  const restart = (start: Startable, reason: ReasonGiven): Promise<Costs> =>
    costOf(async (self) => {
      const children = [{ id: 'part', start, args: [self.pid] }]
      await startSupervisor(self, { children, maxRestarts: 2 * TIMES, within: 600_000 })
      let child = (await self.receive()) as AnyPid
      return async () => {
        exit(child, reason)
        child = (await self.receive()) as AnyPid
      }
    })

  // It is killed; the news of that; the successor is spawned.
  it.each([
    ['body', body as Startable],
    ['server', Part as Startable],
  ])('of a %s that was killed takes three crossings and no turn', async (_, start) => {
    const { crossings, turns } = await restart(start, 'kill')
    expect(crossings).toBeLessThan(3 + SPARE)
    expect(turns).toBeLessThan(SPARE)
  })

  // It is told to end; the news of that; it has ended; the news; the successor.
  it.each([
    ['body', body as Startable],
    ['server', Part as Startable],
  ])('of a %s that was told to end takes five crossings and no turn', async (_, start) => {
    const { crossings, turns } = await restart(start, 'shutdown')
    expect(crossings).toBeLessThan(5 + SPARE)
    expect(turns).toBeLessThan(SPARE)
  })

  it.each(['shutdown', 'kill'] as const)(
    'sets no timer and holds nothing weakly, by %s, for a body that ends',
    async (reason) => {
      const timers = vi.spyOn(globalThis, 'setTimeout')
      const weak = vi.spyOn(globalThis, 'WeakRef')
      try {
        await run(async (self: AnySelf) => {
          const children = [{ id: 'part', start: body as Startable, args: [self.pid] }]
          await startSupervisor(self, { children, maxRestarts: TIMES, within: 600_000 })
          let child = (await self.receive()) as AnyPid
          const before = [timers.mock.calls.length, weak.mock.calls.length]
          for (let i = 0; i < 100; i++) {
            exit(child, reason)
            child = (await self.receive()) as AnyPid
          }
          expect([timers.mock.calls.length, weak.mock.calls.length]).toEqual(before)
        })
      } finally {
        vi.restoreAllMocks()
      }
    },
  )
})

// Whether who is asked lives; the question. It is watched, and the time, as long as questions go on.
it('a question to a server of another scheduler takes two crossings beside the turns in which both are busy', async () => {
  const { crossings, turns } = await costOf(async (self) => {
    const there = (await startServer(self, echo, { on: 1 })) as AnyPid
    return (i) => self.call(there, i)
  })
  expect(crossings - turns).toBeLessThan(2 + SPARE)
})

describe('without a crossing of its own', () => {
  class Sum extends Server<number, number> {
    sum = 0

    override handleCall(more: number): number {
      return this.sum + more
    }

    override handleCast(more: number): void {
      this.sum += more
    }
  }

  it('is a question to a server, whatever waits for who asks', async () => {
    for (const waiting of [0, 10_000]) {
      const { crossings } = await costOf(async (self) => {
        const sum = (await startServer(self, Sum)) as AnyPid
        for (let i = 0; i < waiting; i++) send(self.pid as AnyPid, i)
        return (i) => self.call(sum, i)
      })
      expect(crossings, `${waiting} wait`).toBeLessThan(SPARE)
    }
  })

  it('is a cast', async () => {
    const { crossings } = await costOf(async (self) => {
      const sum = (await startServer(self, Sum)) as AnyPid
      return (i) => {
        cast(sum, i)
        return i % 100 === 99 ? self.call(sum, i) : undefined
      }
    })
    expect(crossings).toBeLessThan(SPARE)
  })

  it('is a look-up while nothing changes', async () => {
    const { crossings } = await costOf(async (self) => {
      const registry = new Registry('counts')
      await registry.start(self)
      await registry.register('key', self.pid)
      return async () => expect(await registry.lookup('key')).toHaveLength(1)
    })
    expect(crossings).toBeLessThan(SPARE)
  })

  it('is what a subscriber on the same scheduler is published', async () => {
    const members = 100
    const { crossings } = await costOf(async (self) => {
      let copies = 0
      class Member extends Server<never, never, unknown> {
        override init(): void {
          join(this.self, 'counts')
        }

        override handleInfo(): void {
          if (++copies % members === 0) send(self.pid as AnyPid, 'all')
        }
      }
      for (let i = 0; i < members; i++) await startServer(self, Member)
      return (i) => {
        publish('counts', i)
        return self.receive()
      }
    })
    expect(crossings / members).toBeLessThan(0.05)
  })
})
