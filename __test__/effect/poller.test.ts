// Goal: a source of a user's own wakes whom it means, hears of whom it need not, and is asked only when there is reason to. Method: a
// source that counts, on every executor; and random waits, of which each must be over once.

import { Cancelled, type Fiber, Poller, random, type SelectAsked, type Suspension } from 'rumpus/effect'
import { all, scope } from 'rumpus/structured'
import { describe, expect, it } from 'vitest'
import { dice } from '../fixtures/random.mjs'
import { executors } from './executors.ts'

const errorOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error) => error,
  )

/** Events that somebody posts. */
class Post {
  readonly counts = { asked: 0, blocked: 0, interrupts: 0, closed: 0 }
  readonly forgotten: Suspension[] = []
  readonly registered: Suspension[] = []
  private readonly come: Suspension[] = []
  private rouse: (() => void) | undefined

  /** The event of `one` has come. */
  post(one: Suspension): void {
    this.come.push(one)
    this.rouse?.()
  }

  readonly register = (one: Suspension): void => void this.registered.push(one)

  select({ block, cancelled }: SelectAsked): Suspension[] | Promise<Suspension[]> {
    this.counts.asked++
    this.forgotten.push(...cancelled)
    if (!block || this.come.length > 0) return this.come.splice(0)
    this.counts.blocked++
    return new Promise((resolve) => {
      this.rouse = () => {
        this.rouse = undefined
        resolve(this.come.splice(0))
      }
    })
  }

  interrupt(): void {
    this.counts.interrupts++
    if (this.rouse === undefined) throw new Error('nobody waits')
    this.rouse()
  }

  close(): void {
    this.counts.closed++
  }
}

