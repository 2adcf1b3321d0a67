// Decides which binary is taken and what is said when none can be: one built from this clone, else the platform package,
// in the version of this package. Never true here: a binary that is for another system is tried.

import { RumpusError } from '../errors.ts'
import { describeHost, type Host, otherPlatforms, platformName, refuseHost } from './host.ts'

/** How binaries are reached; a test gives its own. */
export interface Shelf {
  /** The path of a binary that was built here for the platform of this name, or nothing. */
  built(name: string): string | undefined
  /** The path of the binary of the platform package of this name, or nothing where it is not installed. */
  installed(name: string): string | undefined
  /** Loads a binary; throws where the system refuses it. */
  open(path: string): unknown
}

/**
 * The addon for a host: `version` is that of the JavaScript half.
 *
 * @throws RumpusError `ERR_RUMPUS_FOREIGN_HOST`: no binary can run in this engine; `ERR_RUMPUS_NO_BINARY`: there is none
 *   for the system, or it is not installed; `ERR_RUMPUS_WRONG_BINARY`: it does not load, or is of another version.
 */
export const findAddon = (host: Host, version: string, shelf: Shelf): unknown => {
  const refuse = (code: string, why: string, cause?: unknown): never => {
    throw new RumpusError(
      code,
      `cannot load rumpus ${version} in ${describeHost(host)}: ${why}`,
      ...(cause === undefined ? [] : [{ cause }]),
    )
  }
  const foreign = refuseHost(host)
  if (foreign !== undefined) refuse('ERR_RUMPUS_FOREIGN_HOST', foreign)
  const name = platformName(host)
  const path = shelf.built(name) ?? shelf.installed(name) ?? refuse('ERR_RUMPUS_NO_BINARY', whyNone(host, shelf))
  let addon: { version?: () => string }
  try {
    addon = shelf.open(path) as typeof addon
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return refuse('ERR_RUMPUS_WRONG_BINARY', `its binary does not load: ${reason}; ${REINSTALL}`, error)
  }
  const found = addon.version?.() ?? 'no known version'
  if (found !== version) {
    refuse(
      'ERR_RUMPUS_WRONG_BINARY',
      `its binary must be of version ${version}, ${path} is of ${found}; ${REINSTALL}, or, in a clone, build anew by \`npm run build\``,
    )
  }
  return addon
}

const REINSTALL = 'remove node_modules and install again on this system'
const BUILD = 'build it from a clone with a Rust toolchain by `npm run build`'

const whyNone = (host: Host, shelf: Shelf): string => {
  const name = platformName(host)
  const others = otherPlatforms(host)
  if (others === undefined) return `there is no platform package for ${name}; ${BUILD}`
  const strangers = others.filter((other) => shelf.installed(other) !== undefined)
  if (strangers.length > 0) {
    const found = strangers.map((other) => `rumpus-${other}`).join(' and ')
    return `the platform package rumpus-${name} is wanted, ${found} is installed; ${REINSTALL}`
  }
  return `the platform package rumpus-${name} is not installed; install again with optional dependencies (\`npm install --include=optional\`), or ${BUILD}`
}
