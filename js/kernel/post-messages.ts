// Messages that go by the native mailbox: encoded, or as the value itself, or with cargo. Owns the steps of the last: what cannot
// cross is found before anything moves; then Rust says who alone can take the cargo; it moves; and only then its letter goes.

import { stopped, UncrossableError } from '../errors.ts'
import {
  ARGUMENTS,
  COUNT_DROPPED_NOBODY,
  COUNT_LOCAL_ACCEPTED,
  OP_ANCHOR,
  OP_GIVE_BACK_PLACE,
  OP_SEND,
  OP_SEND_TRANSFER,
  PASSAGE_BY_REFERENCE,
  PASSAGE_GRANTED,
  SCRATCH_LEN,
} from '../native/layout.ts'
import { cargoOf, forgetCargo } from './cargo.ts'
import { crashReport } from './crash.ts'
import type { Kernel } from './kernel.ts'
import { byReference, encodeFor, postSlot, putLong } from './post.ts'

/** The receiver is gone. */
export const OFFER_NOPROC = 0
/** The message is in the mailbox. */
export const OFFER_ACCEPTED = 1
/** There is no place. */
export const OFFER_FULL = 2
/** The receiver is on this scheduler, or will be: it gets the value itself. */
export const STAYS_HERE = 3

/** Sends by the native mailbox. */
export const postMessage = (kernel: Kernel, pid: number, message: unknown): void => {
  const { words } = kernel
  if (kernel.detached) throw stopped()
  if (byReference(kernel, pid)) return postSlot(kernel, pid, message)
  const cargo = cargoOf(message)
  if (cargo !== undefined) {
    if (postTransfer(kernel, pid, message as object, cargo, 0) === STAYS_HERE) postSlot(kernel, pid, message)
    return
  }
  const length = encodeFor(kernel, pid, message)
  words[ARGUMENTS] = OP_SEND
  putLong(words, ARGUMENTS + 1, pid)
  words[ARGUMENTS + 3] = length
  words[SCRATCH_LEN] = length
  kernel.submit()
}

/** Sends a message with cargo to where it must be encoded; `terms` are PASSAGE bits. What became of it; nothing is sent if it stays here. */
export const postTransfer = (
  kernel: Kernel,
  pid: number,
  message: object,
  cargo: readonly object[],
  terms: number,
): number => {
  const { words, codec } = kernel
  const piece = codec.encodeAround(message, 'message', cargo)
  refuseDetached(cargo)
  const valueGoes = kernel.settings.messages !== 'clone'
  words[ARGUMENTS] = OP_ANCHOR
  putLong(words, ARGUMENTS + 1, pid)
  words[ARGUMENTS + 3] = terms | (valueGoes ? PASSAGE_BY_REFERENCE : 0)
  words[SCRATCH_LEN] = 0
  kernel.submit()
  const offered = words[ARGUMENTS + 1]!
  if (offered !== OFFER_ACCEPTED) return offered
  const seat = words[ARGUMENTS + 2]!
  if (valueGoes && seat === kernel.id) return STAYS_HERE
  const hasPlace = words[ARGUMENTS + 4] === 1
  const number = carry(kernel, pid, seat, words[ARGUMENTS + 3]!, cargo, hasPlace)
  if (number === 0) {
    if ((terms & PASSAGE_GRANTED) !== 0) giveBackPlace(kernel, pid)
    return terms === 0 ? dropped(kernel, pid, seat) : OFFER_NOPROC
  }
  forgetCargo(message)
  words[ARGUMENTS] = OP_SEND_TRANSFER
  putLong(words, ARGUMENTS + 1, pid)
  words[ARGUMENTS + 3] = piece.length
  words[ARGUMENTS + 4] = seat
  putLong(words, ARGUMENTS + 5, number)
  words[ARGUMENTS + 7] = terms
  codec.pieces = [piece]
  kernel.submit()
  return words[ARGUMENTS + 1]!
}

/** Node moves what has been moved away already, as nothing. */
const refuseDetached = (cargo: readonly object[]): void => {
  cargo.forEach((item, i) => {
    if (!(item instanceof ArrayBuffer)) return
    try {
      new Uint8Array(item)
    } catch (cause) {
      throw new UncrossableError(`list[${i}]`, 'an ArrayBuffer that has been moved away', { cause })
    }
  })
}

const carry = (
  kernel: Kernel,
  pid: number,
  seat: number,
  sitter: number,
  cargo: readonly object[],
  hasPlace: boolean,
): number => {
  let number = 0
  try {
    number = kernel.around.carrier.carry(seat, sitter, cargo)
    return number
  } catch (cause) {
    throw new UncrossableError('list', `something that cannot move: ${(cause as Error).message}`, { cause })
  } finally {
    if (number === 0 && hasPlace) giveBackPlace(kernel, pid)
  }
}

const giveBackPlace = (kernel: Kernel, pid: number): void => {
  kernel.words[ARGUMENTS] = OP_GIVE_BACK_PLACE
  putLong(kernel.words, ARGUMENTS + 1, pid)
  kernel.submit()
}

/** The thread has gone that was to take it, and its host has not noticed. */
const dropped = (kernel: Kernel, pid: number, seat: number): number => {
  kernel.counts[COUNT_LOCAL_ACCEPTED]!++
  kernel.counts[COUNT_DROPPED_NOBODY]!++
  const error = new Error(`scheduler ${seat} is not there`)
  crashReport(kernel, pid, 'a message could not be transferred and was dropped', error)
  return OFFER_NOPROC
}
