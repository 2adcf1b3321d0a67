// How a thread comes by what traces (`trace/`): loaded when something is to be traced, so that no other thread reads it. It is loaded by
// its place, so that a program in one file stays one; there it comes with another copy of what is here. Hence it is given the class of
// our processes, and throws no error of ours.

import { RumpusError } from '../errors.ts'
import { traceEntry } from '../native/built.ts'
import type { RuntimeHandle } from '../native/load.ts'
import { Process } from './process.ts'
import type { TraceFile } from './trace/file.ts'
import type { Parts, TracedParts } from './trace/trace-kernel.ts'
import type { TraceTo } from './trace/tracer.ts'

/** What traces. */
export interface Tracing {
  /** Opens the trace `name` for one more runtime; throws RumpusError `ERR_RUMPUS_TRACE` if it cannot. */
  open(name: string): TraceFile
  /** What a kernel that traces is to be made of. */
  traced(to: TraceTo, handle: RuntimeHandle, seat: number, parts: Parts): TracedParts
}

/** Where a kernel traces to, and by what. */
export interface Traces {
  readonly by: Tracing
  readonly to: TraceTo
}

/** The entry, as it is built. */
interface Entry {
  readonly openTrace: typeof import('./trace/file.ts').openTrace
  readonly traced: typeof import('./trace/trace-kernel.ts').traced
}

/** Loads what traces. */
export const loadTracing = async (): Promise<Tracing> => {
  const { openTrace, traced } = (await import(traceEntry.href)) as Entry
  return {
    open: (name) => {
      try {
        return openTrace(name)
      } catch (cause) {
        throw new RumpusError('ERR_RUMPUS_TRACE', `no trace can be written: ${(cause as Error).message}`, { cause })
      }
    },
    traced: (to, handle, seat, parts) => traced(Process, to, handle, seat, parts),
  }
}
