// Goal: what the end of a stage means to others is what its subscription says; a drain loses nothing; what a kill loses is what had been
// sent to it and not handled, and what it had not sent. Method: each end by each mode; pipelines that are drained; kills at a known
// moment, whose losses are counted to the last event, and kills of chance, whose losses have their bounds.

import { exit, isAlive, send, simulate } from 'rumpus'
import {
  Consumer,
  cancelSubscription,
  cast,
  drainStage,
  Producer,
  ProducerConsumer,
  stageStatus,
  startServer,
  startSupervisor,
  stopServer,
  stopWith,
  subscribe,
  whichChildren,
} from 'rumpus/otp'
import { describe, expect, it } from 'vitest'
import { numbers, tells } from '../fixtures/otp-stages.mjs'
import { type AnyPid, type AnySelf, endOf, inside, rejectionOf, until } from '../process/world.ts'
import { killed, pidOf } from './children.ts'

class Source extends Producer<unknown, unknown, readonly unknown[]> {
  override begin(options: object = {}): object {
    return options
  }
  override handleCast(events: readonly unknown[]): void {
    this.emit(events)
  }
}

class Passes extends Consumer<unknown> {
  to!: AnyPid
  override begin(to: AnyPid, ...subscribeTo: never[]): object {
    this.to = to
    return { subscribeTo }
  }
  override handleEvents(events: readonly unknown[]): void {
    send(this.to, events)
  }
  override handleCancelled(_: unknown, reason: { kind: string }): void {
    send(this.to, ['cancelled', reason.kind])
  }
}

/** Lets those through who wait, one by one. */
class Gate {
  private left = 0
  private readonly waiting: (() => void)[] = []
  open(count = 1): void {
    this.left += count
    while (this.left > 0 && this.waiting.length > 0) {
      this.left--
      this.waiting.shift()?.()
    }
  }
  pass(): Promise<void> {
    if (this.left === 0) return new Promise((resolve) => this.waiting.push(resolve))
    this.left--
    return Promise.resolve()
  }
}

/** Handles one event each time the gate opens. */
class Steps extends Consumer<number> {
  to!: AnyPid
  gate!: Gate
  override begin(to: AnyPid, gate: Gate, ...subscribeTo: never[]): object {
    this.to = to
    this.gate = gate
    return { subscribeTo }
  }
  override async handleEvents(events: readonly number[]): Promise<void> {
    for (const event of events) {
      send(this.to, { begun: event })
      await this.gate.pass()
      send(this.to, { handled: event })
    }
  }
}

const start = async (self: AnySelf, what: never, ...args: unknown[]): Promise<AnyPid> =>
  (await startServer(self, what, { args, link: false })) as AnyPid

const range = (count: number, from = 0): number[] => Array.from({ length: count }, (_, n) => from + n)

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
      const passes = await start(self, Passes as never, self.pid, { to: source, max: 2, cancel })
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
      const passes = await start(self, Passes as never, self.pid, { to: dead, cancel: 'temporary' })
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
      await start(self, Passes as never, self.pid, { to: source, max: 2, min: 0, cancel: 'temporary' })
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
      await start(self, Passes as never, self.pid, { to: source, min: 0 })
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
      await start(self, Passes as never, self.pid, source)
      expect(await self.receive()).toEqual(range(6, 4))
    }))

  it('of a producer loses what it had not sent, and no more', () =>
    inside(async (self) => {
      const source = await start(self, Source as never)
      await start(self, Passes as never, self.pid, { to: source, max: 4, min: 3, cancel: 'temporary' })
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
      expect(await stageStatus(twice)).toMatchObject({ buffered: 1, waiting: 4 })
      exit(twice, 'kill')
      expect(await self.receive()).toMatchObject({ ref, reason: { kind: 'killed' } })
      expect(await stageStatus(source)).toMatchObject({ buffered: 2, subscribers: [] })
      await start(self, Passes as never, self.pid, source)
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
        class Named extends Passes {
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
        await start(self, Passes as never, self.pid, { to: wrong, cancel: 'temporary' })
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
