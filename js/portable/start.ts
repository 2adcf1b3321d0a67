// start, run and simulate: a portable runtime begins. Owns the checks of its options. Never here: an option that means something to
// threads only and is taken in silence.

import { badArgument, RumpusError } from '../errors.ts'
import { spawn } from '../model/births.ts'
import { checkBody } from '../model/checks.ts'
import { Clock } from '../model/clock.ts'
import { Dice } from '../model/dice.ts'
import { settle } from '../model/model.ts'
import type { Grant } from '../model/turns.ts'
import { checkOptions, type Known, type Names } from '../options.ts'
import type { RuntimeOptions } from '../process/runtime-options.ts'
import type { Runtime, Self } from '../process/shapes.ts'
import type { Simulated, SimulateOptions } from '../testing/simulate.ts'
import { carryReason } from './carry.ts'
import { Home } from './home.ts'
import { rentNumber } from './isolate.ts'
import { makeSelf } from './live.ts'
import { crashReporter, highWaterReporter } from './reports.ts'
import { HeldRuntime } from './runtime.ts'

/** How a portable runtime is made: the options of `rumpus` that mean something on one thread. The others throw. */
export interface PortableOptions extends Pick<RuntimeOptions, 'messages' | 'onCrash' | 'highWater' | 'onHighWater'> {}

/** How a portable simulation is made. */
export interface PortableSimulateOptions extends Pick<SimulateOptions, 'seed' | 'messages' | 'onCrash'> {}

/** So much is done before the page, the timers and the sockets have their turn. */
const GRANT: Grant = { steps: 1024, ms: 1 }
/** In a simulation whoever could go next is chosen at every step. */
const ONE_STEP: Grant = { steps: 1, ms: 0 }
const HIGH_WATER = 100_000
const SEED_MAX = 2 ** 53 - 1
const MODES: readonly unknown[] = ['reference', 'freeze', 'clone']

const RUN_NAMES: Names<PortableOptions> = { messages: true, onCrash: true, highWater: true, onHighWater: true }
const SIMULATE_NAMES: Names<PortableSimulateOptions> = { seed: true, messages: true, onCrash: true }
/** What only threads can do. */
const FOR_THREADS: Names<
  Omit<RuntimeOptions & SimulateOptions, keyof PortableOptions | keyof PortableSimulateOptions>
> = {
  schedulers: true,
  dedicated: true,
  hostWorks: true,
  placement: true,
  eager: true,
  resolve: true,
  heapMb: true,
  stall: true,
  onStall: true,
  trace: true,
  lane: true,
}

/**
 * Starts a portable runtime on this thread and answers its handle. Stop it when you are done.
 *
 * Use it to keep a runtime beside other code, in a page or a worker; to run one body to its end, use {@link run}. Where an event
 * loop could end, it does not keep it alive by itself: `ref()` does.
 *
 * @param options - how the runtime is made
 * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT` or RangeError `ERR_RUMPUS_OUT_OF_RANGE` for an option that is wrong, RumpusError
 * `ERR_RUMPUS_NO_THREAD` for one that needs threads; rejects with `ERR_RUMPUS_TOO_MANY_RUNTIMES` beyond 63
 * @example
 * ```ts
 * import { start } from 'rumpus/portable'
 * import assert from 'node:assert/strict'
 *
 * const runtime = await start()
 * assert.equal(await runtime.run(async () => 42), 42)
 * await runtime.stop()
 * ```
 */
export const start = (options: PortableOptions = {}): Promise<Runtime> => {
  check(options, RUN_NAMES)
  return begin(options)
}

const begin = async ({ messages, onCrash, highWater = HIGH_WATER, onHighWater }: PortableOptions): Promise<Runtime> => {
  const around = {
    clock: new Clock(() => performance.now()),
    choose: () => 0,
    grant: GRANT,
    crashed: crashReporter(onCrash),
    carry: carryReason,
    highWater: highWaterReporter(highWater, onHighWater),
    ...rentNumber(),
  }
  return new HeldRuntime(new Home(around, messages ?? 'reference'))
}

/**
 * Starts a portable runtime, runs `body` in it as the first process, stops it, and answers what the body returned; rejects with
 * what it throws.
 *
 * @param body - the first process
 * @param options - how the runtime is made
 * @throws the same as {@link start}
 * @example
 * ```ts
 * import { run } from 'rumpus/portable'
 * import assert from 'node:assert/strict'
 *
 * const answer = await run(async (self) => {
 *   await self.sleep(1)
 *   return 42
 * })
 * assert.equal(answer, 42)
 * ```
 */
