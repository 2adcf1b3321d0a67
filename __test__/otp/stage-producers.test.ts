// Goal: producers make what is wanted, keep what nobody has asked for as long as they may, and send each event to whom it should go. Method:
// producers that are cast events; consumers that ask for a known number; partitions over simulated schedulers.

import { send, simulate } from 'rumpus'
import {
  cancelSubscription,
  cast,
  getState,
  Producer,
  setDemand,
  stageStatus,
  startServer,
  subscribe,
} from 'rumpus/otp'
import { describe, expect, it } from 'vitest'
import { parted, tells } from '../fixtures/otp-stages.mjs'
import { type AnyPid, type AnySelf, inside, rejectionOf } from '../process/world.ts'
import { Counter, Passes, Source, start, take } from './stage-world.ts'

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
