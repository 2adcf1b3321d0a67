// Reports of crashes and stalls: to whoever was named in the options, else to stderr, and to whoever subscribed to their
// channels. Owns the names of these channels and the words on stderr.

import { channel } from 'node:diagnostics_channel'
import { guarded } from '../kernel/crash.ts'
import { isError } from '../kernel/realms.ts'
import { describe } from '../kernel/reasons.ts'
import type { CrashReport } from '../kernel/reports.ts'
import type { StallReport } from '../kernel/stalls.ts'
import type { ErrorDescription } from '../types.ts'

const crashes = channel('rumpus:crash')
const stalls = channel('rumpus:stall')

/** What becomes of a crash report. */
export const crashReporter = (onCrash: (report: CrashReport) => void = writeCrash): ((report: CrashReport) => void) =>
  guarded((report: CrashReport) => {
    if (crashes.hasSubscribers) crashes.publish(report)
    onCrash(report)
  })

/** What becomes of a stall report. */
export const stallReporter = (onStall: (report: StallReport) => void = writeStall): ((report: StallReport) => void) =>
  guarded((report: StallReport) => {
    if (stalls.hasSubscribers) stalls.publish(report)
    onStall(report)
  })

const writeCrash = ({ pid, scheduler, what, error }: CrashReport): void => {
  const { name, message, stack } = isError(error) ? describe(error) : (error as ErrorDescription)
  const shown = stack ?? `${name}: ${message}`
  const who = pid === 0 ? `scheduler ${scheduler}` : `process ${pid} on scheduler ${scheduler}`
  process.stderr.write(`rumpus: ${who}: ${what}\n${shown}\n`)
}

const writeStall = ({ scheduler, ms, pid, name, ended, debugged }: StallReport): void => {
  // Of the host the watchdog has told already, while it lasted.
  if (scheduler === 0) return
  const who = pid === 0 ? '' : `; process ${pid}${name === undefined ? '' : ` (${name})`} was resumed last`
  const end = ended ? '; its thread is ended' : debugged ? '; not ended, for the inspector is open' : ''
  process.stderr.write(`rumpus: scheduler ${scheduler}: no turn for ${ms} ms${who}${end}\n`)
}
