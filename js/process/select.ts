// receive and tryReceive with options: the first wanted message, those before it stay as they are. Owns the checks of the
// options and the start of the wait; how it goes on is in `kernel/look.ts`.

import { AbortError, badArgument } from '../errors.ts'
import type { Kernel } from '../kernel/kernel.ts'
import { endWait, NONE, selectionOf, takeWanted } from '../kernel/look.ts'
import { GATE_EXITING, type Process, QUEUED, RUNNING, SELECTING, waitOf } from '../kernel/process.ts'
import type { Match, Selection } from '../kernel/selection.ts'
import { COUNT_RECEIVED, GRANT, NOW_MS } from '../kernel/words.ts'
import { checkOptions, type Known } from '../options.ts'
import { RECEIVE_NAMES, TRY_RECEIVE_NAMES } from './option-names.ts'
import { exited, refuse } from './receive.ts'
import type { ReceiveOptions } from './shapes.ts'
import { checkWait } from './waits.ts'

type Options = ReceiveOptions<never>

/** The first wanted message, when it comes. */
export const select = (kernel: Kernel, process: Process, options: Options): Promise<unknown> => {
  check(options, RECEIVE_NAMES)
  if (process.parked !== RUNNING) return refuse(process)
  if (process.gate === GATE_EXITING) return exited(process)
  const { timeout, signal } = options
  if (signal?.aborted) return Promise.reject(new AbortError(signal.reason))
  const selection = begin(process, options)
  let message: unknown
  try {
    message = takeWanted(process, selection)
  } catch (error) {
    selection.clear()
    return Promise.reject(error)
  }
  if (process.exiting !== undefined) return exited(process)
  if (message === NONE) {
    process.parked = SELECTING
    process.since = kernel.words[NOW_MS]
    if (timeout !== undefined) beginDeadline(kernel, process, selection, timeout)
    if (signal !== undefined) listen(kernel, process, selection, signal)
  } else {
    selection.clear()
    if (kernel.words[GRANT] > 0) {
      kernel.words[GRANT]--
      kernel.counts[COUNT_RECEIVED]++
      return Promise.resolve(message)
    }
    process.handed = message
    process.parked = QUEUED
    kernel.pushBack(process)
  }
  const wait = waitOf(process)
  kernel.next()
  return wait
}

/** The first wanted message, if it is there. */
export const trySelect = (kernel: Kernel, process: Process, options: Options): unknown => {
  check(options, TRY_RECEIVE_NAMES)
  process.check()
  if (process.parked !== RUNNING) return undefined
  const selection = begin(process, options)
  try {
    const message = takeWanted(process, selection)
    process.check()
    if (message === NONE) return undefined
    kernel.counts[COUNT_RECEIVED]++
    return message
  } finally {
    selection.clear()
  }
}

/** The number of the next message to come. */
export const mark = (process: Process): number => {
  process.check()
  return selectionOf(process).mark(process.tail)
}

const begin = (process: Process, { match, since }: Options): Selection => {
  const selection = selectionOf(process)
  selection.match = match as Match | undefined
  const { head, tail } = process
  selection.looked = since === undefined ? head : Math.min(Math.max(head, selection.positionOf(since)), tail)
  return selection
}

const beginDeadline = (kernel: Kernel, process: Process, selection: Selection, timeout: number): void => {
  selection.timeout = timeout
  if (!selection.listed) {
    selection.listed = true
    kernel.deadlines.push(process)
  }
  if (!kernel.armed) kernel.arm()
}

const listen = (kernel: Kernel, process: Process, selection: Selection, signal: AbortSignal): void => {
  selection.signal = signal
  selection.onAbort = () => endWait(kernel, process, new AbortError(signal.reason))
  signal.addEventListener('abort', selection.onAbort)
}

const check = (options: Options, known: Known): void => {
  checkWait(options)
  const { match, since } = options
  if (match !== undefined && typeof match !== 'function') {
    throw badArgument(TypeError, 'options.match', 'a function', match)
  }
  if (since !== undefined && !Number.isSafeInteger(since)) {
    throw badArgument(TypeError, 'options.since', 'what mark answered', since)
  }
  checkOptions('options', options, known)
}
