// Owns the work that bodies do when they compute: a checksum of a fixed number of blocks, never a wait for a clock, so that
// every run of a case does the same. Native code, because a loop of ours took 1 or 2.6 times as long, as V8 had it that day
// on that thread. Knows how many blocks make a microsecond on this machine.

import { crc32 } from 'node:zlib'

const BLOCK = Uint8Array.from({ length: 4096 }, (_, i) => i * 31)

/**
 * Takes the checksum of `blocks` blocks, of a part of one as of a whole; the answer tells two runs apart that differ.
 *
 * @param {number} blocks
 */
export function spin(blocks) {
  let sum = 0
  for (let i = 0; i < blocks; i++) sum = crc32(BLOCK, sum)
  return sum
}

/** Blocks that take a microsecond here, measured once by the parent and given to every child of a run. */
export function calibrateSpin() {
  const blocks = 2000
  let best = Number.POSITIVE_INFINITY
  for (let i = 0; i < 30; i++) {
    const start = performance.now()
    spin(blocks)
    best = Math.min(best, performance.now() - start)
  }
  return blocks / (best * 1000)
}
