// offer: a message to a bounded mailbox, whose sender waits for a place. Owns the wait, at the desk, and the order of those here who
// wait; which scheduler gets a place, and that it is kept, is Rust's (`crates/runtime/src/scheduler/offer.rs`).

import { AbortError, stopped } from '../errors.ts'
import { cargoOf } from '../kernel/cargo.ts'
import type { Kernel } from '../kernel/kernel.ts'
import { byReference, kernelOf } from '../kernel/post.ts'
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
  const now = isWaitedFor(kernel, pid) ? full(kernel, pid, message) : postOffer(kernel, pid, message, false)
  if (now !== OFFER_FULL || timeout === 0) return Promise.resolve(said(now))
  return waitForPlace(kernel, pid, message, timeout, signal)
}

/** Whether others here wait for a place there: a later one must not have it, though it may be free on its way to them. */
const isWaitedFor = (kernel: Kernel, pid: number): boolean =>
  kernel.desk !== undefined && queuesOf(deskOf(kernel)).get(pid)?.isWaitedIn === true

/** There is none then; what cannot cross is refused at the call all the same. */
const full = (kernel: Kernel, pid: number, message: unknown): number => {
  if (cargoOf(message) === undefined && !byReference(kernel, pid)) kernel.codec.check(message, 'message')
  return OFFER_FULL
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

/**
 * Those here who wait for a place at one mailbox, in order. Rust knows how many places they want, not who: what one who gives up has wanted
 * is the next one's, so that who offers again and again to a mailbox that stays full is in one queue once.
 */
class Queue extends Waiter {
  private readonly kernel: Kernel
  private readonly pid: number
  private readonly desk: Desk
  private readonly waiting = new Set<PlaceWait>()
  /** Places that Rust will grant or refuse: for all who wait, and for some who have given up. */
  private wanted = 0

  constructor(kernel: Kernel, pid: number, desk: Desk) {
    super()
    this.kernel = kernel
    this.pid = pid
    this.desk = desk
    desk.open(this)
    queuesOf(desk).set(pid, this)
  }

  /** Whether anybody does. */
  get isWaitedIn(): boolean {
    return this.waiting.size > 0
  }

  /** One more waits; false if the receiver is gone. */
  join(wait: PlaceWait): boolean {
    const { kernel, pid, desk, waiting } = this
    // Before it is wanted: it may be granted at once.
    waiting.add(wait)
    if (this.wanted >= waiting.size) return true
    this.wanted++
    if (postWant(kernel, pid, desk.pid, this.number)) return true
    waiting.delete(wait)
    this.isTold()
    return false
  }

  leave(wait: PlaceWait): void {
    this.waiting.delete(wait)
  }

  hear(news: News): void {
    const { waiting } = this
    if (news.kind !== 'place') {
      queuesOf(this.desk).delete(this.pid)
      for (const wait of waiting) wait.hear(news)
      return
    }
    this.isTold()
    const [first] = waiting
    if (first !== undefined) first.hear(news)
    else if (news.place && !this.kernel.detached) postGiveBackPlace(this.kernel, this.pid)
  }

  private isTold(): void {
    if (--this.wanted > 0) return
    this.desk.forget(this)
    queuesOf(this.desk).delete(this.pid)
  }
}

const queues = new WeakMap<Desk, Map<number, Queue>>()

/** Those of a desk, by whose mailbox it is. */
const queuesOf = (desk: Desk): Map<number, Queue> => {
  let known = queues.get(desk)
  if (known === undefined) queues.set(desk, (known = new Map()))
  return known
}

/** An offer that waits for a place. */
class PlaceWait extends Waiter {
  private readonly kernel: Kernel
  private readonly pid: number
  private readonly message: unknown
  private readonly signal: AbortSignal | undefined
  private readonly desk: Desk
  private queue: Queue | undefined
  private resolve: (offered: Offered) => void = () => {}
  private reject: (error: unknown) => void = () => {}
  readonly offered = new Promise<Offered>((resolve, reject) => {
    this.resolve = resolve
    this.reject = reject
  })
  private readonly onAbort = (): void => this.finish(() => this.reject(new AbortError(this.signal?.reason)))

  constructor(kernel: Kernel, pid: number, message: unknown, signal: AbortSignal | undefined) {
    super()
    this.kernel = kernel
    this.pid = pid
    this.message = message
    this.signal = signal
    this.desk = deskOf(kernel)
  }

  begin(timeout: number | undefined): void {
    const { kernel, pid, desk } = this
    desk.holds(1)
    if (timeout !== undefined) desk.startTimer(this, timeout)
    this.signal?.addEventListener('abort', this.onAbort)
    // Last, for the news that end a queue come with any crossing.
    this.queue = queuesOf(desk).get(pid) ?? new Queue(kernel, pid, desk)
    if (!this.queue.join(this)) this.finish(() => this.resolve('noproc'))
  }

  hear(news: News): void {
    this.finish(() => {
      if (news.kind === 'place') news.place ? this.sendThere() : this.resolve('noproc')
      else if (news.kind === 'time') this.resolve('full')
      else this.reject(stopped())
    })
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

  /** It is settled, and waits no more. */
  private finish(how: () => void): void {
    this.desk.holds(-1)
    this.queue?.leave(this)
    this.desk.stopTimer(this)
    this.signal?.removeEventListener('abort', this.onAbort)
    how()
  }
}
