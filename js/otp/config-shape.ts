// What the configuration of an application is like: the types of its fields, and what the compiler makes of them. Owns the checks of
// a shape, which name the place of a mistake; how one is read is in `config.ts`.

import { badArgument } from '../errors.ts'
import { Secret } from './secret.ts'

/** What every field of a configuration may say. */
export interface FieldOf<Type extends string, Value> {
  /** What it is. A `'list'` is of strings, with commas between them in an environment variable. */
  readonly type: Type
  /** Its value where none is given. */
  readonly default?: Value
  /** Whether it may be left out; then it is `undefined`. */
  readonly optional?: boolean
  /** The environment variable that overrides what is given. One that is empty counts as not set. */
  readonly env?: string
  /** Whether it is wrapped into a {@link Secret}, and no mistake shows it. */
  readonly secret?: boolean
  /** Says what is wanted, if the value is not that; nothing if it is fine. */
  readonly check?: (value: Value) => string | undefined
}

/** One field of a configuration. */
export type ConfigField =
  | (FieldOf<'string', string> & {
      /** The values that it may have. */
      readonly oneOf?: readonly string[]
    })
  | (FieldOf<'number' | 'integer', number> & {
      /** The values that it may have. */
      readonly oneOf?: readonly number[]
      /** The least that it may be. */
      readonly min?: number
      /** The most that it may be. */
      readonly max?: number
    })
  | FieldOf<'boolean', boolean>
  | FieldOf<'list', readonly string[]>

/** What a configuration is like: fields by their names, and groups of fields. */
export interface ConfigShape {
  readonly [name: string]: ConfigField | ConfigShape
}

interface Types {
  readonly string: string
  readonly number: number
  readonly integer: number
  readonly boolean: boolean
  readonly list: readonly string[]
}

type Plain<Field> = Field extends { readonly oneOf: readonly (infer Value)[] }
  ? Value
  : Field extends { readonly type: infer Type extends keyof Types }
    ? Types[Type]
    : never
type Wrapped<Field> = Field extends { readonly secret: true } ? Secret<Plain<Field>> : Plain<Field>
type ValueOf<Field> = Field extends { readonly optional: true } ? Wrapped<Field> | undefined : Wrapped<Field>

/** A configuration of that shape, as an application is given it. */
export type ConfigOf<Shape> = {
  readonly [Name in keyof Shape]: Shape[Name] extends { readonly type: string }
    ? ValueOf<Shape[Name]>
    : ConfigOf<Shape[Name]>
}

/** A field as whoever reads it sees it. */
export interface AnyField {
  readonly type: keyof Types
  readonly default?: unknown
  readonly optional?: boolean
  readonly env?: string
  readonly secret?: boolean
  readonly oneOf?: readonly unknown[]
  readonly min?: number
  readonly max?: number
  readonly check?: (value: unknown) => string | undefined
}

const TYPES: readonly unknown[] = ['string', 'number', 'integer', 'boolean', 'list'] satisfies (keyof Types)[]
const BOUNDED: readonly unknown[] = ['number', 'integer']

/** Whether it is a field; otherwise a group. */
export const isField = (part: ConfigField | ConfigShape): part is ConfigField => typeof part.type === 'string'

/** What is wanted of the value of a field, if it is not that; nothing if it is fine. */
export const wantedOf = (field: AnyField, value: unknown): string | undefined => {
  if (!isOfType(field.type, value)) return wordOf(field)
  if (field.oneOf?.includes(value) === false) return wordOf(field)
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = field
  if (typeof value === 'number' && !(value >= min && value <= max)) return wordOf(field)
  return field.check?.(value)
}

const isOfType = (type: keyof Types, value: unknown): boolean => {
  if (type === 'integer') return Number.isSafeInteger(value)
  if (type === 'number') return Number.isFinite(value)
  if (type === 'list') return Array.isArray(value) && value.every((item) => typeof item === 'string')
  return type === 'string' ? typeof value === 'string' : typeof value === 'boolean'
}

const WORDS: Record<keyof Types, string> = {
  string: 'a string',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  list: 'a list of strings',
}

const wordOf = ({ type, oneOf, min, max, secret }: AnyField): string => {
  if (oneOf !== undefined && secret === true) return 'one of those that the application knows'
  if (oneOf !== undefined) return `one of ${oneOf.map((one) => JSON.stringify(one)).join(', ')}`
  const from = min === undefined ? '' : ` from ${min}`
  return `${WORDS[type]}${from}${max === undefined ? '' : `${from === '' ? ' up' : ''} to ${max}`}`
}

/** Throws unless `shape` is one; `path` is where it stands. */
export const checkShape = (shape: unknown, path: string): void => {
  if (typeof shape !== 'object' || shape === null || Array.isArray(shape)) {
    throw badArgument(TypeError, path, 'an object of fields', shape)
  }
  for (const [name, part] of Object.entries(shape)) {
    const at = `${path}.${name}`
    if (typeof part === 'object' && part !== null && isField(part)) checkField(part as AnyField, at)
    else checkShape(part, at)
  }
}

const checkField = (field: AnyField, path: string): void => {
  const { type, optional, env, secret, oneOf, min, max, check } = field
  if (!TYPES.includes(type)) throw badArgument(TypeError, `${path}.type`, `one of ${TYPES.join(', ')}`, type)
  for (const [name, value] of Object.entries({ optional, secret })) {
    if (value !== undefined && typeof value !== 'boolean')
      throw badArgument(TypeError, `${path}.${name}`, 'true or false', value)
  }
  if (env !== undefined && (typeof env !== 'string' || env === ''))
    throw badArgument(TypeError, `${path}.env`, 'the name of a variable', env)
  if (check !== undefined && typeof check !== 'function')
    throw badArgument(TypeError, `${path}.check`, 'a function', check)
  for (const [name, value] of Object.entries({ min, max })) {
    if (value !== undefined && !(BOUNDED.includes(type) && typeof value === 'number' && !Number.isNaN(value)))
      throw badArgument(TypeError, `${path}.${name}`, 'a number, of a field that is one', value)
  }
  if (oneOf !== undefined && !(Array.isArray(oneOf) && oneOf.every((value) => isOfType(type, value))))
    throw badArgument(TypeError, `${path}.oneOf`, `an array of what the field may be, each ${WORDS[type]}`, oneOf)
  if (field.default === undefined) return
  const wanted = wantedOf(field, field.default)
  const came = secret === true ? new Secret(field.default) : field.default
  if (wanted !== undefined) throw badArgument(TypeError, `${path}.default`, wanted, came)
}
