// simulate: a program of processes runs on one thread in an order of chance that a seed repeats. Owns the checks, and what is
// said of a run that fails.

import { badArgument, ProcessExit, RumpusError } from '../errors.ts'
import { spawnHere } from '../kernel/life.ts'
import { SCHEDULERS_MAX } from '../kernel/machine.ts'
import type { Body } from '../kernel/process.ts'
import type { CrashReport } from '../kernel/reports.ts'
import type { MessageMode } from '../kernel/settings.ts'
import { crashReporter } from '../process/reports.ts'
import type { Self } from '../process/shapes.ts'
import { MODES } from '../process/start.ts'
import { Simulation } from './simulation.ts'

/** How a simulation is made. */
export interface SimulateOptions {
  /** Decides every choice; by chance unless given. A run that fails tells its seed on stderr. */
  readonly seed?: number
  /** Schedulers beside the host, all on this thread; 2 unless given. */
  readonly schedulers?: number
  /** As for `run`. */
  readonly hostWorks?: boolean
  /** As for `run`. */
  readonly placement?: boolean
  /** Which way local messages take; `RUMPUS_LANE` unless given. */
  readonly lane?: 'js' | 'native'
  /** As for `run`. */
  readonly messages?: MessageMode
  /** Hears of crashes; without it they are written to stderr. */
  readonly onCrash?: (report: CrashReport) => void
}

/** What a simulated program may ask of its simulation. */
export interface Simulated {
  readonly seed: number
  /** Milliseconds that have passed in it. */
  now(): number
}

const SEED_MAX = 2 ** 53 - 1

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
  const { seed = Math.floor(Math.random() * 2 ** 32), schedulers = 2 } = check(options)
  if (typeof main !== 'function') throw badArgument(TypeError, 'main', 'a function', main)
  const lane = options.lane ?? process.env.RUMPUS_LANE
  const messages = options.messages ?? 'reference'
  const simulation = new Simulation({
    seed,
    schedulers,
    hostWorks: options.hostWorks ?? false,
    placement: options.placement ?? true,
    settings: {
      nativeLane: lane === 'native' || messages !== 'reference',
      messages,
      highWater: Number.POSITIVE_INFINITY,
    },
    crashed: crashReporter(options.onCrash),
  })
  return simulateMain(simulation, seed, main as (self: never, simulation: Simulated) => unknown) as Promise<T>
}

const simulateMain = async (
  simulation: Simulation,
  seed: number,
  main: (self: never, simulation: Simulated) => unknown,
): Promise<unknown> => {
  let outcome: { value: unknown } | { error: unknown } | undefined
  const told: Simulated = { seed, now: () => simulation.nowUs / 1000 }
  const root = spawnHere(simulation.host, ((self: never) => main(self, told)) as Body)
  root.settled = (reason, value, thrown) => {
    if (reason.kind === 'normal') outcome = { value }
    else if (thrown !== undefined && !(thrown.error instanceof ProcessExit)) outcome = { error: thrown.error }
    else outcome = { error: new RumpusError('ERR_RUMPUS_ENDED', `main was ended: ${reason.kind}`, { cause: reason }) }
  }
  try {
    await simulation.run(() => outcome !== undefined)
  } catch (error) {
    outcome = { error }
  }
  root.settled = undefined
  await simulation.end()
  if (outcome !== undefined && 'value' in outcome) return outcome.value
  process.stderr.write(`rumpus: a simulation failed; simulate({ seed: ${seed} }, …) repeats it\n`)
  throw outcome?.error
}

const check = (options: SimulateOptions): SimulateOptions => {
  if (typeof options !== 'object' || options === null) throw badArgument(TypeError, 'options', 'an object', options)
  const { seed, schedulers, lane } = options
  const whole = (value: unknown, least: number, most: number): boolean =>
    value === undefined || (Number.isInteger(value) && (value as number) >= least && (value as number) <= most)
  if (!whole(seed, 0, SEED_MAX))
    throw badArgument(RangeError, 'options.seed', `a whole number from 0 to ${SEED_MAX}`, seed)
  if (!whole(schedulers, 1, SCHEDULERS_MAX)) {
    throw badArgument(RangeError, 'options.schedulers', `a whole number from 1 to ${SCHEDULERS_MAX}`, schedulers)
  }
  if (lane !== undefined && lane !== 'js' && lane !== 'native') {
    throw badArgument(TypeError, 'options.lane', "'js' or 'native'", lane)
  }
  if (options.messages !== undefined && !MODES.includes(options.messages)) {
    throw badArgument(TypeError, 'options.messages', "'reference', 'freeze' or 'clone'", options.messages)
  }
  for (const flag of ['hostWorks', 'placement'] as const) {
    const value = options[flag]
    if (value !== undefined && typeof value !== 'boolean') {
      throw badArgument(TypeError, `options.${flag}`, 'true or false', value)
    }
  }
  if (options.onCrash !== undefined && typeof options.onCrash !== 'function') {
    throw badArgument(TypeError, 'options.onCrash', 'a function', options.onCrash)
  }
  return options
}
