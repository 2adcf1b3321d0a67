// receive, tryReceive, mark, flush, sleep and yield of the model: which message, when, one wait at a time.

import { expect, it } from 'vitest'
import { AbortError, ProcessExit, TimeoutError } from '../../js/errors.ts'
import { type AnySelf, codeOf, inside, take, waits } from './world.ts'

const is = (wanted: unknown) => (message: unknown) => message === wanted

it('receive gives messages in order, by reference, whether they are there or come later', async () => {
  await inside(async (self, { model }) => {
    const object = { n: 1 }
    model.send(self.pid, object)
    model.send(self.pid, undefined)
    model.sendAfter(self.pid, 'later', 5)
    expect(await self.receive()).toBe(object)
    expect(await take(self, 2)).toEqual([undefined, 'later'])
  })
})

it('receive while the process waits already is refused, also in match, and the first wait goes on', async () => {
  await inside(async (self, { model }) => {
    const first = self.receive()
    for (const second of [() => self.receive(), () => self.sleep(1), () => self.yield(), () => self.flush()])
      expect(await codeOf(second)).toBe('ERR_RUMPUS_WAITING')
    expect(self.tryReceive()).toBe(undefined)
    model.send(self.pid, 1)
    expect(await first).toBe(1)
    model.send(self.pid, 2)
    const refused: unknown[] = []
    const match = (): boolean => {
      refused.push(self.tryReceive())
      void codeOf(() => self.receive()).then((code) => refused.push(code))
      return true
    }
    expect(await self.receive({ match })).toBe(2)
    await self.yield()
    expect(refused).toEqual([undefined, 'ERR_RUMPUS_WAITING'])
    model.send(self.pid, 3)
    expect(self.tryReceive({ match })).toBe(3)
    await self.yield()
    expect(refused.slice(2)).toEqual([undefined, 'ERR_RUMPUS_WAITING'])
  })
})

it('receive({ match }) takes the first wanted message, looks at each once, and leaves the others in order', async () => {
  await inside(async (self, { model }) => {
    const looks: unknown[] = []
    for (const n of [1, 2, 3]) model.send(self.pid, n)
    model.sendAfter(self.pid, 4, 1)
    model.sendAfter(self.pid, 5, 2)
    expect(await self.receive({ match: is(2) })).toBe(2)
    expect(await self.receive({ match: (n) => looks.push(n) > 0 && n === 5 })).toBe(5)
    expect(looks).toEqual([1, 3, 4, 5])
    expect(self.tryReceive({ match: is(3) })).toBe(3)
    expect(await take(self, 2)).toEqual([1, 4])
  })
})

it('receive({ match }) rejects with what match throws, and the message stays', async () => {
  await inside(async (self, { model }) => {
    model.send(self.pid, 1)
    const match = (): never => {
      throw new Error('match failed')
    }
    await expect(self.receive({ match })).rejects.toThrow('match failed')
    expect(() => self.tryReceive({ match })).toThrow('match failed')
    expect(self.tryReceive()).toBe(1)
  })
})

it('receive({ match }) that ends its own process takes nothing and ends', async () => {
  await inside(async (self, { model }) => {
    const seen: unknown[] = []
    const pid = self.spawn(async (me) => {
      const match = (): boolean => {
        model.exit(me.pid)
        return true
      }
      await me.receive({ match }).catch((error) => seen.push(error))
    })
    self.monitor(pid)
    model.send(pid, 1)
    expect(await self.receive()).toMatchObject({ reason: { kind: 'shutdown' } })
    expect(seen).toEqual([expect.any(ProcessExit)])
  })
})

it('receive({ timeout }) rejects in time, not begun anew by others, and takes nothing', async () => {
  await inside(async (self, { model }) => {
    const chatter = model.sendInterval(self.pid, 'chatter', 3)
    await expect(self.receive({ match: is('never'), timeout: 10 })).rejects.toBeInstanceOf(TimeoutError)
    expect(model.now()).toBe(10)
    model.cancelTimer(chatter)
    expect(self.flush()).toBe(3)
    model.send(self.pid, 'in time')
    expect(await self.receive({ timeout: 5 })).toBe('in time')
    await self.sleep(10)
  })
})

