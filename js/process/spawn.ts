// spawn: starts a process. Owns the checks of what is spawned and where; a closure begins here, a definition where it is put.

import { badArgument, RumpusError } from '../errors.ts'
import type { Kernel } from '../kernel/kernel.ts'
import { spawnHere } from '../kernel/life.ts'
import { postSpawn } from '../kernel/post.ts'
import type { Body } from '../kernel/process.ts'
import { AT_ANY, AT_HERE } from '../kernel/words.ts'
import type { Pid, Sendable } from '../types.ts'
import { isDefinition } from './define.ts'
import type { Closure, Definition, Place, SpawnOptions } from './shapes.ts'

/** Starts `what` from a process or a runtime of `kernel`. */
export const spawn = <N>(
  kernel: Kernel,
  what: Closure<N> | Definition<N, readonly unknown[]>,
  rest: unknown[],
): Pid<Sendable<N>> => {
  if (kernel.detached) throw new RumpusError('ERR_RUMPUS_STOPPED', 'the runtime has stopped')
  if (isDefinition(what)) return spawnDefinition(kernel, what, rest)
  if (typeof what !== 'function') throw badArgument(TypeError, 'body', 'a function or a definition', what)
  const { on = 'here' } = (rest[0] ?? {}) as SpawnOptions
  if (on !== 'here' && on !== kernel.id) {
    throw badArgument(
      RangeError,
      'options.on',
      `'here': a closure cannot leave its scheduler; use define() to run elsewhere`,
      on,
    )
  }
  return spawnHere(kernel, what as unknown as Body).pid as Pid<Sendable<N>>
}

const spawnDefinition = <N>(
  kernel: Kernel,
  what: Definition<N, readonly unknown[]>,
  args: unknown[],
): Pid<Sendable<N>> => {
  const at = placeOf(kernel, what.options.on ?? 'any')
  return postSpawn(kernel, kernel.around.define(kernel, what.url, what.name), args, at) as Pid<Sendable<N>>
}

const placeOf = (kernel: Kernel, on: Place): number => {
  if (on === 'any') return AT_ANY
  if (on === 'here') return AT_HERE
  if (Number.isInteger(on) && on >= 0 && on < kernel.handle.seats) return on
  throw badArgument(RangeError, 'options.on', `'any', 'here' or a scheduler from 0 to ${kernel.handle.seats - 1}`, on)
}
