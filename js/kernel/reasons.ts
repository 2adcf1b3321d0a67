// Exit reasons as they cross: a kind and an encoded value. Owns the mapping between what users give, what travels and what
// is heard. A value that cannot cross is replaced by an error that says so: an exit is never lost for its reason.

import {
  REASON_ERROR,
  REASON_KILL,
  REASON_KILLED,
  REASON_NOPROC,
  REASON_NORMAL,
  REASON_SCHEDULER_DOWN,
  REASON_SHUTDOWN,
  REASON_USER,
} from '../native/layout.ts'
import type { ErrorDescription, ExitReason } from '../types.ts'
import type { Codec } from './codec/codec.ts'
import { isError } from './realms.ts'

/** What travels. */
export interface Told {
  /** The kind in the low 8 bits, the number that belongs to it above. */
  kind: number
  /** Bytes of the value in the codec's scratch buffer, 0 if there is none. */
  length: number
}

const KINDS: Record<ExitReason['kind'], number> = {
  normal: REASON_NORMAL,
  shutdown: REASON_SHUTDOWN,
  killed: REASON_KILLED,
  error: REASON_ERROR,
  noproc: REASON_NOPROC,
  'scheduler-down': REASON_SCHEDULER_DOWN,
  user: REASON_USER,
}

/** The highest number a scheduler can have. */
const SCHEDULER_LAST = 63

/** What a user gave as a reason, as data. `kill` is a request and becomes `killed`. */
export const toReason = (given: unknown): ExitReason => {
  if (given === undefined || given === 'normal') return { kind: 'normal' }
  if (given === 'shutdown') return { kind: 'shutdown' }
  if (given === 'kill') return { kind: 'killed' }
  if (isError(given)) return { kind: 'error', error: describe(given) }
  if (isReason(given)) return given
  return { kind: 'user', value: given }
}

/** Reasons that users may give as data; what only the runtime can know is a user's value when a user says it. */
const isReason = (given: unknown): given is ExitReason => {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return false
  const { kind, error, scheduler } = given as { kind?: unknown; error?: unknown; scheduler: number }
  if (kind === 'scheduler-down') return Number.isInteger(scheduler) && scheduler >= 0 && scheduler <= SCHEDULER_LAST
  if (kind === 'error') return typeof error === 'object' && error !== null && 'message' in error
  return kind === 'normal' || kind === 'shutdown' || kind === 'killed' || kind === 'noproc' || kind === 'user'
}

/** A thrown value as data. Never throws, whatever was thrown. */
export const describe = (thrown: unknown): ErrorDescription => {
  try {
    return isError(thrown)
      ? describeError(thrown)
      : { name: 'Error', message: `a body threw ${String(thrown)}`, cause: thrown }
  } catch {
    return { name: 'Error', message: 'a body threw something that cannot be shown' }
  }
}

const describeError = (thrown: Error): ErrorDescription => {
  const { code } = thrown as { code?: unknown }
  return {
    name: String(thrown.name),
    message: String(thrown.message),
    // Whoever sets Error.prepareStackTrace may make anything of it.
    stack: typeof thrown.stack === 'string' ? thrown.stack : undefined,
    ...(code === undefined ? {} : { code }),
    ...(thrown.cause === undefined ? {} : { cause: thrown.cause }),
  }
}

/** Encodes a reason into the codec's scratch buffer. */
export const encodeReason = (codec: Codec, reason: ExitReason): Told => {
  const kind = KINDS[reason.kind] | (reason.kind === 'scheduler-down' ? reason.scheduler << 8 : 0)
  const value = payloadOf(reason)
  if (value === undefined) return { kind, length: 0 }
  try {
    return { kind, length: codec.encodeWhole(value, 'reason') }
  } catch (uncrossable) {
    if (reason.kind === 'error') {
      return { kind, length: codec.encodeWhole(wordsOf(reason.error), 'reason') }
    }
    const message = `the exit reason could not cross: ${describe(uncrossable).message}`
    return { kind: REASON_ERROR, length: codec.encodeWhole({ name: 'UncrossableError', message }, 'reason') }
  }
}

/** What of an error crosses for certain. */
export const wordsOf = ({ name, message, stack }: ErrorDescription): ErrorDescription => ({
  name: typeof name === 'string' ? name : 'Error',
  message: typeof message === 'string' ? message : 'an error whose message is no text',
  stack: typeof stack === 'string' ? stack : undefined,
})

const payloadOf = (reason: ExitReason): unknown => {
  switch (reason.kind) {
    case 'shutdown':
    case 'user':
      return reason.value
    case 'error':
      return reason.error
    default:
      return undefined
  }
}

/** A reason that came: its kind and detail as told, its value already decoded. */
export const heardReason = (told: number, value: unknown): ExitReason => {
  switch (told & 255) {
    case REASON_NORMAL:
      return { kind: 'normal' }
    case REASON_SHUTDOWN:
      return value === undefined ? { kind: 'shutdown' } : { kind: 'shutdown', value }
    case REASON_KILL:
    case REASON_KILLED:
      return { kind: 'killed' }
    case REASON_ERROR:
      return { kind: 'error', error: value as ErrorDescription }
    case REASON_NOPROC:
      return { kind: 'noproc' }
    case REASON_SCHEDULER_DOWN:
      return { kind: 'scheduler-down', scheduler: told >>> 8 }
    default:
      return { kind: 'user', value }
  }
}
