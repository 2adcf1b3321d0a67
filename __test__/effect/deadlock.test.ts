// Goal: where nothing can happen any more, the seeded executor says who waits for what. Method: programs that wait for each other, in
// every way there is to wait, all at the same time, for each takes a second to be sure.

import { Computation, type Fiber, random, Trigger } from 'rumpus/effect'
import { choose, completed, Event, never, select, settled } from 'rumpus/events'
import { scope } from 'rumpus/structured'
import { Barrier, Channel, Condition, Ivar, Latch, Mutex, RwLock, Semaphore } from 'rumpus/sync'
import { expect, it } from 'vitest'

/** What a run that ends in a deadlock says. */
const saidOf = (main: (fiber: Fiber) => unknown): Promise<string> =>
  random({ seed: 1 }, main).then(
    () => 'nothing',
    ({ code, message }) => {
      expect(code).toBe('ERR_RUMPUS_DEADLOCK')
      return message
        .replace(/^nothing can happen any more: (\d+ fibers? waits?: )?/, '')
        .replaceAll(/fiber \d+/g, 'fiber')
    },
  )

it('says who waits for what', async () => {
  const [mutex, lock, semaphore, open] = [new Mutex(), new RwLock(), new Semaphore(1), new Promise<never>(() => {})]
  const held = async (mine: Fiber) => {
    await Promise.all([mutex.lock(mine), lock.lock(mine), semaphore.acquire(mine)])
    await scope(mine, async (scope) => {
      scope.fork(function waiter(fiber) {
        return mutex.lock(fiber)
      })
      scope.fork(() => open)
    })
  }
  const condition = async (mine: Fiber) => {
    const guard = new Mutex()
    await guard.lock(mine)
    await new Condition().wait(mine, guard)
  }
  const [root, channel] = ['fiber (main)', new Channel<number>(0)]
  const main = (act: (fiber: Fiber) => unknown) => ({ main: (fiber: Fiber) => act(fiber) }).main
  const cases: [(fiber: Fiber) => unknown, string][] = [
    [held, 'fiber (held) waits for the children of its scope; fiber (waiter) waits for a lock, which fiber (held) has'],
    [main((fiber) => fiber.await(new Trigger())), `${root} waits for something`],
    [main((fiber) => fiber.wait(new Computation())), `${root} waits for a computation`],
    [main((fiber) => fiber.settle(open)), `${root} waits for a platform promise`],
    [main((fiber) => new Channel(0).send(fiber, 1)), `${root} waits for room in a channel`],
    [main((fiber) => new Channel(1).receive(fiber)), `${root} waits for an item of a channel`],
    [main((fiber) => new Latch(1).wait(fiber)), `${root} waits for a latch`],
    [main((fiber) => new Ivar().read(fiber)), `${root} waits for the value of an ivar`],
    [main((fiber) => new Barrier(2).wait(fiber)), `${root} waits for the others at a barrier`],
    [condition, 'fiber (condition) waits for the signal of a condition'],
    [main((fiber) => never.sync(fiber)), `${root} waits for what never happens`],
    [main(() => open), 'no fiber waits, so what is awaited is not of fibers'],
    [
      main((fiber) =>
        select(fiber, [
          channel.sending(1),
          choose([channel.receiving(), new Ivar().reading()]),
          completed(new Computation()),
          settled(open),
          new Event({ what: 'a bell', poll: () => {}, wait: () => () => {} }),
          new Event({ poll: () => {}, wait: () => () => {} }),
        ]),
      ),
      '',
    ],
  ]
  const said = await Promise.all(cases.map(([act]) => saidOf(act)))
  const [chosen] = said.splice(-1)
  expect(said).toEqual(cases.slice(0, -1).map(([, wanted]) => wanted))
  const [who, branches] = chosen!.split(' waits for ')
  expect(who).toBe(root)
  const wanted = [
    'a bell',
    'a computation',
    'a platform promise',
    'an event',
    'an item of a channel',
    'the value of an ivar',
  ]
  expect(branches!.split(' or ').sort()).toEqual([...wanted, 'room in a channel'].sort())
})

it('tells of a crowd by the first, and how many more', async () => {
  const said = await saidOf((fiber) =>
    scope(fiber, (scope) => {
      for (let n = 0; n < 100; n++) scope.fork((mine) => mine.await(new Trigger()))
    }),
  )
  expect(said.split('; ')).toHaveLength(21)
  expect(said).toMatch(/; and 81 more$/)
})
