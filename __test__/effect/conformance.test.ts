// Goal: every executor keeps the contract. Method: each obligation as a program that runs on all of them; an executor of
// somebody else's passes if it is added to `executors.ts` and nothing fails.

import { run } from 'rumpus'
import { Cancelled, Computation, Fiber, fifo, Local, random, Trigger } from 'rumpus/effect'
import { fiberOf } from 'rumpus/fibers'
import { describe, expect, it } from 'vitest'
import { executors } from './executors.ts'

describe.each(executors)('$name', ({ execute, inOrder, large }) => {
  describe('await', () => {
    it('answers at once, without a promise, if the trigger was signalled', () =>
      execute((fiber) => {
        const trigger = new Trigger()
        trigger.signal()
        expect(fiber.await(trigger)).toBeUndefined()
        fiber.computation.cancel(new Error('stop'))
        expect(fiber.await(trigger), 'what has come is not lost to a cancellation').toBeUndefined()
      }))

    it('goes on when it is signalled, from another fiber or from ordinary code', () =>
      execute(async (fiber) => {
        for (const signal of [
          (trigger: Trigger) => void fiber.fork(() => trigger.signal()),
          (trigger: Trigger) => void setTimeout(() => trigger.signal(), 1),
          (trigger: Trigger) => queueMicrotask(() => trigger.signal()),
        ]) {
          const trigger = new Trigger()
          const wait = fiber.await(trigger)
          signal(trigger)
          expect(await wait).toBeUndefined()
          expect(trigger.isSignalled).toBe(true)
        }
      }))

    it('answers, and does not throw, the cancellation; the trigger is signalled by then', () =>
      execute(async (fiber) => {
        const trigger = new Trigger()
        const child = new Fiber(fiber.handler, new Computation())
        const wait = fiber.handler.spawn(fiber, child, async () => {
          const cancelled = await child.await(trigger)
          return [cancelled, trigger.isSignalled]
        })
        await fiber.yield()
        child.computation.cancel(new Error('stop'))
        expect(await wait).toEqual([child.computation.cancellation, true])
        const again = new Trigger()
        expect(child.await(again), 'and at once if it was before').toBe(child.computation.cancellation)
        expect(again.isSignalled).toBe(true)
      }))

    it('does not hear of a cancellation that is forbidden, and hears it afterwards', () =>
      execute(async (fiber) => {
        fiber.computation.cancel(new Error('stop'))
        await fiber.forbid(async () => {
          await fiber.sleep(1)
          await fiber.yield()
          await expect(fiber.permit(() => fiber.yield())).rejects.toBe(fiber.computation.cancellation)
          await fiber.yield()
        })
        await expect(fiber.yield()).rejects.toBeInstanceOf(Cancelled)
      }))

    it('refuses a fiber that waits already', () =>
      execute(async (fiber) => {
        const [one, other] = [new Trigger(), new Trigger()]
        const wait = fiber.await(one)
        expect(() => fiber.await(other)).toThrow(expect.objectContaining({ code: 'ERR_RUMPUS_WAITING' }))
        one.signal()
        await wait
      }))

    it('leaves nothing behind in a computation that lives long', () =>
      execute(async (fiber) => {
        let most = 0
        for (let i = 0; i < large; i++) {
          const trigger = new Trigger()
          const wait = fiber.await(trigger)
          trigger.signal()
          await wait
          most = Math.max(most, fiber.computation.held)
        }
        expect(most).toBeLessThan(10)
      }))
  })

  describe('spawn', () => {
    it('answers what main answers: a value, a promise, an error', () =>
      execute(async (fiber) => {
        expect(await fiber.fork(() => 1)).toBe(1)
        expect(await fiber.fork(async () => 2)).toBe(2)
        const thrown = new Error('boom')
        await expect(
          fiber.fork(() => {
            throw thrown
          }),
        ).rejects.toBe(thrown)
        await expect(fiber.fork(() => Promise.reject(thrown))).rejects.toBe(thrown)
      }))

    it('is all or nothing: refused by a cancellation, main is not called', () =>
      execute(async (fiber) => {
        let called = 0
        fiber.computation.cancel(new Error('stop'))
        expect(() => fiber.fork(() => called++)).toThrow(fiber.computation.cancellation)
        await fiber.forbid(() => fiber.sleep(1))
        expect(called).toBe(0)
      }))

    it('calls main also if the new fiber is cancelled by then', () =>
      execute(async (fiber) => {
        const computation = new Computation()
        computation.cancel(new Error('stop'))
        const child = new Fiber(fiber.handler, computation)
        expect(await fiber.handler.spawn(fiber, child, () => 'called')).toBe('called')
      }))

    it('takes any depth', () =>
      execute(async (fiber) => {
        const nest = (mine: Fiber, left: number): Promise<number> | number =>
          left === 0 ? 0 : mine.fork((child) => nest(child, left - 1)).then((depth) => depth + 1)
        expect(await nest(fiber, large)).toBe(large)
      }))

    it('gives the child the locals of its parent, and neither hears of later ones', () =>
      execute(async (fiber) => {
        const name = new Local('nobody')
        expect(fiber.get(name)).toBe('nobody')
        fiber.set(name, 'parent')
        const child = fiber.fork(async (mine) => {
          const inherited = mine.get(name)
          mine.set(name, 'child')
          await mine.yield()
          return [inherited, mine.get(name)]
        })
        expect(await child).toEqual(['parent', 'child'])
        expect(fiber.get(name)).toBe('parent')
      }))
  })

  describe('yield', () => {
    it('lets the others run, and rejects with the cancellation', () =>
      execute(async (fiber) => {
        let ran = false
        const child = fiber.fork(async (mine) => {
          await mine.yield()
          ran = true
        })
        for (let i = 0; i < 1000 && !ran; i++) await fiber.yield()
        expect(ran).toBe(true)
        await child
        fiber.computation.cancel(new Error('stop'))
        await expect(fiber.yield()).rejects.toBe(fiber.computation.cancellation)
      }))

    it('is fair: of 100 fibers that yield all the time, none is left behind', () =>
      execute(async (fiber) => {
        const counts = new Array(100).fill(0)
        let spread = 0
        await Promise.all(
          counts.map((_, at) =>
            fiber.fork(async (mine) => {
              for (let i = 0; i < large; i++) {
                counts[at]++
                if (at === 0) spread = Math.max(spread, Math.max(...counts) - Math.min(...counts))
                await mine.yield()
              }
            }),
          ),
        )
        if (inOrder) expect(spread).toBeLessThanOrEqual(1)
        else expect(spread).toBeLessThan(large)
      }))

    it('lets timers in, whatever the fibers do', () =>
      execute(async (fiber) => {
        let over = false
        setTimeout(() => {
          over = true
        }, 5)
        const busy = [1, 2].map(() =>
          fiber.fork(async (mine) => {
            while (!over) await mine.yield()
          }),
        )
        const pair = (async () => {
          while (!over) {
            const trigger = new Trigger()
            const wait = fiber.await(trigger)
            trigger.signal()
            await wait
          }
        })()
        await Promise.all([...busy, pair])
      }))
  })

  describe('cancelAfter', () => {
    it('cancels when the time has come, in the order of the times', () =>
      execute(async (fiber) => {
        const order: string[] = []
        const late = new Computation<void>()
        const soon = new Computation<void>()
        fiber.handler.cancelAfter(fiber, late, 20, 'late')
        fiber.handler.cancelAfter(fiber, soon, 5, 'soon')
        await Promise.all(
          [late, soon].map((one) =>
            fiber.fork((mine) => mine.wait(one).catch((error) => order.push(String(error.cause)))),
          ),
        )
        expect(order).toEqual(['soon', 'late'])
      }))

    it('leaves a computation alone that is complete, and no timer behind', () =>
      execute(async (fiber) => {
        const done = new Computation<number>()
        fiber.handler.cancelAfter(fiber, done, 60_000, 'late')
        done.return(1)
        expect(await fiber.wait(done)).toBe(1)
        fiber.handler.cancelAfter(fiber, done, 60_000, 'later still')
      }))

    it('refuses what is no time, and a fiber that is cancelled', () =>
      execute(async (fiber) => {
        for (const ms of [-1, Number.NaN, 2 ** 31, '1' as never]) {
          expect(() => fiber.handler.cancelAfter(fiber, new Computation(), ms, 'late')).toThrow(
            expect.objectContaining({ code: 'ERR_RUMPUS_OUT_OF_RANGE' }),
          )
          expect(() => fiber.sleep(ms)).toThrow(RangeError)
        }
        fiber.computation.cancel(new Error('stop'))
        const computation = new Computation()
        expect(() => fiber.handler.cancelAfter(fiber, computation, 1, 'late')).toThrow(Cancelled)
      }))
  })

  it('wakes fibers of other executors, and is woken by them', () =>
    execute(async (fiber) => {
      const rounds = 50
      let [to, from] = [new Trigger(), new Trigger()]
      const others = [
        (main: (other: Fiber) => Promise<void>) => main(fifo.current()),
        (main: (other: Fiber) => Promise<void>) => random({ seed: 2 }, main),
        (main: (other: Fiber) => Promise<void>) => run((self) => main(fiberOf(self)), { schedulers: 1 }),
      ]
      for (const other of others) {
        const ponger = other(async (theirs) => {
          for (let i = 0; i < rounds; i++) {
            await theirs.await(to)
            to = new Trigger()
            from.signal()
          }
        })
        for (let i = 0; i < rounds; i++) {
          to.signal()
          await fiber.await(from)
          from = new Trigger()
        }
        await ponger
      }
    }))
})
