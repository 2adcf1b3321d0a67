// Owns the search: which files under a directory are source files, in a stable order, with their sizes.
// Symlinks are never followed. Nothing is lost: a directory that cannot be listed becomes a problem, and whatever
// carries a source file's name but is not an ordinary file (a pipe, a dangling link) is listed for the count to report.
// Knows nothing of contents.

import { lstatSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { problem } from './problem.js'

/** @typedef {import('./problem.js').Problem} Problem */
/** @typedef {{ path: string, size: number }} Found `path` is relative to the walked directory; `size` in bytes. */

const SOURCE_NAME = /\.(?:[cm]?[jt]s|[jt]sx)$/

/**
 * Finds every JavaScript and TypeScript file under `root`, declarations included.
 *
 * @param {string} root
 * @param {(files: number) => Promise<void>} [listed] awaited after each directory with the number of files in it
 * @returns {Promise<{ files: Found[], problems: Problem[], symlinks: number }>} files and problems sorted by path; `symlinks`
 *   counts the links to existing source files that were left alone.
 */
export async function walk(root, listed = async () => {}) {
  /** @type {Found[]} */
  const files = []
  /** @type {Problem[]} */
  const problems = []
  let symlinks = 0
  const pending = ['']
  for (let directory = pending.pop(); directory !== undefined; directory = pending.pop()) {
    const before = files.length
    for (const entry of list(root, directory, problems)) {
      const path = join(directory, entry.name)
      if (entry.isDirectory()) pending.push(path)
      else if (!SOURCE_NAME.test(entry.name)) continue
      else if (entry.isSymbolicLink() && exists(join(root, path))) symlinks += 1
      else files.push({ path, size: sizeOf(join(root, path)) })
    }
    await listed(files.length - before)
  }
  return { files: files.sort(byPath), problems: problems.sort(byPath), symlinks }
}

/** @param {string} root @param {string} directory @param {Problem[]} problems */
function list(root, directory, problems) {
  try {
    return readdirSync(join(root, directory), { withFileTypes: true })
  } catch (error) {
    problems.push(
      problem(directory || '.', 'unreadable', `cannot list the directory: ${/** @type {Error} */ (error).message}`),
    )
    return []
  }
}

/** @param {string} path */
function exists(path) {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined
  } catch {
    return false // a loop of links, or a link into a directory that is closed to us
  }
}

/** The size is a hint for batching only, so a file that vanished meanwhile counts as empty here and is reported later. @param {string} path */
function sizeOf(path) {
  try {
    return lstatSync(path).size
  } catch {
    return 0
  }
}

/** By code units, so that the order is the same in every locale. @param {{ path: string }} a @param {{ path: string }} b */
function byPath(a, b) {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0
}
