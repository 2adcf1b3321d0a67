// Owns what a soak counts: windows of time in which nobody disturbed us. A window whose run delay is too high while others
// had a core is discarded and repeated, within bounds; where too few are left the question stays open.

import { isDisturbed, NoiseWatch } from '../noise.js'

/** A window is tried so many times on average before the question is left open. */
const TRIES = 5

/**
 * @typedef {object} Check - one promise and what became of it
 * @property {string} what
 * @property {number} measured - the worst of the quiet windows
 * @property {number} limit
 * @property {string} unit
 * @property {'ok' | 'missed' | 'open'} verdict
 * @property {number} quiet - windows that counted
 * @property {number} discarded
 *
 * @typedef {Readonly<Record<string, number>>} Figures - by what they say
 */

/**
 * Repeats a window until `wanted` of them were quiet and checks the worst of each figure against one limit.
 *
 * @param {number} wanted
 * @param {number} limit
 * @param {string} unit
 * @param {() => Promise<Figures>} window
 * @returns {Promise<Check[]>}
 */
export async function checkWindows(wanted, limit, unit, window) {
  /** @type {Figures[]} */
  const quiet = []
  /** @type {Figures[]} */
  const disturbed = []
  while (quiet.length < wanted && quiet.length + disturbed.length < wanted * TRIES) {
    const noise = new NoiseWatch()
    const figures = await window()
    if (isDisturbed(noise.read())) disturbed.push(figures)
    else quiet.push(figures)
  }
  const names = Object.keys(quiet[0] ?? disturbed[0] ?? {})
  return names.map((what) => {
    const worst = (/** @type {Figures[]} */ all) => Math.max(...all.map((figures) => figures[what] ?? Number.NaN))
    const measured = worst(quiet.length > 0 ? quiet : disturbed)
    const counts = { quiet: quiet.length, discarded: disturbed.length }
    return { what, measured, limit, unit, verdict: judge(measured, limit, quiet.length, wanted), ...counts }
  })
}

/**
 * A promise that needs no quiet to be kept.
 *
 * @param {string} what
 * @param {number} measured
 * @param {number} limit
 * @param {string} unit
 * @returns {Check}
 */
export const check = (what, measured, limit, unit) => {
  return { what, measured, limit, unit, verdict: judge(measured, limit, 1, 1), quiet: 1, discarded: 0 }
}

/**
 * @param {number} measured
 * @param {number} limit
 * @param {number} quiet
 * @param {number} wanted
 * @returns {Check['verdict']}
 */
function judge(measured, limit, quiet, wanted) {
  if (quiet > 0 && !(measured <= limit)) return 'missed'
  return quiet < wanted ? 'open' : 'ok'
}
