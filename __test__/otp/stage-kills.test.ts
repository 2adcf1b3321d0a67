// Goal: what a kill loses is what had been sent to a stage and not handled, and what it had not sent; below a supervisor stages come back.
// Method: kills at a known moment, whose losses are counted to the last event, and kills of chance, whose losses have their bounds.

import { exit, isAlive, send, simulate } from 'rumpus'
import {
  Consumer,
  cast,
  Producer,
  ProducerConsumer,
  stageStatus,
  startServer,
  startSupervisor,
  stopWith,
  whichChildren,
} from 'rumpus/otp'
import { describe, expect, it } from 'vitest'
import { numbers, tells } from '../fixtures/otp-stages.mjs'
import { type AnyPid, type AnySelf, endOf, inside } from '../process/world.ts'
import { killed, pidOf } from './children.ts'
import { Gate, range, Source, Steps, start, Tells } from './stage-world.ts'

describe('a kill', () => {
  it('of a consumer loses what it had been sent and had not handled, and no more', () =>
    inside(async (self) => {
      const source = await start(self, Source as never)
      const gate = new Gate()
      const steps = await start(self, Steps as never, self.pid, gate, { to: source, max: 4, min: 0 })
      cast(source, range(10))
      await self.receive()
      gate.open()
      expect([await self.receive(), await self.receive()]).toEqual([{ handled: 0 }, { begun: 1 }])
      await killed(self, steps)
      // 0 was handled; 1, 2 and 3 were with it; 4 and what follows were not.
      expect(await stageStatus(source)).toMatchObject({ buffered: 6, subscribers: [] })
      await start(self, Tells as never, self.pid, source)
      expect(await self.receive()).toEqual(range(6, 4))
    }))

  it('of a producer loses what it had not sent, and no more', () =>
    inside(async (self) => {
      const source = await start(self, Source as never)
      await start(self, Tells as never, self.pid, { to: source, max: 4, min: 3, cancel: 'temporary' })
      const ref = self.monitor(source)
      send(source, { type: 'rumpus:subscribe', ref, consumer: self.pid })
      cast(source, range(4))
      expect(await self.receive()).toEqual([0])
      await stageStatus(source)
      const seen: unknown[] = []
      cast(source, range(100, 4))
      await stageStatus(source)
      exit(source, 'kill')
      for (;;) {
        const message = await self.receive()
        if (message[0] === 'cancelled') break
        if (Array.isArray(message)) seen.push(...message)
      }
      expect(seen).toEqual(range(seen.length, 1))
      expect(seen.length).toBeGreaterThanOrEqual(6)
    }))

  it('of a stage between others loses both, and no more', () =>
    inside(async (self) => {
      class Twice extends ProducerConsumer<number, number> {
        override begin(from: never): object {
          return { subscribeTo: [from] }
        }
        override handleEvents(events: readonly number[]): number[] {
          return events.flatMap((n) => [n, n])
        }
      }
      const source = await start(self, Source as never)
      const twice = await start(self, Twice as never, { to: source, max: 4, min: 0 })
      cast(source, range(10))
      const ref = self.monitor(twice)
      send(twice, { type: 'rumpus:subscribe', ref, consumer: self.pid })
      const seen: number[] = []
      while (seen.length < 7) {
        send(twice, { type: 'rumpus:ask', ref, count: 1 })
        seen.push(...(await self.receive()).events)
      }
      expect(seen).toEqual([0, 0, 1, 1, 2, 2, 3])
      // A 3 waits for demand; 4 to 7 were asked for when the first four had been handled.
      while ((await stageStatus(twice)).waiting < 4) await self.yield()
      expect((await stageStatus(twice)).buffered).toBe(1)
      exit(twice, 'kill')
      expect(await self.receive()).toMatchObject({ ref, reason: { kind: 'killed' } })
      expect(await stageStatus(source)).toMatchObject({ buffered: 2, subscribers: [] })
      await start(self, Tells as never, self.pid, source)
      expect(await self.receive()).toEqual([8, 9])
    }))

  it('of chance loses no more than the bounds say, and doubles nothing', async () => {
    for (let seed = 1; seed <= 40; seed++) {
      await simulate({ seed, onCrash: () => {} }, async (self: AnySelf) => {
        const max = 1 + (seed % 9)
        const source = (await startServer(self, numbers, { args: [{ most: 400 }], link: false })) as AnyPid
        const how = { to: source, max, cancel: 'temporary' }
        const stable = { args: [self.pid, how, 2], link: false }
        await startServer(self, tells, stable)
        let shot = (await startServer(self, tells, { args: [self.pid, how, 1], link: false })) as AnyPid
        const seen: number[] = []
        let kills = 0
        while (isAlive(source)) {
          await self.sleep(3 + (seed % 5))
          if (!isAlive(source)) break
          await killed(self, shot)
          kills++
          shot = (await startServer(self, tells, { args: [self.pid, how, 1], link: false })) as AnyPid
        }
        await self.sleep(1_000)
        for (let message = self.tryReceive(); message !== undefined; message = self.tryReceive()) {
          if (Array.isArray(message.events)) seen.push(...message.events)
        }
        expect(new Set(seen).size).toBe(seen.length)
        expect(kills).toBeGreaterThan(2)
        expect(400 - seen.length).toBeLessThanOrEqual(kills * max)
      })
    }
  })
})

