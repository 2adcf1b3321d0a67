// The option `messages`: what a receiver on the sender's own scheduler gets, and what is refused there.

import assert from 'node:assert/strict'
import {
  call,
  cancelTimer,
  exit,
  isAlive,
  type MessageMode,
  offer,
  reply,
  send,
  sendAfter,
  sendInterval,
  start,
} from 'rumpus'
import { describe, expect, it } from 'vitest'
import { echo, localTraffic, Money } from '../fixtures/messages.mjs'
import { type AnyPid, type AnySelf, balanced, inside, oneThread, take, thrownBy, turns } from './world.ts'

/** A closure that sends back what it gets. */
const echoing = (to: AnyPid) => async (me: AnySelf) => {
  for await (const message of me) send(to, message)
}

const nested = () => {
  const value = {
    list: [{ deep: 1 }],
    map: new Map<unknown, unknown>([[{ key: 1 }, { item: 1 }]]),
    self: null as unknown,
  }
  value.self = value
  return value
}

const checked: MessageMode[] = ['freeze', 'clone']

describe('messages', () => {
  it('messages takes one of three words', () => {
    for (const wrong of ['copy', '', true, null]) {
      expect(thrownBy(() => start({ messages: wrong as never }))).toMatchObject({
        name: 'TypeError',
        code: 'ERR_RUMPUS_BAD_ARGUMENT',
        message: expect.stringMatching(/^options\.messages must be 'reference', 'freeze' or 'clone', got /),
      })
    }
  })

  it("messages: 'reference' passes anything, as it is", () =>
    inside(
      async (self) => {
        const value = { fn: () => 1, list: [1] }
        send(self.pid, value)
        expect(await self.receive()).toBe(value)
        expect(Object.isFrozen(value.list)).toBe(false)
      },
      { messages: 'reference' },
    ))

  for (const messages of checked) {
    const options = { messages, schedulers: 1 }

    it(`messages: '${messages}' refuses locally what could not cross, and the next message is intact`, () =>
      inside(async (self) => {
        const near = self.spawn(echoing(self.pid)) as AnyPid
        self.register('me')
        const value = { list: [1], blob: new Uint8Array(9000), reply: { fn: () => 1 } }
        const ways = [
          () => send(near, value),
          () => self.send(near, value),
          () => self.send('me', value),
          () => sendAfter(near, value, 1),
          () => sendInterval(near, value, 1),
          () => offer(near, value),
          () => call(near as never, value as never),
        ]
        for (const way of ways) {
          expect(thrownBy(way)).toMatchObject({ name: 'UncrossableError', code: 'ERR_RUMPUS_UNCROSSABLE' })
          expect(() => way()).toThrowError(
            expect.objectContaining({ path: expect.stringMatching(/^message\.(request\.)?reply\.fn$/) }),
          )
          expect(Object.isFrozen(value)).toBe(false)
          send(near, { intact: [1] })
          expect(await self.receive()).toEqual({ intact: [1] })
        }
      }, options))

    it(`messages: '${messages}' refuses a getter that sends`, () =>
      inside(async (self) => {
        const value = {
          list: [],
          get b() {
            return send(self.pid, 1)
          },
        }
        expect(thrownBy(() => send(self.pid, value)).code).toBe('ERR_RUMPUS_REENTRANT')
        expect(self.tryReceive()).toBe(undefined)
      }, options))

    it(`messages: '${messages}' holds for offers, calls and replies`, () =>
      inside(async (self) => {
        const value = { list: [1] }
        const same = messages === 'freeze'
        expect(await offer(self.pid as AnyPid, value)).toBe('accepted')
        const offered = await self.receive()
        expect(offered).toEqual(value)
        const server = self.spawn(async (me: AnySelf) => {
          for await (const { from, request } of me) reply(from, { request, own: value })
        })
        const answer = (await call(server as never, value as never)) as Record<string, unknown>
        expect(answer).toEqual({ request: value, own: value })
        const came = [offered, answer.request, answer.own]
        expect(came.map((one) => one === value)).toEqual([same, same, same])
        expect(came.map((one) => Object.isFrozen(one))).toEqual([same, same, same])
      }, options))

    it(`messages: '${messages}' holds on scheduler threads`, () =>
      inside(async (self) => {
        self.spawn(localTraffic.with({ on: 1 }), self.pid)
        const same = messages === 'freeze'
        expect(await self.receive()).toEqual({ refused: 'message.reply.fn', same, frozen: same })
      }, options))

    it(`messages: '${messages}' keeps order, timers, signals and the books`, () =>
      inside(async (self) => {
        const near = self.spawn(echoing(self.pid)) as AnyPid
        const far = self.spawn(echo.with({ on: 1 }), self.pid, undefined) as AnyPid
        const here = self.spawn(echo.with({ on: 'here' }), self.pid, undefined) as AnyPid
        for (const pid of [near, far, here]) {
          for (let i = 0; i < 500; i++) send(pid, { i })
          expect(await take(self, 500)).toEqual(Array.from({ length: 500 }, (_, i) => ({ i })))
        }
        const timer = sendInterval(near, { tick: [1] }, 1)
        assert.deepEqual(await take(self, 3), Array(3).fill({ tick: [1] }))
        cancelTimer(timer)
        sendAfter(self.pid, { late: [1] }, 1)
        await self.receive({ match: (message) => message?.late !== undefined })
        for (const pid of [near, here, far]) {
          const ref = self.monitor(pid)
          exit(pid, { a: 1 })
          const down = await self.receive({ match: (message) => message?.ref === ref })
          expect(down.reason).toEqual({ kind: 'user', value: { a: 1 } })
          send(pid, 'to nobody')
          expect(isAlive(pid)).toBe(false)
        }
        await turns()
        balanced(self.runtime.inspect())
      }, options))
  }
})

