// Events in the order in which they came. Owns the array they lie in: to take from the front moves nothing.

/** What was taken lies there until it is more than this and more than half. */
const SLACK = 1024

export class EventQueue {
  private events: unknown[] = []
  private at = 0

  get length(): number {
    return this.events.length - this.at
  }

  push(event: unknown): void {
    this.events.push(event)
  }

  /** The first `count`, which must be there. */
  take(count: number): unknown[] {
    const { events, at } = this
    if (at === 0 && count === events.length) {
      this.events = []
      return events
    }
    const taken = events.slice(at, at + count)
    // What is kept beside the array's end keeps no event alive.
    events.fill(undefined, at, at + count)
    this.at = at + count
    this.tidy()
    return taken
  }

  /** The first, if there is one. */
  shift(): unknown {
    if (this.length === 0) return undefined
    const event = this.events[this.at]
    this.events[this.at++] = undefined
    this.tidy()
    return event
  }

  private tidy(): void {
    if (this.at === this.events.length) {
      this.events = []
      this.at = 0
    } else if (this.at > SLACK && this.at * 2 > this.events.length) {
      this.events = this.events.slice(this.at)
      this.at = 0
    }
  }
}
