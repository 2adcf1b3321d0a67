// startServer, defineServer, cast, callMany: servers as others see them. Owns how a class or an object of callbacks becomes a body,
// here or on any scheduler, and the wait for its `init`.

import { AbortError, badArgument, RumpusError, stopped, TimeoutError } from '../errors.ts'
import type { Kernel } from '../kernel/kernel.ts'
import { postExit, postUnlink } from '../kernel/post.ts'
import { type Process, RUNNING } from '../kernel/process.ts'
import { BIRTH_LINKED } from '../kernel/words.ts'
import { checkOptions, type Names } from '../options.ts'
import { call } from '../process/call.ts'
import { define, isDefinition } from '../process/define.ts'
import { processInWords } from '../process/names.ts'
import { ASK_NAMES, PLACE_NAMES, WAIT_NAMES } from '../process/option-names.ts'
import { BodyQuestion, CodeQuestion } from '../process/question.ts'
import { exited, refuse } from '../process/receive.ts'
import { send } from '../process/send.ts'
import type {
  Answer,
  AskOptions,
  Call,
  CallOptions,
  Definition,
  ReplyTo,
  Runtime,
  Self,
  SpawnOptions,
} from '../process/shapes.ts'
import { spawn, spawnHeard } from '../process/spawn.ts'
import { checkContext, checkOnlyWait, checkWait, NO_WAIT } from '../process/waits.ts'
import type { Context, Pid } from '../types.ts'
import { type Cast, Server, type ServerPid } from './server.ts'
import { ServerLoop } from './server-loop.ts'
import { codeOf, isEnd } from './signals.ts'
import {
  type AnyBody,
  type AnyDefinition,
  type Given,
  isStarting,
  markStarting,
  type StartingBody,
  starterOf,
  toSpawn,
  withPlace,
} from './starting.ts'

/** A class of servers. */
export type ServerClass<Request = never, Casting = never, Info = never> = new () => Server<Request, Casting, Info>

/** Callbacks in an object, as {@link Server} has them; `this` is the server. */
export type Callbacks<Request = unknown, Casting = unknown, Info = never> = Partial<
  Omit<Server<Request, Casting, Info>, 'self' | 'init'>
> & {
  /** As of {@link Server}. */
  init?(...args: never[]): unknown
} & ThisType<Server<Request, Casting, Info> & Record<string, unknown>>

/** A server that any scheduler can start, as {@link defineServer} makes it. */
export type ServerDefinition<Request = unknown, Casting = unknown, Info = never> = Definition<
  Call<Request> | Cast<Casting> | Info,
  readonly unknown[]
>

/** How a server is started. */
export interface StartOptions extends Pick<SpawnOptions, 'on' | 'name' | 'priority' | 'mailbox'>, CallOptions {
  /** For `init`. */
  readonly args?: readonly unknown[]
  /** Whether it is linked to the process that starts it, once it has started; it is, unless this is false or no process starts it. */
  readonly link?: boolean
}

const CAST_NAMES: Names<{ readonly context?: Context | undefined }> = { context: true }

/** The options of a start. */
export const START_NAMES: Names<StartOptions> = { ...PLACE_NAMES, ...WAIT_NAMES, args: true, link: true }

const bodies = new WeakMap<object, StartingBody>()
const defined = new Map<string, string>()

/** The body of a class or an object of callbacks. */
export const bodyOfServer = (what: object): StartingBody => {
  const known = bodies.get(what)
  if (known !== undefined) return known
  const Class = typeof what === 'function' ? (what as ServerClass<unknown, unknown, unknown>) : classOf(what)
  const body = markStarting((self: never, given: Given, args: readonly unknown[]) =>
    new ServerLoop(self as unknown as Process, given).start(Class, args),
  )
  bodies.set(what, body)
  return body
}

const classOf = (callbacks: object): ServerClass<unknown, unknown, unknown> => {
  class CallbackServer extends Server<unknown, unknown, unknown> {}
  Object.assign(CallbackServer.prototype, callbacks)
  return CallbackServer
}

