// A million timers set, cancelled and fired in ten seconds, on all schedulers there are: none is early, none is lost or left
// behind, and all but one in a thousand come within 2 ms. What V8's collector makes late is not the wheel's, nor what the kernel
// does that gives the core to another thread: messages that either delayed are counted apart, and so are the pauses.

import { closeSync, openSync, readSync } from 'node:fs'
import { PerformanceObserver } from 'node:perf_hooks'
import { cancelTimer, define, run as runRumpus, send, sendAfter, sendInterval } from 'rumpus'
import { isDisturbed, NoiseWatch } from '../noise.js'
import { quantileOf } from '../statistics.js'
import { dice } from './dice.js'
import { check, checkJudged, note } from './windows.js'

const TIMERS = 1_000_000
const FOR_MS = 10_000
/** The longest of them. */
const LONGEST_MS = 1_000
/** One in so many is cancelled. */
const CANCELLED = 2
const LATE_LIMIT_MS = 2
const SHARE = 0.999
/** A window in which the hypervisor took more than one in a thousand is none. */
const STOLEN_MAX_MS = (1 - SHARE) * FOR_MS
/** As much is not seen, for it is accounted for by 10 ms, so that a window may be late for no fault of ours: half of them must keep the limit, all of them this. */
const WINDOWS = 3
const CEILING_MS = 20
const TRIES = 8
const TICK_MS = 1
/** Who waits for its core no longer is not late for it. */
const KEPT_LEAST_MS = 0.2
/** What has not come so long after its time never will. */
const LOST_AFTER_MS = 2_000

/**
 * @typedef {object} Tally - of one scheduler
 * @property {number} set
 * @property {number} cancelled
 * @property {number} fired
 * @property {number} early
 * @property {number} left - timers that could still be cancelled when all was over
 * @property {number} late - p99.9 of the lateness, less what pauses delayed
 * @property {number} lateWithPauses - the same of all
 * @property {number} own - the share of messages that no pause delayed
 * @property {number} pauses - how many of the collector
 * @property {number} longestPause
 * @property {number} keptMs - how long the thread could have run and another had its core
 *
 * @typedef {import('rumpus').Self<'tick' | number>} Self
 */

/** The pauses of this thread from the making on: of its collector, and those for which the kernel kept it from its core. */
class Pauses {
  /** @type {{ from: number, to: number, duration: number }[]} */
  all = []
  #collected = { pauses: 0, longest: 0 }
  #schedstat = openSync('/proc/thread-self/schedstat', 'r')
  #text = Buffer.alloc(64)
  #readAt = performance.now()
  #firstKeptMs = this.#readKept()
  #keptMs = this.#firstKeptMs
  #observer = new PerformanceObserver((list) => this.#add(list.getEntries()))

  constructor() {
    this.#observer.observe({ entryTypes: ['gc'] })
  }

