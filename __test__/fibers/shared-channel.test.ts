// Goal: one channel for the fibers of all schedulers, which loses and doubles nothing, whoever is cancelled, closes it or dies. Method:
// programs of every executor against real threads; random ones under simulation, whose books must balance item by item.

import { type Runtime, run, simulate, start } from 'rumpus'
import { Computation, Fiber, fifo } from 'rumpus/effect'
import { elapsed, select } from 'rumpus/events'
import { fiberOf, parallel, SharedChannel } from 'rumpus/fibers'
import { all, both, scope } from 'rumpus/structured'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { executors } from '../effect/executors.ts'
import * as bodies from '../fixtures/shared-bodies.mjs'

let runtime: Runtime
beforeAll(async () => {
  runtime = await start({ schedulers: 2, eager: true })
})
afterAll(() => runtime.stop())

const refused = (code: string) => expect.objectContaining({ code: `ERR_RUMPUS_${code}` })
const range = (from: number, count: number) => Array.from({ length: count }, (_, n) => from + n)
const sorted = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b)
const on = (scheduler: number) => ({ runtime, on: scheduler })

/** What is received here until the end. */
const drain = async (fiber: Fiber, channel: SharedChannel<number>): Promise<number[]> => {
  const got: number[] = []
  for await (const item of channel.items(fiber)) got.push(item)
  return got
}

describe.each(executors.filter(({ name }) => name !== 'native under simulate'))('$name', ({ execute }) => {
  it.each([0, 1, 3, 1024, Number.POSITIVE_INFINITY])(
    'capacity %s: in order from another core, and to one',
    (capacity) =>
      execute(async (fiber) => {
        const [come, go] = [
          SharedChannel.create<number>(runtime, capacity),
          SharedChannel.create<number>(runtime, capacity),
        ]
        const [got] = await both(
          fiber,
          (mine) => drain(mine, come),
          (mine) => parallel(mine, bodies.sends.with(on(1)), come.handle, 0, 500, true),
        )
        expect(got).toEqual(range(0, 500))
        const [, lists] = await both(
          fiber,
          async (mine) => {
            for (const n of range(0, 500)) await go.send(mine, n)
            go.close()
          },
          (mine) => parallel(mine, bodies.receives.with(on(2)), go.handle, 1),
        )
        expect(lists).toEqual([range(0, 500)])
      }),
  )

  it.each([0, 7])(
    'capacity %s, many of both sides on all cores: each item to one, in the order of its sender',
    (capacity) =>
      execute(async (fiber) => {
        const channel = SharedChannel.create<number>(runtime, capacity)
        const senders = [0, 1, 2].map(
          (at) => (mine: Fiber) => parallel(mine, bodies.sends.with(on(at)), channel.handle, at * 1000, 300, false),
        )
        const receivers = [0, 1, 2].map(
          (at) => (mine: Fiber) => parallel(mine, bodies.receives.with(on(at)), channel.handle, 2),
        )
        const [, lists] = await both(
          fiber,
          (mine) => all(mine, senders).then(() => channel.close()),
          (mine) => all(mine, receivers),
        )
        const got = lists.flat(2)
        expect(sorted(got)).toEqual([0, 1, 2].flatMap((at) => range(at * 1000, 300)))
        for (const list of lists.flat()) {
          for (const at of [0, 1, 2]) {
            const ofOne = list.filter((n) => Math.floor(n / 1000) === at)
            expect(ofOne).toEqual(sorted(ofOne))
          }
        }
      }),
  )

  it('makes who is faster wait, here and there', () =>
    execute(async (fiber) => {
      const channel = SharedChannel.create<number>(runtime, 2)
      await channel.send(fiber, 1)
      await channel.send(fiber, 2)
      const late = (mine: Fiber) => select(mine, [channel.sending(3).wrap(() => 'sent'), elapsed(1).wrap(() => 'full')])
      expect(await late(fiber)).toBe('full')
      await scope(fiber, async (scope) => {
        const sent = scope.fork((mine) => parallel(mine, bodies.sends.with(on(1)), channel.handle, 4, 1, false))
        expect([await channel.receive(fiber), await channel.receive(fiber)]).toEqual([1, 2])
        expect(await channel.receive(fiber)).toBe(4)
        await sent
      })
      expect(await late(fiber)).toBe('sent')
      expect(await channel.receive(fiber)).toBe(3)
    }))

  it('is closed for all; what is in it is received, then it ends', () =>
    execute(async (fiber) => {
      const channel = SharedChannel.create<number>(runtime, 8)
      await channel.send(fiber, 1)
      await parallel(fiber, bodies.sends.with(on(1)), channel.handle, 2, 1, true)
      // It said so behind its item.
      expect(await drain(fiber, channel)).toEqual([1, 2])
      await expect(channel.send(fiber, 3)).rejects.toEqual(refused('CLOSED'))
      await expect(channel.receive(fiber)).rejects.toEqual(refused('CLOSED'))
      expect(await parallel(fiber, bodies.receives.with(on(2)), channel.handle, 3)).toEqual([[], [], []])
      const full = SharedChannel.create<number>(runtime, 1)
      await full.send(fiber, 1)
      await scope(fiber, async (scope) => {
        const waits = scope.fork((mine) => full.send(mine, 2).catch((error) => error.code))
        full.close()
        expect(await waits).toBe('ERR_RUMPUS_CLOSED')
      })
    }))

  it('a wait that is cancelled has sent and received nothing', () =>
    execute(async (fiber) => {
      const channel = SharedChannel.create<number>(runtime, 1)
      const cancelled = (wait: (mine: Fiber) => Promise<unknown>) =>
        scope(fiber, async (scope) => {
          const child = scope.fork((mine) => wait(mine).catch((error) => error.cause))
          await scope.fiber.yield()
          scope.cancel('now')
          return child
        })
      expect(await cancelled((mine) => channel.receive(mine))).toBe('now')
      await channel.send(fiber, 1)
      expect(await cancelled((mine) => channel.send(mine, 2))).toBe('now')
      channel.close()
      expect(await drain(fiber, channel)).toEqual([1])
    }))
})

