// Goal: whatever is killed, a registry and the groups know those who live and no others, nothing is left behind, and errors come of those
// that were shot and no others. Method: servers under keys, members and tasks on all schedulers; processes and whole threads are ended at
// random for a while, by a seed that is told.

import { exit, isAlive } from 'rumpus'
import { members, publish, startSupervisor, Task, taskStream, whichChildren } from 'rumpus/otp'
import { expect, it } from 'vitest'
import { clerk, named, places } from '../fixtures/otp-places.mjs'
import { square, told } from '../fixtures/otp-tasks.mjs'
import { dice } from '../fixtures/random.mjs'
import { type AnyPid, type AnySelf, inside, until } from '../process/world.ts'
import { Book } from './shot-book.ts'

const MS = Number(process.env.RUMPUS_CHAOS_MS ?? 2_000)
const SLOW = { timeout: MS + 60_000 }
const SEED = Number(process.env.RUMPUS_SEED ?? 20_262)
const MANY = { maxRestarts: 1_000_000, within: 60_000 }
const KEYS = ['ada', 'bob', 'eve', 'joe']

/** Comes back when `look` answers true. */
const atLast = async (self: AnySelf, look: () => Promise<boolean>): Promise<void> => {
  for (const end = Date.now() + 20_000; !(await look()); ) {
    if (Date.now() > end) throw new Error(`never came true: ${look}`)
    await self.sleep(5)
  }
}

it(`registries and groups that are shot at for ${MS} ms (seed ${SEED}) know who lives`, SLOW, async () => {
  const book = new Book()
  await inside(
    async (self: AnySelf) => {
      const chance = dice(SEED)
      await places.start(self)
      const alive = self.runtime.inspect().processes.alive
      const children = [
        ...KEYS.map((key) => ({ id: key, start: named, args: [key] })),
        ...[1, 2, 1, 2].map((on, n) => ({ id: `clerk ${n}`, start: clerk, on })),
      ]
      const top = (await startSupervisor(self, { ...MANY, children }, { link: false })) as AnyPid
      const pidOf = async (id: string): Promise<AnyPid | undefined> =>
        (await whichChildren(top)).find((child) => child.id === id)?.pid as AnyPid | undefined
      /** What a child answers, if it lives to. A clerk answers what became of what it was told. */
      const ask = async (id: string, verb: string, ...args: unknown[]): Promise<unknown> => {
        const pid = await pidOf(id)
        if (pid === undefined) return undefined
        const answer = await self.call(pid, { verb, args }, { timeout: 20_000 }).catch(book.failed('call', pid))
        if (answer !== undefined && id.startsWith('clerk')) expect(answer).toHaveProperty('value')
        return answer
      }
      const shots = { keyed: 0, clerk: 0, thread: 0 }
      for (const end = Date.now() + MS; Date.now() < end; ) {
        const id = children[chance(children.length)]?.id as string
        const isClerk = id.startsWith('clerk')
        if (isClerk) {
          await ask(id, 'join', 'news')
          await ask(id, 'register', id)
        }
        publish('news', 1)
        const pid = await pidOf(id)
        if (pid === undefined) continue
        if (isClerk && chance(8) === 0) {
          await ask(id, 'end thread')
          shots.thread++
        } else {
          exit(pid, chance(2) === 0 ? 'kill' : 'shutdown')
          shots[isClerk ? 'clerk' : 'keyed']++
        }
      }
      // Who answers has heard of no shot before that, and none comes after.
      for (const { id } of children) {
        await atLast(self, async () => (await ask(id, 'answer')) !== undefined)
      }
      // Whoever is under a key is the child of now; whoever is registered or joined lives.
      for (const key of KEYS) {
        await atLast(self, async () => {
          const pid = await pidOf(key)
          return pid !== undefined && isAlive(pid) && (await places.whereis(key)) === pid
        })
        expect(await places.call(key, 'still')).toBe(`${key} still`)
      }
      await atLast(self, async () => (await places.entries()).every(({ pid }) => isAlive(pid)))
      for (const pid of await members('news')) expect(isAlive(pid)).toBe(true)
      for (let n = 0; n < 4; n++) {
        await ask(`clerk ${n}`, 'join', 'news')
        await ask(`clerk ${n}`, 'tell', self.pid)
      }
      expect(await members('news')).toHaveLength(4)
      publish('news', 'all')
      for (let n = 0; n < 4; n++) await self.receive({ match: (message) => message === 'all' })
      expect(Math.min(...Object.values(shots))).toBeGreaterThan(0)
      const ref = self.monitor(top)
      exit(top, 'shutdown')
      await self.receive({ match: (message) => message?.ref === ref })
      await atLast(self, async () => (await places.count()) === 0 && (await members('news')).length === 0)
      // The desks of the schedulers are there now.
      await until(() => self.runtime.inspect().processes.alive <= alive + 3)
    },
    { onCrash: book.crashed },
  )
  book.check(['call: ERR_RUMPUS_DOWN scheduler-down', 'a scheduler thread went down'])
})

it(`tasks whose threads die (seed ${SEED}) each have one outcome, and a stream goes on`, async () => {
  const book = new Book()
  await inside(
    async (self: AnySelf) => {
      const chance = dice(SEED)
      const alive = self.runtime.inspect().processes.alive
      const tasks = Array.from({ length: 120 }, (_, n) =>
        n % 20 === 7 ? Task.async(self, told, 'end thread', 0) : Task.async(self, square, n),
      )
      const settled = await Promise.allSettled(tasks.map((task) => task.result({ timeout: 20_000 })))
      for (const [n, one] of settled.entries()) {
        if (one.status === 'fulfilled') expect(one.value).toBe(n * n)
        else expect(one.reason).toMatchObject({ code: 'ERR_RUMPUS_DOWN', cause: { kind: 'scheduler-down' } })
      }
      expect(settled.filter(({ status }) => status === 'rejected').length).toBeGreaterThanOrEqual(6)
      const inputs = Array.from({ length: 60 }, () => (chance(10) === 0 ? 'end thread' : 'fine'))
      const body = told as unknown as Parameters<typeof taskStream<string, unknown>>[2]
      let given = 0
      for await (const one of taskStream(self, inputs, body, { maxConcurrency: 3 })) {
        expect(one.index).toBe(given++)
        if (one.status === 'fulfilled') expect([one.input, one.value]).toEqual(['fine', 'fine'])
        else expect(one.reason).toMatchObject({ code: 'ERR_RUMPUS_DOWN', cause: { kind: 'scheduler-down' } })
      }
      expect(given).toBe(inputs.length)
      await until(() => self.runtime.inspect().processes.alive <= alive + 3)
    },
    { onCrash: book.crashed },
  )
  book.check(['a scheduler thread went down'])
})
