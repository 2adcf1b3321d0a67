// Owns what a row must reach: how its figure compares, and whether that is enough. Pure.

/** The row whose `floor` is f. */
export const FLOOR_ROW = 'local/ping-pong'

/**
 * @typedef {object} Figures
 * @property {number} rumpus
 * @property {Readonly<Record<string, number>>} rivals
 * @property {number} f - the `floor` of local/ping-pong in the same run; NaN if it was not measured
 * @property {(row: string) => number} row - what Rumpus takes for another row of the same run; NaN if it was not measured
 *
 * @typedef {object} Reach
 * @property {string} text - what is wanted, for people
 * @property {(figures: Figures) => number} ratio - what is compared with the limit
 * @property {(ratio: number) => boolean} met
 */

/** Costs no more than so many times a rival. @type {(limit: number, rival: string) => Reach} */
export const timesRival = (limit, rival) => ({
  text: `≤ ${limit} × ${rival}`,
  ratio: ({ rumpus, rivals }) => rumpus / of(rivals, rival),
  met: (ratio) => ratio <= limit,
})

/**
 * Costs no more than so many times a rival, and is so many times as fast as each of the others. The ratio is that to the rival, or what it
 * would have to be for the others, whichever is worse.
 *
 * @type {(limit: number, rival: string, times: number) => Reach}
 */
export const timesRivalAndFaster = (limit, rival, times) => ({
  text: `≤ ${limit} × ${rival}, ≥ ${times} × faster than others`,
  ratio: ({ rumpus, rivals }) => {
    const { [rival]: first, ...others } = rivals
    return Math.max(rumpus / (first ?? Number.NaN), (limit * times * rumpus) / best(others))
  },
  met: (ratio) => ratio <= limit,
})

/** Is so many times as fast as a rival. @type {(limit: number, rival: string) => Reach} */
export const faster = (limit, rival) => ({
  text: `≥ ${limit} × faster`,
  ratio: ({ rumpus, rivals }) => of(rivals, rival) / rumpus,
  met: (ratio) => ratio >= limit,
})

/** Is so many times as fast as the best of its rivals. @type {(limit: number) => Reach} */
export const fasterThanAll = (limit) => ({
  text: `≥ ${limit} × faster than all`,
  ratio: ({ rumpus, rivals }) => best(rivals) / rumpus,
  met: (ratio) => ratio >= limit,
})

/** Costs no more than so many times the best of its rivals. @type {(limit: number) => Reach} */
export const timesBest = (limit) => ({
  text: `≤ ${limit} × the best`,
  ratio: ({ rumpus, rivals }) => rumpus / best(rivals),
  met: (ratio) => ratio <= limit,
})

/** Gains at least such a share of what a rival gains. @type {(limit: number, rival: string) => Reach} */
export const shareOf = (limit, rival) => ({
  text: `≥ ${limit} of ${rival}`,
  ratio: ({ rumpus, rivals }) => rumpus / of(rivals, rival),
  met: (ratio) => ratio >= limit,
})

/** Costs no more than so many floors. @type {(limit: number) => Reach} */
export const timesFloor = (limit) => ({
  text: `≤ ${limit} f`,
  ratio: ({ rumpus, f }) => rumpus / f,
  met: (ratio) => ratio <= limit,
})

/** Costs no more than so many times another row. @type {(limit: number, row: string) => Reach} */
export const timesRow = (limit, row) => ({
  text: `≤ ${limit} × ${row}`,
  ratio: ({ rumpus, row: figureOf }) => rumpus / figureOf(row),
  met: (ratio) => ratio <= limit,
})

/** Costs no more than so much above a rival. @type {(limit: number, rival: string) => Reach} */
export const atMostAbove = (limit, rival) => ({
  text: `≤ ${rival} + ${limit}`,
  ratio: ({ rumpus, rivals }) => rumpus - of(rivals, rival),
  met: (above) => above <= limit,
})

/** Is no more than a number. @type {(limit: number) => Reach} */
export const atMost = (limit) => ({
  text: `≤ ${limit}`,
  ratio: ({ rumpus }) => rumpus,
  met: (ratio) => ratio <= limit,
})

/**
 * @param {Readonly<Record<string, number>>} rivals
 * @param {string} name
 */
const of = (rivals, name) => rivals[name] ?? Number.NaN

/** What the cheapest takes. @param {Readonly<Record<string, number>>} rivals */
const best = (rivals) => Math.min(...Object.values(rivals))
