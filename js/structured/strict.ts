// A strict scope: a scope whose body owes each child an `await` or a `cancel`. Owns that debt, and what is a fault when the body is
// done. Its children are those of a scope like any; only their errors go to who forked them.

import type { Fiber, Within } from '../effect/fiber.ts'
import { lineOf, noteSite } from '../effect/site.ts'
import { Trigger } from '../effect/trigger.ts'
import { fiberIn } from '../effect/within.ts'
import { badArgument } from '../errors.ts'
import { checkOptions, type Names } from '../options.ts'
import { showAs } from '../show.ts'
import { type Child, type Creator, StrictChild } from './child.ts'
import { combined } from './combined.ts'
import { NotAChild, StillHasChildren } from './faults.ts'
import { cancelAll, type ForkOptions, Orphanage, type Orphans } from './orphans.ts'
import { checkGive, Holder, holderOf, moveTo, setHolder } from './ownership.ts'
import { Nursery, type Scope, type ScopeOptions } from './scope.ts'

type Main<T> = (fiber: Fiber) => T | PromiseLike<T>

/** How a strict scope is opened. */
export interface StrictOptions extends Omit<ScopeOptions, 'strict'> {
  /** Has the body owe each child an `await` or a `cancel`. */
  readonly strict: true
}

/**
 * What `scope` gives with `{ strict: true }`, after Miou: each child is awaited or cancelled by the fiber that forked it, or that is
 * a fault, and named. For code in which a forgotten result, or a forgotten error, is a bug.
 *
 * Unlike in an ordinary scope the error of a child is its creator's: others go on, and `await` rejects with it. A body that throws
 * has all its children cancelled, and owes nothing any more; so has one whose scope is cancelled. There are no daemons: see
 * {@link Orphans}.
 *
 * @example
 * ```ts
 * import { scope } from 'rumpus/structured'
 * import assert from 'node:assert/strict'
 *
 * await scope(async (scope) => {
 *   const slow = scope.fork((fiber) => fiber.sleep(60_000))
 *   const fast = scope.fork(async () => 42)
 *   assert.equal(await fast.await(scope), 42)
 *   await slow.cancel(scope)
 * }, { strict: true })
 * ```
 */
export interface StrictScope extends Within, Pick<Scope, 'signal' | 'fail' | 'cancel' | 'onRelease'> {
  /** The fiber that opened it: the creator of its children. */
  readonly fiber: Fiber
  /**
   * Begins a child.
   *
   * @throws the cancellation of the scope; RumpusError `ERR_RUMPUS_SCOPE_OVER` when it is over
   */
  fork<T>(main: (fiber: Fiber) => T | PromiseLike<T>, options?: ForkOptions): Child<T>
  /** Makes a collection of children that are taken as they end. */
  orphans<T>(): Orphans<T>
  /**
   * Waits for all of `children`, whatever becomes of each, and answers that in their order, as `Promise.allSettled` does. Rejects with the
   * cancellation of the fiber, also when all have ended by then: it has heard of none of them, so their errors are the scope's.
   */
  awaitAll<T>(children: readonly Child<T>[]): Promise<PromiseSettledResult<T>[]>
  /** Waits until one of `children` has ended and answers the one that did first; it is still to be awaited, and the others are. */
  awaitOne<T>(children: readonly Child<T>[]): Promise<Child<T>>
  /**
   * What the first of `children` to end answers; the others are cancelled and waited for. Rejects with what it threw, and with what the
   * others did, their cancellations apart.
   */
  awaitFirst<T>(children: readonly Child<T>[]): Promise<T>
}

class Strict implements StrictScope, Creator {
  readonly fiber: Fiber
  readonly holder: Holder
  private readonly nursery: Nursery
  /** Neither awaited nor cancelled. */
  private readonly owed = new Set<StrictChild<unknown>>()
  private ends = 0
  /** The body is done. */
  private isEnding = false
  /** It has returned, uncancelled, and owes no child anything. */
  private isFaultless = false
  private forks = 0

  constructor(nursery: Nursery) {
    this.nursery = nursery
    this.fiber = nursery.fiber
    const outer = holderOf(this.fiber)
    this.holder = new Holder(this.fiber, outer)
    setHolder(this.fiber, this.holder)
    // The first that is registered is the last that is called: what else is released may make use of what is owned.
    nursery.onRelease(() => {
      setHolder(this.fiber, outer)
      return this.holder.end(this.fiber, this.isFaultless)
    })
  }

  get signal(): AbortSignal {
    return this.nursery.signal
  }

  fail(error: unknown): void {
    this.nursery.fail(error)
  }

  cancel(reason: unknown): void {
    this.nursery.cancel(reason)
  }

  onRelease(release: () => unknown): () => boolean {
    return this.nursery.onRelease(release)
  }

  fork<T>(main: Main<T>, options: ForkOptions = {}): Child<T> {
    return this.begin(main, options, noteSite(this.fork))
  }

  private begin<T>(main: Main<T>, options: ForkOptions, site: Error): StrictChild<T> {
    checkFork(main, options)
    if (options.give !== undefined) checkGive(this.fiber, options.give)
    const name = options.name ?? (main.name === '' ? `child ${this.forks + 1}` : main.name)
    const child = new StrictChild<T>(this, name, site)
    const { give = [] } = options
    // It may begin, and be done, before the fork answers.
    const before = give.map((ownership) => moveTo(ownership, child.holder))
    try {
      // Never rejects, so nothing but the end of the scope hears of it.
      this.nursery.fork((fiber) => child.run(fiber, main))
    } catch (error) {
      for (const [at, ownership] of give.entries()) moveTo(ownership, before[at]!)
      throw error
    }
    this.forks++
    if (!child.isSettled) this.owed.add(child)
    return child
  }

