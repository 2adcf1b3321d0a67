// Owns the plain answer: one loop over the files on one thread, added up in the most obvious way. It is what the census
// on many schedulers must equal, so it shares the counting of a single file with it and nothing of batches and merging.

import { countFile } from './count.js'

/**
 * @param {string} root
 * @param {readonly string[]} paths relative to `root`
 * @param {number} topCount how many identifiers to name
 * @param {(bytes: number) => Promise<void>} [counted] awaited after each file
 * @returns {Promise<import('./tally.js').Summary>}
 */
export async function countSequentially(root, paths, topCount, counted = async () => {}) {
  /** @type {Record<string, number>} */
  const names = Object.create(null) // property keys are copied, so no name keeps its file's text alive
  const hashes = new Set()
  const groups = new Set()
  const duplicates = { groups: 0, files: 0, bytes: 0 }
  const problems = []
  let [sound, bytes, lines, tokens, total] = [0, 0, 0, 0, 0]
  for (const path of paths) {
    const file = await countFile(path, { root })
    await counted('code' in file ? 0 : file.bytes)
    if ('code' in file) {
      problems.push(file)
      continue
    }
    sound += 1
    bytes += file.bytes
    lines += file.lines
    tokens += file.tokens
    for (const [name, count] of file.names) {
      total += count
      names[name] = (names[name] ?? 0) + count
    }
    if (hashes.has(file.hash)) {
      groups.add(file.hash)
      duplicates.files += 1
      duplicates.bytes += file.bytes
    }
    hashes.add(file.hash)
  }
  duplicates.groups = groups.size
  const ranked = Object.keys(names).map((name) => ({ name, count: names[name] ?? 0 }))
  return {
    files: { found: sound + problems.length, counted: sound, reported: problems.length },
    bytes,
    lines,
    tokens,
    identifiers: { total, distinct: ranked.length },
    duplicates,
    top: ranked.sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1)).slice(0, topCount),
    problems: problems.sort((a, b) => (a.path < b.path ? -1 : 1)),
  }
}
