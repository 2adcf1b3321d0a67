// Goal: events flow as they are wanted: never more on their way than were asked for, none lost, none twice, in order. Method: raw processes
// that speak as consumers do, whose books are exact; pipelines over simulated schedulers under many seeds; what is refused.

import { send, simulate } from 'rumpus'
import {
  Consumer,
  cancelSubscription,
  cast,
  continueWith,
  getState,
  hibernate,
  Producer,
  ProducerConsumer,
  resume,
  setDemand,
  stageStatus,
  startServer,
  subscribe,
  suspend,
} from 'rumpus/otp'
import { describe, expect, it } from 'vitest'
import { adds, ledger, numbers, parted, tells } from '../fixtures/otp-stages.mjs'
import { type AnyPid, type AnySelf, inside, rejectionOf } from '../process/world.ts'
import { killed } from './children.ts'

/** Numbers, as many as are wanted. */
class Counter extends Producer<number> {
  next = 0
  asked: number[] = []
  override begin(options: object = {}): object {
    return options
  }
  override handleDemand(count: number): number[] {
    this.asked.push(count)
    return Array.from({ length: count }, () => this.next++)
  }
}

/** Emits what it is cast. */
class Source extends Producer<unknown, unknown, readonly unknown[]> {
  lost: unknown[] = []
  override begin(options: object = {}): object {
    return options
  }
  override handleCast(events: readonly unknown[]): void {
    this.emit(events)
  }
  override handleDropped(events: readonly unknown[]): void {
    this.lost.push(...events)
  }
}

/** Passes events on to a process. */
class Passes extends Consumer<unknown> {
  to!: AnyPid
  override begin(to: AnyPid, ...subscribeTo: never[]): object {
    this.to = to
    return { subscribeTo }
  }
  override handleEvents(events: readonly unknown[]): void {
    send(this.to, events)
  }
}

const start = async (self: AnySelf, what: never, ...args: unknown[]): Promise<AnyPid> =>
  (await startServer(self, what, { args, link: false })) as AnyPid

/** Events until they are so many. */
async function take(self: AnySelf, count: number): Promise<unknown[]> {
  const all: unknown[] = []
  while (all.length < count) all.push(...((await self.receive()) as unknown[]))
  return all
}

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

