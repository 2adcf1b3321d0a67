// Goal: a branch that loses, or whose fiber is cancelled at whatever moment, has taken no item, no permit and no lock. Method: fibers
// that share all of them and choose among them, cancelled one by one at random under the seeded executor; at the end the books must
// balance, item by item, and nobody stands in any line.

import { Computation, Fiber, fifo, random } from 'rumpus/effect'
import { choose, completed, type Event, elapsed, select, withNack } from 'rumpus/events'
import { Barrier, Channel, Condition, Ivar, Latch, Mutex, Pool, RwLock, Semaphore } from 'rumpus/sync'
import { expect, it } from 'vitest'
import { dice } from '../fixtures/random.mjs'

const held = ['lock', 'acquire', 'look', 'change', 'use'] as const
const points = ['send', 'receive', ...held, 'time', 'read', 'wait', 'complete', 'meet', 'hear'] as const
type Point = (typeof points)[number]
type Hits = Record<Point | 'kept', number>

const none = (): Hits => Object.fromEntries([...points, 'kept'].map((point) => [point, 0])) as Hits

/** What the fibers of one program share, and what is known of it. */
class World {
  readonly channels: Channel<number>[]
  readonly mutex = new Mutex()
  readonly semaphore = new Semaphore(2)
  readonly lock = new RwLock()
  readonly ivar = new Ivar<number>()
  readonly latch = new Latch(1)
  readonly stop = new Computation<number>()
  readonly changed = new Condition()
  readonly pool = new Pool({ capacity: 2, create: () => 0 })
  readonly barrier: Barrier
  readonly sent = new Set<number>()
  readonly received = new Set<number>()
  inside = 0
  holding = 0
  looking = 0
  changing = 0
  /** What each fiber waits for at present. */
  readonly waiting = new Map<Fiber, Point[]>()
  private readonly parties: number
  /** How often somebody came past the barrier, and how many use something of the pool. */
  met = 0
  using = 0
  serial = 0
  asked = 0
  heard = 0

  /** What who has a lock or a permit does with it. */
  private readonly hold: (fiber: Fiber) => Promise<unknown>

  constructor(below: (bound: number) => number, parties: number, hold: (fiber: Fiber) => Promise<unknown>) {
    this.barrier = new Barrier(parties)
    this.parties = parties
    this.channels = [new Channel(0), new Channel(0), new Channel(1 + below(2))]
    this.hold = hold
  }

  sends(channel: Channel<number>): Event<void> {
    const item = this.serial++
    return channel.sending(item).wrap(() => void this.sent.add(item))
  }

  receives(channel: Channel<number>): Event<void> {
    return channel.receiving().wrap((item) => {
      expect(this.received.has(item)).toBe(false)
      this.received.add(item)
    })
  }

  locks(): Event<void> {
    return this.mutex.locking().wrap(async (_, fiber) => {
      this.waiting.delete(fiber)
      try {
        expect(++this.inside).toBe(1)
        await this.hold(fiber)
      } finally {
        this.inside--
        this.mutex.unlock(fiber)
      }
    })
  }

  acquires(): Event<void> {
    return this.semaphore.acquiring().wrap(async (_, fiber) => {
      this.waiting.delete(fiber)
      try {
        expect(++this.holding).toBeLessThanOrEqual(2)
        await this.hold(fiber)
      } finally {
        this.holding--
        this.semaphore.release()
      }
    })
  }

  looks(): Event<void> {
    return this.lock.lockingShared().wrap(async (_, fiber) => {
      this.waiting.delete(fiber)
      try {
        expect([++this.looking > 0, this.changing]).toEqual([true, 0])
        await this.hold(fiber)
      } finally {
        this.looking--
        this.lock.unlockShared(fiber)
      }
    })
  }

  changes(): Event<void> {
    return this.lock.locking().wrap(async (_, fiber) => {
      this.waiting.delete(fiber)
      try {
        expect([++this.changing, this.looking]).toEqual([1, 0])
        await this.hold(fiber)
      } finally {
        this.changing--
        this.lock.unlock(fiber)
      }
    })
  }

  uses(): Event<void> {
    return this.pool.using(async (_, fiber) => {
      this.waiting.delete(fiber)
      expect(++this.using).toBeLessThanOrEqual(2)
      await this.hold(fiber).finally(() => this.using--)
    })
  }

  /** Counts who is asked and who hears that it was in vain: all but those that were chosen. */
  asks(event: Event<void>): Event<void> {
    return withNack((lost, fiber) => {
      this.asked++
      // A computation of its own: it hears whoever is cancelled.
      const ears = new Fiber(fiber.handler, new Computation())
      void fiber.handler.spawn(ears, ears, () => lost.sync(ears).then(() => this.heard++))
      return event.wrap(() => void this.heard++)
    })
  }

  /** One branch of that kind. */
  branch(point: Point, below: (bound: number) => number): Event<unknown> {
    const channel = this.channels[below(3)]!
    if (point === 'send') return this.sends(channel)
    if (point === 'receive') return this.receives(channel)
    if (point === 'lock') return this.locks()
    if (point === 'acquire') return this.acquires()
    if (point === 'look') return this.looks()
    if (point === 'change') return this.changes()
    if (point === 'time') return elapsed(1 + below(5))
    if (point === 'read') return this.ivar.reading()
    if (point === 'wait') return this.latch.waiting()
    if (point === 'use') return this.uses()
    if (point === 'meet') return this.barrier.waiting().wrap(() => void this.met++)
    if (point === 'hear') return this.changed.signalled()
    return completed(this.stop)
  }

