// What is started, as whoever starts it names it: a server, a supervisor, a body; here or as a definition. Owns the handshake by which
// a start is over only when `init` is, which bodies take part in it, and what a spawn is given so that it is in its place.

import { badArgument } from '../errors.ts'
import type { Kernel } from '../kernel/kernel.ts'
import { kernels } from '../kernel/kernels.ts'
import { postUnlink } from '../kernel/post.ts'
import type { Body, Process } from '../kernel/process.ts'
import { isDefinition } from '../process/define.ts'
import type { Definition, ReplyTo, SpawnOptions } from '../process/shapes.ts'

/** What a process that has started replies first. */
export const STARTED = 'started'

/** What whoever starts a process tells it. */
export interface Given {
  /** Who waits for it to have started. */
  readonly ack: ReplyTo | undefined
  /** Whose end is its own, or 0. */
  readonly parent: number
  /** A start that fails takes nobody along: who waits for it hears. */
  readonly unlinks: boolean
}

/** A definition, whatever its process takes. */
export type AnyDefinition = Definition<unknown, readonly unknown[]>

/** A body, whatever its process takes. */
export type AnyBody = (self: never, ...args: never[]) => unknown

/** A body that says when it has started: it is given that, and then its arguments. */
export type StartingBody = (self: never, given: Given, args: readonly unknown[]) => unknown

/**
 * Who starts something: a process, or ordinary code that has a runtime. Told by the kernel it lives on, not by its class: a bundle
 * has classes of its own.
 */
export const starterOf = (parent: unknown): { readonly kernel: Kernel; readonly process: Process | undefined } => {
  const { home, kernel } = (parent ?? {}) as { readonly home?: unknown; readonly kernel?: unknown }
  if (isKernel(home)) return { kernel: home, process: parent as Process }
  if (isKernel(kernel)) return { kernel, process: undefined }
  throw badArgument(TypeError, 'parent', 'the self of a process or a runtime', parent)
}

/** Whether it is one of this thread's, or was. A simulation has several of one runtime. */
const isKernel = (value: unknown): value is Kernel => {
  if (typeof value !== 'object' || value === null) return false
  const { handle, detached } = value as Partial<Kernel>
  if (detached === true || kernels.includes(value as Kernel)) return true
  return handle !== undefined && kernels.some((kernel) => kernel?.handle === handle)
}

const starting = new WeakSet<Body>()

/** From now on `body` counts as one of those. */
export const markStarting = <B extends StartingBody>(body: B): B => {
  starting.add(body as unknown as Body)
  return body
}

/** Whether it does. */
export const isStarting = (body: unknown): body is StartingBody =>
  typeof body === 'function' && starting.has(body as Body)

/** It ends without having started: who waits for it hears, and nobody is taken along. */
export const notStarting = (process: Process, { parent, unlinks }: Given): void => {
  if (unlinks && parent !== 0 && !process.buried) postUnlink(process.home as Kernel, process.pid, parent)
}

/** What is spawned for something that starts: a closure, or a definition and its arguments. */
export const toSpawn = (
  what: AnyBody | AnyDefinition,
  given: Given,
  args: readonly unknown[],
): { readonly what: AnyBody | AnyDefinition; readonly rest: readonly unknown[] } => {
  if (isDefinition(what)) return { what, rest: isStarting(what.body) ? [given, args] : args }
  if (isStarting(what)) return { what: (self: never) => what(self, given, args), rest: [] }
  return { what: args.length === 0 ? what : (self: never) => what(self, ...(args as never[])), rest: [] }
}

/** Where and how it is to be. */
type PlaceOptions = Pick<SpawnOptions, 'on' | 'name' | 'priority' | 'mailbox'>

/** What is spawned, and what is given with it, so that it is where `options` say. */
export const withPlace = (
  what: AnyBody | AnyDefinition,
  rest: readonly unknown[],
  options: PlaceOptions,
): readonly [what: never, rest: unknown[]] => {
  const birth = birthOf(options)
  if (isDefinition(what)) return [(birth === undefined ? what : what.with(birth)) as never, [...rest]]
  return [what as never, birth === undefined ? [] : [birth]]
}

/** What they say of the place; most say nothing. */
const birthOf = ({ on, name, priority, mailbox }: PlaceOptions): SpawnOptions | undefined =>
  on === undefined && name === undefined && priority === undefined && mailbox === undefined
    ? undefined
    : {
        ...(on === undefined ? {} : { on }),
        ...(name === undefined ? {} : { name }),
        ...(priority === undefined ? {} : { priority }),
        ...(mailbox === undefined ? {} : { mailbox }),
      }
