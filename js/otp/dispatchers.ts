// To whom the events of a producer go: policy, without a process. Owns what waits for demand, and the three ways of giving it out. Never
// true in it: an event given to a consumer that has not asked for it, or given twice to one.

import { badArgument, RumpusError } from '../errors.ts'
import { EventQueue } from './event-queue.ts'
import { hashOf } from './partition-of.ts'
import type { KeptProducer } from './stage-shapes.ts'
import { checkWhole } from './stage-shapes.ts'
import { type Subscriber, Wanting } from './wanting.ts'

export type { Subscriber }

/** Sends events to a consumer. */
export type Deliver = (to: Subscriber, events: readonly unknown[]) => void

/** One way of giving events out. */
export interface Dispatcher {
  /** Events that could go out if they were there. */
  readonly room: number
  /** Events that wait. */
  readonly held: number
  /** Throws a RumpusError if it cannot have this consumer. */
  add(subscriber: Subscriber): void
  remove(subscriber: Subscriber): void
  ask(subscriber: Subscriber, count: number): void
  put(event: unknown): void
  /** Gives out what is wanted. */
  flush(deliver: Deliver): void
  /** Takes out the event that waits longest; of partitions, where most wait. */
  dropOldest(): unknown
}

/** The dispatcher that options ask for. */
export const dispatcherOf = ({ dispatcher }: KeptProducer): Dispatcher => {
  if (dispatcher === 'demand') return new DemandDispatcher()
  if (dispatcher === 'broadcast') return new BroadcastDispatcher(undefined)
  if (dispatcher.type === 'broadcast') return new BroadcastDispatcher(dispatcher.select as Select)
  return new PartitionDispatcher(dispatcher.partitions, dispatcher.by as By)
}

type Select = (event: unknown, wanted: unknown) => boolean
type By = (event: unknown) => unknown

/** Each event to one: whoever wants most, and of those whoever has waited longest. */
class DemandDispatcher implements Dispatcher {
  room = 0
  private readonly queue = new EventQueue()
  private readonly wanting = new Wanting()

  get held(): number {
    return this.queue.length
  }

  add(subscriber: Subscriber): void {
    if (subscriber.partition !== undefined) throw noPartitions()
    this.admit(subscriber)
  }

  /** The same, in a partition. */
  admit(subscriber: Subscriber): void {
    this.wanting.add(subscriber)
  }

  remove(subscriber: Subscriber): void {
    this.room -= subscriber.pending
    this.wanting.remove(subscriber)
  }

  ask(subscriber: Subscriber, count: number): void {
    this.room += count
    this.wanting.change(subscriber, count)
  }

  put(event: unknown): void {
    this.queue.push(event)
  }

  flush(deliver: Deliver): void {
    const { queue, wanting } = this
    while (queue.length > 0) {
      const first = wanting.first()
      if (first === undefined || first.pending === 0) return
      const events = queue.take(Math.min(first.pending, queue.length))
      this.room -= events.length
      wanting.serve(first, events.length)
      deliver(first, events)
    }
  }

  dropOldest(): unknown {
    return this.queue.shift()
  }
}

/** Each event to all, or to those who want it, when all have room for it. */
class BroadcastDispatcher implements Dispatcher {
  private readonly select: Select | undefined
  private readonly queue = new EventQueue()
  private readonly all = new Set<Subscriber>()
  /** What the slowest wants, and how many want no more: one that asks is looked at, not all. */
  private least = 0
  private slowest = 0

  constructor(select: Select | undefined) {
    this.select = select
  }

  get room(): number {
    return this.least
  }

  get held(): number {
    return this.queue.length
  }

  add(subscriber: Subscriber): void {
    if (subscriber.partition !== undefined) throw noPartitions()
    this.all.add(subscriber)
    this.slowest = this.least === 0 && this.all.size > 1 ? this.slowest + 1 : 1
    this.least = 0
  }

