// The consuming half of a stage: the producers it is subscribed to, and what has come from them. Owns how many events are on their way or
// in its hands, and when more are asked for. Never true in it: more of those than `max`; an end that is heard before the events that came
// before it have been handled.

import { badArgument, RumpusError } from '../errors.ts'
import type { Self } from '../process/shapes.ts'
import type { ExitReason, Pid } from '../types.ts'
import { tell } from './stage-out.ts'
import type { KeptSubscription, SubscribeMessage, Subscription, SubscriptionView } from './stage-shapes.ts'

/** A producer that it is, or was, subscribed to. */
export interface Source extends Subscription {
  readonly how: KeptSubscription
  /** Asked for, and not handled. */
  outstanding: number
  /** It asks for no more. */
  leaving: boolean
  /** Nothing comes from it any more. */
  over: boolean
  /** Who wait for it to be over. */
  readonly waiting: (() => void)[]
}

/** Some events of a producer, or its end behind them. */
export type Portion =
  | { readonly source: Source; readonly events: readonly unknown[] }
  | { readonly source: Source; readonly ended: ExitReason }

interface Batch {
  readonly source: Source
  readonly events: readonly unknown[]
  readonly ended: ExitReason | undefined
}

const NONE: readonly unknown[] = []

export class StageIn {
  private readonly self: Self<never>
  private readonly sources = new Map<number, Source>()
  private batches: Batch[] = []
  private first = 0
  /** How many of the first batch have been taken. */
  private at = 0

  constructor(self: Self<never>) {
    this.self = self
  }

  /** Whether there is a producer whose end has not been handled. */
  get hasSources(): boolean {
    return this.sources.size > 0
  }

  /** Whether anything has come that has not been handled. */
  get hasWork(): boolean {
    return this.first < this.batches.length
  }

  subscribe(how: KeptSubscription): Source {
    const { to, max, manual, partition, wanted } = how
    const { self } = this
    const pid = typeof to === 'string' ? self.whereis(to) : (to as Pid)
    if (pid === self.pid) throw badArgument(RangeError, 'to', 'another stage', to)
    if (pid === undefined) throw new RumpusError('ERR_RUMPUS_NOPROC', `nobody is called ${JSON.stringify(to)}`)
    const ref = self.monitor(pid)
    const source: Source = { ref, pid, how, outstanding: 0, leaving: false, over: false, waiting: [] }
    const message: SubscribeMessage = { type: 'rumpus:subscribe', ref, consumer: self.pid, partition, wanted }
    try {
      tell(pid, message)
    } catch (error) {
      self.demonitor(ref, { flush: true })
      throw error
    }
    this.sources.set(ref, source)
    if (!manual) this.ask(source, max)
    return source
  }

  /** The subscription of this number, if there is one. */
  find(ref: number): Source | undefined {
    return this.sources.get(ref)
  }

  ask(source: Source, count: number): void {
    if (source.leaving || source.over) return
    source.outstanding += count
    tell(source.pid, { type: 'rumpus:ask', ref: source.ref, count })
  }

  /** Events have come. Those of a subscription that is over are nobody's: there are none, unless somebody makes them up. */
  come(ref: number, events: readonly unknown[]): void {
    const source = this.sources.get(ref)
    if (source !== undefined && !source.over) this.batches.push({ source, events, ended: undefined })
  }

  /** No more come from a producer; false if it is none of this. */
  ended(ref: number, reason: ExitReason): boolean {
    const source = this.sources.get(ref)
    if (source === undefined) return false
    if (source.over) return true
    source.over = true
    this.self.demonitor(ref, { flush: true })
    this.batches.push({ source, events: NONE, ended: reason })
    return true
  }

  /** Asks a producer to send no more: what it has sent still comes. */
  leave(source: Source): void {
    if (source.leaving || source.over) return
    source.leaving = true
    tell(source.pid, { type: 'rumpus:cancel', ref: source.ref })
  }

  leaveAll(): void {
    for (const source of this.sources.values()) this.leave(source)
  }

  /** What is to be handled next, no more events than `most`. */
  next(most: number): Portion | undefined {
    const batch = this.batches[this.first]
    if (batch === undefined) return undefined
    const { source, events, ended } = batch
    if (ended !== undefined) {
      this.drop()
      this.sources.delete(source.ref)
      return { source, ended }
    }
    const left = events.length - this.at
    const count = Math.min(left, most, mayHandle(source))
    if (count <= 0) return undefined
    const begin = this.at
    this.at += count
    if (count === left) this.drop()
    return { source, events: count === events.length ? events : events.slice(begin, begin + count) }
  }

  private drop(): void {
    this.at = 0
    this.batches[this.first++] = undefined as never
    if (this.first === this.batches.length) {
      this.batches = []
      this.first = 0
    }
  }

  /** So many have been handled: more are asked for when few are left. */
  handled(source: Source, count: number): undefined {
    source.outstanding -= count
    const { manual, min, max } = source.how
    if (!manual && source.outstanding <= min) this.ask(source, max - source.outstanding)
  }

  /** How many events wait here. */
  get waiting(): number {
    let count = 0
    for (let i = this.first; i < this.batches.length; i++) count += this.batches[i]!.events.length
    return count - this.at
  }

  view(): SubscriptionView[] {
    return [...this.sources.values()].map(({ ref, pid, outstanding }) => ({ ref, pid, outstanding }))
  }
}

/** How many to handle before it is time to ask for more. */
const mayHandle = ({ how, outstanding, leaving, over }: Source): number =>
  how.manual || leaving || over ? Number.POSITIVE_INFINITY : outstanding - how.min
