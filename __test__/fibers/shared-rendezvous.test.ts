// Goal: where a shared channel holds nothing, a send is over when its item has been taken, on whatever scheduler, and no item is lost, doubled
// or received against the will of its sender. Method: real threads where one must wait for another; simulation where one must die, or is
// to meet many at every step.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getEnvironmentData } from 'node:worker_threads'
import { exit, type Pid, type Runtime, type Self, simulate, start } from 'rumpus'
import { Computation, Fiber, fifo } from 'rumpus/effect'
import { completed, elapsed, select } from 'rumpus/events'
import { fiberOf, parallel, SharedChannel } from 'rumpus/fibers'
import { all, both, scope } from 'rumpus/structured'
import { afterAll, beforeAll, expect, it } from 'vitest'
import * as bodies from '../fixtures/shared-bodies.mjs'
import { crowds, Parcel, type Plan, ways } from '../fixtures/shared-crowds.mjs'

let runtime: Runtime
beforeAll(async () => {
  runtime = await start({ schedulers: 2, eager: true })
})
afterAll(() => runtime.stop())

const refused = (code: string) => expect.objectContaining({ code: `ERR_RUMPUS_${code}` })
const range = (from: number, count: number) => Array.from({ length: count }, (_, n) => from + n)
const sorted = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b)
const pass = () => new Promise((resolve) => setImmediate(resolve))
const on = (scheduler: number) => ({ runtime, on: scheduler })

it('a send is over when its item has been taken, here and there', async () => {
  const fiber = fifo.current()
  const channel = SharedChannel.create<number>(runtime, 0)
  const said = SharedChannel.create<number>(runtime, Number.POSITIVE_INFINITY)
  const waits = () => select(fiber, [said.receiving(), elapsed(1).wrap(() => 'nothing')])
  await scope(fiber, async (scope) => {
    scope.fork((mine) => parallel(mine, bodies.says.with(on(1)), channel.handle, said.handle, 3))
    expect(await said.receive(fiber)).toBe(-1)
    for (const n of range(0, 3)) {
      // It waits to send by now.
      expect(await waits()).toBe('nothing')
      expect(await channel.receive(fiber)).toBe(n)
      expect(await said.receive(fiber)).toBe(n)
    }
  })
  // Nor is anything kept here.
  expect(await select(fiber, [channel.sending(1), elapsed(1).wrap(() => 'nobody')])).toBe('nobody')
  expect(await select(fiber, [channel.receiving(), elapsed(1).wrap(() => 'nothing')])).toBe('nothing')
})

it('syncs of both sides meet, on one scheduler and on two, and each chooses one', async () => {
  for (let seed = 1; seed <= 40; seed++) {
    await simulate({ seed, schedulers: 1 + (seed % 3) }, async (self) => {
      const fiber = fiberOf(self)
      const [left, right] = [SharedChannel.create<number>(self, 0), SharedChannel.create<number>(self, 0)]
      // Two of one scheduler meet there; where there are but two, each comes to the other while that comes to it.
      const fibers = 1 + (seed % 2)
      const handles = [left.handle, right.handle] as const
      const books = await all(fiber, [
        (mine: Fiber) => bodies.meet(mine, left, right, 0, fibers, 60),
        ...range(1, 1 + (seed % 3)).map(
          (at) => (mine: Fiber) => parallel(mine, bodies.meets.with({ on: at }), ...handles, at * 100_000, fibers),
        ),
      ])
      const [sent, received] = [books.flatMap((book) => book.sent), books.flatMap((book) => book.received)]
      expect(sorted(received), `seed ${seed}`).toEqual(sorted(sent))
      expect(books[0]!.sent.length + books[0]!.received.length).toBe(60 * fibers)
    })
  }
})

it('a sync does not meet itself, on two schedulers neither', async () => {
  const fiber = fifo.current()
  const channel = SharedChannel.create<number>(runtime, 0)
  const either = [channel.sending(1).wrap(() => 'sent'), channel.receiving(), elapsed(2).wrap(() => 'late')]
  expect(await select(fiber, either)).toBe('late')
  const met = await both(
    fiber,
    (mine) => select(mine, either.slice(0, 2)),
    (mine) => parallel(mine, bodies.receivesOne.with(on(1)), channel.handle),
  )
  expect(met).toEqual(['sent', 1])
})

