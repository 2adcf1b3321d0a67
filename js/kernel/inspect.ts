// inspect: what a runtime shows of itself. Counters live in memory that Rust owns, so they survive the threads that wrote
// them. A snapshot: figures of schedulers that run meanwhile may be a moment apart.

import * as l from '../native/layout.ts'
import type { RuntimeHandle } from '../native/load.ts'

/** One scheduler; number 0 is the host. */
export interface SchedulerView {
  readonly id: number
  /** Whether its thread is up. */
  readonly up: boolean
  readonly asleep: boolean
  /** Processes that live there. */
  readonly alive: number
  /** Definition processes waiting there to start. */
  readonly unstarted: number
  /** Definition processes it has started. */
  readonly started: number
  /** Processes it has spawned. */
  readonly spawned: number
  readonly exited: number
  /** Thefts that brought something, and how many processes they brought. */
  readonly steals: number
  readonly stolen: number
  /** Messages by the native mailboxes, from and to this scheduler. */
  readonly messagesOut: number
  readonly messagesIn: number
  /** Messages that stayed on this scheduler. */
  readonly messagesLocal: number
  readonly crossings: number
  readonly turns: number
  readonly resumes: number
  readonly sleeps: number
  /** Wake-ups it has caused at others. */
  readonly wakesSent: number
  /** Share of the time since its thread first came up that it was awake, 0 to 1. */
  readonly busyShare: number
  /** Milliseconds spent awake, ever. */
  readonly busyMs: number
  /** Processes that are about to be resumed. */
  readonly runQueue: number
  /** Sleeps, deadlines and messages for later that lie in its wheel, as of its last turn. */
  readonly timers: number
  /** How late the last of them to fire was, and how late any ever was, in milliseconds. */
  readonly lateMs: number
  readonly lateWorstMs: number
  /** Bodies of dead processes that have not ended: killed, or over their grace. Some may have been collected since. */
  readonly abandoned: number
  /** 99 % of the gaps between two turns while busy were no longer, in milliseconds. */
  readonly turnGapP99Ms: number
}

/** A runtime. */
export interface RuntimeView {
  readonly schedulers: readonly SchedulerView[]
  readonly processes: { readonly spawned: number; readonly exited: number; readonly alive: number }
  readonly messages: {
    readonly accepted: number
    readonly received: number
    /** In mailboxes and inboxes. */
    readonly waiting: number
    readonly dropped: {
      readonly dead: number
      readonly died: number
      readonly corrupt: number
      /** There was no place for them, or none for what came later. */
      readonly full: number
    }
  }
}

/** Looks at a runtime. */
export const inspect = (handle: RuntimeHandle): RuntimeView => {
  const seats = Array.from(
    { length: handle.seats },
    (_, seat) => handle.seat(seat) ?? new Float64Array(l.SEAT_COUNTS + 128),
  )
  const total = (counter: number): number => seats.reduce((sum, seat) => sum + seat[l.SEAT_COUNTS + counter], 0)
  const accepted = total(l.COUNT_LOCAL_ACCEPTED) + total(l.COUNT_NATIVE_ACCEPTED)
  const received = total(l.COUNT_RECEIVED)
  const dropped = {
    dead: total(l.COUNT_NATIVE_DROPPED_DEAD) + total(l.COUNT_DROPPED_NOBODY),
    died: total(l.COUNT_DROPPED_DIED) + total(l.COUNT_NATIVE_DROPPED_DIED),
    corrupt: total(l.COUNT_DROPPED_CORRUPT),
    full: total(l.COUNT_NATIVE_DROPPED_FULL) + total(l.COUNT_DROPPED_OLDEST),
  }
  const [spawned, exited] = [total(l.COUNT_SPAWNED), total(l.COUNT_EXITED)]
  return {
    schedulers: seats.map(view),
    processes: { spawned, exited, alive: spawned - exited },
    messages: {
      accepted,
      received,
      waiting: accepted - received - dropped.dead - dropped.died - dropped.corrupt - dropped.full,
      dropped,
    },
  }
}

const view = (seat: Float64Array, id: number): SchedulerView => {
  const count = (counter: number): number => seat[l.SEAT_COUNTS + counter]
  return {
    id,
    up: seat[l.SEAT_TAKEN] === 1,
    asleep: seat[l.SEAT_ASLEEP] === 1,
    alive: seat[l.SEAT_ALIVE],
    unstarted: seat[l.SEAT_UNSTARTED],
    started: count(l.COUNT_STARTED_HERE),
    spawned: count(l.COUNT_SPAWNED),
    exited: count(l.COUNT_EXITED),
    steals: count(l.COUNT_STEALS),
    stolen: count(l.COUNT_STOLEN),
    messagesOut: count(l.COUNT_NATIVE_ACCEPTED),
    messagesIn: count(l.COUNT_NATIVE_DELIVERED),
    messagesLocal: count(l.COUNT_LOCAL_ACCEPTED),
    crossings: count(l.COUNT_CROSSINGS),
    turns: count(l.COUNT_TURNS),
    resumes: count(l.COUNT_RESUMES),
    sleeps: count(l.COUNT_SLEEPS),
    wakesSent: count(l.COUNT_WAKES_SENT),
    busyShare: seat[l.SEAT_BUSY_SHARE],
    busyMs: count(l.COUNT_BUSY_US) / 1000,
    runQueue: seat[l.SEAT_RUN_QUEUE],
    timers: count(l.COUNT_TIMERS),
    lateMs: count(l.COUNT_LATE_US) / 1000,
    lateWorstMs: count(l.COUNT_LATE_WORST_US) / 1000,
    abandoned: count(l.COUNT_ABANDONED),
    turnGapP99Ms: gapP99(seat),
  }
}

/** Buckets are four an octave of microseconds; the upper edge of the one that holds the 99th percentile. */
const gapP99 = (seat: Float64Array): number => {
  const from = l.SEAT_COUNTS + l.COUNT_TURN_GAPS
  const buckets = seat.subarray(from, from + l.TURN_GAP_BUCKETS)
  const all = buckets.reduce((sum, bucket) => sum + bucket, 0)
  let seen = 0
  for (let i = 0; i < buckets.length; i++) {
    seen += buckets[i]
    if (all > 0 && seen >= all * 0.99) return 2 ** ((i + 1) / 4) / 1000
  }
  return 0
}
