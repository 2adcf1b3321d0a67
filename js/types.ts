// The words of the public surface as types: pids, exit reasons, what a body is given. No code that runs, but the two
// signal messages, which are classes so that `instanceof` narrows.

declare const accepts: unique symbol

/**
 * The address of a process that takes messages of type `M`: an ordinary number within 53 bits, good for `===`, Map keys,
 * JSON and every channel. Its runtime never uses it again. Other runtimes may have the same number: those of other threads,
 * and the 64th that a thread starts after the first; so do not keep pids beyond their runtime.
 */
export type Pid<M = never> = number & { readonly [accepts]: (message: M) => void }

/**
 * Classes that `registerMessage` was called for, as the compiler knows them: empty, for you to add yours to. Needed where a
 * class has methods, which the compiler takes for functions that cannot cross.
 *
 * @example
 * ```ts
 * import { define, registerMessage } from 'rumpus'
 * import type { Self } from 'rumpus'
 *
 * declare module 'rumpus' {
 *   interface RegisteredMessages {
 *     Celsius: Celsius
 *   }
 * }
 *
 * class Celsius {
 *   degrees = 0
 *   isFrost(): boolean {
 *     return this.degrees < 0
 *   }
 * }
 * registerMessage(Celsius, {
 *   encode: ({ degrees }) => degrees,
 *   decode: (degrees) => Object.assign(new Celsius(), { degrees }),
 * })
 *
 * define(import.meta.url, 'thermometer', async (self: Self<Celsius>) => (await self.receive()).isFrost())
 * ```
 */
// biome-ignore lint/suspicious/noEmptyInterface: others add to it
export interface RegisteredMessages {}

/** What can cross to another scheduler. Functions, symbols, promises, weak collections and unknown classes cannot. */
export type Crossable =
  | undefined
  | null
  | boolean
  | number
  | bigint
  | string
  | Date
  | RegExp
  | Error
  | ArrayBuffer
  | ArrayBufferView
  | readonly Crossable[]
  | ReadonlyMap<Crossable, Crossable>
  | ReadonlySet<Crossable>
  | Down
  | Exit
  | RegisteredMessages[keyof RegisteredMessages]
  | { readonly [key: string]: Crossable }

type Uncrossable =
  | ((...args: never[]) => unknown)
  | symbol
  | PromiseLike<unknown>
  | WeakMap<WeakKey, unknown>
  | WeakSet<WeakKey>
type Known =
  | undefined
  | null
  | boolean
  | number
  | bigint
  | string
  | Date
  | RegExp
  | Error
  | ArrayBuffer
  | ArrayBufferView
  | Down
  | Exit
  | RegisteredMessages[keyof RegisteredMessages]

/**
 * Whether values of type `T` can cross, as far as types tell: `false` (or `boolean` for a union) when a part within four
 * levels cannot. What types do not tell, `send` does.
 */
export type Crosses<T, Depth extends unknown[] = []> = Depth['length'] extends 4
  ? true
  : unknown extends T
    ? true
    : T extends Known
      ? true
      : T extends readonly (infer Item)[] | ReadonlySet<infer Item>
        ? Crosses<Item, [...Depth, 0]>
        : T extends ReadonlyMap<infer Key, infer Item>
          ? Crosses<Key | Item, [...Depth, 0]>
          : T extends Uncrossable
            ? false
            : T extends object
              ? false extends { [K in keyof T]-?: Crosses<T[K], [...Depth, 0]> }[keyof T]
                ? false
                : true
              : true

/** An error as it travels in an exit reason. */
export interface ErrorDescription {
  /** Its `name`: `TypeError`. */
  readonly name: string
  /** Its `message`. */
  readonly message: string
  /** Its `stack`, as it was on the thread where it was thrown. */
  readonly stack?: string | undefined
  /** Its `code`, if it had one. */
  readonly code?: unknown
  /** Its `cause`, if it had one. */
  readonly cause?: unknown
}

/**
 * Why a process ended. Data, never thrown. By `kind`: `normal`, its body returned; `shutdown`, it was asked to go, or its runtime
 * stopped; `killed`, by an `exit(pid, 'kill')`; `error`, its body threw; `noproc`, there was no such process any more when
 * somebody linked or monitored it; `scheduler-down`, the thread on which it had started died, and `scheduler` is its number;
 * `user`, what `exit` was given as its reason is the `value`.
 */
export type ExitReason =
  | { readonly kind: 'normal' }
  | { readonly kind: 'shutdown'; readonly value?: unknown }
  | { readonly kind: 'killed' }
  | { readonly kind: 'error'; readonly error: ErrorDescription }
  | { readonly kind: 'noproc' }
  | { readonly kind: 'scheduler-down'; readonly scheduler: number }
  | { readonly kind: 'user'; readonly value: unknown }

/** A monitored process ended. */
export class Down {
  /** Tells it from other messages, where `instanceof` does not. */
  readonly type = 'down'
  /** What `monitor` answered. */
  readonly ref: number
  /** Who ended. */
  readonly pid: Pid
  /** Why. */
  readonly reason: ExitReason

  constructor(ref: number, pid: Pid, reason: ExitReason) {
    this.ref = ref
    this.pid = pid
    this.reason = reason
  }
}

/** An exit signal, seen as a message by a process that traps exits. */
export class Exit {
  /** Tells it from other messages, where `instanceof` does not. */
  readonly type = 'exit'
  /** Who ended; 0 for what `exit` asked. */
  readonly pid: Pid
  /** Why. */
  readonly reason: ExitReason

  constructor(pid: Pid, reason: ExitReason) {
    this.pid = pid
    this.reason = reason
  }
}

/** What `exit` takes as a reason: a word, an error, or any value that can cross. */
export type ReasonGiven = 'normal' | 'shutdown' | 'kill' | Error | ExitReason | Crossable

/** What a message says of the work that it is a part of: `traceparent` as W3C has it, or whatever you like. See `rumpus/telemetry`. */
export interface Context {
  readonly [key: string]: Crossable
}

/** Messages that others may send to a process whose `receive` gives `M`: its signals come from the runtime only. */
export type Sendable<M> = Exclude<M, Down | Exit>
