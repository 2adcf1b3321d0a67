// What is told of applications, as data: to the channel `rumpus:application`. Owns its name.

import { builtin } from '../builtin.ts'
import type { ExitReason } from '../types.ts'

const { channel } = builtin('node:diagnostics_channel')

/** What became of an application: published to the channel `rumpus:application` of `node:diagnostics_channel`, where it was started. */
export interface ApplicationReport {
  /** Its name. */
  readonly application: string
  /** In the order in which they come; `'unready'` and `'ready'` as often as it says so. */
  readonly event: 'starting' | 'ready' | 'unready' | 'stopping' | 'stopped' | 'crashed'
  /** Of `'stopped'` and `'crashed'`: why it ended. */
  readonly reason?: ExitReason
}

const reports = channel('rumpus:application')

/** Tells whoever listens. */
export const tellApplication = (report: ApplicationReport): void => {
  if (reports.hasSubscribers) reports.publish(report)
}
