// The host's side of a runtime's threads: starts one Worker per scheduler, in parallel, and starts those anew that die.
// Owns the Workers, and passes on what is asked of processes; knows nothing of them. Never ends a thread that it did not start.

import { Worker } from 'node:worker_threads'
import { RumpusError } from '../errors.ts'
import { SEAT_TAKEN } from '../native/layout.ts'
import type { RuntimeHandle } from '../native/load.ts'
import { ANSWER_MS } from './census.ts'
import type { HighWaterReport } from './process.ts'
import type { ProcessView } from './process-view.ts'
import { Questions } from './questions.ts'
import type { CrashReport } from './reports.ts'
import type { Settings } from './settings.ts'
import { beatMs, type Stalling, type StallReport, Stalls } from './stalls.ts'

/** What a scheduler thread is started with. */
export interface SchedulerData {
  readonly rumpus: 1
  readonly key: number
  readonly seat: number
  readonly settings: Settings
  /** Modules that are not to be loaded: threads ended of them. */
  readonly broken: readonly string[]
  /** How long to watch what each module does before the next is loaded, in milliseconds. */
  readonly settleMs: number
  /** How often it takes turns while a module is being loaded, in milliseconds, or 0. */
  readonly beatMs: number
}

/** What a scheduler thread tells its host beside what goes through the core. */
export interface SchedulerNote {
  readonly rumpus: 'ready' | 'crash' | 'high-water' | 'loading' | 'loaded' | 'census' | 'seen'
  readonly report?: CrashReport
  readonly highWater?: HighWaterReport
  /** Which module. */
  readonly url?: string
  /** The number of a question, asked or answered. */
  readonly id?: number
  /** Which process is asked for, or 0. */
  readonly of?: number
  readonly views?: readonly ProcessView[]
}

/** What a host tells a scheduler thread: an answer of its own, or a question. */
export interface HostNote {
  readonly rumpus: 'census' | 'look'
  readonly id: number
  readonly of?: number
  readonly views?: readonly ProcessView[]
}

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
/** Flags of the host that decide how modules load and errors look: a scheduler thread has them too. Others are the process's. */
const FLAGS_KEPT =
  /^--(import|require|loader|experimental-loader|conditions|enable-source-maps|preserve-symlinks|no-warnings|trace-(deprecation|env|exit|promises|sync-io|tls|uncaught|warnings)|disable-warning|experimental-(strip|transform|detect|default|import|vm)|no-experimental-(strip|detect|require))|^-[rC]$/
/** Those of them that take the next argument as their value. */
const FLAGS_WITH_VALUE = /^(--(import|require|loader|experimental-loader|conditions|disable-warning)|-[rC])$/

const ENTRY = new URL('./scheduler-thread.js', import.meta.url)

interface Thread {
  worker: Worker | undefined
  ready: boolean
  startedMs: number
  /** The module it is loading. */
  loading: string | undefined
  /** It was told to end. */
  told: boolean
  failures: number
  pause: NodeJS.Timeout | undefined
  /** Why we end it. */
  ending: Error | undefined
}

export class Host {
  private readonly handle: RuntimeHandle
  private readonly settings: Settings
  private readonly heapMb: number | undefined
  private readonly report: (report: CrashReport) => void
  private readonly highWater: (report: HighWaterReport) => void
  private readonly stalling: Stalling | undefined
  private readonly stalls: Stalls | undefined
  private readonly questions = new Questions()
  /** All processes, or one: for scheduler threads that ask. */
  census: (of: number) => Promise<readonly ProcessView[]> = async () => []
  private readonly threads: Thread[] = []
  /** Threads in a row that ended while a module was loading. */
  private readonly endedBy = new Map<string, number>()
  private readonly waiting: { resolve: () => void; reject: (error: Error) => void }[] = []
  private held = false
  private stopping = false

  constructor(
    handle: RuntimeHandle,
    settings: Settings,
    heapMb: number | undefined,
    reporters: Reporters,
    stalling: Stalling | undefined,
  ) {
    this.handle = handle
    this.settings = settings
    this.heapMb = heapMb
    this.report = reporters.crash
    this.highWater = reporters.highWater
    this.stalling = stalling
    if (stalling !== undefined) {
      this.stalls = new Stalls(handle, stalling, reporters.stall, (seat, ms) => this.endStalled(seat, ms))
    }
  }

  /** Whether the threads have been started. */
  get booted(): boolean {
    return this.threads.length > 0
  }

  /** There is something to watch. */
  watch(): void {
    if (!this.stopping) this.stalls?.watch()
  }

