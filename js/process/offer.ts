// offer: a message to a bounded mailbox, whose sender waits for a place. Owns the wait, at the desk; who gets a place, and that
// it is kept for him, is Rust's (`crates/runtime/src/scheduler/offer.rs`).

import { AbortError, stopped } from '../errors.ts'
import type { Kernel } from '../kernel/kernel.ts'
import { kernelOf } from '../kernel/post.ts'
import { OFFER_ACCEPTED, OFFER_FULL } from '../kernel/post-messages.ts'
import { postGiveBackPlace, postOffer, postWant } from '../kernel/post-offers.ts'
import { GATE_OPEN } from '../kernel/process.ts'
import { INDEX_MASK } from '../kernel/words.ts'
import type { Pid } from '../types.ts'
import { type Desk, deskOf, type News, Waiter } from './desk.ts'
import { sendFrom } from './send.ts'
import { checkOnlyWait, NO_WAIT } from './waits.ts'

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
export const offer = <M>(pid: Pid<M>, message: NoInfer<M>, options: OfferOptions = NO_WAIT): Promise<Offered> => {
  checkOnlyWait(options)
  const { timeout, signal } = options
  const kernel = kernelOf(pid)
  if (kernel.detached) throw stopped()
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

const waitForPlace = (
  kernel: Kernel,
  pid: number,
  message: unknown,
  timeout: number | undefined,
  signal: AbortSignal | undefined,
): Promise<Offered> => {
  const wait = new PlaceWait(kernel, pid, message, signal)
  wait.begin(timeout)
  return wait.offered
}

/** An offer that waits for a place. */
class PlaceWait extends Waiter {
  private readonly kernel: Kernel
  private readonly pid: number
  private readonly message: unknown
  private readonly signal: AbortSignal | undefined
  private readonly desk: Desk
  private waits = true
  private resolve: (offered: Offered) => void = () => {}
  private reject: (error: unknown) => void = () => {}
  readonly offered = new Promise<Offered>((resolve, reject) => {
    this.resolve = resolve
    this.reject = reject
  })
  private readonly onAbort = (): void => {
    if (this.waits) this.finish(() => this.reject(new AbortError(this.signal?.reason)))
  }

  constructor(kernel: Kernel, pid: number, message: unknown, signal: AbortSignal | undefined) {
    super()
    this.kernel = kernel
    this.pid = pid
    this.message = message
    this.signal = signal
    this.desk = deskOf(kernel)
  }

  begin(timeout: number | undefined): void {
    const { kernel, desk, pid } = this
    desk.open(this)
    desk.holds(1)
    if (timeout !== undefined) desk.startTimer(this, timeout)
    this.signal?.addEventListener('abort', this.onAbort)
    if (postWant(kernel, pid, desk.pid, this.number)) return
    desk.forget(this)
    this.finish(() => this.resolve('noproc'))
  }

  hear(news: News): void {
    if (news.kind === 'place') {
      this.desk.forget(this)
      if (this.waits) this.finish(() => (news.place ? this.sendThere() : this.resolve('noproc')))
      else if (news.place && !this.kernel.detached) postGiveBackPlace(this.kernel, this.pid)
    } else if (this.waits) {
      // Its place may still come, and is given back then.
      this.finish(() => (news.kind === 'time' ? this.resolve('full') : this.reject(stopped())))
    }
  }

  private sendThere(): void {
    try {
      this.resolve(said(postOffer(this.kernel, this.pid, this.message, true)))
    } catch (error) {
      // It has been changed meanwhile, and cannot cross any more.
      postGiveBackPlace(this.kernel, this.pid)
      this.reject(error)
    }
  }

  private finish(how: () => void): void {
    this.waits = false
    this.desk.holds(-1)
    this.desk.stopTimer(this)
    this.signal?.removeEventListener('abort', this.onAbort)
    how()
  }
}
