// Goal: several look or one changes, in the order of asking, and no cancellation lets anybody stand outside a lock that has room.
// Method: programs on every executor that write down who came when, and a line whose members are cancelled in turn, each at every
// moment.

import { Computation, Fiber, fifo, random } from 'rumpus/effect'
import { all, scope } from 'rumpus/structured'
import { RwLock } from 'rumpus/sync'
import { describe, expect, it } from 'vitest'
import { executors } from '../effect/executors.ts'

const refused = (code: string) => expect.objectContaining({ code: `ERR_RUMPUS_${code}` })

describe.each(executors)('$name', ({ execute, inOrder }) => {
  it('several look at a time, one changes, never both', () =>
    execute(async (fiber) => {
      const lock = new RwLock()
      let [looking, changing, most] = [0, 0, 0]
      const looks = (mine: Fiber) =>
        lock.look(mine, async () => {
          most = Math.max(most, ++looking)
          expect([changing, lock.isLocked, lock.shares]).toEqual([0, false, expect.any(Number)])
          expect(lock.shares).toBeGreaterThanOrEqual(looking)
          await mine.yield()
          looking--
        })
      const changes = (mine: Fiber) =>
        lock.use(mine, async () => {
          expect([++changing, looking, lock.isLocked, lock.shares]).toEqual([1, 0, true, 0])
          await mine.yield()
          changing--
        })
      await all(fiber, [looks, looks, looks, changes, looks, changes, changes, looks, looks])
      if (inOrder) expect(most).toBe(3)
      expect([looking, changing, lock.isLocked, lock.shares, lock.isPoisoned]).toEqual([0, 0, false, 0, false])
    }))

  it('is had in the order of asking: who changes waits for no later looker', () =>
    execute(async (fiber) => {
      const lock = new RwLock()
      const order: string[] = []
      await lock.lockShared(fiber)
      await scope(fiber, async (scope) => {
        let asked = 0
        const asks = async (name: string, hold: (mine: Fiber) => Promise<void>, leave: (mine: Fiber) => void) => {
          const before = asked
          scope.fork(async (mine) => {
            const wait = hold(mine)
            asked++
            await wait
            order.push(name)
            await mine.yield()
            leave(mine)
          })
          while (asked === before) await scope.fiber.yield()
        }
        const alone = (name: string) =>
          asks(
            name,
            (mine) => lock.lock(mine),
            (mine) => lock.unlock(mine),
          )
        const shared = (name: string) =>
          asks(
            name,
            (mine) => lock.lockShared(mine),
            (mine) => lock.unlockShared(mine),
          )
        await alone('A')
        await shared('b')
        await shared('c')
        await alone('D')
        await shared('e')
        expect([lock.tryLockShared(scope), lock.tryLock(scope), order]).toEqual([false, false, []])
        lock.unlockShared(fiber)
      })
      expect([order[0], order.slice(1, 3).sort(), ...order.slice(3)]).toEqual(['A', ['b', 'c'], 'D', 'e'])
    }))

  it('one who changes comes in, though there is always somebody who looks', () =>
    execute(async (fiber) => {
      const lock = new RwLock()
      let changed = false
      let [asked, held, late] = [false, 0, 0]
      // Until then each leaves only when another is in: the lock is never free.
      const looker = async (mine: Fiber) => {
        while (!changed) {
          await lock.look(mine, async () => {
            if (asked && !changed) late++
            await mine.yield()
            while (lock.shares < 2 && !asked) await mine.yield()
          })
        }
      }
      const changer = async (mine: Fiber) => {
        while (lock.shares < 2) await mine.yield()
        asked = true
        held = lock.shares
        await lock.use(mine, () => {
          changed = true
        })
      }
      await all(fiber, [looker, looker, looker, changer])
      // Those that held it by then may have begun to look later.
      expect([changed, late <= held]).toEqual([true, true])
    }))

  it('refuses who would wait for itself, and who gives back what it does not hold so', () =>
    execute(async (fiber) => {
      const lock = new RwLock()
      for (const verb of ['unlock', 'unlockShared'] as const) {
        expect(() => lock[verb](fiber)).toThrow(refused('NOT_HELD'))
      }
      await lock.lockShared(fiber)
      for (const verb of ['lock', 'lockShared'] as const) {
        await expect(lock[verb](fiber)).rejects.toEqual(refused('DEADLOCK'))
      }
      expect([lock.tryLock(fiber), lock.tryLockShared(fiber)]).toEqual([false, false])
      expect(() => lock.unlock(fiber)).toThrow(refused('NOT_HELD'))
      await fiber.fork((other) => {
        expect(() => lock.unlockShared(other)).toThrow(refused('NOT_HELD'))
        expect([lock.tryLockShared(other), lock.shares]).toEqual([true, 2])
        lock.unlockShared(other)
      })
      lock.unlockShared(fiber)
      await lock.lock(fiber)
      for (const verb of ['lock', 'lockShared'] as const) {
        await expect(lock[verb](fiber)).rejects.toEqual(refused('DEADLOCK'))
      }
      expect([lock.tryLock(fiber), lock.tryLockShared(fiber)]).toEqual([false, false])
      expect(() => lock.unlockShared(fiber)).toThrow(refused('NOT_HELD'))
      lock.unlock(fiber)
      for (const verb of ['use', 'look'] as const) {
        expect(() => lock[verb](fiber, 1 as never)).toThrow(refused('BAD_ARGUMENT'))
      }
    }))

  it('is poisoned by an error of one who changes, and not of one who looks', () =>
    execute(async (fiber) => {
      const lock = new RwLock()
      const cause = new Error('half done')
      await expect(lock.look(fiber, () => Promise.reject(cause))).rejects.toBe(cause)
      expect([lock.isPoisoned, lock.shares]).toEqual([false, 0])
      const refusals: unknown[] = []
      const failing = scope(fiber, async (scope) => {
        scope.fork((mine) =>
          lock.use(mine, async () => {
            await mine.sleep(5)
            throw cause
          }),
        )
        while (!lock.isLocked) await scope.fiber.yield()
        for (const verb of ['lock', 'lockShared'] as const) {
          scope.fork((mine) => lock[verb](mine).catch((error) => refusals.push(error)))
        }
        await scope.join()
      })
      await expect(failing).rejects.toBe(cause)
      expect(refusals).toEqual([refused('POISONED'), refused('POISONED')])
      await expect(lock.lockShared(fiber)).rejects.toMatchObject({ code: 'ERR_RUMPUS_POISONED', cause })
      expect([lock.isPoisoned, lock.isLocked, lock.tryLock(fiber), lock.tryLockShared(fiber)]).toEqual([
        ...[true, false, false, false],
      ])
    }))

  it('lets in who waits to look as soon as one that waited to change is cancelled', () =>
    execute(async (fiber) => {
      const lock = new RwLock()
      await lock.lockShared(fiber)
      const changer = new Fiber(fiber.handler, new Computation<never>())
      const waits = fiber.handler.spawn(fiber, changer, (mine) => lock.lock(mine).catch((error) => error))
      await fiber.sleep(1)
      const looks = fiber.fork((mine) => lock.look(mine, () => lock.shares))
      await fiber.sleep(1)
      expect(lock.shares).toBe(1)
      changer.computation.cancel('now')
      expect(await waits).toBe(changer.computation.cancellation)
      // The first looker has not left.
      expect(await looks).toBe(2)
      lock.unlockShared(fiber)
      expect(lock.tryLock(fiber)).toBe(true)
    }))
})

