// Registered classes: whose instances cross, by a name and two functions. Owns which of them this isolate knows; keyed by a
// registered symbol, so that two installed copies of the package share it. Holds the runtime's own two from the start.

import { RumpusError } from '../../errors.ts'
import { Down, Exit, type ExitReason, type Pid } from '../../types.ts'

/** A class whose instances cross. */
export interface Registered {
  readonly name: string
  readonly Class: abstract new (...args: never[]) => object
  /** What crosses in place of an instance. */
  readonly encode: (instance: never) => unknown
  /** An instance, made of what crossed. */
  readonly decode: (value: never) => unknown
}

interface Registry {
  readonly byName: Map<string, Registered>
  /** By the prototype of the instances: a subclass has another. */
  readonly byPrototype: Map<object, Registered>
}

const KEY = Symbol.for('rumpus/0/messages')
const holder = globalThis as { [KEY]?: Registry }
const { byName, byPrototype }: Registry = (holder[KEY] ??= { byName: new Map(), byPrototype: new Map() })

/** The registration of the class that `value` is an instance of, if it has one. */
export const registrationOf = (value: object): Registered | undefined => byPrototype.get(Object.getPrototypeOf(value))

/** The registration of the class whose instances have this prototype, if it has one. */
export const registrationWith = (prototype: object): Registered | undefined => byPrototype.get(prototype)

/** The registration under a name. */
export const registrationAs = (name: string): Registered | undefined => byName.get(name)

/** Adds one. What had the name is still known by its class, and arrives as this one: a module may be loaded twice. */
export const addRegistration = (registered: Registered): void => {
  byName.set(registered.name, registered)
  byPrototype.set(registered.Class.prototype, registered)
}

/** The registration that a message names. */
export const expectRegistration = (name: string): Registered => {
  const registered = byName.get(name)
  if (registered !== undefined) return registered
  throw new RumpusError(
    'ERR_RUMPUS_UNKNOWN_MESSAGE',
    `this thread knows no class ${JSON.stringify(name)}: import the module that registers it where the receiver is defined`,
  )
}

/** Of the runtime's own classes each copy of the package has its own; those that arrive are the first copy's. */
const addOwn = (registered: Registered): void => {
  byPrototype.set(registered.Class.prototype, registered)
  if (!byName.has(registered.name)) byName.set(registered.name, registered)
}

type Told = readonly [who: number, reason: ExitReason, ref: number]

addOwn({
  name: 'rumpus.Down',
  Class: Down,
  encode: ({ pid, reason, ref }: Down): Told => [pid, reason, ref],
  decode: ([pid, reason, ref]: Told): Down => new Down(ref, pid as Pid, reason),
})
addOwn({
  name: 'rumpus.Exit',
  Class: Exit,
  encode: ({ pid, reason }: Exit): Told => [pid, reason, 0],
  decode: ([pid, reason]: Told): Exit => new Exit(pid as Pid, reason),
})
