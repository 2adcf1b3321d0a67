// monitor and demonitor: hearing of an end, once, with its reason.

import { Down, exit, isAlive, send } from 'rumpus'
import { describe, expect, it } from 'vitest'
import { echo, end, failing, hold, once } from '../fixtures/bodies.mjs'
import { type AnyPid, type AnySelf, endOf, inside, places, take, thrownBy, turns } from './world.ts'

describe('monitor', () => {
  for (const on of places) {
    it(`monitor of a process ${on} gives a Down with reference, pid and reason`, async () => {
      await inside(async (self) => {
        const pid = self.spawn(end.with({ on })) as AnyPid
        const ref = self.monitor(pid)
        expect(Number.isSafeInteger(ref)).toBe(true)
        send(pid, { how: 'return' })
        const down = await self.receive()
        expect(down).toBeInstanceOf(Down)
        expect(down).toEqual(new Down(ref, pid, { kind: 'normal' }))
      })
    })

    it(`monitor of a process ${on} comes after everything it sent, even if it has ended before it is monitored`, async () => {
      await inside(async (self) => {
        for (let round = 0; round < 30; round++) {
          const pid = self.spawn(once.with({ on }), self.pid, round)
          self.monitor(pid)
          const [first, second] = await take(self, 2)
          expect(first).toMatchObject({ name: round })
          expect(second).toMatchObject({ type: 'down', pid, reason: { kind: expect.stringMatching(/normal|noproc/) } })
        }
      })
    })

    it(`monitor of a process ${on} twice: two references, two Downs`, async () => {
      await inside(async (self) => {
        const pid = self.spawn(end.with({ on })) as AnyPid
        const refs = [self.monitor(pid), self.monitor(pid)]
        expect(refs[0]).not.toBe(refs[1])
        send(pid, { how: 'exit', value: 'shutdown' })
        const downs = (await take(self, 2)) as Down[]
        expect(downs.map(({ ref }) => ref).sort()).toEqual([...refs].sort())
      })
    })

    it(`monitor of a process ${on} that has ended: noproc at once`, async () => {
      await inside(async (self) => {
        const pid = self.spawn(end.with({ on })) as AnyPid
        send(pid, { how: 'return' })
        await endOf(self, pid)
        const ref = self.monitor(pid)
        expect(await self.receive()).toEqual(new Down(ref, pid, { kind: 'noproc' }))
      })
    })

    it(`monitor of a process ${on} does not end the watcher, whatever the reason`, async () => {
      await inside(async (self, crashes) => {
        const pid = self.spawn(failing.with({ on })) as AnyPid
        self.monitor(pid)
        send(pid, 'go')
        expect(await self.receive()).toMatchObject({
          reason: { kind: 'error', error: { name: 'TypeError', message: 'it failed', code: 'E_MINE' } },
        })
        expect(crashes.length).toBeLessThanOrEqual(1)
      })
    })

    it(`monitor of a process ${on} that is being unwound: answered when it is dead, with its reason`, async () => {
      await inside(async (self) => {
        const pid = self.spawn(async (me: AnySelf) => {
          try {
            await me.receive()
          } finally {
            await turns(5)
          }
        })
        await turns()
        exit(pid, 'shutdown')
        await turns(1)
        expect(isAlive(pid)).toBe(false)
        const ref = self.monitor(pid)
        expect(await self.receive()).toEqual(new Down(ref, pid, { kind: 'shutdown' }))
      })
    })
  }

  it('monitor references are never the same, wherever they come from', async () => {
    await inside(async (self) => {
      const pid = self.spawn(hold, self.pid, 'x')
      await self.receive()
      const refs = Array.from({ length: 1000 }, () => self.monitor(pid))
      expect(new Set(refs).size).toBe(1000)
      exit(pid)
      expect(new Set(((await take(self, 1000)) as Down[]).map(({ ref }) => ref))).toEqual(new Set(refs))
    })
  })

  it('monitor of a definition that never starts: its end is heard', async () => {
    await inside(async (self) => {
      const pid = self.spawn(once.with({ on: 'here' }), self.pid, 'never')
      const ref = self.monitor(pid)
      exit(pid, { gone: 1 })
      expect(await self.receive()).toEqual(new Down(ref, pid, { kind: 'user', value: { gone: 1 } }))
    })
  })

  it('monitor of a definition that ends while it starts: its end is heard, whether it began or not', async () => {
    await inside(async (self) => {
      for (const on of ['any', 1] as const) {
        const pid = self.spawn(hold.with({ on }), self.pid, 'perhaps')
        const ref = self.monitor(pid)
        exit(pid, { gone: 1 })
        let heard = await self.receive()
        if (!(heard instanceof Down)) heard = await self.receive()
        expect(heard).toEqual(new Down(ref, pid, { kind: 'user', value: { gone: 1 } }))
      }
    })
  })

  it('monitor of oneself is harmless', async () => {
    await inside(async (self) => {
      const pid = self.spawn(async (me) => {
        me.monitor(me.pid)
        me.exit('shutdown')
      })
      expect(await endOf(self, pid)).toEqual({ kind: 'shutdown' })
    })
  })

  it('monitor of many by one: n ends, n Downs', async () => {
    await inside(async (self) => {
      const pids = Array.from({ length: 500 }, (_, i) =>
        self.spawn(once.with({ on: i % 2 ? 'any' : 'here' }), self.pid, i),
      )
      const refs = new Map(pids.map((pid) => [self.monitor(pid), pid]))
      const heard = (await take(self, 1000)) as (Down | { ran: number })[]
      const downs = heard.filter((message) => message instanceof Down)
      expect(downs).toHaveLength(500)
      for (const { ref, pid, reason } of downs) {
        expect(refs.get(ref)).toBe(pid)
        expect(['normal', 'noproc']).toContain(reason.kind)
      }
    })
  })

  it('monitor of one by many: everyone hears', async () => {
    await inside(async (self) => {
      const target = self.spawn(hold.with({ on: 1 }), self.pid, 'x')
      await self.receive()
      for (let i = 0; i < 300; i++) {
        self.spawn(async (me: AnySelf) => {
          me.monitor(target)
          send(self.pid as AnyPid, 'ready')
          const { reason } = await me.receive()
          send(self.pid as AnyPid, reason)
        })
      }
      await take(self, 300)
      exit(target, 'shutdown')
      expect(await take(self, 300)).toEqual(new Array(300).fill({ kind: 'shutdown' }))
    })
  })

  it('monitor of a process of another runtime is refused, and nobody there is touched', async () => {
    await inside(async (other) => {
      const stranger = other.spawn(async (me: AnySelf) => me.receive())
      await turns()
      await inside(async (self) => {
        expect(thrownBy(() => self.monitor(stranger))).toMatchObject({
          code: 'ERR_RUMPUS_BAD_ARGUMENT',
          message: `pid must be a pid of the same runtime, got ${stranger}`,
        })
      })
      expect(isAlive(stranger)).toBe(true)
    })
  })
})

