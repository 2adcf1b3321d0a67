// Poller: events of a user's own, for which fibers wait as for anything. Owns who waits, when its source is asked, and that each wait is
// over once: by an event, by its cancellation, of which the source hears, or because the source is broken or closed. Never true here:
// the source is asked while it is waited for.

import { badArgument, RumpusError } from '../errors.ts'
import type { Fiber, Polled, Wait, Within } from './fiber.ts'
import { afterPass, byPasses } from './pass.ts'
import { Trigger } from './trigger.ts'
import { fiberIn } from './within.ts'

/** One wait for an event, as the source knows it: keep it beside what will tell, and answer it from `select` when that has come. */
export interface Suspension {
  /** What it waits for, as `suspend` was told: for people. */
  readonly name: string
  /** Whether the wait is over. */
  readonly isOver: boolean
}

/** What a source is asked. */
export interface SelectAsked {
  /**
   * Whether nothing else is to be done: then answer a promise, which settles when there is an event, or when `interrupt` is called. An
   * answer that is there at once is as good; an empty one has you asked again in the next pass of the event loop.
   */
  readonly block: boolean
  /** Waits that were cancelled since it was asked last: forget them, and answer none of them. */
  readonly cancelled: readonly Suspension[]
}

/** A source of events: what the operating system is to an event loop. */
export interface Events {
  /** Answers the waits whose events have come; none of them is answered twice. What it throws fails all who wait, and all who will. */
  select(asked: SelectAsked): Iterable<Suspension> | PromiseLike<Iterable<Suspension>>
  /** Has the promise that `select` answered settle soon: something has changed. Called at most once for each such promise. */
  interrupt(): void
  /** Gives back what it has; nobody waits any more. */
  close?(): unknown
}

class Point implements Suspension, Wait {
  readonly name: string
  readonly holders: readonly Fiber[] = []
  readonly trigger: Trigger = new Trigger()
  isOver = false
  /** Why it is over, if not by its event. */
  error: { readonly error: unknown } | undefined = undefined

  constructor(name: string) {
    this.name = name
  }

  get what(): string {
    return this.name
  }

  end(error?: { readonly error: unknown }): void {
    if (this.isOver) return
    this.isOver = true
    this.error = error
    this.trigger.signal()
  }
}

/**
 * Brings a source of events to an executor, as Miou's `events`: completions of an addon, a bus in shared memory, a simulated network.
 * `suspend` has a fiber wait; the source is asked what has come, once in a pass of the event loop while there are events, and then by
 * a promise until there is one.
 *
 * What calls back by itself needs none of this: give a {@link Computation} to the callback. A poller is for what must be asked, or is
 * asked at less cost for many. Cancelled are waits, and the source hears of it; an event that it has answered is kept.
 *
 * @example
 * ```ts
 * import { fifo, Poller } from 'rumpus/effect'
 * import assert from 'node:assert/strict'
 *
 * // Alarms, with one timer for all of them.
 * const alarms = new Map()
 * let rouse = () => {}
 * const clock = {
 *   select({ block, cancelled }) {
 *     for (const one of cancelled) alarms.delete(one)
 *     const due = [...alarms].filter(([, at]) => at <= Date.now()).map(([one]) => one)
 *     for (const one of due) alarms.delete(one)
 *     if (due.length > 0 || !block) return due
 *     return new Promise((resolve) => {
 *       const timer = setTimeout(() => resolve([]), Math.min(...alarms.values()) - Date.now())
 *       rouse = () => (clearTimeout(timer), resolve([]))
 *     })
 *   },
 *   interrupt: () => rouse(),
 * }
 *
 * const fiber = fifo.current()
 * const poller = new Poller(fiber, clock)
 * const sleep = (fiber, ms) => poller.suspend(fiber, (one) => alarms.set(one, Date.now() + ms))
 * const order = []
 * await Promise.all([30, 10].map((ms) => fiber.fork((mine) => sleep(mine, ms).then(() => order.push(ms)))))
 * assert.deepEqual(order, [10, 30])
 * await poller.close()
 * ```
 */
export class Poller implements Polled, AsyncDisposable {
  private readonly events: Events
  private readonly wake: () => void
  private readonly points = new Set<Point>()
  private cancelled: Point[] = []
  private blocked: Promise<void> | undefined
  private isInterrupted = false
  private news = false
  private broken: { readonly error: unknown } | undefined
  private over: Promise<void> | undefined

  /**
   * @param within - a fiber of the executor, or a scope in it
   * @param events - the source
   * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`
   */
  constructor(within: Within, events: Events) {
    const { handler } = fiberIn(within)
    checkEvents(events)
    this.events = events
    this.wake = handler.poll?.(this) ?? byPasses(this, afterPass)
  }

  /** For executors: whether there is anything to ask the source. */
  get isActive(): boolean {
    return this.points.size > 0 || this.cancelled.length > 0
  }

