// Surroundings: the fx that code finds which was given none. Owns the engine's storage for it, which nobody opens who does not ask
// for it: on Node 20 it makes every promise of the thread dearer. Never true here: an engine without one fails to load.

import { keepContexts } from '../effect/context.ts'
import { RumpusError } from '../errors.ts'
import type { Fx } from './shapes.ts'

/** As in `node:async_hooks`. */
interface Storage {
  getStore(): Fx | undefined
  run<T>(fx: Fx, act: () => T): T
}

let storage: Storage | undefined

/** What the code that runs finds. */
export const surrounding = (): Fx | undefined => storage?.getStore()

/** Runs `act`, and whatever it starts, where `fx` is found. */
export const surround = <T>(fx: Fx, act: () => T): T => {
  storage ??= open()
  return storage.run(fx, act)
}

const open = (): Storage => {
  const hooks = globalThis.process?.getBuiltinModule?.('node:async_hooks')
  if (hooks !== undefined) {
    keepContexts(hooks.AsyncLocalStorage.bind)
    return new hooks.AsyncLocalStorage<Fx>()
  }
  throw new RumpusError(
    'ERR_RUMPUS_NO_AMBIENT',
    'ambient needs AsyncLocalStorage, and this engine has none: hand fx on',
  )
}
