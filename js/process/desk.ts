// The desk: where ordinary code waits for what processes say. One process per kernel, made when it is first needed, takes
// answers, ends and places and hands each to whoever waits for it; nobody else sees it. Owns the numbers of what is waited for.
// What comes for a number that nobody waits for any more is dropped, so a late answer costs nothing and reaches no inbox.

import { RumpusError } from '../errors.ts'
import type { Desk as KernelDesk } from '../kernel/desk-door.ts'
import type { Kernel } from '../kernel/kernel.ts'
import { spawnHere } from '../kernel/life.ts'
import { postDemonitor, postMonitor } from '../kernel/post.ts'
import { postAfter, postCancel } from '../kernel/post-timers.ts'
import type { Process } from '../kernel/process.ts'
import { Down, type ExitReason } from '../types.ts'
import type { Self } from './shapes.ts'

/** What a waiter hears. */
export type News =
  | { readonly kind: 'answer'; readonly value: unknown }
  | { readonly kind: 'down'; readonly down: Down }
  | { readonly kind: 'place'; readonly place: boolean }
  | { readonly kind: 'time' }
  | { readonly kind: 'stopped' }

type Waiter = (news: News) => void

/** Numbers are those of int32, so that they lie in a word; a number is used again after 2 thousand million others. */
const LAST_NUMBER = 2 ** 31 - 1

export class Desk implements KernelDesk {
  readonly pid: number
  private readonly kernel: Kernel
  private readonly waiting = new Map<number, Waiter>()
  private readonly watching = new Map<number, Waiter>()
  private last = 0
  private closed = false

  constructor(kernel: Kernel) {
    this.kernel = kernel
    const process: Process = spawnHere(kernel, (self: Self<unknown>) => this.serve(self))
    this.pid = process.pid
    const { settled } = process
    process.settled = (reason, value, thrown) => {
      settled?.(reason, value, thrown)
      this.close()
    }
  }

  /** From now on `waiter` hears what comes for the number that this answers. */
  open(waiter: Waiter): number {
    if (this.closed) throw new RumpusError('ERR_RUMPUS_STOPPED', 'the runtime has stopped')
    do this.last = this.last === LAST_NUMBER ? 1 : this.last + 1
    while (this.waiting.has(this.last))
    this.waiting.set(this.last, waiter)
    return this.last
  }

  /** Nobody waits for that any more. */
  forget(number: number): void {
    this.waiting.delete(number)
  }

  /** `waiter` hears of the end of `pid`; answers the reference. */
  watch(pid: number, waiter: Waiter): number {
    if (this.closed) throw new RumpusError('ERR_RUMPUS_STOPPED', 'the runtime has stopped')
    const ref = postMonitor(this.kernel, this.pid, pid)
    this.watching.set(ref, waiter)
    return ref
  }

  /** Nobody wants to hear of it any more. */
  unwatch(ref: number): void {
    if (this.watching.delete(ref) && !this.closed) postDemonitor(this.kernel, this.pid, ref, true)
  }

  /** Whoever waits for `number` hears when `ms` milliseconds have passed; answers the timer. */
  startTimer(number: number, ms: number): number {
    return postAfter(this.kernel, this.pid, number, ms, 0)
  }

  /** It need not. */
  stopTimer(timer: number): void {
    if (!this.closed) postCancel(this.kernel, timer)
  }

  granted(offer: number, place: boolean): void {
    this.waiting.get(offer)?.({ kind: 'place', place })
  }

  private async serve(self: Self<unknown>): Promise<void> {
    for (;;) this.hear(await self.receive())
  }

  private hear(message: unknown): void {
    if (typeof message === 'number') {
      this.waiting.get(message)?.({ kind: 'time' })
    } else if (message instanceof Down) {
      const waiter = this.watching.get(message.ref)
      this.watching.delete(message.ref)
      waiter?.({ kind: 'down', down: message })
    } else if (Array.isArray(message)) {
      this.waiting.get(message[0])?.({ kind: 'answer', value: message[1] })
    }
  }

  private close(): void {
    this.closed = true
    const waiters = [...this.waiting.values(), ...this.watching.values()]
    this.waiting.clear()
    this.watching.clear()
    for (const waiter of waiters) waiter({ kind: 'stopped' })
  }
}

/** The desk of a kernel. */
export const deskOf = (kernel: Kernel): Desk => {
  kernel.desk ??= new Desk(kernel)
  return kernel.desk as Desk
}

/** The error of one who waited for a process that has ended. */
export const ended = (reason: ExitReason): RumpusError =>
  reason.kind === 'noproc'
    ? new RumpusError('ERR_RUMPUS_NOPROC', 'there is no such process', { cause: reason })
    : new RumpusError('ERR_RUMPUS_DOWN', `the process has ended: ${reason.kind}`, { cause: reason })
