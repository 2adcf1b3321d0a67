// A process as its isolate knows it: identity, inbox, what its body waits for. Owns the inbox and the park state; knows
// nothing of scheduling. Fields keep one order and one type each, because this object is on the path of every message: what a
// message touches comes first, within two lines of the cache, and lies in no other object.

import { ProcessExit } from '../errors.ts'
import { HIGH } from '../native/layout.ts'
import type { Context, ExitReason, Pid } from '../types.ts'
import type { Bound } from './bound.ts'
import type { Selection } from './selection.ts'
import type { Settings } from './settings.ts'

/** The body runs, or awaits something that is not ours. */
export const RUNNING = 0
/** Parked in a receive. */
export const RECEIVING = 1
/** On the run ring, to be resumed with a message. */
export const QUEUED = 2
/** On the run ring, to begin. */
export const QUEUED_BEGIN = 3
/** Parked until a time. */
export const WAITING = 4
/** On the run ring, to be resumed from a wait that is over. */
export const QUEUED_WAKE = 5
/** Parked in a receive that looks at what comes. */
export const SELECTING = 6
/** On the run ring, to look. */
export const QUEUED_LOOK = 7
/** Parked until a question is answered. */
export const CALLING = 9
/** On the run ring, to hear that its wait has failed. */
export const QUEUED_FAIL = 10
/** Looks: code of its own runs that may neither wait nor take. */
export const LOOKING = 8

/** Local messages come by reference. */
export const GATE_OPEN = 0
/** Something of this scheduler is, or may be, under way in the native mailbox: messages must queue behind it. */
export const GATE_NATIVE = 1
/** The process is ending. */
export const GATE_EXITING = 2

/** An array that stays empty, for all who have nothing. */
export const NOTHING: unknown[] = []
const FIRST_CAPACITY = 4
const settled = Promise.resolve()

const LOW = 2 ** -32

/** What a pid has above its low 32 bits, where index and runtime are. */
export const highOf = (pid: number): number => (pid * LOW) | 0

/** What a body threw, which may be undefined. */
export interface Thrown {
  readonly error: unknown
}

/** Who goes first; the numbers are those of `crates/runtime/src/process/state.rs`. */
export const PRIORITY_NORMAL = 0
export const PRIORITY_HIGH = 1
export const PRIORITY_LOW = 2

export type Body = (self: never, ...args: never[]) => unknown

/** A process lets messages wait. */
export interface HighWaterReport {
  /** Which. */
  readonly pid: Pid
  /** On which scheduler. */
  readonly scheduler: number
  /** How many messages its inbox had when that was noticed. */
  readonly waiting: number
  /** Set if a log of `rumpus/logger` has it. */
  readonly logged?: true
}

/** Who hears of that. */
export interface Hearer {
  /** Called within a send: whoever is told must not act before that is over. */
  highWater(report: HighWaterReport): void
}

/** What a process asks of the kernel it lives on. */
export interface Home {
  readonly id: number
  readonly settings: Settings
  readonly around: Hearer
}

/** What few processes have, apart so that the others are small. */
export class Rare {
  /** Stops the clock of its grace. */
  grace: (() => void) | undefined = undefined
  /** By when those wait no longer for whom it does what it does: the low bits of a millisecond. */
  deadline: number | undefined = undefined
  /** Of what the work is a part that it does; what it asks is, too. */
  context: Context | undefined = undefined
  /** Gives up the question it has asked. */
  giveUp: { giveUp(): void } | undefined = undefined
  /** Behind `self.signal`, once somebody has asked for it. */
  aborter: AbortController | undefined = undefined
  /** Told when it has ended: the reason, the body's value, what it threw. */
  settled: ((reason: ExitReason, value: unknown, thrown: Thrown | undefined) => void) | undefined = undefined
}

/** Where a process has what few have. */
export const rareOf = (process: Process): Rare => {
  process.rare ??= new Rare()
  return process.rare
}

/** What a process is made of, beside its home. */
export type ProcessGiven = [pid: number, index: number, gate: number, body: Body, serial: number]

/**
 * What a wait is settled with so that it fails. A rejected promise would do the same, but nobody handles that at first: Node would be
 * told so, and then that somebody does.
 */
class Failing {
  private readonly error: unknown

  constructor(error: unknown) {
    this.error = error
  }

  // biome-ignore lint/suspicious/noThenProperty: it is awaited by the promise that it settles
  then(_: unknown, reject: (error: unknown) => void): void {
    reject(this.error)
  }
}

export class Process {
  /** The kernel it lives on, which those who know kernels give a type. */
  readonly home: Home
  parked: number
  gate: number
  readonly index: number
  /** The halves of its pid. A pid itself is a number of its own somewhere in the heap, a small integer lies here. */
  readonly high: number
  readonly low: number
  /** Continues the body. */
  wake: (value: unknown) => void
  /** For what the body waits, or waited last. */
  wait: Promise<unknown> | undefined
  /** What a process on the run ring will be resumed with: a message, an answer, an error; the body of one that is to begin. */
  handed: unknown
  // The inbox: one message, or a ring of a power of two. Most have no more than one waiting, and many never that.
  head: number
  tail: number
  mask: number
  first: unknown
  items: unknown[]
  /** When it last began to wait, or to go on: the low bits of the milliseconds of that turn. */
  since: number
  /** How often its body has gone on after a wait; a whole number that overflows. */
  resumes: number
  /** Why it must end, once it must; the gate says so too. */
  exiting: ExitReason | undefined
  /** Under which the wheel knows what it waits for, while that has a time. */
  timer: number | undefined
  /** In which order processes began to live here. */
  readonly serial: number
  /** Anything but the common one, and its mail passes Rust, which decides who goes first. */
  priority: number
  /** The number of its definition, or -1. Rust counts the beginning of those that have one. */
  definition: number
  /** Natively dead, though its body may go on. */
  buried: boolean
  /** Its body has settled. */
  ended: boolean
  /** What few have. */
  rare: Rare | undefined
  /** How much its mailbox holds, if that is bounded. */
  bound: Bound | undefined
  /** What a receive with options looks for; made by the first. */
  selection: Selection | undefined

