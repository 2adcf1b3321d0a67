// How a store is found again, by a handle or a name, and asked; what is said when it refuses. Owns what one `Store` has found, and
// that it is looked for anew when that has ended. What the verbs mean is in `store.ts`.

import { RumpusError, stopped } from '../errors.ts'
import type { Kernel } from '../kernel/kernel.ts'
import { onlyKernel } from '../kernel/kernels.ts'
import { kernelOf } from '../kernel/post.ts'
import { doorOf, GONE, type OpenStore } from '../kernel/store/door.ts'
import type { StoreKey, StorePattern } from '../kernel/store/keys.ts'
import { noStore, type ShownStore } from '../kernel/store/post-store.ts'
import { type STORE_CLEAR, type STORE_COUNT, STORE_GONE, STORE_TOO_LARGE } from '../kernel/store/words.ts'

/** Entries that a walk asks for at first, and at most. */
const FIRST_STEP = 16
const LAST_STEP = 256

export class StorePlace {
  /** Its name, or its handle. */
  readonly found: string | number
  private known: OpenStore | undefined

  constructor(found: string | number) {
    this.found = found
  }

  /** The kernel in whose runtime it is. */
  get kernel(): Kernel {
    const kernel = typeof this.found === 'number' ? kernelOf(this.found) : onlyKernel()
    if (kernel.detached) throw stopped()
    return kernel
  }

  /** Its number, or 0 if nobody has its name. */
  get id(): number {
    return typeof this.found === 'number' ? this.found : this.kernel.handle.findStore(this.found)
  }

  /** The store, as this isolate has it open. */
  opened(): OpenStore {
    const { known } = this
    return known !== undefined && known.place >= 0 && known.kernel === this.kernel ? known : this.open()
  }

  private open(): OpenStore {
    const { id, kernel } = this
    const found = id === 0 ? undefined : doorOf(kernel).find(id)
    if (found === undefined) throw noStore(calledBy(this.found))
    this.known = found
    return found
  }

  /** It is gone: another may have its name. */
  lost(store: OpenStore): void {
    store.door.letGo(store)
    this.known = undefined
  }

  /** Asks something about a key; what became of it. */
  ask(operation: number, key: unknown): number {
    for (;;) {
      const store = this.opened()
      const status = store.door.ask(operation, store.place, key)
      if (status !== STORE_GONE) return status
      this.lost(store)
    }
  }

  /** Does something with all entries whose keys fit; with how many. */
  many(operation: typeof STORE_COUNT | typeof STORE_CLEAR, pattern: StorePattern | undefined): number {
    for (;;) {
      const store = this.opened()
      if (store.door.many(operation, store.place, pattern) !== STORE_GONE) return store.door.sum
      this.lost(store)
    }
  }

  /** Walks through all entries whose keys fit. */
  *walk(pattern: StorePattern | undefined, keysOnly: boolean): IterableIterator<[unknown, unknown]> {
    const store = this.opened()
    const walk = store.door.walk(pattern, keysOnly)
    for (let most = FIRST_STEP; walk.more; most = Math.min(most * 4, LAST_STEP)) {
      const entries = store.door.step(store.place, walk, most)
      if (entries === GONE) {
        this.lost(store)
        throw noStore(calledBy(this.found))
      }
      yield* entries
    }
  }

  /** Nothing was written: throws why, unless the store has to be looked for again. */
  refused(status: number, store: OpenStore, key: StoreKey): void {
    if (status === STORE_GONE) return this.lost(store)
    const { entries, bytes } = this.shown().limits
    const most = status === STORE_TOO_LARGE ? `${bytes} bytes` : `${entries} entries`
    const message = `the store ${calledBy(this.found)} has no room for ${showKey(key)}: it may have ${most}`
    throw new RumpusError('ERR_RUMPUS_STORE_FULL', message)
  }

  /** What is to be seen of it. */
  shown(): ShownStore {
    const { id, kernel } = this.opened()
    const shown = kernel.handle.showStore(id)
    if (shown == null) throw noStore(calledBy(this.found))
    return shown
  }

  /** What is said of it as a whole. */
  whole(): { id: number; called: string; name: string | undefined } {
    return { id: this.opened().id, called: calledBy(this.found), name: this.shown().name ?? undefined }
  }
}

/** What it is called in errors. */
export const calledBy = (found: string | number): string => JSON.stringify(found)

/** A key in errors. */
export const showKey = (key: StoreKey): string =>
  JSON.stringify(key, (_, part) => (typeof part === 'bigint' ? `${part}n` : part)) ?? String(key)
