// The process that looks after all applications that were started together: whose turn it is to start and to stop, who is ready, when
// the time is over. Owns that order and the outcome; what an end means is in `application-outcome.ts`, how one application lives in
// `application-life.ts`. Never true in it: an application that runs while one that it needs has been asked to stop.

import { builtin } from '../builtin.ts'
import { badArgument, RumpusError, TimeoutError } from '../errors.ts'
import { crashReport } from '../kernel/crash.ts'
import type { Kernel } from '../kernel/kernel.ts'
import type { Process } from '../kernel/process.ts'
import { describe } from '../kernel/reasons.ts'
import type { CrashReport } from '../kernel/reports.ts'
import { runtimeNumberOf } from '../pid.ts'
import { call } from '../process/call.ts'
import { exit } from '../process/exit.ts'
import { monitor } from '../process/monitor.ts'
import { send } from '../process/send.ts'
import type { Call, CallOptions, ReplyTo, Self } from '../process/shapes.ts'
import { cancelTimer, sendAfter, type TimerRef } from '../process/timers.ts'
import { checkOnlyWait } from '../process/waits.ts'
import type { ExitReason, Pid } from '../types.ts'
import { isNote, lookAfter, type Note, noteOf, type Part } from './application-life.ts'
import { CRASHED, codeOf, isBadStop, isCrash, LATE, takesDown } from './application-outcome.ts'
import { type ApplicationReport, tellApplication } from './application-report.ts'
import type { ApplicationOutcome, Applications, Health } from './application-spec.ts'
import { answerTo } from './replies.ts'
import { isDown, isExit } from './signals.ts'
import { type Given, STARTED } from './starting.ts'

const { subscribe, unsubscribe } = builtin('node:diagnostics_channel')

/** What may be asked of the loop by a call. */
type Request = 'health' | { readonly ready: string | undefined }

const FOREVER = Number.POSITIVE_INFINITY
const START_MS = 60_000
const SHUTDOWN: ExitReason = { kind: 'shutdown' }

export class ApplicationLoop implements Applications {
  readonly over: Promise<ApplicationOutcome>
  /** Why not all have started, if so. */
  failure: unknown
  private readonly parts: readonly Part[]
  private readonly deadline: number
  private readonly onStop: () => void
  private readonly settle: (outcome: ApplicationOutcome) => void
  private readonly late = new Map<Part, TimerRef>()
  private readonly waiting: { readonly from: ReplyTo; readonly parts: readonly Part[] }[] = []
  private readonly crashed: string[] = []
  private readonly killed: string[] = []
  /** What it was told before its process had begun. */
  private readonly early: Note[] = []
  private self: Self<unknown> | undefined
  private kernel!: Kernel
  private ack: ReplyTo | undefined
  private isOver = false
  private stopping = false
  private asked: string | undefined
  private forced = 0
  private crashes = 0

  constructor(parts: readonly Part[], deadline: number, onStop: () => void) {
    this.parts = parts
    this.deadline = deadline
    this.onStop = onStop
    let settle!: (outcome: ApplicationOutcome) => void
    this.over = new Promise((resolve) => {
      settle = resolve
    })
    this.settle = settle
  }

  /** The body; `parent` is the process whose end is a reason to stop, or 0. */
  async run(self: Self<unknown>, { ack }: Given, parent: number): Promise<void> {
    this.self = self
    this.kernel = (self as unknown as Process).home as Kernel
    this.ack = ack
    self.trapExit()
    // Whatever becomes of this process, who waits for the outcome hears.
    monitor(self.pid as Pid, () => this.end())
    if (parent !== 0) self.monitor(parent as Pid)
    try {
      for (const note of this.early) this.noted(note)
      this.advance()
      while (this.parts.some((part) => part.lives || part.state === 'waiting')) this.handle(await self.receive())
      // Crashes on other schedulers are told by another way than ends are: who answers this has told them.
      if (this.stopping && this.forced === 0) await self.runtime.processes()
    } finally {
      this.end()
    }
    if (this.ack !== undefined) {
      this.failure ??= new RumpusError('ERR_RUMPUS_STOPPED', 'the applications were stopped before all were ready')
    }
    if (this.failure !== undefined) self.exit({ kind: 'error', error: describe(this.failure) })
  }

  private get pid(): Pid<Note> {
    return (this.self?.pid ?? 0) as Pid<Note>
  }

  private end(): void {
    if (this.isOver) return
    this.isOver = true
    unsubscribe('rumpus:crash', this.countCrash)
    const alive = this.parts.filter((part) => part.lives)
    for (const part of alive) this.killed.push(part.spec.name)
    const { asked, crashed, killed, crashes } = this
    const code = codeOf(this.forced, crashed.length + alive.length, crashes)
    this.settle({ code, asked, crashed, killed, crashes })
  }

