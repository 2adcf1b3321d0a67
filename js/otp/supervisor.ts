// Supervisors as others see them: how one is made, started, defined for other schedulers, and what it is asked. No behaviour of its
// own: the loop (`supervisor-loop.ts`) answers.

import { badArgument, RumpusError } from '../errors.ts'
import type { Process } from '../kernel/process.ts'
import { call } from '../process/call.ts'
import type { Call, CallOptions, Definition, Runtime, Self } from '../process/shapes.ts'
import { checkOnlyWait } from '../process/waits.ts'
import type { ErrorDescription, Pid } from '../types.ts'
import { type ChildSpec, keepOptions, keepSpec, markSupervisor, type SupervisorOptions } from './child-spec.ts'
import { checkStart, defineStarting, type StartOptions, start } from './start-server.ts'
import { type AnyBody, type Given, markStarting, notStarting, type StartingBody } from './starting.ts'
import { SupervisorLoop } from './supervisor-loop.ts'
import type { ChildCounts, ChildView, SupervisorRequest } from './supervisor-requests.ts'

/** A supervisor's pid. */
export type SupervisorPid = Pid<Call<SupervisorRequest, unknown>>

/**
 * A supervisor as a child of another: what it is like, to be given as `start`.
 *
 * @param options - how it is, and its children
 * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`, RangeError `ERR_RUMPUS_OUT_OF_RANGE` with the path of what is wrong
 * @example
 * ```ts
 * import { run } from 'rumpus'
 * import { countChildren, Server, startSupervisor, supervisor, whichChildren } from 'rumpus/otp'
 * import assert from 'node:assert/strict'
 *
 * class Part extends Server {}
 *
 * await run(async (self) => {
 *   const parts = supervisor({ strategy: 'one_for_all', children: [{ id: 'a', start: Part }, { id: 'b', start: Part }] })
 *   const top = await startSupervisor(self, { children: [{ id: 'parts', start: parts }] })
 *   const [{ type, pid }] = await whichChildren(top)
 *   assert.equal(type, 'supervisor')
 *   assert.equal((await countChildren(pid)).active, 2)
 * })
 * ```
 */
export const supervisor = (options: SupervisorOptions): AnyBody => {
  const kept = keepOptions(options)
  return bodyOf(() => kept) as unknown as AnyBody
}

const bodyOf = (options: (...args: readonly unknown[]) => ReturnType<typeof keepOptions>): StartingBody => {
  const body = markStarting((self: never, given: Given, args: readonly unknown[]) =>
    new SupervisorLoop(
      self,
      given,
      made(self, given, () => options(...args)),
    ).run(),
  )
  markSupervisor(body)
  return body
}

const made = <T>(self: never, given: Given, make: () => T): T => {
  try {
    return make()
  } catch (error) {
    notStarting(self as Process, given)
    throw error
  }
}

/**
 * Defines a supervisor that any scheduler can start, under `name` in the module `url`: see `define`, whose rules are the same. `make`
 * is called where it starts, with the `args` of its spec, and answers what it is like.
 *
 * @param url - `import.meta.url`
 * @param name - unique in the module
 * @param make - answers the options
 * @returns the definition, to be the `start` of a child
 * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`, RangeError `ERR_RUMPUS_OUT_OF_RANGE` as `define` does
 * @example
 * ```ts
 * import { run } from 'rumpus'
 * import { defineSupervisor, Server, startSupervisor, whichChildren } from 'rumpus/otp'
 * import assert from 'node:assert/strict'
 *
 * class Part extends Server {}
 * const parts = defineSupervisor(import.meta.url, 'parts', (id) => ({ children: [{ id, start: Part }] }))
 *
 * await run(async (self) => {
 *   const top = await startSupervisor(self, { children: [{ id: 'there', start: parts, args: ['part'], on: 1 }] })
 *   const [{ pid }] = await whichChildren(top)
 *   assert.equal((await whichChildren(pid))[0].id, 'part')
 * })
 * ```
 */
export const defineSupervisor = <A extends readonly never[]>(
  url: string,
  name: string,
  make: (...args: A) => SupervisorOptions,
): Definition<Call<SupervisorRequest>, readonly unknown[]> => {
  if (typeof make !== 'function') throw badArgument(TypeError, 'make', 'a function', make)
  const body = bodyOf((...args) => keepOptions(make(...(args as unknown as A))))
  return defineStarting(url, name, body, make.toString()) as never
}

