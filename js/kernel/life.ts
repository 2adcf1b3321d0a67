// The life of a process in its isolate: made, begun, ended. Maps how a body settles to an exit reason. A body's own promise
// is always handled here, so it never becomes an unhandled rejection.

import { ProcessExit } from '../errors.ts'
import { ARGUMENTS, COUNT_DROPPED_DIED, HIGH, INDEX_MASK, OP_FINISH, SCRATCH_LEN, STARTED } from '../native/layout.ts'
import type { ExitReason } from '../types.ts'
import { Bound } from './bound.ts'
import { crashReport } from './crash.ts'
import type { Kernel } from './kernel.ts'
import { type Birth, noteEnded, overflowOf, PLAIN_BIRTH, postExiting, postSpawnHere, priorityOf } from './post.ts'
import { stopWaiting } from './post-timers.ts'
import {
  type Body,
  GATE_EXITING,
  GATE_NATIVE,
  GATE_OPEN,
  LOOKING,
  NOTHING,
  PRIORITY_NORMAL,
  type Process,
  QUEUED,
  QUEUED_BEGIN,
  RUNNING,
  type Thrown,
} from './process.ts'
import { describe, encodeReason } from './reasons.ts'

/** How long a body that was told to end may take to unwind, in milliseconds. */
export const GRACE_MS = 5_000

const NORMAL: ExitReason = { kind: 'normal' }
const UNSTARTED_BODY: Body = () => {}

/** Makes a process of this scheduler whose body is a closure. */
export const spawnHere = (kernel: Kernel, body: Body, birth: Birth = PLAIN_BIRTH): Process => {
  const pid = postSpawnHere(kernel, birth)
  const priority = priorityOf(birth)
  const overflow = overflowOf(birth)
  const watchedOver = kernel.nativeLane || priority !== PRIORITY_NORMAL || overflow !== 0
  const gate = watchedOver ? GATE_NATIVE : GATE_OPEN
  const process = admit(kernel, pid, pid & INDEX_MASK, gate, body, NOTHING)
  process.priority = priority
  if (overflow !== 0) process.bound = new Bound(birth.capacity, overflow)
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
  let body = UNSTARTED_BODY
  let given: unknown[] = []
  let failure: { error: unknown } | undefined
  try {
    given = args() as unknown[]
    const found = kernel.around.definition(kernel, definition)
    if ('error' in found) failure = found
    else body = found.body as Body
  } catch (error) {
    failure = { error }
  }
  if (failure !== undefined) {
    const { error } = failure
    body = () => {
      throw error
    }
  }
  const process = admit(kernel, pid, index, GATE_NATIVE, body, given)
  process.definition = definition
  // Priority in two bits, overflow in two, capacity.
  process.priority = life & 3
  if (life >> 2 !== 0) process.bound = new Bound(life >> 4, (life >> 2) & 3)
  // Begins in the order of the others, whatever its priority: the count of those that have begun says which they are.
  kernel.append(index)
}

const admit = (kernel: Kernel, pid: number, index: number, gate: number, body: Body, args: unknown[]): Process => {
  const { procs } = kernel
  while (procs.length <= index) procs.push(undefined)
  const process = kernel.around.makeProcess(kernel, pid, index, gate, body, args)
  procs[index] = process
  process.serial = kernel.serials++
  return process
}

/** Runs the body of a process that has come off the run ring. */
export const beginBody = (kernel: Kernel, process: Process): void => {
  if (process.definition >= 0) kernel.words[STARTED]!++
  if (process.exiting !== undefined) {
    finish(kernel, process, process.exiting)
    return
  }
  const { body, args } = process
  process.body = UNSTARTED_BODY
  process.args = NOTHING
  let settling: unknown
  try {
    settling = (body as (self: unknown, ...args: unknown[]) => unknown)(process, ...args)
    // A `then` of the user's own may throw, too.
    if (typeof (settling as PromiseLike<unknown> | undefined)?.then === 'function') {
      ;(settling as PromiseLike<unknown>).then(
        (value) => finish(kernel, process, NORMAL, value),
        (error) => endByError(kernel, process, error),
      )
      return
    }
  } catch (error) {
    endByError(kernel, process, error)
    return
  }
  finish(kernel, process, NORMAL, settling)
}

const endByError = (kernel: Kernel, process: Process, error: unknown): void => {
  if (process.exiting === undefined) crashReport(kernel, process.pid, 'a body failed', error)
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
  process.grace?.()
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
  stopWaiting(kernel, process)
  process.selection?.clear()
  process.aborter?.abort(new ProcessExit(process.exiting))
  if (kernel.procs[process.index] === process) kernel.procs[process.index] = undefined
}

const bury = (kernel: Kernel, process: Process, reason: ExitReason): void => {
  if (reason.kind === 'normal') return noteEnded(kernel, process.index)
  const { words } = kernel
  const { kind, length } = encodeReason(kernel.codec, reason)
  words[ARGUMENTS] = OP_FINISH
  words[ARGUMENTS + 1] = process.pid | 0
  words[ARGUMENTS + 2] = (process.pid / HIGH) | 0
  words[ARGUMENTS + 3] = kind
  words[SCRATCH_LEN] = length
  kernel.submit()
}

/** A signal ends a process: its wait fails, its body unwinds. `dead` if it is dead natively already. */
export const endByOrder = (kernel: Kernel, index: number, reason: ExitReason, dead: boolean): void => {
  const process = kernel.procs[index]
  if (process === undefined) return
  const first = process.exiting === undefined
  if (first || dead) process.exiting = reason
  process.gate = GATE_EXITING
  if (first) process.aborter?.abort(new ProcessExit(reason))
  if (dead) {
    process.buried = true
    forget(kernel, process)
    tell(process, reason)
  }
  if (first) unwind(kernel, process)
  if (dead) kernel.abandoned.add(process)
  else beginGrace(kernel, process)
}

/** A process ends itself: for others it lives no longer. What its body waits for meanwhile, if a callback of its asks, fails. */
export const endByItself = (kernel: Kernel, process: Process, reason: ExitReason): void => {
  if (process.exiting !== undefined) return
  postExiting(kernel, process.pid)
  process.exiting = reason
  process.gate = GATE_EXITING
  process.aborter?.abort(new ProcessExit(reason))
  unwind(kernel, process)
  beginGrace(kernel, process)
}

/** From now on the body has so long to end by itself. */
const beginGrace = (kernel: Kernel, process: Process): void => {
  if (process.grace !== undefined || process.ended || process.buried) return
  process.grace = kernel.loop.after(GRACE_MS, () => abandon(kernel, process))
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
  if (parked === QUEUED) {
    kernel.counts[COUNT_DROPPED_DIED]!++
    process.handed = undefined
  }
  process.parked = RUNNING
  stopWaiting(kernel, process)
  process.selection?.clear()
  process.fail(new ProcessExit(process.exiting))
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
  const { settled } = process
  process.settled = undefined
  settled?.(reason, value, thrown)
}
