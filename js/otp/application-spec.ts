// What an application is: its name, whom it needs, how it starts and stops. Owns the checks of that, and of who needs whom, which name
// the place of a mistake and the way to it.

import { badArgument } from '../errors.ts'
import { checkOptions, type Names } from '../options.ts'
import type { Self } from '../process/shapes.ts'
import { checkMs } from '../process/waits.ts'
import type { SupervisorOptions } from './child-spec.ts'
import { type ConfigOf, type ConfigShape, checkShape } from './config-shape.ts'
import type { AnyBody } from './starting.ts'

/** What an application may ask of the process that looks after it: questions, waits, its pid and its runtime. */
export type ApplicationSelf = Pick<Self<never>, 'pid' | 'runtime' | 'call' | 'sleep'>

/** What the callbacks of an application are given beside that. */
export interface ApplicationContext<Config> {
  /** Its configuration, read and frozen. */
  readonly config: Config
  /** Aborts when what runs has no more time: a start that is not wanted any more, a `drain` or `stop` whose deadline is over. */
  readonly signal: AbortSignal
  /** All that were started together. */
  readonly applications: Applications
  /** Says that the application is ready, or is not any more. Before its top process has started it waits for that. */
  ready(isReady?: boolean): void
}

/** One application: a part of a program that is started and stopped as one. */
export interface ApplicationSpec<Shape extends ConfigShape = ConfigShape> {
  /** What it is called, unique among those that are started together. */
  readonly name: string
  /** The names of those that must be ready before it starts; it is stopped before they are. */
  readonly needs?: readonly string[]
  /**
   * What its end means, as in OTP: `'permanent'`, unless given: whenever it ends by itself, all others are stopped; `'transient'`: unless
   * its reason is normal; `'temporary'`: it is told, and the others go on. An application is never started anew: that is the business
   * of its supervisors.
   */
  readonly type?: 'permanent' | 'transient' | 'temporary'
  /** What its configuration is like. */
  readonly config?: Shape
  /**
   * Whether it is ready as soon as its top process has started (`'started'`, unless given), or when it says so by `context.ready()`
   * (`'told'`).
   */
  readonly readiness?: 'started' | 'told'
  /** How long it may take from its start until it is ready, in milliseconds: 60 000 unless given, Infinity for as long as it takes. */
  readonly startTimeout?: number
  /**
   * Answers what its top process is: the options of a supervisor, or a body, whose end is that of the application. What it throws
   * is why the application could not start.
   */
  start(self: ApplicationSelf, context: ApplicationContext<ConfigOf<Shape>>): Top | PromiseLike<Top>
  /** Called first when it is to stop, while everything in it still runs: takes nothing new, and resolves when what is under way is done. */
  drain?(self: ApplicationSelf, context: ApplicationContext<ConfigOf<Shape>>): unknown
  /** Called last, when its top process has ended, for whatever reason: gives back what `start` has taken. */
  stop?(self: ApplicationSelf, context: ApplicationContext<ConfigOf<Shape>>): unknown
}

/** The top of an application: a supervisor, by its options, or a body. */
export type Top = SupervisorOptions | AnyBody

/** An application, whatever its configuration is like. */
// biome-ignore lint/suspicious/noExplicitAny: of any shape
export type Application = ApplicationSpec<any>

/** How one application stands. */
export interface ApplicationView {
  /** Its name. */
  readonly name: string
  /**
   * `'waiting'`: for those it needs; `'starting'`; `'running'`; `'stopping'`; `'stopped'`: as it was asked to, or normally by itself, or
   * never started; `'crashed'`: it ended by itself when it should not, or did not start.
   */
  readonly state: 'waiting' | 'starting' | 'running' | 'stopping' | 'stopped' | 'crashed'
  /** Whether it is. */
  readonly ready: boolean
}

/** How all stand: what a health endpoint answers. */
export interface Health {
  /** Whether each is ready, or has ended normally by itself, and none is being stopped. */
  readonly ready: boolean
  /** Whether they are to stop, or have. */
  readonly stopping: boolean
  /** Each, in the order in which they were given. */
  readonly applications: readonly ApplicationView[]
}

/** What became of applications. */
export interface ApplicationOutcome {
  /** For `process.exitCode`: 0 only if each has stopped in its time and nothing has crashed. */
  readonly code: number
  /**
   * Why they were to stop: a signal; `'stop'`, by a call; `'exit'`, with who started them; `'crash'`, by one of them. Nothing if all have
   * ended normally by themselves.
   */
  readonly asked: string | undefined
  /** Those that crashed, in that order. */
  readonly crashed: readonly string[]
  /** Those that were killed, because the deadline was over or a second signal came. */
  readonly killed: readonly string[]
  /** Crash reports from the moment on at which they were asked to stop, as the host hears them: 0 where a scheduler thread started them. */
  readonly crashes: number
}

