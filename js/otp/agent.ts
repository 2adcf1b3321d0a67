// Agents: a value in a process of its own, changed and read by functions that others bring. Owns how a function gets there: by reference on
// one scheduler; by its name to another, out of those that the agent was defined with, for a function cannot cross;
// nor does it reach an agent of the same scheduler where messages are frozen or copied, to find just that.
//
// As in Elixir what throws while it changes the value ends the agent: in JavaScript the value may be half changed then. Unlike there
// what throws while it reads does not; whoever brought it hears of it.

import { badArgument, UncrossableError } from '../errors.ts'
import type { Kernel } from '../kernel/kernel.ts'
import { onlyKernel } from '../kernel/kernels.ts'
import { checkPid, kernelOf } from '../kernel/post.ts'
import { highOf } from '../kernel/process.ts'
import { isError } from '../kernel/realms.ts'
import { describe } from '../kernel/reasons.ts'
import { INDEX_MASK } from '../kernel/words.ts'
import { checkOptions, type Names } from '../options.ts'
import { call } from '../process/call.ts'
import { isDefinition } from '../process/define.ts'
import { ended } from '../process/desk.ts'
import { isAlive } from '../process/exit.ts'
import { checkName } from '../process/names.ts'
import { WAIT_NAMES } from '../process/option-names.ts'
import type { Call, CallOptions, Runtime, Self } from '../process/shapes.ts'
import { checkWait } from '../process/waits.ts'
import type { Pid } from '../types.ts'
import { Server } from './server.ts'
import {
  bodyOfServer,
  cast,
  defineStarting,
  type ServerClass,
  type ServerDefinition,
  type StartOptions,
  startServer,
} from './start-server.ts'
import { stopServer } from './system.ts'

/** Functions of an agent by name: each is given the value and what else its caller says. */
export type AgentFunctions<State> = Readonly<Record<string, (state: State, ...args: never[]) => unknown>>

/** An agent that any scheduler can start, as {@link defineAgent} makes it. */
export type AgentDefinition<State> = ServerDefinition<AgentRequest, AgentRequest> & {
  readonly state?: (state: State) => void
}

/** What is asked of an agent. */
export interface AgentRequest {
  /** What for. */
  readonly agent: 'get' | 'update' | 'get-and-update'
  /** A function, or the name of one. */
  readonly what: unknown
  /** What it is given behind the value. */
  readonly args: readonly unknown[]
}

/** How a function is brought to an agent. */
export interface AgentOptions extends CallOptions {
  /** For the function, behind the value. */
  readonly args?: readonly unknown[]
}

const NAMES: Names<AgentOptions> = { ...WAIT_NAMES, args: true }
const CAST_NAMES: Names<Pick<AgentOptions, 'args'>> = { args: true }

type Change = (state: unknown, ...args: readonly unknown[]) => unknown

class AgentServer extends Server<AgentRequest, AgentRequest> {
  state: unknown
  /** Those that can be named. */
  protected functions(): AgentFunctions<never> {
    return {}
  }

  override async init(initial: Change, ...args: readonly unknown[]): Promise<void> {
    this.state = await initial(...(args as [unknown]))
  }

  override async handleCall({ agent, what, args }: AgentRequest): Promise<unknown> {
    const change = this.#find(what)
    if (change === undefined) return { error: notOne(what, this.functions()) }
    if (agent === 'get') return answerOf(() => change(this.state, ...args))
    const changed = await change(this.state, ...args)
    if (agent === 'update') {
      this.state = changed
      return { value: undefined }
    }
    if (!Array.isArray(changed) || changed.length !== 2) {
      return { error: badArgument(TypeError, 'what', 'a function that answers [answer, value]', changed) }
    }
    const [value, next] = changed
    this.state = next
    return { value }
  }

  override async handleCast({ what, args }: AgentRequest): Promise<void> {
    const change = this.#find(what)
    if (change === undefined) throw notOne(what, this.functions())
    this.state = await change(this.state, ...args)
  }

  #find(what: unknown): Change | undefined {
    if (typeof what === 'function') return what as Change
    const functions = this.functions()
    return typeof what === 'string' && Object.hasOwn(functions, what) ? (functions[what] as Change) : undefined
  }
}

/** What a function that reads answers, or the error of it. */
const answerOf = async (read: () => unknown): Promise<unknown> => {
  try {
    return { value: await read() }
  } catch (error) {
    return { error: isError(error) ? error : new Error(describe(error).message) }
  }
}

const notOne = (what: unknown, functions: AgentFunctions<never>): Error => {
  const names = Object.keys(functions).map((name) => JSON.stringify(name))
  return badArgument(TypeError, 'what', names.length === 0 ? 'a function' : `a function or one of ${names}`, what)
}

