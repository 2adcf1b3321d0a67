// The public table of contents.

export { AbortError, ProcessExit, RumpusError, TimeoutError, UncrossableError } from './errors.ts'
export type { RuntimeView, SchedulerView } from './kernel/inspect.ts'
export type { CrashReport } from './kernel/kernel.ts'
export type { MonitorView, ProcessState, ProcessView } from './kernel/process-view.ts'
export type { StallOptions, StallReport } from './kernel/stalls.ts'
export { define } from './process/define.ts'
export { exit, formatPid, isAlive } from './process/exit.ts'
export { send } from './process/send.ts'
export type {
  Closure,
  Definition,
  DemonitorOptions,
  Mark,
  Place,
  ReceiveOptions,
  Runtime,
  RuntimeOptions,
  Self,
  SpawnOptions,
  TryReceiveOptions,
} from './process/shapes.ts'
export { run, start } from './process/start.ts'
export { cancelTimer, sendAfter, sendInterval, type TimerRef } from './process/timers.ts'
export {
  type Crossable,
  type Crosses,
  Down,
  type ErrorDescription,
  Exit,
  type ExitReason,
  type Pid,
  type ReasonGiven,
  type Sendable,
} from './types.ts'
