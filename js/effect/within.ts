// What a verb of fibers was given to run under. Owns what is said of something that is no fiber and has none; the verbs that are hot look
// only when they have failed.

import { badArgument } from '../errors.ts'
import { Fiber, type Within } from './fiber.ts'

const WANTED = 'a fiber or a scope'

/** Its fiber. Throws if it has none, with what was `wanted`. */
export const fiberIn = (within: Within, wanted: string = WANTED): Fiber => {
  if (isWithin(within)) return within.fiber
  throw noFiber(within, wanted)
}

/** What to throw where a verb has failed with `error`: that, unless it was given no fiber. */
export const failureIn = (within: unknown, error: unknown): unknown =>
  isWithin(within) ? error : noFiber(within, WANTED)

const isWithin = (within: unknown): within is Within =>
  (within as Partial<Within> | null | undefined)?.fiber instanceof Fiber

const noFiber = (within: unknown, wanted: string): Error =>
  badArgument(TypeError, 'within', `${wanted} (in a process: fiberOf(self))`, within)
