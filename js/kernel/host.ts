// The host's side of a runtime's threads: starts one Worker per scheduler, in parallel, and starts those anew that die.
// Owns the Workers, and passes on what is asked of processes; knows nothing of them. Never ends a thread that it did not start.

import type { Worker } from 'node:worker_threads'
import { RumpusError, stopped } from '../errors.ts'
import { SEAT_TAKEN } from '../native/layout.ts'
import { binary, type RuntimeHandle } from '../native/load.ts'
import { ANSWER_MS } from './census.ts'
import { tellDown, tellUp } from './channels.ts'
import { claimMemory, forgetClaims } from './claims.ts'
import { nowMs } from './clock.ts'
import { DedicatedThreads } from './dedicated.ts'
import { noteKept, threadGone } from './kept.ts'
import { HostLinks } from './link-maker.ts'
import { heapPerThread } from './machine.ts'
import type { HostNote, Reserved, SchedulerData, SchedulerNote } from './notes.ts'
import { penMemory } from './pen-memory.ts'
import type { HighWaterReport } from './process.ts'
import type { ProcessView } from './process-view.ts'
import { Questions } from './questions.ts'
import type { CrashReport } from './reports.ts'
import type { Settings } from './settings.ts'
import { beatMs, type Stalling, type StallReport, Stalls } from './stalls.ts'
import { endWorker, newThread, renew, startWorker, type Thread } from './thread.ts'
import type { TraceFile } from './trace/file.ts'

/** What a host reports to. */
export interface Reporters {
  readonly crash: (report: CrashReport) => void
  readonly highWater: (report: HighWaterReport) => void
  readonly stall: (report: StallReport) => void
}

/** A thread that failed so many times in a row does not start: whoever waits for it is told. */
const FAILURES_MAX = 5
/** One that ends sooner than this after its start has failed. */
const EARLY_MS = 1_000
/** So many threads ended while the same module was loading: it is broken. */
const BROKEN_AFTER = 3
/** After a failure modules are watched for so long, one by one, to see which it was. */
const SETTLE_MS = 100
/** First pause before such a thread is tried again, doubled each time up to the longest. */
const PAUSE_MS = 100
const PAUSE_MAX_MS = 5_000
export class Host {
  private readonly handle: RuntimeHandle
  private readonly settings: Settings
  /** Of a thread; known when the first is started, unless it was given. */
  private heapMb: number | undefined
  private readonly report: (report: CrashReport) => void
  private readonly highWater: (report: HighWaterReport) => void
  private readonly stalling: Stalling | undefined
  private readonly stalls: Stalls | undefined
  private readonly trace: TraceFile | undefined
  private readonly questions = new Questions()
  /** The host's own, and who makes those of the threads. */
  readonly links: HostLinks
  /** All processes, or one: for scheduler threads that ask. */
  census: (of: number) => Promise<readonly ProcessView[]> = async () => []
  private readonly threads: Thread[] = []
  private readonly dedicated: DedicatedThreads
  /** Threads in a row that ended while a module was loading. */
  private readonly endedBy = new Map<string, number>()
  private readonly waiting: { resolve: () => void; reject: (error: Error) => void }[] = []
  /** The threads have been started. */
  booted = false
  private held = false
  private stopping = false

  constructor(
    handle: RuntimeHandle,
    settings: Settings,
    heapMb: number | undefined,
    reporters: Reporters,
    stalling: Stalling | undefined,
    trace: TraceFile | undefined,
  ) {
    this.handle = handle
    this.trace = trace
    this.links = new HostLinks(handle)
    this.settings = settings
    this.heapMb = heapMb
    this.report = reporters.crash
    this.highWater = reporters.highWater
    this.stalling = stalling
    this.dedicated = new DedicatedThreads(handle, this.threads, (seat) => this.startThread(seat))
    if (stalling !== undefined) {
      this.stalls = new Stalls(handle, stalling, reporters.stall, (seat, ms) => this.endStalled(seat, ms))
    }
  }

  /** There is something to watch. */
  watch(): void {
    if (!this.stopping) this.stalls?.watch()
  }

