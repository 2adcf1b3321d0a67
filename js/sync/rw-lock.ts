// RwLock: several who look or one who changes, in the order of asking. Owns who holds it, and who of the line comes in when somebody
// leaves it or the line. Never true here: one changes while another looks; who came later to look is in before one who waits to
// change.

import type { Fiber, Within } from '../effect/fiber.ts'
import { ready } from '../effect/ready.ts'
import { failureIn, fiberIn } from '../effect/within.ts'
import { badArgument, RumpusError } from '../errors.ts'
import { Event } from '../events/event.ts'
import { deadlockAt, grant, type Shared, type Waiter, Waiters } from './waiters.ts'

/** How a fiber holds the lock. */
type Hold = 'alone' | 'shared'

/**
 * A lock for what many look at, with waits in between, and few change: held by several who look, or by one who changes. Fair: who
 * asked first has it first, so neither kind waits for ever, however many come of the other.
 *
 * `look` and `use` are the usual way: they unlock on every way out. An error in `use` poisons the lock, for what it guards may be
 * half changed; one in `look` does not. Where looking is short a {@link Mutex} is as good; where nothing waits between two lines no
 * lock is needed. A fiber holds it once: there is no way from looking to changing but to unlock. Cancelled is the wait for the
 * lock, never `unlock`.
 *
 * @example
 * ```ts
 * import { fifo } from 'rumpus/effect'
 * import { all } from 'rumpus/structured'
 * import { RwLock } from 'rumpus/sync'
 * import assert from 'node:assert/strict'
 *
 * const lock = new RwLock()
 * let [looking, most, version] = [0, 0, 1]
 * const look = (fiber) => lock.look(fiber, async () => {
 *   most = Math.max(most, ++looking)
 *   await fiber.sleep(1)
 *   looking--
 *   return version
 * })
 * const change = (fiber) => lock.use(fiber, async () => {
 *   assert.equal(looking, 0)
 *   await fiber.sleep(1)
 *   version++
 * })
 * assert.deepEqual(await all(fifo.current(), [look, look, change, look]), [1, 1, undefined, 2])
 * assert.equal(most, 2)
 * ```
 */
export class RwLock implements Shared {
  /** For reports. */
  readonly what: string = 'a lock'
  private changer: Fiber | undefined = undefined
  private readonly lookers = new Set<Fiber>()
  private readonly line = new Waiters<Hold>(this)
  private broken: RumpusError | undefined = undefined

  /** Whether somebody holds it alone. */
  get isLocked(): boolean {
    return this.changer !== undefined
  }

  /** How many hold it together. */
  get shares(): number {
    return this.lookers.size
  }

  /** Whether it is poisoned, for ever. */
  get isPoisoned(): boolean {
    return this.broken !== undefined
  }

  /**
   * Waits for the lock, to hold it alone. Rejects with the cancellation of the fiber, with RumpusError `ERR_RUMPUS_POISONED`, whose
   * `cause` is what broke it, and `ERR_RUMPUS_DEADLOCK` if the fiber holds it already, in whatever way, or who holds it waits for what
   * this fiber has.
   */
  lock(within: Within): Promise<void> {
    return this.enter(fiberIn(within), 'alone')
  }

  /** Waits for the lock, to hold it together with others. Rejects as `lock` does. */
  lockShared(within: Within): Promise<void> {
    return this.enter(fiberIn(within), 'shared')
  }

  /** The event of `lock`: chosen when the fiber holds it alone, which then unlocks it; fails as `lock` rejects. */
  locking(): Event<void> {
    return this.entering('alone')
  }

  /** The event of `lockShared`: chosen when the fiber holds it together with others; fails as `lock` rejects. */
  lockingShared(): Event<void> {
    return this.entering('shared')
  }

  private entering(hold: Hold): Event<void> {
    return new Event<void>({
      what: this.what,
      holders: () => this.holders(),
      poll: (party) => {
        const refusal = this.broken ?? this.relock(party.fiber)
        if (refusal !== undefined) party.tryFail(refusal)
        else if (this.tryEnter(party.fiber, hold)) party.tryGive()
      },
      wait: (party) => this.line.enter(party, hold),
      // One that waited to change kept those behind it from looking.
      left: () => this.admit(),
    })
  }

  /** Takes the lock alone if nobody holds it. */
  tryLock(within: Within): boolean {
    return this.tryEnter(fiberIn(within), 'alone')
  }

  /** Takes the lock together with others if nobody changes, or waits to, and the fiber does not hold it already. */
  tryLockShared(within: Within): boolean {
    return this.tryEnter(fiberIn(within), 'shared')
  }

