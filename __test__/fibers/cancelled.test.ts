// Goal: whenever a fiber is cancelled that has a body run on another core, there is one outcome: the body never begins, or is told and
// comes to its end before the fiber goes on, or its value is kept; and no room of a pool is lost. Method: crowds of jobs under `simulate`,
// each cancelled at a moment that was chosen for it; the moments are counted, and the books balanced.

import { simulate } from 'rumpus'
import { Computation, Fiber } from 'rumpus/effect'
import { ExecutorPool, fiberOf, parallel } from 'rumpus/fibers'
import { expect, it } from 'vitest'
import { known, steps } from '../fixtures/parallel-steps.mjs'
import { dice } from '../fixtures/random.mjs'

const moments = [
  'before', // it has not asked yet
  'queued', // it stands in line, for the pool is full
  'travelling', // it was sent off, and has not begun there
  'running',
  'answering', // it has ended there, and its answer is not here
] as const
type Moment = (typeof moments)[number]
type Hits = Record<Moment | 'kept' | 'never begun' | 'told', number>

const LIVE = 60

/** One job: what asks for it, and what it comes to. */
class Job {
  readonly id: number
  readonly moment: Moment
  readonly computation = new Computation<never>()
  readonly fiber: Fiber
  /** How many looks it is spared when its moment has come. */
  patience: number
  readonly ends: ({ readonly value: unknown } | { readonly error: unknown })[] = []
  asked = false

  constructor(root: Fiber, id: number, moment: Moment, patience: number) {
    this.id = id
    this.moment = moment
    this.patience = patience
    this.fiber = new Fiber(root.handler, this.computation)
    known.set(id, { begun: 0, ended: 0, told: undefined })
  }

  /** Where it is now. */
  get now(): Moment | 'over' {
    if (this.ends.length > 0) return 'over'
    if (!this.asked) return 'before'
    const { begun, ended } = known.get(this.id)!
    if (ended > 0) return 'answering'
    if (begun > 0) return 'running'
    return this.fiber.waitsFor?.what === 'room in an executor pool' ? 'queued' : 'travelling'
  }

  async run(pool: ExecutorPool | undefined, weight: number, length: number): Promise<void> {
    const { fiber, id } = this
    for (let left = this.moment === 'before' ? 4 : 0; left > 0; left--) await fiber.forbid(() => fiber.yield())
    this.asked = true
    const asks = pool === undefined ? parallel(fiber, steps, id, length) : pool.run(fiber, weight, steps, id, length)
    const end = await asks.then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    )
    this.ends.push(end)
  }

  /** Whether it has one outcome, and the other end agrees with it. */
  check(hits: Hits): void {
    const { id, ends, computation, moment } = this
    const { begun, ended, told } = known.get(id)!
    known.delete(id)
    const [end] = ends
    const { cancellation } = computation
    const isValue = end !== undefined && 'value' in end
    if (isValue && cancellation !== undefined) hits.kept++
    if (cancellation !== undefined && begun === 0) hits['never begun']++
    if (told !== undefined) hits.told++
    const isRight =
      ends.length === 1 &&
      begun <= 1 &&
      begun === ended &&
      (isValue
        ? end.value === id && told === undefined && begun === 1
        : cancellation !== undefined && end?.error === cancellation && (begun === 0 || told === 'stop'))
    if (!isRight) expect({ id, moment, ends, begun, ended, told, cancellation }).toBe('one outcome')
  }
}

const program = (seed: number, count: number, hits: Hits): Promise<void> =>
  simulate({ seed, schedulers: 2 }, async (self) => {
    const below = dice(seed)
    const root = fiberOf(self)
    const pool = new ExecutorPool(self.runtime)
    const live = new Set<Job>()
    const done: Promise<void>[] = []
    let next = 0
    const start = (): void => {
      const moment = moments[next % moments.length]!
      const job = new Job(root, next, moment, moment === 'answering' ? 0 : below(3))
      next++
      live.add(job)
      // Few of the others, so that most of them need not stand in its line first.
      const isPooled = job.moment === 'queued' || below(4) === 0
      const weight = [0.25, 0.5, 1][below(3)]!
      const ends = root.handler
        .spawn(root, job.fiber, () =>
          job.run(isPooled ? pool : undefined, weight, job.moment === 'running' ? 500 : 1 + below(12)),
        )
        .then(() => {
          live.delete(job)
          job.check(hits)
        })
      done.push(ends)
    }
    while (next < count || live.size > 0) {
      while (next < count && live.size < LIVE) start()
      for (const job of live) {
        if (job.now !== job.moment || job.computation.cancellation !== undefined || job.patience-- > 0) continue
        hits[job.moment]++
        job.computation.cancel('stop')
      }
      await root.yield()
    }
    await Promise.all(done)
    // No room was lost: as much fits as at first, and no more.
    expect([pool.running, pool.waiting]).toEqual([0, 0])
    const full = Array.from({ length: 9 }, (_, at) => new Job(root, count + at, 'running', 0))
    const all = full.map((job) => root.handler.spawn(root, job.fiber, () => job.run(pool, 0.25, 1)))
    expect([pool.running, pool.waiting]).toEqual([8, 1])
    await Promise.all(all)
    for (const job of full) job.check(hits)
    await pool.close(root)
  })

const none = (): Hits =>
  Object.fromEntries([...moments, 'kept', 'never begun', 'told'].map((what) => [what, 0])) as Hits

it('comes to one outcome whenever it is cancelled, and each moment is hit ten thousand times', {
  timeout: 240_000,
}, async () => {
  const hits = none()
  for (let seed = 1; seed <= 27; seed++) await program(seed, 2_000, hits)
  for (const moment of moments) expect(hits[moment], moment).toBeGreaterThanOrEqual(10_000)
  for (const what of ['kept', 'never begun', 'told'] as const) expect(hits[what], what).toBeGreaterThan(1_000)
})

it('is repeated by its seed', async () => {
  const [once, again] = [none(), none()]
  await program(7, 300, once)
  await program(7, 300, again)
  expect(again).toEqual(once)
})
