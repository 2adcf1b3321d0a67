// Events of what comes from outside: a time, a computation, a promise, a signal. Owns that a sync that is over leaves nothing behind
// in any of them: no timer, no trigger, no listener.

import { Cancelled } from '../effect/cancelled.ts'
import { Computation } from '../effect/computation.ts'
import { checkMs } from '../effect/fiber.ts'
import { Trigger } from '../effect/trigger.ts'
import { badArgument } from '../errors.ts'
import { Event } from './event.ts'
import { outcomeOf } from './outcome.ts'
import type { Outlasting, Party, Source } from './source.ts'

// One for all: it is nobody's error.
const OVER = new Cancelled('the time is over')

/**
 * Happens `ms` milliseconds after its sync began, which is again with each: as a time limit of one wait, or a pause. What is ready
 * when the sync begins comes before any time, also before 0. For a limit to several waits, use `scope` with a timeout, or
 * {@link completed} of a computation that `cancelAfter` ends.
 *
 * @param ms - how long, in milliseconds
 * @throws RangeError `ERR_RUMPUS_OUT_OF_RANGE`
 * @example
 * ```ts
 * import { fifo } from 'rumpus/effect'
 * import { elapsed, select } from 'rumpus/events'
 * import { Ivar } from 'rumpus/sync'
 * import assert from 'node:assert/strict'
 *
 * const port = new Ivar()
 * const told = await select(fifo.current(), [port.reading(), elapsed(1).wrap(() => 'too late')])
 * assert.equal(told, 'too late')
 * ```
 */
export const elapsed = (ms: number): Event<void> => {
  checkMs('ms', ms)
  const time: Outlasting<void> = {
    what: `${ms} ms`,
    outlasts: true,
    poll: () => {},
    wait(party) {
      const over = new Computation<never>()
      party.fiber.handler.cancelAfter(party.fiber, over, ms, OVER)
      over.tryAttach(Trigger.fromAction(party, give))
      // Takes the timer away.
      return () => over.cancel(OVER)
    },
  }
  return new Event(time)
}

const give = (party: Party<void>): void => void party.tryGive()

/**
 * Happens when `computation` is complete: gives what it returned, or fails with its cancellation.
 *
 * @param computation - what to wait for
 * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`
 * @example
 * ```ts
 * import { Computation, fifo } from 'rumpus/effect'
 * import { elapsed, completed, select } from 'rumpus/events'
 * import assert from 'node:assert/strict'
 *
 * const answer = new Computation()
 * setTimeout(() => answer.return(42), 1)
 * assert.equal(await select(fifo.current(), [completed(answer), elapsed(60_000)]), 42)
 * ```
 */
export const completed = <T>(computation: Computation<T>): Event<T> => {
  if (!(computation instanceof Computation)) {
    throw badArgument(TypeError, 'computation', 'a Computation', computation)
  }
  return new Event(outcomeOf(computation) as Source<T>)
}

type Settled = { readonly value: unknown } | { readonly error: unknown }

/** What is known of promises: one reaction each, however often they are waited for. */
const known = new WeakMap<PromiseLike<unknown>, Computation<Settled>>()

const settling = (promise: PromiseLike<unknown>): Computation<Settled> => {
  let settled = known.get(promise)
  if (settled === undefined) {
    const computation = new Computation<Settled>()
    promise.then(
      (value) => computation.return({ value }),
      (error: unknown) => computation.return({ error }),
    )
    known.set(promise, computation)
    settled = computation
  }
  return settled
}

/**
 * Happens when a platform promise settles: gives its value, or fails with its error. That it is not chosen does not stop what it stands
 * for: for that, give that a signal, or use `race`. Nobody can look into a promise, so also one that has settled is heard of behind what
 * is ready already, the first time.
 *
 * A promise that is waited for again and again keeps one reaction, where `Promise.race` leaves one behind each time. If it is not
 * chosen and rejects, that counts as handled.
 *
 * @param promise - what to wait for
 * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`
 * @example
 * ```ts
 * import { fifo } from 'rumpus/effect'
 * import { elapsed, select, settled } from 'rumpus/events'
 * import { readFile } from 'node:fs/promises'
 * import assert from 'node:assert/strict'
 *
 * const text = await select(fifo.current(), [settled(readFile('package.json', 'utf8')), elapsed(60_000)])
 * assert.match(text, /rumpus/)
 * ```
 */
export const settled = <T>(promise: PromiseLike<T>): Event<T> => {
  if (typeof (promise as Partial<PromiseLike<T>> | null | undefined)?.then !== 'function') {
    throw badArgument(TypeError, 'promise', 'a promise', promise)
  }
  const poll = (party: Party<unknown>): void => {
    const outcome = settling(promise).peek() as { value: Settled } | undefined
    if (outcome === undefined) return
    if ('error' in outcome.value) party.tryFail(outcome.value.error)
    else party.tryGive(outcome.value.value)
  }
  const wait = (party: Party<unknown>): (() => void) => {
    const computation = settling(promise)
    const trigger = Trigger.fromAction(party, poll)
    computation.tryAttach(trigger)
    return () => computation.detach(trigger)
  }
  const source: Outlasting<unknown> = { what: 'a platform promise', outlasts: true, poll, wait }
  return new Event(source as Source<T>)
}

/**
 * Happens when `signal` is aborted, and gives the reason. To have a sync end with the error instead, cancel its fiber: `scope` takes
 * a signal.
 *
 * @param signal - what to wait for
 * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`
 * @example
 * ```ts
 * import { fifo } from 'rumpus/effect'
 * import { aborted, select } from 'rumpus/events'
 * import { Channel } from 'rumpus/sync'
 * import assert from 'node:assert/strict'
 *
 * const [jobs, stop] = [new Channel(8), new AbortController()]
 * const next = () => select(fifo.current(), [
 *   jobs.receiving(),
 *   aborted(stop.signal).wrap((reason) => `stopped: ${reason}`),
 * ])
 * setTimeout(() => stop.abort('enough'), 1)
 * assert.equal(await next(), 'stopped: enough')
 * ```
 */
export const aborted = (signal: AbortSignal): Event<unknown> => {
  if (typeof (signal as Partial<AbortSignal> | null | undefined)?.addEventListener !== 'function') {
    throw badArgument(TypeError, 'signal', 'an AbortSignal', signal)
  }
  const abort: Outlasting<unknown> = {
    what: 'the abort of a signal',
    outlasts: true,
    poll(party) {
      if (signal.aborted) party.tryGive(signal.reason)
    },
    wait(party) {
      const listener = (): void => void party.tryGive(signal.reason)
      signal.addEventListener('abort', listener, { once: true })
      return () => signal.removeEventListener('abort', listener)
    },
  }
  return new Event(abort)
}
