// Tasks: a body whose result somebody waits for, here or on any core. Owns how it is started, ties it to who waits, and what it says.
//
// Unlike Elixir's: a task that fails does not take its owner along, its result rejects, for a promise that rejects is what JavaScript
// handles an error with; a task whose owner ends is still ended. Waiting for a result has no time limit unless one is given, and one
// that is given ends the wait, not the task: `stop` ends that. What a task answers crosses as a message does.

import { badArgument, stopped } from '../errors.ts'
import type { Kernel } from '../kernel/kernel.ts'
import { Process } from '../kernel/process.ts'
import { describe } from '../kernel/reasons.ts'
import { reply } from '../process/call.ts'
import { isDefinition } from '../process/define.ts'
import { endWith } from '../process/end-with.ts'
import { exit } from '../process/exit.ts'
import { replyError } from '../process/reply-error.ts'
import type { CallOptions, Definition, ReplyTo, Runtime, Self, SpawnOptions } from '../process/shapes.ts'
import { spawnHeard } from '../process/spawn.ts'
import { checkOnlyWait } from '../process/waits.ts'
import type { ExitReason, Pid, ReasonGiven } from '../types.ts'
import { defineStarting } from './start-server.ts'
import type { AnyBody } from './starting.ts'
import { starterOf } from './starting.ts'
import { startChild } from './supervisor.ts'
import { Outcome } from './task-outcome.ts'

/** A body that any scheduler can run as a task, as {@link defineTask} makes it. */
export interface TaskDefinition<A extends readonly unknown[] = readonly unknown[], Result = unknown>
  extends Definition<never, A> {
  /** What its body returns, for the compiler. */
  readonly result?: () => Result
  /** The same definition, run with these options. */
  with(options: SpawnOptions): TaskDefinition<A, Result>
}

/** What a task runs: a closure, on the scheduler of who starts it, or a definition, where there is room. */
export type TaskBody<A extends readonly unknown[], Result> =
  | ((self: Self<never>, ...args: A) => Result | PromiseLike<Result>)
  | TaskDefinition<A, Result>

/** Who starts tasks: a process, or the runtime for ordinary code. */
export type TaskOwner = Self<never> | Runtime | { readonly pid: Pid<never> }

/** What a task is told by whoever starts it. */
class Ticket {
  readonly type = 'task'
  /** Where it says what became of it. */
  readonly from: ReplyTo
  /** With whose end it ends, or 0. */
  readonly owner: number
  /** It may end before who waits knows its process: it says itself why. */
  readonly says: boolean

  constructor(from: ReplyTo, owner: number, says: boolean) {
    this.from = from
    this.owner = owner
    this.says = says
  }
}

type Given = Pick<Ticket, 'type' | 'from' | 'owner' | 'says'>

const definitions = new WeakSet<object>()

/** Runs the body of a task. */
const runTask = async (
  self: Self<never>,
  { from, owner, says }: Given,
  body: (self: never, ...args: never[]) => unknown,
  args: readonly unknown[],
): Promise<void> => {
  const process = self as unknown as Process
  const kernel = process.home as Kernel
  const release = owner === 0 ? nothing : endWith(kernel, process.pid, owner)
  try {
    reply(from, ['value', await body(self as never, ...(args as never[]))])
  } catch (error) {
    if (process.exiting !== undefined) {
      if (says) sayWhy(from, process.exiting)
      throw error
    }
    replyError(from, error)
    // Not thrown: whoever waits for the result hears of it.
    self.exit({ kind: 'error', error: describe(error) })
  } finally {
    release()
  }
}

const nothing = (): void => {}

const sayWhy = (from: ReplyTo, reason: ExitReason): void => {
  try {
    reply(from, ['ended', reason])
  } catch {
    // A reason that cannot cross: who waits hears that it has ended.
  }
}

