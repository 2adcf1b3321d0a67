// sendInterval: the same timer and the same phase for as long as it lasts, no bursts; and what becomes of timed waits when
// their process ends.

import { cancelTimer, exit, isAlive, type Runtime, send, sendAfter, sendInterval, type TimerRef } from 'rumpus'
import { describe, expect, it } from 'vitest'
import { cancels, clerk } from '../fixtures/timer-bodies.mjs'
import { type AnyPid, type AnySelf, endOf, inside, oneThread, take, turns } from './world.ts'

const SLOT_MASK = 2 ** 26 - 1
const FAR_MS = 2 ** 31 - 1

/** Keeps the thread for so long: the time is the point. */
function block(ms: number): void {
  const end = performance.now() + ms
  while (performance.now() < end);
}

/** How many values wait in the isolate of this runtime's host for timers and mailboxes to deliver them. */
function valuesKept(runtime: Runtime): number {
  const { kernel } = runtime as unknown as { kernel: { slots: { kept: number } } }
  return kernel.slots.kept
}

describe('sendInterval', () => {
  it('sendInterval: no message before its moment, which is the start plus a whole multiple', async () => {
    await inside(async (self) => {
      const [ms, count] = [7.5, 30]
      const start = performance.now()
      const timer = sendInterval(self.pid, 'tick', ms)
      for (let n = 1; n <= count; n++) {
        expect(await self.receive()).toBe('tick')
        expect(performance.now() - start).toBeGreaterThanOrEqual(n * ms)
      }
      expect(cancelTimer(timer)).toBeDefined()
    })
  })

  it('sendInterval does not drift, however long each message keeps the receiver', async () => {
    await inside(async (self) => {
      const [ms, count] = [20, 20]
      const start = performance.now()
      sendInterval(self.pid, 'tick', ms)
      const late: number[] = []
      for (let n = 0; n < count; n++) {
        await self.receive()
        late.push((performance.now() - start) % ms)
        block(0.75)
      }
      // One that began anew with each message would be ever later, by 7 ms and more in the end: then none is in time.
      expect(Math.min(...late.slice(count / 2))).toBeLessThan(ms / 4)
    })
  })

  it('sendInterval does not make up for what a blocked scheduler has missed', async () => {
    await inside(async (self) => {
      const [ms, blocked] = [4, 200]
      sendInterval(self.pid, 'tick', ms)
      await self.receive()
      block(blocked)
      const free = performance.now()
      await self.sleep(ms)
      const came = self.flush()
      expect(came).toBeGreaterThan(0)
      // One for all that was missed, and those whose moment has come since.
      expect(came).toBeLessThanOrEqual(2 + (performance.now() - free) / ms)
      expect(came).toBeLessThan(blocked / ms)
    })
  })

  it('sendInterval has one reference for all its messages, and the value itself stays the same', async () => {
    await inside(async (self) => {
      const value = { fn: () => 1 }
      const timer = sendInterval(self.pid as AnyPid, value, 1)
      for (let i = 0; i < 10; i++) expect(await self.receive()).toBe(value)
      expect(cancelTimer(timer)).toBeTypeOf('number')
      expect(cancelTimer(timer)).toBe(undefined)
      await self.sleep(5)
      self.flush()
      await self.sleep(5)
      expect(self.tryReceive()).toBe(undefined)
    })
  })

  it('sendInterval from here for a process elsewhere, and from elsewhere for one here, until it is cancelled from anywhere', async () => {
    await inside(async (self) => {
      const clerks: AnyPid[] = []
      for (const on of [0, 1, 2]) {
        self.spawn(clerk.with({ on }), self.pid)
        clerks.push((await self.receive()).clerk)
      }
      for (const setter of clerks) {
        for (const canceller of clerks) {
          send(setter, { name: 'set', every: { pid: self.pid, message: { tick: [1] }, ms: 1 } })
          const { timer } = await self.receive({ match: (message: { timer?: number }) => message.timer !== undefined })
          for (let i = 0; i < 3; i++) expect(await self.receive()).toEqual({ tick: [1] })
          send(canceller, { name: 'cancel', cancel: timer })
          const { left } = await self.receive({ match: (message: { name?: string }) => message.name === 'cancel' })
          expect(left).toSatisfy((ms: number) => ms >= 0 && ms <= 1)
          // What it has sent is here or on its way; then nothing comes.
          await self.sleep(5)
          self.flush()
          await self.sleep(3)
          expect(self.tryReceive()).toBe(undefined)
        }
      }
    })
  })

  it('sendInterval ends with its receiver, not with who set it', async () => {
    await inside(async (self) => {
      let timer: TimerRef | undefined
      const receiver = self.spawn(async (me: AnySelf) => {
        for (let i = 0; i < 5; i++) await me.receive()
      })
      const setter = self.spawn(async () => void (timer = sendInterval(receiver as AnyPid, 'tick', 1)))
      expect(await endOf(self, setter)).toMatchObject({ kind: expect.stringMatching(/normal|noproc/) })
      expect(await endOf(self, receiver)).toEqual({ kind: 'normal' })
      expect(cancelTimer(timer as TimerRef)).toBe(undefined)
    })
  })

  it('sendInterval to oneself, cancelled elsewhere as an argument of a spawn', async () => {
    await inside(async (self) => {
      const timer = sendInterval(self.pid as AnyPid, 'tick', 2)
      await self.receive()
      self.spawn(cancels.with({ on: 1 }), self.pid as AnyPid, { timer })
      const { left } = await self.receive({ match: (message: unknown) => message !== 'tick' })
      expect(left).toBeTypeOf('number')
      await self.sleep(5)
      self.flush()
      await self.sleep(5)
      expect(self.tryReceive()).toBe(undefined)
    })
  })

  it.skipIf(oneThread)(
    'sendAfter and sendInterval keep no value once it is delivered, cancelled or has lost its receiver',
    async () => {
      await inside(async (self) => {
        const { runtime } = self
        const [, clerkPid] = [self.spawn(clerk.with({ on: 1 }), self.pid), (await self.receive()).clerk as AnyPid]
        const before = valuesKept(runtime)
        const mortal = self.spawn(async (me: AnySelf) => me.receive({ match: () => false }))
        await turns()
        for (let i = 0; i < 100; i++) {
          sendAfter(self.pid as AnyPid, { i }, 1)
          const timers = [sendAfter(self.pid as AnyPid, { i }, 60_000), sendInterval(self.pid as AnyPid, { i }, 60_000)]
          sendAfter(mortal as AnyPid, { i }, 60_000)
          sendInterval(mortal as AnyPid, { i }, 60_000)
          if (i % 2 === 0) for (const timer of timers) cancelTimer(timer)
          else for (const cancel of timers) send(clerkPid, { name: i, cancel })
        }
        exit(mortal, 'kill')
        await take(self, 200)
        await turns(5)
        expect(valuesKept(runtime)).toBe(before)
      })
    },
  )
})

