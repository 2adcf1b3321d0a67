// Posts: what leaves a process for another by a submission. Messages that do not go by reference, signals, spawns of
// definitions. One function per operation; each fills the words of the page and answers what came back.

import { badArgument, RumpusError, UncrossableError } from '../errors.ts'
import {
  ANSWERED_SEAT,
  ARGUMENTS,
  BIRTH,
  BIRTH_CAPACITY,
  BIRTH_HIGH,
  BIRTH_IS_RENTED,
  BIRTH_LOW,
  BIRTH_OVERFLOW_SHIFT,
  BIRTH_PARENT,
  BIRTH_RENTED,
  COUNT_SPAWNED,
  ENDED,
  ENDED_FIRST,
  ENDED_MAX,
  HIGH,
  INDEX_BITS,
  INDEX_MASK,
  OP_DEMONITOR,
  OP_EXIT,
  OP_EXITING,
  OP_GIVE_BACK,
  OP_IS_ALIVE,
  OP_LINK,
  OP_MONITOR,
  OP_NOTE,
  OP_REFILL,
  OP_RENT,
  OP_SEND_SLOT,
  OP_SPAWN,
  OP_SPAWN_HERE,
  OP_TRAP_EXITS,
  OP_UNLINK,
  REASON_KILL,
  SCRATCH_LEN,
  SENT,
  SENT_FIRST,
  SENT_MAX,
  STOCK,
  STOCKED,
} from '../native/layout.ts'
import type { ExitReason } from '../types.ts'
import { cargoOf } from './cargo.ts'
import { freezeDeep } from './codec/freeze.ts'
import type { Kernel } from './kernel.ts'
import { kernels } from './kernels.ts'
import { GATE_NATIVE, highOf, PRIORITY_HIGH, PRIORITY_LOW, PRIORITY_NORMAL, QUEUED_BEGIN } from './process.ts'
import { encodeReason } from './reasons.ts'

/** Throws if `pid` is none. */
export const checkPid = (pid: unknown): void => {
  if (!Number.isSafeInteger(pid) || (pid as number) <= 0) throw badArgument(TypeError, 'pid', 'a pid', pid)
}

/** The kernel in this isolate of the runtime that `pid` names, if it has not stopped. */
export const findKernel = (pid: number): Kernel | undefined => {
  checkPid(pid)
  return kernels[(pid | 0) >>> INDEX_BITS]
}

/** The same, for those who cannot do without. */
export const kernelOf = (pid: number): Kernel => {
  const kernel = findKernel(pid)
  if (kernel === undefined)
    throw new RumpusError('ERR_RUMPUS_STOPPED', `no runtime of pid ${pid} is known in this thread`)
  return kernel
}

/** What ties processes stays within a runtime: a false death would be worse than none. */
export const checkOurs = (kernel: Kernel, pid: number): void => {
  if (kernelOf(pid) !== kernel) throw badArgument(TypeError, 'pid', 'a pid of the same runtime', pid)
}

/** Writes a whole number within 53 bits. */
export const putLong = (words: Int32Array, at: number, long: number): void => {
  words[at] = long | 0
  words[at + 1] = highOf(long)
}

/** Reads one that is not negative. */
export const longAt = (words: Int32Array, at: number): number => words[at + 1]! * HIGH + (words[at]! >>> 0)

/** The number that a submission answered. */
export const answer = (words: Int32Array): number => longAt(words, ARGUMENTS + 1)

/** Milliseconds as Rust counts time, rounded up. */
export const microseconds = (ms: number): number => Math.ceil(ms * 1000)

/** How long to wait from now. What is to come at once cannot be early. */
export const fromNow = (ms: number): number => (ms === 0 ? 0 : microseconds(ms) + 1)

/** Whether messages to `pid` stay in this isolate: it has begun here, so it will go nowhere, and nobody asked for copies. */
export const byReference = (kernel: Kernel, pid: number): boolean => {
  if (kernel.settings.messages === 'clone') return false
  const process = kernel.procs[pid & INDEX_MASK]
  if (process === undefined || process.high !== highOf(pid)) return false
  if (process.gate !== GATE_NATIVE) return true
  const isWatchedOver = kernel.nativeLane || process.priority !== PRIORITY_NORMAL || process.bound !== undefined
  return isWatchedOver && !(process.definition >= 0 && process.parked === QUEUED_BEGIN)
}

/** The slot in which a message for this isolate waits. In the mode 'freeze' it must be able to cross, and is frozen. */
export const lend = (kernel: Kernel, message: unknown): number => {
  if (kernel.settings.messages === 'freeze') {
    const cargo = cargoOf(message)
    if (cargo === undefined) kernel.codec.check(message, 'message')
    else kernel.codec.encodeAround(message as object, 'message', cargo)
    freezeDeep(message)
  }
  return kernel.slots.keep(message)
}

