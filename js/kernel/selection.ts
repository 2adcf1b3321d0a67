// What a receive with options looks for, and where it has looked already. Owns the rule that no message is looked at twice
// by one receive; knows neither clocks nor the run ring. Positions are those of the inbox; numbers count what ever came.

/** Says which messages are wanted. */
export type Match = (message: never) => boolean

export class Selection {
  /** Wanted is what this says; everything if there is none. */
  match: Match | undefined
  /** Messages before this position need no look. */
  looked = 0
  /** The number of position 0. Grows when messages move to lower positions, so that a number never points behind its message. */
  private base = 0
  /** Milliseconds the wait may last; none: for ever. */
  timeout: number | undefined
  signal: AbortSignal | undefined
  onAbort: (() => void) | undefined
  /** Why the wait is over, should the last look find nothing. */
  over: Error | undefined
  /** Whether the kernel will come back to it after the turn. */
  listed = false

  /** Messages have moved by so many positions. */
  shift(positions: number): void {
    this.looked -= positions
    this.base += positions
  }

  /** The number of a position. */
  numberOf(position: number): number {
    return position + this.base
  }

  /** The position of a number. */
  positionOf(number: number): number {
    return number - this.base
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
