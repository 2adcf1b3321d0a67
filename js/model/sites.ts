// Where bodies wait, for errors that are made elsewhere: who waits for two things hears of both places, who waited in vain sees
// his own frames. Costs nothing until the first such error. Never here: a stack that is made for a wait that goes well.

/** Who waits. */
interface Waiter {
  readonly pid: number
}

/** Where bodies began to wait; noted only once somebody has asked, because it costs more than a message. */
let sites: WeakMap<Waiter, Error> | undefined

/** The stack with which `process` began to wait, if that was noted; from now on it is. */
export const siteOf = (process: Waiter): string | undefined => {
  sites ??= new WeakMap()
  return sites.get(process)?.stack
}

/** `process` begins to wait. */
export const noteSite = (process: Waiter): void => {
  // Its text is made when somebody asks for it.
  sites?.set(process, new Error('waits'))
}

const nothing = (): void => {}
const kept = Promise.resolve()

/**
 * A rejection with `error`, whose stack tells where `wait` is awaited. V8 knows that only in a callback that the wait hangs on,
 * and only while nothing else does; other engines do not tell.
 */
export const withFrames = (wait: Promise<unknown>, error: Error): Promise<never> => {
  const there = (): never => {
    ;(Error as { captureStackTrace?: (of: object, above: unknown) => void }).captureStackTrace?.(error, there)
    wait.catch(nothing)
    throw error
  }
  return kept.then(nothing).then(there)
}
