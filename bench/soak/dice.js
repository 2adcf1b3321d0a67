// Owns the seeded choices of the soaks: the same seed makes the same run (mulberry32).

/**
 * Whole numbers below a bound.
 *
 * @param {number} seed
 * @returns {(bound: number) => number}
 */
export function dice(seed) {
  let state = seed >>> 0
  return (bound) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * bound)
  }
}