/**
 * Defines a body under `name` in the module `url` that any scheduler can run as a task: see `define`, whose rules are the same. Spawned
 * as any definition it is a process like any.
 *
 * @param url - `import.meta.url`
 * @param name - unique in the module
 * @param body - given `self` and the arguments; what it returns is the result, and must be able to cross
 * @returns the definition, for {@link Task.async}, {@link Task.supervised} and `taskStream`
 * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`, RangeError `ERR_RUMPUS_OUT_OF_RANGE` as `define` does
 * @example
 * ```ts
 * import { run } from 'rumpus'
 * import { defineTask, Task } from 'rumpus/otp'
 * import assert from 'node:assert/strict'
 *
 * const square = defineTask(import.meta.url, 'square', (self, n) => n * n)
 *
 * await run(async (self) => {
 *   const tasks = [1, 2, 3].map((n) => Task.async(self, square, n))
 *   assert.deepEqual(await Promise.all(tasks.map((task) => task.result())), [1, 4, 9])
 * })
 * ```
 */
export const defineTask = <A extends readonly unknown[], Result>(
  url: string,
  name: string,
  body: (self: Self<never>, ...args: A) => Result | PromiseLike<Result>,
): TaskDefinition<A, Awaited<Result>> => {
  if (typeof body !== 'function') throw badArgument(TypeError, 'body', 'a function', body)
  const run = (self: Self<never>, given: unknown, args: readonly unknown[], ...more: readonly unknown[]): unknown =>
    isTicket(given)
      ? runTask(self, given, body as never, args)
      : body(self, ...([given, args, ...more] as unknown as A))
  definitions.add(run)
  return defineStarting(url, name, run as never, body.toString()) as never
}

const isTicket = (given: unknown): given is Given =>
  typeof given === 'object' &&
  given !== null &&
  (given as Given).type === 'task' &&
  Array.isArray((given as Given).from)

/**
 * A body whose result somebody waits for. It begins at once and has a process of its own: what else could end it, a thread that dies
 * or somebody who kills it, is an error of its result.
 *
 * For one thing that is done once while its owner does something else, or that another core is to do. For many inputs, see `taskStream`;
 * for what answers again and again, a {@link Server}.
 *
 * @example
 * ```ts
 * import { run } from 'rumpus'
 * import { Task } from 'rumpus/otp'
 * import assert from 'node:assert/strict'
 *
 * await run(async (self) => {
 *   const slow = Task.async(self, async (me) => {
 *     await me.sleep(5)
 *     return 'done'
 *   })
 *   const fails = Task.async(self, async () => {
 *     throw new RangeError('too far')
 *   })
 *   await assert.rejects(fails.result(), RangeError)
 *   assert.equal(await slow.result(), 'done')
 * })
 * ```
 */
export class Task<Result = unknown> {
  /** Its process. */
  readonly pid: Pid<never>
  private readonly owner: Self<never> | undefined
  private readonly outcome: Outcome

  private constructor(pid: number, owner: Self<never> | undefined, outcome: Outcome) {
    this.pid = pid as Pid<never>
    this.owner = owner
    this.outcome = outcome
  }

  /**
   * Starts a task. If the process `owner` ends, so does the task.
   *
   * @param owner - the process that waits for it, or the runtime
   * @param what - a closure, which runs on this scheduler, or what {@link defineTask} answered, which runs where there is room, or where
   * its `with({ on })` says
   * @param args - for the body, behind its `self`
   * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`, and what `spawn` throws
   */
  static async<Result, A extends readonly unknown[]>(
    owner: TaskOwner,
    what: TaskBody<A, Result>,
    ...args: A
  ): Task<Awaited<Result>> {
    const self = ownerOf(owner)
    const kernel = kernelOf(owner)
    checkBody(what)
    const outcome = new Outcome(kernel)
    const ticket = new Ticket(outcome.from, self?.pid ?? 0, false)
    try {
      const [pid, ref] = isDefinition(what)
        ? spawnHeard(kernel, 0, what, [{ ...ticket }, args])
        : spawnHeard(kernel, 0, (me: Self<never>) => runTask(me, ticket, what as unknown as AnyBody, args), [])
      outcome.ofNew(pid, ref)
      return new Task<Awaited<Result>>(pid, self, outcome)
    } catch (error) {
      outcome.forget()
      throw error
    }
  }

