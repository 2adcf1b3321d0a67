// Owns the order in which rows are run: the case and its rivals by turns, each in fresh child processes, through the whole
// table and then again; a figure is the median. Whatever was measured counts: what disturbed it is reported, not left out.

import { NOISE_MAX } from './noise.js'
import { startChild } from './start-child.js'
import { medianOf, summarize } from './statistics.js'

/** @typedef {import('./measure.js').Sample} Sample */

/**
 * @typedef {object} Contestant
 * @property {string} name
 * @property {string} module - URL
 * @property {Readonly<Record<string, string>> | undefined} env
 *
 * @typedef {object} Plan
 * @property {number} runs
 * @property {number} ms - of work in each run at least
 * @property {Readonly<Record<string, unknown>>} params - for every child
 *
 * @typedef {object} Trial - a row and what its runs have answered so far
 * @property {import('./rows.js').Row} row
 * @property {Map<Contestant, Sample[]>} samples
 * @property {string} [problem] - why it is run no more
 *
 * @typedef {object} Score
 * @property {import('./statistics.js').Summary} figure
 * @property {number} cpu - cores used, the median
 * @property {number} runDelay - the worst
 * @property {number} foreign - the most
 * @property {number} operations - in a run
 */

/** The case of a row, named `rumpus`, and its rivals. @param {import('./rows.js').Row} row @returns {Contestant[]} */
export const contestantsOf = (row) => [
  { name: 'rumpus', module: new URL(`./cases/${row.module}.js`, import.meta.url).href, env: row.env },
  ...row.rivals.map((name) => rivalNamed(name)),
]

/** @param {string} name @returns {Contestant} */
export const rivalNamed = (name) => ({
  name,
  module: new URL(`./rivals/${name.toLowerCase()}.js`, import.meta.url).href,
  env: undefined,
})

/**
 * Runs every contestant of every row once, then all of them again, so many times: what a bad minute spoils is one run of
 * each row, not all the runs of one. A row that fails once is run no more.
 *
 * @param {readonly import('./rows.js').Row[]} rows
 * @param {Plan} plan
 * @param {(line: string) => void} say - how far it is
 * @returns {Promise<Trial[]>}
 */
export async function runRows(rows, plan, say) {
  const trials = rows.map((row) => ({ row, samples: new Map(contestantsOf(row).map((who) => [who, []])) }))
  const start = performance.now()
  for (let i = 1; i <= plan.runs; i++) {
    for (const trial of trials) await runOnce(trial, plan)
    say(`run ${i} of ${plan.runs}: ${Math.round((performance.now() - start) / 1000)} s`)
  }
  return trials
}

/**
 * @param {Trial} trial
 * @param {Plan} plan
 */
async function runOnce(trial, plan) {
  if (trial.problem !== undefined) return
  const { row, samples } = trial
  try {
    for (const [contestant, all] of samples) all.push(await sampleOf(row, contestant, plan))
    const checks = new Set([...samples.values()].flat().map(({ check }) => check))
    if (checks.size > 1) throw new Error(`the runs did different work: ${[...checks].join(', ')}`)
  } catch (error) {
    trial.problem = /** @type {Error} */ (error).message
  }
}

/** The scores of a row, by the name of the contestant. @param {Trial} trial @returns {Map<string, Score>} */
export const scoresOf = ({ samples }) => new Map([...samples].map(([{ name }, all]) => [name, scoreOf(all)]))

/**
 * One figure of one contestant.
 *
 * @param {import('./rows.js').Row} row
 * @param {Contestant} contestant
 * @param {Plan} plan
 */
export async function sampleOf(row, contestant, plan) {
  const params = { ...plan.params, ...row.params }
  if (row.legs === undefined) return repeat(contestant, plan.ms, params)
  /** @type {Sample[]} */
  const legs = []
  for (const leg of row.legs) legs.push(await repeat(contestant, plan.ms, { ...params, ...leg }))
  const [first, second] = legs
  if (first === undefined || second === undefined || first.check !== second.check) {
    throw new Error(`the legs did different work: ${legs.map(({ check }) => check).join(', ')}`)
  }
  return { ...merge(legs), value: first.value / second.value, check: first.check }
}

/**
 * Fresh children until they have worked long enough together: one, unless what they do happens once in a process.
 *
 * @param {Contestant} contestant
 * @param {number} ms
 * @param {Readonly<Record<string, unknown>>} params
 * @returns {Promise<Sample>}
 */
async function repeat({ module, env }, ms, params) {
  /** @type {Sample[]} */
  const samples = []
  let workMs = 0
  while (workMs < ms) {
    const sample = await startChild({ module, ms, params }, { env })
    if (!(sample.workMs > 0)) throw new Error(`${module} answered no work: ${JSON.stringify(sample)}`)
    workMs += sample.workMs
    samples.push(sample)
  }
  return { ...merge(samples), value: medianOf(samples.map(({ value }) => value)), check: samples[0]?.check }
}

/** @param {readonly Sample[]} samples */
function merge(samples) {
  const sum = (/** @type {(sample: Sample) => number} */ part) => samples.reduce((all, one) => all + part(one), 0)
  return {
    workMs: sum(({ workMs }) => workMs),
    operations: sum(({ operations }) => operations),
    cpu: medianOf(samples.map(({ cpu }) => cpu)),
    runDelay: Math.max(...samples.map(({ runDelay }) => runDelay)),
    foreign: Math.max(...samples.map(({ foreign }) => foreign)),
  }
}

/** @param {readonly Sample[]} samples @returns {Score} */
const scoreOf = (samples) => ({
  figure: summarize(samples.map(({ value }) => value)),
  cpu: medianOf(samples.map(({ cpu }) => cpu)),
  runDelay: Math.max(...samples.map(({ runDelay }) => runDelay)),
  foreign: Math.max(...samples.map(({ foreign }) => foreign)),
  operations: medianOf(samples.map(({ operations }) => operations)),
})

/** What to say of a score that was disturbed; nothing if it was not. @param {Score} score */
export function warningOf({ runDelay, foreign }) {
  if (!(runDelay > NOISE_MAX)) return undefined
  const percent = (/** @type {number} */ share) => `${(share * 100).toFixed(1)} %`
  return `a thread waited ${percent(runDelay)} of a run for a core; others had ${percent(foreign)} of one`
}
