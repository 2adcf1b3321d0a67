// Values of another realm, as `node:vm` makes them and some test runners: they cross like those of this one, and arrive as values
// of this one.

import { runInNewContext } from 'node:vm'
import { exit, send } from 'rumpus'
import { describe, expect, it } from 'vitest'
import { echo } from '../fixtures/bodies.mjs'
import { type AnyPid, type AnySelf, inside, thrownBy } from '../process/world.ts'

const expressions = [
  '({ a: 1, b: "x" })',
  '({ deep: [{ n: [1, undefined] }] })',
  '[1, [2]]',
  'new Map([[{ key: 1 }, new Set([1])]])',
  'new Date(0)',
  '/x/g',
  'Object.assign(new RangeError("far", { cause: [1] }), { code: "E_FAR" })',
  'new AggregateError([new TypeError("one")], "many")',
  'new Uint8Array([1, 2])',
  'new Float64Array([1, 2]).subarray(1)',
  'new BigInt64Array([1n])',
  'new DataView(new ArrayBuffer(4))',
  'new Uint16Array([1, 2]).buffer',
]

const kindOf = (value: unknown): string => Object.prototype.toString.call(value)
// biome-ignore lint/security/noGlobalEval: the same text, in this realm
const here = (expression: string): unknown => globalThis.eval(expression)

/** An error is compared by its fields: `toEqual` looks at few of them. */
function shown(value: unknown): unknown {
  if (!(value instanceof Error)) return value
  const { name, message, cause, code, errors } = value as Error & { code?: unknown; errors?: unknown[] }
  return { name, message, cause, code, errors: errors?.map(shown) }
}

/** There and back. */
async function back(self: AnySelf, value: unknown): Promise<unknown> {
  send(self.spawn(echo.with({ on: 1 }), self.pid as AnyPid) as AnyPid, value)
  return self.receive()
}

describe('a value of another realm', () => {
  it('crosses as its like of this realm does', () =>
    inside(async (self) => {
      for (const expression of expressions) {
        const [foreign, own] = [runInNewContext(expression), here(expression)]
        expect(Object.getPrototypeOf(foreign)).not.toBe(Object.getPrototypeOf(own))
        const [one, other] = [await back(self, foreign), await back(self, own)]
        expect(Object.getPrototypeOf(one), expression).toBe(Object.getPrototypeOf(own))
        expect(kindOf(one)).toBe(kindOf(own))
        expect(shown(one), expression).toEqual(shown(other))
        const { inner } = (await back(self, { inner: foreign })) as { inner: object }
        expect(Object.getPrototypeOf(inner), `inside: ${expression}`).toBe(Object.getPrototypeOf(own))
      }
    }))

  it('is refused where its like of this realm would be', () =>
    inside(async (self) => {
      for (const expression of [
        'new (class A {})()',
        'new (class extends Map {})()',
        'new (class extends Float64Array {})(1)',
        'new WeakMap()',
        'Object.create({ inherits: 1 })',
        'new Float64Array(new SharedArrayBuffer(8))',
        '({ deep: { fn() {} } })',
      ]) {
        const { code } = thrownBy(() =>
          send(self.spawn(echo.with({ on: 1 }), self.pid as AnyPid) as AnyPid, runInNewContext(expression)),
        )
        expect(code, expression).toBe('ERR_RUMPUS_UNCROSSABLE')
      }
    }))

  it('is no built-in for being called like one', () =>
    inside(async (self) => {
      for (const name of ['Map', 'Object', 'Date']) {
        const called = runInNewContext('Object.defineProperty(class {}, "name", { value: name })', { name })
        const pid = self.spawn(echo.with({ on: 1 }), self.pid as AnyPid) as AnyPid
        expect(thrownBy(() => send(pid, new called())).code).toBe('ERR_RUMPUS_UNCROSSABLE')
      }
    }))

  it('is an error as a reason, thrown or given, with its name and code', () =>
    inside(async (self, crashes) => {
      const expression = 'Object.assign(new RangeError("far"), { code: "E_FAR" })'
      const error = { name: 'RangeError', message: 'far', code: 'E_FAR' }
      self.spawnMonitor(() => Promise.reject(runInNewContext(expression)))
      expect(await self.receive()).toMatchObject({ reason: { kind: 'error', error } })
      expect(crashes.map((report) => report.error)).toMatchObject([error])
      const [pid] = self.spawnMonitor((me: AnySelf) => me.receive())
      exit(pid, runInNewContext(expression))
      expect(await self.receive()).toMatchObject({ reason: { kind: 'error', error } })
    }))

  it("is frozen with messages: 'freeze'", () =>
    inside(
      async (self) => {
        const message = runInNewContext('({ deep: [{ n: 1 }] })')
        send(self.pid as AnyPid, message)
        expect(await self.receive()).toBe(message)
        expect(Object.isFrozen(message.deep[0])).toBe(true)
      },
      { messages: 'freeze' },
    ))
})
