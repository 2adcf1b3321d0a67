// What is told on the tracing channels of the runtime, for whoever listens to those themselves. No behaviour; who tells it has the same
// shapes, and the compiler compares them.

import type { CallbackReport as Handled } from '../otp/callback-channel.ts'
import type { CallReport as Asked } from '../process/call-channel.ts'
import type { Context, Pid } from '../types.ts'

/** A question, as it is told on the tracing channel `rumpus:call`. Listeners must not wait, send or ask. */
export interface CallReport {
  /** Who asks, or 0 if that is ordinary code. */
  readonly from: Pid
  /** On which scheduler. */
  readonly scheduler: number
  /** Whom. */
  readonly to: Pid
  /** What. */
  readonly request: unknown
  /** What the question says of the work that it is a part of; a listener may set it at `start`. */
  context: Context | undefined
  /** Set once it has been put: the answer comes later. */
  isAsync?: true
  /** The answer, once it is there. */
  result?: unknown
  /** Why there is none. */
  error?: unknown
}

/** A message that a server handles, as it is told on the tracing channel `rumpus:server`. Listeners must not wait, send or ask. */
export interface CallbackReport {
  /** Which server. */
  readonly pid: Pid
  /** On which scheduler. */
  readonly scheduler: number
  /** The name of its class. */
  readonly server: string
  /** Which callback. */
  readonly callback: 'handleCall' | 'handleCast' | 'handleInfo'
  /** The request or the message. */
  readonly message: unknown
  /** What the message says of the work that it is a part of; a listener may set it at `start`: what the server asks says the same. */
  context: Context | undefined
  /** Set once the callback has answered a promise: it goes on behind that. */
  isAsync?: true
  /** What was answered, once it was. */
  result?: unknown
  /** What was thrown. */
  error?: unknown
}

type Same<A, B> = A extends B ? (B extends A ? true : never) : never
/** Fails to compile where they differ. */
export const SAME: readonly [Same<Asked, CallReport>, Same<Handled, CallbackReport>] = [true, true]
