// Goal: what a scope forks is done when the scope is, and nothing that went wrong in it is lost. Method: programs on every
// executor that write down what happened.

import { Cancelled, Computation, Trigger } from 'rumpus/effect'
import { openScope, protect, type Scope, scope } from 'rumpus/structured'
import { describe, expect, it } from 'vitest'
import { executors } from '../effect/executors.ts'

const forever = (within: { fiber: import('rumpus/effect').Fiber }) => within.fiber.wait(new Computation<never>())

describe.each(executors)('$name', ({ execute, inOrder }) => {
  it('joins its children, those that they fork too, and answers what the body returned', () =>
    execute(async (fiber) => {
      const done: string[] = []
      const value = await scope(fiber, (scope) => {
        scope.fork(async (mine) => {
          await mine.sleep(2)
          scope.fork(async (theirs) => {
            await theirs.sleep(2)
            done.push('grandchild')
          })
          done.push('child')
        })
        return 'value'
      })
      expect([value, done]).toEqual(['value', ['child', 'grandchild']])
    }))

  it('cancels the others when a child throws, waits for them, and rejects with what it threw', () =>
    execute(async (fiber) => {
      const thrown = new Error('boom')
      const seen: unknown[] = []
      const failing = scope(fiber, async (scope) => {
        scope.fork(async (mine) => {
          try {
            await forever(mine)
          } catch (error) {
            await mine.forbid(() => mine.sleep(5))
            seen.push(error)
            throw error
          }
        })
        scope.fork(async (mine) => {
          await mine.sleep(1)
          throw thrown
        })
        await forever(scope)
      })
      await expect(failing).rejects.toBe(thrown)
      expect(seen).toEqual([expect.objectContaining({ cause: thrown })])
      expect(seen[0]).toBeInstanceOf(Cancelled)
      fiber.check()
    }))

  it('says all that went wrong, in order, each error once and with its own stack', () =>
    execute(async (fiber) => {
      const failing = scope(fiber, async (scope) => {
        for (const n of [1, 2]) {
          scope.fork(async (mine) => {
            try {
              await forever(mine)
            } catch {
              throw new Error(`cleanup ${n}`)
            }
          })
        }
        const child = scope.fork(async (mine) => {
          await mine.sleep(1)
          throw new Error('first')
        })
        await child
      })
      const error = await failing.catch((error) => error)
      expect(error).toBeInstanceOf(AggregateError)
      const messages = error.errors.map(({ message }: Error) => message)
      expect(messages[0]).toBe('first')
      expect(messages.sort()).toEqual(['cleanup 1', 'cleanup 2', 'first'])
      expect(error.message).toMatch(/^3 errors: first; cleanup/)
      expect(error.errors.every(({ stack }: Error) => stack?.includes('scope.test'))).toBe(true)

      const outer = scope(fiber, async (scope) => {
        scope.onRelease(() => {
          throw new Error('release')
        })
        throw error
      })
      await expect(outer, 'and does not pile up').rejects.toMatchObject({ errors: { length: 4 } })
    }))

  it('is cancelled by its parent, rejects with the same object, and that is no error of it', () =>
    execute(async (fiber) => {
      let inner: unknown
      const outer = scope(fiber, async (outer) => {
        outer.fork((mine) =>
          scope(mine, async (scope) => {
            scope.fork(forever)
            await forever(scope)
          }).catch((error) => {
            inner = error
            throw error
          }),
        )
        await outer.fiber.sleep(1)
        outer.cancel(new Error('enough'))
        outer.fiber.check()
      })
      const error = await outer.catch((error) => error)
      expect(error).toBeInstanceOf(Cancelled)
      expect(error.cause.message).toBe('enough')
      expect(inner).toBe(error)
    }))

  it('keeps the value of a body that returns although it was cancelled', () =>
    execute(async (fiber) => {
      const value = await scope(fiber, (scope) => {
        scope.fork(forever)
        scope.forkDaemon(forever)
        scope.cancel('enough')
        return 'kept'
      })
      expect(value).toBe('kept')
    }))

  it('refuses to open in a fiber that is cancelled, and to fork when it is cancelled or over', () =>
    execute(async (fiber) => {
      let kept: Scope | undefined
      let called = 0
      await scope(fiber, (scope) => {
        kept = scope
        scope.cancel('enough')
        expect(() => scope.fork(() => called++)).toThrow(Cancelled)
      })
      expect(() => kept?.fork(() => called++)).toThrow(expect.objectContaining({ code: 'ERR_RUMPUS_SCOPE_OVER' }))
      expect(() => kept?.forkDaemon(() => called++)).toThrow(expect.objectContaining({ code: 'ERR_RUMPUS_SCOPE_OVER' }))
      expect(() => kept?.onRelease(() => called++)).toThrow(expect.objectContaining({ code: 'ERR_RUMPUS_SCOPE_OVER' }))
      fiber.computation.cancel('stop')
      await expect(scope(fiber, () => called++)).rejects.toBe(fiber.computation.cancellation)
      expect(called).toBe(0)
    }))

  it('cancels daemons when all others are done, waits for them, and hears their errors', () =>
    execute(async (fiber) => {
      const order: string[] = []
      await scope(fiber, (scope) => {
        scope.forkDaemon(async (mine) => {
          await forever(mine).catch(() => mine.forbid(() => mine.sleep(2)))
          order.push('daemon')
        })
        scope.fork(async (mine) => {
          await mine.sleep(3)
          order.push('child')
        })
      })
      expect(order).toEqual(['child', 'daemon'])
      const failing = scope(fiber, async (scope) => {
        scope.forkDaemon(() => Promise.reject(new Error('daemon')))
        await forever(scope)
      })
      await expect(failing).rejects.toThrow('daemon')
    }))

  it('releases when all is done: the last first, whatever fails, and never cancelled', () =>
    execute(async (fiber) => {
      const order: string[] = []
      const outer = scope(fiber, (outer) =>
        scope(outer, async (scope) => {
          scope.onRelease(async () => {
            await scope.fiber.sleep(2)
            order.push('one')
          })
          scope.onRelease(() => {
            order.push('two')
            throw new Error('release')
          })
          const taken = scope.onRelease(() => order.push('never'))
          expect([taken(), taken()]).toEqual([true, false])
          scope.fork((mine) => mine.forbid(async () => void order.push('child')))
          outer.cancel('enough')
          await forever(scope)
        }),
      )
      await expect(outer).rejects.toThrow('release')
      expect(order).toEqual(['child', 'two', 'one'])
    }))

  it('has a time limit, which is an error, and none that outlives it', () =>
    execute(async (fiber) => {
      let sawAbort = false
      const late = scope(
        fiber,
        async (scope) => {
          scope.signal.addEventListener('abort', () => {
            sawAbort = true
          })
          await forever(scope)
        },
        { timeout: 5 },
      )
      await expect(late).rejects.toMatchObject({ code: 'ERR_RUMPUS_TIMEOUT', message: expect.stringMatching(/5 ms/) })
      expect(sawAbort).toBe(true)
      expect(await scope(fiber, () => 'soon', { timeout: 60_000 })).toBe('soon')
    }))

  it('is cancelled by a signal, before or after it began, and lets go of it', () =>
    execute(async (fiber) => {
      const controller = new AbortController()
      const reason = new Error('user left')
      const one = scope(fiber, forever, { signal: controller.signal })
      controller.abort(reason)
      await expect(one).rejects.toMatchObject({ name: 'AbortError', cause: reason })
      await expect(scope(fiber, forever, { signal: controller.signal })).rejects.toMatchObject({ cause: reason })
    }))

  it('aborts what is foreign, and joins what does not listen', () =>
    execute(async (fiber) => {
      let finished = false
      const failing = scope(fiber, async (scope) => {
        // A foreign wait that listens.
        scope.fork(
          (mine) => new Promise((_, reject) => mine.signal.addEventListener('abort', () => reject(mine.signal.reason))),
        )
        // And one that does not.
        scope.fork(async () => {
          await new Promise((resolve) => setTimeout(resolve, 10))
          finished = true
        })
        throw new Error('body')
      })
      await expect(failing).rejects.toThrow('body')
      expect(finished).toBe(true)
    }))

  it('gives up a promise that cannot be stopped, if asked to', () =>
    execute(async (fiber) => {
      expect(await fiber.settle(Promise.resolve(1))).toBe(1)
      await expect(fiber.settle(Promise.reject(new Error('its')))).rejects.toThrow('its')
      const never = new Promise<never>(() => {})
      await expect(scope(fiber, ({ fiber }) => fiber.settle(never), { timeout: 2 })).rejects.toThrow(/2 ms/)
    }))

  it('protects: no cancellation from outside is heard, those from inside are', () =>
    execute(async (fiber) => {
      const order: string[] = []
      const outer = scope(fiber, async (outer) => {
        outer.fork((mine) =>
          protect(mine, async () => {
            await mine.sleep(5)
            order.push('whole')
            await expect(scope(mine, forever, { timeout: 1 })).rejects.toThrow(/1 ms/)
          }).then(() => mine.yield()),
        )
        await outer.fiber.yield()
        outer.cancel('enough')
        throw outer.fiber.computation.cancellation
      })
      await expect(outer).rejects.toBeInstanceOf(Cancelled)
      expect(order).toEqual(['whole'])
      const shielded = scope(fiber, (outer) => {
        outer.cancel('enough')
        return protect(outer, () => scope(outer, ({ fiber }) => fiber.sleep(1).then(() => 'done')))
      })
      expect(await shielded).toBe('done')
    }))

  it('a shielded scope goes on when its parent is cancelled', () =>
    execute(async (fiber) => {
      const value = await scope(fiber, (outer) =>
        scope(
          outer,
          async (inner) => {
            outer.cancel('enough')
            await inner.fiber.sleep(1)
            return 'kept'
          },
          { shielded: true },
        ),
      )
      expect(value).toBe('kept')
    }))

  it('is one for the rest of a block: joins if asked to, else cancels, and releases', () =>
    execute(async (fiber) => {
      const order: string[] = []
      const opened = openScope(fiber)
      opened.onRelease(() => order.push('released'))
      opened.fork(async (mine) => {
        await mine.sleep(1)
        order.push('joined')
      })
      await opened.join()
      opened.fork((mine) => forever(mine).catch(() => order.push('cancelled')))
      await fiber.yield()
      await opened[Symbol.asyncDispose]()
      await opened[Symbol.asyncDispose]()
      expect(order).toEqual(['joined', 'cancelled', 'released'])
      await fiber.yield()
    }))

  it('notices a fiber that opens two scopes at a time', () =>
    execute(async (fiber) => {
      const gate = new Promise((resolve) => setTimeout(resolve, 2))
      const first = scope(fiber, () => gate)
      const second = scope(fiber, () => new Promise((resolve) => setTimeout(resolve, 10)))
      await expect(first).rejects.toMatchObject({ code: 'ERR_RUMPUS_NOT_NESTED' })
      await second.catch(() => {})
    }))

  it('refuses what is no argument, at the call', () =>
    execute(async (fiber) => {
      const refused = (act: () => unknown, code: string) => expect(act).toThrow(expect.objectContaining({ code }))
      refused(() => scope(fiber, 1 as never), 'ERR_RUMPUS_BAD_ARGUMENT')
      refused(() => scope(undefined as never, () => {}), 'ERR_RUMPUS_BAD_ARGUMENT')
      refused(() => scope({} as never, () => {}), 'ERR_RUMPUS_BAD_ARGUMENT')
      refused(() => scope(fiber, () => {}, 1 as never), 'ERR_RUMPUS_BAD_ARGUMENT')
      refused(() => scope(fiber, () => {}, { timeout: -1 }), 'ERR_RUMPUS_OUT_OF_RANGE')
      refused(() => scope(fiber, () => {}, { signal: {} as never }), 'ERR_RUMPUS_BAD_ARGUMENT')
      refused(() => scope(fiber, () => {}, { shielded: 1 as never }), 'ERR_RUMPUS_BAD_ARGUMENT')
      refused(() => protect(fiber, 1 as never), 'ERR_RUMPUS_BAD_ARGUMENT')
      await scope(fiber, (scope) => refused(() => scope.onRelease(1 as never), 'ERR_RUMPUS_BAD_ARGUMENT'))
      await fiber.yield()
    }))

  it('leaves nothing behind in its parent', () =>
    execute(async (fiber) => {
      for (let i = 0; i < (inOrder ? 1000 : 50); i++) {
        await scope(fiber, (scope) => void scope.fork((mine) => mine.yield()), { timeout: 60_000 })
      }
      expect(fiber.computation.held).toBeLessThan(5)
      const trigger = new Trigger()
      trigger.signal()
      expect(fiber.await(trigger)).toBeUndefined()
    }))
})

it('opens without a fiber, in ordinary code', async () => {
  const sum = await scope(async (scope) => {
    const [a, b] = [scope.fork(() => 1), scope.fork(async () => 2)]
    return (await a) + (await b)
  })
  expect(sum).toBe(3)
})
