// Goal: events flow as they are wanted: never more on their way than were asked for, none lost, none twice, in order. Method: raw processes
// that speak as consumers do, whose books are exact; pipelines over simulated schedulers under many seeds; what is refused.

import { send, simulate } from 'rumpus'
import {
  Consumer,
  continueWith,
  getState,
  hibernate,
  ProducerConsumer,
  resume,
  stageStatus,
  startServer,
  subscribe,
  suspend,
} from 'rumpus/otp'
import { describe, expect, it } from 'vitest'
import { adds, ledger, numbers, tells } from '../fixtures/otp-stages.mjs'
import { type AnyPid, type AnySelf, inside, rejectionOf } from '../process/world.ts'
import { killed } from './children.ts'
import { Counter, Passes, start, take } from './stage-world.ts'

describe('a consumer', () => {
  it('is never sent more than it has asked for', () =>
    inside(async (self) => {
      const counter = await start(self, Counter as never)
      const ref = self.monitor(counter)
      send(counter, { type: 'rumpus:subscribe', ref, consumer: self.pid })
      let [asked, got] = [0, 0]
      for (const count of [1, 2, 0, 7, 1000, 3]) {
        if (count > 0) send(counter, { type: 'rumpus:ask', ref, count })
        asked += count
        while (got < asked) {
          const { events } = await self.receive()
          expect(events).toEqual(Array.from(events, (_, at) => got + at))
          got += events.length
          expect(got).toBeLessThanOrEqual(asked)
        }
        // Whatever it would send beyond has come before the answer to that.
        await stageStatus(counter)
        expect(self.tryReceive()).toBe(undefined)
      }
      expect((await getState(counter)).asked).toEqual([1, 2, 7, 1000, 3])
    }))

  it.each([
    [10, 0, [10, 10, 10]],
    [10, 5, [10, 5, 5, 5]],
    [10, 9, [10, 1, 1, 1, 1]],
    [1, undefined, [1, 1, 1]],
    [1000, undefined, [1000, 500, 500]],
  ])('of at most %i asks when %s are left', (max, min, asked) =>
    inside(async (self) => {
      const counter = await start(self, Counter as never)
      const portions: number[] = []
      class Takes extends Consumer {
        override begin(): object {
          return { subscribeTo: [{ to: counter, max, ...(min === undefined ? {} : { min }) }] }
        }
        override async handleEvents(events: readonly unknown[]): Promise<void> {
          portions.push(events.length)
          if (portions.length >= asked.length - 1) await new Promise(() => {})
        }
      }
      const least = min ?? Math.floor(max / 2)
      const takes = await start(self, Takes as never)
      while (portions.length < asked.length - 1) await self.yield()
      await stageStatus(counter)
      expect((await getState(counter)).asked).toEqual(asked.slice(0, -1))
      expect(portions.every((count) => count <= max - least)).toBe(true)
      await killed(self, takes)
    }),
  )

  it('that is async has no more in its hands than it may, and is told one portion at a time', () => {
    const most: number[] = []
    const play = (seed: number) =>
      simulate({ seed }, async (self: AnySelf) => {
        Object.assign(ledger, { emitted: 0, handled: 0, most: 0 })
        const source = (await startServer(self, numbers, { args: [{ most: 200 }], link: false })) as AnyPid
        const args = [self.pid, { to: source, max: 8, min: 3 }, 1]
        await startServer(self, tells, { args, link: false })
        const seen: unknown[] = []
        for (;;) {
          const { events, over } = await self.receive()
          if (over) break
          expect(events.length).toBeLessThanOrEqual(5)
          seen.push(...events)
        }
        expect(seen).toEqual(Array.from({ length: 200 }, (_, n) => n))
        most.push(ledger.most)
      })
    return Array.from({ length: 20 }, (_, n) => n + 1)
      .reduce((before, seed) => before.then(() => play(seed)), Promise.resolve())
      .then(() => {
        expect(Math.max(...most)).toBe(8)
        expect(Math.min(...most)).toBeGreaterThan(0)
      })
  })

  it('asks by hand where that is said', () =>
    inside(async (self) => {
      const counter = await start(self, Counter as never)
      class ByHand extends Consumer<number> {
        override handleCall(count: number): string {
          const one = (this.one ??= this.subscribe({ to: counter, demand: 'manual' }))
          this.ask(one, count)
          return 'asked'
        }
        one: ReturnType<Consumer['subscribe']> | undefined = undefined
        override handleEvents(events: readonly number[]): void {
          send(self.pid as AnyPid, events)
        }
      }
      const byHand = await start(self, ByHand as never)
      for (const [count, events] of [
        [2, [0, 1]],
        [1, [2]],
      ] as const) {
        expect(await self.call(byHand, count)).toBe('asked')
        expect(await self.receive()).toEqual(events)
      }
      const { subscribers } = await stageStatus(counter)
      expect(subscribers).toMatchObject([{ pid: byHand, pending: 0 }])
      expect((await stageStatus(byHand)).subscriptions).toMatchObject([{ pid: counter, outstanding: 0 }])
    }))
})

