// Channel: items from those who send to those who receive, each to one, in order. Owns the items: each is with its sender, in the
// channel, or with its receiver, and a cancellation loses none.

import type { Fiber, Within } from '../effect/fiber.ts'
import { ready, readyWith } from '../effect/ready.ts'
import { failureIn, fiberIn } from '../effect/within.ts'
import { badArgument, RumpusError } from '../errors.ts'
import { Event } from '../events/event.ts'
import { grant, Waiters } from './waiters.ts'

const FIRST_CAPACITY = 8

/**
 * A queue between fibers that makes who is faster wait: `new Channel(16)`. With 0 a send waits for its receiver; with Infinity none
 * ever waits.
 *
 * `close` ends it: what is in it can still be received, then `receive` rejects and loops end. Between cores use `SharedChannel` of
 * `rumpus/fibers`, between processes messages. Cancelled are waits, never `close`; an item whose send is cancelled was not taken, and
 * one that has been handed to a receiver is received although that is cancelled meanwhile.
 *
 * @example
 * ```ts
 * import { fifo } from 'rumpus/effect'
 * import { both } from 'rumpus/structured'
 * import { Channel } from 'rumpus/sync'
 * import assert from 'node:assert/strict'
 *
 * const channel = new Channel(2)
 * const produce = async (fiber) => {
 *   for (let n = 1; n <= 5; n++) await channel.send(fiber, n)
 *   channel.close()
 * }
 * const consume = async (fiber) => {
 *   let sum = 0
 *   for await (const n of channel.items(fiber)) sum += n
 *   return sum
 * }
 * assert.deepEqual(await both(fifo.current(), produce, consume), [undefined, 15])
 * ```
 */
export class Channel<T> {
  private readonly capacity: number
  private readonly senders = new Waiters<T>({ what: 'room in a channel' })
  private readonly receivers = new Waiters<T>({ what: 'an item of a channel' })
  private ring: (T | undefined)[] = new Array(FIRST_CAPACITY)
  private head = 0
  private tail = 0
  private over: RumpusError | undefined = undefined

  /** @throws RangeError `ERR_RUMPUS_OUT_OF_RANGE` unless `capacity` is a whole number from 0, or Infinity */
  constructor(capacity: number) {
    if (!(capacity === Number.POSITIVE_INFINITY || (Number.isSafeInteger(capacity) && capacity >= 0))) {
      throw badArgument(RangeError, 'capacity', 'a whole number from 0, or Infinity', capacity)
    }
    this.capacity = capacity
  }

  /** How many items are in it. */
  get length(): number {
    return this.tail - this.head
  }

  /** Whether it takes no more. */
  get isClosed(): boolean {
    return this.over !== undefined
  }

  /** Sends, when there is room. Rejects with the cancellation of the fiber, or RumpusError `ERR_RUMPUS_CLOSED`: then it was not taken. */
  send(within: Within, item: T): Promise<void> {
    try {
      const { fiber } = within
      const refusal = fiber.cancellation ?? this.over
      if (refusal !== undefined) return Promise.reject(refusal)
      if (this.place(item)) return ready()
      return this.senders.stand(this.senders.join(fiber, item)) as Promise<unknown> as Promise<void>
    } catch (error) {
      throw failureIn(within, error)
    }
  }

  /** Sends if there is room, or a receiver waits. */
  trySend(item: T): boolean {
    return this.over === undefined && this.place(item)
  }

  private place(item: T): boolean {
    const receiver = this.receivers.shift()
    if (receiver !== undefined) {
      receiver.value = item
      grant(receiver)
      return true
    }
    if (this.tail - this.head >= this.capacity) return false
    this.push(item)
    return true
  }

  /** The next item, when there is one. Rejects with the cancellation of the fiber, or RumpusError `ERR_RUMPUS_CLOSED` at the end. */
  receive(within: Within): Promise<T> {
    try {
      const { fiber } = within
      const { cancellation } = fiber
      if (cancellation !== undefined) return Promise.reject(cancellation)
      if (this.head !== this.tail || !this.senders.isEmpty) return readyWith(this.take())
      if (this.over !== undefined) return Promise.reject(this.over)
      return this.receivers.stand(this.receivers.join(fiber))
    } catch (error) {
      throw failureIn(within, error)
    }
  }

  /** The next item, if there is one: in an object, for an item may be undefined. */
  tryReceive():
    | {
        /** What was sent. */
        readonly item: T
      }
    | undefined {
    return this.head !== this.tail || !this.senders.isEmpty ? { item: this.take() } : undefined
  }

  /** The event of `send`: chosen when there is room, or a receiver; fails with RumpusError `ERR_RUMPUS_CLOSED`. Not chosen, it was not taken. */
  sending(item: T): Event<void> {
    return new Event<void>({
      what: this.senders.what,
      poll: (party) => {
        if (this.over !== undefined) party.tryFail(this.over)
        else if (this.place(item)) party.tryGive()
      },
      wait: (party) => this.senders.enter(party, item),
    })
  }

  /** The event of `receive`: gives the next item; fails with RumpusError `ERR_RUMPUS_CLOSED` at the end. Not chosen, it takes none. */
  receiving(): Event<T> {
    return new Event<T>({
      what: this.receivers.what,
      poll: (party) => {
        if (this.head !== this.tail || !this.senders.isEmpty) party.tryGive(this.take())
        else if (this.over !== undefined) party.tryFail(this.over)
      },
      wait: (party) => this.receivers.enter(party),
    })
  }

  /** Takes the oldest; what a sender waits with has room then. */
  private take(): T {
    const sender = this.senders.shift()
    if (sender !== undefined) {
      this.push(sender.value as T)
      grant(sender)
    }
    const at = this.head++ & (this.ring.length - 1)
    const item = this.ring[at] as T
    this.ring[at] = undefined
    return item
  }

  private push(item: T): void {
    if (this.tail - this.head === this.ring.length) this.grow()
    this.ring[this.tail++ & (this.ring.length - 1)] = item
  }

  private grow(): void {
    const { ring, head, tail } = this
    const bigger: (T | undefined)[] = new Array(ring.length * 2)
    for (let at = head; at < tail; at++) bigger[at - head] = ring[at & (ring.length - 1)]
    this.ring = bigger
    this.head = 0
    this.tail = tail - head
  }

  /** Takes no more: who waits to send or to receive is refused; what is in it can be received. Never cancelled, never waits. */
  close(): void {
    if (this.over !== undefined) return
    this.over = new RumpusError('ERR_RUMPUS_CLOSED', 'the channel is closed')
    this.senders.fail(this.over)
    this.receivers.fail(this.over)
  }

  /** Items until it is closed, for `for await`; several loops share them. Leaving a loop leaves the channel as it is. */
  items(within: Within): AsyncIterable<T> {
    const fiber = fiberIn(within)
    return { [Symbol.asyncIterator]: () => this.iterate(fiber) }
  }

  private iterate(fiber: Fiber): AsyncIterator<T> {
    return {
      next: async () => {
        try {
          return { done: false, value: await this.receive(fiber) }
        } catch (error) {
          if (error === this.over) return { done: true, value: undefined }
          throw error
        }
      },
    }
  }
}
