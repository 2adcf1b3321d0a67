// Owns what a soak counts: windows of time in which nobody disturbed us. A window whose run delay is too high while others
// had a core is discarded and repeated, within bounds; where too few are left the question stays open.

import { isDisturbed, NoiseWatch } from '../noise.js'
import { quantileOf } from '../statistics.js'

/** A window is tried so many times on average, unless given, before the question is left open. */
const TRIES = 5

/**
 * @typedef {object} Check - one promise and what became of it
 * @property {string} what
 * @property {number} measured - the worst of the quiet windows, or of the share asked for; of the others if there is none
 * @property {number | null} limit - null where nothing is promised
 * @property {string} unit
 * @property {'ok' | 'missed' | 'open'} verdict
 * @property {number} quiet - windows that counted
 * @property {number} discarded
 *
 * @typedef {Readonly<Record<string, number>>} Figures - by what they say
 *
 * @typedef {object} Wanted
 * @property {number} windows - how many must be quiet
 * @property {number} limit
 * @property {string} unit
 * @property {number} [tries] - for each
 * @property {number} [share] - of the windows that must keep the limit, unless all: a hypervisor takes the core for
 *   milliseconds and tells nobody
 * @property {number} [ceiling] - what no window may exceed, where `share` is given
 *
 * @typedef {{ figures: Figures, disturbed: boolean }} Judged - a window that knows by itself whether it was disturbed
 */

/**
 * Repeats a window until enough of them were quiet and checks the worst of each figure against the limit.
 *
 * @param {Wanted} wanted
 * @param {() => Promise<Figures>} window
 * @returns {Promise<Check[]>}
 */
export const checkWindows = (wanted, window) =>
  checkJudged(wanted, async () => {
    const noise = new NoiseWatch()
    const figures = await window()
    return { figures, disturbed: isDisturbed(noise.read()) }
  })

/**
 * The same with windows that judge themselves.
 *
 * @param {Wanted} wanted
 * @param {() => Promise<Judged>} window
 * @returns {Promise<Check[]>}
 */
export async function checkJudged({ windows, limit, unit, tries = TRIES, share = 1, ceiling = limit }, window) {
  /** @type {Figures[]} */
  const quiet = []
  /** @type {Figures[]} */
  const disturbed = []
  while (quiet.length < windows && quiet.length + disturbed.length < windows * tries) {
    const one = await window()
    ;(one.disturbed ? disturbed : quiet).push(one.figures)
  }
  const counting = quiet.length > 0 ? quiet : disturbed
  return Object.keys(counting[0] ?? {}).map((what) => {
    const values = counting.map((figures) => figures[what] ?? Number.NaN)
    const [most, worst] = [quantileOf(values, share), Math.max(...values)]
    const counts = { unit, quiet: quiet.length, discarded: disturbed.length }
    const [measured, bound] = worst <= ceiling ? [most, limit] : [worst, ceiling]
    return { what, measured, limit: bound, verdict: judge(measured, bound, quiet.length, windows), ...counts }
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
 * A figure that stands beside the promises.
 *
 * @param {string} what
 * @param {number} measured
 * @param {string} unit
 * @returns {Check}
 */
export const note = (what, measured, unit) => {
  return { what, measured, limit: null, unit, verdict: 'ok', quiet: 1, discarded: 0 }
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
