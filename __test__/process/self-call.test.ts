// self.call: a body asks another process. It is parked meanwhile, hears one thing, and nothing stays behind of a question that
// was given up.

import { Down, exit, ProcessExit, reply, send, simulate } from 'rumpus'
import { describe, expect, it } from 'vitest'
import { answers } from '../fixtures/bound-bodies.mjs'
import { type AnyPid, type AnySelf, inside, rejectionOf, thrownBy, until } from './world.ts'

const FOREVER = { timeout: Number.POSITIVE_INFINITY }

const echo = async (me: AnySelf): Promise<void> => {
  for await (const { from, request } of me) reply(from, request)
}

/** Asks whoever it is told of, and is told of what came. */
const asking = (to: AnyPid, told: (heard: unknown) => void) => async (me: AnySelf) => {
  try {
    told(await me.call(to, 'anything', FOREVER))
  } catch (error) {
    told(error)
    throw error
  }
}

describe('self.call', () => {
  it.each(['here', 'there'])('self.call is answered by a process %s, in order, past a backlog', (where) =>
    inside(async (self) => {
      const pid = (where === 'here' ? self.spawn(answers_) : self.spawn(answers.with({ on: 1 }))) as AnyPid
      for (let i = 0; i < 1_000; i++) send(self.pid, i)
      for (let i = 0; i < 200; i++) expect(await self.call(pid, { how: 'answer', value: { i } })).toEqual({ i })
      self.register('server', pid)
      expect(await self.call('server', { how: 'answer', value: 'by name' })).toBe('by name')
      expect(self.flush()).toBe(1_000)
    }),
  )

  it('self.call parks the body: it waits for one thing, and the inspector says for what', () =>
    inside(async (self) => {
      const silent = self.spawn(async (me) => void (await me.receive({ match: () => false }))) as AnyPid
      const asker = self.spawn(async (me: AnySelf) => {
        const answer = me.call(silent, 1, FOREVER)
        send(self.pid, await rejectionOf(me.receive()))
        send(self.pid, await rejectionOf(me.call(silent, 2)))
        await answer
      }) as AnyPid
      expect(await self.receive()).toMatchObject({ code: 'ERR_RUMPUS_WAITING' })
      expect(await self.receive()).toMatchObject({ code: 'ERR_RUMPUS_WAITING' })
      expect(await self.runtime.inspect(asker)).toMatchObject({
        state: 'calling',
        waitsFor: 'the answer to a question',
      })
      const refused = self.call(silent, 1, FOREVER)
      expect(await rejectionOf(self.sleep(1))).toMatchObject({ code: 'ERR_RUMPUS_WAITING' })
      exit(silent, 'shutdown')
      await expect(refused).rejects.toMatchObject({ code: 'ERR_RUMPUS_DOWN', cause: { kind: 'shutdown' } })
    }))

  it('self.call fails in time, when aborted, and at once when nobody can answer', () =>
    inside(async (self) => {
      const silent = self.spawn(async (me) => void (await me.receive({ match: () => false }))) as AnyPid
      const late = await self.call(silent, 1, { timeout: 2 }).catch((error: Error) => error)
      expect(late).toMatchObject({ code: 'ERR_RUMPUS_TIMEOUT' })
      expect((late as Error).stack).toContain('self-call.test')
      const abort = new AbortController()
      const aborted = self.call(silent, 1, { signal: abort.signal, ...FOREVER })
      abort.abort('enough')
      await expect(aborted).rejects.toMatchObject({ code: 'ABORT_ERR', cause: 'enough' })
      expect(await rejectionOf(self.call(silent, 1, { signal: abort.signal }))).toMatchObject({ code: 'ABORT_ERR' })
      expect(await rejectionOf(self.call('nobody', 1))).toMatchObject({ code: 'ERR_RUMPUS_NOPROC' })
      const [gone, ref] = self.spawnMonitor(async () => {})
      await self.receive({ match: (message) => message instanceof Down && message.ref === ref })
      expect(await rejectionOf(self.call(gone as AnyPid, 1))).toMatchObject({ code: 'ERR_RUMPUS_NOPROC' })
    }))

  it('self.call refuses at the call what it cannot do, and parks nobody', () =>
    inside(async (self) => {
      const pid = self.spawn(echo) as AnyPid
      const there = self.spawn(answers.with({ on: 1 })) as AnyPid
      expect(thrownBy(() => self.call(self.pid as AnyPid, 1))).toMatchObject({ code: 'ERR_RUMPUS_BAD_ARGUMENT' })
      expect(thrownBy(() => self.call(pid, 1, { timeout: -1 }))).toMatchObject({ code: 'ERR_RUMPUS_OUT_OF_RANGE' })
      expect(thrownBy(() => self.call(pid, 1, { signal: 1 as never }))).toMatchObject({
        code: 'ERR_RUMPUS_BAD_ARGUMENT',
      })
      expect(thrownBy(() => self.call(there, { f: () => 1 }))).toMatchObject({
        message: expect.stringContaining('message.request.f'),
      })
      expect(await self.call(pid, 'still')).toBe('still')
    }))

  it('a process that must end gives its question up: the late answer reaches nobody, and nothing stays', () =>
    inside(async (self) => {
      const heard: unknown[] = []
      const asked: { from: never }[] = []
      const slow = self.spawn(async (me: AnySelf) => {
        for await (const question of me) {
          asked.push(question)
          send(self.pid, 'asked')
        }
      }) as AnyPid
      for (const how of ['shutdown', 'kill'] as const) {
        const [pid] = self.spawnMonitor(asking(slow, (what) => heard.push(what)))
        expect(await self.receive()).toBe('asked')
        exit(pid, how)
        expect(await self.receive()).toBeInstanceOf(Down)
      }
      await until(() => heard.length === 2)
      expect(heard).toEqual([expect.any(ProcessExit), expect.any(ProcessExit)])
      for (const { from } of asked) reply(from, 'too late' as never)
      await until(async () => (await self.runtime.inspect(slow))?.monitoredBy?.length === 0)
      expect(heard).toHaveLength(2)
    }))

  it('a body that returns without its answer gives its question up', () =>
    inside(async (self) => {
      const slow = self.spawn(async (me) => void (await me.receive({ match: () => false }))) as AnyPid
      self.spawnMonitor(async (me: AnySelf) => {
        me.call(slow, 1, FOREVER).catch(() => {})
      })
      expect(await self.receive()).toBeInstanceOf(Down)
      await until(async () => (await self.runtime.inspect(slow))?.monitoredBy?.length === 0)
    }))

  it('self.call waits in virtual time, and a simulation in which nobody answers says who asks', async () => {
    const timed = simulate({ seed: 7 }, async (self: AnySelf, { now }) => {
      const pid = self.spawn(async (me: AnySelf) => {
        const { from } = await me.receive()
        await me.sleep(60_000)
        reply(from, now())
      })
      return self.call(pid as AnyPid, 1, { timeout: 120_000 })
    })
    expect(await timed).toBeGreaterThanOrEqual(60_000)
    const stuck = simulate({ seed: 7 }, async (self: AnySelf) => {
      const pid = self.spawn(async (me: AnySelf) => void (await me.receive({ match: () => false })))
      return self.call(pid as AnyPid, 1, FOREVER)
    })
    expect(await rejectionOf(stuck)).toMatchObject({ message: expect.stringContaining('waits for an answer') })
  })
})

async function answers_(me: AnySelf): Promise<void> {
  for await (const { from, request } of me) reply(from, request.value)
}
