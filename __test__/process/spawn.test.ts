// spawn: closures here, definitions anywhere; pids; what it refuses.

import { exit, formatPid, type Pid, send } from 'rumpus'
import { describe, expect, it } from 'vitest'
import { args, echo, failing, hold, once, throwing } from '../fixtures/bodies.mjs'
import { type AnyPid, type AnySelf, endOf, inside, oneThread, take, thrownBy, turns } from './world.ts'

describe('spawn of a closure', () => {
  it('spawn does not run the body before it returns', async () => {
    await inside(async (self) => {
      let began = false
      const pid = self.spawn(async () => void (began = true))
      expect(began).toBe(false)
      await endOf(self, pid)
      expect(began).toBe(true)
    })
  })

  it('spawn starts bodies in the order in which they were spawned', async () => {
    await inside(async (self) => {
      const order: number[] = []
      for (let i = 0; i < 100; i++) self.spawn(async () => void order.push(i))
      await turns(5)
      expect(order).toEqual(Array.from({ length: 100 }, (_, i) => i))
    })
  })

  it('spawn gives the body its own self: pid, runtime', async () => {
    await inside(async (self) => {
      let seen: unknown[] = []
      const pid = self.spawn(async (me) => void (seen = [me.pid, me.runtime === self.runtime]))
      await endOf(self, pid)
      expect(seen).toEqual([pid, true])
    })
  })

  it('spawn takes a body that is no async function', async () => {
    await inside(async (self) => {
      expect(
        await endOf(
          self,
          self.spawn(() => 3),
        ),
      ).toEqual({ kind: 'normal' })
    })
  })

  it("spawn takes on: 'here' and the own number for a closure", async () => {
    await inside(async (self) => {
      for (const on of ['here', 0] as const) {
        expect(
          await endOf(
            self,
            self.spawn(async () => {}, { on }),
          ),
        ).toEqual({ kind: 'normal' })
      }
    })
  })

  it('spawn 10 000 children: each runs once, each is counted, all are gone', async () => {
    await inside(async (self) => {
      const count = 10_000
      for (let i = 0; i < count; i++) {
        self.spawn(async (me: AnySelf) => {
          await me.receive()
          send(self.pid as AnyPid, i)
        })
      }
      expect(self.runtime.inspect().processes).toEqual({ spawned: count + 1, exited: 0, alive: count + 1 })
    })
    await inside(async (self) => {
      const pids = Array.from({ length: 10_000 }, (_, i) =>
        self.spawn(async (me: AnySelf) => {
          send(self.pid as AnyPid, (await me.receive()) + i)
        }),
      )
      expect(new Set(pids).size).toBe(pids.length)
      for (const pid of pids) send(pid as AnyPid, 0)
      const numbers = (await take(self, pids.length)) as number[]
      expect(numbers.sort((a, b) => a - b)).toEqual(pids.map((_, i) => i))
      await turns(5)
      expect(self.runtime.inspect().processes).toEqual({ spawned: 10_001, exited: 10_000, alive: 1 })
    })
  })

  it('spawn of processes that spawn, 2000 deep', async () => {
    await inside(async (self) => {
      const down = (depth: number) => async (me: AnySelf) => {
        if (depth === 0) send(self.pid as AnyPid, 'bottom')
        else me.spawn(down(depth - 1))
      }
      self.spawn(down(2000))
      expect(await self.receive()).toBe('bottom')
    })
  })
})

describe('spawn of a definition', () => {
  it('spawn passes arguments, encoded: a change after spawn is not seen', async () => {
    await inside(async (self) => {
      for (const on of ['any', 'here', 1] as const) {
        const given = { list: [1, 2], map: new Map([['a', 1]]) }
        self.spawn(args.with({ on }), self.pid, given, 'x', undefined)
        given.list.push(3)
        given.map.set('b', 2)
        expect(await self.receive()).toEqual([{ list: [1, 2], map: new Map([['a', 1]]) }, 'x', undefined])
      }
    })
  })

  it('spawn without arguments gives none', async () => {
    await inside(async (self) => {
      self.spawn(args, self.pid)
      expect(await self.receive()).toEqual([])
    })
  })

  it('spawn refuses arguments that cannot cross, naming the path, and starts nothing', async () => {
    await inside(async (self) => {
      const before = self.runtime.inspect().processes.spawned
      const wrong = thrownBy(() => self.spawn(args, self.pid, { a: [() => 1] }))
      expect(wrong).toMatchObject({ name: 'UncrossableError', code: 'ERR_RUMPUS_UNCROSSABLE' })
      expect(wrong.message).toMatch(/^arguments\[1\]\.a\[0\] cannot cross to another scheduler: a function/)
      expect(self.runtime.inspect().processes.spawned).toBe(before)
      self.spawn(args, self.pid, 'after')
      expect(await self.receive()).toEqual(['after'])
    })
  })

  it('spawn of a definition that throws at once, or later: an error is the reason', async () => {
    await inside(async (self, crashes) => {
      const first = await endOf(self, self.spawn(throwing))
      expect(first).toMatchObject({ kind: 'error', error: { name: 'RangeError', message: 'thrown at once' } })
      const pid = self.spawn(failing)
      send(pid as AnyPid, 1)
      expect(await endOf(self, pid)).toMatchObject({ kind: 'error', error: { name: 'TypeError', code: 'E_MINE' } })
      await turns(20)
      expect(crashes.length).toBeLessThanOrEqual(2)
    })
  })

  it('spawn from a process on another scheduler works as here', async () => {
    await inside(async (self) => {
      const pids = Array.from({ length: 50 }, (_, i) => self.spawn(once, self.pid, i))
      const heard = (await take(self, 50)) as { ran: number; name: number }[]
      expect(heard.map(({ ran, name }) => [name, ran]).sort((a, b) => a[0]! - b[0]!)).toEqual(
        pids.map((pid, i) => [i, pid]),
      )
    })
  })
})

