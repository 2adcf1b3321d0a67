// The tracing channel `rumpus:server` of `node:diagnostics_channel`: every message that a server of this thread handles, from its
// callback's begin to its end. Owns what is told of one; and what of the work that a message is a part of, its process does meanwhile.
// With nobody listening a message that says nothing of that costs two looks. Whoever listens to `start` is told; what, is documented where it is
// listened to (`js/telemetry/reports.ts`).

import type { Channel } from 'node:diagnostics_channel'
import { builtin } from '../builtin.ts'
import { type Process, rareOf } from '../kernel/process.ts'
import type { Context, Pid } from '../types.ts'

const { tracingChannel } = builtin('node:diagnostics_channel')

/** A message that a server handles, as it is told. */
export interface CallbackReport {
  readonly pid: Pid
  readonly scheduler: number
  readonly server: string
  readonly callback: 'handleCall' | 'handleCast' | 'handleInfo'
  readonly message: unknown
  context: Context | undefined
  isAsync?: true
  result?: unknown
  error?: unknown
}

const channels = tracingChannel<CallbackReport, CallbackReport>('rumpus:server')

/** Whoever listens to this is told of all. */
export const callbacks: Channel = channels.start as Channel

/** What is handled, while somebody must know: one at a time for a server. */
export class Handling {
  private readonly process: Process
  private readonly report: CallbackReport | undefined

  /** A callback is about to be called. */
  constructor(
    process: Process,
    server: object,
    callback: CallbackReport['callback'],
    message: unknown,
    context: Context | undefined,
  ) {
    this.process = process
    rareOf(process).context = context
    if (!callbacks.hasSubscribers) return
    const { name } = server.constructor
    this.report = { pid: process.pid as Pid, scheduler: process.home.id, server: name, callback, message, context }
    channels.start.publish(this.report)
    rareOf(process).context = this.report.context
  }

  /** It has answered a promise. */
  waits(): void {
    const { report } = this
    if (report === undefined) return
    report.isAsync = true
    channels.end.publish(report)
  }

  /** It is over. */
  over(result: unknown): void {
    if (this.report !== undefined) this.report.result = result
    this.end()
  }

  /** It has thrown, or its server ends before it is over. */
  failed(error: unknown): void {
    const { report } = this
    if (report !== undefined) {
      report.error = error
      channels.error.publish(report)
    }
    this.end()
  }

  private end(): void {
    rareOf(this.process).context = undefined
    const { report } = this
    if (report === undefined) return
    if (report.isAsync !== true) return channels.end.publish(report)
    channels.asyncStart.publish(report)
    channels.asyncEnd.publish(report)
  }
}
