// Time and order in the model: timers that send, virtual and given clocks, who goes next, and the end of all hope.

import { expect, it } from 'vitest'
import { dice } from '../fixtures/random.mjs'
import { type AnyPid, type AnySelf, codeOf, inside, take, waits, world } from './world.ts'

it('sendAfter sends in time, also when its setter has ended; not to the dead', async () => {
  await inside(async (self, { model }) => {
    self.spawn(() => model.sendAfter(self.pid, 'later', 10))
    expect([await self.receive(), model.now()]).toEqual(['later', 10])
    const pid = self.spawn(waits) as AnyPid
    const ref = model.sendAfter(pid, 'lost', 10)
    model.exit(pid)
    expect(model.cancelTimer(ref)).toBe(undefined)
    expect(model.cancelTimer(model.sendAfter(pid, 'lost', 10))).toBe(undefined)
    await self.sleep(20)
    expect(model.messages.dropped).toEqual({ dead: 0, died: 0, full: 0 })
  })
})

it('what is due at the same time happens in the order in which it was asked for', async () => {
  await inside(async (self, { model }) => {
    for (const n of [1, 2, 3]) model.sendAfter(self.pid, n, 10)
    expect(await take(self, 3)).toEqual([1, 2, 3])
  })
})

it('cancelTimer answers what was left, and nothing of what has fired or is unknown', async () => {
  await inside(async (self, { model }) => {
    const [fired, left] = [model.sendAfter(self.pid, 1, 5), model.sendAfter(self.pid, 2, 30)]
    expect(fired).not.toBe(left)
    await self.sleep(10)
    expect([fired, left, left, -12345].map((ref) => model.cancelTimer(ref))).toEqual([
      undefined,
      20,
      undefined,
      undefined,
    ])
    await self.sleep(100)
    expect([self.tryReceive(), self.tryReceive()]).toEqual([1, undefined])
    const every = model.sendInterval(self.pid, 'tick', 10)
    await self.sleep(25)
    expect(model.cancelTimer(every)).toBe(5)
    expect(self.flush()).toBe(2)
    for (const bad of ['x', 12345]) {
      expect(() => model.cancelTimer(bad as never)).toThrow(`timer must be a timer, got ${JSON.stringify(bad)}`)
    }
    expect(() => model.sendInterval(self.pid, 1, 0)).toThrow('ms must be a number of milliseconds from 1 to 2147483647')
  })
})

it('sendInterval does not drift', async () => {
  await inside(async (self, { model }) => {
    model.sendInterval(self.pid, 'tick', 0.1 * 30)
    const times: number[] = []
    for (let i = 0; i < 100; i++) {
      await self.receive()
      times.push(model.now())
    }
    times.forEach((time, i) => expect(time).toBeCloseTo((i + 1) * 3, 9))
  })
})

it('sendInterval that was kept from sending sends once and keeps its phase', async () => {
  let now = 0
  await inside(
    async (self, { model }) => {
      const every = model.sendInterval(self.pid, 'tick', 10)
      now = 35
      await self.yield()
      await self.yield()
      expect(self.flush()).toBe(1)
      expect(model.cancelTimer(every)).toBe(5)
    },
    { virtual: false, now: () => now },
  )
})

it('the clock of the host is used unless another is given', async () => {
  await inside(
    async (self, { model }) => {
      const before = performance.now()
      await self.sleep(5)
      expect(performance.now() - before).toBeGreaterThanOrEqual(5)
      expect(model.now()).toBeGreaterThanOrEqual(before)
    },
    { virtual: false },
  )
})

it('virtual time stands still while a body awaits something foreign', async () => {
  await inside(async (self, { model }) => {
    self.spawn(async () => {
      for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve))
      model.send(self.pid, model.now())
    })
    model.sendAfter(self.pid, 'timer', 1)
    expect(await take(self, 2)).toEqual([0, 'timer'])
  })
})

it('virtual time passes only while somebody waits for it', async () => {
  const { model } = world()
  const pid = await model.run((self) => self.spawn(waits) as AnyPid)
  model.sendInterval(pid, 'tick', 10)
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve))
  expect(model.now()).toBe(0)
  await model.run((self) => self.sleep(20))
  expect(model.now()).toBe(20)
  await model.stop()
})

it('run ends with an error that says who waits for what when nothing can ever happen again', async () => {
  const { model } = world()
  const ended = model.run(async (self) => {
    const pid = self.spawn((me) => me.receive({ match: () => false }), {
      name: 'picky',
      mailbox: { capacity: 1, overflow: 'offer' },
    }) as AnyPid
    model.send(pid, 1)
    self.spawn(() => model.offer(pid, 2))
    await self.receive()
  })
  await expect(ended).rejects.toMatchObject({
    code: 'ERR_RUMPUS_DEADLOCK',
    message:
      'nothing can ever happen again: process 1 waits for a message; ' +
      `process 2 'picky' waits for a wanted message; process 3 waits for room in the mailbox of process 2`,
  })
})

/** Which of three goes when. */
const race = async (choose?: (n: number) => number): Promise<string> => {
  let trace = ''
  const body = async (self: AnySelf): Promise<void> => {
    const pids = ['a', 'b', 'c'].map((name) =>
      self.spawn(async (me) => {
        for (let i = 0; i < 5; i++) {
          trace += name
          await me.yield()
        }
      }),
    )
    for (const pid of pids) self.monitor(pid)
    await take(self, 3)
  }
  await inside(body, choose === undefined ? {} : { choose })
  return trace
}

it('choose says who goes next; the first unless it is given; the same choices make the same run', async () => {
  expect(await race()).toBe('abcabcabcabcabc')
  expect(await race((n) => n - 1)).toBe('cccccbbbbbaaaaa')
  const traces = new Set<string>()
  for (const seed of [1, 2, 3, 4]) {
    const trace = await race(dice(seed))
    expect(await race(dice(seed))).toBe(trace)
    traces.add(trace)
  }
  expect(traces.size).toBeGreaterThan(1)
})

it('one step continues one process until it waits', async () => {
  await inside(async (self, { model }) => {
    let running = 0
    const body = async (me: AnySelf): Promise<void> => {
      for (let i = 0; i < 5; i++) {
        expect(++running).toBe(1)
        for (let j = 0; j < 10; j++) await null
        running--
        await (i % 2 === 0 ? me.yield() : model.offer(me.pid, i))
      }
    }
    const pids = [1, 2, 3].map(() => self.spawn(body))
    for (const pid of pids) self.monitor(pid)
    for (const down of await take(self, 3)) expect(down).toMatchObject({ reason: { kind: 'normal' } })
    expect(await codeOf(() => self.yield())).toBe(undefined)
  })
})
