// transfer: what moves arrives whole, in order, on whatever scheduler, and nowhere else; what cannot move is refused before
// anything has.

import { MessageChannel } from 'node:worker_threads'
import { call, Down, exit, offer, send, sendAfter, sendInterval, simulate, transfer } from 'rumpus'
import { describe, expect, it } from 'vitest'
import { once } from '../fixtures/bodies.mjs'
import { Money } from '../fixtures/messages.mjs'
import { blocked, collector, describer, doubler, mirror, porter, reader, source } from '../fixtures/transfer-bodies.mjs'
import { type AnyPid, type AnySelf, balanced, endOf, inside, take, thrownBy, until } from '../process/world.ts'

const bufferOf = (...numbers: number[]): ArrayBuffer => Uint32Array.from(numbers).buffer

/** A message with a buffer that moves. */
const moving = (n: number): { n: number; buffer: ArrayBuffer } => {
  const buffer = bufferOf(n, n + 1)
  return transfer({ n, buffer }, [buffer])
}

const heardOf = (n: number): number[] => [n, n, n + 1]

describe('transfer moves', () => {
  it('a buffer, there and back, which nobody has twice', () =>
    inside(async (self) => {
      const pid = self.spawn(mirror.with({ on: 1 }), self.pid) as AnyPid
      const buffer = bufferOf(7, 8)
      send(pid, transfer({ buffer, words: 'stay' }, [buffer]))
      expect(buffer.byteLength).toBe(0)
      const { message, seat } = await self.receive()
      expect(seat).toBe(1)
      expect(message.words).toBe('stay')
      expect([...new Uint32Array(message.buffer)]).toEqual([7, 8])
    }))

  it('what is the whole message', () =>
    inside(async (self) => {
      const pid = self.spawn(source.with({ on: 1 }), self.pid) as AnyPid
      const { port1, port2 } = new MessageChannel()
      port1.close()
      const buffer = bufferOf(1)
      send(pid, transfer(buffer, [buffer]))
      expect(buffer.byteLength).toBe(0)
      send(self.spawn(porter.with({ on: 1 })) as AnyPid, transfer(port2, [port2]))
      expect(() => port2.postMessage(1)).not.toThrow()
    }))

  it('views as views of the same bytes, and the rest crosses as ever', () =>
    inside(async (self) => {
      const whole = new Uint8Array(64)
      whole.set([1, 2, 3], 40)
      const floats = new Float64Array(whole.buffer, 8, 2)
      floats.set([1.5, -2])
      const node = Buffer.from(whole.buffer, 40, 3)
      const view = new DataView(whole.buffer, 41, 5)
      const error = Object.assign(new Error('e', { cause: 'c' }), { code: 'E_CODE' })
      const rest = { money: new Money(5), error, map: new Map([[1, undefined]]) }
      const pid = self.spawn(describer.with({ on: 2 }), self.pid) as AnyPid
      send(pid, transfer({ whole: whole.buffer, floats, node, view, again: floats, ...rest }, [whole.buffer]))
      expect(await self.receive()).toEqual({
        kinds: ['ArrayBuffer', 'Float64Array', 'Buffer', 'DataView'],
        same: [true, true, true],
        floats: [1.5, -2],
        node: [1, 2, 3],
        view: 2,
        places: [8, 40, 41, 5],
        cents: 5,
        error: ['E_CODE', 'c'],
        map: [[1, undefined]],
      })
    }))

  it('a MessagePort, which goes on working', () =>
    inside(async (self) => {
      const pid = self.spawn(porter) as AnyPid
      const { port1, port2 } = new MessageChannel()
      port1.postMessage(2)
      send(pid, transfer({ port: port2, times: 21 }, [port2]))
      expect(await new Promise((resolve) => port1.once('message', resolve))).toBe(42)
      expect(await endOf(self, pid, () => send(pid, 'end'))).toEqual({ kind: 'normal' })
      port1.close()
    }))

  it('a ReadableStream', () =>
    inside(async (self) => {
      const stream = new ReadableStream({
        start(controller) {
          for (const chunk of ['a', 'b', 'c']) controller.enqueue(chunk)
          controller.close()
        },
      })
      send(self.spawn(reader, self.pid) as AnyPid, transfer({ stream }, [stream]))
      expect(await self.receive()).toEqual(['a', 'b', 'c'])
    }))

  it('nothing on the same scheduler: the value itself goes, and moves when it leaves', () =>
    inside(async (self) => {
      const near = self.spawn(async (me: AnySelf) => send(self.pid, await me.receive())) as AnyPid
      const message = moving(5)
      send(near, message)
      const same = await self.receive()
      expect(same).toBe(message)
      expect(same.buffer.byteLength).toBe(8)
      send(self.spawn(collector.with({ on: 1 }), self.pid, 1) as AnyPid, same)
      expect((await self.receive()).all).toEqual([heardOf(5)])
      expect(same.buffer.byteLength).toBe(0)
    }))

  it('nothing to a definition of the same scheduler, begun or not', () =>
    inside(async (self) => {
      const pid = self.spawn(mirror.with({ on: 'here' }), self.pid) as AnyPid
      for (let n = 0; n < 3; n++) {
        const port = new MessageChannel().port1
        const message = transfer({ port }, [port])
        send(pid, message)
        const come = await self.receive()
        expect(come.message).toBe(message)
        port.close()
      }
    }))

  it('with call and reply', () =>
    inside(async (self) => {
      const pid = self.spawn(doubler) as AnyPid
      const request = Uint8Array.of(1, 2, 3)
      const { doubled } = await call<Uint8Array, { doubled: Uint8Array }>(pid, transfer(request, [request.buffer]))
      expect([...doubled]).toEqual([2, 4, 6])
      expect(request.length).toBe(0)
    }))

  it('by name, and from a runtime', () =>
    inside(async (self) => {
      self.spawn(collector.with({ on: 1, name: 'collector' }), self.pid, 3)
      send('collector', moving(1))
      self.send('collector', moving(2))
      self.runtime.send('collector', moving(3))
      expect((await self.receive()).all).toEqual([1, 2, 3].map(heardOf))
    }))
})

