// SharedChannel: a channel between fibers of all schedulers. Owns how one is made and found; what it does is its hub's and its ends'.

import type { Within } from '../effect/fiber.ts'
import { failureIn, fiberIn } from '../effect/within.ts'
import { badArgument, stopped } from '../errors.ts'
import type { Event } from '../events/event.ts'
import type { Kernel } from '../kernel/kernel.ts'
import { kernelOf as kernelOfPid } from '../kernel/post.ts'
import { Process } from '../kernel/process.ts'
import { endWith } from '../process/end-with.ts'
import type { Runtime, Self } from '../process/shapes.ts'
import { kernelIn } from './parallel.ts'
import type { End } from './shared-end.ts'
import { Guest } from './shared-guest.ts'
import { Host } from './shared-host.ts'
import { startPairs } from './shared-pairs.ts'
import { Rendezvous } from './shared-rendezvous.ts'

declare const carries: unique symbol

/**
 * A shared channel outside this isolate: an ordinary number within 53 bits, as a pid is, good for messages and arguments. It is below zero
 * if the channel holds nothing.
 */
export type SharedChannelHandle<Item = unknown> = number & {
  /** For the compiler alone. */
  readonly [carries]: Item
}

/** Whose a shared channel is: a process, by its `self`, or a runtime. */
export type SharedChannelOwner = Pick<Self<never>, 'pid'> | Runtime

/** What fibers see of a channel: an end of one that holds something, or of one that holds nothing. */
type Side<Item> = Pick<End<Item> | Rendezvous<Item>, 'send' | 'receive' | 'sending' | 'receiving' | 'isEnd' | 'shut'>

/** The ends of this scheduler by their handles: its fibers have one together. */
const ends = new WeakMap<Kernel, Map<number, Side<unknown>>>()

const endsOf = (kernel: Kernel): Map<number, Side<unknown>> => {
  let own = ends.get(kernel)
  if (own === undefined) {
    own = new Map()
    ends.set(kernel, own)
  }
  return own
}

/**
 * A queue between fibers of all schedulers that makes who is faster wait, as `Channel` of `rumpus/sync` is one between those of one. With
 * a capacity of 0 a send waits for its receiver.
 *
 * The items are on the scheduler where it was made, so make it where most of them are received: there a `receive` costs what it costs of
 * a `Channel`, and `send` is a message. Elsewhere a `receive` is a question and its answer; what waits there for items should be several
 * fibers, or do something with each. Ends take turns, and fibers of one end come first served. Items from one fiber are received in the
 * order sent. An item must be able to cross, wherever it goes; to its own scheduler it goes by reference, as a message does.
 *
 * Cancelled are waits, never `close`: an item whose send is cancelled was not taken, and one that has been handed to a receiver is received
 * although that is cancelled meanwhile. One that is on its way to another scheduler, where nobody waits any more, comes back and is the
 * first again. With the owner it ends: all are refused, and what is in it is gone, as what is on its way to a thread that dies is.
 *
 * With 0 nothing is in it: an item is its sender's until it is taken, also on its way to another scheduler. A cancellation, `close` or the
 * end of the owner takes it back at once; if it has been taken by then, the send is over instead. If its receiver has gone, or the thread
 * of that dies first, it waits again, before all others there; that of a sync, behind them. While it is on its way a sync
 * is out of all other lines, but a time, a computation, a promise or a signal can still be chosen. Fibers of one scheduler meet there,
 * before those of others; between two it is a question and its answer on both sides.
 *
 * Where all fibers are on one scheduler use `Channel`; where each item is for a certain process, a message.
 *
 * @example
 * ```ts
 * import { run } from 'rumpus'
 * import { defineParallel, fiberOf, parallel, SharedChannel } from 'rumpus/fibers'
 * import { scope } from 'rumpus/structured'
 * import assert from 'node:assert/strict'
 *
 * const squares = defineParallel(import.meta.url, 'squares', async (fiber, handle, upTo) => {
 *   const channel = new SharedChannel(handle)
 *   for (let n = 1; n <= upTo; n++) await channel.send(fiber, n * n)
 *   channel.close()
 * })
 *
 * await run(async (self) => {
 *   const channel = SharedChannel.create(self, 16)
 *   let sum = 0
 *   await scope(fiberOf(self), async (scope) => {
 *     scope.fork((fiber) => parallel(fiber, squares, channel.handle, 100))
 *     for await (const square of channel.items(scope)) sum += square
 *   })
 *   assert.equal(sum, 338_350)
 * })
 * ```
 */
export class SharedChannel<Item = unknown> {
  /** The number by which others find it, on any scheduler: `new SharedChannel(handle)`. Plain data. */
  readonly handle: SharedChannelHandle<Item>
  private known: Side<Item> | undefined = undefined

