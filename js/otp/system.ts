// What debuggers ask of a server: its state, its status, to pause, to stop. Owns the questions and what is answered; they pass by the
// messages of users in the inbox in their order, and reach a server that is suspended.

import { RumpusError } from '../errors.ts'
import { onlyKernel } from '../kernel/kernels.ts'
import { kernelOf } from '../kernel/post.ts'
import { toReason } from '../kernel/reasons.ts'
import { askOutside } from '../process/call.ts'
import type { CallOptions } from '../process/shapes.ts'
import { checkOnlyWait } from '../process/waits.ts'
import type { ErrorDescription, ExitReason, Pid, ReasonGiven } from '../types.ts'

/** What is asked. */
export interface SystemRequest {
  readonly ask?: 'state' | 'status' | 'replace' | 'suspend' | 'resume'
  readonly state?: Readonly<Record<string, unknown>>
  readonly stop?: ReasonGiven
}

/** A server as {@link getStatus} shows it. */
export interface ServerStatus {
  /** The name of its class. */
  readonly name: string
  /** Whether its messages wait until it is resumed. */
  readonly suspended: boolean
  /** Messages that wait for it. */
  readonly waiting: number
  /** Messages that its callbacks have taken. */
  readonly handled: number
}

/** What answers: the loop, as far as this must know it. */
export interface Answering {
  readonly server: object
  suspended: boolean
  readonly waiting: number
  readonly handled: number
}

type Answered = { readonly value: unknown } | { readonly error: ErrorDescription }

/** Answers one of them. */
export const answerSystem = (loop: Answering, { ask, state }: SystemRequest): Answered => {
  const server = loop.server as Record<string, unknown>
  if (ask === 'state') return { value: stateOf(server) }
  if (ask === 'replace') {
    for (const key of Object.keys(stateOf(server))) delete server[key]
    Object.assign(server, state)
  }
  if (ask === 'suspend' || ask === 'resume') loop.suspended = ask === 'suspend'
  if (ask !== 'status') return { value: undefined }
  const { suspended, waiting, handled } = loop
  return { value: { name: server.constructor.name, suspended, waiting, handled } }
}

/** The fields that hold no callback. */
const stateOf = (server: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(server).filter(([, value]) => typeof value !== 'function'))

const kernelFor = (to: Pid<never> | string) => (typeof to === 'string' ? onlyKernel() : kernelOf(to))

const askSystem = async (to: Pid<never> | string, request: SystemRequest, options: CallOptions): Promise<unknown> => {
  checkOnlyWait(options, true)
  const answered = (await askOutside(kernelFor(to), to, 'system', request, options)) as Answered
  if ('value' in answered) return answered.value
  const { code, message } = answered.error
  throw new RumpusError(String(code ?? 'ERR_RUMPUS_UNCROSSABLE'), message, { cause: answered.error })
}

/**
 * The state of a server: its own fields, functions left out. For debuggers and tests; it comes in its turn among the messages. On
 * the same scheduler the values themselves are shown: do not change them.
 *
 * @param to - a server, or its name
 * @param options - as of `call`
 * @throws as `call` does; what cannot cross is an error with the path of it
 * @example
 * ```ts
 * import { run } from 'rumpus'
 * import { getState, Server, startServer } from 'rumpus/otp'
 * import assert from 'node:assert/strict'
 *
 * class Tally extends Server {
 *   seen = 3
 * }
 *
 * await run(async (self) => assert.deepEqual(await getState(await startServer(self, Tally)), { seen: 3 }))
 * ```
 */
export const getState = (to: Pid<never> | string, options: CallOptions = {}): Promise<Record<string, unknown>> =>
  askSystem(to, { ask: 'state' }, options) as Promise<Record<string, unknown>>

/**
 * Gives a server other state: its fields are those of `state` from then on. For debuggers; it knows nothing of what the server
 * relies on.
 *
 * @param to - a server, or its name
 * @param state - all fields
 * @param options - as of `call`
 * @throws as `call` does
 * @example
 * ```ts
 * import { run } from 'rumpus'
 * import { getState, replaceState, Server, startServer } from 'rumpus/otp'
 * import assert from 'node:assert/strict'
 *
 * class Tally extends Server {
 *   seen = 3
 * }
 *
 * await run(async (self) => {
 *   const tally = await startServer(self, Tally)
 *   await replaceState(tally, { seen: 4 })
 *   assert.deepEqual(await getState(tally), { seen: 4 })
 * })
 * ```
 */
