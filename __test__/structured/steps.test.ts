// Goal: a cancellation may come at any moment, and changes nothing but what it must: all that was forked is over, all that was
// taken is released once, a value that was there is kept. Method: a program under the seeded executor counts its own steps;
// then it is cancelled at each of them, under many seeds. The cancellation is at a step, so every point at which the program can
// be cancelled is hit, and counted.

import { Cancelled, type Fiber, fifo, random } from 'rumpus/effect'
import { all, map, protect, race, scope } from 'rumpus/structured'
import { expect, it } from 'vitest'

/** Cancels at its `at`th step, and counts them all. */
class Steps {
  count = 0
  readonly at: number
  readonly hits: Map<string, number>
  private readonly cancel: () => void

  constructor(at: number, hits: Map<string, number>, cancel: () => void) {
    this.at = at
    this.hits = hits
    this.cancel = cancel
  }

  /** A place where the program could be cancelled. */
  step(place: string): void {
    if (this.count++ !== this.at) return
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

/** Runs it with a cancellation at step `at`; answers how many steps there were. */
const runOnce = async (
  execute: (main: (fiber: Fiber) => Promise<void>) => Promise<void>,
  at: number,
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
    expect(fiber.computation, 'the fiber is as it was').toBe(computation)
    expect(books, 'all is over, once').toMatchObject({ taken: 1, released: 1, alive: 0 })
    expect(books.committed, 'what began is whole').toBe(entered ? 1 : 0)
    if ('value' in outcome) expect(outcome.value).toBe('fast 2,4,6')
    else expect(outcome.error).toBe(cancelled)
    if (cancelled === undefined) expect('value' in outcome).toBe(true)
    else expect(cancelled).toBeInstanceOf(Cancelled)
  })
  return count
}

it('holds wherever a cancellation comes, and each place is hit many times', async () => {
  const seeds = Number(process.env.RUMPUS_SEEDS ?? 40)
  const hits = new Map<string, number>()
  for (let seed = 1; seed <= seeds; seed++) {
    const execute = (main: (fiber: Fiber) => Promise<void>): Promise<void> => random({ seed }, main)
    const count = await runOnce(execute, -1, hits)
    for (let at = 0; at < count; at++) await runOnce(execute, at, hits)
  }
  const places = 'opened daemon racing winning mapping mapped protected committing all last releasing'.split(' ')
  expect([...hits.keys()].sort()).toEqual(places.sort())
  for (const [place, times] of hits) expect(times, place).toBeGreaterThanOrEqual(seeds)
})

it('holds so in the order of fifo too, thousands of times', async () => {
  const hits = new Map<string, number>()
  const execute = async (main: (fiber: Fiber) => Promise<void>): Promise<void> => main(fifo.current())
  for (let round = 0; round < 40; round++) {
    const count = await runOnce(execute, -1, hits)
    for (let at = 0; at < count; at++) await runOnce(execute, at, hits)
  }
  expect([...hits.values()].reduce((sum, times) => sum + times)).toBeGreaterThan(500)
})
