// Choice: one sync, from the first look at its branches to the one that was chosen. Owns that exactly one is, or none: a choice is open
// or decided for ever, and once it is decided all its branches are out of their lines before anybody hears. While another core decides
// whether a branch is chosen, the choice is held: out of all lines, for who stands in one can be served. Never true here: a branch that
// lost has taken something; a source is left with a party that cannot be given anything.

import type { Cancelled } from '../effect/cancelled.ts'
import { diceOf } from '../effect/chance.ts'
import { Computation } from '../effect/computation.ts'
import type { Fiber, Wait } from '../effect/fiber.ts'
import { ready } from '../effect/ready.ts'
import { Trigger } from '../effect/trigger.ts'
import { deadlockOf } from '../effect/waits.ts'
import type { Outlasting, Party, Source } from './source.ts'

/** What becomes of a value, or an error, on its way out; the innermost first. */
export interface Wrap {
  readonly onValue: (value: never, fiber: Fiber) => unknown
  readonly onError: ((error: unknown, fiber: Fiber) => unknown) | undefined
  readonly outer: Wrap | undefined
}

/** Who hears if none of some branches is chosen; the innermost first. */
export interface Loss {
  readonly lost: Computation<void>
  readonly outer: Loss | undefined
}

/** One of the events that a choice is between. */
export class Branch implements Party<unknown> {
  readonly choice: Choice
  readonly source: Outlasting<unknown>
  readonly wrap: Wrap | undefined
  readonly loss: Loss | undefined
  /** How it leaves where it waits. */
  leave: (() => void) | undefined = undefined

  constructor(choice: Choice, source: Source<unknown>, wrap: Wrap | undefined, loss: Loss | undefined) {
    this.choice = choice
    this.source = source
    this.wrap = wrap
    this.loss = loss
  }

  get fiber(): Fiber {
    return this.choice.fiber
  }

  get isOpen(): boolean {
    return this.choice.isOpen
  }

  tryGive(value: unknown): boolean {
    return this.choice.decide(this, false, value)
  }

  tryFail(error: unknown): boolean {
    return this.choice.decide(this, true, error)
  }

  isRival(other: Party<never>): boolean {
    return other instanceof Branch && other.choice === this.choice
  }
}

const NOBODY: readonly Fiber[] = []

const OPEN = 0
const DECIDED = 1
const GIVEN_UP = 2
const HELD = 3

export class Choice implements Wait {
  readonly fiber: Fiber
  private readonly branches: Branch[] = []
  private readonly losses: Loss[] = []
  private readonly trigger = new Trigger()
  private state = OPEN
  private chosen: Branch | undefined = undefined
  private failed = false
  private outcome: unknown = undefined
  /** While it is held: takes back what was offered elsewhere; false if that has been taken. */
  private takeBack: (() => boolean) | undefined = undefined

  constructor(fiber: Fiber) {
    this.fiber = fiber
  }

  get isOpen(): boolean {
    return this.state === OPEN
  }

  get isHeld(): boolean {
    return this.state === HELD
  }

  get what(): string {
    return this.branches.map(({ source }) => source.what ?? 'an event').join(' or ') || 'what never happens'
  }

  get isOver(): boolean {
    return this.state !== OPEN || this.trigger.isSignalled
  }

  /** Who must go on before any branch can be chosen; nobody, if there is a way past each. */
  get holders(): readonly Fiber[] {
    let common: readonly Fiber[] | undefined
    for (const { source } of this.branches) {
      const holders = source.holders?.() ?? NOBODY
      common = common === undefined ? holders : common.filter((fiber) => holders.includes(fiber))
      if (common.length === 0) return NOBODY
    }
    return common ?? NOBODY
  }

  add(source: Source<unknown>, wrap: Wrap | undefined, loss: Loss | undefined): void {
    this.branches.push(new Branch(this, source, wrap, loss))
  }

  /** The branches that are added with it hear nothing if one of them is chosen. */
  loss(outer: Loss | undefined): Loss {
    const loss = { lost: new Computation<void>(), outer }
    this.losses.push(loss)
    return loss
  }

  /** Waits until a branch is chosen, and answers what becomes of its value. Rejects with the cancellation of the fiber if none is. */
  async run(): Promise<unknown> {
    this.poll()
    if (this.state === OPEN) await this.park()
    // Kept also if the fiber is cancelled meanwhile.
    else await ready()
    return this.unwrap()
  }

  /** Looks at each branch once, in an order of chance, until one is chosen: of those that are ready each is as likely. */
  private poll(): void {
    const { branches } = this
    const { length } = branches
    const dice = length > 1 ? diceOf(this.fiber.handler) : undefined
    for (let at = 0; at < length && this.state === OPEN; at++) {
      const other = dice === undefined || at === length - 1 ? at : at + dice.below(length - at)
      const branch = branches[other]!
      branches[other] = branches[at]!
      branches[at] = branch
      branch.source.poll(branch)
    }
  }

