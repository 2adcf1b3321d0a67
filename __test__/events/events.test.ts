// Goal: an event does what it says, alone and as one of several, on every executor. Method: programs that write down what was chosen
// and what is left of the rest.

import { type Cancelled, Computation, Fiber } from 'rumpus/effect'
import { aborted, after, always, choose, completed, Event, guard, never, select, settled, withNack } from 'rumpus/events'
import { all, both, scope } from 'rumpus/structured'
import { Channel, Ivar, Latch, Mutex, RwLock, Semaphore } from 'rumpus/sync'
import { describe, expect, it } from 'vitest'
import { executors } from '../effect/executors.ts'

const refused = (code: string) => expect.objectContaining({ code: `ERR_RUMPUS_${code}` })

/** What a sync comes to if its fiber is cancelled while it waits. */
const cancelledIn = async (fiber: Fiber, event: Event<unknown>, meanwhile = () => {}): Promise<unknown> => {
  let seen: unknown
  await scope(fiber, async (inner) => {
    const child = inner.fork(async (mine) => {
      try {
        seen = await event.sync(mine)
      } catch (error) {
        seen = (error as Cancelled).cause ?? error
      }
    })
    await inner.fiber.sleep(1)
    meanwhile()
    inner.cancel('now')
    await child
  })
  return seen
}

