// Nested values. A walk decides what crosses and names the path of what does not; msgpackr gets only what the walk has
// passed and only in forms that it keeps: a plain tree as it is, anything else (shared or cyclic references, Map, Set,
// Error, Date, undefined, binary data, `__proto__`, deep nesting) as a flat table of nodes. Never touches prototypes.

import { createRequire } from 'node:module'
import { types } from 'node:util'
import { UncrossableError } from '../../errors.ts'
import { binaryFrom, binaryOf } from './format.ts'

/** Trees deeper than this become node tables, so that nothing recurses with the user's data. */
const TREE_DEPTH = 64

interface Msgpack {
  pack(value: unknown): Uint8Array
  unpack(bytes: Uint8Array): unknown
}

let loaded: Msgpack | undefined

/** msgpackr, loaded when the first nested value comes. */
const msgpack = (): Msgpack => {
  if (loaded !== undefined) return loaded
  const require = createRequire(import.meta.url)
  // The parts without the native accelerator: it would add a second addon to every thread.
  const { Packr } = require('msgpackr/index-no-eval') as { Packr: new (options: object) => Msgpack }
  loaded = new Packr({
    useRecords: false,
    variableMapSize: true,
    mapsAsObjects: true,
    int64AsType: 'bigint',
    copyBuffers: true,
    useToJSON: false,
  })
  return loaded
}

/** Packs a nested value called `name` in errors. */
export const pack = (value: object, name: string): { graph: boolean; bytes: Uint8Array } => {
  if (isTree(value, 0, new Set())) return { graph: false, bytes: msgpack().pack(value) }
  return { graph: true, bytes: msgpack().pack(new Lowering(name).lower(value)) }
}

/** The inverse of `pack` for a tree. */
export const unpackTree = (bytes: Uint8Array): unknown => msgpack().unpack(bytes)

/** The inverse of `pack` for a graph. */
export const unpackGraph = (bytes: Uint8Array): unknown => raise(msgpack().unpack(bytes) as Table)

/** Whether UTF-8 and back leaves a text as it is: no lone surrogates, and no byte order mark for the decoder to take off. */
const survives = (text: string): boolean =>
  (text as string & { isWellFormed(): boolean }).isWellFormed() && text.charCodeAt(0) !== 0xfeff

const isTreePrimitive = (value: unknown): boolean => {
  switch (typeof value) {
    case 'string':
      return survives(value)
    case 'number':
      return !Object.is(value, -0)
    case 'boolean':
      return true
    default:
      return value === null
  }
}

/** Whether msgpackr keeps the value exactly: plain objects and arrays, each seen once, primitives that it knows. */
const isTree = (value: unknown, depth: number, seen: Set<object>): boolean => {
  if (typeof value !== 'object' || value === null) return isTreePrimitive(value)
  if (depth > TREE_DEPTH || seen.has(value)) return false
  seen.add(value)
  if (Array.isArray(value)) {
    if (isSparse(value)) return false
    for (let i = 0; i < value.length; i++) if (!(i in value && isTree(value[i], depth + 1, seen))) return false
    return Object.getPrototypeOf(value) === Array.prototype
  }
  if (Object.getPrototypeOf(value) !== Object.prototype) return false
  for (const key of Object.keys(value)) {
    // `__proto__` would be renamed; by `constructor` msgpackr tells classes.
    if (key === '__proto__' || key === 'constructor' || !survives(key)) return false
    if (!isTree((value as Record<string, unknown>)[key], depth + 1, seen)) return false
  }
  return true
}

// The node table: a list of nodes, the first being the value. A cell is a string that UTF-8 leaves as it is, a number, a
// boolean or null as itself, or a list: [0] undefined, [1, node] a reference, [2, hex] a bigint, [3] -0, [4, bytes] any
// other string, in UTF-16, [5] a hole.
type Cell = string | number | boolean | null | [number, ...unknown[]]
type Node = [kind: number, ...parts: unknown[]]
type Table = Node[]

