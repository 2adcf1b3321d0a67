// Time in the model: what is due, in order of its time, then of its setting. Owns no process and no Node timer: it is asked
// what is next and told to fire. Never fires by itself, never fires what is not due; virtual time never moves but by `jump`.

/** Something that will happen. */
export interface Timer {
  readonly due: number
  readonly fire: () => void
}

export class Clock {
  private readonly timers: Timer[] = []
  private readonly read: (() => number) | undefined
  private jumped = 0

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
    return this.timers[0]?.due
  }

  set(due: number, fire: () => void): Timer {
    const timer = { due, fire }
    this.timers.splice(this.timers.findLastIndex((other) => other.due <= due) + 1, 0, timer)
    return timer
  }

  /** Takes a timer back; nothing happens if it has fired. */
  cancel(timer: Timer | undefined): void {
    const at = timer === undefined ? -1 : this.timers.indexOf(timer)
    if (at >= 0) this.timers.splice(at, 1)
  }

  /** Has all happen that is due. */
  fire(): void {
    const { now } = this
    while (this.timers.length > 0 && this.timers[0]!.due <= now) this.timers.shift()!.fire()
  }

  /** It is the time of the next timer. */
  jump(): void {
    this.jumped = Math.max(this.jumped, this.next ?? 0)
  }
}
