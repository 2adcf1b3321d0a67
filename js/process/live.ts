// A living process: the object behind `self`. Each method is one verb; what a verb does is in its own file.

import { builtin } from '../builtin.ts'
import { ProcessExit } from '../errors.ts'
import type { Kernel } from '../kernel/kernel.ts'
import { endByItself } from '../kernel/life.ts'
import { checkOurs, postLink, postMonitor, postTrapExits, postUnlink } from '../kernel/post.ts'
import { Process, rareOf } from '../kernel/process.ts'
import { toReason } from '../kernel/reasons.ts'
import { BIRTH_LINKED } from '../kernel/words.ts'
import { showAs } from '../show.ts'
import type { Pid, ReasonGiven, Sendable } from '../types.ts'
import { callFrom } from './call.ts'
import { demonitor } from './demonitor.ts'
import { processInWords, register, unregister, whereis } from './names.ts'
import { flush, hibernate, receive, tryReceive } from './receive.ts'
import { runtimeOf } from './runtime.ts'
import { mark, select, trySelect } from './select.ts'
import { sendFrom } from './send.ts'
import type {
  Answer,
  AskOptions,
  Call,
  DemonitorOptions,
  Mark,
  ReceiveOptions,
  Runtime,
  Self,
  TryReceiveOptions,
} from './shapes.ts'
import { sleep } from './sleep.ts'
import { spawn, spawnMonitor, type What } from './spawn.ts'
import { yieldNow } from './yield.ts'

const { setMaxListeners } = builtin('node:events')

class Live<M> extends Process implements Omit<Self<M>, 'pid'> {
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

  hibernate(): Promise<M> {
    return hibernate(this.home, this) as Promise<M>
  }

  flush(): number {
    return flush(this.home, this)
  }

  call<Request, Reply, const Asked extends Request = Request>(
    to: Pid<Call<Request, Reply>> | string,
    request: Asked,
    options?: AskOptions,
  ): Promise<Answer<Asked, Request, Reply>> {
    return callFrom(this.home, this, to, request, options) as Promise<Answer<Asked, Request, Reply>>
  }

  sleep(ms: number): Promise<void> {
    return sleep(this.home, this, ms)
  }

  yield(): Promise<void> {
    return yieldNow(this.home, this)
  }

  spawn<N>(what: What<N>, ...rest: unknown[]): Pid<Sendable<N>> {
    this.check()
    return spawn(this.home, this.pid, what, rest)
  }

  spawnLink<N>(what: What<N>, ...rest: unknown[]): Pid<Sendable<N>> {
    this.check()
    return spawn(this.home, this.pid, what, rest, BIRTH_LINKED)
  }

  spawnMonitor<N>(what: What<N>, ...rest: unknown[]): readonly [pid: Pid<Sendable<N>>, ref: number] {
    this.check()
    return spawnMonitor(this.home, this.pid, what, rest)
  }

  send<N>(to: Pid<N> | string, message: N): void {
    sendFrom(this.home, to, message)
  }

  register(name: string, pid: Pid = this.pid as Pid): void {
    this.check()
    register(this.home, name, pid)
  }

  unregister(name: string): boolean {
    this.check()
    return unregister(this.home, name)
  }

  whereis<N>(name: string): Pid<N> | undefined {
    this.check()
    return whereis(this.home, name) as Pid<N> | undefined
  }

  get signal(): AbortSignal {
    return signalOf(this)
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

  demonitor(ref: number, options?: DemonitorOptions): void {
    this.check()
    demonitor(this.home, this, ref, options)
  }

  trapExit(on = true): void {
    this.check()
    postTrapExits(this.home, this.pid, on)
  }

  exit(reason?: ReasonGiven): never {
    endByItself(this.home, this, toReason(reason))
    throw new ProcessExit(this.exiting)
  }

  [Symbol.asyncIterator](): AsyncIterator<M> {
    return {
      next: async () => ({ done: false, value: await this.receive() }),
      return: async () => ({ done: true, value: undefined }),
    }
  }
}

/** Aborts when `process` must end. */
const signalOf = (process: Process): AbortSignal => {
  const rare = rareOf(process)
  if (rare.aborter === undefined) {
    rare.aborter = new AbortController()
    // Each is a wait, and goes with it.
    setMaxListeners(0, rare.aborter.signal)
  }
  if (process.exiting !== undefined) rare.aborter.abort(new ProcessExit(process.exiting))
  return rare.aborter.signal
}

// V8 inlines the construction of a base class, not that of a derived one: what the kernel makes is a process that has the verbs.
const { constructor: _, ...verbs } = Object.getOwnPropertyDescriptors(Live.prototype)
Object.defineProperties(Process.prototype, verbs)

showAs(Process.prototype, ({ home, pid }) => `Self { ${processInWords(home as Kernel, pid)} }`)
