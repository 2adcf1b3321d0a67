// What a supervisor is told: its options and the specs of its children. Owns their checks, which name the place of a mistake, and the
// form in which a spec is kept, which can cross if what it starts is a definition.

import { badArgument, RumpusError } from '../errors.ts'
import { checkOptions, type Names } from '../options.ts'
import { isDefinition } from '../process/define.ts'
import { PLACE_NAMES } from '../process/option-names.ts'
import type { SpawnOptions } from '../process/shapes.ts'
import { checkMs } from '../process/waits.ts'
import type { Backoff } from './restarts.ts'
import { bodyOfServer, type Callbacks, isCallbacks, isServerClass, type ServerClass } from './start-server.ts'
import { type AnyBody, type AnyDefinition, isStarting } from './starting.ts'

/** What a child can be. */
// biome-ignore lint/suspicious/noExplicitAny: whatever its messages are
export type Startable = ServerClass<any, any, any> | Callbacks<any, any, any> | AnyBody | StartableDefinition

/** A definition of a body, a server or a supervisor. */
export interface StartableDefinition {
  /** The module that has it. */
  readonly url: string
  /** Its name there. */
  readonly name: string
  /** What it runs. */
  readonly body: (self: never, ...args: never) => unknown
  /** What `with` has given it. */
  readonly options: SpawnOptions
}

/** One child of a supervisor. */
export interface ChildSpec extends Pick<SpawnOptions, 'on' | 'name' | 'priority' | 'mailbox'> {
  /** What it is called in its supervisor. A dynamic supervisor knows its children by their pids and needs none. */
  readonly id?: string
  /**
   * What it is: a class that extends `Server` or an object of callbacks, a closure, a definition, or what `supervisor` answered. A
   * definition is started where there is room unless `on` says otherwise, and so somewhere else when its thread has died.
   */
  readonly start: Startable
  /** For `init`, or for the body behind `self`. */
  readonly args?: readonly unknown[]
  /**
   * When it is started anew: `'permanent'`, always, unless given; `'transient'`, if it ended other than normally or by a shutdown;
   * `'temporary'`, never, and it is forgotten.
   */
  readonly restart?: 'permanent' | 'transient' | 'temporary'
  /**
   * How it is ended: it is asked to, and killed so many milliseconds later, 5000 unless given; Infinity: never, which is so for
   * supervisors unless given; `'brutal'`: killed at once.
   */
  readonly shutdown?: number | 'brutal'
  /** How long its `init` may take, in milliseconds; 5000 unless given, Infinity for supervisors. */
  readonly startTimeout?: number
  /** Whether its end by itself may end the supervisor, see `autoShutdown`. Not for one that is permanent. */
  readonly significant?: boolean
}

/** How a supervisor is. */
export interface SupervisorOptions {
  /**
   * Who is restarted when one child must be: that one (`'one_for_one'`, unless given), all (`'one_for_all'`), or it and those that
   * were started after it (`'rest_for_one'`). `'dynamic'`: that one, and children come by `startChild` only, as many as you like.
   */
  readonly strategy?: 'one_for_one' | 'one_for_all' | 'rest_for_one' | 'dynamic'
  /** In the order in which they are started; they are ended in reverse. */
  readonly children?: readonly ChildSpec[]
  /** Restarts, of all children together, within {@link SupervisorOptions.within}; with one more it gives up and ends. 1 unless given. */
  readonly maxRestarts?: number
  /** In milliseconds; 5000 unless given. */
  readonly within?: number
  /** How long to wait before a restart; not at all unless given. */
  readonly backoff?: Backoff
  /** Of a dynamic supervisor: how many children at most; Infinity unless given. */
  readonly maxChildren?: number
  /**
   * Whether it ends, with `'shutdown'`, when significant children have ended by themselves: `'never'`, unless given; when one has
   * (`'any_significant'`), when the last has (`'all_significant'`).
   */
  readonly autoShutdown?: 'never' | 'any_significant' | 'all_significant'
}

/** A spec as a supervisor keeps it. */
export interface Kept {
  readonly id: string | undefined
  /** A body, or what names a definition. */
  readonly what: AnyBody | { readonly url: string; readonly name: string; readonly options: SpawnOptions }
  /** It says when it has started. */
  readonly starts: boolean
  readonly isSupervisor: boolean
  readonly args: readonly unknown[]
  readonly restart: 'permanent' | 'transient' | 'temporary'
  readonly shutdown: number | 'brutal'
  readonly startTimeout: number
  readonly significant: boolean
  readonly options: Pick<SpawnOptions, 'on' | 'name' | 'priority' | 'mailbox'>
}