/** Whether it is a class of servers. */
export const isServerClass = (what: unknown): what is ServerClass =>
  typeof what === 'function' && what.prototype instanceof Server

/** Whether it is an object that has a callback. */
export const isCallbacks = (what: unknown): what is Callbacks =>
  typeof what === 'object' &&
  what !== null &&
  !(what instanceof Server) &&
  ['init', 'handleCall', 'handleCast', 'handleInfo', 'handleContinue'].some(
    (name) => typeof (what as Record<string, unknown>)[name] === 'function',
  )

/**
 * Starts a server and answers its pid when its `init` is over. The process that starts it is parked meanwhile, and linked to it from
 * then on; a start that fails takes nobody along.
 *
 * For one server that belongs to this process. Many that are to be started anew when they crash belong to a supervisor.
 *
 * @param parent - the process that starts it, or the runtime for a server of ordinary code
 * @param what - a class that extends {@link Server}, an object of callbacks, or what {@link defineServer} or `via` answered
 * @param options - arguments, name, place, and how long its `init` may take: 5000 ms unless given
 * @returns the pid
 * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`, and what `spawn` throws; rejects with RumpusError `ERR_RUMPUS_INIT` if `init` throws or
 * stops, `cause` being the exit reason, and with TimeoutError or AbortError: then it has been killed
 * @example
 * ```ts
 * import { run } from 'rumpus'
 * import { startServer } from 'rumpus/otp'
 * import assert from 'node:assert/strict'
 *
 * await run(async (self) => {
 *   const greeter = await startServer(self, {
 *     init(greeting) {
 *       this.greeting = greeting
 *     },
 *     handleCall(name) {
 *       return `${this.greeting}, ${name}`
 *     },
 *   }, { args: ['Hello'] })
 *   assert.equal(await self.call(greeter, 'Ada'), 'Hello, Ada')
 * })
 * ```
 */
export const startServer = <Request = unknown, Casting = unknown, Info = never>(
  parent: Self<never> | Runtime | { readonly pid: Pid<never> },
  what:
    | (new () => Server<Request, Casting, Info>)
    | Callbacks<Request, Casting, Info>
    | ServerDefinition<Request, Casting, Info>
    | AnyBody,
  options: StartOptions = {},
): Promise<ServerPid<Request, Casting, Info>> => {
  checkStart(options)
  const started = startedBy(what)
  return start(parent, started, options) as Promise<ServerPid<Request, Casting, Info>>
}

/** Throws unless these are options of a start. */
export const checkStart = (options: StartOptions): void => {
  checkOptions('options', options, START_NAMES)
  checkWait(options, true)
}

const startedBy = (what: unknown): StartingBody | AnyDefinition => {
  if (isDefinition(what) && isStarting(what.body)) return what
  if (isStarting(what)) return what
  if (isServerClass(what)) return bodyOfServer(what)
  if (isCallbacks(what)) return bodyOfServer(what)
  throw badArgument(
    TypeError,
    'what',
    'a class that extends Server, an object of callbacks or a server definition',
    what,
  )
}

/** Starts something that says when it has started. */
export const start = (parent: unknown, what: StartingBody | AnyDefinition, options: StartOptions): Promise<unknown> => {
  const { args = [], link = true, on } = options
  if (!Array.isArray(args)) throw badArgument(TypeError, 'options.args', 'an array', args)
  const { kernel, process } = starterOf(parent)
  if (on !== undefined && !isDefinition(what)) checkHere(kernel, on)
  if (kernel.detached) throw stopped()
  if (process?.exiting !== undefined) return exited(process)
  if (process !== undefined && process.parked !== RUNNING) return refuse(process)
  if (options.signal?.aborted) return Promise.reject(new AbortError(options.signal.reason))
  const tied = process !== undefined && link ? process.pid : 0
  const put = (ack: ReplyTo) => {
    const { what: spawned, rest } = toSpawn(what, { ack, parent: tied, unlinks: true }, args)
    const [one, given] = withPlace(spawned, rest, options)
    return spawnHeard(kernel, process?.pid ?? 0, one, given, tied === 0 ? 0 : BIRTH_LINKED)
  }
  if (process === undefined) {
    const question = new CodeQuestion(kernel, options)
    return hearStart(kernel, question.askNew(put), tied, question.timeout, question.answered)
  }
  const question = new BodyQuestion(kernel, options, kernel, process)
  const pid = question.askNew(put)
  return hearStart(kernel, pid, tied, question.timeout, question.park())
}

