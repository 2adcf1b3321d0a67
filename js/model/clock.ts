// Time in the model: what is due, in order of its time, then of its setting. Owns no process and no timer of the host: it is
// asked what is next and told to fire. Never fires by itself, never fires what is not due; virtual time never moves but by `jump`.

/** Something that will happen. */
export interface Timer {
  readonly due: number
  readonly fire: () => void
}

/** A timer in the heap. */
interface Entry extends Timer {
  readonly serial: number
  /** Its place in the heap, or -1: it has fired, or was taken back. */
  at: number
}

export class Clock {
  /** A binary heap: whoever is due first is at 0. */
  private readonly heap: Entry[] = []
  private readonly read: (() => number) | undefined
  private jumped = 0
  private serials = 0
  /** By how much the last to fire was late, and the latest ever. */
  late = 0
  latest = 0

  /** Without `read` time is virtual and begins at 0. */
  constructor(read?: () => number) {
    this.read = read
  }

  get virtual(): boolean {
    return this.read === undefined
  }

  /** Milliseconds. */
  get now(): number {
    return this.read?.() ?? this.jumped
  }

  /** When the next is due. */
  get next(): number | undefined {
    return this.heap[0]?.due
  }

  /** How many are to come. */
  get size(): number {
    return this.heap.length
  }

  set(due: number, fire: () => void): Timer {
    const entry = { due, fire, serial: this.serials++, at: this.heap.length }
    this.heap.push(entry)
    this.rise(entry)
    return entry
  }

  /** Takes a timer back; nothing happens if it has fired. */
  cancel(timer: Timer | undefined): void {
    if (timer !== undefined && (timer as Entry).at >= 0) this.remove(timer as Entry)
  }

  /** Has all happen that is due. */
  fire(): void {
    if (this.heap.length === 0) return
    const { now } = this
    for (let first = this.heap[0]; first !== undefined && first.due <= now; first = this.heap[0]) {
      this.remove(first)
      this.late = now - first.due
      this.latest = Math.max(this.latest, this.late)
      first.fire()
    }
  }

  /** It is the time of the next timer. */
  jump(): void {
    this.jumped = Math.max(this.jumped, this.next ?? 0)
  }

  private remove(entry: Entry): void {
    const last = this.heap.pop()!
    const { at } = entry
    entry.at = -1
    if (last === entry) return
    this.put(last, at)
    this.rise(last)
    this.sink(last)
  }

  private put(entry: Entry, at: number): void {
    this.heap[at] = entry
    entry.at = at
  }

  private rise(entry: Entry): void {
    for (;;) {
      const above = this.heap[(entry.at - 1) >> 1]
      if (entry.at === 0 || above === undefined || isBefore(above, entry)) return
      this.swap(entry, above)
    }
  }

  private sink(entry: Entry): void {
    for (;;) {
      const [left, right] = [this.heap[2 * entry.at + 1], this.heap[2 * entry.at + 2]]
      if (left === undefined) return
      const below = right !== undefined && isBefore(right, left) ? right : left
      if (isBefore(entry, below)) return
      this.swap(below, entry)
    }
  }

  private swap(one: Entry, other: Entry): void {
    const { at } = one
    this.put(one, other.at)
    this.put(other, at)
  }
}

const isBefore = (one: Entry, other: Entry): boolean =>
  one.due < other.due || (one.due === other.due && one.serial < other.serial)