/**
 * Starts a supervisor and, in order, its children; answers its pid when the last has started. If one cannot be, those before it are
 * ended again and this rejects.
 *
 * @param parent - the process that starts it, whose end is its own; or the runtime
 * @param options - how it is, and its children
 * @param how - its name, how long it may take to start (as long as it takes, unless given)
 * @returns the pid, for {@link whichChildren} and the like
 * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`, RangeError `ERR_RUMPUS_OUT_OF_RANGE` with the path of what is wrong; rejects with RumpusError
 * `ERR_RUMPUS_INIT` if a child did not start, `cause` being the exit reason, whose value says which
 * @example
 * ```ts
 * import { exit, run } from 'rumpus'
 * import { Server, startSupervisor, whichChildren } from 'rumpus/otp'
 * import assert from 'node:assert/strict'
 *
 * class Counter extends Server {
 *   count = 0
 *   handleCall = () => this.count++
 * }
 *
 * await run(async (self) => {
 *   const top = await startSupervisor(self, { children: [{ id: 'counter', start: Counter, name: 'counter' }] })
 *   assert.equal(await self.call('counter', 'next'), 0)
 *   const [{ pid }] = await whichChildren(top)
 *   self.monitor(pid)
 *   exit(pid, 'kill')
 *   await self.receive()
 *   await whichChildren(top) // it has heard, too, and has acted
 *   assert.equal(await self.call('counter', 'next'), 0)
 * })
 * ```
 */
export const startSupervisor = (
  parent: Self<never> | Runtime | { readonly pid: Pid<never> },
  options: SupervisorOptions,
  how: StartOptions = {},
): Promise<SupervisorPid> => {
  checkStart(how)
  const { timeout = Number.POSITIVE_INFINITY, ...rest } = how
  const body = supervisor(options) as unknown as StartingBody
  return start(parent, body, { timeout, ...rest }) as Promise<SupervisorPid>
}

type Sup = Pid<never> | string

const ask = async (to: Sup, request: SupervisorRequest, options: CallOptions | undefined): Promise<unknown> => {
  if (options !== undefined) checkOnlyWait(options, true)
  const { timeout = Number.POSITIVE_INFINITY, signal } = options ?? {}
  const how = signal === undefined ? { timeout } : { timeout, signal }
  const answered = (await call(to as SupervisorPid, request as never, how)) as
    | { readonly value: unknown }
    | { readonly error: ErrorDescription }
  if ('value' in answered) return answered.value
  const { code, message, cause } = answered.error
  throw new RumpusError(String(code), message, { cause })
}

/**
 * The children of a supervisor, in the order of their start.
 *
 * @param to - the supervisor, or its name
 * @param options - as of `call`, with no time limit unless given: a supervisor that restarts somebody answers later
 * @throws as `call` does
 * @example
 * ```ts
 * import { run } from 'rumpus'
 * import { startSupervisor, whichChildren } from 'rumpus/otp'
 * import assert from 'node:assert/strict'
 *
 * await run(async (self) => {
 *   const top = await startSupervisor(self, { children: [{ id: 'idle', start: async (me) => void (await me.receive()) }] })
 *   const [{ id, state }] = await whichChildren(top)
 *   assert.deepEqual([id, state], ['idle', 'running'])
 * })
 * ```
 */
export const whichChildren = (to: Sup, options?: CallOptions): Promise<readonly ChildView[]> =>
  ask(to, { supervisor: 'which' }, options) as Promise<readonly ChildView[]>

/**
 * How many children a supervisor has.
 *
 * @param to - the supervisor, or its name
 * @param options - as of {@link whichChildren}
 * @throws as `call` does
 * @example
 * ```ts
 * import { run } from 'rumpus'
 * import { countChildren, startSupervisor } from 'rumpus/otp'
 * import assert from 'node:assert/strict'
 *
 * await run(async (self) => {
 *   const top = await startSupervisor(self, { strategy: 'dynamic' })
 *   assert.deepEqual(await countChildren(top), { specs: 0, active: 0, supervisors: 0, workers: 0 })
 * })
 * ```
 */
export const countChildren = (to: Sup, options?: CallOptions): Promise<ChildCounts> =>
  ask(to, { supervisor: 'count' }, options) as Promise<ChildCounts>

