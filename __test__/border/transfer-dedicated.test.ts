// transfer to and from processes on threads of their own, which come and go: what moves is there when they begin, whoever had the
// seat before; and to mailboxes that drop their oldest.

import { MessageChannel } from 'node:worker_threads'
import { send, simulate, transfer } from 'rumpus'
import { describe, expect, it } from 'vitest'
import { clinging } from '../fixtures/dedicated-bodies.mjs'
import { collector, deaf, mirror, nest, newest, source } from '../fixtures/transfer-bodies.mjs'
import { type AnyPid, type AnySelf, balanced, endOf, inside, until } from '../process/world.ts'

const on = 'dedicated'

const moving = (n: number): { n: number; buffer: ArrayBuffer } => {
  const { buffer } = Uint32Array.of(n)
  return transfer({ n, buffer }, [buffer])
}

/** Ends one that waits for that. */
const end = async (self: AnySelf, pid: AnyPid): Promise<void> => {
  const ref = self.monitor(pid)
  send(pid, 'end')
  expect(await self.receive()).toMatchObject({ ref, reason: { kind: 'normal' } })
}

describe('transfer and threads of their own', () => {
  it('there and back, before the thread is there and when it runs', () =>
    inside(async (self) => {
      const pid = self.spawn(mirror.with({ on }), self.pid) as AnyPid
      for (let n = 0; n < 5; n++) {
        const message = moving(n)
        send(pid, message)
        expect(message.buffer.byteLength).toBe(0)
        const { message: back, seat } = await self.receive()
        expect([back.n, ...new Uint32Array(back.buffer), seat]).toEqual([n, n, 3])
      }
    }))

  it('from a scheduler to one, and from that to a scheduler, and between two of them', () =>
    inside(async (self) => {
      const all = [0, [1, 1], [2, 2], 3, [4, 4], [5, 5]]
      const [from, own] = [source.with({ on: 1 }), source.with({ on })].map((d) => self.spawn(d, self.pid) as AnyPid)
      const ways: [AnyPid, 2 | 'dedicated'][] = [
        [from, on],
        [own, 2],
        [own, on],
      ]
      for (const [by, to] of ways) {
        const far = self.spawn(collector.with({ on: to }), self.pid, 6) as AnyPid
        send(by, { to: far, count: 6 })
        const heard = [await self.receive(), await self.receive()]
        expect(heard.find((message) => 'all' in message)).toMatchObject({ all })
      }
    }))

  it('to the next of a seat whose thread has not gone', () =>
    inside(
      async (self) => {
        for (let n = 0; n < 12; n++) {
          const pid = self.spawn(collector.with({ on }), self.pid, 1) as AnyPid
          send(pid, moving(n))
          expect(await self.receive()).toEqual({ all: [[n, n]], seat: 3, name: undefined })
          await end(self, pid)
        }
        // And from a thread that learns of the links by the host.
        const from = self.spawn(source.with({ on: 1 }), self.pid) as AnyPid
        for (let n = 0; n < 5; n++) {
          const pid = self.spawn(collector.with({ on }), self.pid, 2) as AnyPid
          send(from, { to: pid, count: 2 })
          const heard = [await self.receive(), await self.receive()]
          expect(heard.find((message) => 'all' in message)).toMatchObject({ all: [0, [1, 1]], seat: 3 })
          await end(self, pid)
        }
        balanced(self.runtime.inspect())
      },
      { dedicated: 1 },
    ))

  it('from a scheduler to the next of a seat whose thread clings to it', () =>
    inside(
      async (self) => {
        const from = self.spawn(source.with({ on: 1 }), self.pid) as AnyPid
        send(from, { to: self.pid, count: 1 })
        expect([await self.receive(), await self.receive()]).toEqual([0, { sent: 1, seat: 1 }])
        const before = self.spawn(clinging.with({ on }), self.pid, 'behind') as AnyPid
        await self.receive()
        await endOf(self, before)
        const pid = self.spawn(collector.with({ on }), self.pid, 2) as AnyPid
        send(from, { to: pid, count: 2 })
        const heard = [await self.receive(), await self.receive()]
        expect(heard.find((message) => 'all' in message)).toMatchObject({ all: [0, [1, 1]], seat: 3 })
      },
      { dedicated: 1 },
    ))

  it('is heard of when the thread ends before what it was for has begun, and the seat is free', () =>
    inside(
      async (self) => {
        for (let n = 0; n < 3; n++) {
          const pid = self.spawn(nest.with({ on }), self.pid) as AnyPid
          const { port1, port2 } = new MessageChannel()
          send(pid, transfer({ port: port2 }, [port2]))
          const { inside: young } = await self.receive()
          const ref = self.monitor(young)
          const message = moving(n)
          send(young, message)
          expect(message.buffer.byteLength).toBe(0)
          port1.postMessage('exit')
          expect(await self.receive()).toMatchObject({ ref, reason: { kind: 'scheduler-down', scheduler: 3 } })
          expect((await endOf(self, pid)).kind).toMatch(/scheduler-down|noproc/)
          port1.close()
        }
        const pid = self.spawn(collector.with({ on }), self.pid, 1) as AnyPid
        send(pid, moving(9))
        expect((await self.receive()).all).toEqual([[9, 9]])
      },
      { dedicated: 1 },
    ))

  it('in a simulation', async () => {
    for (let seed = 1; seed < 30; seed++) {
      await simulate({ seed, dedicated: 1 }, async (self: AnySelf) => {
        for (let n = 0; n < 4; n++) {
          const pid = self.spawn(collector.with({ on }), self.pid, 1) as AnyPid
          send(pid, moving(n))
          expect((await self.receive()).all).toEqual([[n, n]])
          await end(self, pid)
        }
      })
    }
  })
})

