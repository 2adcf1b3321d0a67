// The executor `random`: one fiber at a time, in an order that a seed decides, in time of its own. For tests. Never true here:
// two runs with one seed differ, as long as what they run waits for nothing but fibers and their time.

import { badArgument } from '../errors.ts'
import { Dice } from '../model/dice.ts'
import { checkOptions, type Names } from '../options.ts'
import type { Cancelled } from './cancelled.ts'
import { chooseBy } from './chance.ts'
import { Computation, type Packed } from './computation.ts'
import { inContext } from './context.ts'
import { begin, checkMs, Fiber, type Handler, type Polled, parked, trySuspend, unsuspend } from './fiber.ts'
import { afterPass } from './pass.ts'
import { Trigger } from './trigger.ts'
import { nameFiber, nameOf, stuckOf } from './waits.ts'
import { yieldByWait } from './yield.ts'

const SEED_MAX = 2 ** 53 - 1
/** Fibers that go on between two passes of the event loop, at most: how many is a matter of chance too. */
const QUOTA_MAX = 8
/** How long, in real milliseconds, nothing may happen before we say that nothing will. */
const PATIENCE_MS = 1000

/** How a random run is made. */
export interface RandomOptions {
  /** Decides every choice; by chance unless given. A whole number from 0 to 2⁵³ - 1. */
  readonly seed?: number
}

const NAMES: Names<RandomOptions> = { seed: true }

interface Timer {
  readonly at: number
  readonly serial: number
  readonly computation: Packed
  readonly reason: unknown
}

class Random implements Handler<void> {
  private readonly dice: Dice
  private readonly root = new Fiber(this, new Computation())
  private readonly ready: (() => void)[] = []
  /** Who waits, in the order in which they began to. */
  private readonly waiting = new Set<Fiber>()
  private readonly timers = new Set<Timer>()
  private readonly pollers = new Set<Polled>()
  private serials = 0
  private now = 0
  private pumping = false
  private over = false
  private stuck: (() => void) | undefined
  private patience: ReturnType<typeof setTimeout> | undefined

  constructor(seed: number) {
    this.dice = new Dice(seed)
    chooseBy(this, this.dice)
  }

