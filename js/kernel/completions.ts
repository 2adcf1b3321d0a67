// Reads what a turn told: walks the completion buffer and does each thing. Messages enter inboxes, starts enter the run
// ring, signals become messages or ends. Runs no user code but the `toString` of nothing: bodies run later, from the ring.

import {
  COUNT_DROPPED_CORRUPT,
  COUNT_DROPPED_DIED,
  COUNT_LOCAL_ACCEPTED,
  HEAD_BYTES,
  INLINE_MAX,
  KIND_DOWN,
  KIND_DUE,
  KIND_EXIT,
  KIND_EXITING,
  KIND_FREED,
  KIND_GRANTED,
  KIND_MESSAGE,
  KIND_OPENED,
  KIND_SLOT,
  KIND_START,
  KIND_STRAY,
  KIND_TRANSFER,
} from '../native/layout.ts'
import { Down, Exit, type ExitReason, type Pid } from '../types.ts'
import { NO_CARGO } from './codec/decoder.ts'
import { crashReport } from './crash.ts'
import type { Kernel } from './kernel.ts'
import { endByOrder, startDefinition } from './life.ts'
import { isDue } from './look.ts'
import { noteMessage, noteSignal } from './places.ts'
import { longAt } from './post.ts'
import { GATE_OPEN, type Process, QUEUED, QUEUED_LOOK, RECEIVING, SELECTING } from './process.ts'
import { heardReason } from './reasons.ts'

const HEAD_WORDS = HEAD_BYTES / 4

/** Does `count` completions. */
export const apply = (kernel: Kernel, count: number): void => {
  const words = kernel.completionWords
  let at = 0
  for (let i = 0; i < count; i++) {
    const length = words[at + 6]!
    if (words[at] === KIND_MESSAGE) receiveMessage(kernel, at, length)
    else applyRare(kernel, at, length)
    at += HEAD_WORDS + (length > INLINE_MAX ? 2 : ((length + 7) >> 3) << 1)
  }
}

const receiveMessage = (kernel: Kernel, at: number, length: number): void => {
  const words = kernel.completionWords
  const index = words[at + 1]!
  const process = kernel.procs[index]
  if (process === undefined || process.exiting !== undefined) {
    kernel.counts[COUNT_DROPPED_DIED]!++
    if (length > INLINE_MAX) kernel.native.large(words[at + HEAD_WORDS]!)
    return
  }
  let message: unknown
  try {
    message = payload(kernel, at, length)
  } catch (error) {
    kernel.counts[COUNT_DROPPED_CORRUPT]!++
    crashReport(kernel, process.pid, 'a message could not be read and was dropped', error)
    return
  }
  deliver(kernel, process, message)
}

/** The same with cargo, which is there already. */
const receiveTransfer = (kernel: Kernel, at: number, length: number): void => {
  const words = kernel.completionWords
  const cargo = kernel.around.carrier.fetch(words[at + 2]!, longAt(words, at + 3))
  kernel.codec.cargo = cargo ?? NO_CARGO
  try {
    receiveMessage(kernel, at, length)
  } finally {
    kernel.codec.cargo = NO_CARGO
  }
}

/** A message is there. */
const deliver = (kernel: Kernel, process: Process, message: unknown): void => {
  const { desk } = kernel
  // Most threads have no desk, and a pid is put together when it is asked for.
  if (desk !== undefined && desk.pid === process.pid && desk.takesAtOnce(message, process)) return
  handOver(kernel, process, message)
  if (process.bound !== undefined) noteMessage(kernel, process, process.bound)
}

/** What has come enters the inbox, or is what the waiting body will be resumed with. */
const handOver = (kernel: Kernel, process: Process, message: unknown): void => {
  const { parked } = process
  if (parked === RECEIVING) {
    process.handed = message
    process.parked = QUEUED
  } else {
    process.push(message)
    if (parked !== SELECTING) return
    process.parked = QUEUED_LOOK
  }
  kernel.pushBack(process)
}

