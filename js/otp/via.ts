// via, defineVia: servers, supervisors and bodies that are started under a key of a registry. Owns the wait for the key, which is over
// before `init` begins, and the end of whoever was started so when the registry has ended: alive, but not to be found, it would be of
// no use; ended by an error it is started anew by its supervisor, under the next one.

import { badArgument, RumpusError } from '../errors.ts'
import type { Kernel } from '../kernel/kernel.ts'
import { postExit, postUnlink } from '../kernel/post.ts'
import type { Process } from '../kernel/process.ts'
import { describe } from '../kernel/reasons.ts'
import { reply } from '../process/call.ts'
import { isDefinition } from '../process/define.ts'
import { deskOf } from '../process/desk.ts'
import type { Call, Definition, Self } from '../process/shapes.ts'
import type { ExitReason, Pid } from '../types.ts'
import { keepSpec, markSupervisor, type Startable } from './child-spec.ts'
import { answerIn, checkKey, notStarted, Registry } from './registry.ts'
import type { Answered, RegistryKey } from './registry-table.ts'
import { defineStarting, isCallbacks } from './start-server.ts'
import { type AnyBody, type Given, markStarting, STARTED, type StartingBody } from './starting.ts'

/** A key, or how it follows from the arguments of the start. */
export type ViaKey = RegistryKey | ((...args: never[]) => RegistryKey)

/**
 * What is started under a key of a registry: give it to `startServer`, or to a supervisor as `start`. It has the key before its `init`
 * begins, so whoever finds it there may ask it; if somebody has the key, the start fails. It ends when the registry ends.
 *
 * @param registry - the registry, which must run by then
 * @param key - the key, or a function that is given the arguments of the start and answers it
 * @param what - a class of servers, an object of callbacks, what `supervisor` answered, or a body
 * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`; the start rejects with `ERR_RUMPUS_INIT` if the key is taken, the `cause` saying so
 * @example
 * ```ts
 * import { run } from 'rumpus'
 * import { Registry, Server, startServer, via } from 'rumpus/otp'
 * import assert from 'node:assert/strict'
 *
 * const users = new Registry('users')
 * class User extends Server {
 *   init(name) {
 *     this.name = name
 *   }
 *   handleCall = () => this.name
 * }
 *
 * await run(async (self) => {
 *   await users.start(self)
 *   await startServer(self, via(users, (name) => name, User), { args: ['ada'] })
 *   assert.equal(await users.call('ada', 'who?'), 'ada')
 *   const twice = startServer(self, via(users, 'ada', User), { args: ['ada'] })
 *   await assert.rejects(twice, { code: 'ERR_RUMPUS_INIT', message: /the key "ada" belongs to process/ })
 * })
 * ```
 */
export const via = (registry: Registry, key: ViaKey, what: Startable): AnyBody => {
  if (!(registry instanceof Registry)) throw badArgument(TypeError, 'registry', 'a Registry', registry)
  if (typeof key !== 'function') checkKey(key)
  if (isDefinition(what)) {
    throw badArgument(TypeError, 'what', 'no definition: use defineVia where it is defined', what)
  }
  if (typeof what !== 'function' && !isCallbacks(what)) {
    throw badArgument(TypeError, 'what', 'a class of servers, an object of callbacks, a supervisor or a body', what)
  }
  const { what: kept, isSupervisor, starts } = keepSpec({ start: what }, 'what')
  const inner = starts ? (kept as unknown as StartingBody) : startedAtOnce(kept as AnyBody)
  const body = markStarting(async (self: never, given: Given, args: readonly unknown[]) => {
    await enter(self, given, registry, typeof key === 'function' ? key(...(args as never[])) : key)
    return inner(self, given, args)
  })
  if (isSupervisor) markSupervisor(body)
  return body as unknown as AnyBody
}

/**
 * Defines what is started under a key of a registry, for any scheduler: see `define`, whose rules are the same, and {@link via}.
 *
 * @param url - `import.meta.url`
 * @param name - unique in the module
 * @param registry - the registry
 * @param key - the key, or a function that is given the arguments of the start and answers it
 * @param what - a class of servers, an object of callbacks, what `supervisor` answered, or a body
 * @returns the definition, for `startServer` and as a child of supervisors
 * @throws as {@link via} and `define`
 * @example
 * ```ts
 * import { run } from 'rumpus'
 * import { defineVia, Registry, Server, startServer } from 'rumpus/otp'
 * import assert from 'node:assert/strict'
 *
 * const users = new Registry('users')
 * class User extends Server {
 *   handleCall = (words) => words.length
 * }
 * const user = defineVia(import.meta.url, 'user', users, (name) => name, User)
 *
 * await run(async (self) => {
 *   await users.start(self)
 *   await startServer(self, user, { args: ['ada'], on: 1 })
 *   assert.equal(await users.call('ada', 'hello'), 5)
 * })
 * ```
 */
export const defineVia = (
  url: string,
  name: string,
  registry: Registry,
  key: ViaKey,
  what: Startable,
): Definition<Call, readonly unknown[]> => {
  const body = via(registry, key, what) as unknown as StartingBody
  const text = `${registry.name} ${String(key)} ${typeof what === 'function' ? what : Object.values(what).join('\n')}`
  return defineStarting(url, name, body, text) as never
}

/** A body that has started when it has begun. */
const startedAtOnce =
  (body: AnyBody): StartingBody =>
  (self, { ack }, args) => {
    if (ack !== undefined) reply(ack, [STARTED, (self as Process).pid])
    return body(self, ...(args as never[]))
  }

/** Takes the key, or ends. */
const enter = async (self: Self<never>, given: Given, registry: Registry, key: RegistryKey): Promise<void> => {
  const process = self as unknown as Process
  const kernel = process.home as Kernel
  const { name } = registry
  try {
    checkKey(key)
    const table = self.whereis<Call>(name)
    const request = { registry: 'register', key, pid: self.pid, value: undefined } as const
    // Whoever starts this says how long it may take.
    const options = { timeout: Number.POSITIVE_INFINITY }
    answerIn((await self.call((table ?? name) as Pid<Call>, request, options)) as Answered)
    endWith(kernel, process.pid, table as Pid, name)
  } catch (error) {
    if (process.exiting !== undefined) throw error
    const { parent, unlinks } = given
    if (unlinks && parent !== 0) postUnlink(kernel, process.pid, parent)
    // Not thrown: it is no crash.
    self.exit({ kind: 'error', error: describe(notStarted(name, error)) })
  }
}

/** Has a process end when the table of its registry has ended. */
const endWith = (kernel: Kernel, pid: number, table: Pid, name: string): void => {
  const desk = deskOf(kernel)
  const lost = new RumpusError('ERR_RUMPUS_REGISTRY', `the registry ${JSON.stringify(name)} has ended`)
  const reason: ExitReason = { kind: 'error', error: describe(lost) }
  const ofTable = desk.watch(table, (news) => {
    if (news.kind === 'down' && !kernel.detached) postExit(kernel, 0, pid, reason, false)
    desk.unwatch(ofOwn)
  })
  const ofOwn = desk.watch(pid, () => desk.unwatch(ofTable))
}
