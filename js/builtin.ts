// How the modules of Node are reached: asked for, not imported. An `import` has Node read every getter of a module, and some of them
// load others (`fs.promises`, streams, `util.parseArgs`): a millisecond for each thread. Never true here: that one is loaded which
// nobody has asked for.

import { RumpusError } from './errors.ts'

if (process.getBuiltinModule === undefined) {
  throw new RumpusError(
    'ERR_RUMPUS_FOREIGN_HOST',
    `cannot load rumpus in Node.js ${process.version} on ${process.platform} ${process.arch}, which has no process.getBuiltinModule: run it with Node.js 20.19 or newer`,
  )
}

/** A module of Node, by its name. */
export const builtin: typeof process.getBuiltinModule = process.getBuiltinModule
