// Goal: what crosses on one thread is what crosses between threads, and what is refused is refused under the same path. Method:
// send everything that the codec is tested with, and what it must refuse, through both runtimes with `messages: 'clone'`.

import { run as runNatively, send as sendNatively } from 'rumpus'
import { Down, type ExitReason, run, send } from 'rumpus/portable'
import { describe, expect, it } from 'vitest'
import { binaries, difference, errors, flat, generated, primitives } from '../border/values.ts'
import type { AnyPid, AnySelf } from '../process/world.ts'

type Trip = (value: unknown) => Promise<unknown>

/** What comes of a value that is sent to oneself: itself, or why it is refused. */
const tripOf =
  (self: AnySelf, sendIt: (to: AnyPid, value: unknown) => void): Trip =>
  async (value) => {
    try {
      sendIt(self.pid, value)
    } catch (error) {
      const { code, message, path } = error as Error & { code: string; path: string }
      return { code, message, path }
    }
    return self.receive()
  }

/** Runs with a way through each. */
const throughBoth = (body: (portable: Trip, native: Trip) => Promise<void>): Promise<void> =>
  run(
    (self: AnySelf) =>
      runNatively((other: AnySelf) => body(tripOf(self, send as never), tripOf(other, sendNatively as never)), {
        schedulers: 1,
        messages: 'clone',
      }),
    { messages: 'clone' },
  )

class Unknown {
  a = 1
}

const ring: Record<string, unknown> = { list: [] }
ring['self'] = ring

/** What cannot cross, each in another way, at another place. */
const refused: readonly [what: string, value: unknown][] = [
  ['a function', () => 1],
  ['a named function', { reply: { fn: function named() {} } }],
  ['a symbol', [Symbol('s')]],
  ['an instance', { deep: [{ a: new Unknown() }] }],
  ['a promise', { p: Promise.resolve() }],
  ['a WeakMap', new Map([['k', new WeakMap()]])],
  ['a key of a Map', new Map([[() => 1, 1]])],
  ['an item of a Set', new Set([Symbol('s')])],
  ['a subclass of Map', { m: new (class Special extends Map {})() }],
  ['a proxy of a Map', { m: new Proxy(new Map(), {}) }],
  ['an odd key', { 'a-b': { '1': () => 1 } }],
  ['a cause', Object.assign(new Error('e'), { cause: { f: () => 1 } })],
  ['shared memory', { s: new Uint8Array(new SharedArrayBuffer(4)) }],
  ['an object that says it is a Date', { d: Object.create(Date.prototype) }],
  ['an array of holes', { sparse: Object.assign([], { length: 100_000 }) }],
  ['behind a ring', { ring, z: () => 1 }],
]

describe('what crosses', () => {
  it('comes as the native runtime has it come', { timeout: 120_000 }, () =>
    throughBoth(async (portable, native) => {
      const values = [...primitives, ...binaries(0), ...binaries(7), ...errors()]
      for (let seed = 1; seed <= 300; seed++) values.push(generated(seed), flat(seed))
      values.push(
        ring,
        new Proxy({ a: 1, b: [2] }, {}),
        Object.assign([], { 1: 'hole before', length: 3 }),
        Object.assign(Object.create(null), { __proto__: 1 }),
      )
      values.push(JSON.parse('{"__proto__": {"polluted": true}}'), new Down(7, 9 as never, { kind: 'normal' }))
      for (const [at, value] of values.entries()) {
        const came = await portable(value)
        expect(difference(came, value), `value ${at}`).toBe(undefined)
        if (!(value instanceof Down)) expect(difference(came, await native(value)), `value ${at}`).toBe(undefined)
        if (typeof value === 'object' && value !== null) expect(came).not.toBe(value)
      }
      expect(({} as { polluted?: unknown }).polluted).toBe(undefined)
    }),
  )

  it('is deep without end', () =>
    throughBoth(async (portable) => {
      let deep: unknown[] = []
      for (let i = 0; i < 200_000; i++) deep = [deep]
      let came = (await portable(deep)) as unknown[]
      let depth = 0
      for (; came.length > 0; came = came[0] as unknown[]) depth++
      expect(depth).toBe(200_000)
    }))

  it.each(refused)('%s is refused as the native runtime refuses it', (_, value) =>
    throughBoth(async (portable, native) => {
      const [here, there] = [await portable(value), await native(value)]
      expect(here).toMatchObject({ code: 'ERR_RUMPUS_UNCROSSABLE' })
      expect(here).toEqual(there)
      expect(await portable('next')).toBe('next')
    }),
  )

  it('a reason that cannot cross is told in the same words', async () => {
    const reasonIn = async (runIt: typeof run): Promise<ExitReason> =>
      runIt(async (self: AnySelf) => {
        self.spawnMonitor(async (me: AnySelf) => me.exit({ why: () => 1 } as never))
        return (await self.receive()).reason
      })
    const here = await reasonIn(run)
    expect(here).toMatchObject({ kind: 'error', error: { name: 'UncrossableError' } })
    expect(here).toEqual(await reasonIn(runNatively as never))
  })
})