const OBJECT = 0
const BARE_OBJECT = 1
const LIST = 2
const MAP = 3
const SET = 4
const DATE = 5
const REGEXP = 6
const ERROR = 7
const DATA = 8

const ERRORS: Record<string, ErrorConstructor> = {
  Error,
  TypeError,
  RangeError,
  SyntaxError,
  ReferenceError,
  EvalError,
  URIError,
}
const ERROR_FIELDS = ['message', 'stack', 'code', 'cause', 'errors'] as const

class Lowering {
  private readonly root: string
  private readonly table: Table = []
  private readonly numbers = new Map<object, number>()
  private readonly todo: { value: object; node: Node; path: string }[] = []

  constructor(root: string) {
    this.root = root
  }

  lower(value: object): Table {
    this.reference(value, this.root)
    for (let next = this.todo.pop(); next !== undefined; next = this.todo.pop())
      this.fill(next.value, next.node, next.path)
    return this.table
  }

  private cell(value: unknown, path: string): Cell {
    switch (typeof value) {
      case 'string':
        return survives(value) ? value : [4, Buffer.from(value, 'utf16le')]
      case 'number':
        return Object.is(value, -0) ? [3] : value
      case 'boolean':
        return value
      case 'undefined':
        return [0]
      case 'bigint':
        return [2, value.toString()]
      case 'object':
        return value === null ? null : [1, this.reference(value, path)]
      default:
        throw new UncrossableError(
          path,
          typeof value === 'function' ? `a function${named(value)}` : `a ${typeof value}`,
        )
    }
  }

  private reference(value: object, path: string): number {
    const known = this.numbers.get(value)
    if (known !== undefined) return known
    const number = this.table.length
    const node: Node = [OBJECT]
    this.table.push(node)
    this.numbers.set(value, number)
    this.todo.push({ value, node, path })
    return number
  }

  private fill(value: object, node: Node, path: string): void {
    if (Array.isArray(value)) {
      node[0] = LIST
      if (isSparse(value)) throw new UncrossableError(path, `an array of ${value.length} places, most of them empty`)
      for (let i = 0; i < value.length; i++) node.push(i in value ? this.cell(value[i], `${path}[${i}]`) : [5])
      return
    }
    const prototype = Object.getPrototypeOf(value)
    if (prototype === Object.prototype || prototype === null) {
      if (prototype === null) node[0] = BARE_OBJECT
      for (const key of Object.keys(value)) {
        node.push(this.cell(key, path), this.cell((value as Record<string, unknown>)[key], at(path, key)))
      }
      return
    }
    if (!this.fillKnown(value, node, path))
      throw new UncrossableError(path, `an instance of ${prototype.constructor?.name ?? 'a class'}`)
  }

  private fillKnown(value: object, node: Node, path: string): boolean {
    const binary = binaryOf(value)
    if (binary !== undefined) node.splice(0, 1, DATA, binary.kind, binary.bytes)
    else if (value instanceof Error) this.fillError(value, node, path)
    else if (types.isMap(value) && isExactly(value, Map)) {
      node[0] = MAP
      for (const [key, item] of value)
        node.push(this.cell(key, `${path} (a key)`), this.cell(item, `${path}.get(${label(key)})`))
    } else if (types.isSet(value) && isExactly(value, Set)) {
      node[0] = SET
      for (const item of value) node.push(this.cell(item, `${path} (an item)`))
    } else if (types.isDate(value) && isExactly(value, Date)) node.splice(0, 1, DATE, this.cell(value.getTime(), path))
    else if (types.isRegExp(value) && isExactly(value, RegExp))
      node.splice(0, 1, REGEXP, this.cell(value.source, path), value.flags)
    else return false
    return true
  }

  private fillError(value: Error, node: Node, path: string): void {
    node[0] = ERROR
    node.push(this.cell(String(value.name), path))
    for (const field of ERROR_FIELDS) {
      const part = (value as unknown as Record<string, unknown>)[field]
      if (part !== undefined) node.push(field, this.cell(part, at(path, field)))
    }
  }
}

