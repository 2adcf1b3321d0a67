// What a stage does with what other stages tell it. Owns the order: events are handled one portion after the other, a producer's end
// behind them, and the stage's own end behind all. The server's loop calls it as it calls any callback; what it does not know is the
// user's. Never true in it: an event taken from producers before consumers want one, where there are consumers; two portions at a time.

import { badArgument, RumpusError } from '../errors.ts'
import { crashReport } from '../kernel/crash.ts'
import type { Kernel } from '../kernel/kernel.ts'
import type { Process } from '../kernel/process.ts'
import { describe } from '../kernel/reasons.ts'
import type { ReplyTo, Self } from '../process/shapes.ts'
import type { Down, ExitReason } from '../types.ts'
import { Action } from './actions.ts'
import { answerTo } from './replies.ts'
import { type Done, stopWith } from './server.ts'
import { isDown } from './signals.ts'
import type { Portion, Source, StageIn } from './stage-in.ts'
import { refuse, type StageOut, tell } from './stage-out.ts'
import {
  keepSubscription,
  type StageMessage,
  type StageRequest,
  type StageStatus,
  type Subscription,
} from './stage-shapes.ts'

/** It is no message of stages. */
export const NOT_OURS: unique symbol = Symbol('not ours')

/** What the loop calls. */
export interface StageCallbacks {
  handleDemand?(count: number): unknown
  handleEvents?(events: readonly unknown[], from: Subscription): unknown
  handleCancelled?(subscription: Subscription, reason: ExitReason): unknown
  handleDropped?(events: readonly unknown[]): unknown
  handleDrain(): unknown
}

const NORMAL: ExitReason = { kind: 'normal' }

export class StageLoop {
  readonly out: StageOut | undefined
  readonly in: StageIn | undefined
  private readonly self: Self<never>
  private readonly callbacks: StageCallbacks
  /** Why it is to end when all is out. */
  private draining: ExitReason | undefined
  /** Its callbacks have emitted the last. */
  private drained = false
  /** It has been told that events were dropped, and some wait still. */
  private reported = false

  constructor(self: Self<never>, callbacks: StageCallbacks, out: StageOut | undefined, from: StageIn | undefined) {
    this.self = self
    this.callbacks = callbacks
    this.out = out
    this.in = from
  }

  /** Takes a message, if stages have sent it. */
  take(message: unknown): Done | typeof NOT_OURS {
    const type = typeof message === 'object' && message !== null ? (message as StageMessage).type : undefined
    switch (type) {
      case 'rumpus:events':
      case 'rumpus:cancelled':
        return this.heard(message as StageMessage)
      case 'rumpus:ask':
      case 'rumpus:cancel':
      case 'rumpus:subscribe':
        return this.asked(message as StageMessage)
      case 'rumpus:stage': {
        const { from, request } = message as { from: ReplyTo; request: StageRequest }
        if (!Array.isArray(from)) return NOT_OURS
        this.answer(from, request)
        return this.goOn()
      }
      case 'rumpus:go-on':
        return this.goOn()
      default:
        return (type as unknown) === 'down' && isDown(message) && this.isOurs(message) ? this.goOn() : NOT_OURS
    }
  }

  private isOurs({ ref, reason }: Down): boolean {
    return this.in?.ended(ref, reason) === true || this.out?.down(ref) === true
  }

  /** Producers have said something. */
  private heard(message: StageMessage): Done {
    if (message.type === 'rumpus:events') this.in?.come(message.ref, message.events)
    if (message.type === 'rumpus:cancelled') this.in?.ended(message.ref, message.reason)
    return this.goOn()
  }

  /** Consumers have. */
  private asked(message: StageMessage): Done {
    const { out } = this
    if (message.type === 'rumpus:subscribe') {
      if (out !== undefined) out.subscribe(message)
      else refuse(message.consumer, message.ref, badArgument(TypeError, 'to', 'a stage that produces', message.ref))
    }
    if (message.type === 'rumpus:ask') out?.ask(message.ref, message.count)
    if (message.type === 'rumpus:cancel') out?.cancel(message.ref)
    return this.goOn()
  }

  private answer(from: ReplyTo, request: StageRequest): void {
    try {
      switch (request.stage) {
        case 'status':
          return answerTo(from, { value: this.status() })
        case 'demand':
          this.producing().setForwards(request.demand === 'forward')
          return answerTo(from, { value: undefined })
        case 'subscribe':
          return answerTo(from, { value: this.subscribe(keepSubscription(request.to, 'to')).ref })
        case 'cancel':
          return this.cancelAndTell(request.ref, () => answerTo(from, { value: undefined }))
        default:
          // Its end is the answer.
          return this.drain()
      }
    } catch (error) {
      const { name, message, code } = describe(error)
      answerTo(from, { error: { name, message, code } })
    }
  }

  private cancelAndTell(ref: number, told: () => void): void {
    const source = this.consuming().find(ref)
    if (source === undefined) return told()
    source.waiting.push(told)
    this.consuming().leave(source)
  }

  private producing(): StageOut {
    if (this.out !== undefined) return this.out
    throw badArgument(TypeError, 'stage', 'a stage that produces', this.callbacks)
  }

  private consuming(): StageIn {
    if (this.in !== undefined) return this.in
    throw badArgument(TypeError, 'stage', 'a stage that consumes', this.callbacks)
  }

  /** Subscribes to a producer. */
  subscribe(how: ReturnType<typeof keepSubscription>): Source {
    if (this.draining !== undefined)
      throw new RumpusError('ERR_RUMPUS_NOPROC', 'a stage that ends subscribes to nobody')
    return this.consuming().subscribe(how)
  }

