// Owns what fibers do in a page, and where there is no page: each of the entries that run anywhere has something to do. Plain
// JavaScript; it is given the modules, and answers what it saw as data.

/** @typedef {import('rumpus/effect').Fiber} Fiber */

/**
 * Runs fibers of every kind and answers what came of it.
 *
 * @param {typeof import('rumpus/effect')} effect
 * @param {typeof import('rumpus/structured')} structured
 * @param {typeof import('rumpus/sync')} sync
 * @param {typeof import('rumpus/events')} events
 */
export async function tryAll(
  { Cancelled, Computation, fifo, random },
  { map, race, scope },
  { Channel, Mutex },
  { elapsed, select, Tx },
) {
  const items = new Channel(2)
  const mutex = new Mutex()
  let [sum, released] = [0, false]
  await scope(
    async (scope) => {
      scope.onRelease(() => (released = true))
      scope.fork(async (fiber) => {
        for (let n = 1; n <= 1000; n++) await items.send(fiber, n)
        items.close()
      })
      for (let worker = 0; worker < 2; worker++) {
        scope.fork(async (fiber) => {
          for await (const n of items.items(fiber)) await mutex.use(fiber, () => (sum += n))
        })
      }
    },
    { timeout: 10_000 },
  )
  const slow = (/** @type {Fiber} */ fiber) => fiber.sleep(60_000)
  const raced = await race(fifo.current(), [slow, () => 'fast'])
  const mapped = await map(fifo.current(), [1, 2, 3], async (n, fiber) => fiber.sleep(1).then(() => n * 2), {
    concurrency: 2,
  })
  const late = await scope(({ fiber }) => slow(fiber), { timeout: 5 }).catch((error) => error.code)
  const aborter = new AbortController()
  aborter.abort('enough')
  const aborted = await scope(({ fiber }) => slow(fiber), { signal: aborter.signal }).catch(
    (error) => error instanceof Cancelled && [error.code, error.cause],
  )
  const hour = await random({ seed: 1 }, async (fiber) => fiber.sleep(3_600_000).then(() => 'an hour'))
  const replies = new Channel(1)
  const waits = select(fifo.current(), [replies.receiving(), elapsed(60_000).wrap(() => 'too late')])
  const both = [new Computation(), new Computation()]
  const committed = both.reduce((tx, one, at) => tx.return(one, at), new Tx()).tryCommit()
  replies.trySend('chosen')
  const chosen = [await waits, committed, replies.length]
  const [one, other] = [new Mutex(), new Mutex()]
  const [ada, bob] = [fifo.current(), fifo.current()]
  await Promise.all([one.lock(ada), other.lock(bob)])
  const granted = other.lock(ada)
  const refused = await one.lock(bob).catch((error) => error.code)
  other.unlock(bob)
  await granted
  // Nobody tells of it: a page goes on.
  ada.fork((fiber) => new Channel(0).receive(fiber))
  return { sum, released, raced, mapped, late, aborted, hour, chosen, refused }
}

/** What `tryAll` answers where all is well. */
export const ALL_IS_WELL = {
  sum: 500_500,
  released: true,
  raced: 'fast',
  mapped: [2, 4, 6],
  late: 'ERR_RUMPUS_TIMEOUT',
  aborted: ['ABORT_ERR', 'enough'],
  hour: 'an hour',
  chosen: ['chosen', true, 0],
  refused: 'ERR_RUMPUS_DEADLOCK',
}
