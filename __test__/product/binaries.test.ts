// Goal: a program that cannot have its binary is told where it runs, why, and what to do. Method: give the detection other
// evidence; import a copy of the package beside missing, broken, foreign and old binaries, in engines that are pretended.

import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { describeHost, detectHost, type Evidence, otherPlatforms, platformName } from '../../js/native/host.ts'
import { platformNames } from '../../packaging/pack.mjs'
import { program } from '../process/world.ts'
import { read, root } from '../tidy/repository.ts'

const none = (): never => {
  throw new Error('there is none')
}

/** What a Linux without anything to tell its libc by shows, but for what is given. */
const evidence = (given: Partial<Evidence>): Evidence => ({
  ...{ platform: 'linux', arch: 'x64', versions: { node: '22.1.0' }, ldd: none, report: none, exists: () => false },
  ...given,
})

const own = detectHost()
const ownName = platformName(own)
const { version, napi } = JSON.parse(read('package.json'))

describe('detectHost', () => {
  it('tells the libc by the script ldd, then by the report, then by the loader', () => {
    const libc = (given: Partial<Evidence>): string | undefined => detectHost(evidence(given)).libc
    const glibc = { header: { glibcVersionRuntime: '2.36' }, sharedObjects: ['/lib/x86_64-linux-gnu/libc.so.6'] }
    const alpine = { header: {}, sharedObjects: ['/usr/lib/libstdc++.so.6', '/lib/ld-musl-x86_64.so.1'] }
    expect(libc({ ldd: () => '#!/bin/sh\nexec /lib/ld-musl-x86_64.so.1 --list "$@"\n', report: none })).toBe('musl')
    expect(libc({ ldd: () => '#! /bin/bash\n# Copyright (C) Free Software Foundation\n', report: none })).toBe('gnu')
    expect(libc({ report: () => glibc, exists: () => true })).toBe('gnu')
    expect(libc({ report: () => alpine })).toBe('musl')
    expect(libc({ report: () => undefined, exists: (path) => path === '/lib/ld-musl-x86_64.so.1' })).toBe('musl')
    expect(libc({ arch: 'arm64', exists: (path) => path === '/lib/ld-musl-aarch64.so.1' })).toBe('musl')
    expect(libc({})).toBe('gnu')
    expect(libc({ platform: 'darwin', ldd: () => 'musl' })).toBeUndefined()
  })

  it('finds the same libc of this machine by the script and by the report', () => {
    expect(
      detectHost(evidence({ report: () => process.report.getReport() as ReturnType<Evidence['report']> })).libc,
    ).toBe(process.platform === 'linux' ? own.libc : 'gnu')
  })

  it('names platforms as napi-rs does, all that are published', () => {
    const names = [ownName, ...(otherPlatforms(own) ?? [])]
    expect(names.sort()).toEqual(platformNames({ napi }))
    expect(otherPlatforms(detectHost(evidence({ platform: 'freebsd' })))).toBeUndefined()
    expect(platformName(detectHost(evidence({ platform: 'win32' })))).toBe('win32-x64-msvc')
  })

  it('says which engine and where', () => {
    const words = (given: Partial<Evidence>): string => describeHost(detectHost(evidence(given)))
    expect(words({})).toBe('Node.js 22.1.0 on linux x64, libc gnu')
    expect(words({ platform: 'darwin', versions: { node: '22.1.0', bun: '1.4.5' } })).toBe('Bun 1.4.5 on darwin x64')
    expect(words({ versions: { node: '22.1.0', electron: '38.0.0' } })).toMatch(/^Electron 38\.0\.0 on/)
  })
})

