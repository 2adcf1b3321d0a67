// Pool: things that are dear to make, used by one fiber at a time and used again. Owns how many there are, who has which, and that
// each is disposed of once. Never true here: there are more than the capacity, but for those whose users would not wait; one that is in
// use is disposed of.

import { Cancelled } from '../effect/cancelled.ts'
import { Computation } from '../effect/computation.ts'
import { checkMs, Fiber, type Within } from '../effect/fiber.ts'
import { ready } from '../effect/ready.ts'
import { Trigger } from '../effect/trigger.ts'
import { fiberIn } from '../effect/within.ts'
import { badArgument, RumpusError } from '../errors.ts'
import { Event } from '../events/event.ts'
import { checkOptions, type Names } from '../options.ts'
import { grant, Waiters } from './waiters.ts'

/** How a {@link Pool} makes what is in it, and ends it. */
export interface PoolOptions<R> {
  /** So many at a time, at most, in use and idle. A whole number from 1. */
  readonly capacity: number
  /** Makes one, in the fiber that wants it; what it throws, `use` rejects with. */
  readonly create: (fiber: Fiber) => R | PromiseLike<R>
  /** Asked before an idle one is used again. One of which it does not answer true, or for which it throws, is disposed of. */
  readonly validate?: (resource: R, fiber: Fiber) => boolean | PromiseLike<boolean>
  /** Ends one, where no cancellation is heard. */
  readonly dispose?: (resource: R) => unknown
  /** Milliseconds after which an idle one is disposed of, by the clock of the executor of who used it last; never unless given. */
  readonly idleMs?: number
}

/** How one is used. */
export interface PoolUseOptions {
  /**
   * Whether not to wait where all are in use: then one more is made, beyond the capacity, and disposed of after its use. For what must go
   * on although the pool is busy: a health check, or a use within a use, which could wait for itself. Else false.
   */
  readonly neverBlock?: boolean
}

interface Idle<R> {
  readonly resource: R
  /** Cancelled when its time is over; returned when it is used before. */
  timer: Computation<undefined> | undefined
}

/**
 * A stock of things that are dear to make, connections say: made when wanted, so many at a time at most, used again, the last used
 * first. Fair: who asked first has the next.
 *
 * What `act` throws, a cancellation too, has what it used disposed of: it may be in the middle of something. For things that need no
 * end and are cheap to make a {@link Semaphore} will do. Cancelled are waits, never the way back. A pool that is not closed, with
 * `idleMs`, may keep an event loop for so long.
 *
 * @example
 * ```ts
 * import { fifo } from 'rumpus/effect'
 * import { forEach } from 'rumpus/structured'
 * import { Pool } from 'rumpus/sync'
 * import assert from 'node:assert/strict'
 *
 * let [made, ended] = [0, 0]
 * const pool = new Pool({ capacity: 2, create: () => ({ number: ++made }), dispose: () => ended++ })
 * const fiber = fifo.current()
 * await forEach(fiber, [1, 2, 3, 4], (n, mine) => pool.use(mine, async (connection) => {
 *   assert(connection.number <= 2)
 *   await mine.sleep(1)
 * }))
 * await pool.close(fiber)
 * assert.deepEqual([made, ended], [2, 2])
 * ```
 */
export class Pool<R> {
  private readonly options: PoolOptions<R>
  /** How many more may have a place: those who use one, or end one. */
  private free: number
  /** How many are in use beyond the capacity. */
  private beyond = 0
  private readonly line = new Waiters<void>({ what: 'a resource of a pool' })
  /** The last used last. */
  private readonly stock: Idle<R>[] = []
  private readonly closers = new Waiters<void>({ what: 'the resources that a pool has lent' })
  private over: RumpusError | undefined = undefined
  /** The first error of a disposal for which nobody waited. */
  private unheard: { readonly error: unknown } | undefined = undefined

  /** @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`, RangeError `ERR_RUMPUS_OUT_OF_RANGE` */
  constructor(options: PoolOptions<R>) {
    checkPool(options)
    this.options = options
    this.free = options.capacity
  }

  /** How many wait to be used again. */
  get idle(): number {
    return this.stock.length
  }

