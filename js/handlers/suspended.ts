// Suspended: the rest of a body while a clause decides about it. Owns that it is decided once, that a decision wins or loses against
// a cancellation and never half, and what becomes of the body if the clause does not decide.

import { Computation } from '../effect/computation.ts'
import { Fiber } from '../effect/fiber.ts'
import { Trigger } from '../effect/trigger.ts'
import { type Frame, withError } from './frame.ts'
import { decidedTwice, undecided } from './mistakes.ts'
import { type Outcome, Rest } from './rest.ts'
import type { Continuation } from './shapes.ts'

const UNDECIDED = 0
const RESUMED = 1
const THROWN = 2
const ABORTED = 3
/** Who performed was cancelled before. */
const GONE = 4

export class Suspended implements Continuation<unknown, never> {
  readonly frame: Frame
  private readonly effect: string
  private state = UNDECIDED
  /** What was decided on, or why who performed is gone. */
  private value: unknown = undefined
  /** Who performed, and what it waits for. */
  private waiting: Fiber | undefined = undefined
  private trigger: Trigger | undefined = undefined
  /** What was opened by the decision, and what was open before. */
  private rest: Rest | undefined = undefined
  private before: Rest | undefined = undefined
  private computation: Computation<never> | undefined = undefined
  private canceler: Trigger | undefined = undefined

  constructor(frame: Frame, effect: string) {
    this.frame = frame
    this.effect = effect
  }

  resume(value: unknown): PromiseLike<never> {
    if (this.state !== UNDECIDED) return this.refused('resume')
    return this.decide(RESUMED, value, new Rest())
  }

  throw(error: unknown): PromiseLike<never> {
    if (this.state !== UNDECIDED) return this.refused('throw')
    return this.decide(THROWN, error, new Rest())
  }

  abort<Given>(answer: Given): PromiseLike<Given> {
    if (this.state !== UNDECIDED) return this.refused('abort')
    return this.unwind(answer)
  }

  private unwind(answer: unknown): Rest {
    const { frame, effect } = this
    return this.decide(ABORTED, frame.end(effect), frame.ended(effect, answer))
  }

  private decide(state: number, value: unknown, rest: Rest): Rest {
    this.state = state
    this.value = value
    this.before = this.frame.open
    this.rest = rest
    this.frame.push(rest)
    this.trigger?.signal()
    return rest
  }

  /** It was decided; or nobody is there any more, and then there is no rest, but the cancellation. */
  private refused(verb: string): Rest {
    if (this.state !== GONE) throw decidedTwice(this.effect, verb, this.state === ABORTED)
    const rest = new Rest()
    rest.settle({ error: this.value })
    return rest
  }

  /** Whether it is decided. */
  get isDecided(): boolean {
    return this.state !== UNDECIDED
  }

  /** What `perform` answers, when it is decided. */
  result(): Promise<unknown> {
    return this.state === RESUMED ? Promise.resolve(this.value) : Promise.reject(this.value)
  }

  /** Waits in `fiber`, that of who performed, for the decision. */
  async stand(fiber: Fiber): Promise<unknown> {
    try {
      this.waiting = fiber
      this.trigger = new Trigger()
      const cancelled = await fiber.await(this.trigger)
      if (this.state === UNDECIDED) this.leave(cancelled)
    } catch (error) {
      this.leave(error) // the fiber waits for something else already
    }
    return this.result()
  }

  private leave(why: unknown): void {
    this.state = GONE
    this.value = why
    this.computation?.cancel(why)
  }

  /** A fiber for the clause: beside the handler's, cancelled with it, and when who performed is gone. */
  strand(): Fiber {
    const { base, computation: outer, forbidden } = this.frame
    const computation = new Computation<never>()
    this.computation = computation
    if (this.state === GONE) computation.cancel(this.value)
    if (!forbidden) {
      const canceler = outer.canceler(computation)
      if (outer.tryAttach(canceler)) this.canceler = canceler
      else if (outer.cancellation !== undefined) computation.cancel(outer.cancellation)
    }
    return new Fiber(base.handler, computation, base)
  }

  /** The clause has returned `returned`, in one go. */
  returns(returned: unknown): void {
    const { rest, before, frame } = this
    if (returned === rest && rest !== undefined && this.state !== ABORTED && frame.tryDrop(rest, before!)) return
    if (!isThenable(returned)) return this.finish({ value: returned })
    frame.clauseBegins()
    const ended = (outcome: Outcome): void => {
      this.finish(outcome)
      frame.clauseEnds()
    }
    returned.then(
      (value) => ended({ value }),
      (error) => ended({ error }),
    )
  }

  /** The clause is over: settles what was open before its decision when what its decision opened is settled. */
  finish(given: Outcome): void {
    let outcome = given
    if (this.canceler !== undefined) this.frame.computation.detach(this.canceler)
    // Signalled without a decision: cancelled, and about to hear of it.
    if (this.state === UNDECIDED && this.trigger?.isSignalled) this.leave(this.waiting?.cancellation)
    if (this.state === GONE) return this.finishGone(outcome)
    if (this.state === UNDECIDED) {
      if (!('error' in outcome)) outcome = { error: undecided(this.effect) }
      this.unwind(undefined)
    }
    const [rest, before] = [this.rest!, this.before!]
    if (before.outcome !== undefined) return this.finishLate(outcome)
    if (rest.outcome !== undefined) return before.settle(outcome)
    // The clause has not waited for the rest, so it cannot have seen an error of it.
    rest.hear((end) => before.settle('error' in end ? withError(outcome, end.error) : outcome))
  }

  /** Nobody is there who could be told: its own cancellation is no error. */
  private finishGone(outcome: Outcome): void {
    if (!('error' in outcome)) return
    const { error } = outcome
    if (error !== this.value && error !== this.computation?.cancellation) this.frame.heard(error)
  }

  /** Who performed had outlived the body: the handler has its answer, and hears of errors alone. */
  private finishLate(outcome: Outcome): void {
    if ('error' in outcome && outcome.error !== this.frame.aborted) this.frame.heard(outcome.error)
  }
}

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
