// Goal: what is performed is answered by who is outside, on every executor. Method: programs on each of them; what people know effects
// by is among them: state, reader, generator, exceptions that may be resumed.

import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { Cancelled, Computation, type Fiber, Local } from 'rumpus/effect'
import { Aborted, type Continuation, control, effect, type Fx, fxOf, handle, on } from 'rumpus/handlers'
import { all, any, map, scope } from 'rumpus/structured'
import { describe, expect, it } from 'vitest'
import { executors } from '../effect/executors.ts'

const ask = effect<void, string>('ask')
const get = effect<void, number>('get')
const put = effect<number>('put')
const item = effect<string>('item')
const raise = effect<Error, number>('raise')
const stop = effect<void, never>('stop')
/** As `node --expose-gc` has it. */
setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void
const forever = (fiber: Fiber): Promise<never> => fiber.wait(new Computation<never>())

describe.each(executors)('$name', ({ execute, large }) => {
  it('reader: the nearest outside answers, for code as deep as it goes', () =>
    execute(async (fiber) => {
      const greet = async (fx: Fx): Promise<string> => {
        await fx.fiber.yield()
        return `hello ${await fx.perform(ask)}`
      }
      const deep = (fx: Fx, depth: number): Promise<string> => (depth === 0 ? greet(fx) : deep(fx, depth - 1))
      const said = await handle(
        fiber,
        async (fx) => [
          await deep(fx, 20),
          await handle(fx, (inner) => deep(inner, 20), [on(ask, () => 'Grace')]),
          await deep(fx, 20),
        ],
        [on(ask, () => 'Ada')],
      )
      expect(said).toEqual(['hello Ada', 'hello Grace', 'hello Ada'])
    }))

  it('state: of a variable; a rest that would outlive its clause is refused', () =>
    execute(async (fiber) => {
      const count = async (fx: Fx): Promise<string> => {
        for (let i = 0; i < 10; i++) await fx.perform(put, (await fx.perform(get)) + i)
        return 'done'
      }
      let state = 0
      const variable = await handle(fiber, count, [on(get, () => state), on(put, (n) => void (state = n))], {
        return: (value) => [value, state],
      })
      expect(variable).toEqual(['done', 45])

      // Without a variable, the rest would have to come to a function of the state.
      type Rest = (state: number) => Promise<number>
      const functions = await handle(
        fiber,
        count,
        [
          control(
            get,
            (_, k: Continuation<number, Rest>): Rest =>
              async (n) =>
                (await k.resume(n))(n),
          ),
          control(
            put,
            (n, k: Continuation<void, Rest>): Rest =>
              async () =>
                (await k.resume())(n),
          ),
        ],
        { return: (): Rest => async (n) => n },
      ).catch((error) => error)
      expect(functions, 'a clause decides before it is over').toMatchObject({ code: 'ERR_RUMPUS_UNDECIDED' })
    }))

  it('generator: a clause goes on behind the rest, and changes what it comes to', () =>
    execute(async (fiber) => {
      let cleaned = 0
      const names = async (fx: Fx): Promise<void> => {
        try {
          for (const name of ['a', 'b', 'c']) {
            await fx.fiber.yield()
            await fx.perform(item, name)
          }
        } finally {
          cleaned++
        }
      }
      const all = handle(
        fiber,
        names,
        [control(item, async (name, k: Continuation<void, string[]>) => [name, ...(await k.resume())])],
        { return: (): string[] => ['end'] },
      )
      expect(await all).toEqual(['a', 'b', 'c', 'end'])
      const take = (n: number): Promise<string[]> => {
        let left = n
        return handle(
          fiber,
          names,
          [
            control(item, async (name, k: Continuation<void, string[]>) =>
              left-- > 0 ? [name, ...(await k.resume())] : k.abort<string[]>([]),
            ),
          ],
          { return: (): string[] => [] },
        )
      }
      expect([await take(2), await take(0), await take(3), cleaned]).toEqual([['a', 'b'], [], ['a', 'b', 'c'], 4])
    }))

  it('exceptions: abort unwinds, throw may be caught, resume goes on', () =>
    execute(async (fiber) => {
      const order: string[] = []
      const body = async (fx: Fx): Promise<number> => {
        try {
          return 1 + (await fx.perform(raise, new Error('odd')))
        } catch (error) {
          order.push((error as Error).constructor.name)
          throw error
        } finally {
          await fx.fiber.yield()
          order.push(await fx.perform(ask))
        }
      }
      const asking = on(ask, () => 'finally')
      expect(await handle(fiber, body, [asking, control(raise, (_, k) => k.resume(1))])).toBe(2)
      expect(await handle(fiber, body, [asking, control(raise, (error, k) => k.abort(error.message))])).toBe('odd')
      await expect(handle(fiber, body, [asking, control(raise, (error, k) => k.throw(error))])).rejects.toThrow('odd')
      const caught = handle(fiber, body, [asking, control(raise, (error, k) => k.throw(error))], {
        error: async (error) => (error as Error).message.length,
      })
      expect(await caught).toBe(3)
      expect(order).toEqual(['finally', 'Aborted', 'finally', 'Error', 'finally', 'Error', 'finally'])
    }))

  it('an answer may be a promise, or an error, which perform throws', () =>
    execute(async (fiber) => {
      const tried = async (fx: Fx): Promise<string> => fx.perform(ask).catch(({ message }) => `caught ${message}`)
      const fail = (): never => {
        throw new Error('at once')
      }
      const sleepy = async (_: unknown, fx: Fx): Promise<string> => {
        await fx.fiber.sleep(2)
        return 'later'
      }
      expect(await handle(fiber, tried, [on(ask, sleepy)])).toBe('later')
      expect(await handle(fiber, tried, [on(ask, fail)])).toBe('caught at once')
      const failLater = async (_: unknown, fx: Fx): Promise<string> => {
        await fx.fiber.yield()
        throw new Error('later')
      }
      expect(await handle(fiber, tried, [on(ask, failLater)])).toBe('caught later')
    }))

  it('a clause performs outside of its handler, so it hands on what it answers itself', () =>
    execute(async (fiber) => {
      const twice = (fx: Fx): Promise<string> =>
        handle(fx, (inner) => inner.perform(ask), [on(ask, async (_, out) => `${await out.perform(ask)}!`)])
      const decided = (fx: Fx): Promise<string> =>
        handle(fx, (inner) => inner.perform(ask), [
          control(ask, async (_, k, out) => k.resume(`${await out.perform(ask)}?`)),
        ])
      const forked = (fx: Fx): Promise<string> =>
        handle(fx, (inner) => inner.perform(ask), [
          on(ask, (_, out) => out.fiber.fork(async (mine) => `${await fxOf(mine).perform(ask)} forked`)),
        ])
      const answers = handle(fiber, async (fx) => [await twice(fx), await decided(fx), await forked(fx)], [
        on(ask, () => 'outside'),
      ])
      expect(await answers).toEqual(['outside!', 'outside?', 'outside forked'])
      const ends = handle(fiber, () => 1, [on(ask, () => 'inside')], { return: (n, fx) => fxIn(fx, n) })
      const fxIn = async (fx: Fx, n: number): Promise<string> => `${n} ${await fx.perform(ask).catch(codeOf)}`
      expect(await ends, 'so does the clause for its end').toBe('1 ERR_RUMPUS_UNHANDLED')
    }))

  it('crosses the fibers that are forked: they perform where they began', () =>
    execute(async (fiber) => {
      let sum = 0
      const add = effect<number>('add')
      const total = await handle(
        fiber,
        (fx) =>
          map(fx, [1, 2, 3, 4], async (n, mine) => {
            await mine.sleep(n)
            await handle(mine, (own) => scope(own, (deeper) => deeper.fork((child) => fxOf(child).perform(add, n))), [])
            return n
          }),
        [on(add, (n) => void (sum += n))],
        { return: (numbers) => [numbers.length, sum] },
      )
      expect(total).toEqual([4, 10])
    }))

  it('an abort in a child ends the children beside it, their scope and the body', () =>
    execute(async (fiber) => {
      const ends: unknown[] = []
      const body = (fx: Fx): Promise<string> =>
        scope(fx, async (children) => {
          children.fork((mine) => forever(mine).catch((error) => ends.push(error)))
          children.fork((mine) => fxOf(mine).perform(stop))
          children.fork((mine) => fxOf(mine).perform(stop))
          await forever(children.fiber)
          return 'never'
        })
      expect(await handle(fiber, body, [control(stop, (_, k) => k.abort(7))])).toBe(7)
      expect(ends).toEqual([expect.any(Aborted)])
      expect(ends[0]).toBeInstanceOf(Cancelled)
    }))

  it('several children may wait for decisions at a time', () =>
    execute(async (fiber) => {
      const pick = effect<number, number>('pick')
      const body = async (fx: Fx): Promise<number[]> =>
        all(
          fx,
          [30, 10, 20].map((ms) => (mine: Fiber) => fxOf(mine).perform(pick, ms)),
        )
      const seen: number[] = []
      const picked = handle(fiber, body, [
        control(pick, async (ms, k: Continuation<number, number[]>, fx) => {
          await fx.fiber.sleep(ms)
          const rest = await k.resume(ms + 1)
          seen.push(ms)
          return rest
        }),
      ])
      expect(await picked).toEqual([31, 11, 21])
      expect(seen, 'who decided last is next to the end').toEqual([30, 20, 10])
    }))

  it(`${large} decisions that are handed on unseen leave nothing behind, while the body still runs`, () =>
    execute(async (fiber) => {
      const odd = new Error('odd')
      const kept: PromiseLike<unknown>[] = []
      const rests: WeakRef<object>[] = []
      const numbered = async (fx: Fx): Promise<number> => {
        let sum = 0
        for (let i = 0; i < large; i++) sum += await fx.perform(raise, odd)
        await new Promise((resolve) => setImmediate(resolve))
        collectGarbage()
        return sum
      }
      const clause = control(raise, (_, k) => {
        const rest = k.resume(2)
        if (kept.length < 3) kept.push(rest)
        else rests.push(new WeakRef(rest))
        return rest
      })
      const end = {
        return: (sum: number): number[] => [sum, rests.filter((rest) => rest.deref() !== undefined).length],
      }
      const answer = await handle(fiber, numbered, [clause], end)
      expect(answer).toEqual([2 * large, 0])
      expect(await Promise.all(kept), 'looked at later, each is what the handler came to').toEqual([
        answer,
        answer,
        answer,
      ])
    }))

  it('locals are those of who performs, and of who called the handler for a clause that decides', () =>
    execute(async (fiber) => {
      const user = new Local('nobody')
      fiber.set(user, 'outside')
      const body = async (fx: Fx): Promise<string[]> => {
        fx.fiber.set(user, 'inside')
        return [await fx.perform(ask), `${await fx.perform(get)}`]
      }
      const clauses = [
        on(ask, (_, fx) => fx.fiber.get(user)),
        control(get, (_, k, fx) => k.resume(fx.fiber.get(user).length)),
      ]
      expect(await handle(fiber, body, clauses)).toEqual(['inside', '7'])
      expect(fiber.get(user)).toBe('outside')
    }))

  it('any: a loser that was ended is dropped, but the body that goes on has swallowed its end', () =>
    execute(async (fiber) => {
      const body = (fx: Fx): Promise<unknown> => any(fx, [(mine) => fxOf(mine).perform(stop), () => 'value'])
      const answer = handle(fiber, body, [control(stop, (_, k) => k.abort('ended'))]).catch(codeOf)
      expect(await answer).toBe('ERR_RUMPUS_SWALLOWED')
    }))
})

const codeOf = (error: { code: string }): string => error.code
