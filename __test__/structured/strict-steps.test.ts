// Goal: each wait of a strict scope, and `join`, may be cancelled at any moment: it rejects with the cancellation or answers what was there
// by then, and no child is left. Method: small programs that are cancelled at each step that others take while they wait, ten thousand
// times at each of the waits.

import assert from 'node:assert/strict'
import type { Fiber } from 'rumpus/effect'
import { type StrictScope, scope } from 'rumpus/structured'
import { expect, it } from 'vitest'
import { cancelEverywhere, during, linger, type Program, type Step } from './steps.ts'

/** What is known of the children of a program. */
interface Books {
  alive: number
  begun: number
  ended: number
}

/** Children of one program. */
class Children {
  readonly books: Books = { alive: 0, begun: 0, ended: 0 }

  /** One that answers `answer` after so many steps, and takes its time when it is cancelled. */
  readonly slow =
    (steps: number, answer: number, late = 0) =>
    async (fiber: Fiber): Promise<number> => {
      this.books.alive++
      this.books.begun++
      try {
        await linger(fiber, steps)
        this.books.ended++
        return answer
      } finally {
        await fiber.forbid(() => linger(fiber, late))
        this.books.alive--
      }
    }
}

type Body = (scope: StrictScope, children: Children, wait: <T>(act: () => Promise<T>) => Promise<T>) => Promise<unknown>

/** The waits, each with what it must have come to if it answers. */
const bodies: Record<string, Body> = {
  'child.await': async (scope, { slow }, wait) => {
    const child = scope.fork(slow(3, 1, 1))
    assert.equal(await wait(() => child.await(scope)), 1)
  },
  'child.cancel': async (scope, { slow }, wait) => {
    const child = scope.fork(slow(1000, 1, 3))
    await wait(() => child.cancel(scope)).finally(() => assert(child.isOver, 'whatever is cancelled meanwhile'))
  },
  awaitOne: async (scope, { slow }, wait) => {
    const [one, other] = [scope.fork(slow(4, 1, 2)), scope.fork(slow(3, 2))]
    const first = await wait(() => scope.awaitOne([one, other]))
    assert.equal(first.isOver, true)
    // Nothing was taken from it.
    if (scope.signal.aborted) return
    await one.await(scope)
    await other.await(scope)
  },
  awaitFirst: async (scope, { slow }, wait) => {
    const [fast, late] = [scope.fork(slow(2, 1)), scope.fork(slow(1000, 2, 2))]
    assert.equal(await wait(() => scope.awaitFirst([fast, late])), 1)
    assert.deepEqual([fast.isOver, late.isOver], [true, true])
  },
  awaitAll: async (scope, { slow }, wait) => {
    const all = await wait(() => scope.awaitAll([scope.fork(slow(2, 1, 1)), scope.fork(slow(1, 2, 3))]))
    assert.deepEqual([scope.signal.aborted, all], [false, [1, 2].map((value) => ({ status: 'fulfilled', value }))])
  },
  'orphans.next': async (scope, { slow }, wait) => {
    const orphans = scope.orphans<number>()
    for (const answer of [1, 2]) orphans.fork(slow(answer + 1, answer, 1))
    for (let left = 2; left > 0; left--) {
      const child = await wait(() => orphans.next(scope)).catch((error) => {
        assert.equal(orphans.size, left, 'a wait that was cancelled has taken none')
        throw error
      })
      assert.deepEqual([child?.isOver, orphans.size], [true, left - 1])
      await child?.await(scope)
    }
    assert.equal(await orphans.next(scope), undefined)
  },
  'orphans.cancel': async (scope, { slow }, wait) => {
    const orphans = scope.orphans<number>()
    for (const late of [1, 3]) orphans.fork(slow(1000, 1, late))
    await wait(() => orphans.cancel(scope)).finally(() => assert.equal(orphans.size, 0))
  },
}

/** Runs a body, and looks whether all is as it must be, cancelled or not. */
const inStrict =
  (place: string, body: Body): Program =>
  async (fiber, step) => {
    const { computation } = fiber
    const children = new Children()
    const running = scope(fiber, (scope) => body(scope, children, (act) => during(scope.fiber, place, step, act)), {
      strict: true,
    })
    await settlesRightly(fiber, computation, running)
    assert.equal(children.books.alive, 0)
    if (computation.cancellation === undefined) assert(children.books.begun > 0)
  }

/** It has ended well, or with the cancellation of the fiber, which is as it was. */
const settlesRightly = async (
  fiber: Fiber,
  computation: Fiber['computation'],
  running: Promise<unknown>,
): Promise<void> => {
  const error = await running.then(
    () => undefined,
    (error: unknown) => error,
  )
  if (error !== undefined && error !== computation.cancellation) throw error
  assert.deepEqual([fiber.computation === computation, fiber.forbidden, fiber.waitsFor], [true, false, undefined])
}

const joins: Program = async (fiber: Fiber, step: Step) => {
  const { computation } = fiber
  const { slow, books } = new Children()
  const running = scope(fiber, async (scope) => {
    scope.fork(slow(2, 1, 1))
    scope.fork(slow(3, 2))
    await during(scope.fiber, 'scope.join', step, () => scope.join())
    assert.deepEqual([scope.signal.aborted, books.ended], [false, 2])
  })
  await settlesRightly(fiber, computation, running)
  assert.equal(books.alive, 0)
}

it.each([
  ...Object.entries(bodies).map(([place, body]) => [place, inStrict(place, body)] as const),
  ['scope.join', joins] as const,
])('%s: ten thousand are cancelled, and all is over', { timeout: 120_000 }, async (place, program) => {
  const hits = await cancelEverywhere(program, [place], 10_000)
  expect(hits.get(place)).toBeGreaterThanOrEqual(10_000)
})
