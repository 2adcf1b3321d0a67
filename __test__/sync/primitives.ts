// Owns how each primitive of `rumpus/sync`, and its event, is put into the programs of obligations.ts.

import assert from 'node:assert/strict'
import { Computation, Fiber } from 'rumpus/effect'
import { completed, never, select } from 'rumpus/events'
import { Barrier, Channel, Condition, Ivar, Latch, Lazy, Mutex, Pool, RwLock, Semaphore } from 'rumpus/sync'
import type { Primitive, Specimen } from './obligations.ts'

type Wait = (fiber: Fiber) => Promise<unknown>

const sorted = (items: Iterable<number>): number[] => [...items].sort((a, b) => a - b)

/** Who has it holds it until somebody else is served. */
const handedOn = (wait: Wait, holders: () => readonly Fiber[], giveBack: (fiber: Fiber) => void): Specimen => ({
  wait,
  serve() {
    const [holder] = holders()
    if (holder === undefined) return false
    giveBack(holder)
    return true
  },
})

const lock = async (root: Fiber, wait: (mutex: Mutex, fiber: Fiber) => Promise<unknown>): Promise<Specimen> => {
  const mutex = new Mutex()
  await mutex.lock(root)
  return handedOn(
    (fiber) => wait(mutex, fiber),
    () => mutex.holders(),
    (holder) => mutex.unlock(holder),
  )
}

const lockAlone = async (root: Fiber, wait: (lock: RwLock, fiber: Fiber) => Promise<unknown>): Promise<Specimen> => {
  const lock = new RwLock()
  await lock.lock(root)
  return handedOn(
    (fiber) => wait(lock, fiber),
    () => lock.holders(),
    (holder) => lock.unlock(holder),
  )
}

const lockShared = async (root: Fiber, wait: (lock: RwLock, fiber: Fiber) => Promise<unknown>): Promise<Specimen> => {
  const lock = new RwLock()
  await lock.lock(root)
  let looking = 0
  return {
    wait: (fiber) => wait(lock, fiber).then(() => looking++),
    serve() {
      lock.unlock(root)
      return true
    },
    check: () => assert.equal(lock.shares, looking),
  }
}

const permits = async (root: Fiber, wait: (semaphore: Semaphore, fiber: Fiber) => Promise<unknown>) => {
  const semaphore = new Semaphore(2)
  for (let n = 0; n < 2; n++) await semaphore.acquire(root)
  return {
    wait: (fiber: Fiber) => wait(semaphore, fiber),
    serve() {
      if (semaphore.free === 2) return false
      semaphore.release()
      return true
    },
  }
}

/** What was sent arrives, and nothing else does. */
const sending = async (
  root: Fiber,
  capacity: number,
  send: (channel: Channel<number>, fiber: Fiber, item: number) => Promise<unknown>,
): Promise<Specimen> => {
  const [channel, sent, received] = [new Channel<number>(capacity), new Set<number>(), new Set<number>()]
  let serial = 0
  const sends = async (fiber: Fiber): Promise<void> => {
    const item = serial++
    await send(channel, fiber, item)
    sent.add(item)
  }
  const take = (): boolean => {
    const taken = channel.tryReceive()
    if (taken !== undefined) received.add(taken.item)
    return taken !== undefined
  }
  for (let n = 0; n < capacity; n++) await sends(root)
  return {
    wait: sends,
    serve: take,
    check() {
      while (take());
      assert.deepEqual(sorted(received), sorted(sent))
    },
  }
}

const receiving = (receive: (channel: Channel<number>, fiber: Fiber) => Promise<number>): Specimen => {
  const [channel, received] = [new Channel<number>(0), new Set<number>()]
  let sent = 0
  return {
    wait: async (fiber) => received.add(await receive(channel, fiber)),
    serve() {
      if (!channel.trySend(sent)) return false
      sent++
      return true
    },
    check: () => assert.deepEqual(sorted(received), [...Array(sent).keys()]),
  }
}

const signals = (wait: (changed: Condition, fiber: Fiber) => Promise<unknown>): Specimen => {
  const changed = new Condition()
  return {
    wait: (fiber) => wait(changed, fiber),
    serve() {
      changed.signal()
      return true
    },
  }
}

/** It is there from some moment on, for everybody. */
const opens = (wait: Wait, open: () => unknown): Specimen => {
  let isOpen = false
  return {
    wait,
    serve() {
      if (isOpen) return false
      isOpen = true
      const opening = open()
      return opening instanceof Promise ? opening.then(() => true) : true
    },
  }
}

const latch = (wait: (latch: Latch, fiber: Fiber) => Promise<unknown>): Specimen => {
  const latch = new Latch(1)
  return opens(
    (fiber) => wait(latch, fiber),
    () => latch.countDown(),
  )
}

const ivar = (wait: (ivar: Ivar<number>, fiber: Fiber) => Promise<unknown>): Specimen => {
  const ivar = new Ivar<number>()
  return opens(
    async (fiber) => assert.equal(await wait(ivar, fiber), 42),
    () => ivar.fill(42),
  )
}

/** Each waits for one of its own, which is the one that is served. */
const barrier = (root: Fiber, wait: (barrier: Barrier, fiber: Fiber) => Promise<unknown>): Specimen => {
  let open: Barrier[] = []
  let parties = 2
  return opens(
    (fiber) => {
      const barrier = new Barrier(parties)
      open.push(barrier)
      return wait(barrier, fiber)
    },
    () => {
      parties = 1
      // Poisoned, if who waited there has gone.
      for (const one of open) one.wait(new Fiber(root.handler, new Computation<never>())).catch(() => {})
      open = []
    },
  )
}

