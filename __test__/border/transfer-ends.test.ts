// transfer to those that end, and over threads that do: what moved is counted, let go of, and never missed in silence.

import { MessageChannel } from 'node:worker_threads'
import { exit, isAlive, offer, send, transfer } from 'rumpus'
import { describe, expect, it } from 'vitest'
import { block, collector, deaf, hasty, keeper, mirror, source } from '../fixtures/transfer-bodies.mjs'
import { type AnyPid, type AnySelf, balanced, endOf, inside, started, until } from '../process/world.ts'

const bytes = (length: number, fill = 1): ArrayBuffer => new Uint8Array(length).fill(fill).buffer

const moving = (buffer = bytes(8)): { buffer: ArrayBuffer } => transfer({ buffer }, [buffer])

/** What was sent is received, waits or was dropped, once all threads have come to rest. */
const settle = (self: AnySelf): Promise<void> =>
  until(() => {
    try {
      balanced(self.runtime.inspect())
      return true
    } catch {
      return false
    }
  })

/** Keeps the thread of scheduler `on` until `release` is called. */
const keep = async (self: AnySelf, on: number): Promise<{ pid: AnyPid; release: (word: string) => void }> => {
  const pid = self.spawn(keeper.with({ on }), self.pid) as AnyPid
  const { port1, port2 } = new MessageChannel()
  send(pid, transfer({ port: port2 }, [port2]))
  expect(await self.receive()).toEqual({ kept: on })
  return {
    pid,
    release: (word) => {
      port1.postMessage(word)
      port1.unref()
    },
  }
}

describe('transfer to the dead', () => {
  it('moves nothing, and is counted', () =>
    inside(async (self) => {
      const pid = self.spawn(deaf.with({ on: 1 })) as AnyPid
      send(pid, 'end')
      await endOf(self, pid)
      const before = self.runtime.inspect().messages.dropped.dead
      const message = moving()
      send(pid, message)
      expect(message.buffer.byteLength).toBe(8)
      expect(self.runtime.inspect().messages.dropped.dead).toBe(before + 1)
      expect(await offer(pid, message)).toBe('noproc')
      await settle(self)
    }))

  it('is dropped with one that ends before it has taken it, and with one that a signal ends unstarted', () =>
    inside(async (self) => {
      const { release } = await keep(self, 1)
      const pids = Array.from({ length: 20 }, () => self.spawn(deaf.with({ on: 1 })) as AnyPid)
      for (const pid of pids) {
        send(pid, moving())
        exit(pid, 'kill')
        send(pid, moving())
      }
      release('go')
      for (const pid of pids) expect((await endOf(self, pid)).kind).toMatch(/killed|noproc/)
      const near = self.spawn(collector.with({ on: 1 }), self.pid, 1) as AnyPid
      send(near, moving())
      expect((await self.receive()).seat).toBe(1)
      await settle(self)
    }))

  it('leaves nothing behind: what moved to processes that end does not stay', () =>
    inside(async (self) => {
      const megabyte = 2 ** 20
      const rss = process.memoryUsage.rss()
      const sendSome = (pid: AnyPid): void => {
        for (let i = 0; i < 50; i++) send(pid, moving(bytes(megabyte, 7)))
      }
      for (let round = 0; round < 10; round++) {
        // These are there when it ends …
        const here = self.spawn(deaf.with({ on: 1 })) as AnyPid
        sendSome(here)
        send(here, 'end')
        await endOf(self, here)
        // … and these come behind what ends it, which its scheduler has not seen when they are sent.
        const late = self.spawn(deaf.with({ on: 1 })) as AnyPid
        const { release } = await keep(self, 1)
        exit(late, 'kill')
        sendSome(late)
        release('go')
        await endOf(self, late)
      }
      await settle(self)
      expect(process.memoryUsage.rss() - rss).toBeLessThan(400 * megabyte)
    }))
})

describe('transfer to bounded mailboxes', () => {
  it('moves nothing for which there is no place, and waits for one with offer', () =>
    inside(async (self) => {
      const { release } = await keep(self, 1)
      const mailbox = { capacity: 2, overflow: 'offer' } as const
      const pid = self.spawn(mirror.with({ on: 1, mailbox }), self.pid) as AnyPid
      const messages = Array.from({ length: 5 }, () => moving())
      const lengths = (): number[] => messages.map(({ buffer }) => buffer.byteLength)
      send(pid, messages[0])
      expect(await offer(pid, messages[1])).toBe('accepted')
      send(pid, messages[2])
      expect(await offer(pid, messages[3], { timeout: 0 })).toBe('full')
      expect(lengths()).toEqual([0, 0, 8, 8, 8])
      const waits = offer(pid, messages[4])
      release('go')
      expect(await waits).toBe('accepted')
      expect(lengths()).toEqual([0, 0, 8, 8, 0])
      for (let i = 0; i < 3; i++) expect((await self.receive()).message.buffer.byteLength).toBe(8)
      // A place that was taken for what cannot move is free again.
      const date = new Date()
      for (let i = 0; i < 5; i++) {
        const refused = (async () => offer(pid, transfer({ date }, [date])))()
        await expect(refused).rejects.toThrow(/cannot move/)
      }
      expect(await offer(pid, messages[2])).toBe('accepted')
      await self.receive()
      await settle(self)
    }))

  it('an offer that could not move when its turn came rejects', () =>
    inside(async (self) => {
      const { release } = await keep(self, 1)
      const mailbox = { capacity: 1, overflow: 'offer' } as const
      const pid = self.spawn(mirror.with({ on: 1, mailbox }), self.pid) as AnyPid
      send(pid, moving())
      const { buffer } = moving()
      const waits = offer(pid, transfer({ buffer }, [buffer]))
      structuredClone(buffer, { transfer: [buffer] })
      release('go')
      await expect(waits).rejects.toMatchObject({ code: 'ERR_RUMPUS_UNCROSSABLE', path: 'list[0]' })
      expect(await offer(pid, moving())).toBe('accepted')
      await self.receive()
      await self.receive()
    }))
})

