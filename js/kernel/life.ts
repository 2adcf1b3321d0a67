// The life of a process in its isolate: made, begun, ended. Maps how a body settles to an exit reason. A body's own promise
// is always handled here, so it never becomes an unhandled rejection.

import { ProcessExit } from '../errors.ts'
import {
  ARGUMENTS,
  BIRTH_SERVES,
  COUNT_DROPPED_DIED,
  INDEX_MASK,
  NOW_MS,
  OP_FINISH,
  RESUMED,
  SCRATCH_LEN,
  STARTED,
} from '../native/layout.ts'
import type { ExitReason } from '../types.ts'
import { Bound } from './bound.ts'
import { births, ends, tellBirth, tellEnd } from './channels.ts'
import { crashReport } from './crash.ts'
import type { Kernel } from './kernel.ts'
import {
  type Birth,
  noteEnded,
  overflowOf,
  postExiting,
  postSpawnHere,
  priorityOf,
  putLong,
  takeStocked,
} from './post.ts'
import { stopWaiting } from './post-timers.ts'
import {
  type Body,
  GATE_EXITING,
  GATE_NATIVE,
  GATE_OPEN,
  LOOKING,
  PRIORITY_NORMAL,
  Process,
  QUEUED,
  QUEUED_BEGIN,
  RUNNING,
  rareOf,
  type Thrown,
} from './process.ts'
import { describe, encodeReason } from './reasons.ts'

/** How long a body that was told to end may take to unwind, in milliseconds. */
export const GRACE_MS = 5_000

/** Those that have heard one out wait for another, so many of them. */
const ENDINGS_MAX = 1024
const endings: Ending[] = []
const { then } = Promise.prototype
const NORMAL: ExitReason = { kind: 'normal' }

/** Makes a process of this scheduler whose body is a closure. */
export const spawnHere = (kernel: Kernel, body: Body): Process => {
  const pid = takeStocked(kernel)
  const process = admit(kernel, pid, kernel.nativeLane ? GATE_NATIVE : GATE_OPEN, body)
  if (births.hasSubscribers) tellBirth(kernel, process)
  kernel.pushBack(process)
  return process
}

/** The same, given more than a body. */
export const spawnHereWith = (kernel: Kernel, body: Body, birth: Birth): Process => {
  if (birth.given === 0) return spawnHere(kernel, body)
  const pid = postSpawnHere(kernel, birth)
  const priority = priorityOf(birth)
  const overflow = overflowOf(birth)
  const watchedOver = kernel.nativeLane || priority !== PRIORITY_NORMAL || overflow !== 0
  const process = admit(kernel, pid, watchedOver ? GATE_NATIVE : GATE_OPEN, body)
  process.priority = priority
  if (overflow !== 0) process.bound = new Bound(birth.capacity, overflow)
  if (births.hasSubscribers && (birth.given & BIRTH_SERVES) === 0) tellBirth(kernel, process)
  kernel.pushBack(process)
  return process
}

/** A definition process that this scheduler was told to start. It begins in the order in which it was told. */
export const startDefinition = (
  kernel: Kernel,
  pid: number,
  index: number,
  definition: number,
  life: number,
  args: () => unknown,
): void => {
  const process = admit(kernel, pid, GATE_NATIVE, bodyOf(kernel, definition, args))
  process.definition = definition
  // Priority in two bits, overflow in two, capacity.
  process.priority = life & 3
  if (life >> 2 !== 0) process.bound = new Bound(life >> 4, (life >> 2) & 3)
  if (births.hasSubscribers) tellBirth(kernel, process)
  // Begins in the order of the others, whatever its priority: the count of those that have begun says which they are.
  kernel.append(index)
}

/** The body of a definition with its arguments; one that throws why there is none. */
const bodyOf = (kernel: Kernel, definition: number, args: () => unknown): Body => {
  try {
    const given = args() as never[]
    const found = kernel.around.definition(kernel, definition)
    if ('error' in found) throw found.error
    const { body } = found
    return given.length === 0 ? body : (self: never) => body(self, ...given)
  } catch (error) {
    return () => {
      throw error
    }
  }
}

const admit = (kernel: Kernel, pid: number, gate: number, body: Body): Process => {
  const { procs } = kernel
  const index = pid & INDEX_MASK
  while (procs.length <= index) procs.push(undefined)
  const serial = kernel.serials++
  const { makeProcess } = kernel.around
  const process =
    makeProcess === undefined
      ? new Process(kernel, pid, index, gate, body, serial)
      : makeProcess(kernel, pid, index, gate, body, serial)
  procs[index] = process
  return process
}

