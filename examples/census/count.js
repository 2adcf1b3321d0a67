// Owns the count of one file and of one batch. The same code runs on every scheduler and in the sequential oracle.
// A batch is merged where it was counted, so that one small message comes back per batch instead of one per file.

import { extname, join } from 'node:path'
import { breather } from './breathe.js'
import { problem } from './problem.js'
import { readSource } from './read.js'
import { countLines, countTokens } from './tokens.js'

/** @typedef {import('./problem.js').Problem} Problem */
/**
 * @typedef {object} FileCount
 * @property {string} path as it was given
 * @property {string} hash SHA-256 of the bytes
 * @property {number} bytes
 * @property {number} lines
 * @property {number} tokens
 * @property {Map<string, number>} names occurrences by identifier
 */
/**
 * What a batch sends home. `counts[i]` belongs to the i-th of the space-separated `names`, `sizes[i]` to `hashes[i]`:
 * one string and flat lists cross threads far cheaper than a Map of thousands of entries.
 *
 * @typedef {object} BatchCount
 * @property {number} bytes
 * @property {number} lines
 * @property {number} tokens
 * @property {string} names
 * @property {number[]} counts
 * @property {string[]} hashes one per counted file
 * @property {number[]} sizes
 * @property {Problem[]} problems
 */

/**
 * @param {string} path relative to `root`
 * @param {object} [options]
 * @param {string} [options.root]
 * @param {number} [options.bytesMax]
 * @param {() => Promise<void>} [options.breathe]
 * @returns {Promise<FileCount | Problem>} never rejects: what is wrong with the file is the answer
 */
export async function countFile(path, { root = '', bytesMax, breathe = breather() } = {}) {
  const source = readSource(join(root, path), path, bytesMax)
  if ('code' in source) return source
  const found = await countTokens(source.text, extname(path), breathe)
  if ('code' in found) return problem(path, found.code, found.reason)
  return {
    path,
    hash: source.hash,
    bytes: source.bytes,
    lines: countLines(source.text),
    tokens: found.tokens,
    names: found.names,
  }
}

/**
 * Counts the files one after another and merges them.
 *
 * @param {string} root
 * @param {readonly string[]} paths relative to `root`
 * @param {AbortSignal} [signal] once aborted, the next pause rejects with its reason
 * @returns {Promise<BatchCount>}
 */
export async function countBatch(root, paths, signal) {
  const breathe = breather(signal)
  /** @type {Map<string, number>} */
  const names = new Map()
  /** @type {BatchCount} */
  const batch = { bytes: 0, lines: 0, tokens: 0, names: '', counts: [], hashes: [], sizes: [], problems: [] }
  for (const path of paths) {
    const file = await countFile(path, { root, breathe })
    if ('code' in file) {
      batch.problems.push(file)
    } else {
      batch.bytes += file.bytes
      batch.lines += file.lines
      batch.tokens += file.tokens
      batch.hashes.push(file.hash)
      batch.sizes.push(file.bytes)
      for (const [name, count] of file.names) names.set(name, (names.get(name) ?? 0) + count)
    }
    await breathe()
  }
  batch.names = [...names.keys()].join(' ')
  batch.counts = [...names.values()]
  return batch
}
