// Young timers: messages for later to processes of this isolate that have not been handed to Rust yet, because most are cancelled
// before anything else happens. Owns their names, which Rust gives out in stocks, and the moment each began. They are handed
// over before any other crossing, so nobody who can hear of one finds it missing; the wheel knows nothing of those that were
// cancelled before. A name is never used again.

import {
  ARGUMENTS,
  INDEX_MASK,
  NAMED,
  OP_REFILL_TIMERS,
  OP_SEND_SLOT_AFTER,
  SCRATCH_LEN,
  TIMER_STOCK,
  TIMER_STOCK_MAX,
} from '../native/layout.ts'
import type { Kernel } from './kernel.ts'
import { fromNow, longAt, microseconds, putLong } from './post.ts'

/** Words that a crossing may leave behind for its caller. */
const SAVED_WORDS = 16

/** Keeps a message for later; its timer. */
export const keepYoung = (kernel: Kernel, pid: number, message: unknown, ms: number): number => {
  if (kernel.young.names === 0) refill(kernel)
  const at = TIMER_STOCK + 2 * --kernel.young.names
  const timer = longAt(kernel.words, at)
  kernel.young.list.push({ timer, at, pid, message, ms, since: kernel.loop.now() })
  if (!kernel.armed) kernel.arm()
  return timer
}

/** Writes for whom a message for later is, in how many milliseconds, and its name, or 0. */
export const putAfter = (words: Int32Array, pid: number, ms: number, period: number, timer: number): void => {
  putLong(words, ARGUMENTS + 1, pid)
  putLong(words, ARGUMENTS + 4, fromNow(ms))
  putLong(words, ARGUMENTS + 6, microseconds(period))
  putLong(words, NAMED, timer)
}

const refill = (kernel: Kernel): void => {
  if (kernel.young.list.length > 0) handYoungOver(kernel)
  kernel.words[ARGUMENTS] = OP_REFILL_TIMERS
  kernel.submit()
  kernel.young.names = TIMER_STOCK_MAX
}

/** Takes a young timer back; the milliseconds it had left, or nothing if it is none of them. */
export const cancelYoung = (kernel: Kernel, timer: number): number | undefined => {
  const young = kernel.young.list
  for (let i = young.length - 1; i >= 0; i--) {
    const one = young[i]!
    if (one.timer !== timer) continue
    if (i === young.length - 1) young.pop()
    else young.splice(i, 1)
    const process = kernel.procs[one.pid & INDEX_MASK]
    if (process?.pid !== one.pid || process.exiting !== undefined) return undefined
    return Math.ceil(Math.max(0, one.ms - (kernel.loop.now() - one.since)))
  }
  return undefined
}

/** Hands over what is young. May come in the middle of another submission, whose words it leaves as they were. */
export const handYoungOver = (kernel: Kernel): void => {
  const { words } = kernel
  const saved = words.slice(ARGUMENTS, ARGUMENTS + SAVED_WORDS)
  if (kernel.young.questions.length > 0) growUp(kernel)
  const young = kernel.young.list
  const now = kernel.loop.now()
  for (const one of young) {
    words[ARGUMENTS] = OP_SEND_SLOT_AFTER
    words[ARGUMENTS + 3] = kernel.slots.keep(one.message)
    words[SCRATCH_LEN] = 0
    putAfter(words, one.pid, Math.max(0, one.ms - (now - one.since)), 0, one.timer)
    kernel.native.submit()
    putLong(words, one.at, 0)
  }
  young.length = 0
  words.set(saved, ARGUMENTS)
}

/** From now on Rust watches who is asked. What they submit themselves finds them gone from here. */
const growUp = (kernel: Kernel): void => {
  const questions = kernel.young.questions.splice(0)
  const { codec } = kernel
  // Bytes that the submission under way has outside the scratch buffer are not for what comes before it.
  const { pieces } = codec
  codec.pieces = undefined
  for (const question of questions) question.grow()
  codec.pieces = pieces
}