  /**
   * Starts a task as a child of a dynamic supervisor, which ends it when it ends itself, and which counts it (`maxChildren`).
   *
   * @param owner - as of {@link Task.async}
   * @param supervisor - the supervisor, or its name: `startSupervisor(self, { strategy: 'dynamic' })`; on another scheduler definitions only
   * @param what - as of {@link Task.async}
   * @param args - as of {@link Task.async}
   * @throws as {@link Task.async}; rejects as `startChild`: RumpusError `ERR_RUMPUS_TOO_MANY_CHILDREN`
   * @example
   * ```ts
   * import { run } from 'rumpus'
   * import { startSupervisor, Task } from 'rumpus/otp'
   * import assert from 'node:assert/strict'
   *
   * await run(async (self) => {
   *   const tasks = await startSupervisor(self, { strategy: 'dynamic', maxChildren: 100 })
   *   const task = await Task.supervised(self, tasks, async (me, n) => n + 1, 41)
   *   assert.equal(await task.result(), 42)
   * })
   * ```
   */
  static supervised<Result, A extends readonly unknown[]>(
    owner: TaskOwner,
    supervisor: Pid<never> | string,
    what: TaskBody<A, Result>,
    ...args: A
  ): Promise<Task<Awaited<Result>>> {
    const self = ownerOf(owner)
    const kernel = kernelOf(owner)
    checkBody(what)
    const outcome = new Outcome(kernel)
    const ticket = { ...new Ticket(outcome.from, self?.pid ?? 0, true) }
    const start = isDefinition(what) ? what : (me: Self<never>) => runTask(me, ticket, what as unknown as AnyBody, args)
    const given = isDefinition(what) ? [ticket, args] : []
    try {
      const started = startChild(supervisor, { start: start as never, args: given, restart: 'temporary' })
      return started.then(
        (pid) => {
          outcome.of(pid)
          return new Task<Awaited<Result>>(pid, self, outcome)
        },
        (error: unknown) => {
          outcome.forget()
          throw error
        },
      )
    } catch (error) {
      outcome.forget()
      throw error
    }
  }

  /**
   * What the body returned. Ask as often as you like, at once or later; a task that fails before anybody has asked makes a crash report.
   *
   * @param options - how long to wait, as long as it takes unless given; giving up does not end the task
   * @throws TypeError, RangeError for options that are none; rejects with what the body threw (from another scheduler, as it crosses), with
   * RumpusError `ERR_RUMPUS_DOWN` if the task was ended, `cause` being the exit reason (`noproc` if a supervised one was killed before its
   * supervisor had answered), with TimeoutError, AbortError, and with ProcessExit if the owner must end
   */
  result(options: CallOptions = {}): Promise<Result> {
    checkOnlyWait(options, true)
    return this.outcome.result(this.owner, options) as Promise<Result>
  }

  /** Whether the result is known. */
  get isOver(): boolean {
    return this.outcome.became !== undefined
  }

  /**
   * Asks the task to end, and resolves when there is a result or its process is dead. Its result rejects then, unless it came before.
   *
   * @param reason - why; `'shutdown'` unless given: it has 5 s then. `'kill'`: none
   */
  stop(reason: ReasonGiven = 'shutdown'): Promise<void> {
    const { outcome } = this
    outcome.asked = true
    if (outcome.became !== undefined) return Promise.resolve()
    const known = new Promise<void>((resolve) => outcome.whenKnown(resolve))
    exit(this.pid, reason)
    return known
  }
}

const kernelOf = (owner: TaskOwner): Kernel => {
  const { kernel } = starterOf(owner)
  if (kernel.detached) throw stopped()
  return kernel
}

const ownerOf = (owner: TaskOwner): Self<never> | undefined => {
  if (!(owner instanceof Process)) return undefined
  owner.check()
  return owner as unknown as Self<never>
}

/** Throws if `what` is nothing that a task can run. */
export const checkBody = (what: unknown): void => {
  if (isDefinition(what) ? definitions.has(what.body) : typeof what === 'function') return
  throw badArgument(TypeError, 'what', 'a function or what defineTask answered', what)
}
