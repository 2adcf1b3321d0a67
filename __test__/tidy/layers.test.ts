// Goal: arrows between the rooms of the house go one way. Method: read the manifests and the import graph.

import { execFileSync } from 'node:child_process'
import { posix } from 'node:path'
import { describe, expect, it } from 'vitest'
import { filesIn, importsOf, layersOfRust, read, root, stringsOf } from './repository.ts'

const crates = ['rumpus-sync', 'rumpus-runtime', 'rumpus-binding']

/** Each room of the crates in reading order; each may depend on those before it, and only the last knows N-API. */
function crateRefusals(name: string, dependencies: string[]): string[] {
  const at = crates.indexOf(name)
  if (at < 0) return [`${name} has no place: give it one in layers.test.ts`]
  return dependencies
    .filter((other) => crates.indexOf(other) >= at || (/^napi/.test(other) && name !== 'rumpus-binding'))
    .map((other) => `${name} -> ${other}`)
}

const leaves = ['errors', 'types', 'pid', 'options', 'show']
const leftToRight = [
  'builtin',
  'kernel',
  'process',
  'effect',
  'events',
  'structured',
  'sync',
  'handlers',
  'fibers',
  'otp',
  'logger',
  'telemetry',
]

/** What each room of js/ may import besides itself and the leaves. */
const mayImport: Record<string, string[]> = {
  errors: [],
  types: [],
  pid: [],
  options: [],
  show: [],
  native: ['builtin'],
  model: [],
  ...Object.fromEntries(leftToRight.map((room, at) => [room, leftToRight.slice(0, at)])),
  kernel: ['builtin', 'native'],
  // What speaks of fibers knows the contract, and not who keeps it; the contract, the dice of the model.
  effect: ['model'],
  events: ['effect'],
  structured: ['effect'],
  sync: ['effect', 'events'],
  handlers: ['effect'],
  index: ['kernel', 'process', 'testing'],
  rescue: ['kernel'],
  trace: ['kernel'],
  'scheduler-thread': ['kernel', 'process', 'index'],
  portable: ['model', 'testing', ...leftToRight],
  testing: ['native', 'model', ...leftToRight],
}

/** Rooms that any JavaScript engine can run: nothing of Node, no package. */
const anywhere = [...leaves, ...['model', 'portable', 'effect', 'events', 'structured', 'sync', 'handlers']]

const manifest = JSON.parse(read('package.json'))
/** Packages that users install themselves, and the rooms that know them, by their types alone. */
const peers = Object.keys(manifest.peerDependencies)
const withPeers = ['logger', 'telemetry']
const roomOf = (path: string): string => path.split('/')[1]?.replace(/\.ts$/, '') ?? ''

/** Why a file may not import what it imports, given the paths that exist; the addon has a rule of its own. */
function importRefusals(path: string, specifiers: string[], exists: (path: string) => boolean): string[] {
  return specifiers.flatMap((specifier) => {
    const arrow = `${path} -> ${specifier}`
    if (!specifier.startsWith('.')) {
      if (anywhere.includes(roomOf(path))) return [`${arrow}: ${roomOf(path)} runs anywhere`]
      const packages = withPeers.includes(roomOf(path)) ? peers : []
      const known = specifier.startsWith('node:') || packages.some((name) => `${specifier}/`.startsWith(`${name}/`))
      return known ? [] : [`${arrow}: users need not have it`]
    }
    if (specifier.endsWith('.node')) return []
    const target = posix.join(posix.dirname(path), specifier)
    if (!target.startsWith('js/')) return [`${arrow}: leaves js/`]
    if (!exists(target)) return [`${arrow}: no such file`]
    const [from, to] = [roomOf(path), roomOf(target)]
    const allowed = mayImport[from]
    if (allowed === undefined) return [`${path}: the room ${from} has no place: give it one in layers.test.ts`]
    return from === to || leaves.includes(to) || allowed.includes(to) ? [] : [`${arrow}: ${from} may not see ${to}`]
  })
}

