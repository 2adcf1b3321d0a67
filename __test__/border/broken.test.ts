// What is broken in ways that its neighbours must not feel: modules that end the threads that load them, listeners that
// throw, errors that cannot cross, bodies whose `then` throws.

import { type CrashReport, type Down, exit, run, type Self, send } from 'rumpus'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { echo, end } from '../fixtures/bodies.mjs'
import { doomed } from '../fixtures/death-bodies.mjs'
import { exits } from '../fixtures/definitions/exits.mjs'
import { stacks } from '../fixtures/definitions/stacks.mjs'
import { throwsLater } from '../fixtures/definitions/throws-later.mjs'
import { type AnyPid, type AnySelf, endOf, inside, turns, until } from '../process/world.ts'

/** The word that an echo process answers. */
const echoed = async (self: AnySelf, value: unknown): Promise<unknown> => {
  send(self.spawn(echo.with({ on: 1 }), self.pid as AnyPid) as AnyPid, value)
  return self.receive()
}

describe('a module that ends the threads that load it', () => {
  beforeEach(() => {
    process.env.RUMPUS_TEST_BROKEN = '1'
  })
  afterEach(() => {
    delete process.env.RUMPUS_TEST_BROKEN
  })

  for (const [how, broken] of [
    ['while it is loaded', exits],
    ['soon after', throwsLater],
  ] as const) {
    it(`is not loaded any more after a few times, when it does so ${how}; others run`, async () => {
      await inside(async (self, crashes) => {
        // The first may be quicker than what ends its thread.
        let reason = await endOf(self, self.spawn(broken.with({ on: 1 })))
        while (reason.kind !== 'error') reason = await endOf(self, self.spawn(broken.with({ on: 1 })))
        expect(reason).toMatchObject({ kind: 'error', error: { name: 'RumpusError', code: 'ERR_RUMPUS_CANNOT_LOAD' } })
        expect(crashes.length).toBeLessThan(20)
        const good = self.spawn(end.with({ on: 1 })) as AnyPid
        expect(await endOf(self, good, () => send(good, { how: 'return' }))).toEqual({ kind: 'normal' })
      })
    }, 30_000)
  }
})

describe('a crash listener that throws', () => {
  it('does not keep a thread from being started anew', async () => {
    const heard: CrashReport[] = []
    const onCrash = (report: CrashReport): never => {
      heard.push(report)
      throw new Error('the listener failed')
    }
    await run(
      async (self: AnySelf) => {
        const pid = self.spawn(doomed.with({ on: 1 }), self.pid as AnyPid) as AnyPid
        await self.receive()
        send(pid, 'exit')
        await self.receive()
        await until(() => heard.length > 0)
        const next = self.spawn(end.with({ on: 1 })) as AnyPid
        expect(await endOf(self, next, () => send(next, { how: 'return' }))).toEqual({ kind: 'normal' })
      },
      { schedulers: 1, onCrash },
    )
  })
})

describe('an error that cannot cross as it is', () => {
  it('ends its process all the same: a stack that is no text, here and there', async () => {
    await inside(async (self) => {
      for (const on of [0, 1]) {
        self.spawnMonitor(stacks.with({ on }))
        expect(((await self.receive()) as Down).reason).toEqual({
          kind: 'error',
          error: { name: 'Error', message: 'structured', stack: undefined },
        })
      }
    })
  })

  it('given as data to exit, is heard by the words that it has', async () => {
    await inside(async (self) => {
      const pid = self.spawn(echo.with({ on: 1 }), self.pid as AnyPid)
      self.monitor(pid)
      exit(pid, { kind: 'error', error: { name: 'Odd', message: () => 1 } } as never)
      const { reason } = (await self.receive()) as Down
      expect(reason).toMatchObject({
        kind: 'error',
        error: { name: 'Odd', message: 'an error whose message is no text' },
      })
    })
  })

  it('with a number that no scheduler has, is a value of the user', async () => {
    await inside(async (self) => {
      const pid = self.spawn(async (me: Self<never>) => void (await me.receive()))
      await turns()
      self.monitor(pid)
      exit(pid, { kind: 'scheduler-down', scheduler: -1 })
      const { reason } = (await self.receive()) as Down
      expect(reason).toEqual({ kind: 'user', value: { kind: 'scheduler-down', scheduler: -1 } })
    })
  })
})

describe('a body that ends oddly', () => {
  it('ends by an error when the `then` of what it returns throws', async () => {
    await inside(async (self) => {
      const odd = [
        () => ({
          // biome-ignore lint/suspicious/noThenProperty: that is the point
          then() {
            throw new Error('then')
          },
        }),
        () => ({
          // biome-ignore lint/suspicious/noThenProperty: that is the point
          get then(): never {
            throw new Error('then')
          },
        }),
      ]
      for (const body of odd) {
        expect(await endOf(self, self.spawn(body))).toMatchObject({ kind: 'error', error: { message: 'then' } })
      }
    })
  })

  it('rejects run with what it threw, be it nothing', async () => {
    const nothing = async (): Promise<void> => Promise.reject(undefined)
    const outcome = await run(nothing).then(
      () => 'resolved',
      (error) => [error],
    )
    expect(outcome).toEqual([undefined])
  })
})

describe('values that a library on the way would change', () => {
  it('cross whole: texts and keys with a byte order mark, and keys that look like a class', async () => {
    const mark = '\uFEFF'
    const long = mark + 'x'.repeat(100)
    const values = [
      { a: { t: long } },
      { a: { [long]: 1 } },
      [{ t: long }, undefined],
      new Map([[long, { t: mark }]]),
      { a: new RegExp(`${mark}x`) },
      { a: JSON.parse('{"constructor":1,"toJSON":5}') },
      { a: { constructor: { name: 'Map' } } },
    ]
    await inside(async (self) => {
      for (const value of values) expect(await echoed(self, value)).toEqual(value)
    })
  })

  it('are refused with their path when their bytes were transferred away', async () => {
    await inside(async (self) => {
      const pid = self.spawn(echo.with({ on: 1 }), self.pid as AnyPid) as AnyPid
      const gone = new Uint8Array(8)
      structuredClone(gone.buffer, { transfer: [gone.buffer] })
      for (const value of [gone.buffer, { a: gone.buffer }, { a: { b: gone.buffer } }]) {
        expect(() => send(pid, value)).toThrow(expect.objectContaining({ code: 'ERR_RUMPUS_UNCROSSABLE' }))
      }
    })
  })

  it('what looks like a definition and is none is refused', async () => {
    await inside((self) => {
      expect(() => self.spawn({ url: 'x', body() {} } as never)).toThrow(
        expect.objectContaining({ code: 'ERR_RUMPUS_BAD_ARGUMENT' }),
      )
    })
  })
})