export const run = async <T, M = unknown>(
  body: (self: Self<M>) => T | PromiseLike<T>,
  options: PortableOptions = {},
): Promise<T> => {
  checkBody(body)
  const runtime = await start(options)
  try {
    return await runtime.run(body)
  } finally {
    await runtime.stop()
  }
}

/**
 * Runs `main` as the first process of a runtime that takes its steps one at a time, in an order that the seed decides, in time of
 * its own: a sleep of an hour takes no time. Answers what `main` returns. For tests, as `simulate` of `rumpus`, but with one
 * scheduler: orders that only several have are not tried.
 *
 * @param options - the seed
 * @param main - the first process; its second argument tells the time
 * @throws at the call TypeError `ERR_RUMPUS_BAD_ARGUMENT`, RangeError `ERR_RUMPUS_OUT_OF_RANGE`, RumpusError `ERR_RUMPUS_NO_THREAD`;
 * rejects with what `main` throws, and with RumpusError `ERR_RUMPUS_DEADLOCK`, which lists who waits, if nothing can happen any more
 * @example
 * ```ts
 * import { send, simulate } from 'rumpus/portable'
 * import assert from 'node:assert/strict'
 *
 * const orders = new Set()
 * for (let seed = 1; seed <= 50; seed++) {
 *   await simulate({ seed }, async (self) => {
 *     for (const name of ['a', 'b']) {
 *       self.spawn(async (me) => {
 *         await me.sleep(3_600_000)
 *         send(self.pid, name)
 *       })
 *     }
 *     orders.add(`${await self.receive()}${await self.receive()}`)
 *   })
 * }
 * assert.equal(orders.size, 2)
 * ```
 */
export const simulate = <T, M = unknown>(
  options: PortableSimulateOptions,
  main: (self: Self<M>, simulation: Simulated) => T | PromiseLike<T>,
): Promise<T> => {
  check(options, SIMULATE_NAMES)
  const { seed = Math.floor(Math.random() * 2 ** 32) } = options
  if (!(Number.isInteger(seed) && seed >= 0 && seed <= SEED_MAX))
    throw badArgument(RangeError, 'options.seed', `a whole number from 0 to ${SEED_MAX}`, seed)
  checkBody(main, 'a function')
  return simulateMain(options, seed, main)
}

const noThreadToEnd = (): never => {
  throw new RumpusError('ERR_RUMPUS_NO_THREAD', 'rumpus/portable has one thread, so there is none to end')
}

const simulateMain = async <T, M>(
  { messages, onCrash }: PortableSimulateOptions,
  seed: number,
  main: (self: Self<M>, simulation: Simulated) => T | PromiseLike<T>,
): Promise<T> => {
  const dice = new Dice(seed)
  const clock = new Clock()
  const around = {
    clock,
    choose: (n: number) => dice.below(n),
    grant: ONE_STEP,
    crashed: crashReporter(onCrash),
    carry: carryReason,
    highWater: highWaterReporter(0, undefined),
    ...rentNumber(),
  }
  const home = new Home(around, messages ?? 'reference')
  const runtime = new HeldRuntime(home)
  const told: Simulated = { seed, now: () => clock.now, endScheduler: noThreadToEnd }
  try {
    const [root] = spawn(home.scheduler, (process) => main(makeSelf(home, process), told), {})
    return await new Promise<T>((...waits) => settle(home.scheduler, root, waits as never))
  } catch (error) {
    console.error(`rumpus: a simulation failed; simulate({ seed: ${seed} }, …) repeats it`)
    throw error
  } finally {
    // Whoever waits for ever has been told of, and is ended all the same.
    await runtime.stop().catch(() => {})
  }
}

const check = (options: PortableOptions, known: Known): void => {
  checkOptions('options', options, { ...known, ...FOR_THREADS })
  const given = options as Readonly<Record<string, unknown>>
  for (const name of Object.keys(FOR_THREADS)) {
    // Nobody watches: that is how it is.
    if (given[name] === undefined || (name === 'stall' && given[name] === false)) continue
    const what = `options.${name} needs threads, and rumpus/portable has one: leave it out, or use rumpus`
    throw new RumpusError('ERR_RUMPUS_NO_THREAD', what)
  }
  const { messages = 'reference', highWater = 0 } = options
  if (!MODES.includes(messages))
    throw badArgument(TypeError, 'options.messages', "'reference', 'freeze' or 'clone'", messages)
  if (!Number.isSafeInteger(highWater) || highWater < 0)
    throw badArgument(RangeError, 'options.highWater', 'a whole number from 0', highWater)
  for (const hook of ['onCrash', 'onHighWater'] as const) {
    const value = options[hook]
    if (value !== undefined && typeof value !== 'function')
      throw badArgument(TypeError, `options.${hook}`, 'a function', value)
  }
}
