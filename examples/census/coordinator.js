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

/**
 * Counts everything that was found; ends when every file is counted or reported.
 *
 * @param {Self} self
 * @param {typeof import('./worker.js').worker} worker
 * @param {string} root
 * @param {ReturnType<typeof import('./walk.js').walk>} walked
 * @param {number} inFlightMax batches in the air at once
 */
export async function coordinate(self, worker, root, walked, inFlightMax) {
  const handout = new Handout(batchesOf(walked.files))
  const tally = createTally()
  /** @type {Map<number, number>} the hand-out that each monitor watches */
  const watched = new Map()
  while (!handout.done || watched.size > 0) {
    while (watched.size < inFlightMax) {
      const batch = handout.next()
      if (!batch) break
      const pid = self.spawn(worker, self.pid, { id: batch.id, root, paths: batch.paths })
      watched.set(self.monitor(pid), batch.id)
    }
    const message = await self.receive()
    if ('result' in message) {
      if (handout.settle(message.id)) addBatch(tally, message.result)
    } else {
      const id = watched.get(message.ref)
      watched.delete(message.ref)
      if (id !== undefined) handout.fail(id, describe(message.reason)) // means nothing if its answer has come
    }
  }
  tally.problems.push(...walked.problems, ...handout.problems)
  return tally
}

/** @param {Down['reason']} reason */
function describe(reason) {
  return reason.kind === 'error' ? `error: ${reason.error.message}` : reason.kind
}