  /** Starts every scheduler thread, once. */
  boot(): void {
    if (this.booted || this.stopping) return
    this.watch()
    for (let seat = 1; seat < this.handle.seats; seat++) {
      this.threads[seat] = {
        worker: undefined,
        ready: false,
        startedMs: 0,
        loading: undefined,
        told: false,
        failures: 0,
        pause: undefined,
        ending: undefined,
      }
    }
    for (let seat = 1; seat < this.handle.seats; seat++) this.startThread(seat)
  }

  /** Resolves when every thread has taken its seat; rejects if one cannot. */
  whenReady(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject })
      this.checkReady()
    })
  }

  private checkReady(): void {
    const all = this.threads.every((thread) => thread.ready)
    if (!all || !this.booted) return
    for (const { resolve } of this.waiting.splice(0)) resolve()
  }

  private startThread(seat: number): void {
    const thread = this.threads[seat]!
    thread.pause = undefined
    thread.ready = false
    thread.told = false
    thread.loading = undefined
    thread.ending = undefined
    thread.startedMs = performance.now()
    const data: SchedulerData = {
      rumpus: 1,
      key: this.handle.key,
      seat,
      settings: this.settings,
      broken: [...this.endedBy].filter(([, times]) => times >= BROKEN_AFTER).map(([url]) => url),
      settleMs: thread.failures > 0 || this.endedBy.size > 0 ? SETTLE_MS : 0,
      beatMs: beatMs(this.stalling),
    }
    const worker = new Worker(ENTRY, {
      name: `rumpus:${seat}`,
      workerData: data,
      execArgv: flagsFor(process.execArgv),
      ...(this.heapMb === undefined ? {} : { resourceLimits: { maxOldGenerationSizeMb: this.heapMb } }),
    })
    thread.worker = worker
    let cause: unknown
    worker.on('message', (note: SchedulerNote) => this.heard(thread, note))
    worker.on('error', (error) => {
      cause = error
    })
    worker.on('exit', (code) => this.ended(seat, thread, worker, code, cause))
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

  private ended(seat: number, thread: Thread, worker: Worker, code: number, cause: unknown): void {
    if (thread.worker !== worker) return
    thread.worker = undefined
    // A scheduler may hear of a stop sooner than the host.
    if (this.stopping || this.handle.stopping) return
    const error = cause ?? thread.ending ?? new Error(`scheduler ${seat} ended with code ${code}`)
    this.report({ pid: 0, scheduler: seat, what: 'a scheduler thread went down', error })
    const { loading, told } = thread
    if (loading !== undefined && !told) this.endedBy.set(loading, (this.endedBy.get(loading) ?? 0) + 1)
    const early = !thread.ready || performance.now() - thread.startedMs < EARLY_MS
    if (!early) thread.failures = 0
    // One that was ended from outside, however early, did not fail.
    if (!early || told || (cause === undefined && loading === undefined)) {
      this.startThread(seat)
      return
    }
    if (++thread.failures >= FAILURES_MAX) {
      const failure = new RumpusError('ERR_RUMPUS_BOOT', `scheduler ${seat} does not start`, { cause: error })
      for (const { reject } of this.waiting.splice(0)) reject(failure)
    }
    const pause = Math.min(PAUSE_MAX_MS, PAUSE_MS * 2 ** thread.failures)
    thread.pause = setTimeout(() => this.startThread(seat), pause)
    if (!this.held) thread.pause.unref()
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
    for (const { reject } of this.waiting.splice(0))
      reject(new RumpusError('ERR_RUMPUS_STOPPED', 'the runtime has stopped'))
    const ends = this.threads.map((thread) => {
      if (thread?.pause !== undefined) clearTimeout(thread.pause)
      return thread?.worker === undefined ? undefined : endWorker(thread.worker, limitMs)
    })
    await Promise.all(ends)
  }
}

/** What of the host's own flags a scheduler thread is started with. */
const flagsFor = (given: readonly string[]): string[] => {
  const kept: string[] = []
  for (let i = 0; i < given.length; i++) {
    const flag = given[i]
    const value = FLAGS_WITH_VALUE.test(flag) ? given[++i] : undefined
    if (FLAGS_KEPT.test(flag)) kept.push(flag, ...(value === undefined ? [] : [value]))
  }
  return kept
}

const endWorker = (worker: Worker, limitMs: number): Promise<void> =>
  new Promise((resolve) => {
    worker.ref()
    const limit = setTimeout(() => void worker.terminate(), limitMs)
    worker.once('exit', () => {
      clearTimeout(limit)
      resolve()
    })
  })
