// Owns what the tests need beside the root's packages, each in a folder with a manifest and a lock file of its own: the other
// versions of Node.js, where there are such programs (Linux x64), and Jest. Installed once, and anew when a lock file has
// changed. Never true here: a script of a package runs.

import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Major versions of Node.js beside the one that runs this. */
export const MAJORS = /** @type {const} */ ([22, 24, 26])

/** Whether this system can have them. */
export const hasNodes = process.platform === 'linux' && process.arch === 'x64'

/**
 * The program of a major version.
 *
 * @param {number} major
 */
export const nodeOf = (major) => fileURLToPath(new URL(`node_modules/node-${major}/bin/node`, import.meta.url))

/**
 * Installs what a folder's lock file says, unless that is there.
 *
 * @param {URL} url
 */
function install(url) {
  const folder = fileURLToPath(url)
  const lock = readFileSync(join(folder, 'package-lock.json'), 'utf8')
  const mark = join(folder, 'node_modules', '.installed')
  if (existsSync(mark) && readFileSync(mark, 'utf8') === lock) return
  const args = ['ci', '--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund']
  const { status } = spawnSync('npm', args, { stdio: 'inherit', shell: process.platform === 'win32' })
  if (status !== 0) throw new Error(`npm ${args.join(' ')} ended with ${status}`)
  writeFileSync(mark, lock)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (hasNodes) install(new URL('./', import.meta.url))
  else console.log(`Node.js ${MAJORS.join(', ')}: skipped, their packages are for Linux x64`)
  install(new URL('../hosts/jest/', import.meta.url))
}
