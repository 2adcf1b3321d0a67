// Owns generated values and their comparison: a seeded generator of everything that can cross, nested, shared and cyclic.

import { dice } from '../fixtures/random.mjs'

type Below = (bound: number) => number

const STRINGS = [
  '',
  'a',
  'path/to/file.ts',
  'é'.repeat(7),
  'ÿ'.repeat(60),
  '日本語',
  '👩‍👩‍👧',
  '\u0000',
  'x'.repeat(47),
  'x'.repeat(48),
  'x'.repeat(49),
  'long '.repeat(2000),
  'ä'.repeat(5000),
  '\ud800',
  'a\udc00b',
  '\udc00\ud800'.repeat(40),
  '__proto__',
  'constructor',
]

const NUMBERS = [
  0,
  -0,
  1,
  -1,
  2 ** 23 - 1,
  2 ** 23,
  -(2 ** 23),
  -(2 ** 23) - 1,
  2 ** 31 - 1,
  -(2 ** 31),
  2 ** 31,
  2 ** 53,
  -(2 ** 53),
  0.1,
  5e-324,
  Number.MAX_VALUE,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
]

const BIGINTS = [0n, 1n, -1n, 2n ** 63n, -(2n ** 64n), 2n ** 64n - 1n, 10n ** 60n, -(10n ** 200n)]

export const primitives: readonly unknown[] = [undefined, null, true, false, ...NUMBERS, ...STRINGS, ...BIGINTS]

const ARRAYS = [
  Uint8Array,
  Int8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
] as const

/** Binary data of each class, `elements` long, some of it in the middle of its buffer. */
export function binaries(elements: number): (ArrayBuffer | ArrayBufferView)[] {
  const fill = Array.from({ length: elements }, (_, i) => (i * 7) & 127)
  const whole = ARRAYS.map((Class) => Class.from(fill))
  const parts = ARRAYS.map((Class) => Class.from([1, ...fill, 2]).subarray(1, elements + 1))
  const big = [BigInt64Array, BigUint64Array].map((Class) => Class.from(fill.map(BigInt)))
  const bytes = Uint8Array.from(fill)
  return [
    ...whole,
    ...parts,
    ...big,
    Buffer.from(bytes),
    bytes.buffer,
    new DataView(bytes.buffer),
    new DataView(bytes.buffer, elements >> 2, elements >> 1),
  ]
}

/** An error of any class with all that an error may carry. */
export function errors(): Error[] {
  const coded = Object.assign(new Error('coded'), { code: 'E_CODE' })
  const own = new Error('own name')
  Object.defineProperty(own, 'name', { value: 'MyError', writable: true, configurable: true, enumerable: false })
  return [
    new Error('plain'),
    new Error(''),
    new TypeError('type', { cause: new RangeError('cause', { cause: 'root' }) }),
    new SyntaxError('lone \ud800'),
    new ReferenceError('r'),
    new EvalError('e'),
    new URIError('u'),
    new AggregateError([new Error('one'), 2, { three: 3 }], 'many', { cause: coded }),
    coded,
    own,
  ]
}

class Maker {
  private readonly below: Below
  private readonly made: object[] = []

  constructor(seed: number) {
    this.below = dice(seed)
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T
  }

  key(): string {
    const { below } = this
    return below(6) === 0 ? this.pick(STRINGS) : `k${below(40)}`
  }

  value(depth: number): unknown {
    const { below } = this
    if (depth === 0 || below(3) === 0) return this.pick(primitives)
    // Shared and cyclic references: what is being made is in the list already.
    if (this.made.length > 0 && below(10) === 0) return this.pick(this.made)
    return this.container(depth, below(9))
  }

  private keep<T extends object>(value: T): T {
    this.made.push(value)
    return value
  }

  private container(depth: number, kind: number): unknown {
    const { below } = this
    const size = below(6)
    switch (kind) {
      case 0:
      case 1: {
        const list = this.keep<unknown[]>([])
        for (let i = 0; i < size; i++) list.push(this.value(depth - 1))
        return list
      }
      case 2: {
        const map = this.keep(new Map())
        for (let i = 0; i < size; i++) map.set(this.value(depth - 1), this.value(depth - 1))
        return map
      }
      case 3: {
        const set = this.keep(new Set())
        for (let i = 0; i < size; i++) set.add(this.value(depth - 1))
        return set
      }
      case 4:
        return this.keep(this.pick(binaries(below(40))))
      case 5:
        return this.keep(this.pick<object>([new Date(below(1e9)), new Date(-1), /a+(?<n>b)/giu, /\//s]))
      case 6:
        return this.keep(this.pick(errors()))
      default: {
        const record = this.keep(kind === 7 ? Object.create(null) : {})
        for (let i = 0; i < size; i++) {
          const value = this.value(depth - 1)
          Object.defineProperty(record, this.key(), { value, writable: true, enumerable: true, configurable: true })
        }
        return record
      }
    }
  }
}

/** The value of a seed. */
export const generated = (seed: number): unknown => new Maker(seed).value(1 + (seed % 6))

/** A flat record of the kind that the fast path is for. */
export function flat(seed: number): Record<string, unknown> {
  const below = dice(seed)
  const keys = Array.from({ length: below(34) }, (_, i) => `f${seed % 7}${i}`)
  return Object.fromEntries(keys.map((key) => [key, primitives[below(primitives.length)]]))
}

type Parts = [label: string, part: unknown][]

/** What a value is made of, in order. */
function partsOf(value: object): Parts {
  const own = Object.keys(value).map((key): Parts[number] => [key, (value as Record<string, unknown>)[key]])
  if (value instanceof Map)
    return [...value].flatMap(
      ([k, v], i): Parts => [
        [`key ${i}`, k],
        [`item ${i}`, v],
      ],
    )
  if (value instanceof Set) return [...value].map((item, i) => [`item ${i}`, item])
  if (value instanceof Date) return [['time', value.getTime()]]
  if (value instanceof RegExp) return [['text', String(value)]]
  if (value instanceof ArrayBuffer) return [['bytes', Buffer.from(value).toString('hex')]]
  if (ArrayBuffer.isView(value)) {
    return [['bytes', Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')]]
  }
  if (!(value instanceof Error)) return own
  const { name, message, stack, cause, errors } = value as Error & { cause?: unknown; errors?: unknown }
  return [...own, ['name', name], ['message', message], ['stack', stack], ['cause', cause], ['errors', errors]]
}

/** Where `came` differs from `sent` in value, class, order or in what is shared; nothing if nowhere. */
export function difference(came: unknown, sent: unknown): string | undefined {
  const pairs = new Map<object, object>()
  const seen = new Set<object>()
  const todo: [path: string, came: unknown, sent: unknown][] = [['value', came, sent]]
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    const [path, a, b] = next
    if (typeof a !== 'object' || a === null || typeof b !== 'object' || b === null) {
      if (!Object.is(a, b)) return `${path}: ${String(a)} for ${String(b)}`
      continue
    }
    if (pairs.has(b) !== seen.has(a) || (pairs.has(b) && pairs.get(b) !== a)) return `${path}: shared otherwise`
    if (pairs.has(b)) continue
    pairs.set(b, a)
    seen.add(a)
    if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return `${path}: another class`
    const [as, bs] = [partsOf(a), partsOf(b)]
    if (String(as.map(([label]) => label)) !== String(bs.map(([label]) => label))) return `${path}: other parts`
    bs.forEach(([label, part], i) => todo.push([`${path}.${label}`, as[i][1], part]))
  }
  return undefined
}