describe('transfer keeps order', () => {
  it('with plain messages and signals, to one that runs', () =>
    inside(async (self) => {
      const pid = self.spawn(collector.with({ on: 1 }), self.pid, 62) as AnyPid
      send(pid, 'first')
      await until(() => self.runtime.inspect().schedulers[1].alive > 0)
      const expected: unknown[] = ['first']
      for (let n = 0; n < 20; n++) {
        send(pid, n)
        send(pid, moving(n))
        exit(pid, 'shutdown')
        expected.push(n, heardOf(n), 'exit shutdown')
      }
      send(pid, 'last')
      expect((await self.receive()).all).toEqual([...expected, 'last'])
    }))

  it('to many that have not begun, and none of them is stolen from what waits for it', () =>
    inside(async (self) => {
      const count = 300
      for (let i = 0; i < count; i++) {
        const pid = self.spawn(collector, self.pid, 4, i) as AnyPid
        send(pid, 'before')
        send(pid, moving(i))
        send(pid, 'between')
        send(pid, moving(i + 1))
      }
      const seats = new Set()
      const names = new Set()
      for (const { all, seat, name } of (await take(self, count)) as { all: unknown; seat: number; name: number }[]) {
        expect(all).toEqual(['before', heardOf(name), 'between', heardOf(name + 1)])
        seats.add(seat)
        names.add(name)
      }
      expect([seats.size, names.size]).toEqual([2, count])
      balanced(self.runtime.inspect())
    }))

  it('from queue to queue where nothing is placed: whoever steals one passes it on', () =>
    inside(
      async (self) => {
        const pids = Array.from({ length: 200 }, (_, i) => self.spawn(collector, self.pid, 2, i) as AnyPid)
        pids.forEach((pid, i) => {
          send(pid, moving(i))
          send(pid, i)
        })
        const all = (await take(self, 200)) as { all: unknown; name: number }[]
        for (const { all: heard, name } of all) expect(heard).toEqual([heardOf(name), name])
      },
      { placement: false },
    ))

  it('from a scheduler to another, and to the host', () =>
    inside(async (self) => {
      const from = self.spawn(source.with({ on: 1 }), self.pid) as AnyPid
      const far = self.spawn(collector.with({ on: 2 }), self.pid, 60) as AnyPid
      const expected = Array.from({ length: 60 }, (_, n) => (n % 3 === 0 ? n : [n, n]))
      send(from, { to: far, count: 60 })
      const heard = (await take(self, 2)) as { all?: unknown; seat: number }[]
      expect(heard.find(({ all }) => all !== undefined)).toMatchObject({ all: expected, seat: 2 })
      send(from, { to: self.pid, count: 60 })
      const here = (await take(self, 61)) as (number | { n: number; buffer: ArrayBuffer })[]
      const told = here.map((message) =>
        typeof message === 'object' && 'n' in message ? [message.n, ...new Uint32Array(message.buffer)] : message,
      )
      expect(told).toEqual([...expected, { sent: 60, seat: 1 }])
    }))

  it('visible when send has returned, though the sender keeps its thread from then on', () =>
    inside(async (self) => {
      const pid = self.spawn(blocked.with({ on: 1 }), self.pid) as AnyPid
      const { port1, port2 } = new MessageChannel()
      send(pid, transfer({ port: port2 }, [port2]))
      const { buffer } = await self.receive()
      expect([...new Uint32Array(buffer)]).toEqual([1, 2, 3])
      port1.postMessage('go')
      expect(await self.receive()).toBe('heard go')
      port1.close()
    }))
})

