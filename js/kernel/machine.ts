// What the machine allows: how many schedulers, how much heap each. Reads the environment once per question.

import { totalmem } from 'node:os'
import { badArgument } from '../errors.ts'
import { addon } from '../native/load.ts'

/** Schedulers of a runtime at most. */
export const SCHEDULERS_MAX = 63

/** `RUMPUS_SCHEDULERS`, or as many cores as this process may use. */
export const schedulersByDefault = (): number => {
  const given = process.env.RUMPUS_SCHEDULERS
  if (given === undefined || given === '') return Math.min(addon.availableParallelism(), SCHEDULERS_MAX)
  const number = /^\d+$/.test(given) ? Number(given) : Number.NaN
  if (Number.isInteger(number) && number >= 1 && number <= SCHEDULERS_MAX) return number
  throw badArgument(RangeError, 'RUMPUS_SCHEDULERS', `a whole number from 1 to ${SCHEDULERS_MAX}`, given)
}

/** The heap of one scheduler thread in megabytes: what Node would give a process, but together not more than the memory there is. */
export const heapPerThread = (schedulers: number): number => {
  const constrained = process.constrainedMemory?.() ?? 0
  const total = constrained > 0 && constrained < totalmem() ? constrained : totalmem()
  const share = (total * 0.75) / (schedulers + 1) / 2 ** 20
  return Math.floor(Math.min(4096, Math.max(64, share)))
}
