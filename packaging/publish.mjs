// Owns the order in which packed packages are published: the platforms first, because the main one wants them; what npm
// has already stays, so that a release that was cut short can be run again. Never true here: a tarball is made or changed.

import { execFileSync, spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const [folder, ...flags] = process.argv.slice(2)
if (folder === undefined) throw new Error('usage: node packaging/publish.mjs FOLDER_OF_TARBALLS [--dry-run]')
const { name, version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
const end = `-${version}.tgz`
const names = readdirSync(folder)
  .filter((file) => file.endsWith(end))
  .map((file) => file.slice(0, -end.length))
if (!names.includes(name)) throw new Error(`publishing needs ${name}${end} in ${folder}: there is ${names.join(', ')}`)

for (const one of [...names.filter((other) => other !== name).sort(), name]) {
  if (isPublished(one)) {
    console.log(`${one} ${version} is published already`)
    continue
  }
  const tag = version.includes('-') ? 'next' : 'latest'
  const path = resolve(join(folder, one + end))
  const args = ['publish', path, '--provenance', '--access', 'public', '--tag', tag, ...flags]
  execFileSync('npm', args, { stdio: 'inherit' })
}

/** @param {string} one */
function isPublished(one) {
  return spawnSync('npm', ['view', `${one}@${version}`, 'version'], { encoding: 'utf8' }).stdout?.trim() === version
}