it('a time, what is complete and a cancellation need not wait for a thread that is busy', async () => {
  const fiber = fifo.current()
  const channel = SharedChannel.create<{ readonly n: number }>(runtime, 0)
  let hears: Pid<string> | undefined
  const heard = new Promise((resolve) => {
    hears = runtime.spawn(async (self: Self<string>) => resolve(await self.receive()))
  })
  const directory = mkdtempSync(join(tmpdir(), 'rumpus-'))
  const gate = join(directory, 'open')
  await scope(fiber, async (scope) => {
    const taken = scope.fork((mine) =>
      parallel(mine, bodies.blocks.with(on(1)), channel.handle, hears as Pid<string>, 3, gate),
    )
    try {
      // Somebody receives there, and the thread hears nothing until the gate is open.
      await heard
      let looks = 0
      const item = {
        get n() {
          looks++
          return 1
        },
      }
      /** What a fiber comes to that begins now and is ended when the item has been looked at again, to be sent; or by itself before that. */
      const ended = async (wait: (mine: Fiber) => Promise<unknown>, end: () => void) => {
        const alone = new Fiber(fiber.handler, computation)
        let isOver = false
        const done = fiber.handler
          .spawn(fiber, alone, wait)
          .catch((error) => error)
          .finally(() => {
            isOver = true
          })
        const before = looks
        while (looks === before && !isOver) await pass()
        const isSent = looks > before
        end()
        return { isSent, end: await done }
      }
      const [computation, complete] = [new Computation<never>(), new Computation<string>()]
      const sending = channel.sending(item).wrap(() => 'sent')
      const completes = () => complete.return('complete')
      const completion = await ended((mine) => select(mine, [sending, completed(complete)]), completes)
      expect(completion).toEqual({ isSent: true, end: 'complete' })
      // On a busy machine the time may have come before the item was on its way: then the next is given more.
      for (let ms = 1, isSent = false; !isSent; ms *= 2) {
        const late = elapsed(ms).wrap(() => 'late')
        const came = await ended(
          (mine) => select(mine, [sending, late]),
          () => {},
        )
        expect(came.end).toBe('late')
        isSent = came.isSent
      }
      const cancels = () => computation.cancel('now')
      const cancelled = await ended((mine) => channel.send(mine, item), cancels)
      expect(cancelled.isSent).toBe(true)
      expect(cancelled.end).toBe(computation.cancellation)
    } finally {
      writeFileSync(gate, '')
    }
    for (const n of [3, 4, 5]) await channel.send(scope, { n })
    expect(await taken).toEqual([{ n: 3 }, { n: 4 }, { n: 5 }])
  }).finally(() => rmSync(directory, { recursive: true }))
})

it('an item comes back from a thread that dies, and goes to another', async () => {
  for (let seed = 1; seed <= 60; seed++) {
    await simulate({ seed, schedulers: 2 }, async (self, simulation) => {
      const fiber = fiberOf(self)
      const channel = SharedChannel.create<Parcel>(self, 0)
      bodies.noted.length = 0
      await scope(fiber, async (scope) => {
        const receives = (at: number) =>
          scope.fork((mine) =>
            parallel(mine, bodies.notes.with({ on: at }), channel.handle).catch((error) => error.code),
          )
        const dies = receives(1)
        await scope.fiber.sleep(1)
        const sends = range(0, 6).map((n) => scope.fork((mine) => channel.send(mine, new Parcel(n))))
        for (let steps = seed % 6; steps > 0; steps--) await scope.fiber.yield()
        simulation.endScheduler(1)
        expect(await dies).toMatch(/^ERR_RUMPUS_(DOWN|NOPROC)$/)
        const other = receives(2)
        await Promise.all(sends)
        channel.close()
        expect(await other).toBeUndefined()
      })
      expect(sorted(bodies.noted), `seed ${seed}`).toEqual(range(0, 6))
    })
  }
})

it('who was to hear from a thread that dies hears from another', async () => {
  for (let seed = 1; seed <= 200; seed++) {
    await simulate({ seed, schedulers: 2 }, async (self, simulation) => {
      const fiber = fiberOf(self)
      const channel = SharedChannel.create<number>(self, 0)
      await scope(fiber, async (scope) => {
        const receives = range(0, 8).map(() =>
          scope.fork((mine) => parallel(mine, bodies.receivesOne.with({ on: 2 }), channel.handle)),
        )
        await scope.fiber.sleep(1)
        const dies = scope.fork((mine) =>
          parallel(mine, bodies.sendsAll.with({ on: 1 }), channel.handle, 5).catch((error) => error.code),
        )
        for (let steps = seed % 20; steps > 0; steps--) await scope.fiber.yield()
        simulation.endScheduler(1)
        await dies
        // To as many as have heard nothing, and to no more.
        let late = 0
        for (let n = 10; late === 0; n++) {
          const sent = await select(scope, [channel.sending(n).wrap(() => 0), elapsed(1).wrap(() => 1)])
          late += sent
        }
        const got = await Promise.all(receives)
        expect(new Set(got).size, `seed ${seed}`).toBe(8)
      })
    })
  }
})

