// application, startApplication: applications as others see them, beside other processes of a runtime. Owns the checks of the options
// and what reads the configuration; a program that is made of nothing else is run by `run-application.ts`.

import { badArgument } from '../errors.ts'
import { checkOptions, type Known, type Names } from '../options.ts'
import { runtimeOf } from '../process/runtime.ts'
import type { Runtime, Self } from '../process/shapes.ts'
import { checkMs } from '../process/waits.ts'
import type { Pid } from '../types.ts'
import { Part } from './application-life.ts'
import { ApplicationLoop } from './application-loop.ts'
import { codeOfSignal } from './application-outcome.ts'
import {
  type Application,
  type ApplicationSpec,
  type Applications,
  checkApplication,
  checkApplications,
} from './application-spec.ts'
import { ConfigError, ConfigReader, type Environment } from './config.ts'
import type { ConfigShape } from './config-shape.ts'
import { isEnd } from './signals.ts'
import { start } from './start-server.ts'
import { type Given, markStarting, starterOf } from './starting.ts'

/** How applications are started. */
export interface ApplicationOptions {
  /** Their configurations, by their names. */
  readonly config?: Readonly<Record<string, unknown>>
  /** What overrides them, as the fields say: `process.env` unless given. */
  readonly env?: Environment
  /**
   * How long they may take to stop, all together, in milliseconds: 8000 unless given, Infinity for as long as it takes. What still runs then
   * is killed. Give it less than whoever ends the program does: Docker waits ten seconds.
   */
  readonly deadline?: number
}

/** Who says that a program is to stop: `process`, or an `EventEmitter` in tests. */
export type SignalSource = Pick<NodeJS.EventEmitter, 'on' | 'off'>

/** How applications are started beside other processes. */
export interface StartApplicationOptions extends ApplicationOptions {
  /** The name of the process that looks after them all, by which any scheduler can `call` it: `'health'` is answered with {@link Applications.health}. */
  readonly name?: string
  /** Whose SIGTERM and SIGINT stop them: the first in good order, a second at once. Nobody's unless given. */
  readonly signals?: SignalSource
}

/** The options of applications, wherever they run. */
export const APPLICATION_NAMES: Names<ApplicationOptions> = { config: true, env: true, deadline: true }
const NAMES: Names<StartApplicationOptions> = { ...APPLICATION_NAMES, name: true, signals: true }

/** The signals that ask a program to stop. */
const STOPPING = ['SIGTERM', 'SIGINT'] as const
/** Of the stop, unless given. */
export const DEADLINE_MS = 8_000

/**
 * Checks an application, and has the compiler know its configuration: answers it as it is.
 *
 * For a part of a program with a beginning and an end of its own: a pool of connections, a queue and its workers, a web server. What is
 * always started and stopped with something else is a child of its supervisor.
 *
 * @param spec - what it is like
 * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`, RangeError `ERR_RUMPUS_OUT_OF_RANGE` with the path of what is wrong
 * @example
 * ```ts
 * import { run } from 'rumpus'
 * import { application, Server, startApplication } from 'rumpus/otp'
 * import assert from 'node:assert/strict'
 *
 * class Greeter extends Server {
 *   init(greeting) {
 *     this.greeting = greeting
 *   }
 *   handleCall = (name) => `${this.greeting}, ${name}`
 * }
 *
 * const greeter = application({
 *   name: 'greeter',
 *   config: { greeting: { type: 'string', default: 'Hello', env: 'GREETING' } },
 *   start: (self, { config }) => ({
 *     children: [{ id: 'greeter', start: Greeter, name: 'greeter', args: [config.greeting] }],
 *   }),
 * })
 *
 * await run(async (self) => {
 *   const applications = await startApplication(self, greeter, { env: { GREETING: 'Welcome' } })
 *   assert.equal(await self.call('greeter', 'Ada'), 'Welcome, Ada')
 *   assert.equal((await applications.stop()).code, 0)
 * })
 * ```
 */
export const application = <const Shape extends ConfigShape>(spec: ApplicationSpec<Shape>): ApplicationSpec<Shape> => {
  checkApplication(spec, 'application')
  return spec
}

