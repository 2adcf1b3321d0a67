// The event loop as a scheduler uses it: come back soon, wake me when something is due. Owns the alarm: one Node timer at most,
// and only while the scheduler sleeps, for one that is awake looks at its wheel each turn. Keeps no event loop alive. A
// simulation has a loop of its own (`js/testing/simulation.ts`).

import { DUE_AT, DUE_IN } from '../native/layout.ts'
import { nowMs } from './clock.ts'

export interface Loop {
  /** Milliseconds. */
  now(): number
  /** Has `then` called after this pass; `holds`: it keeps the event loop alive until then. */
  soon(then: () => void, holds?: boolean): void
  /** Has `then` called in `ms` milliseconds, unless what this answers is called before. */
  after(ms: number, then: () => void): () => void
  /** Somebody has rung the bell; `turn` takes a turn. */
  rung(turn: () => void): void
  /** The scheduler sleeps; the words of its page say until when. */
  sleep(words: Int32Array, turn: () => void): void
  /** It will not be back. */
  stop(): void
}

/** Node's. */
export class EventLoop implements Loop {
  private alarm: NodeJS.Timeout | undefined
  private at = 0

  now(): number {
    return nowMs()
  }

  soon(then: () => void, holds = true): void {
    const pass = setImmediate(then)
    if (!holds) pass.unref()
  }

  after(ms: number, then: () => void): () => void {
    const timer = setTimeout(then, ms)
    timer.unref()
    return () => clearTimeout(timer)
  }

  rung(turn: () => void): void {
    turn()
  }

  sleep(words: Int32Array, turn: () => void): void {
    const ms = words[DUE_IN]!
    if (ms < 0) return this.stop()
    const at = words[DUE_AT]!
    if (this.alarm !== undefined) {
      // One that comes too early costs a turn, so it is not put off.
      if (((at - this.at) | 0) >= 0) return
      clearTimeout(this.alarm)
    }
    this.at = at
    this.alarm = setTimeout(() => {
      this.alarm = undefined
      turn()
    }, ms)
    this.alarm.unref()
  }

  stop(): void {
    if (this.alarm === undefined) return
    clearTimeout(this.alarm)
    this.alarm = undefined
  }
}
