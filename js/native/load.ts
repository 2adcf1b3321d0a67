// Types the addon and knows where binaries lie: beside the built sources, in the platform package. The only file that
// touches a `.node` binary; which of them is taken, and what is said when none can be, is decided in `find.ts`.

import { builtin } from '../builtin.ts'
import type { layoutConstants, RuntimeHandle, version } from './binding.d.ts'
import { builtFiles } from './built.ts'
import { findAddon, type Shelf } from './find.ts'
import { detectHost } from './host.ts'

const { existsSync } = builtin('node:fs')
const { createRequire } = builtin('node:module')
const { fileURLToPath } = builtin('node:url')

export type { RuntimeHandle } from './binding.d.ts'

/** What `RuntimeHandle.attach` answers: the raw callbacks and the memory that both halves share. */
export interface Seat {
  /** Takes a turn; see `layout.ts` for what it reads and writes. */
  turn(): void
  /** Makes a submission; `pieces` only when they do not fit the scratch buffer. */
  submit(...pieces: Uint8Array[]): void
  /** Does what the buffer of the stores asks; `value` only when it does not fit the scratch buffer. Bytes that the buffer has no room for. */
  store(value?: Uint8Array): ArrayBuffer | undefined
  /** Copies a part of a large payload out, or lets it go. */
  large(handle: number, offset?: number, target?: Uint8Array): void
  /** Writes the rows of the processes that have begun here, or of one, if they fit; the answer is how many numbers they are. */
  look(target: Uint8Array, pid: number): void
  /** Keeps the event loop alive, or no longer. */
  hold(on: 0 | 1): void
  /** Gives the seat up. */
  detach(): void
  readonly page: ArrayBuffer
  readonly counts: ArrayBuffer
  readonly completions: ArrayBuffer
  readonly scratch: ArrayBuffer
  readonly stores: ArrayBuffer
}

/** The addon. */
export interface Addon {
  createRuntime(options: {
    number: number
    schedulers: number
    dedicated: number
    hostWorks: boolean
    placement: boolean
    nativeLane: boolean
    seed?: number
  }): RuntimeHandle
  openRuntime(key: number): RuntimeHandle
  availableParallelism(): number
  memoryLimit(root?: string): number
  layoutConstants: typeof layoutConstants
  version: typeof version
  errorTable(): { status: number; class: string; code: string; message: string }[]
}

/** The version of the package, written in by the bundler. */
declare const RUMPUS_VERSION: string

const requireFrom: NodeJS.Require = createRequire(builtFiles)

/** Which binary a thread is to load: the one that its host has found. */
export interface Binary {
  readonly path: string
  /** Of the package that found it: another copy of the package, in another version, looks for its own. */
  readonly version: string
}

/** Where a host leaves it for a scheduler thread: in the data that it is started with. */
export interface WithBinary {
  readonly rumpus: 1
  readonly binary: Binary
}

const given = (builtin('node:worker_threads').workerData as Partial<WithBinary> | null | undefined) ?? {}
const known = given.rumpus === 1 && given.binary?.version === RUMPUS_VERSION ? given.binary : undefined
let path = ''

const shelf: Shelf = {
  built: (name) => {
    const path = fileURLToPath(new URL(`./native/rumpus.${name}.node`, builtFiles))
    return existsSync(path) ? path : undefined
  },
  installed: (name) => {
    try {
      return requireFrom.resolve(`rumpus-${name}`)
    } catch {
      return undefined
    }
  },
  open: (found) => {
    path = found
    return requireFrom(found)
  },
}

/** The addon of this isolate. */
export const addon: Addon = (
  known === undefined ? findAddon(detectHost(), RUMPUS_VERSION, shelf) : shelf.open(known.path)
) as Addon

/** The binary that this isolate has loaded. */
export const binary: Binary = { path, version: RUMPUS_VERSION }
