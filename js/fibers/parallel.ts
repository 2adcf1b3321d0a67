// parallel: a fiber waits for a body that runs on another core, as for a child. Owns how cancellation and errors cross: the one there,
// as the end of a process, the other back, as what it said. Never true here: the fiber goes on while the other end runs, but for one
// that has not come to its end within the grace of a process.

import type { Cancelled } from '../effect/cancelled.ts'
import { Computation } from '../effect/computation.ts'
import { Fiber, type Within } from '../effect/fiber.ts'
import { Trigger } from '../effect/trigger.ts'
import { fiberIn } from '../effect/within.ts'
import { badArgument, ProcessExit, RumpusError } from '../errors.ts'
import type { Kernel } from '../kernel/kernel.ts'
import { kernels } from '../kernel/kernels.ts'
import type { Process } from '../kernel/process.ts'
import { checkOptions, type Names } from '../options.ts'
import { reply } from '../process/call.ts'
import { define, isDefinition } from '../process/define.ts'
import { endWith } from '../process/end-with.ts'
import { replyError } from '../process/reply-error.ts'
import type { Definition, Place, ReplyTo, Runtime, Self, SpawnOptions } from '../process/shapes.ts'
import type { Crosses, ExitReason } from '../types.ts'
import { Errand, type Said } from './errand.ts'
import { executorOf, kernelOf } from './native.ts'

/** Where a body of {@link defineParallel} runs. */
export interface ParallelOptions extends Pick<SpawnOptions, 'priority'> {
  /** As for a spawn: where there is room unless given; a number is a scheduler. */
  readonly on?: Place
  /** The runtime on whose schedulers; that of the process whose fiber waits unless given. A fiber of no process needs it. */
  readonly runtime?: Runtime
}

const NAMES: Names<ParallelOptions> = { on: true, runtime: true, priority: true }

/** A body that {@link parallel} can run on any core, as {@link defineParallel} makes it. */
export interface ParallelDefinition<A extends readonly unknown[] = readonly unknown[], R = unknown> {
  /** The module. */
  readonly url: string
  /** The name. */
  readonly name: string
  /** How it is run. */
  readonly options: ParallelOptions
  /** What its body takes and returns, for the compiler. */
  readonly body?: (fiber: Fiber, ...args: A) => R
  /** The same definition, run with these options. */
  with(options: ParallelOptions): ParallelDefinition<A, R>
}

/** What the other end is told. */
interface Ticket {
  /** Where it says what became of it; with the end of that process it ends, too. */
  readonly from: ReplyTo
}

type Main = (fiber: Fiber, ...args: readonly unknown[]) => unknown

/** The process behind each, by the name that finds it again. */
const behind = new WeakMap<object, Definition<never, readonly unknown[]>>()
/** The texts of bodies, for the wrapper is the same for all. */
const texts = new Map<string, string>()

/**
 * Defines a body under `name` in the module `url` that {@link parallel} can run on any core: see `define`, whose rules are the same. It
 * is given a fiber, which is cancelled when the fiber that waits for it is, and the arguments; what it returns must be able to cross.
 *
 * @param url - `import.meta.url`
 * @param name - unique in the module
 * @param body - the function
 * @returns the definition
 * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`, RangeError `ERR_RUMPUS_OUT_OF_RANGE` as `define` does
 * @example
 * ```ts
 * import { run } from 'rumpus'
 * import { defineParallel, fiberOf, parallel } from 'rumpus/fibers'
 * import { map } from 'rumpus/structured'
 * import assert from 'node:assert/strict'
 *
 * const square = defineParallel(import.meta.url, 'square', (fiber, n) => n * n)
 *
 * await run(async (self) => {
 *   const squares = await map(fiberOf(self), [1, 2, 3], (n, fiber) => parallel(fiber, square, n))
 *   assert.deepEqual(squares, [1, 4, 9])
 * })
 * ```
 */
