// Event: something to wait for, as a value; and what makes one of others. Owns how a tree of events becomes the branches of a sync.
// Never true here: an event that nobody syncs does anything; one that is synced again remembers the time before.

import type { Fiber, Within } from '../effect/fiber.ts'
import { badArgument } from '../errors.ts'
import { Choice, type Loss, type Wrap } from './choice.ts'
import { outcomeOf } from './outcome.ts'
import type { Source } from './source.ts'

/** Adds the branches of an event to a choice. */
type Unfold = (choice: Choice, wrap: Wrap | undefined, loss: Loss | undefined) => void

/** Takes the place of a source in an event that is made of others. */
class Parts {
  readonly unfold: Unfold

  constructor(unfold: Unfold) {
    this.unfold = unfold
  }
}

let unfolding: (event: Event<unknown>) => Unfold

/**
 * Something that can be waited for, alone or as one of several: a message, a permit, a time, an answer. Making one does nothing; `sync`
 * waits for it, as often as you like, and {@link select} for the first of several.
 *
 * What `rumpus/sync` waits by has an event that ends in -ing: `channel.receiving()`, `channel.sending(item)`, `mutex.locking()`,
 * `semaphore.acquiring()`, `ivar.reading()`, `latch.waiting()`, `barrier.waiting()`, `pool.using(act)`, and `condition.signalled()`. Here are {@link elapsed}, {@link completed}, {@link settled},
 * {@link aborted}, {@link always} and {@link never}; `new Event(source)` is for whatever else can call back.
 *
 * **Exactly one branch commits.** What was not chosen has taken no item, no permit and no lock, and stands in no line. A fiber that is
 * cancelled before anything was chosen has taken nothing; what was chosen is kept, also when the fiber is cancelled in the same
 * moment. Use `race` of `rumpus/structured` where the things to wait for are code that must run and be cancelled: an event only waits.
 *
 * @example
 * ```ts
 * import { fifo } from 'rumpus/effect'
 * import { elapsed, select } from 'rumpus/events'
 * import { Channel } from 'rumpus/sync'
 * import assert from 'node:assert/strict'
 *
 * const [jobs, news] = [new Channel(8), new Channel(8)]
 * news.trySend('hello')
 * const fiber = fifo.current()
 * const next = () => select(fiber, [
 *   jobs.receiving().wrap((job) => `job ${job}`),
 *   news.receiving().wrap((text) => `news: ${text}`),
 *   elapsed(5).wrap(() => 'nothing'),
 * ])
 * assert.deepEqual([await next(), await next()], ['news: hello', 'nothing'])
 * jobs.trySend(7)
 * assert.equal(await next(), 'job 7')
 * ```
 */
export class Event<T> {
  private readonly unfold: Unfold

  static {
    unfolding = (event) => event.unfold
  }

  /**
   * An event of a source of your own.
   *
   * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`
   */
  constructor(source: Source<T>) {
    if (source instanceof Parts) this.unfold = source.unfold
    else {
      checkSource(source)
      this.unfold = (choice, wrap, loss) => choice.add(source, wrap, loss)
    }
  }

  /**
   * Waits until it happens, and answers its value. Rejects with what the event fails with (a channel that is closed, say), with what
   * a guard or a wrap throws, and with the cancellation of the fiber: then nothing was taken.
   *
   * @param within - the fiber or scope
   */
  sync(within: Within): Promise<T> {
    const { fiber } = within
    const { cancellation } = fiber
    if (cancellation !== undefined) return Promise.reject(cancellation)
    const choice = new Choice(fiber)
    try {
      this.unfold(choice, undefined, undefined)
    } catch (error) {
      // Those that a guard has made expect an answer.
      choice.giveUp()
      return Promise.reject(error)
    }
    return choice.run() as Promise<T>
  }

