// Owns how files become batches: which travel together, and which batch goes first. Pure.

/** @typedef {import('./walk.js').Found} Found */

const BATCHES_WANTED = 128
const BATCH_BYTES_MIN = 64 * 1024
const BATCH_BYTES_MAX = 512 * 1024
const BATCH_FILES_MAX = 128

/**
 * Neighbours travel together, because files of one package share their identifiers and so the answer is smaller; the
 * largest batch goes first, because a large one handed out last would keep one scheduler busy while the others wait. A small
 * job is cut finely, to have something to share; a big one coarsely, because each answer is work for the coordinator.
 *
 * @param {readonly Found[]} files in a stable order
 * @returns {string[][]} paths
 */
export function batchesOf(files) {
  /** @type {{ bytes: number, paths: string[] }[]} */
  const batches = []
  let current = { bytes: 0, paths: /** @type {string[]} */ ([]) }
  const total = files.reduce((sum, { size }) => sum + size, 0)
  const bytesMax = Math.min(Math.max(total / BATCHES_WANTED, BATCH_BYTES_MIN), BATCH_BYTES_MAX)
  for (const { path, size } of files) {
    const full = current.bytes + size > bytesMax || current.paths.length === BATCH_FILES_MAX
    if (full || batches.length === 0) {
      current = { bytes: 0, paths: [] }
      batches.push(current)
    }
    current.bytes += size
    current.paths.push(path)
  }
  return batches.sort((a, b) => b.bytes - a.bytes).map((batch) => batch.paths)
}
