// link and unlink: who goes along with whom, here and between schedulers.

import { Exit, exit, isAlive, type Pid, send } from 'rumpus'
import { describe, expect, it } from 'vitest'
import { end, hold, once, relating } from '../fixtures/bodies.mjs'
import { type AnyPid, type AnySelf, endOf, inside, places, take, thrownBy, turns } from './world.ts'

/** A process that ends as it is told, and is known to run. */
const ending = (self: AnySelf, on: 'here' | 1): AnyPid => self.spawn(end.with({ on })) as AnyPid

describe('link', () => {
  for (const on of places) {
    it(`link with a process ${on}: a normal end does not take the other along`, async () => {
      await inside(async (self) => {
        for (const told of [{ how: 'return' }, { how: 'exit', value: 'normal' }]) {
          const pid = ending(self, on)
          self.link(pid)
          send(pid, told)
          expect(await endOf(self, pid)).toMatchObject({ kind: expect.stringMatching(/normal|noproc/) })
        }
        expect(isAlive(self.pid)).toBe(true)
      })
    })

    it(`link with a process ${on}: any other end takes the other along, with its reason`, async () => {
      await inside(async (self) => {
        for (const [told, reason] of [
          [{ how: 'exit', value: 'shutdown' }, { kind: 'shutdown' }],
          [
            { how: 'exit', value: { a: 1 } },
            { kind: 'user', value: { a: 1 } },
          ],
          [
            { how: 'throw', value: new Error('x') },
            { kind: 'error', error: { message: 'x' } },
          ],
        ]) {
          const pid = ending(self, on)
          const linked = self.spawn(async (me: AnySelf) => {
            me.link(pid)
            await me.receive()
          })
          await turns()
          self.monitor(linked)
          send(pid, told)
          expect(await self.receive()).toMatchObject({ type: 'down', pid: linked, reason })
        }
      })
    })

    it(`link works both ways: the end of the linker takes a process ${on} along`, async () => {
      await inside(async (self) => {
        const far = self.spawn(hold.with({ on }), self.pid, 'x')
        await self.receive()
        const linker = self.spawn(async (me: AnySelf) => {
          me.link(far)
          await me.receive()
          me.exit({ taken: 'along' })
        })
        self.monitor(far)
        send(linker as AnyPid, 'go')
        expect(await self.receive()).toMatchObject({
          type: 'down',
          pid: far,
          reason: { kind: 'user', value: { taken: 'along' } },
        })
      })
    })

    it(`link with a process ${on} that was killed: the other ends as killed, which a trap can catch`, async () => {
      await inside(async (self) => {
        const far = self.spawn(hold.with({ on }), self.pid, 'x')
        await self.receive()
        self.trapExit()
        self.link(far)
        exit(far, 'kill')
        const signal = await self.receive()
        expect(signal).toBeInstanceOf(Exit)
        expect(signal).toEqual(new Exit(far, { kind: 'killed' }))
      })
    })

    it(`link twice with a process ${on} is one link; unlink takes it back`, async () => {
      await inside(async (self) => {
        self.trapExit()
        const [one, two] = [ending(self, on), ending(self, on)]
        self.link(one)
        self.link(one)
        self.link(two)
        self.unlink(two)
        send(two, { how: 'exit', value: 'shutdown' })
        expect(await endOf(self, two)).toMatchObject({ kind: expect.stringMatching(/shutdown|noproc/) })
        send(one, { how: 'exit', value: 'shutdown' })
        self.monitor(one)
        const [a, b] = (await take(self, 2)) as { type: string; pid: Pid }[]
        expect([a?.type, b?.type].sort()).toEqual(['down', 'exit'])
        expect([a?.pid, b?.pid]).toEqual([one, one])
        await turns()
        expect(self.tryReceive()).toBe(undefined)
      })
    })

    it(`link with a process ${on} that has ended: noproc`, async () => {
      await inside(async (self) => {
        const gone = ending(self, on)
        send(gone, { how: 'return' })
        await endOf(self, gone)
        const linker = self.spawn(async (me: AnySelf) => {
          me.link(gone)
          await me.receive()
        })
        expect(await endOf(self, linker)).toEqual({ kind: 'noproc' })
        self.trapExit()
        self.link(gone)
        expect(await self.receive()).toEqual(new Exit(gone, { kind: 'noproc' }))
      })
    })
  }

  it('link to oneself does nothing', async () => {
    await inside(async (self) => {
      const pid = self.spawn(async (me) => {
        me.link(me.pid)
        me.unlink(me.pid)
        me.exit('shutdown')
      })
      expect(await endOf(self, pid)).toEqual({ kind: 'shutdown' })
    })
  })

  it('link with a definition that has not started: its end is heard', async () => {
    await inside(async (self) => {
      self.trapExit()
      const pid = self.spawn(once, self.pid, 'x')
      self.link(pid)
      const heard = (await take(self, 2)) as { type?: string; ran?: number }[]
      expect(heard[0]).toMatchObject({ ran: pid })
      expect(heard[1]).toEqual(new Exit(pid, { kind: 'normal' }))
    })
  })

  it('link of the dying: a definition that ends before it starts takes its linked along', async () => {
    await inside(async (self) => {
      self.trapExit()
      const pid = self.spawn(once.with({ on: 1 }), self.pid, 'never runs')
      self.link(pid)
      exit(pid, 'shutdown')
      expect(await self.receive()).toEqual(new Exit(pid, { kind: 'shutdown' }))
    })
  })

  it('link in a chain across schedulers: the end of one ends them all, each once', async () => {
    await inside(
      async (self) => {
        const first = self.spawn(hold.with({ on: 1 }), self.pid, 'x')
        await self.receive()
        const chain: AnyPid[] = [first as AnyPid]
        for (let i = 0; i < 30; i++) {
          const next = self.spawn(relating.with({ on: 1 + (i % 3) }), self.pid, 'link', chain.at(-1) as AnyPid)
          await self.receive()
          chain.push(next as AnyPid)
        }
        for (const pid of chain) self.monitor(pid)
        exit(chain[15] as AnyPid, { break: 'here' })
        const downs = (await take(self, chain.length)) as { pid: number; reason: unknown }[]
        expect(downs.map(({ pid }) => pid).sort()).toEqual([...chain].sort())
        for (const { reason } of downs) expect(reason).toEqual({ kind: 'user', value: { break: 'here' } })
        expect(self.tryReceive()).toBe(undefined)
      },
      { schedulers: 3 },
    )
  })

  it('link of a thousand with one: all end with it', async () => {
    await inside(async (self) => {
      const hub = self.spawn(async (me: AnySelf) => {
        await me.receive()
        me.exit('shutdown')
      })
      const spokes = Array.from({ length: 1000 }, () =>
        self.spawn(async (me: AnySelf) => {
          me.link(hub)
          send(self.pid, 'linked')
          await me.receive()
        }),
      )
      await take(self, 1000)
      for (const pid of spokes) self.monitor(pid)
      send(hub as AnyPid, 'end')
      const downs = (await take(self, 1000)) as { reason: unknown }[]
      expect(downs.every(({ reason }) => JSON.stringify(reason) === '{"kind":"shutdown"}')).toBe(true)
    })
  })

  it('link and unlink refuse what is no pid', async () => {
    await inside(async (self) => {
      for (const verb of ['link', 'unlink', 'monitor'] as const) {
        expect(thrownBy(() => self[verb]({} as never))).toEqual({
          name: 'TypeError',
          code: 'ERR_RUMPUS_BAD_ARGUMENT',
          message: 'pid must be a pid, got an instance of Object',
        })
      }
    })
  })

  it('link with a process of another runtime is refused, and nobody there is touched', async () => {
    await inside(async (other) => {
      const stranger = other.spawn(async (me: AnySelf) => me.receive())
      await turns()
      await inside(async (self) => {
        for (const verb of ['link', 'unlink'] as const) {
          expect(thrownBy(() => self[verb](stranger))).toMatchObject({
            code: 'ERR_RUMPUS_BAD_ARGUMENT',
            message: `pid must be a pid of the same runtime, got ${stranger}`,
          })
        }
      })
      expect(isAlive(stranger)).toBe(true)
    })
  })
})