it('who is cancelled while a place comes free has it, or leaves it to others, at whatever step', () =>
  run(
    async (self) => {
      const fiber = fiberOf(self)
      for (let steps = 0; steps < 8; steps++) {
        const [channel, computation] = [SharedChannel.create<number>(self, 1), new Computation<never>()]
        await channel.send(fiber, 1)
        const alone = new Fiber(fiber.handler, computation)
        const waits = fiber.handler
          .spawn(fiber, alone, (mine) => channel.send(mine, 2))
          .then(
            () => [2],
            () => [],
          )
        await fiber.yield()
        computation.cancel('now')
        for (let step = 0; step < steps; step++) await null
        const got = [await channel.receive(fiber)]
        const sent = [1, ...(await waits)]
        await both(
          fiber,
          (mine) => parallel(mine, bodies.sends.with({ on: 1 }), channel.handle, 3, 1, true),
          async (mine) => got.push(...(await drain(mine, channel))),
        )
        expect(got, `after ${steps} steps`).toEqual([...sent, 3])
      }
    },
    { schedulers: 2 },
  ))

it('100 fibers are woken 10 000 times each from another scheduler, and nothing is lost', {
  timeout: 240_000,
}, async () => {
  const [fibers, times] = [100, 10_000]
  const fiber = fifo.current()
  const [there, back] = [SharedChannel.create<number>(runtime, 100), SharedChannel.create<number>(runtime, 100)]
  let sum = 0
  await all(fiber, [
    (mine) => parallel(mine, bodies.echoes.with(on(1)), there.handle, back.handle, fibers, times),
    async (mine) => {
      for (let n = 0; n < fibers * times; n++) await there.send(mine, 1)
    },
    async (mine) => {
      for (let n = 0; n < fibers * times; n++) sum += await back.receive(mine)
    },
  ])
  expect(sum).toBe(fibers * times)
})

it('what cannot cross is refused, and the others go on', async () => {
  const fiber = fifo.current()
  const channel = SharedChannel.create<unknown>(runtime, 1)
  expect(() => channel.send(fiber, { f: () => {} })).toThrow(refused('UNCROSSABLE'))
  await channel.send(fiber, 1)
  expect(() => channel.send(fiber, () => {})).toThrow(refused('UNCROSSABLE'))
  expect(await channel.receive(fiber)).toBe(1)
})

it.each([0, 3])(
  'capacity %s: an item may be whatever can cross, lists and nothing too, there and back',
  async (capacity) => {
    const items = [undefined, null, [], [1], ['end', true], 'end', 0, { places: 1 }, [[]]]
    const fiber = fifo.current()
    const [there, back] = [
      SharedChannel.create<number>(runtime, capacity),
      SharedChannel.create<number>(runtime, capacity),
    ]
    const [, got] = await both(
      fiber,
      (mine) => parallel(mine, bodies.echoes.with(on(1)), there.handle, back.handle, 1, items.length),
      async (mine) => {
        const seen: unknown[] = []
        for (const item of items) {
          await there.send(mine, item as number)
          seen.push(await back.receive(mine))
        }
        return seen
      },
    )
    expect(got).toEqual(items)
  },
)

it.each([0, 1])('capacity %s: ends take turns, whoever asks more', async (capacity) => {
  // In simulation, where no machine keeps one of the threads waiting.
  for (let seed = 1; seed <= 8; seed++) {
    const counts = [0, 0]
    await simulate({ seed, schedulers: 2 }, async (self) => {
      const channel = SharedChannel.create<number>(self, capacity)
      await all(fiberOf(self), [
        (mine: Fiber) => parallel(mine, bodies.sendsAll.with({ on: 1 }), channel.handle, 400),
        (mine: Fiber) => parallel(mine, bodies.sends.with({ on: 2 }), channel.handle, 1000, 400, false),
        async (mine) => {
          const begun = [await channel.receive(mine)]
          // Both wait for a place by then.
          while (new Set(begun.map((n) => n >= 1000)).size < 2) begun.push(await channel.receive(mine))
          for (let n = 0; n < 100; n++) counts[(await channel.receive(mine)) >= 1000 ? 1 : 0]!++
          for (let n = begun.length + 100; n < 800; n++) await channel.receive(mine)
        },
      ])
    })
    expect(Math.min(...counts), `seed ${seed}`).toBeGreaterThan(20)
  }
})

