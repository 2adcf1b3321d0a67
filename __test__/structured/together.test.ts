// Goal: who decides among several, and what becomes of the others. Method: programs on every executor.

import { Cancelled, Computation, type Fiber } from 'rumpus/effect'
import { all, any, both, first, race, scope } from 'rumpus/structured'
import { describe, expect, it } from 'vitest'
import { executors } from '../effect/executors.ts'

const delayed =
  <T>(ms: number, value: T) =>
  async (fiber: Fiber): Promise<T> => {
    await fiber.sleep(ms)
    return value
  }
const failing = (ms: number, message: string) => async (fiber: Fiber) => {
  await fiber.sleep(ms)
  throw new Error(message)
}
const forever = (fiber: Fiber): Promise<never> => fiber.wait(new Computation<never>())
const cleaning =
  (clean: () => unknown) =>
  async (fiber: Fiber): Promise<never> => {
    try {
      return await forever(fiber)
    } catch (error) {
      await fiber.forbid(() => fiber.sleep(1))
      clean()
      throw error
    }
  }

describe.each(executors)('$name', ({ execute }) => {
  it('all: answers in order, and fails with the first error', () =>
    execute(async (fiber) => {
      expect(await all(fiber, [])).toEqual([])
      expect(await all(fiber, [delayed(3, 'a'), delayed(1, 2), () => true])).toEqual(['a', 2, true])
      expect(await both(fiber, delayed(2, 'a'), () => 1)).toEqual(['a', 1])
      let cleaned = false
      const lost = all(fiber, [cleaning(() => (cleaned = true)), failing(1, 'boom'), failing(60_000, 'late')])
      await expect(lost).rejects.toThrow('boom')
      expect(cleaned).toBe(true)
    }))

  it('race: the first decides, by value or error; the others are cancelled and waited for', () =>
    execute(async (fiber) => {
      let cleaned = 0
      expect(await race(fiber, [cleaning(() => cleaned++), delayed(2, 'value'), failing(60_000, 'late')])).toBe('value')
      expect(cleaned).toBe(1)
      await expect(race(fiber, [cleaning(() => cleaned++), failing(1, 'boom'), delayed(60_000, 1)])).rejects.toThrow(
        'boom',
      )
      expect(cleaned).toBe(2)
      const dropped = cleaning(() => {
        throw new Error('dropped')
      })
      expect(await race(fiber, [dropped, delayed(1, 'value')])).toBe('value')
    }))

  it('any: the first value decides, errors only when there is nothing else', () =>
    execute(async (fiber) => {
      expect(await any(fiber, [failing(1, 'one'), delayed(3, 'value'), forever])).toBe('value')
      const error = await any(fiber, [failing(1, 'one'), failing(2, 'two')]).catch((error) => error)
      expect(error.errors.map(({ message }: Error) => message)).toEqual(['one', 'two'])
      await expect(any(fiber, [failing(1, 'only')])).rejects.toThrow('only')
    }))

  it('first: drops nothing', () =>
    execute(async (fiber) => {
      expect(await first(fiber, [forever, delayed(1, 'value')])).toBe('value')
      const taken = await first<number[]>(fiber, [() => [1], () => [2]], (one, other) => [...one, ...other])
      expect(taken.length === 1 || taken.length === 2).toBe(true)
      await expect(first(fiber, [failing(1, 'boom'), delayed(60_000, 1)])).rejects.toThrow('boom')
      const late = cleaning(() => {
        throw new Error('cleanup')
      })
      await expect(first<unknown>(fiber, [late, delayed(1, 'value')])).rejects.toThrow('cleanup')
    }))

  it('cancelled from outside they reject with that, unless all is decided', () =>
    execute(async (fiber) => {
      for (const together of [
        (mine: Fiber) => all(mine, [forever]),
        (mine: Fiber) => race(mine, [forever, forever]),
        (mine: Fiber) => any(mine, [forever, () => Promise.reject(new Error('one of two'))]),
        (mine: Fiber) => first(mine, [forever]),
      ]) {
        const outer = scope(fiber, ({ fiber }) => together(fiber), { timeout: 2 })
        await expect(outer).rejects.toMatchObject({ code: 'ERR_RUMPUS_TIMEOUT' })
      }
      const decided = await scope(fiber, (outer) =>
        race(outer, [
          (mine) =>
            mine.forbid(async () => {
              outer.cancel('enough')
              await mine.sleep(1)
              return 'kept'
            }),
        ]),
      )
      expect(decided).toBe('kept')
    }))

  it('refuse what is no argument', () =>
    execute((fiber) => {
      const refused = expect.objectContaining({ code: 'ERR_RUMPUS_BAD_ARGUMENT' })
      for (const together of [all, race, any, first] as ((...given: unknown[]) => unknown)[]) {
        expect(() => together(fiber, [1])).toThrow(refused)
        expect(() => together(fiber, 1)).toThrow(refused)
      }
      for (const together of [race, any, first] as ((...given: unknown[]) => unknown)[])
        expect(() => together(fiber, [])).toThrow(refused)
      expect(() => first(fiber, [forever], 1 as never)).toThrow(refused)
    }))

  it('a cancellation that somebody made by hand is an error like any', () =>
    execute(async (fiber) => {
      const made = new Cancelled('by hand')
      await expect(all(fiber, [() => Promise.reject(made), forever])).rejects.toBe(made)
    }))
})
