// What a runtime may be made with: the options of `run` and `start`, and what each means. No behaviour; the checks are in
// `start.ts`.

import type { HighWaterReport } from '../kernel/process.ts'
import type { CrashReport } from '../kernel/reports.ts'
import type { MessageMode } from '../kernel/settings.ts'
import type { StallOptions, StallReport } from '../kernel/stalls.ts'

/** How a runtime is made. */
export interface RuntimeOptions {
  /**
   * Scheduler threads beside this one, 0 to 63; `RUMPUS_SCHEDULERS`, or as many as there are cores to use. With 0 everything
   * runs on this thread, definitions too, for a debugger that steps from one process to the next; `hostWorks` is true then.
   * Only what is spawned `on: 'dedicated'` still has a thread of its own.
   */
  readonly schedulers?: number
  /**
   * How many processes may have a thread of their own at a time, spawned `on: 'dedicated'`: 0 to 63 less `schedulers`, 8 unless
   * given, if so many fit. A thread is started for each and goes with it; one more is refused with `ERR_RUMPUS_NO_THREAD`.
   */
  readonly dedicated?: number
  /** Whether this thread takes placed and stolen processes too; no by default, for it can be neither ended nor replaced. */
  readonly hostWorks?: boolean
  /** Whether definitions are placed on the better of two schedulers; otherwise they queue where they were spawned, and are stolen. */
  readonly placement?: boolean
  /** Starts the scheduler threads at once instead of with the first definition. */
  readonly eager?: boolean
  /** Maps the URL of a module that defines to the one that schedulers load, for sources that must be built first. */
  readonly resolve?: (url: string) => string
  /** Heap of a scheduler thread, in megabytes; by default a fair part of the memory there is. */
  readonly heapMb?: number
  /**
   * Hears of crashes; without it a log of `rumpus/logger` has them, or stderr. Who only wants to know subscribes to the channel `rumpus:crash`
   * of `node:diagnostics_channel`.
   *
   * @example
   * ```ts
   * import { run } from 'rumpus'
   * import { subscribe } from 'node:diagnostics_channel'
   * import assert from 'node:assert/strict'
   *
   * const [heard, told] = [[], []]
   * subscribe('rumpus:crash', ({ error }) => heard.push(error.message))
   * await run(
   *   async (self) => {
   *     self.spawnMonitor(async () => {
   *       throw new Error('no')
   *     })
   *     await self.receive()
   *   },
   *   { onCrash: ({ error }) => told.push(error.message) },
   * )
   * assert.deepEqual([heard, told], [['no'], ['no']])
   * ```
   */
  readonly onCrash?: (report: CrashReport) => void
  /**
   * What the receiver of a message on its sender's own scheduler gets: the value (`'reference'`, unless given), the value
   * frozen as deep as it crosses (`'freeze'`), or a copy (`'clone'`). The last two refuse at `send` what could not cross to
   * another scheduler: for tests and for finding who changes what it has sent, for every message takes the way through Rust.
   * What JavaScript cannot freeze stays as it is: the entries of a Map or a Set, binary data, a Date, a RegExp, a Proxy,
   * private fields.
   *
   * @example
   * ```ts
   * import { run, send } from 'rumpus'
   * import assert from 'node:assert/strict'
   *
   * const body = async (self) => {
   *   const job = { steps: ['one'] }
   *   send(self.pid, job)
   *   return [job, await self.receive()]
   * }
   * const [lent, taken] = await run(body, { messages: 'freeze' })
   * assert(lent === taken && Object.isFrozen(taken.steps))
   * const [kept, copy] = await run(body, { messages: 'clone' })
   * assert.deepEqual(kept, copy)
   * assert.notEqual(kept, copy)
   * await assert.rejects(run(async (self) => send(self.pid, [() => 1]), { messages: 'clone' }), { path: 'message[0]' })
   * ```
   */
  readonly messages?: MessageMode
  /**
   * So many messages in the inbox of one process are worth telling, 100 000 unless given, 0 for never. It is looked at when an
   * inbox must grow, at 4, 8, 16 and so on: told with the first message beyond such a number that is not below this one, and
   * again at each doubling. An inbox keeps its room: one that is emptied and fills again is told of when it grows further.
   */
  readonly highWater?: number
  /**
   * Hears of that, on the host's thread, behind what runs there. So do subscribers of `rumpus:high-water` in
   * `node:diagnostics_channel`, without this option. What to do about it: give the process a bounded `mailbox`, or `offer`.
   *
   * @example
   * ```ts
   * import { exit, run, send } from 'rumpus'
   * import assert from 'node:assert/strict'
   *
   * const reports = []
   * const onHighWater = (report) => {
   *   reports.push(report)
   *   exit(report.pid, 'kill')
   * }
   * await run(async (self) => {
   *   const [slow] = self.spawnMonitor(async () => new Promise(() => {}))
   *   for (let i = 0; i < 2000; i++) send(slow, i)
   *   await self.receive()
   *   assert.equal(reports[0].pid, slow)
   *   assert.equal(reports[0].waiting, 1025)
   * }, { highWater: 1024, onHighWater })
   * ```
   */
  readonly onHighWater?: (report: HighWaterReport) => void
  /** When a scheduler counts as stalled, and whether its thread is ended then; `false`: nobody watches. */
  readonly stall?: StallOptions | false
  /**
   * Hears of schedulers that take no turn, because a body or other code keeps their thread; without it they are written to
   * stderr. A stall of this thread is written there at once, and heard of here when it is over. Also published to the channel
   * `rumpus:stall` of `node:diagnostics_channel`.
   *
   * @example
   * ```ts
   * import { run } from 'rumpus'
   * import assert from 'node:assert/strict'
   *
   * const stalls = []
   * await run(
   *   async (self) => {
   *     const begun = performance.now()
   *     while (performance.now() - begun < 250); // keeps the thread
   *     while (stalls.length === 0) await self.sleep(1)
   *     assert.equal(stalls[0].pid, self.pid)
   *     assert(stalls[0].ms >= 100)
   *   },
   *   { stall: { ms: 100 }, onStall: (report) => stalls.push(report) },
   * )
   * ```
   */
  readonly onStall?: (report: StallReport) => void
  /**
   * A file to write a trace into, for `ui.perfetto.dev` or `chrome://tracing`: who ran when and on which thread, what it waited
   * for, messages as arrows, thefts, turns, sleeps; `RUMPUS_TRACE` unless given. A file that is there is replaced, but by the
   * first runtime of this thread only: others that name it go on with it. `%p` in the name is the number of this Node process; a
   * host that is itself a Worker adds its thread's number. For looking at, not for production: a message costs some
   * microseconds and half a kilobyte while it is traced, and nothing while it is not.
   *
   * `start` and `run` reject with RumpusError `ERR_RUMPUS_TRACE` if the file cannot be written.
   *
   * @example
   * ```ts
   * import { run, send } from 'rumpus'
   * import { mkdtempSync, readFileSync } from 'node:fs'
   * import { tmpdir } from 'node:os'
   * import { join } from 'node:path'
   * import assert from 'node:assert/strict'
   *
   * const trace = join(mkdtempSync(join(tmpdir(), 'trace-')), 'trace.json')
   * await run(
   *   async (self) => {
   *     send(self.pid, 'hello')
   *     await self.receive()
   *   },
   *   { trace },
   * )
   * const events = JSON.parse(readFileSync(trace, 'utf8'))
   * assert.equal(events.filter(({ ph, name }) => ph === 's' && name === 'message').length, 1)
   * ```
   */
  readonly trace?: string
}
