// Where pino writes: lines go into memory at once, and from there to the file, terminal or pipe when the thread has time. Owns when,
// what becomes of lines that find no room, and the last write when the thread ends. A line that it has taken is written though its
// thread be ended. Never true in it: that it waits for whoever reads.

import { keep } from '../kernel/kept.ts'
import { isolate } from '../kernel/kernels.ts'
import { Lines, linesIn, newLineMemory } from '../kernel/lines.ts'
import { Sink } from '../kernel/sink.ts'

/** So long the end of a thread, or a line that must be out at once, waits for a pipe that is full, in milliseconds. */
const LAST_MS = 500

/** All of this thread. */
const open = new Set<Destination>()
/** What a scheduler thread leaves its host writes, which knows what became of what is under way. */
const writeLast = (): void => {
  if (isolate.scheduler === undefined) for (const destination of open) destination.finish()
}

interface Waiting {
  readonly until: number
  readonly resolve: () => void
}

export class Destination {
  /** Lines that were dropped, ever: there was no room for them, or they could not be written. */
  dropped = 0
  private readonly lines: Lines
  private readonly sink: Sink
  private readonly onDropped: (count: number) => void
  private readonly forget: () => void
  private readonly waiting: Waiting[] = []
  /** Lines are on their way, or will be with the next pass of the event loop. */
  private busy = false
  private closed = false
  private isLast = false
  /** Dropped and not told of. */
  private untold = 0
  /** The last write has failed, and that has been told. */
  private isBroken = false
  private flown: Buffer | undefined
  private readonly go = (): void => this.fly()
  private readonly onWritten = (error: NodeJS.ErrnoException | null): void => this.landed(error)
  private readonly lastly = (): Promise<void> => this.flushed()

  /** `onDropped` is called when lines can be written again, with how many could not. */
  constructor(to: string | number, capacity: number, onDropped: (count: number) => void) {
    this.sink = new Sink(to)
    this.onDropped = onDropped
    const memory = newLineMemory(capacity)
    this.lines = new Lines(memory)
    this.forget = keep('lines', memory, to)
    isolate.lastly ??= new Set()
    isolate.lastly.add(this.lastly)
    if (open.size === 0) process.on('exit', writeLast)
    open.add(this)
  }

  /** Takes a line, or drops it. */
  write(line: string): void {
    if (this.closed || !this.lines.add(line)) return this.drop(1)
    if (this.isLast) return this.writeNow(true)
    if (this.busy) return
    this.busy = true
    setImmediate(this.go)
  }

  /** The thread ends: no event loop will see to what is written from now on. */
  finish(): void {
    this.isLast = true
    this.writeNow(true)
  }

  private drop(count: number): void {
    this.dropped += count
    this.untold += count
  }

  private fly(): void {
    if (this.lines.isEmpty) {
      this.busy = false
      return
    }
    this.flown = this.lines.fly()
    this.sink.write(this.flown, this.onWritten)
  }

  private landed(error: NodeJS.ErrnoException | null): void {
    if (error !== null) this.failed(error, this.flown!)
    this.flown = undefined
    this.lines.landed()
    const { waiting, lines, untold } = this
    while (waiting.length > 0 && waiting[0]!.until <= lines.removed) waiting.shift()!.resolve()
    if (error === null) {
      this.isBroken = false
      if (untold > 0 && !this.closed) {
        this.untold = 0
        this.onDropped(untold)
      }
    }
    this.fly()
  }

  /** What could not be written is dropped: the next lines may fare better. Told once, until one does. */
  private failed(error: Error, bytes: Uint8Array): void {
    this.drop(linesIn(bytes))
    if (this.isBroken) return
    this.isBroken = true
    process.stderr.write(`rumpus: lines of a log cannot be written to ${this.sink.to}: ${error.message}\n`)
  }

  /** Resolves when what has been taken by now is written, or dropped. */
  flushed(): Promise<void> {
    if (this.lines.isEmpty) return Promise.resolve()
    return new Promise((resolve) => this.waiting.push({ until: this.lines.added, resolve }))
  }

  /** For pino, whose loggers have `flush`. */
  flush(done?: () => void): void {
    const flushed = this.flushed()
    if (done !== undefined) void flushed.then(done)
  }

  /** For pino, which wants what is fatal out at once: this may block the thread for half a second. */
  flushSync(): void {
    this.writeNow(false)
  }

  private writeNow(isLast: boolean): void {
    // Behind what is on its way, where that would mix: then the event loop sees to it, if it still can.
    if (this.sink.mustWait && !isLast) return
    this.lines.drain((bytes) => {
      if (!this.sink.writeNow(bytes, LAST_MS)) this.drop(linesIn(bytes))
    })
  }

  /** Has every thread open the file anew. */
  reopen(): void {
    this.sink.reopen()
  }

  /** Takes no more lines; resolves when those that it has are written. */
  async close(): Promise<void> {
    if (this.closed) return
    this.closed = true
    await this.flushed()
    isolate.lastly?.delete(this.lastly)
    open.delete(this)
    if (open.size === 0) process.off('exit', writeLast)
    this.forget()
    this.sink.close()
  }
}
