// send, offer, sendAfter, sendInterval, cancelTimer: messages now and later, from anywhere. Owns who finds the runtime, and what
// is looked at before anything is sent; the sending is the model's.

import { stopped } from '../errors.ts'
import { find } from '../model/births.ts'
import { check, checkMs, checkPid, checkTimer } from '../model/checks.ts'
import { cancel, offer as offerTo, post } from '../model/posts.ts'
import type { Offered, OfferOptions } from '../process/offer.ts'
import { WAIT_NAMES } from '../process/option-names.ts'
import type { TimerRef } from '../process/timers.ts'
import { refuseCargo } from '../process/transfer.ts'
import type { Pid } from '../types.ts'
import { carry, checkCarried, isCopied } from './carry.ts'
import { copy } from './copy.ts'
import { findHome, homeOf, onlyHome } from './isolate.ts'

/**
 * Sends `message` to the process `to`. Never waits, never fails for want of a receiver: what is sent to a dead process is dropped
 * and counted. Messages and signals from one process to another arrive in the order sent.
 *
 * The receiver gets the value itself: treat messages as immutable. It gets a copy where the runtime was made with
 * `messages: 'clone'`, and as long as it is a definition that has not begun.
 *
 * @param to - a pid, or a name in the only runtime of this thread
 * @param message - what
 * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT` if `to` is no pid and no name, UncrossableError `ERR_RUMPUS_UNCROSSABLE` where it would
 * be copied, RumpusError `ERR_RUMPUS_STOPPED`, `ERR_RUMPUS_WHICH_RUNTIME` for a name where there are several runtimes
 * @example
 * ```ts
 * import { run, send } from 'rumpus/portable'
 * import assert from 'node:assert/strict'
 *
 * await run(async (self) => {
 *   send(self.pid, 'hello')
 *   assert.equal(await self.receive(), 'hello')
 * })
 * ```
 */
export const send = <M>(to: Pid<M> | string, message: NoInfer<M>): void => {
  const home = typeof to === 'string' ? onlyHome() : homeOf(to)
  home.send(to, message)
}

/**
 * Sends `message` to the process `pid` when its mailbox has a place, and answers what became of it. For bounded mailboxes: it holds
 * a fast sender back where {@link send} would drop. Places go to those that wait in the order in which they asked.
 *
 * @param pid - whom
 * @param message - what; do not change it before the offer has been answered
 * @param options - how long to wait, in milliseconds
 * @throws at the call: UncrossableError `ERR_RUMPUS_UNCROSSABLE`, TypeError `ERR_RUMPUS_BAD_ARGUMENT`, RangeError
 * `ERR_RUMPUS_OUT_OF_RANGE`, RumpusError `ERR_RUMPUS_STOPPED`; rejects with AbortError `ABORT_ERR`
 * @example
 * ```ts
 * import { offer, run } from 'rumpus/portable'
 * import assert from 'node:assert/strict'
 *
 * await run(async (self) => {
 *   const slow = self.spawn(async (me) => void (await me.sleep(50)), { mailbox: { capacity: 1, overflow: 'offer' } })
 *   assert.equal(await offer(slow, 1), 'accepted')
 *   assert.equal(await offer(slow, 2, { timeout: 1 }), 'full')
 * })
 * ```
 */
export const offer = <M>(pid: Pid<M>, message: NoInfer<M>, options: OfferOptions = {}): Promise<Offered> => {
  check(options, WAIT_NAMES)
  const { mode, scheduler, closed } = homeOf(pid)
  if (closed) throw stopped()
  const to = find(scheduler, pid)
  checkCarried(mode, to, message)
  return offerTo(scheduler, to, () => carry(mode, to, message), options)
}

/**
 * Sends `message` to the process `pid` in `ms` milliseconds, never earlier. The timer ends with that process, not with the caller's.
 *
 * @param pid - whom; a process that has ended gets nothing
 * @param message - what
 * @param ms - milliseconds from now, 0 to 2³¹ - 1
 * @returns the timer, for {@link cancelTimer}
 * @throws RangeError `ERR_RUMPUS_OUT_OF_RANGE` for a time that is none, and what {@link send} throws
 * @example
 * ```ts
 * import { run, sendAfter } from 'rumpus/portable'
 * import assert from 'node:assert/strict'
 *
 * await run(async (self) => {
 *   sendAfter(self.pid, 'tick', 5)
 *   assert.equal(await self.receive(), 'tick')
 * })
 * ```
 */
export const sendAfter = <M>(pid: Pid<M>, message: NoInfer<M>, ms: number): TimerRef => later(pid, message, ms, false)

/**
 * Sends `message` to the process `pid` every `ms` milliseconds, for the first time after as many. Nothing drifts; what was missed
 * is sent once. Ends as {@link sendAfter}'s does, or by {@link cancelTimer}.
 *
 * @param pid - whom
 * @param message - what
 * @param ms - milliseconds, 1 to 2³¹ - 1
 * @returns the timer; it is the same for every message
 * @throws as {@link sendAfter}
 * @example
 * ```ts
 * import { cancelTimer, run, sendInterval } from 'rumpus/portable'
 *
 * await run(async (self) => {
 *   const timer = sendInterval(self.pid, 'tick', 2)
 *   for (let i = 0; i < 3; i++) await self.receive()
 *   cancelTimer(timer)
 * })
 * ```
 */
export const sendInterval = <M>(pid: Pid<M>, message: NoInfer<M>, ms: number): TimerRef => later(pid, message, ms, true)

const later = (pid: number, message: unknown, ms: number, again: boolean): TimerRef => {
  checkPid(pid)
  checkMs('ms', ms, again ? 1 : 0)
  refuseCargo('message', message)
  const home = homeOf(pid)
  const { mode, scheduler, closed } = home
  if (closed) throw stopped()
  const to = find(scheduler, pid)
  // As it is now, and each message of an interval by itself.
  const kept = carry(mode, to, message)
  const copies = again && isCopied(mode, to)
  return post(scheduler, to, () => (copies ? copy(kept, 'message') : kept), ms, again, home.timerRef()) as TimerRef
}

/**
 * Cancels a timer. A message that it has sent already stays in the inbox.
 *
 * @param timer - which
 * @returns the milliseconds that were left, or nothing if it has fired for the last time or was cancelled before, or if its
 * process has ended, or must
 * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT` if `timer` is none
 * @example
 * ```ts
 * import { cancelTimer, run, sendAfter } from 'rumpus/portable'
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
  checkTimer(timer)
  const home = findHome(-timer)
  return home === undefined || home.closed ? undefined : cancel(home.scheduler, timer)
}