/** Runs the body of a process that has come off the run ring. */
export const beginBody = (kernel: Kernel, process: Process): void => {
  if (process.definition >= 0) kernel.words[STARTED]!++
  if (process.exiting !== undefined) {
    finish(kernel, process, process.exiting)
    return
  }
  const body = process.handed as (self: unknown) => unknown
  process.handed = undefined
  process.since = kernel.words[NOW_MS]!
  let settling: unknown
  try {
    settling = body(process)
    if (settling instanceof Promise && settling.then === then) return awaitEnd(process, settling)
    // A `then` of the user's own may throw, or call more than once.
    if (typeof (settling as PromiseLike<unknown> | undefined)?.then === 'function') {
      return awaitEnd(process, new Promise((resolve) => resolve(settling)))
    }
  } catch (error) {
    endByError(kernel, process, error)
    return
  }
  finish(kernel, process, NORMAL, settling)
}

const awaitEnd = (process: Process, settling: Promise<unknown>): void => {
  const ending = endings.pop() ?? new Ending()
  ending.process = process
  settling.then(ending.onValue, ending.onError)
}

/**
 * Hears how a body settles, once, and then another: what V8 has seen called before it calls at once, and a process makes no
 * garbage of it.
 */
class Ending {
  process: Process | undefined = undefined
  readonly onValue: (value: unknown) => void
  readonly onError: (error: unknown) => void

  constructor() {
    this.onValue = (value) => {
      const process = this.free()
      finish(process.home as Kernel, process, NORMAL, value)
    }
    this.onError = (error) => {
      const process = this.free()
      endByError(process.home as Kernel, process, error)
    }
  }

  private free(): Process {
    const process = this.process!
    this.process = undefined
    if (endings.length < ENDINGS_MAX) endings.push(this)
    return process
  }
}

const endByError = (kernel: Kernel, process: Process, error: unknown): void => {
  // Why it ends is known, and to describe what it threw on the way would cost more than all else.
  if (process.exiting !== undefined) return finish(kernel, process, process.exiting, undefined, { error })
  crashReport(kernel, process.pid, 'a body failed', error)
  finish(kernel, process, { kind: 'error', error: describe(error) }, undefined, { error })
}

/** A body has settled, or never will: the process is dead. */
export const finish = (
  kernel: Kernel,
  process: Process,
  reason: ExitReason,
  value?: unknown,
  thrown?: Thrown,
): void => {
  if (process.ended) return
  process.ended = true
  const final = process.exiting ?? reason
  process.gate = GATE_EXITING
  process.exiting ??= final
  process.rare?.grace?.()
  const { unwinding } = kernel
  if (unwinding.length > 0 && unwinding[unwinding.length - 1] === process) unwinding.pop()
  forget(kernel, process)
  if (process.buried) kernel.abandoned.delete(process)
  else if (!kernel.detached) bury(kernel, process, final)
  tell(process, final, value, thrown)
  kernel.next()
}

/** Takes a dead process out of the isolate's table; what it had not taken is dropped with it. */
const forget = (kernel: Kernel, process: Process): void => {
  kernel.counts[COUNT_DROPPED_DIED]! += process.waiting
  process.drop()
  letGo(kernel, process)
  process.rare?.aborter?.abort(new ProcessExit(process.exiting))
  if (kernel.procs[process.index] !== process) return
  kernel.procs[process.index] = undefined
  if (ends.hasSubscribers) tellEnd(kernel, process)
}

const bury = (kernel: Kernel, process: Process, reason: ExitReason): void => {
  if (reason.kind === 'normal') {
    // Whoever was asked must be watched before Rust hears that it has ended.
    if (kernel.young.questions.length > 0) kernel.around.handYoungOver(kernel)
    return noteEnded(kernel, process.index)
  }
  const { words } = kernel
  const { kind, length } = encodeReason(kernel.codec, reason)
  words[ARGUMENTS] = OP_FINISH
  putLong(words, ARGUMENTS + 1, process.pid)
  words[ARGUMENTS + 3] = kind
  words[SCRATCH_LEN] = length
  kernel.submit()
}

