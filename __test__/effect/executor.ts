// Owns what a test is told of an executor, and those that run in any engine. Never true here: something that only Node.js has.

import { type Fiber, fifo, random } from 'rumpus/effect'

export type Execute = <T>(main: (fiber: Fiber) => T | PromiseLike<T>, seed?: number) => Promise<T>

export interface Executor {
  readonly name: string
  /** Runs a fiber to its end. */
  readonly execute: Execute
  /** Whether fibers begin at once and go on in the order in which they became ready. */
  readonly inOrder: boolean
  /** How many steps a large test takes: a step of chance waits for the event loop. */
  readonly large: number
  /** Others, that run beside it. */
  readonly others: readonly Execute[]
}

const inFifo: Execute = async (main) => main(fifo.current())
const byChance: Execute = (main, seed = 1) => random({ seed }, main)

/** Those that run in a page, too. */
export const everywhere: readonly Executor[] = [
  { name: 'fifo', execute: inFifo, inOrder: true, large: 10_000, others: [inFifo, byChance] },
  { name: 'random', execute: byChance, inOrder: false, large: 200, others: [inFifo, byChance] },
]
