// Hostile values and hostile bytes: nothing pollutes, vanishes, crashes or hangs.

import assert from 'node:assert/strict'
import { send } from 'rumpus'
import { describe, expect, it } from 'vitest'
import { Codec } from '../../js/kernel/codec/codec.ts'
import { echo, hold } from '../fixtures/bodies.mjs'
import { dice } from '../fixtures/random.mjs'
import { type AnyPid, inside, thrownBy } from '../process/world.ts'
import { flat, generated } from './values.ts'

function abroad(body: (trip: (value: unknown) => Promise<unknown>, far: AnyPid) => Promise<void>): Promise<void> {
  return inside(async (self) => {
    const far = self.spawn(echo.with({ on: 1 }), self.pid as AnyPid) as AnyPid
    await body(async (value) => {
      send(far, value)
      return self.receive()
    }, far)
  })
}

const PROTOTYPES = [Object, Array, Map, Set, Error, Date, RegExp, String, Number, Function].map(
  (Class) => Class.prototype,
)
const shown = (): string => JSON.stringify(PROTOTYPES.map((prototype) => Reflect.ownKeys(prototype).map(String)))

describe('hostile values', () => {
  it('codec: __proto__ is an ordinary key', () =>
    abroad(async (trip) => {
      const before = shown()
      const evil = JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"toString":1}')
      for (const value of [
        evil,
        { a: evil },
        [evil],
        { a: 1, m: new Map([['__proto__', evil]]) },
        { error: Object.assign(new Error('x'), { code: evil }) },
      ]) {
        assert.deepStrictEqual(await trip(value), value)
      }
      const came = (await trip(evil)) as object
      expect(Object.keys(came)).toEqual(['__proto__', 'constructor', 'toString'])
      expect(Object.getPrototypeOf(came)).toBe(Object.prototype)
      expect(({} as { polluted?: unknown }).polluted).toBe(undefined)
      expect(shown()).toBe(before)
    }))

  it('codec: a million keys', () =>
    abroad(async (trip) => {
      const value: Record<string, number> = {}
      for (let i = 0; i < 1e6; i++) value[`k${i}`] = i
      const came = (await trip(value)) as typeof value
      expect(Object.keys(came).length).toBe(1e6)
      expect([came['k0'], came['k999999']]).toEqual([0, 999_999])
    }))

  it('codec: nesting a hundred thousand deep, in every container', () =>
    abroad(async (trip) => {
      const wraps: [wrap: (inner: unknown) => unknown, unwrap: (outer: never) => unknown][] = [
        [(inner) => [inner], (outer: unknown[]) => outer[0]],
        [(inner) => ({ inner }), (outer: { inner: unknown }) => outer.inner],
        [(inner) => new Map([[1, inner]]), (outer: Map<number, unknown>) => outer.get(1)],
        [(inner) => new Set([inner]), (outer: Set<unknown>) => [...outer][0]],
      ]
      for (const [wrap, unwrap] of wraps) {
        let value: unknown = 'bottom'
        for (let i = 0; i < 1e5; i++) value = wrap(value)
        let came = await trip(value)
        for (let i = 0; i < 1e5; i++) came = unwrap(came as never)
        expect(came).toBe('bottom')
      }
    }))

  it('codec: a Proxy crosses as what it shows', () =>
    abroad(async (trip) => {
      const target = { a: 1, b: [2], hidden: 3 }
      const proxy = new Proxy(target, {
        ownKeys: () => ['a', 'b'],
        get: (of, key) => (key === 'a' ? 'shown' : Reflect.get(of, key)),
      })
      for (const wrap of [(v: unknown) => v, (v: unknown) => ({ v })]) {
        assert.deepStrictEqual(await trip(wrap(proxy)), wrap({ a: 'shown', b: [2] }))
      }
    }))

  it('codec: symbol keys and inherited properties are ignored, getters are read', () =>
    abroad(async (trip) => {
      const value = {
        a: 1,
        [Symbol('s')]: 2,
        get b() {
          return 3
        },
      }
      Object.defineProperty(value, 'hidden', { value: 4, enumerable: false })
      assert.deepStrictEqual(await trip(value), { a: 1, b: 3 })
    }))

  it('codec: a getter that throws, throws at send; the next message is intact', () =>
    abroad(async (trip, far) => {
      const mine = new RangeError('from a getter')
      const bad = {
        a: 1,
        text: 'x'.repeat(100),
        get b(): never {
          throw mine
        },
      }
      for (const value of [bad, [bad], { deep: { bad } }, { blob: new Uint8Array(9000), bad }]) {
        expect(thrownBy(() => send(far, value)).message).toBe('from a getter')
        assert.deepStrictEqual(await trip({ intact: [1] }), { intact: [1] })
        assert.deepStrictEqual(await trip({ flat: 'x' }), { flat: 'x' })
      }
    }))

  it('codec: a getter that sends or spawns is refused, and mixes no two messages', () =>
    inside(async (self) => {
      const far = self.spawn(echo.with({ on: 1 }), self.pid as AnyPid) as AnyPid
      const inner = { inner: 'x'.repeat(60), list: [1, 2], bytes: new Uint8Array(5000).fill(7) }
      const deeds = [
        () => send(far, inner),
        () => send(far, 'flat'),
        () => void self.spawn(hold.with({ on: 1 }), self.pid as AnyPid, 'by a getter'),
      ]
      const { spawned } = self.runtime.inspect().processes
      for (const deed of deeds) {
        // biome-ignore format: an object with a getter reads best in one line
        const forms = (part: () => unknown) => [{ a: 1, get b() { return part() }, c: new Uint8Array(4096).fill(1) }, { a: { get b() { return part() } }, c: 'y'.repeat(100) }]
        for (const form of forms(deed)) {
          expect(thrownBy(() => send(far, form))).toMatchObject({ name: 'RumpusError', code: 'ERR_RUMPUS_REENTRANT' })
        }
        // One that gets over it crosses whole.
        for (const [i, form] of forms(() => thrownBy(deed).code).entries()) {
          send(far, form)
          assert.deepStrictEqual(await self.receive(), { ...forms(() => 'ERR_RUMPUS_REENTRANT')[i] })
        }
        send(far, inner)
        assert.deepStrictEqual(await self.receive(), inner)
      }
      expect(self.runtime.inspect().processes.spawned).toBe(spawned)
    }))
})

