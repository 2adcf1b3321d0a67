// ExecutorPool: so much work on each core at a time. Owns the load of each scheduler, and the line of those for whom there is no room.
// Never true here: one that was cancelled while it waited has begun.

import { Computation } from '../effect/computation.ts'
import type { Fiber, Wait, Within } from '../effect/fiber.ts'
import { Trigger } from '../effect/trigger.ts'
import { fiberIn } from '../effect/within.ts'
import { badArgument, RumpusError } from '../errors.ts'
import { checkOptions, type Names } from '../options.ts'
import type { Runtime } from '../process/shapes.ts'
import { kernelIn, type ParallelDefinition, runElsewhere } from './parallel.ts'

/** Weights are counted in millionths, so that ten tenths are one. */
const FULL = 1_000_000

/** How a pool is made. */
export interface ExecutorPoolOptions {
  /** The schedulers it works on, as `runtime.inspect()` numbers them; all but the host unless given. */
  readonly schedulers?: readonly number[]
}

/** The wait of who stands in line; who must go on before is elsewhere. */
const FOR_ROOM: Wait = { what: 'room in an executor pool', isOver: false, holders: [], isForeign: true }

const NAMES: Names<ExecutorPoolOptions> = { schedulers: true }

interface Core {
  readonly on: number
  load: number
}

/** One for whom there is no room yet. */
interface Waiting {
  readonly trigger: Trigger
  readonly weight: number
  core: Core | undefined
  hasLeft: boolean
}

/**
 * Runs definitions on other cores, so much at a time on each: a job has a weight, the share of a core that it will use, and a core takes
 * the next while what it has weighs less than 1, the least laden first. Fair: who came first is taken first.
 *
 * With weight 1 there is one computation a core; with 0.1 there are ten jobs that mostly wait. A core with 0.9 takes one of weight 1 too,
 * as in Eio, so nothing waits for ever because it is heavy. Several pools do not know of each other: make one for the program, or give
 * each its schedulers. Where the number of items is the limit, `map` with `concurrency` over {@link parallel} is simpler.
 *
 * @example
 * ```ts
 * import { run } from 'rumpus'
 * import { defineParallel, ExecutorPool, fiberOf } from 'rumpus/fibers'
 * import { map } from 'rumpus/structured'
 * import assert from 'node:assert/strict'
 *
 * const square = defineParallel(import.meta.url, 'square', (fiber, n) => n * n)
 *
 * await run(async (self) => {
 *   const pool = new ExecutorPool(self.runtime)
 *   const squares = await map(fiberOf(self), [1, 2, 3, 4], (n, fiber) => pool.run(fiber, 0.5, square, n))
 *   assert.deepEqual(squares, [1, 4, 9, 16])
 *   await pool.close(fiberOf(self))
 * })
 * ```
 */
export class ExecutorPool {
  private readonly runtime: Runtime
  private readonly cores: readonly Core[]
  /** In the order in which they came; those who have left are skipped, and swept when they are more than half. */
  private line: Waiting[] = []
  private head = 0
  private left = 0
  private jobs = 0
  private over: RumpusError | undefined = undefined
  private readonly idle: Computation<undefined> = new Computation<undefined>()

  /** @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`, RangeError `ERR_RUMPUS_OUT_OF_RANGE` */
  constructor(runtime: Runtime, options: ExecutorPoolOptions = {}) {
    const last = kernelIn(runtime).handle.regularSeats - 1
    checkOptions('options', options, NAMES)
    const { schedulers = all(last) } = options
    checkSchedulers(schedulers, last)
    this.runtime = runtime
    this.cores = schedulers.map((on) => ({ on, load: 0 }))
  }

  /** How many run. */
  get running(): number {
    return this.jobs
  }

  /** How many wait for room. */
  get waiting(): number {
    return this.line.length - this.head - this.left
  }

  /** Whether it takes no more. */
  get isClosed(): boolean {
    return this.over !== undefined
  }