type Kind = 'alone' | 'shared'

/** Members of a line, of which one is cancelled after so many steps of the root; the others must all come in, and all must leave. */
const line = async (
  root: Fiber,
  kinds: readonly Kind[],
  whom: number,
  after: number,
): Promise<'had it' | 'cancelled'> => {
  const lock = new RwLock()
  let [looking, changing] = [0, 0]
  const came = kinds.map(() => false)
  const member = (kind: Kind, at: number) => async (mine: Fiber) => {
    const act = async () => {
      came[at] = true
      if (kind === 'alone') expect([++changing, looking]).toEqual([1, 0])
      else expect([++looking > 0, changing]).toEqual([true, 0])
      await mine.forbid(() => mine.yield())
      if (kind === 'alone') changing--
      else looking--
    }
    await (kind === 'alone' ? lock.use(mine, act) : lock.look(mine, act))
  }
  const members = kinds.map((kind, at) => {
    const fiber = new Fiber(root.handler, new Computation<never>())
    const done = root.handler.spawn(root, fiber, member(kind, at)).then(
      () => 'had it' as const,
      (error) => {
        expect(error).toBe(fiber.computation.cancellation)
        return 'cancelled' as const
      },
    )
    return { fiber, done }
  })
  for (let step = 0; step < after; step++) await root.yield()
  members[whom]?.fiber.computation.cancel('now')
  const outcomes = await Promise.all(members.map(({ done }) => done))
  expect(outcomes.filter((outcome, at) => at !== whom && outcome !== 'had it')).toEqual([])
  expect(outcomes.map((outcome) => outcome === 'had it')).toEqual(came)
  expect([lock.isLocked, lock.shares, looking, changing, lock.tryLock(root)]).toEqual([false, 0, 0, 0, true])
  return outcomes[whom] ?? 'cancelled'
}

describe('a cancellation at every moment', () => {
  const kinds: readonly Kind[] = ['shared', 'alone', 'shared', 'alone', 'alone', 'shared', 'shared']
  const STEPS = 12

  it.each([
    ['fifo', (main: (fiber: Fiber) => Promise<void>, _seed: number) => main(fifo.current()), 1],
    ['random', (main: (fiber: Fiber) => Promise<void>, seed: number) => random({ seed }, main), 20],
  ] as const)('loses nobody, in the order of %s', async (_, execute, seeds) => {
    const outcomes = { 'had it': 0, cancelled: 0 }
    for (let seed = 1; seed <= seeds; seed++) {
      for (const whom of kinds.keys()) {
        for (let after = 0; after < STEPS; after++) {
          await execute(async (fiber) => void outcomes[await line(fiber, kinds, whom, after)]++, seed)
        }
      }
    }
    expect(outcomes.cancelled, 'many were cancelled while they waited').toBeGreaterThan(
      (seeds * kinds.length * STEPS) / 10,
    )
    expect(outcomes['had it'], 'and many when it was too late').toBeGreaterThan((seeds * kinds.length * STEPS) / 10)
  })
})
