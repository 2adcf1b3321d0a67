// Goal: a cancellation at any point of what a fiber does with a shared channel loses no item and doubles none, ten thousand times at each.
// Method: crowds on another scheduler, under simulation, each cancelled at one point, while somebody here sends or receives; then every
// item must have been received once, or be there, or its send have been refused.

import { simulate } from 'rumpus'
import { Computation, Fiber } from 'rumpus/effect'
import { elapsed, select } from 'rumpus/events'
import { fiberOf, parallel, SharedChannel } from 'rumpus/fibers'
import { scope } from 'rumpus/structured'
import { expect, it } from 'vitest'
import { dice } from '../fixtures/random.mjs'
import { receivesOne, sends, serves } from '../fixtures/shared-bodies.mjs'
import { crowds, Parcel, type Plan, ways } from '../fixtures/shared-crowds.mjs'

interface Point extends Pick<Plan, 'act' | 'when'> {
  readonly capacity: number
  /** The scheduler of the crowd: another than that of the channel unless given. */
  readonly on?: number
  /** How many of so many are served: of a hundred. */
  readonly served: number
}

const COUNT = 500
const TIMES = 10_000
const INFINITY = Number.POSITIVE_INFINITY

const isSend = (act: Plan['act']): boolean => act === 'send' || act === 'sending'

/** What is done here meanwhile: as many items as are said go the other way. */
class Here {
  readonly sent: number[] = []
  readonly received: number[] = []
  private readonly computation = new Computation<never>()
  private readonly done: Promise<unknown>[] = []
  private readonly channel: SharedChannel<Parcel>

  constructor(channel: SharedChannel<Parcel>) {
    this.channel = channel
  }

  spawn(fiber: Fiber, act: (mine: Fiber) => Promise<unknown>): void {
    const alone = new Fiber(fiber.handler, this.computation)
    const done = fiber.handler.spawn(fiber, alone, act).catch((error) => {
      if (error !== this.computation.cancellation) throw error
    })
    this.done.push(done)
  }

  async send(mine: Fiber, n: number): Promise<void> {
    await this.channel.send(mine, new Parcel(n))
    this.sent.push(n)
  }

  async receive(mine: Fiber): Promise<void> {
    this.received.push((await this.channel.receive(mine)).n)
  }

  /** Nobody waits here any more. */
  async stop(): Promise<void> {
    this.computation.cancel('enough')
    await Promise.all(this.done)
  }

  /** What is still there, when all that was on its way has come. */
  async drain(fiber: Fiber): Promise<number[]> {
    await fiber.sleep(1)
    const left: number[] = []
    for (;;) {
      const item = await select(fiber, [this.channel.receiving(), elapsed(1).wrap(() => undefined)])
      if (item === undefined) return left
      left.push(item.n)
    }
  }
}

/** Nobody is taken for there who is not, nor for gone who is. */
const aftermath = (fiber: Fiber, channel: SharedChannel<unknown>, capacity: number): Promise<void> =>
  scope(fiber, async (scope) => {
    const { handle } = channel as SharedChannel<number>
    if (capacity > 0) {
      const there = scope.fork((mine) => parallel(mine, receivesOne.with({ on: 1 }), handle))
      await channel.send(scope, 7)
      expect(await there).toBe(7)
      await parallel(scope, sends.with({ on: 1 }), handle, 8, 1, false)
      expect(await channel.receive(scope)).toBe(8)
      return
    }
    const there = scope.fork((mine) => parallel(mine, serves.with({ on: 1 }), handle))
    await scope.fiber.sleep(5)
    expect(await channel.receive(scope)).toBe('from there')
    await channel.send(scope, 'from here')
    expect(await there).toEqual(['late', 'late', 'from here'])
    const late = elapsed(1).wrap(() => 'late')
    expect(await select(scope, [channel.sending(0).wrap(() => 'sent'), late])).toBe('late')
    expect(await select(scope, [channel.receiving(), late])).toBe('late')
  })

