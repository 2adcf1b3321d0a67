// A simulation: all schedulers of a runtime on one thread, stepped one at a time in an order of chance, in time that passes only
// here. Owns who goes next, and the clock; everything else is the code that real threads run. Never true in it: two steps at
// once, a look at a real clock, a number of chance that does not come from the seed.

import { badArgument, RumpusError } from '../errors.ts'
import type { Carrier } from '../kernel/cargo.ts'
import { census } from '../kernel/census.ts'
import type { Kernel } from '../kernel/kernel.ts'
import { kernels } from '../kernel/kernels.ts'
import { endByOrder } from '../kernel/life.ts'
import { moved } from '../kernel/links.ts'
import type { Loop } from '../kernel/loop.ts'
import { createRuntime, openKernel } from '../kernel/open-kernel.ts'
import { CALLING, GATE_EXITING, type Process, QUEUED_BEGIN, RECEIVING, RUNNING, SELECTING } from '../kernel/process.ts'
import type { ProcessView } from '../kernel/process-view.ts'
import type { CrashReport } from '../kernel/reports.ts'
import type { Settings } from '../kernel/settings.ts'
import { newestFirst } from '../kernel/take-down.ts'
import type { TraceFile } from '../kernel/trace/file.ts'
import type { Tracing } from '../kernel/tracing.ts'
import { lookHere } from '../kernel/views.ts'
import { Dice } from '../model/dice.ts'
import { DUE_IN } from '../native/layout.ts'
import type { RuntimeHandle } from '../native/load.ts'
import { formatPid } from '../pid.ts'
import '../process/live.ts'
import type { ExitReason, Pid } from '../types.ts'

/** What passes with each step, in microseconds, so that whoever never waits does not hold time still. */
const STEP_US = 1
/** How long bodies may take to end when the simulation does, in microseconds of its time. */
const END_US = 10_000_000

/** One scheduler as the simulation steps it. */
class Place implements Loop {
  kernel!: Kernel
  /** What it wants to be called back for. */
  readonly wanted: (() => void)[] = []
  dueUs: number = Number.POSITIVE_INFINITY
  turn: () => void = () => {}
  /** Nothing lives here any more. */
  closes: boolean = false
  /** Its thread has died. */
  died: boolean = false
  private readonly simulation: Simulation

  constructor(simulation: Simulation) {
    this.simulation = simulation
  }

  now(): number {
    return this.simulation.nowUs / 1000
  }

  // What holds nobody must not hold time either.
  soon(then: () => void, holds = true): void {
    if (holds) this.wanted.push(then)
    else setImmediate(() => this.died || then()).unref()
  }

  after(ms: number, then: () => void): () => void {
    return this.simulation.after(this, ms, then)
  }

  // The simulation asks who has been rung.
  rung(): void {}

  sleep(words: Int32Array, turn: () => void): void {
    const ms = words[DUE_IN]!
    this.turn = turn
    this.dueUs = ms < 0 ? Number.POSITIVE_INFINITY : this.simulation.nowUs + ms * 1000
  }

  stop(): void {
    this.dueUs = Number.POSITIVE_INFINITY
  }
}

/** How a simulation is made. */
export interface Given {
  readonly seed: number
  readonly schedulers: number
  readonly dedicated: number
  readonly hostWorks: boolean
  readonly placement: boolean
  readonly settings: Settings
  readonly crashed: (report: CrashReport) => void
  readonly trace?: { readonly by: Tracing; readonly file: TraceFile } | undefined
}

export class Simulation {
  nowUs = 1
  private readonly given: Given
  private readonly handle: RuntimeHandle
  private readonly places: Place[] = []
  private readonly dice: Dice
  private readonly carrier = new OneThread()
  private timers: Timer[] = []
  /** Schedulers whose threads are to die before the next step. */
  private readonly doomed = new Set<number>()

  constructor(given: Given) {
    const { schedulers, dedicated, hostWorks, placement, settings, seed } = given
    const { nativeLane } = settings
    this.given = given
    this.dice = new Dice(seed)
    const chance = this.dice.below(2 ** 31)
    this.handle = createRuntime({ schedulers, dedicated, hostWorks, placement, nativeLane, seed: chance })
    for (let seat = 0; seat <= schedulers; seat++) this.open(seat)
  }

