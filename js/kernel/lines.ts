// Lines on their way to a file: a ring of bytes in memory that a thread shares with its host. Owns its layout. Whole lines only, each
// in one piece, so that what lies together is written by one call. One thread adds and takes; its host looks when that thread has gone.

/** Words before the bytes. */
const HEAD = 0
const TAIL = 1
/** Where the bytes end that lie before the head has come round; of use only while the tail is below the head. */
const END = 2
/** So many bytes from the head on are being written. */
const FLYING = 3
const WORDS = 4
const BYTES_AT = 16
/** A character of JavaScript takes so many bytes at most. */
const BYTES_PER_UNIT = 3

/** Memory for `capacity` bytes of lines. */
export const newLineMemory = (capacity: number): SharedArrayBuffer => new SharedArrayBuffer(BYTES_AT + capacity)

/** How many lines these are. */
export const linesIn = (bytes: Uint8Array): number =>
  bytes.reduce((lines, byte) => (byte === 10 ? lines + 1 : lines), 0)

export class Lines {
  private readonly words: Int32Array
  private readonly bytes: Buffer
  private readonly capacity: number
  /** Bytes that were ever added, and those of them that are no longer here. */
  added = 0
  removed = 0

  constructor(memory: SharedArrayBuffer) {
    this.words = new Int32Array(memory, 0, WORDS)
    this.bytes = Buffer.from(memory, BYTES_AT)
    this.capacity = this.bytes.length
  }

  get isEmpty(): boolean {
    return this.words[HEAD] === this.words[TAIL]
  }

  /** Adds `line`, which ends as lines do; false if there is no room for it. */
  add(line: string): boolean {
    const { words, bytes, capacity } = this
    const head = words[HEAD]!
    const tail = words[TAIL]!
    const most = line.length * BYTES_PER_UNIT
    // The tail never comes up to a head before it: that would mean empty.
    const room = tail < head ? head - tail - 1 : capacity - tail
    if (most <= room || Buffer.byteLength(line) <= room) {
      // Told by one word when the bytes are there: the host reads it when the thread has gone, whenever that was.
      const length = bytes.write(line, tail)
      Atomics.store(words, TAIL, tail + length)
      this.added += length
      return true
    }
    if (tail < head || Buffer.byteLength(line) >= head) return false
    const length = bytes.write(line, 0)
    words[END] = tail
    // The same: from this store on the tail is below the head, and the end counts.
    Atomics.store(words, TAIL, length)
    this.added += length
    return true
  }

  /** What is to be written next, as one piece; from now on it is being written. */
  fly(): Buffer {
    const { words } = this
    const head = words[HEAD]!
    const tail = words[TAIL]!
    const end = tail < head ? words[END]! : tail
    words[FLYING] = end - head
    return this.bytes.subarray(head, end)
  }

  /** That is no longer here. */
  landed(): void {
    const { words } = this
    const length = words[FLYING]!
    this.removed += length
    words[HEAD]! += length
    words[FLYING] = 0
    this.turnRound()
  }

  /** Nothing is being written: begins at the start again where it can. */
  private turnRound(): void {
    const { words } = this
    if (words[TAIL]! < words[HEAD]!) {
      if (words[HEAD] === words[END]) words[HEAD] = 0
    } else if (words[HEAD] === words[TAIL]) {
      // In this order it is empty between any two of them.
      words[END] = words[HEAD]!
      words[TAIL] = 0
      words[HEAD] = 0
    }
  }

  /** Takes out what nobody has begun to write, and gives it to `write`, one or two pieces. */
  drain(write: (lines: Buffer) => void): void {
    const { words, bytes } = this
    const head = words[HEAD]!
    const tail = words[TAIL]!
    const from = head + words[FLYING]!
    const isRound = tail < head
    for (const piece of isRound
      ? [bytes.subarray(from, words[END]), bytes.subarray(0, tail)]
      : [bytes.subarray(from, tail)]) {
      this.removed += piece.length
      if (piece.length > 0) write(piece)
    }
    if (isRound) words[END] = from
    Atomics.store(words, TAIL, isRound ? 0 : from)
    if (from === head) this.turnRound()
  }

  /** What a thread that has gone left: what was being written, of which nobody has heard, and what nobody had begun to write. */
  left(): { readonly flying: Buffer; readonly waiting: Buffer } {
    const { words, bytes } = this
    const head = words[HEAD]!
    const from = head + words[FLYING]!
    const flying = Buffer.from(bytes.subarray(head, from))
    // Reads what `add` stored: the bytes before it are whole.
    const tail = Atomics.load(words, TAIL)
    if (tail >= head) return { flying, waiting: Buffer.from(bytes.subarray(from, tail)) }
    return { flying, waiting: Buffer.concat([bytes.subarray(from, words[END]), bytes.subarray(0, tail)]) }
  }
}
