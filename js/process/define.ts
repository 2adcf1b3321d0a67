// define: names a body so that any scheduler can find it again. Owns the shape of a definition; registers it in this
// isolate. Never starts anything.

import { badArgument } from '../errors.ts'
import { isolate } from '../kernel/kernels.ts'
import { keyOf } from '../kernel/keys.ts'
import type { Body } from '../kernel/process.ts'
import { checkOptions } from '../options.ts'
import { showAs } from '../show.ts'
import type { Crosses } from '../types.ts'
import { SPAWN_NAMES } from './option-names.ts'
import type { Definition, Self, SpawnOptions } from './shapes.ts'

/** A bundle in CommonJS has none; its own URL does as well. */
const URL_WANTED = 'import.meta.url, or `pathToFileURL(__filename).href` in CommonJS'

/**
 * Defines `body` under `name` in the module `url`, so that `spawn` can start it on any scheduler.
 *
 * Call it at the top level of a module, above any `run`: schedulers import the module to find it. The module must not need
 * what only your main file has. For a body that stays on this scheduler a plain function does.
 *
 * @param url - `import.meta.url`
 * @param name - unique in the module
 * @param body - the async function; it is given `self` and the arguments of `spawn`, which are always encoded
 * @returns the definition, for `self.spawn`
 * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT` if `url` is no URL, `name` no name, or `body` no function
 * @throws RangeError `ERR_RUMPUS_OUT_OF_RANGE` if another body has this name in this module
 * @example
 * ```ts
 * import { define, run, send } from 'rumpus'
 * import assert from 'node:assert/strict'
 *
 * const square = define(import.meta.url, 'square', async (self, parent, n) => send(parent, n * n))
 *
 * await run(async (self) => {
 *   self.spawn(square, self.pid, 7)
 *   assert.equal(await self.receive(), 49)
 * })
 * ```
 */
export const define = <M = unknown, A extends readonly unknown[] = readonly unknown[]>(
  url: string,
  name: string,
  body: (self: Self<M>, ...args: A) => unknown,
  ..._: false extends Crosses<M> | Crosses<A>
    ? ['the messages and arguments of a definition must be able to cross']
    : []
): Definition<M, A> => {
  if (typeof url !== 'string' || !URL.canParse(url)) throw badArgument(TypeError, 'url', URL_WANTED, url)
  if (typeof name !== 'string' || name === '' || name.includes('#')) {
    throw badArgument(TypeError, 'name', 'a name without "#"', name)
  }
  if (typeof body !== 'function') throw badArgument(TypeError, 'body', 'a function', body)
  const key = keyOf(url, name)
  const known = isolate.bodies.get(key)
  if (known !== undefined && known.toString() !== body.toString()) {
    throw badArgument(RangeError, 'name', `a name that ${url} has not defined yet`, name)
  }
  isolate.bodies.set(key, body as unknown as Body)
  return new Made(url, name, body, {})
}

/** What {@link define} answers. What it has is its own, so that a copy is one, too. */
class Made<M, A extends readonly unknown[]> implements Definition<M, A> {
  readonly url: string
  readonly name: string
  readonly body: (self: Self<M>, ...args: A) => unknown
  readonly options: SpawnOptions
  readonly with: (more: SpawnOptions) => Definition<M, A>

  constructor(url: string, name: string, body: (self: Self<M>, ...args: A) => unknown, options: SpawnOptions) {
    this.url = url
    this.name = name
    this.body = body
    this.options = options
    this.with = (more) => {
      checkOptions('options', more, SPAWN_NAMES)
      return new Made(url, name, body, { ...options, ...more })
    }
  }
}

showAs(Made.prototype, ({ name, url }) => `Definition { ${JSON.stringify(name)} of ${url} }`)

/** Whether a value is a definition. */
export const isDefinition = (value: unknown): value is Definition<unknown, readonly unknown[]> => {
  if (typeof value !== 'object' || value === null) return false
  const { url, name, body, options } = value as Partial<Definition<unknown, readonly unknown[]>>
  return (
    typeof url === 'string' && typeof name === 'string' && typeof body === 'function' && typeof options === 'object'
  )
}
