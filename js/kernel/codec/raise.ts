// From a node table back to values. Trusts nothing: a table that makes no sense throws, or gives some value. Never touches
// prototypes.

import { binaryFrom, viewFrom } from './format.ts'
import { groupsOf } from './order.ts'
import { expectRegistration } from './registered.ts'
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

const ERRORS: Record<string, ErrorConstructor> = {
  Error,
  TypeError,
  RangeError,
  SyntaxError,
  ReferenceError,
  EvalError,
  URIError,
}

/** The value of a node table, with `cargo` where that says so. */
export const raise = (table: Table, cargo: readonly unknown[]): unknown => {
  const made = table.map((node) => make(node, cargo))
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
  if (!table.some(isInstance)) {
    table.forEach((node, i) => fillMade(node, made[i] as object, cell))
    return made[0]
  }
  // An instance can be made when all that its encoded form leads to is whole.
  for (const group of groupsOf(table.length, (number) => edgesOf(table, number))) {
    for (const i of group) {
      const node = table[i]!
      if (!isInstance(node)) fillMade(node, made[i] as object, cell)
      else if (group.length === 1) made[i] = makeInstance(node, cell(node[2] as Cell))
      else throw new RangeError('an instance is made of itself')
    }
  }
  return made[0]
}

const isInstance = (node: Node): boolean => node[0] === INSTANCE

const makeInstance = (node: Node, value: unknown): unknown => {
  const { name, decode } = expectRegistration(textOf(node[1]))
  try {
    return decode(value as never)
  } catch (error) {
    throw new Error(`the decode of ${name} threw ${wordsOf(error)}`, { cause: error })
  }
}

/** The text of a cell that holds one. */
const textOf = (cell: unknown): string =>
  Array.isArray(cell) ? Buffer.from(cell[1] as Uint8Array).toString('utf16le') : String(cell)

/** The value of a node, still empty, so that cycles find it. */
const make = (node: Node, cargo: readonly unknown[]): unknown => {
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
    case INSTANCE:
      return undefined
    case MOVED:
    case MOVED_VIEW:
      return makeMoved(node, cargo)
    case DATA:
      return binaryFrom(node[1] as number, Uint8Array.from(node[2] as Uint8Array))
    default:
      throw new RangeError(`unknown node ${node[0]}`)
  }
}

const makeMoved = ([kind, number, ...view]: Node, cargo: readonly unknown[]): unknown => {
  const moved = cargo[number as number]
  if (typeof moved !== 'object' || moved === null) throw new RangeError('what moves with the message is missing')
  if (kind === MOVED) return moved
  const [binary, offset, length] = view as [number, number, number]
  return viewFrom(binary, moved as ArrayBuffer, offset, length)
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