/** Modules of Node are asked for: an import of one reads every getter of it, on each thread. */
const importedOfNode = (path: string, text: string): string[] =>
  [...text.matchAll(/^(?:import|export) (?!type )(?:[^']* from )?'(node:[^']*)'/gm)].map(
    ([, name]) => `${path} -> ${name}`,
  )

/** One cycle of the graph as a path, or nothing. */
function cycleIn(graph: Map<string, string[]>): string[] {
  const done = new Set<string>()
  const visit = (node: string, trail: string[]): string[] => {
    if (trail.includes(node)) return [...trail.slice(trail.indexOf(node)), node]
    if (done.has(node)) return []
    for (const next of graph.get(node) ?? []) {
      const found = visit(next, [...trail, node])
      if (found.length > 0) return found
    }
    done.add(node)
    return []
  }
  for (const node of graph.keys()) {
    const found = visit(node, [])
    if (found.length > 0) return found
  }
  return []
}

/** What a Rust file names that it may not name. */
function rustRefusals(path: string, text: string): string[] {
  const { bare, code } = layersOfRust(text)
  const rules: [string[], RegExp, boolean][] = [
    [bare, /\batomic\b|\bloom::sync\b/, path !== 'crates/sync/src/shim.rs'],
    [
      bare,
      /\b(Instant|SystemTime)::now\b|\bthread::(spawn|scope|sleep|Builder)\b/,
      path.startsWith('crates/runtime/src/'),
    ],
    [code, /__test__|"[^"]*\.\.\/bench\//, true],
  ]
  return rules.flatMap(([lines, forbidden, applies]) =>
    applies ? lines.flatMap((line, at) => (forbidden.test(line) ? [`${path}:${at + 1} ${line.trim()}`] : [])) : [],
  )
}

/** The `.node` file has one door. */
function addonRefusals(path: string, text: string): string[] {
  if (path === 'js/native/load.ts') return []
  return stringsOf(text).flatMap((value) => (/\.node\b(?!\w)/.test(value) ? [`${path}: ${value}`] : []))
}

describe('crates', () => {
  const sources = filesIn('crates', 'rs')

  it('depend leftwards: sync <- runtime <- binding', () => {
    const metadata = execFileSync('cargo', ['metadata', '--no-deps', '--format-version', '1'], { cwd: root })
    const packages: { name: string; dependencies: { name: string }[] }[] = JSON.parse(String(metadata)).packages
    expect(packages.map(({ name }) => name).sort()).toEqual([...crates].sort())
    expect(
      packages.flatMap((one) =>
        crateRefusals(
          one.name,
          one.dependencies.map(({ name }) => name),
        ),
      ),
    ).toEqual([])
  })

  it('reach atomics by the shim only, clocks and threads not from the runtime, tests and benches never', () => {
    expect(sources.length).toBeGreaterThan(10)
    expect(sources.flatMap((path) => rustRefusals(path, read(path)))).toEqual([])
  })

  it('forbid unsafe code in the runtime', () => {
    expect(layersOfRust(read('crates/runtime/src/lib.rs')).bare.join('\n')).toMatch(/#!\[forbid\([^)]*\bunsafe_code\b/)
  })

  it('would be refused otherwise', () => {
    expect(crateRefusals('rumpus-sync', ['loom', 'rumpus-runtime'])).toHaveLength(1)
    expect(crateRefusals('rumpus-runtime', ['napi', 'rumpus-binding', 'rumpus-sync'])).toHaveLength(2)
    expect(rustRefusals('crates/runtime/src/a.rs', 'use std::{sync::atomic::AtomicU8};\nInstant::now()')).toHaveLength(
      2,
    )
    expect(rustRefusals('crates/sync/src/a.rs', '// std::sync::atomic\nlet a = "atomic";')).toEqual([])
  })
})

describe('js', () => {
  const sources = filesIn('js', 'ts')
  const all = new Set([...sources, 'js/native/binding.d.ts'])
  const imports = new Map(sources.map((path) => [path, importsOf(read(path))]))

  it('imports leftwards: native <- kernel <- process <- … <- index', () => {
    expect(sources).toContain('js/index.ts')
    expect([...imports].flatMap(([path, names]) => importRefusals(path, names, (other) => all.has(other)))).toEqual([])
  })

  it('knows what users install themselves by its types alone: it is loaded when it is asked for', () => {
    const loaded = sources.flatMap((path) =>
      [...read(path).matchAll(/^import (?!type )[^']*'([^'.][^']*)'/gm)].filter(([, name = '']) =>
        peers.includes(name),
      ),
    )
    expect(loaded).toEqual([])
  })

  it('asks for the modules of Node, and imports none', () => {
    expect(sources.flatMap((path) => importedOfNode(path, read(path)))).toEqual([])
  })

  it('has no cycle of files', () => {
    const graph = [...imports].map(([path, names]): [string, string[]] => [
      path,
      names.filter((name) => name.startsWith('.')).map((name) => posix.join(posix.dirname(path), name)),
    ])
    expect(cycleIn(new Map(graph))).toEqual([])
  })

  it('touches the addon in js/native/load.ts alone', () => {
    expect(sources.flatMap((path) => addonRefusals(path, read(path)))).toEqual([])
  })

  it('would be refused otherwise', () => {
    const refused = (path: string, text: string): number => importRefusals(path, importsOf(text), () => true).length
    expect(refused('js/kernel/a.ts', `import type { A } from '../process/a.ts'`)).toBe(1)
    expect(refused('js/process/a.ts', `export * from '../native/load.ts'`)).toBe(1)
    expect(refused('js/errors.ts', `type A = import('./kernel/a.ts').A`)).toBe(1)
    expect(refused('js/otp/a.ts', `import '../testing/a.ts'; import b from 'vitest'; import('../../bench/c.js')`)).toBe(
      3,
    )
    expect(
      refused('js/model/a.ts', `import type { A } from '../process/a.ts'; import 'node:fs'; import 'msgpackr'`),
    ).toBe(3)
    expect(
      refused('js/model/a.ts', `import '../errors.ts'; import type { B } from '../types.ts'; import './b.ts'`),
    ).toBe(0)
    expect(refused('js/structured/a.ts', `import '../process/a.ts'; import '../effect/a.ts'; import 'node:fs'`)).toBe(2)
    expect(refused('js/attic/a.ts', `import '../kernel/a.ts'`)).toBe(1)
    expect(refused('js/kernel/a.ts', `import '../types.ts'; import 'node:fs'`)).toBe(0)
    expect(refused('js/kernel/a.ts', `import 'msgpackr/pack'`)).toBe(1)
    expect(refused('js/kernel/a.ts', `import type { Logger } from 'pino'`)).toBe(1)
    expect(refused('js/logger/a.ts', `import type { Logger } from 'pino'`)).toBe(0)
    expect(
      cycleIn(
        new Map([
          ['a', ['b']],
          ['b', ['c']],
          ['c', ['b']],
        ]),
      ),
    ).toEqual(['b', 'c', 'b'])
    expect(
      importedOfNode('js/kernel/a.ts', `import { join } from 'node:path'\nimport type { Stats } from 'node:fs'`),
    ).toEqual(['js/kernel/a.ts -> node:path'])
    expect(addonRefusals('js/kernel/a.ts', `require('./rumpus.linux-x64-gnu.node')`)).toHaveLength(1)
  })
})