  private readonly countCrash = (message: unknown): void => {
    const { pid } = message as CrashReport
    if (pid === 0 || runtimeNumberOf(pid) === runtimeNumberOf(this.pid)) this.crashes++
  }

  private handle(message: unknown): void {
    if (isNote(message)) return this.noted(message)
    if (isExit(message)) {
      const part = this.parts.find(({ pid }) => pid === message.pid && pid !== 0)
      if (part !== undefined) return this.ended(part, message.reason)
      if (message.pid === 0) this.beginStop('exit')
      return
    }
    if (isDown(message)) return this.beginStop('exit')
    const { type, from, request } = (message ?? {}) as Partial<Call<Request>>
    if (type === 'call' && Array.isArray(from)) this.answer(from as unknown as ReplyTo, request)
  }

  private noted({ note, at, asked = 'stop', code = LATE }: Note): void {
    if (note === 'stop') return this.beginStop(asked)
    if (note === 'force') return this.killAll(code)
    const part = this.parts[at]
    if (part === undefined || !part.lives || part.asked) return
    if (note === 'late') return this.tooLate(part)
    if (note === 'failed') return takesDown(part.spec, SHUTDOWN) ? this.beginStop('crash') : undefined
    const before = part.isReady
    if (note === 'started') part.state = 'running'
    else part.told = note === 'ready'
    if (part.isReady === before) return
    this.tell(part.isReady ? 'ready' : 'unready', part)
    if (!part.isReady) return
    part.wasReady = true
    this.cancel(part)
    this.advance()
  }

  /** Starts those whose turn has come, and tells those who wait for somebody to be ready. */
  private advance(): void {
    if (!this.stopping) {
      for (const part of this.parts) {
        if (part.state !== 'waiting') continue
        const gone = part.needs.find(({ state }) => state === 'crashed')
        if (gone !== undefined) this.refuse(part, gone)
        else if (part.needs.every((need) => need.isReady || need.state === 'stopped')) this.startPart(part)
        if (this.stopping) return
      }
    }
    if (this.parts.every((part) => part.wasReady || !(part.lives || part.state === 'waiting'))) this.acknowledge()
    for (const one of this.waiting.splice(0)) this.answerReady(one.from, one.parts)
  }

  private startPart(part: Part): void {
    const { pid } = this
    const { startTimeout = START_MS } = part.spec
    part.state = 'starting'
    this.tell('starting', part)
    part.pid = this.self!.spawnLink((me: Self<unknown>) => lookAfter(me, part, this, pid))
    if (startTimeout !== FOREVER) {
      this.late.set(part, sendAfter(pid, noteOf('late', part.at), startTimeout))
    }
  }

  private cancel(part: Part): void {
    const timer = this.late.get(part)
    if (timer === undefined) return
    this.late.delete(part)
    cancelTimer(timer)
  }

  private tooLate(part: Part): void {
    if (part.wasReady) return
    const { startTimeout = START_MS } = part.spec
    part.fail(new TimeoutError(startTimeout, `it was not ready within ${startTimeout} ms`))
    // What runs can go in good order, unless others go on, who would have to wait for that.
    if (part.state === 'running' && takesDown(part.spec, SHUTDOWN)) this.beginStop('crash')
    else this.kill(part)
  }

  /** Somebody it needs has crashed. */
  private refuse(part: Part, { spec }: Part): void {
    part.thrown = new RumpusError('ERR_RUMPUS_APPLICATION', `it needs ${quoted(spec.name)}, which has crashed`)
    this.ended(part, SHUTDOWN)
  }

  /** An application has ended: as it was asked to, or by itself. */
  private ended(part: Part, reason: ExitReason): void {
    const { spec } = part
    part.pid = 0
    this.cancel(part)
    const isBad = part.failed || (part.asked ? !part.killed && isBadStop(reason) : isCrash(spec, reason))
    part.state = isBad ? 'crashed' : 'stopped'
    this.tell(part.state, part, reason)
    if (isBad) this.reportCrash(part, reason)
    if (!part.asked && takesDown(spec, reason)) this.beginStop('crash')
    if (this.stopping) this.stopNext()
    this.advance()
  }

  private reportCrash(part: Part, reason: ExitReason): void {
    const { spec, thrown, wasReady, asked, failed } = part
    this.crashed.push(spec.name)
    const what = wasReady || (asked && thrown === undefined) ? 'ended' : 'did not start'
    const why = thrown === undefined ? whyOf(reason) : describe(thrown).message
    const message = `application ${quoted(spec.name)} ${what}: ${why}`
    const error = new RumpusError('ERR_RUMPUS_APPLICATION', message, { cause: thrown ?? reason })
    if (failed || takesDown(spec, reason)) this.failure ??= error
    crashReport(this.kernel, this.pid, 'an application crashed', error)
  }

