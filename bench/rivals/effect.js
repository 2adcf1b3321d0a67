// Rival `effect`: fibers, with a queue each where there are messages, on its scheduler that runs in microtasks, the faster of the two
// it has.

import { Effect, Fiber, Queue, Scheduler, Semaphore } from 'effect'
import { FAN_IN, FORKS, ITEMS, LOCKS, PAIRS, PARKED, PING_PONG, RING, SPAWN_EXIT, small } from '../workloads.js'

const options = { scheduler: new Scheduler.MixedScheduler('sync') }

/** @template A @typedef {import('effect/Queue').Queue<A>} Mailbox */
/** @typedef {Mailbox<{ i: number }>} Ball */

/** @param {Ball} mine @param {Ball} other @param {number} trips */
const pong = (mine, other, trips) =>
  Effect.gen(function* () {
    for (let i = 0; i < trips; i++) {
      const message = yield* Queue.take(mine)
      yield* Queue.offer(other, message)
    }
  })

/** @param {Ball} mine @param {Ball} other @param {number} trips */
const ping = (mine, other, trips) =>
  Effect.gen(function* () {
    for (let i = 0; i < trips; i++) {
      yield* Queue.offer(other, small(i))
      yield* Queue.take(mine)
    }
  })

/** @param {number} pairs @param {number} trips */
const play = (pairs, trips) =>
  Effect.gen(function* () {
    const fibers = []
    for (let i = 0; i < pairs; i++) {
      /** @type {Ball} */
      const pinger = yield* Queue.unbounded()
      /** @type {Ball} */
      const ponger = yield* Queue.unbounded()
      fibers.push(yield* Effect.forkChild(pong(ponger, pinger, trips)))
      fibers.push(yield* Effect.forkChild(ping(pinger, ponger, trips)))
    }
    yield* Fiber.joinAll(fibers)
  })

/** @param {Mailbox<number>} mine @param {Mailbox<number>} next @param {Mailbox<'end'>} ends */
const pass = (mine, next, ends) =>
  Effect.gen(function* () {
    for (;;) {
      const left = yield* Queue.take(mine)
      if (left === 0) return yield* Queue.offer(ends, 'end')
      yield* Queue.offer(next, left - 1)
    }
  })

/** Answers its milliseconds: the members begin before, and end after. */
const ring = Effect.gen(function* () {
  /** @type {Mailbox<number>[]} */
  const boxes = []
  for (let i = 0; i < RING.size; i++) boxes.push(yield* Queue.unbounded())
  /** @type {Mailbox<'end'>} */
  const ends = yield* Queue.unbounded()
  const box = (/** @type {number} */ i) => /** @type {Mailbox<number>} */ (boxes[i % RING.size])
  const fibers = []
  for (let i = 0; i < RING.size; i++) fibers.push(yield* Effect.forkChild(pass(box(i), box(i + 1), ends)))
  yield* Effect.yieldNow
  const start = performance.now()
  yield* Queue.offer(box(0), RING.hops)
  yield* Queue.take(ends)
  const ms = performance.now() - start
  yield* Fiber.interruptAll(fibers)
  return ms
})

/** @param {Mailbox<'go'>} mine @param {Mailbox<number>} consumer */
const produce = (mine, consumer) =>
  Effect.gen(function* () {
    for (;;) {
      yield* Queue.take(mine)
      for (let i = 0; i < FAN_IN.burst; i++) yield* Queue.offer(consumer, i)
    }
  })

/** The producers begin before the clock runs. */
const fanIn = Effect.gen(function* () {
  const { producers, burst, bursts } = FAN_IN
  /** @type {Mailbox<number>} */
  const mine = yield* Queue.unbounded()
  /** @type {Mailbox<'go'>[]} */
  const boxes = []
  for (let i = 0; i < producers; i++) boxes.push(yield* Queue.unbounded())
  const fibers = []
  for (const box of boxes) fibers.push(yield* Effect.forkChild(produce(box, mine)))
  yield* Effect.yieldNow
  const start = performance.now()
  for (let n = 0; n < bursts; n++) {
    for (const box of boxes) yield* Queue.offer(box, 'go')
    for (let i = 0; i < producers * burst; i++) yield* Queue.take(mine)
  }
  const ms = performance.now() - start
  yield* Fiber.interruptAll(fibers)
  return ms
})

/** @param {Mailbox<number>} mine @param {Mailbox<number>} spawner */
const end = (mine, spawner) => Effect.flatMap(Queue.take(mine), (message) => Queue.offer(spawner, message))

const spawnExit = Effect.gen(function* () {
  /** @type {Mailbox<number>} */
  const ends = yield* Queue.unbounded()
  for (let n = 0; n < SPAWN_EXIT.times; n++) {
    /** @type {Mailbox<number>[]} */
    const boxes = []
    for (let i = 0; i < SPAWN_EXIT.alive; i++) {
      /** @type {Mailbox<number>} */
      const box = yield* Queue.unbounded()
      yield* Effect.forkChild(end(box, ends))
      boxes.push(box)
    }
    for (const box of boxes) yield* Queue.offer(box, n)
    for (let i = 0; i < SPAWN_EXIT.alive; i++) yield* Queue.take(ends)
  }
})