describe('spawn refuses', () => {
  it('spawn refuses what is neither function nor definition', async () => {
    await inside(async (self) => {
      for (const [what, shown] of [
        [undefined, 'undefined'],
        [{}, 'an instance of Object'],
        ['x', '"x"'],
      ] as const) {
        expect(thrownBy(() => self.spawn(what as never))).toEqual({
          name: 'TypeError',
          code: 'ERR_RUMPUS_BAD_ARGUMENT',
          message: `body must be a function or a definition, got ${shown}`,
        })
      }
    })
  })

  it('spawn refuses places for a closure other than here', async () => {
    await inside(async (self) => {
      for (const on of ['any', 1, 99, -1, 'nowhere']) {
        const wrong = thrownBy(() => self.spawn(async () => {}, { on: on as never }))
        expect(wrong).toMatchObject({ name: 'RangeError', code: 'ERR_RUMPUS_OUT_OF_RANGE' })
        expect(wrong.message).toMatch(/^options\.on must be 'here'.*define\(\)/)
      }
    })
  })

  it.skipIf(oneThread)('spawn refuses places that are none for a definition', async () => {
    await inside(async (self) => {
      for (const on of [3, 99, -1, 1.5, Number.NaN, 'nowhere']) {
        expect(thrownBy(() => self.spawn(hold.with({ on: on as never }), self.pid, 'x'))).toEqual({
          name: 'RangeError',
          code: 'ERR_RUMPUS_OUT_OF_RANGE',
          message: `options.on must be 'any', 'here', 'dedicated' or a scheduler from 0 to 2, got ${typeof on === 'string' ? JSON.stringify(on) : on}`,
        })
      }
    })
  })

  it('spawn from a process that must end throws ProcessExit', async () => {
    await inside(async (self) => {
      let thrown: unknown
      const pid = self.spawn(async (me: AnySelf) => {
        try {
          await me.receive()
        } finally {
          thrown = thrownBy(() => me.spawn(async () => {}))
        }
      })
      await turns()
      exit(pid)
      await endOf(self, pid)
      expect(thrown).toMatchObject({ name: 'ProcessExit', code: 'ERR_RUMPUS_EXIT' })
    })
  })
})

describe('formatPid and pids', () => {
  it('formatPid shows slot, generation and runtime', async () => {
    await inside(async (self) => {
      expect(formatPid(self.pid)).toMatch(/^<\d+\.\d+\.\d+>$/)
      const runtime = (pid: Pid): string | undefined => formatPid(pid).split('.')[2]
      expect(runtime(self.spawn(async () => {}))).toBe(runtime(self.pid))
    })
  })

  it('formatPid of pids that follow each other in a slot differs, and pids are never used again', async () => {
    await inside(async (self) => {
      const seen = new Set<number>()
      const shown = new Set<string>()
      for (let i = 0; i < 2000; i++) {
        const pid = self.spawn(async () => {})
        seen.add(pid)
        shown.add(formatPid(pid))
        if (i % 50 === 0) await turns(1)
      }
      expect([seen.size, shown.size]).toEqual([2000, 2000])
    })
  })

  it('formatPid: pids are exact numbers that survive JSON and the crossing', async () => {
    await inside(async (self) => {
      const far = self.spawn(echo, self.pid)
      const pids = Array.from({ length: 300 }, () => self.spawn(async () => {}))
      expect(pids.every(Number.isSafeInteger)).toBe(true)
      expect(JSON.parse(JSON.stringify(pids))).toEqual(pids)
      send(far as AnyPid, pids)
      expect(await self.receive()).toEqual(pids)
    })
  })
})
