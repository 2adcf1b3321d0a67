// The hub of a shared channel, on the scheduler where it was made. Owns the items, and the places: each item is in the hub, on its way, or
// with its receiver; each place is free, taken by an item, or lent to one end. Never true here: more items than places; one of two ends
// that wait for the same is served twice before the other.

/** One end of a shared channel, as the hub knows it: here, or on another scheduler. */
export interface Taker<Item> {
  /** Whether it is told by a message, so that it is better told much at a time. */
  readonly isFar: boolean
  /** An item for one who waits for it there. */
  give(item: Item): void
  /** Places: for so many who wait there, and further ones that may be used later. */
  lend(places: number, further: number): void
  /** Others wait: places that are not used are to come back. */
  recall(): void
  /** No more is taken. */
  close(): void
  /** Is to answer when it has done with all that it was given: some may come back. */
  settle(): void
  /** No more will be given. */
  end(): void
}

/** An end, and what it has been promised. */
export class Seat<Item> {
  readonly taker: Taker<Item>
  /** How many there wait for an item; below zero while those who have left are not known of yet. */
  wants = 0
  /** How many there wait for a place; as above. */
  rooms = 0
  /** Places lent to it that hold no item here yet. */
  lent = 0
  /** Whether it would use further places. */
  likesFurther = false
  isRecalled = false
  /** Whether it was given items since it was asked whether it has done with them, and whether it has not answered. */
  isUnsettled = false
  isSettling = false
  /** Places that it is about to be lent. */
  next = 0

  constructor(taker: Taker<Item>) {
    this.taker = taker
  }
}

/** So long, in milliseconds, somebody far waits at most to hear of a place while there is much to be received. */
const HOLD_MS = 1
/** The most places that one end is lent before anybody there waits for them. */
const FURTHER_MAX = 4096

export class Hub<Item> {
  private readonly capacity: number
  private readonly furtherMax: number
  private items: Item[] = []
  private head = 0
  /** What came back from who had gone, the first last. */
  private readonly returned: Item[] = []
  private readonly seats: Seat<Item>[] = []
  /** At how many ends somebody waits for an item, or for a place; and who had the last. */
  private readonly waiting = { wants: 0, rooms: 0 }
  private readonly turns = { wants: 0, rooms: 0 }
  private lent = 0
  private isOver = false
  private serving = false
  private again = false
  /** Those that are far are about to be told. */
  private telling = false
  private holding = false
  private readonly later: (then: () => void, ms?: number) => void
  /** Called once, when it is closed, empty, and nothing is on its way to it. */
  private readonly onDone: () => void
  isDone = false

  /** `later` does something in the next pass of the event loop, or in so many milliseconds. */
  constructor(capacity: number, later: (then: () => void, ms?: number) => void, onDone: () => void) {
    this.capacity = capacity
    this.later = later
    this.furtherMax = Math.min(capacity, FURTHER_MAX)
    this.onDone = onDone
  }

  /** One end more. */
  enter(taker: Taker<Item>): Seat<Item> {
    const seat = new Seat(taker)
    this.seats.push(seat)
    if (this.isOver) taker.close()
    if (this.isDone) taker.end()
    return seat
  }

  /** An end has gone: what it was lent is free again. */
  leave(seat: Seat<Item>): void {
    const at = this.seats.indexOf(seat)
    if (at < 0) return
    this.seats.splice(at, 1)
    this.count(seat, 'wants', -seat.wants)
    this.count(seat, 'rooms', -seat.rooms)
    this.lent -= seat.lent
    this.serve()
  }

  /** So many more wait there for an item, or fewer. */
  want(seat: Seat<Item>, more: number): void {
    this.count(seat, 'wants', more)
    if (this.isDone) seat.taker.end()
    else this.serve()
  }

  /** So many more wait there for a place, or fewer. */
  room(seat: Seat<Item>, more: number): void {
    this.count(seat, 'rooms', more)
    this.serve()
  }

  /** Places that were lent come back. */
  unlend(seat: Seat<Item>, places: number): void {
    seat.lent -= places
    this.lent -= places
    this.serve()
  }

  /** An item comes for a place that was lent. */
  put(seat: Seat<Item>, item: Item): void {
    seat.lent--
    this.lent--
    this.items.push(item)
    // It is where its place was.
    if (this.waiting.wants > 0 || this.isOver) this.serve()
  }

  /** An item comes from here, if there is a place for it, and nobody waits for that. */
  tryPut(item: Item): boolean {
    if (this.isOver || this.free <= 0 || this.waiting.rooms > 0) return false
    this.items.push(item)
    if (this.waiting.wants > 0) this.serve()
    return true
  }

  /** The first item, for who is here, if there is one: then nobody waits for it. */
  tryTake(): { readonly item: Item } | undefined {
    if (this.length === 0) return undefined
    const item = this.shift()
    if (this.isOver || this.waiting.rooms > 0 || this.wouldTell) this.serve()
    return { item }
  }

  /** An item whose receiver had gone is the first again. */
  putBack(seat: Seat<Item>, item: Item): void {
    this.count(seat, 'wants', 1)
    this.returned.push(item)
    this.serve()
  }

  /** An end has done with what it had been given when it was asked. */
  settled(seat: Seat<Item>): void {
    seat.isSettling = false
    this.serve()
  }

  /** Takes no more; what is in it is still given. */
  close(): void {
    if (this.isOver) return
    this.isOver = true
    for (const seat of [...this.seats]) {
      // It was not told of them, and need not be.
      this.charge(seat, -seat.next)
      seat.next = 0
      seat.taker.close()
    }
    this.serve()
  }

