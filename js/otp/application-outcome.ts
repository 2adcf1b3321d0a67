// What the end of an application means for the others, and for the exit code of the program: OTP's rules, and what others make of such
// codes. Pure.

import type { ExitReason } from '../types.ts'
import type { Application } from './application-spec.ts'

/** Something crashed, or did not start. */
export const CRASHED = 1
/** The configuration has mistakes: `EX_CONFIG` of sysexits.h, which systemd and others know. */
export const MISCONFIGURED = 78
/** The deadline was over before all had stopped: as of `timeout` of coreutils. */
export const LATE = 124

const SIGNALS: Readonly<Record<string, number>> = { SIGINT: 2, SIGTERM: 15 }

/** The code of a program that a signal has ended, as shells have it. */
export const codeOfSignal = (signal: string): number => 128 + (SIGNALS[signal] ?? 0)

/** Whether an end of its own takes all others along. */
export const takesDown = ({ type = 'permanent' }: Application, { kind }: ExitReason): boolean =>
  type === 'permanent' || (type === 'transient' && kind !== 'normal')

/** Whether an end of its own is a crash: a permanent one has no peaceful end. */
export const isCrash = ({ type = 'permanent' }: Application, { kind }: ExitReason): boolean =>
  type === 'permanent' || kind !== 'normal'

/** Whether one that was asked to stop has ended otherwise than it was asked to. */
export const isBadStop = ({ kind }: ExitReason): boolean => kind !== 'normal' && kind !== 'shutdown'

/** The exit code: 0 only if all have stopped in their time and nothing has crashed. */
export const codeOf = (forced: number, crashed: number, crashes: number): number =>
  forced !== 0 ? forced : crashed > 0 || crashes > 0 ? CRASHED : 0
