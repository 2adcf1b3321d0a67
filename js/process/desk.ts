// The desk: where ordinary code waits for what processes say. One process per kernel, made when it is first needed, takes
// answers, ends and places and hands each to whoever waits for it; nobody else sees it. Owns the numbers of what is waited for.
// What comes for a number that nobody waits for any more is dropped, so a late answer costs nothing and reaches no inbox.
// Questions to one process share a monitor, and those that may take equally long a timer. Both are kept for a moment when nobody
// needs them: who has been answered may ask again, and then puts the question alone. Answers for ordinary code wait for
// each other, for a pass of the event loop at most, while most of those that are awaited are still to come. An answer that is given
// on the desk's own thread is taken there and then, and so is one from elsewhere for a body; the process hears of the rest.

import { nobodyIs, RumpusError, stopped, wordsFor } from '../errors.ts'
import { cargoOf } from '../kernel/cargo.ts'
import type { Desk as KernelDesk } from '../kernel/desk-door.ts'
import type { Kernel } from '../kernel/kernel.ts'
import { kernels } from '../kernel/kernels.ts'
import { spawnHereWith } from '../kernel/life.ts'
import { askAlive, PLAIN_BIRTH, postDemonitor, postMonitor } from '../kernel/post.ts'
import { type Process, RECEIVING, rareOf } from '../kernel/process.ts'
import { BIRTH_SERVES, COUNT_RECEIVED, INDEX_BITS } from '../kernel/words.ts'
import { Down, type ExitReason } from '../types.ts'
import { Deadline, Deadlines, type Line } from './deadlines.ts'
import type { Self } from './shapes.ts'

/** What a waiter hears, beside an answer. */
export type News =
  | { readonly kind: 'down'; readonly down: Down }
  | { readonly kind: 'place'; readonly place: boolean }
  | { readonly kind: 'time' }
  | { readonly kind: 'stopped' }

/** Who waits at a desk for one thing. */
export abstract class Waiter extends Deadline {
  /** The process whose end it wants to hear of, or 0. */
  asks = 0
  /** Under which it waits. */
  number = 0
  /** Its answer may wait for others. */
  readonly isPatient: boolean = false
  /** Nobody's code runs when it is answered. */
  get isQuiet(): boolean {
    return false
  }
  abstract hear(news: News): void

  /** An answer has come; `here` if from a body of this thread, which goes on. Who asks nothing takes none. */
  answer(_value: unknown, _here: boolean): void {}

  due(): void {
    this.hear(TIME)
  }
}

type Listener = (news: News) => void

/** A process that is asked something. */
interface Asked {
  readonly pid: number
  readonly ref: number
  /** Who wait for its answers. */
  readonly waiters: Set<Waiter>
  /** It was not needed once, and will be looked at again. */
  isIdle: boolean
}

const TIME: News = { kind: 'time' }
const STOPPED: News = { kind: 'stopped' }

/** For so long is kept what nobody needs, in milliseconds, and so much of it. */
const KEPT_MS = 50
const KEPT_MOST = 64

/** Numbers are those of int32, so that they lie in a word; a number is used again after 2 thousand million others. */
const LAST_NUMBER = 2 ** 31 - 1

export class Desk implements KernelDesk {
  readonly pid: number
  /** Hears whatever else comes: what is for the groups of this scheduler, once it has any. */
  groups: ((message: unknown) => void) | undefined
  private readonly kernel: Kernel
  /** All who wait, but for the newest. */
  private readonly waiting = new Map<number, Waiter>()
  /** Most have gone before the next comes: these cost the map nothing. */
  private newest: Waiter | undefined = undefined
  private readonly watching = new Map<number, Listener>()
  private readonly asked = new Map<number, Asked>()
  private readonly deadlines: Deadlines
  /** Whom nobody asked anything any more, and lines in which nobody stood, unless that has changed since; each once. */
  private readonly idle: (Asked | Line)[] = []
  private isKeeping = false
  private readonly settled = Promise.resolve()
  /** Answers that are given on this thread need not be messages. What traces, and the longer way, is shown every one. */
  private readonly isDirect: boolean
  /** Answers that have come for those who are patient, each behind its number. */
  private readonly answers: (readonly unknown[])[] = []
  private isPassing = false
  /** How many of those who wait hold the event loop, and whether it is held. */
  private holding = 0
  private isHeld = false
  private isLetting = false
  private last = 0
  /** Every number has been used: those of who waits long must be passed over. */
  private isRound = false
  private closed = false

