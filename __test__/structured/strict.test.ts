// Goal: in a strict scope no child is forgotten, and none is anybody else's. Method: programs on every executor that break one rule
// each, and those that keep it.

import { Cancelled, Computation, type Fiber } from 'rumpus/effect'
import { type Child, NotAChild, openScope, StillHasChildren, type StrictScope, scope } from 'rumpus/structured'
import { describe, expect, it } from 'vitest'
import { executors } from '../effect/executors.ts'
import { dice } from '../fixtures/random.mjs'

const forever = ({ fiber }: { fiber: Fiber }): Promise<never> => fiber.wait(new Computation<never>())
const strict = { strict: true } as const
const errorOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error) => error,
  )

describe.each(executors)('$name', ({ execute }) => {
  it('answers what the body returned when each child was awaited or cancelled', () =>
    execute(async (fiber) => {
      const value = await scope(
        fiber,
        async (scope) => {
          const one = scope.fork(async (mine) => {
            await mine.sleep(1)
            return 1
          })
          const other = scope.fork(forever)
          const sum = (await one.await(scope)) + (await one.await(scope))
          await other.cancel(scope, 'enough')
          expect(await errorOf(other.await(scope))).toMatchObject({ cause: 'enough' })
          return sum
        },
        strict,
      )
      expect(value).toBe(2)
    }))

  it('names whom the body has forgotten, and the line that forked it, and waits for it all the same', () =>
    execute(async (fiber) => {
      const ends: string[] = []
      const error = await errorOf(
        scope(
          fiber,
          (scope) => {
            scope.fork(async function parked(mine) {
              try {
                await forever(mine)
              } finally {
                await mine.forbid(() => mine.sleep(2))
                ends.push('parked')
              }
            })
            scope.fork(() => 'done', { name: 'done already' })
            scope.fork(() => {})
          },
          strict,
        ),
      )
      expect(error).toBeInstanceOf(StillHasChildren)
      const { children, code, message } = error as StillHasChildren
      expect(code).toBe('ERR_RUMPUS_STILL_HAS_CHILDREN')
      expect(children.map(({ name }) => name)).toEqual(['parked', 'done already', 'child 3'])
      for (const { at } of children) expect(at).toMatch(/strict\.test\.ts:\d+:\d+/)
      const [first, second] = children.map(({ at }) => Number(/(\d+):\d+\)?$/.exec(at)?.[1]))
      expect(second! - first!).toBe(8)
      expect(message).toContain('3 children: "parked", forked at')
      expect(ends).toEqual(['parked'])
    }))

  it('owes nothing when the body throws or the scope is cancelled: then its children are', () =>
    execute(async (fiber) => {
      const thrown = new Error('boom')
      const ends: unknown[] = []
      const child = async (mine: Fiber): Promise<void> => {
        await forever(mine).catch((error) => {
          ends.push(error.cause)
          throw error
        })
      }
      const failing = scope(
        fiber,
        async (scope) => {
          scope.fork(child)
          await scope.fiber.sleep(1)
          throw thrown
        },
        strict,
      )
      expect(await errorOf(failing)).toBe(thrown)
      const cancelled = scope(
        fiber,
        async (scope) => {
          scope.fork(child)
          await scope.fiber.sleep(1)
          scope.cancel('enough')
          return 'kept'
        },
        strict,
      )
      expect(await cancelled).toBe('kept')
      expect(ends).toEqual([thrown, 'enough'])
      expect(await errorOf(scope(fiber, forever, { ...strict, timeout: 2 }))).toMatchObject({
        code: 'ERR_RUMPUS_TIMEOUT',
      })
    }))

  it('gives what a child throws to who awaits it, once, and others go on', () =>
    execute(async (fiber) => {
      const boom = new Error('boom')
      const value = await scope(
        fiber,
        async (scope) => {
          const failing = scope.fork(async () => {
            throw boom
          })
          const other = scope.fork(async (mine) => {
            await mine.sleep(2)
            return 'other'
          })
          expect(await errorOf(failing.await(scope))).toBe(boom)
          expect(failing.isOver).toBe(true)
          await failing.cancel(scope) // heard already
          return other.await(scope)
        },
        strict,
      )
      expect(value).toBe('other')
    }))

  it('loses no error that nobody has heard', () =>
    execute(async (fiber) => {
      const failing = (name: string) => async (mine: Fiber) => {
        if (name.startsWith('late')) await errorOf(forever(mine))
        throw new Error(name)
      }
      const named = async (body: (scope: StrictScope) => unknown): Promise<unknown> => {
        const error = await errorOf(scope(fiber, body, strict))
        return error instanceof AggregateError ? error.errors.map((one: Error) => one.message) : error
      }
      expect(
        await named(async (scope) => {
          scope.fork(failing('early'))
          const late = scope.fork(failing('late'))
          await scope.fiber.sleep(1)
          expect(await errorOf(late.cancel(scope))).toMatchObject({ message: 'late' })
          scope.fork(failing('late too'))
          throw new Error('body')
        }),
      ).toEqual(['body', 'early', 'late too'])
      expect(
        await named(async (scope) => {
          scope.fork(failing('forgotten'))
          await scope.fiber.sleep(1)
        }),
      ).toEqual([expect.stringMatching(/neither awaited nor cancelled a child: "/), 'forgotten'])
    }))

  it('refuses a child to who has not forked it, and names it', () =>
    execute(async (fiber) => {
      await scope(
        fiber,
        async (scope) => {
          const one = scope.fork(forever, { name: 'one' })
          const orphans = scope.orphans()
          const asks: ((mine: Fiber) => unknown)[] = [
            (mine) => one.await(mine),
            (mine) => one.cancel(mine),
            async (mine) => orphans.take(mine),
            (mine) => orphans.next(mine),
            (mine) => orphans.cancel(mine),
          ]
          for (const ask of asks) {
            const other = scope.fork(ask)
            const error = await errorOf(other.await(scope))
            expect(error).toBeInstanceOf(NotAChild)
            expect(error).toMatchObject({
              code: 'ERR_RUMPUS_NOT_A_CHILD',
              message: expect.stringMatching(/strict\.test\.ts:\d+/),
            })
          }
          const other = scope.fork((mine) => errorOf(one.await(mine)))
          expect(await other.await(scope)).toMatchObject({ child: { name: 'one' } })
          expect(await errorOf(scope.awaitAll([{} as Child<never>]))).toBeInstanceOf(TypeError)
          await one.cancel(scope)
        },
        strict,
      )
    }))

  it('awaits in scopes that the same fiber opens inside', () =>
    execute((fiber) =>
      scope(
        fiber,
        async (outer) => {
          const child = outer.fork(async () => 'outer')
          await scope(
            outer,
            async (inner) => {
              const other = inner.fork(async () => 'inner')
              expect([await child.await(inner), await other.await(inner)]).toEqual(['outer', 'inner'])
            },
            strict,
          )
        },
        strict,
      ),
    ))

  it('awaits all, one, and the first', () =>
    execute(async (fiber) => {
      const afterMs = (ms: number) => async (mine: Fiber) => {
        await mine.sleep(ms)
        if (ms === 2) throw new Error('two')
        return ms
      }
      await scope(
        fiber,
        async (scope) => {
          const settled = await scope.awaitAll([3, 1, 2].map((ms) => scope.fork(afterMs(ms))))
          expect(settled).toEqual([
            { status: 'fulfilled', value: 3 },
            { status: 'fulfilled', value: 1 },
            { status: 'rejected', reason: expect.objectContaining({ message: 'two' }) },
          ])
          expect(await scope.awaitAll([])).toEqual([])
          const [slow, fast] = [scope.fork(forever), scope.fork(afterMs(1))]
          expect(await scope.awaitOne([slow, fast])).toBe(fast)
          expect(await fast.await(scope)).toBe(1)
          expect(await scope.awaitFirst([slow, scope.fork(afterMs(1))])).toBe(1)
          expect(slow.isOver).toBe(true)
          expect(await errorOf(scope.awaitFirst([scope.fork(forever), scope.fork(afterMs(2))]))).toMatchObject({
            message: 'two',
          })
          const messy = scope.fork(async (mine) => {
            await errorOf(forever(mine))
            throw new Error('messy')
          })
          expect(await errorOf(scope.awaitFirst([messy, scope.fork(afterMs(1))]))).toMatchObject({ message: 'messy' })
          expect(await errorOf(scope.awaitFirst([]))).toBeInstanceOf(TypeError)
        },
        strict,
      )
    }))

  it('hands orphans out as they end, each once', () =>
    execute(async (fiber) => {
      await scope(
        fiber,
        async (scope) => {
          const orphans = scope.orphans<number>()
          expect([orphans.take(scope), await orphans.next(scope), orphans.size]).toEqual([undefined, undefined, 0])
          for (const ms of [30, 10, 20]) {
            orphans.fork(async (mine) => {
              await mine.sleep(ms)
              return ms
            })
          }
          const kept = orphans.fork(forever)
          expect([orphans.take(scope), orphans.size]).toEqual([undefined, 4])
          const order: number[] = []
          while (orphans.size > 1) order.push((await (await orphans.next(scope))?.await(scope)) ?? 0)
          expect(order).toEqual([10, 20, 30])
          await kept.cancel(scope)
          expect([orphans.size, await orphans.next(scope)]).toEqual([0, undefined])
          for (let i = 0; i < 3; i++) orphans.fork(forever)
          await orphans.cancel(scope)
          expect(orphans.size).toBe(0)
        },
        strict,
      )
      const forgets = scope(
        fiber,
        async (scope) => {
          const orphans = scope.orphans()
          orphans.fork(() => {}, { name: 'served' })
          orphans.fork(() => {}, { name: 'taken' })
          await orphans.next(scope)
        },
        strict,
      )
      expect(await errorOf(forgets)).toMatchObject({ children: { length: 2 } })
    }))

  it('a cancelled wait has taken nothing', () =>
    execute(async (fiber) => {
      const taken: unknown[] = []
      const cancelled = scope(
        fiber,
        async (outer) => {
          const orphans = outer.orphans<string>()
          orphans.fork(async (mine) => {
            await errorOf(forever(mine))
            return 'late'
          })
          outer.fork(async (mine) => {
            await mine.sleep(1)
            outer.cancel('enough')
          })
          const error = await errorOf(orphans.next(outer))
          expect(error).toBeInstanceOf(Cancelled)
          taken.push(orphans.size)
          throw error
        },
        strict,
      )
      expect(await errorOf(cancelled)).toBeInstanceOf(Cancelled)
      expect(taken).toEqual([1])
    }))

  it('refuses what is no argument', () =>
    execute(async (fiber) => {
      const bad = expect.objectContaining({ code: 'ERR_RUMPUS_BAD_ARGUMENT' })
      expect(() => scope(fiber, () => {}, { strict: 1 } as never)).toThrow(bad)
      expect(() => openScope(fiber, strict as never)).toThrow(bad)
      await scope(
        fiber,
        async (scope) => {
          expect(() => scope.fork(1 as never)).toThrow(bad)
          expect(() => scope.fork(() => {}, { name: '' })).toThrow(bad)
          expect(() => scope.fork(() => {}, 1 as never)).toThrow(bad)
          const child = scope.fork(() => 1)
          expect(await errorOf(child.await(undefined as never))).toEqual(bad)
          await child.await(scope)
          scope.cancel('over')
          expect(() => scope.fork(() => {})).toThrow(Cancelled)
        },
        strict,
      )
    }))

  it('a debt is a fault exactly when it is left, in random programs', async () => {
    for (let seed = 1; seed <= Number(process.env.RUMPUS_SEEDS ?? 60); seed++) {
      const below = dice(seed)
      const plans = Array.from({ length: 1 + below(6) }, () => ({
        waits: below(4),
        fails: below(4) === 0,
        what: below(4),
      }))
      const left = plans.filter(({ what }) => what === 3).length
      const unheard = plans.filter(({ what, fails }) => what === 3 && fails).length
      const outcome = await execute(async (fiber) => {
        const running = scope(
          fiber,
          async (scope) => {
            const orphans = scope.orphans()
            const children = plans.map(({ waits, fails, what }, at) => {
              const main = async (mine: Fiber): Promise<number> => {
                for (let i = 0; i < waits; i++) await mine.forbid(() => mine.yield())
                if (fails) throw new Error(`child ${at}`)
                return at
              }
              return what === 2 ? orphans.fork(main) : scope.fork(main)
            })
            for (const [at, child] of children.entries()) {
              if (plans[at]!.what === 0) await errorOf(child.await(scope))
              if (plans[at]!.what === 1) await errorOf(child.cancel(scope))
            }
            for (let child = await orphans.next(scope); child !== undefined; child = await orphans.next(scope)) {
              await errorOf(child.await(scope))
            }
          },
          strict,
        )
        const error = await errorOf(running)
        return error instanceof AggregateError ? error.errors : error === undefined ? [] : [error]
      }, seed)
      const faults = outcome.filter((error) => error instanceof StillHasChildren)
      const lost = faults.flatMap(({ children }) => children)
      expect({ left: lost.length, unheard: outcome.length - faults.length }, `program ${seed}`).toEqual({
        left,
        unheard,
      })
    }
  })
})
