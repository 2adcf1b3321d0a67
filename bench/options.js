// Owns the command line of `npm run bench`.

import { parseArgs } from 'node:util'

export const HELP = `npm run bench -- [options]
  --only NAME           this row; may be repeated
  --runs N              fresh processes for each figure, 7 unless given
  --quick               3 runs of 0.1 s: whether it works, not how fast it is
  --json FILE           writes the results there too
  --check-floors FILE   instead: do the rivals agree with these reference floors, measured by turns?
`

/**
 * @typedef {object} Options
 * @property {readonly string[]} only
 * @property {number} runs
 * @property {number} ms - of work in each run at least
 * @property {string | undefined} json
 * @property {string | undefined} checkFloors
 * @property {boolean} help
 */

/** @param {string[]} args @returns {Options} */
export function parseOptions(args) {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: 'string', multiple: true, default: [] },
      runs: { type: 'string' },
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
      'check-floors': { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  const runs = Number(values.runs ?? (values.quick ? 3 : 7))
  if (!Number.isInteger(runs) || runs < 1) throw new RangeError(`--runs refused: wanted 1 or more, got ${values.runs}`)
  const ms = values.quick ? 100 : 500
  return { only: values.only, runs, ms, json: values.json, checkFloors: values['check-floors'], help: values.help }
}