  /**
   * The same event with something made of its value, by the fiber that synced it, when it has been chosen: `act` may wait, and what it
   * throws rejects the sync.
   *
   * @param onValue - makes something of the value
   * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`
   */
  wrap<U>(onValue: (value: T, fiber: Fiber) => U | PromiseLike<U>): Event<U>
  /**
   * The same, and with something made of what the event fails with, or an inner wrap throws: not of the cancellation of the fiber.
   *
   * @param onValue - makes something of the value
   * @param onError - makes something of the error
   * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`
   */
  wrap<U, V>(
    onValue: (value: T, fiber: Fiber) => U | PromiseLike<U>,
    onError: (error: unknown, fiber: Fiber) => V | PromiseLike<V>,
  ): Event<U | V>
  wrap(
    onValue: (value: T, fiber: Fiber) => unknown,
    onError?: (error: unknown, fiber: Fiber) => unknown,
  ): Event<unknown> {
    checkFunction('onValue', onValue)
    if (onError !== undefined) checkFunction('onError', onError)
    return madeOf((choice, outer, loss) => this.unfold(choice, { onValue, onError, outer }, loss))
  }
}

const madeOf = <T>(unfold: Unfold): Event<T> => new Event<T>(new Parts(unfold) as unknown as Source<T>)

/** What one of `events` gives. */
type Given<E extends readonly Event<unknown>[]> = E[number] extends Event<infer T> ? T : never

/**
 * The first of several, of which only that one happens. Fair: of those that are ready each is as likely as any other, and those that
 * are not stand in line, where who came first is first. Of no events it never happens.
 *
 * @param events - what to choose from; may be choices themselves
 * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`
 * @example
 * ```ts
 * import { fifo } from 'rumpus/effect'
 * import { always, choose } from 'rumpus/events'
 * import assert from 'node:assert/strict'
 *
 * const coin = choose([always('heads'), always('tails')])
 * const seen = new Set()
 * for (let n = 0; n < 60; n++) seen.add(await coin.sync(fifo.current()))
 * assert.deepEqual([...seen].sort(), ['heads', 'tails'])
 * ```
 */
export const choose = <const E extends readonly Event<unknown>[]>(events: E): Event<Given<E>> => {
  if (!(Array.isArray(events) && events.every((event) => event instanceof Event))) {
    throw badArgument(TypeError, 'events', 'an array of events', events)
  }
  const unfolds = events.map((event) => unfolding(event))
  return madeOf((choice, wrap, loss) => {
    for (const unfold of unfolds) unfold(choice, wrap, loss)
  })
}

/**
 * Waits for the first of several: `choose(events).sync(within)`.
 *
 * @param within - the fiber or scope
 * @param events - what to choose from
 * @throws at the call TypeError `ERR_RUMPUS_BAD_ARGUMENT`; rejects as `sync` does
 * @example
 * ```ts
 * import { fifo } from 'rumpus/effect'
 * import { elapsed, select } from 'rumpus/events'
 * import { Semaphore } from 'rumpus/sync'
 * import assert from 'node:assert/strict'
 *
 * const permits = new Semaphore(1)
 * const enter = () => select(fifo.current(), [permits.acquiring().wrap(() => true), elapsed(1).wrap(() => false)])
 * assert.deepEqual([await enter(), await enter()], [true, false])
 * permits.release() // who came too late has none, and stands in no line
 * assert.equal(permits.free, 1)
 * ```
 */
export const select = <const E extends readonly Event<unknown>[]>(within: Within, events: E): Promise<Given<E>> =>
  choose(events).sync(within)

/**
 * An event that is made anew by each sync: for one that depends on the moment, as a time that is left, or a request that must be sent.
 * All guards of a sync are called before anything is looked at; what one throws rejects the sync.
 *
 * @param make - answers the event, at once; may send, and must not wait
 * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`
 * @example
 * ```ts
 * import { fifo } from 'rumpus/effect'
 * import { elapsed, guard } from 'rumpus/events'
 * import assert from 'node:assert/strict'
 *
 * const due = Date.now() + 20
 * const late = guard(() => elapsed(Math.max(0, due - Date.now()))) // however often it is synced
 * const fiber = fifo.current()
 * await late.sync(fiber)
 * await late.sync(fiber)
 * assert(Date.now() - due < 5_000)
 * ```
 */
