// State machines: a server whose answer to what happens depends on the state it is in, after OTP's gen_statem. Owns the order in which
// events are taken, what is postponed, and the timers of states, events and names. Never true in it: a time-out that was off and is heard.
//
// As in OTP: internal events come before what waits, then what was postponed and is taken again, in the order in which it came; a time-out
// of 0 comes behind what waits in the machine, and before whatever has not reached it. Unlike there the data are fields of the class,
// one method takes all events, and what a machine does is an object whose unknown keys are errors, not a list of tuples.

import { badArgument, RumpusError } from '../errors.ts'
import { reply } from '../process/call.ts'
import type { ReplyTo } from '../process/shapes.ts'
import { cancelTimer, sendAfter, type TimerRef } from '../process/timers.ts'
import type { Down, Exit, Pid } from '../types.ts'
import { type Action, NO_REPLY, type NoReply } from './actions.ts'
import { type ReplyOf, Server, stopWith } from './server.ts'
import { type MachineEvent, type Timing, type Transition, transitionOf } from './transitions.ts'

/** What a state machine may answer to an event: the next state, more than that, or nothing. */
export type Moved<State extends string> =
  // biome-ignore lint/suspicious/noConfusingVoidType: a method that answers nothing
  State | Transition<State> | void | undefined | PromiseLike<State | Transition<State> | void | undefined>

/** A time has come, as a machine tells itself. */
interface Tick {
  readonly type: 'rumpus:tick'
  readonly token: number
}

interface Pending {
  readonly token: number
  readonly timer: TimerRef
  readonly event: MachineEvent
}

/** Timers of names have this before them. */
const NAMED = 'timer '

/**
 * A server that is in one of several states: extend this, say in {@link StateMachine.begin} which is the first, and in
 * {@link StateMachine.handleEvent} what each event does in each state. Start it as a server, or as the child of a supervisor.
 *
 * For protocols, connections, devices: where the same request means something else by what went before, where a state lasts no longer
 * than so long, or where something must wait until the state is another. Where nothing depends on a state, a {@link Server} is simpler.
 *
 * @example
 * ```ts
 * import { run } from 'rumpus'
 * import { startServer, StateMachine } from 'rumpus/otp'
 * import assert from 'node:assert/strict'
 *
 * class Door extends StateMachine {
 *   begin(code) {
 *     this.code = code
 *     return 'locked'
 *   }
 *   handleEvent(event, state) {
 *     if (event.type === 'enter') return state === 'open' ? { stateTimeout: 20 } : undefined
 *     if (event.type === 'state-timeout') return 'locked'
 *     if (event.type !== 'call') return
 *     if (event.request === 'state') return { reply: state }
 *     if (event.request === 'wait until locked') return state === 'locked' ? { reply: 'locked' } : { postpone: true }
 *     if (event.request === this.code) return { next: 'open', reply: 'come in' }
 *     return { reply: 'no' }
 *   }
 * }
 *
 * await run(async (self) => {
 *   const door = await startServer(self, Door, { args: ['1234'] })
 *   assert.equal(await self.call(door, '0000'), 'no')
 *   assert.equal(await self.call(door, '1234'), 'come in')
 *   assert.equal(await self.call(door, 'state'), 'open')
 *   assert.equal(await self.call(door, 'wait until locked'), 'locked')
 * })
 * ```
 */
export class StateMachine<
  State extends string = string,
  Request = unknown,
  Casting = unknown,
  Info = never,
