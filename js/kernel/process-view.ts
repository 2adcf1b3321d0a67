// What is shown of a process, as shapes: what the inspector answers, and what schedulers tell each other for it.

import type { Pid } from '../types.ts'

/**
 * Where a process stands: `unstarted` (any scheduler may still take it), `runnable` (its turn comes), `running` (its body runs,
 * or awaits something that is not of the runtime), `receiving` or `selecting` (it waits for any message, or for a certain one),
 * `sleeping` (it waits for a time), `calling` (it waits for an answer), `exiting` (it must end, and unwinds), `abandoned` (it is dead; its body has not ended).
 */
export type ProcessState =
  | 'unstarted'
  | 'runnable'
  | 'running'
  | 'receiving'
  | 'selecting'
  | 'sleeping'
  | 'calling'
  | 'exiting'
  | 'abandoned'

/** A monitor: its reference, and the process at its other end. */
export interface MonitorView {
  /** What `monitor` answered. */
  readonly ref: number
  /** The other process. */
  readonly pid: Pid
}

/** A process, as `runtime.processes()` and `runtime.inspect(pid)` show it. */
export interface ProcessView {
  /** Its address. */
  readonly pid: Pid
  /** Its registered name. */
  readonly name?: string
  /** What it was spawned from, unless that was a closure. */
  readonly definition?: {
    /** The module. */
    readonly url: string
    /** Its name in there. */
    readonly name: string
  }
  /** Where it lives; an unstarted one: where it waits to be taken. */
  readonly scheduler: number
  /** Where it stands. */
  readonly state: ProcessState
  /** What it waits for, in words. */
  readonly waitsFor?: string
  /** For how many milliseconds it has waited, counted from the turn in which that began; a running one: has gone on since its last wait. */
  readonly waitedMs?: number
  /** Messages that have reached its scheduler and that it has not taken. */
  readonly mailbox?: number
  /** How often its body has gone on after a wait. A message that is there already is taken without one. */
  readonly resumes?: number
  /** Whose fate it shares. */
  readonly links?: readonly Pid[]
  /** Of whose end it wants to hear. */
  readonly monitors?: readonly MonitorView[]
  /** Who wants to hear of its end. */
  readonly monitoredBy?: readonly MonitorView[]
  /** Whether it takes exit signals as messages. */
  readonly trapExit: boolean
  /** The `priority` that it was spawned with. */
  readonly priority: 'high' | 'normal' | 'low'
  /**
   * Set if its scheduler did not answer in time, or has begun it since: then only what any thread can see is here, and a body
   * that waits counts as `running`.
   */
  readonly partial?: true
}

/** A view that is being made. */
export type Making = { -readonly [K in keyof ProcessView]: ProcessView[K] }
