// Goal: handlers mean what deep handlers with a rest that is decided once mean, however they nest. Method: random programs of effects,
// handlers, errors and clean-up; each is also run by a model that has no promises, fibers or frames: what performs is a value
// that holds what to ask and how to go on. All executors must come to what the model comes to.

import { Aborted, type Continuation, control, effect, type Fx, fxOf, handle, on } from 'rumpus/handlers'
import { scope } from 'rumpus/structured'
import { describe, expect, it } from 'vitest'
import { executors } from '../effect/executors.ts'
import { dice } from '../fixtures/random.mjs'

const ask = effect<void, number>('ask')
const bump = effect<number, number>('bump')
const raise = effect<number, number>('raise')

// The model: a computation is done, or has failed, or asks and goes on.

type End = { readonly value: number } | { readonly error: unknown }
type Model = End | { readonly asks: Asked; readonly payload: number; readonly go: (end: End) => Model }
type Asked = 'ask' | 'bump' | 'raise'

const then = (model: Model, go: (end: End) => Model): Model =>
  'asks' in model ? { ...model, go: (end) => then(model.go(end), go) } : go(model)
const map = (model: Model, act: (value: number) => Model): Model =>
  then(model, (end) => ('value' in end ? act(end.value) : end))
const value = (number: number): End => ({ value: number })
const perform = (asks: Asked, payload = 0): Model => ({ asks, payload, go: (end) => end })

interface ModelOfHandler {
  /** A clause of `on`: answers, outside of the handler. */
  readonly on?: Partial<Record<Asked, (payload: number) => Model>>
  readonly control?: Partial<Record<Asked, (payload: number, k: ModelOfRest) => Model>>
  readonly ends?: { readonly return: (value: number) => Model; readonly error?: () => Model }
}

interface ModelOfRest {
  resume(value: number): Model
  throw(error: unknown): Model
  abort(answer: number): Model
}

/** A cancellation beside an error is none. */
const together = (one: unknown, other: unknown): unknown =>
  typeof other === 'object' ? one : typeof one === 'object' ? other : 'several'

const handled = (body: Model, { on = {}, control = {}, ends }: ModelOfHandler): Model => {
  const aborted = { name: 'aborted' }
  let isAborted = false
  const within = (model: Model): Model => {
    if (!('asks' in model)) return ended(model)
    const { asks, payload, go } = model
    const rest = (end: End): Model => within(go(end))
    const [answer, decide] = [on[asks], control[asks]]
    if (answer !== undefined) return then(answer(payload), rest)
    if (decide === undefined) return { ...model, go: rest }
    return decided(decide, payload, rest)
  }
  const decided = (
    decide: (payload: number, k: ModelOfRest) => Model,
    payload: number,
    rest: (end: End) => Model,
  ): Model => {
    let isDecided = false
    const once = (end: End): Model => {
      isDecided = true
      return rest(end)
    }
    const unwind = (): Model => {
      isAborted = true
      return then(once({ error: aborted }), (end) => ('error' in end && end.error !== aborted ? end : value(0)))
    }
    const clause = decide(payload, {
      resume: (number) => once(value(number)),
      throw: (error) => once({ error }),
      abort: (number) => map(unwind(), () => value(number)),
    })
    // One that fails before it has decided ends the body.
    return then(clause, (end) => {
      if (isDecided || 'value' in end) return end
      return then(unwind(), (unwound) => ('error' in unwound ? { error: together(end.error, unwound.error) } : end))
    })
  }
  const ended = (end: End): Model => {
    if (isAborted) return 'value' in end ? { error: 'ERR_RUMPUS_SWALLOWED' } : end
    if (ends === undefined) return end
    if ('value' in end) return ends.return(end.value)
    return ends.error === undefined || typeof end.error === 'object' ? end : ends.error()
  }
  return within(body)
}

// Programs: each is run, and modelled.

interface Program {
  run(fx: Fx): Promise<number>
  model(): Model
}

type Below = (bound: number) => number
const DEPTH_MAX = 6

