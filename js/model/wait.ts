// A wait of a body: the promise that it awaits, for what, since when. Owns how that is settled. Never here: a rejection that
// counts as handled by nobody because its body was told to end before it came to awaiting it.

import { TimeoutError } from '../errors.ts'
import { withFrames } from './sites.ts'

/** What a promise is settled with. */
export type Outcome = { readonly value: unknown } | { readonly error: unknown }

/** What a body waits for. */
export interface Cause {
  readonly kind: 'receiving' | 'selecting' | 'sleeping' | 'calling' | 'yielding'
  /** In words: it waits for … */
  readonly on: string
  /** Whether a new letter is a reason to look. */
  readonly mail?: boolean
  /** What it selects by, and for how many milliseconds at most. */
  readonly match?: unknown
  readonly timeout?: number | undefined
  /** What the body goes on with, if it can. */
  readonly ready: () => Outcome | undefined
}

const nothing = (): void => {}

// One executor for all promises: whoever makes a wait takes what it was given at once.
let resolveLast: (value: unknown) => void = nothing
let rejectLast: (error: unknown) => void = nothing
const executor = (resolve: (value: unknown) => void, reject: (error: unknown) => void): void => {
  resolveLast = resolve
  rejectLast = reject
}

export class Wait {
  readonly cause: Cause
  /** When it began: the time of that turn. */
  readonly since: number
  readonly promise: Promise<unknown>
  /** Takes back what would end it. */
  undo: () => void = nothing
  private readonly resolve: (value: unknown) => void
  private readonly reject: (error: unknown) => void

  constructor(cause: Cause, since: number) {
    this.cause = cause
    this.since = since
    this.promise = new Promise(executor)
    this.resolve = resolveLast
    this.reject = rejectLast
  }

  settle(outcome: Outcome): void {
    if (!('error' in outcome)) return this.resolve(outcome.value)
    if (outcome.error instanceof TimeoutError) return this.resolve(withFrames(this.promise, outcome.error))
    this.promise.catch(nothing)
    this.reject(outcome.error)
  }
}
