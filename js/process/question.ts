// A question that is open: who asked whom, and what ends the wait. Owns the order of asking and giving up. A question to a process of
// the same scheduler is young: Rust watches who is asked, and the time, only if it is still open when something else must be submitted;
// most are answered before. Never true in it: that it is settled before whoever asks waits, or twice.

import { AbortError, ProcessExit, stopped, TimeoutError } from '../errors.ts'
import { cargoOf, sendAround } from '../kernel/cargo.ts'
import type { Kernel } from '../kernel/kernel.ts'
import {
  CALLING,
  GATE_OPEN,
  highOf,
  PRIORITY_NORMAL,
  type Process,
  QUEUED_FAIL,
  QUEUED_WAKE,
  rareOf,
  waitOf,
} from '../kernel/process.ts'
import { INDEX_MASK, NOW_MS } from '../kernel/words.ts'
import type { YoungQuestion } from '../kernel/young-timer.ts'
import type { Context, Pid } from '../types.ts'
import { type CallReport, callOver, callPut, calls } from './call-channel.ts'
import { type Desk, deskOf, ended, type News, Waiter } from './desk.ts'
import { processInWords } from './names.ts'
import { sendFrom } from './send.ts'
import type { AskOptions, ReplyTo } from './shapes.ts'

/** How long to wait, in milliseconds, unless something else is said. */
const TIMEOUT_MS = 5_000

/** At the desk of the runtime of whom it is put to. */
abstract class Question extends Waiter implements YoungQuestion {
  readonly kernel: Kernel
  readonly desk: Desk
  readonly timeout: number
  private readonly signal: AbortSignal | undefined
  private readonly context: Context | undefined
  /** What is told of it, where somebody listens. */
  private report: CallReport | undefined = undefined
  private pid = 0
  protected isOpen = true
  private isYoung = false
  protected onAbort: (() => void) | undefined = undefined

  constructor(kernel: Kernel, timeout: number, signal: AbortSignal | undefined, context: Context | undefined) {
    super()
    this.kernel = kernel
    this.desk = deskOf(kernel)
    this.timeout = timeout
    this.signal = signal
    this.context = context
    this.desk.open(this)
  }

  /** Settles it with why there is no answer. */
  abstract failed(error: Error): void

  /** Puts `request` to the process `pid`; `type` is what the question is for. Throws what `send` throws, and is over then. */
  ask(pid: number, type: string, request: unknown): void {
    const { kernel } = this
    this.pid = pid
    this.isYoung = livesHere(kernel, pid)
    if (calls.hasSubscribers && type === 'call') this.show(pid, request)
    try {
      if (!this.isYoung) this.desk.ask(this, pid)
      const deadline = deadlineOf(kernel, this.timeout)
      const context = this.report === undefined ? this.context : this.report.context
      const message =
        context === undefined
          ? { type, from: this.from, request, deadline }
          : { type, from: this.from, request, deadline, context }
      if (cargoOf(request) === undefined) sendFrom(kernel, pid, message)
      else sendLaden(kernel, pid, request, message)
      if (this.isYoung) beYoung(kernel, this)
      // Behind what was sent: a timer that is taken back before the next crossing costs none.
      else this.startTimer()
    } catch (error) {
      const { report } = this
      this.report = undefined
      this.giveUp()
      if (report !== undefined) callPut(Object.assign(report, { error }))
      throw error
    }
    if (this.report !== undefined) callPut(this.report)
    if (this.signal !== undefined) this.listen(this.signal)
  }

  /** Who asks, or 0. */
  protected get asker(): number {
    return 0
  }

  /** Puts it to whom `start` makes, whose pid it answers: the desk hears of its end from its birth. Throws what `start` throws, and is over then. */
  askNew(start: (from: ReplyTo) => readonly [pid: number, ref: number]): number {
    try {
      const [pid, ref] = start(this.from)
      this.pid = pid
      this.desk.askNew(this, pid, ref)
      this.startTimer()
    } catch (error) {
      this.giveUp()
      throw error
    }
    if (this.signal !== undefined) this.listen(this.signal)
    return this.pid
  }

  grow(): void {
    this.isYoung = false
    if (!this.isOpen) return
    this.desk.ask(this, this.pid)
    this.startTimer()
  }

  hear(news: News): void {
    this.fail(news.kind === 'time' ? this.tooLate() : errorOf(news))
  }

  private fail(error: Error): void {
    this.tell(false, error)
    this.giveUp()
    this.failed(error)
  }

  private tooLate(): TimeoutError {
    const { kernel, pid, timeout } = this
    return new TimeoutError(timeout, `${processInWords(kernel, pid)} did not answer within ${timeout} ms`)
  }

  /** From now on it hears nothing. */
  giveUp(): void {
    if (!this.isOpen) return
    this.isOpen = false
    this.desk.forget(this)
    if (this.isYoung) beForgotten(this.kernel, this)
    if (this.onAbort !== undefined) this.signal?.removeEventListener('abort', this.onAbort)
    // Whoever asked must end: nobody is told how that question ends but who listens.
    if (this.report !== undefined) this.tell(false, new ProcessExit(undefined))
  }