describe('below a supervisor', () => {
  it('stages come back and find each other by name', () =>
    inside(
      async (self) => {
        class Named extends Tells {
          override begin(to: AnyPid): object {
            this.to = to
            return { subscribeTo: [{ to: 'the source', max: 2, min: 0, cancel: 'transient' }] }
          }
        }
        const children = [
          { id: 'source', start: Source as never, name: 'the source' },
          { id: 'passes', start: Named as never, args: [self.pid] },
        ]
        const top = (await startSupervisor(self, { strategy: 'rest_for_one', children, maxRestarts: 10 })) as AnyPid
        cast('the source', [1])
        expect(await self.receive()).toEqual([1])
        for (const id of ['passes', 'source']) {
          await killed(self, await pidOf(top, id))
          await whichChildren(top)
          self.flush()
          cast('the source', [2])
          let message = await self.receive()
          while (message[0] === 'cancelled') message = await self.receive()
          expect(message).toEqual([2])
        }
      },
      { onCrash: () => {} },
    ))

  it('what a callback throws, or answers by mistake, is its end', () =>
    inside(
      async (self) => {
        class Wrong extends Producer {
          override handleDemand(): never {
            return 'events' as never
          }
        }
        class Throws extends Consumer {
          override begin(from: never): object {
            return { subscribeTo: [{ to: from, max: 1 }] }
          }
          override async handleEvents(): Promise<void> {
            throw new Error('no use')
          }
        }
        class Stops extends Throws {
          override handleEvents(): never {
            return stopWith('shutdown') as never
          }
        }
        const wrong = await start(self, Wrong as never)
        const ref = self.monitor(wrong)
        await start(self, Tells as never, self.pid, { to: wrong, cancel: 'temporary' })
        const down = await self.receive({ match: (message) => message?.ref === ref })
        expect(down.reason.error).toMatchObject({ code: 'ERR_RUMPUS_BAD_ARGUMENT' })
        expect(down.reason.error.message).toContain('an array of events, an action or nothing')
        await self.receive({ match: (message) => message[0] === 'cancelled' })
        const source = await start(self, Source as never)
        for (const [what, reason] of [
          [Throws, { kind: 'error', error: { message: 'no use' } }],
          [Stops, { kind: 'shutdown' }],
        ] as const) {
          const pid = await start(self, what as never, source)
          expect(await endOf(self, pid, () => cast(source, [1]))).toMatchObject(reason)
        }
        expect(await stageStatus(source)).toMatchObject({ subscribers: [], buffered: 0 })
      },
      { onCrash: () => {} },
    ))
})