/** A signal ends a process: its wait fails, its body unwinds. `dead` if it is dead natively already. */
export const endByOrder = (kernel: Kernel, index: number, reason: ExitReason, dead: boolean): void => {
  const process = kernel.procs[index]
  if (process === undefined) return
  const first = process.exiting === undefined
  if (first || dead) mustEnd(process, reason)
  if (dead) {
    process.buried = true
    forget(kernel, process)
    tell(process, reason)
  }
  if (first || dead) unwinds(kernel, process)
  if (first) unwind(kernel, process)
}

/** A process ends itself: for others it lives no longer. What its body waits for meanwhile, if a callback of its asks, fails. */
export const endByItself = (kernel: Kernel, process: Process, reason: ExitReason): void => {
  if (process.exiting !== undefined) return
  postExiting(kernel, process.pid)
  mustEnd(process, reason)
  unwinds(kernel, process)
  unwind(kernel, process)
}

/** From now on nothing reaches it, and whatever it asks fails. */
const mustEnd = (process: Process, reason: ExitReason): void => {
  process.exiting = reason
  process.gate = GATE_EXITING
  process.rare?.aborter?.abort(new ProcessExit(reason))
}

/** The event loop comes round to see whether its body has ended: most have by then, and a timer, or a weak reference, costs more. */
const unwinds = (kernel: Kernel, process: Process): void => {
  process.since = kernel.words[NOW_MS]!
  kernel.unwinding.push(process)
  if (!kernel.armed && !kernel.detached) kernel.arm()
}

/** It has come round: bodies that go on have so long to end by themselves, and those of the dead are on a list. */
export const watchEnds = (kernel: Kernel): void => {
  for (const process of kernel.unwinding) {
    if (process.ended) continue
    if (process.buried) kernel.abandoned.add(process)
    else beginGrace(kernel, process)
  }
  kernel.unwinding.length = 0
}

const beginGrace = (kernel: Kernel, process: Process): void => {
  const rare = rareOf(process)
  if (rare.grace !== undefined) return
  const passed = (kernel.words[NOW_MS]! - process.since) | 0
  rare.grace = kernel.loop.after(Math.max(0, GRACE_MS - passed), () => abandon(kernel, process))
}

/** Breaks whatever the body waits for. */
const unwind = (kernel: Kernel, process: Process): void => {
  const { parked } = process
  if (parked === RUNNING || parked === LOOKING) return
  if (parked === QUEUED_BEGIN) {
    // It never begins; its entry on the run ring finds nobody.
    finish(kernel, process, process.exiting ?? { kind: 'killed' })
    return
  }
  if (parked === QUEUED) kernel.counts[COUNT_DROPPED_DIED]!++
  process.handed = undefined
  process.parked = RUNNING
  kernel.words[RESUMED] = process.index + 1
  letGo(kernel, process)
  process.fail(exitWithoutStack(process.exiting))
}

/** What ends a wait from outside: its stack would be that of the pump, and costs more than the end. */
const exitWithoutStack = (reason: unknown): ProcessExit => {
  const { stackTraceLimit } = Error
  limitStacks(0)
  const exit = new ProcessExit(reason)
  limitStacks(stackTraceLimit)
  return exit
}

const limitStacks = (frames: number): void => {
  try {
    Error.stackTraceLimit = frames
  } catch {
    // Where Node has been told to freeze what it has, they stay.
  }
}

/** It waits for nothing any more. */
const letGo = (kernel: Kernel, process: Process): void => {
  stopWaiting(kernel, process)
  process.selection?.clear()
  const { rare } = process
  if (rare?.giveUp === undefined) return
  rare.giveUp.giveUp()
  rare.giveUp = undefined
}

/** The grace is over: the process is dead, whatever its body still does. */
const abandon = (kernel: Kernel, process: Process): void => {
  if (process.ended || process.buried) return
  process.buried = true
  forget(kernel, process)
  kernel.abandoned.add(process)
  crashReport(
    kernel,
    process.pid,
    'a body did not end within its grace and was abandoned',
    new ProcessExit(process.exiting),
  )
  if (!kernel.detached) bury(kernel, process, process.exiting ?? { kind: 'killed' })
  tell(process, process.exiting ?? { kind: 'killed' })
}

/** Tells whoever waits for the end, once. */
const tell = (process: Process, reason: ExitReason, value?: unknown, thrown?: Thrown): void => {
  const { rare } = process
  if (rare?.settled === undefined) return
  const { settled } = rare
  rare.settled = undefined
  settled(reason, value, thrown)
}
