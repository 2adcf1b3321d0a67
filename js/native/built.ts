// Knows where the built files of this package lie: beside this one; or, where a bundler has made this one a part of a program, in
// the package that is installed near that program. Threads, the addon and what else is loaded late are looked for from there, so that a program
// and its threads share one binary. Never true here: something is loaded but a manifest.

import { builtin } from '../builtin.ts'
import { RumpusError } from '../errors.ts'

const { existsSync } = builtin('node:fs')
const { createRequire } = builtin('node:module')
const { fileURLToPath, pathToFileURL } = builtin('node:url')

/** The version of the package, written in by the bundler. */
declare const RUMPUS_VERSION: string

/** What a scheduler thread starts with. */
const ENTRY = 'scheduler-thread.js'
const LEAVE_OUT = "leave it out of the bundle (`external: ['rumpus']`)"

const refuse = (why: string, cause?: unknown): never => {
  throw new RumpusError(
    'ERR_RUMPUS_BUNDLED',
    `rumpus ${RUMPUS_VERSION} is part of a bundle and ${why}`,
    ...(cause === undefined ? [] : [{ cause }]),
  )
}

/** Deno may forbid to look: then what is said of Deno comes first. */
const isThere = (file: URL): boolean => {
  try {
    return existsSync(file)
  } catch {
    return true
  }
}

/** The folder of the built files, for a module at `url`. */
const findBuilt = (url: string | undefined): URL => {
  if (url === undefined) {
    return refuse(`cannot tell where it lies: CommonJS has no import.meta.url; ${LEAVE_OUT}, or bundle as an ES module`)
  }
  const beside = new URL('./', url)
  if (isThere(new URL(ENTRY, beside))) return beside
  const install = `install rumpus ${RUMPUS_VERSION} where the program runs, or ${LEAVE_OUT}`
  const require = createRequire(url)
  let manifest: string
  let version: unknown
  try {
    manifest = require.resolve('rumpus/package.json')
    version = require(manifest).version
  } catch (cause) {
    return refuse(`does not find its own files from ${url}: ${install}`, cause)
  }
  if (version !== RUMPUS_VERSION) refuse(`finds version ${version} in ${manifest}: ${install}`)
  return new URL('./dist/', pathToFileURL(manifest))
}

/** The folder of the built files. */
export const builtFiles: URL = findBuilt(import.meta.url)

/** The file that a scheduler thread starts with. */
export const threadEntry: URL = new URL(ENTRY, builtFiles)

/** The file that a host loads when a thread has gone that has left something. */
export const rescueEntry: URL = new URL('rescue.js', builtFiles)

/** The file that a thread loads when something is traced. */
export const traceEntry: URL = new URL('trace.js', builtFiles)

/** The file, by its path, that a thread loads when the first nested value comes. */
export const msgpackrFile: string = fileURLToPath(new URL('msgpackr.cjs', builtFiles))
