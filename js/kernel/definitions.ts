// Definitions: bodies that any scheduler can find again by module URL and name. Owns which of them this isolate has, and
// the loading of modules on scheduler threads, one at a time, so that a `run` reached meanwhile belongs to that module.

import { RumpusError } from '../errors.ts'
import { ARGUMENTS, LOADING, OP_LOADED } from '../native/layout.ts'
import type { Kernel } from './kernel.ts'
import { isolate } from './kernels.ts'
import { keyOf, splitKey } from './keys.ts'
import { loadersReady } from './loaders.ts'
import type { Body } from './process.ts'

type Found = { body: Body } | { error: unknown }

/** How long a module may take to load before its definitions count as missing, while its thread can run. */
const LOAD_LIMIT_MS = 10_000
/** Where the machine keeps a thread waiting, no more than this is counted at a time. */
const LOAD_BEAT_MS = 100
/** How long it may keep other modules waiting. */
const LOAD_TURN_MS = 500

/** What to mind when modules are loaded. */
export interface Loading {
  /** Modules that are not to be loaded: threads ended of them. */
  readonly broken: readonly string[]
  /** The one definition whose module is to be loaded; every one unless given. */
  readonly only?: number | undefined
  /** How long to watch what each does before the next is loaded, in milliseconds. */
  readonly settleMs: number
  /** Hears which module is being loaded, so that it is known should the thread end of it. */
  readonly tell: (what: 'loading' | 'loaded', url: string) => void
  /** How often turns are taken meanwhile, so that the watchdog sees when they stop, in milliseconds; 0: nobody watches. */
  readonly beatMs: number
}

/** What one kernel knows of its runtime's definitions. */
export class Definitions {
  private readonly kernel: Kernel
  private readonly found: Found[] = []
  private readonly ids = new Map<string, number>()
  private readonly resolve: (url: string) => string
  private readonly mind: Loading
  private loading: Promise<void> = Promise.resolve()
  /** Ends the search in the module being imported; undefined when none is. */
  private endSearch: (() => void) | undefined
  private beat: NodeJS.Timeout | undefined

  constructor(kernel: Kernel, resolve: (url: string) => string, mind: Loading) {
    this.kernel = kernel
    this.resolve = resolve
    this.mind = mind
  }

  /** The number of a definition, new or known. */
  id(url: string, name: string): number {
    const key = keyOf(url, name)
    const known = this.ids.get(key)
    if (known !== undefined) return known
    const body = isolate.bodies.get(key)
    const id = this.kernel.handle.define(keyOf(this.resolve(url), name))
    this.ids.set(key, id)
    // Whoever spawns it has it: no need to look for the module under its other URL.
    if (body !== undefined && this.found[id] === undefined) this.loaded(id, { body })
    return id
  }

  /** What definition `id` is here; it has been loaded, or could not be. */
  get(id: number): Found {
    return this.found[id] ?? { error: new RumpusError('ERR_RUMPUS_NO_DEFINITION', `definition ${id} is unknown here`) }
  }

  /** Learns definitions up to `count`: those at hand at once, the others in the order they come. */
  learn(count: number): void {
    const { kernel } = this
    const { only } = this.mind
    for (let id = kernel.known; id < count; id++) {
      if (this.found[id] !== undefined) continue
      const key = kernel.handle.definition(id) ?? ''
      const body = isolate.bodies.get(key)
      if (body !== undefined) this.loaded(id, { body })
      else if (only === undefined || only === id) this.loading = this.loading.then(() => this.load(id, key))
    }
    kernel.known = count
  }

  private loaded(id: number, found: Found): void {
    this.found[id] = found
    const { kernel } = this
    if (kernel.detached) return
    kernel.words[ARGUMENTS] = OP_LOADED
    kernel.words[ARGUMENTS + 1] = id
    kernel.submit()
  }

