// spawn, spawnLink, spawnMonitor: start a process. Owns the checks of what is spawned, where, and what it is given at birth; a
// closure begins here, a definition where it is put. A spawn that fails leaves nothing behind, no name either.

import { badArgument, stopped } from '../errors.ts'
import { OVERFLOW_DROP_NEWEST, OVERFLOW_DROP_OLDEST, OVERFLOW_OFFER } from '../kernel/bound.ts'
import type { Kernel } from '../kernel/kernel.ts'
import { spawnHere, spawnHereWith } from '../kernel/life.ts'
import { type Birth, PLAIN_BIRTH, postExit, postGiveBack, postRent, postSpawn, referenceOf } from '../kernel/post.ts'
import { postDedicated } from '../kernel/post-dedicated.ts'
import type { Body } from '../kernel/process.ts'
import {
  AT_ANY,
  AT_DEDICATED,
  AT_HERE,
  BIRTH_HEARD,
  BIRTH_HIGH,
  BIRTH_IS_RENTED,
  BIRTH_LINKED,
  BIRTH_LOW,
  BIRTH_OVERFLOW_SHIFT,
  BIRTH_WATCHED,
} from '../kernel/words.ts'
import { checkOptions } from '../options.ts'
import type { Pid, Sendable } from '../types.ts'
import { isDefinition } from './define.ts'
import { deskOf } from './desk.ts'
import { checkName, registerAs } from './names.ts'
import { MAILBOX_NAMES, SPAWN_NAMES } from './option-names.ts'
import type { Closure, Definition, Place, SpawnOptions } from './shapes.ts'
import { refuseCargoAmong } from './transfer.ts'
import { checkSignal } from './waits.ts'

/** What is spawned. */
export type What<N> = Closure<N> | Definition<N, readonly unknown[]>

/** The most that a mailbox may be bounded to. */
const CAPACITY_MAX = 2 ** 24
const NO_OPTIONS: SpawnOptions = {}
const PRIORITIES: Record<string, number> = { high: BIRTH_HIGH, normal: 0, low: BIRTH_LOW }

/** Somebody hears of the end from the start: the parent, or the desk. */
const HAS_WATCHER = BIRTH_WATCHED | BIRTH_HEARD
/** Under which that one hears of the end of the last process that was born so. */
let lastReference = 0

/** Starts `what` from the process `parent` of `kernel`, or from outside any (0). `ties` are BIRTH bits. */
export const spawn = <N>(
  kernel: Kernel,
  parent: number,
  what: What<N>,
  rest: unknown[],
  ties = 0,
): Pid<Sendable<N>> => {
  if (kernel.detached) throw stopped()
  // By itself, so that it stays small enough for V8 to make all of it one.
  if (ties === 0 && rest.length === 0 && typeof what === 'function') {
    return spawnHere(kernel, what as unknown as Body).pid as Pid<Sendable<N>>
  }
  return spawnWith(kernel, parent, what, rest, ties)
}

/** The same with options, or ties, or elsewhere. */
const spawnWith = <N>(
  kernel: Kernel,
  parent: number,
  what: What<N>,
  rest: unknown[],
  ties: number,
): Pid<Sendable<N>> => {
  if (isDefinition(what)) {
    const { options } = what
    const at = placeOf(kernel, options.on ?? 'any')
    refuseCargoAmong(rest)
    return deliver(kernel, parent, options, ties, (birth) => {
      const definition = kernel.around.define(kernel, what.url, what.name)
      if (at === AT_DEDICATED) return postDedicated(kernel, definition, rest, birth)
      return postSpawn(kernel, definition, rest, at, birth)
    })
  }
  if (typeof what !== 'function') throw badArgument(TypeError, 'body', 'a function or a definition', what)
  const options = (rest[0] ?? NO_OPTIONS) as SpawnOptions
  const body = what as unknown as Body
  if (options === NO_OPTIONS) return spawnTied(kernel, parent, body, ties) as Pid<Sendable<N>>
  checkHere(kernel, options)
  return deliver(kernel, parent, options, ties, (birth) => spawnHereWith(kernel, body, birth).pid)
}

/** A closure that is given nothing but ties. */
const spawnTied = (kernel: Kernel, parent: number, body: Body, ties: number): number => {
  const { pid } = spawnHereWith(kernel, body, { given: ties, parent, rented: 0, capacity: 0 })
  if ((ties & HAS_WATCHER) !== 0) lastReference = referenceOf(kernel)
  return pid
}

/** The same, and the reference under which the parent will hear of its end. */
export const spawnMonitor = <N>(
  kernel: Kernel,
  parent: number,
  what: What<N>,
  rest: unknown[],
): readonly [pid: Pid<Sendable<N>>, ref: number] => {
  const pid = spawn(kernel, parent, what, rest, BIRTH_WATCHED)
  return [pid, lastReference]
}

/**
 * The same, of whose end the desk of `kernel`, which there must be, hears under that reference: no end of a process that somebody there
 * waits for goes unheard, however soon it comes. `ties` are BIRTH bits for `parent`.
 */