/** A folder with an installed copy of the package, and one binary package as told. */
async function installation(name?: string, files: Record<string, string> = {}): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'rumpus-binaries-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const home = join(folder, 'node_modules', 'rumpus')
  await mkdir(join(home, 'dist'), { recursive: true })
  await cp(join(root, 'package.json'), join(home, 'package.json'))
  for (const file of ['index', 'shared', 'leaves', 'scheduler-thread']) {
    await cp(join(root, `dist/${file}.js`), join(home, `dist/${file}.js`))
  }
  if (name !== undefined) {
    const platform = join(folder, 'node_modules', `rumpus-${name}`)
    await mkdir(platform)
    for (const [file, text] of Object.entries(files)) await writeFile(join(platform, file), text)
  }
  await writeFile(
    join(folder, 'program.mjs'),
    `try {
  const { run } = await import('rumpus')
  console.log(await run(async () => 'ran'))
} catch ({ name, code, message }) {
  console.log([name, code, message].join('\\n'))
}
`,
  )
  return folder
}

/** What the program of an installation prints, with a script run before it. */
async function printed(folder: string, before = ''): Promise<string[]> {
  const flags = before === '' ? [] : ['--import', `data:text/javascript,${encodeURIComponent(before)}`]
  const { stdout, stderr } = await program(join(folder, 'program.mjs'), [], flags)
  expect(stderr).toBe('')
  return stdout.trim().split('\n')
}

const main = '{ "main": "main.js" }'
const head = `cannot load rumpus ${version} in ${describeHost(own)}: `
const other = ownName === 'linux-x64-musl' ? 'linux-x64-gnu' : 'linux-x64-musl'

describe('a binary', () => {
  it('is taken from the platform package of the same version', async () => {
    const folder = await installation(ownName, { 'package.json': main, 'main.js': '' })
    const binary = JSON.stringify(join(root, `dist/native/rumpus.${ownName}.node`))
    await writeFile(join(folder, `node_modules/rumpus-${ownName}/main.js`), `module.exports = require(${binary})`)
    expect(await printed(folder)).toEqual(['ran'])
  })

  it('is looked for by the host alone: its threads are told', async () => {
    const folder = await installation(ownName, { 'package.json': '{ "main": "rumpus.node" }' })
    const home = join(folder, `node_modules/rumpus-${ownName}`)
    await cp(join(root, `dist/native/rumpus.${ownName}.node`), join(home, 'rumpus.node'))
    await writeFile(
      join(folder, 'threads.mjs'),
      `import { rmSync } from 'node:fs'
      import { define, run, send } from 'rumpus'
      const ran = define(import.meta.url, 'ran', async (_, to) => send(to, 'ran'))
      rmSync(${JSON.stringify(join(home, 'package.json'))}, { force: true })
      const body = async (self) => {
        self.spawn(ran.with({ on: 1 }), self.pid)
        return await self.receive({ timeout: 10_000 })
      }
      console.log(await run(body, { schedulers: 1 }).catch(({ code }) => code))`,
    )
    expect(await program(join(folder, 'threads.mjs'), [], [])).toMatchObject({ stdout: 'ran\n', stderr: '' })
  })

  it('that is not installed', async () => {
    const [name, code, message] = await printed(await installation())
    expect([name, code]).toEqual(['RumpusError', 'ERR_RUMPUS_NO_BINARY'])
    expect(message).toBe(
      `${head}the platform package rumpus-${ownName} is not installed; install again with optional dependencies (\`npm install --include=optional\`), or build it from a clone with a Rust toolchain by \`npm run build\``,
    )
  })

  it('that is for another libc or system', async () => {
    const folder = await installation(other, { 'package.json': main, 'main.js': 'throw new Error("never loaded")' })
    const [, code, message] = await printed(folder)
    expect(code).toBe('ERR_RUMPUS_NO_BINARY')
    expect(message).toBe(
      `${head}the platform package rumpus-${ownName} is wanted, rumpus-${other} is installed; remove node_modules and install again on this system`,
    )
  })

  it('that the system does not load', async () => {
    const folder = await installation(ownName, { 'package.json': '{ "main": "x.node" }', 'x.node': 'not a binary' })
    const [, code, message] = await printed(folder)
    expect(code).toBe('ERR_RUMPUS_WRONG_BINARY')
    expect(message).toContain(`${head}its binary does not load: `)
    expect(message).toContain('x.node')
  })

  it.each([
    ["exports.version = () => '0.0.9'", '0.0.9'],
    ['exports.old = true', 'no known version'],
  ])('of another version: %s', async (text, found) => {
    const folder = await installation(ownName, { 'package.json': main, 'main.js': text })
    const [, code, message] = await printed(folder)
    expect(code).toBe('ERR_RUMPUS_WRONG_BINARY')
    expect(message).toContain(`${head}its binary must be of version ${version}, `)
    expect(message).toContain(`main.js is of ${found}; remove node_modules and install again on this system`)
  })

  it('for a system that rumpus is not published for', async () => {
    const [, code, message] = await printed(
      await installation(),
      "for (const [key, value] of [['platform', 'freebsd'], ['arch', 'riscv64']]) Object.defineProperty(process, key, { value })",
    )
    expect(code).toBe('ERR_RUMPUS_NO_BINARY')
    expect(message).toMatch(
      / on freebsd riscv64: there is no platform package for freebsd-riscv64; build it from a clone/,
    )
  })
})

