// Goal: what is done wrong is told, by class and code, and never hangs or is lost. Method: each mistake on every executor.

import { Cancelled, type Fiber } from 'rumpus/effect'
import { Aborted, type Continuation, control, effect, type Fx, fxOf, handle, on } from 'rumpus/handlers'
import { describe, expect, it } from 'vitest'
import { executors } from '../effect/executors.ts'

const ask = effect<void, number>('ask')
const asking = (fx: Fx): Promise<number> => fx.perform(ask)
const failed = (code: string, message: RegExp): unknown =>
  expect.objectContaining({ name: 'RumpusError', code, message: expect.stringMatching(message) })
const errorOf = (promise: PromiseLike<unknown>): PromiseLike<unknown> =>
  promise.then(
    () => 'no error',
    (error) => error,
  )

describe.each(executors)('$name', ({ execute }) => {
  it('nobody handles it: the error names the effect', () =>
    execute(async (fiber) => {
      const unhandled = failed('ERR_RUMPUS_UNHANDLED', /effect ask$/)
      expect(await errorOf(handle(fiber, asking, []))).toEqual(unhandled)
      expect(await errorOf(fxOf(fiber).perform(ask))).toEqual(unhandled)
      const other = effect<void, number>('ask')
      expect(await errorOf(handle(fiber, asking, [on(other, () => 1)])), 'of the same name').toEqual(unhandled)
      const known = effect<number, number>('known', (n) => n + 1)
      expect(await handle(fiber, (fx) => fx.perform(known, 1), [])).toBe(2)
      const failing = effect<void, number>('failing', () => {
        throw new Error('otherwise')
      })
      await expect(fxOf(fiber).perform(failing)).rejects.toThrow('otherwise')
    }))

  it('a rest is decided once', () =>
    execute(async (fiber) => {
      const again: unknown[] = []
      const verbs = [
        (k: Continuation<number>) => k.resume(2),
        (k: Continuation<number>) => k.throw(new Error('again')),
        (k: Continuation<number>) => k.abort(2),
      ]
      const attempt = (k: Continuation<number>): void => {
        for (const verb of verbs) {
          try {
            verb(k)
          } catch (error) {
            again.push(error)
          }
        }
      }
      const decided = (decide: (k: Continuation<number>) => PromiseLike<unknown>): Promise<unknown> =>
        handle(fiber, asking, [
          control(ask, async (_, k) => {
            const rest = decide(k)
            attempt(k)
            return rest
          }),
        ])
      const resumed = ['resume', 'throw', 'abort'].map((verb) =>
        failed('ERR_RUMPUS_RESUMED', new RegExp(`^${verb} .* ask was resumed`)),
      )
      const aborted = ['resume', 'throw', 'abort'].map((verb) =>
        failed('ERR_RUMPUS_ABORTED', new RegExp(`^${verb} .* ask was aborted`)),
      )
      expect(await decided((k) => k.resume(1))).toBe(1)
      expect(again.splice(0)).toEqual(resumed)
      await expect(decided((k) => k.throw(new Error('first')))).rejects.toThrow('first')
      expect(again.splice(0)).toEqual(resumed)
      expect(await decided((k) => k.abort(5))).toBe(5)
      expect(again.splice(0)).toEqual(aborted)
    }))

  it('a clause that does not decide ends the body, and is named', () =>
    execute(async (fiber) => {
      const ends: unknown[] = []
      const body = (fx: Fx): Promise<number> =>
        asking(fx).catch((error) => {
          ends.push(error)
          throw error
        })
      const lazy = failed('ERR_RUMPUS_UNDECIDED', /clause for ask .*k\.resume/)
      expect(await errorOf(handle(fiber, body, [control(ask, () => 1)]))).toEqual(lazy)
      const later = control(ask, async (_, __, fx) => fx.fiber.sleep(1))
      expect(await errorOf(handle(fiber, body, [later]))).toEqual(lazy)
      expect(ends).toEqual([expect.any(Aborted), expect.any(Aborted)])
    }))

  it('a clause that throws ends the body, and is what the handler rejects with', () =>
    execute(async (fiber) => {
      let cleaned = 0
      const body = async (fx: Fx): Promise<number> => {
        try {
          return await asking(fx)
        } finally {
          cleaned++
        }
      }
      const at = (when: string) => (): never => {
        throw new Error(when)
      }
      await expect(handle(fiber, body, [control(ask, at('at once'))])).rejects.toThrow('at once')
      const later = control(ask, (_, __, fx) => fx.fiber.yield().then(at('later')))
      await expect(handle(fiber, body, [later])).rejects.toThrow('later')
      const behind = control(ask, async (_, k) => {
        await k.resume(1)
        throw new Error('behind')
      })
      await expect(handle(fiber, body, [behind])).rejects.toThrow('behind')
      const both = control(ask, (_, k) => {
        k.throw(new Error('rest'))
        throw new Error('clause')
      })
      const error = await errorOf(handle(fiber, body, [both]))
      expect((error as AggregateError).errors.map(({ message }) => message)).toEqual(['clause', 'rest'])
      expect(cleaned).toBe(4)
    }))

  it('an end that the body swallows is told', () =>
    execute(async (fiber) => {
      const swallowing = async (fx: Fx): Promise<number> => asking(fx).catch(() => 3)
      const error = await errorOf(handle(fiber, swallowing, [control(ask, (_, k) => k.abort('end'))]))
      expect(error).toEqual(failed('ERR_RUMPUS_SWALLOWED', /caught its own end/))
      expect((error as Error).cause).toBeInstanceOf(Aborted)
      const replacing = (fx: Fx): Promise<number> => asking(fx).catch(() => Promise.reject(new Error('cleaning up')))
      await expect(handle(fiber, replacing, [control(ask, (_, k) => k.abort('end'))])).rejects.toThrow('cleaning up')
    }))

  it('what outlives the body can no longer perform there', () =>
    execute(async (fiber) => {
      const left: Fx[] = []
      const answered = await handle(
        fiber,
        async (fx) => {
          left.push(fx)
          return fx.perform(ask)
        },
        [on(ask, () => 1)],
      )
      expect(answered).toBe(1)
      expect(await errorOf(left[0]!.perform(ask))).toEqual(failed('ERR_RUMPUS_HANDLER_OVER', /ask is over/))
    }))

  it('what outlives the body while a clause decides has its answer, and the clause that of the handler', () =>
    execute(async (fiber) => {
      const seen: unknown[] = []
      const left: Promise<number>[] = []
      const clause = control(ask, async (_, k: Continuation<number, string>, fx) => {
        seen.push('asked')
        await fx.fiber.sleep(2)
        seen.push(await k.resume(1))
        return 'not looked at'
      })
      const body = async (fx: Fx): Promise<string> => {
        left.push(fx.fiber.fork((mine) => fxOf(mine).perform(ask)))
        while (seen.length === 0) await fx.fiber.yield()
        return 'the body'
      }
      expect(await handle(fiber, body, [clause])).toBe('the body')
      expect([seen, await left[0]]).toEqual([['asked', 'the body'], 1])
    }))

  it('the errors of clauses that were not waited for are not lost', () =>
    execute(async (fiber) => {
      const forgetful = control(ask, (_, k) => {
        k.resume(1)
        return 'forgot the rest'
      })
      expect(await handle(fiber, asking, [forgetful])).toBe('forgot the rest')
      const failing = async (fx: Fx): Promise<number> => {
        await asking(fx)
        throw new Error('the rest failed')
      }
      await expect(handle(fiber, failing, [forgetful])).rejects.toThrow('the rest failed')
    }))

  it('the clauses for the end: one of them runs, once, and a cancellation passes by', () =>
    execute(async (fiber) => {
      const boom = (): never => {
        throw new Error('boom')
      }
      const called: string[] = []
      const options = {
        return: (): string => {
          called.push('return')
          return boom()
        },
        error: (error: unknown): string => {
          called.push('error')
          return (error as Error).message
        },
      }
      await expect(
        handle(fiber, () => 1, [], options),
        'its own errors are not its own',
      ).rejects.toThrow('boom')
      expect(await handle(fiber, boom, [], options)).toBe('boom')
      const stop = new Cancelled('stop')
      await expect(handle(fiber, () => Promise.reject(stop), [], options)).rejects.toBe(stop)
      expect(await handle(fiber, asking, [control(ask, (_, k) => k.abort(1))], options)).toBe(1)
      expect(called).toEqual(['return', 'error'])
    }))

  it('refuses what is no argument', () =>
    execute((fiber: Fiber) => {
      const refused = (argument: string): unknown =>
        expect.objectContaining({
          code: 'ERR_RUMPUS_BAD_ARGUMENT',
          message: expect.stringMatching(new RegExp(`^${argument} must be`)),
        })
      const raw = handle as (...given: unknown[]) => unknown
      expect(() => raw(fiber)).toThrow(refused('body'))
      expect(() => raw(undefined, asking, [])).toThrow(refused('within'))
      expect(() => raw(fiber, asking)).toThrow(refused('clauses'))
      expect(() => raw(fiber, asking, [1])).toThrow(refused('clauses\\[0\\]'))
      expect(() => raw(fiber, asking, [on(ask, () => 1), on(ask, () => 2)])).toThrow(refused('clauses\\[1\\]'))
      expect(() => raw(fiber, asking, [], 1)).toThrow(refused('options'))
      expect(() => raw(fiber, asking, [], { return: 1 })).toThrow(refused('options.return'))
      expect(() => fxOf({} as never)).toThrow(refused('within'))
      expect(() => fxOf(fiber).perform('ask' as never)).toThrow(refused('effect'))
      expect(() => effect('')).toThrow(refused('name'))
      expect(() => effect('a', 1 as never)).toThrow(refused('otherwise'))
      expect(() => on({} as never, () => 1)).toThrow(refused('effect'))
      expect(() => on(ask, 1 as never)).toThrow(refused('answer'))
      expect(() => control(ask, 1 as never)).toThrow(refused('clause'))
    }))
})
