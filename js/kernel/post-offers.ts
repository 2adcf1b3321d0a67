// What offers ask of Rust: is there a place, tell me when there is one, here is one back. One function per submission.

import {
  ARGUMENTS,
  OP_GIVE_BACK_PLACE,
  OP_GIVE_PLACES,
  OP_OFFER,
  OP_OFFER_SLOT,
  OP_WANT,
  PASSAGE_GRANTED,
  PASSAGE_OFFER,
  SCRATCH_LEN,
} from '../native/layout.ts'
import { cargoOf } from './cargo.ts'
import type { Kernel } from './kernel.ts'
import { byReference, encodeFor, lend, putLong } from './post.ts'
import { OFFER_ACCEPTED, postTransfer, STAYS_HERE } from './post-messages.ts'

/** Sends if there is a place, or if one `isGranted`. */
export const postOffer = (kernel: Kernel, pid: number, message: unknown, isGranted: boolean): number => {
  if (byReference(kernel, pid)) return offerSlot(kernel, pid, message, isGranted)
  const cargo = cargoOf(message)
  if (cargo !== undefined) {
    const terms = PASSAGE_OFFER | (isGranted ? PASSAGE_GRANTED : 0)
    const offered = postTransfer(kernel, pid, message as object, cargo, terms)
    return offered === STAYS_HERE ? offerSlot(kernel, pid, message, isGranted) : offered
  }
  const length = encodeFor(kernel, pid, message)
  return submitOffer(kernel, OP_OFFER, pid, length, isGranted, length)
}

const offerSlot = (kernel: Kernel, pid: number, message: unknown, isGranted: boolean): number => {
  const slot = lend(kernel, message)
  const answer = submitOffer(kernel, OP_OFFER_SLOT, pid, slot, isGranted, 0)
  if (answer !== OFFER_ACCEPTED) kernel.slots.take(slot)
  return answer
}

const submitOffer = (
  kernel: Kernel,
  operation: number,
  pid: number,
  what: number,
  isGranted: boolean,
  length: number,
): number => {
  const { words } = kernel
  words[ARGUMENTS] = operation
  putLong(words, ARGUMENTS + 1, pid)
  words[ARGUMENTS + 3] = what
  words[ARGUMENTS + 4] = isGranted ? 1 : 0
  words[SCRATCH_LEN] = length
  kernel.submit()
  return words[ARGUMENTS + 1]!
}

/** Has the process `from` of this kernel told under `offer` when `pid` has a place; false if it is gone. */
export const postWant = (kernel: Kernel, pid: number, from: number, offer: number): boolean => {
  const { words } = kernel
  words[ARGUMENTS] = OP_WANT
  putLong(words, ARGUMENTS + 1, pid)
  putLong(words, ARGUMENTS + 3, from)
  words[ARGUMENTS + 5] = offer
  kernel.submit()
  return words[ARGUMENTS + 1] === 1
}

/** A place that was granted is not needed. */
export const postGiveBackPlace = (kernel: Kernel, pid: number): void => {
  kernel.words[ARGUMENTS] = OP_GIVE_BACK_PLACE
  putLong(kernel.words, ARGUMENTS + 1, pid)
  kernel.submit()
}

/** The process `pid` of this kernel has taken so many messages. */
export const postPlaces = (kernel: Kernel, pid: number, places: number): void => {
  kernel.words[ARGUMENTS] = OP_GIVE_PLACES
  putLong(kernel.words, ARGUMENTS + 1, pid)
  kernel.words[ARGUMENTS + 3] = places
  kernel.submit()
}
