// Owns how the packages that users install are made: `rumpus`, and one with a binary for each platform that was built
// (`dist/native`). Never true here: something is built, a network is asked.

import { execFileSync } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { NapiCli, parseTriple } from '@napi-rs/cli'

const root = fileURLToPath(new URL('..', import.meta.url))
const usage = `usage: node packaging/pack.mjs [--out FOLDER] [--only PLATFORM] [--all] [--repository URL]
  --out FOLDER      where the tarballs go (npm/tarballs)
  --only PLATFORM   of the platform packages that one alone: linux-x64-gnu
  --all             fail unless every platform of package.json was built
  --repository URL  the repository to name in the packages; publishing with provenance wants it`

/**
 * Packs the main package and every platform package whose binary lies in `dist/native`.
 *
 * @param {{ out?: string, only?: string, all?: boolean, repository?: string }} [options] `out`: the folder of the tarballs, emptied
 *   first; `repository`: its address, as publishing with provenance wants it.
 * @returns {Promise<string[]>} The paths of the tarballs, the main one last: it wants the others to be there.
 */
export async function pack({ out = join(root, 'npm', 'tarballs'), only, all = false, repository } = {}) {
  const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  const added = repository === undefined ? {} : { repository: { type: 'git', url: `git+${repository}.git` } }
  await rm(out, { recursive: true, force: true })
  await mkdir(out, { recursive: true })
  const stage = await mkdtemp(join(tmpdir(), 'rumpus-pack-'))
  const wanted = platformNames(manifest).filter((name) => only === undefined || name === only)
  try {
    const platforms = await stagePlatforms(stage, wanted, added)
    if (platforms.length === 0)
      throw new Error(`packing needs one of ${wanted} in dist/native: run \`npm run build\` first`)
    if (all && platforms.length < wanted.length) {
      throw new Error(`packing all needs ${wanted.length} binaries in dist/native: ${platforms.length} there`)
    }
    const main = await stageMain(join(stage, manifest.name), manifest, added)
    return [...platforms, main].map((folder) => tarball(folder, out))
  } finally {
    await rm(stage, { recursive: true })
  }
}

/**
 * The folders of the platform packages, as napi-rs makes them, with their binaries; those without a binary are left out.
 *
 * @param {string} stage
 * @param {string[]} wanted
 * @param {object} added
 */
async function stagePlatforms(stage, wanted, added) {
  const { binaryName } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')).napi
  await cp(join(root, 'package.json'), join(stage, 'package.json'))
  await new NapiCli().createNpmDirs({ cwd: stage, npmDir: '.' })
  const built = new Set(await readdir(join(root, 'dist', 'native')).catch(() => []))
  const folders = []
  for (const platform of wanted) {
    const folder = join(stage, platform)
    const binary = `${binaryName}.${platform}.node`
    if (!built.has(binary)) continue
    await cp(join(root, 'dist', 'native', binary), join(folder, binary))
    await cp(join(root, 'LICENSE'), join(folder, 'LICENSE'))
    const own = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
    await write(join(folder, 'package.json'), { ...own, type: 'commonjs', ...added })
    folders.push(folder)
  }
  return folders
}

/**
 * The folder of the main package. What only a clone needs stays behind, the source maps too: their sources are not there.
 *
 * @param {string} folder
 * @param {any} manifest
 * @param {object} added
 */
async function stageMain(folder, manifest, added) {
  const { scripts, devDependencies, allowScripts, napi, ...published } = manifest
  const { version } = manifest
  await mkdir(join(folder, 'dist'), { recursive: true })
  const optionalDependencies = Object.fromEntries(
    platformNames(manifest).map((platform) => [`${manifest.name}-${platform}`, version]),
  )
  await write(join(folder, 'package.json'), { ...published, ...added, optionalDependencies })
  const surfaces = (await readdir(root)).filter((name) => name.endsWith('.d.ts'))
  for (const name of ['LICENSE', ...surfaces]) await cp(join(root, name), join(folder, name))
  for (const name of ['README.md', 'CHANGELOG.md'])
    await writeFile(join(folder, name), unpadded(await readFile(join(root, name), 'utf8')))
  for (const name of (await readdir(join(root, 'dist'))).filter((file) => /\.c?js$/.test(file))) {
    const text = await readFile(join(root, 'dist', name), 'utf8')
    await writeFile(join(folder, 'dist', name), text.replace(/^\/\/# sourceMappingURL=.*\n?/m, ''))
  }
  return folder
}

/**
 * A document without the spaces that line up its tables in an editor: who reads the packed one sees it rendered.
 *
 * @param {string} text
 */
const unpadded = (text) =>
  text.replace(/^\|.*\|$/gm, (row) => row.replace(/ +(?= \|)/g, '').replace(/(?<=\| -)-+(?= \|)/g, ''))

/**
 * The last parts of the platform packages' names, sorted: `linux-x64-gnu`.
 *
 * @param {any} manifest
 * @returns {string[]}
 */
export function platformNames(manifest) {
  return manifest.napi.targets.map((/** @type {string} */ target) => parseTriple(target).platformArchABI).sort()
}

/**
 * Packs a folder as npm would publish it, and answers the path of the tarball.
 *
 * @param {string} folder
 * @param {string} out
 */
export function tarball(folder, out) {
  const told = npm(['pack', folder, '--pack-destination', out, '--json', '--ignore-scripts'], root)
  return join(out, basename(JSON.parse(told)[0].filename))
}

/**
 * Runs npm in a folder, with the Node.js that runs this, and answers its stdout.
 *
 * @param {string[]} args
 * @param {string} cwd
 */
function npm(args, cwd) {
  return execFileSync('npm', args, { cwd, encoding: 'utf8', shell: process.platform === 'win32', stdio: 'pipe' })
}

/**
 * @param {string} path
 * @param {object} value
 */
const write = (path, value) => writeFile(path, `${JSON.stringify(value, null, 2)}\n`)

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    const { values } = parseArgs({
      options: {
        ...{ out: { type: 'string' }, only: { type: 'string' } },
        ...{ all: { type: 'boolean' }, repository: { type: 'string' } },
      },
    })
    for (const path of await pack(values)) console.log(path)
  } catch (error) {
    console.error(error instanceof TypeError ? `${error.message}\n${usage}` : error)
    process.exitCode = 1
  }
}
