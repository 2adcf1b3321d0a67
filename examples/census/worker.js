// Owns the definition that every scheduler runs: one process counts one batch and sends what it found home.

import { define, send } from 'rumpus'
import { countBatch } from './count.js'

/** @typedef {{ id: number, root: string, paths: readonly string[] }} Batch */
/** @typedef {{ id: number, result: import('./count.js').BatchCount }} Answer */

export const worker = define(
  import.meta.url,
  'count',
  async (_self, /** @type {import('rumpus').Pid<Answer>} */ coordinator, /** @type {Batch} */ batch) => {
    send(coordinator, { id: batch.id, result: await countBatch(batch.root, batch.paths) })
  },
)