describe.each(executors)('$name', ({ execute, inOrder }) => {
  it('always is at once, never is not, of nothing nothing is chosen', () =>
    execute(async (fiber) => {
      expect(await always(1).sync(fiber)).toBe(1)
      expect(await select(fiber, [never, always('a'), choose([])])).toBe('a')
      expect(await cancelledIn(fiber, never)).toBe('now')
      expect(await cancelledIn(fiber, choose([]))).toBe('now')
    }))

  it('of those that are ready each is as likely, wherever they stand, and those that are not are passed over', () =>
    execute(async (fiber) => {
      const rounds = inOrder ? 10_000 : 3_000
      const events = [always('a'), always('b'), never, never, choose([never, always('c')])]
      const counts: Record<string, number> = { a: 0, b: 0, c: 0 }
      let [longest, since] = [0, 0]
      for (let n = 0; n < rounds; n++) {
        const chosen = await select(fiber, events)
        counts[chosen]!++
        since = chosen === 'a' ? 0 : since + 1
        longest = Math.max(longest, since)
      }
      for (const name of ['a', 'b', 'c']) expect(Math.abs(counts[name]! / rounds - 1 / 3), name).toBeLessThan(0.05)
      expect(longest).toBeLessThan(60)
    }))

  it('a value is wrapped from the inside out, when it has been chosen and not before, by its fiber', () =>
    execute(async (fiber) => {
      const calls: string[] = []
      const inner = always(1).wrap(async (n, mine) => {
        calls.push('inner')
        expect(mine).toBe(fiber)
        await mine.yield()
        return n + 1
      })
      const outer = choose([inner, never.wrap(() => calls.push('never'))]).wrap((n) => {
        calls.push('outer')
        return n * 10
      })
      expect(await outer.sync(fiber)).toBe(20)
      expect(await outer.sync(fiber)).toBe(20)
      expect(calls).toEqual(['inner', 'outer', 'inner', 'outer'])
    }))

  it('what an event fails with, or a wrap throws, is for the next wrap that wants it, or rejects', () =>
    execute(async (fiber) => {
      const closed = new Channel<number>(1)
      closed.close()
      const [broken, calls]: [Error, unknown[]] = [new Error('broken'), []]
      await expect(closed.receiving().sync(fiber)).rejects.toEqual(refused('CLOSED'))
      await expect(closed.sending(1).sync(fiber)).rejects.toEqual(refused('CLOSED'))
      const skipped = closed.receiving().wrap((n) => calls.push(n))
      await expect(skipped.sync(fiber)).rejects.toEqual(refused('CLOSED'))
      const saved = skipped.wrap(
        () => 'value',
        (error) => (error as { code: string }).code,
      )
      expect(await saved.sync(fiber)).toBe('ERR_RUMPUS_CLOSED')
      const throwing = saved.wrap(() => Promise.reject(broken))
      await expect(throwing.sync(fiber)).rejects.toBe(broken)
      expect(await throwing.wrap(String, (error) => [error]).sync(fiber)).toEqual([broken])
      expect(calls).toEqual([])
    }))

  it('a cancellation of the fiber in a wrap is nobody’s to make something of', () =>
    execute(async (fiber) => {
      const inner = new Fiber(fiber.handler, new Computation())
      const event = always(1).wrap(
        (_, mine) => mine.sleep(60_000),
      )
      const done = fiber.handler.spawn(fiber, inner, () => event.wrap(() => 'value', () => 'made').sync(inner))
      const outcome = done.catch((error) => error)
      await fiber.yield()
      await fiber.sleep(1)
      inner.computation.cancel('stop')
      expect(await outcome).toBe(inner.computation.cancellation)
    }))

  it('a guard is called by each sync, before anything is looked at, and not when its fiber is cancelled', () =>
    execute(async (fiber) => {
      let made = 0
      const counted = guard((mine) => {
        expect(mine.handler).toBe(fiber.handler)
        return always(++made)
      })
      expect([await counted.sync(fiber), await counted.sync(fiber)]).toEqual([1, 2])
      await select(fiber, [always(0), counted])
      expect(made).toBe(3)
      const broken = new Error('broken')
      const thrown = guard(() => {
        throw broken
      })
      const channel = new Channel<number>(1)
      channel.trySend(1)
      await expect(select(fiber, [channel.receiving(), thrown])).rejects.toBe(broken)
      expect(channel.length).toBe(1)
      const child = new Fiber(fiber.handler, new Computation())
      child.computation.cancel('before')
      await expect(counted.sync(child)).rejects.toBe(child.computation.cancellation)
      expect(made).toBe(3)
      await expect(guard(() => Promise.resolve(never) as never).sync(fiber)).rejects.toEqual(refused('BAD_ARGUMENT'))
    }))

  it('who is lost hears: another was chosen, the fiber was cancelled, a guard threw; who is chosen does not', () =>
    execute(async (fiber) => {
      const heard: string[] = []
      const asking = (name: string, event: Event<unknown>) =>
        withNack((lost) => {
          // A computation of its own: it hears whoever is cancelled.
          const ears = new Fiber(fiber.handler, new Computation())
          void fiber.handler.spawn(ears, ears, () => lost.sync(ears).then(() => heard.push(name)))
          return event
        })
      const settle = async () => {
        await fiber.sleep(1)
        return heard.splice(0).sort()
      }
      expect(await select(fiber, [asking('a', always(1)), asking('b', never)])).toBe(1)
      expect(await settle()).toEqual(['b'])
      // Within each other: who is chosen is within both, or the outer one only.
      const nested = (inner: Event<unknown>, beside: Event<unknown>) =>
        asking('outer', choose([asking('inner', inner), beside]))
      await select(fiber, [nested(always(1), never), asking('c', never)])
      expect(await settle()).toEqual(['c'])
      await select(fiber, [nested(never, always(1)), asking('c', never)])
      expect(await settle()).toEqual(['c', 'inner'])
      await select(fiber, [nested(never, never), always(1)])
      expect(await settle()).toEqual(['inner', 'outer'])
      expect(await cancelledIn(fiber, nested(never, never))).toBe('now')
      expect(await settle()).toEqual(['inner', 'outer'])
      const thrown = guard(() => {
        throw new Error('broken')
      })
      await expect(select(fiber, [asking('d', always(1)), thrown])).rejects.toThrow('broken')
      expect(await settle()).toEqual(['d'])
      const late = new Ivar<number>()
      const waits = fiber.fork((mine) => select(mine, [asking('e', late.reading()), asking('f', never)]))
      await fiber.sleep(1)
      late.fill(5)
      expect(await waits).toBe(5)
      expect(await settle()).toEqual(['f'])
    }))

  it('a time comes after what is ready, in the order of the times, and leaves no timer', () =>
    execute(async (fiber) => {
      const ready = new Latch(0)
      for (let n = 0; n < 20; n++) {
        expect(await select(fiber, [after(0).wrap(() => 'time'), ready.waiting().wrap(() => 'ready')])).toBe('ready')
      }
      const times = [20, 5, 60_000].map((ms) => after(ms).wrap(() => ms))
      expect(await select(fiber, times)).toBe(5)
      expect(await cancelledIn(fiber, after(60_000))).toBe('now')
      for (const ms of [-1, Number.NaN, 2 ** 31]) expect(() => after(ms)).toThrow(refused('OUT_OF_RANGE'))
    }))

  it('a computation gives what it returns or fails with its cancellation, before or meanwhile, and keeps no trigger', () =>
    execute(async (fiber) => {
      const [soon, never, stopped] = [new Computation<number>(), new Computation<number>(), new Computation<number>()]
      for (let n = 0; n < 100; n++) await select(fiber, [completed(soon), completed(never), always(0)])
      for (let n = 0; n < 100; n++) await select(fiber, [completed(soon), completed(never), after(0)])
      expect([soon.held, never.held].every((held) => held < 10)).toBe(true)
      const answers = both(
        fiber,
        (mine) => select(mine, [completed(soon), completed(never)]),
        (mine) => mine.sleep(1).then(() => soon.return(7)),
      )
      expect(await answers).toEqual([7, undefined])
      expect(await completed(soon).sync(fiber)).toBe(7)
      stopped.cancel('stop')
      await expect(completed(stopped).sync(fiber)).rejects.toBe(stopped.cancellation)
      expect(await cancelledIn(fiber, completed(never))).toBe('now')
      const kept = new Computation<number>()
      expect(await cancelledIn(fiber, completed(kept), () => kept.return(8))).toBe(8)
    }))

  it('a promise gives its value or fails with its error, and is asked once', () =>
    execute(async (fiber) => {
      let asked = 0
      const open = new Promise<never>(() => {})
      const promise = { then: (...args: Parameters<typeof open.then>) => (asked++, open.then(...args)) }
      for (let n = 0; n < 10; n++) await select(fiber, [settled(promise as PromiseLike<never>), after(0)])
      expect(asked).toBe(1)
      const resolved = Promise.resolve('value')
      expect(await select(fiber, [settled(resolved), always('ready')])).toBe('ready')
      expect(await settled(resolved).sync(fiber)).toBe('value')
      const broken = new Error('broken')
      for (let n = 0; n < 2; n++) {
        const rejected = Promise.reject(broken)
        await expect(settled(rejected).sync(fiber)).rejects.toBe(broken)
        await expect(settled(rejected).sync(fiber)).rejects.toBe(broken)
      }
      expect(await cancelledIn(fiber, settled(open))).toBe('now')
    }))

  it('a signal gives its reason, before or meanwhile, and keeps no listener', () =>
    execute(async (fiber) => {
      const stop = new AbortController()
      const listeners = new Set<unknown>()
      const counting = {
        aborted: false,
        addEventListener: (_: string, listener: unknown) => listeners.add(listener),
        removeEventListener: (_: string, listener: unknown) => listeners.delete(listener),
      } as never
      const waiting = fiber.fork((mine) => select(mine, [aborted(counting), after(1)]))
      if (inOrder) expect(listeners.size).toBe(1)
      await waiting
      expect(await cancelledIn(fiber, aborted(counting), () => expect(listeners.size).toBe(1))).toBe('now')
      expect(listeners.size).toBe(0)
      const waits = fiber.fork((mine) => select(mine, [aborted(stop.signal), never]))
      await fiber.sleep(1)
      stop.abort('enough')
      expect(await waits).toBe('enough')
      expect(await aborted(stop.signal).sync(fiber)).toBe('enough')
    }))

  it.each([0, 1, 3])('two syncs meet in a channel of %s: an item goes from the one to the other, or stays', (capacity) =>
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
          after(60_000),
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
        (mine) => mutex.locking().sync(mine).then(() => mutex.unlock(mine)),
        (mine) => lock.lockingShared().sync(mine).then(() => lock.unlockShared(mine)),
        (mine) => semaphore.acquiring().sync(mine).then(() => semaphore.release()),
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
          n % 2 === 0 ? semaphore.acquire(mine) : select(mine, [never, semaphore.acquiring(), after(60_000)])
        waits.push(fiber.fork((mine) => take(mine).then(() => (order.push(n), semaphore.release()))))
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
      expect(await cancelledIn(fiber, choose([channel.sending('sent'), never]).wrap(() => 'sent'), () => {
        expect(channel.tryReceive()).toEqual({ item: 'sent' })
      })).toBe('sent')
      expect(await cancelledIn(fiber, receives)).toBe('now')
      expect(channel.trySend('nobody waits')).toBe(false)
    }))

  it('is deaf where cancellations are forbidden', () =>
    execute(async (fiber) => {
      fiber.computation.cancel('stop')
      expect(await fiber.forbid(() => select(fiber, [after(1).wrap(() => 'time'), never]))).toBe('time')
      await expect(always(1).sync(fiber)).rejects.toBe(fiber.computation.cancellation)
    }))

  it('a fiber that waits already is refused, and stands in no line', () =>
    execute(async (fiber) => {
      const [latch, channel] = [new Latch(1), new Channel<number>(0)]
      const wait = latch.wait(fiber)
      await expect(channel.receiving().sync(fiber)).rejects.toEqual(refused('WAITING'))
      expect(channel.trySend(1)).toBe(false)
      latch.countDown()
      await wait
    }))

  it('syncs that are over at once let timers in', () =>
    execute(async (fiber) => {
      let over = false
      setTimeout(() => {
        over = true
      }, 5)
      while (!over) await select(fiber, [always(1), never])
    }))
})

it('mistakes are refused at the call', () => {
  for (const act of [
    () => choose(1 as never),
    () => choose([1 as never]),
    () => guard(1 as never),
    () => withNack(1 as never),
    () => always(1).wrap(1 as never),
    () => always(1).wrap(String, 1 as never),
    () => completed(1 as never),
    () => settled(1 as never),
    () => aborted(1 as never),
    () => new Event(1 as never),
    () => new Event({ poll: () => {} } as never),
    () => new Event({ poll: () => {}, wait: () => () => {}, left: 1 } as never),
  ]) {
    expect(act).toThrow(refused('BAD_ARGUMENT'))
  }
})