const checkHere = (kernel: Kernel, on: unknown): void => {
  if (on === 'here' || on === kernel.id) return
  const wanted = `'here': what is no definition cannot leave its scheduler; use defineServer() or defineSupervisor() to run elsewhere`
  throw badArgument(RangeError, 'options.on', wanted, on)
}

/** The pid of what was started, once it has. What is not to be waited for any longer is killed, and takes nobody along. */
const hearStart = (
  kernel: Kernel,
  pid: number,
  tied: number,
  ms: number,
  answered: Promise<unknown>,
): Promise<unknown> => {
  const started = answered.then(
    () => pid,
    (error: unknown) => {
      // The wait of a body that must end: nobody need handle that.
      if (isEnd(error)) started.catch(ignore)
      throw whyNotStarted(kernel, pid, tied, ms, error)
    },
  )
  return started
}

const ignore = (): void => {}

const whyNotStarted = (kernel: Kernel, pid: number, tied: number, ms: number, error: unknown): unknown => {
  const code = codeOf(error)
  if (code === 'ERR_RUMPUS_DOWN' || code === 'ERR_RUMPUS_NOPROC') return notStarted((error as RumpusError).cause)
  if (kernel.detached || isEnd(error)) return error
  const late = `${processInWords(kernel, pid)} did not start within ${ms} ms`
  if (tied !== 0) postUnlink(kernel, tied, pid)
  postExit(kernel, 0, pid, { kind: 'killed' }, true)
  return code === 'ERR_RUMPUS_TIMEOUT' ? new TimeoutError(ms, late) : error
}

/** Spawns a closure or a definition with what `options` say of its place. */
export const spawnOne = (
  kernel: Kernel,
  parent: number,
  what: AnyBody | AnyDefinition,
  rest: readonly unknown[],
  options: StartOptions,
  ties: number,
): number => {
  const [one, given] = withPlace(what, rest, options)
  return spawn(kernel, parent, one, given, ties)
}

/** The error of a start whose process has ended for `reason`. */
export const notStarted = (reason: unknown): RumpusError =>
  new RumpusError('ERR_RUMPUS_INIT', `what was started ended in its init: ${whyOf(reason)}`, { cause: reason })

const whyOf = (reason: unknown): string => {
  const { kind, error, value } = reason as {
    kind: string
    error?: { message: string }
    value?: { failed?: string; reason?: unknown }
  }
  if (error !== undefined) return error.message
  if (value?.reason === undefined) return kind
  return `child ${JSON.stringify(value.failed)} did not start: ${whyOf(value.reason)}`
}

/**
 * Defines a server under `name` in the module `url`, so that any scheduler can start it: see `define`, whose rules are the same.
 *
 * @param url - `import.meta.url`
 * @param name - unique in the module
 * @param what - a class that extends {@link Server}, or an object of callbacks
 * @returns the definition, for {@link startServer} and as a child of supervisors
 * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`, RangeError `ERR_RUMPUS_OUT_OF_RANGE` as `define` does
 * @example
 * ```ts
 * import { run } from 'rumpus'
 * import { defineServer, Server, startServer } from 'rumpus/otp'
 * import assert from 'node:assert/strict'
 *
 * class Squares extends Server {
 *   handleCall = (n) => n * n
 * }
 * const squares = defineServer(import.meta.url, 'squares', Squares)
 *
 * await run(async (self) => {
 *   const there = await startServer(self, squares, { on: 1 })
 *   assert.equal(await self.call(there, 7), 49)
 * })
 * ```
 */
