// One end of a shared channel that holds nothing: the fibers of a thread that send and receive, and its process. Owns their lines, and the
// items that are on their way from here, each until it is known to be taken or comes back. Fibers of one end meet at once; those of two
// are brought together by the hub, and an item goes from end to end. Never true here: an item is received whose send was cancelled, or
// refused; one is taken whose sender does not hear of it; two wait in here that could meet.

import type { Fiber } from '../effect/fiber.ts'
import { ready, readyWith } from '../effect/ready.ts'
import { RumpusError } from '../errors.ts'
import type { Branch, Choice } from '../events/choice.ts'
import { Event } from '../events/event.ts'
import type { Party } from '../events/source.ts'
import { type Claim, closeClaim, openClaim, tryClaim } from '../kernel/claims.ts'
import type { Kernel } from '../kernel/kernel.ts'
import { spawnHere } from '../kernel/life.ts'
import { send } from '../process/send.ts'
import type { Self } from '../process/shapes.ts'
import { grant, type Waiter, Waiters } from '../sync/waiters.ts'
import { Down, type Pid } from '../types.ts'
import type { Answered, Changed, Met, Offered } from './shared-words.ts'

/** An item on its way from here. */
interface Offer<Item> {
  readonly serial: number
  readonly waiter: Waiter<Item>
  /** The end where it is to be received. */
  readonly to: number
  /** Who has it has the item: a receiver, or its sender again. */
  readonly claim: Claim
}

/** So long, in milliseconds, an end waits that has no word for a claim. */
const CLAIMS_MS = 1
/** So many syncs may have been held before it looks which of them still are. */
const HELD_FIRST = 16

export class Rendezvous<Item> {
  private readonly kernel: Kernel
  private readonly hub: Pid<unknown>
  private readonly pid: Pid<unknown>
  private readonly senders = new Waiters<Item>({ what: 'room in a shared channel', isForeign: true })
  private readonly receivers = new Waiters<Item>({ what: 'an item of a shared channel', isForeign: true })
  private readonly offers = new Map<number, Offer<Item>>()
  private readonly offered = new Map<Waiter<Item>, Offer<Item>>()
  /** Syncs that would receive here, and are held because they send somewhere meanwhile. */
  private readonly held = new Set<Choice>()
  private heldMost = HELD_FIRST
  /** Ends elsewhere of whose end it hears. */
  private readonly met = new Set<number>()
  private serial = 0
  /** Why it takes no more. */
  private over: RumpusError | undefined = undefined
  private isHubGone = false
  private readonly onEnd: () => void

  constructor(kernel: Kernel, hub: number, onEnd: () => void) {
    this.kernel = kernel
    this.hub = hub as Pid<unknown>
    this.onEnd = onEnd
    this.pid = spawnHere(kernel, (self: Self<unknown>) => this.serve(self)).pid as Pid<unknown>
  }

  send(fiber: Fiber, item: Item): Promise<void> {
    const refusal = fiber.cancellation ?? this.over
    if (refusal !== undefined) return Promise.reject(refusal)
    this.kernel.codec.check(item, 'item')
    if (this.tryGive(item)) return ready()
    const waiter = this.senders.join(fiber, item)
    this.tell({ room: 1 })
    return this.senders.stand(waiter, () => this.leaves(waiter)) as Promise<unknown> as Promise<void>
  }

  receive(fiber: Fiber): Promise<Item> {
    const { cancellation } = fiber
    if (cancellation !== undefined) return Promise.reject(cancellation)
    const sender = this.tryTake()
    if (sender !== undefined) return readyWith(sender.value as Item)
    if (this.over !== undefined) return Promise.reject(this.over)
    const waiter = this.receivers.join(fiber)
    this.tell({ want: 1 })
    return this.receivers.stand(waiter, () => this.tell({ want: -1 }))
  }

  sending(item: Item): Event<void> {
    const { senders } = this
    return new Event<void>({
      what: senders.what,
      poll: (party) => {
        if (this.over !== undefined) party.tryFail(this.over)
        else if (!this.refuses(party, item) && this.tryGive(item)) party.tryGive()
      },
      wait: (party) => {
        const leave = senders.enter(party, item)
        this.tell({ room: 1 })
        return () => {
          leave()
          this.tell({ room: -1 })
        }
      },
    })
  }

  receiving(): Event<Item> {
    const { receivers } = this
    return new Event<Item>({
      what: receivers.what,
      poll: (party) => {
        const sender = this.tryTake()
        if (sender !== undefined) party.tryGive(sender.value as Item)
        else if (this.over !== undefined) party.tryFail(this.over)
      },
      wait: (party) => {
        const leave = receivers.enter(party)
        this.tell({ want: 1 })
        return () => {
          leave()
          this.tell({ want: -1 })
          const { choice } = party as Branch
          if (choice.isHeld) this.notes(choice)
        }
      },
    })
  }

  isEnd(error: unknown): boolean {
    return error === this.over
  }

  /** Who waits is refused, and what is on its way comes back, if it has not been taken. */
  shut(): void {
    if (this.over !== undefined) return
    this.over = new RumpusError('ERR_RUMPUS_CLOSED', 'the channel is closed')
    this.tell({ close: true })
    this.senders.fail(this.over)
    this.receivers.fail(this.over)
    for (const offer of [...this.offers.values()]) {
      const { waiter } = offer
      if (this.takeBack(offer)) {
        waiter.failed = true
        waiter.error = this.over
      }
      grant(waiter)
    }
  }

  /** The process: it hears the hub, which it ends with, and other ends. */
  private async serve(self: Self<unknown>): Promise<void> {
    try {
      self.monitor(this.hub)
      while (!this.isHubGone) {
        this.hear(self, await self.receive())
        for (let next = self.tryReceive(); next !== undefined; next = self.tryReceive()) this.hear(self, next)
      }
    } finally {
      this.isHubGone = true
      this.shut()
      this.onEnd()
    }
  }

