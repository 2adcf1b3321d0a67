// What crosses, on one thread: a copy, made by the rules by which messages cross between threads (`kernel/codec/graph.ts`), so that
// the same is refused, under the same path. Owns the walk and its shapes; keeps no reference to what it was given. Never
// recurses with the user's data, never touches a prototype, never leaves a copy half made to anybody.

import { RumpusError, UncrossableError } from '../errors.ts'
import { groupsOf } from '../kernel/codec/order.ts'
import { type Registered, registrationOf } from '../kernel/codec/registered.ts'
import { wordsOf } from '../kernel/codec/table.ts'
import { copyBinary, viewOf } from './binary.ts'
import { isDate, isExactly, isMap, isRegExp, isSet } from './brands.ts'
import { ERROR_FIELDS, emptyError, fillError } from './error-copy.ts'
import { pathOf, type Step } from './paths.ts'

/** An object on its way. */
export class Copied {
  readonly value: object
  readonly number: number
  readonly parent: Copied | undefined
  /** How it is reached from there. */
  readonly step: Step
  /** The copy; of an instance only when what it is made of is whole. */
  made: unknown = undefined
  /** Puts the copies of its parts in. */
  fill: (() => void) | undefined = undefined
  readonly edges: number[] = []
  isInstance = false

  constructor(value: object, number: number, parent: Copied | undefined, step: Step) {
    this.value = value
    this.number = number
    this.parent = parent
    this.step = step
  }
}

/** Code of the user runs inside a copy: a getter, a proxy, an `encode`. It may not send. */
let busy = false

/**
 * A copy of `value`, called `name` in errors, in which each of `cargo` is replaced by what stands at its place in `moved`, which is
 * asked for once all else is known to cross.
 */
export const copy = (
  value: unknown,
  name: string,
  cargo: readonly object[] = [],
  moved: () => readonly unknown[] = () => cargo,
): unknown => {
  if (busy) {
    const message = `${name} cannot be sent from a getter or a proxy of another message that is being encoded`
    throw new RumpusError('ERR_RUMPUS_REENTRANT', message)
  }
  if (typeof value !== 'object' || value === null) return primitive(value, undefined, name)
  busy = true
  let copying: Copying
  try {
    copying = new Copying(name, cargo)
    copying.walk(value)
  } finally {
    busy = false
  }
  return copying.finish(moved())
}

const primitive = (value: unknown, from: Copied | undefined, root: string, step?: Step): unknown => {
  switch (typeof value) {
    case 'function': {
      const { name } = value as { name?: unknown }
      const named = typeof name === 'string' && name !== '' ? ` ${name}` : ''
      throw new UncrossableError(pathOf(root, from, step), `a function${named}`)
    }
    case 'symbol':
      throw new UncrossableError(pathOf(root, from, step), 'a symbol')
    default:
      return value
  }
}

class Copying {
  private readonly root: string
  private readonly cargo: readonly object[]
  private readonly all: Copied[] = []
  private readonly known = new Map<object, Copied>()
  private readonly todo: Copied[] = []
  private instances = 0
  /** Put what has moved where it is wanted. */
  private readonly moves: ((moved: readonly unknown[]) => void)[] = []

  constructor(root: string, cargo: readonly object[]) {
    this.root = root
    this.cargo = cargo
  }

  /** Looks at everything, and makes what needs nothing else. */
  walk(value: object): void {
    this.reference(value, undefined, ['root', undefined])
    for (let next = this.todo.pop(); next !== undefined; next = this.todo.pop()) this.open(next)
    if (this.instances > 0) this.refuseRings()
  }

  /** Puts the parts together. */
  finish(moved: readonly unknown[]): unknown {
    for (const move of this.moves) move(moved)
    if (this.instances === 0) for (const node of this.all) node.fill?.()
    // An instance can be made when all that its encoded form leads to is whole.
    else for (const group of this.groups()) for (const number of group) this.all[number]!.fill?.()
    return this.all[0]!.made
  }

  private groups(): number[][] {
    return groupsOf(this.all.length, (number) => this.all[number]!.edges)
  }

  private refuseRings(): void {
    for (const group of this.groups()) {
      const inside = group.map((number) => this.all[number]!).find(({ isInstance }) => isInstance)
      if (inside === undefined || (group.length === 1 && !inside.edges.includes(inside.number))) continue
      this.refuse(inside, 'an instance that what its encode answers leads back to')
    }
  }

  private refuse(node: Copied, what: string, cause?: unknown): never {
    throw new UncrossableError(pathOf(this.root, node), what, cause === undefined ? undefined : { cause })
  }

  private reference(value: object, parent: Copied | undefined, step: Step): Copied {
    let node = this.known.get(value)
    if (node === undefined) {
      node = new Copied(value, this.all.length, parent, step)
      this.all.push(node)
      this.known.set(value, node)
      this.todo.push(node)
    }
    parent?.edges.push(node.number)
    return node
  }

  /** What stands for a part until everything is made: itself, or its node. */
  private part(value: unknown, of: Copied, step: Step): unknown {
    if (typeof value === 'object' && value !== null) return this.reference(value, of, step)
    return primitive(value, of, this.root, step)
  }

