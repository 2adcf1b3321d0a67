// Reports of crashes and stalls: to whoever was named in the options, else to a journal or to stderr, and to whoever subscribed to
// their channels. Owns the names of these channels and the words on stderr.

import { builtin } from '../builtin.ts'
import { guarded } from '../kernel/crash.ts'
import { writeDown } from '../kernel/journal.ts'
import { isError } from '../kernel/realms.ts'
import { describe } from '../kernel/reasons.ts'
import type { CrashReport } from '../kernel/reports.ts'
import type { StallReport } from '../kernel/stalls.ts'
import { formatPid } from '../pid.ts'
import type { ErrorDescription, Pid } from '../types.ts'

const { channel } = builtin('node:diagnostics_channel')

const crashes = channel('rumpus:crash')
const stalls = channel('rumpus:stall')

/** What becomes of a crash report. */
export const crashReporter = (onCrash?: (report: CrashReport) => void): ((report: CrashReport) => void) =>
  guarded((report: CrashReport) => {
    // The journal of the thread where it happened goes first.
    const isLogged = report.logged === true || writeDown('crash', report)
    if (crashes.hasSubscribers) crashes.publish(report)
    if (onCrash !== undefined) return onCrash(report)
    if (!isLogged) writeCrash(report)
  })

/** What becomes of a stall report. */
export const stallReporter = (onStall?: (report: StallReport) => void): ((report: StallReport) => void) =>
  guarded((report: StallReport) => {
    const isLogged = writeDown('stall', report)
    if (stalls.hasSubscribers) stalls.publish(report)
    if (onStall !== undefined) return onStall(report)
    if (!isLogged) writeStall(report)
  })

const writeCrash = ({ pid, scheduler, name, definition, what, error }: CrashReport): void => {
  const thrown = isError(error) ? describe(error) : (error as ErrorDescription)
  const shown = thrown.stack ?? `${thrown.name}: ${thrown.message}`
  const who = pid === 0 ? '' : `process ${shownPid(pid, name, definition?.name)} on `
  process.stderr.write(`rumpus: ${who}scheduler ${scheduler}: ${what}\n${shown}\n${causeOf(thrown)}`)
}

const shownPid = (pid: number, name: string | undefined, definition: string | undefined): string => {
  const called = [
    ...(name === undefined ? [] : [JSON.stringify(name)]),
    ...(definition === undefined ? [] : [definition]),
  ]
  return `${formatPid(pid as Pid)}${called.length === 0 ? '' : ` (${called.join(', ')})`}`
}

/** A line for the cause, which a stack does not have: of what could not be loaded, it is the half that helps. */
const causeOf = ({ cause }: ErrorDescription): string => {
  if (typeof cause !== 'object' || cause === null || !('message' in cause)) return ''
  return `    [cause]: ${String(cause.message).split('\n')[0]}\n`
}

const writeStall = ({ scheduler, ms, pid, name, ended, debugged }: StallReport): void => {
  // Of the host the watchdog has told already, while it lasted.
  if (scheduler === 0) return
  const who = pid === 0 ? '' : `; process ${shownPid(pid, name, undefined)} was resumed last`
  const end = ended ? '; its thread is ended' : debugged ? '; not ended, for the inspector is open' : ''
  process.stderr.write(`rumpus: scheduler ${scheduler}: no turn for ${ms} ms${who}${end}\n`)
}
