// sendAfter, sendInterval, cancelTimer: messages for later, never early, in order, gone with their receiver and with nobody
// else.

import { BroadcastChannel } from 'node:worker_threads'
import { cancelTimer, Down, exit, isAlive, run, send, sendAfter, sendInterval, type TimerRef } from 'rumpus'
import { describe, expect, it } from 'vitest'
import { echo, hold } from '../fixtures/bodies.mjs'
import { dice } from '../fixtures/random.mjs'
import { cancels, clerk, nest, ownTimers, setsAndEnds } from '../fixtures/timer-bodies.mjs'
import { type AnyPid, type AnySelf, endOf, inside, oneThread, places, take, thrownBy, turns } from './world.ts'

/** Nobody waits so long. */
const FAR_MS = 2 ** 31 - 1
/** Time enough to cancel a timer in. */
const LATER_MS = 1000

/** A process in that place that sends on to `self` what it gets. */
const mirror = (self: AnySelf, on: 'here' | number): AnyPid => self.spawn(echo.with({ on }), self.pid) as AnyPid

/** A clerk on each of so many schedulers. */
async function clerks(self: AnySelf, seats: number): Promise<AnyPid[]> {
  const pids: AnyPid[] = []
  for (let on = 0; on < seats; on++) {
    self.spawn(clerk.with({ on }), self.pid)
    pids.push((await self.receive()).clerk)
  }
  return pids
}

/** The messages that have come when one comes that is sent after all timers that are to have fired. */
async function allWithin(self: AnySelf, ms: number): Promise<unknown[]> {
  sendAfter(self.pid, 'the end', ms)
  const heard: unknown[] = []
  for await (const message of self) {
    if (message === 'the end') return heard
    heard.push(message)
  }
  return heard
}