  constructor(home: Home, pid: number, index: number, gate: number, body: Body, serial: number) {
    this.home = home
    this.parked = QUEUED_BEGIN
    this.gate = gate
    this.index = index
    this.high = highOf(pid)
    this.low = pid | 0
    this.wake = never
    this.wait = undefined
    this.handed = body
    this.head = 0
    this.tail = 0
    this.mask = 0
    this.first = undefined
    this.items = NOTHING
    this.since = 0
    this.resumes = 0
    this.exiting = undefined
    this.timer = undefined
    this.serial = serial
    this.priority = PRIORITY_NORMAL
    this.definition = -1
    this.buried = false
    this.ended = false
    this.rare = undefined
    this.bound = undefined
    this.selection = undefined
  }

  get pid(): number {
    return this.high * HIGH + (this.low >>> 0)
  }

  /** How many messages have come and not been taken. */
  get waiting(): number {
    return this.tail - this.head + (this.parked === QUEUED ? 1 : 0)
  }

  /** Its body goes on, in the turn of this millisecond. */
  goOn(ms: number): void {
    this.parked = RUNNING
    this.since = ms
    this.resumes = (this.resumes + 1) | 0
  }

  /** Drops them. */
  drop(): void {
    if (this.parked === QUEUED) this.parked = RECEIVING
    this.handed = undefined
    this.selection?.shift(this.tail)
    this.empty()
  }

  /** Ends the wait of the body with an error. */
  fail(error: unknown): void {
    // The body may not have come to awaiting it yet, or never will: that is no rejection that nobody handles.
    this.wait?.catch(never)
    this.wake(new Failing(error))
  }

  /**
   * The same with an error that we have made: its stack shall tell where the body waits. V8 knows that only in a callback that
   * the wait hangs on, and only while nothing else does.
   */
  failThere(error: Error): void {
    const { wait } = this
    const there = (): never => {
      Error.captureStackTrace(error, there)
      wait?.catch(never)
      throw error
    }
    this.wake(settled.then(never).then(there))
  }

  /** Appends to the inbox. */
  push(message: unknown): void {
    if (this.tail - this.head > this.mask) this.grow()
    this.put(this.tail++, message)
  }

  /** The message at `at`, from head to tail. */
  at(at: number): unknown {
    return this.mask === 0 ? this.first : this.items[at & this.mask]
  }

  private put(at: number, message: unknown): void {
    if (this.mask === 0) this.first = message
    else this.items[at & this.mask] = message
  }

  /** Takes the oldest; only when there is one. */
  take(): unknown {
    const at = this.head++
    const message = this.at(at)
    this.put(at, undefined)
    return message
  }

  /** Takes the message at `at` out of the middle; what came before and after keeps its order. */
  remove(at: number): unknown {
    const message = this.at(at)
    if (at - this.head < this.tail - at) {
      for (let i = at; i > this.head; i--) this.put(i, this.at(i - 1))
      this.put(this.head++, undefined)
      this.selection?.closeFromBelow(at, this.head)
    } else {
      for (let i = at + 1; i < this.tail; i++) this.put(i - 1, this.at(i))
      this.put(--this.tail, undefined)
      this.selection?.closeFromAbove(at, this.head)
    }
    return message
  }

  /** Gives back the room of an inbox that is empty, and whatever else a process that waits for long can do without. */
  shrink(): void {
    if (this.head !== this.tail) return
    this.selection?.shift(this.head)
    this.empty()
  }

  private empty(): void {
    this.first = undefined
    this.items = NOTHING
    this.mask = 0
    this.head = 0
    this.tail = 0
  }

  private grow(): void {
    const waiting = this.tail - this.head
    this.selection?.shift(this.head)
    const items = new Array(Math.max(FIRST_CAPACITY, (this.mask + 1) * 2))
    for (let i = 0; i < waiting; i++) items[i] = this.at(this.head + i)
    this.first = undefined
    this.items = items
    this.mask = items.length - 1
    this.head = 0
    this.tail = waiting
    if (waiting >= this.home.settings.highWater) this.tellHighWater(waiting + 1)
  }

  private tellHighWater(waiting: number): void {
    const { id, around } = this.home
    around.highWater({ pid: this.pid as Pid, scheduler: id, waiting })
  }

  /** Throws if the process must end. */
  check(): void {
    if (this.exiting !== undefined) throw new ProcessExit(this.exiting)
  }
}

/** Where bodies began to wait; noted only once somebody has asked, because it costs more than a message. */
let sites: WeakMap<Process, string> | undefined

/** The stack with which `process` began to wait, if that was noted; from now on it is, in this isolate. */
export const siteOf = (process: Process): string | undefined => {
  sites ??= new WeakMap()
  return sites.get(process)
}

/** A promise for which the body waits; `process.wake` settles it. */
export const waitOf = (process: Process): Promise<unknown> => {
  waiter = process
  const wait = new Promise<unknown>(keepWake)
  process.wait = wait
  if (sites !== undefined) sites.set(process, new Error('waits').stack ?? '')
  return wait
}

const never = (): void => {}

// Who begins to wait: most are old, and what is old the collector need not be told of.
let waiter: Process
// One for all, so that it lies in the cache, and V8 can inline it.
const keepWake = (wake: (value: unknown) => void): void => {
  waiter.wake = wake
}
