// The producing half of a stage: its consumers, what they want, what waits for them. Owns the count of events that were asked of its
// callbacks and have not been emitted. Never true in it: more events sent to a consumer than it has asked for; an event dropped that was
// emitted because somebody had asked.

import { RumpusError } from '../errors.ts'
import { describe } from '../kernel/reasons.ts'
import { send } from '../process/send.ts'
import type { Self } from '../process/shapes.ts'
import type { ExitReason, Pid } from '../types.ts'
import { type Deliver, type Dispatcher, dispatcherOf, type Subscriber } from './dispatchers.ts'
import type { KeptProducer, StageMessage, SubscribeMessage, SubscriberView } from './stage-shapes.ts'

/** Sends what one stage tells another. */
export const tell = (to: number, message: StageMessage): void => send(to as Pid<StageMessage>, message)

export class StageOut {
  /** Events that found no place. */
  dropped = 0
  private readonly self: Self<never>
  private readonly dispatcher: Dispatcher
  private readonly capacity: number
  private readonly overflow: KeptProducer['overflow']
  private forwards: boolean
  /** Asked of the callbacks, and not emitted yet. */
  private asked = 0
  private readonly subscribers = new Map<number, Subscriber>()
  /** The consumers by the monitors that this has of them. */
  private readonly watched = new Map<number, Subscriber>()
  private readonly watches = new Map<Subscriber, number>()
  private readonly deliver: Deliver = ({ pid, ref }, events) => tell(pid, { type: 'rumpus:events', ref, events })

  constructor(self: Self<never>, kept: KeptProducer) {
    this.self = self
    this.dispatcher = dispatcherOf(kept)
    this.capacity = kept.capacity
    this.overflow = kept.overflow
    this.forwards = kept.forwards
  }

  /** Events that wait for demand. */
  get held(): number {
    return this.dispatcher.held
  }

  /** Events that are wanted and that nobody has emitted. */
  get demand(): number {
    return Math.max(0, this.dispatcher.room - this.dispatcher.held)
  }

  /** Somebody wants events; who cannot have any is told so. */
  subscribe({ ref, consumer: pid, partition, wanted }: SubscribeMessage): void {
    const subscriber: Subscriber = { ref, pid, partition, wanted, pending: 0, place: 0, served: 0 }
    try {
      this.dispatcher.add(subscriber)
    } catch (error) {
      return refuse(pid, ref, error)
    }
    const watch = this.self.monitor(pid as Pid)
    this.subscribers.set(ref, subscriber)
    this.watched.set(watch, subscriber)
    this.watches.set(subscriber, watch)
  }

  ask(ref: number, count: number): void {
    const subscriber = this.subscribers.get(ref)
    if (subscriber !== undefined) this.dispatcher.ask(subscriber, count)
  }

  /** A consumer wants no more: what it was sent comes before it hears that this has heard. */
  cancel(ref: number): void {
    const subscriber = this.subscribers.get(ref)
    if (subscriber === undefined) return
    this.self.demonitor(this.watches.get(subscriber) as number, { flush: true })
    this.forget(subscriber)
    tell(subscriber.pid, { type: 'rumpus:cancelled', ref, reason: { kind: 'normal' } })
  }

  /** Whether it was a consumer whose end that tells. */
  down(watch: number): boolean {
    const subscriber = this.watched.get(watch)
    if (subscriber === undefined) return false
    this.forget(subscriber)
    return true
  }

  private forget(subscriber: Subscriber): void {
    this.dispatcher.remove(subscriber)
    this.subscribers.delete(subscriber.ref)
    this.watched.delete(this.watches.get(subscriber) as number)
    this.watches.delete(subscriber)
  }

  /** Whether the callbacks hear of demand. */
  setForwards(forwards: boolean): void {
    this.forwards = forwards
  }

  /** How many events the callbacks are to be asked for now. */
  takeDemand(): number {
    const count = this.unasked
    this.asked += count
    return count
  }

  /** The same, without asking them. */
  get unasked(): number {
    const { room, held } = this.dispatcher
    return this.forwards ? Math.max(0, room - held - this.asked) : 0
  }

  /** Sends events or keeps them; answers those for which there was no place. */
  emit(events: Iterable<unknown>): unknown[] {
    const { dispatcher } = this
    const dropped: unknown[] = []
    for (const event of events) {
      if (this.asked > 0) this.asked--
      else if (!this.makePlace(event, dropped)) continue
      dispatcher.put(event)
    }
    dispatcher.flush(this.deliver)
    this.dropped += dropped.length
    return dropped
  }

  /** Whether there is place for an event that nobody has asked for. */
  private makePlace(event: unknown, dropped: unknown[]): boolean {
    const { dispatcher, capacity, overflow } = this
    if (dispatcher.held < dispatcher.room + capacity) return true
    dispatcher.flush(this.deliver)
    if (dispatcher.held < dispatcher.room + capacity) return true
    if (overflow === 'fail') {
      const message = `an event was refused: ${dispatcher.held} wait, and the capacity is ${capacity}`
      throw new RumpusError('ERR_RUMPUS_BUFFER_FULL', message)
    }
    if (overflow === 'drop-newest' || dispatcher.held === 0) {
      dropped.push(event)
      return false
    }
    dropped.push(dispatcher.dropOldest())
    return true
  }

  /** Sends what is wanted. */
  flush(): void {
    this.dispatcher.flush(this.deliver)
  }

  /** It makes no more: consumers hear so behind the last event. */
  finish(reason: ExitReason): void {
    for (const { pid, ref } of this.subscribers.values()) tell(pid, { type: 'rumpus:cancelled', ref, reason })
    this.subscribers.clear()
  }

  view(): SubscriberView[] {
    return [...this.subscribers.values()].map(({ ref, pid, pending }) => ({ ref, pid: pid as Pid, pending }))
  }
}

/** Tells a consumer that it gets nothing, and why. */
export const refuse = (consumer: number, ref: number, error: unknown): void => {
  const { name, message, code } = describe(error)
  tell(consumer, { type: 'rumpus:cancelled', ref, reason: { kind: 'error', error: { name, message, code } } })
}
