// simulate: a program of processes runs on one thread in an order of chance that a seed repeats. Owns the checks, and what is
// said of a run that fails.

import { badArgument, ProcessExit, RumpusError } from '../errors.ts'
import { spawnHere } from '../kernel/life.ts'
import { dedicatedBeside } from '../kernel/machine.ts'
import { type Body, rareOf } from '../kernel/process.ts'
import type { CrashReport } from '../kernel/reports.ts'
import type { MessageMode } from '../kernel/settings.ts'
import { loadTracing } from '../kernel/tracing.ts'
import type { Names } from '../options.ts'
import { crashReporter } from '../process/reports.ts'
import type { Self } from '../process/shapes.ts'
import { checkShared } from '../process/start.ts'
import type { Given } from './simulation.ts'

/** How a simulation is made. */
export interface SimulateOptions {
  /** Decides every choice; by chance unless given. A run that fails tells its seed on stderr. */
  readonly seed?: number
  /** Schedulers beside the host, all on this thread; 2 unless given. */
  readonly schedulers?: number
  /** As for `run`; their places are opened and closed in an order of chance, too. */
  readonly dedicated?: number
  /** As for `run`. */
  readonly hostWorks?: boolean
  /** As for `run`. */
  readonly placement?: boolean
  /** Which way local messages take; `RUMPUS_LANE` unless given. */
  readonly lane?: 'js' | 'native'
  /** As for `run`. */
  readonly messages?: MessageMode
  /** As for `run`, in the time of the simulation; `RUMPUS_TRACE` means nothing here. */
  readonly trace?: string
  /** Hears of crashes; without it they are written to stderr. */
  readonly onCrash?: (report: CrashReport) => void
}

/** What a simulated program may ask of its simulation. */
export interface Simulated {
  /** What decides every choice: give it to `simulate` to run the same again. */
  readonly seed: number
  /** Milliseconds that have passed in it. */
  now(): number
  /**
   * Has the thread of a scheduler die: whatever had begun there is down, what had not begins elsewhere, and another thread takes its
   * place. It happens when the step that is under way is over. Threads share their modules here: what a module keeps is kept.
   *
   * Throws `RangeError` `ERR_RUMPUS_OUT_OF_RANGE` for one that is not there, and for the host.
   *
   * @example
   * ```ts
   * import { define, simulate } from 'rumpus'
   * import assert from 'node:assert/strict'
   *
   * const waits = define(import.meta.url, 'waits', async (self) => void (await self.receive()))
   *
   * await simulate({ seed: 1 }, async (self, simulation) => {
   *   self.spawnMonitor(waits.with({ on: 2 }))
   *   await self.sleep(1)
   *   simulation.endScheduler(2)
   *   assert.deepEqual((await self.receive()).reason, { kind: 'scheduler-down', scheduler: 2 })
   * })
   * ```
   */
  endScheduler(scheduler: number): void
}

/** The options of a simulation. */
const NAMES: Names<SimulateOptions> = {
  seed: true,
  schedulers: true,
  dedicated: true,
  hostWorks: true,
  placement: true,
  lane: true,
  messages: true,
  trace: true,
  onCrash: true,
}
const SEED_MAX = 2 ** 53 - 1
/** Schedulers, unless given. */
const SCHEDULERS = 2

