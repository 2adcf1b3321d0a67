// point and span: what a program tells of itself. Owns the checks of names, and what is told when: a span's `start` before its work
// begins, its end behind it. Told by channels of `node:diagnostics_channel`, so that anybody can listen; nobody listening, nothing is made.

import type { Channel, TracingChannel } from 'node:diagnostics_channel'
import { builtin } from '../builtin.ts'
import { badArgument } from '../errors.ts'
import { checkContext } from '../process/waits.ts'
import type { Context } from '../types.ts'
import { contextOf, inContext } from './context.ts'
import { pointSource, spanSource } from './sources.ts'
import { Span } from './span.ts'

const { channel, tracingChannel } = builtin('node:diagnostics_channel')

/** Made by {@link point}. */
export interface TelemetryPoint<Data = unknown> {
  /** Under which handlers hear of it; also the name of its channel. */
  readonly name: string
  /** Whether anybody listens on this thread: ask before you make what is dear. */
  readonly isHeard: boolean
  /**
   * It happens.
   *
   * @param data - what is known of it
   */
  emit(data: Data): void
}

class ChannelPoint<Data> implements TelemetryPoint<Data> {
  readonly name: string
  private readonly channel: Channel

  constructor(name: string) {
    this.name = name
    this.channel = channel(name)
  }

  get isHeard(): boolean {
    return this.channel.hasSubscribers
  }

  emit(data: Data): void {
    if (this.channel.hasSubscribers) this.channel.publish(data)
  }
}

/** How a span runs. */
export interface SpanOptions {
  /** What is known of the work. */
  readonly data?: Record<string, unknown>
  /** The process that does it, if one does: meanwhile its questions say that they are a part of it. */
  readonly self?: {
    /** Its pid. */
    readonly pid: unknown
  }
  /** Of what it is a part; of what its process does, unless given. */
  readonly parent?: Context | undefined
}

/** Made by {@link span}. */
export interface TelemetrySpan {
  /** Under which handlers hear of it, with `:start`, `:stop` and `:exception`; also the name of its tracing channel. */
  readonly name: string
  /** Whether anybody listens on this thread. */
  readonly isHeard: boolean
  /**
   * Runs `body` as one such piece of work, and answers what it answers.
   *
   * @param body - is given the span, or nothing where nobody listens
   * @param options - what is known of it, and of what it is a part
   */
  run<Result>(body: (span: Span | undefined) => Result, options?: SpanOptions): Result
}

class ChannelSpan implements TelemetrySpan {
  readonly name: string
  private readonly channels: TracingChannel<Span, Span>

  constructor(name: string) {
    this.name = name
    this.channels = tracingChannel(name)
  }

  get isHeard(): boolean {
    return this.channels.start.hasSubscribers
  }

  run<Result>(body: (span: Span | undefined) => Result, options?: SpanOptions): Result {
    if (typeof body !== 'function') throw badArgument(TypeError, 'body', 'a function', body)
    if (this.channels.start.hasSubscribers) return this.runHeard(body, options ?? {})
    const { self, parent } = options ?? {}
    checkContext(parent)
    // Who listens further on shall see of what it is a part.
    if (self === undefined || parent === undefined) return body(undefined)
    return inContext(self, parent, () => body(undefined))
  }

  private runHeard<Result>(body: (span: Span) => Result, { data = {}, self, parent }: SpanOptions): Result {
    const { channels } = this
    checkContext(parent)
    const span = new Span(this.name, { ...data }, parent ?? (self === undefined ? undefined : contextOf(self)))
    channels.start.publish(span)
    const inside = span.isNamed ? span.context : parent
    let result: Result
    try {
      result = self === undefined || inside === undefined ? body(span) : inContext(self, inside, () => body(span))
    } catch (error) {
      span.error = errorOf(error)
      channels.error.publish(span)
      channels.end.publish(span)
      throw error
    }
    if (!isPromise(result)) {
      span.result = result
      channels.end.publish(span)
      return result
    }
    span.isAsync = true
    channels.end.publish(span)
    return result.then(
      (value: unknown) => {
        span.result = value
        this.endLater(span)
        return value
      },
      (error: unknown) => {
        span.error = errorOf(error)
        channels.error.publish(span)
        this.endLater(span)
        throw error
      },
    ) as Result
  }

  private endLater(span: Span): void {
    this.channels.asyncStart.publish(span)
    this.channels.asyncEnd.publish(span)
  }
}

const isPromise = (value: unknown): value is Promise<unknown> =>
  typeof value === 'object' && value !== null && typeof (value as PromiseLike<unknown>).then === 'function'

/** Whatever is thrown, something was. */
const errorOf = (error: unknown): unknown => error ?? new Error(`${error} was thrown`)

const checkName = (name: string): void => {
  if (typeof name === 'string' && /^[^:\s]+(:[^:\s]+)*$/.test(name) && !begins(name)) return
  throw badArgument(TypeError, 'name', "words between colons, the first of them not 'rumpus' or 'tracing'", name)
}

const begins = (name: string): boolean => /^(rumpus|tracing)(:|$)/.test(name)

/**
 * Names something that happens. Make it once, at the top of a module; {@link attach} hears of it by its name or the begin of that.
 *
 * @param name - words between colons: `'orders:paid'`
 * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`
 * @example
 * ```ts
 * import { attach, point } from 'rumpus/telemetry'
 * import assert from 'node:assert/strict'
 *
 * const paid = point('orders:paid')
 *
 * let sum = 0
 * attach('orders', (name, { amount }) => (sum += amount))
 * paid.emit({ amount: 5 })
 * assert.equal(sum, 5)
 * ```
 */
export const point = <Data = unknown>(name: string): TelemetryPoint<Data> => {
  checkName(name)
  pointSource(name)
  return new ChannelPoint(name)
}

/**
 * Names a kind of work that takes time. Make it once, at the top of a module.
 *
 * @param name - words between colons: `'orders:ship'`
 * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`
 * @example
 * ```ts
 * import { attach, span } from 'rumpus/telemetry'
 * import assert from 'node:assert/strict'
 *
 * const shipping = span('orders:ship')
 *
 * const heard = []
 * attach('orders:ship', (name, { data, durationMs }) => heard.push([name, data.order, durationMs >= 0]))
 * assert.equal(await shipping.run(async () => 'shipped', { data: { order: 7 } }), 'shipped')
 * assert.deepEqual(heard, [['orders:ship:start', 7, false], ['orders:ship:stop', 7, true]])
 * ```
 */
export const span = (name: string): TelemetrySpan => {
  checkName(name)
  spanSource<Span>(name, (published) => published)
  return new ChannelSpan(name)
}
