// What stages tell each other, and what they are told of themselves. Owns the messages between a producer and its consumers, and the
// checks of options. No behaviour. Never true of it: a message that cannot cross, unless an event of it cannot.

import { badArgument } from '../errors.ts'
import { checkOptions, type Names } from '../options.ts'
import type { ReplyTo } from '../process/shapes.ts'
import type { ExitReason, Pid } from '../types.ts'

declare const carries: unique symbol

/** What the pid of a producer of `Out` takes; the business of the verbs. */
export interface Subscribing<Out> {
  /** Tells it from other messages. */
  readonly type: 'rumpus:subscribe'
  /** What it is about. */
  readonly [carries]: (event: Out) => Out
}

/** What the pid of a consumer of `In` takes; the business of the verbs. */
export interface Delivering<In> {
  /** Tells it from other messages. */
  readonly type: 'rumpus:events'
  /** What it is about. */
  readonly [carries]: (event: In) => In
}

/** A consumer wants events. */
export interface SubscribeMessage {
  readonly type: 'rumpus:subscribe'
  /** The monitor that the consumer has of the producer: its like is nowhere in the runtime. */
  readonly ref: number
  readonly consumer: number
  readonly partition: number | undefined
  readonly wanted: unknown
}

/** All that stages say. */
export type StageMessage =
  | SubscribeMessage
  | { readonly type: 'rumpus:ask'; readonly ref: number; readonly count: number }
  | { readonly type: 'rumpus:cancel'; readonly ref: number }
  | { readonly type: 'rumpus:events'; readonly ref: number; readonly events: readonly unknown[] }
  | { readonly type: 'rumpus:cancelled'; readonly ref: number; readonly reason: ExitReason }
  | { readonly type: 'rumpus:stage'; readonly from: ReplyTo; readonly request: StageRequest }
  | { readonly type: 'rumpus:go-on' }

/** What others ask of a stage. */
export type StageRequest =
  | { readonly stage: 'subscribe'; readonly to: unknown }
  | { readonly stage: 'cancel'; readonly ref: number }
  | { readonly stage: 'demand'; readonly demand: 'forward' | 'accumulate' }
  | { readonly stage: 'drain' | 'status' }

/** How a consumer is subscribed to a producer. */
export interface SubscribeOptions {
  /** How many events may be on their way to it or in its hands, 1 to 2²⁴; 1000 unless given. */
  readonly max?: number
  /** It asks for more when so few are left, less than `max`; half of that, rounded down, unless given. */
  readonly min?: number
  /**
   * What the end of the producer, or of the subscription by it, means: the consumer's own end, always (`'permanent'`, unless given);
   * if it was other than normal or a shutdown (`'transient'`); nothing (`'temporary'`).
   */
  readonly cancel?: 'permanent' | 'transient' | 'temporary'
  /** Who asks for events: the stage itself (`'auto'`, unless given), or its callbacks by `ask` (`'manual'`). */
  readonly demand?: 'auto' | 'manual'
  /** Which partition it takes, from 0; needed where the producer has partitions, and only there. */
  readonly partition?: number
  /** What it wants, for the `select` of a producer that broadcasts; it must be able to cross. */
  readonly wanted?: unknown
}

/** Whom a consumer is subscribed to: a producer or its name, and how. */
export type SubscribeTo<In = unknown> =
  | Pid<Subscribing<In>>
  | string
  | (SubscribeOptions & { readonly to: Pid<Subscribing<In>> | string })

/** A subscription, as a consumer knows it. */
export interface Subscription {
  /** Its number, which no other has. */
  readonly ref: number
  /** The producer. */
  readonly pid: Pid
}

/** To whom events go. */
export type Dispatching<Out> =
  /** Each to one consumer: whoever wants most, and of those whoever has waited longest. Unless given. */
  | 'demand'
  /** Each to all, as fast as the slowest wants them. */
  | 'broadcast'
  /** Each to those for whom `select` says so, as fast as the slowest wants them; it is given the `wanted` of the subscription. */
  | { readonly type: 'broadcast'; readonly select: (event: Out, wanted: never) => boolean }
  /** Each to a consumer of the partition that `by` answers: a number from 0, or a text, which always means the same one. */
  | { readonly type: 'partition'; readonly partitions: number; readonly by: (event: Out) => number | string }

