// Goal: an event does what it says, alone and as one of several, on every executor. Method: programs that write down what was chosen
// and what is left of the rest.

import { Computation, Fiber } from 'rumpus/effect'
import {
  aborted,
  always,
  choose,
  completed,
  Event,
  elapsed,
  guard,
  never,
  select,
  settled,
  withNack,
} from 'rumpus/events'
import { both } from 'rumpus/structured'
import { Channel, Ivar, Latch } from 'rumpus/sync'
import { describe, expect, it, vi } from 'vitest'
import { executors } from '../effect/executors.ts'
import { cancelledIn } from './cancelled-in.ts'

const refused = (code: string) => expect.objectContaining({ code: `ERR_RUMPUS_${code}` })

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
      const shut = new Ivar<never>().reading()
      const events = [always('a'), always('b'), shut, shut, never, choose([shut, always('c')])]
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
      const event = always(1).wrap((_, mine) => mine.sleep(60_000))
      const done = fiber.handler.spawn(fiber, inner, () =>
        event
          .wrap(
            () => 'value',
            () => 'made',
          )
          .sync(inner),
      )
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
        expect(await select(fiber, [elapsed(0).wrap(() => 'time'), ready.waiting().wrap(() => 'ready')])).toBe('ready')
      }
      const times = [20, 5, 60_000].map((ms) => elapsed(ms).wrap(() => ms))
      expect(await select(fiber, times)).toBe(5)
      expect(await cancelledIn(fiber, elapsed(60_000))).toBe('now')
      for (const ms of [-1, Number.NaN, 2 ** 31]) expect(() => elapsed(ms)).toThrow(refused('OUT_OF_RANGE'))
    }))

  it('a computation gives what it returns or fails with its cancellation, before or meanwhile, and keeps no trigger', () =>
    execute(async (fiber) => {
      const [soon, never, stopped] = [new Computation<number>(), new Computation<number>(), new Computation<number>()]
      for (let n = 0; n < 100; n++) await select(fiber, [completed(soon), completed(never), always(0)])
      for (let n = 0; n < 100; n++) await select(fiber, [completed(soon), completed(never), elapsed(0)])
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
      const open = new Promise<never>(() => {})
      const then = vi.spyOn(open, 'then')
      for (let n = 0; n < 10; n++) await select(fiber, [settled(open), elapsed(0)])
      expect(then).toHaveBeenCalledTimes(1)
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
      const waiting = fiber.fork((mine) => select(mine, [aborted(counting), elapsed(1)]))
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

  it('is deaf where cancellations are forbidden', () =>
    execute(async (fiber) => {
      fiber.computation.cancel('stop')
      expect(await fiber.forbid(() => select(fiber, [elapsed(1).wrap(() => 'time'), never]))).toBe('time')
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
