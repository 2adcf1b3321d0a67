// partitions, startPartitions, partition: copies of one child on the scheduler threads, each under its name, and one supervisor over them.
// Owns which copy is where and has which key. How many there are is found out where the supervisor starts: whoever lays out a tree need
// not know how many threads it will have. No behaviour of its own: the supervisor is like any other.

import { badArgument } from '../errors.ts'
import { checkOptions, type Names } from '../options.ts'
import { isDefinition } from '../process/define.ts'
import type { Runtime, Self } from '../process/shapes.ts'
import type { Pid } from '../types.ts'
import {
  type ChildSpec,
  type Kept,
  type KeptOptions,
  keepOptions,
  keepSpec,
  markSupervisor,
  SPEC_NAMES,
  SUPERVISOR_NAMES,
  type SupervisorOptions,
} from './child-spec.ts'
import { hashOf } from './partition-of.ts'
import { defineStarting, start } from './start-server.ts'
import { type Given, markStarting, starterOf } from './starting.ts'
import type { SupervisorPid } from './supervisor.ts'
import { SupervisorLoop } from './supervisor-loop.ts'

/** How a supervisor of partitions is. */
export interface PartitionsOptions extends Omit<SupervisorOptions, 'strategy' | 'children' | 'maxChildren'> {
  /** What the supervisor is called, and the partitions, with a slash and their number behind it. */
  readonly name: string
  /** How many, on the scheduler threads in turn: as many as there are threads unless given. */
  readonly partitions?: number
  /**
   * Where their supervisor lives: on the scheduler of whoever starts it (`'here'`, unless given), where there is room (`'any'`), and so
   * somewhere else when its thread has died, or on this one. In the latter two a `backoff` has no `random`, for a function cannot cross.
   */
  readonly on?: 'here' | 'any' | number
}

/** What the supervisor is given, which can cross. */
interface Plan {
  readonly name: string
  readonly partitions: number | undefined
  /** Of each copy, but for its number and its place. */
  readonly copy: Kept
  readonly options: KeptOptions
}

const { strategy: _, children: __, maxChildren: ___, ...ofSupervisor } = SUPERVISOR_NAMES
const PARTITIONS_NAMES: Names<PartitionsOptions> = { ...ofSupervisor, name: true, partitions: true, on: true }
const { id: ____, name: _____, on: ______, ...COPY_NAMES } = SPEC_NAMES

const body = markStarting((self: never, given: Given, [plan]: readonly unknown[]) =>
  new SupervisorLoop(self, given, laidOut(plan as Plan, starterOf(self).kernel.handle.regularSeats - 1)).run(),
)
markSupervisor(body)
const elsewhere = defineStarting(import.meta.url, 'partitions', body, body.toString())

/** The options of the supervisor where there are so many threads. */
const laidOut = ({ name, partitions, copy, options }: Plan, threads: number): KeptOptions => {
  const children = Array.from({ length: partitions ?? Math.max(1, threads) }, (_, n): Kept => {
    // Seat 0 is the host's, which has all where there are no threads.
    const on = threads === 0 ? 0 : 1 + (n % threads)
    return { ...copy, id: `${n}`, options: { ...copy.options, name: `${name}/${n}`, on } }
  })
  return { ...options, children }
}

/**
 * A copy of a child on every scheduler thread, each named `name/n`, under one supervisor, which is a child of another supervisor or of an
 * application. When it is started anew, it has all its partitions again, under their names.
 *
 * For partitions that belong to one process, or to ordinary code, {@link startPartitions} does.
 *
 * @param child - the child: a definition, for it runs elsewhere
 * @param options - the name, and how their supervisor is
 * @returns its spec, whose `id` is the name, too
 * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`, RangeError `ERR_RUMPUS_OUT_OF_RANGE` with the path of what is wrong
 * @example
 * ```ts
 * import { exit, run } from 'rumpus'
 * import { defineServer, partition, partitions, startSupervisor, whichChildren } from 'rumpus/otp'
 * import assert from 'node:assert/strict'
 *
 * const caches = defineServer(import.meta.url, 'caches', { handleCall: (key) => `nothing for ${key}` })
 *
 * await run(async (self) => {
 *   const top = await startSupervisor(self, { children: [partitions({ start: caches }, { name: 'caches' })] })
 *   const [{ pid }] = await whichChildren(top)
 *   self.monitor(pid)
 *   exit(pid, 'kill') // takes all partitions along
 *   await self.receive()
 *   await whichChildren(top) // it has heard, too, and has acted
 *   assert.equal(await self.call(partition('caches', 'ada', 2), 'ada'), 'nothing for ada')
 * }, { schedulers: 2 })
 * ```
 */
