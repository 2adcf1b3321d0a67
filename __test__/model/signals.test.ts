// Links, monitors and trapped exits in the model: who hears of whose end, and who goes along.

import { expect, it } from 'vitest'
import { Down, Exit, type Pid } from '../../js/types.ts'
import { type AnyPid, type AnySelf, endOf, inside, take, waits } from './world.ts'

/** A process that ends as it is told. */
const ends = async (self: AnySelf): Promise<void> => self.exit(await self.receive())

/** One that says what it hears, and traps exits. */
const hears =
  (to: AnySelf, send: (to: AnyPid, message: unknown) => void) =>
  async (self: AnySelf): Promise<void> => {
    self.trapExit()
    for await (const message of self) send(to.pid, message)
  }

it('a link takes the other along, both ways and with the reason, unless the end is normal', async () => {
  await inside(async (self, { model }) => {
    for (const linkerEnds of [false, true]) {
      for (const reason of ['normal', { a: 1 }]) {
        const other = self.spawn(ends)
        const linker = self.spawn((me) => {
          me.link(other)
          return ends(me as AnySelf)
        })
        await self.yield()
        const [first, second] = linkerEnds ? [linker, other] : [other, linker]
        const ref = self.monitor(second)
        model.send(first as AnyPid, reason)
        if (reason === 'normal') {
          expect(await endOf(self, first)).toEqual({ kind: 'normal' })
          expect(model.isAlive(second)).toBe(true)
          self.demonitor(ref)
        } else {
          expect(await self.receive()).toEqual(new Down(ref, second, { kind: 'user', value: { a: 1 } }))
        }
      }
    }
  })
})

it('one who traps exits gets them as messages: of links, normal ones too, and asked for', async () => {
  await inside(async (self, { model }) => {
    self.trapExit()
    for (const reason of ['normal', 'shutdown'] as const) {
      const pid = self.spawnLink(ends)
      model.send(pid as AnyPid, reason)
      expect(await self.receive()).toEqual(new Exit(pid, { kind: reason }))
      model.exit(self.pid, reason)
      expect(await self.receive()).toEqual(new Exit(0 as Pid, { kind: reason }))
    }
    model.exit(self.pid, { kind: 'killed' })
    expect(await self.receive()).toMatchObject({ reason: { kind: 'killed' } })
    self.trapExit(false)
    model.exit(self.pid, 'normal')
    await self.yield()
  })
})

it('kill cannot be trapped, and is killed for the linked, who can trap that', async () => {
  await inside(async (self, { model }) => {
    const pid = self.spawn(hears(self, (to, message) => model.send(to, message)))
    self.trapExit()
    self.link(pid)
    await self.yield()
    model.exit(pid, 'kill')
    expect(self.tryReceive()).toEqual(new Exit(pid, { kind: 'killed' }))
  })
})

it('exit with normal is ignored by one who does not trap', async () => {
  await inside(async (self, { model }) => {
    const pid = self.spawn(waits)
    model.exit(pid, 'normal')
    await self.yield()
    model.exit(pid, { kind: 'normal' })
    await self.yield()
    expect(model.isAlive(pid)).toBe(true)
  })
})

it('links of links go along, each once', async () => {
  await inside(async (self, { model }) => {
    const chain: Pid[] = [self.spawn(waits)]
    for (let i = 0; i < 20; i++) {
      const last = chain.at(-1)!
      chain.push(
        self.spawn((me: AnySelf) => {
          me.link(last)
          return waits(me)
        }),
      )
    }
    await self.yield()
    for (const pid of chain) self.monitor(pid)
    model.exit(chain[10]!, { broken: 1 })
    const downs = (await take(self, chain.length)) as Down[]
    expect(new Set(downs.map(({ pid }) => pid))).toEqual(new Set(chain))
    for (const { reason } of downs) expect(reason).toEqual({ kind: 'user', value: { broken: 1 } })
  })
})

