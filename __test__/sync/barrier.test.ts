// Goal: a barrier lets all through together, and none but them. Method: programs on every executor.

import { Computation, Fiber } from 'rumpus/effect'
import { never, select } from 'rumpus/events'
import { all, scope } from 'rumpus/structured'
import { Barrier } from 'rumpus/sync'
import { describe, expect, it } from 'vitest'
import { executors } from '../effect/executors.ts'
import { cancelledIn } from './cancelled-in.ts'

const refused = (code: string) => expect.objectContaining({ code: `ERR_RUMPUS_${code}` })

describe.each(executors)('$name', ({ execute }) => {
  it('lets all through together, again and again, or none', () =>
    execute(async (fiber) => {
      const barrier = new Barrier(3)
      const phases: number[] = []
      const work = async (mine: Fiber) => {
        for (let phase = 0; phase < 3; phase++) {
          phases.push(phase)
          await barrier.wait(mine)
        }
      }
      await all(fiber, [work, work, work])
      expect(phases).toEqual([0, 0, 0, 1, 1, 1, 2, 2, 2])
      const other = scope(fiber, async (scope) => {
        const waits = scope.fork((mine) => barrier.wait(mine).catch((error) => error))
        await scope.fiber.sleep(1)
        expect(await cancelledIn(scope.fiber, (mine) => barrier.wait(mine))).toBe('now')
        return waits
      })
      expect(await other).toEqual(refused('POISONED'))
      await expect(barrier.wait(fiber)).rejects.toEqual(refused('POISONED'))
      expect(() => new Barrier(0)).toThrow(refused('OUT_OF_RANGE'))
    }))

  it('counts nobody who is gone, at whatever step of the cancellation another comes', () =>
    execute(async (fiber) => {
      for (let steps = 0; steps < 6; steps++) {
        const [barrier, computation] = [new Barrier(2), new Computation<never>()]
        const alone = new Fiber(fiber.handler, computation)
        const waits = fiber.handler
          .spawn(fiber, alone, (mine) => barrier.wait(mine))
          .then(
            () => 'through',
            () => 'gone',
          )
        await fiber.yield()
        await fiber.yield()
        computation.cancel('now')
        for (let step = 0; step < steps; step++) await null
        const comes = await barrier.wait(fiber).then(
          () => 'through',
          () => 'gone',
        )
        expect(await waits, `after ${steps} steps`).toBe(comes)
      }
    }))

  it.each([2, 3])('counts a fiber once of %d, however often it comes, and is not poisoned by that', (parties) =>
    execute(async (fiber) => {
      const waysOf = (barrier: Barrier) => [
        (mine: Fiber) => barrier.wait(mine),
        (mine: Fiber) => select(mine, [never, barrier.waiting()]),
      ]
      for (const first of [0, 1]) {
        for (const second of [0, 1]) {
          const barrier = new Barrier(parties)
          const ways = waysOf(barrier)
          let through = 0
          const waits = fiber.fork(async (mine) => {
            const one = ways[first]?.(mine).then(() => through++)
            await expect(ways[second]?.(mine)).rejects.toEqual(refused('WAITING'))
            expect(through).toBe(0)
            await one
          })
          for (let n = 0; n < 5; n++) await fiber.yield()
          await all(
            fiber,
            new Array(parties - 1).fill((mine: Fiber) => barrier.wait(mine)),
          )
          await waits
          expect(through).toBe(1)
        }
      }
    }),
  )
})
