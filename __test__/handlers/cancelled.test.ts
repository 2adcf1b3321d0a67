// Goal: a fiber that is cancelled while it waits for a clause ends as fibers do, and so does the clause; nothing of a handler runs
// when it is over. Method: programs on every executor; then one under the seeded executor, cancelled at each of its steps.

import { type Down, exit, run, type Self, send } from 'rumpus'
import { Cancelled, Computation, type Fiber, fifo, random } from 'rumpus/effect'
import { fiberOf } from 'rumpus/fibers'
import { type Continuation, control, effect, type Fx, fxOf, handle, on, type Unseen } from 'rumpus/handlers'
import { all, protect, race, scope } from 'rumpus/structured'
import { describe, expect, it } from 'vitest'
import { executors } from '../effect/executors.ts'

const ask = effect<void, number>('ask')
const log = effect<string>('log')
const asking = (fx: Fx): Promise<number> => fx.perform(ask)
const forever = (fiber: Fiber): Promise<never> => fiber.wait(new Computation<never>())
const errorOf = (promise: PromiseLike<unknown>): PromiseLike<unknown> =>
  promise.then(
    () => 'no error',
    (error) => error,
  )

describe.each(executors)('$name', ({ execute }) => {
  it('from outside: who waits for an answer, and for a decision, ends with the cancellation of all', () =>
    execute(async (fiber) => {
      // One that hears of it before who performs does.
      const quick = control(ask, (_, __, { fiber: { signal } }) => {
        return new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
      })
      const slow = control(ask, (_, __, fx) => forever(fx.fiber))
      for (const clause of [on(ask, (_, fx) => forever(fx.fiber)), slow, quick]) {
        const seen: unknown[] = []
        const cancelled = await errorOf(
          scope(fiber, async (outer) => {
            const body = (fx: Fx): Promise<number> =>
              asking(fx).catch((error) => {
                seen.push(error)
                throw error
              })
            outer.fork((mine) => handle(mine, body, [clause]))
            await outer.fiber.yield()
            await outer.fiber.sleep(1)
            outer.cancel('enough')
          }),
        )
        expect(cancelled).toBe('no error')
        expect(seen).toEqual([expect.any(Cancelled)])
        expect((seen[0] as Error).cause).toBe('enough')
      }
    }))

  it('in the body: the clause is cancelled with who performed, is waited for, and what it decides changes nothing', () =>
    execute(async (fiber) => {
      const order: string[] = []
      const clause = control(ask, async (_, k: Continuation<number, string>, fx) => {
        const heard = (await errorOf(forever(fx.fiber))) as Error
        order.push(`heard ${heard.cause}`)
        await protect(fx, () => fx.fiber.sleep(1))
        const refused = await errorOf(k.resume(1))
        order.push(refused === heard ? 'the same' : 'another')
        return 'not looked at'
      })
      const body = async (fx: Fx): Promise<string> => {
        const lost = scope(fx, async (inner) => {
          inner.fork((mine) => fxOf(mine).perform(ask))
          await inner.fiber.sleep(1)
          inner.cancel('enough')
        })
        await lost
        order.push('scope over')
        return 'value'
      }
      expect(await handle(fiber, body, [clause])).toBe('value')
      expect([...order].sort(), 'all of it, now that the handler is over').toEqual([
        'heard enough',
        'scope over',
        'the same',
      ])
    }))

  it('behind the rest: the clause is cancelled with what called the handler', () =>
    execute(async (fiber) => {
      const heard: unknown[] = []
      const clause = control(ask, async (_, k: Continuation<number, number>, fx) => {
        const answer = await k.resume(1)
        heard.push(answer, await errorOf(forever(fx.fiber)))
        return answer
      })
      const answer = scope(fiber, async (outer) => {
        const child = outer.fork((mine) => handle(mine, asking, [clause]))
        await outer.fiber.sleep(1)
        outer.cancel('enough')
        return protect(outer, () => child)
      })
      expect(await answer).toBe(1)
      expect(heard).toEqual([1, expect.objectContaining({ cause: 'enough' })])
    }))

  it('an error of a clause whose performer is gone is what the handler rejects with', () =>
    execute(async (fiber) => {
      const clause = control(ask, async (_, __, fx) => {
        await errorOf(forever(fx.fiber))
        throw new Error('not lost')
      })
      const soon = async (mine: Fiber): Promise<number> => {
        await mine.sleep(1)
        return 1
      }
      const body = (fx: Fx): Promise<number> => race(fx, [(mine) => fxOf(mine).perform(ask), soon])
      await expect(handle(fiber, body, [clause])).rejects.toThrow('not lost')
    }))

  it('what is decided in the moment of the cancellation is kept', () =>
    execute(async (fiber) => {
      const answer = await scope(fiber, async (outer) => {
        const held: { decide?: () => void } = {}
        const clause = control(
          ask,
          (_, k) => new Promise<Unseen>((resolve) => (held.decide = () => resolve(k.resume(5)))),
        )
        const child = outer.fork((mine) => handle(mine, asking, [clause]))
        while (held.decide === undefined) await outer.fiber.yield()
        outer.cancel('enough')
        held.decide()
        return protect(outer, () => child)
      })
      expect(answer).toBe(5)
    }))

  it('an answer that is there at once is given also to who is cancelled: cleaning up may perform', () =>
    execute(async (fiber) => {
      const lines: string[] = []
      const body = (fx: Fx): Promise<void> =>
        scope(fx, async (inner) => {
          inner.fork(async (mine) => {
            try {
              await forever(mine)
            } finally {
              await fxOf(mine).perform(log, 'cleaned')
            }
          })
          await inner.fiber.yield()
          inner.cancel('enough')
        })
      await handle(fiber, body, [on(log, (line) => void lines.push(line))])
      expect(lines).toEqual(['cleaned'])
    }))

  it('a body that was forbidden to hear does not hear; nor do clauses for it', () =>
    execute(async (fiber) => {
      const answer = await scope(fiber, (outer) => {
        outer.cancel('enough')
        return outer.fiber.forbid(() =>
          handle(outer, async (fx) => [await asking(fx), await fx.perform(log, '')], [
            on(ask, async (_, fx) => {
              await fx.fiber.sleep(1)
              return 1
            }),
            control(log, async (_, k, fx) => {
              await fx.fiber.sleep(1)
              return k.resume()
            }),
          ]),
        )
      })
      expect(answer).toEqual([1, undefined])
    }))

  it('one strand waits for one decision at a time', () =>
    execute(async (fiber) => {
      const clause = control(ask, async (_, k, fx) => {
        await fx.fiber.sleep(1)
        return k.resume(1)
      })
      const body = async (fx: Fx): Promise<unknown> => {
        const [one, other] = [asking(fx), asking(fx)]
        const refused = await errorOf(other)
        return [await one, refused]
      }
      expect(await handle(fiber, body, [clause])).toEqual([1, expect.objectContaining({ code: 'ERR_RUMPUS_WAITING' })])
    }))
})