export const spawnHeard = <N>(
  kernel: Kernel,
  parent: number,
  what: What<N>,
  rest: unknown[],
  ties = 0,
): readonly [pid: Pid<Sendable<N>>, ref: number] => {
  const pid = spawn(kernel, parent, what, rest, ties | BIRTH_HEARD)
  return [pid, lastReference]
}

/** Has `start` make the process with what the options give it. */
const deliver = <N>(
  kernel: Kernel,
  parent: number,
  options: SpawnOptions,
  ties: number,
  start: (birth: Birth) => number,
): Pid<Sendable<N>> => {
  const { capacity, overflow } = boundOf(options)
  const given = ties | givenBy(parent, options) | (overflow << BIRTH_OVERFLOW_SHIFT)
  const pid = giveBirth(kernel, parent, options, given, capacity, start)
  // The next crossing answers something else.
  if ((given & HAS_WATCHER) !== 0) lastReference = referenceOf(kernel)
  if (options.signal !== undefined) endWith(kernel, pid, options.signal)
  return pid as Pid<Sendable<N>>
}

/** Has the process `pid` end with `signal`. */
const endWith = (kernel: Kernel, pid: number, signal: AbortSignal): void => {
  const reason = { kind: 'shutdown' } as const
  if (signal.aborted) return postExit(kernel, 0, pid, reason, false)
  const desk = deskOf(kernel)
  const onAbort = (): void => {
    if (kernel.detached) return
    postExit(kernel, 0, pid, reason, false)
  }
  signal.addEventListener('abort', onAbort, { once: true })
  // A signal may outlive many processes: it must not keep them all in mind.
  desk.watch(pid, () => signal.removeEventListener('abort', onAbort))
}

const giveBirth = (
  kernel: Kernel,
  parent: number,
  options: SpawnOptions,
  given: number,
  capacity: number,
  start: (birth: Birth) => number,
): number => {
  const { name } = options
  if (given === 0 && name === undefined) return start(PLAIN_BIRTH)
  if (name === undefined) return start({ given, parent, rented: 0, capacity })
  checkName('options.name', name)
  const rented = postRent(kernel)
  try {
    registerAs(kernel, name, rented)
    return start({ given: given | BIRTH_IS_RENTED, parent, rented, capacity })
  } catch (error) {
    postGiveBack(kernel, rented)
    throw error
  }
}

const givenBy = (parent: number, options: SpawnOptions): number => {
  const { link = false, monitor = false, priority = 'normal', signal } = options
  checkSignal(signal)
  for (const [tie, value] of [
    ['link', link],
    ['monitor', monitor],
  ] as const) {
    if (typeof value !== 'boolean') throw badArgument(TypeError, `options.${tie}`, 'true or false', value)
    if (value && parent === 0)
      throw badArgument(TypeError, `options.${tie}`, 'false where no process spawns: nobody would hear', value)
  }
  const first = Object.hasOwn(PRIORITIES, priority) ? PRIORITIES[priority] : undefined
  if (first === undefined) throw badArgument(TypeError, 'options.priority', "'high', 'normal' or 'low'", priority)
  return (link ? BIRTH_LINKED : 0) | (monitor ? BIRTH_WATCHED : 0) | first
}

const UNBOUNDED = { capacity: 0, overflow: 0 }
const OVERFLOWS: Record<string, number> = {
  'drop-newest': OVERFLOW_DROP_NEWEST,
  'drop-oldest': OVERFLOW_DROP_OLDEST,
  offer: OVERFLOW_OFFER,
}

const boundOf = ({ mailbox }: SpawnOptions): { capacity: number; overflow: number } => {
  if (mailbox === undefined) return UNBOUNDED
  checkOptions('options.mailbox', mailbox, MAILBOX_NAMES)
  const { capacity, overflow } = mailbox
  if (!(Number.isInteger(capacity) && capacity >= 1 && capacity <= CAPACITY_MAX)) {
    throw badArgument(RangeError, 'options.mailbox.capacity', `a whole number from 1 to ${CAPACITY_MAX}`, capacity)
  }
  const known = Object.hasOwn(OVERFLOWS, overflow) ? OVERFLOWS[overflow] : undefined
  if (known === undefined) {
    throw badArgument(TypeError, 'options.mailbox.overflow', "'drop-oldest', 'drop-newest' or 'offer'", overflow)
  }
  return { capacity, overflow: known }
}

const checkHere = (kernel: Kernel, options: SpawnOptions): void => {
  if (options !== NO_OPTIONS) checkOptions('options', options, SPAWN_NAMES)
  const { on = 'here' } = options
  if (on === 'here' || on === kernel.id) return
  const wanted = `'here': a closure cannot leave its scheduler; use define() to run elsewhere`
  throw badArgument(RangeError, 'options.on', wanted, on)
}

const placeOf = (kernel: Kernel, on: Place): number => {
  if (on === 'any') return AT_ANY
  if (on === 'here') return AT_HERE
  if (on === 'dedicated') return AT_DEDICATED
  if (Number.isInteger(on) && on >= 0 && on < kernel.handle.regularSeats) return on
  const last = kernel.handle.regularSeats - 1
  throw badArgument(RangeError, 'options.on', `'any', 'here', 'dedicated' or a scheduler from 0 to ${last}`, on)
}
