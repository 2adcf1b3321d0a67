// What one kernel tells of itself in a trace. Owns its two tracks: that of the bodies, where a slice is a process from its resume
// to its park, and that of the turns; and which process runs now. Decides nothing: whoever traces runs as without it, but
// slower. What runs while no body of ours does lies in a slice of its own, for every arrow needs one.

import { builtin } from '../../builtin.ts'
import { COUNT_WAKES_SENT, NAMES, RUNTIMES_MAX } from '../../native/layout.ts'
import type { ExitReason } from '../../types.ts'
import type { Kernel } from '../kernel.ts'
import { isolate } from '../kernels.ts'
import { splitKey } from '../keys.ts'
import type { Process } from '../process.ts'
import { PartWriter, type TracePart } from './part.ts'
import { ARROW_MESSAGE, ARROW_SIGNAL, ARROW_SPAWN, ARROW_TIMER, monotonicUs, Track } from './track.ts'

const { threadId } = builtin('node:worker_threads')

/** Where a kernel traces to. */
export interface TraceTo {
  readonly part: TracePart
  /** Microseconds, where they are not the system's. */
  readonly now?: () => number
  /** It has said all. */
  readonly over?: () => void
}

/** A process as it is traced. */
export interface Traced extends Process {
  /** It runs, as far as its kernel knows. */
  isOn: boolean
  /** Its name in the trace, as JSON, and which names were known when that was found. */
  label: string
  labelledAt: number
}

/** A message's arrow in one number: its kind is the rest. */
const KINDS = 4
/** Above the numbers of the arrows of one thread: those of another begin. */
const ARROWS_OF_THREAD = 2 ** 30
/** Schedulers of a runtime, the host among them. */
const SEATS_MAX = 64
const OUTSIDE = '"outside any process"'
const ELSEWHERE = '{"waits":"something that is not of the runtime"}'
const settled = Promise.resolve()
/** The module `node:process` reads every getter of it, those of the standard streams among them. */
const { nextTick } = process

export class Tracer {
  readonly bodies: Track
  readonly turns: Track
  kernel!: Kernel
  /** What is being applied: the index of the process it is for, or -1, and the arrow it came with. */
  arrivesAt = -1
  arrives = 0
  /** Completions are being done. */
  applying = false
  /** The process to be made next serves its scheduler. */
  serves = false
  private readonly writer: PartWriter
  private readonly to: TraceTo
  private current: Traced | undefined
  private drains = false
  private readonly onDrained = (): void => {
    this.drains = false
    this.leave()
  }

  constructor(to: TraceTo, runtime: number, seat: number, dedicated: boolean) {
    this.to = to
    this.writer = new PartWriter(to.part)
    const tid = 1 + 2 * ((threadId * RUNTIMES_MAX + runtime) * SEATS_MAX + seat)
    const now = to.now ?? monotonicUs
    this.bodies = new Track(this.writer, tid, now)
    this.turns = new Track(this.writer, tid + 1, now)
    const which = runtime === 1 ? '' : ` of runtime ${runtime}`
    const name = `${seat === 0 ? 'host' : `rumpus:${dedicated ? 'dedicated:' : ''}${seat}`}${which}`
    this.bodies.name(name, 2 * (runtime * SEATS_MAX + seat))
    this.turns.name(`${name}, turns`, 2 * (runtime * SEATS_MAX + seat) + 1)
  }

  /** The number of an arrow that was not there yet. */
  newArrow(kind: number): number {
    isolate.arrows = ((isolate.arrows ?? 0) + 1) % ARROWS_OF_THREAD
    return ((threadId + 1) * ARROWS_OF_THREAD + isolate.arrows) * KINDS + kind
  }

  /** A process is born by what runs now, since the moment `at`: elsewhere it may have lived and died by now. */
  born(pid: number, label: string, on: number, at: number = this.bodies.now()): void {
    const args = `{"pid":${pid},"on":${on}}`
    this.bodies.life('b', pid, label, args, at)
    this.inSlice(() => {
      this.bodies.leave(ARROW_SPAWN, pid, at)
      this.bodies.instant('spawn', 'spawn', `{"pid":${pid},"name":${label},"on":${on}}`)
    }, at)
  }

  /** Its body is about to be called. */
  begins(process: Traced): void {
    process.isOn = true
    this.open(process)
    this.bodies.arrive(ARROW_SPAWN, process.pid)
  }

  /** It goes on. */
  resumes(process: Traced): void {
    process.isOn = true
    // One that must end goes on when it comes to it.
    if (process.exiting === undefined) this.open(process)
  }

