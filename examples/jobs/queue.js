// Who does what next: the server that reads the directory, has so many attempts run at a time, and decides when one fails. Owns the
// order, the number of attempts and the pauses between them. Its state can be lost: a new one reads the directory again.

import { cancelTimer, exit, reply, send, sendAfter, sendInterval } from 'rumpus'
import { noReply, Server, startChild } from 'rumpus/otp'
import { point } from 'rumpus/telemetry'
import { attempt, outcomes, results } from './attempt.js'
import { log } from './log.js'

/** @typedef {import('./spool.js').Spool} Spool */
/** @typedef {import('./spool.js').Job} Job */
/** @typedef {import('rumpus').Pid<never>} Pid */
/** @typedef {{ readonly job: Job, readonly attempt: number }} Try */
/** @typedef {{ readonly tried: Try, readonly late: import('rumpus').TimerRef }} Running */
/** @typedef {Readonly<{ workers: number, attempts: number, pauseMs: number, timeoutMs: number, scanMs: number }>} Limits */

/** `{ job, how: 'done' | 'failed' | 'retried' }` */
export const ended = point('jobs:ended')

/** The longest pause before an attempt. */
const PAUSE_MAX_MS = 60_000

/**
 * @typedef {'status' | 'scan' | 'drain'} Request
 * @typedef {'scan' | { readonly type: 'again', readonly tried: Try } | { readonly type: 'late', readonly pid: Pid }} Info
 */

/** @extends {Server<Request, never, Info>} */
export class Queue extends Server {
  /** @type {Spool} */
  spool = /** @type {never} */ (undefined)
  /** @type {Limits} */
  limits = /** @type {never} */ (undefined)
  /** Those that may begin. @type {Try[]} */
  waiting = []
  /** Attempts that run, by their pids. @type {Map<Pid, Running>} */
  running = new Map()
  /** Every job that is known, also those that pause. @type {Set<string>} */
  known = new Set()
  /** Who waits for the last to end. @type {any[]} */
  drained = []
  draining = false
  counts = { done: 0, failed: 0, retried: 0 }

  /**
   * @override
   * @param {Spool} spool
   * @param {Limits} limits
   */
  async init(spool, limits) {
    this.spool = spool
    this.limits = limits
    await spool.open()
    await this.scan()
    sendInterval(this.self.pid, 'scan', limits.scanMs)
  }

  /**
   * @override
   * @param {Request} request
   * @param {any} from
   */
  handleCall(request, from) {
    if (request === 'status') return this.status()
    if (request === 'scan') return this.scan().then(() => this.status())
    // Nothing new is begun from now on; what waits lies in the directory.
    this.draining = true
    this.drained.push(from)
    this.tellDrained()
    return noReply
  }

  /**
   * @override
   * @param {Info | import('rumpus').Down | import('rumpus').Exit} message
   */
  handleInfo(message) {
    if (message === 'scan') return this.scan()
    if (message.type === 'down') return this.over(message.pid, message.reason)
    if (message.type === 'again') return this.enqueue(message.tried)
    if (message.type === 'late') return this.tooLate(message.pid)
  }

  status() {
    return { waiting: this.waiting.length, running: this.running.size, known: this.known.size, ...this.counts }
  }

  /** Looks for jobs that are new. */
  async scan() {
    for (const id of await this.spool.waiting()) {
      // Another of the same name waits until the first is over.
      if (this.known.has(id)) continue
      const job = await this.spool.take(id)
      if (job === undefined) continue
      if ('broken' in job) {
        await this.fail(id, 0, job.broken)
        continue
      }
      outcomes.delete(id)
      this.known.add(id)
      this.waiting.push({ job, attempt: 1 })
    }
    await this.begin()
  }

  /** @param {Try} one */
  enqueue(one) {
    this.waiting.push(one)
    return this.begin()
  }

  /** Begins what there is room for. */
  async begin() {
    while (!this.draining && this.running.size < this.limits.workers) {
      const next = this.waiting.shift()
      if (next === undefined) return
      const job = { ...next.job, attempt: next.attempt }
      const pid = await startChild('attempts', { start: attempt, args: [job], restart: 'temporary' })
      const late = sendAfter(this.self.pid, { type: 'late', pid }, this.limits.timeoutMs)
      this.running.set(pid, { tried: next, late })
      this.self.monitor(pid)
      // It waits for that: nothing of its end goes unheard.
      send(/** @type {import('rumpus').Pid<'go'>} */ (pid), 'go')
    }
  }

  /** @param {Pid} pid */
  tooLate(pid) {
    // A body that waits has ended now; one that computes does when it gives way. If it never does, the watchdog tells.
    if (this.running.has(pid)) exit(pid, 'kill')
  }

  /**
   * An attempt has ended: what it has found is under its pid, or there is nothing.
   *
   * @param {Pid} pid
   * @param {import('rumpus').ExitReason} reason
   */
  async over(pid, reason) {
    const running = this.running.get(pid)
    if (running === undefined) return
    this.running.delete(pid)
    cancelTimer(running.late)
    const { tried } = running
    const { job } = tried
    const result = results.take(pid)
    if (result !== undefined) await this.finish(job.id, { status: 'done', attempt: tried.attempt, value: result.value })
    else if (tried.attempt >= this.limits.attempts) await this.fail(job.id, tried.attempt, wordsOf(reason))
    else this.retry(tried, wordsOf(reason))
    await this.begin()
    this.tellDrained()
  }

  /** @param {Try} tried @param {string} why */
  retry({ job, attempt }, why) {
    const pause = Math.min(this.limits.pauseMs * 2 ** (attempt - 1), PAUSE_MAX_MS)
    this.counts.retried++
    ended.emit({ job: job.id, how: 'retried' })
    log.of(this.self).warn({ job: job.id, attempt, pause, why }, 'attempt failed')
    sendAfter(this.self.pid, { type: 'again', tried: { job, attempt: attempt + 1 } }, pause)
  }

  /** @param {string} id @param {number} attempt @param {string} error */
  fail(id, attempt, error) {
    return this.finish(id, { status: 'failed', attempt, error })
  }

  /** @param {string} id @param {import('./attempt.js').Outcome} outcome */
  async finish(id, outcome) {
    await this.spool.finish(id, outcome.status, outcome)
    outcomes.put(id, outcome)
    this.known.delete(id)
    this.counts[outcome.status]++
    ended.emit({ job: id, how: outcome.status })
    const level = outcome.status === 'done' ? 'info' : 'error'
    log.of(this.self)[level]({ job: id, attempt: outcome.attempt }, outcome.status)
  }

  tellDrained() {
    if (!this.draining || this.running.size > 0) return
    for (const from of this.drained.splice(0)) reply(from, this.status())
  }
}

/** @param {import('rumpus').ExitReason} reason */
const wordsOf = (reason) => (reason.kind === 'error' ? reason.error.message : reason.kind)
