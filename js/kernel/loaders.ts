// A loader that flags of Node name, but that registers itself on the main thread alone, because from Node 22 on threads share what
// is registered there: tsx. On Node 20 a scheduler thread has it register once more. Knows its name and its door, and nothing else.

import { builtin } from '../builtin.ts'

const { createRequire } = builtin('node:module')
const { join } = builtin('node:path')
const { pathToFileURL } = builtin('node:url')
const { isMainThread } = builtin('node:worker_threads')

/** `--import tsx`, and what the program `tsx` passes. */
const TSX = /(?:^|\s)--import[=\s](tsx(?:\/esm)?|file:\S+\/tsx\/dist\/(?:loader|esm\/index)\.mjs)(?=\s|$)/

let ready: Promise<void> | undefined

/** Resolves when this thread can load what the main thread can. */
export const loadersReady = (): Promise<void> => (ready ??= register())

const register = async (): Promise<void> => {
  if (isMainThread || !process.versions.node.startsWith('20.')) return
  const flags = [process.env.NODE_OPTIONS, ...process.execArgv].join(' ')
  // The expression is not made for the many that have none.
  const [, tsx] = (flags.includes('tsx') ? TSX.exec(flags) : undefined) ?? []
  if (tsx === undefined) return
  const from = tsx.startsWith('file:') ? tsx : pathToFileURL(join(process.cwd(), 'any'))
  const manifest = createRequire(from).resolve('tsx/package.json')
  const { exports } = createRequire(manifest)(manifest) as { exports: Record<string, { import: { default: string } }> }
  const door = new URL(exports['./esm/api']!.import.default, pathToFileURL(manifest))
  const api = (await import(door.href)) as { register(): void }
  api.register()
}
