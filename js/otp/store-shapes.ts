// The shapes of stores: how one is made, what is shown of it. Owns the checks of that; no behaviour beside.

import { badArgument } from '../errors.ts'
import type { StoreLimits } from '../kernel/store/post-store.ts'
import { checkOptions, type Names } from '../options.ts'
import { checkName } from '../process/names.ts'
import type { Runtime, Self } from '../process/shapes.ts'
import type { Pid } from '../types.ts'

declare const holds: unique symbol

/**
 * A store outside this isolate: an ordinary number within 53 bits, as a pid is, good for messages, JSON and Map keys. Its runtime gives
 * it to no other store.
 */
export type StoreHandle<Key = unknown, Value = unknown> = number & {
  /** For the compiler alone. */
  readonly [holds]: [Key, Value]
}

/** Whose a store is: a process, by its `self`, or a runtime. */
export type StoreOwner =
  | Self<never>
  | Runtime
  | {
      /** Its own address. */
      readonly pid: Pid<never>
    }

/** How a store is. */
export interface StoreOptions {
  /** By which it is found, too; unique among the stores of a runtime, and free again when it ends. */
  readonly name?: string
  /** Who has it when its owner has ended; then it gets a {@link StoreTransfer}. */
  readonly heir?: Pid<never>
  /** What that one is told then; it must be able to cross. */
  readonly heirData?: unknown
  /** Entries at most. */
  readonly maxEntries?: number
  /** Bytes at most, of keys and values as they are kept; about 100 more an entry are not counted. */
  readonly maxBytes?: number
  /**
   * What becomes of a write for which there is no room: `'refuse'`, unless given: it throws, and nothing has changed; `'drop-oldest'`: the
   * entries written before all others go. Such a store has one lock for all, where others have many.
   */
  readonly overflow?: 'refuse' | 'drop-oldest'
}

/** A store, as it is shown. */
export interface StoreView {
  /** Its name, if it has one. */
  readonly name: string | undefined
  /** Whose it is; nobody's if it is the runtime's. */
  readonly owner: Pid | undefined
  /** Whose it is when that has ended. */
  readonly heir: Pid | undefined
  /** How many entries it has. */
  readonly entries: number
  /** Bytes of their keys and values, as they are kept. */
  readonly bytes: number
  /** Entries that went for newer ones, ever. */
  readonly dropped: number
  /** Entries it may have, if there is a limit. */
  readonly maxEntries: number | undefined
  /** Bytes it may have, if there is a limit. */
  readonly maxBytes: number | undefined
}

const NAMES: Names<StoreOptions> = {
  name: true,
  heir: true,
  heirData: true,
  maxEntries: true,
  maxBytes: true,
  overflow: true,
}

/** Throws if they are none; what they limit. */
export const limitsOf = (options: StoreOptions): StoreLimits => {
  checkOptions('options', options, NAMES)
  const { name, heir, heirData, maxEntries, maxBytes, overflow = 'refuse' } = options
  if (name !== undefined) checkName('options.name', name)
  if (heir === undefined && heirData !== undefined) {
    throw badArgument(TypeError, 'options.heir', 'a pid where there is heirData', heir)
  }
  if (heir !== undefined && !(Number.isSafeInteger(heir) && heir > 0)) {
    throw badArgument(TypeError, 'options.heir', 'a pid', heir)
  }
  if (overflow !== 'refuse' && overflow !== 'drop-oldest') {
    throw badArgument(TypeError, 'options.overflow', "'refuse' or 'drop-oldest'", overflow)
  }
  for (const [limit, value] of Object.entries({ maxEntries, maxBytes })) {
    if (value !== undefined && !(Number.isSafeInteger(value) && value > 0)) {
      throw badArgument(RangeError, `options.${limit}`, 'a whole number from 1', value)
    }
  }
  if (overflow === 'drop-oldest' && maxEntries === undefined && maxBytes === undefined) {
    throw badArgument(
      TypeError,
      'options.overflow',
      "'refuse' where there is neither maxEntries nor maxBytes",
      overflow,
    )
  }
  return { entries: maxEntries, bytes: maxBytes, dropsOldest: overflow === 'drop-oldest' }
}

/** Throws if a value is none. */
export const refuseNothing = (value: unknown): void => {
  if (value === undefined) throw badArgument(TypeError, 'value', 'something other than undefined: delete', value)
}

/** Throws if it is none. */
export const checkNumber = (argument: string, number: unknown): void => {
  if (typeof number !== 'number' || Number.isNaN(number)) throw badArgument(TypeError, argument, 'a number', number)
}
