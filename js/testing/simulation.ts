// A simulation: all schedulers of a runtime on one thread, stepped one at a time in an order of chance, in time that passes only
// here. Owns who goes next, and the clock; everything else is the code that real threads run. Never true in it: two steps at
// once, a look at a real clock, a number of chance that does not come from the seed.

import { RumpusError } from '../errors.ts'
import { census } from '../kernel/census.ts'
import type { Kernel } from '../kernel/kernel.ts'
import { kernels } from '../kernel/kernels.ts'
import { endByOrder } from '../kernel/life.ts'
import type { Loop } from '../kernel/loop.ts'
import { createRuntime, openKernel } from '../kernel/open-kernel.ts'
import { type Process, QUEUED_BEGIN, RECEIVING, RUNNING, SELECTING } from '../kernel/process.ts'
import type { CrashReport } from '../kernel/reports.ts'
import type { Settings } from '../kernel/settings.ts'
import { lookHere } from '../kernel/views.ts'
import { DUE_IN } from '../native/layout.ts'
import type { RuntimeHandle } from '../native/load.ts'
import { makeLive } from '../process/live.ts'
import { Dice } from './dice.ts'

/** What passes with each step, in microseconds, so that whoever never waits does not hold time still. */
const STEP_US = 1
/** How long bodies may take to end when the simulation does, in microseconds of its time. */
const END_US = 10_000_000

/** One scheduler as the simulation steps it. */
class Place implements Loop {
  kernel!: Kernel
  /** What it wants to be called back for. */
  readonly wanted: (() => void)[] = []
  dueUs = Number.POSITIVE_INFINITY
  turn: () => void = () => {}
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
    else setImmediate(then).unref()
  }

  after(ms: number, then: () => void): () => void {
    return this.simulation.after(ms, then)
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
  readonly hostWorks: boolean
  readonly placement: boolean
  readonly settings: Settings
  readonly crashed: (report: CrashReport) => void
}

export class Simulation {
  nowUs = 1
  private readonly handle: RuntimeHandle
  private readonly places: Place[] = []
  private readonly dice: Dice
  private timers: { atUs: number; then: () => void }[] = []

  constructor(given: Given) {
    const { schedulers, hostWorks, placement, settings, seed } = given
    const { nativeLane } = settings
    this.dice = new Dice(seed)
    this.handle = createRuntime({ schedulers, hostWorks, placement, nativeLane, seed: this.dice.below(2 ** 31) })
    for (let seat = 0; seat <= schedulers; seat++) {
      const place = new Place(this)
      const { kernel } = openKernel(this.handle, seat, settings, {
        makeProcess: makeLive,
        stopped: () => {},
        crashed: given.crashed,
        highWater: () => {},
        census: (kernel, of) => census(kernel, of, async (seat, of) => lookHere(this.places[seat]!.kernel, of)),
        loading: { broken: [], settleMs: 0, beatMs: 0, tell: () => {} },
        loop: place,
        resolve: (url) => url,
        spawning: () => {},
      })
      place.kernel = kernel
      this.places.push(place)
    }
    for (const place of this.places) place.wanted.push(() => place.kernel.turn(1))
  }

  /** The kernel of the host. */
  get host(): Kernel {
    return this.places[0]!.kernel
  }

  after(ms: number, then: () => void): () => void {
    const timer = { atUs: this.nowUs + ms * 1000, then }
    this.timers.push(timer)
    return () => {
      this.timers = this.timers.filter((other) => other !== timer)
    }
  }

  /** Steps until `isOver`; throws if nothing can happen any more. */
  async run(isOver: () => boolean): Promise<void> {
    await pass()
    while (!isOver()) {
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
    const waits = all.map((process) => `${process.pid} on scheduler ${(process.home as Kernel).id} ${waitOf(process)}`)
    throw new RumpusError('ERR_RUMPUS_DEADLOCK', `nothing can happen any more: ${waits.join(', ')}`)
  }

  private processes(): Process[] {
    return this.places.flatMap(({ kernel }) => kernel.procs.filter((process) => process !== undefined))
  }

  /** Ends all that lives, within a limit, and gives the seats up. */
  async end(): Promise<void> {
    for (const { kernel } of this.places) {
      const alive = kernel.procs.filter((process) => process !== undefined)
      alive.sort((a, b) => b.serial - a.serial)
      for (const process of alive) endByOrder(kernel, process.index, { kind: 'shutdown' }, false)
    }
    const limitUs = this.nowUs + END_US
    const isOver = (): boolean => this.nowUs > limitUs || this.processes().length === 0
    await this.run(isOver).catch(() => {})
    this.handle.stop()
    for (const { kernel } of [...this.places].reverse()) kernel.detach()
    kernels[this.handle.number] = undefined
  }
}

/** Lets all microtasks run. */
const pass = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

const waitOf = ({ parked }: Process): string => {
  if (parked === RECEIVING) return 'waits for a message'
  if (parked === SELECTING) return 'waits for a message that is wanted'
  return parked === QUEUED_BEGIN ? 'is to begin' : 'waits'
}