  remove(subscriber: Subscriber): void {
    this.all.delete(subscriber)
    if (subscriber.pending === this.least && --this.slowest === 0) this.measure()
  }

  ask(subscriber: Subscriber, count: number): void {
    const wasSlowest = subscriber.pending === this.least
    subscriber.pending += count
    if (wasSlowest && --this.slowest === 0) this.measure()
  }

  private measure(): void {
    let [least, slowest] = [Number.POSITIVE_INFINITY, 0]
    for (const { pending } of this.all) {
      if (pending === least) slowest++
      else if (pending < least) [least, slowest] = [pending, 1]
    }
    this.least = this.all.size === 0 ? 0 : least
    this.slowest = slowest
  }

  put(event: unknown): void {
    this.queue.push(event)
  }

  flush(deliver: Deliver): void {
    const { queue, select } = this
    while (queue.length > 0 && this.least > 0) {
      const events = queue.take(Math.min(this.least, queue.length))
      const portions: [Subscriber, unknown[]][] = []
      for (const subscriber of this.all) {
        // Each has an array of its own: what one does to it is nothing to the others.
        const portion =
          select === undefined ? events.slice() : events.filter((event) => select(event, subscriber.wanted))
        subscriber.pending -= portion.length
        if (portion.length > 0) portions.push([subscriber, portion])
      }
      this.measure()
      for (const [subscriber, portion] of portions) deliver(subscriber, portion)
    }
  }

  dropOldest(): unknown {
    return this.queue.shift()
  }
}

/** Each event to the partition it belongs to; within one, by demand. */
class PartitionDispatcher implements Dispatcher {
  private readonly parts: readonly DemandDispatcher[]
  private readonly by: By
  private readonly touched = new Set<DemandDispatcher>()
  room = 0
  held = 0

  constructor(partitions: number, by: By) {
    this.parts = Array.from({ length: partitions }, () => new DemandDispatcher())
    this.by = by
  }

  add(subscriber: Subscriber): void {
    const { partition } = subscriber
    if (partition === undefined || partition >= this.parts.length) {
      const wanted = `a partition from 0 to ${this.parts.length - 1}`
      throw new RumpusError('ERR_RUMPUS_PARTITION', `a consumer was refused: wanted ${wanted}, got ${partition}`)
    }
    this.partOf(subscriber).admit(subscriber)
  }

  private partOf({ partition }: Subscriber): DemandDispatcher {
    return this.parts[partition as number] as DemandDispatcher
  }

  remove(subscriber: Subscriber): void {
    this.room -= subscriber.pending
    this.partOf(subscriber).remove(subscriber)
  }

  ask(subscriber: Subscriber, count: number): void {
    const part = this.partOf(subscriber)
    this.room += count
    part.ask(subscriber, count)
    this.touched.add(part)
  }

  put(event: unknown): void {
    const part = this.parts[this.indexOf(event)] as DemandDispatcher
    part.put(event)
    this.held++
    this.touched.add(part)
  }

  private indexOf(event: unknown): number {
    const key = this.by(event)
    if (typeof key === 'string') return hashOf(key) % this.parts.length
    if (typeof key !== 'number') throw badArgument(TypeError, 'by', 'a function that answers a number or a text', key)
    checkWhole('what by answers', key, 0, this.parts.length - 1)
    return key
  }

  flush(deliver: Deliver): void {
    for (const part of this.touched) {
      this.touched.delete(part)
      part.flush((to, events) => {
        this.room -= events.length
        this.held -= events.length
        deliver(to, events)
      })
    }
  }

  dropOldest(): unknown {
    let longest = this.parts[0] as DemandDispatcher
    for (const part of this.parts) if (part.held > longest.held) longest = part
    this.held--
    return longest.dropOldest()
  }
}

const noPartitions = (): RumpusError =>
  new RumpusError('ERR_RUMPUS_PARTITION', 'a consumer was refused: it wants a partition, and there are none')