/** Applications that were started together, as the thread that started them holds them. */
export interface Applications extends AsyncDisposable {
  /** How they stand, at once. On another scheduler: `call(name, 'health')` to the name that was given to `startApplication`. */
  health(): Health
  /**
   * Resolves when an application is ready, or all are: at once if so.
   *
   * Throws RangeError `ERR_RUMPUS_OUT_OF_RANGE` for a name that none has. Rejects with RumpusError `ERR_RUMPUS_NOT_READY` if it never will
   * be, and as `call` does.
   *
   * @param name - whose; all unless given
   * @param options - how long to wait: as long as it takes unless given
   */
  whenReady(name?: string, options?: { readonly timeout?: number; readonly signal?: AbortSignal }): Promise<void>
  /** Stops all in good order, within the deadline. Resolves as {@link Applications.over}; what is a part of them must not wait for that. */
  stop(): Promise<ApplicationOutcome>
  /** Resolves when none runs any more. Never rejects. */
  readonly over: Promise<ApplicationOutcome>
}

const NAMES: Names<Application> = {
  name: true,
  needs: true,
  type: true,
  config: true,
  readiness: true,
  startTimeout: true,
  start: true,
  drain: true,
  stop: true,
}
const TYPES: readonly unknown[] = ['permanent', 'transient', 'temporary']
const READINESS: readonly unknown[] = ['started', 'told']

/** Throws unless `spec` is one; `path` is where it stands. */
export const checkApplication = (spec: unknown, path: string): void => {
  if (typeof spec !== 'object' || spec === null) throw badArgument(TypeError, path, 'an application', spec)
  checkOptions(path, spec, NAMES)
  const { name, needs = [], type = 'permanent', readiness = 'started', startTimeout = 0 } = spec as Application
  if (typeof name !== 'string' || name === '') throw badArgument(TypeError, `${path}.name`, 'a name', name)
  if (!Array.isArray(needs)) throw badArgument(TypeError, `${path}.needs`, 'an array of names', needs)
  for (const [at, need] of needs.entries()) {
    if (typeof need !== 'string')
      throw badArgument(TypeError, `${path}.needs[${at}]`, 'the name of an application', need)
  }
  if (!TYPES.includes(type))
    throw badArgument(TypeError, `${path}.type`, "'permanent', 'transient' or 'temporary'", type)
  if (!READINESS.includes(readiness))
    throw badArgument(TypeError, `${path}.readiness`, "'started' or 'told'", readiness)
  if (startTimeout !== Number.POSITIVE_INFINITY) checkMs(`${path}.startTimeout`, startTimeout)
  const { config, start, drain, stop } = spec as Application
  if (config !== undefined) checkShape(config, `${path}.config`)
  if (typeof start !== 'function') throw badArgument(TypeError, `${path}.start`, 'a function', start)
  for (const [callback, value] of Object.entries({ drain, stop })) {
    if (value !== undefined && typeof value !== 'function')
      throw badArgument(TypeError, `${path}.${callback}`, 'a function', value)
  }
}

/** Checks those that are to be started together, and answers them. */
export const checkApplications = (given: Application | readonly Application[]): readonly Application[] => {
  const all: readonly Application[] = Array.isArray(given) ? given : [given]
  const path = (at: number): string => (Array.isArray(given) ? `applications[${at}]` : 'application')
  if (all.length === 0) throw badArgument(RangeError, 'applications', 'one at least', 'none')
  for (const [at, spec] of all.entries()) checkApplication(spec, path(at))
  const places = new Map<string, number>()
  for (const [at, { name }] of all.entries()) {
    if (places.has(name)) throw badArgument(RangeError, `${path(at)}.name`, 'one that no other has', name)
    places.set(name, at)
  }
  checkNeeds(all, places, path)
  return all
}

/** Throws if somebody needs who is not there, or who needs them in turn: with the way from one that nobody need know of. */
const checkNeeds = (
  all: readonly Application[],
  places: ReadonlyMap<string, number>,
  path: (at: number) => string,
): void => {
  const done = new Set<number>()
  for (const first of all.keys()) {
    /** The way from the first to where we are, and who of the needs of each comes next. */
    const way: { at: number; next: number }[] = [{ at: first, next: 0 }]
    const onTheWay = new Set([first])
    while (way.length > 0) {
      const here = way[way.length - 1]!
      const { needs = [] } = all[here.at]!
      if (done.has(here.at) || here.next === needs.length) {
        done.add(here.at)
        onTheWay.delete(here.at)
        way.pop()
        continue
      }
      const need = needs[here.next++]!
      const at = places.get(need)
      if (at === undefined || onTheWay.has(at)) {
        const wanted = at === undefined ? 'the name of an application' : 'one that does not need it in turn'
        const shown = [...way.map(({ at }) => all[at]!.name), need].join(' → ')
        throw badArgument(RangeError, `${path(here.at)}.needs[${here.next - 1}]`, `${wanted} (${shown})`, need)
      }
      way.push({ at, next: 0 })
      onTheWay.add(at)
    }
  }
}
