// Owns how the results are shown to people: one table, a line a row, the machine above and the warnings below.

/**
 * @typedef {import('./alternate.js').Score} Score
 * @typedef {import('./machine.js').Machine} Machine
 *
 * @typedef {object} Result - a row that was run
 * @property {string} name
 * @property {string} unit
 * @property {ReadonlyMap<string, Score>} scores - by contestant, `rumpus` first
 * @property {number} ratio
 * @property {string} reach
 * @property {boolean} met
 * @property {number} n - runs
 */

const HEADER = ['', 'unit', 'rumpus', 'min..max', 'rival', '', 'min..max', 'ratio', 'reach', '', 'cores', 'delay']
const RIGHT = new Set([2, 5, 7])

/** A figure with three digits that mean something. @param {number} value */
export function show(value) {
  if (Number.isNaN(value)) return '-'
  const size = Math.abs(value)
  if (size >= 1000) return Math.round(value).toLocaleString('en')
  if (size === 0) return '0'
  return value.toFixed(Math.min(4, Math.max(0, 2 - Math.floor(Math.log10(size)))))
}

/** @param {Machine} machine */
export function showMachine(machine) {
  const { cpu, cores, schedulers, memoryMb, node, v8, kernel, load, date, commit } = machine
  return [
    `${cpu}, ${cores} cores, ${schedulers} schedulers, ${memoryMb} MB · node ${node} (V8 ${v8}) · ${kernel}`,
    `${date} · commit ${commit} · load ${load.map(show).join(' ')}`,
  ].join('\n')
}

/**
 * @param {Machine} machine
 * @param {import('./alternate.js').Plan} plan
 */
export function showConditions({ f, runDelay, loadAfter }, { runs, ms }) {
  const delay = Number.isNaN(runDelay) ? 'unknown' : `${(runDelay * 100).toFixed(1)} % at worst`
  const after = `load after ${loadAfter.map(show).join(' ')} · run delay ${delay}`
  return `${after} · f = ${show(f)} ns · median of ${runs} fresh processes, ${ms} ms of work each\n`
}

/** @param {readonly Result[]} results */
export function showTable(results) {
  const lines = [HEADER, ...results.flatMap(linesOf)]
  const widths = HEADER.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  const pad = (/** @type {string} */ cell, /** @type {number} */ column) =>
    RIGHT.has(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)
  return lines.map((line) => line.map(pad).join('  ').trimEnd()).join('\n')
}

/** A line for the row and its first rival, one more for each of the others. @param {Result} result */
function linesOf({ name, unit, scores, ratio, reach, met }) {
  const [own, ...rivals] = [...scores]
  const [first, ...others] = rivals
  const delay = Math.max(...[...scores.values()].map(({ runDelay }) => runDelay))
  return [
    [
      ...[name, unit, show(own?.[1].figure.median ?? Number.NaN), range(own?.[1])],
      ...rivalCells(first),
      ...[show(ratio), reach, met ? 'ok' : 'missed'],
      [own, first].flatMap((one) => (one === undefined ? [] : [coresOf(one[1])])).join(' / '),
      Number.isNaN(delay) ? '-' : `${(delay * 100).toFixed(1)} %`,
    ],
    ...others.map((rival) => ['', '', '', '', ...rivalCells(rival), '', '', '', coresOf(rival[1]), '']),
  ]
}

/** @param {readonly [string, Score] | undefined} rival */
const rivalCells = (rival) =>
  rival === undefined ? ['', '', ''] : [rival[0], show(rival[1].figure.median), range(rival[1])]

/** @param {Score} score */
const coresOf = ({ cpu }) => cpu.toFixed(2)

/** @param {Score | undefined} score */
const range = (score) => (score === undefined ? '' : `${show(score.figure.min)}..${show(score.figure.max)}`)
