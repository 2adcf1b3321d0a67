// Goal: many things, so many at a time, and the source is told when it is left. Method: programs on every executor, with
// sources that count.

import { Computation, type Fiber } from 'rumpus/effect'
import { filter, forEach, map, scope } from 'rumpus/structured'
import { describe, expect, it } from 'vitest'
import { executors } from '../effect/executors.ts'

const forever = (fiber: Fiber): Promise<never> => fiber.wait(new Computation<never>())

describe.each(executors)('$name', ({ execute }) => {
  it('answers in the order of the items, from a source now or later', () =>
    execute(async (fiber) => {
      async function* later() {
        for (const n of [3, 1, 2]) {
          await new Promise((resolve) => setImmediate(resolve))
          yield n
        }
      }
      for (const items of [[3, 1, 2], new Set([3, 1, 2]), later()]) {
        const mapped = await map(fiber, items, async (n, mine, index) => {
          await mine.sleep(n)
          return [n, index]
        })
        expect(mapped).toEqual([
          [3, 0],
          [1, 1],
          [2, 2],
        ])
      }
      expect(await filter(fiber, [1, 2, 3, undefined], async (n) => n !== 2)).toEqual([1, 3, undefined])
      const seen: number[] = []
      await forEach(fiber, later(), (n) => seen.push(n))
      expect(seen.sort()).toEqual([1, 2, 3])
      expect(await map(fiber, [], () => 1)).toEqual([])
    }))

  it('runs so many at a time, and asks for an item when there is room', () =>
    execute(async (fiber) => {
      let [running, most, asked] = [0, 0, 0]
      function* source() {
        for (let n = 0; n < 20; n++) {
          asked++
          expect(asked - running).toBeGreaterThan(0)
          yield n
        }
      }
      await forEach(
        fiber,
        source(),
        async (n, mine) => {
          most = Math.max(most, ++running)
          await mine.sleep(n % 3)
          running--
        },
        { concurrency: 3 },
      )
      expect([most, running, asked]).toEqual([3, 0, 20])
    }))

  it('stops at the first error, tells the source, and asks for no more', () =>
    execute(async (fiber) => {
      for (const later of [false, true]) {
        let [asked, returned] = [0, 0]
        const source = {
          next: () => {
            const item = { done: false, value: asked++ }
            return (later ? Promise.resolve(item) : item) as never
          },
          return: () => {
            returned++
            return (later ? Promise.resolve({ done: true }) : { done: true }) as never
          },
        }
        const items = { [later ? Symbol.asyncIterator : Symbol.iterator]: () => source } as unknown as Iterable<number>
        const lost = map(
          fiber,
          items,
          async (n, mine) => {
            if (n !== 4) return forever(mine)
            await mine.sleep(1)
            throw new Error('boom')
          },
          { concurrency: 5 },
        )
        await expect(lost).rejects.toThrow('boom')
        expect([asked, returned]).toEqual([5, 1])
      }
    }))

  it('does not wait for a source that still owes an item, and loses no error of it', () =>
    execute(async (fiber) => {
      let returned = 0
      const stuck = {
        [Symbol.asyncIterator]: () => ({
          next: () => new Promise<never>(() => {}),
          return: () => {
            returned++
            return new Promise<never>(() => {})
          },
        }),
      }
      await expect(scope(fiber, ({ fiber }) => map(fiber, stuck, () => 1), { timeout: 2 })).rejects.toThrow(/2 ms/)
      expect(returned).toBe(1)
      async function* broken() {
        yield 1
        throw new Error('source')
      }
      await expect(map(fiber, broken(), () => 1)).rejects.toThrow('source')
      function* messy() {
        try {
          yield 1
          yield 2
        } finally {
          // biome-ignore lint/correctness/noUnsafeFinally: that is what is tested
          throw new Error('cleanup')
        }
      }
      const lost = map(fiber, messy(), () => Promise.reject(new Error('call')), { concurrency: 1 })
      const error = await lost.catch((error) => error)
      expect(error.errors.map(({ message }: Error) => message)).toEqual(['call', 'cleanup'])
    }))

  it('refuses what is no argument', () =>
    execute((fiber) => {
      const refused = (code: string) => expect.objectContaining({ code })
      for (const each of [map, filter, forEach] as ((...given: unknown[]) => unknown)[]) {
        expect(() => each(fiber, 1, () => true)).toThrow(refused('ERR_RUMPUS_BAD_ARGUMENT'))
        expect(() => each(fiber, [], 1)).toThrow(refused('ERR_RUMPUS_BAD_ARGUMENT'))
        for (const concurrency of [0, 1.5, Number.NaN]) {
          expect(() => each(fiber, [], () => true, { concurrency })).toThrow(refused('ERR_RUMPUS_OUT_OF_RANGE'))
        }
      }
    }))
})