  /** Somebody takes a seat. */
  private open(seat: number): void {
    const place = new Place(this)
    const trace = this.given.trace
    const part = trace?.file.part()
    const { kernel } = openKernel(this.handle, seat, this.given.settings, {
      stopped: () => this.clear(place),
      crashed: this.given.crashed,
      highWater: () => {},
      census: (kernel, of) => census(kernel, of, async (seat, of) => this.look(seat, of)),
      carrier: this.carrier,
      loading: { broken: [], settleMs: 0, beatMs: 0, tell: () => {} },
      loop: place,
      resolve: (url) => url,
      spawning: () => {},
      dedicate: ({ seat }) => this.places[0]!.wanted.push(() => this.openIfFree(seat)),
      // A body that keeps its thread keeps the simulation: whoever is killed here takes its mail.
      killed: () => {},
      trace:
        trace === undefined || part === undefined
          ? undefined
          : { by: trace.by, to: { part, now: () => this.nowUs, over: () => trace.file.over(part) } },
    })
    place.kernel = kernel
    place.wanted.push(() => kernel.turn(1))
    this.places.push(place)
  }

  /** A dedicated seat is reserved, or was: it gets its place, if the one before has closed. */
  private openIfFree(seat: number): void {
    if (this.handle.tenancy(seat) === 0 || this.places.some(({ kernel }) => kernel.id === seat)) return
    this.open(seat)
  }

  /** Nothing lives in a dedicated place any more: it closes. When the simulation ends all places do. */
  private clear(place: Place): void {
    if (this.handle.stopping || place.closes) return
    place.closes = true
    const { kernel } = place
    for (const { index } of newestFirst(kernel)) endByOrder(kernel, index, { kind: 'shutdown' }, false)
    place.wanted.push(() => {
      this.places.splice(this.places.indexOf(place), 1)
      kernel.detach()
      this.openIfFree(kernel.id)
      // Nobody meets a place that has closed.
      kernels[this.handle.number] = this.host
    })
  }

  private look(seat: number, of: number): ProcessView[] | undefined {
    const place = this.places.find(({ kernel }) => kernel.id === seat)
    return place === undefined ? undefined : lookHere(place.kernel, of)
  }

  /** The kernel of the host. */
  get host(): Kernel {
    return this.places[0]!.kernel
  }

  after(place: Place, ms: number, then: () => void): () => void {
    const timer = { place, atUs: this.nowUs + ms * 1000, then }
    this.timers.push(timer)
    return () => {
      this.timers = this.timers.filter((other) => other !== timer)
    }
  }

  /** The thread of a scheduler dies when the step that is under way is over, and another takes its place. */
  endScheduler(seat: number): void {
    if (!Number.isInteger(seat) || seat < 1 || seat > this.given.schedulers) {
      throw badArgument(RangeError, 'scheduler', `a scheduler from 1 to ${this.given.schedulers}`, seat)
    }
    this.doomed.add(seat)
  }

  /** What a thread that dies leaves behind is nothing: no turn, no timer, no body that goes on. */
  private bury(seat: number): void {
    this.doomed.delete(seat)
    const at = this.places.findIndex(({ kernel }) => kernel.id === seat)
    // It has died, and its successor is not there yet.
    if (at < 0) return
    const [place] = this.places.splice(at, 1) as [Place]
    place.died = true
    this.timers = this.timers.filter((timer) => timer.place !== place)
    const { kernel } = place
    kernel.detach()
    cutOff(kernel)
    kernels[this.handle.number] = this.host
    this.places[0]!.wanted.push(() => this.open(seat))
  }

  /** Steps until `isOver`; throws if nothing can happen any more. */
  async run(isOver: () => boolean): Promise<void> {
    await pass()
    while (!isOver()) {
      for (const seat of this.doomed) this.bury(seat)
      const place = this.next()
      if (place !== undefined) this.step(place)
      else if (!this.passTime()) await this.waitForOthers()
      await pass()
      this.setTime(this.nowUs + STEP_US)
    }
  }

  private next(): Place | undefined {
    const ready = this.places.filter((place) => place.wanted.length > 0 || this.handle.isRung(place.kernel.id))
    return ready.length === 0 ? undefined : ready[this.dice.below(ready.length)]
  }

