// start and run: a runtime begins. Owns the checks of its options and what it is made of on this thread.

import { badArgument, RumpusError } from '../errors.ts'
import { census } from '../kernel/census.ts'
import { tellHighWater } from '../kernel/high-water.ts'
import { Host } from '../kernel/host.ts'
import { isolate } from '../kernel/kernels.ts'
import { heapPerThread, SCHEDULERS_MAX, schedulersByDefault } from '../kernel/machine.ts'
import { createRuntime, openKernel } from '../kernel/open-kernel.ts'
import type { MessageMode, Settings } from '../kernel/settings.ts'
import { beatMs, stallingOf } from '../kernel/stalls.ts'
import { makeLive } from './live.ts'
import { crashReporter, stallReporter } from './reports.ts'
import { HeldRuntime, runtimeOf } from './runtime.ts'
import type { RuntimeOptions } from './runtime-options.ts'
import type { Runtime, Self } from './shapes.ts'
import { checkMs } from './sleep.ts'

const never = new Promise<never>(() => {})
const HIGH_WATER = 100_000
/** The modes of messages. */
export const MODES: readonly unknown[] = ['reference', 'freeze', 'clone'] satisfies MessageMode[]

/**
 * Starts a runtime on this thread and answers its handle. Stop it when you are done.
 *
 * Use it to keep a runtime beside other code, in a server or a test; to run one body to its end, use {@link run}. It does
 * not keep the event loop alive by itself: `ref()` does.
 *
 * @param options - how the runtime is made
 * @throws RangeError `ERR_RUMPUS_OUT_OF_RANGE` or TypeError `ERR_RUMPUS_BAD_ARGUMENT` for an option that is wrong
 * @throws RumpusError `ERR_RUMPUS_ON_SCHEDULER` on a scheduler thread, `ERR_RUMPUS_TOO_MANY_RUNTIMES` beyond 63
 * @example
 * ```ts
 * import { start } from 'rumpus'
 * import assert from 'node:assert/strict'
 *
 * const runtime = await start({ schedulers: 1 })
 * assert.equal(await runtime.run(async () => 42), 42)
 * await runtime.stop()
 * ```
 */
export const start = (options: RuntimeOptions = {}): Promise<Runtime> => {
  check(options)
  if (isolate.scheduler !== undefined) {
    if (isolate.scheduler.reachedRun()) return never
    throw new RumpusError(
      'ERR_RUMPUS_ON_SCHEDULER',
      'a scheduler thread cannot start a runtime: spawn processes instead',
    )
  }
  return begin(options)
}

/**
 * Starts a runtime, runs `body` in it as the first process, stops it, and answers what the body returned.
 *
 * The usual way in. Rejects with what the body throws. On a scheduler thread that is importing this module to find a
 * definition it never settles, so one file may define and run.
 *
 * @param body - the first process; it lives on this thread
 * @param options - how the runtime is made
 * @throws the same as {@link start}
 * @example
 * ```ts
 * import { run } from 'rumpus'
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
  options: RuntimeOptions = {},
): Promise<T> => {
  if (typeof body !== 'function') throw badArgument(TypeError, 'body', 'a function', body)
  const runtime = await start(options)
  try {
    return await runtime.run(body)
  } finally {
    await runtime.stop()
  }
}

const check = (options: RuntimeOptions): void => {
  if (typeof options !== 'object' || options === null) throw badArgument(TypeError, 'options', 'an object', options)
  const { schedulers, heapMb, messages = 'reference', highWater = 0 } = options
  if (schedulers !== undefined && !(Number.isInteger(schedulers) && schedulers >= 1 && schedulers <= SCHEDULERS_MAX)) {
    throw badArgument(RangeError, 'options.schedulers', `a whole number from 1 to ${SCHEDULERS_MAX}`, schedulers)
  }
  if (heapMb !== undefined && !(Number.isFinite(heapMb) && heapMb >= 16))
    throw badArgument(RangeError, 'options.heapMb', 'a number from 16', heapMb)
  if (!MODES.includes(messages))
    throw badArgument(TypeError, 'options.messages', "'reference', 'freeze' or 'clone'", messages)
  if (!Number.isSafeInteger(highWater) || highWater < 0)
    throw badArgument(RangeError, 'options.highWater', 'a whole number from 0', highWater)
  for (const flag of ['hostWorks', 'placement', 'eager'] as const) {
    const value = options[flag]
    if (value !== undefined && typeof value !== 'boolean')
      throw badArgument(TypeError, `options.${flag}`, 'true or false', value)
  }
  checkStall(options.stall)
  for (const hook of ['resolve', 'onCrash', 'onHighWater', 'onStall'] as const) {
    const value = options[hook]
    if (value !== undefined && typeof value !== 'function')
      throw badArgument(TypeError, `options.${hook}`, 'a function', value)
  }
}

const checkStall = (stall: RuntimeOptions['stall']): void => {
  if (stall === undefined || stall === false) return
  if (typeof stall !== 'object' || stall === null)
    throw badArgument(TypeError, 'options.stall', 'an object or false', stall)
  if (stall.ms !== undefined) checkMs('options.stall.ms', stall.ms, 10)
  if (stall.end !== undefined && typeof stall.end !== 'boolean')
    throw badArgument(TypeError, 'options.stall.end', 'true or false', stall.end)
}

const begin = async (options: RuntimeOptions): Promise<Runtime> => {
  const schedulers = options.schedulers ?? schedulersByDefault()
  const [crash, stall] = [crashReporter(options.onCrash), stallReporter(options.onStall)]
  const stalling = stallingOf(options.stall)
  const { hostWorks = false, placement = true, messages = 'reference', highWater: mark = HIGH_WATER } = options
  const nativeLane = messages !== 'reference' || process.env.RUMPUS_LANE === 'native'
  const settings: Settings = { nativeLane, messages, highWater: mark || Number.POSITIVE_INFINITY }
  const highWater = tellHighWater(options.onHighWater)
  const handle = createRuntime({ schedulers, hostWorks, placement, nativeLane })
  const heapMb = options.heapMb ?? heapPerThread(schedulers)
  const host = new Host(handle, settings, heapMb, { crash, highWater, stall }, stalling)
  const { kernel } = openKernel(handle, 0, settings, {
    makeProcess: makeLive,
    stopped: (kernel) => void runtimeOf(kernel).stop(),
    crashed: crash,
    highWater,
    census: (kernel, of) => census(kernel, of, (seat, of) => host.ask(seat, of)),
    loading: { broken: [], settleMs: 0, beatMs: beatMs(stalling), tell: () => {} },
    resolve: options.resolve ?? ((url) => url),
    spawning: () => host.boot(),
  })
  host.census = (of) => kernel.around.census(kernel, of)
  const runtime = new HeldRuntime(kernel, host)
  if (options.eager === true) {
    host.boot()
    runtime.ref()
    await host.whenReady().finally(() => runtime.unref())
  }
  return runtime
}