/**
 * Encodes a message for `to`; how long that is. To one that has ended, or must, it makes no difference what cannot cross: it is dropped as
 * all else is, so that no sender fails for an end that it cannot know of.
 */
export const encodeFor = (kernel: Kernel, to: number, message: unknown): number => {
  try {
    return kernel.codec.encode(message, 'message')
  } catch (error) {
    if (!(error instanceof UncrossableError) || askAlive(kernel, to)) throw error
    return kernel.codec.encode(undefined, 'message')
  }
}

/** Sends the value itself, to a process of this isolate, by its native mailbox. */
export const postSlot = (kernel: Kernel, pid: number, message: unknown): void => {
  const { words } = kernel
  const slot = lend(kernel, message)
  if (mayNoteSent(kernel, pid)) return noteSent(kernel, pid, slot)
  words[ARGUMENTS] = OP_SEND_SLOT
  putLong(words, ARGUMENTS + 1, pid)
  words[ARGUMENTS + 3] = slot
  words[SCRATCH_LEN] = 0
  kernel.submit()
  // Its own, or that of another that was dropped for it.
  const free = words[ARGUMENTS + 1]!
  if (free !== 0) kernel.slots.take(free - 1)
}

/** What a process is given at birth, beside its body. */
export interface Birth {
  /** BIRTH bits. */
  readonly given: number
  /** To whom it is tied from the start, if those bits say so. */
  readonly parent: number
  /** The slot that was rented for it, or 0. */
  readonly rented: number
  /** Messages that may wait for it, if those bits say that there is a bound. */
  readonly capacity: number
}

/** Nothing but a body. */
export const PLAIN_BIRTH: Birth = { given: 0, parent: 0, rented: 0, capacity: 0 }

/** The priority of a process born so. */
export const priorityOf = ({ given }: Birth): number =>
  (given & BIRTH_HIGH) !== 0 ? PRIORITY_HIGH : (given & BIRTH_LOW) !== 0 ? PRIORITY_LOW : PRIORITY_NORMAL

/** What becomes of what has no place in the mailbox of a process born so: an OVERFLOW number, 0 where there is always one. */
export const overflowOf = ({ given }: Birth): number => (given >> BIRTH_OVERFLOW_SHIFT) & 3

const putBirth = (words: Int32Array, birth: Birth): void => {
  words[BIRTH] = birth.given
  if (birth.given === 0) return
  putLong(words, BIRTH_PARENT, birth.parent)
  if ((birth.given & BIRTH_IS_RENTED) !== 0) putLong(words, BIRTH_RENTED, birth.rented)
  words[BIRTH_CAPACITY] = birth.capacity
}

/** The reference of the monitor that the last spawn came with. */
export const referenceOf = (kernel: Kernel): number => longAt(kernel.words, ARGUMENTS + 3)

/** Rents a slot for a process to come. */
export const postRent = (kernel: Kernel): number => {
  kernel.words[ARGUMENTS] = OP_RENT
  kernel.submit()
  return answer(kernel.words)
}

/** Gives it back, and the name it got. */
export const postGiveBack = (kernel: Kernel, rented: number): void => {
  kernel.words[ARGUMENTS] = OP_GIVE_BACK
  putLong(kernel.words, ARGUMENTS + 1, rented)
  kernel.submit()
}

/** Spawns a process whose body is a closure of this isolate, and which is given more than that. */
export const postSpawnHere = (kernel: Kernel, birth: Birth): number => {
  const { words } = kernel
  words[ARGUMENTS] = OP_SPAWN_HERE
  putBirth(words, birth)
  kernel.submit()
  return answer(words)
}

/** Takes a process out of the stock that Rust keeps here, so that not every spawn is a crossing. */
export const takeStocked = (kernel: Kernel): number => {
  const { words } = kernel
  if (words[STOCKED] === 0) {
    words[ARGUMENTS] = OP_REFILL
    kernel.submit()
  }
  const left = words[STOCKED]! - 1
  words[STOCKED] = left
  kernel.counts[COUNT_SPAWNED]!++
  return longAt(words, STOCK + 2 * left)
}

/** The body of a process has returned, and that is all: Rust hears of it with the next crossing, before all else. */
export const noteEnded = (kernel: Kernel, index: number): void => {
  const { words } = kernel
  const ended = words[ENDED]!
  words[ENDED_FIRST + ended] = index
  words[ENDED] = ended + 1
  if (ended + 1 === ENDED_MAX) postNote(kernel)
  else if (!kernel.armed) kernel.arm()
}