  /** It waits. */
  parks(process: Traced, waits: string): void {
    process.isOn = false
    const args = `{"waits":"${waits}"}`
    if (this.current !== process) return this.bySlice(process, args)
    this.current = undefined
    this.bodies.end(args)
  }

  /** It is dead. */
  ends(process: Traced, reason: ExitReason): void {
    const isOn = process.isOn
    process.isOn = false
    const args = `{"pid":${process.pid},"reason":${reasonText(reason)}}`
    if (this.current === process) {
      this.current = undefined
      this.bodies.end(`{"ends":${reasonText(reason)}}`)
    } else if (isOn) this.bySlice(process, `{"ends":${reasonText(reason)}}`)
    this.bodies.instant('exit', 'exit', args)
    this.bodies.life('e', process.pid, this.labelOf(process), args)
  }

  /** What it waited for by the wheel is due. */
  fires(process: Traced): void {
    this.turns.instant('timer', 'timer', `{"pid":${process.pid}}`)
  }

  /** A message or signal has reached the process: its arrow. */
  comes(process: Process): number {
    if (this.applying && this.arrivesAt === process.index) {
      this.arrivesAt = -1
      const kind = this.arrives % KINDS
      if (kind !== ARROW_MESSAGE) this.turns.leave(kind, this.arrives)
      return this.arrives
    }
    const arrow = this.newArrow(ARROW_MESSAGE)
    this.inSlice(() => this.bodies.leave(ARROW_MESSAGE, arrow))
    return arrow
  }

  /** The body has it. */
  takes(process: Traced, arrow: number): void {
    if (arrow === 0) return
    if (this.current !== process) this.open(process)
    this.bodies.arrive(arrow % KINDS, arrow)
  }

  /** A completion is next, for the process in `index`; `arrow` if it is a message that came with one. */
  expect(index: number, isSignal: boolean, arrow: number): void {
    this.arrivesAt = index
    this.arrives = arrow !== 0 ? arrow : this.newArrow(isSignal ? ARROW_SIGNAL : ARROW_TIMER)
  }

  /** A message with this arrow is on its way, since the moment `at`. */
  posted(arrow: number, at: number): void {
    this.inSlice(() => this.bodies.leave(ARROW_MESSAGE, arrow, at), at)
  }

  /** So many other schedulers have been woken since. */
  rang(track: Track, before: number): void {
    const bells = this.kernel.counts[COUNT_WAKES_SENT]! - before
    if (bells > 0) track.instant('bell', 'wake', `{"wakes":${bells}}`)
  }

  /** Does it within a slice. */
  inSlice(what: () => void, at?: number): void {
    if (this.current !== undefined) return what()
    this.bodies.begin(OUTSIDE, 'outside', '{}', at)
    what()
    this.bodies.end()
  }

  /** Whatever ran does so no longer: it waits for something else. */
  leave(): void {
    if (this.current === undefined) return
    this.current = undefined
    this.bodies.end(ELSEWHERE)
  }

  /** Everything is in the file. */
  flush(): void {
    this.writer.flush()
  }

  /** That was all. */
  close(): void {
    this.leave()
    this.flush()
    this.to.over?.()
  }

  private open(process: Traced): void {
    this.leave()
    this.current = process
    this.bodies.begin(this.labelOf(process), 'run', `{"pid":${process.pid}}`)
    if (this.drains) return
    this.drains = true
    // Behind all microtasks: a body that still runs then waits for something that is not ours.
    settled.then(() => nextTick(this.onDrained))
  }

  /** It went on without our doing, nobody knows since when. */
  private bySlice(process: Traced, args: string): void {
    this.leave()
    this.bodies.begin(this.labelOf(process), 'run', `{"pid":${process.pid},"resumed":"by something else"}`)
    this.bodies.end(args)
  }

  /** The name of a process, as JSON: the registered one, that of its definition, that of its function. */
  private labelOf(process: Traced): string {
    const { handle, words } = this.kernel
    const names = words[NAMES]!
    if (process.labelledAt === names) return process.label
    process.labelledAt = names
    const name = handle.nameOf(process.pid)
    if (name != null) process.label = JSON.stringify(name)
    else if (process.definition >= 0) process.label = this.definitionName(process.definition)
    return process.label
  }

  /** The name of a definition, as JSON. */
  definitionName(id: number): string {
    const key = this.kernel.handle.definition(id)
    return JSON.stringify(key == null ? `definition ${id}` : splitKey(key).name)
  }
}

const reasonText = (reason: ExitReason): string => {
  if (reason.kind !== 'error') return JSON.stringify(reason.kind)
  return JSON.stringify(`error: ${reason.error.name}: ${reason.error.message}`)
}