  /** Starts every scheduler thread, once. */
  boot(): void {
    if (this.booted || this.stopping) return
    this.booted = true
    this.watch()
    for (let seat = 1; seat < this.handle.seats; seat++) this.threads[seat] = newThread()
    for (let seat = 1; seat < this.handle.regularSeats; seat++) this.startThread(seat)
  }

  /** Resolves when every thread has taken its seat; rejects if one cannot. */
  whenReady(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject })
      this.checkReady()
    })
  }

  private checkReady(): void {
    const all = this.threads.slice(0, this.handle.regularSeats).every((thread) => thread.ready)
    if (!all || !this.booted) return
    for (const { resolve } of this.waiting.splice(0)) resolve()
  }

  private startThread(seat: number): void {
    const thread = this.threads[seat]!
    renew(thread)
    const dedicated = this.dedicated.has(seat)
    const name = dedicated ? `rumpus:dedicated:${seat}` : `rumpus:${seat}`
    const trace = this.trace?.part()
    const data: SchedulerData = {
      rumpus: 1,
      binary,
      key: this.handle.key,
      seat,
      name,
      settings: this.settings,
      links: this.links.start(seat),
      broken: [...this.endedBy].filter(([, times]) => times >= BROKEN_AFTER).map(([url]) => url),
      only: thread.only,
      settleMs: thread.failures > 0 || this.endedBy.size > 0 ? SETTLE_MS : 0,
      beatMs: dedicated ? 0 : beatMs(this.stalling),
      trace,
    }
    penMemory()
    claimMemory()
    this.heapMb ??= heapPerThread(this.handle.regularSeats - 1)
    const worker = startWorker(name, data, this.heapMb)
    thread.worker = worker
    let cause: unknown
    const { threadId } = worker
    worker.on('message', (note: SchedulerNote) => {
      this.heard(thread, note)
      if (note?.rumpus !== 'ready') return
      tellUp({ scheduler: seat, thread: threadId, dedicated, ms: nowMs() - thread.startedMs })
    })
    worker.on('error', (error) => {
      cause = error
    })
    worker.on('exit', (code) => {
      if (trace !== undefined) this.trace?.over(trace)
      threadGone(threadId)
      forgetClaims(threadId)
      this.tellDown(seat, thread, threadId, code, cause)
      this.ended(seat, thread, worker, code, cause)
    })
    // Listening for messages holds the event loop again, so this comes last.
    if (!this.held) worker.unref()
  }

  private heard(thread: Thread, note: SchedulerNote): void {
    if (note?.rumpus === 'crash' && note.report !== undefined) this.report(note.report)
    if (note?.rumpus === 'high-water' && note.highWater !== undefined) this.highWater(note.highWater)
    if (note?.rumpus === 'loading') thread.loading = note.url
    if (note?.rumpus === 'loaded') {
      thread.loading = undefined
      this.endedBy.delete(note.url ?? '')
    }
    if (note?.rumpus === 'seen') this.questions.answer(note.id ?? 0, note.views)
    if (note?.rumpus === 'census') this.answer(thread, note)
    if (note?.rumpus === 'going') thread.going = true
    if (note?.rumpus === 'dedicate' && note.reserved !== undefined) this.dedicate(note.reserved)
    if (note?.rumpus === 'kept' && note.kept !== undefined) noteKept(note.kept)
    if (note?.rumpus === 'killed') this.killed(note.seat ?? 0, note.of ?? 0)
    if (note?.rumpus !== 'ready') return
    thread.ready = true
    this.checkReady()
  }

  private async answer({ worker }: Thread, { id = 0, of = 0 }: SchedulerNote): Promise<void> {
    const note: HostNote = { rumpus: 'census', id, views: await this.census(of) }
    worker?.postMessage(note)
  }

  /** Asks a scheduler for its processes, or for one; nothing if it does not answer. One that comes up answers when it is. */
  ask(seat: number, of: number): Promise<readonly ProcessView[] | undefined> {
    const worker = this.threads[seat]?.worker
    if (worker === undefined) return Promise.resolve(undefined)
    return this.questions.ask<readonly ProcessView[]>((id) => {
      const note: HostNote = { rumpus: 'look', id, of }
      worker.postMessage(note)
    }, ANSWER_MS)
  }

  /** Ends the thread in `seat`, which takes no turns; another takes its place. */
  endStalled(seat: number, ms: number): void {
    const thread = this.threads[seat]
    if (thread?.worker === undefined || this.stopping) return
    thread.ending = new Error(`scheduler ${seat} was ended: it had taken no turn for ${ms} ms`)
    void thread.worker.terminate()
  }

  private tellDown(scheduler: number, { going, ending }: Thread, thread: number, code: number, cause: unknown): void {
    const expected = going || this.stopping || this.handle.stopping
    const error = expected ? undefined : (cause ?? ending)
    const dedicated = this.dedicated.has(scheduler)
    tellDown({ scheduler, thread, dedicated, code, expected, ...(error === undefined ? {} : { error }) })
  }

  private ended(seat: number, thread: Thread, worker: Worker, code: number, cause: unknown): void {
    if (thread.worker !== worker) return
    thread.worker = undefined
    // A scheduler may hear of a stop sooner than the host.
    if (this.stopping || this.handle.stopping) return
    const error = cause ?? thread.ending ?? new Error(`scheduler ${seat} ended with code ${code}`)
    const { going, loading, told } = thread
    if (!going) this.report({ pid: 0, scheduler: seat, what: 'a scheduler thread went down', error })
    if (loading !== undefined && !told) this.endedBy.set(loading, (this.endedBy.get(loading) ?? 0) + 1)
    const comes = !this.dedicated.has(seat) || this.dedicated.comesBack(seat, thread)
    if (thread.worker === undefined) this.links.ended(seat, comes)
    if (!comes) return
    const early = !thread.ready || nowMs() - thread.startedMs < EARLY_MS
    if (!early) thread.failures = 0
    // One that was ended from outside, however early, did not fail.
    if (!early || told || (cause === undefined && loading === undefined)) {
      this.startThread(seat)
      return
    }
    if (++thread.failures >= FAILURES_MAX && seat < this.handle.regularSeats) {
      const failure = new RumpusError('ERR_RUMPUS_BOOT', `scheduler ${seat} does not start`, { cause: error })
      for (const { reject } of this.waiting.splice(0)) reject(failure)
    }
    const pause = Math.min(PAUSE_MAX_MS, PAUSE_MS * 2 ** thread.failures)
    thread.pause = setTimeout(() => this.startThread(seat), pause)
    if (!this.held) thread.pause.unref()
  }

  /** A dedicated seat has been reserved: its thread is started, as soon as the one before it has gone. */
  dedicate(reserved: Reserved): void {
    this.boot()
    if (this.stopping) return
    this.dedicated.want(reserved)
    this.links.expect(reserved.seat)
  }

  /** The process `pid` is being killed, which lives in a dedicated `seat`: if its body does not let go, its thread is ended. */
  killed(seat: number, pid: number): void {
    if (this.booted && !this.stopping) this.dedicated.free(seat, pid)
  }

  /** Keeps the host's event loop alive, or no longer. */
  hold(on: boolean): void {
    this.held = on
    for (const thread of this.threads) {
      if (thread?.worker === undefined) continue
      if (on) thread.worker.ref()
      else thread.worker.unref()
    }
  }

  /** Ends the thread that sits in `seat`; another takes its place. It did not fail. */
  async end(seat: number): Promise<void> {
    const thread = this.threads[seat]
    if (thread?.worker === undefined) return
    thread.told = true
    await thread.worker.terminate()
  }

  /** Whether a thread sits in `seat`. */
  isTaken(seat: number): boolean {
    return this.handle.seat(seat)?.[SEAT_TAKEN] === 1
  }

  /** Ends the threads: those that have not gone by themselves within `limitMs` are terminated. */
  async stop(limitMs: number): Promise<void> {
    this.stopping = true
    this.stalls?.unwatch()
    for (const { reject } of this.waiting.splice(0)) reject(stopped())
    const ends = this.threads.map((thread) => {
      if (thread?.pause !== undefined) clearTimeout(thread.pause)
      return thread?.worker === undefined ? undefined : endWorker(thread.worker, limitMs)
    })
    await Promise.all(ends)
    this.links.close()
  }
}
