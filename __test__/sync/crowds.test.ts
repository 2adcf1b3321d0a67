// Goal: each wait of what fibers share, and of the contract below it, loses nothing where it is cancelled ten thousand times. Method: crowds
// that wait for one thing, of whom a few are served between the cancellations, in the order of chance; then the books must balance.

import { Computation, Fiber, random, Trigger } from 'rumpus/effect'
import { Barrier, Channel, Condition, Ivar, Latch, Lazy, Mutex, Pool, RwLock, Semaphore } from 'rumpus/sync'
import { expect, it } from 'vitest'
import { dice } from '../fixtures/random.mjs'

/** What a crowd waits for. */
interface Crowded {
  /** The wait of one; what it was given, it notes or gives back. */
  wait(fiber: Fiber): Promise<unknown>
  /** Serves one, if that is possible. */
  serve?(): void
  /** Called when all have gone: throws if something is lost. */
  check?(): void
}

const sorted = (items: Iterable<number>) => [...items].sort((a, b) => a - b)
const range = (count: number) => Array.from({ length: count }, (_, n) => n)

const sends = (capacity: number): Crowded => {
  const [channel, sent, received] = [new Channel<number>(capacity), new Set<number>(), new Set<number>()]
  const take = (): void => {
    const taken = channel.tryReceive()
    if (taken !== undefined) received.add(taken.item)
  }
  let serial = 0
  return {
    async wait(fiber) {
      const item = serial++
      await channel.send(fiber, item)
      sent.add(item)
    },
    serve: take,
    check() {
      for (let n = 0; n < capacity; n++) take()
      expect(sorted(received)).toEqual(sorted(sent))
    },
  }
}

const receives = (): Crowded => {
  const [channel, received] = [new Channel<number>(0), [] as number[]]
  let sent = 0
  return {
    wait: async (fiber) => received.push(await channel.receive(fiber)),
    serve() {
      if (channel.trySend(sent)) sent++
    },
    check: () => expect([sorted(received), channel.trySend(-1)]).toEqual([range(sent), false]),
  }
}

/** Somebody has it from the beginning; who is served hands it on at once. */
const holds = (take: (fiber: Fiber) => Promise<void>, giveBack: (fiber: Fiber) => void, isFree: () => boolean) => {
  return async (root: Fiber): Promise<Crowded> => {
    await take(root)
    let holder: Fiber | undefined = root
    let inside = 1
    return {
      async wait(fiber) {
        await take(fiber)
        expect(++inside).toBe(1)
        holder = fiber
        await fiber.forbid(() => fiber.yield())
        if (holder === fiber) letGo()
      },
      serve: () => letGo(),
      check() {
        letGo()
        expect([inside, isFree()]).toEqual([0, true])
      },
    }
    function letGo(): void {
      if (holder === undefined) return
      const last = holder
      holder = undefined
      inside--
      giveBack(last)
    }
  }
}

