// The tracing channel `rumpus:call` of `node:diagnostics_channel`: every question that is put on this thread, from being asked to its
// answer. Owns what is told of one, and in which order: `start` and `end` around the sending, then `error` if there is no answer,
// `asyncStart`, `asyncEnd`. Whoever listens to its `start` is told; with nobody a question costs one look.

import { type Channel, tracingChannel } from 'node:diagnostics_channel'
import type { Kernel } from '../kernel/kernel.ts'
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

const channels = tracingChannel<CallReport, CallReport>('rumpus:call')

/** Whoever listens to this is told of all. */
export const calls: Channel = channels.start as Channel

/** One is about to be put. */
export const callAsked = (
  kernel: Kernel,
  from: number,
  to: number,
  request: unknown,
  context: Context | undefined,
): CallReport => {
  const report: CallReport = { from: from as Pid, scheduler: kernel.id, to: to as Pid, request, context }
  channels.start.publish(report)
  return report
}

/** It has been. */
export const callPut = (report: CallReport): void => {
  report.isAsync = true
  channels.end.publish(report)
}

/** It could not be. */
export const callRefused = (report: CallReport, error: unknown): void => {
  report.error = error
  channels.error.publish(report)
  channels.end.publish(report)
}

/** It has been answered. */
export const callAnswered = (report: CallReport, result: unknown): void => {
  report.result = result
  channels.asyncStart.publish(report)
  channels.asyncEnd.publish(report)
}

/** There will be no answer. */
export const callFailed = (report: CallReport, error: unknown): void => {
  report.error = error
  channels.error.publish(report)
  channels.asyncStart.publish(report)
  channels.asyncEnd.publish(report)
}