it('a link twice is one, taken back it is none, with oneself it is nothing', async () => {
  await inside(async (self, { model }) => {
    self.trapExit()
    const [one, two] = [self.spawn(waits), self.spawn(waits)]
    for (const pid of [one, one, two, self.pid]) self.link(pid)
    self.unlink(two)
    self.unlink(self.pid)
    for (const pid of [one, two]) model.exit(pid)
    expect([self.tryReceive(), self.tryReceive()]).toEqual([new Exit(one, { kind: 'shutdown' }), undefined])
  })
})

it('a link or monitor to the dead answers noproc at once', async () => {
  await inside(async (self) => {
    const gone = self.spawn(() => {})
    await self.yield()
    const ref = self.monitor(gone)
    expect(self.tryReceive()).toEqual(new Down(ref, gone, { kind: 'noproc' }))
    const linker = self.spawn((me) => {
      me.link(gone)
      return me.receive()
    })
    expect(await endOf(self, linker)).toEqual({ kind: 'noproc' })
    self.trapExit()
    self.link(gone)
    expect(self.tryReceive()).toEqual(new Exit(gone, { kind: 'noproc' }))
  })
})

it('a link or monitor to the exiting is answered when it is dead, with its reason', async () => {
  await inside(async (self, { model }) => {
    self.trapExit()
    const pid = self.spawn(async (me) => {
      await me.receive().catch(() => {})
      await new Promise(() => {})
    })
    await self.yield()
    model.exit(pid, 'why')
    self.link(pid)
    const ref = self.monitor(pid)
    expect(self.tryReceive()).toBe(undefined)
    const reason = { kind: 'user', value: 'why' } as const
    expect(await take(self, 2)).toEqual([new Exit(pid, reason), new Down(ref, pid, reason)])
    expect(model.now()).toBe(5000)
  })
})

it('a monitor is told once for each reference, and does not end the watcher', async () => {
  await inside(async (self, { crashes }) => {
    const pid = self.spawn(() => Promise.reject(new Error('x')))
    const refs = [self.monitor(pid), self.monitor(pid)]
    expect(((await take(self, 2)) as Down[]).map(({ ref }) => ref)).toEqual(refs)
    expect(crashes).toHaveLength(1)
    await self.yield()
    expect(self.tryReceive()).toBe(undefined)
  })
})

it('demonitor: nothing is heard any more; with flush not even what has come', async () => {
  await inside(async (self, { model }) => {
    const pid = self.spawn(waits)
    const [gone, kept, flushed] = [self.monitor(pid), self.monitor(pid), self.monitor(pid)] as const
    self.demonitor(gone)
    self.demonitor(gone)
    model.send(self.pid, new Down(flushed, pid, { kind: 'normal' }))
    model.exit(pid)
    self.demonitor(kept)
    self.demonitor(flushed, { flush: true })
    expect((await take(self, 2)).map((down) => (down as Down).reason)).toEqual([
      { kind: 'normal' },
      { kind: 'shutdown' },
    ])
    expect(self.tryReceive()).toBe(undefined)
    expect(() => self.demonitor(1.5)).toThrow('ref must be what monitor answered, got 1.5')
  })
})

it('spawn({ link, monitor }), spawnLink and spawnMonitor tie before the body begins', async () => {
  await inside(async (self, { model }) => {
    self.trapExit()
    const both = self.spawn(waits, { link: true, monitor: true })
    const [watched, ref] = self.spawnMonitor(waits)
    const linked = self.spawnLink(waits)
    for (const pid of [both, watched, linked]) model.exit(pid)
    const reason = { kind: 'shutdown' } as const
    expect(await take(self, 4)).toEqual([
      new Exit(both, reason),
      expect.objectContaining({ type: 'down', pid: both, reason }),
      new Down(ref, watched, reason),
      new Exit(linked, reason),
    ])
  })
})