> extends Server<Request, Casting, Info> {
  /** The state it is in. */
  state: State | undefined = undefined
  /** What waits in it, from `#at` on. */
  #queue: MachineEvent[] = []
  #at = 0
  #postponed: MachineEvent[] = []
  readonly #timers = new Map<string, Pending>()
  readonly #names = new Map<number, string>()
  /** Time-outs of 0 that wait, by the name of their timer. */
  readonly #due = new Map<string, MachineEvent>()
  #lastToken = 0

  /**
   * Called first, with the arguments of the start: answers the first state, or a transition with `next`.
   *
   * @param _args - what was given as `args`
   */
  begin(..._args: never[]): State | Transition<State> | PromiseLike<State | Transition<State>> {
    throw new RumpusError('ERR_RUMPUS_BAD_ARGUMENT', `${this.constructor.name} has no begin`)
  }

  /**
   * Something has happened: answers what the machine does. While it is async, whatever else happens waits.
   *
   * @param _event - what
   * @param _state - the state it is in; for an event of type `'enter'` the one that begins
   */
  handleEvent(_event: MachineEvent<State, Request, Casting, Info>, _state: State): Moved<State> {
    throw new RumpusError('ERR_RUMPUS_BAD_ARGUMENT', `${this.constructor.name} has no handleEvent`)
  }

  /** Begins; override {@link StateMachine.begin}. */
  override async init(...args: never[]): Promise<Action | undefined> {
    const begun: MachineEvent = { type: 'internal', what: undefined }
    const transition = transitionOf(await this.begin(...args), begun)
    if (transition.next === undefined || transition.postpone) {
      throw badArgument(TypeError, 'begin', 'a function that answers the first state', transition.next)
    }
    return (await this.#moved(transition, begun)) ?? this.#run()
  }

  /** Takes a call as an event; override {@link StateMachine.handleEvent}. */
  override handleCall(request: Request, from: ReplyTo<ReplyOf<Request>>): Promise<NoReply | Action> {
    return this.#take({ type: 'call', request, from: from as ReplyTo }).then((action) => action ?? NO_REPLY)
  }

  /** Takes a cast as an event; override {@link StateMachine.handleEvent}. */
  override handleCast(message: Casting): Promise<Action | undefined> {
    return this.#take({ type: 'cast', message })
  }

  /** Takes any other message as an event; override {@link StateMachine.handleEvent}. */
  override async handleInfo(message: Info | Down | Exit): Promise<Action | undefined> {
    if ((message as Partial<Tick> | null | undefined)?.type !== 'rumpus:tick')
      return this.#take({ type: 'info', message })
    const { token } = message as unknown as Tick
    const name = this.#names.get(token)
    // It was called off while this was on its way.
    if (name === undefined) return undefined
    const { event } = this.#timers.get(name) as Pending
    this.#forget(name)
    return this.#take(event)
  }

  #take(event: MachineEvent): Promise<Action | undefined> {
    this.#queue.push(event)
    return this.#run()
  }

  /** Takes what waits, one after the other. */
  async #run(): Promise<Action | undefined> {
    for (let event = this.#next(); event !== undefined; event = this.#next()) {
      this.#callOff('event')
      const transition = transitionOf(await this.handleEvent(event as never, this.state as State), event)
      const action = await this.#moved(transition, event)
      if (action !== undefined) return action
    }
    return undefined
  }

  #next(): MachineEvent | undefined {
    if (this.#at === this.#queue.length) {
      this.#queue = []
      this.#at = 0
      return undefined
    }
    const event = this.#queue[this.#at++] as MachineEvent
    for (const [name, due] of this.#due) if (due === event) this.#due.delete(name)
    return event
  }

  #putFirst(events: readonly MachineEvent[]): void {
    if (events.length === 0) return
    this.#queue = [...events, ...this.#queue.slice(this.#at)]
    this.#at = 0
  }

  /** Does what a transition says; answers how the machine ends, if it does. */
  async #moved(transition: Transition, event: MachineEvent): Promise<Action | undefined> {
    const { next, again, postpone, events = [] } = transition
    if (event.type === 'call' && 'reply' in transition) reply(event.from, transition.reply)
    if (transition.stop !== undefined) return stopWith(transition.stop)
    const from = this.state
    if (postpone) this.#postponed.push(event)
    if (next !== undefined && next !== from) {
      this.state = next as State
      this.#callOff('state')
      this.#putFirst(this.#postponed)
      this.#postponed = []
    }
    this.#putFirst(events.map((what) => ({ type: 'internal', what })))
    this.#setTimers(transition)
    return this.state !== from || again ? this.#enter(from) : undefined
  }

  async #enter(from: State | undefined): Promise<Action | undefined> {
    const event = { type: 'enter', from } as const
    const transition = transitionOf(await this.handleEvent(event, this.state as State), event)
    if (transition.stop !== undefined) return stopWith(transition.stop)
    this.#setTimers(transition)
    return undefined
  }

  #setTimers({ stateTimeout, eventTimeout, timers = {} }: Transition): void {
    if (stateTimeout !== undefined) this.#set('state', stateTimeout, (what) => ({ type: 'state-timeout', what }))
    for (const [name, timing] of Object.entries(timers)) {
      this.#set(NAMED + name, timing, (what) => ({ type: 'timer', name, what }))
    }
    // Last: whatever waits before it calls it off, the others' time-outs of 0 too.
    if (eventTimeout !== undefined) this.#set('event', eventTimeout, (what) => ({ type: 'event-timeout', what }))
  }

  #set(name: string, timing: Timing, eventOf: (what: unknown) => MachineEvent): void {
    this.#callOff(name)
    if (timing === null) return
    const { ms, what } = typeof timing === 'number' ? { ms: timing, what: undefined } : timing
    const event = eventOf(what)
    if (ms === 0) {
      this.#due.set(name, event)
      this.#queue.push(event)
      return
    }
    const token = ++this.#lastToken
    const tick: Tick = { type: 'rumpus:tick', token }
    this.#timers.set(name, { token, event, timer: sendAfter(this.self.pid as Pid<unknown>, tick, ms) })
    this.#names.set(token, name)
  }

  #callOff(name: string): void {
    const due = this.#due.get(name)
    if (due !== undefined) {
      this.#due.delete(name)
      this.#queue = this.#queue.slice(this.#at).filter((event) => event !== due)
      this.#at = 0
    }
    const pending = this.#timers.get(name)
    if (pending === undefined) return
    cancelTimer(pending.timer)
    this.#forget(name)
  }

  #forget(name: string): void {
    const { token } = this.#timers.get(name) as Pending
    this.#timers.delete(name)
    this.#names.delete(token)
  }
}
