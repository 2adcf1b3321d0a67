// monitor: ordinary code hears of the end of a process. Owns the handle by which it stops listening; a process uses
// `self.monitor`, whose news comes in order with its messages.

import { badArgument, stopped } from '../errors.ts'
import { kernelOf } from '../kernel/post.ts'
import type { Down, Pid } from '../types.ts'
import { deskOf } from './desk.ts'

/** A process that is being listened to. */
export interface Monitor extends Disposable {
  /** What {@link Down} carries. */
  readonly ref: number
  /** Listens no longer; whoever has heard already hears nothing more. */
  stop(): void
}

/**
 * Calls `listener` once when the process `pid` has ended, at once if it has. For code outside processes.
 *
 * @param pid - whose end
 * @param listener - hears why; what it throws is an uncaught exception of this thread
 * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`, RumpusError `ERR_RUMPUS_STOPPED`
 * @example
 * ```ts
 * import { exit, monitor, start } from 'rumpus'
 * import assert from 'node:assert/strict'
 *
 * const runtime = await start({ schedulers: 1 })
 * const pid = runtime.spawn(async (self) => void (await self.receive()))
 * const down = new Promise((resolve) => monitor(pid, resolve))
 * exit(pid, 'shutdown')
 * assert.deepEqual((await down).reason, { kind: 'shutdown' })
 * await runtime.stop()
 * ```
 */
export const monitor = (pid: Pid, listener: (down: Down) => void): Monitor => {
  if (typeof listener !== 'function') throw badArgument(TypeError, 'listener', 'a function', listener)
  const kernel = kernelOf(pid)
  if (kernel.detached) throw stopped()
  const desk = deskOf(kernel)
  const ref = desk.watch(pid, (news) => {
    // Not in the desk's own step: what a listener throws is its own.
    if (news.kind === 'down') queueMicrotask(() => listener(news.down))
  })
  const stop = (): void => desk.unwatch(ref)
  return { ref, stop, [Symbol.dispose]: stop }
}