/** What becomes of events that nobody has asked for. */
export interface StageBuffer {
  /** How many may wait, 0 to Infinity: 10 000 unless given; Infinity where events come from other stages. */
  readonly capacity?: number
  /**
   * What becomes of one more: the one that waits longest is dropped (`'drop-oldest'`, unless given), the new one is (`'drop-newest'`), or
   * `emit` throws (`'fail'`). What is dropped goes to `handleDropped`.
   */
  readonly overflow?: 'drop-oldest' | 'drop-newest' | 'fail'
}

/** How a producer is. */
export interface ProducerOptions<Out = unknown> {
  /** To whom events go. */
  readonly dispatcher?: Dispatching<Out>
  /** What becomes of events that nobody has asked for. */
  readonly buffer?: StageBuffer
  /** Whether it hears of demand from the start (`'forward'`, unless given), or when {@link setDemand} says so. */
  readonly demand?: 'forward' | 'accumulate'
}

/** How a consumer is. */
export interface ConsumerOptions<In = unknown> {
  /** Whom it is subscribed to from the start. */
  readonly subscribeTo?: readonly SubscribeTo<In>[]
}

/** A producer's side of a subscription, as {@link stageStatus} shows it. */
export interface SubscriberView {
  /** The number of the subscription. */
  readonly ref: number
  /** The consumer. */
  readonly pid: Pid
  /** Events that it has asked for and not been sent. */
  readonly pending: number
}

/** A consumer's side of one. */
export interface SubscriptionView {
  /** The number of the subscription. */
  readonly ref: number
  /** The producer. */
  readonly pid: Pid
  /** Events that it has asked for and not handled. */
  readonly outstanding: number
}

/** A stage as {@link stageStatus} shows it. */
export interface StageStatus {
  /** Events that consumers want and nobody has emitted. */
  readonly demand: number
  /** Events that have been emitted and wait for demand. */
  readonly buffered: number
  /** Events that found no place. */
  readonly dropped: number
  /** Events that have come and wait for their turn. */
  readonly waiting: number
  /** Whether it is to end when all is out. */
  readonly draining: boolean
  /** To whom its events go. */
  readonly subscribers: readonly SubscriberView[]
  /** From whom its events come. */
  readonly subscriptions: readonly SubscriptionView[]
}

/** A subscription's options as they are kept. */
export interface KeptSubscription {
  readonly to: number | string
  readonly max: number
  readonly min: number
  readonly cancel: 'permanent' | 'transient' | 'temporary'
  readonly manual: boolean
  readonly partition: number | undefined
  readonly wanted: unknown
}

const SUBSCRIBE_NAMES: Names<SubscribeOptions & { readonly to: unknown }> = {
  to: true,
  max: true,
  min: true,
  cancel: true,
  demand: true,
  partition: true,
  wanted: true,
}
const PRODUCER_NAMES: Names<ProducerOptions> = { dispatcher: true, buffer: true, demand: true }
const CONSUMER_NAMES: Names<ConsumerOptions> = { subscribeTo: true }
const BUFFER_NAMES: Names<StageBuffer> = { capacity: true, overflow: true }
const MAX = 1_000
const MAX_MOST = 2 ** 24
const PARTITIONS_MOST = 2 ** 16
const CAPACITY = 10_000

/** Checks whom a consumer is to be subscribed to, and how; `path` is where that stands. */
export const keepSubscription = (given: unknown, path: string): KeptSubscription => {
  const options = (typeof given === 'object' && given !== null ? given : { to: given }) as SubscribeOptions & {
    to: string
  }
  checkOptions(path, options, SUBSCRIBE_NAMES)
  const { to, max = MAX, cancel = 'permanent', demand = 'auto', partition, wanted } = options
  if (!isWho(to)) throw badArgument(TypeError, `${path}.to`, 'a pid or a name', to)
  checkWhole(`${path}.max`, max, 1, MAX_MOST)
  const { min = Math.floor(max / 2) } = options
  checkWhole(`${path}.min`, min, 0, max - 1)
  checkWord(`${path}.cancel`, cancel, ['permanent', 'transient', 'temporary'])
  checkWord(`${path}.demand`, demand, ['auto', 'manual'])
  if (partition !== undefined) checkWhole(`${path}.partition`, partition, 0, PARTITIONS_MOST - 1)
  return { to, max, min, cancel, manual: demand === 'manual', partition, wanted }
}