/** Options as a supervisor keeps them. */
export interface KeptOptions {
  readonly strategy: 'one_for_one' | 'one_for_all' | 'rest_for_one' | 'dynamic'
  readonly children: readonly Kept[]
  readonly maxRestarts: number
  readonly within: number
  readonly backoff: Backoff | undefined
  readonly maxChildren: number
  readonly autoShutdown: 'never' | 'any_significant' | 'all_significant'
}

/** What a spec may say. */
export const SPEC_NAMES: Names<ChildSpec> = {
  ...PLACE_NAMES,
  id: true,
  start: true,
  args: true,
  restart: true,
  shutdown: true,
  startTimeout: true,
  significant: true,
}
/** What the options of a supervisor may say. */
export const SUPERVISOR_NAMES: Names<SupervisorOptions> = {
  strategy: true,
  children: true,
  maxRestarts: true,
  within: true,
  backoff: true,
  maxChildren: true,
  autoShutdown: true,
}
const BACKOFF_NAMES: Names<Backoff> = { first: true, most: true, jitter: true, random: true }
const STRATEGIES = ['one_for_one', 'one_for_all', 'rest_for_one', 'dynamic']
const RESTARTS = ['permanent', 'transient', 'temporary']
const AUTO = ['never', 'any_significant', 'all_significant']
const SHUTDOWN_MS = 5_000
const START_MS = 5_000
const RESTARTS_MAX = 2 ** 24

const supervisors = new WeakSet<object>()

/** From now on `body` is known as that of a supervisor. */
export const markSupervisor = (body: object): void => void supervisors.add(body)

/** Checks options and answers them as they are kept. */
export const keepOptions = (options: SupervisorOptions): KeptOptions => {
  checkOptions('options', options, SUPERVISOR_NAMES)
  const { strategy = 'one_for_one', children = [], maxRestarts = 1, within = 5_000, backoff } = options
  const { maxChildren = Number.POSITIVE_INFINITY, autoShutdown = 'never' } = options
  checkWord('options.strategy', strategy, STRATEGIES)
  checkWord('options.autoShutdown', autoShutdown, AUTO)
  checkCount('options.maxRestarts', maxRestarts, RESTARTS_MAX)
  checkMs('options.within', within, 1)
  if (maxChildren !== Number.POSITIVE_INFINITY) checkCount('options.maxChildren', maxChildren, Number.MAX_SAFE_INTEGER)
  if (backoff !== undefined) checkBackoff(backoff)
  if (!Array.isArray(children)) throw badArgument(TypeError, 'options.children', 'an array', children)
  if (strategy === 'dynamic' && children.length > 0) {
    throw badArgument(TypeError, 'options.children', 'none where the strategy is dynamic: use startChild', children)
  }
  if (strategy !== 'dynamic' && options.maxChildren !== undefined) {
    throw badArgument(TypeError, 'options.maxChildren', 'left out where the strategy is not dynamic', maxChildren)
  }
  const kept = children.map((spec, at) => keepSpec(spec, `options.children[${at}]`, strategy, autoShutdown))
  const ids = new Set<string | undefined>()
  for (const [at, { id }] of kept.entries()) {
    if (ids.has(id)) throw badArgument(RangeError, `options.children[${at}].id`, 'one that no other child has', id)
    ids.add(id)
  }
  return { strategy, children: kept, maxRestarts, within, backoff, maxChildren, autoShutdown }
}

/** Checks a spec and answers it as it is kept; `path` is where it stands. */
export const keepSpec = (
  spec: ChildSpec,
  path: string,
  strategy?: KeptOptions['strategy'],
  autoShutdown?: KeptOptions['autoShutdown'],
): Kept => {
  checkOptions(path, spec, SPEC_NAMES)
  const { id, start, args = [], restart = 'permanent', significant = false, on, name, priority, mailbox } = spec
  if ((strategy !== undefined && strategy !== 'dynamic') || id !== undefined) {
    if (typeof id !== 'string' || id === '')
      throw badArgument(TypeError, `${path}.id`, 'a string that is not empty', id)
  }
  const { what, body } = whatOf(start, path)
  const isSupervisor = supervisors.has(body)
  const { shutdown = isSupervisor ? Number.POSITIVE_INFINITY : SHUTDOWN_MS } = spec
  const { startTimeout = isSupervisor ? Number.POSITIVE_INFINITY : START_MS } = spec
  if (!Array.isArray(args)) throw badArgument(TypeError, `${path}.args`, 'an array', args)
  checkWord(`${path}.restart`, restart, RESTARTS)
  if (shutdown !== 'brutal' && shutdown !== Number.POSITIVE_INFINITY) checkTime(`${path}.shutdown`, shutdown)
  if (startTimeout !== Number.POSITIVE_INFINITY) checkMs(`${path}.startTimeout`, startTimeout)
  if (typeof significant !== 'boolean')
    throw badArgument(TypeError, `${path}.significant`, 'true or false', significant)
  checkSignificant(path, significant, restart, autoShutdown)
  if (name !== undefined && (typeof name !== 'string' || name === '')) {
    throw badArgument(TypeError, `${path}.name`, 'a string that is not empty', name)
  }
  checkPlace(`${path}.on`, on, typeof what === 'function')
  const options = {
    ...(on === undefined ? {} : { on }),
    ...(name === undefined ? {} : { name }),
    ...(priority === undefined ? {} : { priority }),
    ...(mailbox === undefined ? {} : { mailbox }),
  }
  const starts = isStarting(body)
  return { id, what, starts, isSupervisor, args, restart, shutdown, startTimeout, significant, options }
}