  private async park(): Promise<void> {
    let cancelled: Cancelled | undefined
    try {
      this.refuse()
      this.enter()
      this.fiber.noteWait(this)
      cancelled = await this.fiber.await(this.trigger)
    } finally {
      this.fiber.forgetWait(this)
      // A source threw, the fiber waits already, or it is cancelled.
      this.giveUp()
    }
    if (this.state === GIVEN_UP) throw cancelled
  }

  /** If whoever must go on before any branch can be chosen waits for this fiber, it fails: no branch is better than another. */
  private refuse(): void {
    if (this.holders.length === 0) return
    const deadlock = deadlockOf(this.fiber, this)
    if (deadlock !== undefined) this.branches[0]?.tryFail(deadlock)
  }

  private enter(): void {
    for (const branch of this.branches) {
      if (this.state !== OPEN) return
      // It has stood there while the choice was held.
      if (branch.leave !== undefined) continue
      const leave = branch.source.wait(branch)
      // Decided by a source that gave while it was to wait.
      if (this.state === OPEN) branch.leave = leave
      else if (branch !== this.chosen) leave()
    }
  }

  /**
   * What `branch`, which has been taken out of its line, brought is on its way to another core, and is taken there or comes back. Until
   * then no other branch can be chosen, but for those that `takeBack` makes way for: of a time, of what is complete.
   */
  hold(branch: Branch, takeBack: () => boolean): void {
    this.state = HELD
    this.chosen = branch
    this.takeBack = takeBack
    branch.leave = undefined
    const left = this.branches.filter((other) => other.leave !== undefined && other.source.outlasts !== true)
    for (const other of left) other.leave?.()
    for (const other of left) {
      other.leave = undefined
      other.source.left?.()
    }
  }

  /** It has come back: waits as before, behind those who wait by now. */
  reopen(): void {
    this.unhold()
    try {
      this.poll()
      if (this.state === OPEN) this.refuse()
      if (this.state === OPEN) this.enter()
    } catch (error) {
      // A source threw.
      this.branches[0]?.tryFail(error)
    }
  }

  /** Takes back what is on its way, if it is; false if it has been taken, and that decides. */
  release(): boolean {
    if (this.state !== HELD) return true
    const { chosen } = this
    if (this.takeBack?.() === true) {
      this.unhold()
      return true
    }
    this.settle(chosen as Branch, false, undefined)
    return false
  }

  private unhold(): void {
    this.state = OPEN
    this.chosen = undefined
    this.takeBack = undefined
  }

  /** Nothing can be chosen any more, and nothing was: all hear. */
  giveUp(): void {
    if (!this.release() || this.state !== OPEN) return
    this.state = GIVEN_UP
    this.leave()
    this.tell()
  }

  /** Chooses; false if that was done. */
  decide(branch: Branch, failed: boolean, outcome: unknown): boolean {
    if (this.state === HELD && branch !== this.chosen && !this.release()) return false
    if (this.state !== OPEN && this.state !== HELD) return false
    this.settle(branch, failed, outcome)
    return true
  }

  private settle(branch: Branch, failed: boolean, outcome: unknown): void {
    this.close(branch, failed, outcome)
    this.leave()
    this.tell()
  }

  // What deciding is made of. A transaction does each step for all of its choices before the next for any.

  close(branch: Branch, failed: boolean, outcome: unknown): void {
    this.state = DECIDED
    this.chosen = branch
    this.failed = failed
    this.outcome = outcome
  }

  /** All other branches out of their lines: until then nobody else may be served. */
  leave(): void {
    for (const branch of this.branches) if (branch !== this.chosen) branch.leave?.()
  }

  tell(): void {
    for (const branch of this.branches) {
      if (branch.leave !== undefined && branch !== this.chosen) branch.source.left?.()
    }
    for (const loss of this.losses) if (!this.isWithin(loss)) loss.lost.return()
    this.trigger.signal()
  }

  private isWithin(loss: Loss): boolean {
    for (let own = this.chosen?.loss; own !== undefined; own = own.outer) if (own === loss) return true
    return false
  }

  private async unwrap(): Promise<unknown> {
    const { fiber } = this
    let { failed, outcome } = this
    for (let wrap = this.chosen?.wrap; wrap !== undefined; wrap = wrap.outer) {
      const act = failed ? wrap.onError : wrap.onValue
      if (act === undefined) continue
      try {
        outcome = await act(outcome as never, fiber)
        failed = false
      } catch (error) {
        // Nobody makes something else of one's own cancellation.
        if (error !== undefined && error === fiber.cancellation) throw error
        outcome = error
        failed = true
      }
    }
    if (failed) throw outcome
    return outcome
  }
}
