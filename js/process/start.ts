// start and run: a runtime begins. Owns the checks of its options; what it is made of is in `begin.ts`.

import { badArgument, RumpusError } from '../errors.ts'
import { isolate } from '../kernel/kernels.ts'
import { dedicatedBeside, SCHEDULERS_MAX, schedulersByDefault } from '../kernel/machine.ts'
import type { MessageMode } from '../kernel/settings.ts'
import type { StallOptions } from '../kernel/stalls.ts'
import { checkOptions, type Known, type Names } from '../options.ts'
import { begin } from './begin.ts'
import type { RuntimeOptions } from './runtime-options.ts'
import type { Runtime, Self } from './shapes.ts'
import { checkMs } from './waits.ts'

const never = new Promise<never>(() => {})
/** The options of a runtime. */
export const RUNTIME_NAMES: Names<RuntimeOptions> = {
  schedulers: true,
  dedicated: true,
  hostWorks: true,
  placement: true,
  eager: true,
  resolve: true,
  heapMb: true,
  onCrash: true,
  messages: true,
  highWater: true,
  onHighWater: true,
  stall: true,
  onStall: true,
  trace: true,
}
const STALL_NAMES: Names<StallOptions> = { ms: true, end: true }
/** The modes of messages. */
const MODES: readonly unknown[] = ['reference', 'freeze', 'clone'] satisfies MessageMode[]

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

/** Throws unless these are options of a runtime, simulated or not, as far as both have them. */
export const checkShared = (options: RuntimeOptions, known: Known, least: number, byDefault: () => number): void => {
  checkOptions('options', options, known)
  const { schedulers, dedicated, messages = 'reference', trace } = options
  const isCount = Number.isInteger(schedulers) && schedulers! >= least && schedulers! <= SCHEDULERS_MAX
  if (schedulers !== undefined && !isCount)
    throw badArgument(RangeError, 'options.schedulers', `a whole number from ${least} to ${SCHEDULERS_MAX}`, schedulers)
  if (dedicated !== undefined) dedicatedBeside(schedulers ?? byDefault(), dedicated)
  if (!MODES.includes(messages))
    throw badArgument(TypeError, 'options.messages', "'reference', 'freeze' or 'clone'", messages)
  checkFlag('hostWorks', options.hostWorks)
  checkFlag('placement', options.placement)
  checkHook('onCrash', options.onCrash)
  if (trace !== undefined && (typeof trace !== 'string' || trace === ''))
    throw badArgument(TypeError, 'options.trace', 'the path of a file', trace)
}

const checkFlag = (name: string, value: unknown): void => {
  if (value !== undefined && typeof value !== 'boolean')
    throw badArgument(TypeError, `options.${name}`, 'true or false', value)
}

const checkHook = (name: string, value: unknown): void => {
  if (value !== undefined && typeof value !== 'function')
    throw badArgument(TypeError, `options.${name}`, 'a function', value)
}

const check = (options: RuntimeOptions): void => {
  checkShared(options, RUNTIME_NAMES, 0, schedulersByDefault)
  const { heapMb, highWater = 0 } = options
  if (options.hostWorks === false && (options.schedulers ?? schedulersByDefault()) === 0)
    throw badArgument(TypeError, 'options.hostWorks', 'true where there is no other scheduler', false)
  if (heapMb !== undefined && !(Number.isFinite(heapMb) && heapMb >= 16))
    throw badArgument(RangeError, 'options.heapMb', 'a number from 16', heapMb)
  if (!Number.isSafeInteger(highWater) || highWater < 0)
    throw badArgument(RangeError, 'options.highWater', 'a whole number from 0', highWater)
  checkFlag('eager', options.eager)
  checkStall(options.stall)
  for (const hook of ['resolve', 'onHighWater', 'onStall'] as const) checkHook(hook, options[hook])
}

const checkStall = (stall: RuntimeOptions['stall']): void => {
  if (stall === undefined || stall === false) return
  if (typeof stall !== 'object' || stall === null)
    throw badArgument(TypeError, 'options.stall', 'an object or false', stall)
  checkOptions('options.stall', stall, STALL_NAMES)
  if (stall.ms !== undefined) checkMs('options.stall.ms', stall.ms, 10)
  checkFlag('stall.end', stall.end)
}
