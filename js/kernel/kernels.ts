// What one isolate knows of all runtimes: which kernels it has, which definitions were registered, whether it is a
// scheduler's. Keyed by a registered symbol, so that two installed copies of the package share it. No behaviour.

import { RumpusError } from '../errors.ts'
import type { Journal, Kept } from './journal-shapes.ts'
import type { Kernel } from './kernel.ts'
import type { Body } from './process.ts'

export interface Isolate {
  /** Kernels by runtime number. */
  readonly kernels: (Kernel | undefined)[]
  /** Bodies by definition key. */
  readonly bodies: Map<string, Body>
  /** The next runtime number to try. */
  next: number
  /** Set on a scheduler's thread. */
  scheduler: SchedulerRole | undefined
  /** The traces that are being written or were, by their files. */
  traces?: Map<string, unknown>
  /** How many arrows those have that begin here. */
  arrows?: number
  /** Who writes down what is reported here. */
  journals?: Set<Journal>
  /** What must be over before this thread ends. */
  lastly?: Set<() => Promise<void>>
  /** What threads share with this one, their host. */
  kept?: Set<Kept>
}

export interface SchedulerRole {
  /** The number of the scheduler. */
  readonly seat: number
  /** Called when `run` or `start` is reached; answers whether a definition's module is being imported. */
  reachedRun(): boolean
}

const KEY = Symbol.for('rumpus/0')
const holder = globalThis as { [KEY]?: Isolate }

/** The state of this isolate. */
export const isolate: Isolate = (holder[KEY] ??= {
  kernels: new Array(64).fill(undefined),
  bodies: new Map(),
  next: 0,
  scheduler: undefined,
})

/** Kernels by runtime number. */
export const kernels: (Kernel | undefined)[] = isolate.kernels

/** What the last search has found, good until it goes or another runtime is made in this isolate. */
let only: Kernel | undefined
let onlyAt = 0
let onlySince = 0

/** The kernel of the only runtime of this isolate, for verbs that are given neither a pid nor a runtime. */
export const onlyKernel = (): Kernel =>
  only !== undefined && kernels[onlyAt] === only && onlySince === isolate.next ? only : searchOnly()

const searchOnly = (): Kernel => {
  only = undefined
  const numbers = kernels.flatMap((kernel, number) => (kernel === undefined ? [] : [number]))
  if (numbers.length === 0) throw new RumpusError('ERR_RUMPUS_STOPPED', 'no runtime runs in this thread')
  if (numbers.length > 1) {
    const message = `this thread has ${numbers.length} runtimes, and a name does not say which: ask a process or a runtime`
    throw new RumpusError('ERR_RUMPUS_WHICH_RUNTIME', message)
  }
  onlyAt = numbers[0]!
  onlySince = isolate.next
  only = kernels[onlyAt]!
  return only
}