  private step(place: Place): void {
    // Free verbs in what runs now mean this scheduler.
    kernels[this.handle.number] = place.kernel
    const wanted = place.wanted.shift()
    if (wanted !== undefined) wanted()
    else place.turn()
  }

  /** Goes on to what is due next; false if nothing is. */
  private passTime(): boolean {
    const timer = this.timers.reduce((first, { atUs }) => Math.min(first, atUs), Number.POSITIVE_INFINITY)
    const place = this.places.reduce((first, { dueUs }) => Math.min(first, dueUs), Number.POSITIVE_INFINITY)
    const dueUs = Math.min(timer, place)
    if (dueUs === Number.POSITIVE_INFINITY) return false
    this.setTime(Math.max(dueUs, this.nowUs))
    for (const place of this.places) {
      if (place.dueUs > this.nowUs) continue
      place.dueUs = Number.POSITIVE_INFINITY
      place.wanted.push(place.turn)
    }
    const due = this.timers.filter(({ atUs }) => atUs <= this.nowUs)
    this.timers = this.timers.filter(({ atUs }) => atUs > this.nowUs)
    for (const { then } of due) then()
    return true
  }

  private setTime(us: number): void {
    this.nowUs = us
    this.handle.setTime(us)
  }

  /** Nobody here can go on: somebody may be waiting for something real. */
  private async waitForOthers(): Promise<void> {
    const all = this.processes()
    if (all.some(({ parked }) => parked === RUNNING)) {
      await new Promise((resolve) => setTimeout(resolve, 1))
      return
    }
    const waits = all.map((process) => {
      const kernel = process.home as Kernel
      const name = kernel.handle.nameOf(process.pid)
      const who = `${formatPid(process.pid as Pid)}${name == null ? '' : ` (${JSON.stringify(name)})`}`
      return `${who} on scheduler ${kernel.id} ${waitOf(process)}`
    })
    throw new RumpusError('ERR_RUMPUS_DEADLOCK', `nothing can happen any more: ${waits.join(', ')}`)
  }

  private processes(): Process[] {
    return this.places.flatMap(({ kernel }) => newestFirst(kernel))
  }

  /** Ends all that lives, within a limit, and gives the seats up. */
  async end(): Promise<void> {
    for (const { kernel } of this.places) {
      for (const { index } of newestFirst(kernel)) endByOrder(kernel, index, { kind: 'shutdown' }, false)
    }
    const limitUs = this.nowUs + END_US
    const isOver = (): boolean => this.nowUs > limitUs || this.processes().length === 0
    await this.run(isOver).catch(() => {})
    this.handle.stop()
    for (const { kernel } of [...this.places].reverse()) kernel.detach()
    kernels[this.handle.number] = undefined
    this.given.trace?.file.release()
  }
}

/** Called back at a time of the simulation. */
interface Timer {
  readonly place: Place
  readonly atUs: number
  readonly then: () => void
}

/**
 * Its isolate would be gone. Here it is not: bodies that wait for what is no wait of ours may still go on. They find that they have ended,
 * and the page, which is the successor's, is not theirs any more.
 */
const cutOff = (kernel: Kernel): void => {
  const exiting: ExitReason = { kind: 'scheduler-down', scheduler: kernel.id }
  for (const process of newestFirst(kernel)) {
    Object.assign(process, { exiting, gate: GATE_EXITING, ended: true, buried: true })
  }
  kernel.procs.length = 0
  Object.assign(kernel, {
    words: new Int32Array(kernel.words.length),
    counts: new Float64Array(kernel.counts.length),
  })
}

/** Cargo where there are no threads between which it could move. */
class OneThread implements Carrier {
  private readonly came = new Map<number, readonly unknown[]>()
  private last = 0

  carry(_seat: number, _sitter: number, cargo: readonly object[]): number {
    this.came.set(++this.last, moved(cargo))
    return this.last
  }

  fetch(_seat: number, number: number): readonly unknown[] | undefined {
    const cargo = this.came.get(number)
    this.came.delete(number)
    return cargo
  }
}

/** Lets all microtasks run. */
const pass = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

const waitOf = ({ parked }: Process): string => {
  if (parked === RECEIVING) return 'waits for a message'
  if (parked === SELECTING) return 'waits for a message that is wanted'
  if (parked === CALLING) return 'waits for an answer'
  return parked === QUEUED_BEGIN ? 'is to begin' : 'waits'
}
