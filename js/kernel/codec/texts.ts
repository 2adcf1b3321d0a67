// Numbered texts: strings and record shapes that repeat, known to all isolates of a runtime by number. The runtime gives the
// numbers out (a cold call, once per text and isolate); this file remembers them. Bounded: a runtime has at most `TEXTS_MAX`,
// then strings travel as themselves and records as trees.

import type { RuntimeHandle } from '../../native/load.ts'

/** Numbered texts of a runtime at most. */
export const TEXTS_MAX = 4096
/** Longer strings never get a number. */
const TEXT_CHARS = 128
/** A string gets a number when a field has carried it so many times in a row. */
const REPEATS = 16

/** What one field of a shape has carried lately. */
export interface Field {
  readonly key: string
  last: string
  repeats: number
  /** The number of `last`, or -1. */
  number: number
}

/** The keys of a flat record, in order. */
export interface Shape {
  readonly id: number
  readonly keys: readonly string[]
  readonly fields: Field[]
  /** Makes a record from its values in order. */
  readonly make: (values: unknown[]) => object
  /** Other shapes that start with the same first key. */
  next: Shape | undefined
}

export class Texts {
  private readonly handle: RuntimeHandle
  private readonly strings: (string | undefined)[] = []
  private readonly shapes: (Shape | undefined)[] = []
  private readonly byFirstKey = new Map<string, Shape>()
  private full = false

  constructor(handle: RuntimeHandle) {
    this.handle = handle
  }

  /** The string with this number. */
  string(id: number): string {
    const known = this.strings[id]
    return known !== undefined ? known : this.learnString(id)
  }

  private learnString(id: number): string {
    const text = this.handle.text(id)
    if (text == null) throw new RangeError(`no text ${id}`)
    this.strings[id] = text
    return text
  }

  /** The shape with this number. */
  shape(id: number): Shape {
    const known = this.shapes[id]
    if (known !== undefined) return known
    const text = this.handle.text(id)
    if (text == null) throw new RangeError(`no shape ${id}`)
    return this.remember(id, JSON.parse(text) as string[])
  }

  /** The shape with these keys, or nothing when there are too many shapes already. */
  shapeOf(keys: string[]): Shape | undefined {
    const id = this.number(JSON.stringify(keys))
    return id < 0 ? undefined : (this.shapes[id] ?? this.remember(id, keys))
  }

  /** The first of the known shapes whose first key is `key`. */
  shapesFrom(key: string): Shape | undefined {
    return this.byFirstKey.get(key)
  }

  private remember(id: number, keys: string[]): Shape {
    const first = keys[0] ?? ''
    const fields = keys.map((key): Field => ({ key, last: '', repeats: 0, number: -1 }))
    const shape: Shape = { id, keys, fields, make: maker(keys), next: this.byFirstKey.get(first) }
    this.byFirstKey.set(first, shape)
    this.shapes[id] = shape
    return shape
  }

  /** Counts a string that a field carries; its number once it has one, else -1. */
  note(field: Field, value: string): number {
    if (field.last !== value) {
      field.last = value
      field.repeats = 0
      field.number = -1
      return -1
    }
    if (field.number >= 0) return field.number
    if (++field.repeats === REPEATS && value.length <= TEXT_CHARS && wellFormed(value))
      field.number = this.number(value)
    return field.number
  }

  private number(text: string): number {
    if (this.full) {
      const known = this.handle.numberOf(text, true)
      return known
    }
    const id = this.handle.numberOf(text, false)
    if (id < 0) this.full = true
    return id
  }
}

const wellFormed = (text: string): boolean => (text as string & { isWellFormed(): boolean }).isWellFormed()

/** A function that makes a record: compiled where code may be generated, so that the record is born in its final form. */
const maker = (keys: readonly string[]): ((values: unknown[]) => object) => {
  try {
    const body = keys.map((key, i) => `${JSON.stringify(key)}:v[${i}]`).join(',')
    return new Function('v', `return {${body}}`) as (values: unknown[]) => object
  } catch {
    return (values) => {
      const record: Record<string, unknown> = {}
      keys.forEach((key, i) => {
        record[key] = values[i]
      })
      return record
    }
  }
}
