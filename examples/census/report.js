// Owns what the census says at its end, for people and for programs. Pure: it is given everything and returns text.

import { painter, printable } from './terminal.js'

/** @typedef {import('./tally.js').Summary} Summary */
/** @typedef {import('./terminal.js').Painter} Painter */
/**
 * @typedef {object} SchedulerRow
 * @property {number} id 0 is the host, the thread of the coordinator
 * @property {number} processes run here
 * @property {number} steals
 * @property {number} messagesIn
 * @property {number} messagesOut
 * @property {number} busyShare 0 to 1
 *
 * @typedef {object} Wall times in milliseconds, from before the runtime starts until it has ended
 * @property {number} schedulers
 * @property {number} ms
 * @property {number} [oneSchedulerMs] the same job on one scheduler
 * @property {number} [plainLoopMs] the same files in a loop on one thread, without a runtime
 *
 * @typedef {object} Chaos what was killed while the census ran
 * @property {number} seed
 * @property {number} processes
 * @property {number} threads
 * @property {number} again batches that were counted again, because their process ended before its answer came
 *
 * @typedef {object} Census
 * @property {string} directory
 * @property {Summary} summary
 * @property {number} symlinks
 * @property {SchedulerRow[]} schedulers
 * @property {Wall} wall
 * @property {Chaos} [chaos]
 */

const PROBLEMS_SHOWN = 20
const FAIRNESS =
  'Every file was read once beforehand, so both runs find a warm file cache; both times include starting and stopping the threads.'

/**
 * @param {Census} census
 * @returns {string} one JSON document
 */
export function renderJson({ directory, summary, symlinks, schedulers, wall, chaos }) {
  const speedup = (wall.oneSchedulerMs ?? wall.plainLoopMs ?? wall.ms) / wall.ms
  const times = { ...wall, speedup, note: FAIRNESS }
  return `${JSON.stringify({ directory, ...summary, symlinks, schedulers, wall: times, chaos }, null, 2)}\n`
}

/**
 * @param {Census} census
 * @param {{ color: boolean }} options
 */
export function renderText({ directory, summary, symlinks, schedulers, wall, chaos }, { color }) {
  const paint = painter(color)
  const sections = [
    `${paint.bold('Census of')} ${printable(directory)}`,
    totals(summary, symlinks),
    summary.top.length > 0 &&
      `${paint.bold('Top identifiers')}\n${table(
        summary.top.map(({ name, count }) => [number(count), printable(name)]),
        'rl',
      )}`,
    summary.problems.length > 0 && problems(summary.problems, paint),
    `${paint.bold('Per scheduler')}\n${schedulerTable(schedulers, paint)}`,
    chaos && `${paint.bold('Chaos')}\n${chaosLines(chaos)}`,
    `${paint.bold('Wall time')}\n${wallTimes(summary, wall)}\n  ${paint.dim(FAIRNESS)}`,
  ]
  return `${sections.filter(Boolean).join('\n\n')}\n`
}

/** @param {Summary} summary @param {number} symlinks */
function totals({ files, bytes, lines, tokens, identifiers, duplicates }, symlinks) {
  const rows = [
    ['files', number(files.found), `${number(files.counted)} counted, ${number(files.reported)} reported`],
    ['bytes', number(bytes), ''],
    ['lines', number(lines), ''],
    ['tokens', number(tokens), ''],
    ['identifiers', number(identifiers.total), `${number(identifiers.distinct)} distinct`],
    [
      'duplicates',
      number(duplicates.files),
      `files beyond the first of ${number(duplicates.groups)} contents, ${number(duplicates.bytes)} bytes`,
    ],
  ]
  if (symlinks > 0) rows.push(['links', number(symlinks), 'not followed'])
  return table(rows, 'lrl')
}

/** @param {Summary['problems']} found @param {Painter} paint */
function problems(found, paint) {
  const shown = found.slice(0, PROBLEMS_SHOWN).map(({ path, reason }) => `  ${printable(path)}: ${printable(reason)}`)
  const rest = found.length - shown.length
  if (rest > 0) shown.push(paint.dim(`  and ${number(rest)} more (--json names them all)`))
  return `${paint.yellow(`Not counted (${number(found.length)})`)}\n${shown.join('\n')}`
}

/** @param {SchedulerRow[]} rows @param {Painter} paint */
function schedulerTable(rows, paint) {
  const head = ['scheduler', 'processes', 'steals', 'messages in', 'messages out', 'busy']
  const body = rows.map((row) => [
    row.id === 0 ? 'host' : String(row.id),
    number(row.processes),
    number(row.steals),
    number(row.messagesIn),
    number(row.messagesOut),
    `${(row.busyShare * 100).toFixed(0)} %`,
  ])
  const [first = '', ...others] = table([head, ...body], 'lrrrrr').split('\n')
  return [paint.dim(first), ...others].join('\n')
}

/** @param {Chaos} chaos */
function chaosLines({ seed, processes, threads, again }) {
  return [
    `  killed ${many(processes, 'process', 'processes')} and ${many(threads, 'scheduler thread')}; ${many(again, 'batch', 'batches')} counted again`,
    `  the totals equal those of a plain loop; --chaos ${seed} draws the same lots`,
  ].join('\n')
}

/** @param {Summary} summary @param {Wall} wall */
function wallTimes({ bytes }, { schedulers, ms, oneSchedulerMs, plainLoopMs }) {
  /** @param {number} time */
  const row = (time) => [`${number(Math.round(time))} ms`, `${(bytes / 1000 / time).toFixed(1)} MB/s`]
  const rows = [[many(schedulers, 'scheduler'), ...row(ms), '']]
  if (plainLoopMs !== undefined) rows.push(['a plain loop', ...row(plainLoopMs), ratio(plainLoopMs, ms)])
  else if (oneSchedulerMs !== undefined && schedulers > 1)
    rows.push(['1 scheduler', ...row(oneSchedulerMs), ratio(oneSchedulerMs, ms)])
  return table(rows, 'lrrl')
}

/** @param {number} other @param {number} ms */
function ratio(other, ms) {
  return `the same job; ${(other / ms).toFixed(2)} times as long`
}

/** Columns two spaces apart, indented by two; `aligns` has one letter per column. @param {string[][]} rows @param {string} aligns */
function table(rows, aligns) {
  const widths = [...aligns].map((_, column) => Math.max(...rows.map((row) => width(row[column] ?? ''))))
  return rows
    .map((row) =>
      `  ${row
        .map((cell, column) => {
          const space = ' '.repeat((widths[column] ?? 0) - width(cell))
          return aligns[column] === 'r' ? space + cell : cell + space
        })
        .join('  ')}`.trimEnd(),
    )
    .join('\n')
}

/** @param {string} text */
function width(text) {
  return [...text].length
}

/** So many of something. @param {number} count @param {string} one @param {string} [several] */
function many(count, one, several = `${one}s`) {
  return `${number(count)} ${count === 1 ? one : several}`
}

/** @param {number} value */
function number(value) {
  return value.toLocaleString('en-US')
}
