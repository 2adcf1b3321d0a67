// Owns who runs fibers in the tests: each executor there is, as one function that runs a fiber to its end.

import { run, simulate } from 'rumpus'
import { type Fiber, fifo, random } from 'rumpus/effect'
import { fiberOf } from 'rumpus/fibers'

export type Execute = <T>(main: (fiber: Fiber) => T | PromiseLike<T>, seed?: number) => Promise<T>

export interface Executor {
  readonly name: string
  readonly execute: Execute
  /** Whether fibers begin at once and go on in the order in which they became ready. */
  readonly inOrder: boolean
  /** How many steps a large test takes: a step of chance waits for the event loop. */
  readonly large: number
}

export const executors: readonly Executor[] = [
  { name: 'fifo', execute: async (main) => main(fifo.current()), inOrder: true, large: 10_000 },
  {
    name: 'native',
    execute: (main) => run((self) => main(fiberOf(self)), { schedulers: 1 }),
    inOrder: true,
    large: 10_000,
  },
  { name: 'random', execute: (main, seed = 1) => random({ seed }, main), inOrder: false, large: 200 },
  {
    name: 'native under simulate',
    execute: (main, seed = 1) => simulate({ seed }, (self) => main(fiberOf(self))),
    inOrder: true,
    large: 200,
  },
]