/** @param {number} count */
const park = (count) =>
  Effect.gen(function* () {
    /** @type {Mailbox<number>} */
    const mine = yield* Queue.unbounded()
    /** @type {Mailbox<number>[]} */
    const boxes = []
    for (let i = 0; i < count; i++) {
      /** @type {Mailbox<number>} */
      const box = yield* Queue.unbounded()
      yield* Effect.forkDetach(Effect.forever(end(box, mine)))
      boxes.push(box)
    }
    for (const [i, box] of boxes.entries()) yield* Queue.offer(box, i)
    for (let i = 0; i < count; i++) yield* Queue.take(mine)
    return boxes
  })

const forkAndJoin = Effect.gen(function* () {
  for (let i = 0; i < FORKS; i++) yield* Fiber.join(yield* Effect.forkChild(Effect.void))
})

/** Fibers that have begun to wait for what never comes. @param {number} count */
const parkBare = (count) =>
  Effect.gen(function* () {
    const fibers = []
    for (let i = 0; i < count; i++) fibers.push(yield* Effect.forkDetach(Effect.never))
    yield* Effect.yieldNow
    return fibers
  })

/** Answers its milliseconds: the fibers begin before. */
const cancelAll = Effect.gen(function* () {
  const fibers = yield* parkBare(PARKED)
  const start = performance.now()
  yield* Fiber.interruptAll(fibers)
  return performance.now() - start
})

const lockAndUnlock = Effect.gen(function* () {
  const lock = Semaphore.makeUnsafe(1)
  for (let i = 0; i < LOCKS; i++) {
    yield* lock.take(1)
    yield* lock.release(1)
  }
})

const stream = Effect.gen(function* () {
  /** @type {Ball} */
  const items = yield* Queue.unbounded()
  /** @type {Mailbox<'go'>} */
  const turns = yield* Queue.unbounded()
  const sender = yield* Effect.forkChild(
    Effect.gen(function* () {
      for (let n = 0; n < ITEMS.bursts; n++) {
        for (let i = 0; i < ITEMS.burst; i++) yield* Queue.offer(items, small(i))
        yield* Queue.take(turns)
      }
    }),
  )
  for (let n = 0; n < ITEMS.bursts; n++) {
    for (let i = 0; i < ITEMS.burst; i++) yield* Queue.take(items)
    yield* Queue.offer(turns, 'go')
  }
  yield* Fiber.join(sender)
})

/** @param {import('effect/Effect').Effect<unknown>} effect */
const timed = (effect) => async () => {
  const start = performance.now()
  await Effect.runPromise(effect, options)
  return performance.now() - start
}

/** @type {Record<string, (tools: import('../measure.js').Measure) => Promise<import('../measure.js').Sample>>} */
const ROWS = {
  'local/ping-pong': (tools) => tools.perOperation(2 * PING_PONG, timed(play(1, PING_PONG))),
  'local/ring-500': (tools) => tools.perOperation(RING.hops, () => Effect.runPromise(ring, options)),
  'local/pairs-1000': (tools) =>
    tools.perOperation(2 * PAIRS.trips * PAIRS.pairs, timed(play(PAIRS.pairs, PAIRS.trips))),
  'local/fan-in-100': (tools) =>
    tools.perOperation(FAN_IN.producers * FAN_IN.burst * FAN_IN.bursts, () => Effect.runPromise(fanIn, options)),
  'local/spawn-exit': (tools) => tools.perOperation(SPAWN_EXIT.alive * SPAWN_EXIT.times, timed(spawnExit)),
  'local/memory-parked': (tools) => tools.bytesEach(PARKED, (count) => Effect.runPromise(park(count), options)),
  'fiber/fork-join': (tools) => tools.perOperation(FORKS, timed(forkAndJoin)),
  'fiber/memory': (tools) => tools.bytesEach(PARKED, (count) => Effect.runPromise(parkBare(count), options)),
  'fiber/cancel-100k': (tools) => tools.perOperation(PARKED, () => Effect.runPromise(cancelAll, options)),
  'sync/mutex': (tools) => tools.perOperation(LOCKS, timed(lockAndUnlock)),
  'sync/stream': (tools) => tools.perOperation(ITEMS.bursts * ITEMS.burst, timed(stream)),
}

/** @param {import('../measure.js').Measure} tools */
export async function run(tools) {
  const row = ROWS[tools.word('row')]
  if (row === undefined) throw new Error(`Row unknown: wanted one of ${Object.keys(ROWS)}, got ${tools.word('row')}`)
  return row(tools)
}