  /** How many are in use, or are being made, validated or disposed of. */
  get inUse(): number {
    return this.options.capacity - this.free + this.beyond
  }

  /** Whether it gives no more. */
  get isClosed(): boolean {
    return this.over !== undefined
  }

  /**
   * Runs `act` with one that nobody else has. Rejects with the cancellation of the fiber, with RumpusError `ERR_RUMPUS_CLOSED`, and
   * with what `create`, `act` and `dispose` throw; an `AggregateError` if the last two do.
   *
   * @param within - the fiber or scope
   * @param act - is given the resource
   * @param options - whether to wait
   * @throws at the call TypeError `ERR_RUMPUS_BAD_ARGUMENT`
   */
  use<T>(
    within: Within,
    act: (resource: R, fiber: Fiber) => T | PromiseLike<T>,
    options: PoolUseOptions = {},
  ): Promise<T> {
    const fiber = fiberIn(within)
    if (typeof act !== 'function') throw badArgument(TypeError, 'act', 'a function', act)
    checkOptions('options', options, USE_NAMES)
    const { neverBlock = false } = options
    if (typeof neverBlock !== 'boolean') {
      throw badArgument(TypeError, 'options.neverBlock', 'true or false', neverBlock)
    }
    return neverBlock && this.free === 0 ? this.runBeyond(fiber, act) : this.run(fiber, act)
  }

  /**
   * The event of `use`: chosen when this fiber can have one, with which `act` runs then; fails with RumpusError `ERR_RUMPUS_CLOSED`. What it
   * gives, and what it throws, is as with `use`. Not chosen, it has made nothing and has had nothing.
   */
  using<T>(act: (resource: R, fiber: Fiber) => T | PromiseLike<T>): Event<T> {
    if (typeof act !== 'function') throw badArgument(TypeError, 'act', 'a function', act)
    const entering = new Event<void>({
      what: this.line.what,
      poll: (party) => {
        if (this.over !== undefined) party.tryFail(this.over)
        else if (this.free > 0 && party.tryGive()) this.free--
      },
      wait: (party) => this.line.enter(party),
    })
    return entering.wrap((_, fiber) => this.run(fiber, act, true))
  }

  /**
   * Gives no more, refuses who waits, disposes of what is idle, and waits until what is in use has come back and is disposed of.
   * Rejects with the cancellation of the fiber, and is closed all the same; and with the first error of a disposal for which nobody
   * waited.
   */
  async close(within: Within): Promise<void> {
    const fiber = fiberIn(within)
    this.over ??= new RumpusError('ERR_RUMPUS_CLOSED', 'the pool is closed')
    this.line.fail(this.over)
    for (let idle = this.stock.pop(); idle !== undefined; idle = this.stock.pop()) {
      // It has a place until it is gone.
      this.free--
      idle.timer?.return(undefined)
      await this.end(fiber, idle.resource)
    }
    if (this.inUse > 0) await this.closers.stand(this.closers.join(fiber))
    if (this.unheard !== undefined) throw this.unheard.error
  }

  private async run<T>(
    fiber: Fiber,
    act: (resource: R, fiber: Fiber) => T | PromiseLike<T>,
    hasPlace = false,
  ): Promise<T> {
    if (!hasPlace) await this.enter(fiber)
    try {
      return await this.lend(fiber, await this.take(fiber), act)
    } finally {
      this.leave()
    }
  }

  /** With one of its own. */
  private async runBeyond<T>(fiber: Fiber, act: (resource: R, fiber: Fiber) => T | PromiseLike<T>): Promise<T> {
    if (this.over !== undefined) throw this.over
    fiber.check()
    this.beyond++
    try {
      return await this.lend(fiber, await this.options.create(fiber), act, true)
    } finally {
      this.beyond--
      this.tellClosers()
    }
  }

  private enter(fiber: Fiber): Promise<void> {
    const refusal = this.over ?? fiber.cancellation
    if (refusal !== undefined) return Promise.reject(refusal)
    if (this.free === 0) return this.line.stand(this.line.join(fiber))
    this.free--
    return ready()
  }

  /** Gives a place to who has waited longest. */
  private leave(): void {
    const next = this.line.shift()
    if (next !== undefined) return grant(next)
    this.free++
    this.tellClosers()
  }