const program = async (point: Point, seed: number): Promise<{ hits: number; back: number }> => {
  const { act, when, capacity, served, on = 1 } = point
  let [hits, back] = [0, 0]
  ways.left = 0
  ways.come.length = 0
  await simulate({ seed, schedulers: 2 }, async (self) => {
    const fiber = fiberOf(self)
    const below = dice(seed)
    const channel = SharedChannel.create<Parcel>(self, capacity)
    const here = new Here(channel)
    const many = Math.ceil((COUNT * served) / 100)
    // So that who sends waits; of the crowd are those from 1.
    if (isSend(act) && capacity < INFINITY) for (let n = 0; n < capacity; n++) await here.send(fiber, -1 - n)
    const plan: Plan = { act, when, count: COUNT, seed }
    const serves = async (mine: Fiber, from: number): Promise<void> => {
      for (let n = from; n < many; n += 4) {
        for (let wait = below(4); wait > 0; wait--) await mine.yield()
        if (isSend(act)) await here.receive(mine)
        else await here.send(mine, n)
      }
    }
    if (when === 'waiting') here.spawn(fiber, (mine) => mine.sleep(1).then(() => serves(mine, 0)))
    else for (const from of [0, 1, 2, 3]) here.spawn(fiber, (mine) => serves(mine, from))
    const books = await parallel(fiber, crowds.with({ on }), channel.handle, plan)
    await here.stop()
    const left = await here.drain(fiber)
    const all = [...books.received, ...here.received, ...left].sort()
    expect(all, `seed ${seed}`).toEqual([...books.sent, ...here.sent].sort())
    await aftermath(fiber, channel as SharedChannel<unknown>, capacity)
    hits = when === 'leaving' ? books.left : when === 'come' ? books.kept : books.cancelled
    // All that left for the crowd, but for what was taken there.
    if (!isSend(act)) back = ways.left - books.received.length
  })
  return { hits, back }
}

const points: Record<string, Point> = {
  'send, waiting': { act: 'send', when: 'waiting', capacity: 2, served: 10 },
  'send, waiting where the channel is': { act: 'send', when: 'waiting', capacity: 2, served: 10, on: 0 },
  'send, its question on the way': { act: 'send', when: 'at once', capacity: 2, served: 10 },
  'sending, waiting': { act: 'sending', when: 'waiting', capacity: 2, served: 10 },
  'receive, waiting': { act: 'receive', when: 'waiting', capacity: INFINITY, served: 10 },
  'receive, waiting where the channel is': { act: 'receive', when: 'waiting', capacity: 2, served: 10, on: 0 },
  'receive, its question on the way': { act: 'receive', when: 'at once', capacity: INFINITY, served: 10 },
  'receive, an item on its way': { act: 'receive', when: 'coming', capacity: INFINITY, served: 100 },
  'receiving, an item on its way': { act: 'receiving', when: 'coming', capacity: INFINITY, served: 100 },
  'receive, an item come': { act: 'receive', when: 'come', capacity: INFINITY, served: 100 },
  'receiving, an item come': { act: 'receiving', when: 'come', capacity: INFINITY, served: 100 },
  'iteration, waiting': { act: 'iterate', when: 'waiting', capacity: 2, served: 10 },
  'iteration, an item on its way': { act: 'iterate', when: 'coming', capacity: INFINITY, served: 100 },
  'rendezvous: send, waiting': { act: 'send', when: 'waiting', capacity: 0, served: 10 },
  'rendezvous: send, waiting for who is here': { act: 'send', when: 'waiting', capacity: 0, served: 10, on: 0 },
  'rendezvous: send, its question on the way': { act: 'send', when: 'at once', capacity: 0, served: 10 },
  'rendezvous: send, its item on its way': { act: 'send', when: 'leaving', capacity: 0, served: 100 },
  'rendezvous: send, its item come': { act: 'send', when: 'come', capacity: 0, served: 100 },
  'rendezvous: sending, its item come': { act: 'sending', when: 'come', capacity: 0, served: 100 },
  'rendezvous: sending, its item on its way': { act: 'sending', when: 'leaving', capacity: 0, served: 100 },
  'rendezvous: receive, waiting': { act: 'receive', when: 'waiting', capacity: 0, served: 10 },
  'rendezvous: receive, its question on the way': { act: 'receive', when: 'at once', capacity: 0, served: 10 },
  'rendezvous: receive, an item on its way': { act: 'receive', when: 'coming', capacity: 0, served: 100 },
  'rendezvous: receiving, an item on its way': { act: 'receiving', when: 'coming', capacity: 0, served: 100 },
  'rendezvous: receive, an item come': { act: 'receive', when: 'come', capacity: 0, served: 100 },
  'rendezvous: receiving, an item come': { act: 'receiving', when: 'come', capacity: 0, served: 100 },
  'rendezvous: iteration, an item on its way': { act: 'iterate', when: 'coming', capacity: 0, served: 100 },
}

it.each(Object.entries(points))('%s: cancelled ten thousand times, it loses nothing', async (_, point) => {
  let [hits, back] = [0, 0]
  for (let seed = 1; hits < TIMES; seed++) {
    const run = await program(point, seed)
    // None in vain, or it would not end.
    expect(run.hits, `seed ${seed}`).toBeGreaterThan(0)
    hits += run.hits
    back += run.back
  }
  // Some found nobody there any more.
  if (point.when === 'coming') expect(back).toBeGreaterThan(TIMES / 100)
})
