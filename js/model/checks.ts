// What users may pass to the model: each option, what it must be in words, and how to know. Throws or does nothing. Never here:
// an argument that is believed unseen.

import { badArgument } from '../errors.ts'
import { checkOptions, type Known } from '../options.ts'
import { WAIT_MAX } from './turns.ts'

/** The most that a mailbox may be bounded to. */
const CAPACITY_MAX = 2 ** 24

export const checkPid = (pid: unknown): void => {
  if (!Number.isSafeInteger(pid) || (pid as number) <= 0) throw badArgument(TypeError, 'pid', 'a pid', pid)
}

export const checkMs = (argument: string, ms: unknown, from = 0): void => {
  if (typeof ms === 'number' && ms >= from && ms <= WAIT_MAX) return
  throw badArgument(RangeError, argument, `a number of milliseconds from ${from} to ${WAIT_MAX}`, ms)
}

export const checkRef = (ref: unknown): void => {
  if (!Number.isSafeInteger(ref) || (ref as number) <= 0)
    throw badArgument(TypeError, 'ref', 'what monitor answered', ref)
}

export const checkTimer = (timer: unknown): void => {
  if (!Number.isSafeInteger(timer) || (timer as number) >= 0) throw badArgument(TypeError, 'timer', 'a timer', timer)
}

/** Half a character, which is none of a name. */
const HALF = /\p{Surrogate}/u

export const checkName = (argument: string, name: unknown): void => {
  if (typeof name !== 'string' || name === '')
    throw badArgument(TypeError, argument, 'a string that is not empty', name)
  if (HALF.test(name)) throw badArgument(TypeError, argument, 'a string of whole characters', name)
}

export const checkBody = (body: unknown, wanted = 'a function'): void => {
  if (typeof body !== 'function') throw badArgument(TypeError, 'body', wanted, body)
}

type Rule = readonly [wanted: string, holds: (value: unknown) => boolean]

const isFlag: Rule = ['true or false', (value) => typeof value === 'boolean']

/** Options that are there or not. An option means the same wherever it is given. */
const rules: Readonly<Record<string, Rule>> = {
  match: ['a function', (value) => typeof value === 'function'],
  since: ['what mark answered', Number.isSafeInteger],
  signal: ['an AbortSignal', (value) => value instanceof AbortSignal],
  name: ['a string that is not empty', (value) => typeof value === 'string' && value !== ''],
  link: isFlag,
  monitor: isFlag,
  flush: isFlag,
  priority: ["'high', 'normal' or 'low'", (value) => ['high', 'normal', 'low'].includes(value as string)],
}

const MAILBOX_NAMES = { capacity: true, overflow: true } as const

/** Throws unless these are options, with the `known` names if those are said; a wait may be `endless`. */
export const check = (options: object, known?: Known, endless = false): void => {
  if (typeof options !== 'object' || options === null) throw badArgument(TypeError, 'options', 'an object', options)
  const given = options as { readonly [option: string]: unknown }
  const { timeout, mailbox } = given
  const isEndless = endless && timeout === Number.POSITIVE_INFINITY
  if (timeout !== undefined && !isEndless) checkMs('options.timeout', timeout)
  if (mailbox !== undefined) checkMailbox(mailbox)
  for (const option in rules) {
    const value = given[option]
    if (value === undefined) continue
    const [wanted, holds] = rules[option]!
    if (!holds(value)) throw badArgument(TypeError, `options.${option}`, wanted, value)
  }
  if (known !== undefined) checkOptions('options', options, known)
}

const checkMailbox = (mailbox: unknown): void => {
  checkOptions('options.mailbox', mailbox, MAILBOX_NAMES)
  const { capacity, overflow } = mailbox as { capacity?: unknown; overflow?: unknown }
  if (!(Number.isInteger(capacity) && (capacity as number) >= 1 && (capacity as number) <= CAPACITY_MAX))
    throw badArgument(RangeError, 'options.mailbox.capacity', `a whole number from 1 to ${CAPACITY_MAX}`, capacity)
  if (!['drop-oldest', 'drop-newest', 'offer'].includes(overflow as string))
    throw badArgument(TypeError, 'options.mailbox.overflow', "'drop-oldest', 'drop-newest' or 'offer'", overflow)
}
