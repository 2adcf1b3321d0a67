// Owns one whole count in a runtime of its own: how many batches fly, who takes part, what is told of it. The only file,
// with `worker.js` and `chaos.js`, that touches the runtime.

import { run, send } from 'rumpus'
import { chaos, STRIKES_MAX } from './chaos.js'
import { coordinate } from './coordinator.js'
import { summarize } from './tally.js'
import { bomb, worker } from './worker.js'

/** @typedef {import('./coordinator.js').Self} Self */
/** @typedef {import('./coordinator.js').Walked} Walked */
/** @typedef {import('./progress.js').Progress} Progress */
/** @typedef {import('./report.js').SchedulerRow} SchedulerRow */
/** @typedef {{ top: number, schedulers?: number, chaos?: number }} How `chaos` is a seed */

const BATCHES_PER_SCHEDULER = 4

/**
 * @param {string} directory
 * @param {Walked} walked
 * @param {How} how
 * @param {Progress} progress
 * @param {AbortSignal} signal once aborted, the runtime stops and this rejects with its reason
 */
export async function census(directory, walked, how, progress, signal) {
  const start = performance.now()
  const counted = await run(async (/** @type {Self} */ self) => {
    try {
      return await count(self, directory, walked, how, progress, signal)
    } catch (error) {
      if (!signal.aborted) throw error
      return undefined // to be asked to stop is no crash
    }
  }, optionsFor(how))
  signal.throwIfAborted()
  if (counted === undefined) throw new Error('Census not counted: its process ended without a word')
  return { ...counted, ms: performance.now() - start }
}

/**
 * The root process.
 *
 * @param {Self} self
 * @param {string} directory
 * @param {Walked} walked
 * @param {How} how
 * @param {Progress} progress
 * @param {AbortSignal} signal
 */
async function count(self, directory, walked, how, progress, signal) {
  const schedulers = self.runtime.inspect().schedulers.length - 1 // the first is this thread
  progress.begin(`counting on ${schedulers} scheduler${schedulers === 1 ? '' : 's'}`, walked.files.length)
  const hunter = how.chaos === undefined ? undefined : self.spawnLink(chaos(how.chaos, schedulers, bomb))
  const { tally, failures } = await coordinate(self, worker, directory, walked, {
    inFlightMax: BATCHES_PER_SCHEDULER * schedulers,
    signal,
    counted: (files, bytes) => progress.add(files, bytes),
    ...(hunter && { forgiven: STRIKES_MAX, spawned: (pid) => send(hunter, { type: 'counts', pid }) }),
  })
  const struck = hunter && (await self.call(hunter, 'finish', { timeout: Number.POSITIVE_INFINITY, signal }))
  return {
    summary: summarize(tally, how.top),
    schedulers,
    rows: rowsOf(self.runtime.inspect()),
    struck: { processes: 0, threads: 0, ...struck, again: failures },
  }
}

/** @param {How} how @returns {import('rumpus').RuntimeOptions} */
function optionsFor({ schedulers, chaos: seed }) {
  return {
    ...(schedulers !== undefined && { schedulers }),
    // The threads that chaos ends are no news: it counts them itself. What a process throws still is.
    ...(seed !== undefined && { onCrash: (report) => report.pid !== 0 && console.error(report) }),
  }
}

/** @param {import('rumpus').RuntimeView} view @returns {SchedulerRow[]} */
function rowsOf({ schedulers }) {
  return schedulers.map(({ id, started, steals, messagesIn, messagesOut, busyShare }) => ({
    id,
    processes: started,
    steals,
    messagesIn,
    messagesOut,
    busyShare,
  }))
}
