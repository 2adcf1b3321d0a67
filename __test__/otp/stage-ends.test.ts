// Goal: what the end of a stage means to others is what its subscription says; a drain loses nothing; what a kill loses is what had been
// sent to it and not handled, and what it had not sent. Method: each end by each mode; pipelines that are drained; kills at a known
// moment, whose losses are counted to the last event, and kills of chance, whose losses have their bounds.

import { exit, isAlive, simulate } from 'rumpus'
import {
  cancelSubscription,
  cast,
  drainStage,
  ProducerConsumer,
  stageStatus,
  startServer,
  stopServer,
  subscribe,
} from 'rumpus/otp'
import { describe, expect, it } from 'vitest'
import { numbers, tells } from '../fixtures/otp-stages.mjs'
import { type AnyPid, type AnySelf, endOf, inside, rejectionOf, until } from '../process/world.ts'
import { Gate, range, Source, Steps, start, Tells } from './stage-world.ts'

describe('the end of a producer', () => {
  it.each([
    ['permanent', 'drain', { kind: 'normal' }],
    ['permanent', 'shutdown', { kind: 'shutdown' }],
    ['permanent', 'kill', { kind: 'killed' }],
    ['transient', 'drain', undefined],
    ['transient', 'shutdown', undefined],
    ['transient', 'kill', { kind: 'killed' }],
    ['temporary', 'drain', undefined],
    ['temporary', 'shutdown', undefined],
    ['temporary', 'kill', undefined],
  ] as const)('to one that is %s, by %s, means %o', (cancel, how, ends) =>
    inside(async (self) => {
      const source = await start(self, Source as never)
      const passes = await start(self, Tells as never, self.pid, { to: source, max: 2, cancel })
      cast(source, [1, 2])
      const ref = self.monitor(passes)
      const taken: unknown[] = []
      while (taken.length < 2) taken.push(...(await self.receive()))
      if (how === 'drain') await drainStage(source)
      else if (how === 'kill') exit(source, 'kill')
      else await stopServer(source, 'shutdown')
      const kind = how === 'drain' ? 'normal' : how === 'kill' ? 'killed' : 'shutdown'
      expect(await self.receive()).toEqual(['cancelled', kind])
      if (ends !== undefined) expect(await self.receive()).toMatchObject({ ref, reason: ends })
      else expect(await stageStatus(passes)).toMatchObject({ subscriptions: [], draining: false })
    }),
  )

  it('that is dead already is the end of the subscription', () =>
    inside(async (self) => {
      const dead = await start(self, Source as never)
      exit(dead, 'kill')
      await until(() => !isAlive(dead))
      const passes = await start(self, Tells as never, self.pid, { to: dead, cancel: 'temporary' })
      expect(await self.receive()).toEqual(['cancelled', 'noproc'])
      expect(await endOf(self, await start(self, Steps as never, self.pid, new Gate(), dead))).toEqual({
        kind: 'noproc',
      })
      expect(isAlive(passes)).toBe(true)
    }))

  it('comes behind the events that it had sent, however late they are handled', () =>
    inside(async (self) => {
      const source = await start(self, Source as never)
      const gate = new Gate()
      const steps = await start(self, Steps as never, self.pid, gate, { to: source, max: 10 })
      cast(source, [1, 2, 3])
      await self.receive()
      exit(source, 'kill')
      const ref = self.monitor(steps)
      const seen: unknown[] = []
      gate.open(100)
      for (;;) {
        const message = await self.receive()
        if (message.ref === ref) break
        if ('handled' in message) seen.push(message.handled)
      }
      expect(seen).toEqual([1, 2, 3])
    }))
})

