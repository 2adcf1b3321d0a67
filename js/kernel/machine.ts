// What the machine allows: how many schedulers, how much heap each. Reads the environment once per question.

import { builtin } from '../builtin.ts'
import { badArgument } from '../errors.ts'
import { addon } from '../native/load.ts'

/** Schedulers of a runtime at most. */
export const SCHEDULERS_MAX = 63

/** `RUMPUS_SCHEDULERS`, or as many as there are cores that this process may use. */
export const schedulersByDefault = (): number => {
  const given = process.env.RUMPUS_SCHEDULERS
  if (given === undefined || given === '') return Math.min(addon.availableParallelism(), SCHEDULERS_MAX)
  const number = /^\d+$/.test(given) ? Number(given) : Number.NaN
  if (Number.isInteger(number) && number >= 0 && number <= SCHEDULERS_MAX) return number
  throw badArgument(RangeError, 'RUMPUS_SCHEDULERS', `a whole number from 0 to ${SCHEDULERS_MAX}`, given)
}

/** Dedicated threads at a time, unless told otherwise and if so many fit. */
const DEDICATED = 8

/** How many dedicated threads there may be at a time beside so many schedulers, if so many are asked for. */
export const dedicatedBeside = (schedulers: number, given?: number): number => {
  const most = SCHEDULERS_MAX - schedulers
  if (given === undefined) return Math.min(DEDICATED, most)
  if (Number.isInteger(given) && given >= 0 && given <= most) return given
  const wanted = `a whole number from 0 to ${most}, ${SCHEDULERS_MAX} less options.schedulers`
  throw badArgument(RangeError, 'options.dedicated', wanted, given)
}

/**
 * The heap of one scheduler thread in megabytes: what Node would give a process, but together, dedicated threads aside, not more
 * than the memory there is.
 */
export const heapPerThread = (schedulers: number): number => {
  const constrained = process.constrainedMemory?.() || Number.POSITIVE_INFINITY
  const limit = addon.memoryLimit()
  // On Linux it is known; elsewhere Node knows what the machine has, by a module that it loads for that.
  const total = Math.min(Number.isFinite(limit) ? limit : builtin('node:os').totalmem(), constrained)
  const share = (total * 0.75) / (schedulers + 1) / 2 ** 20
  return Math.floor(Math.min(4096, Math.max(64, share)))
}
