// Owns the way from a path to its text: size and kind checked on the opened file, hash of the bytes, UTF-8 decoded strictly.
//
// Reading is synchronous on purpose: the threads that read are there to compute, the files are small, and the main job
// has them in the page cache. Over npm's own 1156 source files `fs.promises.readFile` took 170-220 µs a file (150-200 µs
// of processor time, spread over the thread pool) and `readBytes` 10-25 µs; tokenising takes some 350 µs.

import { createHash } from 'node:crypto'
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs'
import { problem } from './problem.js'

/** @typedef {import('./problem.js').Problem} Problem */
/** @typedef {{ text: string, bytes: number, hash: string }} Source `hash` is the SHA-256 of the bytes, base64url. */

/** Larger files are data in disguise: they are reported instead of holding a thread for seconds. */
export const BYTES_MAX = 16 * 1024 * 1024

// Opening a pipe must not wait for its writer. (Windows has neither the flag nor the pipes.)
const OPEN_FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)
const decoder = new TextDecoder('utf-8', { fatal: true }) // drops a leading byte order mark

/**
 * @param {string} file the path to open
 * @param {string} path the path to report
 * @param {number} [bytesMax]
 * @returns {Source | Problem}
 */
export function readSource(file, path, bytesMax = BYTES_MAX) {
  const bytes = readBytes(file, path, bytesMax)
  if (!(bytes instanceof Uint8Array)) return bytes
  try {
    return {
      text: decoder.decode(bytes),
      bytes: bytes.length,
      hash: createHash('sha256').update(bytes).digest('base64url'),
    }
  } catch {
    return problem(path, 'invalid-utf8', 'not valid UTF-8')
  }
}

/**
 * @param {string} file
 * @param {string} path
 * @param {number} bytesMax
 * @returns {Buffer | Problem}
 */
export function readBytes(file, path, bytesMax = BYTES_MAX) {
  let descriptor
  try {
    descriptor = openSync(file, OPEN_FLAGS)
    const stat = fstatSync(descriptor)
    if (!stat.isFile()) return problem(path, 'not-a-file', 'not a regular file')
    if (stat.size > bytesMax) return problem(path, 'too-large', `${stat.size} bytes, the limit is ${bytesMax}`)
    return readFileSync(descriptor)
  } catch (error) {
    return problem(path, 'unreadable', /** @type {Error} */ (error).message)
  } finally {
    if (descriptor !== undefined) closeSync(descriptor)
  }
}