  private get length(): number {
    return this.items.length - this.head + this.returned.length
  }

  private get free(): number {
    return this.capacity - this.length - this.lent
  }

  private shift(): Item {
    if (this.returned.length > 0) return this.returned.pop() as Item
    const { items } = this
    const item = items[this.head] as Item
    items[this.head++] = undefined as Item
    if (this.head === items.length || (this.head > 1024 && this.head * 2 > items.length)) {
      this.items = items.slice(this.head)
      this.head = 0
    }
    return item
  }

  /** Serves whoever can be; not within itself, for one end that is served may put, take or give back at once. */
  private serve(): void {
    if (this.serving) {
      this.again = true
      return
    }
    this.serving = true
    try {
      do {
        this.again = false
        this.giveItems()
        if (!this.isOver) this.lendPlaces()
      } while (this.again)
    } finally {
      this.serving = false
    }
    if (this.isOver && !this.isDone && this.length === 0 && this.lent === 0) this.finish()
  }

  /** All has been given: it is done when nothing can come back any more. */
  private finish(): void {
    let isSettled = true
    for (const seat of [...this.seats]) {
      if (seat.isUnsettled && !seat.isSettling) {
        seat.isUnsettled = false
        seat.isSettling = true
        seat.taker.settle()
      }
      isSettled = isSettled && !seat.isSettling
    }
    if (!isSettled) return
    this.isDone = true
    for (const { taker } of [...this.seats]) taker.end()
    this.onDone()
  }

  private giveItems(): void {
    while (this.length > 0) {
      const seat = this.nextOf('wants')
      if (seat === undefined) return
      this.count(seat, 'wants', -1)
      seat.isUnsettled = seat.taker.isFar
      seat.taker.give(this.shift())
    }
  }

  /** Free places are at once those of who waits; who is far is told of them when more have come. */
  private lendPlaces(): void {
    while (this.free > 0) {
      const seat = this.nextOf('rooms')
      if (seat === undefined) break
      this.count(seat, 'rooms', -1)
      seat.next++
      this.charge(seat, 1)
      if (!seat.taker.isFar) this.tell(seat, 0)
    }
    if (!this.wouldTell) return
    if (this.isAhead) {
      // Who receives may stop to.
      this.holding = true
      return this.later(() => {
        this.holding = false
        this.tellFar()
      }, HOLD_MS)
    }
    // Who receives may go on for long before the event loop comes round.
    if (this.seats.some((seat) => seat.taker.isFar && this.isMuch(seat))) return this.tellFar()
    this.telling = true
    this.later(() => {
      this.telling = false
      this.tellFar()
    })
  }

  /** Whether it would be told of places that are worth a message. */
  private isMuch(seat: Seat<Item>): boolean {
    return seat.next + (this.isScarce ? 0 : this.furtherFor(seat)) >= this.furtherMax / 4
  }

  /** Whether somebody far is to be told something now, and nobody is about to. */
  private get wouldTell(): boolean {
    if (this.telling || (this.holding && this.isAhead)) return false
    return this.seats.some((seat) => seat.taker.isFar && this.isToBeTold(seat))
  }

  /** There is more to be received than not: to tell of few places would wake who sends for little. */
  private get isAhead(): boolean {
    return this.length * 2 > this.capacity
  }

  private isToBeTold(seat: Seat<Item>): boolean {
    if (seat.next > 0) return true
    return this.isScarce ? this.isToBeRecalled(seat) : this.furtherFor(seat) > 0
  }

  /** It has places that others wait for. */
  private isToBeRecalled(seat: Seat<Item>): boolean {
    return seat.lent > 0 && seat.rooms <= 0 && !seat.isRecalled
  }

  private get isScarce(): boolean {
    return this.free <= 0 && this.waiting.rooms > 0
  }

  private tellFar(): void {
    if (this.isOver) return
    for (const seat of [...this.seats]) {
      if (!seat.taker.isFar) continue
      const further = this.isScarce ? 0 : this.furtherFor(seat)
      if (further > 0) {
        seat.likesFurther = false
        this.charge(seat, further)
      }
      if (seat.next + further > 0) this.tell(seat, further)
      else if (this.isScarce && this.isToBeRecalled(seat)) {
        seat.isRecalled = true
        seat.taker.recall()
      }
    }
  }

  private tell(seat: Seat<Item>, further: number): void {
    const places = seat.next
    seat.next = 0
    seat.taker.lend(places, further)
  }

  /** How many further places an end would be lent now: many at a time, if it is not told of some anyway. */
  private furtherFor(seat: Seat<Item>): number {
    if (!seat.likesFurther) return 0
    const further = Math.min(this.free, this.furtherMax - seat.lent)
    return further > 0 && (seat.next > 0 || further >= this.furtherMax / 4) ? further : 0
  }

  private charge(seat: Seat<Item>, places: number): void {
    seat.lent += places
    this.lent += places
    seat.isRecalled = false
  }

  private count(seat: Seat<Item>, what: 'wants' | 'rooms', more: number): void {
    if (seat[what] > 0) this.waiting[what]--
    seat[what] += more
    if (seat[what] > 0) this.waiting[what]++
  }

  /** The end whose turn it is among those that wait. */
  private nextOf(what: 'wants' | 'rooms'): Seat<Item> | undefined {
    if (this.waiting[what] === 0) return undefined
    const { seats, turns } = this
    let at = turns[what]
    do at = at + 1 < seats.length ? at + 1 : 0
    while (seats[at]![what] <= 0)
    turns[what] = at
    return seats[at]
  }
}
