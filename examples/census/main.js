// Owns the main job from the command line to the report: find the files, have them counted on all schedulers, and once
// more on one scheduler to compare. Only this file and `worker.js` touch the runtime.
//
// To read on: `coordinator.js` hands out and adds up, `worker.js` counts on whatever scheduler it was placed.

import { statSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { run } from 'rumpus'
import { coordinate } from './coordinator.js'
import { HELP, parseOptions, UsageError } from './options.js'
import { readBytes } from './read.js'
import { renderJson, renderText, wantsColor } from './report.js'
import { createTally, summarize } from './tally.js'
import { walk } from './walk.js'
import { worker } from './worker.js'

/** @typedef {import('./coordinator.js').Self} Self */
/** @typedef {ReturnType<typeof walk>} Walked */
/** @typedef {import('./tally.js').Summary} Summary */

const BATCHES_PER_SCHEDULER = 4

/** @param {readonly string[]} argv */
async function main(argv) {
  const options = parseOptions(argv)
  if (options.help) return HELP
  const { directory, top } = options
  if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory()) {
    throw new UsageError('directory', 'a directory that exists', JSON.stringify(directory))
  }
  const walked = walk(directory)
  for (const { path } of walked.files) readBytes(join(directory, path), path) // warms the file cache for both runs
  const all = await census(directory, walked, top, options.schedulers)
  const one = all.schedulers === 1 ? all : await census(directory, walked, top, 1)
  check(walked, all.summary, one.summary)
  const wall = { schedulers: all.schedulers, ms: all.ms, oneSchedulerMs: one.ms }
  const result = { directory, summary: all.summary, symlinks: walked.symlinks, schedulers: all.rows, wall }
  return options.json ? renderJson(result) : renderText(result, { color: wantsColor(process.stdout, process.env) })
}

/**
 * The whole job in a runtime of its own.
 *
 * @param {string} directory
 * @param {Walked} walked
 * @param {number} top
 * @param {number | undefined} schedulers
 */
async function census(directory, walked, top, schedulers) {
  const inFlightMax = BATCHES_PER_SCHEDULER * (schedulers ?? availableParallelism())
  let tally = createTally()
  /** @type {import('./report.js').SchedulerRow[]} */
  let rows = []
  const start = performance.now()
  await run(
    async (/** @type {Self} */ self) => {
      tally = await coordinate(self, worker, directory, walked, inFlightMax)
      rows = self.runtime.inspect().schedulers.map(({ id, started, steals, messagesIn, messagesOut, busyShare }) => ({
        id,
        processes: started,
        steals,
        messagesIn,
        messagesOut,
        busyShare,
      }))
    },
    schedulers === undefined ? {} : { schedulers },
  )
  const ms = performance.now() - start
  return { summary: summarize(tally, top), rows, schedulers: rows.filter(({ id }) => id !== 0).length, ms }
}

/**
 * A census that lost a file, or that two runs disagree about, is worse than none.
 *
 * @param {Walked} walked
 * @param {Summary} all
 * @param {Summary} one
 */
function check(walked, all, one) {
  const found = walked.files.length + walked.problems.length
  if (all.files.found !== found) {
    throw new Error(`Census incomplete: found ${found} files, counted or reported ${all.files.found}`)
  }
  // A file given up is reported, and may have been so in one run only.
  const gaveUp = [...all.problems, ...one.problems].some(({ code }) => code === 'gave-up')
  if (!gaveUp && JSON.stringify(all) !== JSON.stringify(one)) {
    throw new Error('Census inconsistent: the run on one scheduler came to other totals')
  }
}

process.stdout.on('error', (error) => {
  if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EPIPE') throw error // `| head` has seen enough
})
try {
  process.stdout.write(await main(process.argv.slice(2)))
} catch (error) {
  const usage = error instanceof UsageError
  const text = usage ? `${error.message} (try --help)` : error instanceof Error ? error.stack : String(error)
  process.stderr.write(`census: ${text}\n`)
  process.exitCode = usage ? 2 : 1
}
