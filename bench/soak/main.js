// Owns `npm run soak`: the times that we promise, provoked for real and asserted. Each case runs in a fresh process. Ends
// with 0 if all were kept, 1 if one was not, 2 if the machine was too busy to tell.

import { parseArgs } from 'node:util'
import { startChild } from '../start-child.js'
import { show } from '../table.js'

/** @typedef {import('./windows.js').Check} Check */

const CASES = [
  'visible-at-send',
  'send-then-end',
  'io-spread',
  'terminations',
  'event-loop',
  'stall',
  'timers',
  'rounds',
  'children',
  'dynamic-children',
  'idle',
  'exit',
]
const LIMIT_MS = 900_000
/** What a case needs of Node. @type {Record<string, readonly string[]>} */
const FLAGS = { terminations: ['--expose-gc'] }

const print = (/** @type {string} */ text) => process.stdout.write(`${text}\n`)

const { values } = parseArgs({ options: { only: { type: 'string', multiple: true, default: CASES } } })
const unknown = values.only.find((name) => !CASES.includes(name))
if (unknown !== undefined) throw new RangeError(`--only refused: wanted one of ${CASES.join(', ')}, got ${unknown}`)

/** @type {Set<string>} */
const verdicts = new Set()
for (const name of values.only) {
  for (const { verdict, line } of await linesOf(name)) {
    verdicts.add(verdict)
    print(line)
  }
}
if (verdicts.has('missed')) process.exitCode = 1
else if (verdicts.has('open')) process.exitCode = 2

/** @param {string} name */
async function linesOf(name) {
  const job = { module: new URL(`./${name}.js`, import.meta.url).href, ms: 0, params: {} }
  try {
    /** @type {Check[]} */
    const checks = await startChild(job, { flags: FLAGS[name] ?? [], limitMs: LIMIT_MS })
    return checks.map((check) => ({ verdict: check.verdict, line: lineOf(name, check) }))
  } catch (error) {
    return [{ verdict: 'missed', line: `failed  ${name} · ${/** @type {Error} */ (error).message}` }]
  }
}

/**
 * @param {string} name
 * @param {Check} check
 */
function lineOf(name, { what, measured, limit, unit, verdict, quiet, discarded }) {
  if (limit === null) return `note    ${name} · ${what}: ${show(measured)} ${unit}`
  const windows = `${quiet} quiet windows, ${discarded} discarded`
  return `${verdict.padEnd(6)}  ${name} · ${what}: ${show(measured)}, limit ${limit} ${unit} · ${windows}`
}
