// Owns that the documents quote the newest result in bench/results: `npm run figures` writes its figures into their tables,
// and says which machine they are of. Never true here: something is measured; a figure is written that no result has.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/** @typedef {{ name: string, unit: string, rumpus: number, rivals: Record<string, number>, ratio: number }} Row */
/** @typedef {{ file: string, machine: { date: string, cpu: string, cores: number, node: string }, results: Row[] }} Result */

/** Times that a row can have and a document can quote, in nanoseconds. */
const times = new Map([
  ['ns', 1],
  ['µs', 1e3],
  ['ms', 1e6],
  ['s', 1e9],
])

/**
 * The result that was measured last, of those in a folder.
 *
 * @param {string} [folder]
 * @returns {Result}
 */
export function newest(folder = `${root}bench/results`) {
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'))
  const all = files.map((file) => ({ file, ...JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')) }))
  return all.reduce((last, one) => (one.machine.date > last.machine.date ? one : last))
}

/**
 * A document with the figures of a result: in the table rows that name one of its cases first and end with three figures, ours,
 * the best rival's, and how they compare, each with its own words behind the number; and where it names the machine.
 *
 * @param {string} text
 * @param {Result} result
 */
export function quoting(text, result) {
  const { machine, file } = result
  const cpu = machine.cpu.replaceAll('(R)', '').replace(/ Processor$/, '')
  const article = /^[AEIO]/.test(cpu) ? 'an' : 'a'
  const named = `${machine.cores} cores of ${article} ${cpu} with Node ${machine.node.slice(1)}`
  return text
    .replace(/(?:^\|.*\|\n)+/gm, (table) => (/^\| `[\w/-]+` .*\d.*\|$/m.test(table) ? tabled(table, result) : table))
    .replace(
      /\d+ cores of an? [\w ()-]+ with Node [\d.]+ \(\[[\d-]+\]\(((?:[.\w]+\/)*)bench\/results\/[^)]+\)\)/g,
      (_, way) => `${named} ([${machine.date.slice(0, 10)}](${way}bench/results/${file}))`,
    )
}

/**
 * A table with the figures of a result, its columns in line again.
 *
 * @param {string} table
 * @param {Result} result
 */
function tabled(table, result) {
  const rows = table.trimEnd().split('\n')
  const cells = rows.map((row) =>
    row
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  )
  const filled = cells.map((row) => figured(row, result))
  const widths = filled[0]?.map((_, column) =>
    Math.max(...filled.map((row, at) => (at === 1 ? 3 : (row[column] ?? '').length))),
  )
  const line = (/** @type {string[]} */ row, /** @type {number} */ at) =>
    row.map((cell, column) => (at === 1 ? '-'.repeat(widths?.[column] ?? 3) : cell.padEnd(widths?.[column] ?? 0)))
  return `${filled.map((row, at) => `| ${line(row, at).join(' | ')} |`).join('\n')}\n`
}

/**
 * The cells of a row with the figures of its case.
 *
 * @param {string[]} cells
 * @param {Result} result
 */
function figured(cells, { file, results }) {
  const name = /^`([a-z][\w-]*\/[\w/-]+)`$/.exec(cells[0] ?? '')?.[1]
  if (name === undefined || cells.length < 4) return cells
  const row = results.find((one) => one.name === name)
  if (row === undefined) throw new Error(`quoting ${name}: ${file} has no such case`)
  const others = Object.values(row.rivals)
  const rival = row.unit === 'x' ? Math.max(...others) : Math.min(...others)
  const figures = [inUnitOf(cells.at(-3), row.rumpus, row), inUnitOf(cells.at(-2), rival, row)]
  return [...cells.slice(0, -3), ...figures, replaced(cells.at(-1), row.ratio)]
}

/**
 * A figure of a row in the unit that the cell has.
 *
 * @param {string | undefined} cell
 * @param {number} figure
 * @param {Row} row
 */
function inUnitOf(cell, figure, row) {
  const [measured, wanted] = [times.get(row.unit.split('/')[0] ?? ''), times.get(/ (\S+)$/.exec(cell ?? '')?.[1] ?? '')]
  return replaced(cell, measured === undefined || wanted === undefined ? figure : (figure * measured) / wanted)
}

/**
 * A cell with another number in front, of three digits that count; a cell without a number stays.
 *
 * @param {string | undefined} cell
 * @param {number} figure
 */
const replaced = (cell = '', figure) => cell.replace(/^[\d.]+/, () => String(Number(figure.toPrecision(3))))

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const result = newest()
  const guides = readdirSync(`${root}docs/guides`).map((name) => `docs/guides/${name}`)
  for (const path of ['README.md', ...guides]) {
    const text = readFileSync(root + path, 'utf8')
    const quoted = quoting(text, result)
    if (quoted === text) continue
    writeFileSync(root + path, quoted)
    console.log(`${path} quotes ${result.file}`)
  }
}
