// Goal: a cancellation may come at any moment, and changes nothing but what it must: all that was forked is over, all that was
// taken is released once, a value that was there is kept. Method: a program under the seeded executor counts its own steps;
// then it is cancelled at each of them, under many seeds. The cancellation is at a step, so every point at which the program can
// be cancelled is hit, and counted.

import { type Fiber, fifo, random } from 'rumpus/effect'
import { all, map, protect, race, scope } from 'rumpus/structured'
import { expect, it } from 'vitest'

/** Where a program is cancelled: at which of its steps, counted over all places or at one. */
interface At {
  readonly place?: string
  readonly step: number
}

/** Counts the steps of a program, and cancels it at one of them. */
class Steps {
  count = 0
  private left: number
  private readonly at: At
  private readonly hits: Map<string, number>
  private readonly cancel: () => void

  constructor(at: At, hits: Map<string, number>, cancel: () => void) {
    this.at = at
    this.left = at.step
    this.hits = hits
    this.cancel = cancel
  }

  /** A place where the program could be cancelled. */
  step(place: string): void {
    this.count++
    if ((this.at.place ?? place) !== place || this.left-- !== 0) return
    this.hits.set(place, (this.hits.get(place) ?? 0) + 1)
    this.cancel()
  }
}

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
const program = (fiber: Fiber, books: Books, step: (place: string) => void): Promise<string> =>
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

/** Runs it with a cancellation there; answers how many steps there were. */
const runOnce = async (
  execute: (main: (fiber: Fiber) => Promise<void>) => Promise<void>,
  at: At,
  hits: Map<string, number>,
): Promise<number> => {
  const books: Books = { taken: 0, released: 0, alive: 0, committed: 0 }
  let count = 0
  await execute(async (fiber) => {
    const reason = new Error('now')
    // Its own, and not that of a scope which it may be in by then.
    const { computation } = fiber
    const steps = new Steps(at, hits, () => computation.cancel(reason))
    let entered = false
    const outcome = await program(fiber, books, (place) => {
      if (place === 'protected') entered = true
      steps.step(place)
    }).then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    )
    count = steps.count
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
  })
  return count
}

const places = 'opened daemon racing winning mapping mapped protected committing all last releasing'.split(' ')

it('holds wherever a cancellation comes, and each place is hit many times', async () => {
  const seeds = Number(process.env.RUMPUS_SEEDS ?? 40)
  const hits = new Map<string, number>()
  for (let seed = 1; seed <= seeds; seed++) {
    const execute = (main: (fiber: Fiber) => Promise<void>): Promise<void> => random({ seed }, main)
    const count = await runOnce(execute, { step: -1 }, hits)
    for (let step = 0; step < count; step++) await runOnce(execute, { step }, hits)
  }
  expect([...hits.keys()].sort()).toEqual([...places].sort())
  for (const [place, times] of hits) expect(times, place).toBeGreaterThanOrEqual(seeds)
})

it('holds so in the order of fifo too, with ten thousand cancellations at each place', {
  timeout: 240_000,
}, async () => {
  const hits = new Map<string, number>()
  const execute = async (main: (fiber: Fiber) => Promise<void>): Promise<void> => main(fifo.current())
  for (const place of places) {
    const times = ['daemon', 'mapping'].includes(place) ? 3 : 1
    const round = (_: unknown, at: number) => runOnce(execute, { place, step: at % times }, hits)
    do await Promise.all(Array.from({ length: 100 }, round))
    while ((hits.get(place) ?? 0) < 10_000)
  }
  expect(hits.size).toBe(places.length)
})
