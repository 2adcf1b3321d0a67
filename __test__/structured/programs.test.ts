// Goal: a program means the same whoever runs it. Method: random programs whose outcome does not depend on the order of things, as
// trees; each node knows by itself, without running, what it must come to; all executors must agree with that.

import { Cancelled, Computation, type Fiber } from 'rumpus/effect'
import { all, any, filter, first, map, protect, race, scope } from 'rumpus/structured'
import { describe, expect, it } from 'vitest'
import { executors } from '../effect/executors.ts'
import { dice } from '../fixtures/random.mjs'

type Outcome = { readonly value: number } | { readonly error: string }
type Below = (bound: number) => number

interface Node {
  readonly outcome: Outcome
  run(fiber: Fiber): Promise<number>
}

const DEPTH_MAX = 4
const forever = (fiber: Fiber): Promise<never> => fiber.wait(new Computation<never>())
const sum = (numbers: readonly number[]): number => numbers.reduce((one, other) => one + other, 0)

const leaf = (below: Below): Node => {
  const [value, waits] = [below(100), below(4)]
  return {
    outcome: { value },
    run: async (fiber) => {
      for (let i = 0; i < waits; i++) await fiber.yield()
      if (waits === 3) await fiber.sleep(1)
      return value
    },
  }
}

/** Throws, sooner or later. */
const failure = (below: Below): Node => {
  const [error, waits] = [`error ${below(100)}`, below(3)]
  return {
    outcome: { error },
    run: async (fiber) => {
      for (let i = 0; i < waits; i++) await fiber.yield()
      throw new Error(error)
    },
  }
}

/** A node that comes to a value, whatever is in it. */
const node = (below: Below, depth = 0): Node => {
  if (depth === DEPTH_MAX) return leaf(below)
  const make = kinds[below(kinds.length)]!
  return make(below, depth + 1)
}

const nodes = (below: Below, depth: number): Node[] => Array.from({ length: 1 + below(3) }, () => node(below, depth))
const comesTo = ({ outcome }: Node): number => ('value' in outcome ? outcome.value : Number.NaN)

/** Comes to its value, which may be worked out of an error that was caught. */
const composed = (value: number, run: (fiber: Fiber) => Promise<number>): Node => ({ outcome: { value }, run })

const kinds: ((below: Below, depth: number) => Node)[] = [
  leaf,
  (below, depth) => {
    const parts = nodes(below, depth)
    return composed(sum(parts.map(comesTo)), async (fiber) =>
      sum(
        await all(
          fiber,
          parts.map((part) => (mine: Fiber) => part.run(mine)),
        ),
      ),
    )
  },
  (below, depth) => {
    const parts = nodes(below, depth)
    const concurrency = 1 + below(3)
    return composed(2 * sum(parts.map(comesTo)), async (fiber) =>
      sum(await map(fiber, parts, async (part, mine) => 2 * (await part.run(mine)), { concurrency })),
    )
  },
  (below, depth) => {
    const parts = nodes(below, depth)
    const odd = parts.filter((part) => comesTo(part) % 2 === 1).length
    return composed(
      odd,
      async (fiber) => (await filter(fiber, parts, async (part, mine) => (await part.run(mine)) % 2 === 1)).length,
    )
  },
  (below, depth) => {
    const part = node(below, depth)
    const decide = [race, first][below(2)]!
    return composed(comesTo(part), (fiber) =>
      decide<number>(fiber, [forever, (mine: Fiber) => part.run(mine), forever] as never),
    )
  },
  (below, depth) => {
    const [part, failing] = [node(below, depth), failure(below)]
    return composed(comesTo(part), (fiber) => any(fiber, [(mine) => failing.run(mine), (mine) => part.run(mine)]))
  },
  // One child fails: the others, whatever they do, are cancelled or done, and its error is that of the scope.
  (below, depth) => {
    const [parts, failing] = [nodes(below, depth), failure(below)]
    const error = 'error' in failing.outcome ? failing.outcome.error : ''
    return composed(error.length, async (fiber) => {
      const failed = scope(fiber, async (scope) => {
        for (const part of parts) scope.fork((mine) => part.run(mine))
        scope.fork((mine) => failing.run(mine))
        await forever(scope.fiber)
      })
      return failed.catch(({ message }) => (message === error ? message.length : Number.NaN))
    })
  },
  (below, depth) => {
    const part = node(below, depth)
    return composed(comesTo(part) + 1, async (fiber) => {
      let value = Number.NaN
      const cancelled = scope(fiber, async (scope) => {
        scope.forkDaemon(forever)
        value = await part.run(scope.fiber)
        scope.cancel('enough')
        await forever(scope.fiber)
      })
      const error = await cancelled.catch((error) => error)
      return error instanceof Cancelled && error.cause === 'enough' ? value + 1 : Number.NaN
    })
  },
  (below, depth) => {
    const part = node(below, depth)
    return composed(comesTo(part), (fiber) =>
      scope(fiber, (outer) => {
        outer.cancel('enough')
        return protect(outer, () => part.run(outer.fiber))
      }),
    )
  },
  (below, depth) => {
    const part = node(below, depth)
    return composed(comesTo(part) + 7, (fiber) =>
      scope(fiber, async (outer) => {
        const answer = new Computation<number>()
        outer.fork(async (mine) => answer.return(await part.run(mine)))
        return (await outer.fiber.wait(answer)) + 7
      }),
    )
  },
  () =>
    composed(11, (fiber) =>
      scope(fiber, ({ fiber }) => forever(fiber), { timeout: 1 }).catch(({ code }) =>
        code === 'ERR_RUMPUS_TIMEOUT' ? 11 : 0,
      ),
    ),
]

const programs = Number(process.env.RUMPUS_SEEDS ?? 60)

describe.each(executors)('$name', ({ execute }) => {
  it(`comes to what ${programs} random programs must come to`, async () => {
    for (let seed = 1; seed <= programs; seed++) {
      const program = node(dice(seed))
      const value = await execute((fiber) => program.run(fiber), seed)
      expect({ value }, `program ${seed}`).toEqual(program.outcome)
    }
  })
})