export const defineServer = <Request = unknown, Casting = unknown, Info = never>(
  url: string,
  name: string,
  what: (new () => Server<Request, Casting, Info>) | Callbacks<Request, Casting, Info>,
): ServerDefinition<Request, Casting, Info> => {
  if (!isServerClass(what) && !isCallbacks(what)) {
    throw badArgument(TypeError, 'what', 'a class that extends Server or an object of callbacks', what)
  }
  return defineStarting(url, name, bodyOfServer(what), textOf(what)) as never
}

const textOf = (what: object): string =>
  typeof what === 'function' ? what.toString() : Object.values(what).map(String).join('\n')

/** Defines a body that says when it has started; `text` tells it from others. */
export const defineStarting = (url: string, name: string, body: StartingBody, text: string): AnyDefinition => {
  const key = `${url}#${name}`
  const known = defined.get(key)
  if (known !== undefined && known !== text) {
    throw badArgument(RangeError, 'name', `a name that ${url} has not defined yet`, name)
  }
  const definition = define(url, name, body as never) as AnyDefinition
  defined.set(key, text)
  return definition
}

/**
 * Tells a server something: `handleCast` takes it, and nothing comes back. As `send`, it never waits, nor tells whether the server lives.
 *
 * @param to - a server, or its name
 * @param message - what; as with `send`
 * @param options - `context`: of what work it is a part
 * @throws what `send` throws
 * @example
 * ```ts
 * import { run } from 'rumpus'
 * import { cast, getState, startServer } from 'rumpus/otp'
 * import assert from 'node:assert/strict'
 *
 * await run(async (self) => {
 *   const last = await startServer(self, {
 *     handleCast(message) {
 *       this.last = message
 *     },
 *   })
 *   cast(last, 'news')
 *   assert.deepEqual(await getState(last), { last: 'news' })
 * })
 * ```
 */
export const cast = <Casting>(
  to: Pid<Cast<Casting>> | string,
  message: Casting,
  options?: { readonly context?: Context | undefined },
): void => {
  if (options === undefined) return send(to as Pid<unknown>, { type: 'cast', message })
  checkOptions('options', options, CAST_NAMES)
  const { context } = options
  checkContext(context)
  send(to as Pid<unknown>, context === undefined ? { type: 'cast', message } : { type: 'cast', message, context })
}

/** What became of one question of {@link callMany}. */
export type Outcome<Reply> =
  | { readonly to: Pid | string; readonly reply: Reply }
  | { readonly to: Pid | string; readonly error: Error }

/**
 * Asks many servers the same at once and answers what became of each, in their order; never rejects for one of them. All have the
 * same time. In a body give it `self.signal`, so that it ends with the process.
 *
 * @param to - whom: pids or names
 * @param request - what
 * @param options - as of `call`
 * @throws what `call` throws at the call
 * @example
 * ```ts
 * import { run } from 'rumpus'
 * import { callMany, startServer } from 'rumpus/otp'
 * import assert from 'node:assert/strict'
 *
 * await run(async (self) => {
 *   const double = await startServer(self, { handleCall: (n) => n * 2 })
 *   const [one, two] = await callMany([double, 'nobody'], 21)
 *   assert.equal(one.reply, 42)
 *   assert.equal(two.error.code, 'ERR_RUMPUS_NOPROC')
 * })
 * ```
 */
export const callMany = async <Request, Reply, const Asked extends Request = Request>(
  to: readonly (Pid<Call<Request, Reply>> | string)[],
  request: Asked,
  options: AskOptions = NO_WAIT,
): Promise<Outcome<Answer<Asked, Request, Reply>>[]> => {
  if (!Array.isArray(to)) throw badArgument(TypeError, 'to', 'an array of pids and names', to)
  checkOnlyWait(options, true, ASK_NAMES)
  return Promise.all(
    to.map((one: Pid<Call<Request, Reply>> | string) =>
      call(one, request, options).then(
        (reply) => ({ to: one as Pid | string, reply }),
        (error: Error) => ({ to: one as Pid | string, error }),
      ),
    ),
  )
}
