// The public table of contents.

export { AbortError, ProcessExit, RumpusError, TimeoutError, UncrossableError } from './errors.ts'
export type { ExitReport, SchedulerDownReport, SchedulerUpReport, SpawnReport } from './kernel/channels.ts'
export type { RuntimeView, SchedulerView } from './kernel/inspect.ts'
export type { HighWaterReport } from './kernel/process.ts'
export type { MonitorView, ProcessState, ProcessView } from './kernel/process-view.ts'
export type { CrashReport } from './kernel/reports.ts'
export type { MessageMode } from './kernel/settings.ts'
export type { StallOptions, StallReport } from './kernel/stalls.ts'
export { formatPid } from './pid.ts'
export { call, reply } from './process/call.ts'
export { define } from './process/define.ts'
export { exit, isAlive } from './process/exit.ts'
export { type Monitor, monitor } from './process/monitor.ts'
export { type Offered, type OfferOptions, offer } from './process/offer.ts'
export { type MessageOptions, registerMessage } from './process/register-message.ts'
export type { RuntimeOptions } from './process/runtime-options.ts'
export { send } from './process/send.ts'
export type {
  Answer,
  AskOptions,
  Asks,
  Call,
  CallOptions,
  Closure,
  Definition,
  DemonitorOptions,
  MailboxOptions,
  Mark,
  Place,
  ReceiveOptions,
  ReplyTo,
  Runtime,
  Self,
  SpawnOptions,
  TryReceiveOptions,
} from './process/shapes.ts'
export { run, start } from './process/start.ts'
export { cancelTimer, sendAfter, sendInterval, type TimerRef } from './process/timers.ts'
export { transfer } from './process/transfer.ts'
export { type Simulated, type SimulateOptions, simulate } from './testing/simulate.ts'
export {
  type Context,
  type Crossable,
  type Crosses,
  Down,
  type ErrorDescription,
  Exit,
  type ExitReason,
  type Pid,
  type ReasonGiven,
  type RegisteredMessages,
  type Sendable,
} from './types.ts'
