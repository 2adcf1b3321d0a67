// simulate: the same seed repeats a run exactly, other seeds try other orders; time passes only there; what can never happen
// is told, and a failing run tells its seed.

import { call, cancelTimer, Down, exit, offer, reply, send, sendAfter, sendInterval, simulate } from 'rumpus'
import { describe, expect, it, vi } from 'vitest'
import { namesItself } from '../fixtures/birth-bodies.mjs'
import { echo, once } from '../fixtures/bodies.mjs'
import { renting, serving } from '../fixtures/dedicated-bodies.mjs'
import { type AnyPid, type AnySelf, lane, oneThread, rejectionOf, thrownBy } from './world.ts'

/** What happened, in words that leave out which runtime it was: its number is part of every pid. */
const told = (seen: unknown[]): string =>
  JSON.stringify(seen, (_, value) => (typeof value === 'number' && value > 2 ** 26 ? value % 2 ** 26 : value))

/** A program with something of everything; what happened, in order. */
const busy = (seed: number): Promise<unknown[]> =>
  simulate({ seed, schedulers: 3 }, async (self: AnySelf, simulation) => {
    const seen: unknown[] = []
    const workers = Array.from({ length: 6 }, () => self.spawn(echo, self.pid))
    workers.forEach((pid, i) => {
      for (let n = 0; n < 3; n++) send(pid, `${i}.${n}`)
    })
    for (let i = 0; i < 18; i++) seen.push(await self.receive())
    for (let i = 0; i < 6; i++) self.spawn(once, self.pid, i)
    for (let i = 0; i < 6; i++) seen.push((await self.receive()).seat, simulation.now())
    self.monitor(workers[0] as AnyPid)
    exit(workers[0] as AnyPid, 'shutdown')
    seen.push((await self.receive()).reason.kind)
    const timer = sendInterval(self.pid, 'tick', 1_000)
    sendAfter(workers[1] as AnyPid, 'later', 2_500)
    for (let i = 0; i < 3; i++) seen.push(await self.receive(), simulation.now())
    seen.push(cancelTimer(timer))
    return seen
  })

