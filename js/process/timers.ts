// sendAfter, sendInterval, cancelTimer: messages for later. Owns their checks. A timer belongs to the process it sends to: it
// dies with that, not with the process that set it. What users are given is the negative of what Rust calls it, so that no timer
// is taken for a pid, nor a pid for a timer.

import { badArgument } from '../errors.ts'
import { checkPid, findKernel, kernelOf } from '../kernel/post.ts'
import { postAfter, postCancel } from '../kernel/post-timers.ts'
import type { Pid } from '../types.ts'
import { refuseCargo } from './transfer.ts'
import { checkMs } from './waits.ts'

declare const timers: unique symbol

/** A message for later, as `sendAfter` and `sendInterval` answer it: a number below 0 that can cross, never used again. */
export type TimerRef = number & { readonly [timers]: true }

/**
 * Sends `message` to the process `pid` in `ms` milliseconds, never earlier.
 *
 * The timer ends with that process, not with the caller's. On the same scheduler the value itself travels, as it does with
 * `send`; what cannot cross is refused at once. For a wait of your own use `self.sleep` or `receive` with a `timeout`.
 *
 * @param pid - whom; a process that has ended gets nothing
 * @param message - what
 * @param ms - milliseconds from now, 0 to 2³¹ - 1
 * @returns the timer, for {@link cancelTimer}
 * @throws RangeError `ERR_RUMPUS_OUT_OF_RANGE` for a time that is none
 * @throws UncrossableError `ERR_RUMPUS_UNCROSSABLE`, TypeError `ERR_RUMPUS_BAD_ARGUMENT`, RumpusError `ERR_RUMPUS_STOPPED` as
 * `send` does, `ERR_RUMPUS_TOO_MANY_TIMERS` beyond 67 million
 * @example
 * ```ts
 * import { run, sendAfter } from 'rumpus'
 * import assert from 'node:assert/strict'
 *
 * await run(async (self) => {
 *   sendAfter(self.pid, 'tick', 5)
 *   assert.equal(await self.receive(), 'tick')
 * })
 * ```
 */
export const sendAfter = <M>(pid: Pid<M>, message: NoInfer<M>, ms: number): TimerRef => {
  checkPid(pid)
  checkMs('ms', ms)
  refuseCargo('message', message)
  return -postAfter(kernelOf(pid), pid, message, ms, 0) as TimerRef
}

/**
 * Sends `message` to the process `pid` every `ms` milliseconds, for the first time after as many.
 *
 * The moments are those of the first one plus whole multiples: nothing drifts. A scheduler that comes late sends once and keeps
 * the phase; it makes up for nothing. Ends as {@link sendAfter}'s does, or by {@link cancelTimer}.
 *
 * @param pid - whom
 * @param message - what
 * @param ms - milliseconds, 1 to 2³¹ - 1
 * @returns the timer; it is the same for every message
 * @throws as {@link sendAfter}
 * @example
 * ```ts
 * import { cancelTimer, run, sendInterval } from 'rumpus'
 *
 * await run(async (self) => {
 *   const timer = sendInterval(self.pid, 'tick', 2)
 *   for (let i = 0; i < 3; i++) await self.receive()
 *   cancelTimer(timer)
 * })
 * ```
 */
export const sendInterval = <M>(pid: Pid<M>, message: NoInfer<M>, ms: number): TimerRef => {
  checkPid(pid)
  checkMs('ms', ms, 1)
  refuseCargo('message', message)
  return -postAfter(kernelOf(pid), pid, message, ms, ms) as TimerRef
}

/**
 * Cancels a timer, on whatever scheduler it was set and will fire. A message that it has sent already stays in the inbox.
 *
 * @param timer - which
 * @returns the milliseconds that were left, or nothing if it has fired for the last time or was cancelled before, or if its
 * process has ended, or must
 * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT` if `timer` is none, but a pid, for example
 * @example
 * ```ts
 * import { cancelTimer, run, sendAfter } from 'rumpus'
 * import assert from 'node:assert/strict'
 *
 * await run(async (self) => {
 *   const timer = sendAfter(self.pid, 'too late', 60_000)
 *   assert(cancelTimer(timer)! > 59_000)
 *   assert.equal(cancelTimer(timer), undefined)
 * })
 * ```
 */
export const cancelTimer = (timer: TimerRef): number | undefined => {
  if (!Number.isSafeInteger(timer) || timer >= 0) throw badArgument(TypeError, 'timer', 'a timer', timer)
  const bits = -timer
  const kernel = findKernel(bits)
  return kernel === undefined || kernel.detached ? undefined : postCancel(kernel, bits)
}
