// The object behind `self`: the verbs of the model, and those that know a runtime. Each is one line; what they do is elsewhere.

import { badArgument } from '../errors.ts'
import { checkPid } from '../model/checks.ts'
import type { Process } from '../model/process.ts'
import { Verbs } from '../model/self.ts'
import { formatPid, runtimeNumberOf } from '../pid.ts'
import type { AskOptions, Call, Mark, Runtime } from '../process/shapes.ts'
import { showAs } from '../show.ts'
import type { Pid, Sendable } from '../types.ts'
import { callFrom } from './call.ts'
import type { Home } from './home.ts'
import { homeOf } from './isolate.ts'
import { spawn, type Ties, type What } from './spawn.ts'

export class Live<M> extends Verbs<M> {
  private readonly home: Home

  constructor(home: Home, process: Process) {
    super(home.scheduler, process)
    this.home = home
  }

  get runtime(): Runtime {
    return this.home.runtime
  }

  /** Not for users: it, when somebody looks. */
  get inWords(): string {
    const { pid, name } = this.process
    return `process ${formatPid(pid as Pid)}${name === undefined ? '' : ` (${JSON.stringify(name)})`}`
  }

  override mark(): Mark {
    return super.mark() as Mark
  }

  call<Request, Reply>(to: Pid<Call<Request, Reply>> | string, request: Request, options?: AskOptions): Promise<Reply> {
    return callFrom(this.home, this.process, to, request, options) as Promise<Reply>
  }

  send<N>(to: Pid<N> | string, message: N): void {
    // To another runtime, too.
    if (typeof to === 'string' || isOurs(this.home, to)) this.home.send(to, message)
    else homeOf(to).send(to, message)
  }

  spawn<N>(what: What<N>, ...rest: unknown[]): Pid<Sendable<N>> {
    return this.bear(what, rest, {})[0]
  }

  spawnLink<N>(what: What<N>, ...rest: unknown[]): Pid<Sendable<N>> {
    return this.bear(what, rest, { link: true })[0]
  }

  spawnMonitor<N>(what: What<N>, ...rest: unknown[]): readonly [pid: Pid<Sendable<N>>, ref: number] {
    return this.bear(what, rest, { monitor: true })
  }

  private bear<N>(what: What<N>, rest: unknown[], ties: Ties): readonly [pid: Pid<Sendable<N>>, ref: number] {
    const [{ pid }, ref] = spawn(this.home, makeSelf, what, rest, this.mine(), ties)
    return [pid as Pid<Sendable<N>>, ref]
  }

  override link(pid: Pid): void {
    this.mine()
    checkOurs(this.home, pid)
    super.link(pid)
  }

  override unlink(pid: Pid): void {
    this.mine()
    checkOurs(this.home, pid)
    super.unlink(pid)
  }

  override monitor(pid: Pid): number {
    this.mine()
    checkOurs(this.home, pid)
    return super.monitor(pid)
  }
}

const isOurs = (home: Home, pid: number): boolean => runtimeNumberOf(pid) === home.number

/** Links and monitors stay within a runtime: a false death would be worse than none. */
const checkOurs = (home: Home, pid: Pid): void => {
  checkPid(pid)
  if (!isOurs(home, pid)) throw badArgument(TypeError, 'pid', 'a pid of the same runtime', pid)
}

/** Makes what a body is given. */
export const makeSelf = (home: Home, process: Process): never => new Live(home, process) as never

showAs(Live.prototype, ({ inWords }) => `Self { ${inWords} }`)
