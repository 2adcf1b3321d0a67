// The executor `fifo`: fibers in any JavaScript engine, with nothing but promises. Its ready queue is the engine's own queue of
// microtasks, first come first served; so that timers and sockets have their turn, the rest waits for the event loop when a
// quota of resumes is used up. Never true here: a fiber that became ready later goes first.

import type { Cancelled } from './cancelled.ts'
import { Computation, type Packed } from './computation.ts'
import { endsDry, tellWhenDry } from './dry.ts'
import { begin, checkMs, Fiber, type Handler, parked, trySuspend, unsuspend } from './fiber.ts'
import { Line } from './line.ts'
import { afterPass } from './pass.ts'
import { Trigger } from './trigger.ts'
import { IN_TURN, Waiting } from './waiting.ts'

/** Resumes between two passes of the event loop. */
const QUOTA = 1024
/** Fibers that begin within each other; the next begins from a microtask. */
const DEPTH_MAX = 200
const settled: Promise<void> = Promise.resolve()

class Fifo implements Handler<void> {
  private left = QUOTA
  private depth = 0
  /** What waits for the event loop, in order. */
  private readonly held = new Line()
  /** Who waits, where that will be told; there is none until there is a fiber. */
  private waiting: Waiting | undefined = undefined

  current(): Fiber {
    if (endsDry && this.waiting === undefined) {
      this.waiting = new Waiting()
      tellWhenDry(this.waiting)
    }
    return new Fiber(this, new Computation())
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
    const { cancellation } = fiber
    if (cancellation !== undefined) return Promise.reject(cancellation)
    if (this.left > 0 && this.held.length === 0) {
      this.left--
      return settled
    }
    return this.yieldHeld(fiber)
  }

  cancelAfter(fiber: Fiber, computation: Packed, ms: number, reason: unknown): void {
    checkMs('ms', ms)
    fiber.check()
    const timer = setTimeout(() => computation.cancel(reason), ms)
    if (!computation.tryAttach(Trigger.fromAction(timer, clear))) clearTimeout(timer)
  }

  await(fiber: Fiber, trigger: Trigger): Cancelled | undefined | Promise<Cancelled | undefined> {
    if (trigger.isSignalled) return undefined
    if (!trySuspend(fiber, trigger, this.resume)) return fiber.cancellation
    const wait = parked(fiber)
    this.waiting?.add(fiber)
    return wait
  }

  private readonly resume = (fiber: Fiber): void => {
    if (fiber.place >= 0) this.waiting?.leave(fiber)
    if (this.left === 0 || this.held.length > 0) return this.hold(fiber)
    this.left--
    unsuspend(fiber)
  }

  private async yieldHeld(fiber: Fiber): Promise<void> {
    const trigger = new Trigger()
    const waits = trySuspend(fiber, trigger, this.resume) ? parked(fiber) : fiber.cancellation
    trigger.signal()
    const cancelled = await waits
    if (cancelled !== undefined) throw cancelled
  }

  private hold(fiber: Fiber): void {
    fiber.place = IN_TURN
    this.held.push(fiber)
    if (this.held.length === 1) afterPass(this.release)
  }

  private readonly release = (): void => {
    const { held } = this
    const count = Math.min(held.length, QUOTA)
    this.left = QUOTA - count
    held.release(count)
    if (held.length > 0) afterPass(this.release)
  }
}

const clear = (timer: ReturnType<typeof setTimeout>): void => clearTimeout(timer)

/**
 * The executor for ordinary code: plain TypeScript, for any engine, in a browser page too. `fifo.current()` is a fiber of its own
 * for whoever asks, a request handler or a test; a fiber that is forked begins at once, up to its first wait, as an async
 * function does.
 *
 * Where a thread of Node ends because its event loop has run dry, and fibers still wait, nothing can wake them any more: the warning
 * `ERR_RUMPUS_DEADLOCK` says who waits for what, the first twenty and how many more, to `process.on('warning')` and on stderr. The exit
 * code stays that of Node, 13 if the module itself awaits. While something is awaited that is not of fibers, a timer, a socket, another
 * thread, nobody can know; and a page never ends so. Cancel or close what waits in the background by intent.
 *
 * Inside a process use `fiberOf(self)` of `rumpus/fibers` instead: its fibers end with the process.
 *
 * @example
 * ```ts
 * import { fifo } from 'rumpus/effect'
 * import assert from 'node:assert/strict'
 *
 * const order = []
 * const fiber = fifo.current()
 * const child = fiber.fork(async (mine) => {
 *   order.push('child')
 *   await mine.yield()
 *   order.push('child again')
 * })
 * order.push('parent')
 * await child
 * assert.deepEqual(order, ['child', 'parent', 'child again'])
 * ```
 */
export const fifo: Handler<void> = new Fifo()
