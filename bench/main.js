// Owns `npm run bench`: runs the rows, prints one table, writes the JSON. Ends with 1 if a row could not be run; a reach
// that was missed is a result.

import { mkdirSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import { dirname } from 'node:path'
import { runRows, scoresOf, warningOf } from './alternate.js'
import { checkFloors } from './floors-check.js'
import { machineFacts } from './machine.js'
import { HELP, parseOptions } from './options.js'
import { FLOOR_ROW } from './reach.js'
import { rowsNamed } from './rows.js'
import { calibrateSpin } from './spin.js'
import { showConditions, showMachine, showTable } from './table.js'

/**
 * @typedef {import('./machine.js').Machine} Machine
 * @typedef {import('./table.js').Result} Result
 */

const print = (/** @type {string} */ text) => process.stdout.write(`${text}\n`)
const say = (/** @type {string} */ text) => process.stderr.write(`${text}\n`)

async function main() {
  const request = parseRequest()
  if (request === undefined) return
  const { options, rows } = request
  if (options.help) return print(HELP)
  const machine = await machineFacts(calibrateSpin())
  const { blocksPerUs, schedulers } = machine
  const plan = { runs: options.runs, ms: options.ms, params: { blocksPerUs, schedulers } }
  print(showMachine(machine))
  if (options.checkFloors === undefined) return runAll(rows, plan, machine, options.json)
  if (!(await checkFloors(options.checkFloors, rows, plan, print))) process.exitCode = 1
}

/** What the command line asks for; nothing, and a word to the user, if that cannot be. */
function parseRequest() {
  try {
    const options = parseOptions(process.argv.slice(2))
    return { options, rows: rowsNamed(options.only) }
  } catch (error) {
    say(`bench: ${/** @type {Error} */ (error).message} (try --help)`)
    process.exitCode = 2
    return undefined
  }
}

/**
 * @param {readonly import('./rows.js').Row[]} rows
 * @param {import('./alternate.js').Plan} plan
 * @param {Machine} machine
 * @param {string | undefined} file
 */
async function runAll(rows, plan, machine, file) {
  const trials = await runRows(rows, plan, say)
  const results = resultsOf(trials, plan)
  const problems = trials.flatMap(({ row, problem }) => (problem === undefined ? [] : [`${row.name}: ${problem}`]))
  const whole = { ...machine, loadAfter: os.loadavg(), runDelay: worstDelay(results), f: floorOf(results) }
  print(showConditions(whole, plan))
  print(showTable(results))
  for (const warning of results.flatMap(warningsOf)) print(`warning: ${warning}`)
  for (const problem of problems) print(`failed: ${problem}`)
  if (problems.length > 0) process.exitCode = 1
  if (file === undefined) return
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `${JSON.stringify(asJson(whole, results), undefined, 2)}\n`)
}

/**
 * @param {readonly import('./alternate.js').Trial[]} trials
 * @param {import('./alternate.js').Plan} plan
 * @returns {Result[]}
 */
function resultsOf(trials, plan) {
  const run = trials
    .filter(({ problem }) => problem === undefined)
    .map((trial) => ({ ...trial.row, scores: scoresOf(trial), n: plan.runs }))
  const f = floorOf(run)
  return run.map(({ name, unit, scores, reach, n }) => {
    const ratio = reach.ratio({ ...figuresOf(scores), f, row: (row) => figureOfRow(run, row, 'rumpus') })
    return { name, unit, scores, ratio, reach: reach.text, met: reach.met(ratio), n }
  })
}

/** @param {ReadonlyMap<string, import('./alternate.js').Score>} scores */
function figuresOf(scores) {
  const medians = Object.fromEntries([...scores].map(([name, { figure }]) => [name, figure.median]))
  const { rumpus = Number.NaN, ...rivals } = medians
  return { rumpus, rivals }
}

/** @param {readonly { name: string, scores: Result['scores'] }[]} results */
const floorOf = (results) => figureOfRow(results, FLOOR_ROW, 'floor')

/**
 * @param {readonly { name: string, scores: Result['scores'] }[]} results
 * @param {string} row
 * @param {string} contestant
 */
const figureOfRow = (results, row, contestant) =>
  results.find(({ name }) => name === row)?.scores.get(contestant)?.figure.median ?? Number.NaN

/** @param {readonly Result[]} results */
const worstDelay = (results) =>
  Math.max(0, ...results.flatMap(({ scores }) => [...scores.values()].map(({ runDelay }) => runDelay)))

/** @param {Result} result */
const warningsOf = ({ name, scores }) =>
  [...scores].flatMap(([contestant, score]) => {
    const warning = warningOf(score)
    return warning === undefined ? [] : [`${name}, ${contestant}: ${warning}`]
  })

/**
 * @param {Machine} machine
 * @param {readonly Result[]} results
 */
const asJson = (machine, results) => ({
  machine,
  results: results.map(({ name, unit, scores, ratio, reach, met, n }) => {
    const { rumpus, rivals } = figuresOf(scores)
    return { name, unit, rumpus, rivals, n, ratio, reach, met, runs: Object.fromEntries(scores) }
  }),
})

await main()
