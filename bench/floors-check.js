// Owns the question whether our rivals do the work of given reference floors: both are measured by turns, and must agree.
// The floors are a program that takes `--json --only NAME` and prints `{ NAME: figure }`; to weigh
// memory it is shown V8's collector.

import { execFile } from 'node:child_process'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { rivalNamed, sampleOf } from './alternate.js'
import { FLOOR_ROW } from './reach.js'
import { summarize } from './statistics.js'
import { show } from './table.js'

const AGREE = 0.25
/** f is what the others are measured by. */
const AGREE_F = 0.1
const TURNS_MAX = 5

/** Rivals that the reference floors have too. */
const SHARED = new Set(['floor', 'postMessage'])

/**
 * Compares and prints; answers whether all agree.
 *
 * @param {string} path
 * @param {readonly import('./rows.js').Row[]} rows
 * @param {import('./alternate.js').Plan} plan
 * @param {(line: string) => void} print
 */
export async function checkFloors(path, rows, plan, print) {
  const turns = Math.min(plan.runs, TURNS_MAX)
  let all = true
  for (const row of rows) {
    const rival = row.rivals.find((name) => SHARED.has(name))
    if (rival === undefined) continue
    /** @type {number[]} */
    const ours = []
    /** @type {number[]} */
    const theirs = []
    for (let i = 0; i < turns; i++) {
      ours.push((await sampleOf(row, rivalNamed(rival), plan)).value)
      theirs.push(await reference(path, row.name))
    }
    const [own, other] = [summarize(ours), summarize(theirs)]
    const limit = row.name === FLOOR_ROW ? AGREE_F : AGREE
    const agrees = Math.abs(own.median / other.median - 1) <= limit
    all &&= agrees
    const range = (/** @type {import('./statistics.js').Summary} */ one) =>
      `${show(one.median)} (${show(one.min)}..${show(one.max)})`
    print(
      `${row.name.padEnd(18)} ${rival} ${range(own)} · reference ${range(other)} · ratio ${show(own.median / other.median)}, wanted within ${limit * 100} %: ${agrees ? 'ok' : 'missed'}`,
    )
  }
  return all
}

/**
 * @param {string} path
 * @param {string} name
 * @returns {Promise<number>}
 */
async function reference(path, name) {
  const args = ['--expose-gc', resolve(path), '--json', '--only', name]
  const { stdout } = await promisify(execFile)(process.execPath, args)
  const figure = JSON.parse(stdout)[name]
  if (typeof figure !== 'number') throw new Error(`Reference floor missing: wanted ${name}, got ${stdout.trim()}`)
  return figure
}
