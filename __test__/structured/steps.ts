// Owns how programs are cancelled at each of their steps under the seeded executor, so many times at each place, and counts that. Never true
// here: a cancellation is counted that came nowhere.

import { Computation, Fiber, random } from 'rumpus/effect'
import { dice } from '../fixtures/random.mjs'

/** Where a program is cancelled: at which of its steps, counted over all places or at one. */
export interface At {
  readonly place?: string
  readonly step: number
}

/** How often programs were cancelled at each place. */
export type Hits = Map<string, number>

/** Says that the program could be cancelled now, at a place. */
export type Step = (place: string) => void

/** What is cancelled: rejects if that has done what it must not. A cancellation is of the fiber, which it is given to know it by. */
export type Program = (fiber: Fiber, step: Step) => Promise<unknown>

/** Counts the steps of a program, and cancels it at one of them. */
export class Steps {
  /** How many there were. */
  count = 0
  /** And how many at the place. */
  there = 0
  private readonly at: At
  private readonly hits: Hits
  private readonly cancel: () => void

  constructor(at: At, hits: Hits, cancel: () => void) {
    this.at = at
    this.hits = hits
    this.cancel = cancel
  }

  /** A place where the program could be cancelled. */
  step(place: string): void {
    this.count++
    if ((this.at.place ?? place) !== place || this.there++ !== this.at.step) return
    this.hits.set(place, (this.hits.get(place) ?? 0) + 1)
    this.cancel()
  }
}

/** Programs that are under way at a time, in one order of chance. */
const CROWD = 100
/** Crowds that may come and go without a cancellation. */
const VAIN_MAX = 20

/**
 * Runs `program` under seed after seed until it was cancelled `times` at each of `places`, at any of the steps that it takes there. Answers
 * how often it was.
 */
export const cancelEverywhere = async (program: Program, places: readonly string[], times: number): Promise<Hits> => {
  const hits: Hits = new Map()
  let seed = 0
  const crowd = (at: () => At): Promise<number[]> =>
    random({ seed: ++seed }, (root) =>
      Promise.all(Array.from({ length: CROWD }, () => runOnce(root, program, at(), hits, seed))),
    )
  for (const place of places) {
    // As many steps as there were when nobody was cancelled: each of them as often as it is likely to come.
    const taken = await crowd(() => ({ place, step: -1 }))
    const below = dice(seed)
    let vain = 0
    while ((hits.get(place) ?? 0) < times) {
      const before = hits.get(place)
      await crowd(() => ({ place, step: below(taken[below(CROWD)] ?? 0) }))
      vain = hits.get(place) === before ? vain + 1 : 0
      if (vain === VAIN_MAX) throw new Error(`${VAIN_MAX * CROWD} programs did not come to ${JSON.stringify(place)}`)
    }
  }
  return hits
}

/** Answers how many steps there were at the place. */
const runOnce = async (root: Fiber, program: Program, at: At, hits: Hits, seed: number): Promise<number> => {
  const computation = new Computation<never>()
  const fiber = new Fiber(root.handler, computation)
  const steps = new Steps(at, hits, () => computation.cancel('now'))
  try {
    await root.handler.spawn(root, fiber, () => program(fiber, (place) => steps.step(place)))
  } catch (error) {
    throw new Error(`seed ${seed}, cancelled at step ${at.step} of ${at.place}: ${error}`, { cause: error })
  }
  return steps.there
}

/** Does `act`, in `fiber`; whatever step of others finds the fiber parked in that is one at which it could be cancelled. */
export const during = async <T>(fiber: Fiber, place: string, step: Step, act: () => Promise<T>): Promise<T> => {
  const other = new Fiber(fiber.handler, new Computation<never>())
  let over = false
  const steps = async (mine: Fiber): Promise<void> => {
    while (!over) {
      if (fiber.resume !== undefined) step(place)
      await mine.yield()
    }
  }
  const done = fiber.handler.spawn(other, other, steps)
  try {
    return await act()
  } finally {
    over = true
    await done
  }
}

/** Lets others go on, so many times. */
export const linger = async (fiber: Fiber, times: number): Promise<void> => {
  for (let n = 0; n < times; n++) await fiber.yield()
}
