// Goal: a server has started when its init is over, or whoever starts it hears why not and is not taken along; a deadline travels. Method:
// servers that start, fail to, or never do, here and elsewhere.

import { exit, send, simulate } from 'rumpus'
import { defineServer, getState, Server, startServer, stopServer, stopWith } from 'rumpus/otp'
import { describe, expect, it } from 'vitest'
import { asksOn, echo } from '../fixtures/otp-servers.mjs'
import { type AnyPid, type AnySelf, inside, rejectionOf, started, thrownBy, until } from '../process/world.ts'

class Idle extends Server {}

describe('start', () => {
  it('is over when init is, async or not, here and there, from a body and from ordinary code', async () => {
    const { runtime } = await started()
    for (const on of ['here', 2] as const) {
      const pid = (await startServer(runtime, echo, { on, args: [5], name: `echo ${on}` })) as AnyPid
      expect(await getState(pid)).toEqual({ first: 5 })
      expect(runtime.whereis(`echo ${on}`)).toBe(pid)
      await stopServer(pid)
    }
    const slow = { init: () => new Promise<undefined>((resolve) => setImmediate(resolve, undefined)) }
    await stopServer(await startServer(runtime, slow))
  })

  it('that fails rejects with the reason and takes nobody along', () =>
    inside(async (self) => {
      for (const on of ['here', 1] as const) {
        const error = await startServer(self, echo, { on, args: ['fail'] }).catch((error) => error)
        expect(error).toMatchObject({ code: 'ERR_RUMPUS_INIT', cause: { error: { message: 'as told' } } })
      }
      const stops = await startServer(self, { init: () => stopWith('shutdown') }).catch((error) => error)
      expect(stops).toMatchObject({ code: 'ERR_RUMPUS_INIT', cause: { kind: 'shutdown' } })
      expect(self.tryReceive()).toBe(undefined)
    }))

  it('that fails at once elsewhere rejects with the reason, each time', () =>
    inside(async (self) => {
      for (const link of [true, false]) {
        for (let round = 0; round < 200; round++) {
          const error = await startServer(self, echo, { link, args: ['fail'] }).catch((error) => error)
          expect(error).toMatchObject({ code: 'ERR_RUMPUS_INIT', cause: { error: { message: 'as told' } } })
        }
      }
      expect(self.tryReceive()).toBe(undefined)
    }))

  it('of a class that cannot be made fails as well, and takes nobody along', () =>
    inside(async (self) => {
      class Unmade extends Server {
        readonly made = ((): never => {
          throw new Error('cannot be made')
        })()
      }
      const error = await startServer(self, Unmade).catch((error) => error)
      expect(error).toMatchObject({ code: 'ERR_RUMPUS_INIT', cause: { error: { message: 'cannot be made' } } })
      expect(self.tryReceive()).toBe(undefined)
    }))

  it('that a body does not wait for is no rejection that nobody handles, when the body must end', () =>
    inside(async (self, crashes) => {
      const [parent, ref] = self.spawnMonitor(async (me: AnySelf) => {
        class Waits extends Server {
          override init(): Promise<undefined> {
            return this.self.receive()
          }
        }
        void startServer(me, Waits, { timeout: 60_000 })
        send(self.pid, 'started')
        await new Promise(() => {})
      })
      expect(await self.receive()).toBe('started')
      exit(parent, 'kill')
      expect(await self.receive()).toMatchObject({ ref, reason: { kind: 'killed' } })
      await new Promise((resolve) => setImmediate(resolve))
      expect(crashes).toEqual([])
    }))

  it('that never answers is killed in its time, or when aborted', () =>
    inside(async (self) => {
      const never = { init: () => new Promise<undefined>(() => {}) }
      const abort = new AbortController()
      expect(await rejectionOf(startServer(self, never, { timeout: 5 }))).toMatchObject({ code: 'ERR_RUMPUS_TIMEOUT' })
      setTimeout(() => abort.abort(), 5)
      expect(await rejectionOf(startServer(self, never, { signal: abort.signal }))).toMatchObject({ code: 'ABORT_ERR' })
      expect(await rejectionOf(startServer(self, Idle, { signal: abort.signal }))).toMatchObject({ code: 'ABORT_ERR' })
      await until(() => self.runtime.inspect().processes.alive <= 2)
    }))

  it('refuses at the call what is no server, no parent, no option', () =>
    inside(async (self) => {
      const bad = { code: 'ERR_RUMPUS_BAD_ARGUMENT' }
      expect(thrownBy(() => void startServer(self, {} as never))).toMatchObject(bad)
      expect(thrownBy(() => void startServer(self, class {} as never))).toMatchObject(bad)
      expect(thrownBy(() => void startServer({} as never, Idle))).toMatchObject(bad)
      expect(thrownBy(() => void startServer(self, Idle, { args: 1 as never }))).toMatchObject(bad)
      expect(thrownBy(() => void startServer(self, Idle, { timeout: -1 }))).toMatchObject({
        code: 'ERR_RUMPUS_OUT_OF_RANGE',
      })
      expect(thrownBy(() => defineServer(import.meta.url, 'x', {} as never))).toMatchObject(bad)
      defineServer(import.meta.url, 'y', Idle)
      defineServer(import.meta.url, 'y', Idle)
      expect(thrownBy(() => defineServer(import.meta.url, 'y', class extends Server {}))).toMatchObject({
        code: 'ERR_RUMPUS_OUT_OF_RANGE',
      })
    }))
})

describe('deadlines', () => {
  it('a question of a server waits no longer than whoever asked the server', () =>
    inside(async (self) => {
      const silent = self.spawn(async (me) => void (await me.receive({ match: () => false }))) as AnyPid
      for (const on of ['here', 1] as const) {
        const pid = (await startServer(self, asksOn, { on })) as AnyPid
        // Both give up at the same moment: the answer that says so may still come in time.
        await self.call(pid, silent, { timeout: 50 }).catch(() => {})
        const { asked } = (await getState(pid)) as { asked: [string, number] }
        expect(asked[0]).toBe('ERR_RUMPUS_TIMEOUT')
        // Not the minute that it would have given.
        expect(asked[1]).toBeLessThan(5_000)
      }
    }))

  it('it is exact in virtual time, and nothing is left of it for the next question', () =>
    simulate({ seed: 5 }, async (self: AnySelf, { now }) => {
      const silent = self.spawn(async (me) => void (await me.receive({ match: () => false }))) as AnyPid
      const spent: [string, number][] = []
      const pid = (await startServer(self, {
        async handleCall() {
          const begun = now()
          const it = (this as unknown as Server).self
          const code = await it.call(silent, 1, { timeout: 60_000 }).catch((error: { code: string }) => error.code)
          spent.push([code as string, Math.round((now() - begun) / 10) * 10])
        },
      })) as AnyPid
      await self.call(pid, 1, { timeout: 200 }).catch(() => {})
      await self.call(pid, 1, { timeout: Number.POSITIVE_INFINITY })
      expect(spent).toEqual([
        ['ERR_RUMPUS_TIMEOUT', 200],
        ['ERR_RUMPUS_TIMEOUT', 60_000],
      ])
    }))
})
