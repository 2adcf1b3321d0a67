// Posts: what leaves a process for another by a submission. Messages that do not go by reference, signals, spawns of
// definitions. One function per operation; each fills the words of the page and answers what came back.

import { badArgument, RumpusError } from '../errors.ts'
import {
  ARGUMENTS,
  HIGH,
  INDEX_BITS,
  INDEX_MASK,
  OP_DEMONITOR,
  OP_EXIT,
  OP_IS_ALIVE,
  OP_LINK,
  OP_MONITOR,
  OP_SEND,
  OP_SEND_SLOT,
  OP_SPAWN,
  OP_TRAP_EXITS,
  OP_UNLINK,
  REASON_KILL,
  SCRATCH_LEN,
} from '../native/layout.ts'
import type { ExitReason } from '../types.ts'
import type { Kernel } from './kernel.ts'
import { kernels } from './kernels.ts'
import { highOf } from './process.ts'
import { encodeReason } from './reasons.ts'

/** The kernel in this isolate of the runtime that `pid` names, if it has not stopped. */
export const findKernel = (pid: number): Kernel | undefined => {
  if (typeof pid !== 'number' || !Number.isSafeInteger(pid) || pid <= 0) {
    throw badArgument(TypeError, 'pid', 'a pid', pid)
  }
  return kernels[(pid | 0) >>> INDEX_BITS]
}

/** The same, for those who cannot do without. */
export const kernelOf = (pid: number): Kernel => {
  const kernel = findKernel(pid)
  if (kernel === undefined)
    throw new RumpusError('ERR_RUMPUS_STOPPED', `no runtime of pid ${pid} is known in this thread`)
  return kernel
}

const putPid = (words: Int32Array, at: number, pid: number): void => {
  words[at] = pid | 0
  words[at + 1] = highOf(pid)
}

const answer = (words: Int32Array): number => words[ARGUMENTS + 2]! * HIGH + (words[ARGUMENTS + 1]! >>> 0)

/** Sends by the native mailbox. */
export const postMessage = (kernel: Kernel, pid: number, message: unknown): void => {
  const { words } = kernel
  if (kernel.detached) throw new RumpusError('ERR_RUMPUS_STOPPED', 'the runtime has stopped')
  if (kernel.nativeLane) {
    const process = kernel.procs[pid & INDEX_MASK]
    if (process !== undefined && process.high === highOf(pid)) return postSlot(kernel, pid, message)
  }
  const length = kernel.codec.encode(message, 'message')
  words[ARGUMENTS] = OP_SEND
  putPid(words, ARGUMENTS + 1, pid)
  words[ARGUMENTS + 3] = length
  words[SCRATCH_LEN] = length
  kernel.submit()
}

const postSlot = (kernel: Kernel, pid: number, message: unknown): void => {
  const { words } = kernel
  const slot = kernel.keepSlot(message)
  words[ARGUMENTS] = OP_SEND_SLOT
  putPid(words, ARGUMENTS + 1, pid)
  words[ARGUMENTS + 3] = slot
  words[SCRATCH_LEN] = 0
  kernel.submit()
  if (words[ARGUMENTS + 1] === 0) kernel.takeSlot(slot)
}

/** Spawns a definition; `at` is a scheduler's number, AT_ANY or AT_HERE. */
export const postSpawn = (kernel: Kernel, definition: number, args: unknown[], at: number): number => {
  const { words } = kernel
  const length = kernel.codec.encode(args, 'arguments')
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
  putPid(words, ARGUMENTS + 1, from)
  putPid(words, ARGUMENTS + 3, to)
  words[SCRATCH_LEN] = 0
  kernel.submit()
}

export const postLink = (kernel: Kernel, from: number, to: number): void => postPair(kernel, OP_LINK, from, to)

export const postUnlink = (kernel: Kernel, from: number, to: number): void => postPair(kernel, OP_UNLINK, from, to)

export const postMonitor = (kernel: Kernel, from: number, to: number): number => {
  postPair(kernel, OP_MONITOR, from, to)
  return answer(kernel.words)
}

export const postDemonitor = (kernel: Kernel, from: number, reference: number): void =>
  postPair(kernel, OP_DEMONITOR, from, reference)

/** Asks `to` to end; `kill` makes it untrappable. */
export const postExit = (kernel: Kernel, from: number, to: number, reason: ExitReason, kill: boolean): void => {
  const { words } = kernel
  const { kind, length } = encodeReason(kernel.codec, reason)
  words[ARGUMENTS] = OP_EXIT
  putPid(words, ARGUMENTS + 1, from)
  putPid(words, ARGUMENTS + 3, to)
  words[ARGUMENTS + 5] = kill ? REASON_KILL : kind
  words[SCRATCH_LEN] = length
  kernel.submit()
}

export const postTrapExits = (kernel: Kernel, of: number, traps: boolean): void => {
  const { words } = kernel
  words[ARGUMENTS] = OP_TRAP_EXITS
  putPid(words, ARGUMENTS + 1, of)
  words[ARGUMENTS + 3] = traps ? 1 : 0
  words[SCRATCH_LEN] = 0
  kernel.submit()
}

export const askAlive = (kernel: Kernel, pid: number): boolean => {
  const { words } = kernel
  words[ARGUMENTS] = OP_IS_ALIVE
  putPid(words, ARGUMENTS + 1, pid)
  words[SCRATCH_LEN] = 0
  kernel.submit()
  return words[ARGUMENTS + 1] === 1
}