describe('a producer', () => {
  it('is not asked for what it was asked for, and may emit that later', () =>
    inside(async (self) => {
      const asked: number[] = []
      class Later extends Producer<string, string, string> {
        override handleDemand(count: number): string[] {
          asked.push(count)
          return ['one']
        }
        override handleCast(event: string): void {
          this.emit([event])
        }
        override handleCall(): number {
          return this.demand
        }
      }
      const later = await start(self, Later as never)
      await start(self, Passes as never, self.pid, { to: later, max: 4, min: 0 })
      expect(await self.receive()).toEqual(['one'])
      expect(await self.call(later, 'demand')).toBe(3)
      cast(later, 'two')
      expect(await self.receive()).toEqual(['two'])
      expect(await self.call(later, 'demand')).toBe(2)
      expect(asked).toEqual([4])
      cast(later, 'three')
      cast(later, 'four')
      expect(await take(self, 3)).toEqual(['three', 'four', 'one'])
      expect(asked).toEqual([4, 4])
    }))

  it('keeps what nobody has asked for, as much as it may', () =>
    inside(async (self) => {
      const events = [1, 2, 3, 4, 5]
      for (const [overflow, kept, lost] of [
        ['drop-oldest', [3, 4, 5], [1, 2]],
        ['drop-newest', [1, 2, 3], [4, 5]],
      ] as const) {
        const source = await start(self, Source as never, { buffer: { capacity: 3, overflow } })
        cast(source, events)
        expect(await getState(source)).toEqual({ lost })
        expect(await stageStatus(source)).toMatchObject({ buffered: 3, dropped: 2 })
        await start(self, Passes as never, self.pid, source)
        expect(await take(self, 3)).toEqual(kept)
        // There is somebody now: nothing is dropped.
        cast(source, events)
        expect(await take(self, 5)).toEqual(events)
        expect((await stageStatus(source)).dropped).toBe(2)
      }
      const none = await start(self, Source as never, { buffer: { capacity: 0 } })
      cast(none, events)
      expect(await stageStatus(none)).toMatchObject({ buffered: 0, dropped: 5 })
    }))

  it('that may not drop throws, and one that says nothing is told of in a crash report, once', () =>
    inside(async (self, crashes) => {
      const strict = await start(self, Source as never, { buffer: { capacity: 1, overflow: 'fail' } })
      const ref = self.monitor(strict)
      cast(strict, [1, 2])
      expect(await self.receive()).toMatchObject({ ref, reason: { error: { code: 'ERR_RUMPUS_BUFFER_FULL' } } })
      class Silent extends Producer<number, unknown, number> {
        override begin(): object {
          return { buffer: { capacity: 1 } }
        }
        override handleCast(event: number): void {
          this.emit([event])
        }
      }
      const silent = await start(self, Silent as never)
      for (let i = 0; i < 10; i++) cast(silent, i)
      expect(await stageStatus(silent)).toMatchObject({ buffered: 1, dropped: 9 })
      const told = crashes.filter(({ error }) => (error as { code?: string }).code === 'ERR_RUMPUS_EVENTS_DROPPED')
      expect(told).toHaveLength(1)
    }))

  it('that was asked keeps what it answers, though who asked has gone, beyond any capacity', () =>
    inside(async (self) => {
      let answer: (events: number[]) => void = () => {}
      class Slow extends Producer<number> {
        override begin(): object {
          return { buffer: { capacity: 0 } }
        }
        override handleDemand(count: number): Promise<number[]> {
          return new Promise((resolve) => (answer = (events) => resolve(events.slice(0, count))))
        }
      }
      const slow = await start(self, Slow as never)
      const first = await start(self, Passes as never, self.pid, { to: slow, max: 3, cancel: 'temporary' })
      const ref = (await stageStatus(first)).subscriptions[0]?.ref as number
      const cancelled = cancelSubscription(first, ref)
      for (let i = 0; i < 10; i++) await self.yield()
      answer([7, 8, 9])
      await cancelled
      const seen: unknown[] = []
      for (let message = self.tryReceive(); message !== undefined; message = self.tryReceive()) seen.push(...message)
      expect((await stageStatus(slow)).dropped).toBe(0)
      await start(self, Passes as never, self.pid, { to: slow, max: 3, min: 0 })
      while (seen.length < 3) seen.push(...(await self.receive()))
      expect(seen).toEqual([7, 8, 9])
    }))

  it('hears of no demand until it is told to', () =>
    inside(async (self) => {
      const counter = await start(self, Counter as never, { dispatcher: 'broadcast', demand: 'accumulate' })
      for (let i = 0; i < 2; i++) await start(self, Passes as never, self.pid, { to: counter, max: 2, min: 0 })
      expect((await getState(counter)).asked).toEqual([])
      expect((await stageStatus(counter)).demand).toBe(2)
      await setDemand(counter, 'forward')
      expect([await self.receive(), await self.receive()]).toEqual([
        [0, 1],
        [0, 1],
      ])
      await setDemand(counter, 'accumulate')
      expect(await rejectionOf(setDemand(counter, 'never' as never))).toMatchObject({ code: 'ERR_RUMPUS_BAD_ARGUMENT' })
    }))

  it('asks as fast as the slowest where all get everything, and goes on when that one has gone', () =>
    inside(async (self) => {
      const counter = await start(self, Counter as never, { dispatcher: 'broadcast', demand: 'accumulate' })
      const fast = await start(self, Passes as never, self.pid)
      const slow = self.spawn(async (me: AnySelf) => {
        const ref = me.monitor(counter)
        send(counter, { type: 'rumpus:subscribe', ref, consumer: me.pid })
        send(counter, { type: 'rumpus:ask', ref, count: 3 })
        await me.receive({ match: (message) => message === 'go' })
      })
      while ((await stageStatus(counter)).subscribers.length === 0) await self.yield()
      await subscribe(fast, { to: counter, max: 10, min: 0 })
      await setDemand(counter, 'forward')
      expect(await take(self, 3)).toEqual([0, 1, 2])
      await stageStatus(counter)
      expect(self.tryReceive()).toBe(undefined)
      send(slow as AnyPid, 'go')
      expect(await take(self, 7)).toEqual([3, 4, 5, 6, 7, 8, 9])
    }))

  it('sends to partitions by what an event is, over schedulers', async () => {
    for (let seed = 1; seed <= 10; seed++) {
      await simulate({ seed }, async (self: AnySelf) => {
        const source = (await startServer(self, parted, { link: false })) as AnyPid
        const who = new Map<AnyPid, number>()
        for (let partition = 0; partition < 3; partition++) {
          const args = [self.pid, { to: source, max: 5 + partition, partition }, partition]
          who.set((await startServer(self, tells, { args, link: false })) as AnyPid, partition)
        }
        const seen: number[][] = [[], [], []]
        for (let over = 0; over < 3; ) {
          const message = await self.receive()
          if (message.over) over++
          else seen[who.get(message.who) as number]?.push(...message.events)
        }
        for (const [partition, all] of seen.entries()) {
          const wanted = Array.from({ length: 1_000 }, (_, n) => n).filter((n) => n % 3 === partition)
          expect(all).toEqual(wanted)
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