export const partitions = (child: Omit<ChildSpec, 'id' | 'on' | 'name'>, options: PartitionsOptions): ChildSpec => {
  checkOptions('options', options, PARTITIONS_NAMES)
  const { name, partitions, on, ...others } = options
  if (typeof name !== 'string' || name === '')
    throw badArgument(TypeError, 'options.name', 'a string that is not empty', name)
  if (partitions !== undefined) checkCount('options.partitions', partitions)
  checkOptions('child', child, COPY_NAMES)
  if (!isDefinition(child.start)) throw badArgument(TypeError, 'child.start', 'a definition', child.start)
  const kept = keepOptions({ ...others, strategy: 'one_for_one' })
  const copy = keepSpec({ ...child, id: '0' }, 'child', kept.strategy, kept.autoShutdown)
  const args: [Plan] = [{ name, partitions, copy, options: kept }]
  if (on === undefined || on === 'here') return { id: name, name, start: body as never, args }
  if (on !== 'any' && !Number.isInteger(on))
    throw badArgument(TypeError, 'options.on', "'here', 'any' or a scheduler", on)
  return { id: name, name, start: elsewhere, args, on }
}

/**
 * Starts a copy of a child on every scheduler thread, each named `name/n`, under one supervisor. Work for the same key always meets the
 * same copy, see {@link partition}; a copy is started anew where it was.
 *
 * When the supervisor ends, so do they. One that is itself started anew is what {@link partitions} gives to another.
 *
 * @param parent - as of {@link startSupervisor}
 * @param child - the child: a definition, for it runs elsewhere
 * @param options - the name, and how the supervisor is
 * @returns the supervisor's pid
 * @throws as {@link partitions} and {@link startSupervisor}
 * @example
 * ```ts
 * import { run } from 'rumpus'
 * import { defineServer, partition, startPartitions } from 'rumpus/otp'
 * import assert from 'node:assert/strict'
 *
 * const counts = defineServer(import.meta.url, 'counts', {
 *   init() {
 *     this.counts = new Map()
 *   },
 *   handleCall(key) {
 *     this.counts.set(key, (this.counts.get(key) ?? 0) + 1)
 *     return this.counts.get(key)
 *   },
 * })
 *
 * await run(async (self) => {
 *   await startPartitions(self, { start: counts }, { name: 'counts' })
 *   const home = partition('counts', 'ada', 2)
 *   assert.equal(await self.call(home, 'ada'), 1)
 *   assert.equal(await self.call(home, 'ada'), 2)
 * }, { schedulers: 2 })
 * ```
 */
export const startPartitions = (
  parent: Self<never> | Runtime | { readonly pid: Pid<never> },
  child: Omit<ChildSpec, 'id' | 'on' | 'name'>,
  options: PartitionsOptions,
): Promise<SupervisorPid> => {
  const { start: what, args, name, on } = partitions(child, options)
  const how = { args: args as unknown[], name: name as string, ...(on === undefined ? {} : { on }) }
  return start(parent, what as never, { ...how, timeout: Number.POSITIVE_INFINITY }) as Promise<SupervisorPid>
}

const checkCount = (path: string, partitions: unknown): void => {
  if (Number.isInteger(partitions) && (partitions as number) >= 1 && (partitions as number) <= 63) return
  throw badArgument(RangeError, path, 'a whole number from 1 to 63', partitions)
}

/**
 * The name of the copy that {@link startPartitions} or `partitions` has for `key`: the same for the same key, on every scheduler,
 * without asking anybody.
 *
 * @param name - the name that was given there
 * @param key - what the work is about
 * @param partitions - how many copies there are
 * @throws RangeError `ERR_RUMPUS_OUT_OF_RANGE`
 * @example
 * ```ts
 * import { partition } from 'rumpus/otp'
 * import assert from 'node:assert/strict'
 *
 * assert.equal(partition('counts', 'ada', 4), partition('counts', 'ada', 4))
 * assert.match(partition('counts', 7, 4), /^counts\/[0-3]$/)
 * ```
 */
export const partition = (name: string, key: string | number, partitions: number): string => {
  checkCount('partitions', partitions)
  return `${name}/${hashOf(String(key)) % partitions}`
}
