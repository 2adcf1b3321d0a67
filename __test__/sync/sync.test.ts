// Goal: each of what fibers share does what it says, on every executor. Method: programs that write down who came when.

import type { Fiber } from 'rumpus/effect'
import { all, both, scope } from 'rumpus/structured'
import { Channel, Condition, Ivar, Latch, Lazy, Mutex, Semaphore } from 'rumpus/sync'
import { describe, expect, it } from 'vitest'
import { executors } from '../effect/executors.ts'
import { cancelledIn } from './cancelled-in.ts'

const refused = (code: string) => expect.objectContaining({ code: `ERR_RUMPUS_${code}` })

describe.each(executors)('$name', ({ execute, inOrder }) => {
  it('a mutex is held by one at a time, in the order of asking', () =>
    execute(async (fiber) => {
      const mutex = new Mutex()
      const [order, asked]: number[][] = [[], []]
      let inside = 0
      await mutex.lock(fiber)
      expect([mutex.isLocked, mutex.tryLock(fiber)]).toEqual([true, false])
      await scope(fiber, async (scope) => {
        for (const n of [1, 2, 3, 4]) {
          scope.fork((mine) => {
            asked?.push(n)
            return mutex.use(mine, async () => {
              expect(++inside).toBe(1)
              order?.push(n)
              await mine.yield()
              inside--
            })
          })
        }
        while (asked?.length !== 4) await scope.fiber.yield()
        mutex.unlock(fiber)
        await scope.join()
        expect(order).toEqual(asked)
      })
      expect([mutex.isLocked, mutex.tryLock(fiber), mutex.isPoisoned]).toEqual([false, true, false])
    }))

  it('a mutex refuses who would wait for itself, and who unlocks what it does not hold', () =>
    execute(async (fiber) => {
      const mutex = new Mutex()
      expect(() => mutex.unlock(fiber)).toThrow(refused('NOT_HELD'))
      await mutex.lock(fiber)
      await expect(mutex.lock(fiber)).rejects.toEqual(refused('DEADLOCK'))
      await fiber.fork((other) => expect(() => mutex.unlock(other)).toThrow(refused('NOT_HELD')))
      mutex.unlock(fiber)
      expect(() => mutex.use(fiber, 1 as never)).toThrow(refused('BAD_ARGUMENT'))
    }))

  it('a mutex is poisoned by an error of what changes, and not of what looks', () =>
    execute(async (fiber) => {
      const mutex = new Mutex()
      const cause = new Error('half done')
      await expect(mutex.look(fiber, () => Promise.reject(cause))).rejects.toBe(cause)
      expect([mutex.isPoisoned, mutex.isLocked]).toEqual([false, false])
      let refusal: unknown
      const failing = scope(fiber, async (scope) => {
        const gate = new Latch(1)
        scope.fork((mine) =>
          mutex.use(mine, async () => {
            await gate.wait(mine)
            throw cause
          }),
        )
        while (!mutex.isLocked) await scope.fiber.yield()
        scope.fork(async (mine) => {
          refusal = await mutex.lock(mine).catch((error) => error)
        })
        await scope.fiber.sleep(1)
        gate.countDown()
        await scope.join()
      })
      await expect(failing).rejects.toBe(cause)
      expect(refusal).toMatchObject({ code: 'ERR_RUMPUS_POISONED', cause })
      await expect(mutex.lock(fiber)).rejects.toEqual(refused('POISONED'))
      expect([mutex.isPoisoned, mutex.isLocked, mutex.tryLock(fiber)]).toEqual([true, false, false])
    }))

  it('a wait for a lock that is cancelled has left the line; a lock that was handed over is kept', () =>
    execute(async (fiber) => {
      const mutex = new Mutex()
      await mutex.lock(fiber)
      expect(await cancelledIn(fiber, (mine) => mutex.lock(mine))).toBe('now')
      mutex.unlock(fiber)
      expect(mutex.tryLock(fiber)).toBe(true)
      let got = false
      const handed = (mine: Fiber) =>
        mutex.lock(mine).then(() => {
          got = true
          mutex.unlock(mine)
        })
      expect(await cancelledIn(fiber, handed, () => mutex.unlock(fiber))).toBeUndefined()
      expect([got, mutex.isLocked]).toEqual([true, false])
    }))

  it('a condition wakes one, or all, who then hold the lock', () =>
    execute(async (fiber) => {
      const [mutex, changed] = [new Mutex(), new Condition()]
      let [ready, passed, waiting] = [0, 0, 0]
      await scope(fiber, async (scope) => {
        for (let n = 0; n < 3; n++) {
          scope.fork((mine) =>
            mutex.use(mine, async () => {
              waiting++
              while (ready === 0) await changed.wait(mine, mutex)
              ready--
              passed++
            }),
          )
        }
        while (waiting < 3) await scope.fiber.yield()
        await mutex.use(scope, () => {
          ready = 1
          changed.signal()
        })
        while (passed < 1) await scope.fiber.yield()
        await mutex.use(scope, () => {
          ready = 2
          changed.broadcast()
        })
      })
      expect(passed).toBe(3)
      changed.signal()
      expect(() => changed.wait(fiber, mutex)).toThrow(refused('NOT_HELD'))
    }))

  it('who waits for a condition holds the lock again when the wait is cancelled', () =>
    execute(async (fiber) => {
      const [mutex, changed] = [new Mutex(), new Condition()]
      let held = false
      const waits = (mine: Fiber) =>
        mutex.look(mine, async () => {
          try {
            await changed.wait(mine, mutex)
          } finally {
            held = !mutex.tryLock(fiber)
          }
        })
      expect(await cancelledIn(fiber, waits)).toBe('now')
      expect([held, mutex.isLocked]).toEqual([true, false])
    }))

  it('a semaphore has so many permits, and loses none', () =>
    execute(async (fiber) => {
      const semaphore = new Semaphore(2)
      let [inside, most] = [0, 0]
      const work = (mine: Fiber) =>
        semaphore.use(mine, async () => {
          most = Math.max(most, ++inside)
          await mine.yield()
          inside--
        })
      await all(fiber, [work, work, work, work, work])
      expect([most, semaphore.free]).toEqual([2, 2])
      expect([semaphore.tryAcquire(), semaphore.tryAcquire(), semaphore.tryAcquire()]).toEqual([true, true, false])
      expect(await cancelledIn(fiber, (mine) => semaphore.acquire(mine))).toBe('now')
      const kept = (mine: Fiber) => semaphore.acquire(mine).then(() => 'has it')
      expect(await cancelledIn(fiber, kept, () => semaphore.release())).toBe('has it')
      semaphore.release()
      semaphore.release()
      expect(() => semaphore.release()).toThrow(refused('NOT_HELD'))
      expect(semaphore.free).toBe(2)
      for (const permits of [0, 1.5]) expect(() => new Semaphore(permits)).toThrow(refused('OUT_OF_RANGE'))
    }))

  it.each([0, 1, 3, Number.POSITIVE_INFINITY])(
    'a channel of %s brings each item to one, in order, and ends',
    (capacity) =>
      execute(async (fiber) => {
        const channel = new Channel<number>(capacity)
        let most = 0
        const produce = async (mine: Fiber) => {
          for (let n = 0; n < 50; n++) {
            await channel.send(mine, n)
            most = Math.max(most, channel.length)
          }
          channel.close()
        }
        const received: number[][] = [[], []]
        const consume = (at: number) => async (mine: Fiber) => {
          for await (const n of channel.items(mine)) received[at]?.push(n)
        }
        await all(fiber, [consume(0), produce, consume(1)])
        for (const one of received) expect(one).toEqual([...one].sort((a, b) => a - b))
        expect(received.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, n) => n))
        expect(most).toBeLessThanOrEqual(capacity)
        expect(channel.isClosed).toBe(true)
        await expect(channel.send(fiber, 1)).rejects.toEqual(refused('CLOSED'))
        await expect(channel.receive(fiber)).rejects.toEqual(refused('CLOSED'))
        expect([channel.trySend(1), channel.tryReceive()]).toEqual([false, undefined])
      }),
  )

  it('a channel makes a sender wait when it is full, and gives what is in it when it is closed', () =>
    execute(async (fiber) => {
      const channel = new Channel<string | undefined>(1)
      expect([channel.trySend('a'), channel.trySend('b')]).toEqual([true, false])
      const [sent, refusal] = await both(
        fiber,
        (mine) => channel.send(mine, undefined).then(() => 'sent'),
        async (mine) => {
          await mine.sleep(1)
          expect(channel.tryReceive()).toEqual({ item: 'a' })
          const late = mine.fork((theirs) => channel.send(theirs, 'late').catch((error) => error))
          await mine.sleep(1)
          channel.close()
          channel.close()
          return late
        },
      )
      expect([sent, refusal]).toEqual(['sent', refused('CLOSED')])
      expect(await channel.receive(fiber)).toBeUndefined()
      await expect(channel.receive(fiber)).rejects.toEqual(refused('CLOSED'))
      for (const capacity of [-1, 0.5, Number.NaN]) expect(() => new Channel(capacity)).toThrow(refused('OUT_OF_RANGE'))
    }))

  it('a channel loses no item to a cancellation, of a sender or of a receiver', () =>
    execute(async (fiber) => {
      const channel = new Channel<string>(0)
      expect(await cancelledIn(fiber, (mine) => channel.send(mine, 'not taken'))).toBe('now')
      expect(channel.tryReceive()).toBeUndefined()
      expect(await cancelledIn(fiber, (mine) => channel.receive(mine))).toBe('now')
      expect(channel.trySend('nobody waits')).toBe(false)
      const receives = (mine: Fiber) => channel.receive(mine)
      expect(await cancelledIn(fiber, receives, () => void channel.trySend('kept'))).toBe('kept')
    }))

  it('a latch opens when it is counted down, for ever', () =>
    execute(async (fiber) => {
      const latch = new Latch(3)
      const order: string[] = []
      await all(fiber, [
        (mine) => latch.wait(mine).then(() => order.push('open')),
        async (mine) => {
          await mine.sleep(1)
          order.push('counts')
          latch.countDown(2)
          latch.countDown()
        },
      ])
      expect([...order, latch.count]).toEqual(['counts', 'open', 0])
      await latch.wait(fiber)
      expect(() => latch.countDown()).toThrow(refused('OUT_OF_RANGE'))
      expect(() => new Latch(-1)).toThrow(refused('OUT_OF_RANGE'))
      expect(await cancelledIn(fiber, (mine) => new Latch(1).wait(mine))).toBe('now')
    }))

  it('an ivar is filled once, or poisoned, and all that read hear', () =>
    execute(async (fiber) => {
      const ivar = new Ivar<number>()
      const read = await all(fiber, [
        (mine) => ivar.read(mine),
        (mine) => ivar.read(mine),
        (mine) => mine.sleep(1).then(() => ivar.fill(1)),
      ])
      expect([...read, await ivar.read(fiber), ivar.isFilled, ivar.tryFill(2)]).toEqual([
        1,
        1,
        undefined,
        1,
        true,
        false,
      ])
      expect(() => ivar.fill(2)).toThrow(refused('FILLED'))
      ivar.poison(new Error('too late'))
      expect(await ivar.read(fiber)).toBe(1)
      const poisoned = new Ivar<number>()
      const reads = both(
        fiber,
        (mine) => poisoned.read(mine).catch((error) => [error]),
        (mine) => mine.sleep(1).then(() => poisoned.poison(undefined)),
      )
      expect(await reads).toEqual([[undefined], undefined])
      await expect(poisoned.read(fiber)).rejects.toBeUndefined()
      expect(await cancelledIn(fiber, (mine) => new Ivar().read(mine))).toBe('now')
    }))

  it('a lazy value is computed once, its error too, and a cancellation as was said', () =>
    execute(async (fiber) => {
      const open = new Latch(0)
      const counting = (onCancel?: 'restart' | 'record' | 'protect', ...gates: Latch[]) => {
        let computed = 0
        return new Lazy(async (mine) => {
          const gate = gates.shift() ?? open
          await mine.sleep(1)
          await gate.wait(mine)
          return ++computed
        }, onCancel)
      }
      const once = counting()
      expect(await all(fiber, [(mine) => once.force(mine), (mine) => once.force(mine)])).toEqual([1, 1])
      const broken = new Lazy(() => Promise.reject(new Error('broken')))
      for (let i = 0; i < 2; i++) await expect(broken.force(fiber)).rejects.toThrow('broken')
      const itself: Lazy<number> = new Lazy((mine) => itself.force(mine))
      await expect(itself.force(fiber)).rejects.toEqual(refused('DEADLOCK'))

      const restarted = counting('restart', new Latch(1))
      expect(await cancelledIn(fiber, (mine) => restarted.force(mine))).toBe('now')
      expect(await restarted.force(fiber)).toBe(1)
      const recorded = counting('record', new Latch(1))
      expect(await cancelledIn(fiber, (mine) => recorded.force(mine))).toBe('now')
      await expect(recorded.force(fiber)).rejects.toMatchObject({ cause: 'now' })
      const shielded = counting('protect')
      expect(await cancelledIn(fiber, (mine) => shielded.force(mine))).toBe(1)
      expect(() => new Lazy(1 as never)).toThrow(refused('BAD_ARGUMENT'))
      expect(() => new Lazy(() => 1, 'no' as never)).toThrow(refused('BAD_ARGUMENT'))
    }))

  it('a fiber that waits already is refused, and stands in no line', () =>
    execute(async (fiber) => {
      const [semaphore, latch] = [new Semaphore(1), new Latch(1)]
      semaphore.tryAcquire()
      const wait = latch.wait(fiber)
      await expect(semaphore.acquire(fiber)).rejects.toEqual(refused('WAITING'))
      latch.countDown()
      await wait
      semaphore.release()
      expect(semaphore.free).toBe(1)
    }))

  it('fibers that always find what they want let timers in', () =>
    execute(async (fiber) => {
      let over = false
      setTimeout(() => {
        over = true
      }, 5)
      const [mutex, semaphore, channel] = [new Mutex(), new Semaphore(1), new Channel<number>(1)]
      const [filled, open] = [new Ivar<number>(), new Latch(0)]
      filled.fill(1)
      while (!over) await mutex.lock(fiber).then(() => mutex.unlock(fiber))
      for (over = false, setTimeout(() => (over = true), 5); !over; semaphore.release()) await semaphore.acquire(fiber)
      for (over = false, setTimeout(() => (over = true), 5); !over; await channel.receive(fiber)) channel.trySend(1)
      for (over = false, setTimeout(() => (over = true), 5); !over; await filled.read(fiber)) await open.wait(fiber)
    }))

  it('100 000 rounds of a semaphore, or as many as chance has time for, lose no permit', () =>
    execute(async (fiber) => {
      const semaphore = new Semaphore(3)
      const rounds = inOrder ? 10_000 : 100
      const work = async (mine: Fiber) => {
        for (let n = 0; n < rounds; n++) {
          await semaphore.acquire(mine)
          if (n % 7 === 0) await mine.yield()
          semaphore.release()
        }
      }
      await all(fiber, Array(10).fill(work))
      expect(semaphore.free).toBe(3)
    }))
})
