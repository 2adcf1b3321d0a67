// The native half as a kernel meets it that traces: every crossing is told. Owns how the arrow of a message travels with it to
// another thread: behind its bytes, where nobody who decodes looks, or beside the slot that its value waits in.

import {
  ANSWERED_SEAT,
  ARGUMENTS,
  BIRTH,
  BIRTH_SERVES,
  COMPLETIONS,
  COUNT_STEALS,
  COUNT_STOLEN,
  COUNT_WAKES_SENT,
  HEAD_BYTES,
  INLINE_MAX,
  KIND_DOWN,
  KIND_EXIT,
  KIND_MESSAGE,
  KIND_SLOT,
  KIND_TRANSFER,
  OP_EXIT,
  OP_OFFER,
  OP_OFFER_SLOT,
  OP_SEND,
  OP_SEND_AFTER,
  OP_SEND_SLOT,
  OP_SEND_SLOT_AFTER,
  OP_SEND_TRANSFER,
  OP_SPAWN,
  OP_SPAWN_HERE,
  SCRATCH_LEN,
  VERDICT_LOOK,
  VERDICT_RUN,
  VERDICT_SLEEP,
  VERDICT_STOP,
  VERDICT_YIELD,
} from '../../native/layout.ts'
import type { Seat } from '../../native/load.ts'
import type { Kernel } from '../kernel.ts'
import { longAt } from '../post.ts'
import type { Tracer } from './tracer.ts'
import { ARROW_MESSAGE } from './track.ts'

const HEAD_WORDS = HEAD_BYTES / 4
/** An arrow behind the bytes of a message. */
const TRAILER_BYTES = 8
const VERDICTS: Record<number, string> = {
  [VERDICT_RUN]: 'run',
  [VERDICT_LOOK]: 'look',
  [VERDICT_YIELD]: 'yield',
  [VERDICT_SLEEP]: 'sleep',
  [VERDICT_STOP]: 'stop',
}
const MESSAGES = [OP_SEND, OP_OFFER, OP_SEND_TRANSFER]
const SLOTS = [OP_SEND_SLOT, OP_OFFER_SLOT]

export class TracedSeat {
  private readonly kernel: Kernel
  private readonly tracer: Tracer
  private readonly native: Seat
  private readonly scratch: Uint8Array
  private readonly trailer = new Float64Array(1)
  private readonly trailerBytes = new Uint8Array(this.trailer.buffer)
  /** The arrows of what waits in slots. */
  private readonly slots = new Map<number, number>()
  private sleeps = false
  /** What has called for the next turn. */
  private called = 'itself'
  private turns = false

  constructor(kernel: Kernel, tracer: Tracer) {
    this.kernel = kernel
    this.tracer = tracer
    this.native = kernel.native
    this.scratch = new Uint8Array(kernel.native.scratch)
  }

  /** What the kernel calls instead of the native half. */
  get seat(): Seat {
    return Object.assign(Object.create(this.native) as Seat, {
      turn: () => this.turn(),
      submit: (...pieces: Uint8Array[]) => this.submit(pieces),
      detach: () => {
        this.native.detach()
        if (this.sleeps) this.tracer.turns.end()
        this.sleeps = false
        this.tracer.close()
      },
    })
  }

  /** Somebody has rung, or the alarm has. */
  calls(who: 'the bell' | 'the alarm'): void {
    this.called = who
  }

  /** The scheduler sleeps. */
  sleep(): void {
    const { tracer } = this
    this.called = 'itself'
    if (!this.sleeps) tracer.turns.begin('"sleep"', 'sleep')
    this.sleeps = true
    tracer.flush()
  }

  private turn(): void {
    const { kernel, tracer } = this
    const { words, counts } = kernel
    // From the event loop: no body runs any more.
    if (words[ARGUMENTS] === 1) tracer.leave()
    if (this.sleeps) tracer.turns.end(`{"woken by":"${this.called}"}`)
    this.sleeps = false
    tracer.turns.begin('"turn"', 'turn')
    this.turns = true
    const [steals, stolen, wakes] = [counts[COUNT_STEALS]!, counts[COUNT_STOLEN]!, counts[COUNT_WAKES_SENT]!]
    this.native.turn()
    if (counts[COUNT_STEALS]! > steals) {
      const much = `{"thefts":${counts[COUNT_STEALS]! - steals},"processes":${counts[COUNT_STOLEN]! - stolen}}`
      tracer.turns.instant('steal', 'steal', much)
    }
    tracer.rang(tracer.turns, wakes)
    if (words[COMPLETIONS] === 0) this.endTurn()
  }

  private endTurn(): void {
    const { words } = this.kernel
    this.turns = false
    this.tracer.turns.end(`{"heard":${words[COMPLETIONS]},"then":"${VERDICTS[words[ARGUMENTS]!] ?? ''}"}`)
  }