/** Decodes the payload behind the head at `at`. */
const payload = (kernel: Kernel, at: number, length: number): unknown => {
  const words = kernel.completionWords
  if (length > INLINE_MAX) return kernel.codec.decodeLarge(words[at + HEAD_WORDS]!, words[at + 7]!)
  return kernel.codec.decode(words, kernel.completionBytes, at + HEAD_WORDS, words[at + 7]!)
}

/** Decodes a reason. One that cannot be read becomes an error that says so: the signal itself is never lost. */
const reasonAt = (kernel: Kernel, at: number, length: number): ExitReason => {
  const words = kernel.completionWords
  const told = words[at + 7]!
  if (length === 0) return heardReason(told, undefined)
  try {
    if (length > INLINE_MAX) return heardReason(told, kernel.codec.decodeLarge(words[at + HEAD_WORDS]!, length))
    return heardReason(told, kernel.codec.decode(words, kernel.completionBytes, at + HEAD_WORDS, length))
  } catch (error) {
    return {
      kind: 'error',
      error: { name: 'Error', message: `the exit reason could not be read: ${(error as Error).message}` },
    }
  }
}

const applyRare = (kernel: Kernel, at: number, length: number): void => {
  const words = kernel.completionWords
  const index = words[at + 1]!
  switch (words[at]) {
    case KIND_SLOT:
      return receiveSlot(kernel, index, words[at + 2]!, words[at + 3] === 1)
    case KIND_TRANSFER:
      return receiveTransfer(kernel, at, length)
    case KIND_STRAY:
      kernel.around.carrier.fetch(words[at + 2]!, longAt(words, at + 3))
      return
    case KIND_GRANTED:
      kernel.desk?.granted(words[at + 2]!, words[at + 3] === 1)
      return
    case KIND_DUE: {
      const process = kernel.procs[index]
      if (process !== undefined && process.timer === longAt(words, at + 2)) isDue(kernel, process)
      return
    }
    case KIND_FREED:
      kernel.slots.take(words[at + 2]!)
      return
    case KIND_START:
      return receiveStart(kernel, at, length)
    case KIND_OPENED: {
      const process = kernel.procs[index]
      if (process !== undefined && process.exiting === undefined) process.gate = GATE_OPEN
      return
    }
    case KIND_EXIT:
      return receiveLocal(kernel, index, new Exit(longAt(words, at + 2) as Pid, reasonAt(kernel, at, length)))
    case KIND_DOWN: {
      const down = new Down(longAt(words, at + 4), longAt(words, at + 2) as Pid, reasonAt(kernel, at, length))
      return receiveLocal(kernel, index, down)
    }
    case KIND_EXITING:
      endByOrder(kernel, index, reasonAt(kernel, at, length), words[at + 2] === 1)
  }
}

/** A definition begins here. */
const receiveStart = (kernel: Kernel, at: number, length: number): void => {
  const words = kernel.completionWords
  const args = () => payload(kernel, at, length)
  startDefinition(kernel, longAt(words, at + 2), words[at + 1]!, words[at + 4]!, words[at + 5]!, args)
}

const receiveSlot = (kernel: Kernel, index: number, slot: number, keep: boolean): void => {
  const message = keep ? kernel.slots.look(slot) : kernel.slots.take(slot)
  const process = kernel.procs[index]
  if (process === undefined || process.exiting !== undefined) {
    kernel.counts[COUNT_DROPPED_DIED]!++
    return
  }
  deliver(kernel, process, message)
}

/** A signal's message: counted as a message that was accepted here, so that the books balance. */
const receiveLocal = (kernel: Kernel, index: number, message: Down | Exit): void => {
  const process = kernel.procs[index]
  if (process === undefined || process.exiting !== undefined) return
  kernel.counts[COUNT_LOCAL_ACCEPTED]!++
  handOver(kernel, process, message)
  if (process.bound !== undefined) noteSignal(kernel, process, process.bound)
}
