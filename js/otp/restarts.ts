// How often a supervisor may restart: policy, without a clock. Owns the moments of the last restarts, as many as are allowed, in a
// ring, so that each costs the same however many there were; and how long to wait before one.

/** How long to wait before a restart. */
export interface Backoff {
  /** Before the first in a row, in milliseconds; each further one waits twice as long. */
  readonly first: number
  /** No longer than this. A child that has lived for as long begins with `first` again. */
  readonly most: number
  /** The share of it that chance may take away, 0 to 1; 0.5 unless given, so that not all come back at once. */
  readonly jitter?: number
  /** Chance, from 0 up to 1; `Math.random` unless given. */
  readonly random?: () => number
}

/** The restarts of one supervisor. */
export class Restarts {
  private readonly most: number
  private readonly within: number
  private at: number[] = []
  private oldest = 0

  constructor(most: number, within: number) {
    this.most = most
    this.within = within
  }

  /** Notes a restart at `now`, in milliseconds; false if that is one too many. */
  add(now: number): boolean {
    if (this.at.length < this.most) {
      this.at.push(now)
      return true
    }
    if (this.most === 0 || now - this.at[this.oldest]! <= this.within) return false
    this.at[this.oldest] = now
    this.oldest = (this.oldest + 1) % this.most
    return true
  }
}

/** Milliseconds before the restart that follows `before` others in a row. */
export const delayOf = ({ first, most, jitter = 0.5, random = Math.random }: Backoff, before: number): number =>
  Math.min(most, first * 2 ** Math.min(before, 32)) * (1 - jitter * random())
