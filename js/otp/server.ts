// The class that servers extend. Owns the callbacks there are, what each does unless it is overridden, and the words by which a
// callback asks for something else than a reply. What calls them is the loop (`server-loop.ts`).

import { badArgument, RumpusError } from '../errors.ts'
import { crashReport } from '../kernel/crash.ts'
import type { Kernel } from '../kernel/kernel.ts'
import type { Process } from '../kernel/process.ts'
import type { Asks, Call, ReplyTo, Self } from '../process/shapes.ts'
import type { Context, Down, Exit, ExitReason, Pid, ReasonGiven } from '../types.ts'
import { Action, NO_REPLY, type NoReply } from './actions.ts'

let attach: (server: Server, process: Process) => void

/** A message for `handleCast`, as {@link cast} sends it. */
export interface Cast<Message = unknown> {
  /** Tells it from other messages. */
  readonly type: 'cast'
  /** What was cast. */
  readonly message: Message
  /** Of what work it is a part, if whoever cast it has said so. */
  readonly context?: Context
}

/** The pid of a server: whom it is for to ask `Request`s, to tell `Casting`s, and to send `Info`s. */
export type ServerPid<Request = unknown, Casting = unknown, Info = never> = Pid<
  Call<Request, ReplyOf<Request>> | Cast<Casting> | Info
>

/** What a request is answered with. */
export type ReplyOf<Request> = Request extends Asks<infer Reply, unknown> ? Reply : unknown

/** What `handleCall` may answer. */
export type Handled<Request> = ReplyOf<Request> | NoReply | Action | PromiseLike<ReplyOf<Request> | NoReply | Action>

/** What the other callbacks may answer: nothing, or an action. */
// biome-ignore lint/suspicious/noConfusingVoidType: a callback that answers nothing
export type Done = void | undefined | Action | PromiseLike<void | undefined | Action>

/**
 * A process that answers questions one after the other and keeps state between them: fields of a class that extends this.
 *
 * Override what you need. A callback may be async or not: one that is not costs no promise. While one runs, the next message
 * waits. What a callback throws ends the server with that error, and whoever waits for an answer hears of it at once.
 *
 * Not for a value that nobody else changes, which is a variable, nor for work that is done once, which is a plain body.
 *
 * @example
 * ```ts
 * import { type Asks, run } from 'rumpus'
 * import { cast, Server, startServer } from 'rumpus/otp'
 * import assert from 'node:assert/strict'
 *
 * type Take = Asks<number, { type: 'take' }>
 * type Peek = Asks<string, { type: 'peek' }>
 *
 * class Counter extends Server<Take | Peek, number> {
 *   count = 0
 *   override init(first: number) {
 *     this.count = first
 *   }
 *   override handleCall(request: Take | Peek) {
 *     return request.type === 'take' ? this.count++ : `${this.count}`
 *   }
 *   override handleCast(more: number) {
 *     this.count += more
 *   }
 * }
 *
 * await run(async (self) => {
 *   const counter = await startServer(self, Counter, { args: [5] })
 *   const taken: number = await self.call(counter, { type: 'take' })
 *   cast(counter, 10)
 *   assert.equal(taken, 5)
 *   assert.equal(await self.call(counter, { type: 'peek' }), '16')
 * })
 * ```
 */
export class Server<Request = unknown, Casting = unknown, Info = never> {
  // Not a field that others see: fields are the state.
  #self!: Process

  /** The process it is, as bodies have it: to send, monitor, spawn. Do not receive by it: what comes is for the callbacks. */
  get self(): Self<Info> {
    return this.#self as unknown as Self<Info>
  }

  /**
   * Called first, with the arguments of the start; who starts it waits until it is over. What it throws is why the start fails.
   *
   * @param _args - what was given as `args`
   */
  init(..._args: never[]): Done {}

  /**
   * Answers a question: what it returns, or resolves to, is the reply.
   *
   * @param request - the question
   * @param _from - for `reply`, if it answers {@link noReply}
   */
  handleCall(request: Request, _from: ReplyTo<ReplyOf<Request>>): Handled<Request> {
    throw badArgument(TypeError, 'request', `one that ${this.constructor.name} handles`, request)
  }

  /**
   * Takes what was {@link cast}.
   *
   * @param message - what
   */
  handleCast(message: Casting): Done {
    throw badArgument(TypeError, 'message', `one that ${this.constructor.name} handles`, message)
  }

