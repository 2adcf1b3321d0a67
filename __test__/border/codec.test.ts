// What crosses crosses whole, what cannot throws with its path: round trips through a process on another scheduler.

import assert from 'node:assert/strict'
import { exit, send, UncrossableError } from 'rumpus'
import { describe, expect, it } from 'vitest'
import { args, echo } from '../fixtures/bodies.mjs'
import { type AnyPid, type AnySelf, endOf, inside } from '../process/world.ts'
import { binaries, difference, errors, flat, generated, primitives } from './values.ts'

/** Runs with a function that sends a value to another scheduler and back. */
function abroad(body: (trip: (value: unknown) => Promise<unknown>, far: AnyPid, self: AnySelf) => Promise<void>) {
  return inside(
    async (self) => {
      const far = self.spawn(echo.with({ on: 1 }), self.pid as AnyPid) as AnyPid
      const trip = async (value: unknown): Promise<unknown> => {
        send(far, value)
        return self.receive()
      }
      await body(trip, far, self)
      exit(far)
    },
    { schedulers: 1 },
  )
}

/** Each value by itself, in a record, in an array and deep inside. */
async function wherever(trip: (value: unknown) => Promise<unknown>, value: unknown): Promise<void> {
  for (const form of [value, { value, n: 1 }, [value], { a: [{ deep: value }], b: new Map([[1, value]]) }]) {
    expect(difference(await trip(form), form)).toBe(undefined)
  }
}