  /** @param {readonly import('node:perf_hooks').PerformanceEntry[]} entries */
  #add(entries) {
    for (const { startTime, duration } of entries) {
      this.#note(startTime, startTime + duration, duration)
      this.#collected.pauses++
      this.#collected.longest = Math.max(this.#collected.longest, duration)
    }
  }

  /** What has come due in a pause comes late as well: that takes as long again. @param {number} from @param {number} to @param {number} duration */
  #note(from, to, duration) {
    this.all.push({ from, to: to + duration, duration })
  }

  /** How long this thread has waited for a core, ever, in milliseconds. */
  #readKept() {
    const length = readSync(this.#schedstat, this.#text, 0, this.#text.length, 0)
    return Number(this.#text.toString('latin1', 0, length).split(' ')[1]) / 1e6
  }

  /** To be called often: whether the kernel has kept the thread waiting since the last time. */
  look() {
    const [now, keptMs] = [performance.now(), this.#readKept()]
    const duration = keptMs - this.#keptMs
    if (duration >= KEPT_LEAST_MS) this.#note(this.#readAt, now, duration)
    this.#readAt = now
    this.#keptMs = keptMs
  }

  /** Hears of no more, but of those that have been. */
  end() {
    this.#add(this.#observer.takeRecords())
    this.#observer.disconnect()
    closeSync(this.#schedstat)
    this.all.sort((a, b) => a.from - b.from)
    return { ...this.#collected, keptMs: this.#keptMs - this.#firstKeptMs }
  }
}

/** One scheduler's share of the timers. */
class Clockwork {
  #count
  #start = performance.now()
  #below
  /** @type {import('rumpus').TimerRef[]} */
  #timers = []
  /** Those to be cancelled, by the millisecond. @type {import('rumpus').TimerRef[][]} */
  #doomed = Array.from({ length: LONGEST_MS }, () => [])
  #swept = 0
  /** When the last of them is due. */
  #last = 0
  #cancelled = 0
  #fired = 0
  #due
  #came

  /** @param {number} count @param {number} seed */
  constructor(count, seed) {
    this.#count = count
    this.#due = new Float64Array(count)
    this.#came = new Float64Array(count)
    this.#below = dice(seed)
  }

  /** Sets and cancels what is to be by now. @param {import('rumpus').Pid<number>} pid */
  tick(pid) {
    const passed = performance.now() - this.#start
    const wanted = Math.min(this.#count, Math.floor((this.#count * passed) / FOR_MS))
    while (this.#timers.length < wanted) this.#set(pid)
    for (; this.#swept < passed; this.#swept++) {
      const timers = this.#doomed[this.#swept % LONGEST_MS]?.splice(0) ?? []
      for (const timer of timers) if (cancelTimer(timer) !== undefined) this.#cancelled++
    }
    if (this.#timers.length < this.#count) return false
    return this.#fired + this.#cancelled === this.#count || performance.now() > this.#last + LOST_AFTER_MS
  }

  /** @param {import('rumpus').Pid<number>} pid */
  #set(pid) {
    const ms = 1 + this.#below(LONGEST_MS * 10 - 10) / 10
    const now = performance.now()
    this.#last = Math.max(this.#last, now + ms)
    const timer = sendAfter(pid, now + ms, ms)
    this.#timers.push(timer)
    if (this.#below(CANCELLED) > 0) return
    // Some of these are cancelled too late, as in life.
    const at = Math.ceil(now - this.#start) + this.#below(Math.ceil(ms))
    this.#doomed[at % LONGEST_MS]?.push(timer)
  }

  /** @param {number} due */
  fire(due) {
    this.#due[this.#fired] = due
    this.#came[this.#fired++] = performance.now()
  }

  /** @param {Pauses} pauses @returns {Tally} */
  tally(pauses) {
    const late = Array.from(this.#came.subarray(0, this.#fired), (at, i) => at - (this.#due[i] ?? 0))
    const { pauses: collected, longest, keptMs } = pauses.end()
    const own = late.filter((_, i) => !this.#wasPaused(i, pauses))
    return {
      set: this.#timers.length,
      cancelled: this.#cancelled,
      fired: late.length,
      early: late.filter((ms) => ms < 0).length,
      left: this.#timers.filter((timer) => cancelTimer(timer) !== undefined).length,
      late: quantileOf(own, SHARE),
      lateWithPauses: quantileOf(late, SHARE),
      own: own.length / late.length,
      pauses: collected,
      longestPause: longest,
      keptMs,
    }
  }

  /** Whether a pause fell between the moment when a message was due and when it came. @param {number} i @param {Pauses} pauses */
  #wasPaused(i, { all }) {
    const [due, came] = [this.#due[i], this.#came[i]]
    if (due === undefined || came === undefined) return false
    let [low, high] = [0, all.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (/** @type {{ to: number }} */ (all[middle]).to < due) low = middle + 1
      else high = middle
    }
    return (all[low]?.from ?? Number.POSITIVE_INFINITY) < came
  }
}

export const clockwork = define(
  import.meta.url,
  'clockwork',
  async (
    /** @type {Self} */ self,
    /** @type {import('rumpus').Pid<Tally>} */ parent,
    /** @type {number} */ count,
    /** @type {number} */ seed,
  ) => {
    const pauses = new Pauses()
    const work = new Clockwork(count, seed)
    const ticks = sendInterval(/** @type {import('rumpus').Pid<any>} */ (self.pid), 'tick', TICK_MS)
    for (let over = false; !over; ) {
      const message = await self.receive()
      if (typeof message === 'number') work.fire(message)
      else {
        pauses.look()
        over = work.tick(/** @type {import('rumpus').Pid<any>} */ (self.pid))
      }
    }
    cancelTimer(ticks)
    // The observer is told of pauses by the event loop.
    await self.sleep(50)
    send(parent, work.tally(pauses))
  },
)

export async function run() {
  const [sum, most] = [
    { early: 0, left: 0, lost: 0, pauses: 0, keptMs: 0 },
    { late: 0, pause: 0, delayed: 0 },
  ]
  const wanted = { windows: WINDOWS, share: 0.5, limit: LATE_LIMIT_MS, ceiling: CEILING_MS, unit: 'ms', tries: TRIES }
  const lateness = await checkJudged(wanted, async () => {
    const noise = new NoiseWatch()
    const tallies = await runRumpus(oneWindow)
    for (const { set, cancelled, fired, early, left, own, pauses, lateWithPauses, longestPause, keptMs } of tallies) {
      sum.early += early
      sum.left += left
      sum.lost += Math.abs(set - cancelled - fired)
      sum.pauses += pauses
      sum.keptMs += keptMs
      most.delayed = Math.max(most.delayed, 100 * (1 - own))
      most.late = Math.max(most.late, lateWithPauses)
      most.pause = Math.max(most.pause, longestPause)
    }
    const late = Math.max(...tallies.map((tally) => tally.late))
    const disturbance = noise.read()
    return {
      figures: { [`p99.9 lateness of ${TIMERS} timers on ${tallies.length} schedulers, less pauses`]: late },
      disturbed: isDisturbed(disturbance) || disturbance.stolenMs > STOLEN_MAX_MS,
    }
  })
  return [
    ...lateness,
    check('timers that fired early', sum.early, 0, 'timers'),
    check('timers that neither fired nor were cancelled, or both', sum.lost, 0, 'timers'),
    check('timers that were left when all was over', sum.left, 0, 'timers'),
    note('p99.9 lateness with pauses', most.late, 'ms'),
    note('messages that a pause may have delayed', most.delayed, '%'),
    note('pauses of the collector', sum.pauses, 'pauses'),
    note('longest pause of the collector', most.pause, 'ms'),
    note('others had the cores of threads that could have run', sum.keptMs, 'ms'),
  ]
}

/** @param {import('rumpus').Self<Tally>} self */
async function oneWindow(self) {
  const seats = self.runtime.inspect().schedulers.slice(1)
  const share = Math.ceil(TIMERS / seats.length)
  for (const { id } of seats) self.spawn(clockwork.with({ on: id }), self.pid, share, id)
  /** @type {Tally[]} */
  const tallies = []
  while (tallies.length < seats.length) tallies.push(await self.receive())
  return tallies
}
