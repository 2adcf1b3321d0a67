// How several errors become one that can be thrown. Pure. Never true here: an error is lost that is no cancellation.

import { Cancelled } from '../effect/cancelled.ts'

/** Those that were made here: thrown on into an outer scope, they give what they hold and do not pile up. */
const ours = new WeakSet<object>()

/**
 * One error for all of `errors`, at least one: itself if it is alone, or an `AggregateError` of them in the order in which they
 * were reported, each with its own stack. The same error twice is one; a cancellation beside an error is none.
 */
export const combined = (errors: readonly unknown[]): unknown => {
  const flat = errors.flatMap((error) => (isOurs(error) ? error.errors : [error]))
  const distinct = [...new Set(flat)]
  const real = distinct.filter((error) => !(error instanceof Cancelled))
  const told = real.length > 0 ? real : distinct
  if (told.length === 1) return told[0]
  const several = new AggregateError(told, `${told.length} errors: ${told.map(messageOf).join('; ')}`)
  ours.add(several)
  return several
}

const isOurs = (error: unknown): error is AggregateError => error instanceof AggregateError && ours.has(error)
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
