// The executor `native`: the fibers inside a process. They resume under the grant of its scheduler, so that however many there
// are, other processes and the event loop have their turn; and one that waits has the next of the run ring resumed, as a body
// that parks does. Never true here: a fiber of a process goes on by the grant of another scheduler, or hears nothing of its end.

import type { Cancelled } from '../effect/cancelled.ts'
import { Computation, type Packed } from '../effect/computation.ts'
import { begin, checkMs, Fiber, type Handler, type Polled, parked, trySuspend } from '../effect/fiber.ts'
import { Line } from '../effect/line.ts'
import { byPasses } from '../effect/pass.ts'
import { Trigger } from '../effect/trigger.ts'
import { yieldByWait } from '../effect/yield.ts'
import { badArgument } from '../errors.ts'
import type { Kernel } from '../kernel/kernel.ts'
import { Process } from '../kernel/process.ts'
import { GRANT } from '../kernel/words.ts'
import type { Self } from '../process/shapes.ts'

/** Fibers that begin within each other; the next begins from a microtask. */
const DEPTH_MAX = 200
/** Resumes of fibers between two passes of the event loop at least, however much of the grant others have used. */
const SHARE = 64
const settled: Promise<void> = Promise.resolve()

/** The executor of one scheduler. */
class Native implements Handler<Process> {
  readonly kernel: Kernel
  private readonly fibers = new WeakMap<Process, Fiber>()
  private depth = 0
  /** Who goes on next, in order. */
  private readonly ready = new Line()
  private pumping = false
  /** How many may still go on in this pass of the event loop, whatever the grant says. */
  private share = 0

  constructor(kernel: Kernel) {
    this.kernel = kernel
  }

  current(process: Process): Fiber {
    let fiber = this.fibers.get(process)
    if (fiber === undefined) {
      const computation = new Computation<never>()
      fiber = new Fiber(this, computation)
      this.fibers.set(process, fiber)
      // All that `self` has is the verb; a process that must end aborts it before it fails what its body waits for.
      const { signal } = process as unknown as Self<unknown>
      const end = (): void => computation.cancel(signal.reason)
      if (signal.aborted) end()
      else signal.addEventListener('abort', end, { once: true })
    }
    return fiber
  }

  spawn<T>(from: Fiber, fiber: Fiber, main: (fiber: Fiber) => T | PromiseLike<T>): Promise<T> {
    from.check()
    if (this.depth === DEPTH_MAX) return settled.then(() => begin(fiber, main))
    this.depth++
    const settling = begin(fiber, main)
    this.depth--
    return settling
  }

  yield(fiber: Fiber): Promise<void> {
    return yieldByWait(this, fiber)
  }

  cancelAfter(fiber: Fiber, computation: Packed, ms: number, reason: unknown): void {
    checkMs('ms', ms)
    fiber.check()
    const stop = this.kernel.loop.after(ms, () => computation.cancel(reason))
    if (!computation.tryAttach(Trigger.fromAction(stop, call))) stop()
  }

  await(fiber: Fiber, trigger: Trigger): Cancelled | undefined | Promise<Cancelled | undefined> {
    if (trigger.isSignalled) return undefined
    if (!trySuspend(fiber, trigger, this.resume)) return fiber.cancellation
    const wait = parked(fiber)
    if (!this.pumping) this.kernel.next()
    return wait
  }

  poll(poller: Polled): () => void {
    return byPasses(poller, (then) => this.kernel.loop.soon(then))
  }

  private readonly resume = (fiber: Fiber): void => {
    this.ready.push(fiber)
    if (this.pumping) return
    this.pumping = true
    settled.then(this.pump)
  }

  private readonly pump = (): void => {
    const { kernel, ready } = this
    const { words } = kernel
    const granted = words[GRANT]!
    const count = kernel.detached ? ready.length : Math.min(ready.length, Math.max(granted, this.share))
    words[GRANT] = Math.max(0, granted - count)
    this.share = Math.max(0, this.share - count)
    this.pumping = ready.length > count
    ready.release(count)
    if (!this.pumping) return
    if (!kernel.armed) kernel.arm()
    kernel.loop.soon(this.onPass)
  }

  private readonly onPass = (): void => {
    this.share = SHARE
    this.pump()
  }
}

const call = (act: () => void): void => act()
const executors = new WeakMap<Kernel, Native>()

/** Who runs the fibers of a process. */
export const executorOf = (process: Process): Native => {
  const kernel = process.home as Kernel
  let executor = executors.get(kernel)
  if (executor === undefined) {
    executor = new Native(kernel)
    executors.set(kernel, executor)
  }
  return executor
}

/** The kernel by whose turns a fiber goes on, if it is of a process. */
export const kernelOf = ({ handler }: Fiber): Kernel | undefined =>
  handler instanceof Native ? handler.kernel : undefined

/**
 * The fiber of a process: give it to a scope, or whatever else takes a fiber, in its body. Fibers under it run on the scheduler of
 * the process, by its turns, and are cancelled when the process must end, with a `ProcessExit` as the cause.
 *
 * A body may wait in `self.receive` while its fibers wait for other things; `self` itself still waits for one thing at a time.
 *
 * @param self - what the body was given
 * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT` if that is none
 * @example
 * ```ts
 * import { run } from 'rumpus'
 * import { fiberOf } from 'rumpus/fibers'
 * import { scope } from 'rumpus/structured'
 * import assert from 'node:assert/strict'
 *
 * const sum = await run((self) =>
 *   scope(fiberOf(self), async (scope) => {
 *     const [a, b] = [1, 2].map((n) => scope.fork(async (fiber) => {
 *       await fiber.sleep(n)
 *       return n
 *     }))
 *     return (await a) + (await b)
 *   }),
 * )
 * assert.equal(sum, 3)
 * ```
 */
export const fiberOf = <M>(self: Self<M>): Fiber => {
  if (!(self instanceof Process)) throw badArgument(TypeError, 'self', 'what the body of a process was given', self)
  return executorOf(self).current(self)
}