class Thrown extends Error {}

const leaves: ((below: Below) => Program)[] = [
  (below) => {
    const [number, waits] = [below(100), below(3)]
    return {
      run: async ({ fiber }) => {
        for (let i = 0; i < waits; i++) await fiber.yield()
        return number
      },
      model: () => value(number),
    }
  },
  () => ({ run: (fx) => fx.perform(ask), model: () => perform('ask') }),
  (below) => {
    const number = below(10)
    return { run: (fx) => fx.perform(bump, number), model: () => perform('bump', number) }
  },
  (below) => {
    const number = below(10)
    return { run: (fx) => fx.perform(raise, number), model: () => perform('raise', number) }
  },
  (below) => {
    const number = below(10)
    return { run: () => Promise.reject(new Thrown(`${number}`)), model: () => ({ error: `${number}` }) }
  },
]

const combine = (one: number, other: number): number => (one * 3 + other) % 1009

/** A handler around a body, both ways. */
const around = (
  body: Program,
  handle: (fx: Fx, body: (fx: Fx) => Promise<number>) => Promise<number>,
  model: () => ModelOfHandler,
): Program => ({
  run: (fx) => handle(fx, (inner) => body.run(inner)),
  model: () => handled(body.model(), model()),
})

const branches: ((below: Below, part: () => Program) => Program)[] = [
  (_, part) => {
    const [one, other] = [part(), part()]
    return {
      run: async (fx) => combine(await one.run(fx), await other.run(fx)),
      model: () => map(one.model(), (a) => map(other.model(), (b) => value(combine(a, b)))),
    }
  },
  // Catches errors of the program, and lets the end of a body pass.
  (_, part) => {
    const [tried, instead] = [part(), part()]
    return {
      run: async (fx) => {
        try {
          return await tried.run(fx)
        } catch (error) {
          if (!(error instanceof Thrown)) throw error
          return combine(Number(error.message), await instead.run(fx))
        }
      },
      model: () =>
        then(tried.model(), (end) => {
          if ('value' in end || Number.isNaN(Number(end.error))) return end
          return map(instead.model(), (number) => value(combine(Number(end.error), number)))
        }),
    }
  },
  (_, part) => {
    const [tried, last] = [part(), part()]
    return {
      run: async (fx) => {
        try {
          return await tried.run(fx)
        } finally {
          await last.run(fx)
        }
      },
      model: () => then(tried.model(), (end) => map(last.model(), () => end)),
    }
  },
  // Swallows the end of a body.
  (_, part) => {
    const tried = part()
    return {
      run: async (fx) => {
        try {
          await tried.run(fx)
        } catch (error) {
          if (error instanceof Aborted) return 8
          throw error
        }
        return 9
      },
      model: () =>
        then(tried.model(), (end) => {
          if ('value' in end) return value(9)
          return typeof end.error === 'object' ? value(8) : end
        }),
    }
  },
  (_, part) => {
    const forked = part()
    return {
      run: (fx) => scope(fx, (children) => children.fork((fiber) => forked.run(fxOf(fiber)))),
      model: () => forked.model(),
    }
  },
  (below, part) => {
    const number = below(100)
    return around(
      part(),
      (fx, body) => handle(fx, body, [on(ask, () => number)]),
      () => ({ on: { ask: () => value(number) } }),
    )
  },
  (_, part) =>
    around(
      part(),
      (fx, body) => handle(fx, body, [on(ask, async (_, outside) => 1 + (await outside.perform(ask)))]),
      () => ({ on: { ask: () => map(perform('ask'), (number) => value(number + 1)) } }),
    ),
  (below, part) => {
    const first = below(50)
    return around(
      part(),
      (fx, body) => {
        let state = first
        return handle(fx, body, [on(bump, (n) => (state += n))], { return: (number) => combine(number, state) })
      },
      () => {
        let state = first
        return {
          on: { bump: (n) => value((state += n)) },
          ends: { return: (number) => value(combine(number, state)) },
        }
      },
    )
  },
  (below, part) => {
    const number = below(100)
    return around(
      part(),
      (fx, body) => handle(fx, body, [control(raise, (n, k) => k.abort(number + n))]),
      () => ({ control: { raise: (n, k) => k.abort(number + n) } }),
    )
  },
  (_, part) =>
    around(
      part(),
      (fx, body) => handle(fx, body, [control(raise, (n, k) => k.resume(n + 1))]),
      () => ({ control: { raise: (n, k) => k.resume(n + 1) } }),
    ),
  (_, part) =>
    around(
      part(),
      (fx, body) => handle(fx, body, [control(raise, async (n, k) => k.throw(new Thrown(`${n}`)))]),
      () => ({ control: { raise: (n, k) => k.throw(`${n}`) } }),
    ),
  // Goes on behind the rest, and performs there.
  (_, part) =>
    around(
      part(),
      (fx, body) =>
        handle(fx, body, [
          control(raise, async (n, k: Continuation<number, number>, outside) => {
            const answer = await k.resume(await outside.perform(ask))
            return combine(answer, await outside.perform(bump, n))
          }),
        ]),
      () => ({
        control: {
          raise: (n, k) =>
            map(perform('ask'), (asked) =>
              map(k.resume(asked), (answer) => map(perform('bump', n), (bumped) => value(combine(answer, bumped)))),
            ),
        },
      }),
    ),
  // Decides by what happens outside, after a while; odd payloads end the body.
  (_, part) =>
    around(
      part(),
      (fx, body) =>
        handle(fx, body, [
          control(ask, async (_, k, outside) => {
            await outside.fiber.yield()
            const number = await outside.perform(raise, 3)
            return number % 2 === 1 ? k.abort(number) : k.resume(number)
          }),
        ]),
      () => ({
        control: {
          ask: (_, k) => map(perform('raise', 3), (number) => (number % 2 === 1 ? k.abort(number) : k.resume(number))),
        },
      }),
    ),
  (below, part) => {
    const number = below(100)
    return around(
      part(),
      (fx, body) => handle(fx, body, [], { return: (n) => combine(n, number), error: () => number }),
      () => ({ ends: { return: (n) => value(combine(n, number)), error: () => value(number) } }),
    )
  },
]