  private hear(self: Self<unknown>, message: unknown): void {
    if (message instanceof Down) {
      if (message.pid === this.hub) this.isHubGone = true
      else this.lose(message.pid)
      return
    }
    const told = message as Met | Offered | Answered
    if ('meet' in told) this.meet(self, told.meet)
    else if ('answers' in told) this.hearAnswer(told)
    else this.hearOffer(told)
  }

  private tell(changed: Omit<Changed, 'end'>): void {
    if (!this.isHubGone && !this.kernel.detached) send(this.hub, { end: this.pid, ...changed } satisfies Changed)
  }

  private notes(choice: Choice): void {
    this.held.add(choice)
    if (this.held.size <= this.heldMost) return
    for (const other of this.held) if (!other.isHeld) this.held.delete(other)
    this.heldMost = Math.max(HELD_FIRST, 2 * this.held.size)
  }

  private refuses(party: Party<void>, item: Item): boolean {
    try {
      this.kernel.codec.check(item, 'item')
      return false
    } catch (error) {
      return party.tryFail(error)
    }
  }

  /** To one who waits here. */
  private tryGive(item: Item): boolean {
    const receiver = this.receivers.shift()
    if (receiver === undefined) return false
    this.tell({ want: -1 })
    receiver.value = item
    grant(receiver)
    return true
  }

  /** From one who waits here. */
  private tryTake(): Waiter<Item> | undefined {
    const sender = this.senders.shift()
    if (sender === undefined) return undefined
    this.tell({ room: -1 })
    grant(sender)
    return sender
  }

  /** A sender is cancelled. */
  private leaves(waiter: Waiter<Item>): void {
    const offer = this.offered.get(waiter)
    if (offer === undefined) this.tell({ room: -1 })
    // It had been taken: that is kept.
    else if (!this.takeBack(offer)) waiter.granted = true
  }

  /** The sender of what is on its way has it again, if nobody has taken it: false if somebody has. Then it is not on its way any more. */
  private takeBack(offer: Offer<Item>): boolean {
    const isBack = tryClaim(offer.claim)
    closeClaim(offer.claim)
    this.offers.delete(offer.serial)
    this.offered.delete(offer.waiter)
    return isBack
  }

  /** Somebody waits to receive there: the first who waits here sends. */
  private meet(self: Self<unknown>, to: number): void {
    if (this.senders.isEmpty) return this.tell({ unmet: to, room: 1 })
    const claim = openClaim()
    if (claim === undefined) return void this.kernel.loop.after(CLAIMS_MS, () => this.meet(self, to))
    const waiter = this.senders.shift() as Waiter<Item>
    const serial = ++this.serial
    try {
      send(to as Pid<unknown>, {
        from: this.pid,
        seat: this.kernel.id,
        serial,
        claim,
        item: waiter.value,
      } satisfies Offered)
    } catch (error) {
      // It could cross when it was checked, and has been changed since.
      tryClaim(claim)
      closeClaim(claim)
      this.tell({ unmet: to })
      waiter.failed = true
      waiter.error = error
      return grant(waiter)
    }
    const offer: Offer<Item> = { serial, waiter, to, claim }
    this.offers.set(serial, offer)
    this.offered.set(waiter, offer)
    if (!this.met.has(to)) {
      // Its end comes behind its answers.
      this.met.add(to)
      self.monitor(to as Pid)
    }
    const branch = waiter.party as Branch | undefined
    branch?.choice.hold(branch, () => this.takeBack(offer))
  }

  private hearAnswer({ answers, taken }: Answered): void {
    const offer = this.offers.get(answers)
    if (offer === undefined) return
    this.takeBack(offer)
    if (taken) grant(offer.waiter)
    else this.comeBack(offer.waiter)
  }

  /** An end has gone: what was on its way there, and was not said to be taken, nobody has. */
  private lose(end: number): void {
    this.met.delete(end)
    for (const offer of [...this.offers.values()]) {
      if (offer.to !== end) continue
      this.takeBack(offer)
      this.comeBack(offer.waiter)
    }
  }

  /** It waits again, first, unless somebody waits for it here by now. */
  private comeBack(waiter: Waiter<Item>): void {
    const { party } = waiter
    if (party !== undefined) return (party as Branch).choice.reopen()
    if (this.tryGive(waiter.value as Item)) return grant(waiter)
    this.senders.rejoin(waiter)
    this.tell({ room: 1 })
  }

  /** An item comes for the first who waits to receive, if there still is one, and if it has not been taken back. */
  private hearOffer({ from, seat, serial, claim, item }: Offered): void {
    if (this.receivers.isEmpty && this.kernel.id < seat) this.releaseOne()
    const isWanted = !this.receivers.isEmpty
    if (!isWanted || !tryClaim(claim)) {
      if (!isWanted) send(from as Pid<unknown>, { answers: serial, taken: false } satisfies Answered)
      return this.tell({ came: from, want: 1 })
    }
    const receiver = this.receivers.shift() as Waiter<Item>
    receiver.value = item as Item
    send(from as Pid<unknown>, { answers: serial, taken: true } satisfies Answered)
    this.tell({ came: from })
    grant(receiver)
  }

  /**
   * Two syncs that both send and receive, each held here while its item is on its way to the other: one must give way, or both come back
   * for ever. It is that of the scheduler with the lower number.
   */
  private releaseOne(): void {
    for (const choice of this.held) {
      this.held.delete(choice)
      if (choice.isHeld && choice.release()) choice.reopen()
      if (!this.receivers.isEmpty) return
    }
  }
}