describe('sendAfter', () => {
  for (const on of places) {
    it(`sendAfter to a process ${on} is never early, fractions of milliseconds included`, async () => {
      await inside(async (self) => {
        const below = dice(7)
        const to = mirror(self, on)
        for (let i = 0; i < 300; i++) {
          const ms = below(250) / 10
          sendAfter(to, { ms, set: performance.now() }, ms)
        }
        const early: unknown[] = []
        for (let i = 0; i < 300; i++) {
          const { ms, set } = await self.receive()
          const passed = performance.now() - set
          if (passed < ms) early.push({ ms, passed })
        }
        expect(early).toEqual([])
      })
    })

    it(`sendAfter from a process ${on} to itself is not early by a microsecond`, async () => {
      await inside(async (self) => {
        self.spawn(ownTimers.with({ on }), self.pid as AnyPid, 500)
        const { fired, early } = await self.receive()
        expect(fired).toBeGreaterThan(1000)
        expect(early).toEqual([])
      })
    })

    it(`sendAfter to a process ${on}: what is due first comes first, what is due together comes as it was set`, async () => {
      await inside(async (self) => {
        const to = mirror(self, on)
        for (const ms of [60, 20, 40, 0, 80]) sendAfter(to, `${ms} ms`, ms)
        for (let i = 0; i < 2000; i++) sendAfter(to, i, 100)
        const heard = await take(self, 2005)
        expect(heard.slice(0, 5)).toEqual(['0 ms', '20 ms', '40 ms', '60 ms', '80 ms'])
        expect(heard.slice(5)).toEqual(Array.from({ length: 2000 }, (_, i) => i))
      })
    })

    it(`sendAfter from a process ${on} that ends at once: its death does not cancel it`, async () => {
      await inside(async (self) => {
        const pid = self.spawn(setsAndEnds.with({ on }), self.pid as AnyPid, 'from the dead', 20)
        const ref = self.monitor(pid)
        await self.receive({ match: (message: unknown) => message instanceof Down && message.ref === ref })
        expect(await self.receive()).toBe('from the dead')
      })
    })

    it(`sendAfter to a process ${on} that ends: the timer ends with it`, async () => {
      await inside(async (self) => {
        for (const reason of ['kill', 'shutdown'] as const) {
          const pid = self.spawn(hold.with({ on }), self.pid, 'x') as AnyPid
          await self.receive()
          const timers = [sendAfter(pid, 1, FAR_MS), sendInterval(pid, 2, FAR_MS), sendAfter(pid, 3, 5)]
          const ended = endOf(self, pid)
          exit(pid, reason)
          await ended
          expect(timers.map((timer) => cancelTimer(timer))).toEqual([undefined, undefined, undefined])
        }
      })
    })

    it(`sendAfter to a process ${on} that has ended sends nothing and leaves nothing`, async () => {
      await inside(async (self) => {
        const pid = self.spawn(hold.with({ on }), self.pid, 'x') as AnyPid
        await self.receive()
        const ended = endOf(self, pid)
        exit(pid, 'kill')
        await ended
        const timers = [sendAfter(pid, { a: 1 }, 0), sendAfter(pid, 'x', FAR_MS), sendInterval(pid, 'x', 1)]
        expect(new Set(timers).size).toBe(3)
        expect(timers.map((timer) => cancelTimer(timer))).toEqual([undefined, undefined, undefined])
        expect(await allWithin(self, 5)).toEqual([])
      })
    })
  }

  it('sendAfter on the same scheduler hands over the value itself, a function too', async () => {
    await inside(async (self) => {
      const values = [() => 1, Symbol('s'), new WeakMap(), { deep: { fn: () => 2 } }]
      for (const value of values) sendAfter(self.pid as AnyPid, value, 1)
      const heard = await take(self, values.length)
      for (const [i, value] of values.entries()) expect(heard[i]).toBe(value)
      const other = self.spawn(async (me: AnySelf) =>
        send(self.pid as AnyPid, { same: (await me.receive()) === values }),
      )
      await turns()
      sendAfter(other as AnyPid, values, 1)
      expect(await self.receive()).toEqual({ same: true })
    })
  })

  it('sendAfter to another scheduler, or to who has not begun, refuses at once what cannot cross', async () => {
    await inside(async (self) => {
      const far = mirror(self, 1)
      const unstarted = mirror(self, 'here')
      const message = { reply: { fn: () => 1 } }
      for (const pid of [unstarted, far]) {
        for (const set of [() => sendAfter(pid, message, 1), () => sendInterval(pid, message, 1)]) {
          expect(thrownBy(set)).toEqual({
            name: 'UncrossableError',
            code: 'ERR_RUMPUS_UNCROSSABLE',
            message: expect.stringContaining('message.reply.fn cannot cross'),
          })
        }
      }
      sendAfter(far, 'far', 5)
      sendAfter(unstarted, 'near', 5)
      expect((await take(self, 2)).sort()).toEqual(['far', 'near'])
      expect(await allWithin(self, 5)).toEqual([])
    })
  })

  it('sendAfter encodes when it is called: what changes later does not travel', async () => {
    await inside(async (self) => {
      const message = { n: 1 }
      const far = mirror(self, 1)
      sendAfter(far, message, 5)
      message.n = 2
      expect(await self.receive()).toEqual({ n: 1 })
    })
  })

  it.skipIf(oneThread)('sendAfter to processes that are stolen before they begin goes with them', async () => {
    await inside(
      async (self) => {
        const channel = new BroadcastChannel(`nest of ${self.pid} in ${process.pid}`)
        self.spawn(nest.with({ on: 1 }), self.pid, 20, channel.name)
        const { children } = await self.receive()
        for (const [i, pid] of children.entries()) {
          sendAfter(pid, `second ${i}`, 20)
          sendAfter(pid, `first ${i}`, 0)
        }
        // The nest still keeps its thread: its children run elsewhere.
        const heard = (await take(self, 40)) as string[]
        channel.postMessage('go on')
        channel.close()
        for (let i = 0; i < 20; i++) {
          expect(heard.filter((text) => text.endsWith(` ${i}`))).toEqual([`first ${i}`, `second ${i}`])
        }
      },
      { placement: false },
    )
  })

  it('sendAfter keeps none waiting but its receiver: 20 000 timers far away, and everything else goes on', async () => {
    await inside(async (self) => {
      const timers = Array.from({ length: 20_000 }, (_, i) => sendAfter(self.pid, i, 60_000 + (i % 1000)))
      expect(await allWithin(self, 1)).toEqual([])
      expect(timers.filter((timer) => cancelTimer(timer) === undefined)).toEqual([])
    })
  })

  it('sendAfter and sendInterval refuse what is no pid and what is no time', async () => {
    await inside(async (self) => {
      for (const set of [sendAfter, sendInterval]) {
        expect(thrownBy(() => set('x' as never, 1 as never, 1))).toEqual({
          name: 'TypeError',
          code: 'ERR_RUMPUS_BAD_ARGUMENT',
          message: 'pid must be a pid, got "x"',
        })
        const least = set === sendAfter ? 0 : 1
        for (const [ms, shown] of [
          [least - 1, String(least - 1)],
          [Number.NaN, 'NaN'],
          [Number.POSITIVE_INFINITY, 'Infinity'],
          [2 ** 31, String(2 ** 31)],
          ['5', '"5"'],
          [undefined, 'undefined'],
        ] as const) {
          expect(thrownBy(() => set(self.pid, 1 as never, ms as never))).toEqual({
            name: 'RangeError',
            code: 'ERR_RUMPUS_OUT_OF_RANGE',
            message: `ms must be a number of milliseconds from ${least} to 2147483647, got ${shown}`,
          })
        }
      }
    })
  })

  it('sendAfter, sendInterval and cancelTimer after the runtime has stopped', async () => {
    const [pid, timer] = await run(
      async (self: AnySelf) => [self.pid as AnyPid, sendAfter(self.pid, 1, FAR_MS)] as const,
    )
    for (const set of [sendAfter, sendInterval]) {
      expect(thrownBy(() => set(pid, 1, 1))).toMatchObject({ name: 'RumpusError', code: 'ERR_RUMPUS_STOPPED' })
    }
    expect(cancelTimer(timer)).toBe(undefined)
  })
})

