// Owns the trial of packed packages: installs them into an empty folder, as a user would, and runs processes on every core
// there, by `import` and by `require`. Never true here: a file of this clone is imported, or a package that it installed.

import { execFileSync } from 'node:child_process'
import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const OF_A_PLATFORM = /^rumpus-(darwin|linux|win32)-/
const trial = fileURLToPath(new URL('trial', import.meta.url))

/**
 * Installs the tarballs of a folder into a new folder, and puts the trial's programs there.
 *
 * @param {string} tarballs
 * @param {{ env?: NodeJS.ProcessEnv, platform?: string }} [options] `platform`: the others' packages are left out.
 * @returns {Promise<string>} The new folder; the caller removes it.
 */
export async function install(tarballs, { env = process.env, platform } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'rumpus-trial-'))
  const all = (await readdir(tarballs)).filter((name) => name.endsWith('.tgz'))
  const names = all.filter((name) => platform === undefined || !OF_A_PLATFORM.test(name) || name.includes(platform))
  const paths = names.map((name) => resolve(tarballs, name))
  await cp(trial, folder, { recursive: true })
  await writeFile(join(folder, 'package.json'), '{ "private": true }\n')
  execFileSync('npm', ['install', '--no-audit', '--no-fund', ...paths], {
    cwd: folder,
    env,
    shell: process.platform === 'win32',
    stdio: 'pipe',
  })
  return folder
}

/**
 * Runs a program of the trial and answers what it printed: the threads that its processes ran on.
 *
 * @param {string} folder
 * @param {string} program
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {{ schedulers: number, threads: number[] }}
 */
export function runTrial(folder, program, env = process.env) {
  return JSON.parse(execFileSync(process.execPath, [join(folder, program)], { cwd: folder, env, encoding: 'utf8' }))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [tarballs, platform] = process.argv.slice(2)
  if (tarballs === undefined) throw new Error('usage: node packaging/try.mjs FOLDER_OF_TARBALLS [PLATFORM]')
  const folder = await install(tarballs, platform === undefined ? {} : { platform })
  for (const program of ['by-import.mjs', 'by-require.cjs']) {
    const { schedulers, threads } = runTrial(folder, program)
    console.log(`${program}: ${schedulers} schedulers, processes on ${threads.length} threads`)
    if (threads.length !== schedulers) process.exitCode = 1
  }
  await rm(folder, { recursive: true })
}
