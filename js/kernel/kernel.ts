// One scheduler's JavaScript half: its processes, its side of the run ring, the pump that resumes them, the turns it takes.
// Everything here runs on one thread. The rule that keeps mail from being lost: when control goes back to the event loop,
// either an immediate or a microtask turn is pending, or the last verdict was SLEEP and the bell will ring.

import {
  AFTER,
  AFTER_COLLECT,
  ARGUMENTS,
  COMPLETIONS,
  COUNT_RECEIVED,
  DEFINITIONS,
  GRANT,
  NOW_MS,
  OP_COLLECT,
  OP_OVERFLOW,
  RESUMED,
  RING_AHEAD,
  RING_CAPACITY,
  RING_ENTRIES,
  RING_HEAD,
  RING_SLOT,
  RING_STREAK,
  RING_STREAK_MAX,
  RING_TAIL,
  VERDICT_LOOK,
  VERDICT_RUN,
  VERDICT_SLEEP,
  VERDICT_STOP,
  VERDICT_YIELD,
} from '../native/layout.ts'
import type { RuntimeHandle, Seat } from '../native/load.ts'
import { Abandoned } from './abandoned.ts'
import { putAhead, RING_MASK } from './ahead.ts'
import { Codec } from './codec/codec.ts'
import type { Desk } from './desk-door.ts'
import type { Loop } from './loop.ts'
import { Names } from './names.ts'
import {
  PRIORITY_NORMAL,
  type Process,
  QUEUED,
  QUEUED_BEGIN,
  QUEUED_FAIL,
  QUEUED_LOOK,
  QUEUED_WAKE,
  RUNNING,
} from './process.ts'
import type { Settings } from './settings.ts'
import { Slots } from './slots.ts'
import type { Surroundings as Around } from './surroundings.ts'
import { YoungTimers } from './young-timer.ts'

/** An answer has so many words at most. */
const ANSWER_WORDS = 6
const settled = Promise.resolve()

/** What the kernel leaves to others. */
export type Surroundings = Around<Kernel>

export class Kernel {
  readonly handle: RuntimeHandle
  readonly native: Seat
  readonly id: number
  readonly settings: Settings
  readonly nativeLane: boolean
  readonly around: Surroundings
  readonly words: Int32Array
  readonly counts: Float64Array
  readonly completionWords: Int32Array
  readonly completionBytes: Buffer
  readonly codec: Codec
  readonly names: Names
  readonly loop: Loop
  readonly abandoned: Abandoned
  /** Processes by slot index; holes for those of other schedulers. */
  readonly procs: (Process | undefined)[] = []
  /** Values on their way through Rust. */
  readonly slots: Slots = new Slots()
  /** An immediate is pending. */
  armed = false
  private applying = false
  /** What a submission has answered, while what it left behind is collected. */
  private readonly answer = new Int32Array(ANSWER_WORDS)
  private queued = false
  private queuedGrant = 0
  private verdict = VERDICT_YIELD
  /** Processes with bounded mailboxes that have had mail since all was taken. */
  readonly bounded: Process[] = []
  readonly young: YoungTimers = new YoungTimers()
  desk: Desk | undefined
  /** Who began, since the last turn, to wait until a deadline. */
  readonly deadlines: Process[] = []
  /** Whose bodies were told to end, or given up, since the event loop last came round; some may have ended. */
  readonly unwinding: Process[] = []
  /** Definitions that have been learnt, or are being. */
  known = 0
  /** Processes that ever lived here. */
  serials = 0
  detached = false
  private readonly onImmediate = (): void => {
    this.armed = false
    this.turn(1)
  }
  private readonly onMicrotask = (): void => {
    this.queued = false
    if (this.verdict !== VERDICT_RUN && this.verdict !== VERDICT_LOOK) return
    // Bodies ran since this was queued, or the last of them still does, by microtasks of its own: it comes here again, and the
    // immediate is the net if it does not.
    if (this.words[GRANT] !== this.queuedGrant || this.lastStillRuns) {
      if (!this.armed) this.arm()
      return
    }
    this.turn(0)
  }

  /** Processes whose bodies are called by the next microtask, or by the one that runs. */
  private beginning: Process | undefined
  private readonly beginningToo: Process[] = []
  private begins = false
  private readonly onBegin = (): void => {
    // One that begins has the next begin when it waits; one that finds its message there, when it does not.
    for (let process = this.beginning; process !== undefined; process = this.beginning ?? this.nextToBegin()) {
      this.beginning = this.beginningToo.shift()
      this.around.begin(this, process)
    }
    this.begins = false
  }
  private readonly onRung = (): void => this.turn(1)