describe('simulate', () => {
  it('simulate repeats a run exactly for the same seed, and tries other orders for others', async () => {
    const runs = new Map<string, number>()
    for (let seed = 1; seed <= 15; seed++) {
      const [first, again] = [JSON.stringify(await busy(seed)), JSON.stringify(await busy(seed))]
      expect(again).toBe(first)
      runs.set(first, seed)
    }
    expect(runs.size).toBeGreaterThan(7)
  })

  it.skipIf(oneThread)(
    'simulate opens and closes places for dedicated processes as the seed says, and repeats that',
    async () => {
      const rent = (seed: number): Promise<unknown[]> =>
        simulate({ seed, schedulers: 2, dedicated: 2 }, async (self: AnySelf, simulation) => {
          const seen: unknown[] = []
          const shown = (): number => self.runtime.inspect().schedulers.filter(({ dedicated }) => dedicated).length
          for (let i = 0; i < 3; i++) self.spawn(renting.with({ on: i }), self.pid, 1)
          // Three for two places: one may be refused, which ends it.
          for (let i = 0; i < 4; i++) {
            const held = self.spawn(echo.with({ on: 1 }), self.pid) as AnyPid
            send(held, i)
            seen.push(await self.receive(), simulation.now(), shown())
            exit(held, 'shutdown')
          }
          await self.sleep(1_000)
          expect(shown()).toBe(0)
          const pids = [0, 1].map(() => self.spawn(serving.with({ on: 'dedicated' }), self.pid) as AnyPid)
          expect(thrownBy(() => self.spawn(once.with({ on: 'dedicated' }), self.pid, 0)).code).toBe(
            'ERR_RUMPUS_NO_THREAD',
          )
          for (const pid of pids) {
            self.monitor(pid)
            exit(pid, 'kill')
          }
          while (seen.filter((message) => message instanceof Down).length < 2) seen.push(await self.receive())
          self.spawn(once.with({ on: 'dedicated' }), self.pid, 'again')
          seen.push((await self.receive()).name)
          return seen
        })
      const quiet = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
      try {
        const orders = new Set<string>()
        for (let seed = 1; seed <= 12; seed++) {
          const [first, again] = [told(await rent(seed)), told(await rent(seed))]
          expect(again).toBe(first)
          orders.add(first)
        }
        expect(orders.size).toBeGreaterThan(3)
      } finally {
        quiet.mockRestore()
      }
    },
  )

  it('simulate has time of its own: waits of days take none, and nothing is early', async () => {
    const began = performance.now()
    const days = await simulate({ seed: 1 }, async (self: AnySelf, simulation) => {
      await self.sleep(1000 * 60 * 60 * 24)
      const error = await rejectionOf(self.receive({ timeout: 1000 * 60 * 60 * 24 }))
      expect(error).toMatchObject({ code: 'ERR_RUMPUS_TIMEOUT' })
      return simulation.now() / (1000 * 60 * 60 * 24)
    })
    expect(days).toBeGreaterThanOrEqual(2)
    expect(days).toBeLessThan(2.001)
    expect(performance.now() - began).toBeLessThan(10_000)
  })

  it('simulate runs what ordinary code does: call, offer, names on every scheduler', () =>
    simulate({ seed: 3, schedulers: 2 }, async (self: AnySelf) => {
      const server = self.spawn(async (me: AnySelf) => {
        for await (const { from, request } of me) reply(from, request + 1)
      })
      expect(await call(server as AnyPid, 41)).toBe(42)
      const there = self.spawn(namesItself.with({ on: 1, mailbox: { capacity: 1, overflow: 'offer' } }), self.pid, 'x')
      expect(await self.receive()).toBe('named')
      expect(self.whereis('x')).toBe(there)
      const answers = await Promise.all([1, 2, 3].map((n) => offer(there as AnyPid, n)))
      expect(answers).toEqual(['accepted', 'accepted', 'accepted'])
    }))

  it('a body that ignores its end is abandoned after its grace, at once', () =>
    simulate({ seed: 1, onCrash: () => {} }, async (self: AnySelf, simulation) => {
      const [pid] = self.spawnMonitor(async (me: AnySelf) => {
        send(self.pid, 'up')
        await me.receive().catch(() => new Promise(() => {}))
      })
      await self.receive()
      const began = simulation.now()
      exit(pid, 'shutdown')
      expect(await self.receive()).toBeInstanceOf(Down)
      expect(simulation.now() - began).toBeGreaterThanOrEqual(5_000)
    }))

  it('a run in which nothing can ever happen again says who waits, and its seed', async () => {
    // Where there may be no stderr, the console has it.
    const write = oneThread
      ? vi.spyOn(console, 'error').mockReturnValue()
      : vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    try {
      const error = await rejectionOf(simulate({ seed: 4711 }, (self: AnySelf) => self.receive()))
      expect(error).toMatchObject({
        code: 'ERR_RUMPUS_DEADLOCK',
        message: expect.stringContaining('waits for a message'),
      })
      expect(write.mock.calls.flat().join('')).toContain('simulate({ seed: 4711 }, …)')
    } finally {
      write.mockRestore()
    }
  })

  it.skipIf(oneThread)(
    'simulate rejects with what main throws, takes both lanes, and refuses what is no option',
    async () => {
      const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
      try {
        const failing = async (): Promise<never> => {
          throw new TypeError('mine')
        }
        expect(await rejectionOf(simulate({ onCrash: () => {} }, failing))).toMatchObject({ message: 'mine' })
      } finally {
        write.mockRestore()
      }
      for (const way of ['js', 'native'] as const) {
        const local = await simulate({ seed: 1, lane: way }, async (self: AnySelf) => {
          send(self.pid, 1)
          await self.receive()
          return self.runtime.inspect().schedulers[0]?.messagesLocal
        })
        expect(local).toBe(way === 'js' ? 1 : 0)
      }
      expect(lane).toMatch(/js|native/)
      for (const bad of [
        { seed: -1 },
        { seed: 1.5 },
        { schedulers: 0 },
        { dedicated: 62 },
        { lane: 'x' },
        { hostWorks: 1 },
        { onCrash: 1 },
      ]) {
        expect(thrownBy(() => void simulate(bad as never, async () => {})).code).toMatch(/OUT_OF_RANGE|BAD_ARGUMENT/)
      }
      expect(thrownBy(() => void simulate({}, 1 as never)).code).toBe('ERR_RUMPUS_BAD_ARGUMENT')
    },
  )
})