/** A program of any size, down to a leaf. */
const program = (below: Below, depth = 0): Program => {
  if (depth === DEPTH_MAX || below(4) === 0) return leaves[below(leaves.length)]!(below)
  return branches[below(branches.length)]!(below, () => program(below, depth + 1))
}

/** What everything is answered by that a program leaves open. */
const outermost = (body: Program): Program =>
  around(
    body,
    (fx, body) => handle(fx, body, [on(ask, () => 1), on(bump, (n) => n), on(raise, (n) => n + 2)]),
    () => ({ on: { ask: () => value(1), bump: value, raise: (n) => value(n + 2) } }),
  )

/** As the model says it. */
const told = (error: unknown): End => {
  if (error instanceof Thrown) return { error: error.message }
  if (error instanceof AggregateError) return { error: 'several' }
  return { error: (error as { code?: string }).code ?? error }
}

const programs = Number(process.env.RUMPUS_SEEDS ?? 300)

describe.each(executors)('$name', ({ execute }) => {
  it(`comes to what the model of ${programs} random programs comes to`, async () => {
    const seen = new Set<string>()
    for (let seed = 1; seed <= programs; seed++) {
      const whole = outermost(program(dice(seed)))
      const end = await execute((fiber) => whole.run(fxOf(fiber)).then(value, told), seed)
      const model = whole.model()
      expect(end, `program ${seed}`).toEqual(model)
      seen.add('value' in end ? 'value' : Number.isNaN(Number(end.error)) ? String(end.error) : 'error')
    }
    expect([...seen].sort(), 'there was something of each').toEqual(
      expect.arrayContaining(['ERR_RUMPUS_SWALLOWED', 'error', 'value']),
    )
  })
})