interface Books {
  alive: number
  opened: number
  closed: number
  /** What children caught that was not the cancellation. */
  strange: unknown[]
}

const opening = effect<void, number>('opening')
const closing = effect<number>('closing')

/** Effects of both kinds, in a body and its children; answers 6 unless it was cancelled. `step` is told of every place. */
const program = (fiber: Fiber, books: Books, step: (place: string) => void): Promise<number> => {
  const living = async <T>(place: string, act: () => Promise<T>): Promise<T> => {
    books.alive++
    try {
      step(place)
      return await act()
    } finally {
      books.alive--
    }
  }
  const child = (mine: Fiber, n: number): Promise<number> =>
    living('child', async () => {
      const fx = fxOf(mine)
      await fx.perform(opening)
      try {
        step('opened')
        await mine.yield()
        return n + (await fx.perform(ask))
      } catch (error) {
        if (!(error instanceof Cancelled) || error.cause !== 'stop') books.strange.push(error)
        throw error
      } finally {
        await fx.perform(closing, n)
      }
    })
  const clauses = [
    on(opening, async (_, fx) =>
      living('opening', async () => {
        await protect(fx, () => fx.fiber.yield())
        step('opening on')
        books.opened++
        return 1
      }),
    ),
    on(closing, () => void books.closed++),
    control(ask, async (_, k: Continuation<number, number>, fx) =>
      living('deciding', async () => {
        await fx.fiber.yield()
        step('decides')
        const answer = await k.resume(1)
        step('behind')
        return answer
      }),
    ),
  ]
  return living('outside', () =>
    handle(
      fiber,
      (fx) =>
        living('body', () =>
          all(
            fx,
            [1, 2].map((n) => (mine: Fiber) => child(mine, n)),
          ),
        ),
      clauses,
      { return: ([one = 0, other = 0]) => one + other + 1 },
    ),
  )
}

