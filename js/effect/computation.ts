// Computation: a result that is set once, and the bag of triggers that hear of it. The only carrier of cancellation. Owns the
// order of a cancellation: a whole tree is marked before any code of users hears of it. Never true here: a computation that is
// complete changes, or one cancels another to which no canceler was attached.

import { badArgument } from '../errors.ts'
import { unlimited } from '../model/listeners.ts'
import { Cancelled } from './cancelled.ts'
import { Trigger } from './trigger.ts'

const RUNNING = 0
const RETURNED = 1
const CANCELLED = 2

/** A bag that nobody has put anything into. */
const EMPTY: Trigger[] = []

/** How a computation has ended. */
export type Outcome<T> =
  | {
      /** What it returned. */
      readonly value: T
    }
  | {
      /** Why it was cancelled. */
      readonly cancelled: Cancelled
    }

/** A computation of whatever type, as links and fibers hold it. */
export type Packed = Computation<unknown>

interface Link {
  readonly from: Packed
  readonly into: Packed
}

let ending: (computation: Packed, state: number, outcome: unknown) => Trigger[]

// What a cancellation still has to tell, while it is under way: no recursion, however deep the tree, and listeners last.
let telling: Trigger[][] | undefined
const listening: (() => void)[] = []

/**
 * A value that will be there once, or the cancellation that came before it; whichever is first stays.
 *
 * It is what a fiber runs under: cancel it, and what its fibers wait for ends. It is also a promise that can be cancelled.
 * Computations are not ordered by themselves: a parent cancels a child because somebody attached a canceler.
 *
 * `return` and `cancel` are never cancelled, never wait, and throw nothing of their own: what an action threw that must not
 * ({@link Trigger.fromAction}), the first if there are several, when everybody else has been told.
 *
 * @example
 * ```ts
 * import { Computation, fifo } from 'rumpus/effect'
 * import assert from 'node:assert/strict'
 *
 * const answer = new Computation()
 * setTimeout(() => answer.return(42), 1)
 * assert.equal(await fifo.current().wait(answer), 42)
 * assert.equal(answer.tryCancel(new Error('too late')), false)
 * ```
 */
export class Computation<T> {
  private state = RUNNING
  private outcome: unknown = undefined
  private attached: Trigger[] = EMPTY
  /** One more for each trigger attached, two less for each detached: below zero, more than half of the bag is garbage. */
  private balance = 0
  private aborter: AbortController | undefined = undefined

  /** Whether it is not complete yet. */
  get isRunning(): boolean {
    return this.state === RUNNING
  }

  /** Why it was cancelled, if it was. */
  get cancellation(): Cancelled | undefined {
    return this.state === CANCELLED ? (this.outcome as Cancelled) : undefined
  }

  /** How many triggers it holds, garbage included: for tests and inspection. */
  get held(): number {
    return this.attached.length
  }

  /** How it ended, if it has. */
  peek(): Outcome<T> | undefined {
    if (this.state === RUNNING) return undefined
    return this.state === RETURNED ? { value: this.outcome as T } : { cancelled: this.outcome as Cancelled }
  }

  /** Throws its cancellation if it was cancelled. */
  check(): void {
    if (this.state === CANCELLED) throw this.outcome
  }

  /** Completes it with a value; false if it was complete. */
  tryReturn(value: T): boolean {
    if (this.state !== RUNNING) return false
    const told = this.end(RETURNED, value)
    if (told.length > 0) signalAll([told])
    return true
  }

  /** Completes it with a value, if it is not complete. */
  return(value: T): void {
    this.tryReturn(value)
  }

  /** Cancels it; false if it was complete. A reason that is a {@link Cancelled} is handed on as it is. */
  tryCancel(reason: unknown): boolean {
    if (this.state !== RUNNING) return false
    const told = this.end(CANCELLED, reason instanceof Cancelled ? reason : new Cancelled(reason))
    if (telling !== undefined) telling.push(told)
    else tell([told])
    return true
  }

  /** Cancels it, if it is not complete. */
  cancel(reason: unknown): void {
    this.tryCancel(reason)
  }