const whatOf = (start: unknown, path: string): { what: Kept['what']; body: AnyBody } => {
  if (isDefinition(start)) {
    const { url, name, options, body } = start as AnyDefinition
    return { what: { url, name, options }, body: body as AnyBody }
  }
  if (isServerClass(start) || isCallbacks(start)) {
    const body = bodyOfServer(start) as AnyBody
    return { what: body, body }
  }
  if (typeof start === 'function') return { what: start as AnyBody, body: start as AnyBody }
  const wanted = 'a class that extends Server, an object of callbacks, a body, a definition or a supervisor'
  throw badArgument(TypeError, `${path}.start`, wanted, start)
}

const checkSignificant = (
  path: string,
  significant: boolean,
  restart: Kept['restart'],
  autoShutdown: KeptOptions['autoShutdown'] | undefined,
): void => {
  if (!significant) return
  if (restart === 'permanent') {
    throw badArgument(TypeError, `${path}.significant`, 'false for a child that is permanent', significant)
  }
  if (autoShutdown === 'never') {
    throw badArgument(TypeError, `${path}.significant`, "false where autoShutdown is 'never'", significant)
  }
}

const checkPlace = (path: string, on: unknown, isHere: boolean): void => {
  const known = on === undefined || on === 'any' || on === 'here' || on === 'dedicated' || Number.isInteger(on)
  if (!known) throw badArgument(TypeError, path, "'any', 'here', 'dedicated' or a scheduler", on)
  if (isHere && on !== undefined && on !== 'here') {
    throw badArgument(RangeError, path, "'here': what is no definition cannot leave its scheduler", on)
  }
}

const checkBackoff = (backoff: Backoff): void => {
  checkOptions('options.backoff', backoff, BACKOFF_NAMES)
  const { first, most, jitter = 0, random } = backoff
  checkMs('options.backoff.first', first)
  checkMs('options.backoff.most', most)
  if (!(typeof jitter === 'number' && jitter >= 0 && jitter <= 1)) {
    throw badArgument(RangeError, 'options.backoff.jitter', 'a number from 0 to 1', jitter)
  }
  if (random !== undefined && typeof random !== 'function') {
    throw badArgument(TypeError, 'options.backoff.random', 'a function', random)
  }
}

const checkWord = (path: string, value: unknown, words: readonly string[]): void => {
  if (words.includes(value as string)) return
  throw badArgument(TypeError, path, `one of ${words.map((word) => `'${word}'`).join(', ')}`, value)
}

const checkCount = (path: string, value: unknown, most: number): void => {
  if (Number.isInteger(value) && (value as number) >= 0 && (value as number) <= most) return
  throw badArgument(RangeError, path, `a whole number from 0 to ${most}`, value)
}

const checkTime = (path: string, value: unknown): void => {
  if (typeof value !== 'number') throw badArgument(TypeError, path, "a number of milliseconds or 'brutal'", value)
  checkMs(path, value)
}

/** What of a spec only the supervisor can tell, once it has come. */
export const keepSpecIn = (spec: Kept, isDynamic: boolean, autoShutdown: KeptOptions['autoShutdown']): Kept => {
  if (isDynamic) return spec.id === undefined ? spec : { ...spec, id: undefined }
  if (spec.id === undefined) throw new RumpusError('ERR_RUMPUS_CHILD', 'a child needs an id here')
  if (spec.significant && autoShutdown === 'never') {
    throw new RumpusError('ERR_RUMPUS_CHILD', "no child is significant where autoShutdown is 'never'")
  }
  return spec
}