  constructor(kernel: Kernel) {
    this.kernel = kernel
    this.isDirect = !kernel.nativeLane && kernel.around.makeProcess === undefined
    const birth = { ...PLAIN_BIRTH, given: BIRTH_SERVES }
    const process = spawnHereWith(kernel, (self: Self<unknown>) => this.serve(self), birth)
    this.pid = process.pid
    this.deadlines = new Deadlines(kernel, process.pid)
    const rare = rareOf(process)
    const { settled } = rare
    rare.settled = (reason, value, thrown) => {
      settled?.(reason, value, thrown)
      this.close()
    }
  }

  /** From now on `waiter` hears what comes for its number, which it is given. */
  open(waiter: Waiter): void {
    if (this.closed) throw stopped()
    do {
      if (this.last === LAST_NUMBER) {
        this.last = 0
        this.isRound = true
      }
      this.last++
    } while (this.isRound && this.find(this.last) !== undefined)
    waiter.number = this.last
    if (this.newest !== undefined) this.waiting.set(this.newest.number, this.newest)
    this.newest = waiter
  }

  private find(number: number): Waiter | undefined {
    const { newest } = this
    return newest?.number === number ? newest : this.waiting.get(number)
  }

  /** Ordinary code waits here: the event loop goes on meanwhile. Each that begins stops once. */
  holds(more: 1 | -1): void {
    this.holding += more
    if (!this.isHeld) return this.hold(true)
    if (this.holding > 0 || this.isLetting) return
    this.isLetting = true
    this.kernel.loop.soon(this.onLet, false)
  }

  /** Who asks again before the event loop comes round has cost nothing. */
  private readonly onLet = (): void => {
    this.isLetting = false
    if (this.holding === 0) this.hold(false)
  }

  private hold(on: boolean): void {
    this.isHeld = on
    this.kernel.around.awaited(this.kernel, on)
  }

  /** It waits no more, for anything. */
  forget(waiter: Waiter): void {
    if (this.newest === waiter) this.newest = undefined
    else this.waiting.delete(waiter.number)
    this.stopTimer(waiter)
    if (waiter.asks === 0) return
    const asked = this.asked.get(waiter.asks)
    waiter.asks = 0
    if (asked?.waiters.delete(waiter) && asked.waiters.size === 0) this.isIdle(asked)
  }

  /** `listener` hears of the end of `pid`; answers the reference. */
  watch(pid: number, listener: Listener): number {
    if (this.closed) throw stopped()
    const ref = postMonitor(this.kernel, this.pid, pid)
    this.watching.set(ref, listener)
    return ref
  }

  /** `listener` hears of the end of whom this desk has spawned with a monitor, under `ref`. */
  watchUnder(ref: number, listener: Listener): void {
    this.watching.set(ref, listener)
  }

  /** Nobody wants to hear of it any more. */
  unwatch(ref: number): void {
    if (this.watching.delete(ref) && !this.closed) postDemonitor(this.kernel, this.pid, ref, true)
  }

  /** `waiter` hears of the end of `pid` too, of which this desk was to hear from its birth on, under `ref`. */
  askNew(waiter: Waiter, pid: number, ref: number): void {
    const asked = this.keep(pid, ref)
    this.watching.set(ref, (news) => this.hasEnded(asked, news))
    asked.waiters.add(waiter)
    waiter.asks = pid
  }

  /** `waiter` hears of the end of `pid`, too. */
  ask(waiter: Waiter, pid: number): void {
    let asked = this.asked.get(pid)
    // Of one that has ended since it was needed last, that there is nobody is to be heard, and not why.
    if (asked?.waiters.size === 0 && !askAlive(this.kernel, pid)) asked = undefined
    asked ??= this.newAsked(pid)
    asked.waiters.add(waiter)
    waiter.asks = pid
  }

  private newAsked(pid: number): Asked {
    const asked = this.keep(
      pid,
      this.watch(pid, (news) => this.hasEnded(asked, news)),
    )
    return asked
  }

  private keep(pid: number, ref: number): Asked {
    const asked: Asked = { pid, ref, waiters: new Set(), isIdle: false }
    this.asked.set(pid, asked)
    return asked
  }

  private hasEnded(asked: Asked, news: News): void {
    if (this.asked.get(asked.pid) === asked) this.asked.delete(asked.pid)
    for (const waiter of asked.waiters) waiter.hear(news)
  }

  /** `waiter` hears when `ms` milliseconds have passed, too. */
  startTimer(waiter: Waiter, ms: number): void {
    this.deadlines.add(waiter, ms)
  }

