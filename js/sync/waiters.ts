// Waiters: who waits for something shared, in order. Owns the one rule of all that is in this room: what was granted is kept, also
// when the fiber is cancelled before it goes on; who goes on without has left the line, and nothing can be granted to it.

import type { Fiber } from '../effect/fiber.ts'
import { afterPass } from '../effect/pass.ts'
import { Trigger } from '../effect/trigger.ts'

/** Waits that were over at once, between two passes of the event loop. */
const AT_ONCE_MAX = 1024

/** One that waits, and what it has been granted. */
export class Waiter<T> {
  readonly fiber: Fiber
  readonly trigger: Trigger = new Trigger()
  /** What it brought, or was given. */
  value: T | undefined
  granted = false
  /** What it was granted is an error. */
  failed = false
  error: unknown = undefined
  before: Waiter<T> | undefined = undefined
  behind: Waiter<T> | undefined = undefined

  constructor(fiber: Fiber, value: T | undefined) {
    this.fiber = fiber
    this.value = value
  }
}

export class Waiters<T> {
  private first: Waiter<T> | undefined = undefined
  private last: Waiter<T> | undefined = undefined

  get isEmpty(): boolean {
    return this.first === undefined
  }

  /** The one that has waited longest. */
  get foremost(): Waiter<T> | undefined {
    return this.first
  }

  /** Puts one into the line, last. */
  join(fiber: Fiber, value?: T): Waiter<T> {
    const waiter = new Waiter<T>(fiber, value)
    const { last } = this
    waiter.before = last
    if (last === undefined) this.first = waiter
    else last.behind = waiter
    this.last = waiter
    return waiter
  }

  /** Takes the first out of the line, to grant it something. */
  shift(): Waiter<T> | undefined {
    const { first } = this
    if (first !== undefined) this.remove(first)
    return first
  }

  /** Fails all that wait. */
  fail(error: unknown): void {
    for (let waiter = this.shift(); waiter !== undefined; waiter = this.shift()) {
      waiter.failed = true
      waiter.error = error
      grant(waiter)
    }
  }

  /** Waits until `waiter` is granted what it waits for; rejects if that was an error, or if its fiber is cancelled before. */
  async stand(waiter: Waiter<T>): Promise<T> {
    try {
      const cancelled = await waiter.fiber.await(waiter.trigger)
      if (!waiter.granted) throw cancelled
    } catch (error) {
      // Cancelled, or its fiber waits already.
      this.remove(waiter)
      throw error
    }
    if (waiter.failed) throw waiter.error
    return waiter.value as T
  }

  private remove(waiter: Waiter<T>): void {
    const { before, behind } = waiter
    if (before === undefined) this.first = behind
    else before.behind = behind
    if (behind === undefined) this.last = before
    else behind.before = before
    waiter.before = undefined
    waiter.behind = undefined
  }
}

/** What it waits for is its now; it goes on. */
export const grant = <T>(waiter: Waiter<T>): void => {
  waiter.granted = true
  waiter.trigger.signal()
}

const settled: Promise<void> = Promise.resolve()
let atOnce = 0

/**
 * A promise of what is there already. Fibers that always find what they want never park, so their executor cannot count them: that
 * timers and sockets have their turn all the same, one of many waits for a pass of the event loop.
 */
export const ready = (): Promise<void> => (++atOnce % AT_ONCE_MAX === 0 ? new Promise(afterPass) : settled)

/** The same with a value, which is not lost meanwhile. */
export const readyWith = <T>(value: T): Promise<T> =>
  ++atOnce % AT_ONCE_MAX === 0 ? new Promise<void>(afterPass).then(() => value) : Promise.resolve(value)