it('receive({ timeout: 0 }) lets the others run that can, and sees what they send', async () => {
  await inside(async (self, { model }) => {
    self.spawn(() => model.send(self.pid, 'just in time'))
    expect(await self.receive({ timeout: 0 })).toBe('just in time')
    expect(await codeOf(() => self.receive({ timeout: 0 }))).toBe('ERR_RUMPUS_TIMEOUT')
    expect(model.now()).toBe(0)
  })
})

it('receive({ signal }) rejects when aborted, before and during the wait, never after', async () => {
  await inside(async (self, { model }) => {
    model.send(self.pid, 'stays')
    await expect(self.receive({ signal: AbortSignal.abort('early') })).rejects.toMatchObject({ cause: 'early' })
    const controller = new AbortController()
    const wait = self.receive({ match: is('never'), signal: controller.signal })
    controller.abort('late')
    const error = await wait.catch((thrown) => thrown)
    expect(error).toBeInstanceOf(AbortError)
    expect(error.cause).toBe('late')
    expect(await self.receive()).toBe('stays')
  })
})

it('mark has a search begin behind what waits, and never behind what comes', async () => {
  await inside(async (self, { model }) => {
    for (let i = 0; i < 3; i++) model.send(self.pid, 'answer')
    const since = self.mark()
    expect(self.tryReceive({ since })).toBe(undefined)
    expect(await self.receive()).toBe('answer')
    model.send(self.pid, 'the answer')
    const looks: unknown[] = []
    const match = (message: unknown): boolean => looks.push(message) > 0
    expect(await self.receive({ match, since })).toBe('the answer')
    expect(looks).toEqual(['the answer'])
    expect(self.flush()).toBe(2)
  })
})

it('a loop over self gives every message, can be left, and ends by throwing', async () => {
  await inside(async (self, { model }) => {
    for (const n of [1, 2, 3]) model.send(self.pid, n)
    for await (const n of self) if (n === 2) break
    expect(self.tryReceive()).toBe(3)
    let thrown: unknown
    const pid = self.spawn((me) => waits(me as AnySelf).catch((error) => (thrown = error)))
    await self.yield()
    self.monitor(pid)
    model.exit(pid)
    await self.receive()
    expect(thrown).toBeInstanceOf(ProcessExit)
  })
})

it('sleep ends in the order of the times, and leaves messages where they are', async () => {
  await inside(async (self, { model }) => {
    for (const ms of [30, 10, 20, 0]) {
      self.spawn(async (me) => {
        await me.sleep(ms)
        model.send(self.pid, [ms, model.now()])
      })
    }
    await self.sleep(30)
    const expected = [0, 10, 20].map((ms) => [ms, ms])
    expect([self.tryReceive(), self.tryReceive(), self.tryReceive()]).toEqual(expected)
    expect(await self.receive()).toEqual([30, 30])
  })
})

it('yield goes to the back of the run queue', async () => {
  const trace: string[] = []
  await inside(async (self) => {
    for (const name of ['a', 'b']) {
      self.spawn(async (me) => {
        for (let i = 0; i < 2; i++) {
          trace.push(name + i)
          await me.yield()
        }
      })
    }
    for (let i = 0; i < 3; i++) await self.yield()
  })
  expect(trace).toEqual(['a0', 'b0', 'a1', 'b1'])
})

it('waits and takes refuse what is no option, at the call', async () => {
  await inside((self) => {
    const bad: [() => unknown, string][] = [
      [() => self.receive(null as never), 'options must be an object, got null'],
      [() => self.receive({ match: 1 as never }), 'options.match must be a function, got 1'],
      [() => self.tryReceive({ since: 'x' as never }), 'options.since must be what mark answered, got "x"'],
      [() => self.receive({ timeout: -1 }), 'options.timeout must be a number of milliseconds from 0 to 2147483647'],
      [() => self.receive({ signal: {} as never }), 'options.signal must be an AbortSignal, got an instance of Object'],
      [() => self.sleep(Number.NaN), 'ms must be a number of milliseconds from 0 to 2147483647, got NaN'],
    ]
    for (const [what, message] of bad) expect(what).toThrow(message)
  })
})
