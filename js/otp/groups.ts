// join, leave, members, publish: groups of processes that hear of the same thing, as others see them. Owns the checks, and what goes to
// which scheduler; who is in which group is the hub's (`hub.ts`).
//
// As Erlang's pg a process joins where it lives, and nobody need start anything; unlike there a process is in a group once, however often
// it joins, for who joins again after a doubtful moment wants no message twice. A message crosses to a scheduler once, not once for
// each member there. It is encoded before anybody gets it, so a message that cannot cross is sent to nobody.

import { badArgument, RumpusError, UncrossableError } from '../errors.ts'
import type { Kernel } from '../kernel/kernel.ts'
import { onlyKernel } from '../kernel/kernels.ts'
import { checkPid, kernelOf } from '../kernel/post.ts'
import { highOf, Process } from '../kernel/process.ts'
import { INDEX_MASK } from '../kernel/words.ts'
import { checkOptions, type Names } from '../options.ts'
import { askOutside } from '../process/call.ts'
import { checkName } from '../process/names.ts'
import { WAIT_NAMES } from '../process/option-names.ts'
import { send } from '../process/send.ts'
import type { CallOptions, Runtime, Self } from '../process/shapes.ts'
import { refuseCargo } from '../process/transfer.ts'
import { checkWait } from '../process/waits.ts'
import type { Pid } from '../types.ts'
import { hubIn, hubOf, living, otherHubs, type Publication } from './hub.ts'
import { starterOf } from './starting.ts'

const NO_OPTIONS: PublishOptions = {}

const GROUP_NAMES: Names<GroupOptions> = { of: true }
const PUBLISH_NAMES: Names<PublishOptions> = { ...GROUP_NAMES, except: true }
const MEMBERS_NAMES: Names<CallOptions & GroupOptions> = { ...GROUP_NAMES, ...WAIT_NAMES }

/** Who can join and leave: the `self` of a body or of a server, or the pid of a process of this scheduler. */
export type Joining = Self<never> | Pid<never> | { readonly pid: Pid<never> }

/** In which runtime a group is. */
export interface GroupOptions {
  /** The `self` of a process, or a runtime: needed where a thread has several runtimes. */
  readonly of?: Self<never> | Runtime | { readonly pid: Pid<never> }
}

/** How something is published. */
export interface PublishOptions extends GroupOptions {
  /** Who does not get it though it is a member: whoever publishes, for example. */
  readonly except?: Pid<never>
}

/**
 * A process joins a group: from now on it gets whatever is published for `topic`, on whatever scheduler. It leaves with its end, or by
 * {@link leave}. Groups are not made, nor ended: there are those that have members.
 *
 * For news: any number of processes hear, none answers. To find the one process for something, use a {@link Registry}.
 *
 * @param who - the `self` of a body or of a server, or the pid of a process that has begun on this scheduler
 * @param topic - the name of the group
 * @returns whether it was not in there yet
 * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`, RangeError `ERR_RUMPUS_OUT_OF_RANGE` if it is a process of another scheduler, RumpusError
 * `ERR_RUMPUS_NOPROC` if it must end
 * @example
 * ```ts
 * import { run, send } from 'rumpus'
 * import { join, publish } from 'rumpus/otp'
 * import assert from 'node:assert/strict'
 *
 * await run(async (self) => {
 *   for (let i = 0; i < 3; i++) {
 *     self.spawn(async (me) => {
 *       join(me, 'weather')
 *       send(self.pid, 'ready')
 *       send(self.pid, await me.receive())
 *     })
 *   }
 *   for (let i = 0; i < 3; i++) await self.receive()
 *   publish('weather', 'rain')
 *   for (let i = 0; i < 3; i++) assert.equal(await self.receive(), 'rain')
 * })
 * ```
 */
export const join = (who: Joining, topic: string): boolean => {
  const { kernel, process } = localOf(who, topic)
  if (process.exiting !== undefined) {
    throw new RumpusError('ERR_RUMPUS_NOPROC', 'a process that must end joins no group')
  }
  return hubOf(kernel).join(process.pid, topic)
}

/**
 * A process leaves a group. What was published before may still come.
 *
 * @param who - as of {@link join}
 * @param topic - the name of the group
 * @returns whether it was in there
 * @throws as {@link join}
 * @example
 * ```ts
 * import { run } from 'rumpus'
 * import { join, leave } from 'rumpus/otp'
 * import assert from 'node:assert/strict'
 *
 * await run(async (self) => {
 *   join(self, 'weather')
 *   assert.equal(leave(self, 'weather'), true)
 *   assert.equal(leave(self, 'weather'), false)
 * })
 * ```
 */
export const leave = (who: Joining, topic: string): boolean => {
  const { kernel, process } = localOf(who, topic)
  return hubIn(kernel)?.leave(process.pid, topic) ?? false
}