describe('a wait of a process that ends', () => {
  const waits = {
    sleep: (me: AnySelf, ms: number) => me.sleep(ms),
    receive: (me: AnySelf, ms: number) => me.receive({ timeout: ms }),
    select: (me: AnySelf, ms: number) => me.receive({ match: () => false, timeout: ms }),
  }

  for (const [name, wait] of Object.entries(waits)) {
    // On one thread nobody has the place of another.
    it.skipIf(oneThread)(`${name}: the next process in the same place is not woken by it`, async () => {
      await inside(async (self) => {
        const pids = Array.from({ length: 600 }, () => self.spawn(async (me: AnySelf) => wait(me, 60)))
        const slots = new Set(pids.map((pid) => pid & SLOT_MASK))
        await turns()
        for (const [i, pid] of pids.entries()) {
          self.monitor(pid)
          exit(pid, i % 2 === 0 ? 'kill' : 'shutdown')
        }
        await take(self, pids.length)
        const woken: unknown[] = []
        let heirs = 0
        for (let i = 0; i < 600; i++) {
          const pid = self.spawn(async (me: AnySelf) => {
            await wait(me, FAR_MS).catch((error: { code: string }) => error.code)
            if (isAlive(me.pid)) woken.push(me.pid)
          })
          if (slots.has(pid & SLOT_MASK)) heirs++
        }
        expect(heirs).toBeGreaterThan(0)
        await self.sleep(80)
        expect(woken).toEqual([])
      })
    })

    it(`${name} that is over in time: the next wait of the same process is not cut short by it`, async () => {
      await inside(async (self) => {
        const pid = self.spawn(async (me: AnySelf) => {
          if (name === 'sleep') await me.sleep(1)
          else await me.receive({ match: (message) => message === 'in time', timeout: 10 })
          const start = performance.now()
          await wait(me, 30).catch(() => {})
          send(self.pid as AnyPid, performance.now() - start)
        })
        await turns(2)
        if (name !== 'sleep') send(pid as AnyPid, 'in time')
        if (name === 'select') send(pid as AnyPid, 'unwanted')
        expect(await self.receive()).toBeGreaterThanOrEqual(30)
      })
    })
  }
})

describe('an interval that is cancelled while its messages are on their way', () => {
  it('sendInterval cancelled here behind a backlog: its value reaches nobody else', async () => {
    await inside(async (self) => {
      for (let i = 0; i < 2000; i++) sendAfter(self.pid, i, 1)
      const timer = sendInterval(self.pid, { interval: true }, 2)
      block(6)
      await self.receive()
      cancelTimer(timer)
      sendAfter(self.pid, 'new', 30)
      const rest: unknown[] = []
      while (rest.at(-1) !== 'new') rest.push(await self.receive())
      expect(rest.filter((message) => message === 'new').length).toBe(1)
      expect(rest.filter((message) => message === undefined)).toEqual([])
    })
  })

  it('sendInterval to one of low priority, cancelled elsewhere: nobody gets another one’s value', async () => {
    await inside(async (self) => {
      const odd: unknown[] = []
      const low = self.spawn(
        async (me: AnySelf) => {
          for await (const message of me) if (message?.tick === undefined) odd.push(message)
        },
        { priority: 'low' },
      )
      self.spawn(async (me: AnySelf) => {
        for (;;) await me.yield()
      })
      for (let round = 0; round < 40; round++) {
        const timers = [0, 1, 2, 3].map((tick) => sendInterval(low, { tick }, 1))
        await self.sleep(1 + (round % 3))
        for (const timer of timers) self.spawn(cancels.with({ on: 1 }), self.pid, { timer })
        await take(self, timers.length)
        const others = Array.from({ length: 8 }, () => sendAfter(self.pid, 'leaked', FAR_MS))
        await self.sleep(1)
        for (const other of others) cancelTimer(other)
      }
      expect(odd).toEqual([])
    })
  })
})
