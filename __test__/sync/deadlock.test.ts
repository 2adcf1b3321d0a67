// Goal: fibers that would wait for each other for ever are told so, with who waits for what; and nobody else is. Method: circles of each
// kind on every executor; random programs that take locks in any order, each of which must come to its end, and in one order, of which
// none may be refused.

import { Computation, type Fiber, random } from 'rumpus/effect'
import { elapsed, select } from 'rumpus/events'
import { all, scope } from 'rumpus/structured'
import { Channel, Lazy, Mutex, RwLock } from 'rumpus/sync'
import { describe, expect, it } from 'vitest'
import { executors } from '../effect/executors.ts'
import { dice } from '../fixtures/random.mjs'

const errorOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error) => error,
  )
const codeOf = (error: unknown): unknown => (error as { code?: unknown } | undefined)?.code

describe.each(executors)('$name', ({ execute }) => {
  it('refuses the lock that closes a circle, and says who waits for what; the others go on', () =>
    execute(async (fiber) => {
      for (const count of [2, 3, 5]) {
        const locks = Array.from({ length: count }, () => new Mutex())
        let held = 0
        const outcomes = await all(
          fiber,
          locks.map((lock, at) => async (mine: Fiber) => {
            await lock.lock(mine)
            held++
            while (held < count) await mine.yield()
            const next = locks[(at + 1) % count]!
            const error = await errorOf(next.lock(mine))
            if (error === undefined) next.unlock(mine)
            lock.unlock(mine)
            return error
          }),
        )
        const refused = outcomes.filter((error) => error !== undefined) as Error[]
        expect(refused.map(codeOf)).toEqual(['ERR_RUMPUS_DEADLOCK'])
        const [text = ''] = refused.map(({ message }) => message)
        expect(text.match(/fiber \d+ waits for a lock, which fiber \d+ has/g)).toHaveLength(count)
      }
    }))

  it('sees those who look, lazy values, and children of strict scopes', () =>
    execute(async (fiber) => {
      const [lock, mutex] = [new RwLock(), new Mutex()]
      const [inLock, inMutex] = [new Computation<undefined>(), new Computation<undefined>()]
      const ends = await all(fiber, [
        (mine) =>
          lock.look(mine, async () => {
            inLock.return(undefined)
            await mine.wait(inMutex)
            return codeOf(await errorOf(mutex.look(mine, () => {})))
          }),
        (mine) =>
          mutex.look(mine, async () => {
            inMutex.return(undefined)
            await mine.wait(inLock)
            return codeOf(await errorOf(lock.use(mine, () => {})))
          }),
      ])
      expect(ends.filter((code) => code === 'ERR_RUMPUS_DEADLOCK')).toHaveLength(1)

      const one: Lazy<unknown> = new Lazy(async (mine) => {
        await mine.sleep(1)
        return other.force(mine)
      })
      const other: Lazy<unknown> = new Lazy(async (mine) => {
        await mine.sleep(1)
        return one.force(mine)
      })
      const forced = await all(fiber, [(mine) => errorOf(one.force(mine)), (mine) => errorOf(other.force(mine))])
      expect(forced.map(codeOf)).toEqual(['ERR_RUMPUS_DEADLOCK', 'ERR_RUMPUS_DEADLOCK'])

      const owned = new Mutex()
      const parent = scope(
        fiber,
        (scope) =>
          owned.look(scope, async () => {
            const child = scope.fork((mine) => owned.look(mine, () => {}), { name: 'wants the lock' })
            for (let i = 0; i < 3; i++) await scope.fiber.yield()
            await child.await(scope)
          }),
        { strict: true },
      )
      expect(await errorOf(parent)).toMatchObject({
        code: 'ERR_RUMPUS_DEADLOCK',
        message: expect.stringMatching(
          /fiber \d+ waits for the child "wants the lock", which the child "wants the lock" has; the child "wants the lock" waits for a lock, which fiber \d+ has/,
        ),
      })
      expect(owned.isLocked).toBe(false)
    }))

  it('refuses a sync none of whose branches can be chosen, whoever came last; its wraps hear of it', () =>
    execute(async (fiber) => {
      for (const isLast of [true, false]) {
        const [own, mutex, lock] = [new Mutex(), new Mutex(), new RwLock()]
        const ends = await all(fiber, [
          async (mine) => {
            await own.lock(mine)
            await mine.sleep(isLast ? 10 : 5)
            const refused = await select(mine, [
              mutex.locking().wrap(() => mutex.unlock(mine), String),
              lock.lockingShared().wrap(() => lock.unlockShared(mine), String),
            ])
            own.unlock(mine)
            return refused
          },
          async (mine) => {
            await Promise.all([mutex.lock(mine), lock.lock(mine)])
            await mine.sleep(isLast ? 5 : 10)
            const refused = await errorOf(own.lock(mine))
            if (refused === undefined) own.unlock(mine)
            mutex.unlock(mine)
            lock.unlock(mine)
            return refused === undefined ? undefined : String(refused)
          },
        ])
        expect(ends.map((end) => end !== undefined)).toEqual([isLast, !isLast])
        expect(ends.find((end) => end !== undefined)).toMatch(
          /fiber \d+ waits for a lock or a lock, which fiber \d+ has/,
        )
      }
    }))

  it('refuses no sync, and nobody who waits for it, as long as one branch can be chosen: another lock, or a time', () =>
    execute(async (fiber) => {
      const [own, wanted, other] = [new Mutex(), new Mutex(), new Mutex()]
      const seen: unknown[] = []
      await all(fiber, [
        async (mine) => {
          await own.lock(mine)
          await mine.sleep(5)
          seen.push(await select(mine, [wanted.locking(), elapsed(1).wrap(() => 'too late')]))
          seen.push(await select(mine, [wanted.locking(), other.locking().wrap(() => other.unlock(mine))]))
          own.unlock(mine)
        },
        (mine) => wanted.use(mine, () => mine.sleep(2).then(() => own.use(mine, () => seen.push('last')))),
        (mine) => other.use(mine, () => mine.sleep(20)),
      ])
      expect(seen).toEqual(['too late', undefined, 'last'])
    }))

  it('refuses nobody whose turn comes: who holds the lock sleeps, or has just been given the other', () =>
    execute(async (fiber) => {
      const [one, other] = [new Mutex(), new Mutex()]
      const seen: string[] = []
      await all(fiber, [
        (mine) =>
          one.use(mine, async () => {
            await mine.sleep(2)
            await other.use(mine, () => seen.push('first'))
          }),
        (mine) => other.use(mine, () => mine.sleep(1)).then(() => one.use(mine, () => seen.push('second'))),
        (mine) => one.use(mine, () => seen.push('third')),
      ])
      expect(seen).toHaveLength(3)
    }))

  it('a random program that takes locks in one order is never refused, in any order never stuck', async () => {
    for (let seed = 1; seed <= Math.min(100, Number(process.env.RUMPUS_SEEDS ?? 40)); seed++) {
      for (const inOrder of [true, false]) {
        const below = dice(seed)
        const locks = Array.from({ length: 3 }, () => new Mutex())
        let [refused, taken] = [0, 0]
        const body = async (mine: Fiber): Promise<void> => {
          const order = inOrder ? [0, 1, 2] : [0, 1, 2].sort(() => below(3) - 1)
          const wanted = order.filter(() => below(3) > 0)
          const held: Mutex[] = []
          for (const at of wanted) {
            const error = await errorOf(locks[at]!.lock(mine))
            if (error !== undefined) {
              expect(codeOf(error)).toBe('ERR_RUMPUS_DEADLOCK')
              refused++
              break
            }
            taken++
            held.push(locks[at]!)
            for (let i = below(3); i > 0; i--) await mine.yield()
          }
          for (const lock of held.reverse()) lock.unlock(mine)
        }
        await execute(
          (fiber) =>
            all(
              fiber,
              Array.from({ length: 4 }, () => body),
            ),
          seed,
        )
        expect(locks.map((lock) => lock.isLocked)).toEqual([false, false, false])
        if (inOrder) expect(refused, `program ${seed}, ${taken} taken`).toBe(0)
      }
    }
  })
})

it('random says who waits for what when nothing can happen any more', async () => {
  const stuck = random({ seed: 1 }, (fiber) =>
    scope(fiber, async (scope) => {
      const channel = new Channel<number>(0)
      scope.fork((mine) => channel.receive(mine))
      await scope.join()
    }),
  )
  const error = await errorOf(stuck)
  expect(codeOf(error)).toBe('ERR_RUMPUS_DEADLOCK')
  expect((error as Error).message).toMatch(/2 fibers wait: .*fiber \d+ waits for an item of a channel(;|$)/)
  expect((error as Error).message).toMatch(/fiber \d+ waits for the children of its scope/)
})