describe('codec round trips', () => {
  it('codec: primitives', () =>
    abroad(async (trip) => {
      for (const value of primitives) await wherever(trip, value)
    }))

  it('codec: numbers keep their bits', () =>
    abroad(async (trip) => {
      for (const value of primitives)
        if (typeof value === 'number') expect(Object.is(await trip(value), value)).toBe(true)
    }))

  it('codec: binary data of every class and of every alignment', () =>
    abroad(async (trip) => {
      for (const elements of [0, 1, 3, 8, 40, 511, 513]) {
        for (const value of binaries(elements)) {
          await wherever(trip, value)
          const came = (await trip(value)) as object
          expect(Object.getPrototypeOf(came)).toBe(Object.getPrototypeOf(value))
        }
      }
    }))

  it('codec: binary data around every limit, alone and several in one message', () =>
    abroad(async (trip) => {
      const sizes = [4088, 4095, 4096, 4097, 8152, 8176, 8183, 8184, 8185, 8191, 8192, 8193, 65536, 300_000, 10_000_000]
      const blob = (size: number): Uint8Array => new Uint8Array(size).map((_, i) => i ^ (i >> 8) ^ size)
      for (const size of sizes) {
        const value = blob(size)
        for (const form of [value, { at: size, value, end: 'x' }]) {
          const came = (await trip(form)) as Uint8Array & { value: Uint8Array }
          expect(Buffer.compare(form === value ? came : came.value, value)).toBe(0)
        }
      }
      const many = { a: blob(5000), b: 'text', c: blob(4096), d: blob(70_000), e: blob(10), f: blob(4095) }
      assert.deepStrictEqual(await trip(many), many)
      const nested = { list: [blob(9000), { deep: blob(4096) }], same: null as unknown }
      nested.same = nested.list[0]
      const came = (await trip(nested)) as typeof nested
      assert.deepStrictEqual(came, nested)
      expect(came.same).toBe(came.list[0])
    }))

  it('codec: parts within parts, and those that are in two places stay one', () =>
    abroad(async (trip) => {
      const part = (n: number): object => ({ n, at: [n, `${n}`], last: n % 2 === 0 ? null : { deep: [undefined, -0] } })
      for (const count of [1, 2, 4, 5, 15, 16, 17, 40]) {
        const whole = { list: Array.from({ length: count }, (_, i) => part(i)), end: 'x' }
        assert.deepStrictEqual(await trip(whole), whole)
      }
      const bytes = new Uint8Array([1, 2, 3])
      for (const shared of [[1], { n: 1 }, bytes]) {
        const came = (await trip({ a: shared, b: { c: shared } })) as { a: unknown; b: { c: unknown } }
        assert.deepStrictEqual(came.a, shared)
        expect(came.b.c).toBe(came.a)
        const flat = (await trip({ a: shared, b: shared })) as { a: unknown; b: unknown }
        expect(flat.b).toBe(flat.a)
      }
      const ring: { n: number; in?: unknown[] } = { n: 1 }
      ring.in = [ring]
      const came = (await trip(ring)) as { in: unknown[] }
      expect(came.in[0]).toBe(came)
      const long = { a: Array.from({ length: 30 }, () => 0.5), b: [[0.5], [0.5]], c: 'x'.repeat(9000), d: { e: [1] } }
      assert.deepStrictEqual(await trip(long), long)
    }))

  it('codec: strings around every limit', () =>
    abroad(async (trip) => {
      for (const unit of ['a', 'é', '日', '\ud800', '👍']) {
        for (const length of [0, 1, 47, 48, 49, 127, 128, 129, 4000, 8150, 8180, 8192, 40_000, 300_000]) {
          const text = unit.repeat(length)
          expect((await trip(text)) === text).toBe(true)
          expect(((await trip({ text, n: 1 })) as { text: string }).text === text).toBe(true)
        }
      }
    }))

  it('codec: errors with class, message, stack, code, cause and errors', () =>
    abroad(async (trip) => {
      for (const error of errors()) {
        const came = (await trip({ error })) as { error: Error & { code?: unknown; errors?: unknown } }
        assert.deepStrictEqual(came.error, error)
        expect(came.error.stack).toBe(error.stack)
        expect(came.error.name).toBe(error.name)
        expect(Object.getPrototypeOf(came.error)).toBe(Object.getPrototypeOf(error))
        expect(came.error.cause).toEqual(error.cause)
        expect(came.error.code).toBe((error as { code?: unknown }).code)
        expect(Object.keys(came.error)).toEqual(Object.keys(error))
      }
    }))

  it('codec: shared and cyclic references stay what they are', () =>
    abroad(async (trip) => {
      const shared = { s: 1 }
      const ring: Record<string, unknown> = { shared, again: shared, list: [] as unknown[] }
      ring.self = ring
      ;(ring.list as unknown[]).push(ring, shared, ring.list)
      ring.map = new Map<unknown, unknown>([[ring, shared]])
      const came = (await trip(ring)) as typeof ring
      expect(came.self).toBe(came)
      expect(came.again).toBe(came.shared)
      expect((came.list as unknown[])[0]).toBe(came)
      expect((came.list as unknown[])[2]).toBe(came.list)
      expect([...(came.map as Map<unknown, unknown>)]).toEqual([[came, came.shared]])
      expect(came).not.toBe(ring)
    }))

  it('codec: dates that are none, dates before 1970, regular expressions with flags', () =>
    abroad(async (trip) => {
      expect(((await trip({ date: new Date(Number.NaN) })) as { date: Date }).date.getTime()).toBeNaN()
      for (const value of [new Date(0), new Date(-1e12), /a\/b/dgimsuy, /(?:)/]) await wherever(trip, value)
    }))

  it('codec: empty containers, null prototypes, pids, sparse and long arrays', () =>
    abroad(async (trip, far) => {
      const bare = Object.assign(Object.create(null), { x: 1 })
      for (const value of [{}, [], new Map(), new Set(), Object.create(null), bare, { '': 0 }, far])
        await wherever(trip, value)
      const long = Array.from({ length: 70_000 }, (_, i) => i)
      assert.deepStrictEqual(await trip(long), long)
      // A hole is read as undefined, as everywhere else.
      // biome-ignore lint/suspicious/noSparseArray: the very thing under test
      expect(await trip([1, , 3])).toEqual([1, undefined, 3])
    }))

  for (const from of [1000, 2000, 3000, 4000]) {
    it(`codec: generated values, seeds ${from} to ${from + 249}`, () =>
      abroad(async (trip) => {
        for (let seed = from; seed < from + 250; seed++) {
          for (const value of [generated(seed), flat(seed)]) {
            expect(difference(await trip(value), value), `seed ${seed}`).toBe(undefined)
          }
        }
      }))
  }

  it('codec: strings that repeat, more shapes and strings than there are numbers for', () =>
    abroad(async (trip, far, self) => {
      for (let i = 0; i < 5000; i++) {
        const value = { [`shape${i}`]: `word${i >> 5}`, same: 'same', i }
        send(far, value)
        if (i % 50 === 49) for (let k = i - 49; k <= i; k++) await check(self, k)
      }
      for (const i of [0, 1, 4999]) {
        const value = { [`shape${i}`]: 'new', same: 'same', i }
        assert.deepStrictEqual(await trip(value), value)
      }
    }))
})

