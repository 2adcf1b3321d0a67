// Owns the cells of the table of lives: what there is of each dimension, and of one that is played what has become of its target
// and of its observer. Knows nothing of what should become of them; how they are played is in `table.ts`.

import { type ExitReason, isAlive, type ReasonGiven } from 'rumpus'
import type { AnyPid } from './world.ts'

export const RELATIONS = ['none', 'linked', 'monitored', 'both'] as const
export const REASONS = ['normal', 'shutdown', 'kill', 'error', 'value'] as const
export const WAYS = ['outside', 'self', 'settle', 'thread', 'thread after an exit'] as const
export const STATES = [
  'unstarted',
  'running',
  'foreign',
  'fetch',
  'receive',
  'select',
  'sleep',
  'yield',
  'exiting',
  'dead',
] as const
export const PLACES = ['here', 'elsewhere'] as const
export const TIMES = ['in time', 'late'] as const

/** What the reasons are that users give. */
export const GIVEN: Record<Cell['reason'], ReasonGiven> = {
  normal: 'normal',
  shutdown: 'shutdown',
  kill: 'kill',
  error: new RangeError('on purpose'),
  value: { why: 'a value' },
}

/** Why the targets in the state `exiting` are there. */
export const FIRST = { first: true }

/** One case. */
export interface Cell {
  readonly relation: (typeof RELATIONS)[number]
  readonly traps: boolean
  readonly reason: (typeof REASONS)[number]
  /**
   * Who ends the target: another, itself by `self.exit`, its return or its error, the end of its thread, the same with an
   * exit under way that the thread does not come to hear of.
   */
  readonly way: (typeof WAYS)[number]
  readonly state: (typeof STATES)[number]
  readonly place: (typeof PLACES)[number]
  /** Where its observer is: on the host, or on a scheduler that has none of the targets. */
  readonly observer: (typeof PLACES)[number]
  /** When the observer ties itself to a target whose thread ends: so that it is heard of, or is still under way then. */
  readonly tied: (typeof TIMES)[number]
}

/** Whether the thread of the target ends. */
export const losesThread = ({ way }: Cell): boolean => way === 'thread' || way === 'thread after an exit'

/** What became of it. */
export interface Outcome {
  /** Whether the target was alive when all was set up, and in the end. */
  readonly alive: readonly [before: boolean, after: boolean]
  /** Why it ended, if it did. */
  readonly end: string | undefined
  /** Whether it ended before its body was let go on; told of targets that are being unwound. */
  readonly atOnce?: boolean
  /** Whether it went past its next verb; told of targets that computed when another ended them. */
  readonly passed?: boolean
  /** Whether its request was given up; told of targets that wait for a server. */
  readonly hungUp?: boolean
  /** What the observer heard, sorted. */
  readonly heard: readonly string[]
  /** Why the observer ended, if it did. */
  readonly observer: string | undefined
}

/** A reason in a word or two. */
export const wordsOf = (reason: ExitReason): string => {
  if (reason.kind === 'error') return `error ${reason.error.message}`
  return reason.kind === 'user' ? `user ${JSON.stringify(reason.value)}` : reason.kind
}

/** Where targets and their keepers are; where observers elsewhere are; the thread that is kept from starting anybody. */
export const SEATS = { here: 0, elsewhere: 1, observers: 2, plugged: 3 }

/** One case as it is played. */
export class Play {
  readonly cell: Cell
  pid = 0 as AnyPid
  observer = 0 as AnyPid
  before = false
  end: string | undefined
  atOnce: boolean | undefined
  passed: boolean | undefined
  hungUp: boolean | undefined
  heard: string[] = []
  observerEnd: string | undefined
  outcome: Outcome | undefined

  constructor(cell: Cell) {
    this.cell = cell
    if (cell.state === 'running' && cell.way === 'outside') this.passed = false
    if (cell.state === 'fetch') this.hungUp = false
  }

  get seat(): number {
    const { state, place } = this.cell
    if (place === 'here') return SEATS.here
    return state === 'unstarted' && !losesThread(this.cell) ? SEATS.plugged : SEATS.elsewhere
  }

  /** What its observer hears of this target and nobody else. */
  note({ type, pid, reason, asked }: Note): void {
    this.heard.push(`${pid === this.pid && asked ? '' : 'foreign '}${type} ${wordsOf(reason)}`)
  }

  /** How things stand. */
  look(): Outcome {
    const { before, end, atOnce, passed, hungUp, observerEnd: observer } = this
    // Whether a Down or the exit signal of a link comes first is nobody's promise.
    const heard = this.heard.filter((what) => observer === undefined || what !== `down ${end}`).sort()
    return {
      alive: [before, isAlive(this.pid)],
      end,
      ...(atOnce === undefined ? {} : { atOnce }),
      ...(passed === undefined ? {} : { passed }),
      ...(hungUp === undefined ? {} : { hungUp }),
      heard,
      observer,
    }
  }
}

/** What an observer has heard. */
export interface Note {
  readonly key: number
  readonly type: 'down' | 'exit'
  readonly pid: AnyPid
  readonly reason: ExitReason
  /** Whether its reference is the one that the observer was given. */
  readonly asked: boolean
}

/** What a body is told that ends itself; nothing to speak of if another ends it. */
export const actOf = ({ way, reason }: Cell): { way: string; value?: ReasonGiven } => {
  const value = GIVEN[reason]
  if (way === 'self') return { way: 'exit', value }
  return { way: way === 'settle' && reason !== 'normal' ? 'throw' : 'return', value }
}