/**
 * Starts applications beside other processes, each when those that it needs are ready, and resolves when all are. If one cannot be
 * started, those that were are stopped, in reverse, and this rejects.
 *
 * For programs that do more, and for tests, in which `simulate` makes an hour of them short. A program that is made of applications is
 * run by {@link runApplication}, which ends it with the right code.
 *
 * @param parent - the process with whose end they are stopped, or the runtime, which is held while they run
 * @param applications - one or many
 * @param options - their configuration, their deadline, who may stop them
 * @returns how to ask for them, and to stop them
 * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`, RangeError `ERR_RUMPUS_OUT_OF_RANGE` for what is wrong, and for a need that nobody meets or
 * that needs itself, with the way to it; rejects with {@link ConfigError}, with RumpusError `ERR_RUMPUS_APPLICATION` that says which did not
 * start and why (`cause`), and `ERR_RUMPUS_STOPPED` if they were stopped before all were ready
 * @example
 * ```ts
 * import { simulate } from 'rumpus'
 * import { application, startApplication } from 'rumpus/otp'
 * import { EventEmitter } from 'node:events'
 * import assert from 'node:assert/strict'
 *
 * const order = []
 * const part = (name, needs) =>
 *   application({
 *     name,
 *     needs,
 *     start: () => void order.push(`start ${name}`) ?? {},
 *     drain: (self) => self.sleep(3_000),
 *     stop: () => void order.push(`stop ${name}`),
 *   })
 *
 * await simulate({ seed: 1 }, async (self, simulation) => {
 *   const signals = new EventEmitter()
 *   const applications = await startApplication(self, [part('web', ['db']), part('db')], { signals })
 *   signals.emit('SIGTERM', 'SIGTERM')
 *   assert.equal((await applications.over).code, 0)
 *   assert.deepEqual(order, ['start db', 'start web', 'stop web', 'stop db'])
 *   assert(simulation.now() >= 6_000)
 * })
 * ```
 */
export const startApplication = (
  parent: Self<never> | Runtime | { readonly pid: Pid<never> },
  applications: Application | readonly Application[],
  options: StartApplicationOptions = {},
): Promise<Applications> => {
  const specs = checkApplications(applications)
  checkApplicationOptions(options, NAMES)
  const { signals } = options
  if (signals !== undefined && typeof (signals as Partial<SignalSource> | null)?.on !== 'function') {
    throw badArgument(TypeError, 'options.signals', 'an emitter of events', signals)
  }
  starterOf(parent)
  return startChecked(parent, specs, options)
}

const startChecked = async (
  parent: unknown,
  specs: readonly Application[],
  options: StartApplicationOptions,
): Promise<Applications> => {
  const { signals, name } = options
  const loop = loopOf(specs, options, () => {})
  if (signals !== undefined) {
    const unlisten = listen(signals, (signal, isFirst) => {
      if (isFirst) void loop.stop(signal)
      else loop.force(codeOfSignal(signal))
    })
    void loop.over.then(unlisten)
  }
  await startLoop(parent, loop, name)
  return loop
}

/** Starts the process that looks after them; resolves when all are ready. */
export const startLoop = async (parent: unknown, loop: ApplicationLoop, name?: string): Promise<void> => {
  const { kernel, process } = starterOf(parent)
  // A root that waits for them holds the event loop.
  if (process === undefined) {
    runtimeOf(kernel)
      .run(() => loop.over)
      .catch(() => {})
  }
  const body = markStarting((self: never, given: Given) => loop.run(self, given, process?.pid ?? 0))
  try {
    const named = name === undefined ? {} : { name }
    await start(parent, body, { timeout: Number.POSITIVE_INFINITY, link: false, ...named })
  } catch (error) {
    // The parent must end; they are stopped when it has.
    if (isEnd(error)) throw error
    loop.endUnlessBegun()
    await loop.over
    throw loop.failure ?? error
  }
}

/** The loop of applications that have been checked, with their configurations. Throws a ConfigError. */
export const loopOf = (
  specs: readonly Application[],
  options: ApplicationOptions,
  onStop: () => void,
): ApplicationLoop => {
  const { config = {}, env = process.env, deadline = DEADLINE_MS } = options
  const reader = new ConfigReader(env)
  const names = Object.fromEntries(specs.map(({ name }) => [name, true]))
  reader.checkKnown(config, 'config', names, 'the name of an application')
  const parts = specs.map((spec, at) => {
    const given = Object.hasOwn(config, spec.name) ? config[spec.name] : undefined
    return new Part(spec, at, reader.read(spec.config ?? {}, given, `config.${spec.name}`))
  })
  if (reader.mistakes.length > 0) throw new ConfigError(reader.mistakes)
  const byName = new Map(parts.map((part) => [part.spec.name, part]))
  for (const part of parts) {
    for (const need of new Set(part.spec.needs)) {
      part.needs.push(byName.get(need)!)
      byName.get(need)!.neededBy.push(part)
    }
  }
  return new ApplicationLoop(parts, deadline, onStop)
}

/** Hears of the signals that ask a program to stop; answers what takes that back. */
export const listen = (source: SignalSource, hear: (signal: string, isFirst: boolean) => void): (() => void) => {
  let isFirst = true
  const heard = (signal: string): void => {
    const first = isFirst
    isFirst = false
    hear(signal, first)
  }
  for (const signal of STOPPING) source.on(signal, heard)
  return () => {
    for (const signal of STOPPING) source.off(signal, heard)
  }
}

/** Throws unless these are options of a start. */
export const checkApplicationOptions = (options: ApplicationOptions, known: Known): void => {
  checkOptions('options', options, known)
  const { config = {}, env = {}, deadline } = options
  for (const [name, value] of Object.entries({ config, env })) {
    if (typeof value !== 'object' || value === null) throw badArgument(TypeError, `options.${name}`, 'an object', value)
  }
  if (deadline !== undefined && deadline !== Number.POSITIVE_INFINITY) checkMs('options.deadline', deadline)
}
