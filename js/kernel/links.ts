// Links: one message channel between every two threads of a runtime, over which cargo moves. Owns the ends of one thread. The host
// makes the channels (`link-maker.ts`) and posts the ends, before anybody could need them, to a control port that is read
// here when a link is looked for. No port here is ever listened to: whatever is read is read at once, when its letter has come
// through Rust, so order is not theirs to keep; and none of them keeps an event loop alive.

import type { MessagePort } from 'node:worker_threads'
import { builtin } from '../builtin.ts'
import type { Carrier } from './cargo.ts'

const { receiveMessageOnPort, threadId } = builtin('node:worker_threads')

/** One end of a link. */
export interface End {
  /** Who is at the other: which seat, and who of those who ever sat there. */
  readonly seat: number
  readonly sitter: number
  readonly port: MessagePort
}

/** How long to wait for a link to a thread that has just been replaced: its host has to notice. In milliseconds. */
const PATIENCE_MS = 100
const PAUSE_MS = 2
/** Above the numbers of one thread: those of another begin. */
const NUMBERS = 2 ** 32

export class Links implements Carrier {
  private readonly seat: number
  private readonly control: MessagePort | undefined
  private readonly ends = new Map<number, End>()
  /** What has been read and not fetched, by its number. */
  private readonly came = new Map<number, readonly unknown[]>()
  private last = 0

  constructor(seat: number, control: MessagePort | undefined) {
    this.seat = seat
    this.control = control
  }

  carry(seat: number, sitter: number, cargo: readonly object[]): number {
    const number = threadId * NUMBERS + ++this.last
    if (seat === this.seat) {
      this.came.set(number, moved(cargo))
      return number
    }
    const port = this.find(seat, sitter)
    if (port === undefined) return 0
    port.postMessage([number, cargo], cargo as never)
    return number
  }

  fetch(seat: number, number: number): readonly unknown[] | undefined {
    const cargo = this.take(number) ?? this.read(this.ends.get(seat)?.port, number)
    if (cargo !== undefined) return cargo
    // From a thread that is new, or from one that is not any more.
    this.learn()
    return this.take(number) ?? this.read(this.ends.get(seat)?.port, number)
  }

  /** A link is there. It takes the place of one to who sat there before, whose last cargo is kept. */
  protected meet(end: End): void {
    const former = this.ends.get(end.seat)
    this.ends.set(end.seat, end)
    if (former === undefined) return
    this.read(former.port, 0)
    former.port.close()
  }

  /** Learns of what links there are. */
  protected learn(): void {
    if (this.control === undefined) return
    for (let note = next(this.control); note !== undefined; note = next(this.control)) this.meet(note as End)
  }

  /** There should be a link to `seat`, and is not: gives whoever makes it the time to. */
  protected missing(_seat: number): void {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS)
  }

  /** Closes all. */
  close(): void {
    for (const { port } of this.ends.values()) port.close()
    this.ends.clear()
  }

  private find(seat: number, sitter: number): MessagePort | undefined {
    for (let waited = 0; waited <= PATIENCE_MS; waited += PAUSE_MS) {
      this.learn()
      const end = this.ends.get(seat)
      // A later one: who was meant is gone.
      if (end !== undefined && end.sitter >= sitter) return end.sitter === sitter ? end.port : undefined
      this.missing(seat)
    }
    return undefined
  }

  private take(number: number): readonly unknown[] | undefined {
    const cargo = this.came.get(number)
    if (cargo !== undefined) this.came.delete(number)
    return cargo
  }

  /** Reads what a port has until it comes to this number. */
  private read(port: MessagePort | undefined, number: number): readonly unknown[] | undefined {
    if (port === undefined) return undefined
    for (let note = next(port); note !== undefined; note = next(port)) {
      const [found, cargo] = note as [number, readonly unknown[]]
      if (found === number) return cargo
      this.came.set(found, cargo)
    }
    return undefined
  }
}

/** What a port has next. What this thread cannot make anything of is passed over: its letter then finds nothing. */
const next = (port: MessagePort): unknown => {
  for (;;) {
    try {
      return receiveMessageOnPort(port)?.message
    } catch {
      // The next.
    }
  }
}

/** The same things, as they arrive on the thread they come from. */
export const moved = (cargo: readonly object[]): readonly unknown[] =>
  structuredClone(cargo, { transfer: cargo as never })
