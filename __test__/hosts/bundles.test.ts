// Bundles as hosts: a program and its definitions in one file, with the package beside it or in it, made by esbuild and by
// Rolldown, as an ES module and as CommonJS; and what is said where a bundle cannot work.

import { readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build as esbuild } from 'esbuild'
import { build as rolldown } from 'rolldown'
import { describe, expect, it } from 'vitest'
import { readTrace } from '../process/trace-format.ts'
import { read } from '../tidy/repository.ts'
import { type Layout, type UserProject, userProject } from './project.ts'

type Format = 'esm' | 'cjs'

interface Settings {
  format?: Format
  /** Whether the package stays outside of the bundle. */
  external?: boolean
  minify?: boolean
  /** Gives `import.meta.url` to a bundle in CommonJS. */
  url?: boolean
}

const URL_OF_COMMONJS = "const __url = require('node:url').pathToFileURL(__filename).href"

const bundlers = {
  async esbuild(folder: string, { format = 'esm', external = false, minify = false, url = false }: Settings) {
    const outfile = join(folder, format === 'esm' ? 'bundle.mjs' : 'bundle.cjs')
    await esbuild({
      ...{ entryPoints: [join(folder, 'main.mjs')], outfile, bundle: true, platform: 'node', format, minify },
      external: external ? ['rumpus'] : [],
      logLevel: 'silent',
      ...(url ? { define: { 'import.meta.url': '__url' }, banner: { js: URL_OF_COMMONJS } } : {}),
    })
    return outfile
  },
  async rolldown(folder: string, { format = 'esm', external = false, minify = false }: Settings) {
    const file = join(folder, format === 'esm' ? 'bundle.mjs' : 'bundle.cjs')
    await rolldown({
      ...{ input: join(folder, 'main.mjs'), platform: 'node', cwd: folder, logLevel: 'silent' },
      external: external ? ['rumpus', 'rumpus/otp'] : [],
      output: { file, format, minify },
    })
    return file
  },
}

/** A project of which nothing is left but the bundle and the packages. */
async function bundled(
  bundler: keyof typeof bundlers,
  settings: Settings = {},
  layout: Layout = 'npm',
  fixture = 'bundle',
): Promise<{ project: UserProject; file: string }> {
  const project = await userProject(fixture, { layout })
  const written = (await readdir(project.folder)).filter((name) => name.endsWith('.mjs'))
  const file = await bundlers[bundler](project.folder, settings)
  for (const name of written) await rm(join(project.folder, name))
  return { project, file }
}

const works = {
  code: 0,
  signal: null,
  stdout: `${JSON.stringify({ threads: 3, total: 3, down: 'normal' })}\n`,
  stderr: '',
}

const settings: [string, Settings][] = [
  ['the package beside it', { external: true }],
  ['the package in it', {}],
  ['the package in it, minified', { minify: true }],
]

describe.each(['esbuild', 'rolldown'] as const)('%s', (bundler) => {
  it.each(settings)('one file with %s runs on every scheduler', async (_, given) => {
    const { project, file } = await bundled(bundler, given)
    expect(await project.run([file])).toEqual(works)
  })

  it.each(settings)('one file of servers and supervisors with %s runs on every scheduler', async (_, given) => {
    const { project, file } = await bundled(bundler, given, 'npm', 'bundle-otp')
    const { stdout, ...ended } = await project.run([file])
    expect(ended).toEqual({ code: 0, signal: null, stderr: '' })
    expect(JSON.parse(stdout)).toEqual({
      ...{ code: 'ERR_RUMPUS_DOWN', restarted: true },
      answers: [
        [0, true],
        [0, false],
        [0, false],
        [0, false],
      ],
    })
  })

  it.each(settings)('one file with %s traces, with the classes of the program', async (_, given) => {
    const { project, file } = await bundled(bundler, given, 'npm', 'bundle-traced')
    const stdout = `${JSON.stringify({ isOurs: true, refused: 'ERR_RUMPUS_TRACE' })}\n`
    expect(await project.run([file])).toEqual({ code: 0, signal: null, stdout, stderr: '' })
    const { events, closed, open, lost } = readTrace(join(project.folder, 'trace.json'))
    expect({ closed, open, lost }).toEqual({ closed: true, open: [], lost: [] })
    const names = events.filter(({ name }) => name === 'thread_name').map(({ args }) => `${args?.name}`)
    expect(names).toEqual(expect.arrayContaining(['host of runtime 2', 'rumpus:1 of runtime 2']))
  })

  it('one file with the package in it finds the files where pnpm keeps them', async () => {
    const { project, file } = await bundled(bundler, {}, 'pnpm')
    expect(await project.run([file])).toEqual(works)
  })

  it('one file with the package in it, and none installed, says what to do', async () => {
    const { project, file } = await bundled(bundler)
    await rename(join(project.folder, 'node_modules'), join(project.folder, 'gone'))
    const { code, stderr } = await project.run([file])
    expect(code).toBe(1)
    expect(stderr).toMatch(/ERR_RUMPUS_BUNDLED/)
    expect(stderr).toMatch(/is part of a bundle and does not find its own files from file:\S+bundle\.mjs/)
    expect(stderr).toMatch(/install rumpus \S+ where the program runs, or leave it out .*external: \['rumpus'\]/)
  })

  it('one file with the package in it, and another version installed, says which', async () => {
    const { project, file } = await bundled(bundler)
    const manifest = { ...JSON.parse(read('package.json')), version: '0.0.1' }
    await writeFile(join(project.folder, 'node_modules/rumpus/package.json'), JSON.stringify(manifest))
    const { code, stderr } = await project.run([file])
    expect(code).toBe(1)
    expect(stderr).toMatch(/is part of a bundle and finds version 0\.0\.1 in \S+package\.json: install rumpus/)
  })
})

describe('CommonJS', () => {
  it.each([
    ['rolldown', { external: true }],
    ['rolldown', {}],
    ['esbuild', { external: true, url: true }],
    ['esbuild', { url: true }],
  ] as const)('%s, %o: runs on every scheduler', async (bundler, given) => {
    const { project, file } = await bundled(bundler, { ...given, format: 'cjs' })
    const { stderr, ...ended } = await project.run([file])
    expect({ ...ended, stderr: stderr.replace(/^.*ExperimentalWarning.*\n.*\n?/gm, '') }).toEqual(works)
  })

  it('esbuild takes import.meta.url away: that is said, with the way out', async () => {
    const inside = await bundled('esbuild', { format: 'cjs' })
    const one = await inside.project.run([inside.file])
    expect(one.code).toBe(1)
    expect(one.stderr).toMatch(/ERR_RUMPUS_BUNDLED/)
    expect(one.stderr).toMatch(/CommonJS has no import\.meta\.url; .*external.*bundle as an ES module/)
    const beside = await bundled('esbuild', { format: 'cjs', external: true })
    const two = await beside.project.run([beside.file])
    expect(two.code).toBe(1)
    expect(two.stderr).toMatch(/url must be import\.meta\.url, or `pathToFileURL\(__filename\)\.href` in CommonJS/)
  })
})
