// ready: the wait for what is there already. Owns that fibers which always find what they want let timers and sockets in.

import { afterPass } from './pass.ts'

/** Waits that were over at once, between two passes of the event loop. */
const AT_ONCE_MAX = 1024

const settled: Promise<void> = Promise.resolve()
let atOnce = 0

/**
 * A promise of what is there already. Fibers that always find what they want never park, so their executor cannot count them: that
 * timers and sockets have their turn all the same, one of many waits for a pass of the event loop.
 */
export const ready = (): Promise<void> => (++atOnce % AT_ONCE_MAX === 0 ? new Promise(afterPass) : settled)

/** The same with a value, which is not lost meanwhile. */
export const readyWith = <T>(value: T): Promise<T> =>
  ++atOnce % AT_ONCE_MAX === 0 ? new Promise<void>(afterPass).then(() => value) : Promise.resolve(value)
