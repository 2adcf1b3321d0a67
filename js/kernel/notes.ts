// What a host and its scheduler threads tell each other beside what goes through the core: what a thread is started with, and
// the notes both ways. No behaviour.

import type { MessagePort } from 'node:worker_threads'
import type { WithBinary } from '../native/load.ts'
import type { Kept } from './journal-shapes.ts'
import type { HighWaterReport } from './process.ts'
import type { ProcessView } from './process-view.ts'
import type { CrashReport } from './reports.ts'
import type { Settings } from './settings.ts'
import type { TracePart } from './trace/part.ts'

/** What a scheduler thread is started with. */
export interface SchedulerData extends WithBinary {
  readonly key: number
  readonly seat: number
  /** What it is called. */
  readonly name: string
  readonly settings: Settings
  /** By which it learns of its links. */
  readonly links: MessagePort
  /** Modules that are not to be loaded: threads ended of them. */
  readonly broken: readonly string[]
  /** The one definition that is to be loaded; every one unless given. */
  readonly only: number | undefined
  /** How long to watch what each module does before the next is loaded, in milliseconds. */
  readonly settleMs: number
  /** How often it takes turns while a module is being loaded, in milliseconds, or 0. */
  readonly beatMs: number
  /** Where it traces to, if it does. */
  readonly trace?: TracePart | undefined
}

/** What a scheduler thread tells its host. */
export interface SchedulerNote {
  readonly rumpus:
    | 'ready'
    | 'crash'
    | 'high-water'
    | 'loading'
    | 'loaded'
    | 'census'
    | 'seen'
    | 'going'
    | 'dedicate'
    | 'killed'
    | 'kept'
  readonly report?: CrashReport
  readonly highWater?: HighWaterReport
  /** Which module. */
  readonly url?: string
  /** The number of a question, asked or answered. */
  readonly id?: number
  /** Which process is asked for, or 0; which is being killed. */
  readonly of?: number
  readonly views?: readonly ProcessView[]
  /** Where a process is being killed. */
  readonly seat?: number
  readonly reserved?: Reserved
  readonly kept?: Kept
}

/** A dedicated seat that has been reserved for a process: somebody must start its thread. */
export interface Reserved {
  readonly seat: number
  /** The number of the tenancy. */
  readonly tenancy: number
  /** Of which definition the process is. */
  readonly definition: number
}

/** What a host tells a scheduler thread: an answer of its own, or a question. */
export interface HostNote {
  readonly rumpus: 'census' | 'look'
  readonly id: number
  readonly of?: number
  readonly views?: readonly ProcessView[]
}
