// Goal: a cancellation may come at any moment, and changes nothing but what it must: all that was forked is over, all that was
// taken is released once, a value that was there is kept. Method: a program under the seeded executor counts its own steps;
// then it is cancelled at each of them, under many seeds. The cancellation is at a step, so every point at which the program can
// be cancelled is hit, and counted.

import { type Fiber, fifo, random } from 'rumpus/effect'
import { all, map, protect, race, scope } from 'rumpus/structured'
import { expect, it } from 'vitest'
import { type At, cancelEverywhere, type Hits, type Step, Steps } from './steps.ts'

interface Books {
  taken: number
  released: number
  alive: number
  committed: number
}

const alive = async <T>(books: Books, act: () => Promise<T>): Promise<T> => {
  books.alive++
  try {
    return await act()
  } finally {
    books.alive--
  }
}

/** A bit of everything; answers 'value' unless it was cancelled. */
const program = (fiber: Fiber, books: Books, step: Step): Promise<string> =>
  scope(fiber, async (outer) => {
    step('opened')
    books.taken++
    outer.onRelease(async () => {
      step('releasing')
      await outer.fiber.yield()
      books.released++
    })
    outer.forkDaemon((mine) =>
      alive(books, async () => {
        for (;;) {
          step('daemon')
          await mine.yield()
        }
      }),
    )
    const child = outer.fork((mine) =>
      alive(books, () =>
        race(mine, [
          (one) => alive(books, () => one.sleep(50).then(() => 'slow')),
          async (other) => {
            step('racing')
            await other.yield()
            step('winning')
            return 'fast'
          },
        ]),
      ),
    )
    const doubled = await map(
      outer,
      [1, 2, 3],
      (n, mine) =>
        alive(books, async () => {
          step('mapping')
          await mine.yield()
          return n * 2
        }),
      { concurrency: 2 },
    )
    step('mapped')
    await protect(outer, async () => {
      step('protected')
      await outer.fiber.yield()
      step('committing')
      await outer.fiber.yield()
      books.committed++
    })
    await all(outer, [(mine) => alive(books, () => mine.yield()), () => step('all')])
    step('last')
    return `${await child} ${doubled.join()}`
  })

/** Runs it, and looks whether all is as it must be, cancelled or not. */
const checked = async (fiber: Fiber, step: Step): Promise<void> => {
  const books: Books = { taken: 0, released: 0, alive: 0, committed: 0 }
  // Its own, and not that of a scope which it may be in by then.
  const { computation } = fiber
  let entered = false
  const outcome = await program(fiber, books, (place) => {
    if (place === 'protected') entered = true
    step(place)
  }).then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  )
  const cancelled = computation.cancellation
  const wanted = { taken: 1, released: 1, alive: 0, committed: entered ? 1 : 0 }
  const isRight =
    fiber.computation === computation &&
    (Object.keys(wanted) as (keyof Books)[]).every((key) => books[key] === wanted[key]) &&
    ('value' in outcome ? outcome.value === 'fast 2,4,6' : cancelled !== undefined && outcome.error === cancelled)
  if (isRight) return
  // Told at length only then: there are a hundred thousand of these.
  expect(fiber.computation, 'the fiber is as it was').toBe(computation)
  expect(books, 'all is over, once; what began is whole').toEqual(wanted)
  expect(outcome).toEqual(cancelled === undefined ? { value: 'fast 2,4,6' } : { error: cancelled })
}

/** Runs it with a cancellation there; answers how many steps there were. */
const runOnce = async (
  execute: (main: (fiber: Fiber) => Promise<void>) => Promise<void>,
  at: At,
  hits: Hits,
): Promise<number> => {
  let count = 0
  await execute(async (fiber) => {
    const { computation } = fiber
    const steps = new Steps(at, hits, () => computation.cancel(new Error('now')))
    await checked(fiber, (place) => steps.step(place))
    count = steps.count
  })
  return count
}

const places = 'opened daemon racing winning mapping mapped protected committing all last releasing'.split(' ')

it('holds wherever a cancellation comes, and each place is hit many times', async () => {
  const seeds = Number(process.env.RUMPUS_SEEDS ?? 40)
  const hits: Hits = new Map()
  for (let seed = 1; seed <= seeds; seed++) {
    const execute = (main: (fiber: Fiber) => Promise<void>): Promise<void> => random({ seed }, main)
    const count = await runOnce(execute, { step: -1 }, hits)
    for (let step = 0; step < count; step++) await runOnce(execute, { step }, hits)
  }
  expect([...hits.keys()].sort()).toEqual([...places].sort())
  for (const [place, times] of hits) expect(times, place).toBeGreaterThanOrEqual(seeds)
})

it('holds in crowds of them, with ten thousand cancellations at each place', { timeout: 240_000 }, async () => {
  const hits = await cancelEverywhere(checked, places, 10_000)
  expect([...hits.keys()].sort()).toEqual([...places].sort())
})

it('holds so in the order of fifo too, with a thousand cancellations at each place', async () => {
  const hits: Hits = new Map()
  const execute = async (main: (fiber: Fiber) => Promise<void>): Promise<void> => main(fifo.current())
  for (const place of places) {
    const times = ['daemon', 'mapping'].includes(place) ? 3 : 1
    const round = (_: unknown, at: number) => runOnce(execute, { place, step: at % times }, hits)
    do await Promise.all(Array.from({ length: 100 }, round))
    while ((hits.get(place) ?? 0) < 1000)
  }
  expect(hits.size).toBe(places.length)
})
