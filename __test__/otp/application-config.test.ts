// Goal: a configuration comes as the application declared it, from what is given, what the environment overrides and the defaults; each
// mistake is told with its place, and no secret is ever shown. Method: every kind of field, right and wrong, and what the compiler knows.

import { inspect } from 'node:util'
import { run, send } from 'rumpus'
import {
  type Application,
  application,
  ConfigError,
  type ConfigOf,
  type ConfigShape,
  Secret,
  type StartApplicationOptions,
  startApplication,
} from 'rumpus/otp'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { type AnySelf, inside } from '../process/world.ts'
import { inTime } from './applications.ts'

/** The configuration that an application `a` of that shape is given, or the mistakes. */
const read = async (config: ConfigShape, given: unknown, env: Record<string, string> = {}): Promise<unknown> => {
  let read: unknown
  await inTime('js', async (self) => {
    const a = application({
      name: 'a',
      config,
      start(_, context) {
        read = context.config
        return {}
      },
    })
    try {
      const options = given === undefined ? { env } : { env, config: { a: given } as Record<string, unknown> }
      await startApplication(self, a, options)
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigError)
      expect(read).toBe(undefined)
      read = (error as ConfigError).mistakes.map(({ message }) => message)
    }
  })
  return read
}

describe('a configuration', () => {
  const shape = {
    host: { type: 'string', default: 'localhost', env: 'A_HOST' },
    port: { type: 'integer', min: 1, max: 65_535, env: 'A_PORT' },
    share: { type: 'number', default: 0.5, env: 'A_SHARE' },
    verbose: { type: 'boolean', default: false, env: 'A_VERBOSE' },
    peers: { type: 'list', default: [], env: 'A_PEERS' },
    level: { type: 'string', oneOf: ['low', 'high'], optional: true, env: 'A_LEVEL' },
    pool: { size: { type: 'integer', default: 4 }, idle: { ms: { type: 'integer', default: 100, env: 'A_IDLE_MS' } } },
  } as const satisfies ConfigShape

  it('is made of what is given, the environment and the defaults, and frozen', async () => {
    const defaults = { host: 'localhost', share: 0.5, verbose: false, peers: [], level: undefined }
    const given = { port: 80, pool: { size: 9 } }
    const wanted = { ...defaults, port: 80, pool: { size: 9, idle: { ms: 100 } } }
    expect(await read(shape, given)).toEqual(wanted)
    const env = {
      ...{ A_HOST: 'h', A_PORT: ' 8080 ', A_SHARE: '1e-1', A_VERBOSE: 'TRUE', A_PEERS: 'x, y', A_LEVEL: 'low' },
      ...{ A_IDLE_MS: '7', A_OTHER: 'ignored' },
    }
    const config = await read(shape, given, env)
    expect(config).toEqual({
      ...{ host: 'h', port: 8080, share: 0.1, verbose: true, peers: ['x', 'y'], level: 'low' },
      pool: { size: 9, idle: { ms: 7 } },
    })
    for (const part of [config, (config as typeof wanted).pool, (config as typeof wanted).peers]) {
      expect(Object.isFrozen(part)).toBe(true)
    }
  })

  it('takes an empty variable for one that is not set', async () => {
    expect(await read({ x: { type: 'string', default: 'd', env: 'X' } }, undefined, { X: '' })).toEqual({ x: 'd' })
  })

  it.each<[ConfigShape, unknown, Record<string, string>, string[]]>([
    [shape, {}, {}, ['config.a.port must be a whole number from 1 to 65535, got nothing; or set A_PORT']],
    [{ x: { type: 'string' } }, undefined, {}, ['config.a.x must be a string, got nothing']],
    [shape, { port: '80' }, {}, ['config.a.port must be a whole number from 1 to 65535, got "80"']],
    [shape, { port: 0 }, {}, ['config.a.port must be a whole number from 1 to 65535, got 0']],
    [
      shape,
      { port: 1 },
      { A_PORT: '1.5' },
      ['config.a.port must be a whole number from 1 to 65535, got 1.5 (environment variable A_PORT)'],
    ],
    [
      shape,
      { port: 1 },
      { A_PORT: '0x10' },
      ['config.a.port must be a whole number from 1 to 65535, got "0x10" (environment variable A_PORT)'],
    ],
    [shape, { port: 1, share: Number.NaN }, {}, ['config.a.share must be a number, got NaN']],
    [
      shape,
      { port: 1 },
      { A_VERBOSE: 'maybe' },
      ['config.a.verbose must be true or false, got "maybe" (environment variable A_VERBOSE)'],
    ],
    [shape, { port: 1, peers: ['a', 1] }, {}, ['config.a.peers must be a list of strings, got an array']],
    [shape, { port: 1, level: 'mid' }, {}, ['config.a.level must be one of "low", "high", got "mid"']],
    [
      shape,
      { port: 1, pool: { idle: 5, sise: 3 } },
      {},
      [
        'config.a.pool.sise must be a name that the application knows, got "sise"',
        'config.a.pool.idle must be an object, got 5',
      ],
    ],
    [shape, [], {}, ['config.a must be an object, got an array']],
    [{ x: { type: 'number', min: 1 } }, { x: 0 }, {}, ['config.a.x must be a number from 1, got 0']],
    [{ x: { type: 'number', max: 1 } }, { x: 2 }, {}, ['config.a.x must be a number up to 1, got 2']],
    [
      { x: { type: 'string', check: (x) => (URL.canParse(x) ? undefined : 'a URL') } },
      { x: 'y' },
      {},
      ['config.a.x must be a URL, got "y"'],
    ],
    [
      { x: { type: 'string' } },
      JSON.parse('{"x":"1","__proto__":{"y":1}}'),
      {},
      ['config.a.__proto__ must be a name that the application knows, got "__proto__"'],
    ],
  ])('%j given %j and %j has mistakes', async (config, given, env, mistakes) => {
    expect(await read(config, given, env)).toEqual(mistakes)
  })

  it('is told all mistakes at once, of all applications, before any has started', () =>
    inside(async (self) => {
      let starts = 0
      const of = (name: string): Application =>
        application({ name, config: { n: { type: 'integer' } }, start: () => ({ maxRestarts: starts++ }) })
      const options: StartApplicationOptions = { config: { a: { n: 'x' }, c: {} }, env: {} }
      const error = await startApplication(self, [of('a'), of('b')], options).catch((error) => error)
      expect(error).toMatchObject({ code: 'ERR_RUMPUS_CONFIG', name: 'ConfigError' })
      expect(error.mistakes.map(({ path }: { path: string }) => path)).toEqual(['config.c', 'config.a.n', 'config.b.n'])
      expect(error.message).toContain('config.b.n must be a whole number, got nothing')
      expect(starts).toBe(0)
    }))

  it.each([
    [{ x: { type: 'text' } }, 'application.config.x.type must be one of string, number, integer, boolean, list'],
    [{ x: { y: 5 } }, 'application.config.x.y must be an object of fields'],
    [{ x: { type: 'integer', default: 'a' } }, 'application.config.x.default must be a whole number'],
    [{ x: { type: 'string', oneOf: ['a'], default: 'b' } }, 'application.config.x.default must be one of "a"'],
    [{ x: { type: 'string', oneOf: [1] } }, 'application.config.x.oneOf must be an array'],
    [{ x: { type: 'string', min: 1 } }, 'application.config.x.min must be a number, of a field that is one'],
    [{ x: { type: 'string', env: '' } }, 'application.config.x.env must be the name of a variable'],
    [{ x: { type: 'string', secret: 'yes' } }, 'application.config.x.secret must be true or false'],
    [{ x: { type: 'string', check: 1 } }, 'application.config.x.check must be a function'],
    [5, 'application.config must be an object of fields'],
  ])('of the shape %j is refused', (config, message) => {
    expect(() => application({ name: 'a', config: config as never, start: () => ({}) })).toThrow(message)
  })
})

