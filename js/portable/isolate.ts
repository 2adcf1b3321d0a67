// What one isolate knows of its portable runtimes: which there are, by the number that their pids carry. Keyed by a registered
// symbol, so that two installed copies of the package share it. Numbers go down from 63 where those of the native runtimes go up
// from 1. Never here: a pid that is given out twice.

import { RumpusError } from '../errors.ts'
import { checkPid } from '../model/checks.ts'
import { runtimeNumberOf } from '../pid.ts'
import type { Home } from './home.ts'

const NUMBERS = 63

interface Isolate {
  /** Runtimes by number. */
  readonly runtimes: (Home | undefined)[]
  /** The last process of each number, so that none is given out twice. */
  readonly serials: { last: number }[]
  /** The number that was given out last. */
  last: number
}

const KEY = Symbol.for('rumpus/0/portable')
const holder = globalThis as { [KEY]?: Isolate }
const isolate: Isolate = (holder[KEY] ??= {
  runtimes: new Array(NUMBERS + 1).fill(undefined),
  serials: Array.from({ length: NUMBERS + 1 }, () => ({ last: 0 })),
  last: 1,
})

/** Gives a number that is free. */
export const rentNumber = (): { readonly number: number; readonly serials: { last: number } } => {
  for (let i = 0; i < NUMBERS; i++) {
    isolate.last = isolate.last === 1 ? NUMBERS : isolate.last - 1
    const number = isolate.last
    if (isolate.runtimes[number] === undefined) return { number, serials: isolate.serials[number]! }
  }
  throw new RumpusError('ERR_RUMPUS_TOO_MANY_RUNTIMES', `this thread has ${NUMBERS} runtimes already: stop one`)
}

/** From now on pids with this number are `runtime`'s, or nobody's. */
export const setHome = (number: number, home: Home | undefined): void => {
  isolate.runtimes[number] = home
}

/** The runtime that `pid` names, if it has not stopped. */
export const findHome = (pid: number): Home | undefined => {
  checkPid(pid)
  return isolate.runtimes[runtimeNumberOf(pid)]
}

/** The same, for those who cannot do without. */
export const homeOf = (pid: number): Home => {
  const home = findHome(pid)
  if (home === undefined)
    throw new RumpusError('ERR_RUMPUS_STOPPED', `no runtime of pid ${pid} is known in this thread`)
  return home
}

/** The only runtime of this isolate, for verbs that are given neither a pid nor a runtime. */
export const onlyHome = (): Home => {
  const all = isolate.runtimes.filter((runtime) => runtime !== undefined)
  if (all.length === 1) return all[0]!
  if (all.length === 0) throw new RumpusError('ERR_RUMPUS_STOPPED', 'no runtime runs in this thread')
  const message = `this thread has ${all.length} runtimes, and a name does not say which: ask a process or a runtime`
  throw new RumpusError('ERR_RUMPUS_WHICH_RUNTIME', message)
}