describe('cancelTimer', () => {
  it('cancelTimer from every scheduler, of timers set on every scheduler, for processes on every scheduler', async () => {
    await inside(async (self) => {
      const seats = [0, 1, 2]
      const setters = await clerks(self, seats.length)
      const combinations = seats.flatMap((set) => seats.flatMap((at) => seats.map((cancel) => ({ set, at, cancel }))))
      const targets = seats.map((on) => mirror(self, on))
      const timers = new Map<unknown, TimerRef>()
      for (const [name, { set, at }] of combinations.entries()) {
        send(setters[set], { name, after: { pid: targets[at], message: { fired: name }, ms: LATER_MS } })
      }
      for (const { name, timer } of (await take(self, combinations.length)) as { name: unknown; timer: TimerRef }[]) {
        timers.set(name, timer)
      }
      expect(new Set(timers.values()).size).toBe(combinations.length)
      for (const again of [false, true]) {
        for (const [name, { cancel }] of combinations.entries()) {
          send(setters[cancel], { name, cancel: timers.get(name) })
        }
        for (const { left } of (await take(self, combinations.length)) as { left?: number }[]) {
          if (again) expect(left).toBe(undefined)
          else expect(left).toSatisfy((ms: number) => ms > 0 && ms <= LATER_MS)
        }
      }
      for (const pid of targets) sendAfter(pid, 'the last', LATER_MS)
      expect(await take(self, 3)).toEqual(['the last', 'the last', 'the last'])
    })
  })

  it('cancelTimer answers the milliseconds that were left', async () => {
    await inside(async (self) => {
      const before = performance.now()
      const timers = [100, 1000.5, 60_000].map((ms) => [sendAfter(self.pid, 1, ms), ms] as const)
      const interval = sendInterval(self.pid, 1, 5000)
      await self.sleep(10)
      for (const [timer, ms] of [...timers, [interval, 5000] as const]) {
        const left = cancelTimer(timer) as number
        expect(Number.isInteger(left)).toBe(true)
        expect(left).toBeLessThanOrEqual(Math.ceil(ms) - 9)
        expect(left).toBeGreaterThanOrEqual(Math.floor(ms - (performance.now() - before)))
      }
    })
  })

  it('cancelTimer of one that has fired answers nothing, and what it has sent stays', async () => {
    await inside(async (self) => {
      for (const on of places) {
        const timer = sendAfter(mirror(self, on), 'fired', 1)
        const spent = sendAfter(self.pid, 'spent', 1)
        expect((await take(self, 2)).sort()).toEqual(['fired', 'spent'])
        expect([cancelTimer(timer), cancelTimer(spent)]).toEqual([undefined, undefined])
      }
      const timer = sendAfter(self.pid, 'waits in the inbox', 1)
      await self.sleep(5)
      expect(cancelTimer(timer)).toBe(undefined)
      expect(await self.receive()).toBe('waits in the inbox')
    })
  })

  it('cancelTimer of numbers that were made up answers nothing and touches nobody', async () => {
    await inside(async (self) => {
      const timer = sendAfter(self.pid, 'mine', 20)
      for (const number of [
        timer - 1,
        timer - 2 ** 32,
        timer - 2 ** 45,
        timer - 2 ** 26,
        1 - 2 ** 53,
        -1,
        -(2 ** 31),
        -(2 ** 32),
      ]) {
        expect(cancelTimer(number as TimerRef)).toBe(undefined)
      }
      expect(await self.receive()).toBe('mine')
    })
  })

  it('cancelTimer refuses what is no timer', () => {
    for (const [timer, shown] of [
      [undefined, 'undefined'],
      ['1', '"1"'],
      [1.5, '1.5'],
      [0, '0'],
      [1, '1'],
      [{}, 'an instance of Object'],
    ] as const) {
      expect(thrownBy(() => cancelTimer(timer as never))).toEqual({
        name: 'TypeError',
        code: 'ERR_RUMPUS_BAD_ARGUMENT',
        message: `timer must be a timer, got ${shown}`,
      })
    }
  })

  it('cancelTimer refuses a pid, whatever timers there are, and nobody takes a timer for a pid', () =>
    inside(async (self) => {
      const body = async (me: AnySelf): Promise<unknown> => me.receive()
      const pids = Array.from({ length: 200 }, () => self.spawn(body) as AnyPid)
      const timers = pids.map((_, i) => sendAfter(self.pid, i, 20))
      for (const pid of pids) {
        expect(thrownBy(() => cancelTimer(pid as never))).toMatchObject({
          code: 'ERR_RUMPUS_BAD_ARGUMENT',
          message: `timer must be a timer, got ${pid}`,
        })
      }
      for (const timer of timers) {
        for (const verb of [send, isAlive, exit, self.monitor.bind(self)] as ((pid: never, m: never) => void)[]) {
          expect(thrownBy(() => verb(timer as never, 'm' as never)).code).toBe('ERR_RUMPUS_BAD_ARGUMENT')
        }
      }
      expect((await take(self, 200)).sort((a, b) => (a as number) - (b as number))).toEqual(pids.map((_, i) => i))
      for (const pid of pids) exit(pid)
    }))

  it('cancelTimer of a timer that was an argument on another scheduler', async () => {
    await inside(async (self) => {
      const timer = sendAfter(self.pid, 'too late', 60_000)
      self.spawn(cancels.with({ on: 1 }), self.pid as AnyPid, { timer })
      expect((await self.receive()).left).toBeGreaterThan(0)
      expect(cancelTimer(timer)).toBe(undefined)
    })
  })

  it('cancelTimer in a race with the firing: fired or cancelled, never both, never neither', async () => {
    await inside(async (self) => {
      const [, far] = await clerks(self, 2)
      const count = 400
      const fired = new Set<unknown>()
      const cancelled = new Set<unknown>()
      const below = dice(11)
      for (let name = 0; name < count; name++) {
        const timer = sendAfter(self.pid, { fired: name }, below(30) / 10)
        send(far, { name, cancel: timer })
        if (name % 20 === 0) await self.sleep(1)
      }
      for (let answers = 0; answers < count; ) {
        const { fired: name, ...answer } = await self.receive()
        if (name !== undefined) fired.add(name)
        else {
          answers++
          if (answer.left !== undefined) cancelled.add(answer.name)
        }
      }
      for (const message of await allWithin(self, 5)) fired.add((message as { fired: unknown }).fired)
      expect([...fired].filter((name) => cancelled.has(name))).toEqual([])
      expect(fired.size + cancelled.size).toBe(count)
    })
  })
})
