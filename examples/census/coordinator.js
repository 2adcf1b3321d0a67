// Owns the process that hands out and adds up. It is given the definition to spawn and imports nothing of the runtime.
//
// It keeps a bounded number of batches in the air: enough that there is always something to steal, few enough that memory
// stays flat. Every batch is a process that it monitors, so a batch whose process ends without an answer, for whatever
// reason, goes back to the `Handout`.

import { batchesOf } from './batches.js'
import { Handout } from './handout.js'
import { addBatch, createTally } from './tally.js'

/** @typedef {import('./worker.js').Answer} Answer */
/** @typedef {import('rumpus').Down} Down */
/** @typedef {import('rumpus').Self<Answer | Down>} Self */
/** @typedef {Awaited<ReturnType<typeof import('./walk.js').walk>>} Walked */
/**
 * @typedef {object} Watch who else takes part, and how
 * @property {number} inFlightMax batches in the air at once
 * @property {AbortSignal} [signal] once aborted, nothing more is handed out and `coordinate` rejects
 * @property {number} [forgiven] failures of a batch that are somebody's intention
 * @property {(pid: import('rumpus').Pid) => void} [spawned] hears of every process that counts
 * @property {(files: number, bytes: number) => void} [counted] hears of every answer that counts
 */

/**
 * Counts everything that was found; ends when every file is counted or reported.
 *
 * @param {Self} self
 * @param {typeof import('./worker.js').worker} worker
 * @param {string} root
 * @param {Walked} walked
 * @param {Watch} watch
 */
export async function coordinate(self, worker, root, walked, { inFlightMax, signal, forgiven = 0, spawned, counted }) {
  const handout = new Handout(batchesOf(walked.files), forgiven)
  const tally = createTally()
  /** @type {Map<number, number>} the hand-out that each monitor watches */
  const watched = new Map()
  while (!handout.done || watched.size > 0) {
    while (watched.size < inFlightMax) {
      const batch = handout.next()
      if (!batch) break
      const [pid, ref] = self.spawnMonitor(worker, self.pid, { id: batch.id, root, paths: batch.paths })
      watched.set(ref, batch.id)
      spawned?.(pid)
    }
    const message = await (signal ? self.receive({ signal }) : self.receive())
    if ('result' in message) {
      const { id, result } = message
      if (!handout.settle(id)) continue
      addBatch(tally, result)
      counted?.(result.hashes.length + result.problems.length, result.bytes)
    } else {
      const id = watched.get(message.ref)
      watched.delete(message.ref)
      if (id !== undefined) handout.fail(id, describe(message.reason)) // means nothing if its answer has come
    }
  }
  tally.problems.push(...walked.problems, ...handout.problems)
  return { tally, failures: handout.failures }
}

/** @param {Down['reason']} reason */
function describe(reason) {
  return reason.kind === 'error' ? `error: ${reason.error.message}` : reason.kind
}