  private open(node: Copied): void {
    const { value } = node
    if (this.cargo.length > 0 && this.openMoved(node)) return
    const registered = registrationOf(value)
    if (registered !== undefined) return this.openInstance(node, registered)
    if (Array.isArray(value)) return this.openList(node, value)
    const prototype = Object.getPrototypeOf(value)
    if (prototype === Object.prototype || prototype === null) return this.openRecord(node, prototype)
    if (!this.openKnown(node)) this.refuse(node, `an instance of ${prototype.constructor?.name ?? 'a class'}`)
  }

  private openMoved(node: Copied): boolean {
    const { value } = node
    const whole = this.cargo.indexOf(value)
    const under = ArrayBuffer.isView(value) ? this.cargo.indexOf(value.buffer) : -1
    if (whole < 0 && under < 0) return false
    const view = under < 0 ? undefined : viewOf(value as ArrayBufferView)
    this.moves.push((moved) => {
      node.made = view === undefined ? moved[whole] : view(moved[under] as ArrayBuffer)
    })
    return true
  }

  private openInstance(node: Copied, { name, encode, decode }: Registered): void {
    let encoded: unknown
    try {
      encoded = encode(node.value as never)
    } catch (error) {
      if ((error as Partial<RumpusError> | undefined)?.code === 'ERR_RUMPUS_REENTRANT') throw error
      this.refuse(node, `the encode of ${name} threw ${wordsOf(error)}`, error)
    }
    this.instances++
    node.isInstance = true
    const part = this.part(encoded, node, ['encode', undefined])
    node.fill = () => {
      node.made = decode(made(part) as never)
    }
  }

  private openList(node: Copied, list: readonly unknown[]): void {
    if (list.length > 0xffff && Object.keys(list).length < list.length / 2)
      this.refuse(node, `an array of ${list.length} places, most of them empty`)
    const copies: unknown[] = []
    node.made = copies
    // Holes stay holes.
    for (let i = 0; i < list.length; i++) {
      if (i in list) copies[i] = this.part(list[i], node, ['index', i])
      else copies.length++
    }
    node.fill = () => {
      for (const [i, part] of copies.entries()) if (part instanceof Copied) copies[i] = part.made
    }
  }

  private openRecord(node: Copied, prototype: object | null): void {
    const record = node.value as Record<string, unknown>
    const copies: Record<string, unknown> = prototype === null ? Object.create(null) : {}
    node.made = copies
    const nodes: [string, Copied][] = []
    for (const key of Object.keys(record)) {
      const part = this.part(record[key], node, ['key', key])
      if (part instanceof Copied) nodes.push([key, part])
      // In its place already, so that keys keep their order.
      setOwn(copies, key, part instanceof Copied ? undefined : part)
    }
    node.fill = () => {
      for (const [key, part] of nodes) setOwn(copies, key, part.made)
    }
  }

  private openKnown(node: Copied): boolean {
    const { value } = node
    const binary = copyBinary(value)
    if (binary !== undefined) node.made = binary
    else if (value instanceof Error) this.openError(node, value)
    else if (isMap(value) && isExactly(value, Map)) this.openMap(node, value)
    else if (isSet(value) && isExactly(value, Set)) this.openSet(node, value)
    else if (isDate(value) && isExactly(value, Date)) node.made = new Date(value.getTime())
    else if (isRegExp(value) && isExactly(value, RegExp)) node.made = new RegExp(value.source, value.flags)
    else return false
    return true
  }

  private openMap(node: Copied, map: ReadonlyMap<unknown, unknown>): void {
    const copies = new Map<unknown, unknown>()
    node.made = copies
    const parts = [...map].map(([key, item]): [unknown, unknown] => [
      this.part(key, node, ['map key', key]),
      this.part(item, node, ['map item', key]),
    ])
    node.fill = () => {
      for (const [key, item] of parts) copies.set(made(key), made(item))
    }
  }

  private openSet(node: Copied, set: ReadonlySet<unknown>): void {
    const copies = new Set<unknown>()
    node.made = copies
    const parts = [...set].map((item) => this.part(item, node, ['set item', undefined]))
    node.fill = () => {
      for (const part of parts) copies.add(made(part))
    }
  }

  private openError(node: Copied, error: Error): void {
    const copied = emptyError(String(error.name))
    node.made = copied
    const parts: [string, unknown][] = []
    for (const field of ERROR_FIELDS) {
      const part = (error as unknown as Record<string, unknown>)[field]
      if (part !== undefined) parts.push([field, this.part(part, node, ['key', field])])
    }
    node.fill = () =>
      fillError(
        copied,
        parts.map(([field, part]) => [field, made(part)]),
      )
  }
}

/** The copy that stands behind a part. */
const made = (part: unknown): unknown => (part instanceof Copied ? part.made : part)

/** An own property, whatever its name: `__proto__` is an ordinary key. */
const setOwn = (target: object, key: string, value: unknown): void => {
  if (key === '__proto__')
    Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true })
  else (target as Record<string, unknown>)[key] = value
}