export const defineParallel = <A extends readonly unknown[], R>(
  url: string,
  name: string,
  body: (fiber: Fiber, ...args: A) => R | PromiseLike<R>,
  ..._: false extends Crosses<A> | Crosses<Awaited<R>> ? ['arguments and result must be able to cross'] : []
): ParallelDefinition<A, Awaited<R>> => {
  if (typeof body !== 'function') throw badArgument(TypeError, 'body', 'a function', body)
  const key = `${url}#${name}`
  const known = texts.get(key)
  if (known !== undefined && known !== body.toString()) {
    throw badArgument(RangeError, 'name', `a name that ${url} has not defined yet`, name)
  }
  const run = (self: Self<never>, ticket: Ticket, args: readonly unknown[]): Promise<void> =>
    runHere(self, ticket, body as unknown as Main, args)
  const process = define(url, name, run as never) as unknown as Definition<never, readonly unknown[]>
  texts.set(key, body.toString())
  return make(process, {})
}

const make = <A extends readonly unknown[], R>(
  process: Definition<never, readonly unknown[]>,
  options: ParallelOptions,
): ParallelDefinition<A, R> => {
  const { url, name } = process
  const definition: ParallelDefinition<A, R> = {
    url,
    name,
    options,
    with: (more) => {
      checkOptions('options', more, NAMES)
      return make(process, { ...options, ...more })
    },
  }
  behind.set(definition, process)
  return definition
}

/** The body of the process at the other end. */
const runHere = async (self: Self<never>, { from }: Ticket, main: Main, args: readonly unknown[]): Promise<void> => {
  const process = self as unknown as Process
  const kernel = process.home as Kernel
  const release = endWith(kernel, process.pid, (from as unknown as readonly [number])[0])
  const fiber = new Fiber(executorOf(process), cancelledWith(self))
  try {
    reply(from, ['value', await main(fiber, ...args)] satisfies Said)
  } catch (error) {
    // Whoever waits has cancelled it, and knows.
    if (error !== fiber.cancellation) replyError(from, error)
  } finally {
    release()
  }
}

/** A computation that is cancelled when the process must end, with the reason that was given. */
const cancelledWith = (self: Self<never>): Computation<never> => {
  const computation = new Computation<never>()
  const { signal } = self
  const end = (): void => computation.cancel(reasonIn(signal.reason))
  if (signal.aborted) end()
  else signal.addEventListener('abort', end, { once: true })
  return computation
}

const reasonIn = (exit: unknown): unknown => {
  const reason = exit instanceof ProcessExit ? (exit.reason as Partial<Extract<ExitReason, { kind: 'shutdown' }>>) : {}
  return reason.kind === 'shutdown' && reason.value !== undefined ? reason.value : exit
}

/**
 * Runs `definition` on another core, where there is room, and answers what it returns: the fiber waits for it as for a child. In a
 * `scope.fork`, strict or not, it is one: joined or cancelled, never lost.
 *
 * What it throws comes back as it crosses. When the fiber is cancelled, the fiber there is, with the same reason, and this one waits
 * until that has come to its end, which may take the 5 s that a process has; a value that came before is kept, an error that came
 * after it is thrown. If the other end is lost with its thread it rejects with `ERR_RUMPUS_DOWN`. Arguments are encoded, always.
 *
 * For work of some milliseconds of computation: there and back costs some microseconds, and begins a process. What waits for others is
 * better forked here. For so many at a time use `map` with `concurrency`, or an {@link ExecutorPool}.
 *
 * @param within - the fiber or scope that waits
 * @param definition - what {@link defineParallel} answered
 * @param args - for its body, behind its fiber
 * @throws rejects with what is said above; TypeError `ERR_RUMPUS_BAD_ARGUMENT`; RumpusError `ERR_RUMPUS_NO_RUNTIME` for a fiber of no
 * process, unless the definition has a runtime
 * @example
 * ```ts
 * import { run } from 'rumpus'
 * import { defineParallel, fiberOf, parallel } from 'rumpus/fibers'
 * import { scope } from 'rumpus/structured'
 * import assert from 'node:assert/strict'
 *
 * const count = defineParallel(import.meta.url, 'count', (fiber, text, word) => text.split(word).length - 1)
 *
 * await run((self) =>
 *   scope(fiberOf(self), async (scope) => {
 *     const child = scope.fork((fiber) => parallel(fiber, count, 'to be or not to be', 'be'))
 *     assert.equal(await child.await(scope), 2)
 *   }, { strict: true }),
 * )
 * ```
 */
