// More processes than the run ring takes at once: all that yield have their turn, and nobody waits longer than the others take.

import { simulate } from 'rumpus'
import { describe, expect, it } from 'vitest'
import { type AnySelf, inside, oneThread } from './world.ts'

/** Beyond what the run ring holds. */
const COUNT = 5_000
const ROUNDS = 6

/** Has so many yield, until one of them has often enough; how often each has. */
const yieldAll = async (self: AnySelf): Promise<number[]> => {
  const times: number[] = new Array(COUNT).fill(0)
  let over = false
  for (let i = 0; i < COUNT; i++) {
    self.spawn(async (me: AnySelf) => {
      while (!over) {
        await me.yield()
        if (++times[i]! === ROUNDS) over = true
      }
    })
  }
  while (!over) await self.yield()
  return times
}

const expectFair = (times: number[]): void => {
  expect(Math.max(...times)).toBe(ROUNDS)
  expect(Math.min(...times)).toBeGreaterThanOrEqual(ROUNDS - 2)
}

describe('a crowd', () => {
  it('all have their turn, however many yield', () => inside(async (self) => expectFair(await yieldAll(self))))

  it.skipIf(oneThread)('in a simulation, too', () =>
    simulate({ seed: 3 }, async (self: AnySelf) => expectFair(await yieldAll(self))),
  )

  it('one of high priority does not wait for the crowd', () =>
    inside(async (self) => {
      let resumes = 0
      let over = false
      for (let i = 0; i < COUNT; i++) {
        self.spawn(async (me: AnySelf) => {
          while (!over) {
            await me.yield()
            resumes++
          }
        })
      }
      const gaps: number[] = []
      self.spawn(
        async (me: AnySelf) => {
          for (let i = 0; i < 20; i++) {
            const before = resumes
            await me.yield()
            gaps.push(resumes - before)
          }
          over = true
        },
        { priority: 'high' },
      )
      while (!over) await self.yield()
      expect(gaps.length).toBe(20)
      expect(Math.max(...gaps)).toBeLessThan(100)
    }))
})