  /** For executors: whether the source has been asked and has not answered yet. */
  get isBlocked(): boolean {
    return this.blocked !== undefined
  }

  /** For executors: whether something has come or changed since it was asked last. */
  get isBusy(): boolean {
    return this.news
  }

  /** How many wait. */
  get size(): number {
    return this.points.size
  }

  /**
   * Has the fiber wait until the source answers the suspension that `register` is given. `register` is called when the wait is certain,
   * and nothing can come between: what throws there ends it. Rejects with that, with the cancellation of the fiber, with what the
   * source has thrown, and with RumpusError `ERR_RUMPUS_CLOSED`.
   *
   * @param within - the fiber or scope
   * @param register - tells the source of it; must not wait
   * @param name - what it waits for
   */
  async suspend(within: Within, register: (suspension: Suspension) => void, name = 'an event'): Promise<void> {
    const fiber = fiberIn(within)
    if (typeof register !== 'function') throw badArgument(TypeError, 'register', 'a function', register)
    fiber.check()
    if (this.broken !== undefined) throw this.broken.error
    const point = new Point(name)
    fiber.noteWait(point)
    const waits = fiber.await(point.trigger)
    // Others may have gone on within that, and cancelled it.
    if (!point.trigger.isSignalled) this.admit(point, register)
    const cancelled = await waits
    fiber.forgetWait(point)
    if (point.isOver) {
      if (point.error !== undefined) throw point.error.error
      return
    }
    point.isOver = true
    if (this.points.delete(point)) {
      this.cancelled.push(point)
      this.stir()
    }
    throw cancelled
  }

  private admit(point: Point, register: (suspension: Suspension) => void): void {
    this.points.add(point)
    try {
      register(point)
    } catch (error) {
      this.points.delete(point)
      return point.end({ error })
    }
    // Whoever has registered it may have closed this.
    if (this.broken !== undefined) this.end(point, this.broken)
    else this.stir()
  }

  private end(point: Point, error?: { readonly error: unknown }): void {
    this.points.delete(point)
    point.end(error)
  }

  /** The source should be asked, or asked anew. */
  private stir(): void {
    this.news = true
    if (this.blocked === undefined) return this.wake()
    if (this.isInterrupted) return
    this.isInterrupted = true
    try {
      this.events.interrupt()
    } catch (error) {
      this.fail({ error })
    }
  }

  /** For executors: asks the source, if there is reason to and it is not being waited for. */
  ask(block: boolean): void {
    if (this.blocked !== undefined || !this.isActive) return
    const { cancelled } = this
    this.cancelled = []
    this.news = false
    // Who waits no more leaves nothing to wait for.
    const asked = { block: block && this.points.size > 0, cancelled }
    try {
      const answer = this.events.select(asked)
      if ('then' in answer) this.standBy(answer)
      else this.deliver(answer)
    } catch (error) {
      this.fail({ error })
    }
  }

  private standBy(answer: PromiseLike<Iterable<Suspension>>): void {
    this.isInterrupted = false
    const settle = (act: () => void): void => {
      this.blocked = undefined
      try {
        act()
      } catch (error) {
        this.fail({ error })
      }
      this.news = true
      if (this.isActive && this.broken === undefined) this.wake()
    }
    this.blocked = Promise.resolve(answer).then(
      (come) => settle(() => this.deliver(come)),
      (error: unknown) => settle(() => this.fail({ error })),
    )
  }

  private deliver(come: Iterable<Suspension>): void {
    for (const one of come) {
      if (!(one instanceof Point)) {
        throw badArgument(TypeError, 'what select answers', 'an iterable of suspensions of this poller', one)
      }
      // One that was cancelled meanwhile is over.
      if (this.points.has(one)) this.end(one)
      this.news = true
    }
  }

  private fail(error: { readonly error: unknown }): void {
    this.broken ??= error
    this.cancelled = []
    for (const point of this.points) this.end(point, this.broken)
  }

  /** Refuses who waits, waits for the source if it is being waited for, and closes it. Rejects with what its `close` throws. */
  close(): Promise<void> {
    this.over ??= this.shut()
    return this.over
  }

  private async shut(): Promise<void> {
    this.fail({ error: new RumpusError('ERR_RUMPUS_CLOSED', 'the poller is closed') })
    if (this.blocked !== undefined) this.stir()
    await this.blocked
    await this.events.close?.()
  }

  /** Closes it, at the end of a block. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}

const checkEvents = (events: Partial<Events>): void => {
  if (typeof events !== 'object' || events === null) throw badArgument(TypeError, 'events', 'an object', events)
  for (const name of ['select', 'interrupt'] as const) {
    if (typeof events[name] !== 'function') throw badArgument(TypeError, `events.${name}`, 'a function', events[name])
  }
  if (events.close !== undefined && typeof events.close !== 'function') {
    throw badArgument(TypeError, 'events.close', 'a function', events.close)
  }
}