  /**
   * Runs `definition` where there is room, and answers what it returns, as {@link parallel} does. Rejects as that does, with RumpusError
   * `ERR_RUMPUS_CLOSED`, and with the cancellation of the fiber: while it waits for room it never begins then.
   *
   * @param within - the fiber or scope that waits
   * @param weight - above 0, at most 1
   * @param definition - what `defineParallel` answered; its place is the pool's to choose
   * @param args - for its body, behind its fiber
   * @throws at the call RangeError `ERR_RUMPUS_OUT_OF_RANGE`
   */
  run<A extends readonly unknown[], R>(
    within: Within,
    weight: number,
    definition: ParallelDefinition<A, R>,
    ...args: A
  ): Promise<R> {
    if (!(typeof weight === 'number' && weight > 0 && weight <= 1)) {
      throw badArgument(RangeError, 'weight', 'a number above 0, at most 1', weight)
    }
    const millionths = Math.max(1, Math.round(weight * FULL))
    return this.take(fiberIn(within), millionths, definition, args) as Promise<R>
  }

  /** Takes no more, refuses who waits, and waits until what runs has ended. Rejects with the cancellation of the fiber. */
  async close(within: Within): Promise<void> {
    const fiber = fiberIn(within)
    this.over ??= new RumpusError('ERR_RUMPUS_CLOSED', 'the pool is closed')
    const refused = this.line.slice(this.head)
    this.line = []
    this.head = 0
    this.left = 0
    for (const { trigger } of refused) trigger.signal()
    this.tellIdle()
    await fiber.wait(this.idle)
  }

  private async take<A extends readonly unknown[]>(
    fiber: Fiber,
    weight: number,
    definition: ParallelDefinition<A, unknown>,
    args: A,
  ): Promise<unknown> {
    fiber.check()
    if (this.over !== undefined) throw this.over
    const core = this.enter(weight) ?? (await this.stand(fiber, weight))
    try {
      return await runElsewhere(fiber, definition, args, core.on, this.runtime)
    } finally {
      this.leave(core, weight)
    }
  }

  /** The least laden that takes one more, unless somebody else is first. */
  private enter(weight: number): Core | undefined {
    return this.head < this.line.length ? undefined : this.load(weight)
  }

  private load(weight: number): Core | undefined {
    const core = this.cores.reduce((one, other) => (other.load < one.load ? other : one))
    if (core.load >= FULL) return undefined
    core.load += weight
    this.jobs++
    return core
  }

  private async stand(fiber: Fiber, weight: number): Promise<Core> {
    const waiting: Waiting = { trigger: new Trigger(), weight, core: undefined, hasLeft: false }
    this.line.push(waiting)
    let cancelled: unknown
    fiber.noteWait(FOR_ROOM)
    try {
      cancelled = await fiber.await(waiting.trigger)
    } catch (error) {
      cancelled = error
    }
    fiber.forgetWait(FOR_ROOM)
    if (waiting.core !== undefined && cancelled === undefined) return waiting.core
    // What it was given goes on to the next; it has not begun.
    if (waiting.core !== undefined) this.leave(waiting.core, weight)
    else this.quit(waiting)
    throw cancelled ?? this.over
  }

  private quit(waiting: Waiting): void {
    if (this.over !== undefined) return
    waiting.hasLeft = true
    this.left++
    if (this.left * 2 > this.line.length - this.head) {
      this.line = this.line.slice(this.head).filter(({ hasLeft }) => !hasLeft)
      this.head = 0
      this.left = 0
    }
  }

  private leave(core: Core, weight: number): void {
    core.load -= weight
    this.jobs--
    this.admit()
    this.tellIdle()
  }

  /** Lets those in who are first, while there is room. */
  private admit(): void {
    const { line } = this
    for (; this.head < line.length; this.head++) {
      const first = line[this.head]!
      if (first.hasLeft) {
        this.left--
        continue
      }
      first.core = this.load(first.weight)
      if (first.core === undefined) break
      first.trigger.signal()
    }
    if (this.head * 2 < line.length) return
    this.line = line.slice(this.head)
    this.head = 0
  }

  private tellIdle(): void {
    if (this.over !== undefined && this.jobs === 0) this.idle.return(undefined)
  }
}

/** All but the host, if there is another. */
const all = (last: number): number[] => (last === 0 ? [0] : Array.from({ length: last }, (_, at) => at + 1))

const checkSchedulers = (schedulers: unknown, last: number): void => {
  const isOne = (on: unknown): boolean => Number.isInteger(on) && (on as number) >= 0 && (on as number) <= last
  if (Array.isArray(schedulers) && schedulers.length > 0 && schedulers.every(isOne)) return
  throw badArgument(RangeError, 'options.schedulers', `an array of schedulers from 0 to ${last}`, schedulers)
}
