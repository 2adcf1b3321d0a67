// What a receive with options looks for, and where it has looked already. Owns the rule that no message is looked at twice
// by one receive; knows neither clocks nor the run ring. Positions are those of the inbox; numbers count what ever came.

/** Says which messages are wanted. */
export type Match = (message: never) => boolean

export class Selection {
  /** Wanted is what this says; everything if there is none. */
  match: Match | undefined
  /** Messages before this position need no look. */
  looked = 0
  /** The number of position 0, as long as nothing has been taken out of the middle. */
  private base = 0
  /** Whether anybody knows a number; until then numbers need not stay what they are. */
  private marked = false
  /** Where messages are missing: before the one at this position so many. In order of position. */
  private gaps: { at: number; count: number }[] = []
  /** Milliseconds the wait may last; none: for ever. */
  timeout: number | undefined
  signal: AbortSignal | undefined
  onAbort: (() => void) | undefined
  /** Why the wait is over, should the last look find nothing. */
  over: Error | undefined
  /** Whether the kernel will come back to it after the turn. */
  listed = false
  /** Which wait of its process a turn has found, by its resumes, and the low bits of the milliseconds at which. */
  found = -1
  foundMs = 0
  /** Whether the next has let it look at its mail first. */
  spared = false

  /** All messages have moved down by so many positions. */
  shift(positions: number): void {
    this.looked -= positions
    this.base += positions
    for (const gap of this.gaps) gap.at -= positions
  }

  /** The message at `at` was taken out, and those before it have moved up by one; the first is at `head` now. */
  closeFromBelow(at: number, head: number): void {
    if (!this.marked) return
    this.base--
    for (const gap of this.gaps) if (gap.at <= at) gap.at++
    this.widen(at + 1, head)
  }

  /** The message at `at` was taken out, and those behind it have moved down by one; the first is at `head`. */
  closeFromAbove(at: number, head: number): void {
    if (at < this.looked) this.looked--
    if (!this.marked) return
    for (const gap of this.gaps) if (gap.at > at) gap.at--
    this.widen(at, head)
  }

  /** One more is missing before the message at `at`. */
  private widen(at: number, head: number): void {
    const { gaps } = this
    const found = gaps.findIndex((gap) => gap.at >= at)
    const next = found < 0 ? gaps.length : found
    let count = 1
    while (gaps[next]?.at === at) count += gaps.splice(next, 1)[0]!.count
    gaps.splice(next, 0, { at, count })
    while (gaps[0] !== undefined && gaps[0].at <= head) this.base += gaps.shift()!.count
  }

  /** The number of a position that is not taken yet, for somebody to know. */
  mark(position: number): number {
    this.marked = true
    return this.gaps.reduce((number, { at, count }) => (at <= position ? number + count : number), position + this.base)
  }

  /** The position of the first message that has this number or a higher one. */
  positionOf(number: number): number {
    let position = number - this.base
    for (const { at, count } of this.gaps) {
      if (position <= at) return position
      position = Math.max(at, position - count)
    }
    return position
  }

  /** The wait is over, however it ended. */
  clear(): void {
    this.match = undefined
    this.timeout = undefined
    this.over = undefined
    if (this.onAbort !== undefined) this.signal?.removeEventListener('abort', this.onAbort)
    this.onAbort = undefined
    this.signal = undefined
  }
}