/**
 * An agent as a child of a supervisor, to be given as `start`; its `args` are those of `initial`.
 *
 * @param initial - answers the value that it begins with, and with which it begins anew
 * @param functions - functions that others may name
 * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`
 * @example
 * ```ts
 * import { run } from 'rumpus'
 * import { Agent, agent, startSupervisor } from 'rumpus/otp'
 * import assert from 'node:assert/strict'
 *
 * await run(async (self) => {
 *   await startSupervisor(self, { children: [{ id: 'hits', name: 'hits', start: agent(() => 0, { add: (n, more) => n + more }) }] })
 *   const hits = new Agent('hits')
 *   await hits.update('add', { args: [5] })
 *   assert.equal(await hits.get((n) => n), 5)
 * })
 * ```
 */
export const agent = <State>(
  initial: (...args: never[]) => State | PromiseLike<State>,
  functions: AgentFunctions<State> = {},
): ServerClass<AgentRequest, AgentRequest> => {
  checkFunctions(initial, functions)
  return class extends AgentServer {
    override init(...args: never[]): Promise<void> {
      return super.init(initial as Change, ...args)
    }
    protected override functions(): AgentFunctions<never> {
      return functions as AgentFunctions<never>
    }
  }
}

const checkFunctions = (initial: unknown, functions: unknown): void => {
  if (typeof initial !== 'function')
    throw badArgument(TypeError, 'initial', 'a function that answers the value', initial)
  if (typeof functions !== 'object' || functions === null) {
    throw badArgument(TypeError, 'functions', 'an object of functions', functions)
  }
  for (const [name, value] of Object.entries(functions)) {
    if (typeof value !== 'function') throw badArgument(TypeError, `functions.${name}`, 'a function', value)
  }
}

/**
 * Defines an agent under `name` in the module `url`, so that any scheduler can start it, and with it the functions that may be named
 * from everywhere: see `define`, whose rules are the same.
 *
 * @param url - `import.meta.url`
 * @param name - unique in the module
 * @param initial - answers the value that it begins with; given the `args` of its start
 * @param functions - what others may do with the value
 * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`, RangeError `ERR_RUMPUS_OUT_OF_RANGE` as `define` does
 * @example
 * ```ts
 * import { run } from 'rumpus'
 * import { Agent, defineAgent } from 'rumpus/otp'
 * import assert from 'node:assert/strict'
 *
 * const words = defineAgent(import.meta.url, 'words', (...first) => new Set(first), {
 *   add: (set, word) => set.add(word),
 *   size: (set) => set.size,
 * })
 *
 * await run(async (self) => {
 *   const there = await Agent.start(self, words, { args: ['a'], on: 1 })
 *   await there.update('add', { args: ['b'] })
 *   assert.equal(await there.get('size'), 2)
 *   assert.throws(() => there.get((set) => set.size), { code: 'ERR_RUMPUS_UNCROSSABLE' })
 * })
 * ```
 */
export const defineAgent = <State>(
  url: string,
  name: string,
  initial: (...args: never[]) => State | PromiseLike<State>,
  functions: AgentFunctions<State>,
): AgentDefinition<State> => {
  const body = bodyOfServer(agent(initial, functions))
  const text = [initial, ...Object.values(functions)].map(String).join('\n')
  return defineStarting(url, name, body, text) as never
}

/**
 * A value in a process of its own, by its pid or name: others read and change it by functions, one after the other.
 *
 * For a value that several processes share and that needs no rules of its own. Where it has rules, write a {@link Server}: its requests
 * have names and its state is nobody else's. A function that works for long keeps all others waiting.
 *
 * @example
 * ```ts
 * import { run } from 'rumpus'
 * import { Agent } from 'rumpus/otp'
 * import assert from 'node:assert/strict'
 *
 * await run(async (self) => {
 *   const counter = await Agent.start(self, () => 0)
 *   counter.cast((n) => n + 1)
 *   await counter.update((n) => n * 10)
 *   assert.equal(await counter.getAndUpdate((n) => [n, n + 1]), 10)
 *   assert.equal(await counter.get((n) => n), 11)
 * })
 * ```
 */
export class Agent<State = unknown> {
  /** Its pid or name: what to hand to others, who make one of these of it. */
  readonly to: Pid<Call<AgentRequest>> | string

  /**
   * @param to - a pid or a name
   * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`
   */
  constructor(to: Pid<never> | string) {
    if (typeof to === 'string') checkName('to', to)
    else checkPid(to)
    this.to = to as Pid<Call<AgentRequest>> | string
  }

