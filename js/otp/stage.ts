// The classes that stages extend: producers and consumers; those that are both are in `producer-consumer.ts`. Owns the callbacks there
// are and what each does unless it is overridden; what calls them is `stage-loop.ts`.
//
// As in GenStage demand goes up and events come down, never more of them than were asked for. Unlike there the kind of a stage is its
// class, its state is fields, what nobody has asked for yet is counted by the stage itself, and an event that was emitted for demand
// waits however many do, whoever has gone meanwhile.

import { RumpusError } from '../errors.ts'
import type { ExitReason } from '../types.ts'
import { type Done, Server } from './server.ts'
import type { StageLoop } from './stage-loop.ts'
import { askIn, type Begun, begun, type Emitted, open, subscribeIn } from './stage-open.ts'
import type {
  ConsumerOptions,
  Delivering,
  ProducerOptions,
  SubscribeTo,
  Subscribing,
  Subscription,
} from './stage-shapes.ts'

/**
 * A stage that has consumers: extend this and make events in {@link Producer.handleDemand}, or {@link Producer.emit} what happens. Start it
 * as a server, or as the child of a supervisor; it may be async, be called, cast to and stopped as any server.
 *
 * For work that comes faster than it can be done, or is fetched only when somebody wants it: at no moment are more events on their way
 * than were asked for. Where each message is done before the next comes, plain messages are simpler; where what is wanted is a result for
 * each input, take `taskStream`.
 *
 * @example
 * ```ts
 * import { run } from 'rumpus'
 * import { consume, Producer, startServer } from 'rumpus/otp'
 * import assert from 'node:assert/strict'
 *
 * class Counter extends Producer {
 *   next = 0
 *   handleDemand(count) {
 *     return Array.from({ length: count }, () => this.next++)
 *   }
 * }
 *
 * await run(async (self) => {
 *   const counter = await startServer(self, Counter)
 *   const seen = []
 *   for await (const n of consume(self, { to: counter, max: 10 })) {
 *     seen.push(n)
 *     if (n === 99) break
 *   }
 *   assert.equal(seen.length, 100)
 * })
 * ```
 */
export class Producer<Out = unknown, Request = unknown, Casting = unknown, Info = never> extends Server<
  Request,
  Casting,
  Info | Subscribing<Out>
