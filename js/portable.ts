// The table of contents of `rumpus/portable`: the processes of `rumpus` on one thread, without the native addon. For pages, for
// workers of any kind, and for whoever chooses it; `rumpus` never falls back to it.

export { AbortError, ProcessExit, RumpusError, TimeoutError, UncrossableError } from './errors.ts'
export type { RuntimeView, SchedulerView } from './kernel/inspect.ts'
export type { HighWaterReport } from './kernel/process.ts'
export type { MonitorView, ProcessState, ProcessView } from './kernel/process-view.ts'
export type { CrashReport } from './kernel/reports.ts'
export type { MessageMode } from './kernel/settings.ts'
export { formatPid } from './pid.ts'
export { call, monitor, reply } from './portable/call.ts'
export { exit, isAlive } from './portable/exit.ts'
export { cancelTimer, offer, send, sendAfter, sendInterval } from './portable/messages.ts'
export { type PortableOptions, type PortableSimulateOptions, run, simulate, start } from './portable/start.ts'
export { define } from './process/define.ts'
export type { Monitor } from './process/monitor.ts'
export type { Offered, OfferOptions } from './process/offer.ts'
export { type MessageOptions, registerMessage } from './process/register-message.ts'
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
export type { TimerRef } from './process/timers.ts'
export { transfer } from './process/transfer.ts'
export type { Simulated } from './testing/simulate.ts'
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