  /**
   * Starts an agent; it belongs to whoever starts it, as a server does.
   *
   * @param parent - the process that starts it, or the runtime
   * @param what - a function that answers the value it begins with, or what {@link defineAgent} or {@link agent} answered
   * @param options - as of `startServer`
   * @throws as `startServer`
   */
  static async start<State>(
    parent: Self<never> | Runtime | { readonly pid: Pid<never> },
    what:
      | ((...args: never[]) => State | PromiseLike<State>)
      | AgentDefinition<State>
      | ServerClass<AgentRequest, AgentRequest>,
    options: StartOptions = {},
  ): Promise<Agent<State>> {
    const isMade = isDefinition(what) || (typeof what === 'function' && what.prototype instanceof AgentServer)
    const made = isMade ? what : agent(what as () => State)
    return new Agent<State>(await startServer(parent, made as ServerClass<AgentRequest, AgentRequest>, options))
  }

  /**
   * What `what` answers of the value.
   *
   * @param what - a function, given the value and then `options.args`, or the name of one; on another scheduler only a name
   * @param options - as of `call`; what else the function is given
   * @throws UncrossableError for a function, or arguments, that cannot go there; rejects as `call` does, and with what the function throws
   */
  get<Answer = unknown>(
    what: ((state: State, ...args: never[]) => Answer | PromiseLike<Answer>) | string,
    options: AgentOptions = {},
  ): Promise<Answer> {
    return this.ask('get', what, options) as Promise<Answer>
  }

  /**
   * Changes the value: it is what `what` answers from then on.
   *
   * @param what - as of {@link Agent.get}
   * @param options - as of {@link Agent.get}
   * @throws as {@link Agent.get}; if the function throws the agent ends, and this rejects with `ERR_RUMPUS_DOWN`
   */
  update(
    what: ((state: State, ...args: never[]) => State | PromiseLike<State>) | string,
    options: AgentOptions = {},
  ): Promise<void> {
    return this.ask('update', what, options) as Promise<void>
  }

  /**
   * Changes the value and answers something: `what` answers both, `[answer, value]`.
   *
   * @param what - as of {@link Agent.get}
   * @param options - as of {@link Agent.get}
   * @throws as {@link Agent.update}; rejects with TypeError `ERR_RUMPUS_BAD_ARGUMENT` if the function answers something else, and then
   * the value stays
   */
  getAndUpdate<Answer = unknown>(
    what:
      | ((state: State, ...args: never[]) => readonly [Answer, State] | PromiseLike<readonly [Answer, State]>)
      | string,
    options: AgentOptions = {},
  ): Promise<Answer> {
    return this.ask('get-and-update', what, options) as Promise<Answer>
  }

  /**
   * Changes the value without a wait or a word of how that went.
   *
   * @param what - as of {@link Agent.get}
   * @param options - what else the function is given
   * @throws as {@link Agent.get} does at the call
   */
  cast(
    what: ((state: State, ...args: never[]) => State | PromiseLike<State>) | string,
    options: Pick<AgentOptions, 'args'> = {},
  ): void {
    checkOptions('options', options, CAST_NAMES)
    const request = this.request('update', what, options)
    if (request !== undefined) cast(this.to as never, request as never)
  }

  /**
   * Ends the agent when it has done what waits; resolves when it has ended.
   *
   * @param options - as of `call`
   * @throws as `stopServer`
   */
  stop(options: CallOptions = {}): Promise<void> {
    return stopServer(this.to as Pid<never>, 'normal', options)
  }

  private ask(agent: AgentRequest['agent'], what: unknown, given: AgentOptions): Promise<unknown> {
    checkOptions('options', given, NAMES)
    const { args, ...options } = given
    checkWait(options, true)
    const request = this.request(agent, what, args === undefined ? {} : { args })
    if (request === undefined) return Promise.reject(ended({ kind: 'noproc' }))
    return call(this.to as Pid<Call<AgentRequest, { value: unknown } | { error: Error }>>, request, options).then(
      (answered) => {
        if ('value' in answered) return answered.value
        throw answered.error
      },
    )
  }

  /** The request; none if a function was to go to an agent that has ended. */
  private request(agent: AgentRequest['agent'], what: unknown, { args = [] }: AgentOptions): AgentRequest | undefined {
    if (!Array.isArray(args)) throw badArgument(TypeError, 'options.args', 'an array', args)
    if (typeof what === 'string') return { agent, what, args }
    if (typeof what !== 'function') throw badArgument(TypeError, 'what', 'a function or the name of one', what)
    return this.isHere() ? { agent, what, args } : undefined
  }

  /** Whether a function can go there. What has ended lives nowhere: that it is asked is no mistake. */
  private isHere(): boolean {
    const kernel: Kernel = typeof this.to === 'string' ? onlyKernel() : kernelOf(this.to)
    const pid = typeof this.to === 'string' ? kernel.names.find(this.to) : (this.to as number)
    if (pid !== 0 && kernel.procs[pid & INDEX_MASK]?.high === highOf(pid)) return true
    if (pid === 0 || !isAlive(pid as Pid)) return false
    const why = 'a function; name one that the agent, which lives there, was defined with'
    throw new UncrossableError('what', why)
  }
}