> {
  #loop: StageLoop | undefined

  /**
   * Called first, with the arguments of the start: answers how it is, if that is not the usual.
   *
   * @param _args - what was given as `args`
   */
  begin(..._args: never[]): Begun<ProducerOptions<Out>> {}

  /** Begins; override {@link Producer.begin}. */
  override async init(...args: never[]): Promise<undefined> {
    this.#loop = open(this as never, true, false, await this.begin(...args))
  }

  /**
   * Consumers want so many events more: answers them, or as many as there are. What is missing may be emitted at any time later,
   * {@link Producer.demand} says how much that is; it is not asked for again.
   *
   * @param _count - how many
   */
  handleDemand(_count: number): Emitted<Out> {}

  /** It is to end, and this is the last that is called before what it has emitted is out: answers what else there is. */
  handleDrain(): Emitted<Out> {}

  /**
   * Events were emitted that nobody had asked for, and there is no place to keep them. Unless overridden a crash report says so, one until
   * nothing waits.
   *
   * @param events - what is lost
   */
  handleDropped(events: readonly Out[]): void {
    begun(this.#loop).reportDropped(events.length)
  }

  /**
   * Sends events to consumers that want some; the others wait, as the option `buffer` has it.
   *
   * @param events - what
   * @throws RumpusError `ERR_RUMPUS_BUFFER_FULL` where `overflow` is `'fail'`; UncrossableError for an event that cannot cross to the consumer
   * it would go to: then it is lost, with those that were to go there along with it
   */
  emit(events: Iterable<Out>): void {
    begun(this.#loop).emit(events)
  }

  /** Events that consumers want and nobody has emitted. */
  get demand(): number {
    return this.#loop?.out?.demand ?? 0
  }

  /** Ends, normally, when all that it has emitted is out: there is no more to come. */
  drain(): void {
    begun(this.#loop).drain()
  }
}

/**
 * A stage that takes events from producers: extend this and do with them what is to be done in {@link Consumer.handleEvents}. More are
 * asked for when few are left; while that is async, none are.
 *
 * Where the events are wanted in a loop, take {@link consume}.
 *
 * @example
 * ```ts
 * import { run, send } from 'rumpus'
 * import { Consumer, produceFrom, startServer } from 'rumpus/otp'
 * import assert from 'node:assert/strict'
 *
 * class Adder extends Consumer {
 *   sum = 0
 *   begin(from, to) {
 *     this.to = to
 *     return { subscribeTo: [{ to: from, max: 2 }] }
 *   }
 *   async handleEvents(numbers) {
 *     for (const n of numbers) this.sum += n
 *   }
 *   handleDrain() {
 *     send(this.to, this.sum)
 *   }
 * }
 *
 * await run(async (self) => {
 *   const numbers = await startServer(self, produceFrom([1, 2, 3, 4]))
 *   await startServer(self, Adder, { args: [numbers, self.pid] })
 *   assert.equal(await self.receive(), 10) // the producer is done, and so is who was subscribed to it
 * })
 * ```
 */
export class Consumer<In = unknown, Request = unknown, Casting = unknown, Info = never> extends Server<
  Request,
  Casting,
  Info | Delivering<In>
> {
  #loop: StageLoop | undefined

  /**
   * Called first, with the arguments of the start: answers whom it is subscribed to.
   *
   * @param _args - what was given as `args`
   */
  begin(..._args: never[]): Begun<ConsumerOptions<In>> {}

  /** Begins; override {@link Consumer.begin}. */
  override async init(...args: never[]): Promise<undefined> {
    this.#loop = open(this as never, false, true, await this.begin(...args))
  }

  /**
   * Takes events, in the order in which one producer sent them: no more than `max` less `min` at a time.
   *
   * @param _events - what
   * @param _from - the subscription by which they came
   */
  handleEvents(_events: readonly In[], _from: Subscription): Done {
    throw new RumpusError('ERR_RUMPUS_BAD_ARGUMENT', `${this.constructor.name} has no handleEvents`)
  }

  /**
   * A subscription is over, and all that came by it has been handled. What that means for the stage its option `cancel` says.
   *
   * @param _subscription - which
   * @param _reason - why: normal if the producer had no more or the subscription was taken back
   */
  handleCancelled(_subscription: Subscription, _reason: ExitReason): Done {}

  /** It is to end: all that came has been handled. */
  handleDrain(): Done {}

  /**
   * Subscribes to a producer.
   *
   * @param to - whom, or whom and how
   * @returns the subscription
   * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`, RangeError `ERR_RUMPUS_OUT_OF_RANGE`; RumpusError `ERR_RUMPUS_NOPROC` if nobody has that
   * name; UncrossableError if `wanted` cannot cross
   */
  subscribe(to: SubscribeTo<In>): Subscription {
    return subscribeIn(begun(this.#loop), to)
  }

  /**
   * Asks for events where the subscription says that demand is `'manual'`.
   *
   * @param subscription - which
   * @param count - how many more
   * @throws RangeError `ERR_RUMPUS_OUT_OF_RANGE`, TypeError `ERR_RUMPUS_BAD_ARGUMENT` if demand is not manual
   */
  ask(subscription: Subscription, count: number): void {
    askIn(begun(this.#loop), subscription, count)
  }

  /**
   * Takes a subscription back: what was sent is still handled.
   *
   * @param subscription - which
   */
  cancel(subscription: Subscription): void {
    begun(this.#loop).cancel(subscription)
  }

  /** Takes all subscriptions back and ends, normally, when what was sent has been handled. */
  drain(): void {
    begun(this.#loop).drain()
  }
}