export const replaceState = (
  to: Pid<never> | string,
  state: Readonly<Record<string, unknown>>,
  options: CallOptions = {},
): Promise<void> => askSystem(to, { ask: 'replace', state }, options) as Promise<void>

/**
 * What a server is and how much waits for it. For people and dashboards.
 *
 * @param to - a server, or its name
 * @param options - as of `call`
 * @throws as `call` does
 * @example
 * ```ts
 * import { run } from 'rumpus'
 * import { getStatus, Server, startServer } from 'rumpus/otp'
 * import assert from 'node:assert/strict'
 *
 * class Idle extends Server {}
 *
 * await run(async (self) => {
 *   const status = await getStatus(await startServer(self, Idle))
 *   assert.deepEqual(status, { name: 'Idle', suspended: false, waiting: 0, handled: 0 })
 * })
 * ```
 */
export const getStatus = (to: Pid<never> | string, options: CallOptions = {}): Promise<ServerStatus> =>
  askSystem(to, { ask: 'status' }, options) as Promise<ServerStatus>

/**
 * Pauses a server: its messages wait until {@link resume}, in their order; debuggers are still answered.
 *
 * @param to - a server, or its name
 * @param options - as of `call`
 * @throws as `call` does
 * @example
 * ```ts
 * import { call, run } from 'rumpus'
 * import { resume, Server, startServer, suspend } from 'rumpus/otp'
 * import assert from 'node:assert/strict'
 *
 * class Echo extends Server {
 *   handleCall = (request) => request
 * }
 *
 * await run(async (self) => {
 *   const echo = await startServer(self, Echo)
 *   await suspend(echo)
 *   await assert.rejects(call(echo, 'anybody?', { timeout: 10 }), { code: 'ERR_RUMPUS_TIMEOUT' })
 *   await resume(echo)
 *   assert.equal(await call(echo, 'back'), 'back')
 * })
 * ```
 */
export const suspend = (to: Pid<never> | string, options: CallOptions = {}): Promise<void> =>
  askSystem(to, { ask: 'suspend' }, options) as Promise<void>

/**
 * Has a server go on that {@link suspend} paused: with what waited, first.
 *
 * @param to - a server, or its name
 * @param options - as of `call`
 * @throws as `call` does
 * @example
 * ```ts
 * import { run } from 'rumpus'
 * import { getStatus, resume, Server, startServer, suspend } from 'rumpus/otp'
 * import assert from 'node:assert/strict'
 *
 * class Idle extends Server {}
 *
 * await run(async (self) => {
 *   const idle = await startServer(self, Idle)
 *   await suspend(idle)
 *   assert.equal((await getStatus(idle)).suspended, true)
 *   await resume(idle)
 *   assert.equal((await getStatus(idle)).suspended, false)
 * })
 * ```
 */
export const resume = (to: Pid<never> | string, options: CallOptions = {}): Promise<void> =>
  askSystem(to, { ask: 'resume' }, options) as Promise<void>

/**
 * Ends a server in its turn among the messages: `terminate` is called, then it ends for `reason`. Resolves when it has ended. For one
 * that a supervisor looks after, `terminateChild` is the way: the supervisor would start it anew.
 *
 * @param to - a server, or its name
 * @param reason - why; `'normal'` unless given
 * @param options - as of `call`
 * @throws as `call` does; RumpusError `ERR_RUMPUS_DOWN` if it ends for another reason, `cause`
 * @example
 * ```ts
 * import { isAlive, run } from 'rumpus'
 * import { Server, startServer, stopServer } from 'rumpus/otp'
 * import assert from 'node:assert/strict'
 *
 * class Idle extends Server {}
 *
 * await run(async (self) => {
 *   const idle = await startServer(self, Idle)
 *   await stopServer(idle)
 *   assert.equal(isAlive(idle), false)
 * })
 * ```
 */
export const stopServer = async (
  to: Pid<never> | string,
  reason: ReasonGiven = 'normal',
  options: CallOptions = {},
): Promise<void> => {
  checkOnlyWait(options, true)
  const kind = kindOf(reason)
  try {
    await askOutside(kernelFor(to), to, 'system', { stop: reason }, options)
  } catch (error) {
    const ended = (error as RumpusError).code === 'ERR_RUMPUS_DOWN' && ((error as RumpusError).cause as ExitReason)
    if (ended && ended.kind === kind) return
    throw error
  }
}

const kindOf = (reason: ReasonGiven): ExitReason['kind'] => toReason(reason).kind