const crowds: Record<string, (root: Fiber) => Crowded | Promise<Crowded>> = {
  'channel, send': () => sends(0),
  'channel with room, send': () => sends(3),
  'channel, receive': receives,
  mutex: (root) => {
    const mutex = new Mutex()
    return holds(
      (fiber) => mutex.lock(fiber),
      (fiber) => mutex.unlock(fiber),
      () => !mutex.isLocked,
    )(root)
  },
  semaphore: (root) => {
    const semaphore = new Semaphore(1)
    return holds(
      (fiber) => semaphore.acquire(fiber),
      () => semaphore.release(),
      () => semaphore.free === 1,
    )(root)
  },
  'rw-lock, alone': (root) => {
    const lock = new RwLock()
    return holds(
      (fiber) => lock.lock(fiber),
      (fiber) => lock.unlock(fiber),
      () => !lock.isLocked,
    )(root)
  },
  'rw-lock, shared': async (root) => {
    const lock = new RwLock()
    await lock.lock(root)
    return {
      wait: (fiber) => lock.lockShared(fiber).then(() => lock.unlockShared(fiber)),
      check() {
        lock.unlock(root)
        expect([lock.isLocked, lock.shares]).toEqual([false, 0])
      },
    }
  },
  condition: () => {
    const [mutex, changed] = [new Mutex(), new Condition()]
    return {
      wait: (fiber) => mutex.look(fiber, () => changed.wait(fiber, mutex)),
      serve: () => changed.signal(),
      check: () => expect(mutex.isLocked).toBe(false),
    }
  },
  ivar: () => {
    const ivar = new Ivar<number>()
    return { wait: (fiber) => ivar.read(fiber) }
  },
  latch: () => {
    const latch = new Latch(1)
    return { wait: (fiber) => latch.wait(fiber) }
  },
  lazy: () => {
    const [stop, begun] = [new Computation<number>(), { times: 0 }]
    const lazy = new Lazy((fiber) => {
      begun.times++
      return fiber.wait(stop)
    })
    return { wait: (fiber) => lazy.force(fiber), check: () => expect(begun.times).toBeGreaterThan(0) }
  },
  pool: () => {
    const [stop, made] = [new Computation<number>(), { now: 0, all: 0 }]
    const pool = new Pool({
      capacity: 2,
      create: () => {
        expect(++made.now).toBeLessThanOrEqual(2)
        return ++made.all
      },
      dispose: () => made.now--,
    })
    return {
      wait: (fiber) => pool.use(fiber, (_, mine) => mine.wait(stop)),
      check: () => expect([pool.inUse, pool.idle, made.now]).toEqual([0, 0, 0]),
    }
  },
  barrier: () => {
    // One for two at most: who is cancelled there poisons it.
    let barrier = new Barrier(3)
    let there = 0
    return {
      wait(fiber) {
        if (there++ % 2 === 0) barrier = new Barrier(3)
        return barrier.wait(fiber)
      },
    }
  },
  trigger: () => ({
    wait: async (fiber) => {
      const trigger = new Trigger()
      const cancelled = await fiber.await(trigger)
      expect(trigger.isSignalled).toBe(true)
      throw cancelled
    },
  }),
  computation: () => {
    const computation = new Computation<number>()
    return { wait: (fiber) => fiber.wait(computation), check: () => expect(computation.held).toBeLessThan(10) }
  },
  promise: () => {
    const promise = new Promise<never>(() => {})
    return { wait: (fiber) => fiber.settle(promise) }
  },
  sleep: () => ({ wait: (fiber) => fiber.sleep(60_000) }),
  yield: () => ({
    async wait(fiber) {
      for (;;) await fiber.yield()
    },
  }),
}

const CROWD = 300

/** A crowd comes, and is cancelled one by one; answers how many were cancelled in their wait, and how many had been served by then. */
const disperse = async (root: Fiber, seed: number, make: (root: Fiber) => Crowded | Promise<Crowded>) => {
  const below = dice(seed)
  const crowded = await make(root)
  let [cancelled, kept] = [0, 0]
  const children = Array.from({ length: CROWD }, () => {
    const computation = new Computation<never>()
    const done = root.handler
      .spawn(root, new Fiber(root.handler, computation), (fiber) => crowded.wait(fiber))
      .then(
        () => {
          if (computation.cancellation !== undefined) kept++
        },
        (error) => {
          // A barrier is poisoned by the one who went before.
          if (error !== computation.cancellation && error.cause?.cause !== 'now') throw error
          if (error === computation.cancellation) cancelled++
        },
      )
    return { computation, done }
  })
  const all = Promise.all(children.map(({ done }) => done))
  await root.yield()
  while (children.length > 0) {
    if (below(4) === 0) await root.yield()
    if (below(6) === 0) crowded.serve?.()
    const [one] = children.splice(below(children.length), 1)
    one?.computation.cancel('now')
    if (below(6) === 0) crowded.serve?.()
  }
  await all
  crowded.check?.()
  return { cancelled, kept }
}

it.each(Object.entries(crowds))(
  '%s: ten thousand are cancelled, and nothing is lost',
  { timeout: 120_000 },
  async (name, make) => {
    let [cancelled, kept] = [0, 0]
    for (let seed = 1; cancelled < 10_000; seed++) {
      const one = await random({ seed }, (root) => disperse(root, seed, make))
      expect(one.cancelled, name).toBeGreaterThan(0)
      cancelled += one.cancelled
      kept += one.kept
    }
    if (/send|receive|mutex|semaphore|alone/.test(name)) expect(kept).toBeGreaterThan(0)
  },
)
