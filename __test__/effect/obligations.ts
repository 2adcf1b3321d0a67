// Owns what an executor owes the fibers that it runs, as programs: each runs on whatever executor, in whatever engine, and rejects if it is
// not kept. Never true here: something that only Node.js has.

import { Cancelled, Computation, Fiber, Local, Trigger } from 'rumpus/effect'
import type { Executor } from './executor.ts'

/** A program of a fiber. */
type Obligation = (fiber: Fiber, executor: Executor) => void | Promise<void>

const claim = (isSo: boolean, what: string): void => {
  if (!isSo) throw new Error(`not so: ${what}`)
}

const same = (seen: unknown, wanted: unknown, what: string): void => {
  if (Array.isArray(seen) && Array.isArray(wanted)) {
    claim(seen.length === wanted.length, `${what}: as many`)
    for (const [at, one] of seen.entries()) same(one, wanted[at], `${what}, ${at}`)
  } else claim(Object.is(seen, wanted), `${what}: ${String(wanted)}, and it is ${String(seen)}`)
}

/** What `act` throws, or rejects with. */
const errorOf = async (act: () => unknown): Promise<unknown> => {
  try {
    await act()
  } catch (error) {
    return error
  }
  throw new Error('not so: it should throw')
}

/** What `act` throws at the call. */
const thrownBy = (act: () => unknown): unknown => {
  try {
    act()
  } catch (error) {
    return error
  }
  throw new Error('not so: it should throw at the call')
}

const codeOf = (error: unknown): unknown => (error as { code?: unknown }).code

const inAwait: Record<string, Obligation> = {
  'await answers at once, without a promise, if the trigger was signalled'(fiber) {
    const trigger = new Trigger()
    trigger.signal()
    same(fiber.await(trigger), undefined, 'the answer')
    fiber.computation.cancel(new Error('stop'))
    same(fiber.await(trigger), undefined, 'what has come, which is not lost to a cancellation')
  },

  async 'await goes on when it is signalled, from another fiber or from ordinary code'(fiber) {
    for (const signal of [
      (trigger: Trigger) => void fiber.fork(() => trigger.signal()),
      (trigger: Trigger) => void setTimeout(() => trigger.signal(), 1),
      (trigger: Trigger) => queueMicrotask(() => trigger.signal()),
    ]) {
      const trigger = new Trigger()
      const wait = fiber.await(trigger)
      signal(trigger)
      same(await wait, undefined, 'the answer')
      claim(trigger.isSignalled, 'the trigger is signalled')
    }
  },

  async 'await answers, and does not throw, the cancellation; the trigger is signalled by then'(fiber) {
    const trigger = new Trigger()
    const child = new Fiber(fiber.handler, new Computation())
    const wait = fiber.handler.spawn(fiber, child, async () => {
      const cancelled = await child.await(trigger)
      return [cancelled, trigger.isSignalled]
    })
    await fiber.yield()
    child.computation.cancel(new Error('stop'))
    same(await wait, [child.computation.cancellation, true], 'the cancellation, and the trigger')
    const again = new Trigger()
    same(child.await(again), child.computation.cancellation, 'the answer at once of one that was cancelled before')
    claim(again.isSignalled, 'the trigger is signalled by then')
  },

  async 'await does not hear of a cancellation that is forbidden, and hears it afterwards'(fiber) {
    fiber.computation.cancel(new Error('stop'))
    await fiber.forbid(async () => {
      await fiber.sleep(1)
      await fiber.yield()
      const heard = await errorOf(() => fiber.permit(() => fiber.yield()))
      same(heard, fiber.computation.cancellation, 'what is heard where it is permitted')
      await fiber.yield()
    })
    claim((await errorOf(() => fiber.yield())) instanceof Cancelled, 'it is heard afterwards')
  },

  async 'await refuses a fiber that waits already'(fiber) {
    const [one, other] = [new Trigger(), new Trigger()]
    const wait = fiber.await(one)
    same(codeOf(thrownBy(() => fiber.await(other))), 'ERR_RUMPUS_WAITING', 'the code')
    one.signal()
    await wait
  },

  async 'await leaves nothing behind in a computation that lives long'(fiber, { large }) {
    let most = 0
    for (let i = 0; i < large; i++) {
      const trigger = new Trigger()
      const wait = fiber.await(trigger)
      trigger.signal()
      await wait
      most = Math.max(most, fiber.computation.held)
    }
    claim(most < 10, `${most} triggers are less than 10`)
  },
}

