// Owns the definitions that schedulers run: one counts a batch and sends what it found home, one ends its whole thread.
// They share a module so that no thread can have the second loaded while it still loads the first.

import { define, send } from 'rumpus'
import { countBatch } from './count.js'

/** @typedef {{ id: number, root: string, paths: readonly string[] }} Batch */
/** @typedef {{ id: number, result: import('./count.js').BatchCount }} Answer */

/** A process that must end gives up a long file at its next pause, for `self.signal` is aborted then. */
export const worker = define(
  import.meta.url,
  'count',
  async (self, /** @type {import('rumpus').Pid<Answer>} */ coordinator, /** @type {Batch} */ batch) => {
    send(coordinator, { id: batch.id, result: await countBatch(batch.root, batch.paths, self.signal) })
  },
)

/** For `--chaos`: whatever runs on the same scheduler goes down with it. */
export const bomb = define(import.meta.url, 'bomb', () => process.exit(1))
