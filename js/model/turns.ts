// Turns: when the host's event loop has the model go on, and for how long. Owns the macrotask that is asked for, the alarm that
// ends a rest, and the grant: so many steps, so long, then everybody else's timers, events and frames. Knows no process. Never
// here: two steps with no microtask between, an event loop that is kept from others for longer than a grant and one step.

import type { Clock } from './clock.ts'

/** How much is done before the host's event loop has its turn again. */
export interface Grant {
  readonly steps: number
  readonly ms: number
}

/** What is done in turns. */
export interface Stepper {
  readonly clock: Clock
  /** How many can go on. */
  readonly ready: number
  /** Whether the event loop is to be kept alive. */
  readonly holds: boolean
  /** One goes on. True if that continued nobody, so that the next need not wait for him. */
  step(): boolean
  /** Nobody can go on: in virtual time that passes now. */
  rest(): void
}

/** The longest wait, in milliseconds: what a timer of the host holds. */
export const WAIT_MAX: number = 2 ** 31 - 1

/** The clock is looked at once in so many steps. */
const LOOK_MASK = 15

/** Buckets of the gaps between turns: four an octave of microseconds. */
const GAP_BUCKETS = 128

type Alarm = ReturnType<typeof setTimeout> & { ref?(): unknown; unref?(): unknown }

const kept = Promise.resolve()

export class Turns {
  turns = 0
  sleeps = 0
  /** Milliseconds awake, but for what has begun. */
  private busy = 0
  private awakeSince: number | undefined
  /** When the last turn began. */
  at = 0
  private readonly born: number
  private readonly gaps = new Uint32Array(GAP_BUCKETS)
  private readonly of: Stepper
  private readonly grant: Grant
  private coming = false
  private passing = false
  private stepsLeft = 0
  private until = 0
  private alarm: Alarm | undefined
  private alarmDue = 0

  constructor(of: Stepper, grant: Grant) {
    this.of = of
    this.grant = grant
    this.born = of.clock.now
  }

  /** Has a turn follow. */
  come(): void {
    if (this.coming) return
    this.coming = true
    soon(this.turn)
  }

  /** Somebody has let go: the next goes on at once, while the grant lasts. */
  pass(): void {
    if (this.passing || this.stepsLeft <= 0 || this.of.ready === 0) return
    if ((this.stepsLeft & LOOK_MASK) === 0 && this.of.clock.now >= this.until) return
    this.passing = true
    kept.then(() => this.go())
  }

  private readonly turn = (): void => {
    this.coming = false
    this.turns++
    const { now } = this.of.clock
    if (this.awakeSince === undefined) this.awakeSince = now
    else this.noteGap(now - this.at)
    this.at = now
    this.stepsLeft = this.grant.steps
    this.until = now + this.grant.ms
    this.go(true)
  }

  private readonly go = (first = false): void => {
    this.passing = false
    let fresh = first
    const { of } = this
    of.clock.fire()
    do {
      // Whoever was to go on by this microtask may have been ended since.
      if (of.ready === 0) {
        if (this.coming) return
        // Ordinary code may go on by microtasks still: for it, too, virtual time stands.
        return of.clock.virtual && !fresh ? this.come() : this.sleep()
      }
      fresh = false
      this.stepsLeft--
      this.come()
    } while (of.step() && this.stepsLeft > 0)
  }

  private sleep(): void {
    this.of.rest()
    this.sleeps++
    const { clock, holds } = this.of
    if (this.awakeSince !== undefined) this.busy += clock.now - this.awakeSince
    this.awakeSince = undefined
    if (clock.virtual) return
    const due = clock.next ?? (holds ? Number.POSITIVE_INFINITY : undefined)
    if (due === undefined) return this.clearAlarm()
    if (this.alarm === undefined || due < this.alarmDue) this.setAlarm(due)
    if (holds) this.alarm?.ref?.()
    else this.alarm?.unref?.()
  }

  private setAlarm(due: number): void {
    this.clearAlarm()
    this.alarmDue = due
    const ms = Math.min(Math.ceil(due - this.of.clock.now), WAIT_MAX)
    this.alarm = setTimeout(() => {
      this.alarm = undefined
      this.come()
    }, ms)
  }

  private clearAlarm(): void {
    clearTimeout(this.alarm)
    this.alarm = undefined
  }

  // What is shown of it.

  get asleep(): boolean {
    return this.awakeSince === undefined
  }

  get busyMs(): number {
    return this.busy + (this.awakeSince === undefined ? 0 : this.of.clock.now - this.awakeSince)
  }

  get busyShare(): number {
    const lived = this.of.clock.now - this.born
    return lived > 0 ? Math.min(1, this.busyMs / lived) : 0
  }

  /** 99 % of the gaps between two turns while awake were no longer, in milliseconds. */
  get gapP99Ms(): number {
    const all = this.gaps.reduce((sum, count) => sum + count, 0)
    let seen = 0
    for (let i = 0; i < GAP_BUCKETS; i++) {
      seen += this.gaps[i]!
      if (all > 0 && seen >= all * 0.99) return 2 ** ((i + 1) / 4) / 1000
    }
    return 0
  }

  private noteGap(ms: number): void {
    const bucket = Math.floor(4 * Math.log2(Math.max(1, ms * 1000)))
    this.gaps[Math.min(bucket, GAP_BUCKETS - 1)]!++
  }
}

/**
 * Runs `then` when all microtasks have run and others have had their turn. Without `holds` it keeps no event loop alive, and may
 * come late: when that has something else to do.
 */
export const soon = (then: () => void, holds = true): void => {
  if (globalThis.setImmediate !== undefined) {
    const immediate = setImmediate(then)
    if (!holds) immediate.unref?.()
  } else if (globalThis.MessageChannel !== undefined) {
    post(then)
  } else setTimeout(then)
}

/** Either end of a channel; only Node's can be held. */
interface Port {
  onmessage: unknown
  postMessage(message: unknown): void
  ref?(): unknown
  unref?(): unknown
}

const waiting: (() => void)[] = []
let ports: { readonly from: Port; readonly to: Port } | undefined
/** By a timer so often, in milliseconds: some hosts handle messages to oneself as long as there are any. */
const TIMER_EVERY_MS = 4
let timedAt = 0

/** By a message to oneself: timers of browsers come late. */
const post = (then: () => void): void => {
  if (performance.now() - timedAt > TIMER_EVERY_MS) {
    const timed = (): void => {
      timedAt = performance.now()
      then()
    }
    setTimeout(timed)
    return
  }
  if (ports === undefined) {
    const { port1, port2 } = new MessageChannel()
    ports = { from: port1 as never, to: port2 as never }
    ports.to.onmessage = hear
  }
  if (waiting.length === 0) ports.to.ref?.()
  waiting.push(then)
  ports.from.postMessage(0)
}

const hear = (): void => {
  const then = waiting.shift()
  if (waiting.length === 0) ports?.to.unref?.()
  then?.()
}
