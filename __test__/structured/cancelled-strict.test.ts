// Goal: a strict scope that is cancelled while its body waits for children hears of that, whatever the children do meanwhile, and loses no
// error of theirs. Method: programs on every executor.

import { Computation, Fiber } from 'rumpus/effect'
import { type StrictScope, scope } from 'rumpus/structured'
import { describe, expect, it } from 'vitest'
import { executors } from '../effect/executors.ts'

const strict = { strict: true } as const
const errorOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error) => error,
  )

/** What came of `awaitAll` in a scope that was cancelled meanwhile. */
interface Seen {
  /** What it rejected with, and whether that was the cancellation; or what it answered. */
  readonly answer: unknown
  /** What the scope rejected with. */
  readonly error: unknown
}

/** A scope with three children is cancelled; the last of them takes `yields` to end, from that moment or from the one before. */
const awaitAllCancelled = async (root: Fiber, yields: number, endsBefore: boolean): Promise<Seen> => {
  const stop = new Computation<void>()
  let answer: unknown
  const body = async (scope: StrictScope): Promise<void> => {
    const { computation } = scope.fiber
    const last = async (mine: Fiber): Promise<void> => {
      await errorOf(mine.wait(stop))
      for (let n = 0; n < yields; n++) await mine.forbid(() => mine.yield())
    }
    const children = [scope.fork(() => Promise.reject(new Error('boom'))), scope.fork(() => 'done'), scope.fork(last)]
    const canceller = new Fiber(root.handler, new Computation<never>())
    const cancels = root.handler.spawn(canceller, canceller, async (mine) => {
      await mine.sleep(1)
      if (endsBefore) stop.return()
      computation.cancel('now')
    })
    answer = await scope.awaitAll<unknown>(children).catch((error) => [error.cause, error === computation.cancellation])
    await cancels
  }
  return { error: await errorOf(scope(root, body, strict)), answer }
}

describe.each(executors)('$name', ({ execute, inOrder }) => {
  it('awaitAll rejects with the cancellation of its fiber, be its children over when it goes on or not', async () => {
    for (let seed = 1; seed <= (inOrder ? 1 : 20); seed++) {
      for (const yields of [0, 1, 2, 3]) {
        for (const endsBefore of [true, false]) {
          const seen = await execute((fiber) => awaitAllCancelled(fiber, yields, endsBefore), seed)
          const wanted = { answer: ['now', true], error: expect.objectContaining({ message: 'boom' }) }
          expect(seen, `${yields} yields, ends before: ${endsBefore}`).toEqual(wanted)
        }
      }
    }
  })

  it('awaitAll of children that are over rejects so too, and each may be awaited all the same', () =>
    execute(async (fiber) => {
      const seen = await scope(
        fiber,
        async (scope) => {
          const child = scope.fork(() => 'done')
          expect(await scope.awaitAll([child, child])).toEqual(Array(2).fill({ status: 'fulfilled', value: 'done' }))
          scope.cancel('now')
          const error = await errorOf(scope.awaitAll([child]))
          expect(await scope.fiber.forbid(() => scope.awaitAll([child]))).toHaveLength(1)
          return [error === scope.fiber.computation.cancellation, await child.await(scope)]
        },
        strict,
      )
      expect(seen).toEqual([true, 'done'])
    }))
})