  run<T>(main: (fiber: Fiber) => T | PromiseLike<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.stuck = () => reject(stuckOf([...this.waiting]))
      this.spawn(this.root, this.root, main)
        .then(resolve, reject)
        .then(() => this.end())
    })
  }

  private end(): void {
    this.over = true
    clearTimeout(this.patience)
  }

  current(): Fiber {
    return this.root
  }

  spawn<T>(from: Fiber, fiber: Fiber, main: (fiber: Fiber) => T | PromiseLike<T>): Promise<T> {
    from.check()
    if (main.name !== '') nameFiber(fiber, `${nameOf(fiber)} (${main.name})`)
    const start = inContext(() => begin(fiber, main))
    return new Promise((resolve) => this.add(() => resolve(start())))
  }

  yield(fiber: Fiber): Promise<void> {
    return yieldByWait(this, fiber)
  }

  cancelAfter(fiber: Fiber, computation: Packed, ms: number, reason: unknown): void {
    checkMs('ms', ms)
    fiber.check()
    const timer = { at: this.now + ms, serial: this.serials++, computation, reason }
    if (!computation.tryAttach(Trigger.fromAction(timer, (gone) => void this.timers.delete(gone)))) return
    this.timers.add(timer)
    this.pump()
  }

  await(fiber: Fiber, trigger: Trigger): Cancelled | undefined | Promise<Cancelled | undefined> {
    if (trigger.isSignalled) return undefined
    if (!trySuspend(fiber, trigger, this.resume)) return fiber.cancellation
    this.waiting.add(fiber)
    this.pump()
    return parked(fiber)
  }

  poll(poller: Polled): () => void {
    this.pollers.add(poller)
    return () => this.pump()
  }

  /** Asks those that have something to be asked. */
  private ask(block: boolean): void {
    for (const poller of this.pollers) poller.ask(block)
  }

  private readonly resume = (fiber: Fiber): void => {
    this.add(() => {
      this.waiting.delete(fiber)
      unsuspend(fiber)
    })
  }

  private add(step: () => void): void {
    this.ready.push(step)
    this.pump()
  }

  private pump(): void {
    if (this.pumping) return
    this.pumping = true
    afterPass(this.step)
  }

  /** The event loop comes here when all that was resumed has come to its next wait. */
  private readonly step = (): void => {
    this.pumping = false
    try {
      this.turn()
    } finally {
      // Also when somebody's action has thrown as its time came.
      this.goOn()
    }
  }

  private turn(): void {
    this.ask(false)
    if (this.ready.length === 0 && this.timers.size === 0) this.ask(true)
    if (this.ready.length === 0) this.passTime()
    for (let left = 1 + this.dice.below(QUOTA_MAX); left > 0 && this.ready.length > 0; left--) {
      const at = this.dice.below(this.ready.length)
      const step = this.ready[at]
      const last = this.ready.pop()
      if (last !== step && last !== undefined) this.ready[at] = last
      step?.()
    }
  }

  private goOn(): void {
    clearTimeout(this.patience)
    if (this.over) return
    const asked = [...this.pollers].filter(({ isActive }) => isActive)
    if (this.ready.length > 0 || this.timers.size > 0 || asked.some(({ isBlocked }) => !isBlocked)) this.pump()
    else if (asked.length === 0) this.patience = setTimeout(this.onPatience, PATIENCE_MS)
  }

  private readonly onPatience = (): void => {
    const isForeign = [...this.waiting].some(({ waitsFor }) => waitsFor?.isForeign === true)
    if (isForeign) this.patience = setTimeout(this.onPatience, PATIENCE_MS)
    else this.stuck?.()
  }

  /** Nothing is ready: the time comes of what is due first. */
  private passTime(): void {
    let first: Timer | undefined
    for (const timer of this.timers) {
      if (first === undefined || timer.at < first.at || (timer.at === first.at && timer.serial < first.serial)) {
        first = timer
      }
    }
    if (first === undefined) return
    this.now = first.at
    first.computation.cancel(first.reason)
  }
}

/**
 * Runs `main` as a fiber whose executor takes every choice by a seed: which fiber goes on, how many before the event loop has its
 * turn, which begins. Time is its own: a sleep of an hour takes none, and passes when no fiber is ready.
 *
 * For tests: run code under many seeds, and one that failed again under its seed. What it awaits that is not of fibers comes
 * when it comes, and is not repeated.
 *
 * @param options - the seed
 * @param main - the fiber; what it forks runs in the same order of chance
 * @returns what `main` answers
 * @throws at the call RangeError `ERR_RUMPUS_OUT_OF_RANGE`; rejects with what `main` throws, and with RumpusError
 * `ERR_RUMPUS_DEADLOCK` if nothing has happened for a second and no fiber is ready: it says who waits for what
 * @example
 * ```ts
 * import { random } from 'rumpus/effect'
 * import assert from 'node:assert/strict'
 *
 * const orders = new Set()
 * for (let seed = 1; seed <= 30; seed++) {
 *   await random({ seed }, async (fiber) => {
 *     let order = ''
 *     const named = (name) => fiber.fork(async (mine) => {
 *       await mine.sleep(3_600_000)
 *       order += name
 *     })
 *     await Promise.all([named('a'), named('b')])
 *     orders.add(order)
 *   })
 * }
 * assert.deepEqual([...orders].sort(), ['ab', 'ba'])
 * ```
 */
export const random = <T>(options: RandomOptions, main: (fiber: Fiber) => T | PromiseLike<T>): Promise<T> => {
  checkOptions('options', options, NAMES)
  if (typeof main !== 'function') throw badArgument(TypeError, 'main', 'a function', main)
  const { seed = Math.floor(Math.random() * 2 ** 32) } = options
  if (!(Number.isInteger(seed) && seed >= 0 && seed <= SEED_MAX)) {
    throw badArgument(RangeError, 'options.seed', `a whole number from 0 to ${SEED_MAX}`, seed)
  }
  return new Random(seed).run(main)
}
