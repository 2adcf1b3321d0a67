// Verbs of fibers that are given no fiber say so, and what would be one; so do those that are given no function.

import { run } from 'rumpus'
import { fifo } from 'rumpus/effect'
import { all, any, both, filter, first, forEach, map, openScope, protect, race, scope } from 'rumpus/structured'
import { Barrier, Channel, Condition, Ivar, Latch, Lazy, Mutex, Pool, RwLock, Semaphore } from 'rumpus/sync'
import { describe, expect, it } from 'vitest'

type Verb = readonly [name: string, act: (within: never) => unknown]

const act = (): void => {}
const pool = new Pool({ capacity: 1, create: () => 1 })
const shut = new Mutex()
shut.tryLock(fifo.current())
const verbs: readonly Verb[] = [
  ['channel.send', (within) => new Channel(1).send(within, 1)],
  ['channel.receive', (within) => new Channel(1).receive(within)],
  ['channel.items', (within) => new Channel(1).items(within)],
  ['mutex.lock', (within) => new Mutex().lock(within)],
  ['mutex.tryLock', (within) => new Mutex().tryLock(within)],
  ['mutex.unlock', (within) => new Mutex().unlock(within)],
  ['mutex.unlock of one that is held', (within) => shut.unlock(within)],
  ['mutex.use', (within) => new Mutex().use(within, act)],
  ['mutex.look', (within) => new Mutex().look(within, act)],
  ['rwLock.lock', (within) => new RwLock().lock(within)],
  ['rwLock.lockShared', (within) => new RwLock().lockShared(within)],
  ['rwLock.tryLock', (within) => new RwLock().tryLock(within)],
  ['rwLock.unlock', (within) => new RwLock().unlock(within)],
  ['rwLock.unlockShared', (within) => new RwLock().unlockShared(within)],
  ['rwLock.use', (within) => new RwLock().use(within, act)],
  ['rwLock.look', (within) => new RwLock().look(within, act)],
  ['semaphore.acquire', (within) => new Semaphore(1).acquire(within)],
  ['semaphore.use', (within) => new Semaphore(1).use(within, act)],
  ['condition.wait', (within) => new Condition().wait(within, new Mutex())],
  ['latch.wait', (within) => new Latch(1).wait(within)],
  ['barrier.wait', (within) => new Barrier(2).wait(within)],
  ['ivar.read', (within) => new Ivar().read(within)],
  ['lazy.force', (within) => new Lazy(act).force(within)],
  ['pool.use', (within) => pool.use(within, act)],
  ['pool.close', (within) => new Pool({ capacity: 1, create: act }).close(within)],
  ['map', (within) => map(within, [1], act)],
  ['filter', (within) => filter(within, [1], () => true)],
  ['forEach', (within) => forEach(within, [1], act)],
  ['all', (within) => all(within, [act])],
  ['both', (within) => both(within, act, act)],
  ['race', (within) => race(within, [act])],
  ['any', (within) => any(within, [act])],
  ['first', (within) => first(within, [act])],
]

const refusalOf = async (what: () => unknown): Promise<unknown> => {
  try {
    await what()
  } catch (error) {
    const { name, code, message } = error as Error & { code?: string }
    return { name, code, message }
  }
  return 'nothing was thrown'
}

const refused = (got: string) => ({
  name: 'TypeError',
  code: 'ERR_RUMPUS_BAD_ARGUMENT',
  message: `within must be a fiber or a scope (in a process: fiberOf(self)), got ${got}`,
})

describe('a verb of fibers', () => {
  it.each(verbs)('%s that is given no fiber says so', async (_, verb) => {
    expect(await refusalOf(() => verb(undefined as never))).toEqual(refused('undefined'))
    expect(await refusalOf(() => verb(Promise.resolve() as never))).toEqual(refused('an instance of Promise'))
    expect(await refusalOf(() => verb(1 as never))).toEqual(refused('1'))
  })

  it('is refused the self of a process, and runs with its fiber', async () => {
    await run(async (self) => {
      for (const [, verb] of verbs) {
        expect(await refusalOf(() => verb(self as never))).toMatchObject({
          message: expect.stringMatching(/^within must be a fiber or a scope \(in a process: fiberOf\(self\)\), got /),
        })
      }
      expect(await refusalOf(() => scope(self as never, act))).toMatchObject(refused('an instance of Process'))
      expect(await refusalOf(() => openScope(self as never))).toMatchObject(refused('an instance of Process'))
      expect(await refusalOf(() => protect(self as never, act))).toMatchObject(refused('an instance of Process'))
    })
  })

  it('that is given things in place of a fiber says that, not what it makes of the rest', async () => {
    expect(await refusalOf(() => map([1, 2] as never, act as never, undefined as never))).toEqual(refused('an array'))
    expect(await refusalOf(() => all([act] as never, undefined as never))).toEqual(refused('an array'))
    expect(await refusalOf(() => new Mutex().use(act as never, undefined as never))).toEqual(refused('function act'))
  })

  it('that is given a promise in place of a function names it', async () => {
    const fiber = fifo.current()
    const late = Promise.resolve() as never
    const wrong = (argument: string) => ({
      name: 'TypeError',
      code: 'ERR_RUMPUS_BAD_ARGUMENT',
      message: `${argument} must be a function, got an instance of Promise`,
    })
    expect(await refusalOf(() => all(fiber, [late]))).toEqual(wrong('mains[0]'))
    expect(await refusalOf(() => race(fiber, [act, late]))).toEqual(wrong('mains[1]'))
    expect(await refusalOf(() => both(fiber, act, late))).toEqual(wrong('other'))
    expect(await refusalOf(() => scope(fiber, (scope) => scope.fork(late)))).toEqual(wrong('main'))
    expect(await refusalOf(() => fiber.fork(late))).toEqual(wrong('main'))
    expect(await refusalOf(() => fiber.forbid(late))).toEqual(wrong('act'))
    expect(await refusalOf(() => fiber.settle(act as never))).toEqual({
      ...wrong('promise'),
      message: 'promise must be a promise, got function act',
    })
  })
})
