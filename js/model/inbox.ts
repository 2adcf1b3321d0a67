// The inbox of a process of the model: what has come and was not taken, in order. Owns the numbers by which marks know what
// came, and the count of messages that a bound looks at. Never here: an end taken or a number found by walking over the rest.

/** A message in an inbox. Numbers count what ever came. */
export interface Letter {
  readonly number: number
  readonly message: unknown
  /** A Down or an Exit of the model's own. */
  readonly signal: boolean
}

/** Which letters are wanted: those from this number on that `match`. */
export interface Search {
  from: number
  readonly match: ((message: never) => boolean) | undefined
}

/** An inbox that was this large grows first. */
const FIRST_ROOM = 4
/** So many places at the front are left empty before the rest moves up. */
const SLACK = 64

export class Inbox {
  private letters: (Letter | undefined)[] = []
  private head = 0
  private signals = 0
  private room = 0
  /** The number of the next letter. */
  came = 0

  /** Letters. */
  get size(): number {
    return this.letters.length - this.head
  }

  /** Letters that are no signals. */
  get messages(): number {
    return this.size - this.signals
  }

  /** Appends; answers whether the inbox had to grow for it, beyond what it had ever held or since `shrink`. */
  put(message: unknown, signal: boolean): boolean {
    this.letters.push({ number: this.came++, message, signal })
    if (signal) this.signals++
    if (this.size <= this.room) return false
    this.room = Math.max(FIRST_ROOM, this.room * 2)
    return true
  }

  /** The first letter from `at` on that is no signal, which there must be. */
  oldestMessage(): number {
    let at = this.head
    while (this.letters[at]!.signal) at++
    return at
  }

  /** Where the first letter is that has this number or a higher one; beyond the last if there is none. */
  find(number: number): number {
    let [low, high] = [this.head, this.letters.length]
    if (low === high || this.letters[low]!.number >= number) return low
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.letters[middle]!.number < number) low = middle + 1
      else high = middle
    }
    return low
  }

  /** The letter there, if it is one. */
  at(place: number): Letter | undefined {
    return this.letters[place]
  }

  /** Takes the letter there out, by moving the shorter side. */
  remove(place: number): Letter {
    const { letters } = this
    const letter = letters[place]!
    if (letter.signal) this.signals--
    if (place - this.head > letters.length - place) {
      letters.splice(place, 1)
      return letter
    }
    letters.copyWithin(this.head + 1, this.head, place)
    letters[this.head++] = undefined
    if (this.head > SLACK && this.head > letters.length / 2) {
      letters.splice(0, this.head)
      this.head = 0
    }
    return letter
  }

  /** Takes all out; answers how many there were. */
  drop(): number {
    const { size } = this
    this.letters = []
    this.head = 0
    this.signals = 0
    return size
  }

  /** Gives the room of an empty inbox back. */
  shrink(): void {
    if (this.size > 0) return
    this.drop()
    this.room = 0
  }
}
