// Goal: a body on another core is a child like any: heard, joined, cancelled, never lost. Method: programs on every executor against
// real threads, and some whose fiber is of a process.

import { exit, type Runtime, run, type Self, send, start } from 'rumpus'
import { Cancelled, fifo } from 'rumpus/effect'
import { fiberOf, type ParallelDefinition, parallel } from 'rumpus/fibers'
import { all, race, StillHasChildren, scope } from 'rumpus/structured'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { executors } from '../effect/executors.ts'
import * as bodies from '../fixtures/parallel-bodies.mjs'

let runtime: Runtime
beforeAll(async () => {
  runtime = await start({ schedulers: 2, eager: true })
})
afterAll(() => runtime.stop())

const there = <A extends readonly unknown[], R>(definition: ParallelDefinition<A, R>, on: 'any' | number = 'any') =>
  definition.with({ runtime, on })
const errorOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error) => error,
  )

// A simulation has no other threads; its own are below.
describe.each(executors.filter(({ name }) => name !== 'native under simulate'))('$name', ({ execute }) => {
  it('answers what the body returns, on another thread', () =>
    execute(async (fiber) => {
      expect(await parallel(fiber, there(bodies.square), 7)).toBe(49)
      const threads = await all(
        fiber,
        [1, 2].map((on) => (mine) => parallel(mine, there(bodies.thread, on))),
      )
      expect(new Set(threads).size).toBe(2)
      expect(await parallel(fiber, there(bodies.told), 'scope')).toBe(3)
    }))

  it('rejects with what it throws, as that crosses', () =>
    execute(async (fiber) => {
      const failing = async (what: string): Promise<unknown> => errorOf(parallel(fiber, there(bodies.told), what))
      const error = await failing('throw')
      expect(error).toBeInstanceOf(RangeError)
      expect(error).toMatchObject({ message: 'as told', code: 'E_TOLD' })
      expect(await failing('throw function')).toMatchObject({ message: 'as told' })
      expect(await failing('function')).toMatchObject({ code: 'ERR_RUMPUS_UNCROSSABLE' })
      const body = scope(fiber, (scope) => void scope.fork((mine) => parallel(mine, there(bodies.told), 'throw')))
      expect(await errorOf(body)).toMatchObject({ message: 'as told' })
    }))

  it('is cancelled with its fiber, for the same reason, and is waited for', () =>
    execute(async (fiber) => {
      const waits = there(bodies.waits, 1)
      const ended = async (): Promise<unknown> => parallel(fiber, there(bodies.ended, 1))
      await ended() // of other tests
      const failing = scope(fiber, async (scope) => {
        scope.fork((mine) => parallel(mine, waits, 'child', 'throw'))
        await scope.fiber.sleep(2)
        throw new Error('body')
      })
      expect(await errorOf(failing)).toMatchObject({ message: 'body' })
      const seen = (await ended()) as [string, Error][]
      // One that has not begun when it is cancelled never begins.
      expect(seen.map(([name, reason]) => [name, reason.message])).toEqual(seen.length === 0 ? [] : [['child', 'body']])

      let isSpawned = false
      const decided = race(fiber, [
        (mine) => {
          const loser = parallel(mine, waits, 'loser', 'throw')
          isSpawned = true
          return loser
        },
        async (mine) => {
          while (!isSpawned) await mine.yield()
          await parallel(mine, there(bodies.square, 1), 2) // behind it, on that thread
          return 'winner'
        },
      ])
      expect(await decided).toBe('winner')
      expect(await ended()).toEqual([['loser', 'another was first']])
    }))

  it('keeps a value that came all the same, and loses no error of a clean-up', () =>
    execute(async (fiber) => {
      const cancelling = async (then: 'throw' | 'fail' | 'return'): Promise<unknown> => {
        let outcome: unknown
        await scope(fiber, async (outer) => {
          let isSpawned = false
          outer.fork(async (mine) => {
            const waits = parallel(mine, there(bodies.waits, 2), then, then)
            isSpawned = true
            outcome = await waits.catch((error) => error)
          })
          while (!isSpawned) await outer.fiber.yield()
          await parallel(outer.fiber, there(bodies.square, 2), 1) // behind it
          outer.cancel('enough')
        })
        return outcome
      }
      expect(await cancelling('return')).toBe('kept')
      expect(await cancelling('fail')).toMatchObject({ message: 'fail failed in its clean-up' })
      expect(await cancelling('throw')).toBeInstanceOf(Cancelled)
      await parallel(fiber, there(bodies.ended, 2))
    }))

  it('is owed an await in a strict scope, as any child, and called by its name', () =>
    execute(async (fiber) => {
      const strict = { strict: true } as const
      const sum = scope(
        fiber,
        async (scope) => {
          const children = [1, 2, 3].map((n) => scope.fork((mine) => parallel(mine, there(bodies.square), n)))
          const lost = scope.fork((mine) => parallel(mine, there(bodies.waits), 'lost', 'throw'))
          const settled = await scope.awaitAll(children)
          await lost.cancel(scope)
          return settled.map((one) => (one.status === 'fulfilled' ? one.value : 0))
        },
        strict,
      )
      expect(await sum).toEqual([1, 4, 9])
      const forgets = scope(
        fiber,
        (scope) => void scope.fork((mine) => parallel(mine, there(bodies.square), 2), { name: 'square' }),
        strict,
      )
      const error = await errorOf(forgets)
      expect(error).toBeInstanceOf(StillHasChildren)
      expect(error).toMatchObject({ children: [{ name: 'square' }] })
    }))

  it('rejects when the other end is lost with its thread', () =>
    execute(async (fiber) => {
      const error = await errorOf(parallel(fiber, there(bodies.told, 2), 'end thread'))
      expect(error).toMatchObject({ code: 'ERR_RUMPUS_DOWN', cause: { kind: 'scheduler-down' } })
      expect(await parallel(fiber, there(bodies.square, 2), 3)).toBe(9)
    }))

  it('is no deadlock, however long it takes', () =>
    execute(async (fiber) => {
      // Longer than random waits for what may never come.
      expect(await parallel(fiber, there(bodies.told), 'slow')).toBe('slow')
    }))

  it('is not begun by a fiber that is cancelled', () =>
    execute(async (fiber) => {
      const before = runtime.inspect().processes.spawned
      const cancelled = scope(fiber, async (scope) => {
        scope.cancel('enough')
        await parallel(scope, there(bodies.square), 1)
      })
      expect(await errorOf(cancelled)).toBeInstanceOf(Cancelled)
      expect(runtime.inspect().processes.spawned).toBe(before)
    }))

  it('refuses what is no argument', () =>
    execute(async (fiber) => {
      const bad = expect.objectContaining({ code: 'ERR_RUMPUS_BAD_ARGUMENT' })
      expect(await errorOf(parallel(fiber, {} as never))).toEqual(bad)
      expect(await errorOf(parallel({} as never, there(bodies.square), 1))).toEqual(bad)
      expect(await errorOf(parallel(fiber, bodies.square.with({ runtime: {} as never }), 1))).toEqual(bad)
      expect(await errorOf(parallel(fiber, there(bodies.told), (() => {}) as never))).toMatchObject({
        code: 'ERR_RUMPUS_UNCROSSABLE',
      })
    }))
})

