// offer: a message to a bounded mailbox, whose sender waits for a place. Owns the wait, at the desk; who gets a place, and that
// it is kept for him, is Rust's (`crates/runtime/src/scheduler/offer.rs`).

import { AbortError, badArgument, RumpusError } from '../errors.ts'
import type { Kernel } from '../kernel/kernel.ts'
import { kernelOf } from '../kernel/post.ts'
import { OFFER_ACCEPTED, OFFER_FULL, postGiveBackPlace, postOffer, postWant } from '../kernel/post-offers.ts'
import { GATE_OPEN } from '../kernel/process.ts'
import { INDEX_MASK } from '../kernel/words.ts'
import type { Pid } from '../types.ts'
import { deskOf } from './desk.ts'
import { sendFrom } from './send.ts'
import { checkMs } from './sleep.ts'

/** What became of an offer: it is in the mailbox, there was no place in time, or there is no such process. */
export type Offered = 'accepted' | 'full' | 'noproc'

/** How long an offer waits. */
export interface OfferOptions {
  /** Milliseconds until it answers `'full'`; 0 does not wait; for as long as it takes unless given. */
  readonly timeout?: number
  /** Has it reject with `AbortError` when aborted. */
  readonly signal?: AbortSignal
}

/**
 * Sends `message` to the process `pid` when its mailbox has a place, and answers what became of it.
 *
 * For bounded mailboxes: it holds a fast sender back where `send` would drop. Those that wait get their places in the order in
 * which they asked. An unbounded mailbox accepts at once.
 *
 * @param pid - whom
 * @param message - what; do not change it before the offer has been answered
 * @param options - how long to wait
 * @throws at the call: UncrossableError `ERR_RUMPUS_UNCROSSABLE`, TypeError `ERR_RUMPUS_BAD_ARGUMENT`, RangeError
 * `ERR_RUMPUS_OUT_OF_RANGE`, RumpusError `ERR_RUMPUS_STOPPED`; rejects with AbortError `ABORT_ERR`
 * @example
 * ```ts
 * import { offer, run } from 'rumpus'
 * import assert from 'node:assert/strict'
 *
 * await run(async (self) => {
 *   const slow = self.spawn(async (me) => void (await me.sleep(50)), { mailbox: { capacity: 1, overflow: 'offer' } })
 *   assert.equal(await offer(slow, 1), 'accepted')
 *   assert.equal(await offer(slow, 2, { timeout: 1 }), 'full')
 *   assert.equal(await offer(slow, 3), 'noproc') // it ended, and had not taken the first
 * })
 * ```
 */
export const offer = <M>(pid: Pid<M>, message: NoInfer<M>, options: OfferOptions = {}): Promise<Offered> => {
  const { timeout, signal } = checked(options)
  const kernel = kernelOf(pid)
  if (kernel.detached) throw new RumpusError('ERR_RUMPUS_STOPPED', 'the runtime has stopped')
  if (signal?.aborted) return Promise.reject(new AbortError(signal.reason))
  if (isOpen(kernel, pid)) {
    // Unbounded. By the way of what is sent to it, for neither may overtake the other.
    sendFrom(kernel, pid, message)
    return Promise.resolve('accepted')
  }
  const now = postOffer(kernel, pid, message, false)
  if (now !== OFFER_FULL || timeout === 0) return Promise.resolve(said(now))
  return waitForPlace(kernel, pid, message, timeout, signal)
}

const isOpen = (kernel: Kernel, pid: number): boolean => {
  const process = kernel.procs[pid & INDEX_MASK]
  return process !== undefined && process.pid === pid && process.gate === GATE_OPEN
}

const said = (answer: number): Offered =>
  answer === OFFER_ACCEPTED ? 'accepted' : answer === OFFER_FULL ? 'full' : 'noproc'

const checked = (options: OfferOptions): OfferOptions => {
  if (typeof options !== 'object' || options === null) throw badArgument(TypeError, 'options', 'an object', options)
  const { timeout, signal } = options
  if (timeout !== undefined) checkMs('options.timeout', timeout)
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw badArgument(TypeError, 'options.signal', 'an AbortSignal', signal)
  }
  return options
}

const waitForPlace = (
  kernel: Kernel,
  pid: number,
  message: unknown,
  timeout: number | undefined,
  signal: AbortSignal | undefined,
): Promise<Offered> => {
  const desk = deskOf(kernel)
  return new Promise((resolve, reject) => {
    let waits = true
    const number = desk.open((news) => {
      if (news.kind === 'place') {
        desk.forget(number)
        if (waits) finish(() => resolve(news.place ? said(postOffer(kernel, pid, message, true)) : 'noproc'))
        else if (news.place && !kernel.detached) postGiveBackPlace(kernel, pid)
      } else if (waits) {
        // Its place may still come, and is given back then.
        finish(() => (news.kind === 'time' ? resolve('full') : reject(stopped())))
      }
    })
    const onAbort = (): void => {
      if (waits) finish(() => reject(new AbortError(signal?.reason)))
    }
    const timer = timeout === undefined ? 0 : desk.startTimer(number, timeout)
    const finish = (how: () => void): void => {
      waits = false
      if (timer !== 0) desk.stopTimer(timer)
      signal?.removeEventListener('abort', onAbort)
      how()
    }
    signal?.addEventListener('abort', onAbort)
    if (!postWant(kernel, pid, desk.pid, number)) {
      desk.forget(number)
      finish(() => resolve('noproc'))
    }
  })
}

const stopped = (): Error => new RumpusError('ERR_RUMPUS_STOPPED', 'the runtime has stopped')