  /**
   * Finds one that {@link SharedChannel.create} has made; starts nothing until it is used.
   *
   * @param handle - its handle
   * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`
   */
  constructor(handle: SharedChannelHandle<Item>) {
    if (!Number.isSafeInteger(handle) || handle === 0) {
      throw badArgument(TypeError, 'handle', 'the handle of a shared channel', handle)
    }
    this.handle = handle
  }

  /**
   * Makes one, on this scheduler.
   *
   * @param owner - whose it is: a process, with which it ends, by its `self`; or a runtime
   * @param capacity - how many items it holds; 0, so that a send waits for its receiver; Infinity, so that none waits
   * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`, RangeError `ERR_RUMPUS_OUT_OF_RANGE`, RumpusError `ERR_RUMPUS_STOPPED`
   * @example
   * ```ts
   * import { run } from 'rumpus'
   * import { fiberOf, SharedChannel } from 'rumpus/fibers'
   * import assert from 'node:assert/strict'
   *
   * await run(async (self) => {
   *   const channel = SharedChannel.create(self, 4)
   *   await channel.send(fiberOf(self), 'hello')
   *   assert.equal(await new SharedChannel(channel.handle).receive(fiberOf(self)), 'hello')
   * })
   * ```
   */
  static create<Item = unknown>(owner: SharedChannelOwner, capacity: number): SharedChannel<Item> {
    const process = owner instanceof Process ? owner : undefined
    const kernel = process === undefined ? kernelIn(owner) : (process.home as Kernel)
    if (!(capacity === Number.POSITIVE_INFINITY || (Number.isSafeInteger(capacity) && capacity >= 0))) {
      throw badArgument(RangeError, 'capacity', 'a whole number from 0, or Infinity', capacity)
    }
    if (kernel.detached) throw stopped()
    const own = endsOf(kernel)
    let free: () => void = () => {}
    if (capacity === 0) {
      const pid = startPairs(kernel, () => free())
      if (process !== undefined) free = endWith(kernel, pid, process.pid)
      // Whoever finds it must know what it is before anything has come from it.
      return new SharedChannel<Item>(-pid as SharedChannelHandle<Item>)
    }
    const host = new Host(kernel, capacity, () => {
      own.delete(host.pid)
      free()
    })
    own.set(host.pid, host.end)
    if (process !== undefined) free = endWith(kernel, host.pid, process.pid)
    return new SharedChannel<Item>(host.pid as SharedChannelHandle<Item>)
  }

  /**
   * Sends, when there is room; where nothing is kept, it is over when a receiver has the item. Rejects with the cancellation of the fiber,
   * or RumpusError `ERR_RUMPUS_CLOSED`: then it was not taken.
   *
   * @throws UncrossableError `ERR_RUMPUS_UNCROSSABLE` naming the part that cannot cross
   */
  send(within: Within, item: Item): Promise<void> {
    try {
      return this.end().send(within.fiber, item)
    } catch (error) {
      throw failureIn(within, error)
    }
  }

  /** The next item, when there is one. Rejects with the cancellation of the fiber, or RumpusError `ERR_RUMPUS_CLOSED` at the end. */
  receive(within: Within): Promise<Item> {
    try {
      return this.end().receive(within.fiber)
    } catch (error) {
      throw failureIn(within, error)
    }
  }

  /** The event of `send`: chosen when it was taken; fails with RumpusError `ERR_RUMPUS_CLOSED`. Not chosen, it was not taken. */
  sending(item: Item): Event<void> {
    return this.end().sending(item)
  }

  /** The event of `receive`: gives the next item; fails with RumpusError `ERR_RUMPUS_CLOSED` at the end. Not chosen, it takes none. */
  receiving(): Event<Item> {
    return this.end().receiving()
  }

  /**
   * Takes no more, from this scheduler at once, from others when they hear of it; what is in it can be received. Never cancelled, never
   * waits.
   */
  close(): void {
    this.end().shut()
  }

  /** Items until it is closed, for `for await`; several loops share them. Leaving a loop leaves the channel as it is. */
  items(within: Within): AsyncIterable<Item> {
    const fiber = fiberIn(within)
    const end = this.end()
    const next = async (): Promise<IteratorResult<Item, undefined>> => {
      try {
        return { done: false, value: await end.receive(fiber) }
      } catch (error) {
        if (end.isEnd(error)) return { done: true, value: undefined }
        throw error
      }
    }
    return { [Symbol.asyncIterator]: () => ({ next }) }
  }

  /** The end of this scheduler. */
  private end(): Side<Item> {
    this.known ??= endAt(this.handle) as Side<Item>
    return this.known
  }
}

const endAt = (handle: number): Side<unknown> => {
  const pid = Math.abs(handle)
  const kernel = kernelOfPid(pid)
  const own = endsOf(kernel)
  let end = own.get(handle)
  if (end === undefined) {
    const gone = (): void => void own.delete(handle)
    end = handle < 0 ? new Rendezvous(kernel, pid, gone) : new Guest(kernel, pid, gone).end
    own.set(handle, end)
  }
  return end
}