  private tellClosers(): void {
    if (this.over === undefined || this.inUse > 0) return
    for (let closer = this.closers.shift(); closer !== undefined; closer = this.closers.shift()) grant(closer)
  }

  private async take(fiber: Fiber): Promise<R> {
    if (this.over !== undefined) throw this.over
    for (let idle = this.stock.pop(); idle !== undefined; idle = this.stock.pop()) {
      idle.timer?.return(undefined)
      if (await this.isFit(fiber, idle.resource)) return idle.resource
    }
    return this.options.create(fiber)
  }

  private async isFit(fiber: Fiber, resource: R): Promise<boolean> {
    const { validate } = this.options
    if (validate === undefined) return true
    let cancelled: unknown
    try {
      if ((await validate(resource, fiber)) === true) return true
    } catch (error) {
      if (error === fiber.cancellation) cancelled = error
    }
    await this.dispose(fiber, resource)
    if (cancelled !== undefined) throw cancelled
    return false
  }

  private async lend<T>(
    fiber: Fiber,
    resource: R,
    act: (resource: R, fiber: Fiber) => T | PromiseLike<T>,
    isBeyond = false,
  ): Promise<T> {
    let value: T
    try {
      value = await act(resource, fiber)
    } catch (error) {
      await this.dispose(fiber, resource).catch((thrown) => {
        throw new AggregateError([error, thrown], 'what was used could not be disposed of either')
      })
      throw error
    }
    if (this.over !== undefined || isBeyond) await this.dispose(fiber, resource)
    else this.keep(fiber, resource)
    return value
  }

  private keep(fiber: Fiber, resource: R): void {
    const idle: Idle<R> = { resource, timer: undefined }
    this.stock.push(idle)
    // A fiber of its own: that of who used it last may be cancelled.
    if (this.options.idleMs !== undefined) this.watch(new Fiber(fiber.handler, new Computation<never>()), idle)
  }

  private watch(clock: Fiber, idle: Idle<R>): void {
    const timer = new Computation<undefined>()
    idle.timer = timer
    clock.handler.cancelAfter(clock, timer, this.options.idleMs!, LATE)
    // No code of users runs within a signal.
    const over = (): void => {
      if (timer.cancellation !== undefined) settled.then(() => this.evict(clock, idle))
    }
    timer.tryAttach(Trigger.fromAction(undefined, over))
  }

  private async evict(clock: Fiber, idle: Idle<R>): Promise<void> {
    const at = this.stock.indexOf(idle)
    if (at < 0) return
    // Somebody has a place, and is about to take one.
    if (this.free === 0) return this.watch(clock, idle)
    this.stock.splice(at, 1)
    this.free--
    await this.end(clock, idle.resource)
  }

  /** Disposes of one that has a place, for nobody in particular. */
  private async end(fiber: Fiber, resource: R): Promise<void> {
    await this.dispose(fiber, resource).catch((error) => {
      this.unheard ??= { error }
    })
    this.leave()
  }

  private dispose(fiber: Fiber, resource: R): Promise<unknown> {
    return fiber.forbid(() => this.options.dispose?.(resource))
  }
}

// One for all: it is nobody's error.
const LATE = new Cancelled('idle for too long')
const settled: Promise<void> = Promise.resolve()

const USE_NAMES: Names<PoolUseOptions> = { neverBlock: true }
const NAMES: Names<PoolOptions<unknown>> = { capacity: true, create: true, validate: true, dispose: true, idleMs: true }

const checkPool = <R>(options: PoolOptions<R>): void => {
  checkOptions('options', options, NAMES)
  const { capacity, create, idleMs } = options
  if (!(Number.isSafeInteger(capacity) && capacity >= 1)) {
    throw badArgument(RangeError, 'options.capacity', 'a whole number from 1', capacity)
  }
  if (typeof create !== 'function') throw badArgument(TypeError, 'options.create', 'a function', create)
  for (const name of ['validate', 'dispose'] as const) {
    const given = options[name]
    if (given !== undefined && typeof given !== 'function') {
      throw badArgument(TypeError, `options.${name}`, 'a function', given)
    }
  }
  if (idleMs !== undefined) checkMs('options.idleMs', idleMs)
}
