// Goal: a cancellation at any moment loses no item, no permit and no lock. Method: fibers that share all of them, cancelled one by one
// at random under the seeded executor; at the end the books must balance, item by item.

import { Computation, Fiber, fifo, random } from 'rumpus/effect'
import { Channel, Condition, Mutex, RwLock, Semaphore } from 'rumpus/sync'
import { expect, it } from 'vitest'
import { dice } from '../fixtures/random.mjs'

type What = 'send' | 'receive' | 'lock' | 'acquire' | 'wait' | 'look' | 'change'
type Hits = Record<What, number>

const none = (): Hits => ({ send: 0, receive: 0, lock: 0, acquire: 0, wait: 0, look: 0, change: 0 })

/** Waits, and counts if that is cancelled. */
const counted = async <T>(hits: Hits, what: What, wait: Promise<T>): Promise<T> => {
  try {
    return await wait
  } catch (error) {
    hits[what]++
    throw error
  }
}

const program = async (root: Fiber, seed: number, hits: Hits): Promise<void> => {
  const below = dice(seed)
  const channel = new Channel<number>(below(3))
  const [mutex, changed, semaphore, rw] = [new Mutex(), new Condition(), new Semaphore(2), new RwLock()]
  const [sent, received] = [new Set<number>(), new Set<number>()]
  let [serial, inside, holding, looking, changing] = [0, 0, 0, 0, 0]

  const produces = async (fiber: Fiber): Promise<void> => {
    for (;;) {
      const item = serial++
      await counted(hits, 'send', channel.send(fiber, item))
      sent.add(item)
    }
  }
  const consumes = async (fiber: Fiber): Promise<void> => {
    for (;;) {
      const item = await counted(hits, 'receive', channel.receive(fiber))
      expect(received.has(item)).toBe(false)
      received.add(item)
    }
  }
  const alone = async (fiber: Fiber): Promise<void> => {
    expect(++inside).toBe(1)
    await fiber.yield().finally(() => inside--)
  }
  const locks = async (fiber: Fiber): Promise<void> => {
    for (;;) {
      await counted(hits, 'lock', mutex.lock(fiber))
      try {
        await alone(fiber)
        if (below(3) === 0) await counted(hits, 'wait', changed.wait(fiber, mutex))
        else changed.broadcast()
        await alone(fiber)
      } finally {
        mutex.unlock(fiber)
      }
    }
  }
  const acquires = async (fiber: Fiber): Promise<void> => {
    for (;;) {
      await counted(hits, 'acquire', semaphore.acquire(fiber))
      try {
        expect(++holding).toBeLessThanOrEqual(2)
        await fiber.yield()
      } finally {
        holding--
        semaphore.release()
      }
    }
  }

  const looks = async (fiber: Fiber): Promise<void> => {
    for (;;) {
      await counted(hits, 'look', rw.lockShared(fiber))
      try {
        expect([++looking > 0, changing]).toEqual([true, 0])
        await fiber.yield()
      } finally {
        looking--
        rw.unlockShared(fiber)
      }
    }
  }
  const changes = async (fiber: Fiber): Promise<void> => {
    for (;;) {
      await counted(hits, 'change', rw.lock(fiber))
      try {
        expect([++changing, looking]).toEqual([1, 0])
        await fiber.yield()
      } finally {
        changing--
        rw.unlock(fiber)
      }
    }
  }

  const children: { computation: Computation<never>; done: Promise<unknown> }[] = []
  const share = [produces, produces, consumes, consumes, locks, locks, locks, acquires, acquires, acquires]
  for (const main of [...share, looks, looks, looks, changes, changes]) {
    const computation = new Computation<never>()
    const child = new Fiber(root.handler, computation)
    const ended = (error: unknown): void => {
      if (error !== computation.cancellation) throw error
    }
    children.push({ computation, done: root.handler.spawn(root, child, main).catch(ended) })
  }
  while (children.length > 0) {
    for (let n = below(6); n > 0; n--) await root.yield()
    const [one] = children.splice(below(children.length), 1)
    one?.computation.cancel('now')
    await one?.done
  }
  for (let left = channel.tryReceive(); left !== undefined; left = channel.tryReceive()) received.add(left.item)
  expect([...received].sort(), 'each item that was sent was received, and no other').toEqual([...sent].sort())
  expect([mutex.isLocked, semaphore.free, holding, inside]).toEqual([false, 2, 0, 0])
  expect([rw.isLocked, rw.shares, looking, changing, rw.tryLock(root)]).toEqual([false, 0, 0, 0, true])
}

it('loses nothing, in whatever order, and each wait is cancelled many times', async () => {
  const hits = none()
  const seeds = Number(process.env.RUMPUS_SEEDS ?? 200)
  for (let seed = 1; seed <= seeds; seed++) await random({ seed }, (fiber) => program(fiber, seed, hits))
  for (const [what, times] of Object.entries(hits)) expect(times, what).toBeGreaterThan(seeds / 10)
})

it('loses nothing in the order of fifo', async () => {
  for (let seed = 1; seed <= 200; seed++) await program(fifo.current(), seed, none())
})
