// Bodies that are hard on their runtime: whatever they do, each has a clear end that is heard, whoever lives beside them lives
// on, and what is done very often costs each time the same.

import { Down, type ErrorDescription, exit, isAlive, ProcessExit } from 'rumpus'
import { describe, expect, it } from 'vitest'
import { hold, once } from '../fixtures/bodies.mjs'
import { hard, hardBody, LABOURS, labour, labourBody } from '../fixtures/hard-bodies.mjs'
import {
  type AnyPid,
  type AnySelf,
  balanced,
  inside,
  oneThread,
  places,
  rejectionOf,
  started,
  take,
  turns,
  until,
} from './world.ts'

type Place = (typeof places)[number]

/** How long a body may take to unwind. */
const GRACE_MS = 5_000
/** Costs that grow with the number show a factor of 10. */
const LINEAR = 5

/** A body of that kind, known to run, and monitored. */
async function running(self: AnySelf, on: Place, way: string): Promise<AnyPid> {
  const to = self.pid as AnyPid
  const [pid] =
    on === 'here'
      ? self.spawnMonitor((me: AnySelf) => hardBody(me, to, way))
      : self.spawnMonitor(hard.with({ on }), to, way)
  expect(await self.receive()).toEqual({ runs: pid })
  return pid as AnyPid
}

/** Why it ends: the next message must say so. */
async function endOf(self: AnySelf, pid: AnyPid): Promise<Down['reason']> {
  const down = await self.receive()
  expect(down).toBeInstanceOf(Down)
  expect(down).toMatchObject({ pid })
  return down.reason
}

/** Those beside it live and answer, and others can begin there. */
async function goesOn(self: AnySelf, on: Place, bystander: AnyPid): Promise<void> {
  expect(isAlive(bystander)).toBe(true)
  self.spawn(once.with({ on }), self.pid as AnyPid, 'after')
  expect(await self.receive({ match: (message) => message !== 'caught' })).toMatchObject({
    name: 'after',
    seat: on === 'here' ? 0 : 1,
  })
}

async function bystanderOn(self: AnySelf, on: Place): Promise<AnyPid> {
  self.spawn(hold.with({ on }), self.pid as AnyPid, 'beside')
  return (await self.receive()).up
}

describe('a body that fails', () => {
  const failures: Record<string, Partial<ErrorDescription>> = {
    'throws at once': { name: 'RangeError', message: 'at once' },
    'rejects later': { name: 'RangeError', message: 'later' },
    'throws a string': { name: 'Error', message: 'a body threw words', cause: 'words' },
    'throws nothing': { name: 'Error', message: 'a body threw undefined' },
    'throws a function': { name: 'Error', message: 'a body threw () => 1' },
    'has a then that throws': { name: 'RangeError', message: 'then' },
    'emits an error': { name: 'RangeError', message: 'emitted' },
  }
  for (const on of places) {
    it(`a body ${on} that fails in any way: the failure is its exit reason and one crash report`, async () => {
      await inside(async (self, crashes) => {
        const bystander = await bystanderOn(self, on)
        for (const [way, error] of Object.entries(failures)) {
          const pid = await running(self, on, way)
          expect(await endOf(self, pid), way).toMatchObject({ kind: 'error', error })
          await until(() => crashes.length > 0)
          expect(crashes.splice(0), way).toMatchObject([
            { pid, scheduler: on === 'here' ? 0 : 1, what: 'a body failed', error: { message: error.message } },
          ])
        }
        await goesOn(self, on, bystander)
      })
    })
  }

  it.skipIf(oneThread)(
    'a body that leaves a rejection behind on a scheduler thread: it ends normally, the rejection is reported',
    async () => {
      await inside(async (self, crashes) => {
        const bystander = await bystanderOn(self, 1)
        const pid = await running(self, 1, 'leaves a rejection')
        expect(await endOf(self, pid)).toEqual({ kind: 'normal' })
        await until(() => crashes.length > 0)
        expect(crashes).toMatchObject([{ scheduler: 1, error: { name: 'RangeError', message: 'floating' } }])
        await goesOn(self, 1, bystander)
      })
    },
  )

  it.skipIf(oneThread)(
    'a body that leaves an error event to nobody on a scheduler thread: the thread goes down, the host lives',
    async () => {
      await inside(async (self, crashes) => {
        const away = self.spawn(hold.with({ on: 2 }), self.pid as AnyPid, 'away') as AnyPid
        await self.receive()
        const pid = await running(self, 1, 'emits an error later')
        expect(await endOf(self, pid)).toEqual({ kind: 'scheduler-down', scheduler: 1 })
        await until(() => crashes.length > 0)
        expect(crashes).toMatchObject([
          { pid: 0, scheduler: 1, what: 'a scheduler thread went down', error: { message: 'emitted' } },
        ])
        await goesOn(self, 1, away)
      })
    },
  )
})