const isWho = (to: unknown): boolean =>
  typeof to === 'string' ? to !== '' : Number.isSafeInteger(to) && (to as number) > 0

/** Options of a producer as they are kept. */
export interface KeptProducer {
  readonly dispatcher: Exclude<Dispatching<never>, string> | 'demand' | 'broadcast'
  readonly capacity: number
  readonly overflow: 'drop-oldest' | 'drop-newest' | 'fail'
  readonly forwards: boolean
}

/** Throws if `begin` has answered what no such stage knows. */
export const checkBegun = (given: unknown, isIn: boolean, isOut: boolean): void =>
  checkOptions('begin', keepObject('begin', given), {
    ...(isIn ? CONSUMER_NAMES : {}),
    ...(isOut ? PRODUCER_NAMES : {}),
  })

/** Checks what `begin` has answered; `capacity` is how many may wait unless it says so. */
export const keepProducer = (given: unknown, capacity: number = CAPACITY): KeptProducer => {
  const options = keepObject('begin', given) as ProducerOptions<never>
  const { dispatcher = 'demand', demand = 'forward' } = options
  const { capacity: most = capacity, overflow = 'drop-oldest' } = keepObject('buffer', options.buffer) as StageBuffer
  checkOptions('buffer', options.buffer ?? {}, BUFFER_NAMES)
  checkDispatcher(dispatcher)
  if (most !== Number.POSITIVE_INFINITY) checkWhole('buffer.capacity', most, 0, Number.MAX_SAFE_INTEGER)
  checkWord('buffer.overflow', overflow, ['drop-oldest', 'drop-newest', 'fail'])
  checkWord('demand', demand, ['forward', 'accumulate'])
  return { dispatcher, capacity: most, overflow, forwards: demand === 'forward' }
}

/** Checks whom `begin` has answered to subscribe to. */
export const keepConsumer = (given: unknown): readonly KeptSubscription[] => {
  const { subscribeTo = [] } = keepObject('begin', given) as ConsumerOptions
  if (!Array.isArray(subscribeTo)) throw badArgument(TypeError, 'subscribeTo', 'an array', subscribeTo)
  return subscribeTo.map((to, at) => keepSubscription(to, `subscribeTo[${at}]`))
}

const keepObject = (argument: string, given: unknown): object => {
  if (given === undefined) return {}
  if (typeof given === 'object' && given !== null && !Array.isArray(given)) return given
  throw badArgument(TypeError, argument, argument === 'begin' ? 'a function that answers options' : 'an object', given)
}

const checkDispatcher = (dispatcher: unknown): void => {
  if (dispatcher === 'demand' || dispatcher === 'broadcast') return
  const { type, select, partitions, by } = (dispatcher ?? {}) as Record<string, unknown>
  if (type === 'broadcast') {
    if (typeof select !== 'function') throw badArgument(TypeError, 'dispatcher.select', 'a function', select)
  } else if (type === 'partition') {
    checkWhole('dispatcher.partitions', partitions, 1, PARTITIONS_MOST)
    if (typeof by !== 'function') throw badArgument(TypeError, 'dispatcher.by', 'a function', by)
  } else {
    const wanted = "'demand', 'broadcast', or an object whose type is 'broadcast' or 'partition'"
    throw badArgument(TypeError, 'dispatcher', wanted, dispatcher)
  }
}

/** Throws unless it is a whole number of that range. */
export const checkWhole = (argument: string, value: unknown, least: number, most: number): void => {
  if (Number.isInteger(value) && (value as number) >= least && (value as number) <= most) return
  throw badArgument(RangeError, argument, `a whole number from ${least} to ${most}`, value)
}

/** Throws unless it is one of these words. */
export const checkWord = (argument: string, value: unknown, words: readonly string[]): void => {
  if (words.includes(value as string)) return
  throw badArgument(TypeError, argument, `one of ${words.map((word) => `'${word}'`).join(', ')}`, value)
}
