// Finds and types the addon: the only file that touches a `.node` binary. Looks beside the built sources first, then for
// the platform package; an error names platform, arch and libc, and what was tried.

import { createRequire } from 'node:module'
import { RumpusError } from '../errors.ts'
import type { layoutConstants, RuntimeHandle } from './binding.d.ts'

export type { RuntimeHandle } from './binding.d.ts'

/** What `RuntimeHandle.attach` answers: the raw callbacks and the memory that both halves share. */
export interface Seat {
  /** Takes a turn; see `layout.ts` for what it reads and writes. */
  turn(): void
  /** Makes a submission; `pieces` only when they do not fit the scratch buffer. */
  submit(...pieces: Uint8Array[]): void
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
}

/** The addon. */
export interface Addon {
  createRuntime(options: {
    number: number
    schedulers: number
    hostWorks: boolean
    placement: boolean
    nativeLane: boolean
    seed?: number
  }): RuntimeHandle
  openRuntime(key: number): RuntimeHandle
  availableParallelism(): number
  layoutConstants: typeof layoutConstants
  errorTable(): { status: number; class: string; code: string; message: string }[]
}

/** The platform's names as napi-rs spells them, the likelier first: `linux-x64-gnu`, `darwin-arm64`, `win32-x64-msvc`. */
const platformNames = (): string[] => {
  const base = `${process.platform}-${process.arch}`
  // Which libc this is would take a report of the whole process to learn: a binary for the other one just fails to load.
  if (process.platform === 'linux') return [`${base}-gnu`, `${base}-musl`]
  return [process.platform === 'win32' ? `${base}-msvc` : base]
}

const load = (): Addon => {
  const require = createRequire(import.meta.url)
  const tried: Error[] = []
  for (const name of platformNames()) {
    for (const place of [`./native/rumpus.${name}.node`, `rumpus-${name}`]) {
      try {
        return require(place) as Addon
      } catch (error) {
        tried.push(error as Error)
      }
    }
  }
  throw new RumpusError(
    'ERR_RUMPUS_NO_BINARY',
    `no native binary of rumpus for ${platformNames().join(' or ')}: reinstall with optional dependencies, or build it with a Rust toolchain by \`npm run build\``,
    { cause: new AggregateError(tried) },
  )
}

/** The addon of this isolate. */
export const addon: Addon = load()