it('refuses what is no argument', async () => {
  for (const capacity of [0.5, -1, Number.NaN, '1'] as number[]) {
    expect(() => SharedChannel.create(runtime, capacity)).toThrow(refused('OUT_OF_RANGE'))
  }
  expect(() => SharedChannel.create({} as Runtime, 1)).toThrow(refused('BAD_ARGUMENT'))
  expect(() => new SharedChannel('1' as never)).toThrow(refused('BAD_ARGUMENT'))
  const channel = SharedChannel.create<number>(runtime, 1)
  expect(() => channel.send({} as never, 1)).toThrow(refused('BAD_ARGUMENT'))
  expect(() => channel.receive(undefined as never)).toThrow(refused('BAD_ARGUMENT'))
  expect(() => channel.items({} as never)).toThrow(refused('BAD_ARGUMENT'))
})

it('ends with its owner: who waits is refused, here and elsewhere', async () => {
  await run(
    async (self) => {
      const [pid] = self.spawnMonitor(async (owner) => {
        const channel = SharedChannel.create<number>(owner, 1)
        self.runtime.send(self.pid, channel.handle)
        await owner.receive()
      })
      const handle = (await self.receive()) as never
      const fiber = fiberOf(self)
      const channel = new SharedChannel<number>(handle)
      await scope(fiber, async (scope) => {
        const here = scope.fork((mine) => channel.receive(mine).catch((error) => error.code))
        const there = scope.fork((mine) => parallel(mine, bodies.receives.with({ on: 1 }), handle, 1))
        self.send(pid, 'end')
        expect(await here).toBe('ERR_RUMPUS_CLOSED')
        expect(await there).toEqual([[]])
      })
      await expect(new SharedChannel<number>(handle).receive(fiber)).rejects.toEqual(refused('CLOSED'))
    },
    { schedulers: 2 },
  )
})

it('loses nothing in random programs on three schedulers, each wait cancelled many times', {
  timeout: 120_000,
}, async () => {
  const seeds = Number(process.env.RUMPUS_SEEDS ?? 60)
  let [cancelled, kept] = [0, 0]
  for (let seed = 1; seed <= seeds; seed++) {
    await simulate({ seed, schedulers: 3 }, async (self) => {
      const fiber = fiberOf(self)
      const channel = SharedChannel.create<number>(self, seed % 4)
      const books = await all(fiber, [
        (mine) => bodies.struggle(mine, channel, seed * 4, 60),
        ...[1, 2].map(
          (at) => (mine: Fiber) => parallel(mine, bodies.struggles.with({ on: at }), channel.handle, seed * 4 + at, 60),
        ),
      ])
      channel.close()
      const left = await drain(fiber, channel)
      const received = [...books.flatMap((book) => book.received), ...left]
      expect(sorted(received), `seed ${seed}`).toEqual(sorted(books.flatMap((book) => book.sent)))
      for (const book of books) [cancelled, kept] = [cancelled + book.cancelled, kept + book.kept]
    })
  }
  expect(cancelled).toBeGreaterThan(seeds * 20)
  expect(kept).toBeGreaterThan(0)
})

it.each([0, 4])(
  'capacity %s: a scheduler that dies takes along what it had, and nothing else; the others go on',
  async (capacity) => {
    for (let seed = 1; seed <= 20; seed++) {
      await simulate({ seed, schedulers: 3 }, async (self, simulation) => {
        const fiber = fiberOf(self)
        const channel = SharedChannel.create<number>(self, capacity)
        await scope(fiber, async (scope) => {
          const dies = scope.fork((mine) =>
            parallel(mine, bodies.sends.with({ on: 1 }), channel.handle, 0, 1000, false).catch((error) => error.code),
          )
          for (let n = 0; n < 20; n++) expect(await channel.receive(fiber)).toBe(n)
          simulation.endScheduler(1)
          expect(await dies).toMatch(/^ERR_RUMPUS_(DOWN|NOPROC)$/)
          // Its places are free again.
          const sends = scope.fork((mine) =>
            parallel(mine, bodies.sends.with({ on: 2 }), channel.handle, 5000, 50, true),
          )
          const got = await drain(fiber, channel)
          await sends
          expect(got.filter((n) => n >= 5000)).toEqual(range(5000, 50))
          const old = got.filter((n) => n < 5000)
          expect(old).toEqual(range(20, old.length))
        })
      })
    }
  },
)
