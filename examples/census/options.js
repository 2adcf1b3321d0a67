// Owns the command line: what may be said, what it means when nothing is said, and the one line that tells a mistake.

import { randomInt } from 'node:crypto'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

/**
 * @typedef {object} Options
 * @property {string} directory absolute
 * @property {boolean} json
 * @property {boolean} help
 * @property {number} top
 * @property {number} [schedulers] absent: as many as the runtime finds good
 * @property {number} [chaos] the seed; absent: nobody is killed
 */

export const SCHEDULERS_MAX = 63
const SEED_MAX = 2 ** 32 - 1
const TOP_DEFAULT = 10
const TOP_MAX = 1_000_000
const DEFAULT_DIRECTORY = fileURLToPath(new URL('../../node_modules', import.meta.url))

export const HELP = `Usage: node examples/census/main.js [directory] [options]

Counts the tokens, identifiers and duplicates of every JavaScript and TypeScript file under a directory
(default: this project's own node_modules) on all schedulers, and the same once more on one scheduler.

  --schedulers N   worker threads to use, 1 to ${SCHEDULERS_MAX} (default: one per core)
  --top N          identifiers to name, most frequent first (default: ${TOP_DEFAULT})
  --chaos [seed]   kill processes and scheduler threads at random meanwhile; compare with a plain loop on this thread.
                   The seed (0 to ${SEED_MAX}; default: a random one, which is told) decides the draws, not the timing
  --json           print the result as JSON
  --help           print this and end

The result goes to stdout, progress to stderr: a bar on a terminal, else a plain line now and then. Colours only on a
terminal; NO_COLOR=1 turns them off, FORCE_COLOR=1 on.

Exit codes:
  0    the census is complete; files that could not be counted are reported in it
  1    it failed
  2    bad usage
  3    two counts of the same files disagree, or one is not complete
  130  stopped by Ctrl-C (SIGINT), 143 by SIGTERM: stderr says what was done so far; a second signal ends it at once
`

/** A mistake on the command line; its message is one line. */
export class UsageError extends Error {
  /** @param {string} what @param {string} wanted @param {string} got */
  constructor(what, wanted, got) {
    super(`${what}: wanted ${wanted}, got ${got}`)
    this.name = 'UsageError'
  }
}

/**
 * @param {readonly string[]} argv without the program
 * @returns {Options}
 * @throws {UsageError}
 */
export function parseOptions(argv) {
  // Not strict: the checks below say in one line what was wanted, which parseArgs does not.
  const { tokens } = parseArgs({
    args: [...argv],
    options: {
      json: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
      chaos: { type: 'boolean' },
      schedulers: { type: 'string' },
      top: { type: 'string' },
    },
    strict: false,
    tokens: true,
  })
  /** @type {Options} */
  const options = { directory: DEFAULT_DIRECTORY, json: false, help: false, top: TOP_DEFAULT }
  /** @type {number | undefined} where a seed may stand: behind `--chaos` */
  let seedAt
  let directories = 0
  for (const token of tokens) {
    if (token.kind === 'positional' && token.index === seedAt && /^\d+$/.test(token.value)) {
      options.chaos = wholeNumber('--chaos', token.value, 0, SEED_MAX)
    } else if (token.kind === 'positional') {
      directories += 1
      if (directories > 1)
        throw new UsageError('directory', 'one directory at most', `another, ${JSON.stringify(token.value)}`)
      if (token.value === '') throw new UsageError('directory', 'the path of a directory', '""')
      options.directory = resolve(token.value)
    } else if (token.kind === 'option') {
      if (token.name === 'chaos' && token.value === undefined) seedAt = token.index + 1
      readOption(options, token)
    }
  }
  return options
}

/**
 * @param {Options} options
 * @param {{ name: string, rawName: string, value?: string | undefined }} token
 */
function readOption(options, { name, rawName, value }) {
  switch (name) {
    case 'json':
    case 'help':
      if (value !== undefined) throw new UsageError(rawName, 'no value', JSON.stringify(value))
      options[name] = true
      break
    case 'schedulers':
      options.schedulers = wholeNumber(rawName, value, 1, SCHEDULERS_MAX)
      break
    case 'top':
      options.top = wholeNumber(rawName, value, 0, TOP_MAX)
      break
    case 'chaos':
      options.chaos = value === undefined ? randomInt(SEED_MAX) : wholeNumber(rawName, value, 0, SEED_MAX)
      break
    default:
      throw new UsageError('option', 'one of --schedulers, --top, --chaos, --json, --help', JSON.stringify(rawName))
  }
}

/** @param {string} option @param {string | undefined} value @param {number} min @param {number} max */
function wholeNumber(option, value, min, max) {
  const number = /^\d+$/.test(value ?? '') ? Number(value) : Number.NaN
  if (number >= min && number <= max) return number
  throw new UsageError(
    option,
    `a whole number from ${min} to ${max}`,
    value === undefined ? 'no value' : JSON.stringify(value),
  )
}
