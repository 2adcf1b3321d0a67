// Owns the merged result: how counts are added up, and the summary that is shown. Pure. Adding is associative and the
// summary does not depend on the order, so that it does not matter which scheduler counted what, or when.

/** @typedef {import('./problem.js').Problem} Problem */
/** @typedef {import('./count.js').BatchCount} BatchCount */
/**
 * @typedef {object} Tally
 * @property {number} bytes
 * @property {number} lines
 * @property {number} tokens
 * @property {Map<string, number>} names occurrences by identifier
 * @property {Map<string, { files: number, bytes: number }>} contents files with this hash, and the size of one
 * @property {Problem[]} problems
 *
 * @typedef {object} Summary
 * @property {{ found: number, counted: number, reported: number }} files found = counted + reported
 * @property {number} bytes
 * @property {number} lines
 * @property {number} tokens
 * @property {{ total: number, distinct: number }} identifiers
 * @property {{ groups: number, files: number, bytes: number }} duplicates contents that exist more than once, and the
 *   files and bytes that go beyond the first of each
 * @property {{ name: string, count: number }[]} top
 * @property {Problem[]} problems
 */

/** @returns {Tally} */
export function createTally() {
  return { bytes: 0, lines: 0, tokens: 0, names: new Map(), contents: new Map(), problems: [] }
}

/**
 * @param {Tally} tally
 * @param {BatchCount} batch
 */
export function addBatch(tally, batch) {
  tally.bytes += batch.bytes
  tally.lines += batch.lines
  tally.tokens += batch.tokens
  const names = batch.names === '' ? [] : batch.names.split(' ')
  names.forEach((name, index) => addName(tally.names, name, batch.counts[index] ?? 0))
  batch.hashes.forEach((hash, index) => addContent(tally, hash, 1, batch.sizes[index] ?? 0))
  for (const each of batch.problems) tally.problems.push(each)
}

/**
 * Adds `other` to `tally`.
 *
 * @param {Tally} tally
 * @param {Tally} other
 */
export function addTally(tally, other) {
  tally.bytes += other.bytes
  tally.lines += other.lines
  tally.tokens += other.tokens
  for (const [name, count] of other.names) addName(tally.names, name, count)
  for (const [hash, { files, bytes }] of other.contents) addContent(tally, hash, files, bytes)
  for (const each of other.problems) tally.problems.push(each)
}

/**
 * @param {Map<string, number>} names
 * @param {string} name
 * @param {number} count
 */
export function addName(names, name, count) {
  const before = names.get(name)
  // A name cut out of a longer text keeps that whole text alive in V8: one that is to stay is copied once.
  if (before === undefined) names.set(Buffer.from(name).toString(), count)
  else names.set(name, before + count)
}

/** @param {Tally} tally @param {string} hash @param {number} files @param {number} bytes */
function addContent(tally, hash, files, bytes) {
  const content = tally.contents.get(hash)
  if (content) content.files += files
  else tally.contents.set(hash, { files, bytes })
}

/**
 * @param {Tally} tally
 * @param {number} topCount how many identifiers to name
 * @returns {Summary}
 */
export function summarize(tally, topCount) {
  let counted = 0
  const duplicates = { groups: 0, files: 0, bytes: 0 }
  for (const { files, bytes } of tally.contents.values()) {
    counted += files
    if (files === 1) continue
    duplicates.groups += 1
    duplicates.files += files - 1
    duplicates.bytes += (files - 1) * bytes
  }
  let total = 0
  for (const count of tally.names.values()) total += count
  const reported = tally.problems.length
  return {
    files: { found: counted + reported, counted, reported },
    bytes: tally.bytes,
    lines: tally.lines,
    tokens: tally.tokens,
    identifiers: { total, distinct: tally.names.size },
    duplicates,
    top: topNames(tally.names, topCount),
    problems: [...tally.problems].sort((a, b) => compare(a.path, b.path) || compare(a.reason, b.reason)),
  }
}

/** The most frequent first; equally frequent ones by name. @param {Map<string, number>} names @param {number} count */
function topNames(names, count) {
  return [...names]
    .sort(([nameA, countA], [nameB, countB]) => countB - countA || compare(nameA, nameB))
    .slice(0, count)
    .map(([name, occurrences]) => ({ name, count: occurrences }))
}

/** By code units: the same in every locale. @param {string} a @param {string} b */
function compare(a, b) {
  return a < b ? -1 : a > b ? 1 : 0
}