/** Only a mailbox with a bound answers, only those of high priority are in a hurry, and what is traced is told one by one. */
const mayNoteSent = (kernel: Kernel, pid: number): boolean => {
  const process = kernel.procs[pid & INDEX_MASK]
  if (process === undefined || process.bound !== undefined || process.priority !== PRIORITY_NORMAL) return false
  return kernel.around.makeProcess === undefined
}

/** A value has been sent to a process of this isolate: Rust hears of it with the next crossing, before all else. */
const noteSent = (kernel: Kernel, pid: number, slot: number): void => {
  const { words } = kernel
  const sent = words[SENT]!
  const at = SENT_FIRST + 3 * sent
  putLong(words, at, pid)
  words[at + 2] = slot
  words[SENT] = sent + 1
  if (sent + 1 === SENT_MAX) postNote(kernel)
  else if (!kernel.armed) kernel.arm()
}

/** Has Rust note what was done here without a crossing. */
export const postNote = (kernel: Kernel): void => {
  kernel.words[ARGUMENTS] = OP_NOTE
  kernel.submit()
}

/** Spawns a definition; `at` is a scheduler's number, AT_ANY or AT_HERE. */
export const postSpawn = (
  kernel: Kernel,
  definition: number,
  args: unknown[],
  at: number,
  birth: Birth = PLAIN_BIRTH,
): number => {
  const { words } = kernel
  const length = kernel.codec.encode(args, 'arguments')
  putBirth(words, birth)
  words[ARGUMENTS] = OP_SPAWN
  words[ARGUMENTS + 1] = definition
  words[ARGUMENTS + 2] = at
  words[ARGUMENTS + 3] = length
  words[SCRATCH_LEN] = length
  kernel.submit()
  return answer(words)
}

const postPair = (kernel: Kernel, operation: number, from: number, to: number): void => {
  const { words } = kernel
  words[ARGUMENTS] = operation
  putLong(words, ARGUMENTS + 1, from)
  putLong(words, ARGUMENTS + 3, to)
  words[SCRATCH_LEN] = 0
  kernel.submit()
}

export const postLink = (kernel: Kernel, from: number, to: number): void => postPair(kernel, OP_LINK, from, to)

export const postUnlink = (kernel: Kernel, from: number, to: number): void => postPair(kernel, OP_UNLINK, from, to)

export const postMonitor = (kernel: Kernel, from: number, to: number): number => {
  postPair(kernel, OP_MONITOR, from, to)
  return answer(kernel.words)
}

/** Takes a monitor back; with `flush` also the news of it that is under way here. */
export const postDemonitor = (kernel: Kernel, from: number, reference: number, flush: boolean): void => {
  const { words } = kernel
  words[ARGUMENTS] = OP_DEMONITOR
  putLong(words, ARGUMENTS + 1, from)
  putLong(words, ARGUMENTS + 3, reference)
  words[ARGUMENTS + 5] = flush ? 1 : 0
  kernel.submit()
}

/** Asks `to` to end; `kill` makes it untrappable. */
export const postExit = (kernel: Kernel, from: number, to: number, reason: ExitReason, kill: boolean): void => {
  const { words } = kernel
  const { kind, length } = encodeReason(kernel.codec, reason)
  words[ARGUMENTS] = OP_EXIT
  putLong(words, ARGUMENTS + 1, from)
  putLong(words, ARGUMENTS + 3, to)
  words[ARGUMENTS + 5] = kill ? REASON_KILL : kind
  words[SCRATCH_LEN] = length
  kernel.submit()
  // Answered of a kill only: a body that keeps a thread of its own must be made to let go.
  if (words[ANSWERED_SEAT] !== 0) kernel.around.killed(words[ANSWERED_SEAT]!, to)
}

/** A process ends by itself: for others it lives no longer. */
export const postExiting = (kernel: Kernel, pid: number): void => {
  kernel.words[ARGUMENTS] = OP_EXITING
  putLong(kernel.words, ARGUMENTS + 1, pid)
  kernel.submit()
}

export const postTrapExits = (kernel: Kernel, of: number, traps: boolean): void => {
  const { words } = kernel
  words[ARGUMENTS] = OP_TRAP_EXITS
  putLong(words, ARGUMENTS + 1, of)
  words[ARGUMENTS + 3] = traps ? 1 : 0
  words[SCRATCH_LEN] = 0
  kernel.submit()
}

export const askAlive = (kernel: Kernel, pid: number): boolean => {
  const { words } = kernel
  words[ARGUMENTS] = OP_IS_ALIVE
  putLong(words, ARGUMENTS + 1, pid)
  words[SCRATCH_LEN] = 0
  kernel.submit()
  return words[ARGUMENTS + 1] === 1
}