  private show(to: number, request: unknown): void {
    const { asker, kernel, context } = this
    this.report = { from: asker as Pid, scheduler: kernel.id, to: to as Pid, request, context }
    calls.publish(this.report)
  }

  /** Somebody listens to what becomes of it. */
  protected get isTold(): boolean {
    return this.report !== undefined
  }

  /** Tells whoever listens what became of it. */
  protected tell(isAnswer: boolean, what: unknown): void {
    const { report } = this
    if (report === undefined) return
    this.report = undefined
    callOver(Object.assign(report, isAnswer ? { result: what } : { error: what }))
  }

  /** Where the answer goes. */
  private get from(): ReplyTo {
    return [this.desk.pid as Pid<never>, this.number] as ReplyTo
  }

  private startTimer(): void {
    if (this.timeout !== Number.POSITIVE_INFINITY) this.desk.startTimer(this, this.timeout)
  }

  private listen(signal: AbortSignal): void {
    this.onAbort = () => this.fail(new AbortError(signal.reason))
    signal.addEventListener('abort', this.onAbort)
  }
}

/** Put by ordinary code, which has a promise. */
export class CodeQuestion extends Question {
  override readonly isPatient = true
  private resolve: (value: unknown) => void = never
  private reject: (error: Error) => void = never
  readonly answered: Promise<unknown> = new Promise<unknown>((resolve, reject) => {
    this.resolve = resolve
    this.reject = reject
  })

  constructor(kernel: Kernel, { timeout = TIMEOUT_MS, signal, context }: AskOptions) {
    super(kernel, timeout, signal, context)
    this.desk.holds(1)
  }

  override giveUp(): void {
    if (this.isOpen) this.desk.holds(-1)
    super.giveUp()
  }

  override answer(value: unknown): void {
    this.tell(true, value)
    this.giveUp()
    this.resolve(value)
  }

  failed(error: Error): void {
    this.reject(error)
  }
}

/** Put by a body, which is parked and will go on with what was heard. It waits no longer than whoever it serves. */
export class BodyQuestion extends Question {
  private readonly home: Kernel
  private readonly process: Process

  constructor(kernel: Kernel, options: AskOptions, home: Kernel, process: Process) {
    super(kernel, timeoutOf(home, options, process), options.signal, options.context ?? process.rare?.context)
    this.home = home
    this.process = process
  }

  /** Parks the body until it is settled. */
  park(): Promise<unknown> {
    const { home, process } = this
    rareOf(process).giveUp = this
    process.parked = CALLING
    process.since = home.words[NOW_MS]
    const wait = waitOf(process)
    home.next()
    return wait
  }

  protected override get asker(): number {
    return this.process.pid
  }

  override get isQuiet(): boolean {
    return !this.isTold && this.onAbort === undefined
  }

  override answer(value: unknown, here: boolean): void {
    this.tell(true, value)
    this.giveUp()
    const { home, process } = this
    this.hand(value, QUEUED_WAKE)
    if (here && process.priority === PRIORITY_NORMAL && !home.nativeLane) home.pushSlot(process.index)
    else home.pushBack(process)
  }

  failed(error: Error): void {
    this.hand(error, QUEUED_FAIL)
    this.home.pushBack(this.process)
  }

  private hand(what: unknown, how: number): void {
    const { process } = this
    rareOf(process).giveUp = undefined
    process.handed = what
    process.parked = how
  }
}

const never = (): never => {
  throw new Error('a question was settled before it was put')
}

// Apart, because a closure costs every call of the function that makes it.
const sendLaden = (kernel: Kernel, pid: number, request: unknown, message: object): void =>
  sendAround(request, message, () => sendFrom(kernel, pid, message))

const beYoung = (kernel: Kernel, question: Question): void => {
  kernel.young.questions.push(question)
  // Whoever is asked may be waiting for something foreign: then nobody else calls for a turn.
  if (!kernel.armed) kernel.arm()
}

/** Most are answered before the next is asked; the others stay in the list for no more than a turn. */
const beForgotten = (kernel: Kernel, question: Question): void => {
  const { questions } = kernel.young
  if (questions[questions.length - 1] === question) questions.pop()
}

/** Whether a process lives on this scheduler and takes its mail by reference. */
const livesHere = (kernel: Kernel, pid: number): boolean => {
  const process = kernel.procs[pid & INDEX_MASK]
  return (
    process !== undefined && process.gate === GATE_OPEN && process.high === highOf(pid) && process.low === (pid | 0)
  )
}

/** By when an answer is of use: the low bits of a millisecond that all schedulers count alike. */
const deadlineOf = (kernel: Kernel, timeout: number): number | undefined =>
  timeout === Number.POSITIVE_INFINITY ? undefined : (kernel.words[NOW_MS] + Math.ceil(timeout)) | 0

/** How long to wait: what was asked for, but no longer than whoever is being served does. */
const timeoutOf = (kernel: Kernel, { timeout = TIMEOUT_MS }: AskOptions, { rare }: Process): number => {
  const deadline = rare?.deadline
  return deadline === undefined ? timeout : Math.min(timeout, Math.max(0, (deadline - kernel.words[NOW_MS]) | 0))
}

const errorOf = (news: News): Error => (news.kind === 'down' ? ended(news.down.reason) : stopped())