describe('transfer to what drops its oldest', () => {
  it('keeps the newest, whole and in order; all moves, what is dropped is counted', () =>
    inside(async (self) => {
      const mailbox = { capacity: 3, overflow: 'drop-oldest' } as const
      for (const at of [1, on] as const) {
        const before = self.runtime.inspect().messages.dropped.full
        const pid = self.spawn(newest.with({ on: at, mailbox }), self.pid, 399) as AnyPid
        for (let n = 0; n < 400; n++) {
          const message = n % 2 === 0 ? n : moving(n)
          send(pid, message)
          if (typeof message === 'object') expect(message.buffer.byteLength).toBe(0)
        }
        const { all } = (await self.receive()) as { all: (number | number[])[] }
        const numbers = all.map((n) => (typeof n === 'number' ? n : n[0]!))
        expect(all).toEqual(numbers.map((n) => (n % 2 === 0 ? n : [n, n])))
        expect(numbers).toEqual([...numbers].sort((a, b) => a - b))
        expect([numbers.length < 400, numbers.slice(-2)]).toEqual([true, [398, 399]])
        const dropped = (): number => self.runtime.inspect().messages.dropped.full - before
        await until(() => dropped() + numbers.length === 400)
      }
      balanced(self.runtime.inspect())
    }))

  it('and so of what stays on its scheduler or comes behind its end', () =>
    inside(async (self) => {
      const mailbox = { capacity: 3, overflow: 'drop-oldest' } as const
      const near = self.spawn(newest.with({ on: 'here', mailbox }), self.pid, 299) as AnyPid
      for (let n = 0; n < 300; n++) send(near, moving(n))
      const { all } = (await self.receive()) as { all: number[][] }
      expect(all.slice(-2)).toEqual([
        [298, 298],
        [299, 299],
      ])
      const far = self.spawn(deaf.with({ on: 1, mailbox })) as AnyPid
      for (let n = 0; n < 300; n++) send(far, moving(n))
      await end(self, far)
      await until(() => self.runtime.inspect().messages.waiting === 0)
      balanced(self.runtime.inspect())
    }))
})
