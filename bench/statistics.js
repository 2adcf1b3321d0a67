// Owns what becomes of many figures: the median and the range. Nothing is thrown away: an outlier shows in the range.

/** @typedef {{ median: number, min: number, max: number }} Summary */

/**
 * The middle one; of an even number the upper of the two, as in the reference floors.
 *
 * @param {readonly number[]} values
 */
export function medianOf(values) {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN
}

/**
 * @param {readonly number[]} values
 * @returns {Summary}
 */
export function summarize(values) {
  return { median: medianOf(values), min: Math.min(...values), max: Math.max(...values) }
}

/**
 * The value that a share of the figures does not exceed.
 *
 * @param {readonly number[]} values
 * @param {number} share
 */
export function quantileOf(values, share) {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
}
