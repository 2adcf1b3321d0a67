// Waiters: who waits for something shared, in order. Owns the one rule of all that is in this room: what was granted is kept, also
// when the fiber is cancelled before it goes on; who goes on without has left the line, and nothing can be granted to it. Never true
// here: a branch of a sync that was decided is in a line.

import type { Fiber, Wait } from '../effect/fiber.ts'
import { Trigger } from '../effect/trigger.ts'
import { deadlockOf, waitOf } from '../effect/waits.ts'
import type { RumpusError } from '../errors.ts'
import type { Party } from '../events/source.ts'

/** What a line is for, as it is told: of a lock, a channel. */
export interface Shared {
  /** For people. */
  readonly what: string
  /** Who must go on before the line moves, if that is known. */
  holders?(): readonly Fiber[]
  /** Whether other cores move it too: then nobody here can tell that it never will. */
  readonly isForeign?: boolean
}

/** One that waits, and what it has been granted. */
export class Waiter<T> implements Wait {
  private readonly shared: Shared
  readonly fiber: Fiber
  readonly trigger: Trigger = new Trigger()
  /** What it brought, or was given. */
  value: T | undefined
  granted = false
  /** What it was granted is an error. */
  failed = false
  error: unknown = undefined
  /** The branch of a sync that it is, if it is one. */
  party: Party<unknown> | undefined = undefined
  before: Waiter<T> | undefined = undefined
  behind: Waiter<T> | undefined = undefined

  constructor(fiber: Fiber, value: T | undefined, shared: Shared) {
    this.shared = shared
    this.fiber = fiber
    this.value = value
  }

  get what(): string {
    return this.shared.what
  }

  get isOver(): boolean {
    return this.trigger.isSignalled
  }

  get holders(): readonly Fiber[] {
    return this.shared.holders?.() ?? NOBODY
  }

  get isForeign(): boolean {
    return this.shared.isForeign === true
  }
}

const NOBODY: readonly Fiber[] = []

export class Waiters<T> {
  private readonly shared: Shared
  private first: Waiter<T> | undefined = undefined
  private last: Waiter<T> | undefined = undefined

  constructor(shared: Shared) {
    this.shared = shared
  }

  /** What those that stand here wait for, in words. */
  get what(): string {
    return this.shared.what
  }

  get isEmpty(): boolean {
    return this.first === undefined
  }

  /** The one that has waited longest. */
  get foremost(): Waiter<T> | undefined {
    return this.first
  }

  /** Puts one into the line, last. */
  join(fiber: Fiber, value?: T): Waiter<T> {
    const waiter = new Waiter<T>(fiber, value, this.shared)
    const { last } = this
    waiter.before = last
    if (last === undefined) this.first = waiter
    else last.behind = waiter
    this.last = waiter
    return waiter
  }

  /** Puts a branch of a sync into the line, last; answers how it leaves. Who brings something is given nothing but the turn. */
  enter<G>(party: Party<G>, brought?: T): () => void {
    const waiter = this.join(party.fiber, brought)
    waiter.party = party as Party<unknown>
    waiter.trigger.onSignal({ waiter, party: party as Party<unknown>, brings: brought !== undefined }, hand)
    return () => this.remove(waiter)
  }

  /** Puts one that was taken out of the line back into it, first: it has not been granted anything. */
  rejoin(waiter: Waiter<T>): void {
    const { first } = this
    waiter.behind = first
    if (first === undefined) this.last = waiter
    else first.before = waiter
    this.first = waiter
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

  /**
   * Waits until `waiter` is granted what it waits for; rejects if that was an error, or if its fiber is cancelled before: then `left` is
   * called as it leaves the line, so that nobody finds it counted and gone. If it finds that the waiter has been granted something
   * elsewhere, that is kept.
   */
  async stand(waiter: Waiter<T>, left?: (error: unknown) => void): Promise<T> {
    const { fiber } = waiter
    fiber.noteWait(waiter)
    try {
      const cancelled = await fiber.await(waiter.trigger)
      if (!waiter.granted) throw cancelled
    } catch (error) {
      // Cancelled, or its fiber waits already.
      this.remove(waiter)
      left?.(error)
      if (!waiter.granted) throw error
    } finally {
      fiber.forgetWait(waiter)
    }
    if (waiter.failed) throw waiter.error
    return waiter.value as T
  }

  private remove(waiter: Waiter<T>): void {
    const { before, behind } = waiter
    // It was taken out of the line.
    if (before === undefined && this.first !== waiter) return
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

interface Entered {
  readonly waiter: Waiter<unknown>
  readonly party: Party<unknown>
  readonly brings: boolean
}

/** What was granted to a branch decides its sync, which has been open as long as the branch was in the line. */
const hand = ({ waiter, party, brings }: Entered): void => {
  if (waiter.failed) party.tryFail(waiter.error)
  else party.tryGive(brings ? undefined : waiter.value)
}

/** The error of `fiber` if it would wait for `shared`, and somebody who has that, for it. */
export const deadlockAt = (fiber: Fiber, shared: Shared): RumpusError | undefined => {
  const holders = shared.holders?.() ?? NOBODY
  // Most go on by themselves.
  if (!holders.some((holder) => waitOf(holder) !== undefined)) return undefined
  return deadlockOf(fiber, { what: shared.what, isOver: false, holders })
}
