// Frame: one call of `handle`, as fibers know it. Owns which clause answers an effect, and the chain of answers: each decision of
// a clause opens a rest, and what the clause returns settles the one before. Never true here: it is over while a clause runs.

import { Cancelled } from '../effect/cancelled.ts'
import type { Packed } from '../effect/computation.ts'
import type { Fiber } from '../effect/fiber.ts'
import { Local } from '../effect/local.ts'
import { Aborted, swallowed } from './mistakes.ts'
import { Ended, type Outcome, outcomeOf, Rest } from './rest.ts'
import type { AnyClause } from './shapes.ts'

/** A clause, and whose it is. */
export class Found {
  readonly frame: Frame
  readonly clause: AnyClause

  constructor(frame: Frame, clause: AnyClause) {
    this.frame = frame
    this.clause = clause
  }
}

/** The frame in which a fiber runs, the innermost; those that it forks begin in the same. */
export const FRAME: Local<Frame | undefined> = new Local<Frame | undefined>(undefined)

export class Frame {
  readonly outer: Frame | undefined
  /** Who called `handle`; clauses that decide run beside it, under the same computation. */
  readonly base: Fiber
  readonly computation: Packed
  readonly forbidden: boolean
  /** The body is over: nobody performs here any more. */
  over = false
  /** What everything that was ended here throws; nothing was if there is none. */
  aborted: Aborted | undefined = undefined
  private readonly found = new Map<object, Found>()
  private readonly first = new Rest()
  private last = this.first
  private clauses = 0
  private idle: (() => void) | undefined = undefined
  private readonly errors: unknown[] = []

  constructor(base: Fiber, outer: Frame | undefined, clauses: readonly AnyClause[]) {
    this.outer = outer
    this.base = base
    this.computation = base.computation
    this.forbidden = base.forbidden
    for (const clause of clauses) this.found.set(clause.effect, new Found(this, clause))
  }

  /** Who answers `effect`: here, or outside. Looked for once. */
  find(effect: object): Found | undefined {
    const found = this.found.get(effect)
    if (found !== undefined || this.outer === undefined) return found
    const outside = this.outer.find(effect)
    if (outside !== undefined) this.found.set(effect, outside)
    return outside
  }

  /** What is to be answered by whoever decides next. */
  get open(): Rest {
    return this.last
  }

  /** A clause has decided: `rest` is open from now on. One that comes when all is answered is told how it ended. */
  push(rest: Rest): void {
    const { outcome } = this.last
    if (outcome === undefined) this.last = rest
    else rest.settle(outcome)
  }

  /** A clause has answered with `rest` itself: nothing lies between it and the one before. False if something does. */
  tryDrop(rest: Rest, before: Rest): boolean {
    if (rest.seen || this.last !== rest) return false
    this.last = before
    rest.same = before
    return true
  }

  /** What everything throws that is ended here; the first that asks names the effect. */
  end(effect: string): Aborted {
    this.aborted ??= new Aborted(effect)
    return this.aborted
  }

  /** The rest of a body that is ended. */
  ended(effect: string, answer: unknown): Rest {
    return new Ended(this.end(effect), answer)
  }

  clauseBegins(): void {
    this.clauses++
  }

  clauseEnds(): void {
    if (--this.clauses === 0) this.idle?.()
  }

  /** A clause that nobody waits for has thrown. */
  heard(error: unknown): void {
    this.errors.push(error)
  }

  /** The body is over, with `outcome`: answers what the handler comes to when everything is. */
  async answer(outcome: Outcome, finish: (outcome: Outcome) => Outcome | Promise<Outcome>): Promise<unknown> {
    this.over = true
    const { aborted } = this
    let finished = outcome
    if (aborted === undefined) finished = await finish(outcome)
    else if (!('error' in outcome)) finished = { error: swallowed(aborted) }
    const { first, last } = this
    last.settle(finished)
    const end = first.outcome ?? (await outcomeOf(() => first))
    if (this.clauses > 0) await new Promise<void>((resolve) => (this.idle = resolve))
    return resultOf(this.errors.reduce<Outcome>(withError, end))
  }
}

/** One outcome of two: none of their errors is dropped, and a cancellation beside an error is none. */
export const withError = (outcome: Outcome, error: unknown): Outcome => {
  if (!('error' in outcome)) return { error }
  const { error: first } = outcome
  if (first === error || error instanceof Cancelled) return outcome
  if (first instanceof Cancelled) return { error }
  return { error: new AggregateError([first, error], 'a clause and the body have thrown') }
}

/** What it answers, or throws. */
export const resultOf = (outcome: Outcome): unknown => {
  if ('error' in outcome) throw outcome.error
  return outcome.value
}
