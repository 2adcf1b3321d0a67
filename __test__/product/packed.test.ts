// Goal: what users install is whole, small and clean, and runs where there is no Rust and no network. Method: pack, look
// inside, install into an empty folder with nothing but Node and npm to be found, and run.

import { execFileSync, spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { detectHost, platformName } from '../../js/native/host.ts'
import { pack, platformNames } from '../../packaging/pack.mjs'
import { install, runTrial } from '../../packaging/try.mjs'
import { read, root } from '../tidy/repository.ts'
import { snippetsOf } from '../tidy/snippets.ts'

const KB = 1000
const platform = platformName(detectHost())
const manifest = JSON.parse(read('package.json'))

/**
 * What the entries beside the core add to the package, each with a limit of its own, in bytes: so much for what it does, and about
 * as much again for types that explain themselves.
 */
const further: Record<string, { readonly files: readonly string[]; readonly most: number }> = {
  // Servers, state machines, supervisors, registries, groups, agents, tasks, applications, stages. More than half are types: every callback and every verb
  // with its example.
  otp: { files: ['dist/otp.js', 'otp.d.ts'], most: 255 * KB },
  // What has changed, in all of the entries.
  changes: { files: ['CHANGELOG.md'], most: 20 * KB },
  // The contract and two executors, events of a user's own, who waits for whom. Who brings an executor, or runs in a page, reads it whole.
  effect: { files: ['dist/effect.js', 'dist/contract.js', 'effect.d.ts'], most: 50 * KB },
  // Scopes, what runs together, what goes through many things; strict scopes, orphans, ownership and what they call a fault.
  structured: { files: ['dist/structured.js', 'structured.d.ts'], most: 50 * KB },
  // What fibers share, ten things of a page each; most have events.
  sync: { files: ['dist/sync.js', 'sync.d.ts'], most: 41 * KB },
  // What can be waited for as one of several, the lines in which that stands, and transactions; read by who imports what fibers share, too, which has events.
  events: { files: ['dist/events.js', 'dist/choices.js', 'events.d.ts'], most: 28 * KB },
  // What code asks for, and who answers.
  handlers: { files: ['dist/handlers.js', 'handlers.d.ts'], most: 28 * KB },
  // One executor and the one function that gives it out; bodies on other cores, so many of them at a time, a channel between all of them,
  // and the same that holds nothing.
  fibers: { files: ['dist/fibers.js', 'fibers.d.ts'], most: 42 * KB },
  // One function and what it opens, and how lines are written; pino is the user's own.
  logger: { files: ['dist/logger.js', 'dist/lines.js', 'dist/rescue.js', 'logger.d.ts'], most: 20 * KB },
  // What packs nested values, which others wrote, with its licence; a thread to which none comes reads nothing of it.
  nested: { files: ['dist/msgpackr.cjs'], most: 37 * KB },
  // What tells of a kernel that traces; a thread that does not trace reads nothing of it.
  trace: { files: ['dist/trace.js'], most: 14 * KB },
  // Handlers, spans, contexts, two exporters; whom they export to is the user's own.
  telemetry: { files: ['dist/telemetry.js', 'dist/peer.js', 'telemetry.d.ts'], most: 44 * KB },
}

let folder = ''
let tarballs: string[] = []
let installed = ''
let env: NodeJS.ProcessEnv = {}

/** Where a command lies, by the PATH of this process. */
const whereIs = (command: string): string => execFileSync('which', [command], { encoding: 'utf8' }).trim()

/** An environment with nothing to find but node, npm and a shell; a home, a cache and a registry that are empty. */
async function bareEnvironment(): Promise<NodeJS.ProcessEnv> {
  const bin = join(folder, 'bin')
  await mkdir(bin)
  for (const command of ['node', 'npm', 'sh']) {
    await symlink(command === 'node' ? process.execPath : whereIs(command), join(bin, command))
  }
  return { PATH: bin, HOME: folder, npm_config_cache: join(folder, 'cache'), npm_config_offline: 'true' }
}

/** What a tarball holds: the bytes of each file by its path. */
function contents(path: string): Map<string, number> {
  const listed = execFileSync('tar', ['tvzf', path], { encoding: 'utf8' }).trim().split('\n')
  return new Map(
    listed.map((line) => {
      const words = line.split(/\s+/)
      return [(words[5] ?? '').replace('package/', ''), Number(words[2])]
    }),
  )
}

/** The names of an ELF file's sections. */
function sections(elf: Buffer): string[] {
  const [table, size, count, namesAt] = [elf.readBigUInt64LE(40), elf.readUInt16LE(58), elf.readUInt16LE(60), 62]
  const entry = (index: number): number => Number(table) + index * size
  const names = Number(elf.readBigUInt64LE(entry(elf.readUInt16LE(namesAt)) + 24))
  return Array.from({ length: count }, (_, index) => {
    const start = names + elf.readUInt32LE(entry(index))
    return elf.toString('latin1', start, elf.indexOf(0, start))
  })
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rumpus-packed-'))
  const out = join(folder, 'tarballs')
  tarballs = await pack({ out, only: platform })
  env = await bareEnvironment()
  installed = await install(out, { env })
}, 120_000)

afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
  if (installed !== '') await rm(installed, { recursive: true, force: true })
})

describe('the main package', () => {
  const core = [
    ...['index', 'leaves', 'portable', 'scheduler-thread', 'shared', 'simulation'].map((name) => `dist/${name}.js`),
    ...['LICENSE', 'README.md', 'index.d.ts', 'package.json', 'portable.d.ts'],
  ]
  const main = (): string => tarballs.at(-1)!
  const sizeOf = (paths: readonly string[]): number => {
    const files = contents(main())
    return paths.reduce((sum, path) => sum + files.get(path)!, 0)
  }

  it('holds what runs and what explains it, and nothing else', () => {
    const added = Object.values(further).flatMap(({ files }) => files)
    expect([...contents(main()).keys()].sort()).toEqual([...core, ...added].sort())
  })

  it('has a core of at most 300 KB', () => expect(sizeOf(core)).toBeLessThanOrEqual(300 * KB))

  it.each(Object.entries(further))('has no more for %s than its limit', (_, { files, most }) => {
    expect(sizeOf(files)).toBeLessThanOrEqual(most)
  })

  it('is no larger than a megabyte', () => expect(sizeOf([...contents(main()).keys()])).toBeLessThanOrEqual(1000 * KB))

  it('wants the platform packages in its own version, and nothing that only a clone needs', async () => {
    const published = JSON.parse(await readFile(join(installed, 'node_modules/rumpus/package.json'), 'utf8'))
    expect(published.optionalDependencies).toEqual(
      Object.fromEntries(platformNames(manifest).map((name) => [`rumpus-${name}`, manifest.version])),
    )
    expect(published.dependencies).toBeUndefined()
    const { packages } = JSON.parse(await readFile(join(installed, 'node_modules/.package-lock.json'), 'utf8'))
    expect(Object.keys(packages).sort()).toEqual(['node_modules/rumpus', `node_modules/rumpus-${platform}`])
    expect(Object.values(packages)).toEqual([
      expect.not.objectContaining({ hasInstallScript: true }),
      expect.not.objectContaining({ hasInstallScript: true }),
    ])
    expect(Object.keys(published)).not.toEqual(expect.arrayContaining(['scripts']))
    expect(Object.keys(published)).not.toEqual(expect.arrayContaining(['devDependencies']))
    expect(manifest.optionalDependencies, 'npm ci in a clone must not ask for what is not published').toBeUndefined()
  })

  it('names no source map, which is not there', async () => {
    const programs = [...contents(main()).keys()].filter((path) => path.endsWith('.js'))
    expect(programs.length).toBeGreaterThan(5)
    for (const path of programs) {
      expect(await readFile(join(installed, 'node_modules/rumpus', path), 'utf8')).not.toContain('sourceMappingURL')
    }
  })

  it('is clean to arethetypeswrong', () => {
    const attw = spawnSync(
      process.execPath,
      [join(root, 'node_modules/@arethetypeswrong/cli/dist/index.js'), main(), '--profile', 'esm-only', '--no-color'],
      { encoding: 'utf8' },
    )
    expect(attw.status, attw.stdout + attw.stderr).toBe(0)
  })

  it('has types that a strict program can use', () => {
    const tsc = spawnSync(
      process.execPath,
      [
        ...[join(root, 'node_modules/typescript/bin/tsc'), '--noEmit', '--strict', '--allowJs', '--checkJs'],
        ...['--module', 'nodenext', '--target', 'es2023', '--lib', 'es2023,esnext.disposable'],
        ...['--typeRoots', join(root, 'node_modules/@types'), '--types', 'node', 'by-import.mjs'],
      ],
      { cwd: installed, encoding: 'utf8' },
    )
    expect(tsc.status, tsc.stdout).toBe(0)
  })

  it('has types that ask for no other package and no library by name', async () => {
    await writeFile(
      join(installed, 'typed.mts'),
      `import { define, type Pid, run, type Self, send } from 'rumpus'
import { fiberOf } from 'rumpus/fibers'
import { scope } from 'rumpus/structured'
import { Latch } from 'rumpus/sync'
const body = define(import.meta.url, 'body', async (_self: Self<never>, to: Pid<number>) => send(to, 1))
export const told: Promise<number> = run(async (self: Self<number>) => {
  const latch = new Latch(1)
  await scope(fiberOf(self), async (scope) => {
    scope.fork((fiber) => latch.wait(fiber))
    latch.countDown()
  })
  self.spawn(body, self.pid)
  return self.receive()
})
`,
    )
    const flags = ['--noEmit', '--strict', '--module', 'nodenext', 'typed.mts']
    const tsc = spawnSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), ...flags], {
      cwd: installed,
      encoding: 'utf8',
    })
    expect(tsc.status, tsc.stdout).toBe(0)
  }, 120_000)
})