/** A codec over a runtime of its own: numbered texts, scratch memory, large payloads out of what was sent last. */
class Bench {
  readonly texts: string[] = []
  large = Buffer.alloc(0)
  readonly codec: Codec
  readonly scratch = new ArrayBuffer(64 * 1024)

  constructor() {
    const handle = {
      numberOf: (text: string, knownOnly: boolean): number => {
        const known = this.texts.indexOf(text)
        return known >= 0 || knownOnly ? known : this.texts.push(text) - 1
      },
      text: (id: number): string | null => this.texts[id] ?? null,
    }
    const large = (_: number, offset?: number, target?: Uint8Array): void => {
      if (offset === undefined || target === undefined) return
      if (offset + target.length > this.large.length) throw new RangeError('outside the payload')
      target.set(this.large.subarray(offset, offset + target.length))
    }
    this.codec = new Codec(handle as never, { scratch: this.scratch, large } as never)
  }

  /** The bytes of a value: its description, and what travels behind. */
  encode(value: unknown): { skeleton: Buffer; behind: Buffer } {
    const length = this.codec.encode(value, 'message')
    const pieces = this.codec.pieces === undefined ? undefined : this.codec.takePieces()
    const skeleton = Buffer.from(pieces?.[0] ?? new Uint8Array(this.scratch, 0, length))
    return { skeleton, behind: Buffer.concat((pieces ?? []).slice(1)) }
  }

  decode(skeleton: Buffer, behind: Buffer): unknown {
    this.large = Buffer.concat([skeleton, behind])
    return this.codec.decodeLarge(1, skeleton.length)
  }
}

/** Decodes what may be anything: a value or an error, neither of which harms. */
function survives(bench: Bench, skeleton: Buffer, behind: Buffer): 'value' | 'error' {
  try {
    bench.decode(skeleton, behind)
    return 'value'
  } catch (error) {
    expect(error).toBeInstanceOf(Error)
    return 'error'
  }
}

const samples = (seed: number): unknown[] => [
  generated(seed),
  flat(seed),
  { list: [generated(seed + 1)], blob: new Uint8Array(5000) },
]

describe('hostile bytes', () => {
  it('codec: whole bytes give the value back', () => {
    const bench = new Bench()
    for (const value of [{ a: 1, b: 'x' }, [1, 'two'], { deep: [{ x: 1 }] }, { blob: new Uint8Array(5000).fill(2) }]) {
      const { skeleton, behind } = bench.encode(value)
      assert.deepStrictEqual(bench.decode(skeleton, behind), value)
    }
  })

  it('codec: bytes that end early throw or give a value', () => {
    const [bench, before, told] = [new Bench(), shown(), { value: 0, error: 0 }]
    for (let seed = 0; seed < 60; seed++) {
      for (const value of samples(seed)) {
        const { skeleton, behind } = bench.encode(value)
        const step = Math.max(1, skeleton.length >> 6)
        for (let end = 0; end < skeleton.length; end += step) told[survives(bench, skeleton.subarray(0, end), behind)]++
        if (behind.length > 0) expect(survives(bench, skeleton, behind.subarray(1))).toBe('error')
      }
    }
    expect(told.error).toBeGreaterThan(told.value)
    expect(shown()).toBe(before)
  })

  it('codec: bits that flipped throw or give a value, and the next message is intact', () => {
    const [bench, before, seed] = [new Bench(), shown(), 99]
    const below = dice(seed)
    for (let round = 0; round < 100; round++) {
      for (const value of samples(round)) {
        const { skeleton, behind } = bench.encode(value)
        for (let k = 0; k < 20; k++) {
          const bytes = Buffer.from(skeleton)
          for (let flips = 1 + below(3); flips > 0; flips--) bytes[below(bytes.length)] ^= 1 << below(8)
          survives(bench, bytes, behind)
        }
        const next = bench.encode({ intact: [1, 'two'] })
        assert.deepStrictEqual(bench.decode(next.skeleton, next.behind), { intact: [1, 'two'] })
      }
    }
    expect(shown()).toBe(before)
    expect(({} as { polluted?: unknown }).polluted).toBe(undefined)
  })

  it('codec: random words throw or give a value', () => {
    const [bench, before] = [new Bench(), shown()]
    const below = dice(7)
    for (let round = 0; round < 3000; round++) {
      const words = Int32Array.from({ length: 1 + below(30) }, () => (below(20) | (below(1 << 12) << 8)) >>> 0)
      survives(bench, Buffer.from(words.buffer), Buffer.alloc(100))
    }
    expect(shown()).toBe(before)
  })
})
