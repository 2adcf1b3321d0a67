// Who goes on next in the model: what can run, in order, by priority. Owns the shares of priorities: high before all others, but
// one of these behind each round of them; low when nobody else can, and once in eight. Never here: one that was taken back and still comes, a walk over those that wait.

import { badArgument } from '../errors.ts'

export type Priority = 'high' | 'normal' | 'low'

/** Who goes on. */
export interface Runner {
  readonly priority: Priority
}

/** Something that can go on, with the process that it continues. */
export interface Entry<Of extends Runner = Runner> {
  readonly of: Of | undefined
  readonly go: () => void
  /** Taken back. */
  void: boolean
}

/** Low goes when so many others have gone since it last did. */
const BESIDE_LOW = 7
/** So many places at the front are left empty before the rest moves up. */
const SLACK = 64

/** What can run of one priority. */
class Lane<Of extends Runner> {
  private entries: (Entry<Of> | undefined)[] = []
  private head = 0
  private voids = 0

  get size(): number {
    return this.entries.length - this.head - this.voids
  }

  push(entry: Entry<Of>): void {
    this.entries.push(entry)
  }

  /** One of these was taken back. */
  lose(): void {
    this.voids++
  }

  /** Takes the one at `place` of those that count, which there must be. */
  take(place: number): Entry<Of> {
    if (place > 0) return this.takeFromMiddle(place)
    for (;;) {
      const entry = this.entries[this.head]!
      this.entries[this.head++] = undefined
      if (this.head > SLACK && this.head > this.entries.length / 2) {
        this.entries.splice(0, this.head)
        this.head = 0
      }
      if (!entry.void) return entry
      this.voids--
    }
  }

  private takeFromMiddle(place: number): Entry<Of> {
    if (this.voids > 0) {
      this.entries = this.entries.slice(this.head).filter((entry) => entry?.void === false)
      this.head = 0
      this.voids = 0
    }
    return this.entries.splice(this.head + place, 1)[0]!
  }
}

export class RunQueue<Of extends Runner> {
  private readonly lanes: Readonly<Record<Priority, Lane<Of>>> = {
    high: new Lane(),
    normal: new Lane(),
    low: new Lane(),
  }
  private others = 0
  /** How many of high priority have gone in a row, and how many there were when the first of them did. */
  private row = 0
  private round = 0

  get size(): number {
    const { high, normal, low } = this.lanes
    return high.size + normal.size + low.size
  }

  push(of: Of | undefined, go: () => void): Entry<Of> {
    const entry = { of, go, void: false }
    this.lanes[of?.priority ?? 'normal'].push(entry)
    return entry
  }

  /** Takes one back that is here. */
  remove(entry: Entry<Of>): void {
    entry.void = true
    this.lanes[entry.of?.priority ?? 'normal'].lose()
  }

  /** The lane whose turn it is, if anybody can run. */
  private lane(): Lane<Of> | undefined {
    const { high, normal, low } = this.lanes
    if (high.size > 0 && (this.row === 0 || this.row < this.round)) return high
    if (low.size > 0 && this.others >= BESIDE_LOW) return low
    return [normal, high, low].find(({ size }) => size > 0)
  }

  /** Takes the next: of those whose turn it is the one that `choose` says, a number below how many there are. */
  take(choose: (n: number) => number): Entry<Of> | undefined {
    const lane = this.lane()
    if (lane === undefined) return undefined
    const place = choose(lane.size)
    if (!(Number.isInteger(place) && place >= 0 && place < lane.size)) {
      throw badArgument(RangeError, 'what choose answers', `a number below ${lane.size}`, place)
    }
    this.others = lane === this.lanes.low ? 0 : this.others + 1
    if (lane !== this.lanes.high) this.row = 0
    else if (this.row++ === 0) this.round = lane.size
    return lane.take(place)
  }
}
