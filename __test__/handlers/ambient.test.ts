// Goal: code that was given no fx performs by the handlers around it, and by no others, however much runs at the same time. Method:
// the code under test imports `perform` alone; it runs on every executor.

import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type Fiber, fifo } from 'rumpus/effect'
import { ambient, control, effect, type Fx, fxOf, handle, on, perform } from 'rumpus/handlers'
import { all, map, scope } from 'rumpus/structured'
import { describe, expect, it } from 'vitest'
import { executors } from '../effect/executors.ts'

const now = effect<void, number>('now', () => Date.now())
const fetchText = effect<string, string>('fetchText')
const give = effect<void, never>('give')

// Code under test: reads a page once a minute, and knows of no fx.
const pages = (): ((url: string) => Promise<string>) => {
  const seen = new Map<string, { at: number; text: string }>()
  return async (url) => {
    const at = await perform(now)
    const known = seen.get(url)
    if (known !== undefined && at - known.at < 60_000) return known.text
    const text = await perform(fetchText, url)
    seen.set(url, { at, text })
    return text
  }
}

describe.each(executors)('$name', ({ execute }) => {
  it('a clock and a network of the test, and nothing of the code touched', () =>
    execute(async (fiber) => {
      let time = 0
      const asked: string[] = []
      const read = pages()
      const texts = await ambient(fiber, () =>
        handle(async () => {
          const first = [await read('/a'), await read('/a'), await read('/b')]
          time = 60_000
          return [...first, await read('/a')]
        }, [
          on(now, () => time),
          on(fetchText, async (url, fx) => {
            asked.push(url)
            await fx.fiber.sleep(1)
            return `${url} at ${time}`
          }),
        ]),
      )
      expect(texts).toEqual(['/a at 0', '/a at 0', '/b at 0', '/a at 60000'])
      expect(asked).toEqual(['/a', '/b', '/a'])
    }))

  it('each strand finds its own handlers, whatever runs beside it', () =>
    execute(async (fiber) => {
      const answering = (n: number) => async (): Promise<number[]> =>
        handle(async () => {
          const before = await perform(now)
          await new Promise((resolve) => setImmediate(resolve))
          return [before, await perform(now)]
        }, [on(now, () => n)])
      const answers = await ambient(fiber, () => Promise.all([1, 2, 3].map((n) => answering(n)())))
      expect(answers).toEqual([
        [1, 1],
        [2, 2],
        [3, 3],
      ])
    }))

  it('a clause finds what is outside, of both kinds, and so does the code behind the handler', () =>
    execute(async (fiber) => {
      const outside = on(fetchText, (url) => `outside ${url}`)
      const said = ambient(fiber, () =>
        handle(async () => {
          const inner = await handle(
            async () => [await perform(fetchText, 'a'), await perform(now)],
            [
              on(fetchText, async (url) => `inside ${await perform(fetchText, url)}`),
              control(now, async (_, k) => k.resume((await perform(fetchText, 'now')).length)),
            ],
          )
          return [...inner, await perform(fetchText, 'b')]
        }, [outside]),
      )
      expect(await said).toEqual(['inside outside a', 'outside now'.length, 'outside b'])
    }))

  it('children perform by it at the same time, also where they wait for decisions', () =>
    execute(async (fiber) => {
      const doubled = ambient(fiber, () =>
        handle(
          (fx) => map(fx, ['a', 'bb', 'ccc'], (url) => perform(fetchText, url)),
          [
            control(fetchText, async (url, k, fx) => {
              await fx.fiber.sleep(url.length)
              return k.resume(url + url)
            }),
          ],
        ),
      )
      expect(await doubled).toEqual(['aa', 'bbbb', 'cccccc'])
    }))

  it('abort ends a body that has no fx; a cancellation ends the wait for a decision', () =>
    execute(async (fiber) => {
      const giving = ambient(fiber, () => handle(async () => perform(give), [control(give, (_, k) => k.abort('up'))]))
      expect(await giving).toBe('up')
      const waits = scope(
        fiber,
        (outer) =>
          ambient(outer, () =>
            handle(() => perform(give), [control(give, (_, __, fx) => fx.fiber.sleep(60_000) as Promise<never>)]),
          ),
        { timeout: 2 },
      )
      await expect(waits).rejects.toMatchObject({ code: 'ERR_RUMPUS_TIMEOUT' })
    }))

  it('an explicit fx and an ambient one are the same handlers', () =>
    execute(async (fiber) => {
      const both = (fx: Fx): Promise<number[]> => all(fx, [(mine) => fxOf(mine).perform(now), () => perform(now)])
      const answered = handle(fiber, (fx) => ambient(fx, () => both(fx)), [on(now, () => 7)])
      expect(await answered).toEqual([7, 7])
    }))

  it('outside of it an effect answers by itself, or is an error that says so', () =>
    execute(async (fiber: Fiber) => {
      expect(await perform(now)).toBeGreaterThan(0)
      await expect(perform(fetchText, 'a')).rejects.toMatchObject({
        code: 'ERR_RUMPUS_UNHANDLED',
        message: 'nobody handles the effect fetchText: nothing is ambient here',
      })
      await handle(fiber, async () => {
        await expect(perform(fetchText, 'a'), 'a handler is not found unless asked for').rejects.toMatchObject({
          code: 'ERR_RUMPUS_UNHANDLED',
        })
      }, [on(fetchText, () => 'not found')])
    }))
})

it('refuses what is no argument, and keeps what is ambient where none is given', async () => {
  const refused = expect.objectContaining({ code: 'ERR_RUMPUS_BAD_ARGUMENT' })
  expect(() => ambient({} as never, () => 1)).toThrow(refused)
  expect(() => ambient(fifo.current(), 1 as never)).toThrow(refused)
  expect(() => perform(1 as never)).toThrow(refused)
  expect(ambient(() => 5)).toBe(5)
  const nested = ambient(() => handle(() => ambient(() => perform(now)), [on(now, () => 3)]))
  expect(await nested).toBe(3)
})

it('an engine without the means handles all the same, and says what it cannot do', () => {
  const program = `
    process.getBuiltinModule = undefined
    const { ambient, effect, handle, on } = await import('rumpus/handlers')
    const ask = effect('ask')
    console.log(await handle((fx) => fx.perform(ask), [on(ask, () => 'answered')]))
    try {
      ambient(() => 1)
    } catch ({ code }) {
      console.log(code)
    }`
  const cwd = fileURLToPath(new URL('../..', import.meta.url))
  const said = execFileSync(process.execPath, ['--input-type=module', '--eval', program], { cwd, encoding: 'utf8' })
  expect(said).toBe('answered\nERR_RUMPUS_NO_AMBIENT\n')
})