  constructor(handle: RuntimeHandle, id: number, settings: Settings, around: Surroundings, loop: Loop) {
    this.handle = handle
    this.id = id
    this.settings = settings
    this.nativeLane = settings.nativeLane
    this.around = around
    this.loop = loop
    this.native = handle.attach(id, () => loop.rung(this.onRung)) as Seat
    this.words = new Int32Array(this.native.page)
    this.counts = new Float64Array(this.native.counts)
    this.completionWords = new Int32Array(this.native.completions)
    this.completionBytes = Buffer.from(this.native.completions)
    this.codec = new Codec(handle, this.native)
    this.names = new Names(handle, this.words)
    this.abandoned = new Abandoned(this.counts)
  }

  /** Has the event loop come back to us after this pass. */
  arm(): void {
    this.armed = true
    this.loop.soon(this.onImmediate)
  }

  /** Makes the process in `index` the next to resume: the one running now has just made it runnable. */
  pushSlot(index: number): void {
    const words = this.words
    const occupant = words[RING_SLOT]!
    if (occupant !== 0) {
      const tail = words[RING_TAIL]!
      if (((tail - words[RING_HEAD]!) | 0) >= RING_CAPACITY - 1) return this.overflow(index)
      words[RING_ENTRIES + (tail & RING_MASK)] = occupant - 1
      words[RING_TAIL] = tail + 1
    }
    words[RING_SLOT] = index + 1
    if (!this.armed) this.arm()
  }

  /** Puts `process` onto the run ring, behind the others unless its priority says otherwise. */
  pushBack(process: Process): void {
    const { index } = process
    if (process.priority !== PRIORITY_NORMAL || this.nativeLane) {
      // Every resume passes a turn, where Rust decides: only what a turn tells goes straight onto the ring.
      if (!this.applying) return this.overflow(index)
      if (process.priority !== PRIORITY_NORMAL) {
        if (!putAhead(this.words, index)) return this.overflow(index)
        return this.armed ? undefined : this.arm()
      }
    }
    this.append(index)
  }

  /** Appends the process in `index` to the run ring. */
  append(index: number): void {
    const words = this.words
    const tail = words[RING_TAIL]!
    if (((tail - words[RING_HEAD]!) | 0) >= RING_CAPACITY - 1) return this.overflow(index)
    words[RING_ENTRIES + (tail & RING_MASK)] = index
    words[RING_TAIL] = tail + 1
    if (!this.armed) this.arm()
  }

  private overflow(index: number): void {
    this.words[ARGUMENTS] = OP_OVERFLOW
    this.words[ARGUMENTS + 1] = index
    this.native.submit()
    if (!this.armed) this.arm()
  }

  private pop(): number {
    const words = this.words
    const occupant = words[RING_SLOT]!
    const head = words[RING_HEAD]!
    const others = head !== words[RING_TAIL]
    const ahead = words[RING_AHEAD]!
    if (occupant !== 0 && (!others || (ahead === 0 && words[RING_STREAK]! < words[RING_STREAK_MAX]!))) {
      words[RING_SLOT] = 0
      if (others) words[RING_STREAK]!++
      return occupant - 1
    }
    if (!others) return -1
    // Those ahead take nothing of the turn of those behind, or a slot beside them would keep these waiting for ever.
    if (ahead > 0) words[RING_AHEAD] = ahead - 1
    else words[RING_STREAK] = 0
    words[RING_HEAD] = head + 1
    return words[RING_ENTRIES + (head & RING_MASK)]!
  }

  get dry(): boolean {
    const words = this.words
    return words[RING_SLOT] === 0 && words[RING_HEAD] === words[RING_TAIL]
  }

  /** The body that was resumed last has neither parked nor ended. */
  private get lastStillRuns(): boolean {
    const resumed = this.words[RESUMED]!
    return resumed !== 0 && this.procs[resumed - 1]?.parked === RUNNING
  }

  /** A body has parked or ended: resumes the next of the run ring, or has a turn taken. */
  next(): void {
    const words = this.words
    const grant = words[GRANT]!
    const occupant = words[RING_SLOT]!
    // The common case by itself: a reply, and nobody else waits.
    if (grant > 0 && occupant !== 0 && words[RING_HEAD] === words[RING_TAIL]) {
      words[RING_SLOT] = 0
      const process = this.procs[occupant - 1]
      if (process !== undefined && process.parked === QUEUED) {
        words[GRANT] = grant - 1
        words[RESUMED] = occupant
        this.resumeWithMessage(process)
        return
      }
      words[RING_SLOT] = occupant
    }
    this.nextOfMany()
  }

  private nextOfMany(): void {
    const words = this.words
    while (words[GRANT]! > 0) {
      const index = this.pop()
      if (index < 0) break
      words[GRANT]!--
      words[RESUMED] = index + 1
      if (this.resume(index)) return
    }
    this.queueTurn()
  }

  private resumeWithMessage(process: Process): void {
    process.goOn(this.words[NOW_MS]!)
    this.counts[COUNT_RECEIVED]!++
    const message = process.handed
    process.handed = undefined
    process.wake(message)
  }