  orphans<T>(): Orphans<T> {
    const made = noteSite(this.orphans)
    const orphanage: Orphanage<T> = new Orphanage<T>(
      (main, options) => this.begin(main, options, noteSite(orphanage.fork)),
      (within, verb) => this.ownerIn(within, verb, made),
    )
    return orphanage
  }

  private ownerIn(within: Within, verb: string, made: Error): Fiber {
    const fiber = fiberIn(within, 'the fiber or the scope whose orphans they are')
    if (fiber !== this.fiber) throw new NotAChild({ name: 'orphans', at: lineOf(made) }, verb)
    return fiber
  }

  ended(child: StrictChild<unknown>): void {
    child.place = ++this.ends
    child.orphanage?.hear(child)
    // Nobody will ask any more.
    if (this.isEnding) this.tell(child)
  }

  private tell(child: StrictChild<unknown>): void {
    const { unheard } = child
    if (unheard === undefined) return
    child.isHeard = true
    this.nursery.fail(unheard.error)
  }

  settle(child: StrictChild<unknown>): void {
    child.isSettled = true
    this.owed.delete(child)
    child.orphanage?.leave(child)
  }

  async awaitAll<T>(children: readonly Child<T>[]): Promise<PromiseSettledResult<T>[]> {
    for (const child of this.mine(children, 'awaitAll')) await child.stand(this.fiber)
    // Whether it hears of its cancellation is not up to what has ended until it goes on.
    this.fiber.check()
    return (children as readonly StrictChild<T>[]).map((child) => {
      const ended = child.hear()
      return 'value' in ended
        ? { status: 'fulfilled', value: ended.value }
        : { status: 'rejected', reason: ended.error }
    })
  }

  async awaitOne<T>(children: readonly Child<T>[]): Promise<Child<T>> {
    return this.firstOf(this.mine(children, 'awaitOne', 1))
  }

  async awaitFirst<T>(children: readonly Child<T>[]): Promise<T> {
    const mine = this.mine(children, 'awaitFirst', 1)
    const first = await this.firstOf(mine)
    const errors: unknown[] = []
    let value: T | undefined
    await first.await(this).then(
      (answered) => {
        value = answered
      },
      (error) => errors.push(error),
    )
    const others = mine.filter((child) => child !== first)
    await cancelAll(others, this, 'another was first').catch((error) => errors.push(error))
    if (errors.length > 0) throw combined(errors)
    return value as T
  }

  /** Waits until one has ended. */
  private async firstOf<T>(children: readonly StrictChild<T>[]): Promise<StrictChild<T>> {
    if (!children.some((child) => child.isOver)) {
      const news = new Trigger()
      for (const { done } of children) done.tryAttach(news)
      const cancelled = await this.fiber.await(news)
      for (const { done } of children) done.release()
      if (cancelled !== undefined && !children.some((child) => child.isOver)) throw cancelled
    }
    const over = children.filter((child) => child.isOver)
    return over.reduce((one, other) => (other.place < one.place ? other : one))
  }

  private mine<T>(children: readonly Child<T>[], verb: string, least = 0): StrictChild<T>[] {
    if (!Array.isArray(children) || children.length < least || !children.every((one) => one instanceof StrictChild)) {
      const wanted = `an array of ${least === 0 ? '' : 'at least one of the '}children of this fiber`
      throw badArgument(TypeError, 'children', wanted, children)
    }
    const all = [...new Set(children as StrictChild<T>[])]
    for (const child of all) child.creatorIn(this, verb)
    return all
  }

  /** The body is done, `failed` with `error` or not. */
  async end(failed: boolean, error?: unknown): Promise<void> {
    const { nursery, owed } = this
    if (failed) {
      // Before what its children have thrown and nobody has heard.
      if (error !== nursery.cancellation) nursery.fail(error)
    } else if (nursery.cancellation === undefined) {
      this.isFaultless = owed.size === 0
      if (!this.isFaultless) nursery.fail(new StillHasChildren([...owed]))
    }
    this.isEnding = true
    for (const child of owed) this.tell(child)
    await nursery.end(failed, error)
  }
}

/** Runs `body` in a strict scope of `fiber`. */
export const runStrict = async <T>(
  fiber: Fiber,
  body: (scope: StrictScope) => T | PromiseLike<T>,
  options: Omit<ScopeOptions, 'strict'>,
): Promise<T | undefined> => {
  const strict = new Strict(new Nursery(fiber, options))
  let value: T | undefined
  try {
    value = await body(strict)
  } catch (error) {
    await strict.end(true, error)
  }
  await strict.end(false)
  return value
}

const NAMES: Names<ForkOptions> = { name: true, give: true }

const checkFork = (main: unknown, options: ForkOptions): void => {
  if (typeof main !== 'function') throw badArgument(TypeError, 'main', 'a function', main)
  checkOptions('options', options, NAMES)
  const { name } = options
  if (name !== undefined && (typeof name !== 'string' || name === '')) {
    throw badArgument(TypeError, 'options.name', 'a name', name)
  }
}

showAs(Strict.prototype, ({ signal }) => `StrictScope { ${signal.aborted ? 'cancelled' : 'open'} }`)
