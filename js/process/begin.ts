// What a runtime is made of on the thread that starts it. Owns no check: its options have been looked at (`start.ts`).

import { census } from '../kernel/census.ts'
import { tellHighWater } from '../kernel/high-water.ts'
import { Host } from '../kernel/host.ts'
import { dedicatedBeside, schedulersByDefault } from '../kernel/machine.ts'
import { createRuntime, openKernel } from '../kernel/open-kernel.ts'
import type { Settings } from '../kernel/settings.ts'
import { beatMs, stallingOf } from '../kernel/stalls.ts'
import { loadTracing } from '../kernel/tracing.ts'
import './live.ts'
import { crashReporter, stallReporter } from './reports.ts'
import { HeldRuntime, runtimeOf } from './runtime.ts'
import type { RuntimeOptions } from './runtime-options.ts'
import type { Runtime } from './shapes.ts'

const HIGH_WATER = 100_000

/** Starts a runtime on this thread, with options that have been checked. */
export const begin = async (options: RuntimeOptions): Promise<Runtime> => {
  const schedulers = options.schedulers ?? schedulersByDefault()
  const [crash, stall] = [crashReporter(options.onCrash), stallReporter(options.onStall)]
  const stalling = stallingOf(options.stall)
  const {
    hostWorks = schedulers === 0,
    placement = true,
    messages = 'reference',
    highWater: mark = HIGH_WATER,
  } = options
  const nativeLane = messages !== 'reference' || process.env.RUMPUS_LANE === 'native'
  const settings: Settings = { nativeLane, messages, highWater: mark || Number.POSITIVE_INFINITY }
  const highWater = tellHighWater(options.onHighWater)
  const dedicated = dedicatedBeside(schedulers, options.dedicated)
  const traceName = options.trace ?? process.env.RUMPUS_TRACE ?? ''
  const tracing = traceName === '' ? undefined : await loadTracing()
  const handle = createRuntime({ schedulers, dedicated, hostWorks, placement, nativeLane })
  const trace = tracing?.open(traceName)
  const host = new Host(handle, settings, options.heapMb, { crash, highWater, stall }, stalling, trace)
  const { kernel } = openKernel(handle, 0, settings, {
    stopped: (kernel) => void runtimeOf(kernel).stop(),
    awaited: (on) => runtime.isAwaited(on),
    crashed: crash,
    highWater,
    census: (kernel, of) => census(kernel, of, (seat, of) => host.ask(seat, of)),
    carrier: host.links,
    loading: { broken: [], settleMs: 0, beatMs: beatMs(stalling), tell: () => {} },
    resolve: options.resolve ?? ((url) => url),
    spawning: () => host.boot(),
    dedicate: (reserved) => host.dedicate(reserved),
    killed: (seat, pid) => host.killed(seat, pid),
    trace:
      tracing === undefined || trace === undefined
        ? undefined
        : { by: tracing, to: { part: trace.part(), over: () => trace.release() } },
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
