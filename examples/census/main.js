// Owns the main job from the command line to the report: find the files, have them counted on all schedulers, and once
// more in another way to compare. Nothing is decided here that another file owns.
//
// To read on: `census.js` starts the runtime, `coordinator.js` hands out and adds up, `worker.js` counts on whatever
// scheduler it was placed, `chaos.js` ends what it can. README.md walks through them.

import { statSync } from 'node:fs'
import { join } from 'node:path'
import { breather } from './breathe.js'
import { census } from './census.js'
import { HELP, parseOptions, UsageError } from './options.js'
import { Progress } from './progress.js'
import { readBytes } from './read.js'
import { renderJson, renderText } from './report.js'
import { countSequentially } from './sequential.js'
import { Stopped, stopSignal } from './stop.js'
import { isLive, painter, printable, wantsColor } from './terminal.js'
import { walk } from './walk.js'

/** @typedef {import('./options.js').Options} Options */
/** @typedef {import('./coordinator.js').Walked} Walked */
/** @typedef {import('./tally.js').Summary} Summary */

/** Two counts of the same files disagree, or one lost a file: worse than no census. */
class Disagreement extends Error {}

/** @param {Options} options @param {Progress} progress @param {AbortSignal} signal */
async function main(options, progress, signal) {
  const { directory, top, chaos } = options
  if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory()) {
    throw new UsageError('directory', 'a directory that exists', JSON.stringify(directory))
  }
  const walked = await find(directory, progress, signal)
  const all = await census(directory, walked, options, progress, signal)
  check(walked, all.summary)
  const result = { directory, summary: all.summary, symlinks: walked.symlinks, schedulers: all.rows }
  const wall = { schedulers: all.schedulers, ms: all.ms }
  if (chaos !== undefined) {
    const { summary, ms } = await plainLoop(directory, walked, top, progress, signal)
    compare(all.summary, summary, 'a plain loop')
    return { ...result, wall: { ...wall, plainLoopMs: ms }, chaos: { seed: chaos, ...all.struck } }
  }
  const one = all.schedulers === 1 ? all : await census(directory, walked, { top, schedulers: 1 }, progress, signal)
  // A file given up is reported, and may have been so in one run only.
  const gaveUp = [...all.summary.problems, ...one.summary.problems].some(({ code }) => code === 'gave-up')
  if (!gaveUp) compare(all.summary, one.summary, 'the run on one scheduler')
  return { ...result, wall: { ...wall, oneSchedulerMs: one.ms } }
}

/**
 * Finds the files and reads each once, so that all counts find a warm file cache.
 *
 * @param {string} directory
 * @param {Progress} progress
 * @param {AbortSignal} signal
 */
async function find(directory, progress, signal) {
  const breathe = breather(signal)
  progress.begin(`looking for sources in ${printable(directory)}`)
  const walked = await walk(directory, (files) => {
    progress.add(files, 0)
    return breathe()
  })
  progress.begin('reading each once', walked.files.length)
  for (const { path, size } of walked.files) {
    readBytes(join(directory, path), path)
    progress.add(1, size)
    await breathe()
  }
  return walked
}

/**
 * The oracle: no runtime, no batches, no other thread.
 *
 * @param {string} directory
 * @param {Walked} walked
 * @param {number} top
 * @param {Progress} progress
 * @param {AbortSignal} signal
 */
async function plainLoop(directory, walked, top, progress, signal) {
  const breathe = breather(signal)
  progress.begin('counting once more in a plain loop', walked.files.length)
  const start = performance.now()
  const paths = walked.files.map(({ path }) => path)
  const summary = await countSequentially(directory, paths, top, (bytes) => {
    progress.add(1, bytes)
    return breathe()
  })
  summary.problems = [...walked.problems, ...summary.problems].sort((a, b) => (a.path < b.path ? -1 : 1))
  summary.files.found += walked.problems.length
  summary.files.reported += walked.problems.length
  return { summary, ms: performance.now() - start }
}

/** @param {Walked} walked @param {Summary} summary */
function check(walked, { files }) {
  const found = walked.files.length + walked.problems.length
  if (files.found !== found)
    throw new Disagreement(`Census incomplete: found ${found} files, counted or reported ${files.found}`)
}

/** @param {Summary} all @param {Summary} other @param {string} name */
function compare(all, other, name) {
  if (JSON.stringify(all) !== JSON.stringify(other))
    throw new Disagreement(`Census inconsistent: ${name} came to other totals`)
}

/** What to say of a failure, and the exit code. @param {unknown} error @param {Progress} progress */
function describe(error, progress) {
  if (error instanceof Stopped)
    return { text: `${error.message}; done so far:\n${progress.summary()}`, code: error.exitCode }
  if (error instanceof UsageError) return { text: `${error.message} (try --help)`, code: 2 }
  if (error instanceof Disagreement) return { text: error.message, code: 3 }
  return { text: error instanceof Error ? error.stack : String(error), code: 1 }
}

for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error) => {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EPIPE') throw error // `| head` has seen enough
  })
}
const progress = new Progress({
  write: (text) => process.stderr.write(text),
  live: isLive(process.stderr, process.env),
  columns: () => process.stderr.columns || 80,
  paint: painter(wantsColor(process.stderr, process.env)),
  now: () => performance.now(),
})
try {
  const options = parseOptions(process.argv.slice(2))
  if (options.help) process.stdout.write(HELP)
  else {
    const result = await main(options, progress, stopSignal(process))
    const color = wantsColor(process.stdout, process.env)
    progress.clear()
    process.stdout.write(options.json ? renderJson(result) : renderText(result, { color }))
  }
} catch (error) {
  const { text, code } = describe(error, progress)
  progress.clear()
  process.stderr.write(`census: ${text}\n`)
  process.exitCode = code
}
