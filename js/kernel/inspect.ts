// inspect: what a runtime shows of itself. Counters live in memory that Rust owns, so they survive the threads that wrote
// them. A snapshot: figures of schedulers that run meanwhile may be a moment apart.

import * as l from '../native/layout.ts'
import type { RuntimeHandle } from '../native/load.ts'

/** One scheduler; number 0 is the host. */
export interface SchedulerView {
  /** Its number, as the option `on` of a spawn takes it. */
  readonly id: number
  /** Whether it is for one process that was spawned `on: 'dedicated'`; one that nobody has is not shown. */
  readonly dedicated: boolean
  /** Whether its thread is up. */
  readonly up: boolean
  /** Whether its thread waits for something to do, as of this moment. */
  readonly asleep: boolean
  /** Processes that live there. */
  readonly alive: number
  /** Definition processes waiting there to start. */
  readonly unstarted: number
  /** Definition processes it has started. */
  readonly started: number
  /** Processes it has spawned. */
  readonly spawned: number
  /** Processes that have ended there. */
  readonly exited: number
  /** Thefts that brought something. */
  readonly steals: number
  /** Processes that they brought. */
  readonly stolen: number
  /** Messages that it has sent by native mailboxes, to whichever scheduler. */
  readonly messagesOut: number
  /** Messages that its processes have been given out of native mailboxes. */
  readonly messagesIn: number
  /** Messages that stayed on this scheduler. */
  readonly messagesLocal: number
  /** Calls from JavaScript into Rust. */
  readonly crossings: number
  /** Those of them that were turns: submissions in, completions and a new grant out. */
  readonly turns: number
  /** How often a body has begun or gone on after a wait. */
  readonly resumes: number
  /** How often it has gone to sleep for want of anything to do. */
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
  /** How late the last of them to fire was, in milliseconds. */
  readonly lateMs: number
  /** How late any of them ever was, in milliseconds. */
  readonly lateWorstMs: number
  /** Bodies of dead processes that have not ended: killed, or over their grace. Some may have been collected since. */
  readonly abandoned: number
  /** 99 % of the gaps between two turns while busy were no longer, in milliseconds. */
  readonly turnGapP99Ms: number
}

/** A runtime. */
export interface RuntimeView {
  /** The host, the schedulers, and those dedicated threads that somebody has. */
  readonly schedulers: readonly SchedulerView[]
  /** How many processes there have been. */
  readonly processes: {
    /** Begun or waiting to, ever. */
    readonly spawned: number
    /** Ended, those on threads that died included. */
    readonly exited: number
    /** The difference: alive now, whether begun or not. */
    readonly alive: number
  }
  /** What became of messages, local ones included. Accepted is the sum of received, waiting and dropped. */
  readonly messages: {
    /** Sent and not refused. */
    readonly accepted: number
    /** Taken by a body, or thrown away by it. */
    readonly received: number
    /** In mailboxes and inboxes. */
    readonly waiting: number
    /** Those that nobody received, by the reason. */
    readonly dropped: {
      /** They were sent to a process that had ended. */
      readonly dead: number
      /** Their receiver, or its thread, ended before it took them. */
      readonly died: number
      /** They could not be made there: of a class that the thread does not know, or its `decode` threw. */
      readonly corrupt: number
      /** There was no place for them, or none for what came later. */
      readonly full: number
    }
  }
  /** The stores of `rumpus/otp`. */
  readonly stores: {
    /** Made, ever. */
    readonly made: number
    /** There now; the others have ended. */
    readonly open: number
    /** Entries in those. */
    readonly entries: number
    /** Bytes of their keys and values, as they are kept. */
    readonly bytes: number
    /** Entries of those that went for newer ones. */
    readonly dropped: number
  }
}

/** Looks at a runtime. */
export const inspect = (handle: RuntimeHandle): RuntimeView => {
  const seats = Array.from(
    { length: handle.seats },
    (_, seat) => handle.seat(seat) ?? new Float64Array(l.SEAT_COUNTS + 128),
  )
  const regular = handle.regularSeats
  const isShown = ({ id, dedicated, up }: SchedulerView): boolean => !dedicated || up || seats[id][l.SEAT_TENANCY] !== 0
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
    schedulers: seats.map((seat, id) => view(seat, id, id >= regular)).filter(isShown),
    processes: { spawned, exited, alive: spawned - exited },
    messages: {
      accepted,
      received,
      waiting: accepted - received - dropped.dead - dropped.died - dropped.corrupt - dropped.full,
      dropped,
    },
    stores: storesIn(handle),
  }
}

const storesIn = (handle: RuntimeHandle): RuntimeView['stores'] => {
  const [made = 0, open = 0, entries = 0, bytes = 0, dropped = 0] = handle.storeFigures()
  return { made, open, entries, bytes, dropped }
}

const view = (seat: Float64Array, id: number, dedicated: boolean): SchedulerView => {
  const count = (counter: number): number => seat[l.SEAT_COUNTS + counter]
  return {
    id,
    dedicated,
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
