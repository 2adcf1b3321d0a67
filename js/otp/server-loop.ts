// The loop of a server: takes one message after the other and calls the callback for it. Owns the order in which callbacks run, and
// how a server ends. The kernel resumes it by a call, not by a promise: a callback that is not async costs none. Never true in
// it: two callbacks at a time, or one after `terminate`.

import { ProcessExit } from '../errors.ts'
import { crashReport } from '../kernel/crash.ts'
import type { Kernel } from '../kernel/kernel.ts'
import { endByItself } from '../kernel/life.ts'
import { GATE_EXITING, type Process, QUEUED, RECEIVING, RUNNING, rareOf } from '../kernel/process.ts'
import { describe, toReason } from '../kernel/reasons.ts'
import { COUNT_RECEIVED, GRANT, NOW_MS } from '../kernel/words.ts'
import { CARRIED } from '../process/carried.ts'
import { refuse } from '../process/receive.ts'
import type { ReplyTo } from '../process/shapes.ts'
import type { Context, ExitReason } from '../types.ts'
import { Action, NO_REPLY } from './actions.ts'
import { callbacks, Handling } from './callback-channel.ts'
import { pump, type Resumable, resumed } from './pump.ts'
import { answerTo } from './replies.ts'
import { attachServer, type Server } from './server.ts'
import { isEnd, isExit } from './signals.ts'
import { type Given, notStarting, STARTED } from './starting.ts'
import { answerSystem, type SystemRequest } from './system.ts'

/** A server whatever it takes. */
export type AnyServer = Server<unknown, unknown, unknown>

/** Nothing is there. */
const NONE: unique symbol = Symbol('none')
const FROM_NOBODY = undefined
const { then } = Promise.prototype

interface Question {
  readonly type: unknown
  readonly from: ReplyTo
  readonly request: unknown
  readonly message: unknown
  readonly deadline: number | undefined
  readonly context: Context | undefined
}

export class ServerLoop implements Resumable {
  readonly process: Process
  readonly kernel: Kernel
  server!: AnyServer
  /** Only debuggers' questions are answered. */
  suspended = false
  /** Messages that callbacks have taken. */
  handled = 0
  private readonly given: Given
  /** What came while it was suspended, from `heldAt` on. */
  private held: unknown[] = []
  private heldAt = 0
  /** Whose question is being handled. */
  private from: ReplyTo | undefined = FROM_NOBODY
  /** What is handled, while somebody must know. */
  private handling: Handling | undefined = undefined
  private begun = false
  private ending = false
  private resolve: () => void = () => {}
  private reject: (error: unknown) => void = () => {}
  private continuing = false
  private readonly onWake = (message: unknown): void => resumed(this, message)
  private readonly onResult = (result: unknown): void => {
    if (this.ending) return
    this.settled(result)
    if (!this.ending && !this.continuing) this.goOn()
  }
  private readonly onError = (error: unknown): void => this.failed(error)

  constructor(process: Process, given: Given) {
    this.process = process
    this.kernel = process.home as Kernel
    this.given = given
  }