export const parallel = <A extends readonly unknown[], R>(
  within: Within,
  definition: ParallelDefinition<A, R>,
  ...args: A
): Promise<R> => {
  const { on, runtime }: ParallelOptions = definition?.options ?? {}
  return runElsewhere(within, definition, args, on, runtime) as Promise<R>
}

/** The same, where it is to run said apart. */
export const runElsewhere = async (
  within: Within,
  definition: ParallelDefinition<never, unknown>,
  args: readonly unknown[],
  on: Place | undefined,
  runtime: Runtime | undefined,
): Promise<unknown> => {
  const process = behindOf(definition)
  const fiber = fiberIn(within)
  const { priority } = definition.options
  const kernel = kernelFor(fiber, runtime)
  fiber.check()
  const errand = new Errand(kernel, definition.name)
  try {
    const options = { ...(on === undefined ? {} : { on }), ...(priority === undefined ? {} : { priority }) }
    errand.start(process.with(options), args)
  } catch (error) {
    errand.forget()
    throw error
  }
  return hear(errand, await standBy(fiber, errand))
}

/** Waits for the other end, to its end; answers why the fiber does not want it any more, if so. */
const standBy = async (fiber: Fiber, errand: Errand): Promise<Cancelled | undefined> => {
  const { became } = errand
  const trigger = new Trigger()
  if (!became.tryAttach(trigger)) return undefined
  let cancelled: Cancelled | undefined
  fiber.noteWait(errand)
  try {
    cancelled = await fiber.await(trigger)
  } catch (error) {
    // It waits already, for something else.
    errand.cancel('nobody waits for it')
    throw error
  } finally {
    fiber.forgetWait(errand)
  }
  if (!became.isRunning) return cancelled
  became.release()
  errand.cancel(cancelled?.cause)
  await fiber.forbid(() => fiber.wait(became))
  return cancelled
}

const hear = (errand: Errand, cancelled: Cancelled | undefined): unknown => {
  const [kind, what] = (errand.became.peek() as { readonly value: readonly [string, unknown] }).value
  if (kind === 'value') return what
  throw kind === 'lost' && cancelled !== undefined ? cancelled : what
}

/** The process that runs it. */
const behindOf = (definition: unknown): Definition<never, readonly unknown[]> => {
  const process = behind.get(Object(definition))
  if (process !== undefined && isDefinition(process)) return process
  throw badArgument(TypeError, 'definition', 'what defineParallel answered', definition)
}

/** The kernel that starts it. */
const kernelFor = (fiber: Fiber, runtime: Runtime | undefined): Kernel => {
  if (runtime !== undefined) return kernelIn(runtime)
  const kernel = kernelOf(fiber)
  if (kernel !== undefined) return kernel
  const what = 'parallel needs a runtime: the fiber is of no process, so say which, `definition.with({ runtime })`'
  throw new RumpusError('ERR_RUMPUS_NO_RUNTIME', what)
}

/** The kernel of a runtime, told by what it is: a bundle has classes of its own. */
export const kernelIn = (runtime: unknown): Kernel => {
  const { kernel } = (runtime ?? {}) as { readonly kernel?: Kernel }
  if (kernel !== undefined && (kernels.includes(kernel) || kernel.detached === true)) return kernel
  throw badArgument(TypeError, 'runtime', 'a runtime, as `start` or `self.runtime` answer it', runtime)
}
