// What the model does for code that is no process, and for any: messages for later, offers, ends that are asked for, the end of
// all. Owns their order. Never here: an offer that is answered twice, a timer that outlives its receiver.

import { AbortError, TimeoutError } from '../errors.ts'
import type { Names } from '../options.ts'
import { find } from './births.ts'
import { check, checkMs, checkTimer } from './checks.ts'
import type { Limits, Process } from './process.ts'
import { toReason } from './reasons.ts'
import type { Scheduler } from './scheduler.ts'
import type { Outcome } from './wait.ts'

export type Offered = 'accepted' | 'full' | 'noproc'

export const exit = (scheduler: Scheduler, pid: number, reason: unknown): void => {
  const process = find(scheduler, pid)
  if (process !== undefined) scheduler.receiveExit(process, 0, scheduler.carry(toReason(reason)), reason === 'kill')
}

export const isAlive = (scheduler: Scheduler, pid: number): boolean => find(scheduler, pid)?.alive ?? false

/** Sends what `message` answers in `ms` milliseconds, or every so many, if the process still lives; the reference is `ref`. */
export const post = (
  scheduler: Scheduler,
  to: Process | undefined,
  message: () => unknown,
  ms: number,
  again: boolean,
  ref: number,
): number => {
  checkMs('ms', ms, again ? 1 : 0)
  if (!to?.alive) return ref
  const { clock } = scheduler
  const start = clock.now
  const arm = (n: number): void => {
    const timer = scheduler.at(start + n * ms, () => {
      to.posts.delete(ref)
      scheduler.posts.delete(ref)
      if (again) arm(Math.max(n, Math.floor((clock.now - start) / ms)) + 1)
      scheduler.send(to, message())
    })
    to.posts.set(ref, timer)
    scheduler.posts.set(ref, to)
  }
  arm(1)
  return ref
}

/** Takes such a timer back; answers the milliseconds it had left, nothing if it has fired. */
export const cancel = (scheduler: Scheduler, ref: number): number | undefined => {
  checkTimer(ref)
  const to = scheduler.posts.get(ref)
  const timer = to?.posts.get(ref)
  if (to === undefined || timer === undefined) return undefined
  to.posts.delete(ref)
  scheduler.posts.delete(ref)
  scheduler.clock.cancel(timer)
  return Math.max(0, Math.ceil(timer.due - scheduler.clock.now))
}

const LIMIT_NAMES: Names<Limits> = { timeout: true, signal: true }

/** Sends when there is room, first come first served; where the oldest is dropped there always is. */
export const offer = (
  scheduler: Scheduler,
  to: Process | undefined,
  message: () => unknown,
  options: Limits,
): Promise<Offered> => {
  check(options, LIMIT_NAMES)
  const { signal, timeout } = options
  if (signal?.aborted) return Promise.reject(new AbortError(signal.reason))
  if (to?.alive && (to.mailbox?.overflow === 'drop-oldest' || (to.hasRoom && to.offers.length === 0))) {
    scheduler.send(to, message())
    return Promise.resolve('accepted')
  }
  if (!to?.alive) return Promise.resolve('noproc')
  if (timeout === 0) return Promise.resolve('full')
  const by = scheduler.current
  const asked = scheduler.asking(`room in the mailbox of process ${to.pid}`)
  return new Promise((resolve, reject) => {
    const answer = (outcome: Outcome): void => {
      undo()
      scheduler.enqueue(by, () => {
        asked()
        if ('error' in outcome) reject(outcome.error)
        else resolve(outcome.value as Offered)
      })
    }
    const offer = { message, answer }
    const leave = (outcome: Outcome): void => {
      to.offers.splice(to.offers.indexOf(offer), 1)
      answer(outcome)
    }
    const undo = scheduler.limit(options, (error) =>
      leave(error instanceof TimeoutError ? { value: 'full' } : { error }),
    )
    to.offers.push(offer)
  })
}

/** Ends all processes, newest first; resolves when they are dead. */
export const stopAll = (scheduler: Scheduler): Promise<void> => {
  const { outside, processes } = scheduler
  return new Promise((resolve, reject) => {
    outside.add(reject)
    const look = (): void => {
      if (processes.size === 0 && outside.delete(reject)) resolve()
    }
    for (const process of [...processes.values()].reverse()) {
      process.atDeath(look)
      scheduler.unwind(process, { kind: 'shutdown' })
    }
    look()
  })
}