  /** Nothing is held, nobody waits, and each item is where it belongs. */
  check(): void {
    for (const channel of this.channels) {
      for (let left = channel.tryReceive(); left !== undefined; left = channel.tryReceive())
        this.received.add(left.item)
      // A receiver that were still in line would take it.
      const before = channel.length
      expect(channel.trySend(-1)).toBe(before < Number(channel === this.channels[2]))
      if (channel.length === 1) expect(channel.tryReceive()).toEqual({ item: -1 })
    }
    const [sent, received] = [this.sent, this.received].map((items) => [...items].sort())
    expect(received, 'each item that was sent was received, and no other').toEqual(sent)
    expect([this.mutex.isLocked, this.semaphore.free, this.lock.isLocked, this.lock.shares]).toEqual([
      false,
      2,
      false,
      0,
    ])
    expect([this.inside, this.holding, this.looking, this.changing, this.using]).toEqual([0, 0, 0, 0, 0])
    expect([this.pool.inUse, this.met % this.parties]).toEqual([0, 0])
    expect(this.stop.held).toBeLessThan(10)
  }
}

/** A fiber that can be cancelled by itself; what it was cancelled in is counted. */
const spawned = (root: Fiber, world: World, hits: Hits, works: (fiber: Fiber) => Promise<void>) => {
  const computation = new Computation<never>()
  const child = new Fiber(root.handler, computation)
  const ended = (error: unknown): void => {
    if (error !== computation.cancellation) throw error
    for (const point of world.waiting.get(child) ?? []) hits[point]++
  }
  return { computation, done: root.handler.spawn(root, child, works).catch(ended) }
}

const several = (below: (bound: number) => number): Point[] => {
  const chosen = points.filter(() => below(3) === 0)
  return chosen.length > 0 ? chosen : [points[below(points.length)]!]
}

const program = async (root: Fiber, seed: number, hits: Hits): Promise<void> => {
  const below = dice(seed)
  const world = new World(below, 3, (fiber) => fiber.yield())
  const { waiting } = world
  const works = async (fiber: Fiber): Promise<void> => {
    for (;;) {
      const kinds = several(below)
      const branches = kinds.map((point) => world.branch(point, below))
      waiting.set(fiber, kinds)
      const asked = world.asks(below(2) === 0 ? world.sends(world.channels[below(3)]!) : elapsed(1 + below(5)))
      if (below(3) === 0) world.changed.signal()
      await select(fiber, below(2) === 0 ? branches : [choose(branches), asked])
      waiting.delete(fiber)
      // It was cancelled, and had something all the same.
      if (fiber.cancellation !== undefined) hits.kept++
    }
  }
  const children = Array.from({ length: 10 }, () => spawned(root, world, hits, works))
  const all = children.map(({ done }) => done)
  while (children.length > 0) {
    for (let n = below(6); n > 0; n--) await root.yield()
    const [one] = children.splice(below(children.length), 1)
    one?.computation.cancel('now')
    if (below(2) === 0) await one?.done
  }
  await Promise.all(all)
  world.check()
  // Nobody waits for those who hear that it was in vain.
  for (let n = 0; n < 100_000 && world.heard < world.asked; n++) await root.yield()
  expect(world.heard).toBe(world.asked)
}

/** A crowd that waits, some served now and then, all cancelled in the end: whoever has a lock keeps it until then. */
const crowd = async (root: Fiber, seed: number, hits: Hits): Promise<void> => {
  const below = dice(seed)
  const world: World = new World(below, 1000, (fiber): Promise<unknown> => fiber.wait(world.stop))
  const { channels, waiting } = world
  const [first, second, third] = channels as [Channel<number>, Channel<number>, Channel<number>]
  // Those of one kind do not meet: who sends waits for us, and so does who receives.
  const branch = (point: Point): Event<unknown> => {
    if (point === 'send') return world.sends([first, third][below(2)]!)
    return point === 'receive' ? world.receives(second) : world.branch(point, below)
  }
  const works = async (fiber: Fiber): Promise<void> => {
    for (;;) {
      const kinds = several(below)
      waiting.set(fiber, kinds)
      await select(
        fiber,
        kinds.map((point) => (point === 'time' ? elapsed(60_000) : branch(point))),
      )
      waiting.delete(fiber)
      if (fiber.cancellation !== undefined) hits.kept++
    }
  }
  const children = Array.from({ length: 300 }, () => spawned(root, world, hits, works))
  const all = children.map(({ done }) => done)
  await root.yield()
  while (children.length > 0) {
    if (below(4) === 0) await root.yield()
    if (below(6) === 0) {
      const item = [first, third][below(2)]!.tryReceive()?.item
      if (item !== undefined) world.received.add(item)
      world.changed.signal()
      if (second.trySend(world.serial)) world.sent.add(world.serial++)
    }
    const [one] = children.splice(below(children.length), 1)
    one?.computation.cancel('now')
  }
  await Promise.all(all)
  world.check()
}

it('loses nothing, and each wait is cancelled ten thousand times', { timeout: 120_000 }, async () => {
  const hits = none()
  for (let seed = 1; seed <= 160; seed++) await random({ seed }, (fiber) => crowd(fiber, seed, hits))
  for (const point of points) expect(hits[point], point).toBeGreaterThan(10_000)
  expect(hits.kept).toBeGreaterThan(1_000)
})

it('loses nothing, in whatever order', { timeout: 120_000 }, async () => {
  const hits = none()
  const seeds = Number(process.env.RUMPUS_SEEDS ?? 200)
  for (let seed = 1; seed <= seeds; seed++) await random({ seed }, (fiber) => program(fiber, seed, hits))
  for (const [what, times] of Object.entries(hits)) expect(times, what).toBeGreaterThan(seeds / 10)
})

it('loses nothing in the order of fifo', async () => {
  for (let seed = 1; seed <= 200; seed++) await program(fifo.current(), seed, none())
})
