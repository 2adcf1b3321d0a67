// How a receive with options finds its message: looks when it begins, and again when the run ring says that something came
// or time is up. Owns the deadline: it begins with the turn after which the body still waits, and enters the wheel with the next, or
// before the scheduler sleeps, so one that is answered sooner never does; and mail that was there in time goes first.

import { ProcessExit, TimeoutError } from '../errors.ts'
import { COUNT_RECEIVED, NOW_MS } from '../native/layout.ts'
import type { Kernel } from './kernel.ts'
import { startWaiting, stopWaiting } from './post-timers.ts'
import { LOOKING, type Process, QUEUED_LOOK, QUEUED_WAKE, SELECTING, WAITING } from './process.ts'
import { Selection } from './selection.ts'

/** No message is wanted yet. */
export const NONE: unique symbol = Symbol('none')

/** What `process` selects by. */
export const selectionOf = (process: Process): Selection => {
  process.selection ??= new Selection()
  return process.selection
}

/** Takes the first wanted message that nobody has looked at. Runs code of the user: throws what that throws. */
export const takeWanted = (process: Process, selection: Selection): unknown => {
  // The oldest may have been dropped meanwhile.
  if (selection.looked < process.head) selection.looked = process.head
  if (selection.looked >= process.tail) return NONE
  const match = selection.match as ((message: unknown) => boolean) | undefined
  if (match === undefined) return process.remove(selection.looked)
  const before = process.parked
  process.parked = LOOKING
  try {
    for (; selection.looked < process.tail; selection.looked++) {
      if (match(process.at(selection.looked))) {
        return process.exiting === undefined ? process.remove(selection.looked) : NONE
      }
    }
    return NONE
  } finally {
    process.parked = before
  }
}

/** Looks at what has come since; false if the body waits on. */
export const look = (kernel: Kernel, process: Process): boolean => {
  const selection = selectionOf(process)
  let message: unknown
  let failure: { error: unknown } | undefined
  let late: Error | undefined
  process.parked = SELECTING
  try {
    message = takeWanted(process, selection)
    if (message === NONE) late = selection.over
  } catch (error) {
    failure = { error }
  }
  if (process.exiting !== undefined) failure = { error: new ProcessExit(process.exiting) }
  if (message === NONE && failure === undefined && late === undefined) return false
  selection.clear()
  stopWaiting(kernel, process)
  process.goOn(kernel.words[NOW_MS]!)
  if (failure !== undefined) {
    process.fail(failure.error)
  } else if (late !== undefined) {
    process.failThere(late)
  } else {
    kernel.counts[COUNT_RECEIVED]!++
    process.wake(message)
  }
  return true
}

/** Has the deadlines begin of those that still wait after a turn; `more` if another comes, whatever happens. */
export const watch = (kernel: Kernel, more: boolean): void => {
  const { deadlines } = kernel
  let kept = 0
  for (const process of deadlines) {
    const selection = selectionOf(process)
    const { timeout } = selection
    if (timeout !== undefined && timeout > 0 && more && process.timer === undefined && isNew(kernel, process)) {
      deadlines[kept++] = process
      continue
    }
    selection.listed = false
    if (timeout === undefined || process.timer !== undefined) continue
    const left = timeout - waited(kernel, process)
    if (left <= 0) expire(kernel, process)
    else startWaiting(kernel, process, left)
  }
  deadlines.length = kept
}

/** Whether this is the first turn that finds `process` in its wait, or the second, with mail there that may be wanted. */
const isNew = (kernel: Kernel, process: Process): boolean => {
  const selection = selectionOf(process)
  if (selection.found === process.resumes) {
    // Once: mail that is not wanted puts no deadline off.
    if (process.parked !== QUEUED_LOOK || selection.spared) return false
    selection.spared = true
    return true
  }
  selection.found = process.resumes
  selection.foundMs = kernel.words[NOW_MS]!
  selection.spared = false
  return true
}

/** Milliseconds since the first of them, or one less, for these are whole ones. */
const waited = ({ words }: Kernel, process: Process): number => {
  const { found, foundMs } = selectionOf(process)
  return found === process.resumes ? Math.max(0, ((words[NOW_MS]! - foundMs) | 0) - 1) : 0
}

/** The time has come that `process` waits for. */
export const isDue = (kernel: Kernel, process: Process): void => {
  process.timer = undefined
  if (process.parked !== WAITING) return expire(kernel, process)
  process.parked = QUEUED_WAKE
  kernel.pushBack(process)
}

const expire = (kernel: Kernel, process: Process): void =>
  endWait(kernel, process, new TimeoutError(process.selection?.timeout ?? 0))

/** Has the wait of `process` end with `error`, unless what it wants is there. */
export const endWait = (kernel: Kernel, process: Process, error: Error): void => {
  const { selection } = process
  if (selection === undefined) return
  selection.over = error
  if (process.parked !== SELECTING) return
  process.parked = QUEUED_LOOK
  kernel.pushBack(process)
}
