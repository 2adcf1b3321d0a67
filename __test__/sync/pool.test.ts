// Goal: a pool has never more than its capacity, lends each to one at a time, and disposes of each once, whatever is cancelled when.
// Method: programs on every executor that keep books of what was made and what was ended; fibers cancelled one by one at random
// under the seeded executor.

import { Computation, Fiber, fifo, random } from 'rumpus/effect'
import { forEach } from 'rumpus/structured'
import { Ivar, Latch, Pool, type PoolOptions } from 'rumpus/sync'
import { describe, expect, it } from 'vitest'
import { executors } from '../effect/executors.ts'
import { dice } from '../fixtures/random.mjs'

const refused = (code: string) => expect.objectContaining({ code: `ERR_RUMPUS_${code}` })

const nextPass = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

interface Made {
  readonly number: number
  users: number
  ended: boolean
}

/** A pool that keeps books. */
const booked = (options: Partial<PoolOptions<Made>> & { capacity: number }) => {
  const made: Made[] = []
  const pool = new Pool<Made>({
    ...options,
    create: async (fiber) => {
      await options.create?.(fiber)
      const one = { number: made.length, users: 0, ended: false }
      made.push(one)
      expect(made.filter(({ ended }) => !ended).length).toBeLessThanOrEqual(options.capacity)
      return one
    },
    dispose: async (one) => {
      expect([one.ended, one.users]).toEqual([false, 0])
      // Only then is there room for another.
      try {
        await options.dispose?.(one)
      } finally {
        one.ended = true
      }
    },
  })
  const use = <T>(fiber: Fiber, act: (one: Made) => T | PromiseLike<T>) =>
    pool.use(fiber, async (one) => {
      expect([one.ended, ++one.users]).toEqual([false, 1])
      try {
        return await act(one)
      } finally {
        one.users--
      }
    })
  const numbers = () => made.map(({ number, ended }) => (ended ? `-${number}` : `${number}`)).join(' ')
  return { pool, use, made, numbers }
}