const lazy = (): Specimen => {
  const stop = new Computation<number>()
  const lazy = new Lazy((fiber) => fiber.wait(stop))
  return opens(
    async (fiber) => assert.equal(await lazy.force(fiber), 42),
    () => stop.return(42),
  )
}

/** One is in use until it is opened; then each is used by one after the other. */
const pool = async (root: Fiber, use: (pool: Pool<number>, fiber: Fiber) => Promise<unknown>): Promise<Specimen> => {
  const [begun, stop] = [new Latch(1), new Computation<void>()]
  let made = 0
  const pool = new Pool({ capacity: 1, create: () => ++made })
  const holder = new Fiber(root.handler, new Computation<never>())
  const main = (): Promise<void> =>
    pool.use(holder, () => {
      begun.countDown()
      return holder.wait(stop)
    })
  const isHeld = root.handler.spawn(root, holder, main)
  await begun.wait(root)
  const open = (): Promise<void> => {
    stop.return()
    return isHeld
  }
  return { ...opens((fiber) => use(pool, fiber), open), check: () => assert.equal(made, 1) }
}

const either = (fiber: Fiber, event: Parameters<typeof select>[1][number]): Promise<unknown> =>
  select(fiber, [never, event])

/** Ours. */
export const primitives: readonly Primitive[] = [
  { name: 'Mutex', serves: 'one', make: (root) => lock(root, (mutex, fiber) => mutex.lock(fiber)) },
  { name: 'Mutex, event', serves: 'one', make: (root) => lock(root, (mutex, fiber) => either(fiber, mutex.locking())) },
  { name: 'RwLock, alone', serves: 'one', make: (root) => lockAlone(root, (lock, fiber) => lock.lock(fiber)) },
  {
    name: 'RwLock, alone, event',
    serves: 'one',
    make: (root) => lockAlone(root, (lock, fiber) => either(fiber, lock.locking())),
  },
  { name: 'RwLock, shared', serves: 'all', make: (root) => lockShared(root, (lock, fiber) => lock.lockShared(fiber)) },
  {
    name: 'RwLock, shared, event',
    serves: 'all',
    make: (root) => lockShared(root, (lock, fiber) => either(fiber, lock.lockingShared())),
  },
  { name: 'Semaphore', serves: 'one', make: (root) => permits(root, (semaphore, fiber) => semaphore.acquire(fiber)) },
  {
    name: 'Semaphore, event',
    serves: 'one',
    make: (root) => permits(root, (semaphore, fiber) => either(fiber, semaphore.acquiring())),
  },
  ...[0, 1, 3].map(
    (capacity): Primitive => ({
      name: `Channel(${capacity}), send`,
      serves: 'one',
      make: (root) => sending(root, capacity, (channel, fiber, item) => channel.send(fiber, item)),
    }),
  ),
  {
    name: 'Channel, send, event',
    serves: 'one',
    make: (root) => sending(root, 0, (channel, fiber, item) => either(fiber, channel.sending(item))),
  },
  { name: 'Channel, receive', serves: 'one', make: () => receiving((channel, fiber) => channel.receive(fiber)) },
  {
    name: 'Channel, receive, event',
    serves: 'one',
    make: () => receiving((channel, fiber) => select(fiber, [new Channel<number>(0).receiving(), channel.receiving()])),
  },
  {
    name: 'Condition',
    serves: 'one',
    make() {
      const mutex = new Mutex()
      return {
        ...signals((changed, fiber) => mutex.look(fiber, () => changed.wait(fiber, mutex))),
        check: () => assert(!mutex.isLocked),
      }
    },
  },
  {
    name: 'Condition, event',
    serves: 'one',
    make: () => signals((changed, fiber) => either(fiber, changed.signalled())),
  },
  { name: 'Latch', serves: 'all', make: () => latch((latch, fiber) => latch.wait(fiber)) },
  { name: 'Latch, event', serves: 'all', make: () => latch((latch, fiber) => either(fiber, latch.waiting())) },
  { name: 'Ivar', serves: 'all', make: () => ivar((ivar, fiber) => ivar.read(fiber)) },
  { name: 'Ivar, event', serves: 'all', make: () => ivar((ivar, fiber) => either(fiber, ivar.reading())) },
  { name: 'Barrier', serves: 'all', make: (root) => barrier(root, (barrier, fiber) => barrier.wait(fiber)) },
  {
    name: 'Barrier, event',
    serves: 'all',
    make: (root) => barrier(root, (barrier, fiber) => either(fiber, barrier.waiting())),
  },
  { name: 'Lazy', serves: 'all', make: () => lazy() },
  { name: 'Pool', serves: 'all', make: (root) => pool(root, (pool, fiber) => pool.use(fiber, () => {})) },
  {
    name: 'Pool, event',
    serves: 'all',
    make: (root) =>
      pool(root, (pool, fiber) =>
        either(
          fiber,
          pool.using(() => {}),
        ),
      ),
  },
  {
    name: 'Computation',
    serves: 'all',
    make() {
      const computation = new Computation<void>()
      return opens(
        (fiber) => fiber.wait(computation),
        () => computation.return(),
      )
    },
  },
  {
    name: 'Computation, event',
    serves: 'all',
    make() {
      const computation = new Computation<void>()
      return opens(
        (fiber) => either(fiber, completed(computation)),
        () => computation.return(),
      )
    },
  },
]