export const guard = <T>(make: (fiber: Fiber) => Event<T>): Event<T> => {
  checkFunction('make', make)
  return madeOf((choice, wrap, loss) => unfoldOf(make(choice.fiber))(choice, wrap, loss))
}

/**
 * A guard that hears when its event was not the one: `lost` happens when another branch is chosen, or none because the fiber is
 * cancelled or a guard throws. For a request that somebody works on by now, or keeps something for: so they can stop, or take it back.
 *
 * @param make - answers the event, at once; is given what happens if that is not chosen
 * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`
 * @example
 * ```ts
 * import { fifo } from 'rumpus/effect'
 * import { elapsed, select, withNack } from 'rumpus/events'
 * import { Channel } from 'rumpus/sync'
 * import assert from 'node:assert/strict'
 *
 * const requests = new Channel(8)
 * const ask = withNack((lost) => {
 *   const reply = new Channel(0)
 *   requests.trySend({ reply, lost })
 *   return reply.receiving()
 * })
 * const fiber = fifo.current()
 * const answer = await select(fiber, [ask, elapsed(1).wrap(() => 'too slow')])
 * assert.equal(answer, 'too slow')
 *
 * // Who works on it sends the answer, or hears that nobody wants it any more: never both.
 * const { reply, lost } = requests.tryReceive().item
 * const sent = await select(fiber, [reply.sending(42).wrap(() => true), lost.wrap(() => false)])
 * assert.equal(sent, false)
 * ```
 */
export const withNack = <T>(make: (lost: Event<void>, fiber: Fiber) => Event<T>): Event<T> => {
  checkFunction('make', make)
  return madeOf((choice, wrap, outer) => {
    const loss = choice.loss(outer)
    const lost = new Event(outcomeOf(loss.lost) as Source<void>)
    unfoldOf(make(lost, choice.fiber))(choice, wrap, loss)
  })
}

/**
 * Happens at once, with `value`. In a {@link choose} it is as likely as what else is ready: it is no way to look whether something is.
 *
 * @param value - what it gives
 * @example
 * ```ts
 * import { fifo } from 'rumpus/effect'
 * import { always, never, select } from 'rumpus/events'
 * import assert from 'node:assert/strict'
 *
 * assert.equal(await select(fifo.current(), [never, always(1)]), 1)
 * ```
 */
export const always = <T>(value: T): Event<T> =>
  new Event<T>({ poll: (party) => void party.tryGive(value), wait: () => nothing })

const nothing = (): void => {}

/**
 * Never happens: for a branch that is off at the moment, and a sync that only a cancellation ends.
 *
 * @example
 * ```ts
 * import { fifo } from 'rumpus/effect'
 * import { elapsed, never, select } from 'rumpus/events'
 * import { Channel } from 'rumpus/sync'
 * import assert from 'node:assert/strict'
 *
 * const [jobs, busy] = [new Channel(1), true]
 * jobs.trySend('job')
 * const branches = [busy ? never : jobs.receiving(), elapsed(1)]
 * assert.equal(await select(fifo.current(), branches), undefined)
 * ```
 */
export const never: Event<never> = madeOf(nothing)

/** How what a guard answered unfolds. */
const unfoldOf = (event: unknown): Unfold => {
  if (event instanceof Event) return unfolding(event)
  throw badArgument(TypeError, 'make', 'a function that answers an event at once', event)
}

const checkFunction = (argument: string, given: unknown): void => {
  if (typeof given !== 'function') throw badArgument(TypeError, argument, 'a function', given)
}

const checkSource = (source: unknown): void => {
  if (typeof source !== 'object' || source === null) throw badArgument(TypeError, 'source', 'an object', source)
  const { poll, wait, left, what } = source as Partial<Source<unknown>>
  checkFunction('source.poll', poll)
  checkFunction('source.wait', wait)
  if (left !== undefined) checkFunction('source.left', left)
  if (what !== undefined && typeof what !== 'string') throw badArgument(TypeError, 'source.what', 'words', what)
}