  private async load(id: number, key: string): Promise<void> {
    const { url, name } = splitKey(key)
    const have = isolate.bodies.get(key)
    if (have !== undefined) return this.loaded(id, { body: have })
    const { broken, settleMs, tell } = this.mind
    if (broken.includes(url)) {
      const message = `${url} is not loaded any more: each thread that did so ended`
      return this.loaded(id, { error: new RumpusError('ERR_RUMPUS_CANNOT_LOAD', message) })
    }
    tell('loading', url)
    this.countLoading(1)
    const reached = new Promise<'run'>((resolve) => {
      this.endSearch = () => resolve('run')
    })
    const imported = loadersReady()
      .then(() => import(url))
      .then(
        () => 'end' as const,
        (error: unknown) => ({ error }),
      )
    let over = false
    const late = afterBeats(LOAD_LIMIT_MS, () => over)
    const search = Promise.race([imported, reached, late]).then(async (outcome) => {
      over = true
      if (settleMs > 0) await after(settleMs)
      this.countLoading(-1)
      const body = isolate.bodies.get(key)
      if (body !== undefined) this.loaded(id, { body })
      else this.loaded(id, { error: missing(url, name, outcome) })
      // What comes late comes: those that are spawned from then on begin.
      if (outcome === 'late' && body === undefined) void imported.then(() => this.find(id, key))
    })
    // A module that takes its time does not keep the others waiting for long.
    await Promise.race([search, after(LOAD_TURN_MS)])
    this.endSearch = undefined
    tell('loaded', url)
  }

  private find(id: number, key: string): void {
    const body = isolate.bodies.get(key)
    if (body !== undefined) this.found[id] = { body }
  }

  /** More or fewer modules are being imported: nothing else may call for turns then, and a module that keeps the thread does. */
  private countLoading(more: 1 | -1): void {
    const { kernel, mind } = this
    if (mind.beatMs === 0) return
    kernel.words[LOADING] += more
    if (kernel.words[LOADING] > 0) {
      this.beat ??= setInterval(() => kernel.turn(1), mind.beatMs).unref()
    } else {
      clearInterval(this.beat)
      this.beat = undefined
    }
  }

  /** `run` was reached: true if a module is being imported, then the search in it is over. */
  reachedRun(): boolean {
    if (this.endSearch === undefined) return false
    this.endSearch()
    return true
  }
}

/** Resolves after `ms`, without keeping the event loop alive. */
const after = (ms: number): Promise<'late'> => new Promise((resolve) => setTimeout(resolve, ms, 'late').unref())

/** The same, and behind whatever else the thread was kept from meanwhile: time in which it could not run hardly counts. */
const afterBeats = async (ms: number, isOver: () => boolean): Promise<'late'> => {
  for (let left = ms; left > 0 && !isOver(); left -= LOAD_BEAT_MS) await after(LOAD_BEAT_MS)
  return 'late'
}

const missing = (url: string, name: string, outcome: 'end' | 'run' | 'late' | { error: unknown }): RumpusError => {
  if (outcome === 'late') {
    return new RumpusError('ERR_RUMPUS_CANNOT_LOAD', `${url} has not finished loading after ${LOAD_LIMIT_MS} ms`)
  }
  if (outcome === 'run') {
    const message = `${url} reaches run() before it defines ${JSON.stringify(name)}: define it above run()`
    return new RumpusError('ERR_RUMPUS_NO_DEFINITION', message)
  }
  if (outcome === 'end') {
    return new RumpusError(
      'ERR_RUMPUS_NO_DEFINITION',
      `${url} defines nothing called ${JSON.stringify(name)} at its top level`,
    )
  }
  const { error } = outcome
  const code = (error as { code?: string } | undefined)?.code
  const hint =
    code === 'ERR_UNKNOWN_FILE_EXTENSION'
      ? ': schedulers load plain JavaScript here; build it, run it by tsx, use Node 22.18 or later for TypeScript, or map it with run({ resolve })'
      : ''
  return new RumpusError('ERR_RUMPUS_CANNOT_LOAD', `a scheduler could not load ${url}${hint}`, { cause: error })
}