describe('transfer refuses', () => {
  it('what is no message and no list of what can move, at the call', () => {
    const buffer = new ArrayBuffer(1)
    const wrong: [unknown, unknown, RegExp][] = [
      [1, [], /^message must be an object, got 1$/],
      [null, [], /^message must be an object, got null$/],
      [() => 1, [], /^message must be an object, got function/],
      [{}, undefined, /^list must be an array of what moves, got undefined$/],
      [{}, buffer, /^list must be an array of what moves, got an instance of ArrayBuffer$/],
      [{}, [buffer, 1], /^list\[1\] must be an ArrayBuffer, .*, got 1$/],
      [{}, [{}], /^list\[0\] must be an ArrayBuffer, .*, got an instance of Object$/],
      [{}, [new SharedArrayBuffer(1)], /^list\[0\] must be an ArrayBuffer, /],
      [
        {},
        [new Uint8Array(1)],
        /^list\[0\] must be the ArrayBuffer that this is a view of, got an instance of Uint8Array$/,
      ],
      [{}, [buffer, buffer], /^list\[1\] must be another thing than list\[0\], got an instance of ArrayBuffer$/],
    ]
    for (const [message, list, says] of wrong) {
      expect(thrownBy(() => transfer(message as never, list as never))).toEqual({
        name: 'TypeError',
        code: 'ERR_RUMPUS_BAD_ARGUMENT',
        message: expect.stringMatching(says),
      })
    }
  })

  it('a message of which a part cannot cross: nothing is sent, nothing has moved', () =>
    inside(async (self) => {
      const pid = self.spawn(collector.with({ on: 1 }), self.pid, 2) as AnyPid
      const buffer = bufferOf(1, 2)
      const message = { n: 1, buffer, reply: { fn: () => 1 } }
      const ways = [
        () => send(pid, transfer(message, [buffer])),
        () => self.send(pid, message),
        () => offer(pid, message),
      ]
      for (const way of ways) {
        expect(thrownBy(way)).toMatchObject({ name: 'UncrossableError', code: 'ERR_RUMPUS_UNCROSSABLE' })
        expect(way).toThrowError(expect.objectContaining({ path: 'message.reply.fn' }))
      }
      expect(() => call(pid as never, message as never)).toThrowError(
        expect.objectContaining({ path: 'message.request.reply.fn' }),
      )
      const { port1 } = new MessageChannel()
      expect(() => send(pid, transfer({ buffer, port1 }, [buffer]))).toThrowError(
        expect.objectContaining({ path: 'message.port1' }),
      )
      port1.close()
      expect(buffer.byteLength).toBe(8)
      // It is as good as new.
      send(pid, 'then')
      send(pid, transfer({ n: 3, buffer }, [buffer]))
      expect((await self.receive()).all).toEqual(['then', [3, 1, 2]])
    }))

  it('what has moved away already, or cannot move: nothing is sent, nothing else has moved', () =>
    inside(async (self) => {
      const pid = self.spawn(collector.with({ on: 1 }), self.pid, 1) as AnyPid
      const buffer = bufferOf(1)
      const gone = bufferOf(2)
      structuredClone(gone, { transfer: [gone] })
      expect(() => send(pid, transfer({ buffer, gone }, [buffer, gone]))).toThrowError(
        expect.objectContaining({ code: 'ERR_RUMPUS_UNCROSSABLE', path: 'list[1]' }),
      )
      const date = new Date()
      expect(() => send(pid, transfer({ buffer, date }, [buffer, date]))).toThrowError(
        expect.objectContaining({
          code: 'ERR_RUMPUS_UNCROSSABLE',
          path: 'list',
          message: expect.stringMatching(/cannot move/),
        }),
      )
      expect(buffer.byteLength).toBe(4)
      send(pid, transfer({ n: 0, buffer }, [buffer]))
      expect((await self.receive()).all).toEqual([[0, 1]])
    }))

  it('to be a message for later, or an argument', () =>
    inside(async (self) => {
      const buffer = bufferOf(1)
      const message = transfer({ buffer }, [buffer])
      const far = self.spawn(mirror.with({ on: 1 }), self.pid) as AnyPid
      for (const pid of [self.pid as AnyPid, far]) {
        for (const way of [() => sendAfter(pid, message, 1), () => sendInterval(pid, message, 1)]) {
          expect(thrownBy(way)).toMatchObject({
            code: 'ERR_RUMPUS_BAD_ARGUMENT',
            message: expect.stringMatching(/^message must be something that was not given to transfer/),
          })
        }
      }
      expect(thrownBy(() => self.spawn(once, self.pid, message))).toMatchObject({
        code: 'ERR_RUMPUS_BAD_ARGUMENT',
        message: expect.stringMatching(/^arguments\[1\] must be something that was not given to transfer/),
      })
      expect(buffer.byteLength).toBe(4)
    }))
})