  /** Continues one process; false if the entry was out of date. */
  private resume(index: number): boolean {
    const process = this.procs[index]
    if (process === undefined) return false
    const parked = process.parked
    if (parked === QUEUED) {
      this.resumeWithMessage(process)
      return true
    }
    if (parked === QUEUED_WAKE || parked === QUEUED_FAIL) {
      process.goOn(this.words[NOW_MS]!)
      const given = process.handed
      process.handed = undefined
      if (parked === QUEUED_WAKE) process.wake(given)
      else process.failThere(given as Error)
      return true
    }
    if (parked === QUEUED_LOOK) return this.around.look(this, process)
    if (parked !== QUEUED_BEGIN) return false
    this.begin(process)
    return true
  }

  /** Takes the next off the run ring if it is to begin too. What is traced is told apart: there each begins by itself. */
  private nextToBegin(): Process | undefined {
    if (this.around.makeProcess !== undefined) return undefined
    const words = this.words
    const head = words[RING_HEAD]!
    if (words[GRANT]! === 0 || words[RING_AHEAD]! > 0 || head === words[RING_TAIL]) return undefined
    const index = words[RING_ENTRIES + (head & RING_MASK)]!
    const process = this.procs[index]
    if (process === undefined || process.parked !== QUEUED_BEGIN) return undefined
    words[RING_HEAD] = head + 1
    words[RING_STREAK] = 0
    words[GRANT]!--
    words[RESUMED] = index + 1
    process.parked = RUNNING
    return process
  }

  // Apart, because a closure costs every call of the function that makes it.
  private begin(process: Process): void {
    process.parked = RUNNING
    if (this.beginning === undefined) this.beginning = process
    else this.beginningToo.push(process)
    if (this.begins) return
    this.begins = true
    settled.then(this.onBegin)
  }

  /** Takes a turn behind the microtasks that are queued now, whatever is left of the grant, unless the event loop comes first. */
  queueTurn(): void {
    if (this.queued || this.verdict > VERDICT_LOOK) return
    this.queued = true
    this.queuedGrant = this.words[GRANT]!
    settled.then(this.onMicrotask)
  }

  /** One crossing: submits nothing, hears everything, learns how to go on. */
  turn(fromLoop: 0 | 1): void {
    if (this.detached) return
    const words = this.words
    if (this.bounded.length > 0) this.around.settleBounds(this)
    if (this.young.any) this.around.handYoungOver(this)
    words[ARGUMENTS] = fromLoop
    this.native.turn()
    this.verdict = words[ARGUMENTS]!
    const count = words[COMPLETIONS]!
    if (fromLoop === 1 && this.unwinding.length > 0) this.around.watchEnds(this)
    if (count > 0) this.apply(count)
    if (this.deadlines.length > 0) this.around.watch(this, this.verdict < VERDICT_SLEEP)
    if (words[DEFINITIONS] !== this.known) this.around.learn(this, words[DEFINITIONS]!)
    switch (this.verdict) {
      case VERDICT_RUN:
        this.next()
        if (this.dry) this.queueTurn()
        else if (!this.armed) this.arm()
        return
      case VERDICT_LOOK:
        return this.queueTurn()
      case VERDICT_YIELD:
        if (!this.armed) this.arm()
        return
      case VERDICT_STOP:
        this.around.stopped(this)
        return
      case VERDICT_SLEEP:
        this.loop.sleep(this.words, this.onRung)
        if (!this.dry && !this.armed) this.arm()
    }
  }

  private apply(count: number): void {
    this.applying = true
    this.around.apply(this, count)
    this.applying = false
    if ((this.words[AFTER]! & AFTER_COLLECT) !== 0) this.collect()
  }

  /** Makes a submission whose bytes, if any, are in the scratch buffer or the codec's own; does what it left behind. */
  submit(): void {
    if (this.young.any) this.around.handYoungOver(this)
    const codec = this.codec
    if (codec.pieces === undefined) this.native.submit()
    else this.native.submit(...codec.takePieces())
    const after = this.words[AFTER]!
    // While completions are being done their buffer is in use: then it is done behind them.
    if ((after & AFTER_COLLECT) !== 0 && !this.applying) this.collect()
    if (after !== 0 && !this.armed) this.arm()
  }

  private collect(): void {
    const { words, answer } = this
    // The answer of the submission must outlive the collecting. Word by word: to copy a view costs more than a crossing.
    for (let i = 0; i < ANSWER_WORDS; i++) answer[i] = words[ARGUMENTS + 1 + i]!
    while (words[AFTER]! & AFTER_COLLECT) {
      words[ARGUMENTS] = OP_COLLECT
      this.native.submit()
      this.apply(words[COMPLETIONS]!)
    }
    for (let i = 0; i < ANSWER_WORDS; i++) words[ARGUMENTS + 1 + i] = answer[i]!
  }

  /** Gives the seat up. */
  detach(): void {
    if (this.detached) return
    this.detached = true
    this.loop.stop()
    this.native.detach()
  }
}
