// Puts a kernel together: the pump, the completions, the life of processes, the definitions. The one place that knows all
// of them, so that none of them needs to know the others.

import { RumpusError } from '../errors.ts'
import { RUNTIMES_MAX } from '../native/layout.ts'
import { addon, type RuntimeHandle } from '../native/load.ts'
import type { Carrier } from './cargo.ts'
import { apply } from './completions.ts'
import { Definitions, type Loading } from './definitions.ts'
import { Kernel, type Surroundings } from './kernel.ts'
import { isolate, kernels } from './kernels.ts'
import { beginBody, watchEnds } from './life.ts'
import { look, watch } from './look.ts'
import { EventLoop, type Loop } from './loop.ts'
import { settleBounds } from './places.ts'
import type { HighWaterReport } from './process.ts'
import type { CrashReport } from './reports.ts'
import type { Settings } from './settings.ts'
import type { Traces } from './tracing.ts'
import { handYoungOver } from './young.ts'

/** What differs between the host and a scheduler thread. */
export interface Role {
  readonly stopped: (kernel: Kernel) => void
  /** Ordinary code waits for what processes say, or no longer does: where the event loop would end. */
  readonly awaited?: (on: boolean) => void
  readonly crashed: (report: CrashReport) => void
  readonly highWater: (report: HighWaterReport) => void
  /** Maps the URL of a module that defines to the one that schedulers load. */
  readonly resolve: (url: string) => string
  readonly loading: Loading
  readonly loop?: Loop
  /** Moves cargo between the threads of the runtime. */
  readonly carrier: Carrier
  /** All processes of the runtime, or one. */
  readonly census: Surroundings['census']
  /** A definition is about to be spawned. */
  readonly spawning: () => void
  readonly dedicate: Surroundings['dedicate']
  readonly killed: Surroundings['killed']
  /** Where everything is told, and by what, if it is. */
  readonly trace?: Traces | undefined
}

/** A kernel and what it knows of definitions. */
export interface Open {
  readonly kernel: Kernel
  readonly definitions: Definitions
}

/** Takes `seat` of a runtime for this isolate. */
export const openKernel = (handle: RuntimeHandle, seat: number, settings: Settings, role: Role): Open => {
  let definitions: Definitions | undefined
  const around: Surroundings = {
    apply,
    begin: beginBody,
    look,
    watch,
    watchEnds,
    settleBounds,
    handYoungOver,
    define: (_, url, name) => {
      role.spawning()
      return definitions?.id(url, name) ?? 0
    },
    learn: (_, count) => definitions?.learn(count),
    definition: (_, id) => definitions?.get(id) ?? { error: new Error('definitions are not open yet') },
    census: role.census,
    carrier: role.carrier,
    dedicate: role.dedicate,
    killed: role.killed,
    awaited: (_, on) => role.awaited?.(on),
    stopped: role.stopped,
    crashed: (_, report) => role.crashed(report),
    highWater: role.highWater,
  }
  const parts = { around, loop: role.loop ?? new EventLoop() }
  const told = role.trace?.by.traced(role.trace.to, handle, seat, parts)
  const of = told ?? parts
  const kernel = new Kernel(handle, seat, settings, of.around, of.loop)
  told?.follow(kernel)
  definitions = new Definitions(kernel, role.resolve, role.loading)
  kernels[handle.number] = kernel
  return { kernel, definitions }
}

/** Makes a runtime with a number that is free in this isolate. */
export const createRuntime = (options: {
  schedulers: number
  dedicated: number
  hostWorks: boolean
  placement: boolean
  nativeLane: boolean
  /** Given for a simulation: no clock, no spinning, and chance falls as it says. */
  seed?: number
}): RuntimeHandle => addon.createRuntime({ number: freeNumber(), ...options })

/** Runtime numbers start at 1, so that no pid is 0. */
const freeNumber = (): number => {
  for (let i = 0; i < RUNTIMES_MAX - 1; i++) {
    isolate.next = (isolate.next % (RUNTIMES_MAX - 1)) + 1
    if (kernels[isolate.next] === undefined) return isolate.next
  }
  throw new RumpusError(
    'ERR_RUMPUS_TOO_MANY_RUNTIMES',
    `this thread has ${RUNTIMES_MAX - 1} runtimes already: stop one`,
  )
}
