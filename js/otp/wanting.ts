// Consumers by how much they want: a heap. Owns their places in it; each step costs the logarithm of how many there are.

/** A consumer, as a producer knows it. */
export interface Subscriber {
  readonly ref: number
  readonly pid: number
  readonly partition: number | undefined
  readonly wanted: unknown
  /** Events that it has asked for and not been sent. */
  pending: number
  /** Where it stands among those who want. */
  place: number
  /** When it was served last. */
  served: number
}

export class Wanting {
  private readonly heap: Subscriber[] = []
  private serves = 0

  /** Who wants most, and of those who was served longest ago. */
  first(): Subscriber | undefined {
    return this.heap[0]
  }

  add(subscriber: Subscriber): void {
    subscriber.served = ++this.serves
    this.heap.push(subscriber)
    this.put(this.heap.length - 1, subscriber)
    this.rise(subscriber)
  }

  remove(subscriber: Subscriber): void {
    const last = this.heap.pop() as Subscriber
    if (last === subscriber) return
    this.put(subscriber.place, last)
    this.rise(last)
    this.sink(last)
  }

  /** It wants so many more. */
  change(subscriber: Subscriber, count: number): void {
    subscriber.pending += count
    this.rise(subscriber)
  }

  /** It has been given so many. */
  serve(subscriber: Subscriber, count: number): void {
    subscriber.pending -= count
    subscriber.served = ++this.serves
    this.sink(subscriber)
  }

  private put(place: number, subscriber: Subscriber): void {
    this.heap[place] = subscriber
    subscriber.place = place
  }

  private rise(subscriber: Subscriber): void {
    for (let place = subscriber.place; place > 0; ) {
      const above = (place - 1) >> 1
      const other = this.heap[above] as Subscriber
      if (!isBefore(subscriber, other)) return
      this.put(place, other)
      this.put(above, subscriber)
      place = above
    }
  }

  private sink(subscriber: Subscriber): void {
    const { heap } = this
    for (let place = subscriber.place; ; ) {
      const [left, right] = [2 * place + 1, 2 * place + 2]
      if (left >= heap.length) return
      const below = right < heap.length && isBefore(heap[right]!, heap[left]!) ? right : left
      const other = heap[below] as Subscriber
      if (!isBefore(other, subscriber)) return
      this.put(place, other)
      this.put(below, subscriber)
      place = below
    }
  }
}

const isBefore = (one: Subscriber, other: Subscriber): boolean =>
  one.pending > other.pending || (one.pending === other.pending && one.served < other.served)