describe.each(executors)('$name', ({ execute, inOrder }) => {
  it('lends each to one at a time, the last used first, and makes no more than its capacity', () =>
    execute(async (fiber) => {
      const { pool, use, numbers } = booked({ capacity: 2 })
      await forEach(fiber, [1, 2, 3, 4, 5], (_, mine) => use(mine, () => mine.yield()))
      expect(pool.inUse).toBe(0)
      expect(['0', '0 1']).toContain(numbers())
      const one = await use(fiber, ({ number }) => number)
      expect(await use(fiber, ({ number }) => number)).toBe(one)
      const idle = pool.idle
      await use(fiber, () => expect([pool.idle, pool.inUse]).toEqual([idle - 1, 1]))
      await pool.close(fiber)
      expect([pool.idle, pool.inUse, pool.isClosed]).toEqual([0, 0, true])
      expect(['-0', '-0 -1']).toContain(numbers())
    }))

  it('disposes of what an error was thrown with, and of what is not valid', () =>
    execute(async (fiber) => {
      const valid = [true, false, true]
      let asked = 0
      const { use, numbers } = booked({
        capacity: 1,
        validate: () => {
          asked++
          const answer = valid.shift()
          if (answer === undefined) throw new Error('no answer')
          return answer
        },
      })
      await expect(use(fiber, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
      expect([numbers(), asked]).toEqual(['-0', 0])
      for (const after of ['-0 1', '-0 1', '-0 -1 2', '-0 -1 2', '-0 -1 -2 3']) {
        await use(fiber, () => {})
        expect(numbers()).toBe(after)
      }
      expect(asked).toBe(4)
    }))

  it('goes on when one cannot be made, or cannot be disposed of, and says so', () =>
    execute(async (fiber) => {
      const failing = new Set(['create', 'dispose'])
      const fail = (what: string) => {
        if (failing.has(what)) throw new Error(what)
      }
      const { pool, use } = booked({
        capacity: 1,
        create: () => fail('create') as never,
        dispose: () => fail('dispose'),
      })
      await expect(use(fiber, () => {})).rejects.toThrow('create')
      failing.delete('create')
      const error = new Error('act')
      await expect(use(fiber, () => Promise.reject(error))).rejects.toMatchObject({
        errors: [error, expect.objectContaining({ message: 'dispose' })],
      })
      expect([pool.idle, pool.inUse]).toEqual([0, 0])
      await use(fiber, () => {})
      await expect(pool.close(fiber)).rejects.toThrow('dispose')
      expect([pool.idle, pool.inUse]).toEqual([0, 0])
    }))

  it('disposes of one that is idle for too long', () =>
    execute(async (fiber) => {
      const gone = new Ivar<number>()
      const { pool, use, numbers } = booked({ capacity: 1, idleMs: 5, dispose: ({ number }) => gone.fill(number) })
      await use(fiber, () => {})
      expect([pool.idle, numbers()]).toEqual([1, '0'])
      expect(await gone.read(fiber)).toBe(0)
      expect(await use(fiber, ({ number }) => number)).toBe(1)
      expect(numbers()).toBe('-0 1')
    }))

  it('closes when what is in use has come back, refuses who waits and who comes', () =>
    execute(async (fiber) => {
      const { pool, use, numbers } = booked({ capacity: 1 })
      const [begun, open] = [new Latch(1), new Latch(1)]
      const user = fiber.fork((mine) =>
        use(mine, async () => {
          begun.countDown()
          await open.wait(mine)
          return 'whole'
        }),
      )
      await begun.wait(fiber)
      const waits = fiber.fork((mine) => use(mine, () => {}).catch((error) => error))
      await fiber.yield()
      const impatient = new Fiber(fiber.handler, new Computation<never>())
      const first = fiber.handler.spawn(fiber, impatient, (mine) => pool.close(mine).catch((error) => error))
      expect(await waits).toEqual(refused('CLOSED'))
      impatient.computation.cancel('now')
      expect(await first).toBe(impatient.computation.cancellation)
      const closed = fiber.fork((mine) => pool.close(mine))
      await expect(use(fiber, () => {})).rejects.toEqual(refused('CLOSED'))
      expect([pool.isClosed, numbers()]).toEqual([true, '0'])
      open.countDown()
      expect(await user).toBe('whole')
      await closed
      expect([pool.inUse, numbers()]).toEqual([0, '-0'])
      await pool.close(fiber)
    }))

  it('has one more for who would not wait, ends it after its use, and waits for it when it closes', () =>
    execute(async (fiber) => {
      const log: string[] = []
      let made = 0
      const pool = new Pool({ capacity: 1, create: () => ++made, dispose: (one) => log.push(`ended ${one}`) })
      const never = { neverBlock: true }
      await pool.use(fiber, async (outer, mine) => {
        expect(await pool.use(mine, (inner) => [outer, inner, pool.inUse], never)).toEqual([1, 2, 2])
        expect([log, pool.inUse, pool.idle]).toEqual([['ended 2'], 1, 0])
        await expect(pool.use(mine, () => Promise.reject(new Error('act')), never)).rejects.toThrow('act')
      })
      expect([log, pool.inUse, pool.idle]).toEqual([['ended 2', 'ended 3'], 0, 1])
      // With room it is as any use.
      expect(await pool.use(fiber, (one) => one, never)).toBe(1)
      const holds = new Ivar<void>()
      const held = new Latch(2)
      const use = (mine: Fiber) =>
        pool.use(
          mine,
          () => {
            held.countDown()
            return holds.read(mine)
          },
          never,
        )
      const uses = [fiber.fork(use), fiber.fork(use)]
      const closes = held.wait(fiber).then(() => {
        const closing = pool.close(fiber)
        holds.fill()
        return closing
      })
      await closes
      expect([log.slice(2).sort(), pool.inUse]).toEqual([['ended 1', 'ended 4'], 0])
      await Promise.all(uses)
      await expect(pool.use(fiber, () => 0, never)).rejects.toEqual(refused('CLOSED'))
      for (const options of [{ neverBlock: 1 }, { neverblock: true }]) {
        expect(() => pool.use(fiber, () => 0, options as never)).toThrow(refused('BAD_ARGUMENT'))
      }
    }))

  it('makes none for who was given a place in the moment in which it closed', () =>
    execute(async (fiber) => {
      const { pool, use, numbers } = booked({ capacity: 1, dispose: nextPass })
      const waits = fiber.fork(async (mine) => {
        const first = mine.fork((theirs) => use(theirs, () => theirs.sleep(1)))
        const second = mine.fork((theirs) => use(theirs, () => 'had it').catch((error) => error))
        await first
        await pool.close(mine)
        return second
      })
      expect(await waits).toEqual(inOrder ? refused('CLOSED') : expect.anything())
      expect([pool.inUse, pool.idle, numbers()]).toEqual([0, 0, expect.stringMatching(/^-0( -1)?$/)])
    }))

  it('refuses what is no pool', () =>
    execute((fiber) => {
      const create = () => 1
      for (const options of [
        1,
        { capacity: 1 },
        { capacity: 1, create, dispose: 1 },
        { capacity: 1, create, validate: 1 },
      ]) {
        expect(() => new Pool(options as never)).toThrow(refused('BAD_ARGUMENT'))
      }
      for (const options of [
        { capacity: 0, create },
        { capacity: 1, create, idleMs: -1 },
      ]) {
        expect(() => new Pool(options)).toThrow(refused('OUT_OF_RANGE'))
      }
      expect(() => new Pool({ capacity: 1, create }).use(fiber, 1 as never)).toThrow(refused('BAD_ARGUMENT'))
    }))
})

it('time begins anew with each use', () =>
  random({ seed: 1 }, async (fiber) => {
    const { pool, use, numbers } = booked({ capacity: 1, idleMs: 1000 })
    for (let n = 0; n < 5; n++) {
      await use(fiber, () => {})
      await fiber.sleep(900)
    }
    expect([pool.idle, numbers()]).toEqual([1, '0'])
    await fiber.sleep(200)
    expect([pool.idle, numbers()]).toEqual([0, '-0'])
  }))

/** Fibers that use a pool, cancelled one by one; answers in which of their steps. */
const program = async (root: Fiber, seed: number, hits: Map<string, number>): Promise<void> => {
  const below = dice(seed)
  const doing = new Map<Fiber, string>()
  const { pool, made } = booked({
    capacity: 2,
    idleMs: 3,
    create: async (fiber) => {
      doing.set(fiber, 'create')
      await fiber.sleep(below(6))
      return undefined as never
    },
    validate: async (_, fiber) => {
      doing.set(fiber, 'validate')
      await fiber.sleep(below(4))
      return below(3) > 0
    },
    dispose: async () => {
      const mine = new Fiber(root.handler, new Computation<never>())
      for (let n = below(5); n > 0; n--) await mine.yield()
    },
  })
  const works = async (fiber: Fiber): Promise<void> => {
    for (;;) {
      doing.set(fiber, 'wait')
      await pool.use(fiber, async () => {
        doing.set(fiber, 'use')
        await (below(2) === 0 ? fiber.yield() : fiber.sleep(below(4)))
      })
      doing.set(fiber, 'rest')
      if (below(3) === 0) await fiber.sleep(below(9))
    }
  }
  const children = Array.from({ length: 5 }, () => {
    const fiber = new Fiber(root.handler, new Computation<never>())
    const done = root.handler.spawn(root, fiber, works).catch((error) => {
      expect(error).toBe(fiber.computation.cancellation)
    })
    return { fiber, done }
  })
  while (children.length > 0) {
    // While somebody yields no time passes; while all sleep, it does.
    for (let n = below(4); n > 0; n--) await root.sleep(below(9))
    for (let n = below(8); n > 0; n--) await root.yield()
    const [one] = children.splice(below(children.length), 1)
    if (one === undefined) continue
    one.fiber.computation.cancel('now')
    const what = doing.get(one.fiber) ?? 'begin'
    hits.set(what, (hits.get(what) ?? 0) + 1)
    await one.done
  }
  await pool.close(root)
  expect([pool.idle, pool.inUse, made.filter(({ ended }) => !ended)]).toEqual([0, 0, []])
}

it('loses none, in whatever order, and is cancelled at each step many times', async () => {
  const hits = new Map<string, number>()
  const seeds = Number(process.env.RUMPUS_SEEDS ?? 200)
  for (let seed = 1; seed <= seeds; seed++) await random({ seed }, (fiber) => program(fiber, seed, hits))
  for (const what of ['wait', 'create', 'validate', 'use'])
    expect(hits.get(what) ?? 0, what).toBeGreaterThan(seeds / 10)
})

it('loses none in the order of fifo', async () => {
  for (let seed = 1; seed <= 50; seed++) await program(fifo.current(), seed, new Map())
})
