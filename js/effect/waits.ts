// Who waits for whom: circles of fibers each of which waits for the next, and how a wait is told. Owns the names of fibers in such
// texts. Never true here: a circle is told of in which somebody could go on.

import { RumpusError } from '../errors.ts'
import type { Fiber, Wait } from './fiber.ts'

/** Fibers that are told of one by one where nothing can happen any more; of the rest, how many. */
const TOLD_MAX = 20

/** One fiber that waits, as people read it. */
export interface WaitView {
  /** Who waits: its name, or its number among those that were ever told of. */
  readonly fiber: string
  /** For what. */
  readonly waitsFor: string
  /** Who must go on before, if that is known. */
  readonly heldBy: readonly string[]
}

const names = new WeakMap<Fiber, string>()
let told = 0

/** What errors and reports call `fiber` from now on. */
export const nameFiber = (fiber: Fiber, name: string): void => void names.set(fiber, name)

/** What they call it. */
export const nameOf = (fiber: Fiber): string => {
  let name = names.get(fiber)
  if (name === undefined) {
    name = `fiber ${++told}`
    names.set(fiber, name)
  }
  return name
}

/** What it waits for, unless that has come. */
export const waitOf = ({ waitsFor }: Fiber): Wait | undefined => (waitsFor?.isOver === false ? waitsFor : undefined)

/** How the wait of a fiber is told. */
export const viewOf = (fiber: Fiber, wait: Wait | undefined = waitOf(fiber)): WaitView => ({
  fiber: nameOf(fiber),
  waitsFor: wait?.what ?? 'something',
  heldBy: [...(wait?.holders ?? [])].map(nameOf),
})

/**
 * The fibers that wait for each other if `fiber` waits for `wait`, the first for the second and so on; none if somebody there can go on.
 */
export const circleOf = (fiber: Fiber, wait: Wait): readonly Fiber[] | undefined => {
  const seen = new Set<Fiber>()
  // The way to where we are; each with whom of those it waits for we have not looked at yet.
  const trail: { readonly fiber: Fiber; readonly left: Fiber[] }[] = [{ fiber, left: [...wait.holders] }]
  for (let last = trail.at(-1); last !== undefined; last = trail.at(-1)) {
    const next = last.left.pop()
    if (next === undefined) trail.pop()
    else if (next === fiber) return trail.map((step) => step.fiber)
    else if (!seen.has(next)) {
      seen.add(next)
      const further = waitOf(next)
      if (further !== undefined) trail.push({ fiber: next, left: [...further.holders] })
    }
  }
  return undefined
}

/** A wait in words. */
export const toText = ({ fiber, waitsFor, heldBy }: WaitView): string =>
  `${fiber} waits for ${waitsFor}${heldBy.length === 0 ? '' : `, which ${heldBy.join(' and ')} ${heldBy.length === 1 ? 'has' : 'have'}`}`

/** The error of `fiber` if its wait would close a circle. */
export const deadlockOf = (fiber: Fiber, wait: Wait): RumpusError | undefined => {
  const circle = circleOf(fiber, wait)
  if (circle === undefined) return undefined
  const waits = circle.map((one) => toText(viewOf(one, one === fiber ? wait : undefined)))
  return new RumpusError('ERR_RUMPUS_DEADLOCK', `these would wait for each other for ever: ${waits.join('; ')}`)
}

/** The error where nothing can happen any more, and these wait. */
export const stuckOf = (waiting: readonly Fiber[]): RumpusError => {
  const { length } = waiting
  const waits = waiting.slice(0, TOLD_MAX).map((fiber) => toText(viewOf(fiber)))
  if (length > TOLD_MAX) waits.push(`and ${length - TOLD_MAX} more`)
  const all =
    length === 0
      ? 'no fiber waits, so what is awaited is not of fibers'
      : `${length} ${length === 1 ? 'fiber waits' : 'fibers wait'}: ${waits.join('; ')}`
  return new RumpusError('ERR_RUMPUS_DEADLOCK', `nothing can happen any more: ${all}`)
}