describe('a drain', () => {
  it('of the first stage drains them all, and loses nothing', async () => {
    for (let seed = 1; seed <= 8; seed++) {
      await simulate({ seed }, async (self: AnySelf) => {
        class Batches extends ProducerConsumer<number, readonly number[]> {
          batch: number[] = []
          override begin(from: never): object {
            return { subscribeTo: [from] }
          }
          override handleEvents(events: readonly number[]): number[][] {
            this.batch.push(...events)
            const full: number[][] = []
            while (this.batch.length >= 7) full.push(this.batch.splice(0, 7))
            return full
          }
          override handleDrain(): number[][] {
            return [this.batch]
          }
        }
        const source = (await startServer(self, numbers, { args: [{ most: 1_000_000 }], link: false })) as AnyPid
        const batches = await start(self, Batches as never, { to: source, max: 20 })
        const end = (await startServer(self, tells, {
          args: [self.pid, { to: batches, max: 3 }, seed % 3],
          link: false,
        })) as AnyPid
        await self.sleep(50)
        const pids = [source, batches, end]
        const drained = drainStage(source)
        const seen: number[] = []
        for (let over = false; !over; ) {
          const message = await self.receive()
          over = message.over === true
          if (!over) seen.push(...message.events.flat())
        }
        await drained
        const refs = pids.map((pid) => self.monitor(pid))
        for (const ref of refs) {
          const down = await self.receive({ match: (message) => message?.ref === ref })
          expect(['normal', 'noproc']).toContain(down.reason.kind)
        }
        expect(seen.length).toBeGreaterThan(50)
        expect(seen).toEqual(range(seen.length))
      })
    }
  })

  it('sends what waits as it is asked for, also to those who come late', () =>
    inside(async (self) => {
      const source = await start(self, Source as never)
      cast(source, [1, 2, 3])
      const drained = drainStage(source)
      expect(await stageStatus(source)).toMatchObject({ draining: true, buffered: 3 })
      expect(await rejectionOf(drainStage(source, { timeout: 10 }))).toMatchObject({ code: 'ERR_RUMPUS_TIMEOUT' })
      expect(isAlive(source)).toBe(true)
      await start(self, Tells as never, self.pid, { to: source, max: 2, min: 0, cancel: 'temporary' })
      expect([await self.receive(), await self.receive()]).toEqual([[1, 2], [3]])
      expect(await self.receive()).toEqual(['cancelled', 'normal'])
      await drained
      expect(isAlive(source)).toBe(false)
    }))

  it('of a consumer leaves what it was not sent to others', () =>
    inside(async (self) => {
      const source = await start(self, Source as never)
      const gate = new Gate()
      const steps = await start(self, Steps as never, self.pid, gate, { to: source, max: 2, min: 1 })
      cast(source, range(6))
      expect(await self.receive()).toEqual({ begun: 0 })
      const drained = drainStage(steps)
      const seen: number[] = []
      gate.open(100)
      const ref = self.monitor(steps)
      for (let message = await self.receive(); message.ref !== ref; message = await self.receive()) {
        if ('handled' in message) seen.push(message.handled)
      }
      await drained
      expect((await stageStatus(source)).buffered).toBeGreaterThan(0)
      await start(self, Tells as never, self.pid, { to: source, min: 0 })
      const rest = await self.receive()
      expect([...seen, ...rest]).toEqual(range(6))
      expect(seen.length).toBeGreaterThanOrEqual(2)
    }))

  it('tells of another end, and of who is no stage in its time', () =>
    inside(async (self) => {
      const source = await start(self, Source as never)
      cast(source, [1])
      const drained = rejectionOf(drainStage(source))
      await self.yield()
      exit(source, 'kill')
      expect(await drained).toMatchObject({ code: 'ERR_RUMPUS_DOWN' })
      expect(await rejectionOf(drainStage('nobody'))).toMatchObject({ code: 'ERR_RUMPUS_NOPROC' })
      const deaf = self.spawn(async (me: AnySelf) => void (await me.receive({ match: () => false })))
      expect(await rejectionOf(drainStage(deaf as AnyPid, { timeout: 5 }))).toMatchObject({
        code: 'ERR_RUMPUS_TIMEOUT',
      })
    }))
})

describe('a subscription that is taken back', () => {
  it('loses nothing: what was sent is handled before the answer', () =>
    inside(async (self) => {
      const source = await start(self, Source as never)
      const gate = new Gate()
      const steps = await start(self, Steps as never, self.pid, gate)
      const ref = await subscribe(steps, { to: source, max: 3, min: 0 })
      cast(source, range(9))
      expect(await self.receive()).toEqual({ begun: 0 })
      const cancelled = cancelSubscription(steps, ref)
      gate.open(100)
      await cancelled
      const seen: unknown[] = []
      for (let message = self.tryReceive(); message !== undefined; message = self.tryReceive()) {
        if ('handled' in message) seen.push(message.handled)
      }
      // It had asked for three more before it was told.
      expect(seen).toEqual(range(6))
      expect(await stageStatus(source)).toMatchObject({ buffered: 3, subscribers: [] })
      await cancelSubscription(steps, ref)
      expect(await rejectionOf(cancelSubscription(source, ref))).toMatchObject({ code: 'ERR_RUMPUS_BAD_ARGUMENT' })
      expect(await rejectionOf(cancelSubscription(steps, 0))).toMatchObject({ code: 'ERR_RUMPUS_OUT_OF_RANGE' })
    }))
})
