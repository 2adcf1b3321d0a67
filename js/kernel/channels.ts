// Channels of `node:diagnostics_channel` on which lives are told: of processes, on the thread they live on; of schedulers, on
// that of the host. Owns their names. Without subscribers a birth and an end look at one flag each. Whoever subscribes is
// called behind what runs, so it may do anything: never in the middle of a spawn or a turn.

import type { Channel } from 'node:diagnostics_channel'
import { builtin } from '../builtin.ts'
import type { ExitReason, Pid } from '../types.ts'
import type { Kernel } from './kernel.ts'
import { splitKey } from './keys.ts'
import type { Process } from './process.ts'

const { channel } = builtin('node:diagnostics_channel')

/**
 * A process has come to live on this thread: a closure was spawned, or a definition is about to begin here. Published to the
 * channel `rumpus:spawn` of `node:diagnostics_channel`, on that thread: to hear of all, subscribe in a module that every
 * thread loads, by `--import` or beside your definitions. An ended process is told of on `rumpus:exit`.
 *
 * @example
 * ```ts
 * import { run } from 'rumpus'
 * import { subscribe } from 'node:diagnostics_channel'
 * import assert from 'node:assert/strict'
 *
 * const heard = []
 * subscribe('rumpus:spawn', ({ pid, name }) => heard.push([pid, name]))
 * await run(async (self) => {
 *   const [pid] = self.spawnMonitor(async () => {}, { name: 'short' })
 *   await self.receive()
 *   assert.deepEqual(heard, [[self.pid, undefined], [pid, 'short']])
 * })
 * ```
 */
export interface SpawnReport {
  /** Which. */
  readonly pid: Pid
  /** On which scheduler. */
  readonly scheduler: number
  /** Its registered name, if it has one. */
  readonly name?: string
  /** What it was spawned from, unless that was a closure. */
  readonly definition?: {
    /** The module that defines it. */
    readonly url: string
    /** Its name there. */
    readonly name: string
  }
}

/**
 * A process that lived on this thread has ended, or its body was given up. Published to the channel `rumpus:exit` of
 * `node:diagnostics_channel`, on that thread. The processes of a thread that goes down are not told of one by one:
 * `rumpus:scheduler-down` is.
 *
 * @example
 * ```ts
 * import { run } from 'rumpus'
 * import { subscribe } from 'node:diagnostics_channel'
 * import assert from 'node:assert/strict'
 *
 * const kinds = []
 * subscribe('rumpus:exit', ({ reason }) => kinds.push(reason.kind))
 * await run(async (self) => {
 *   self.spawnMonitor(async (me) => me.exit('shutdown'))
 *   await self.receive()
 * })
 * assert.deepEqual(kinds, ['shutdown', 'normal'])
 * ```
 */
export interface ExitReport extends SpawnReport {
  /** Why. */
  readonly reason: ExitReason
}

/** A scheduler thread has taken its seat. Published to the channel `rumpus:scheduler-up` of `node:diagnostics_channel`, on the host's thread. */
export interface SchedulerUpReport {
  /** Its number. */
  readonly scheduler: number
  /** The `threadId` of its Worker. */
  readonly thread: number
  /** Whether it is for one process that was spawned `on: 'dedicated'`. */
  readonly dedicated: boolean
  /** What it took to start, in milliseconds. */
  readonly ms: number
}

/**
 * A scheduler thread has ended. Published to the channel `rumpus:scheduler-down` of `node:diagnostics_channel`, on the host's thread.
 *
 * @example
 * ```ts
 * import { start } from 'rumpus'
 * import { subscribe } from 'node:diagnostics_channel'
 * import assert from 'node:assert/strict'
 *
 * const heard = []
 * for (const what of ['up', 'down']) subscribe(`rumpus:scheduler-${what}`, (report) => heard.push([what, report.scheduler]))
 * const runtime = await start({ schedulers: 1, eager: true })
 * await runtime.stop()
 * assert.deepEqual(heard, [['up', 1], ['down', 1]])
 * ```
 */
export interface SchedulerDownReport {
  /** Its number. */
  readonly scheduler: number
  /** The `threadId` that its Worker had. */
  readonly thread: number
  /** Whether it was for one process that was spawned `on: 'dedicated'`. */
  readonly dedicated: boolean
  /** Its exit code. */
  readonly code: number
  /** Whether it was to end: the runtime stops, or nothing lived there any more. Otherwise another takes its place. */
  readonly expected: boolean
  /** Why it went down otherwise. */
  readonly error?: unknown
}

/** Births and ends of processes; who has any to tell looks first whether anybody listens. */
export const births: Channel = channel('rumpus:spawn')
export const ends: Channel = channel('rumpus:exit')
const ups = channel('rumpus:scheduler-up')
const downs = channel('rumpus:scheduler-down')

const reportOf = (kernel: Kernel, process: Process): SpawnReport => {
  const { handle } = kernel
  const name = handle.nameOf(process.pid)
  const key = process.definition < 0 ? undefined : handle.definition(process.definition)
  return {
    pid: process.pid as Pid,
    scheduler: kernel.id,
    ...(name == null ? {} : { name }),
    ...(key == null ? {} : { definition: splitKey(key) }),
  }
}

/** Tells of a process that has come to live here. */
export const tellBirth = (kernel: Kernel, process: Process): void => {
  const report = reportOf(kernel, process)
  queueMicrotask(() => births.publish(report))
}

/** Tells of one that has ended. */
export const tellEnd = (kernel: Kernel, process: Process): void => {
  if (process.pid === kernel.desk?.pid) return
  const report: ExitReport = { ...reportOf(kernel, process), reason: process.exiting ?? { kind: 'killed' } }
  queueMicrotask(() => ends.publish(report))
}

/** Tells of a scheduler thread that is up. */
export const tellUp = (report: SchedulerUpReport): void => {
  if (ups.hasSubscribers) ups.publish(report)
}

/** Tells of one that has ended. */
export const tellDown = (report: SchedulerDownReport): void => {
  if (downs.hasSubscribers) downs.publish(report)
}
