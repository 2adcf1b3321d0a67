// Goal: a release has every platform, tries each, and publishes so that nobody can install half of it. Method: read the
// workflow; publish to an npm that only takes notes.

import { execFileSync } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { platformNames } from '../../packaging/pack.mjs'
import { read, root } from '../tidy/repository.ts'

const manifest = JSON.parse(read('package.json'))
const { version } = manifest
const workflow = read('.github/workflows/release.yml')

const namesIn = (pattern: RegExp): string[] => [...workflow.matchAll(pattern)].map((match) => match[1] ?? '').sort()

it('the workflow builds every platform, and tries each on its own system', () => {
  expect(namesIn(/\{ target: ([\w-]+), runner: /g)).toEqual([...manifest.napi.targets].sort())
  expect(namesIn(/\{ platform: ([\w-]+), runner: /g)).toEqual(platformNames(manifest))
  const listed = namesIn(/^ +platform: \[(.*)\]$/gm).flatMap((list) => list.split(', '))
  expect(listed.sort()).toEqual(platformNames(manifest))
})

/** Publishes tarballs of these names to an npm that has some already; answers the arguments of each publication. */
async function published(names: string[], already: string[]): Promise<string[][]> {
  const folder = await mkdtemp(join(tmpdir(), 'rumpus-publish-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const [bin, notes] = [join(folder, 'bin'), join(folder, 'notes')]
  await mkdir(bin)
  await writeFile(
    join(bin, 'npm'),
    `#!${process.execPath}
const [verb, what] = process.argv.slice(2)
if (verb === 'publish') require('node:fs').appendFileSync(${JSON.stringify(notes)}, JSON.stringify(process.argv.slice(2)) + '\\n')
else if (${JSON.stringify(already)}.includes(what)) console.log(${JSON.stringify(version)})
else process.exitCode = 1
`,
  )
  await chmod(join(bin, 'npm'), 0o755)
  await writeFile(notes, '')
  for (const name of names) await writeFile(join(folder, `${name}-${version}.tgz`), '')
  execFileSync(process.execPath, [join(root, 'packaging/publish.mjs'), folder], {
    env: { PATH: bin + delimiter + process.env.PATH },
    stdio: 'pipe',
  })
  const lines = (await readFile(notes, 'utf8')).trim().split('\n')
  return lines.map((line) => (JSON.parse(line) as string[]).map((word) => word.replace(`${folder}/`, '')))
}

it.skipIf(process.platform === 'win32')('the main package is published last, with provenance', async () => {
  const calls = await published(['rumpus', 'rumpus-linux-x64-gnu', 'rumpus-darwin-arm64'], [])
  expect(calls.map(([verb, path]) => [verb, path])).toEqual([
    ['publish', `rumpus-darwin-arm64-${version}.tgz`],
    ['publish', `rumpus-linux-x64-gnu-${version}.tgz`],
    ['publish', `rumpus-${version}.tgz`],
  ])
  for (const call of calls) expect(call).toEqual(expect.arrayContaining(['--provenance', '--access', 'public']))
})

it.skipIf(process.platform === 'win32')(
  'what was published before a release broke off is not published twice',
  async () => {
    const calls = await published(['rumpus', 'rumpus-linux-x64-gnu'], [`rumpus-linux-x64-gnu@${version}`])
    expect(calls.map(([, path]) => path)).toEqual([`rumpus-${version}.tgz`])
  },
)

it('nothing is published without the main package', async () => {
  await expect(published(['rumpus-linux-x64-gnu'], [])).rejects.toThrow(/publishing needs rumpus-/)
})
