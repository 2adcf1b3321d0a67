// Goal: whatever fibers wait for keeps what a library owes them. Method: each obligation as a program, into which each primitive is put on
// every executor; one of somebody else's keeps them if it is added to `primitives.ts` and nothing fails. Wrong ones show that each
// program can refuse.

import { AssertionError } from 'node:assert'
import { describe, expect, it } from 'vitest'
import { executors } from '../effect/executors.ts'
import { obligations } from './obligations.ts'
import { primitives } from './primitives.ts'
import { right, wrong } from './wrong.ts'

describe.each(executors)('$name', ({ execute, inOrder }) => {
  const seeds = inOrder ? [1] : [1, 2, 3]

  describe.each([...primitives, right])('$name', (primitive) => {
    it.each(Object.entries(obligations))('%s', async (_, obligation) => {
      for (const seed of seeds) await execute((fiber) => obligation(fiber, primitive), seed)
    })
  })
})

describe('refused is what', () => {
  const [random] = executors.filter(({ name }) => name === 'random')

  it.each(wrong.map(([primitive, name]) => ({ primitive, name, wrong: primitive.name })))(
    'is $wrong, by "$name"',
    async ({ primitive, name }) => {
      const refused = random?.execute((fiber) => obligations[name]?.(fiber, primitive))
      await expect(refused).rejects.toBeInstanceOf(AssertionError)
    },
  )

  it('is something by each of the obligations', () => {
    expect(new Set(wrong.map(([, name]) => name))).toEqual(new Set(Object.keys(obligations)))
  })
})