  /** Takes a subscription back. */
  cancel({ ref }: Subscription): void {
    this.cancelAndTell(ref, () => {})
  }

  /** Does what there is to do: asks the callbacks for events, or gives them some; ends when all is out. */
  private goOn(): Done {
    this.out?.flush()
    if (this.in !== undefined) return this.work(this.in)
    const count = this.draining === undefined ? (this.out?.takeDemand() ?? 0) : 0
    if (count === 0) return this.settle()
    // Whoever drains in there is told to go on.
    return this.behind(this.callbacks.handleDemand?.(count), () => {
      // Consumers may have had no use for what there was: others are to have their turn before more is asked for.
      if ((this.out?.unasked ?? 0) > 0) this.again()
      return undefined
    })
  }

  /** Handles what has come, as far as it may. */
  private work(from: StageIn): Done {
    for (;;) {
      const portion = from.next(this.out === undefined ? Number.POSITIVE_INFINITY : this.out.demand)
      if (portion === undefined) return this.settle()
      const done = this.handle(from, portion)
      if (done !== undefined) return done
    }
  }

  /** Handles one portion; answers nothing if the next can be handled. */
  private handle(from: StageIn, portion: Portion): Done {
    const { source } = portion
    if ('ended' in portion) {
      for (const told of source.waiting) told()
      const subscription = { ref: source.ref, pid: source.pid }
      const result = this.callbacks.handleCancelled?.(subscription, portion.ended)
      return this.behind(result, () => this.lost(source, portion.ended), from)
    }
    const result = this.callbacks.handleEvents?.(portion.events, source)
    return this.behind(result, () => from.handled(source, portion.events.length), from)
  }

  /** Goes on behind a callback, at once if it was not async: with `next`, and then with what has come `from` producers. */
  private behind(result: unknown, next: () => Action | undefined, from?: StageIn): Done {
    if (!isPromise(result)) return this.took(result, next)
    return result.then((value) => this.took(value, next) ?? (from === undefined ? this.settle() : this.work(from)))
  }

  /** Does what a callback has answered: events to emit, an action, or nothing. */
  private took(result: unknown, next: () => Action | undefined): Action | undefined {
    const action = result instanceof Action ? result : undefined
    if (action?.kind === 'stop') return action
    if (Array.isArray(result) && this.out !== undefined) this.emit(result)
    else if (action === undefined && result !== undefined && this.out !== undefined) {
      throw badArgument(TypeError, 'what a stage answers', 'an array of events, an action or nothing', result)
    }
    const stop = next()
    if (stop !== undefined || action === undefined) return stop
    // What else there is to do comes behind the action.
    if (this.hasMore) this.again()
    return action
  }

  private get hasMore(): boolean {
    if (this.draining !== undefined || this.in?.hasWork === true) return true
    return this.in === undefined && (this.out?.unasked ?? 0) > 0
  }

  /** A producer is there no more. */
  private lost({ how, leaving }: Source, reason: ExitReason): Action | undefined {
    const isPeaceful = reason.kind === 'normal' || reason.kind === 'shutdown'
    if (leaving || how.cancel === 'temporary' || (how.cancel === 'transient' && isPeaceful)) return undefined
    if (!isPeaceful) return stopWith(reason)
    this.begin(reason)
    return undefined
  }

  emit(events: Iterable<unknown>): void {
    const { out } = this
    if (out === undefined) return
    const dropped = out.emit(events)
    if (dropped.length > 0) this.callbacks.handleDropped?.(dropped)
    else if (out.held === 0) this.reported = false
  }

  /** Has the log told, once until nothing waits, that events were dropped. */
  reportDropped(count: number): void {
    if (this.reported) return
    this.reported = true
    const message = `${count} events were dropped: nobody had asked for them, and as many wait as may`
    const error = new RumpusError('ERR_RUMPUS_EVENTS_DROPPED', message)
    const { home, pid } = this.self as unknown as Process
    crashReport(home as Kernel, pid, 'a stage dropped events', error)
  }

  /** From now on it takes nothing in, and ends when all is out. */
  drain(): void {
    this.begin(NORMAL)
    this.again()
  }

  private begin(reason: ExitReason): void {
    if (this.draining !== undefined) return
    this.draining = reason
    this.in?.leaveAll()
  }

  private again(): void {
    tell(this.self.pid, { type: 'rumpus:go-on' })
  }

  /** Ends if it is to and all is out. */
  private settle(): Done {
    if (this.draining === undefined || this.in?.hasSources === true) return undefined
    if (this.drained) return this.finish()
    this.drained = true
    const result = this.callbacks.handleDrain()
    if (!isPromise(result)) return this.took(result, nothing) ?? this.finish()
    return result.then((value) => this.took(value, nothing) ?? this.finish())
  }

  private finish(): Done {
    if (this.out !== undefined && this.out.held > 0) return undefined
    this.out?.finish(NORMAL)
    return stopWith(this.draining)
  }

  private status(): StageStatus {
    const { out, in: from } = this
    return {
      demand: out?.demand ?? 0,
      buffered: out?.held ?? 0,
      dropped: out?.dropped ?? 0,
      waiting: from?.waiting ?? 0,
      draining: this.draining !== undefined,
      subscribers: out?.view() ?? [],
      subscriptions: from?.view() ?? [],
    }
  }
}

const nothing = (): undefined => undefined

const isPromise = (value: unknown): value is Promise<unknown> =>
  typeof value === 'object' && value !== null && typeof (value as PromiseLike<unknown>).then === 'function'
