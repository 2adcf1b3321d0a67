// The class that stages between others extend: a consumer and a producer at once. Owns what each callback does unless it is overridden.

import { RumpusError } from '../errors.ts'
import type { ExitReason } from '../types.ts'
import { Server } from './server.ts'
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
 * A stage between others: takes events as a {@link Consumer} does and answers those that go on, none or one or many for each. It takes some
 * only when its own consumers want some.
 *
 * To do more at a time, start several that are subscribed to one producer. To do something to each event in one place, do it in the
 * consumer: a stage costs messages.
 *
 * @example
 * ```ts
 * import { run } from 'rumpus'
 * import { consume, produceFrom, ProducerConsumer, startServer } from 'rumpus/otp'
 * import assert from 'node:assert/strict'
 *
 * class Words extends ProducerConsumer {
 *   begin = (from) => ({ subscribeTo: [from] })
 *   handleEvents = (lines) => lines.flatMap((line) => line.split(' '))
 * }
 *
 * await run(async (self) => {
 *   const lines = await startServer(self, produceFrom(['to be or', 'not to be']))
 *   const words = await startServer(self, Words, { args: [lines] })
 *   const seen = []
 *   for await (const word of consume(self, words)) seen.push(word)
 *   assert.equal(seen.join(' '), 'to be or not to be')
 * })
 * ```
 */
export class ProducerConsumer<
  In = unknown,
  Out = unknown,
  Request = unknown,
  Casting = unknown,
  Info = never,
> extends Server<Request, Casting, Info | Delivering<In> | Subscribing<Out>> {
  #loop: StageLoop | undefined

  /**
   * Called first, with the arguments of the start: answers whom it is subscribed to, and to whom its events go.
   *
   * @param _args - what was given as `args`
   */
  begin(..._args: never[]): Begun<ConsumerOptions<In> & Omit<ProducerOptions<Out>, 'demand'>> {}

  /** Begins; override {@link ProducerConsumer.begin}. */
  override async init(...args: never[]): Promise<undefined> {
    this.#loop = open(this as never, true, true, await this.begin(...args))
  }

  /**
   * Takes events and answers those that go on. As {@link Consumer.handleEvents}, and no more at a time than its consumers want.
   *
   * @param _events - what
   * @param _from - the subscription by which they came
   */
  handleEvents(_events: readonly In[], _from: Subscription): Emitted<Out> {
    throw new RumpusError('ERR_RUMPUS_BAD_ARGUMENT', `${this.constructor.name} has no handleEvents`)
  }

  /**
   * As {@link Consumer.handleCancelled}.
   *
   * @param _subscription - which
   * @param _reason - why
   */
  handleCancelled(_subscription: Subscription, _reason: ExitReason): Emitted<Out> {}

  /** It is to end, and all that came has been handled: answers what else goes on. */
  handleDrain(): Emitted<Out> {}

  /**
   * As {@link Producer.handleDropped}: only if the option `buffer` says how many may wait.
   *
   * @param events - what is lost
   */
  handleDropped(events: readonly Out[]): void {
    begun(this.#loop).reportDropped(events.length)
  }

  /**
   * As {@link Producer.emit}.
   *
   * @param events - what
   */
  emit(events: Iterable<Out>): void {
    begun(this.#loop).emit(events)
  }

  /** Events that consumers want and nobody has emitted. */
  get demand(): number {
    return this.#loop?.out?.demand ?? 0
  }

  /**
   * As {@link Consumer.subscribe}.
   *
   * @param to - whom, or whom and how
   * @returns the subscription
   */
  subscribe(to: SubscribeTo<In>): Subscription {
    return subscribeIn(begun(this.#loop), to)
  }

  /**
   * As {@link Consumer.ask}.
   *
   * @param subscription - which
   * @param count - how many more
   */
  ask(subscription: Subscription, count: number): void {
    askIn(begun(this.#loop), subscription, count)
  }

  /**
   * As {@link Consumer.cancel}.
   *
   * @param subscription - which
   */
  cancel(subscription: Subscription): void {
    begun(this.#loop).cancel(subscription)
  }

  /** Takes all subscriptions back and ends, normally, when all that was sent has been handled and has gone on. */
  drain(): void {
    begun(this.#loop).drain()
  }
}
