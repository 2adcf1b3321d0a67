// How many may listen to a signal: as many as do, for each is a wait and goes with it. Node warns of the eleventh, where there is Node; others
// count nobody. Imports nothing of it.

interface Host {
  readonly process?: {
    getBuiltinModule?(name: string): { setMaxListeners?(most: number, signal: AbortSignal): void } | undefined
  }
}

const events = (globalThis as Host).process?.getBuiltinModule?.('events')

/** `signal`, to which any number may listen. */
export const unlimited = (signal: AbortSignal): AbortSignal => {
  events?.setMaxListeners?.(0, signal)
  return signal
}
