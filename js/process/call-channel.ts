// The tracing channel `rumpus:call` of `node:diagnostics_channel`: every question that is put on this thread, from being asked to its
// answer. Owns in which order that is told: `start` and `end` around the sending, then `error` if there is no answer, `asyncStart`,
// `asyncEnd`. Whoever listens to its `start` is told; with nobody a question costs one look. What is told is documented where it is
// listened to (`js/telemetry/reports.ts`).

import type { Channel } from 'node:diagnostics_channel'
import { builtin } from '../builtin.ts'
import type { Context, Pid } from '../types.ts'

const { tracingChannel } = builtin('node:diagnostics_channel')

/** A question, as it is told. */
export interface CallReport {
  readonly from: Pid
  readonly scheduler: number
  readonly to: Pid
  readonly request: unknown
  context: Context | undefined
  isAsync?: true
  result?: unknown
  error?: unknown
}

const told = tracingChannel<CallReport, CallReport>('rumpus:call')

/** Whoever listens to this is told of all. */
export const calls: Channel = told.start as Channel

/** One has been put; or could not be, which its error says. */
export const callPut = (report: CallReport): void => {
  if (report.error === undefined) report.isAsync = true
  else told.error.publish(report)
  told.end.publish(report)
}

/** It has been answered, or will not be, which its error says. */
export const callOver = (report: CallReport): void => {
  if (report.error !== undefined) told.error.publish(report)
  told.asyncStart.publish(report)
  told.asyncEnd.publish(report)
}