  /** Has `trigger` signalled when it completes; false if it has, or the trigger was signalled. */
  tryAttach(trigger: Trigger): boolean {
    if (this.state !== RUNNING || trigger.isSignalled) return false
    if (this.attached === EMPTY) this.attached = [trigger]
    else this.attached.push(trigger)
    this.balance++
    if (this.balance < 0) this.collect()
    return true
  }

  /** Signals `trigger`, and forgets it: at once or soon, so that all detaching together costs what attaching did. */
  detach(trigger: Trigger): void {
    try {
      trigger.signal()
    } finally {
      this.release()
    }
  }

  /** For executors: a trigger that was attached has been signalled. */
  release(): void {
    if (this.state !== RUNNING) return
    this.balance -= 2
    if (this.balance < 0) this.collect()
  }

  /** A trigger that hands the cancellation of this computation on; a value that it returns is not handed on. */
  canceler(into: Packed): Trigger {
    return Trigger.fromAction({ from: this, into }, handOn)
  }

  /**
   * Has this computation cancel `into` when it is cancelled; answers what to detach when `into` is over, or it leaks.
   *
   * @throws its cancellation if it was cancelled, TypeError `ERR_RUMPUS_BAD_ARGUMENT` if it has returned
   */
  attachCanceler(into: Packed): Trigger {
    const link = this.canceler(into)
    if (this.tryAttach(link)) return link
    this.check()
    throw badArgument(TypeError, 'this', 'a computation that runs', this)
  }

  /** Aborts when this computation is cancelled, with its {@link Cancelled} as the reason: for `fetch` and the like. */
  get signal(): AbortSignal {
    if (this.aborter === undefined) {
      this.aborter = new AbortController()
      unlimited(this.aborter.signal)
      if (this.state === CANCELLED) this.aborter.abort(this.outcome)
    }
    return this.aborter.signal
  }

  /** A platform promise of the same: rejects with the {@link Cancelled}. */
  promise(): Promise<T> {
    return new Promise((resolve, reject) => {
      const settle = (): void => (this.state === RETURNED ? resolve(this.outcome as T) : reject(this.outcome))
      if (!this.tryAttach(Trigger.fromAction(undefined, settle))) settle()
    })
  }

  static {
    ending = (computation, state, outcome) => computation.end(state, outcome)
  }

  /** Has it complete, and answers who must be told. */
  private end(state: number, outcome: unknown): Trigger[] {
    this.state = state
    this.outcome = outcome
    const told = this.attached
    this.attached = EMPTY
    const { aborter } = this
    if (state === CANCELLED && aborter !== undefined) listening.push(() => aborter.abort(outcome))
    return told
  }

  private collect(): void {
    this.attached = this.attached.filter((trigger) => !trigger.isSignalled)
    this.balance = this.attached.length
  }
}

const handOn = ({ from, into }: Link): void => {
  const { cancellation } = from
  if (cancellation !== undefined) into.cancel(cancellation)
}

/**
 * For transactions: completes `computation`, which must run, and answers whom to {@link announce} it to, when all are complete that
 * complete together.
 */
export const complete = (computation: Packed, outcome: Outcome<unknown>): Trigger[] =>
  'value' in outcome ? ending(computation, RETURNED, outcome.value) : ending(computation, CANCELLED, outcome.cancelled)

/** For transactions: tells all of `told`, listeners last. */
export const announce = (told: Trigger[][]): void => {
  if (telling !== undefined) telling.push(...told)
  else tell(told)
}

/** Signals what is in `lists`, and in what is added to them meanwhile: all of it, whatever an action throws. */
const signalAll = (lists: Trigger[][]): void => {
  let failure: { readonly error: unknown } | undefined
  for (const told of lists) {
    for (const trigger of told) {
      try {
        trigger.signal()
      } catch (error) {
        failure ??= { error }
      }
    }
  }
  if (failure !== undefined) throw failure.error
}

/** The same, listeners of `AbortSignal`s last. */
const tell = (lists: Trigger[][]): void => {
  telling = lists
  try {
    signalAll(lists)
  } finally {
    telling = undefined
    const listeners = listening.splice(0)
    for (const listener of listeners) listener()
  }
}
