// One thread's part of a trace: whole lines, in a buffer that is shared with the host, which writes out what a thread leaves
// behind that is ended. Owns the buffer and how it gets into the file: appended, by one call for each buffer, so the lines
// of two threads never mix. No line waits for more than a buffer or a sleep, and nothing here grows with the program.

import { builtin } from '../../builtin.ts'

const { openSync, writeSync } = builtin('node:fs')

/** What a thread needs to write its part: the file, which is there, and the buffer. */
export interface TracePart {
  readonly path: string
  readonly shared: SharedArrayBuffer
}

const ROOM = 64 * 1024
/** Words before the bytes: how many are used, and whether they are being written to the file now. */
const USED = 0
const BUSY = 1
const HEAD = 8
/** A character of JavaScript takes so many bytes at most. */
const BYTES_PER_UNIT = 3

/** A new part of the trace in `path`. */
export const newPart = (path: string): TracePart => ({ path, shared: new SharedArrayBuffer(HEAD + ROOM) })

/** Writes all of it. */
export const writeAll = (file: number, bytes: Uint8Array): void => {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at)
}

export class PartWriter {
  private readonly words: Int32Array
  private readonly bytes: Buffer
  private readonly path: string
  private file: number | undefined

  constructor({ path, shared }: TracePart) {
    this.words = new Int32Array(shared, 0, 2)
    this.bytes = Buffer.from(shared, HEAD)
    this.path = path
    this.file = openSync(path, 'a')
  }

  /** Adds a line, which is an event. */
  line(event: string): void {
    const text = `,\n${event}`
    if (text.length * BYTES_PER_UNIT > ROOM - this.words[USED]!) this.flush()
    if (text.length * BYTES_PER_UNIT > ROOM) return this.write(Buffer.from(text))
    const used = this.words[USED]!
    Atomics.store(this.words, USED, used + this.bytes.write(text, used))
  }

  /** Has everything in the file. */
  flush(): void {
    const used = this.words[USED]!
    if (used === 0) return
    Atomics.store(this.words, BUSY, 1)
    this.write(this.bytes.subarray(0, used))
    this.words[USED] = 0
    Atomics.store(this.words, BUSY, 0)
  }

  private write(bytes: Uint8Array): void {
    if (this.file === undefined) return
    try {
      writeAll(this.file, bytes)
    } catch (error) {
      // What is traced goes on without.
      this.file = undefined
      process.stderr.write(`rumpus: the trace in ${this.path} ends here: ${(error as Error).message}\n`)
    }
  }
}

/** Writes to `file` what a thread that has ended left in its buffer; nothing if it was ended while it wrote that itself. */
export const salvage = ({ shared }: TracePart, file: number): void => {
  const words = new Int32Array(shared, 0, 2)
  const used = Atomics.load(words, USED)
  if (used === 0 || Atomics.load(words, BUSY) !== 0) return
  writeAll(file, new Uint8Array(shared, HEAD, used).slice())
  words[USED] = 0
}
