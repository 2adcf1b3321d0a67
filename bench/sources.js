// Owns what the census rows count: the source files of this project's node_modules, each read once before, so that all find a
// warm file cache; and the digest of a summary, by which all must agree.

import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { crc32 } from 'node:zlib'
import { readBytes } from '../examples/census/read.js'
import { walk } from '../examples/census/walk.js'

/** How many identifiers a summary names. */
export const TOP = 20

export const ROOT = fileURLToPath(new URL('../node_modules', import.meta.url))

/** Finds the files and reads them. */
export async function sources() {
  const walked = await walk(ROOT)
  for (const { path } of walked.files) readBytes(join(ROOT, path), path)
  return walked
}

/** @param {import('../examples/census/tally.js').Summary} summary */
export const digestOf = (summary) => crc32(JSON.stringify(summary))