  /** Does `count` completions by `apply`, one by one. */
  apply(apply: (kernel: Kernel, count: number) => void, count: number): void {
    const { tracer } = this
    const kernel = this.kernel as { -readonly [K in keyof Kernel]: Kernel[K] }
    const { completionWords: words, completionBytes: bytes } = kernel
    const isTurn = this.turns
    if (!isTurn) tracer.turns.begin('"mail"', 'turn')
    tracer.applying = true
    try {
      for (let i = 0, at = 0; i < count; i++) {
        const length = words[at + 6]!
        this.expect(words, bytes, at, length)
        kernel.completionWords = words.subarray(at)
        kernel.completionBytes = bytes.subarray(at * 4)
        apply(this.kernel, 1)
        tracer.arrivesAt = -1
        at += HEAD_WORDS + (length > INLINE_MAX ? 2 : ((length + 7) >> 3) << 1)
      }
    } finally {
      kernel.completionWords = words
      kernel.completionBytes = bytes
      tracer.applying = false
      if (isTurn) this.endTurn()
      else tracer.turns.end()
    }
  }

  private expect(words: Int32Array, bytes: Buffer, at: number, length: number): void {
    const { tracer, trailer, trailerBytes } = this
    const index = words[at + 1]!
    switch (words[at]) {
      case KIND_MESSAGE:
      case KIND_TRANSFER: {
        const from = (at + HEAD_WORDS) * 4 + length - TRAILER_BYTES
        if (length > INLINE_MAX) this.native.large(words[at + HEAD_WORDS]!, length - TRAILER_BYTES, trailerBytes)
        else trailerBytes.set(bytes.subarray(from, from + TRAILER_BYTES))
        return tracer.expect(index, false, trailer[0]!)
      }
      case KIND_SLOT: {
        const slot = words[at + 2]!
        const arrow = this.slots.get(slot) ?? 0
        this.slots.delete(slot)
        return tracer.expect(index, false, arrow)
      }
      case KIND_EXIT:
      case KIND_DOWN:
        return tracer.expect(index, true, 0)
    }
  }

  private submit(pieces: Uint8Array[]): void {
    const { tracer } = this
    const { words, counts } = this.kernel
    const wakes = counts[COUNT_WAKES_SENT]!
    const operation = words[ARGUMENTS]!
    const at = tracer.bodies.now()
    if (MESSAGES.includes(operation)) {
      const arrow = this.attach(pieces, tracer.newArrow(ARROW_MESSAGE))
      this.native.submit(...pieces)
      if (words[ARGUMENTS + 1] === 1) tracer.posted(arrow, at)
    } else if (SLOTS.includes(operation)) this.submitSlot(words[ARGUMENTS + 3]!, operation, at)
    else this.submitOther(operation, pieces, at)
    tracer.rang(tracer.bodies, wakes)
  }

  private submitSlot(slot: number, operation: number, at: number): void {
    const { tracer } = this
    const { words } = this.kernel
    const arrow = tracer.newArrow(ARROW_MESSAGE)
    this.slots.set(slot, arrow)
    this.native.submit()
    const answered = words[ARGUMENTS + 1]!
    // Of an offer whether it was accepted; else which slot is free again, its own or that of one that was dropped for it.
    const isIn = operation === OP_OFFER_SLOT ? answered === 1 : answered !== slot + 1
    if (isIn) tracer.posted(arrow, at)
    else this.slots.delete(slot)
  }

  private submitOther(operation: number, pieces: Uint8Array[], at: number): void {
    const { tracer } = this
    const { words } = this.kernel
    // Its arrow begins when it fires.
    if (operation === OP_SEND_AFTER) this.attach(pieces, 0)
    if (operation === OP_SEND_SLOT_AFTER) this.slots.delete(words[ARGUMENTS + 3]!)
    if (operation === OP_SPAWN_HERE) tracer.serves = (words[BIRTH]! & BIRTH_SERVES) !== 0
    const definition = words[ARGUMENTS + 1]!
    const [from, to] = [longAt(words, ARGUMENTS + 1), longAt(words, ARGUMENTS + 3)]
    this.native.submit(...pieces)
    if (operation === OP_SPAWN) {
      const pid = longAt(words, ARGUMENTS + 1)
      tracer.born(pid, tracer.definitionName(definition), words[ANSWERED_SEAT]!, at)
    }
    if (operation === OP_EXIT) {
      tracer.inSlice(() => tracer.bodies.instant('exit signal', 'exit', `{"from":${from},"to":${to}}`))
    }
  }

  /** Puts an arrow behind the bytes of a message. */
  private attach(pieces: Uint8Array[], arrow: number): number {
    const { trailer, trailerBytes, scratch } = this
    const { words } = this.kernel
    trailer[0] = arrow
    if (pieces.length > 0) {
      pieces.push(trailerBytes.slice())
    } else {
      const length = words[SCRATCH_LEN]!
      scratch.set(trailerBytes, length)
      words[SCRATCH_LEN] = length + TRAILER_BYTES
    }
    return arrow
  }
}
