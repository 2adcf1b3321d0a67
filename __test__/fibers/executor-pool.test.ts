// Goal: each core has so much work at a time, in the order of asking, and who was cancelled in the line never begins. Method: jobs that
// wait until they are told, on every executor against real threads, and random ones against a ledger.

import { type Runtime, start } from 'rumpus'
import { Cancelled, Computation, type Fiber, fifo, random } from 'rumpus/effect'
import { ExecutorPool, parallel } from 'rumpus/fibers'
import { type Scope, scope } from 'rumpus/structured'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { executors } from '../effect/executors.ts'
import * as bodies from '../fixtures/parallel-bodies.mjs'

let runtime: Runtime
beforeAll(async () => {
  runtime = await start({ schedulers: 2, eager: true })
})
afterAll(() => runtime.stop())

const errorOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error) => error,
  )

/** Starts a job that runs until it is stopped; answers what stops it, and its end. */
const job = (parent: Scope, pool: ExecutorPool, weight: number) => {
  const stop = new Computation<never>()
  const end = parent.fork(async (fiber) => {
    const link = fiber.computation.attachCanceler(stop)
    const mine = fiber.computation
    fiber.computation = stop
    const error = await errorOf(pool.run(fiber, weight, bodies.waits, 'job', 'throw'))
    fiber.computation = mine
    mine.detach(link)
    return error
  })
  return { stop: () => stop.cancel('told to stop'), end }
}

/** Waits until it is true. */
const until = async ({ fiber }: { fiber: Fiber }, isTrue: () => boolean): Promise<void> => {
  while (!isTrue()) await fiber.yield()
}

describe.each(executors.filter(({ name }) => name !== 'native under simulate'))('$name', ({ execute }) => {
  it('runs jobs on its schedulers, and answers what they do', () =>
    execute(async (fiber) => {
      const pool = new ExecutorPool(runtime)
      const threads = await scope(fiber, (scope) =>
        Promise.all([1, 2, 3, 4].map(() => scope.fork((mine) => pool.run(mine, 1, bodies.thread)))),
      )
      expect(new Set(threads).size).toBe(2)
      expect(await errorOf(pool.run(fiber, 1, bodies.told, 'throw'))).toMatchObject({ message: 'as told' })
      const one = new ExecutorPool(runtime, { schedulers: [2] })
      expect(await one.run(fiber, 0.5, bodies.thread)).toBe(
        await parallel(fiber, bodies.thread.with({ runtime, on: 2 })),
      )
      expect([pool.running, pool.waiting]).toEqual([0, 0])
    }))

  it('takes jobs while a core has less than 1, the first that came first', () =>
    execute((fiber) =>
      scope(fiber, async (scope) => {
        const pool = new ExecutorPool(runtime, { schedulers: [1] })
        const light = job(scope, pool, 0.9)
        await until(scope, () => pool.running === 1)
        const heavy = job(scope, pool, 1)
        await until(scope, () => pool.running === 2)
        const [third, fourth] = [job(scope, pool, 0.1), job(scope, pool, 0.1)]
        await until(scope, () => pool.waiting === 2)
        light.stop()
        await light.end
        // The heavy one alone is enough.
        expect([pool.running, pool.waiting]).toEqual([1, 2])
        heavy.stop()
        await until(scope, () => pool.running === 2)
        for (const one of [third, fourth]) one.stop()
        for (const one of [heavy, third, fourth]) expect(await one.end).toBeInstanceOf(Cancelled)
        expect([pool.running, pool.waiting]).toEqual([0, 0])
      }),
    ))

  it('never begins a job that was cancelled in the line, and gives its room on', () =>
    execute((fiber) =>
      scope(fiber, async (scope) => {
        const pool = new ExecutorPool(runtime, { schedulers: [1] })
        const first = job(scope, pool, 1)
        await until(scope, () => pool.running === 1)
        const spawned = runtime.inspect().processes.spawned
        const waiting = Array.from({ length: 200 }, () => job(scope, pool, 1))
        await until(scope, () => pool.waiting === 200)
        const last = scope.fork((mine) => pool.run(mine, 1, bodies.square, 3))
        await until(scope, () => pool.waiting === 201)
        for (const one of waiting) one.stop()
        for (const one of waiting) await one.end
        expect(pool.waiting).toBe(1)
        expect(runtime.inspect().processes.spawned).toBe(spawned)
        first.stop()
        expect(await last).toBe(9)
      }),
    ))

  it('takes no more when it is closed, refuses who waits, and waits for who runs', () =>
    execute((fiber) =>
      scope(fiber, async (scope) => {
        const pool = new ExecutorPool(runtime, { schedulers: [1] })
        const first = job(scope, pool, 1)
        await until(scope, () => pool.running === 1)
        const refused = scope.fork((mine) => errorOf(pool.run(mine, 1, bodies.square, 3)))
        await until(scope, () => pool.waiting === 1)
        let isOver = false
        const closing = scope.fork((mine) => pool.close(mine).then(() => (isOver = true)))
        expect(await refused).toMatchObject({ code: 'ERR_RUMPUS_CLOSED' })
        expect([pool.isClosed, isOver]).toEqual([true, false])
        first.stop()
        await closing
        expect(await errorOf(pool.run(scope, 1, bodies.square, 3))).toMatchObject({ code: 'ERR_RUMPUS_CLOSED' })
        await new ExecutorPool(runtime).close(scope)
      }),
    ))

  it('refuses what is no argument', () =>
    execute(async (fiber) => {
      const [bad, far] = ['ERR_RUMPUS_BAD_ARGUMENT', 'ERR_RUMPUS_OUT_OF_RANGE'].map((code) =>
        expect.objectContaining({ code }),
      )
      expect(() => new ExecutorPool({} as never)).toThrow(bad)
      for (const schedulers of [[], [3], [1.5], 1]) {
        expect(() => new ExecutorPool(runtime, { schedulers: schedulers as never })).toThrow(far)
      }
      const pool = new ExecutorPool(runtime)
      for (const weight of [0, -1, 1.1, Number.NaN, '1']) {
        expect(() => pool.run(fiber, weight as never, bodies.square, 1)).toThrow(far)
      }
      expect(await errorOf(pool.run(fiber, 1, {} as never))).toEqual(bad)
      expect(pool.running).toBe(0)
    }))
})

it('is no deadlock for who stands in line, however long those are at work who came from elsewhere', async () => {
  const pool = new ExecutorPool(runtime, { schedulers: [1] })
  // Longer than random waits for what may never come.
  const slow = pool.run(fifo.current(), 1, bodies.told, 'slow')
  expect(await random({ seed: 1 }, (fiber) => pool.run(fiber, 1, bodies.square, 3))).toBe(9)
  expect(await slow).toBe('slow')
})
