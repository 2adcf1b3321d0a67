// Nested values. A walk decides what crosses and names the path of what does not; msgpackr gets only what the walk has
// passed and only in forms that it keeps: a plain tree as it is, anything else (shared or cyclic references, Map, Set,
// Error, Date, undefined, binary data, registered classes, `__proto__`, deep nesting) as a flat table of nodes. Never touches
// prototypes.

import { builtin } from '../../builtin.ts'
import { type RumpusError, UncrossableError } from '../../errors.ts'
import { builtFiles, msgpackrFile } from '../../native/built.ts'
import { isBuiltIn, isError, isPlain } from '../realms.ts'
import { binaryOf } from './format.ts'
import { groupsOf } from './order.ts'
import { raise } from './raise.ts'
import { type Registered, registrationOf } from './registered.ts'
import {
  BARE_OBJECT,
  type Cell,
  DATA,
  DATE,
  ERROR,
  edgesOf,
  INSTANCE,
  LIST,
  MAP,
  MOVED,
  MOVED_VIEW,
  type Node,
  OBJECT,
  REGEXP,
  SET,
  type Table,
  wordsOf,
} from './table.ts'

const { createRequire } = builtin('node:module')
const { types } = builtin('node:util')

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
  const { Packr } = createRequire(builtFiles)(msgpackrFile) as { Packr: new (options: object) => Msgpack }
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

/** Packs a value of which `cargo` moves: that is told by its number. */
export const packAround = (value: object, name: string, cargo: readonly object[]): Uint8Array =>
  msgpack().pack(new Lowering(name, cargo).lower(value))

/** The inverse of `pack` for a tree. */
export const unpackTree = (bytes: Uint8Array): unknown => msgpack().unpack(bytes)

/** The inverse of `pack` for a graph, and of `packAround`. */
export const unpackGraph = (bytes: Uint8Array, cargo: readonly unknown[]): unknown =>
  raise(msgpack().unpack(bytes) as Table, cargo)

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

const ERROR_FIELDS = ['message', 'stack', 'code', 'cause', 'errors'] as const

class Lowering {
  private readonly root: string
  private readonly table: Table = []
  private readonly numbers = new Map<object, number>()
  private readonly todo: { value: object; node: Node; path: string }[] = []
  /** Where the instances of registered classes are, by the numbers of their nodes. */
  private readonly instances = new Map<number, string>()

  /** What moves, by its number. */
  private readonly cargo: ReadonlyMap<object, number> | undefined

  constructor(root: string, cargo?: readonly object[]) {
    this.root = root
    if (cargo !== undefined) this.cargo = new Map(cargo.map((item, number) => [item, number]))
  }

  lower(value: object): Table {
    this.reference(value, this.root)
    for (let next = this.todo.pop(); next !== undefined; next = this.todo.pop())
      this.fill(next.value, next.node, next.path)
    if (this.instances.size > 0) this.refuseRings()
    return this.table
  }

  /** An instance is made of its encoded form, so that cannot lead back to it. */
  private refuseRings(): void {
    const { table } = this
    for (const group of groupsOf(table.length, (number) => edgesOf(table, number))) {
      const inside = group.find((number) => this.instances.has(number))
      if (inside === undefined || (group.length === 1 && !edgesOf(table, inside).includes(inside))) continue
      const path = this.instances.get(inside) ?? this.root
      throw new UncrossableError(path, 'an instance that what its encode answers leads back to')
    }
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
    if (this.cargo !== undefined && this.fillMoved(value, node)) return
    const registered = registrationOf(value)
    if (registered !== undefined) return this.fillInstance(value, registered, node, path)
    if (Array.isArray(value)) {
      node[0] = LIST
      if (isSparse(value)) throw new UncrossableError(path, `an array of ${value.length} places, most of them empty`)
      for (let i = 0; i < value.length; i++) node.push(i in value ? this.cell(value[i], `${path}[${i}]`) : [5])
      return
    }
    const prototype = Object.getPrototypeOf(value)
    if (isPlain(prototype)) {
      if (prototype === null) node[0] = BARE_OBJECT
      for (const key of Object.keys(value)) {
        node.push(this.cell(key, path), this.cell((value as Record<string, unknown>)[key], at(path, key)))
      }
      return
    }
    if (!this.fillKnown(value, node, path))
      throw new UncrossableError(path, `an instance of ${prototype.constructor?.name ?? 'a class'}`)
  }

  private fillMoved(value: object, node: Node): boolean {
    const whole = this.cargo?.get(value)
    if (whole !== undefined) {
      node.splice(0, 1, MOVED, whole)
      return true
    }
    const number = ArrayBuffer.isView(value) ? this.cargo?.get(value.buffer) : undefined
    const binary = number === undefined ? undefined : binaryOf(value)
    if (binary === undefined) return false
    const { byteOffset, byteLength } = value as ArrayBufferView
    node.splice(0, 1, MOVED_VIEW, number, binary.kind, byteOffset, byteLength)
    return true
  }

  private fillInstance(value: object, { name, encode }: Registered, node: Node, path: string): void {
    let encoded: unknown
    try {
      encoded = encode(value as never)
    } catch (error) {
      if ((error as Partial<RumpusError> | undefined)?.code === 'ERR_RUMPUS_REENTRANT') throw error
      throw new UncrossableError(path, `the encode of ${name} threw ${wordsOf(error)}`, { cause: error })
    }
    this.instances.set(this.reference(value, path), path)
    node.splice(0, 1, INSTANCE, this.cell(name, path), this.cell(encoded, `encode(${path})`))
  }

  private fillKnown(value: object, node: Node, path: string): boolean {
    const binary = binaryOf(value)
    if (binary !== undefined) node.splice(0, 1, DATA, binary.kind, binary.bytes)
    else if (isError(value)) this.fillError(value, node, path)
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

const isExactly = <T>(value: object, Class: new (...args: never[]) => T): value is T & object => {
  const prototype = Object.getPrototypeOf(value)
  return prototype === Class.prototype || (prototype !== null && isBuiltIn(prototype, Class.name))
}

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