describe('transfer and modes', () => {
  it("messages: 'freeze' hands over the value itself, and refuses what could not cross", () =>
    inside(
      async (self) => {
        const message = moving(1)
        send(self.pid, message)
        expect(await self.receive()).toBe(message)
        expect([Object.isFrozen(message), message.buffer.byteLength]).toEqual([true, 8])
        const { port1 } = new MessageChannel()
        const withPort = transfer({ port1 }, [port1])
        send(self.pid, withPort)
        expect(await self.receive()).toBe(withPort)
        const fn = transfer({ port1, fn() {} }, [port1])
        expect(() => send(self.pid, fn)).toThrowError(expect.objectContaining({ path: 'message.fn' }))
        port1.close()
      },
      { messages: 'freeze' },
    ))

  it("messages: 'clone' moves on one scheduler as it does between two", () =>
    inside(
      async (self) => {
        const message = moving(1)
        const { buffer } = message
        send(self.pid, message)
        const come = await self.receive()
        expect(come).not.toBe(message)
        expect([come.n, ...new Uint32Array(come.buffer)]).toEqual([1, 1, 2])
        expect(buffer.byteLength).toBe(0)
      },
      { messages: 'clone' },
    ))
})

describe('transfer in a simulation', () => {
  /** What came, in order, of moving and plain messages between definitions and closures. */
  const busy = (seed: number): Promise<unknown[]> =>
    simulate({ seed, schedulers: 3 }, async (self: AnySelf) => {
      const seen: unknown[] = []
      const pids = Array.from({ length: 6 }, (_, i) => self.spawn(collector, self.pid, 3, i) as AnyPid)
      pids.forEach((pid, i) => {
        send(pid, 'before')
        const message = moving(i)
        const { buffer } = message
        send(pid, message)
        seen.push(buffer.byteLength)
        send(pid, 'behind')
      })
      for (const { all, name } of (await take(self, 6)) as { all: unknown; name: number }[]) {
        expect(all).toEqual(['before', heardOf(name), 'behind'])
        seen.push(name)
      }
      const from = self.spawn(source, self.pid) as AnyPid
      send(from, { to: self.pid, count: 6 })
      for (const message of await take(self, 7)) seen.push(message)
      self.monitor(pids[0])
      exit(pids[0], 'kill')
      send(pids[0], moving(9))
      expect(await self.receive()).toBeInstanceOf(Down)
      return seen
    })

  it('arrives in order, and the same seed repeats a run', async () => {
    const runs = new Set<string>()
    for (let seed = 1; seed <= 12; seed++) {
      const [first, again] = [JSON.stringify(await busy(seed)), JSON.stringify(await busy(seed))]
      expect(again).toBe(first)
      runs.add(first)
    }
    expect(runs.size).toBeGreaterThan(4)
  })
})
