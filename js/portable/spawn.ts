// spawn on one thread: closures and definitions. Owns the checks of what is spawned and where, and that a definition gets copies of
// its arguments, as on any other thread. Never here: a place that there is not, taken for one that there is.

import { badArgument, RumpusError, stopped } from '../errors.ts'
import { spawn as spawnIn } from '../model/births.ts'
import { checkBody } from '../model/checks.ts'
import type { Process } from '../model/process.ts'
import { checkOptions } from '../options.ts'
import { isDefinition } from '../process/define.ts'
import { SPAWN_NAMES } from '../process/option-names.ts'
import type { Closure, Definition, Place, SpawnOptions } from '../process/shapes.ts'
import { refuseCargoAmong } from '../process/transfer.ts'
import { copy } from './copy.ts'
import { HERE, type Home } from './home.ts'

/** What is spawned. */
export type What<N> = Closure<N> | Definition<N, readonly unknown[]>

/** What a process is tied by from birth. */
export interface Ties {
  readonly link?: true
  readonly monitor?: true
}

/** Makes what a body is given. */
export type MakeSelf = (home: Home, process: Process) => never

/** The highest number that a scheduler has anywhere. */
const SCHEDULER_LAST = 63
const NO_OPTIONS: SpawnOptions = {}

/** Starts `what`, from the process `by` or from outside any; answers it and the reference of its monitor, if it was asked for. */
export const spawn = <N>(
  home: Home,
  makeSelf: MakeSelf,
  what: What<N>,
  rest: readonly unknown[],
  by: Process | undefined,
  ties: Ties = {},
): readonly [Process, number] => {
  if (home.closing) throw stopped()
  if (isDefinition(what)) {
    const { url, name, options } = what
    checkPlace(options.on ?? 'any')
    refuseCargoAmong(rest)
    const args = copy(rest, 'arguments') as readonly unknown[]
    const body = what.body as (self: never, ...args: readonly unknown[]) => unknown
    const run = (process: Process): unknown => body(makeSelf(home, process), ...args)
    return spawnIn(home.scheduler, run, { ...options, ...ties }, by, { url, name })
  }
  checkBody(what, 'a function or a definition')
  const options = (rest[0] ?? NO_OPTIONS) as SpawnOptions
  checkHere(options)
  const run = (process: Process): unknown => (what as Closure<N>)(makeSelf(home, process))
  return spawnIn(home.scheduler, run, { ...options, ...ties }, by)
}

const checkHere = (options: SpawnOptions): void => {
  checkOptions('options', options, SPAWN_NAMES)
  const { on = 'here' } = options
  if (on === 'here' || on === HERE) return
  const wanted = `'here': a closure cannot leave its scheduler; use define() to run elsewhere`
  throw badArgument(RangeError, 'options.on', wanted, on)
}

const checkPlace = (on: Place): void => {
  if (on === 'any' || on === 'here' || on === HERE) return
  if (on === 'dedicated' || (Number.isInteger(on) && on > 0 && on <= SCHEDULER_LAST)) {
    const what = on === 'dedicated' ? 'a thread of its own' : `scheduler ${on}`
    throw new RumpusError('ERR_RUMPUS_NO_THREAD', `rumpus/portable has one thread, so there is no ${what} to spawn on`)
  }
  throw badArgument(RangeError, 'options.on', `'any', 'here' or ${HERE}`, on)
}