describe('a secret', () => {
  const shape = { key: { type: 'string', secret: true, env: 'KEY', oneOf: ['hunter2', 'hunter3'] } } as const

  it('is shown by nothing, and known by its name', async () => {
    for (const config of [await read(shape, { key: 'hunter2' }), await read(shape, {}, { KEY: 'hunter2' })]) {
      const { key } = config as { key: Secret }
      expect(key).toBeInstanceOf(Secret)
      expect(key.reveal()).toBe('hunter2')
      const shown = [String(key), `${key}`, JSON.stringify(config), inspect(config, { showHidden: true, depth: 9 })]
      for (const text of shown) expect(text).not.toContain('hunter')
      expect(JSON.stringify(config)).toBe('{"key":"[secret]"}')
      expect(await read(shape, { key })).toEqual({ key })
    }
  })

  it('is not shown by its mistakes', async () => {
    for (const [given, env] of [
      [{ key: 'wrong-pass' }, {}],
      [{}, { KEY: 'wrong-pass' }],
    ] as const) {
      const mistakes = (await read(shape, given, env)) as string[]
      expect(mistakes).toHaveLength(1)
      expect(mistakes[0]).toMatch(
        /^config\.a\.key must be one of those that the application knows, got something else, which is secret( \(environment variable KEY\))?$/,
      )
    }
  })

  it('crosses as what it is', () =>
    run(
      async (self: AnySelf) => {
        send(self.pid, { key: new Secret('hunter2') })
        const { key } = await self.receive()
        expect(key).toBeInstanceOf(Secret)
        expect(key.reveal()).toBe('hunter2')
      },
      { messages: 'clone', schedulers: 1 },
    ))
})

it('the compiler knows what an application is given', () => {
  application({
    name: 'typed',
    config: {
      url: { type: 'string' },
      port: { type: 'integer', default: 1 },
      ratio: { type: 'number', optional: true },
      on: { type: 'boolean' },
      peers: { type: 'list' },
      level: { type: 'string', oneOf: ['low', 'high'] },
      key: { type: 'string', secret: true },
      token: { type: 'string', secret: true, optional: true },
      pool: { size: { type: 'integer', check: (size) => (size % 2 === 0 ? undefined : 'even') } },
    },
    start(_self, { config }) {
      expectTypeOf(config).toEqualTypeOf<{
        readonly url: string
        readonly port: number
        readonly ratio: number | undefined
        readonly on: boolean
        readonly peers: readonly string[]
        readonly level: 'low' | 'high'
        readonly key: Secret<string>
        readonly token: Secret<string> | undefined
        readonly pool: { readonly size: number }
      }>()
      return {}
    },
  })
  expectTypeOf<ConfigOf<{ a: { type: 'list' } }>>().toEqualTypeOf<{ readonly a: readonly string[] }>()
})