  /**
   * Gives back what was held alone. Never cancelled, never waits.
   *
   * @throws RumpusError `ERR_RUMPUS_NOT_HELD` if the fiber does not hold it so
   */
  unlock(within: Within): void {
    if (this.changer === undefined || this.changer !== within?.fiber) throw failureIn(within, notHeld('unlock'))
    this.changer = undefined
    this.admit()
  }

  /**
   * Gives back what was held together with others. Never cancelled, never waits.
   *
   * @throws RumpusError `ERR_RUMPUS_NOT_HELD` if the fiber does not hold it so
   */
  unlockShared(within: Within): void {
    if (!this.lookers.delete(within?.fiber)) throw failureIn(within, notHeld('unlockShared'))
    this.admit()
  }

  /** Breaks it: who waits, and whoever asks from now on, is refused; who holds it may unlock it. */
  poison(cause: unknown): void {
    this.broken ??= new RumpusError('ERR_RUMPUS_POISONED', 'what this guards may be broken', { cause })
    this.line.fail(this.broken)
  }

  /** Runs `act` with the lock alone; what it throws poisons it. Rejects as `lock` does, and with what `act` throws. */
  use<T>(within: Within, act: () => T | PromiseLike<T>): Promise<T> {
    const fiber = fiberIn(within)
    if (typeof act !== 'function') throw badArgument(TypeError, 'act', 'a function', act)
    return this.change(fiber, act)
  }

  /** Runs `act` with the lock, together with others who look; what it throws does not poison it. */
  look<T>(within: Within, act: () => T | PromiseLike<T>): Promise<T> {
    const fiber = fiberIn(within)
    if (typeof act !== 'function') throw badArgument(TypeError, 'act', 'a function', act)
    return this.see(fiber, act)
  }

  private async change<T>(fiber: Fiber, act: () => T | PromiseLike<T>): Promise<T> {
    await this.enter(fiber, 'alone')
    try {
      return await act()
    } catch (error) {
      this.poison(error)
      throw error
    } finally {
      this.unlock(fiber)
    }
  }

  private async see<T>(fiber: Fiber, act: () => T | PromiseLike<T>): Promise<T> {
    await this.enter(fiber, 'shared')
    try {
      return await act()
    } finally {
      this.unlockShared(fiber)
    }
  }

  private enter(fiber: Fiber, hold: Hold): Promise<void> {
    const refusal = this.broken ?? fiber.cancellation ?? this.relock(fiber)
    if (refusal !== undefined) return Promise.reject(refusal)
    if (this.tryEnter(fiber, hold)) return ready()
    const deadlock = deadlockAt(fiber, this)
    return deadlock === undefined ? this.stand(this.line.join(fiber, hold)) : Promise.reject(deadlock)
  }

  /** For reports: who has it. */
  holders(): readonly Fiber[] {
    return this.changer === undefined ? [...this.lookers] : [this.changer]
  }

  private relock(fiber: Fiber): RumpusError | undefined {
    if (this.changer !== fiber && !this.lookers.has(fiber)) return undefined
    return new RumpusError('ERR_RUMPUS_DEADLOCK', 'the fiber holds this lock already, and would wait for itself')
  }

  private tryEnter(fiber: Fiber, hold: Hold): boolean {
    if (this.broken !== undefined || !this.line.isEmpty || !this.hasRoom(hold) || this.lookers.has(fiber)) return false
    this.take(fiber, hold)
    return true
  }

  private async stand(waiter: Waiter<Hold>): Promise<void> {
    try {
      await this.line.stand(waiter)
    } catch (error) {
      // One that waited to change kept those behind it from looking.
      this.admit()
      throw error
    }
  }

  private hasRoom(hold: Hold): boolean {
    return this.changer === undefined && (hold === 'shared' || this.lookers.size === 0)
  }

  private take(fiber: Fiber, hold: Hold): void {
    if (hold === 'alone') this.changer = fiber
    else this.lookers.add(fiber)
  }

  /** Lets in who stands first in the line, as long as there is room. */
  private admit(): void {
    for (let { foremost } = this.line; foremost !== undefined; foremost = this.line.foremost) {
      const hold = foremost.value as Hold
      if (!this.hasRoom(hold)) return
      this.line.shift()
      this.take(foremost.fiber, hold)
      grant(foremost)
    }
  }
}

const notHeld = (verb: string): RumpusError =>
  new RumpusError('ERR_RUMPUS_NOT_HELD', `${verb} needs a fiber that holds the lock so`)
