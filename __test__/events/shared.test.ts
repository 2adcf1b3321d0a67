// Goal: what fibers share serves syncs of several as it serves plain waits: in one line, each thing once, and nothing to who has gone
// elsewhere. Method: programs that write down what was chosen and what is left, on every executor.

import { Computation, Fiber } from 'rumpus/effect'
import { choose, elapsed, never, select } from 'rumpus/events'
import { all, both } from 'rumpus/structured'
import { Barrier, Channel, Condition, Ivar, Latch, Mutex, Pool, RwLock, Semaphore } from 'rumpus/sync'
import { describe, expect, it } from 'vitest'
import { executors } from '../effect/executors.ts'
import { cancelledIn as cancelledBy } from '../sync/cancelled-in.ts'
import { cancelledIn } from './cancelled-in.ts'

const refused = (code: string) => expect.objectContaining({ code: `ERR_RUMPUS_${code}` })

describe.each(executors)('$name', ({ execute }) => {
  it.each([0, 1, 3])(
    'two syncs meet in a channel of %s: an item goes from the one to the other, or stays',
    (capacity) =>
      execute(async (fiber) => {
        const channel = new Channel<number>(capacity)
        const other = new Channel<number>(0)
        const sends = async (mine: Fiber) => {
          for (let n = 0; n < 50; n++) await select(mine, [channel.sending(n), other.sending(-1)])
          channel.close()
        }
        const receives = async (mine: Fiber) => {
          const got: number[] = []
          const next = choose([channel.receiving(), never]).wrap(
            (n) => got.push(n),
            () => 0,
          )
          while ((await next.sync(mine)) !== 0);
          return got
        }
        const [, got] = await both(fiber, sends, receives)
        expect(got).toEqual(Array.from({ length: 50 }, (_, n) => n))
      }),
  )

  it('a sync does not meet itself: one that sends and receives on one channel waits for another', () =>
    execute(async (fiber) => {
      const channel = new Channel<string>(0)
      const either = (mine: Fiber, name: string) =>
        select(mine, [channel.sending(`from ${name}`).wrap(() => 'sent'), channel.receiving()])
      expect(await cancelledIn(fiber, choose([channel.sending('itself'), channel.receiving()]))).toBe('now')
      const met = await both(
        fiber,
        (mine) => either(mine, 'a'),
        (mine) => either(mine, 'b'),
      )
      expect([
        ['sent', 'from a'],
        ['from b', 'sent'],
      ]).toContainEqual(met)
      // With plain waits, too.
      const waits = fiber.fork((mine) => either(mine, 'c'))
      await fiber.sleep(1)
      expect(channel.trySend('plain')).toBe(true)
      expect(await waits).toBe('plain')
      const again = fiber.fork((mine) => either(mine, 'd'))
      await fiber.sleep(1)
      expect(channel.tryReceive()).toEqual({ item: 'from d' })
      expect(await again).toBe('sent')
      const closed = fiber.fork((mine) => either(mine, 'e').catch((error) => error))
      await fiber.sleep(1)
      channel.close()
      expect(await closed).toEqual(refused('CLOSED'))
    }))

  it('one that is given something in one line stands in no other', () =>
    execute(async (fiber) => {
      const [channel, semaphore, mutex, lock] = [new Channel<string>(0), new Semaphore(1), new Mutex(), new RwLock()]
      const [ivar, latch, holder] = [new Ivar<string>(), new Latch(1), new Fiber(fiber.handler, new Computation())]
      semaphore.tryAcquire()
      mutex.tryLock(holder)
      lock.tryLock(holder)
      const waits = fiber.fork((mine) =>
        select(mine, [
          channel.receiving(),
          channel.sending('no'),
          semaphore.acquiring(),
          mutex.locking(),
          lock.lockingShared(),
          lock.locking(),
          ivar.reading(),
          latch.waiting(),
          elapsed(60_000),
        ]),
      )
      await fiber.sleep(1)
      ivar.fill('filled')
      expect([channel.trySend('lost'), channel.tryReceive()]).toEqual([false, undefined])
      semaphore.release()
      mutex.unlock(holder)
      lock.unlock(holder)
      latch.countDown()
      expect([semaphore.free, mutex.isLocked, lock.isLocked, lock.shares]).toEqual([1, false, false, 0])
      expect(await waits).toBe('filled')
    }))

  it('locks and permits that are chosen are held, by the fiber of the sync', () =>
    execute(async (fiber) => {
      const [mutex, lock, semaphore] = [new Mutex(), new RwLock(), new Semaphore(1)]
      for (const event of [mutex.locking(), lock.locking(), semaphore.acquiring()]) await event.sync(fiber)
      expect([mutex.isLocked, lock.isLocked, semaphore.free]).toEqual([true, true, 0])
      await expect(mutex.locking().sync(fiber)).rejects.toEqual(refused('DEADLOCK'))
      await expect(lock.lockingShared().sync(fiber)).rejects.toEqual(refused('DEADLOCK'))
      const waits = all(fiber, [
        (mine) =>
          mutex
            .locking()
            .sync(mine)
            .then(() => mutex.unlock(mine)),
        (mine) =>
          lock
            .lockingShared()
            .sync(mine)
            .then(() => lock.unlockShared(mine)),
        (mine) =>
          semaphore
            .acquiring()
            .sync(mine)
            .then(() => semaphore.release()),
        async (mine) => {
          await mine.sleep(1)
          mutex.unlock(fiber)
          lock.unlock(fiber)
          semaphore.release()
        },
      ])
      await waits
      expect([mutex.isLocked, lock.isLocked, lock.shares, semaphore.free]).toEqual([false, false, 0, 1])
      mutex.poison('broken')
      lock.poison('broken')
      await expect(mutex.locking().sync(fiber)).rejects.toEqual(refused('POISONED'))
      await expect(lock.locking().sync(fiber)).rejects.toEqual(refused('POISONED'))
    }))

  it('all at a barrier go on together; who goes elsewhere was not there, and poisons nothing', () =>
    execute(async (fiber) => {
      const [barrier, passed] = [new Barrier(3), [] as string[]]
      // Twice in one sync is one.
      const comes = (name: string) => (mine: Fiber) =>
        select(mine, [barrier.waiting(), barrier.waiting(), never]).then(() => passed.push(name))
      expect(await cancelledBy(fiber, comes('cancelled'))).toBe('now')
      expect(await select(fiber, [barrier.waiting(), elapsed(1).wrap(() => 'elsewhere')])).toBe('elsewhere')
      await all(fiber, [
        comes('a'),
        comes('b'),
        async (mine) => {
          await mine.sleep(1)
          expect(passed).toEqual([])
          await barrier.wait(mine)
        },
      ])
      expect(passed.sort()).toEqual(['a', 'b'])
      // One after the other, plain and not: a second round.
      await all(fiber, [(mine) => barrier.wait(mine), comes('c'), comes('d')])
      expect(passed.length).toBe(4)
      const refusedThere = barrier
        .waiting()
        .sync(fiber)
        .catch((error) => error)
      barrier.poison('broken')
      expect(await refusedThere).toEqual(refused('POISONED'))
      await expect(barrier.waiting().sync(fiber)).rejects.toEqual(refused('POISONED'))
      await new Barrier(1).waiting().sync(fiber)
    }))

  it('a signal is for one that still waits for it', () =>
    execute(async (fiber) => {
      const [changed, heard] = [new Condition(), [] as string[]]
      changed.signal() // nobody waits
      expect(await select(fiber, [changed.signalled(), elapsed(1).wrap(() => 'late')])).toBe('late')
      expect(await cancelledIn(fiber, changed.signalled())).toBe('now')
      const hears = (name: string) => (mine: Fiber) =>
        select(mine, [changed.signalled(), never]).then(() => heard.push(name))
      await all(fiber, [
        hears('a'),
        hears('b'),
        hears('c'),
        async (mine) => {
          await mine.sleep(1)
          changed.signal()
          await mine.sleep(1)
          expect(heard.length).toBe(1)
          changed.broadcast()
        },
      ])
      expect(heard.sort()).toEqual(['a', 'b', 'c'])
    }))

  it('a resource of a pool is there in time, or not made, and comes back whatever happens', () =>
    execute(async (fiber) => {
      let made = 0
      const pool = new Pool({ capacity: 1, create: () => ++made })
      expect(() => pool.using('act' as never)).toThrow(refused('BAD_ARGUMENT'))
      await pool
        .using(async (one, mine) => {
          const inTime = await fiber.handler.spawn(mine, new Fiber(mine.handler, new Computation()), (other) =>
            select(other, [pool.using(() => 'in time'), elapsed(1).wrap(() => 'late')]),
          )
          expect([one, inTime, pool.inUse]).toEqual([1, 'late', 1])
        })
        .sync(fiber)
      expect([pool.inUse, pool.idle, made]).toEqual([0, 1, 1])
      const failing = pool.using(() => Promise.reject(new Error('act'))).sync(fiber)
      await expect(failing).rejects.toThrow('act')
      const asleep = (mine: Fiber) => pool.using((_, own) => own.sleep(60_000)).sync(mine)
      expect(await cancelledBy(fiber, asleep)).toBe('now')
      expect([pool.inUse, pool.idle]).toEqual([0, 0])
      await pool.close(fiber)
      await expect(pool.using(() => 1).sync(fiber)).rejects.toEqual(refused('CLOSED'))
    }))

  it('one that waited to change, and goes elsewhere, lets in those behind it who look', () =>
    execute(async (fiber) => {
      const [lock, order] = [new RwLock(), [] as string[]]
      const [out, looks] = [new Latch(1), [] as Promise<unknown>[]]
      await lock.lockShared(fiber)
      const changes = fiber.fork((mine) => select(mine, [lock.locking(), out.waiting()]))
      await fiber.sleep(1)
      looks.push(fiber.fork((mine) => lock.lockShared(mine).then(() => order.push('plain'))))
      await fiber.sleep(1)
      looks.push(fiber.fork((mine) => select(mine, [lock.lockingShared(), never]).then(() => order.push('chosen'))))
      await fiber.sleep(1)
      expect([order, lock.shares]).toEqual([[], 1])
      out.countDown()
      await Promise.all([changes, ...looks])
      expect([order, lock.shares]).toEqual([['plain', 'chosen'], 3])
      const cancelled = cancelledIn(fiber, lock.locking())
      expect(await cancelled).toBe('now')
      expect(lock.tryLockShared(new Fiber(fiber.handler, new Computation()))).toBe(true)
    }))

  it('first come, first served: those that choose stand in line with those that do not', () =>
    execute(async (fiber) => {
      const [semaphore, order] = [new Semaphore(1), [] as number[]]
      semaphore.tryAcquire()
      const waits: Promise<unknown>[] = []
      for (let n = 0; n < 6; n++) {
        const take = (mine: Fiber) =>
          n % 2 === 0 ? semaphore.acquire(mine) : select(mine, [never, semaphore.acquiring(), elapsed(60_000)])
        const goesOn = (): void => {
          order.push(n)
          semaphore.release()
        }
        waits.push(fiber.fork((mine) => take(mine).then(goesOn)))
        await fiber.sleep(1)
      }
      semaphore.release()
      await Promise.all(waits)
      expect(order).toEqual([0, 1, 2, 3, 4, 5])
      expect(semaphore.free).toBe(1)
    }))

  it('what was chosen is kept, though the fiber is cancelled in the same moment', () =>
    execute(async (fiber) => {
      const channel = new Channel<string>(0)
      const receives = choose([channel.receiving(), never])
      expect(await cancelledIn(fiber, receives, () => void channel.trySend('kept'))).toBe('kept')
      expect(
        await cancelledIn(
          fiber,
          choose([channel.sending('sent'), never]).wrap(() => 'sent'),
          () => {
            expect(channel.tryReceive()).toEqual({ item: 'sent' })
          },
        ),
      ).toBe('sent')
      expect(await cancelledIn(fiber, receives)).toBe('now')
      expect(channel.trySend('nobody waits')).toBe(false)
    }))
})
