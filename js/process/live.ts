// A living process: the object behind `self`. Each method is one verb; what a verb does is in its own file.

import { badArgument, ProcessExit } from '../errors.ts'
import type { Kernel } from '../kernel/kernel.ts'
import { beginGrace } from '../kernel/life.ts'
import { kernelOf, postDemonitor, postLink, postMonitor, postTrapExits, postUnlink } from '../kernel/post.ts'
import { type Body, GATE_EXITING, Process } from '../kernel/process.ts'
import { toReason } from '../kernel/reasons.ts'
import type { Pid, ReasonGiven, Sendable } from '../types.ts'
import { flush, receive, tryReceive } from './receive.ts'
import { runtimeOf } from './runtime.ts'
import { mark, select, trySelect } from './select.ts'
import type { Closure, Definition, Mark, ReceiveOptions, Runtime, Self, TryReceiveOptions } from './shapes.ts'
import { sleep } from './sleep.ts'
import { spawn } from './spawn.ts'

class Live<M> extends Process implements Self<M> {
  declare readonly pid: Pid<Sendable<M>> & number
  declare readonly home: Kernel

  get runtime(): Runtime {
    return runtimeOf(this.home)
  }

  receive<N extends M>(options?: ReceiveOptions<M>): Promise<N> {
    if (options !== undefined) return select(this.home, this, options) as Promise<N>
    return receive(this.home, this) as Promise<N>
  }

  tryReceive<N extends M>(options?: TryReceiveOptions<M>): N | undefined {
    if (options !== undefined) return trySelect(this.home, this, options) as N | undefined
    return tryReceive(this.home, this) as N | undefined
  }

  mark(): Mark {
    return mark(this) as Mark
  }

  flush(): number {
    return flush(this.home, this)
  }

  sleep(ms: number): Promise<void> {
    return sleep(this.home, this, ms)
  }

  spawn<N>(body: Closure<N> | Definition<N, readonly unknown[]>, ...rest: unknown[]): Pid<Sendable<N>> {
    this.check()
    return spawn(this.home, body, rest)
  }

  link(pid: Pid): void {
    this.check()
    checkOurs(this.home, pid)
    postLink(this.home, this.pid, pid)
  }

  unlink(pid: Pid): void {
    this.check()
    checkOurs(this.home, pid)
    postUnlink(this.home, this.pid, pid)
  }

  monitor(pid: Pid): number {
    this.check()
    checkOurs(this.home, pid)
    return postMonitor(this.home, this.pid, pid)
  }

  demonitor(ref: number): void {
    this.check()
    if (!Number.isSafeInteger(ref)) throw badArgument(TypeError, 'ref', 'what monitor answered', ref)
    postDemonitor(this.home, this.pid, ref)
  }

  trapExit(on = true): void {
    this.check()
    postTrapExits(this.home, this.pid, on)
  }

  exit(reason?: ReasonGiven): never {
    this.exiting ??= toReason(reason)
    this.gate = GATE_EXITING
    beginGrace(this.home, this)
    throw new ProcessExit(this.exiting)
  }

  [Symbol.asyncIterator](): AsyncIterator<M> {
    return {
      next: async () => ({ done: false, value: await this.receive() }),
      return: async () => ({ done: true, value: undefined }),
    }
  }
}

/** Links and monitors stay within a runtime: a false death would be worse than none. */
const checkOurs = (home: Kernel, pid: Pid): void => {
  if (kernelOf(pid) !== home) throw badArgument(TypeError, 'pid', 'a pid of the same runtime', pid)
}

/** Makes the object that a body is given. */
export const makeLive = (
  kernel: Kernel,
  pid: number,
  index: number,
  gate: number,
  body: Body,
  args: unknown[],
): Process => new Live(kernel, pid, index, gate, body, args)