async function check(self: AnySelf, i: number): Promise<void> {
  assert.deepStrictEqual(await self.receive(), { [`shape${i}`]: `word${i >> 5}`, same: 'same', i })
}

class Mine {
  x = 1
}

const uncrossable: [what: string, value: unknown][] = [
  ['a function', () => 1],
  ['a class', Mine],
  ['a symbol', Symbol('s')],
  ['an instance of a class', new Mine()],
  ['a subclass of Map', new (class Kind extends Map {})()],
  ['a WeakMap', new WeakMap()],
  ['a WeakSet', new WeakSet()],
  ['a WeakRef', new WeakRef({})],
  ['a promise', Promise.resolve(1)],
  ['an object with a prototype of its own', Object.create({ inherited: 1 })],
  ['a SharedArrayBuffer', new Uint8Array(new SharedArrayBuffer(8))],
]

describe('codec refuses', () => {
  for (const [what, value] of uncrossable) {
    it(`UncrossableError for ${what}, with its path, and the next message is intact`, () =>
      abroad(async (trip, far) => {
        const wrapped: [unknown, string][] = [
          [value, 'message'],
          [{ a: 1, b: value }, 'message.b'],
          [[1, value], 'message[1]'],
          [{ reply: { fn: value } }, 'message.reply.fn'],
          [{ 'not a name': [[value]] }, 'message["not a name"][0][0]'],
          [new Map([['k', { value }]]), 'message.get("k").value'],
          [{ blob: new Uint8Array(9000), text: 'x'.repeat(9000), value }, 'message.value'],
          [new Error('e', { cause: value }), 'message.cause'],
        ]
        for (const [message, path] of wrapped) {
          let thrown: unknown
          try {
            send(far, message)
          } catch (error) {
            thrown = error
          }
          expect(thrown, path).toBeInstanceOf(UncrossableError)
          expect(thrown).toMatchObject({ path, code: 'ERR_RUMPUS_UNCROSSABLE' })
          const next = { intact: [1, 'two', new Uint8Array(5000).fill(3)] }
          assert.deepStrictEqual(await trip(next), next)
          assert.deepStrictEqual(await trip({ flat: 1, s: 'x' }), { flat: 1, s: 'x' })
        }
      }))
  }

  it('UncrossableError for arguments names the argument, and nothing is spawned', () =>
    abroad(async (_, __, self) => {
      const before = self.runtime.inspect().processes.spawned
      expect(() => self.spawn(args, self.pid as AnyPid, { deep: [() => 1] } as never)).toThrowError(
        expect.objectContaining({ code: 'ERR_RUMPUS_UNCROSSABLE', path: 'arguments[1].deep[0]' }),
      )
      expect(self.runtime.inspect().processes.spawned).toBe(before)
    }))

  it('an exit reason that cannot cross does not lose the exit', () =>
    abroad(async (_, far, self) => {
      const reason = await endOf(self, far, () => exit(far, { fn: () => 1 } as never))
      expect(reason).toMatchObject({ kind: 'error', error: { name: 'UncrossableError' } })
    }))
})