describe('demonitor', () => {
  for (const on of places) {
    it(`demonitor of a process ${on}: nothing is heard under that reference, the others are`, async () => {
      await inside(async (self) => {
        const pid = self.spawn(end.with({ on })) as AnyPid
        const [gone, kept] = [self.monitor(pid), self.monitor(pid)]
        self.demonitor(gone)
        send(pid, { how: 'return' })
        expect(await self.receive()).toEqual(new Down(kept, pid, { kind: 'normal' }))
        await turns(5)
        expect(self.tryReceive()).toBe(undefined)
      })
    })
  }

  it('demonitor of references that are old, foreign or unknown does nothing', async () => {
    await inside(async (self) => {
      const pid = self.spawn(end) as AnyPid
      const ref = self.monitor(pid)
      const other = self.spawn(async (me) => {
        me.demonitor(ref)
        me.demonitor(12345678)
      })
      expect((await take(self, 0)).length).toBe(0)
      await turns(3)
      expect(isAlive(other)).toBe(false)
      send(pid, { how: 'return' })
      expect(await self.receive()).toEqual(new Down(ref, pid, { kind: 'normal' }))
      self.demonitor(ref)
      self.demonitor(ref)
    })
  })

  it('demonitor refuses what is no reference', async () => {
    await inside(async (self) => {
      for (const [ref, shown] of [
        [undefined, 'undefined'],
        [1.5, '1.5'],
        ['1', '"1"'],
      ] as const) {
        expect(thrownBy(() => self.demonitor(ref as never))).toEqual({
          name: 'TypeError',
          code: 'ERR_RUMPUS_BAD_ARGUMENT',
          message: `ref must be what monitor answered, got ${shown}`,
        })
      }
    })
  })

  it('demonitor in a race with the end: one Down at most, and never after another message of later origin', async () => {
    await inside(async (self) => {
      const far = self.spawn(echo.with({ on: 2 }), self.pid) as AnyPid
      for (let i = 0; i < 100; i++) {
        const pid = self.spawn(end.with({ on: 1 })) as AnyPid
        const ref = self.monitor(pid)
        send(pid, { how: 'return' })
        if (i % 3 === 0) await turns(1)
        self.demonitor(ref)
        send(far, i)
        const first = await self.receive()
        if (first instanceof Down) {
          expect(first.ref).toBe(ref)
          expect(await self.receive()).toBe(i)
        } else expect(first).toBe(i)
      }
      await turns(5)
      expect(self.tryReceive()).toBe(undefined)
    })
  })
})
