// Exit reasons of the model: what users give as data, and what bodies throw. Pure functions. Never here: a reason that is lost
// for what it holds.

import type { ErrorDescription, ExitReason } from '../types.ts'

/** The highest number a scheduler can have. */
const SCHEDULER_LAST = 63

/** What a user gave as a reason, as data. `kill` is a request and becomes `killed`. */
export const toReason = (given: unknown): ExitReason => {
  if (given === undefined || given === 'normal') return { kind: 'normal' }
  if (given === 'shutdown') return { kind: 'shutdown' }
  if (given === 'kill') return { kind: 'killed' }
  if (isError(given)) return { kind: 'error', error: describe(given) }
  return isReason(given) ? given : { kind: 'user', value: given }
}

const isReason = (given: unknown): given is ExitReason => {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return false
  const { kind, error, scheduler } = given as { kind?: unknown; error?: unknown; scheduler: number }
  if (kind === 'scheduler-down') return Number.isInteger(scheduler) && scheduler >= 0 && scheduler <= SCHEDULER_LAST
  if (kind === 'error') return typeof error === 'object' && error !== null && 'message' in error
  return ['normal', 'shutdown', 'killed', 'noproc', 'user'].includes(kind as string)
}

/** Whether it is an error. Never throws: a proxy that will not be looked at is none. */
export const isError = (value: unknown): value is Error => {
  try {
    return value instanceof Error
  } catch {
    return false
  }
}

/** A thrown value as data. Never throws, whatever was thrown. */
export const describe = (thrown: unknown): ErrorDescription => {
  try {
    if (!isError(thrown)) {
      return { name: 'Error', message: `a body threw ${String(thrown)}`, cause: thrown }
    }
    const { name, message, stack, cause, code } = thrown as Error & { code?: unknown }
    return {
      name: String(name),
      message: String(message),
      stack: typeof stack === 'string' ? stack : undefined,
      ...(code === undefined ? {} : { code }),
      ...(cause === undefined ? {} : { cause }),
    }
  } catch {
    return { name: 'Error', message: 'a body threw something that cannot be shown' }
  }
}