it('needs no runtime in a process, and runs others in turn', () =>
  run(
    async (self) => {
      expect(await parallel(fiberOf(self), bodies.sum, 5)).toBe(30)
      const error = await errorOf(parallel(fifo.current(), bodies.square, 1))
      expect(error).toMatchObject({ code: 'ERR_RUMPUS_NO_RUNTIME' })
    },
    { schedulers: 2 },
  ))

it('is cancelled through two cores when its process must end', () =>
  run(
    async (self: Self<unknown>) => {
      const root = fiberOf(self)
      const [pid] = self.spawnMonitor((me) =>
        scope(fiberOf(me), async (scope) => {
          scope.fork((fiber) => parallel(fiber, bodies.waitsInTurn.with({ on: 1 }), 2))
          await parallel(scope.fiber, bodies.square.with({ on: 1 }), 1)
          await parallel(scope.fiber, bodies.square.with({ on: 2 }), 1)
          send(self.pid, 'ready')
          await scope.join()
        }),
      )
      expect(await self.receive()).toBe('ready')
      exit(pid, 'shutdown')
      expect(await self.receive()).toMatchObject({ type: 'down', reason: { kind: 'shutdown' } })
      const ends = (await parallel(root, bodies.ended.with({ on: 2 }))) as [string, unknown][]
      expect(ends.map(([name]) => name)).toEqual(['grandchild'])
    },
    { schedulers: 2 },
  ))

it('ends with the thread that waits for it', () =>
  run(
    (self) =>
      scope(fiberOf(self), async (scope) => {
        const lost = scope.fork((mine) => errorOf(parallel(mine, bodies.waitsInTurn.with({ on: 1 }), 2)))
        for (const on of [1, 2]) await parallel(scope, bodies.square.with({ on }), 1) // behind it, on both
        await errorOf(parallel(scope, bodies.told.with({ on: 1 }), 'end thread'))
        expect(await lost).toMatchObject({ code: 'ERR_RUMPUS_DOWN' })
        let ends: [string, unknown][] = []
        while (ends.length === 0) ends = (await parallel(scope, bodies.ended.with({ on: 2 }))) as typeof ends
        expect(ends[0]?.[0]).toBe('grandchild')
      }),
    { schedulers: 2 },
  ))