  /** Runs the server; the promise is that of the body. */
  start(Class: new () => object, args: readonly unknown[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.resolve = resolve
      this.reject = reject
      try {
        this.server = new Class() as AnyServer
        attachServer(this.server, this.process)
        const made = this.server.init(...(args as never[]))
        const promise = promiseOf(made)
        if (promise === undefined) this.begin(made)
        else promise.then((result) => this.begin(result), this.onError)
      } catch (error) {
        this.failed(error)
      }
    })
  }

  /** Its `init` is over. */
  private begin(result: unknown): void {
    const { process, given } = this
    if (process.exiting !== undefined) return this.end(process.exiting)
    if (result instanceof Action && result.kind === 'stop') return this.end(toReason(result.what))
    this.begun = true
    if (given.ack !== undefined) answerTo(given.ack, [STARTED, process.pid])
    this.onResult(result)
  }

  /** How much waits to be handled. */
  get waiting(): number {
    return this.process.waiting + this.held.length - this.heldAt
  }

  /** Handles a message, and those behind it until it must wait. */
  run(first: unknown): void {
    let message = first
    for (;;) {
      const { exiting } = this.process
      // What it is resumed with then is the end of its wait.
      if (exiting !== undefined) return this.end(exiting)
      if (!this.handle(message)) return
      message = this.next()
      if (message === NONE) return
    }
  }

  /** Goes on behind a callback that was async. */
  private goOn(): void {
    const { exiting } = this.process
    if (exiting !== undefined) return this.end(exiting)
    const message = this.next()
    if (message !== NONE) resumed(this, message)
  }

  /** The next message, or none: then it is parked, and somebody else has been resumed. */
  private next(): unknown {
    const { process, kernel } = this
    if (process.parked !== RUNNING) {
      // A callback waits by `self` and has not told so by a promise.
      refuse(process).catch(this.onError)
      return NONE
    }
    if (this.held.length > 0 && !this.suspended) return this.takeHeld()
    if (process.head !== process.tail) {
      if (process.bound !== undefined && !kernel.armed) kernel.arm()
      if (kernel.words[GRANT] > 0) {
        kernel.words[GRANT]--
        kernel.counts[COUNT_RECEIVED]++
        return process.take()
      }
      process.handed = process.take()
      process.parked = QUEUED
      kernel.pushBack(process)
    } else {
      process.parked = RECEIVING
      process.since = kernel.words[NOW_MS]
    }
    process.wait = undefined
    process.wake = this.onWake
    pump(kernel)
    return NONE
  }

  private takeHeld(): unknown {
    const message = this.held[this.heldAt]
    this.held[this.heldAt++] = undefined
    if (this.heldAt === this.held.length) {
      this.held = []
      this.heldAt = 0
    }
    return message
  }

  /** Calls the callback for a message; false if that goes on, or was the last. */
  private handle(message: unknown): boolean {
    const question = message as Question | null | undefined
    const type = typeof message === 'object' && message !== null ? (question as Question).type : undefined
    if (type === 'system' && Array.isArray(question?.from)) return this.handleSystem(question)
    if (type === 'exit' && isExit(message) && (message.pid === 0 || message.pid === this.given.parent)) {
      this.end(message.reason)
      return false
    }
    if (this.suspended) {
      this.held.push(message)
      return true
    }
    this.handled++
    if (type === CARRIED || callbacks.hasSubscribers || question?.context !== undefined) this.show(type, question)
    const { server } = this
    let result: unknown
    let promise: Promise<unknown> | undefined
    try {
      if (type === 'cast') {
        result = server.handleCast(question?.message)
        if (result === undefined && this.handling === undefined) return true
      } else if (type === 'call' && Array.isArray(question?.from)) {
        this.from = question.from
        if (typeof question.deadline === 'number') rareOf(this.process).deadline = question.deadline
        result = server.handleCall(question.request, question.from)
      } else {
        result = server.handleInfo(type === CARRIED ? question?.message : message)
      }
      promise = promiseOf(result)
    } catch (error) {
      this.failed(error)
      return false
    }
    if (promise !== undefined) {
      this.handling?.waits()
      promise.then(this.onResult, this.onError)
      return false
    }
    this.settled(result)
    return !this.ending && !this.continuing
  }

  /** Somebody must know of what is handled now. */
  private show(type: unknown, question: Question | null | undefined): void {
    const isCall = type === 'call' && Array.isArray(question?.from)
    const callback = isCall ? 'handleCall' : type === 'cast' ? 'handleCast' : 'handleInfo'
    const isOurs = isCall || type === 'cast' || type === CARRIED
    const message = isCall ? question?.request : isOurs ? question?.message : question
    this.handling = new Handling(this.process, this.server, callback, message, isOurs ? question?.context : undefined)
  }

  private handleSystem({ from, request }: Question): boolean {
    const { stop } = (request ?? {}) as SystemRequest
    if (stop !== undefined) {
      this.end(toReason(stop))
      return false
    }
    try {
      answerTo(from, answerSystem(this, (request ?? {}) as SystemRequest))
    } catch (error) {
      // It cannot cross, or an accessor of the server has thrown.
      answerTo(from, { error: describe(error) })
    }
    return true
  }

  /** A callback is over, and so are those that it goes on with. */
  private settled(first: unknown): void {
    const { handling } = this
    if (handling !== undefined) {
      this.handling = undefined
      handling.over(first instanceof Action ? first.answer : first)
    }
    let result = first
    do result = this.settledOne(result)
    while (result !== NONE)
  }

  /** What the callback that it goes on with has answered, or none. */
  private settledOne(result: unknown): unknown {
    const { from } = this
    const action = result instanceof Action ? result : undefined
    // Who has been killed answers nobody.
    if (this.process.buried) return NONE
    if (from !== FROM_NOBODY) {
      this.from = FROM_NOBODY
      const { rare } = this.process
      if (rare !== undefined) rare.deadline = undefined
      const answer = action === undefined ? result : action.answer
      if (answer !== NO_REPLY) {
        try {
          answerTo(from, answer)
        } catch (error) {
          // It cannot cross.
          this.failed(error)
          return NONE
        }
      }
    }
    return action === undefined ? NONE : this.act(action)
  }

  private act({ kind, what }: Action): unknown {
    if (kind === 'stop') this.end(toReason(what))
    else if (kind === 'hibernate') this.process.shrink()
    else return this.goOnWith(what)
    return NONE
  }

  private goOnWith(what: unknown): unknown {
    let result: unknown
    let promise: Promise<unknown> | undefined
    try {
      result = this.server.handleContinue(what)
      promise = promiseOf(result)
    } catch (error) {
      this.failed(error)
      return NONE
    }
    if (promise === undefined) return result
    // Before any other message: what comes waits.
    const settle = (value: unknown): void => {
      this.continuing = false
      this.onResult(value)
    }
    this.continuing = true
    promise.then(settle, this.onError)
    return NONE
  }

  private failed(error: unknown): void {
    const { exiting } = this.process
    if (exiting !== undefined) return this.end(exiting)
    this.end({ kind: 'error', error: describe(error) }, { error })
  }

  /** The last callback, once; then the body is over. */
  private end(reason: ExitReason, thrown?: { readonly error: unknown }): void {
    if (this.ending) return
    this.ending = true
    const { process, server, handling } = this
    this.handling = undefined
    handling?.failed(thrown === undefined ? new ProcessExit(reason) : thrown.error)
    // Who asked waits no longer for what comes now.
    if (process.rare !== undefined) process.rare.deadline = undefined
    if (!this.begun) notStarting(process, this.given)
    if (!this.begun || process.buried) return this.over(reason, thrown)
    try {
      const ended = promiseOf(server.terminate(reason))
      if (ended === undefined) return this.over(reason, thrown)
      ended.then(
        () => this.over(reason, thrown),
        (error: unknown) => this.endFailed(error, reason),
      )
    } catch (error) {
      this.endFailed(error, reason)
    }
  }

  /** `terminate` has thrown: that is why the server ends, unless something made it. */
  private endFailed(error: unknown, reason: ExitReason): void {
    const { process, kernel } = this
    if (process.exiting !== undefined && isEnd(error)) return this.over(reason, undefined)
    if (process.exiting !== undefined) crashReport(kernel, process.pid, 'terminate of a server failed', error)
    this.over(reason, { error })
  }

  private over(reason: ExitReason, thrown: { readonly error: unknown } | undefined): void {
    if (thrown !== undefined) return this.reject(thrown.error)
    if (reason.kind !== 'normal' && this.process.gate !== GATE_EXITING) endByItself(this.kernel, this.process, reason)
    this.resolve()
  }
}

/** The promise that a callback has answered, if it has. One of a user's own making, which may call twice, is heard once. */
const promiseOf = (value: unknown): Promise<unknown> | undefined => {
  if (typeof value !== 'object' || value === null) return undefined
  if (value instanceof Promise && value.then === then) return value
  const isThenable = typeof (value as PromiseLike<unknown>).then === 'function'
  return isThenable ? new Promise((resolve) => resolve(value)) : undefined
}
