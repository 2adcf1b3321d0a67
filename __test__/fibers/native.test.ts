// Goal: the fibers of a process live and end with it, and take nobody's turn. Method: processes whose bodies open scopes, on
// threads and under simulation.

import { exit, ProcessExit, run, type Self, send, simulate } from 'rumpus'
import { Cancelled, Computation, type Fiber, Trigger } from 'rumpus/effect'
import { fiberOf } from 'rumpus/fibers'
import { scope } from 'rumpus/structured'
import { describe, expect, it } from 'vitest'

const forever = (fiber: Fiber): Promise<never> => fiber.wait(new Computation<never>())

describe('fiberOf', () => {
  it('is one fiber for one process, and refuses what is none', () =>
    run(async (self) => {
      expect(fiberOf(self)).toBe(fiberOf(self))
      for (const none of [undefined, {}, self.pid]) {
        expect(() => fiberOf(none as never)).toThrow(expect.objectContaining({ code: 'ERR_RUMPUS_BAD_ARGUMENT' }))
      }
    }))

  it('is cancelled when the process must end; its death waits for what the scope waits for', () =>
    run(async (self: Self<unknown>) => {
      const seen: unknown[] = []
      const [pid] = self.spawnMonitor(async (me) => {
        await scope(fiberOf(me), async (scope) => {
          scope.onRelease(() => seen.push('released'))
          scope.fork(async (fiber) => {
            try {
              await forever(fiber)
            } catch (error) {
              await fiber.forbid(() => fiber.sleep(5))
              seen.push(error)
              throw error
            }
          })
          send(self.pid, 'ready')
          await forever(scope.fiber)
        })
      })
      expect(await self.receive()).toBe('ready')
      exit(pid, 'shutdown')
      expect(await self.receive()).toMatchObject({ type: 'down', reason: { kind: 'shutdown' } })
      expect(seen).toEqual([expect.objectContaining({ cause: expect.any(ProcessExit) }), 'released'])
      expect(seen[0]).toBeInstanceOf(Cancelled)
    }))

  it('is cancelled already when asked for by a process that must end', () =>
    run(async (self: Self<unknown>) => {
      let late: unknown
      const [pid] = self.spawnMonitor(async (me) => {
        send(self.pid, 'ready')
        await me.receive().catch(() => {})
        late = fiberOf(me).cancellation
      })
      await self.receive()
      exit(pid, 'shutdown')
      await self.receive()
      expect(late).toBeInstanceOf(Cancelled)
    }))

  it('leaves receive to the body while its fibers wait for other things', () =>
    run((self: Self<number>) =>
      scope(fiberOf(self), async (scope) => {
        const trigger = new Trigger()
        const child = scope.fork(async (fiber) => {
          await fiber.await(trigger)
          send(self.pid, 2)
          await fiber.sleep(1)
          send(self.pid, 3)
        })
        send(self.pid, 1)
        expect(await self.receive()).toBe(1)
        trigger.signal()
        expect(await self.receive()).toBe(2)
        expect(await self.receive()).toBe(3)
        await child
      }),
    ))
})

const busy = async (self: Self<unknown>, over: () => boolean): Promise<void> => {
  await scope(fiberOf(self), (scope) => {
    for (let i = 0; i < 10; i++) {
      scope.fork(async (fiber) => {
        while (!over()) await fiber.yield()
      })
    }
  })
}

it('other processes, and the event loop, have their turn whatever the fibers do', () =>
  run(async (self: Self<unknown>) => {
    let over = false
    self.spawnMonitor((me) => busy(me as Self<unknown>, () => over))
    const echo = self.spawn(async (me: Self<number>) => {
      for await (const n of me) send(self.pid, n)
    })
    for (let n = 0; n < 1000; n++) {
      send(echo, n)
      expect(await self.receive()).toBe(n)
    }
    await new Promise((resolve) => setTimeout(resolve, 5))
    over = true
    expect(await self.receive()).toMatchObject({ type: 'down', reason: { kind: 'normal' } })
  }))

it('fibers have their turn whatever the processes do', () =>
  run(async (self: Self<unknown>) => {
    let over = false
    for (let i = 0; i < 2; i++) {
      self.spawn(async (me) => {
        for (; !over; await me.receive()) send(me.pid, 'again')
      })
    }
    await scope(fiberOf(self), async (scope) => {
      for (let i = 0; i < 1000; i++) await scope.fiber.yield()
    })
    over = true
  }))

it('runs on scheduler threads, for definitions', async () => {
  const url = new URL('../fixtures/fiber-bodies.mjs', import.meta.url).href
  const { adds } = await import(url)
  const answers = await run(
    async (self: Self<number>) => {
      for (let n = 0; n < 4; n++) self.spawn(adds, self.pid, n)
      return [await self.receive(), await self.receive(), await self.receive(), await self.receive()]
    },
    { schedulers: 2 },
  )
  expect(answers.sort()).toEqual([1, 3, 5, 7])
})

it('under simulation an hour takes no time', () =>
  simulate({ seed: 1 }, async (self, simulation) => {
    await scope(fiberOf(self), (scope) => void scope.fork((fiber) => fiber.sleep(3_600_000)))
    expect(simulation.now()).toBeGreaterThanOrEqual(3_600_000)
  }))
