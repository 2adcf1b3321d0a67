// How the configuration of an application is read: what is given, what the environment overrides, what is left to defaults. Owns the
// mistakes, all of which are told at once, each with its place; never true in it: a mistake that shows a secret.

import { RumpusError } from '../errors.ts'
import { type AnyField, type ConfigField, type ConfigShape, isField, wantedOf } from './config-shape.ts'
import { Secret } from './secret.ts'

/** One mistake of a configuration. */
export interface ConfigMistake {
  /** Where: `config.db.pool.size`. */
  readonly path: string
  /** What was wanted, what came, and from where. */
  readonly message: string
}

/**
 * A configuration has mistakes: all of them, told at once, before anything has started. `code` is `ERR_RUMPUS_CONFIG`.
 *
 * @example
 * ```ts
 * import { run } from 'rumpus'
 * import { application, ConfigError, startApplication } from 'rumpus/otp'
 * import assert from 'node:assert/strict'
 *
 * const db = application({ name: 'db', config: { port: { type: 'integer', env: 'DB_PORT' } }, start: () => ({}) })
 *
 * await run(async (self) => {
 *   const error = await startApplication(self, db, { env: { DB_PORT: 'x' } }).catch((error) => error)
 *   assert(error instanceof ConfigError)
 *   assert.equal(error.mistakes[0].message, 'config.db.port must be a whole number, got "x" (environment variable DB_PORT)')
 * })
 * ```
 */
export class ConfigError extends RumpusError {
  /** All of them. */
  readonly mistakes: readonly ConfigMistake[]

  constructor(mistakes: readonly ConfigMistake[]) {
    const lines = mistakes.map(({ message }) => message)
    super('ERR_RUMPUS_CONFIG', `the configuration has mistakes: ${lines.join('; ')}`)
    this.name = 'ConfigError'
    this.mistakes = mistakes
  }
}

/** The variables of the environment. */
export type Environment = Readonly<Record<string, string | undefined>>

/** Reads configurations, and keeps the mistakes. */
export class ConfigReader {
  readonly mistakes: ConfigMistake[] = []
  private readonly env: Environment

  constructor(env: Environment) {
    this.env = env
  }

  /** Reads one of that shape; what is answered is of use only if there is no mistake. */
  read(shape: ConfigShape, given: unknown, path: string): unknown {
    const group = given ?? {}
    if (typeof group !== 'object' || Array.isArray(group)) {
      this.mistake(path, 'an object', show(given))
      return undefined
    }
    this.checkKnown(group, path, shape, 'a name that the application knows')
    const entries = Object.entries(shape).map(([name, part]) => {
      const value = Object.hasOwn(group, name) ? (group as Record<string, unknown>)[name] : undefined
      const at = `${path}.${name}`
      return [name, isField(part) ? this.field(part, value, at) : this.read(part, value, at)]
    })
    return Object.freeze(Object.fromEntries(entries))
  }

  /** What is given and nobody knows is a mistake: of its writing, most likely. */
  checkKnown(given: object, path: string, known: object, wanted: string): void {
    for (const name of Object.keys(given)) {
      if (!Object.hasOwn(known, name)) this.mistake(`${path}.${name}`, wanted, JSON.stringify(name))
    }
  }

  private field(described: ConfigField, given: unknown, path: string): unknown {
    const field = described as AnyField
    const { env, secret = false, optional = false } = field
    const variable = env === undefined ? undefined : this.env[env]
    const overridden = variable !== undefined && variable !== ''
    const came = overridden ? parsed(field, variable) : given instanceof Secret ? given.reveal() : given
    const value = came ?? field.default
    if (value === undefined) {
      if (!optional) this.mistake(path, wantedOf(field, undefined) ?? 'given', `nothing${otherWay(env)}`)
      return undefined
    }
    const wanted = wantedOf(field, value)
    if (wanted !== undefined) {
      const from = overridden ? ` (environment variable ${env})` : ''
      this.mistake(path, wanted, `${secret ? 'something else, which is secret' : show(came)}${from}`)
    }
    const kept = Array.isArray(value) ? Object.freeze([...value]) : value
    return secret ? new Secret(kept) : kept
  }

  private mistake(path: string, wanted: string, came: string): void {
    this.mistakes.push({ path, message: `${path} must be ${wanted}, got ${came}` })
  }
}

const otherWay = (env: string | undefined): string => (env === undefined ? '' : `; or set ${env}`)

/** The value that a variable stands for; its text where it stands for none. */
const parsed = ({ type }: AnyField, text: string): unknown => {
  const trimmed = text.trim()
  if (type === 'list') return trimmed.split(',').map((item) => item.trim())
  if (type === 'boolean') return BOOLEANS.get(trimmed.toLowerCase()) ?? text
  if (type === 'string') return text
  return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(trimmed) ? Number(trimmed) : text
}

const BOOLEANS = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
])

const show = (value: unknown): string => {
  if (typeof value === 'string') return JSON.stringify(value)
  if (Array.isArray(value)) return 'an array'
  return typeof value === 'object' && value !== null ? 'an object' : String(value)
}
