// Goal: a cancellation may come at any moment of an effect, and there is one outcome: what was opened is closed, each clause that began is
// over, and what was decided before is kept. Method: crowds of programs under the seeded executor, each with a strand for every place in
// which it can be cancelled, all cancelled at once after some steps; where a strand is at that moment is counted.

import { type Cancelled, type Fiber, random } from 'rumpus/effect'
import { type Continuation, control, effect, type Fx, fxOf, handle, on } from 'rumpus/handlers'
import { scope } from 'rumpus/structured'
import { expect, it } from 'vitest'
import { dice } from '../fixtures/random.mjs'

const places = [
  'answering', // a clause of `on` waits
  'forwarded', // one of a handler outside waits
  'deciding', // a clause of `control` waits, and has not decided
  'resumed', // the body has been resumed, and runs on
  'caught', // the body has been thrown something, and cleans up
  'unwinding', // the body was aborted, and cleans up
  'behind', // the clause has seen what the rest came to, and waits
  'returning', // the clause for the value waits
  'failing', // the clause for the error waits
  'child', // a fiber that was forked in the body performs
  'left', // a clause waits whose performer is cancelled, and nobody else
] as const
type Place = (typeof places)[number]
type Hits = Record<Place | 'performing' | 'kept', number>

const none = (): Hits => Object.fromEntries([...places, 'performing', 'kept'].map((place) => [place, 0])) as Hits

const ask = effect<void, number>('ask')
const outside = effect<void, number>('outside')
const decide = effect<void, number>('decide')
const object = effect<void, number>('object')
const quit = effect<void, number>('quit')
const opening = effect('opening')
const closing = effect('closing')

const OBJECTION = new Error('an objection')
const FAILURE = new Error('a failure')

/** What is known of one strand, which stays for a while at one place. */
class Books {
  readonly stays: Place
  opened = 0
  closed = 0
  /** Clauses, and fibers of its own, that have begun and are not over. */
  open = 0
  /** Where it waits. */
  at: Place | undefined = undefined
  isPerforming = false
  /** Why a clause of it was cancelled that had not decided. */
  told: unknown = undefined
  /** Whether its performer was cancelled alone. */
  isLeft = false
  /** Whether nothing of it was left when it had come to its end. */
  isClean = false
  /** What it has come to: once. */
  readonly ends: ({ readonly value: unknown } | { readonly error: unknown })[] = []
  /** How many steps it stays: most are still there when they are cancelled. */
  private readonly patience: number

  constructor(stays: Place, below: (bound: number) => number) {
    this.stays = stays
    this.patience = stays !== 'left' && below(8) === 0 ? 1 + below(8) : 50
  }

  /** Waits there: a step, or for a while. */
  async waits(place: Place, fiber: Fiber): Promise<void> {
    const before = this.at
    this.at = place
    try {
      for (let left = place === this.stays ? this.patience : 1; left > 0; left--) await fiber.yield()
    } finally {
      this.at = before
    }
  }

  async during<T>(act: () => Promise<T>): Promise<T> {
    this.open++
    try {
      return await act()
    } finally {
      this.open--
    }
  }
}

const clausesOf = (books: Books) => [
  on(ask, (_, fx) => books.during(() => books.waits('answering', fx.fiber).then(() => 1))),
  control(decide, (_, k: Continuation<number, number>, fx) =>
    books.during(async () => {
      await books.waits(books.stays === 'left' ? 'left' : 'deciding', fx.fiber).catch((error: Cancelled) => {
        books.told = error.cause
        throw error
      })
      const rest = await k.resume(1)
      await books.waits('behind', fx.fiber)
      return rest
    }),
  ),
  control(object, (_, k: Continuation<number, number>, fx) =>
    books.during(async () => {
      await books.waits('deciding', fx.fiber)
      return k.throw(OBJECTION)
    }),
  ),
  control(quit, (_, k: Continuation<number, number>, fx) =>
    books.during(async () => {
      await books.waits('deciding', fx.fiber)
      return k.abort(0)
    }),
  ),
  on(opening, () => void books.opened++),
  on(closing, () => void books.closed++),
]

/** What a strand performs to come to the place where it stays. */
const wayTo = { answering: ask, forwarded: outside, caught: object, unwinding: quit, child: ask } as const