  /** From now on nothing is started, and all that runs is stopped, each when those that need it are. */
  private beginStop(asked: string): void {
    if (this.stopping) return
    this.stopping = true
    this.asked = asked
    this.onStop()
    subscribe('rumpus:crash', this.countCrash)
    if (this.deadline !== FOREVER) sendAfter(this.pid, noteOf('force'), this.deadline)
    for (const part of this.parts) {
      if (part.state === 'waiting') part.state = 'stopped'
      if (part.state === 'starting') part.abort(new RumpusError('ERR_RUMPUS_STOPPED', 'the application is to stop'))
    }
    this.stopNext()
    this.advance()
  }

  private stopNext(): void {
    for (const part of this.parts) {
      if (!part.lives || part.asked || part.neededBy.some(({ lives }) => lives)) continue
      // It could not start, and is stopping by itself.
      if (part.failed && part.state === 'starting') continue
      part.asked = true
      part.state = 'stopping'
      this.cancel(part)
      this.tell('stopping', part)
      send(part.pid as Pid<Note>, noteOf('stop', part.at))
    }
  }

  /** There is no more time. */
  private killAll(code: number): void {
    if (this.forced !== 0) return
    this.forced = code
    this.beginStop('stop')
    for (const part of this.parts) {
      if (!part.lives) continue
      part.asked = true
      part.killed = true
      this.killed.push(part.spec.name)
      this.kill(part)
    }
    if (code === LATE && this.killed.length > 0) {
      const message = `not stopped within ${this.deadline} ms: ${this.killed.map(quoted).join(', ')}`
      crashReport(this.kernel, this.pid, 'applications were killed', new TimeoutError(this.deadline, message))
    }
  }

  private kill(part: Part): void {
    part.abort(part.thrown ?? new RumpusError('ERR_RUMPUS_STOPPED', 'the application has no more time'))
    exit(part.pid as Pid, 'kill')
    if (part.top !== 0) exit(part.top as Pid, 'kill')
  }

  private acknowledge(): void {
    const { ack } = this
    if (ack === undefined || this.stopping) return
    this.ack = undefined
    answerTo(ack, [STARTED, this.pid])
  }

  private answer(from: ReplyTo, request: Request | undefined): void {
    if (request === 'health') return answerTo(from, this.health())
    const name = (request as { ready?: string } | undefined)?.ready
    const parts = this.parts.filter(({ spec }) => name === undefined || spec.name === name)
    this.answerReady(from, parts)
  }

  /** Answers whether they are ready, now or when that is known. */
  private answerReady(from: ReplyTo, parts: readonly Part[]): void {
    const never = this.stopping || parts.length === 0 || parts.some(({ state }) => state === 'crashed')
    if (never) answerTo(from, false)
    else if (parts.every(isFine)) answerTo(from, true)
    else this.waiting.push({ from, parts })
  }

  private tell(event: ApplicationReport['event'], part: Part, reason?: ExitReason): void {
    tellApplication({ application: part.spec.name, event, ...(reason === undefined ? {} : { reason }) })
  }

  health(): Health {
    const { parts, stopping } = this
    const applications = parts.map(({ spec: { name }, state, isReady }) => ({
      name,
      state,
      ready: isReady && !stopping,
    }))
    return { ready: !stopping && parts.every(isFine), stopping, applications }
  }

  whenReady(name?: string, options: CallOptions = {}): Promise<void> {
    const names = this.parts.map(({ spec }) => spec.name)
    if (name !== undefined && !names.includes(name)) {
      throw badArgument(RangeError, 'name', `one of ${names.map(quoted).join(', ')}`, name)
    }
    checkOnlyWait(options, true)
    const pid = this.pid as unknown as Pid<Call<Request, boolean>>
    const asked = this.isOver
      ? Promise.resolve(false)
      : call(pid, { ready: name }, { timeout: FOREVER, ...options } as never)
    return asked.then((isReady) => {
      if (isReady) return
      const who = name === undefined ? 'the applications' : `application ${quoted(name)}`
      throw new RumpusError('ERR_RUMPUS_NOT_READY', `${who} will not be ready: stopped, or crashed`)
    })
  }

  stop(asked = 'stop'): Promise<ApplicationOutcome> {
    this.note(noteOf('stop', -1, { asked }))
    return this.over
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  /** Has all killed that still run; the outcome has that code. */
  force(code: number): void {
    this.note(noteOf('force', -1, { code }))
  }

  /** Its process could not be spawned. */
  endUnlessBegun(): void {
    if (this.self !== undefined) return
    this.forced = CRASHED
    this.end()
  }

  private note(note: Note): void {
    if (this.self === undefined) this.early.push(note)
    else if (!this.isOver) send(this.pid, note)
  }
}

/** Whether nobody need wait for it. */
const isFine = (part: Part): boolean => part.isReady || (part.state === 'stopped' && !part.asked)

const whyOf = (reason: ExitReason): string => (reason.kind === 'error' ? reason.error.message : reason.kind)

const quoted = (name: string): string => JSON.stringify(name)
