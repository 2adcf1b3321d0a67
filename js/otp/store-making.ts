// A store is made, and shown. Owns how options become limits and an heir; none is left behind where that fails.

import { stopped } from '../errors.ts'
import { makeStore, type ShownStore, setHeir } from '../kernel/store/post-store.ts'
import type { Pid } from '../types.ts'
import { starterOf } from './starting.ts'
import { calledBy } from './store-place.ts'
import { limitsOf, type StoreOptions, type StoreOwner, type StoreView } from './store-shapes.ts'

/** Makes a store; its name, or its number if it has none. */
export const createFor = (owner: StoreOwner, options: StoreOptions): string | number => {
  const { kernel, process } = starterOf(owner)
  if (kernel.detached) throw stopped()
  const limits = limitsOf(options)
  const { name, heir, heirData } = options
  const pid = process?.pid ?? 0
  const id = makeStore(kernel, name, pid, limits)
  try {
    if (heir !== undefined) setHeir(kernel, { id, name, called: calledBy(name ?? id) }, pid, heir, heirData)
  } catch (error) {
    kernel.handle.endStore(id)
    throw error
  }
  return name ?? id
}

/** A store as it is shown. */
export const viewOf = ({ name, owner, heir, entries, bytes, dropped, limits }: ShownStore): StoreView => ({
  name: name ?? undefined,
  owner: owner === 0 ? undefined : (owner as Pid),
  heir: heir === 0 ? undefined : (heir as Pid),
  entries,
  bytes,
  dropped,
  maxEntries: limits.entries ?? undefined,
  maxBytes: limits.bytes ?? undefined,
})
