// What offers ask of Rust: is there a place, tell me when there is one, here is one back. One function per submission.

import {
  ARGUMENTS,
  OP_GIVE_BACK_PLACE,
  OP_GIVE_PLACES,
  OP_OFFER,
  OP_OFFER_SLOT,
  OP_WANT,
  SCRATCH_LEN,
} from '../native/layout.ts'
import type { Kernel } from './kernel.ts'
import { byReference, lend, putLong } from './post.ts'

/** The receiver is gone. */
export const OFFER_NOPROC = 0
/** The message is in the mailbox. */
export const OFFER_ACCEPTED = 1
/** There is no place. */
export const OFFER_FULL = 2

/** Sends if there is a place, or if one `isGranted`. */
export const postOffer = (kernel: Kernel, pid: number, message: unknown, isGranted: boolean): number => {
  const { words } = kernel
  const local = byReference(kernel, pid)
  const length = local ? 0 : kernel.codec.encode(message, 'message')
  const slot = local ? lend(kernel, message) : 0
  words[ARGUMENTS] = local ? OP_OFFER_SLOT : OP_OFFER
  putLong(words, ARGUMENTS + 1, pid)
  words[ARGUMENTS + 3] = local ? slot : length
  words[ARGUMENTS + 4] = isGranted ? 1 : 0
  words[SCRATCH_LEN] = length
  kernel.submit()
  const answer = words[ARGUMENTS + 1]!
  if (local && answer !== OFFER_ACCEPTED) kernel.slots.take(slot)
  return answer
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
