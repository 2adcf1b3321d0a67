// Owns the clock of the soaks: milliseconds that mean the same on every thread of this process.

export const now = () => Number(process.hrtime.bigint()) / 1e6

/** Computes for so long; only where the time is the point. @param {number} ms */
export function computeFor(ms) {
  const until = now() + ms
  while (now() < until);
}
