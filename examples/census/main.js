// Owns the main job from the command line to the report: find the files, hand them to processes on all schedulers, add
// up what comes back, and do it again on one scheduler to compare.
//
// The coordinator is a process on the host. It keeps a few batches per scheduler in the air: enough that there is always
// something to steal, few enough that memory stays flat. Every batch is a process that it monitors, so a batch whose
// process ends without an answer, for whatever reason, goes back to the `Handout`.

import { statSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { Down, run } from 'rumpus'
import { batchesOf } from './batches.js'
import { Handout } from './handout.js'
import { HELP, parseOptions, UsageError } from './options.js'
import { readBytes } from './read.js'
import { renderJson, renderText, wantsColor } from './report.js'
import { addBatch, createTally, summarize } from './tally.js'
import { walk } from './walk.js'
import { worker } from './worker.js'

/** @typedef {import('./worker.js').Answer} Answer */
/** @typedef {import('rumpus').Self<Answer | Down>} Self */
/** @typedef {ReturnType<typeof walk>} Walked */

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
  const one = all.schedulers.length === 1 ? all : await census(directory, walked, top, 1)
  check(walked, all.summary, one.summary)
  const wall = { schedulers: all.schedulers.length, ms: all.ms, oneSchedulerMs: one.ms }
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
  const handout = new Handout(batchesOf(walked.files))
  const tally = createTally()
  /** @type {import('./report.js').SchedulerRow[]} */
  let rows = []
  const start = performance.now()
  await run(async (/** @type {Self} */ self) => {
    await coordinate(self, directory, handout, BATCHES_PER_SCHEDULER * (schedulers ?? availableParallelism()), (answer) => addBatch(tally, answer.result))
    rows = self.runtime.inspect().schedulers.map(({ id, started, steals, messagesIn, messagesOut, busyShare }) => (
      { id, processes: started, steals, messagesIn, messagesOut, busyShare }
    ))
  }, schedulers === undefined ? {} : { schedulers })
  const ms = performance.now() - start
  tally.problems.push(...walked.problems, ...handout.problems)
  return { summary: summarize(tally, top), rows, schedulers: rows.filter(({ id }) => id !== 0), ms }
}

/**
 * Hands out batches until every one is answered or given up.
 *
 * @param {Self} self
 * @param {string} root
 * @param {Handout} handout
 * @param {number} inFlightMax
 * @param {(answer: Answer) => void} add
 */
async function coordinate(self, root, handout, inFlightMax, add) {
  /** @type {Map<number, number>} the hand-out that each monitor watches */
  const watched = new Map()
  while (!handout.done || watched.size > 0) {
    while (watched.size < inFlightMax) {
      const batch = handout.next()
      if (!batch) break
      watched.set(self.monitor(self.spawn(worker, self.pid, { id: batch.id, root, paths: batch.paths })), batch.id)
    }
    const message = await self.receive()
    if (!(message instanceof Down)) {
      if (handout.settle(message.id)) add(message)
      continue
    }
    const id = watched.get(message.ref)
    watched.delete(message.ref)
    if (id !== undefined) handout.fail(id, describe(message.reason)) // means nothing if its answer has come
  }
}

/** @param {Down['reason']} reason */
function describe(reason) {
  return reason.kind === 'error' ? `${reason.kind}: ${reason.error.message}` : reason.kind
}

/**
 * A census that lost a file, or that two runs disagree about, is worse than none.
 *
 * @param {Walked} walked
 * @param {import('./tally.js').Summary} all
 * @param {import('./tally.js').Summary} one
 */
function check(walked, all, one) {
  const found = walked.files.length + walked.problems.length
  if (all.files.found !== found) throw new Error(`Census incomplete: found ${found} files, counted or reported ${all.files.found}`)
  const gaveUp = [...all.problems, ...one.problems].some(({ code }) => code === 'gave-up') // is reported, and may befall one run only
  if (!gaveUp && JSON.stringify(all) !== JSON.stringify(one)) throw new Error('Census inconsistent: the run on one scheduler came to other totals')
}

process.stdout.on('error', (error) => {
  if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EPIPE') throw error // `| head` has seen enough
})
try {
  process.stdout.write(await main(process.argv.slice(2)))
} catch (error) {
  const known = error instanceof UsageError
  process.stderr.write(`census: ${known ? `${error.message} (try --help)` : (/** @type {Error} */ (error).stack ?? error)}\n`)
  process.exitCode = known ? 2 : 1
}