const inSpawn: Record<string, Obligation> = {
  async 'spawn answers what main answers: a value, a promise, an error'(fiber) {
    same(await fiber.fork(() => 1), 1, 'a value')
    same(await fiber.fork(async () => 2), 2, 'a promise')
    const thrown = new Error('boom')
    const throws = (): never => {
      throw thrown
    }
    same(await errorOf(() => fiber.fork(throws)), thrown, 'what it throws')
    same(await errorOf(() => fiber.fork(() => Promise.reject(thrown))), thrown, 'what it rejects with')
  },

  async 'spawn is all or nothing: refused by a cancellation, main is not called'(fiber) {
    let called = 0
    fiber.computation.cancel(new Error('stop'))
    same(
      thrownBy(() => fiber.fork(() => called++)),
      fiber.computation.cancellation,
      'what it throws',
    )
    await fiber.forbid(() => fiber.sleep(1))
    same(called, 0, 'calls')
  },

  async 'spawn calls main also if the new fiber is cancelled by then'(fiber) {
    const computation = new Computation()
    computation.cancel(new Error('stop'))
    const child = new Fiber(fiber.handler, computation)
    same(await fiber.handler.spawn(fiber, child, () => 'called'), 'called', 'the answer')
  },

  async 'spawn takes any depth'(fiber, { large }) {
    const nest = (mine: Fiber, left: number): Promise<number> | number =>
      left === 0 ? 0 : mine.fork((child) => nest(child, left - 1)).then((depth) => depth + 1)
    same(await nest(fiber, large), large, 'the depth')
  },

  async 'spawn gives the child the locals of its parent, and neither hears of later ones'(fiber) {
    const name = new Local('nobody')
    same(fiber.get(name), 'nobody', 'the initial value')
    fiber.set(name, 'parent')
    const child = fiber.fork(async (mine) => {
      const inherited = mine.get(name)
      mine.set(name, 'child')
      await mine.yield()
      return [inherited, mine.get(name)]
    })
    same(await child, ['parent', 'child'], 'what the child has, and had')
    same(fiber.get(name), 'parent', 'what the parent has')
  },
}

const inYield: Record<string, Obligation> = {
  async 'yield lets the others run, and rejects with the cancellation'(fiber) {
    let ran = false
    const child = fiber.fork(async (mine) => {
      await mine.yield()
      ran = true
    })
    for (let i = 0; i < 1000 && !ran; i++) await fiber.yield()
    claim(ran, 'the other ran')
    await child
    fiber.computation.cancel(new Error('stop'))
    same(await errorOf(() => fiber.yield()), fiber.computation.cancellation, 'what it rejects with')
  },

  async 'yield is fair: of 100 fibers that yield all the time, none is left behind'(fiber, { inOrder, large }) {
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
    claim(inOrder ? spread <= 1 : spread < large, `a spread of ${spread} is not too much`)
  },

  async 'yield lets timers in, whatever the fibers do'(fiber) {
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
  },
}

const inCancelAfter: Record<string, Obligation> = {
  async 'cancelAfter cancels when the time has come, in the order of the times'(fiber) {
    const order: string[] = []
    const late = new Computation<void>()
    const soon = new Computation<void>()
    fiber.handler.cancelAfter(fiber, late, 20, 'late')
    fiber.handler.cancelAfter(fiber, soon, 5, 'soon')
    await Promise.all(
      [late, soon].map((one) => fiber.fork((mine) => mine.wait(one).catch((error) => order.push(String(error.cause))))),
    )
    same(order, ['soon', 'late'], 'the order')
  },

  async 'cancelAfter leaves a computation alone that is complete, and no timer behind'(fiber) {
    const done = new Computation<number>()
    fiber.handler.cancelAfter(fiber, done, 60_000, 'late')
    done.return(1)
    same(await fiber.wait(done), 1, 'what it returned')
    fiber.handler.cancelAfter(fiber, done, 60_000, 'later still')
  },

  'cancelAfter refuses what is no time, and a fiber that is cancelled'(fiber) {
    for (const ms of [-1, Number.NaN, 2 ** 31, '1' as never]) {
      const error = thrownBy(() => fiber.handler.cancelAfter(fiber, new Computation(), ms, 'late'))
      same(codeOf(error), 'ERR_RUMPUS_OUT_OF_RANGE', 'the code')
      claim(thrownBy(() => fiber.sleep(ms)) instanceof RangeError, 'a sleep refuses it, too')
    }
    fiber.computation.cancel(new Error('stop'))
    const computation = new Computation()
    const error = thrownBy(() => fiber.handler.cancelAfter(fiber, computation, 1, 'late'))
    claim(error instanceof Cancelled, 'it throws the cancellation')
  },
}

/** All that is owed. */
export const obligations: Readonly<Record<string, Obligation>> = {
  ...inAwait,
  ...inSpawn,
  ...inYield,
  ...inCancelAfter,

  async 'wakes fibers of other executors, and is woken by them'(fiber, { others }) {
    const rounds = 50
    let [to, from] = [new Trigger(), new Trigger()]
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
  },
}
