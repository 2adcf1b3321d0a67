// What the compiler knows of effects: checked by tsc (`npm run types`), run only to show that the file is no ruin.

import {
  type Clause,
  type Continuation,
  control,
  effect,
  type Fx,
  handle,
  on,
  perform,
  type Unseen,
} from 'rumpus/handlers'
import { expect, expectTypeOf, it } from 'vitest'

const ask = effect<void, string>('ask')
const log = effect<string>('log')
const find = effect<{ id: number }, Date | undefined>('find')

it('perform infers the result, and wants the payload', () => {
  const never = (fx: Fx): void => {
    expectTypeOf(fx.perform(ask)).toEqualTypeOf<Promise<string>>()
    expectTypeOf(fx.perform(log, 'line')).toEqualTypeOf<Promise<void>>()
    expectTypeOf(fx.perform(find, { id: 1 })).toEqualTypeOf<Promise<Date | undefined>>()
    expectTypeOf(perform(ask)).toEqualTypeOf<Promise<string>>()
    expectTypeOf(perform(find, { id: 1 })).toEqualTypeOf<Promise<Date | undefined>>()
    // @ts-expect-error the payload is missing
    fx.perform(log)
    // @ts-expect-error another payload
    fx.perform(find, { id: 'one' })
    // @ts-expect-error a payload for what takes none
    fx.perform(ask, 'now')
    // @ts-expect-error no effect
    fx.perform('ask')
    // @ts-expect-error the payload is missing
    perform(log)
  }
  expect(never).toBeTypeOf('function')
})

it('effect infers both from what answers otherwise', () => {
  const now = effect('now', () => 1)
  const twice = effect('twice', async (n: number) => `${n}${n}`)
  const never = (fx: Fx): void => {
    expectTypeOf(fx.perform(now)).toEqualTypeOf<Promise<number>>()
    expectTypeOf(fx.perform(twice, 1)).toEqualTypeOf<Promise<string>>()
  }
  expect(never).toBeTypeOf('function')
})

it('a clause is given the payload, and must answer the result', () => {
  const never = (): void => {
    on(find, (payload) => {
      expectTypeOf(payload).toEqualTypeOf<{ id: number }>()
      return undefined
    })
    on(log, async (line) => void expectTypeOf(line).toEqualTypeOf<string>())
    on(ask, async (_, fx) => fx.perform(ask))
    // @ts-expect-error another result
    on(ask, () => 1)
    // @ts-expect-error another payload
    on(log, (line: number) => line)
    control(find, (payload, k) => {
      expectTypeOf(payload).toEqualTypeOf<{ id: number }>()
      expectTypeOf(k).toEqualTypeOf<Continuation<Date | undefined>>()
      // @ts-expect-error resumes with another result
      k.resume('x')
      return k.resume(undefined)
    })
    control(log, (_, k) => k.resume())
    // @ts-expect-error the result is missing
    control(ask, (_, k) => k.resume())
  }
  expect(never).toBeTypeOf('function')
})

it('handle answers what its body, its clauses and their ends may come to', () => {
  const body = async (_: Fx): Promise<number> => 1
  const never = (): void => {
    expectTypeOf(handle(body, [])).toEqualTypeOf<Promise<number>>()
    expectTypeOf(handle(body, [on(ask, () => 'Ada'), on(log, () => {})])).toEqualTypeOf<Promise<number>>()
    expectTypeOf(handle(body, [control(log, (_, k) => k.resume())])).toEqualTypeOf<Promise<number>>()
    const ended = handle(body, [on(ask, () => 'Ada'), control(log, (line, k) => k.abort(line))])
    expectTypeOf(ended).toEqualTypeOf<Promise<number | string>>()
    const either = control(log, (line, k) => (line === '' ? k.resume() : k.abort(new Date())))
    expectTypeOf(handle(body, [either])).toEqualTypeOf<Promise<number | Date>>()
    expectTypeOf(handle(body, [], { return: (n) => [n] })).toEqualTypeOf<Promise<number[]>>()
    expectTypeOf(handle(body, [], { error: () => null })).toEqualTypeOf<Promise<number | null>>()
    const both = handle(body, [], { return: async () => 'x' as string, error: () => true as boolean })
    expectTypeOf(both).toEqualTypeOf<Promise<string | boolean>>()
    // @ts-expect-error no clause
    handle(body, [() => 1])
    // @ts-expect-error no option
    handle(body, [], { finally: () => 1 })
  }
  expect(never).toBeTypeOf('function')
})

it('a clause looks at what the rest comes to if it says what that is, and that is compared', () => {
  const body = async (_: Fx): Promise<number> => 1
  const never = (): void => {
    control(ask, async (_, k) => expectTypeOf(await k.resume('')).toEqualTypeOf<Unseen>())
    const listed = control(log, async (line, k: Continuation<void, string[]>) => [line, ...(await k.resume())])
    expectTypeOf(listed).toEqualTypeOf<Clause<string[], string[]>>()
    expectTypeOf(handle(body, [listed], { return: (): string[] => [] })).toEqualTypeOf<Promise<string[]>>()
    // @ts-expect-error the body comes to a number
    handle(body, [listed])
  }
  expect(never).toBeTypeOf('function')
})
