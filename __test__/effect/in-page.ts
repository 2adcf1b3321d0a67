// Owns how the obligations of executors run in a page: all of them, on those that run there, one after the other.

import { everywhere } from './executor.ts'
import { obligations } from './obligations.ts'

/** Milliseconds after which a program has failed. */
const LATE_MS = 20_000

/** What came of it, as data. */
export interface Ran {
  /** What was kept, each as the executor and the obligation. */
  readonly kept: readonly string[]
  /** What was not, and why. */
  readonly broken: readonly string[]
}

export const runAll = async (): Promise<Ran> => {
  const [kept, broken]: [string[], string[]] = [[], []]
  for (const executor of everywhere) {
    for (const [name, obligation] of Object.entries(obligations)) {
      const what = `${executor.name}: ${name}`
      const late = new Promise<never>((_, reject) => {
        setTimeout(() => reject(new Error(`it was not over within ${LATE_MS} ms`)), LATE_MS)
      })
      const running = executor.execute((fiber) => obligation(fiber, executor))
      await Promise.race([running, late]).then(
        () => kept.push(what),
        (error) => broken.push(`${what}: ${error.message}`),
      )
    }
  }
  return { kept, broken }
}
