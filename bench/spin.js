// Owns the work that bodies do when they compute: a hash over a fixed number of steps, never a wait for a clock, so that
// every run of a case does the same. Knows how many steps make a microsecond on this machine.

/** Signed, as all that follow: a number outside 32 bits would make the loop five times slower where V8 inlines it. */
const FIRST = 0x811c9dc5 | 0

/**
 * Hashes `steps` numbers; the answer keeps the loop from being optimised away, and tells two runs apart that differ.
 *
 * @param {number} steps
 */
export function spin(steps) {
  let hash = FIRST
  for (let i = 0; i < steps; i++) hash = Math.imul(hash ^ (i & 0xff), 0x01000193)
  return hash >>> 0
}

/** Steps that take a microsecond here, measured once by the parent and given to every child of a run. */
export function calibrateSpin() {
  const steps = 2_000_000
  let best = Number.POSITIVE_INFINITY
  for (let i = 0; i < 30; i++) {
    const start = performance.now()
    spin(steps)
    best = Math.min(best, performance.now() - start)
  }
  return Math.round(steps / (best * 1000))
}