it('what comes back meets who waits for it here by now', async () => {
  let here = 0
  for (let seed = 1; seed <= 60; seed++) {
    await simulate({ seed, schedulers: 1 }, async (self) => {
      const fiber = fiberOf(self)
      const channel = SharedChannel.create<Parcel>(self, 0)
      ways.left = 0
      ways.come.length = 0
      await scope(fiber, async (scope) => {
        const plan: Plan = { act: 'receive', when: 'coming', count: 1, seed }
        const goes = scope.fork((mine) => parallel(mine, crowds.with({ on: 1 }), channel.handle, plan))
        const parcel = new Parcel(seed)
        const stop = new Computation<undefined>()
        const sends = scope.fork((mine) =>
          seed % 2 === 0 ? channel.send(mine, parcel) : select(mine, [channel.sending(parcel), elapsed(60_000)]),
        )
        // Behind who waits there.
        const left = new Promise<void>((resolve) => {
          parcel.onLeave = resolve
        })
        const receives = scope.fork(async (mine) => {
          await left
          return select(mine, [channel.receiving(), completed(stop)])
        })
        const { received } = await goes
        if (received.length > 0) stop.return(undefined)
        const got = await receives
        await sends
        expect([...received, ...(got === undefined ? [] : [got.n])], `seed ${seed}`).toEqual([seed])
        if (got !== undefined) here++
      })
    })
  }
  expect(here).toBeGreaterThan(20)
})

it('is closed for all, and ends with its owner: who waits is refused, and what is refused was not received', async () => {
  for (let seed = 1; seed <= 120; seed++) {
    await simulate({ seed, schedulers: 2 }, async (self) => {
      const fiber = fiberOf(self)
      const owner = self.spawn(async (owner) => {
        self.runtime.send(self.pid, SharedChannel.create(owner, 0).handle as never)
        await owner.receive()
      })
      const channel = new SharedChannel<Parcel>((await self.receive()) as never)
      bodies.noted.length = 0
      ways.come.length = 0
      await scope(fiber, async (scope) => {
        const receives = scope.fork((mine) => parallel(mine, bodies.notes.with({ on: 1 }), channel.handle))
        if (seed % 3 > 0) await scope.fiber.sleep(1)
        const sends = range(0, 6).map((n) =>
          scope.fork((mine) =>
            channel.send(mine, new Parcel(n)).then(
              () => [n],
              (error) => {
                expect(error).toEqual(refused('CLOSED'))
                return []
              },
            ),
          ),
        )
        if (seed % 4 > 1) for (let steps = seed % 7; steps > 0; steps--) await scope.fiber.yield()
        // Some have been taken, and this has not been heard here.
        else while (ways.come.length === 0) await scope.fiber.yield()
        if (seed % 2 > 0) channel.close()
        else exit(owner, 'kill')
        const sent = await Promise.all(sends)
        await receives
        expect(sorted(bodies.noted), `seed ${seed}`).toEqual(sorted(sent.flat()))
        await expect(channel.receive(scope)).rejects.toEqual(refused('CLOSED'))
      })
      for (const over of [channel, new SharedChannel<Parcel>(channel.handle)]) {
        await expect(over.send(fiber, new Parcel(1))).rejects.toEqual(refused('CLOSED'))
      }
    })
  }
})

it('what cannot cross is refused, also if that is found out on the way, and the others go on', async () => {
  const fiber = fifo.current()
  const channel = SharedChannel.create<unknown>(runtime, 0)
  expect(() => channel.send(fiber, { f: () => {} })).toThrow(refused('UNCROSSABLE'))
  await expect(channel.sending({ f: () => {} }).sync(fiber)).rejects.toEqual(refused('UNCROSSABLE'))
  const changes = { f: 0 as unknown }
  await scope(fiber, async (scope) => {
    const sends = [
      (mine: Fiber) => channel.send(mine, changes),
      (mine: Fiber) => select(mine, [channel.sending(changes), elapsed(60_000)]),
      (mine: Fiber) => channel.send(mine, 7),
    ].map((send) => scope.fork((mine) => send(mine).catch((error) => error)))
    changes.f = () => {}
    expect(await parallel(scope, bodies.receivesOne.with(on(1)), channel.handle as never)).toBe(7)
    expect(await Promise.all(sends.slice(0, 2))).toEqual([refused('UNCROSSABLE'), refused('UNCROSSABLE')])
    await sends[2]
  })
})

it('waits when no word is free by which two threads agree, and a thread that ends leaves none behind', async () => {
  const other = await start({ schedulers: 1, eager: true })
  const owners = new Int32Array(getEnvironmentData('rumpus/0/claims') as unknown as SharedArrayBuffer).subarray(0, 1024)
  const mine = owners.map((owner, block) => (owner === 0 ? Atomics.compareExchange(owners, block, 0, 999_999) : 1))
  const fiber = fifo.current()
  const channel = SharedChannel.create<number>(other, 0)
  await scope(fiber, async (scope) => {
    const to = { runtime: other, on: 1 }
    scope.fork((mine) => parallel(mine, bodies.sends.with(to), channel.handle, 5, 1, false))
    expect(await select(scope, [channel.receiving(), elapsed(20).wrap(() => 'none')])).toBe('none')
    for (const [block, taken] of mine.entries()) if (taken === 0) Atomics.store(owners, block, 0)
    expect(await channel.receive(scope)).toBe(5)
  })
  const before = owners.filter((owner) => owner !== 0).length
  await other.stop()
  expect(owners.filter((owner) => owner !== 0)).toHaveLength(before - 1)
})
