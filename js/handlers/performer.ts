// Performer: performs effects for one strand. Owns the way from an effect to its clause and back: where a clause runs, and that an
// answer which is there at once costs no wait.

import { Fiber } from '../effect/fiber.ts'
import { badArgument } from '../errors.ts'
import { Effect } from './effect.ts'
import { type Found, FRAME, type Frame } from './frame.ts'
import { handlerOver, unhandled } from './mistakes.ts'
import type { Fx } from './shapes.ts'
import { surround, surrounding } from './surroundings.ts'
import { Suspended } from './suspended.ts'

type Answer = (payload: unknown, fx: Fx) => unknown
type Decide = (payload: unknown, k: Suspended, fx: Fx) => unknown

export class Performer implements Fx {
  private readonly base: Fiber
  private readonly frame: Frame | undefined
  private own: Fiber | undefined

  /** For the strand `own`; if that is left out, for one beside `base`, which is made when somebody wants it. */
  constructor(base: Fiber, frame: Frame | undefined, own: Fiber | undefined) {
    this.base = base
    this.frame = frame
    this.own = own
  }

  get fiber(): Fiber {
    this.own ??= this.strand()
    return this.own
  }

  protected strand(): Fiber {
    return strandOf(this.base, this.frame)
  }

  perform<Result>(effect: Effect<void, Result>): Promise<Result>
  perform<Payload, Result>(effect: Effect<Payload, Result>, payload: Payload): Promise<Result>
  perform(effect: object, payload?: unknown): Promise<unknown> {
    const found = this.frame?.find(effect)
    if (found === undefined) return unanswered(effect, payload)
    if (found.frame.over) return Promise.reject(handlerOver(found.clause.effect.name))
    return found.clause.kind === 'on' ? this.answer(found, payload) : this.decide(found, payload)
  }

  /** The clause is a part of the code that performs, but for what it performs itself. */
  private answer({ frame, clause }: Found, payload: unknown): Promise<unknown> {
    const act = clause.act as Answer
    const outside = new Performer(this.own ?? this.base, frame.outer, undefined)
    try {
      if (surrounding() === undefined) return Promise.resolve(act(payload, outside))
      return Promise.resolve(surround(outside, () => act(payload, outside)))
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /** The clause is a part of what called the handler; who performs waits for its decision. */
  private decide({ frame, clause }: Found, payload: unknown): Promise<unknown> {
    const act = clause.act as Decide
    const rest = new Suspended(frame, clause.effect.name)
    const outside = new Beside(rest)
    try {
      if (surrounding() === undefined) rest.returns(act(payload, rest, outside))
      else rest.returns(surround(outside, () => act(payload, rest, outside)))
    } catch (error) {
      rest.finish({ error })
    }
    return rest.isDecided ? rest.result() : rest.stand(this.fiber)
  }
}

/** Performs for a clause that decides, beside the handler. */
class Beside extends Performer {
  private readonly rest: Suspended

  constructor(rest: Suspended) {
    super(rest.frame.base, rest.frame.outer, undefined)
    this.rest = rest
  }

  protected override strand(): Fiber {
    return this.rest.strand()
  }
}

/** A fiber that is cancelled when `base` is, and performs in `frame`. */
export const strandOf = (base: Fiber, frame: Frame | undefined): Fiber => {
  const fiber = new Fiber(base.handler, base.computation, base)
  fiber.forbidden = base.forbidden
  fiber.set(FRAME, frame)
  return fiber
}

/** What comes of an effect that nobody handles. */
export const unanswered = (effect: unknown, payload: unknown, where?: string): Promise<unknown> => {
  if (!(effect instanceof Effect)) throw badArgument(TypeError, 'effect', 'what `effect` answers', effect)
  const { otherwise, name } = effect as Effect<unknown, unknown>
  if (otherwise === undefined) return Promise.reject(unhandled(name, where))
  try {
    return Promise.resolve(otherwise(payload))
  } catch (error) {
    return Promise.reject(error)
  }
}
