// A portable runtime as its users hold it: run bodies, look inside, stop. Owns the order of stopping, and what keeps an event loop
// alive where there is one that could end.

import { stopped } from '../errors.ts'
import type { RuntimeView } from '../kernel/inspect.ts'
import type { ProcessView } from '../kernel/process-view.ts'
import { register, spawn as spawnIn, unregister, whereis } from '../model/births.ts'
import { checkBody, checkPid } from '../model/checks.ts'
import { settle } from '../model/model.ts'
import { stopAll } from '../model/posts.ts'
import { soon } from '../model/turns.ts'
import { runtimeNumberOf } from '../pid.ts'
import type { Closure, Definition, Runtime, Self } from '../process/shapes.ts'
import { showAs } from '../show.ts'
import type { Pid, Sendable } from '../types.ts'
import type { Home } from './home.ts'
import { homeOf, setHome } from './isolate.ts'
import { makeSelf } from './live.ts'
import { spawn } from './spawn.ts'
import { inspect, look } from './views.ts'

export class HeldRuntime implements Runtime {
  private readonly home: Home
  private over: Promise<void> | undefined

  constructor(home: Home) {
    this.home = home
    home.runtime = this
    setHome(home.number, home)
  }

  run<T, M = unknown>(body: (self: Self<M>) => T | PromiseLike<T>): Promise<T> {
    checkBody(body)
    const { home } = this
    if (home.closing) return Promise.reject(stopped())
    const [root] = spawnIn(home.scheduler, (process) => body(makeSelf(home, process)), {})
    return new Promise((...waits) => settle(home.scheduler, root, waits as never))
  }

  spawn<N>(what: Closure<N> | Definition<N, readonly unknown[]>, ...rest: unknown[]): Pid<Sendable<N>> {
    const [{ pid }] = spawn(this.home, makeSelf, what, rest, undefined)
    return pid as Pid<Sendable<N>>
  }

  send<M>(to: Pid<M> | string, message: M): void {
    const { home } = this
    if (typeof to === 'string' || runtimeNumberOf(to) === home.number) home.send(to, message)
    else homeOf(to).send(to, message)
  }

  register(name: string, pid: Pid): void {
    register(this.home.scheduler, name, pid)
  }

  unregister(name: string): boolean {
    return unregister(this.home.scheduler, name)
  }

  whereis<M>(name: string): Pid<M> | undefined {
    return whereis(this.home.scheduler, name) as Pid<M> | undefined
  }

  processes(): Promise<readonly ProcessView[]> {
    return this.lookBetweenTurns()
  }

  inspect(): RuntimeView
  inspect(pid: Pid): Promise<ProcessView | undefined>
  inspect(pid?: Pid): RuntimeView | Promise<ProcessView | undefined> {
    if (pid === undefined) return inspect(this.home)
    checkPid(pid)
    return this.lookBetweenTurns(pid).then(([view]) => view)
  }

  /** No body runs then: one that does not wait for anything of ours waits for something else. */
  private lookBetweenTurns(of?: number): Promise<ProcessView[]> {
    return new Promise((resolve) => soon(() => resolve(look(this.home, of))))
  }

  stop(): Promise<void> {
    this.over ??= this.end()
    return this.over
  }

  private async end(): Promise<void> {
    const { home } = this
    home.closing = true
    await stopAll(home.scheduler)
    home.closed = true
    this.unref()
    setHome(home.number, undefined)
  }

  ref(): void {
    this.hold(true)
  }

  unref(): void {
    this.hold(false)
  }

  private hold(on: boolean): void {
    const { scheduler } = this.home
    scheduler.kept = on
    // The alarm that it waits by is held, or let go.
    scheduler.turns.come()
  }

  get isOver(): boolean {
    return this.home.closed
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }
}

showAs(HeldRuntime.prototype, ({ isOver }) => `Runtime { ${isOver ? 'stopped' : 'portable'} }`)
