// demonitor: a monitor is taken back. With `flush` also its news, wherever on this scheduler it has got to: before it is told to
// JavaScript, or in the inbox.

import { badArgument } from '../errors.ts'
import type { Kernel } from '../kernel/kernel.ts'
import { postDemonitor } from '../kernel/post.ts'
import type { Process } from '../kernel/process.ts'
import { COUNT_RECEIVED } from '../kernel/words.ts'
import { checkOptions, type Names } from '../options.ts'
import { Down } from '../types.ts'
import type { DemonitorOptions } from './shapes.ts'

const NAMES: Names<DemonitorOptions> = { flush: true }

/** Takes the monitor `ref` of `process` back. */
export const demonitor = (kernel: Kernel, process: Process, ref: number, options?: DemonitorOptions): void => {
  if (!Number.isSafeInteger(ref) || ref <= 0) throw badArgument(TypeError, 'ref', 'what monitor answered', ref)
  if (options !== undefined) checkOptions('options', options, NAMES)
  const flush = options?.flush ?? false
  if (typeof flush !== 'boolean') throw badArgument(TypeError, 'options.flush', 'true or false', flush)
  postDemonitor(kernel, process.pid, ref, flush)
  if (flush) dropDown(kernel, process, ref)
}

const dropDown = (kernel: Kernel, process: Process, ref: number): void => {
  for (let at = process.head; at < process.tail; at++) {
    const message = process.at(at)
    if (!(message instanceof Down) || message.ref !== ref) continue
    process.remove(at)
    kernel.counts[COUNT_RECEIVED]!++
    return
  }
}
