// The host's links, and who makes everybody's: for each thread that is to sit in a seat, before it is started, a channel with
// every other thread there is. Owns the control ports. A thread that is replaced gets new links; what it had sent over the old is
// read all the same.

import type { MessagePort } from 'node:worker_threads'
import { builtin } from '../builtin.ts'
import type { RuntimeHandle } from '../native/load.ts'
import { type End, Links } from './links.ts'

const { MessageChannel } = builtin('node:worker_threads')

interface Thread {
  readonly sitter: number
  /** Through which it is told of its links. */
  readonly control: MessagePort
  /** The other end, until the thread is given it. */
  theirs: MessagePort | undefined
}

const HOST = 0

export class HostLinks extends Links {
  private readonly handle: RuntimeHandle
  private readonly threads = new Map<number, Thread>()

  constructor(handle: RuntimeHandle) {
    super(HOST, undefined)
    this.handle = handle
  }

  /** The control port for the thread that is about to be started for `seat`. */
  start(seat: number): MessagePort {
    const thread = this.prepared(seat)
    const { theirs } = thread
    thread.theirs = undefined
    return theirs as MessagePort
  }

  /** The thread of `seat` has ended. If another is to come there are links to that at once. */
  ended(seat: number, another: boolean): void {
    if (another) this.prepared(seat)
    else if (!this.waits(seat)) {
      this.threads.get(seat)?.control.close()
      this.threads.delete(seat)
    }
  }

  /** A thread is to come for `seat`, as soon as the one that is there has gone: there are links to it already. */
  expect(seat: number): void {
    if (this.threads.get(seat)?.sitter !== this.handle.sitter(seat)) this.prepared(seat)
  }

  /** What waits for whoever takes the seat next. */
  private prepared(seat: number): Thread {
    return this.waits(seat) ? this.threads.get(seat)! : this.prepare(seat, this.handle.sitter(seat))
  }

  /** Whether all is there for whoever takes the seat next. */
  private waits(seat: number): boolean {
    const known = this.threads.get(seat)
    return known?.theirs !== undefined && known.sitter === this.handle.sitter(seat)
  }

  private prepare(seat: number, sitter: number): Thread {
    this.threads.get(seat)?.control.close()
    const { port1: control, port2: theirs } = new MessageChannel()
    const thread = { sitter, control, theirs }
    this.threads.delete(seat)
    this.meet({ seat, sitter, port: toldOf(control, HOST, this.handle.sitter(HOST)) })
    for (const [other, { sitter: otherSitter, control: otherControl }] of this.threads) {
      tell(otherControl, { seat, sitter, port: toldOf(control, other, otherSitter) })
    }
    this.threads.set(seat, thread)
    return thread
  }

  protected override missing(seat: number): void {
    this.prepared(seat)
  }

  override close(): void {
    super.close()
    for (const { control } of this.threads.values()) control.close()
    this.threads.clear()
  }
}

const tell = (control: MessagePort, end: End): void => control.postMessage(end, [end.port])

/** Makes a channel; who has this control port is told of its end of it, which leads to `seat`; answers the other. */
const toldOf = (control: MessagePort, seat: number, sitter: number): MessagePort => {
  const { port1, port2 } = new MessageChannel()
  tell(control, { seat, sitter, port: port2 })
  return port1
}
