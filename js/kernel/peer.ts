// Packages that only a part of ours needs, and that its users install themselves. Owns how one is found, and what is said when it is
// not there. Never true here: that one is loaded before somebody asks for what needs it.

import { builtin } from '../builtin.ts'
import { RumpusError } from '../errors.ts'

const { createRequire } = builtin('node:module')

/**
 * Loads the package `name`, which `who` needs, from beside the module at `url` or the folder that the program was started in.
 *
 * @throws RumpusError `ERR_RUMPUS_NO_PEER` that says what to install
 */
export const peer = (name: string, who: string, url: string | undefined): unknown => {
  let cause: unknown
  for (const from of [url, `${process.cwd()}/`]) {
    if (from === undefined) continue
    try {
      return createRequire(from)(name)
    } catch (error) {
      const isMissing = (error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND'
      cause ??= error
      if (!isMissing) break
    }
  }
  const why = (cause as Error | undefined)?.message.split('\n')[0] ?? 'it was not found'
  const how = `${who} needs ${name}: \`npm install ${name}\``
  throw new RumpusError(
    'ERR_RUMPUS_NO_PEER',
    `${how}, or give it as an option where the program is a bundle (${why})`,
    {
      cause,
    },
  )
}
