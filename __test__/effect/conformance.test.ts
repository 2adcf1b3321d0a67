// Goal: every executor keeps the contract. Method: each obligation as a program that runs on all of them; an executor of
// somebody else's passes if it is added to `executors.ts` and nothing fails.

import { describe, it } from 'vitest'
import { executors } from './executors.ts'
import { obligations } from './obligations.ts'

describe.each(executors)('$name', (executor) => {
  it.each(Object.entries(obligations))('%s', (_, obligation) =>
    executor.execute((fiber) => obligation(fiber, executor)),
  )
})
