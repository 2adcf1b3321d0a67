// A runtime as its users hold it: run bodies, look inside, stop. Owns the order of stopping and what keeps the event loop
// alive; the threads are the host's (`kernel/host.ts`), the processes the kernel's.

import { badArgument, ProcessExit, RumpusError, stopped, wordsFor } from '../errors.ts'
import type { Host } from '../kernel/host.ts'
import { inspect, type RuntimeView } from '../kernel/inspect.ts'
import { lastly } from '../kernel/journal.ts'
import type { Kernel } from '../kernel/kernel.ts'
import { GRACE_MS, spawnHere } from '../kernel/life.ts'
import { checkPid, postNote } from '../kernel/post.ts'
import { type Body, rareOf } from '../kernel/process.ts'
import type { ProcessView } from '../kernel/process-view.ts'
import { takeDown } from '../kernel/take-down.ts'
import { showAs } from '../show.ts'
import type { ExitReason, Pid, Sendable } from '../types.ts'
import { register, unregister, whereis } from './names.ts'
import { sendFrom } from './send.ts'
import type { Closure, Definition, Runtime, Self } from './shapes.ts'
import { spawn } from './spawn.ts'

/** Threads get so much longer than their processes. */
const THREAD_LIMIT_MS = GRACE_MS + 2_000

const runtimes = new WeakMap<Kernel, Runtime>()

/** The runtime of a kernel. */
export const runtimeOf = (kernel: Kernel): Runtime => {
  let runtime = runtimes.get(kernel)
  if (runtime === undefined) {
    runtime = new HeldRuntime(kernel, undefined)
    runtimes.set(kernel, runtime)
  }
  return runtime
}

/** What `start` answers. `host` owns the threads; on a scheduler thread there is none. */
export class HeldRuntime implements Runtime {
  /** Not for users. */
  readonly kernel: Kernel
  private readonly host: Host | undefined
  private pending = 0
  private kept = false
  private awaited = false
  private over: Promise<void> | undefined

  constructor(kernel: Kernel, host: Host | undefined) {
    this.kernel = kernel
    this.host = host
    runtimes.set(kernel, this)
    this.hold()
  }

  run<T, M = unknown>(body: (self: Self<M>) => T | PromiseLike<T>): Promise<T> {
    if (typeof body !== 'function') throw badArgument(TypeError, 'body', 'a function', body)
    if (this.over !== undefined) return Promise.reject(stopped())
    this.host?.watch()
    this.pending++
    this.hold()
    return new Promise<T>((resolve, reject) => {
      const root = spawnHere(this.kernel, body as unknown as Body)
      rareOf(root).settled = (reason, value, thrown) => {
        this.pending--
        this.hold()
        if (reason.kind === 'normal') resolve(value as T)
        else reject(thrown === undefined || thrown.error instanceof ProcessExit ? ended(reason) : thrown.error)
      }
    })
  }

  spawn<N>(what: Closure<N> | Definition<N, readonly unknown[]>, ...rest: unknown[]): Pid<Sendable<N>> {
    this.host?.watch()
    return spawn(this.kernel, 0, what, rest)
  }

  send<M>(to: Pid<M> | string, message: M): void {
    sendFrom(this.kernel, to, message)
  }

  register(name: string, pid: Pid): void {
    register(this.kernel, name, pid)
  }

  unregister(name: string): boolean {
    return unregister(this.kernel, name)
  }

  whereis<M>(name: string): Pid<M> | undefined {
    return whereis(this.kernel, name) as Pid<M> | undefined
  }

  processes(): Promise<readonly ProcessView[]> {
    return this.kernel.around.census(this.kernel, 0)
  }

  inspect(): RuntimeView
  inspect(pid: Pid): Promise<ProcessView | undefined>
  inspect(pid?: Pid): RuntimeView | Promise<ProcessView | undefined> {
    if (pid === undefined) {
      if (!this.kernel.detached) postNote(this.kernel)
      return inspect(this.kernel.handle)
    }
    checkPid(pid)
    return this.kernel.around.census(this.kernel, pid).then(([view]) => view)
  }

  stop(): Promise<void> {
    this.over ??= this.end()
    return this.over
  }

  private async end(): Promise<void> {
    const { kernel, host } = this
    if (host === undefined) {
      kernel.handle.stop()
      return
    }
    const threads = host.stop(THREAD_LIMIT_MS)
    kernel.handle.stop()
    // The host's processes end at the same time, but it leaves last: what nobody started ends with it.
    await takeDown(kernel, threads)
    await lastly()
  }

  ref(): void {
    this.kept = true
    this.hold()
  }

  unref(): void {
    this.kept = false
    this.hold()
  }

  /** Ordinary code waits for what a process says, or no longer does. */
  isAwaited(on: boolean): void {
    this.awaited = on
    this.hold()
  }

  private hold(): void {
    // A scheduler thread goes on until its host ends it.
    if (this.host === undefined) return
    const on = this.kept || this.pending > 0 || this.awaited
    if (!this.kernel.detached) this.kernel.native.hold(on ? 1 : 0)
    this.host.hold(on)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }
}

/** The error of a root that was ended from outside. */
const ended = (reason: ExitReason): RumpusError =>
  new RumpusError('ERR_RUMPUS_ENDED', `the body was ended: ${wordsFor(reason)}`, { cause: reason })

showAs(HeldRuntime.prototype, ({ kernel }) => {
  const { detached, handle } = kernel
  return detached ? 'Runtime { stopped }' : `Runtime { schedulers: ${handle.regularSeats - 1} }`
})