describe('an engine that cannot have a binary', () => {
  it.each([
    ['bun', '1.4.5', /in Bun 1\.4\.5 on .*: run it with Node\.js 20\.19 or newer$/],
    ['deno', '2.9.6', /in Deno 2\.9\.6 on .*: run it with Node\.js 20\.19 or newer$/],
    ['electron', '38.0.0', /in Electron 38\.0\.0 on .*: Electron forbids .*: start a Node\.js of its own beside it$/],
    ['node', '18.20.8', /in Node\.js 18\.20\.8 on .*: update Node\.js to 20\.19 or newer$/],
    ['node', '20.18.3', /in Node\.js 20\.18\.3 on .*: update Node\.js to 20\.19 or newer$/],
  ])('%s %s', async (engine, its, wanted) => {
    const versions = `{ ...process.versions, ${engine}: '${its}' }`
    const [name, code, message] = await printed(
      await installation(),
      `Object.defineProperty(process, 'versions', { value: ${versions} })`,
    )
    expect([name, code]).toEqual(['RumpusError', 'ERR_RUMPUS_FOREIGN_HOST'])
    expect(message).toMatch(wanted)
    expect(message).toContain(`${process.platform} ${process.arch}`)
  })
})

it('a Node.js that is too old to be asked for its modules is told by that', async () => {
  const [name, code, message] = await printed(await installation(), 'process.getBuiltinModule = undefined')
  expect([name, code]).toEqual(['RumpusError', 'ERR_RUMPUS_FOREIGN_HOST'])
  const where = `Node\\.js v\\d+\\S+ on ${process.platform} ${process.arch}`
  expect(message).toMatch(
    new RegExp(`^cannot load rumpus in ${where}, which .*: run it with Node\\.js 20\\.19 or newer$`),
  )
})

it('Deno that forbids to read files is told to be Deno', async () => {
  const [name, code, message] = await printed(
    await installation(),
    `Object.defineProperty(process, 'versions', { value: { ...process.versions, deno: '2.9.6' } })
    for (const verb of ['existsSync', 'readFileSync']) {
      process.getBuiltinModule('node:fs')[verb] = () => {
        throw new Error('NotCapable')
      }
    }`,
  )
  expect([name, code]).toEqual(['RumpusError', 'ERR_RUMPUS_FOREIGN_HOST'])
  expect(message).toMatch(/in Deno 2\.9\.6 on .*: run it with Node\.js 20\.19 or newer$/)
})

it('the crates have the version of the package', () => {
  expect(/\[workspace\.package\]\nversion = "(.*)"/.exec(read('Cargo.toml'))?.[1]).toBe(version)
})