describe.each(executors)('$name', ({ execute, name }) => {
  it('wakes who waits for what has come, and nobody else', () =>
    execute(async (fiber) => {
      const post = new Post()
      const poller = new Poller(fiber, post)
      const order: number[] = []
      await scope(fiber, async (scope) => {
        for (const n of [0, 1, 2]) {
          scope.fork(async (mine) => {
            await poller.suspend(mine, post.register, `event ${n}`)
            order.push(n)
          })
        }
        while (post.registered.length < 3) await scope.fiber.yield()
        expect(poller.size).toBe(3)
        const named = (n: number) => post.registered.find((one) => one.name === `event ${n}`)!
        for (const n of [2, 0, 1]) {
          post.post(named(n))
          while (order.length === 0 || order.at(-1) !== n) await scope.fiber.yield()
          expect(named(n).isOver).toBe(true)
        }
      })
      expect([order, poller.size]).toEqual([[2, 0, 1], 0])
      await poller.close()
      expect(post.counts.closed).toBe(1)
    }))

  it('tells the source of a wait that was cancelled, once, and keeps an event that came', () =>
    execute(async (fiber) => {
      const post = new Post()
      const poller = new Poller(fiber, post)
      const outcomes: unknown[] = []
      const wait = (mine: Fiber): Promise<unknown> =>
        poller.suspend(mine, post.register).then(
          () => outcomes.push('event'),
          (error) => outcomes.push(error),
        )
      await scope(fiber, async (scope) => {
        scope.fork(wait)
        while (poller.size < 1) await scope.fiber.yield()
        scope.cancel('enough')
      })
      expect(outcomes).toEqual([expect.any(Cancelled)])
      while (post.forgotten.length === 0) await fiber.yield()
      expect(post.forgotten).toEqual(post.registered)
      // Answered all the same, it is nobody's.
      post.post(post.registered[0]!)
      await scope(fiber, async (scope) => {
        scope.fork(wait)
        while (poller.size < 1) await scope.fiber.yield()
        post.post(post.registered[1]!)
        while (!post.registered[1]!.isOver) await new Promise((resolve) => setImmediate(resolve))
        scope.cancel('too late')
      })
      expect(outcomes[1]).toBe('event')
      await poller.close()
      expect(post.forgotten).toHaveLength(1)
    }))

  it('asks nothing while nobody waits, and interrupts one wait at most once', () =>
    execute(async (fiber) => {
      const post = new Post()
      const poller = new Poller(fiber, post)
      for (let i = 0; i < 5; i++) await fiber.yield()
      expect(post.counts.asked).toBe(0)
      await scope(fiber, async (scope) => {
        scope.fork((mine) => poller.suspend(mine, post.register))
        // Nothing is ready, so that random, too, comes to wait for it.
        while (post.counts.blocked === 0) await new Promise((resolve) => setImmediate(resolve))
        for (let i = 0; i < 10; i++) scope.fork((mine) => poller.suspend(mine, post.register))
        while (poller.size < 11) await scope.fiber.yield()
        for (const one of post.registered) post.post(one)
      })
      expect(post.counts.interrupts).toBeLessThanOrEqual(post.counts.blocked)
      const { asked } = post.counts
      for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve))
      expect(post.counts.asked).toBe(asked)
      await poller.close()
    }))

  it('is content with a source that never waits', () =>
    execute(async (fiber) => {
      const later = new Map<Suspension, number>()
      const poller = new Poller(fiber, {
        select({ cancelled }) {
          for (const one of cancelled) later.delete(one)
          for (const [one, ticks] of later) later.set(one, ticks - 1)
          const due = [...later].filter(([, ticks]) => ticks === 0).map(([one]) => one)
          for (const one of due) later.delete(one)
          return due
        },
        interrupt() {},
      })
      const order: number[] = []
      const wait = (ticks: number) => async (mine: Fiber) => {
        await poller.suspend(mine, (one) => void later.set(one, ticks))
        order.push(ticks)
      }
      await all(fiber, [wait(20), wait(40), wait(1)])
      if (name !== 'random') expect(order).toEqual([1, 20, 40])
      expect(order).toHaveLength(3)
      await poller.close()
    }))

  it('fails all who wait when the source does, and whoever comes; what register throws is its waiter’s alone', () =>
    execute(async (fiber) => {
      const post = new Post()
      const poller = new Poller(fiber, post)
      const refuse = (): void => {
        throw new Error('register')
      }
      expect(await errorOf(poller.suspend(fiber, refuse))).toMatchObject({ message: 'register' })
      expect(poller.size).toBe(0)
      let broken = false
      const fragile = new Poller(fiber, {
        select: () => {
          if (broken) throw new Error('select')
          return []
        },
        interrupt() {},
      })
      const failing = [1, 2].map(() => fiber.fork((mine) => errorOf(fragile.suspend(mine, () => {}))))
      while (fragile.size < 2) await fiber.yield()
      broken = true
      for (const one of failing) expect(await one).toMatchObject({ message: 'select' })
      expect(await errorOf(fragile.suspend(fiber, () => {}))).toMatchObject({ message: 'select' })
      const wrong = new Poller(fiber, { select: async () => [{} as Suspension], interrupt() {} })
      expect(await errorOf(wrong.suspend(fiber, () => {}))).toMatchObject({ code: 'ERR_RUMPUS_BAD_ARGUMENT' })
      await Promise.all([poller.close(), fragile.close(), wrong.close()])
    }))

  it('refuses who waits, and whoever comes, when it is closed', () =>
    execute(async (fiber) => {
      const post = new Post()
      const poller = new Poller(fiber, post)
      const waiting = fiber.fork((mine) => errorOf(poller.suspend(mine, post.register)))
      while (post.counts.blocked === 0) await new Promise((resolve) => setImmediate(resolve))
      await poller.close()
      expect(await waiting).toMatchObject({ code: 'ERR_RUMPUS_CLOSED' })
      expect(await errorOf(poller.suspend(fiber, post.register))).toMatchObject({ code: 'ERR_RUMPUS_CLOSED' })
      await poller.close()
      expect(post.counts).toMatchObject({ closed: 1, interrupts: 1 })
    }))

  it('refuses what is no argument', () =>
    execute(async (fiber) => {
      const bad = expect.objectContaining({ code: 'ERR_RUMPUS_BAD_ARGUMENT' })
      const events = { select: () => [], interrupt() {} }
      for (const given of [1, {}, { select: 1 }, { ...events, interrupt: 1 }, { ...events, close: 1 }]) {
        expect(() => new Poller(fiber, given as never)).toThrow(bad)
      }
      expect(() => new Poller({} as never, events)).toThrow(bad)
      const poller = new Poller(fiber, events)
      expect(await errorOf(poller.suspend(fiber, 1 as never))).toEqual(bad)
      expect(await errorOf(poller.suspend({} as never, () => {}))).toEqual(bad)
    }))

  it('ends each of many waits once, by its event or its cancellation', async () => {
    for (let seed = 1; seed <= Math.min(20, Number(process.env.RUMPUS_SEEDS ?? 20)); seed++) {
      const below = dice(seed)
      const post = new Post()
      const counts = { events: 0, cancelled: 0, registered: 0 }
      await execute(async (fiber) => {
        const poller = new Poller(fiber, post)
        const wait = async (mine: Fiber): Promise<void> => {
          for (let round = 0; round < 5; round++) {
            await scope(mine, async (scope) => {
              if (below(3) === 0) {
                const spins = below(4)
                scope.fork(async (theirs) => {
                  for (let i = 0; i < spins; i++) await theirs.yield()
                  scope.cancel('by chance')
                })
              }
              await poller.suspend(scope, (one) => {
                counts.registered++
                if (below(4) > 0) return post.post(one)
                setImmediate(() => post.post(one))
              })
              counts.events++
            }).catch((error) => {
              if (!(error instanceof Cancelled)) throw error
              counts.cancelled++
            })
          }
        }
        await all(
          fiber,
          Array.from({ length: 10 }, () => wait),
        )
        await poller.close()
      }, seed)
      expect(counts.events + counts.cancelled, `program ${seed}`).toBe(50)
      expect(post.forgotten.length).toBeLessThanOrEqual(counts.cancelled)
      expect(new Set(post.forgotten).size).toBe(post.forgotten.length)
    }
  })
})

it('under random two runs with one seed ask and answer alike', async () => {
  const trace = async (): Promise<string> => {
    const told: string[] = []
    await random({ seed: 7 }, async (fiber) => {
      const waiting = new Map<Suspension, number>()
      const poller = new Poller(fiber, {
        select({ block }) {
          told.push(block ? 'block' : 'ask')
          const [first] = [...waiting].filter(([, left]) => left <= 0)
          for (const [one, left] of waiting) waiting.set(one, left - 1)
          if (first === undefined) return []
          waiting.delete(first[0])
          return [first[0]]
        },
        interrupt() {},
      })
      await all(
        fiber,
        [3, 1, 2].map((n) => async (mine: Fiber) => {
          await poller.suspend(mine, (one) => void waiting.set(one, n))
          await mine.sleep(1000)
          told.push(String(n))
        }),
      )
      await poller.close()
    })
    return told.join()
  }
  const first = await trace()
  expect(await trace()).toBe(first)
})