describe('the platform package', () => {
  it('is named after its platform and a binary of at most 1.5 MB, stripped', async () => {
    const [path] = tarballs as [string]
    const binary = `rumpus.${platform}.node`
    const files = contents(path)
    expect(basename(path)).toBe(`rumpus-${platform}-${manifest.version}.tgz`)
    expect([...files.keys()].sort()).toEqual(['LICENSE', 'README.md', 'package.json', binary])
    expect(files.get(binary)).toBeLessThanOrEqual(1500 * KB)
    if (process.platform !== 'linux') return
    const names = sections(await readFile(join(installed, `node_modules/rumpus-${platform}/${binary}`)))
    expect(names).toContain('.text')
    expect(names.filter((section) => /^\.(symtab|debug)/.test(section))).toEqual([])
  })
})

it('every package is clean to publint', async () => {
  for (const path of tarballs) {
    const publint = spawnSync(process.execPath, [join(root, 'node_modules/publint/src/cli.js'), path, '--strict'], {
      encoding: 'utf8',
    })
    expect(publint.status, publint.stdout + publint.stderr).toBe(0)
    expect(publint.stdout).toContain('All good!')
  }
})

describe('installed without Rust', () => {
  it('finds no compiler', () => {
    for (const command of ['cargo', 'rustc', 'cc']) {
      expect(spawnSync(command, ['--version'], { env }).error).toMatchObject({ code: 'ENOENT' })
    }
  })

  it.each(['by-import.mjs', 'by-require.cjs'])('runs processes on every core: %s', (program) => {
    const { schedulers, threads } = runTrial(installed, program, env)
    expect(schedulers).toBeGreaterThanOrEqual(1)
    expect(schedulers).toBeLessThanOrEqual(availableParallelism())
    expect(new Set(threads).size).toBe(schedulers)
    expect(threads).not.toContain(0)
  })

  it.each(['README.md', 'docs/guides/first-five-minutes.md'])('runs what a newcomer copies out of %s', async (page) => {
    const programs = snippetsOf(page, read(page)).filter(({ info }) => info === 'js')
    expect(programs.length).toBeGreaterThanOrEqual(2)
    for (const { place, code } of programs) {
      const program = join(installed, 'copied.mjs')
      await writeFile(program, code)
      const { status, stderr } = spawnSync(process.execPath, [program], { cwd: installed, env, encoding: 'utf8' })
      expect({ place, status, stderr }).toEqual({ place, status: 0, stderr: '' })
    }
  })

  it('runs servers and supervisors', () => {
    expect(runTrial(installed, 'otp.mjs', env)).toEqual({ answers: [0, 1, 0] })
  })

  it('says what to install where a package is missing that only a part needs', () => {
    expect(runTrial(installed, 'peers.mjs', env)).toEqual({
      missing: ['pino', 'prom-client', '@opentelemetry/api'].map((name) => ['ERR_RUMPUS_NO_PEER', name]),
      heard: ['app:told'],
    })
  })

  it('runs fibers, inside a process and beside it', () => {
    expect(runTrial(installed, 'fibers.mjs', env)).toEqual({ inside: [2, 4, 6], beside: 'here' })
  })

  it('runs the portable runtime, which needs no binary', () => {
    expect(runTrial(installed, 'portable.mjs', env)).toEqual({ answer: 42 })
  })
})