it('cancelled at any step, under many seeds: what was opened is closed, nothing is alive, and it is the cancellation', async () => {
  const hits = new Map<string, number>()
  const seeds = Number(process.env.RUMPUS_SEEDS ?? 10)
  for (let seed = 1; seed <= seeds; seed++) {
    // The first run is not cancelled: it counts the steps.
    for (let at = -1, steps = 0; at < steps; at++) {
      const books: Books = { alive: 0, opened: 0, closed: 0, strange: [] }
      let count = 0
      const outcome = await random({ seed }, (root) =>
        scope(root, async (outer) => {
          const step = (place: string): void => {
            if (count++ !== at) return
            hits.set(place, (hits.get(place) ?? 0) + 1)
            outer.cancel('stop')
          }
          try {
            return await program(outer.fiber, books, step)
          } catch (error) {
            return error
          }
        }),
      )
      steps = Math.max(steps, count)
      const where = `seed ${seed}, step ${at}`
      if (at < 0) expect(outcome, where).toBe(6)
      if (outcome !== 6) expect(outcome, where).toBeInstanceOf(Cancelled)
      if (outcome !== 6) expect((outcome as Cancelled).cause, where).toBe('stop')
      expect(books.strange, where).toEqual([])
      expect(books.alive, where).toBe(0)
      expect(books.closed, where).toBe(books.opened)
    }
  }
  expect([...hits.keys()].sort()).toEqual(
    ['behind', 'body', 'child', 'decides', 'deciding', 'opened', 'opening', 'opening on', 'outside'].sort(),
  )
})

it('a process that must end ends what its body waits for in a handler, and its clean-up may perform', async () => {
  await run(async (self: Self<'asked' | Down>) => {
    const lines: string[] = []
    const clauses = [
      control(ask, async (_, __, fx) => {
        send(self.pid, 'asked')
        return forever(fx.fiber)
      }),
      on(log, (line) => void lines.push(line)),
    ]
    const body = async (fx: Fx): Promise<void> => {
      try {
        await fx.perform(ask)
      } finally {
        await fx.perform(log, 'cleaned')
      }
    }
    const [pid] = self.spawnMonitor((me: Self<never>) => handle(fiberOf(me), body, clauses))
    expect(await self.receive()).toBe('asked')
    exit(pid, 'shutdown')
    expect(await self.receive()).toMatchObject({ type: 'down', reason: { kind: 'shutdown' } })
    expect(lines).toEqual(['cleaned'])
  })
})

it('leaves nothing in the computation outside, however often clauses had fibers', async () => {
  const fiber = fifo.current()
  const clause = control(ask, async (_, k, fx) => {
    await fx.fiber.yield()
    return k.resume(1)
  })
  for (let i = 0; i < 1000; i++) await handle(fiber, asking, [clause])
  expect(fiber.computation.held).toBeLessThan(10)
})
