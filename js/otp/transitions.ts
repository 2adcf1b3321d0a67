// What happens in a state machine, and what it may do then, as data; and the check of what a user has answered. No behaviour.

import { badArgument } from '../errors.ts'
import type { ReplyTo } from '../process/shapes.ts'
import { checkMs } from '../process/waits.ts'
import type { Down, Exit, ReasonGiven } from '../types.ts'

/** What happens in a state machine. */
export type MachineEvent<State extends string = string, Request = unknown, Casting = unknown, Info = unknown> =
  /** The state has begun; before it was `from`, or nothing if this is the first. */
  | { readonly type: 'enter'; readonly from: State | undefined }
  | { readonly type: 'call'; readonly request: Request; readonly from: ReplyTo }
  | { readonly type: 'cast'; readonly message: Casting }
  | { readonly type: 'info'; readonly message: Info | Down | Exit }
  /** One of `events`. */
  | { readonly type: 'internal'; readonly what: unknown }
  /** The state has lasted as long as was said. */
  | { readonly type: 'state-timeout'; readonly what: unknown }
  /** Nothing has happened for as long as was said. */
  | { readonly type: 'event-timeout'; readonly what: unknown }
  /** The time of a timer with a name has come. */
  | { readonly type: 'timer'; readonly name: string; readonly what: unknown }

/** In how many milliseconds, what is to be said then; null: not any more. */
export type Timing = number | { readonly ms: number; readonly what: unknown } | null

/** What a state machine does in answer to an event; nothing of it unless it is said. */
export interface Transition<State extends string = string> {
  /** The next state. If it is another than now, what was postponed is taken again and the state's time-out is off. */
  readonly next?: State
  /** Enters the state again though it is the same. */
  readonly again?: boolean
  /** Takes this event again when the state has changed. */
  readonly postpone?: boolean
  /** The answer to the call that this event is. */
  readonly reply?: unknown
  /** An event when the state has lasted so long; off when it changes. */
  readonly stateTimeout?: Timing
  /** An event when nothing has happened for so long; off with whatever happens next. */
  readonly eventTimeout?: Timing
  /** Events later, whatever the state is by then; by name, one each. */
  readonly timers?: Readonly<Record<string, Timing>>
  /** Internal events, before whatever waits. */
  readonly events?: readonly unknown[]
  /** Ends the machine for this reason. */
  readonly stop?: ReasonGiven
}

const KEYS = ['next', 'again', 'postpone', 'reply', 'stateTimeout', 'eventTimeout', 'timers', 'events', 'stop']
/** What can be done while a state is being entered. */
const ENTERING = ['stateTimeout', 'eventTimeout', 'timers', 'stop']

const NONE: Transition<never> = {}

/** What was answered to an event, as a transition; throws if it is none. */
export const transitionOf = (answered: unknown, event: MachineEvent): Transition => {
  if (answered === undefined) return NONE
  if (typeof answered === 'string') return checked({ next: answered }, event)
  if (typeof answered === 'object' && answered !== null) return checked(answered, event)
  throw badArgument(TypeError, 'transition', 'a state, an object or nothing', answered)
}

const checked = (transition: Transition, event: MachineEvent): Transition => {
  const entering = event.type === 'enter'
  for (const key of Object.keys(transition)) {
    if (!KEYS.includes(key))
      throw badArgument(TypeError, `transition.${key}`, `left out: there are ${KEYS.join(', ')}`, key)
    if (entering && !ENTERING.includes(key)) {
      throw badArgument(TypeError, `transition.${key}`, 'left out while a state is entered', transition[key as never])
    }
  }
  const { next, again, postpone, stateTimeout, eventTimeout, timers, events } = transition
  if (next !== undefined && (typeof next !== 'string' || next === '')) {
    throw badArgument(TypeError, 'transition.next', 'a state', next)
  }
  for (const [name, flag] of [
    ['again', again],
    ['postpone', postpone],
  ] as const) {
    if (flag !== undefined && typeof flag !== 'boolean') {
      throw badArgument(TypeError, `transition.${name}`, 'true or false', flag)
    }
  }
  if ('reply' in transition && event.type !== 'call') {
    throw badArgument(TypeError, 'transition.reply', 'left out where the event is no call', transition.reply)
  }
  checkTiming('stateTimeout', stateTimeout)
  checkTiming('eventTimeout', eventTimeout)
  if (timers !== undefined && (typeof timers !== 'object' || timers === null)) {
    throw badArgument(TypeError, 'transition.timers', 'an object', timers)
  }
  for (const [name, timing] of Object.entries(timers ?? NONE)) checkTiming(`timers.${name}`, timing as Timing)
  if (events !== undefined && !Array.isArray(events)) {
    throw badArgument(TypeError, 'transition.events', 'an array', events)
  }
  return transition
}

const checkTiming = (name: string, timing: Timing | undefined): void => {
  if (timing === undefined || timing === null) return
  if (typeof timing !== 'number' && typeof timing !== 'object') {
    throw badArgument(TypeError, `transition.${name}`, 'a number of milliseconds, { ms, what } or null', timing)
  }
  checkMs(`transition.${name}`, typeof timing === 'number' ? timing : timing.ms)
}
