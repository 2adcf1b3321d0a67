// Goal: a fiber that is cancelled while it makes or tries what a pool lends, computes or awaits a lazy value, or waits for an event of a
// poller, leaves all of them as they must be for others. Method: small programs that are cancelled at each step that others take while they
// wait, ten thousand times at each of the waits.

import assert from 'node:assert/strict'
import { Computation, Fiber, Poller, type Suspension } from 'rumpus/effect'
import { Lazy, type LazyCancel, Pool } from 'rumpus/sync'
import { expect, it } from 'vitest'
import { cancelEverywhere, during, linger, type Program } from '../structured/steps.ts'

/** What it comes to in this fiber: a value or an error. */
const outcomeOf = (running: Promise<unknown>): Promise<{ value: unknown } | { error: unknown }> =>
  running.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  )

/** Another fiber of the same executor, which nobody cancels. */
const otherOf = (fiber: Fiber): Fiber => new Fiber(fiber.handler, new Computation<never>())

/** A pool of one, in which each wait takes its time; what it has made is idle or was disposed of, once. */
const uses =
  (place: 'create' | 'validate'): Program =>
  async (fiber, step) => {
    const alive = new Set<number>()
    let made = 0
    const slowly = async (what: string, mine: Fiber): Promise<void> => {
      const lingers = (): Promise<void> => linger(mine, 3)
      await (mine === fiber && what === place ? during(fiber, `Pool ${place}`, step, lingers) : lingers())
    }
    const pool = new Pool({
      capacity: 1,
      create: async (mine) => {
        await slowly('create', mine)
        alive.add(++made)
        return made
      },
      validate: async (one, mine) => {
        await slowly('validate', mine)
        // One that is used for the second time is not fit for the third.
        return one < 3
      },
      dispose: async (one) => {
        await linger(otherOf(fiber), 1)
        assert(alive.delete(one), 'each is disposed of once')
      },
    })
    const before = otherOf(fiber)
    if (place === 'validate') await pool.use(before, () => {})
    const outcome = await outcomeOf(pool.use(fiber, (one) => one))
    const { cancellation } = fiber.computation
    assert('value' in outcome || outcome.error === cancellation, 'nothing else has failed')
    assert.deepEqual([pool.inUse, pool.idle], [0, alive.size], 'the place is free, and what is not idle is ended')
    if ('value' in outcome) assert.equal(pool.idle, 1, 'what was used is kept')
    await pool.use(before, (one) => assert(alive.has(one)))
    await pool.close(before)
    assert.equal(alive.size, 0)
  }

/** A lazy value, computed by one who is cancelled, or by another for whom that one waits. */
const forces =
  (onCancel: LazyCancel, who: 'computes' | 'waits'): Program =>
  async (fiber, step) => {
    const place = `Lazy ${onCancel}, ${who}`
    let [begun, done] = [0, 0]
    const other = otherOf(fiber)
    const first = who === 'computes' ? fiber : other
    const lazy = new Lazy(async (mine) => {
      begun++
      await linger(mine, 3)
      done++
      return 42
    }, onCancel)
    const forced = (mine: Fiber) =>
      mine === fiber ? during(fiber, place, step, () => lazy.force(fiber)) : lazy.force(mine)
    const outcomes = await Promise.all([first, first === fiber ? other : fiber].map((mine) => outcomeOf(forced(mine))))
    const [mine, theirs] = first === fiber ? outcomes : outcomes.toReversed()
    const { cancellation } = fiber.computation
    const isCancelled = 'error' in mine!
    if (isCancelled) assert.equal(mine.error, cancellation)
    else assert.equal(mine!.value, 42)
    const isRecorded = isCancelled && who === 'computes' && onCancel === 'record'
    assert.deepEqual(theirs, isRecorded ? mine : { value: 42 }, 'the other has what is kept')
    if (onCancel === 'protect' && who === 'computes') assert(!isCancelled, 'no cancellation is heard there')
    const isAnew = isCancelled && who === 'computes' && onCancel === 'restart'
    assert.deepEqual([begun, done], [isAnew ? 2 : 1, isRecorded ? 0 : 1])
    assert.deepEqual(await outcomeOf(lazy.force(otherOf(fiber))), theirs, 'for ever')
    assert.equal(fiber.forbidden, false)
  }

/** A source that answers each who waits when it has been asked three times. */
class Slow {
  readonly pending = new Map<Suspension, number>()
  answered = 0
  forgotten = 0

  select({ cancelled }: { readonly cancelled: readonly Suspension[] }): Suspension[] {
    for (const one of cancelled) {
      assert(this.pending.delete(one), 'it is told of those alone that it has')
      this.forgotten++
    }
    const come: Suspension[] = []
    for (const [one, asked] of this.pending) {
      this.pending.set(one, asked + 1)
      if (asked === 2) come.push(one)
    }
    for (const one of come) this.pending.delete(one)
    this.answered += come.length
    return come
  }

  interrupt(): void {}
}

const suspends: Program = async (fiber, step) => {
  const source = new Slow()
  const poller = new Poller(fiber, source)
  const other = otherOf(fiber)
  const suspend = (mine: Fiber): Promise<void> => poller.suspend(mine, (one) => source.pending.set(one, 0))
  const theirs = fiber.handler.spawn(other, other, suspend)
  const outcome = await outcomeOf(during(fiber, 'Poller.suspend', step, () => suspend(fiber)))
  assert(!('error' in outcome) || outcome.error === fiber.computation.cancellation, 'nothing else has failed')
  await theirs
  // Another may have ended first, and what the source is to hear it hears when it is asked.
  await suspend(other)
  const forgotten = 'error' in outcome ? 1 : 0
  assert.deepEqual([source.forgotten, source.answered], [forgotten, 3 - forgotten], 'each is answered or forgotten')
  assert.deepEqual([poller.size, source.pending.size], [0, 0])
  await poller.close()
}

const programs: readonly (readonly [string, Program])[] = [
  ['Pool create', uses('create')],
  ['Pool validate', uses('validate')],
  ...(['restart', 'record', 'protect'] as const).flatMap((onCancel) =>
    (['computes', 'waits'] as const).map((who) => [`Lazy ${onCancel}, ${who}`, forces(onCancel, who)] as const),
  ),
  ['Poller.suspend', suspends],
]

it.each(programs)(
  '%s: ten thousand are cancelled, and all is as it must be',
  { timeout: 120_000 },
  async (place, program) => {
    const hits = await cancelEverywhere(program, [place], 10_000)
    expect(hits.get(place)).toBeGreaterThanOrEqual(10_000)
  },
)
