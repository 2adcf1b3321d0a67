// One end of a shared channel: the fibers of a thread that send and receive. Owns their lines, and that a fiber which is cancelled has
// sent nothing, or received nothing; what was handed to it is kept. How it speaks with the hub is its port's. Never true here: an item
// for which nobody waits stays; it goes back to the hub.

import type { Fiber } from '../effect/fiber.ts'
import { ready, readyWith } from '../effect/ready.ts'
import { RumpusError } from '../errors.ts'
import { Event } from '../events/event.ts'
import { grant, Waiters } from '../sync/waiters.ts'
import type { Taker } from './shared-hub.ts'

/** What an end asks of the hub. */
export interface Port<Item> {
  /** Throws if the item cannot cross. */
  check(item: Item): void
  /** Sends an item, if there is a place known here. Throws, and has sent nothing, if it cannot cross. */
  tryPut(item: Item): boolean
  /** An item that is there already. */
  tryTake(): { readonly item: Item } | undefined
  /** So many more wait for an item, or fewer. */
  want(more: number): void
  /** So many more wait for a place, or fewer. */
  room(more: number): void
  /** So many places more may be used by `tryPut`. */
  accept(places: number): void
  /** What is left of them goes back. */
  unlend(): void
  /** An item for which nobody waits any more goes back. */
  putBack(item: Item): void
  /** It has done with what it was given. */
  settled(): void
  close(): void
}

export class End<Item> implements Taker<Item> {
  readonly isFar: boolean = false
  private readonly port: Port<Item>
  private readonly senders = new Waiters<Item>({ what: 'room in a shared channel', isForeign: true })
  private readonly receivers = new Waiters<Item>({ what: 'an item of a shared channel', isForeign: true })
  /** Why it takes no more. */
  private over: RumpusError | undefined = undefined
  private isEnded = false

  constructor(port: Port<Item>) {
    this.port = port
  }

  send(fiber: Fiber, item: Item): Promise<void> {
    const refusal = fiber.cancellation ?? this.over
    if (refusal !== undefined) return Promise.reject(refusal)
    const { port } = this
    if (port.tryPut(item)) return ready()
    port.check(item)
    const waiter = this.senders.join(fiber, item)
    port.room(1)
    return this.senders.stand(waiter, () => port.room(-1)) as Promise<unknown> as Promise<void>
  }

  receive(fiber: Fiber): Promise<Item> {
    const { cancellation } = fiber
    if (cancellation !== undefined) return Promise.reject(cancellation)
    const { port } = this
    const there = port.tryTake()
    if (there !== undefined) return readyWith(there.item)
    if (this.isEnded) return Promise.reject(this.over)
    const waiter = this.receivers.join(fiber)
    port.want(1)
    return this.receivers.stand(waiter, () => port.want(-1))
  }

  sending(item: Item): Event<void> {
    const { port, senders } = this
    return new Event<void>({
      what: senders.what,
      poll: (party) => {
        if (this.over !== undefined) party.tryFail(this.over)
        else if (port.tryPut(item)) party.tryGive()
      },
      wait: (party) => {
        const leave = senders.enter(party, item)
        port.room(1)
        return () => {
          leave()
          port.room(-1)
        }
      },
    })
  }

  receiving(): Event<Item> {
    const { port, receivers } = this
    return new Event<Item>({
      what: receivers.what,
      poll: (party) => {
        const there = port.tryTake()
        if (there !== undefined) party.tryGive(there.item)
        else if (this.isEnded) party.tryFail(this.over)
      },
      wait: (party) => {
        const leave = receivers.enter(party)
        port.want(1)
        return () => {
          leave()
          port.want(-1)
        }
      },
    })
  }

  /** Whether `error` says that nothing more will come. */
  isEnd(error: unknown): boolean {
    return this.isEnded && error === this.over
  }

  /** Takes no more, here at once, elsewhere when they hear of it. */
  shut(): void {
    if (this.over !== undefined) return
    this.close()
    this.port.close()
  }

  give(item: Item): void {
    const receiver = this.receivers.shift()
    if (receiver === undefined) return this.port.putBack(item)
    receiver.value = item
    grant(receiver)
  }

  /** Something goes wrong with an item on its way: who would have had it hears. */
  fail(error: unknown): void {
    const receiver = this.receivers.shift()
    if (receiver === undefined) return this.port.want(1)
    receiver.failed = true
    receiver.error = error
    grant(receiver)
  }

  lend(places: number, further: number): void {
    const { port, senders } = this
    port.accept(places + further)
    let served = 0
    for (; served < places + further; served++) {
      const sender = senders.shift()
      if (sender === undefined) break
      try {
        port.tryPut(sender.value as Item)
      } catch (error) {
        // It could cross when it was checked, and has been changed since.
        sender.failed = true
        sender.error = error
      }
      grant(sender)
    }
    // The hub has counted as many as were to be served.
    if (served !== places) port.room(places - served)
    if (this.over !== undefined) port.unlend()
  }

  recall(): void {
    this.port.unlend()
  }

  close(): void {
    this.over ??= new RumpusError('ERR_RUMPUS_CLOSED', 'the channel is closed')
    this.senders.fail(this.over)
    this.port.unlend()
  }

  settle(): void {
    this.port.settled()
  }

  end(): void {
    this.close()
    this.isEnded = true
    this.receivers.fail(this.over)
  }
}
