// What a kernel leaves to others, so that none of them need know the others. Only types; `open-kernel.ts` puts them together.

import type { Carrier } from './cargo.ts'
import type { DedicatedDoor } from './dedicated-door.ts'
import type { Body, Hearer, Process, ProcessGiven } from './process.ts'
import type { ProcessView } from './process-view.ts'
import type { CrashReport } from './reports.ts'

/** What the kernel leaves to others: `open-kernel.ts` puts them together. */
export interface Surroundings<Kernel> extends Hearer, DedicatedDoor {
  /** Makes the process, where it must tell what becomes of it. */
  readonly makeProcess?: (kernel: Kernel, ...given: ProcessGiven) => Process
  /** Does the completions of a turn. */
  apply(kernel: Kernel, count: number): void
  /** Runs the body of a process that has come off the run ring. */
  begin(kernel: Kernel, process: Process): void
  /** Hands over what is young of the timers. */
  handYoungOver(kernel: Kernel): void
  /** Has the places free again of what has been taken. */
  settleBounds(kernel: Kernel): void
  /** Has the deadlines of those begin that still wait after a turn; `more` if another comes, whatever happens. */
  watch(kernel: Kernel, more: boolean): void
  /** Sees to those whose bodies still go on that were told to end before the event loop came round. */
  watchEnds(kernel: Kernel): void
  /** Has a process look at what has come for it; false if it waits on. */
  look(kernel: Kernel, process: Process): boolean
  /** The number of the definition of `name` in `url`, which is about to be spawned. */
  define(kernel: Kernel, url: string, name: string): number
  /** New definitions are known: load them. */
  learn(kernel: Kernel, count: number): void
  /** The body of a definition that this scheduler has loaded, or the error that kept it from doing so. */
  definition(kernel: Kernel, id: number): { body: Body } | { error: unknown }
  /** All processes of the runtime, or one. */
  census(kernel: Kernel, of: number): Promise<readonly ProcessView[]>
  /** Moves what of messages is moved, not copied. */
  readonly carrier: Carrier
  /** Ordinary code waits for what processes say, or no longer does. */
  awaited(kernel: Kernel, on: boolean): void
  /** The runtime stops. */
  stopped(kernel: Kernel): void
  /** A body ended with an error, or something of its was lost. */
  crashed(kernel: Kernel, report: CrashReport): void
}