/**
 * Runs `main` as the first process of a runtime whose schedulers all live on this thread and take their steps one at a time, in
 * an order that the seed decides, in time of their own: a sleep of an hour takes no time. Answers what `main` returns.
 *
 * For tests: run a program under many seeds, and a failing one again under the same seed, step by step. The code is the one
 * that threads run; what it does with real time, files or sockets is not repeated. Definitions must have been imported.
 *
 * @param options - the seed, the schedulers
 * @param main - the first process, on the host; its second argument tells the time
 * @throws at the call TypeError `ERR_RUMPUS_BAD_ARGUMENT`, RangeError `ERR_RUMPUS_OUT_OF_RANGE`; rejects with what `main` throws,
 * and with RumpusError `ERR_RUMPUS_DEADLOCK`, which lists who waits, if nothing can ever happen again
 * @example
 * ```ts
 * import { send, simulate } from 'rumpus'
 * import assert from 'node:assert/strict'
 *
 * const orders = new Set()
 * for (let seed = 1; seed <= 50; seed++) {
 *   await simulate({ seed }, async (self, simulation) => {
 *     for (const name of ['a', 'b']) {
 *       self.spawn(async (me) => {
 *         await me.sleep(3_600_000)
 *         send(self.pid, name)
 *       })
 *     }
 *     orders.add(`${await self.receive()}${await self.receive()}`)
 *     assert(simulation.now() >= 3_600_000)
 *   })
 * }
 * ```
 */
export const simulate = <T, M = unknown>(
  options: SimulateOptions,
  main: (self: Self<M>, simulation: Simulated) => T | PromiseLike<T>,
): Promise<T> => {
  const { seed = Math.floor(Math.random() * 2 ** 32), schedulers = SCHEDULERS } = check(options)
  if (typeof main !== 'function') throw badArgument(TypeError, 'main', 'a function', main)
  const lane = options.lane ?? process.env.RUMPUS_LANE
  const messages = options.messages ?? 'reference'
  const given: Given = {
    seed,
    schedulers,
    dedicated: dedicatedBeside(schedulers, options.dedicated),
    hostWorks: options.hostWorks ?? false,
    placement: options.placement ?? true,
    settings: {
      nativeLane: lane === 'native' || messages !== 'reference',
      messages,
      highWater: Number.POSITIVE_INFINITY,
    },
    crashed: crashReporter(options.onCrash),
  }
  return simulateMain(given, options.trace, main as (self: never, simulation: Simulated) => unknown) as Promise<T>
}

const simulateMain = async (
  given: Given,
  traceName: string | undefined,
  main: (self: never, simulation: Simulated) => unknown,
): Promise<unknown> => {
  const { Simulation } = await import('./simulation.ts')
  const by = traceName === undefined ? undefined : await loadTracing()
  const trace = by === undefined || traceName === undefined ? undefined : { by, file: by.open(traceName) }
  const simulation = new Simulation({ ...given, trace })
  const { seed } = given
  let outcome: { value: unknown } | { error: unknown } | undefined
  const told: Simulated = {
    seed,
    now: () => simulation.nowUs / 1000,
    endScheduler: (scheduler) => simulation.endScheduler(scheduler),
  }
  const root = spawnHere(simulation.host, ((self: never) => main(self, told)) as Body)
  rareOf(root).settled = (reason, value, thrown) => {
    if (reason.kind === 'normal') outcome = { value }
    else if (thrown !== undefined && !(thrown.error instanceof ProcessExit)) outcome = { error: thrown.error }
    else outcome = { error: new RumpusError('ERR_RUMPUS_ENDED', `main was ended: ${reason.kind}`, { cause: reason }) }
  }
  try {
    await simulation.run(() => outcome !== undefined)
  } catch (error) {
    outcome = { error }
  }
  rareOf(root).settled = undefined
  await simulation.end()
  if (outcome !== undefined && 'value' in outcome) return outcome.value
  process.stderr.write(`rumpus: a simulation failed; simulate({ seed: ${seed} }, …) repeats it\n`)
  throw outcome?.error
}

const check = (options: SimulateOptions): SimulateOptions => {
  checkShared(options, NAMES, 1, () => SCHEDULERS)
  const { seed, lane } = options
  if (seed !== undefined && !(Number.isInteger(seed) && seed >= 0 && seed <= SEED_MAX))
    throw badArgument(RangeError, 'options.seed', `a whole number from 0 to ${SEED_MAX}`, seed)
  if (lane !== undefined && lane !== 'js' && lane !== 'native') {
    throw badArgument(TypeError, 'options.lane', "'js' or 'native'", lane)
  }
  return options
}