describe('transfer and threads that end', () => {
  it('goes to the thread that came back, from the host and from another', () =>
    inside(async (self) => {
      const other = self.spawn(source.with({ on: 2 }), self.pid) as AnyPid
      for (let round = 0; round < 3; round++) {
        const near = self.spawn(collector.with({ on: 1 }), self.pid, 1) as AnyPid
        send(near, moving())
        expect((await self.receive()).seat).toBe(1)
        const { pid, release } = await keep(self, 1)
        expect(await endOf(self, pid, () => release('exit'))).toEqual({ kind: 'scheduler-down', scheduler: 1 })
        const again = self.spawn(collector.with({ on: 1 }), self.pid, 10) as AnyPid
        send(other, { to: again, count: 10 })
        const [one, two] = [await self.receive(), await self.receive()]
        const heard = 'all' in one ? one : two
        expect(heard).toMatchObject({ seat: 1, all: [0, [1, 1], [2, 2], 3, [4, 4], [5, 5], 6, [7, 7], [8, 8], 9] })
      }
      await settle(self)
    }))

  it('is heard of: whoever has not begun and would miss it is down with the thread', async () => {
    const { runtime } = await started()
    await runtime.run(async (self: AnySelf) => {
      const { pid, release } = await keep(self, 1)
      const pinned = self.spawn(collector.with({ on: 1 }), self.pid, 1) as AnyPid
      const plain = self.spawn(collector.with({ on: 1 }), self.pid, 1) as AnyPid
      const [of, ofPlain] = [self.monitor(pinned), self.monitor(plain)]
      send(pinned, moving())
      send(plain, 'stays')
      release('exit')
      const down = await self.receive()
      expect(down).toMatchObject({ ref: of, pid: pinned, reason: { kind: 'scheduler-down', scheduler: 1 } })
      expect(isAlive(pid)).toBe(false)
      expect(await self.receive()).toEqual({ all: ['stays'], seat: 1, name: undefined })
      send(plain, 'end')
      expect(await self.receive()).toMatchObject({ ref: ofPlain, reason: { kind: 'normal' } })
    })
  })

  it('while the host cannot replace the thread, what is sent there is dropped, counted and told, and has not moved', () =>
    inside(async (self, crashes) => {
      const { pid, release } = await keep(self, 1)
      const from = self.spawn(hasty.with({ on: 2 }), self.pid) as AnyPid
      const { port1, port2 } = new MessageChannel()
      send(from, transfer({ pid, port: port2 }, [port2]))
      expect(await self.receive()).toBe('ready')
      const before = self.runtime.inspect().messages.dropped.dead
      release('exit')
      // The host keeps its own thread until that has been tried.
      expect(block(port1)).toBe(4)
      expect(await self.receive()).toMatchObject({ all: ['behind'], seat: 1 })
      expect(crashes.map(({ what }) => what)).toContain('a message could not be transferred and was dropped')
      await settle(self)
      expect(self.runtime.inspect().messages.dropped.dead).toBe(before + 1)
      port1.close()
    }))

  it('what a thread has sent before it ended arrives', () =>
    inside(async (self) => {
      const { release } = await keep(self, 2)
      const far = self.spawn(collector.with({ on: 2 }), self.pid, 8) as AnyPid
      const from = self.spawn(source.with({ on: 1 }), self.pid) as AnyPid
      send(from, { to: far, count: 7 })
      expect(await self.receive()).toEqual({ sent: 7, seat: 1 })
      const { pid, release: end } = await keep(self, 1)
      end('exit')
      expect((await endOf(self, pid)).kind).toBe('scheduler-down')
      // The next tenant sends over another link.
      const next = self.spawn(source.with({ on: 1 }), self.pid) as AnyPid
      send(next, { to: far, count: 1 })
      expect(await self.receive()).toEqual({ sent: 1, seat: 1 })
      release('go')
      expect((await self.receive()).all).toEqual([0, [1, 1], [2, 2], 3, [4, 4], [5, 5], 6, 0])
    }))
})