const isExactly = <T>(value: object, Class: new (...args: never[]) => T): value is T & object =>
  Object.getPrototypeOf(value) === Class.prototype

/** An array that is mostly holes: walking its places could take for ever. */
const isSparse = (value: readonly unknown[]): boolean =>
  value.length > 0xffff && Object.keys(value).length < value.length / 2

const named = (value: unknown): string => {
  const { name } = value as { name?: unknown }
  return typeof name === 'string' && name !== '' ? ` ${name}` : ''
}

const at = (path: string, key: string): string =>
  /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`

const label = (key: unknown): string =>
  typeof key === 'string' ? JSON.stringify(key) : typeof key === 'object' ? '…' : String(key)

const raise = (table: Table): unknown => {
  const made = table.map(make)
  const cell = (value: Cell): unknown => {
    if (!Array.isArray(value)) return value
    switch (value[0]) {
      case 0:
        return undefined
      case 1:
        return made[value[1] as number]
      case 2:
        return BigInt(value[1] as string)
      case 3:
        return -0
      default:
        return textOf(value)
    }
  }
  table.forEach((node, i) => fillMade(node, made[i] as object, cell))
  return made[0]
}

/** The text of a cell that holds one. */
const textOf = (cell: unknown): string =>
  Array.isArray(cell) ? Buffer.from(cell[1] as Uint8Array).toString('utf16le') : String(cell)

/** The value of a node, still empty, so that cycles find it. */
const make = (node: Node): unknown => {
  switch (node[0]) {
    case OBJECT:
      return {}
    case BARE_OBJECT:
      return Object.create(null)
    case LIST:
      return []
    case MAP:
      return new Map()
    case SET:
      return new Set()
    case DATE:
      return new Date(Array.isArray(node[1]) ? -0 : (node[1] as number))
    case REGEXP:
      return new RegExp(textOf(node[1]), String(node[2]))
    case ERROR:
      return makeError(node)
    case DATA:
      return binaryFrom(node[1] as number, Uint8Array.from(node[2] as Uint8Array))
    default:
      throw new RangeError(`unknown node ${node[0]}`)
  }
}

const makeError = (node: Node): Error => {
  const name = textOf(node[1])
  const Class = Object.hasOwn(ERRORS, name) ? ERRORS[name]! : Error
  const error = name === 'AggregateError' ? new AggregateError([]) : new Class()
  if (error.name !== name) hide(error, 'name', name)
  return error
}

const hide = (target: object, key: string, value: unknown): void => {
  Object.defineProperty(target, key, { value, writable: true, configurable: true, enumerable: false })
}

const fillMade = (node: Node, made: object, cell: (value: Cell) => unknown): void => {
  const parts = node as Cell[]
  switch (node[0]) {
    case OBJECT:
    case BARE_OBJECT:
      for (let i = 1; i < parts.length; i += 2) setOwn(made, String(cell(parts[i]!)), cell(parts[i + 1]!))
      return
    case LIST:
      for (let i = 1; i < parts.length; i++) {
        const part = parts[i]!
        if (Array.isArray(part) && part[0] === 5) (made as unknown[]).length++
        else (made as unknown[]).push(cell(part))
      }
      return
    case MAP:
      for (let i = 1; i < parts.length; i += 2)
        (made as Map<unknown, unknown>).set(cell(parts[i]!), cell(parts[i + 1]!))
      return
    case SET:
      for (let i = 1; i < parts.length; i++) (made as Set<unknown>).add(cell(parts[i]!))
      return
    case ERROR:
      for (let i = 2; i < parts.length; i += 2) {
        const key = String(parts[i])
        if (key === 'code') (made as { code?: unknown }).code = cell(parts[i + 1]!)
        else hide(made, key, cell(parts[i + 1]!))
      }
  }
}

/** An own property, whatever its name: `__proto__` is an ordinary key. */
const setOwn = (target: object, key: string, value: unknown): void => {
  if (key === '__proto__')
    Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true })
  else (target as Record<string, unknown>)[key] = value
}