describe('a body that will not end', () => {
  for (const on of places) {
    it(`a body ${on} that never ends: exit with kill ends it at once`, async () => {
      await inside(async (self) => {
        const bystander = await bystanderOn(self, on)
        for (const way of ['never ends', 'ignores its exit', 'catches its exit and goes on']) {
          const pid = await running(self, on, way)
          exit(pid, 'kill')
          const heard = await self.receive({ match: (message) => message !== 'caught' })
          expect(heard).toMatchObject({ type: 'down', pid, reason: { kind: 'killed' } })
          expect(isAlive(pid)).toBe(false)
        }
        await goesOn(self, on, bystander)
      })
    })

    it(`a body ${on} that catches its exit and ends well later: the reason is that of its exit`, async () => {
      await inside(async (self) => {
        const pid = await running(self, on, 'catches its exit and ends well')
        exit(pid, 'shutdown')
        expect(await endOf(self, pid)).toEqual({ kind: 'shutdown' })
      })
    })

    it(`a body ${on} that exits from a callback while it waits: the wait fails and it ends`, async () => {
      await inside(async (self, crashes) => {
        const start = performance.now()
        const pid = await running(self, on, 'exits from a callback')
        expect(await endOf(self, pid)).toEqual({ kind: 'user', value: 'from a callback' })
        expect(performance.now() - start).toBeLessThan(GRACE_MS)
        expect(crashes).toEqual([])
      })
    })
  }

  it('a body that ignores its exit, or catches it for ever, is abandoned when its grace is over, and reported', async () => {
    const { runtime, crashes } = await started()
    const zombies = await runtime.run(async (self: AnySelf) => {
      const bystanders: AnyPid[] = []
      for (const on of places) bystanders.push(await bystanderOn(self, on))
      const pids: AnyPid[] = []
      for (const way of ['never ends', 'ignores its exit', 'catches its exit and goes on']) {
        for (const on of places) pids.push(await running(self, on, way))
      }
      const start = performance.now()
      for (const pid of pids) exit(pid, 'shutdown')
      expect(await take(self, places.length)).toEqual(places.map(() => 'caught'))
      expect(pids.map((pid) => isAlive(pid))).toEqual(pids.map(() => false))
      for (const down of (await take(self, pids.length)) as Down[]) {
        expect(pids).toContain(down.pid)
        expect(down.reason).toEqual({ kind: 'shutdown' })
        expect(performance.now() - start).toBeGreaterThanOrEqual(GRACE_MS - 1)
      }
      for (const [i, on] of places.entries()) await goesOn(self, on, bystanders[i] as AnyPid)
      return pids
    })
    // What another scheduler reports comes by the event loop, behind the news of the end.
    await until(() => crashes.length >= zombies.length)
    const abandoned = crashes.map(({ pid, what }) => [pid, what])
    expect(abandoned.sort()).toEqual(
      zombies.map((pid) => [pid, 'a body did not end within its grace and was abandoned']).sort(),
    )
    await runtime.stop()
    expect(runtime.inspect().processes.alive).toBe(0)
  })

  it('a body that was killed and goes on: what it asks of self throws, and nobody hears of it again', async () => {
    await inside(async (self, crashes) => {
      let release: (() => void) | undefined
      const gate = new Promise<void>((resolve) => (release = resolve))
      const said: unknown[] = []
      const [pid] = self.spawnMonitor(async (me: AnySelf) => {
        await gate
        for (const wait of [
          () => me.receive(),
          () => me.sleep(1),
          () => me.yield(),
          () => me.receive({ timeout: 1 }),
        ]) {
          said.push(await rejectionOf(wait()))
        }
        try {
          me.exit('again')
        } catch (error) {
          said.push(error)
        }
        release?.()
        throw new Error('nobody hears this')
      })
      await turns()
      exit(pid, 'kill')
      expect(await endOf(self, pid as AnyPid)).toEqual({ kind: 'killed' })
      release?.()
      await until(() => said.length === 5)
      await turns(5)
      for (const error of said.slice(0, 4)) expect(error).toMatchObject({ code: 'ERR_RUMPUS_EXIT' })
      expect(said[4]).toBeInstanceOf(ProcessExit)
      expect((said[4] as ProcessExit).reason).toEqual({ kind: 'killed' })
      expect([self.tryReceive(), crashes]).toEqual([undefined, []])
    })
  })
})

describe('a body that does one thing very often', () => {
  /** A tenth of how often. */
  const often: Record<string, number> = { 'sends to itself': 100_000 }
  for (const name of LABOURS) {
    const n = often[name] ?? 10_000
    for (const on of places) {
      it(`a body ${on} that ${name}: ${10 * n} times cost no more for each than ${n}`, async () => {
        const { runtime, crashes } = await started({ schedulers: 1 })
        const { few, many, left } = await runtime.run(async (self: AnySelf) => {
          const to = self.pid as AnyPid
          if (on === 'here') self.spawn((me: AnySelf) => labourBody(me, to, name, n))
          else self.spawn(labour.with({ on }), to, name, n)
          return self.receive()
        })
        expect([few.counted, many.counted, left]).toEqual([n, 10 * n, 0])
        expect(many.ms / few.ms).toBeLessThan(10 * LINEAR)
        await until(() => runtime.inspect().processes.alive === 0)
        balanced(runtime.inspect())
        expect(crashes).toEqual([])
      })
    }
  }
})