const body = async (fx: Fx, books: Books): Promise<number> => {
  const { stays } = books
  const which = wayTo[stays as keyof typeof wayTo] ?? decide
  await fx.perform(opening)
  books.isPerforming = true
  try {
    const answer = await fx.perform(which)
    books.isPerforming = false
    await books.waits('resumed', fx.fiber)
    return answer
  } catch (error) {
    books.isPerforming = false
    if (error !== OBJECTION) throw error
    await books.waits('caught', fx.fiber)
    return 1
  } finally {
    try {
      if (which === quit) await books.waits('unwinding', fx.fiber)
    } finally {
      await fx.perform(closing)
    }
  }
}

/** The same in a fiber of its own, in which the handler is in force. */
const forked = (fx: Fx, books: Books): Promise<number> =>
  scope(fx, (inner) =>
    inner.fork((mine) =>
      books.during(async () => {
        await books.waits('child', mine)
        return body(fxOf(mine), books)
      }),
    ),
  )

/** Cancels the fiber that performs, and goes on without its answer. */
const leaving = async (fx: Fx, books: Books): Promise<number> => {
  let isWaiting = false
  await scope(fx, async (inner) => {
    inner.fork((mine) => books.during(() => body(fxOf(mine), books)))
    while (books.at !== 'left') await inner.fiber.yield()
    await inner.fiber.yield()
    isWaiting = books.at === 'left'
    inner.cancel('left')
  })
  // Who performed is gone, so the clause has been cancelled, and by nobody else.
  books.isLeft = isWaiting && fx.fiber.cancellation === undefined
  return 1
}

const ways: Partial<Record<Place, typeof body>> = { child: forked, left: leaving }

const strand = async (fiber: Fiber, books: Books): Promise<number> => {
  const act = async (fx: Fx): Promise<number> => {
    const answer = await (ways[books.stays] ?? body)(fx, books)
    if (books.stays === 'failing') throw FAILURE
    return answer
  }
  return handle(fiber, act, clausesOf(books), {
    return: (value, { fiber: mine }) => books.during(() => books.waits('returning', mine).then(() => value)),
    error: (error, { fiber: mine }) =>
      books.during(async () => {
        await books.waits('failing', mine)
        if (error !== FAILURE) throw error
        return 1
      }),
  })
}

/** One strand for each place, cancelled together; then the books are balanced. */
const program = (root: Fiber, below: (bound: number) => number, hits: Hits): Promise<void> => {
  const all = places.map((place) => new Books(place, below))
  const outer = on(outside, (_, fx: Fx) => {
    const books = all.find(({ stays }) => stays === 'forwarded')!
    return books.during(() => books.waits('forwarded', fx.fiber).then(() => 1))
  })
  const cancelling = async (fx: Fx): Promise<void> => {
    let cancellation: unknown
    await scope(fx, async (inner) => {
      const { computation } = inner.fiber
      for (const books of all) {
        inner.fork(async (mine) => {
          const before = mine.computation
          const end = await strand(mine, books).then(
            (value) => ({ value }),
            (error: unknown) => ({ error }),
          )
          books.ends.push(end)
          // The handler is over, and so is what ran for it.
          books.isClean = books.open === 0 && books.closed === books.opened && mine.computation === before
        })
      }
      for (let left = 7 + below(5); left > 0; left--) await inner.fiber.yield()
      for (const { at, isPerforming } of all) {
        if (at !== undefined && at !== 'left') hits[at]++
        if (isPerforming) hits.performing++
      }
      inner.cancel('stop')
      cancellation = computation.cancellation
      hits.kept -= all.filter(({ ends }) => ends.length > 0).length
    })
    for (const { ends, stays, isClean, isLeft, told } of all) {
      const [end] = ends
      const isValue = end !== undefined && 'value' in end
      const isRight = isValue
        ? end.value === (stays === 'unwinding' ? 0 : 1)
        : end !== undefined && end.error === cancellation
      if (isLeft) hits.left++
      const isTold = !isLeft || told === 'left'
      // Told at length only then: there are a hundred thousand of these.
      if (!(isRight && isClean && isTold && ends.length === 1))
        expect({ stays, ends, isClean, told }).toBe('one outcome, and clean')
      if (isValue) hits.kept++
    }
  }
  return handle(root, cancelling, [outer])
}

it('comes to one outcome wherever it is cancelled, and each place is hit ten thousand times', {
  timeout: 240_000,
}, async () => {
  const hits = none()
  for (let seed = 1; seed <= 134; seed++) {
    const below = dice(seed)
    await random({ seed }, async (root) => {
      await Promise.all(Array.from({ length: 100 }, () => root.fork((mine) => program(mine, below, hits))))
    })
  }
  for (const place of places) expect(hits[place], place).toBeGreaterThanOrEqual(10_000)
  expect(hits.kept).toBeGreaterThan(0)
})