  /** It need not. */
  stopTimer(waiter: Waiter): void {
    const line = this.deadlines.remove(waiter)
    if (line !== undefined) this.isIdle(line)
  }

  private isIdle(what: Asked | Line): void {
    if (what.isIdle) return
    what.isIdle = true
    const kept = this.idle.push(what)
    if (kept === KEPT_MOST) this.settled.then(this.tidy)
    if (this.isKeeping) return
    this.isKeeping = true
    this.kernel.loop.after(KEPT_MS, this.onKept)
  }

  private readonly onKept = (): void => {
    this.isKeeping = false
    this.tidy()
  }

  private readonly tidy = (): void => {
    for (const what of this.idle.splice(0)) {
      what.isIdle = false
      if (this.closed || this.kernel.detached) continue
      if ('timer' in what) this.deadlines.close(what)
      else if (what.waiters.size === 0 && this.asked.get(what.pid) === what) {
        this.asked.delete(what.pid)
        this.unwatch(what.ref)
      }
    }
  }

  granted(offer: number, place: boolean): void {
    this.find(offer)?.hear({ kind: 'place', place })
  }

  private async serve(self: Self<unknown>): Promise<void> {
    for (;;) {
      this.hear(await self.receive())
      for (let message = self.tryReceive(); message !== undefined; message = self.tryReceive()) this.hear(message)
      if (this.answers.length > 0) this.answerSoon()
    }
  }

  /** Takes an answer that is given on this thread; false if it must come as a message. */
  takeHere(number: number, value: unknown): boolean {
    if (!this.isDirect || cargoOf(value) !== undefined) return false
    const waiter = this.find(number)
    if (waiter?.isPatient) {
      this.answers.push([number, value])
      this.answerSoon()
    } else waiter?.answer(value, true)
    return true
  }

  takesAtOnce(message: unknown, process: Process): boolean {
    // What came before waits to be heard if it does not wait itself.
    if (!this.isDirect || process.parked !== RECEIVING || !Array.isArray(message)) return false
    const waiter = this.find(message[0])
    if (waiter !== undefined && !waiter.isQuiet) return false
    this.kernel.counts[COUNT_RECEIVED]!++
    waiter?.answer(message[1], false)
    return true
  }

  /** Hands the answers out, or has that done when more have come. */
  private answerSoon(): void {
    if (this.answers.length * 2 >= this.waiting.size + (this.newest === undefined ? 0 : 1)) this.answer()
    else if (!this.isPassing) {
      this.isPassing = true
      this.kernel.loop.soon(this.onPass)
    }
  }

  private readonly onPass = (): void => {
    this.isPassing = false
    this.answer()
  }

  private hear(message: unknown): void {
    if (Array.isArray(message)) {
      const waiter = this.find(message[0])
      if (waiter?.isPatient) this.answers.push(message)
      else waiter?.answer(message[1], false)
      return
    }
    // Those came before.
    this.answer()
    if (typeof message === 'number') {
      this.deadlines.fired(message)
    } else if (message instanceof Down) {
      const listener = this.watching.get(message.ref)
      this.watching.delete(message.ref)
      listener?.({ kind: 'down', down: message })
    } else {
      this.groups?.(message)
    }
  }

  /** Hands the answers out. */
  private answer(): void {
    for (const [number, value] of this.answers) this.find(number as number)?.answer(value, false)
    this.answers.length = 0
  }

  private close(): void {
    this.answer()
    this.closed = true
    const [waiters, listeners] = [[...this.waiting.values()], [...this.watching.values()]]
    if (this.newest !== undefined) waiters.push(this.newest)
    this.newest = undefined
    this.waiting.clear()
    this.watching.clear()
    for (const waiter of waiters) waiter.hear(STOPPED)
    for (const listener of listeners) listener(STOPPED)
  }
}

/** The desk with this pid, if it is one of this thread's. */
export const deskHere = (pid: number): Desk | undefined => {
  const desk = kernels[(pid | 0) >>> INDEX_BITS]?.desk as Desk | undefined
  return desk?.pid === pid ? desk : undefined
}

/** The desk of a kernel. */
export const deskOf = (kernel: Kernel): Desk => {
  kernel.desk ??= new Desk(kernel)
  return kernel.desk as Desk
}

/** The error of one who waited for a process that has ended. */
export const ended = (reason: ExitReason, to?: number | string): RumpusError =>
  reason.kind === 'noproc'
    ? new RumpusError('ERR_RUMPUS_NOPROC', nobodyIs(to), { cause: reason })
    : new RumpusError('ERR_RUMPUS_DOWN', `the process has ended: ${wordsFor(reason)}`, { cause: reason })