/**
 * Has a supervisor start one more child, behind the others. The way in which all children of a dynamic one come.
 *
 * @param to - the supervisor, or its name; on another scheduler it takes definitions only
 * @param spec - the child
 * @param options - as of {@link whichChildren}
 * @returns its pid
 * @throws TypeError, RangeError with the path of what is wrong, UncrossableError; rejects with RumpusError `ERR_RUMPUS_INIT` if it did not
 * start, `ERR_RUMPUS_TOO_MANY_CHILDREN`, `ERR_RUMPUS_CHILD` if there is one with its id, and as `call` does
 * @example
 * ```ts
 * import { run } from 'rumpus'
 * import { Server, startChild, startSupervisor } from 'rumpus/otp'
 * import assert from 'node:assert/strict'
 *
 * class Room extends Server {}
 *
 * await run(async (self) => {
 *   const rooms = await startSupervisor(self, { strategy: 'dynamic', maxChildren: 1 })
 *   await startChild(rooms, { start: Room, restart: 'temporary' })
 *   await assert.rejects(startChild(rooms, { start: Room }), { code: 'ERR_RUMPUS_TOO_MANY_CHILDREN' })
 * })
 * ```
 */
export const startChild = (to: Sup, spec: ChildSpec, options?: CallOptions): Promise<Pid<never>> => {
  const kept = keepSpec(spec, 'spec')
  return ask(to, { supervisor: 'start', spec: kept }, options) as Promise<Pid<never>>
}

/**
 * Has a supervisor start a child again that has ended for good, or was ended by {@link terminateChild}.
 *
 * @param to - the supervisor, or its name
 * @param id - which
 * @param options - as of {@link whichChildren}
 * @throws rejects with RumpusError `ERR_RUMPUS_CHILD` if there is none or it runs, `ERR_RUMPUS_INIT` if it did not start, and as `call` does
 * @example
 * ```ts
 * import { run } from 'rumpus'
 * import { restartChild, Server, startSupervisor, terminateChild } from 'rumpus/otp'
 * import assert from 'node:assert/strict'
 *
 * class Part extends Server {}
 *
 * await run(async (self) => {
 *   const top = await startSupervisor(self, { children: [{ id: 'part', start: Part }] })
 *   await assert.rejects(restartChild(top, 'part'), { code: 'ERR_RUMPUS_CHILD' })
 *   await terminateChild(top, 'part')
 *   assert.equal(typeof (await restartChild(top, 'part')), 'number')
 * })
 * ```
 */
export const restartChild = (to: Sup, id: string, options?: CallOptions): Promise<Pid<never>> =>
  ask(to, { supervisor: 'restart', child: id }, options) as Promise<Pid<never>>

/**
 * Has a supervisor end a child and leave it so; one that is temporary, or of a dynamic supervisor, is forgotten.
 *
 * @param to - the supervisor, or its name
 * @param which - its id; its pid if the supervisor is dynamic
 * @param options - as of {@link whichChildren}
 * @throws rejects with RumpusError `ERR_RUMPUS_CHILD` if there is none, and as `call` does
 * @example
 * ```ts
 * import { run } from 'rumpus'
 * import { Server, startSupervisor, terminateChild, whichChildren } from 'rumpus/otp'
 * import assert from 'node:assert/strict'
 *
 * class Part extends Server {}
 *
 * await run(async (self) => {
 *   const top = await startSupervisor(self, { children: [{ id: 'part', start: Part }] })
 *   await terminateChild(top, 'part')
 *   assert.equal((await whichChildren(top))[0].state, 'stopped')
 * })
 * ```
 */
export const terminateChild = (to: Sup, which: string | Pid<never>, options?: CallOptions): Promise<void> =>
  ask(to, { supervisor: 'terminate', child: which }, options) as Promise<void>

/**
 * Has a supervisor forget a child that does not run.
 *
 * @param to - the supervisor, or its name
 * @param id - which
 * @param options - as of {@link whichChildren}
 * @throws rejects with RumpusError `ERR_RUMPUS_CHILD` if there is none or it runs, and as `call` does
 * @example
 * ```ts
 * import { run } from 'rumpus'
 * import { deleteChild, Server, startSupervisor, terminateChild, whichChildren } from 'rumpus/otp'
 * import assert from 'node:assert/strict'
 *
 * class Part extends Server {}
 *
 * await run(async (self) => {
 *   const top = await startSupervisor(self, { children: [{ id: 'part', start: Part }] })
 *   await terminateChild(top, 'part')
 *   await deleteChild(top, 'part')
 *   assert.deepEqual(await whichChildren(top), [])
 * })
 * ```
 */
export const deleteChild = (to: Sup, id: string, options?: CallOptions): Promise<void> =>
  ask(to, { supervisor: 'delete', child: id }, options) as Promise<void>