describe("messages: 'clone'", () => {
  const options = { messages: 'clone', schedulers: 1 } as const

  it('sender and receiver never share, by whatever way', () =>
    inside(async (self) => {
      const near = self.spawn(echoing(self.pid)) as AnyPid
      const here = self.spawn(echo.with({ on: 'here' }), self.pid, 'up') as AnyPid
      expect(await self.receive()).toBe('up')
      await turns(2)
      const value = nested()
      const ways: (() => unknown)[] = [
        () => send(near, value),
        () => send(here, value),
        () => send(self.pid, value),
        () => sendAfter(self.pid, value, 0),
      ]
      for (const way of ways) {
        way()
        value.list[0].deep = 2
        const came = (await self.receive()) as typeof value
        value.list[0].deep = 1
        assert.deepEqual(came, nested())
        expect(came).not.toBe(value)
        expect(came.self).toBe(came)
        expect(Object.isFrozen(came)).toBe(false)
      }
    }, options))

  it('each message of an interval is a copy of its own, of the value as it was', () =>
    inside(async (self) => {
      const value = { list: [1] }
      const timer = sendInterval(self.pid, value, 1)
      value.list.push(2)
      const [one, two] = (await take(self, 2)) as (typeof value)[]
      cancelTimer(timer)
      expect([one, two]).toEqual([{ list: [1] }, { list: [1] }])
      expect(one.list).not.toBe(two.list)
    }, options))

  it('instances of registered classes are made anew', () =>
    inside(async (self) => {
      const money = new Money(3)
      send(self.pid, [money])
      const [came] = await self.receive()
      expect(came).toBeInstanceOf(Money)
      expect(came).not.toBe(money)
      expect(came.cents).toBe(3)
    }, options))
})

describe("messages: 'freeze'", () => {
  const options = { messages: 'freeze', schedulers: 1 } as const

  it('the value itself comes, frozen as deep as it crosses', () =>
    inside(async (self) => {
      const value = nested()
      const error = new Error('e', { cause: { c: [1] } })
      const message = {
        value,
        error,
        money: new Money(1),
        bytes: new Uint8Array(3),
        bare: Object.create(null),
        date: new Date(),
        expression: /a/g,
      }
      send(self.pid, message)
      expect(await self.receive()).toBe(message)
      const [[key, item]] = [...value.map] as [object, object][]
      const frozen = [
        message,
        value,
        value.list,
        value.list[0],
        key,
        item,
        error,
        (error.cause as { c: unknown }).c,
        message.money,
        message.bare,
      ]
      expect(frozen.map((one) => Object.isFrozen(one))).toEqual(frozen.map(() => true))
      expect(() => value.list.push({ deep: 2 })).toThrow(TypeError)
    }, options))

  it('what cannot be frozen is left, and works on', () =>
    inside(async (self) => {
      const message = { bytes: new Uint8Array(3), map: new Map(), set: new Set(), date: new Date(0), expression: /a/g }
      const proxy = new Proxy({ a: 1, hidden: 2 }, { ownKeys: () => ['a'] })
      send(self.pid, { message, proxy })
      await self.receive()
      message.bytes[0] = 1
      message.map.set(1, 1)
      message.set.add(1)
      message.date.setTime(1)
      expect(message.expression.test('a')).toBe(true)
      expect(Object.isFrozen(message)).toBe(true)
    }, options))

  it('what an instance of a registered class holds of others is left', () =>
    inside(async (self) => {
      class Socket {
        open = true
      }
      const money = Object.assign(new Money(1), { socket: new Socket(), note: ['mine'], fn() {} })
      send(self.pid, money)
      expect(await self.receive()).toBe(money)
      expect([money, money.note, money.socket, money.fn].map((one) => Object.isFrozen(one))).toEqual([
        true,
        true,
        false,
        false,
      ])
    }, options))

  it('a hundred thousand deep, and messages of an interval that are one', () =>
    inside(async (self) => {
      let deep: unknown[] = []
      for (let i = 0; i < 1e5; i++) deep = [deep]
      send(self.pid, deep)
      expect(await self.receive()).toBe(deep)
      const value = { list: [1] }
      const timer = sendInterval(self.pid, value, 1)
      expect(await take(self, 2)).toEqual([value, value])
      cancelTimer(timer)
      expect(Object.isFrozen(value.list)).toBe(true)
    }, options))

  it.skipIf(oneThread)('what is copied to another scheduler is not frozen', () =>
    inside(async (self) => {
      const far = self.spawn(echo.with({ on: 1 }), self.pid, undefined) as AnyPid
      const value = { list: [1] }
      send(far, value)
      const came = await self.receive()
      expect([value, came].map((one) => Object.isFrozen(one))).toEqual([false, false])
    }, options),
  )
})
