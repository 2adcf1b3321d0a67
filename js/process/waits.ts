// How long a wait may take: the checks of times and of what ends a wait early. No behaviour beyond them.

import { badArgument } from '../errors.ts'
import { checkOptions, type Known } from '../options.ts'
import { WAIT_NAMES } from './option-names.ts'

/** The longest wait, in milliseconds: 24 days, as Node's timers have it. */
const WAIT_MAX_MS = 2 ** 31 - 1

/** What may end a wait before its time. */
export interface WaitOptions {
  readonly timeout?: number
  readonly signal?: AbortSignal
  readonly context?: unknown
}

/** Of a wait of which nothing is said. */
export const NO_WAIT: { readonly [None in never]: never } = {}

/** Throws if `ms` is no time from `least` milliseconds on. */
export const checkMs = (argument: string, ms: unknown, least = 0): void => {
  if (typeof ms === 'number' && ms >= least && ms <= WAIT_MAX_MS) return
  throw badArgument(RangeError, argument, `a number of milliseconds from ${least} to ${WAIT_MAX_MS}`, ms)
}

/** Throws unless that is a signal, or none is given. */
export const checkSignal = (signal: unknown): void => {
  if (signal === undefined || signal instanceof AbortSignal) return
  throw badArgument(TypeError, 'options.signal', 'an AbortSignal', signal)
}

/** Throws unless that can say of what work a message is a part, or none is given. */
export const checkContext = (context: unknown): void => {
  if (context === undefined || (typeof context === 'object' && context !== null && !Array.isArray(context))) return
  throw badArgument(TypeError, 'options.context', 'an object', context)
}

/** Throws unless these are options of a wait, which may be `endless`. */
export const checkWait = (options: WaitOptions, endless = false): void => {
  if (typeof options !== 'object' || options === null) throw badArgument(TypeError, 'options', 'an object', options)
  const { timeout } = options
  const isEndless = endless && timeout === Number.POSITIVE_INFINITY
  if (timeout !== undefined && !isEndless) checkMs('options.timeout', timeout)
  checkSignal(options.signal)
  if (options.context !== undefined) checkContext(options.context)
}

/** The same for a wait that takes no options but the `known`. */
export const checkOnlyWait = (options: WaitOptions, endless = false, known: Known = WAIT_NAMES): void => {
  if (options === NO_WAIT) return
  checkWait(options, endless)
  checkOptions('options', options, known)
}