  /**
   * Takes any other message: what was sent by `send` or a timer, a `Down`, an `Exit`. Unless overridden it is dropped, with a crash
   * report that says so.
   *
   * @param message - what
   */
  handleInfo(message: Info | Down | Exit): Done {
    const error = badArgument(TypeError, 'message', `one that ${this.constructor.name} handles`, message)
    crashReport(this.#self.home as Kernel, this.#self.pid, 'a server dropped a message', error)
  }

  /**
   * Goes on with what a callback has left for later by {@link continueWith}, before any other message.
   *
   * @param _what - what it was given
   */
  handleContinue(_what: unknown): Done {
    throw new RumpusError('ERR_RUMPUS_BAD_ARGUMENT', `${this.constructor.name} has no handleContinue`)
  }

  /**
   * Called last, unless it was killed or its thread has died: it stops, a callback threw, or it was told to end. In the last case
   * whatever it asks of `self` throws, unless it traps exits, and it has 5 s. What it throws is reported.
   *
   * @param _reason - why it ends
   */
  terminate(_reason: ExitReason): void | PromiseLike<void> {}

  static {
    attach = (server, process) => {
      server.#self = process
    }
  }
}

/** Makes `server` the one of a process. */
export const attachServer = (server: object, process: Process): void => attach(server as Server, process)

/**
 * Answer of `handleCall`: the caller is answered later, by `reply` with its `from`, from wherever.
 *
 * @example
 * ```ts
 * import { reply, run } from 'rumpus'
 * import { noReply, Server, startServer } from 'rumpus/otp'
 * import assert from 'node:assert/strict'
 *
 * class Gate extends Server {
 *   waiting = []
 *   handleCall(request, from) {
 *     if (request === 'wait') this.waiting.push(from)
 *     else for (const one of this.waiting.splice(0)) reply(one, 'go')
 *     return request === 'wait' ? noReply : 'opened'
 *   }
 * }
 *
 * await run(async (self) => {
 *   const gate = await startServer(self, Gate)
 *   const waiter = self.spawn(async (me) => assert.equal(await me.call(gate, 'wait'), 'go'))
 *   await self.yield()
 *   assert.equal(await self.call(gate, 'open'), 'opened')
 * })
 * ```
 */
export const noReply: NoReply = NO_REPLY

/**
 * Answer of a callback: the server ends for `reason`, after `terminate`. From `handleCall` with a second argument, that is replied
 * first; without one the caller hears of the end.
 *
 * @param reason - why, as `exit` has it; `'normal'` unless given
 * @param answer - for the caller
 * @example
 * ```ts
 * import { run } from 'rumpus'
 * import { Server, startServer, stopWith } from 'rumpus/otp'
 * import assert from 'node:assert/strict'
 *
 * class Once extends Server {
 *   handleCall = () => stopWith('normal', 'bye')
 * }
 *
 * await run(async (self) => {
 *   const once = await startServer(self, Once)
 *   assert.equal(await self.call(once, 'hello'), 'bye')
 *   await assert.rejects(self.call(once, 'hello'), { code: 'ERR_RUMPUS_NOPROC' })
 * })
 * ```
 */
export const stopWith = (reason: ReasonGiven = 'normal', answer: unknown = NO_REPLY): Action =>
  new Action('stop', reason, answer)

/**
 * Answer of a callback: `handleContinue` is called with `what` before any other message. From `init` it is how to do slowly what
 * who starts the server need not wait for; from `handleCall` its second argument is the reply.
 *
 * @param what - for `handleContinue`
 * @param answer - for the caller
 * @example
 * ```ts
 * import { run } from 'rumpus'
 * import { continueWith, Server, startServer } from 'rumpus/otp'
 * import assert from 'node:assert/strict'
 *
 * class Cache extends Server {
 *   init = () => continueWith('fill')
 *   async handleContinue() {
 *     await this.self.sleep(1)
 *     this.full = true
 *   }
 *   handleCall = () => this.full
 * }
 *
 * await run(async (self) => {
 *   const cache = await startServer(self, Cache)
 *   assert.equal(await self.call(cache, 'full?'), true)
 * })
 * ```
 */
export const continueWith = (what: unknown, answer: unknown = NO_REPLY): Action => new Action('continue', what, answer)

/**
 * Answer of a callback that expects no message for long: the room that the inbox took is given back first, as by `self.hibernate`.
 *
 * @param answer - for the caller, from `handleCall`
 * @example
 * ```ts
 * import { run } from 'rumpus'
 * import { hibernate, Server, startServer } from 'rumpus/otp'
 * import assert from 'node:assert/strict'
 *
 * class Seldom extends Server {
 *   handleCall = (request) => hibernate(request)
 * }
 *
 * await run(async (self) => {
 *   assert.equal(await self.call(await startServer(self, Seldom), 'asked'), 'asked')
 * })
 * ```
 */
export const hibernate = (answer: unknown = NO_REPLY): Action => new Action('hibernate', undefined, answer)
