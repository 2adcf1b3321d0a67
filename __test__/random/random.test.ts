// Random programs: what happens on the model happens on the runtime, in simulation and on threads, on both lanes. A failure tells
// its seeds; RUMPUS_SEED=n runs that program alone, RUMPUS_SEEDS=n so many of each kind (`npm run random`).

import { expect, it } from 'vitest'
import { lane } from '../process/world.ts'
import type { Outcome } from './book.ts'
import { causal } from './causal.ts'
import { difference } from './compare.ts'
import { broken } from './invariants.ts'
import type { Program } from './program.ts'
import { shrink } from './shrink.ts'
import { inSimulation, onModel, wayOf } from './stages.ts'
import { Threads } from './threads.ts'
import { timed, wild } from './timed.ts'

const way = lane as 'js' | 'native'
/** Orders of the model that are tried before a program is said to fail. */
const ORDERS = 60

const given = (name: string): number | undefined => {
  const value = process.env[name]
  return value === undefined ? undefined : Number(value)
}

/** Which programs are run: so many by default, or that share of what is asked for, where they take longer. */
const seedsOf = (count: number, share = 1): number[] => {
  const only = given('RUMPUS_SEED')
  if (only !== undefined) return [only]
  return Array.from({ length: Math.ceil((given('RUMPUS_SEEDS') ?? count / share) * share) }, (_, i) => i + 1)
}

/** Each program under so many orders of the simulation. */
const simulationsOf = (seed: number): number[] => [seed * 2, seed * 2 + 1]

const words = (error: unknown): string => String((error as Error)?.stack ?? error)

/** Why the runtime in simulation does what the model cannot do; nothing if all is well. */
const disagrees = async (program: Program, simulation: number): Promise<string | undefined> => {
  try {
    const wanted = await onModel(program)
    const got = await inSimulation(program, wayOf(simulation, way))
    const wrong = got.books.accepted === got.books.elsewhere ? undefined : `the books: ${JSON.stringify(got.books)}`
    const why = wrong ?? difference(wanted, got)
    if (why === undefined || wrong !== undefined) return why
    // Where the order of the model decides, any of its orders will do.
    for (let order = 1; order <= ORDERS; order++) {
      if (difference(await onModel(program, order), got) === undefined) return undefined
    }
    return why
  } catch (error) {
    return words(error)
  }
}

/** Whether a smaller program still fails for a reason of that kind. */
const isLike = (why: string, other: string | undefined): boolean =>
  other !== undefined && /^\w*Error/.test(why) === /^\w*Error/.test(other)

/** Fails with the seeds, and the smallest program that fails. */
const fail = (title: string, seed: number, simulation: number | undefined, why: string, program?: Program): never => {
  const repeat = `RUMPUS_SEED=${seed} npx vitest run __test__/random --project '${way} lane' -t '${title}'`
  const where = simulation === undefined ? 'on threads' : `in ${JSON.stringify(wayOf(simulation, way))}`
  const small = program === undefined ? '' : `\nsmallest: ${JSON.stringify(program)}`
  throw new Error(`program ${seed} ${where}: ${why}\n${repeat}${small}`)
}

const TIME = 'time decides'
const CAUSES = 'causes decide'
const NOTHING = 'nothing decides'

it(`in programs of which ${TIME} the outcome, the runtime does as the model does`, async () => {
  for (const seed of seedsOf(80)) {
    for (const simulation of simulationsOf(seed)) {
      const why = await disagrees(timed(seed), simulation)
      if (why === undefined) continue
      const small = await shrink(timed(seed), async (program) => isLike(why, await disagrees(program, simulation)))
      fail(TIME, seed, simulation, why, small)
    }
  }
}, 3_600_000)

it(`in programs of which ${CAUSES} the outcome, the runtime does as the model does`, async () => {
  for (const seed of seedsOf(150)) {
    for (const simulation of simulationsOf(seed)) {
      const why = await disagrees(causal(seed), simulation)
      if (why !== undefined) fail(CAUSES, seed, simulation, why)
    }
  }
}, 3_600_000)

it(`in programs of which ${NOTHING} the outcome, all is kept that is always promised`, async () => {
  const breaks = async (run: () => Promise<Outcome>): Promise<string | undefined> => {
    try {
      const wrong = broken(await run(), { whole: true })
      return wrong.length === 0 ? undefined : wrong.join('\n')
    } catch (error) {
      return words(error)
    }
  }
  for (const seed of seedsOf(80)) {
    const ofModel = await breaks(() => onModel(wild(seed), seed))
    expect(ofModel, `the model, program and order ${seed}`).toBe(undefined)
    for (const simulation of simulationsOf(seed)) {
      const run = (program: Program) => breaks(() => inSimulation(program, wayOf(simulation, way)))
      const why = await run(wild(seed))
      if (why === undefined) continue
      fail(NOTHING, seed, simulation, why, await shrink(wild(seed), async (program) => isLike(why, await run(program))))
    }
  }
}, 3_600_000)

it(`on threads, too, ${CAUSES} the outcome as on the model`, async () => {
  const threads = await Threads.start({ schedulers: 2 })
  try {
    for (const seed of seedsOf(40, 0.2)) {
      const wanted = await onModel(causal(seed))
      const got = await threads.run(causal(seed), wanted)
      const why = difference({ ...wanted, crashes: [] }, { ...got, crashes: [] })
      if (why !== undefined) fail(CAUSES, seed, undefined, why)
    }
  } finally {
    await threads.stop()
  }
}, 3_600_000)

it(`on threads, too, all is kept that is always promised where ${NOTHING} the outcome`, async () => {
  const threads = await Threads.start({ schedulers: 2 })
  try {
    for (const seed of seedsOf(5, 0.02)) {
      const got = await threads.run({ ...wild(seed), slot: 8, epoch: Date.now() }, { entries: 0, spawned: 0 })
      const wrong = broken(got, { whole: false })
      if (wrong.length > 0) fail(NOTHING, seed, undefined, wrong.join('\n'))
    }
  } finally {
    await threads.stop()
  }
}, 3_600_000)