/**
 * The members of a group on all schedulers. For people and dashboards, and to choose one; to tell them all something, {@link publish}.
 *
 * @param topic - the name of the group
 * @param options - as of `call`; in which runtime
 * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`; rejects as `call` does if a scheduler does not answer in time
 * @example
 * ```ts
 * import { run } from 'rumpus'
 * import { join, members } from 'rumpus/otp'
 * import assert from 'node:assert/strict'
 *
 * await run(async (self) => {
 *   join(self, 'weather')
 *   assert.deepEqual(await members('weather'), [self.pid])
 * })
 * ```
 */
export const members = (topic: string, options: CallOptions & GroupOptions = {}): Promise<readonly Pid<never>[]> => {
  checkName('topic', topic)
  checkOptions('options', options, MEMBERS_NAMES)
  checkWait(options, true)
  const kernel = kernelFor(options)
  const here = living(hubIn(kernel)?.members(topic) ?? [])
  const there = otherHubs(kernel).map((hub) => askHub(kernel, hub, topic, options))
  return Promise.all(there).then((lists) => [...here, ...lists.flat()] as unknown as Pid<never>[])
}

const askHub = (kernel: Kernel, hub: number, topic: string, options: CallOptions): Promise<number[]> =>
  (askOutside(kernel, hub, 'call', topic, options) as Promise<number[]>).catch((error: RumpusError) => {
    // Its thread has died, and its members with it.
    if (error.code === 'ERR_RUMPUS_NOPROC' || error.code === 'ERR_RUMPUS_DOWN') return []
    throw error
  })

/**
 * The members of a group on this scheduler, without a wait.
 *
 * @param topic - the name of the group
 * @param options - in which runtime
 * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`
 * @example
 * ```ts
 * import { run } from 'rumpus'
 * import { join, localMembers } from 'rumpus/otp'
 * import assert from 'node:assert/strict'
 *
 * await run(async (self) => {
 *   join(self, 'weather')
 *   assert.deepEqual(localMembers('weather'), [self.pid])
 * })
 * ```
 */
export const localMembers = (topic: string, options: GroupOptions = {}): readonly Pid<never>[] => {
  checkName('topic', topic)
  checkOptions('options', options, GROUP_NAMES)
  return living(hubIn(kernelFor(options))?.members(topic) ?? []) as unknown as Pid<never>[]
}

/**
 * Sends `message` to every member of a group: a send each on this scheduler, one crossing for each other scheduler that has members of
 * any group. Never waits, and does not tell who got it. What one process publishes arrives in the order published; a message that
 * it sends to a member itself may arrive before what it published, where that is on another scheduler.
 *
 * @param topic - the name of the group
 * @param message - what, as of `send`; nothing can be transferred
 * @param options - who is left out; in which runtime
 * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`; UncrossableError `ERR_RUMPUS_UNCROSSABLE` if another scheduler has groups and the
 * message cannot cross: nobody got it
 * @example
 * ```ts
 * import { run } from 'rumpus'
 * import { join, publish } from 'rumpus/otp'
 * import assert from 'node:assert/strict'
 *
 * await run(async (self) => {
 *   join(self, 'weather')
 *   publish('weather', 'what I say myself', { except: self.pid })
 *   publish('weather', 'rain')
 *   assert.equal(await self.receive(), 'rain')
 * })
 * ```
 */
export const publish = (topic: string, message: unknown, options: PublishOptions = NO_OPTIONS): void => {
  checkName('topic', topic)
  const kernel = kernelFor(options)
  const { except = 0, of } = options
  // It is hot: names are looked at only where nothing that is known is set.
  if (options !== NO_OPTIONS && except === 0 && of === undefined) checkOptions('options', options, PUBLISH_NAMES)
  if (except !== 0) checkPid(except)
  refuseCargo('message', message)
  const others = otherHubs(kernel)
  if (others.length > 0) publishTo(kernel, others, { topic, message, except })
  hubIn(kernel)?.deliver(topic, message, except)
}

const publishTo = (kernel: Kernel, hubs: readonly number[], publication: Publication): void => {
  try {
    for (const hub of hubs) send(hub as Pid<unknown>, publication)
  } catch (error) {
    // As whoever publishes knows it.
    if (error instanceof UncrossableError) kernel.codec.check(publication.message, 'message')
    throw error
  }
}

const kernelFor = (options: GroupOptions): Kernel => {
  if (typeof options !== 'object' || options === null) throw badArgument(TypeError, 'options', 'an object', options)
  return options.of === undefined ? onlyKernel() : starterOf(options.of).kernel
}

/** The process of this scheduler that joins or leaves. */
const localOf = (who: unknown, topic: unknown): { kernel: Kernel; process: Process } => {
  checkName('topic', topic)
  if (who instanceof Process) return { kernel: who.home as Kernel, process: who }
  if (typeof who !== 'number') throw badArgument(TypeError, 'who', 'the self of a process or a pid', who)
  checkPid(who)
  const kernel = kernelOf(who)
  const process = kernel.procs[who & INDEX_MASK]
  if (process !== undefined && process.high === highOf(who)) return { kernel, process }
  throw badArgument(RangeError, 'who', 'a process of this scheduler', who)
}
