// Owns who runs fibers in the tests: each executor there is, as one function that runs a fiber to its end.

import { run, simulate } from 'rumpus'
import { fiberOf } from 'rumpus/fibers'
import { type Execute, type Executor, everywhere } from './executor.ts'

export type { Execute, Executor } from './executor.ts'

const inProcess: Execute = (main) => run((self) => main(fiberOf(self)), { schedulers: 1 })
const inSimulation: Execute = (main, seed = 1) => simulate({ seed }, (self) => main(fiberOf(self)))

const beside: readonly Execute[] = [...everywhere.map(({ execute }) => execute), inProcess]

const inProcesses: readonly Omit<Executor, 'others'>[] = [
  { name: 'native', execute: inProcess, inOrder: true, large: 10_000 },
  { name: 'native under simulate', execute: inSimulation, inOrder: true, large: 200 },
]

export const executors: readonly Executor[] = [...everywhere, ...inProcesses].map((one) => ({ ...one, others: beside }))