describe('a stage between others', () => {
  it('takes no event before one is wanted, and none more than are', () =>
    inside(async (self) => {
      const counter = await start(self, Counter as never)
      const taken: number[] = []
      class Twice extends ProducerConsumer<number, number> {
        override begin(): object {
          return { subscribeTo: [{ to: counter, max: 100 }] }
        }
        override handleEvents(events: readonly number[]): number[] {
          taken.push(events.length)
          return events.flatMap((n) => [n, -n])
        }
      }
      const twice = await start(self, Twice as never)
      await stageStatus(counter)
      expect(await stageStatus(twice)).toMatchObject({ waiting: 100, buffered: 0, demand: 0 })
      expect(taken).toEqual([])
      const passes = await start(self, Passes as never, self.pid, { to: twice, max: 4, min: 0, cancel: 'temporary' })
      expect(await take(self, 12)).toEqual([0, -0, 1, -1, 2, -2, 3, -3, 4, -4, 5, -5])
      expect(Math.max(...taken)).toBeLessThanOrEqual(4)
      const { buffered } = await stageStatus(twice)
      expect(buffered).toBeLessThanOrEqual(4)
      expect(passes).toBeGreaterThan(0)
    }))

  it('may answer none, one or many for each, over schedulers, and nothing is lost or doubled', async () => {
    for (let seed = 1; seed <= 15; seed++) {
      await simulate({ seed }, async (self: AnySelf) => {
        const source = await startServer(self, numbers, { args: [{ most: 300 }], link: false })
        const between = []
        for (let i = 0; i < 3; i++) {
          between.push(await startServer(self, adds, { args: [{ to: source, max: 7 }], link: false }))
        }
        const from = between.map((to) => ({ to, max: 5, cancel: 'temporary' }))
        const end = (await startServer(self, tells, { args: [self.pid, from, seed % 2], link: false })) as AnyPid
        const seen: number[] = []
        while (seen.length < 300) seen.push(...(await self.receive()).events)
        expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: 300 }, (_, n) => n + 1_000_000))
        expect((await stageStatus(end)).waiting).toBe(0)
        for (const pid of between) {
          const ref = self.monitor(pid as AnyPid)
          expect(await self.receive({ match: (message) => message?.ref === ref })).toMatchObject({ type: 'down' })
        }
      })
    }
  })
})

describe('stages are servers', () => {
  it('that are suspended, hibernate and go on', () =>
    inside(async (self) => {
      const order: string[] = []
      class Both extends Consumer<number> {
        override begin(): object {
          return { subscribeTo: [{ to: counter, max: 2, min: 1, cancel: 'temporary' }] }
        }
        override handleEvents([n]: readonly number[]): never {
          order.push(`event ${n}`)
          if (n === 5) this.cancel(this.first as never)
          return (n === 1 ? hibernate() : continueWith(n)) as never
        }
        first: unknown
        override handleContinue(n: number): void {
          order.push(`continue ${n}`)
          if (n === 6) send(self.pid as AnyPid, 'done')
        }
      }
      const counter = await start(self, Counter as never)
      const both = await start(self, Both as never)
      await suspend(both)
      await resume(both)
      while (order.length < 8) await self.yield()
      expect(order.slice(0, 4)).toEqual(['event 0', 'continue 0', 'event 1', 'event 2'])
    }))

  it('refuse what is no option, and whom they cannot have', () =>
    inside(async (self) => {
      const counter = await start(self, Counter as never)
      const wrong = [
        { dispatcher: 'all' },
        { dispatcher: { type: 'broadcast' } },
        { dispatcher: { type: 'partition', partitions: 0, by: () => 0 } },
        { dispatcher: { type: 'partition', partitions: 2 } },
        { buffer: 3 },
        { buffer: { capacity: -1 } },
        { buffer: { overflow: 'block' } },
        { demand: 'never' },
        [],
      ]
      for (const options of wrong) {
        expect(await rejectionOf(start(self, Counter as never, options))).toMatchObject({ code: 'ERR_RUMPUS_INIT' })
      }
      for (const to of [
        { to: counter, max: 0 },
        { to: counter, max: 10, min: 10 },
        { to: counter, cancel: 'never' },
        { to: counter, demand: 'none' },
        { to: counter, partition: -1 },
        { to: -1 },
        '',
        undefined,
      ]) {
        const refused = rejectionOf(start(self, Passes as never, self.pid, to))
        expect(await refused).toMatchObject({ code: 'ERR_RUMPUS_INIT' })
      }
      expect(await rejectionOf(start(self, Passes as never, self.pid, 'nobody'))).toMatchObject({
        message: expect.stringContaining('nobody is called "nobody"'),
      })
      const passes = await start(self, Passes as never, self.pid)
      expect(await rejectionOf(subscribe(passes, passes))).toMatchObject({ code: 'ERR_RUMPUS_OUT_OF_RANGE' })
      expect(await rejectionOf(subscribe(counter, passes))).toMatchObject({ code: 'ERR_RUMPUS_BAD_ARGUMENT' })
      const refs = [self.monitor(passes)]
      await subscribe(passes, { to: counter, partition: 1 })
      expect(await self.receive()).toMatchObject({ ref: refs[0], reason: { error: { code: 'ERR_RUMPUS_PARTITION' } } })
      const other = await start(self, Passes as never, self.pid)
      const another = await start(self, Passes as never, self.pid)
      const ref = self.monitor(other)
      await subscribe(other, another)
      expect(await self.receive()).toMatchObject({ ref, reason: { error: { code: 'ERR_RUMPUS_BAD_ARGUMENT' } } })
    }))
})
