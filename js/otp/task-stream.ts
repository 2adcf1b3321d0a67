// taskStream: a task for each of many inputs, some at a time, and what became of each. Owns how many run, how many results wait, and in
// which order they are given. Never true in it: more tasks at a time than were allowed, an input taken before there is room for it, a
// task that outlives the stream.
//
// Unlike Elixir's async_stream a task that takes too long, or fails, does not end the owner: its result says so, in the form of
// Promise.allSettled. Time is not limited unless it is said.

import { badArgument, TimeoutError } from '../errors.ts'
import { Process } from '../kernel/process.ts'
import { checkOptions, type Names } from '../options.ts'
import type { Self } from '../process/shapes.ts'
import { checkMs, checkSignal } from '../process/waits.ts'
import type { Pid } from '../types.ts'
import { onEnds } from './ends.ts'
import { starterOf } from './starting.ts'
import { checkBody, Task, type TaskBody, type TaskOwner } from './task.ts'

/** How a stream of tasks is. */
export interface TaskStreamOptions {
  /** How many tasks at a time; as many as there are scheduler threads unless given. */
  readonly maxConcurrency?: number
  /** Whether results come in the order of the inputs (unless given) or as they are there. In order one that is slow holds up the others. */
  readonly ordered?: boolean
  /** How long each may take, in milliseconds; it is killed then. As long as it takes unless given. */
  readonly timeout?: number
  /** A dynamic supervisor, or its name, whose children they are to be. */
  readonly supervisor?: Pid<never> | string
  /** Ends the stream when aborted, with an AbortError. */
  readonly signal?: AbortSignal
}

const NAMES: Names<TaskStreamOptions> = {
  maxConcurrency: true,
  ordered: true,
  timeout: true,
  supervisor: true,
  signal: true,
}

/** What became of one input. */
export type TaskSettled<Input, Result> =
  | { readonly index: number; readonly input: Input; readonly status: 'fulfilled'; readonly value: Result }
  | { readonly index: number; readonly input: Input; readonly status: 'rejected'; readonly reason: unknown }

/** An input on its way. */
interface Run<Input, Result> {
  readonly index: number
  readonly input: Input
  task: Task<Result> | undefined
  settled: TaskSettled<Input, Result> | undefined
  /** Is over when the task is. */
  work: Promise<void> | undefined
}

/**
 * Runs a task for each input, no more than `maxConcurrency` at a time, and gives what became of each. An input is taken when there is
 * room, so they may be without end; at most `maxConcurrency` results wait to be taken, twice as many inputs are on their way when the
 * results come in order. Who leaves the loop early ends the tasks that still run.
 *
 * @param owner - the process that waits, with which all ends, or the runtime
 * @param inputs - what to work on: an iterable, async or not; what it throws ends the stream
 * @param what - as of `Task.async`; given `self` and the input
 * @param options - how many at a time, in which order, for how long
 * @throws at the call TypeError `ERR_RUMPUS_BAD_ARGUMENT`, RangeError `ERR_RUMPUS_OUT_OF_RANGE`; then what `inputs` throws, AbortError, and
 * ProcessExit if the owner must end
 * @example
 * ```ts
 * import { run } from 'rumpus'
 * import { defineTask, taskStream } from 'rumpus/otp'
 * import assert from 'node:assert/strict'
 *
 * const lengths = defineTask(import.meta.url, 'lengths', (self, text) => {
 *   if (text === '') throw new RangeError('nothing to measure')
 *   return text.length
 * })
 *
 * await run(async (self) => {
 *   const seen = []
 *   for await (const { input, status, value } of taskStream(self, ['a', '', 'abc'], lengths, { maxConcurrency: 2 })) {
 *     seen.push([input, status === 'fulfilled' ? value : 'failed'])
 *   }
 *   assert.deepEqual(seen, [['a', 1], ['', 'failed'], ['abc', 3]])
 * })
 * ```
 */
export const taskStream = <Input, Result>(
  owner: TaskOwner,
  inputs: Iterable<Input> | AsyncIterable<Input>,
  what: TaskBody<readonly [Input], Result>,
  options: TaskStreamOptions = {},
): AsyncGenerator<TaskSettled<Input, Awaited<Result>>, void, undefined> => {
  const kernel = starterOf(owner).kernel
  checkOptions('options', options, NAMES)
  const { maxConcurrency = Math.max(1, kernel.handle.regularSeats - 1), ordered = true, timeout, signal } = options
  if (!Number.isInteger(maxConcurrency) || maxConcurrency < 1) {
    throw badArgument(RangeError, 'options.maxConcurrency', 'a whole number from 1', maxConcurrency)
  }
  if (typeof ordered !== 'boolean') throw badArgument(TypeError, 'options.ordered', 'true or false', ordered)
  if (timeout !== undefined && timeout !== Number.POSITIVE_INFINITY) checkMs('options.timeout', timeout)
  checkSignal(signal)
  checkBody(what)
  const iterator = iteratorOf(inputs)
  const stream = new TaskStream<Input, Awaited<Result>>(owner, iterator, what as never, {
    ...options,
    maxConcurrency,
    ordered,
  })
  return stream.run()
}

const iteratorOf = <Input>(inputs: Iterable<Input> | AsyncIterable<Input>): Iterator<Input> | AsyncIterator<Input> => {
  const from = inputs as Partial<Iterable<Input> & AsyncIterable<Input>> | null | undefined
  const iterator = from?.[Symbol.asyncIterator]?.() ?? from?.[Symbol.iterator]?.()
  if (iterator === undefined) throw badArgument(TypeError, 'inputs', 'an iterable, async or not', inputs)
  return iterator
}

class TaskStream<Input, Result> {
  private readonly owner: TaskOwner
  private readonly inputs: Iterator<Input> | AsyncIterator<Input>
  private readonly what: TaskBody<readonly [Input], Result>
  private readonly options: TaskStreamOptions & { readonly maxConcurrency: number; readonly ordered: boolean }
  /** Not given yet, in the order of the inputs. */
  private readonly runs = new Set<Run<Input, Result>>()
  /** Those of them that are over, in the order of their ends. */
  private readonly ended = new Set<Run<Input, Result>>()
  private running = 0
  private taken = 0
  /** An input is being waited for. */
  private pulling = false
  private inputsOver = false
  private over = false
  /** Why the stream ends. */
  private failed: { readonly error: unknown } | undefined
  private wake: () => void = () => {}

  constructor(
    owner: TaskOwner,
    inputs: Iterator<Input> | AsyncIterator<Input>,
    what: TaskBody<readonly [Input], Result>,
    options: TaskStreamOptions & { readonly maxConcurrency: number; readonly ordered: boolean },
  ) {
    this.owner = owner
    this.inputs = inputs
    this.what = what
    this.options = options
  }

  async *run(): AsyncGenerator<TaskSettled<Input, Result>, void, undefined> {
    const forget = this.listen()
    try {
      for (;;) {
        this.pull()
        if (this.failed !== undefined) throw this.failed.error
        const next = this.takeSettled()
        if (next !== undefined) {
          yield next
          continue
        }
        if (this.inputsOver && this.runs.size === 0) return
        await new Promise<void>((resolve) => (this.wake = resolve))
      }
    } finally {
      this.over = true
      forget()
      await this.endAll()
    }
  }

  /** Hears of whatever else ends the stream. */
  private listen(): () => void {
    const { signal } = this.options
    const end = this.owner instanceof Process ? (this.owner as unknown as Self<never>).signal : undefined
    return onEnds(end, signal, (why) => this.fail(why))
  }

  private fail(error: unknown): void {
    this.failed ??= { error }
    this.wake()
  }

  private takeSettled(): TaskSettled<Input, Result> | undefined {
    const [first] = this.options.ordered ? this.runs : this.ended
    if (first?.settled === undefined) return undefined
    this.runs.delete(first)
    this.ended.delete(first)
    return first.settled
  }

  /** Takes inputs as long as there is room. */
  private pull(): void {
    const { maxConcurrency, ordered } = this.options
    const most = ordered ? 2 * maxConcurrency : maxConcurrency
    while (!this.pulling && !this.inputsOver && this.failed === undefined && !this.over) {
      if (this.running >= maxConcurrency || this.runs.size >= most) return
      this.pulling = true
      try {
        const next = this.inputs.next()
        if (isPromise(next)) this.await(next)
        else this.pulled(next)
      } catch (error) {
        this.pullFailed(error)
      }
    }
  }

  private await(next: PromiseLike<IteratorResult<Input>>): void {
    const pulled = (value: IteratorResult<Input>): void => {
      this.pulled(value)
      this.pull()
      this.wake()
    }
    Promise.resolve(next)
      .then(pulled)
      .catch((error: unknown) => this.pullFailed(error))
  }

  private pullFailed(error: unknown): void {
    this.pulling = false
    this.inputsOver = true
    this.fail(error)
  }

  private pulled({ done, value: input }: IteratorResult<Input>): void {
    this.pulling = false
    if (done === true) {
      this.inputsOver = true
      return
    }
    if (this.over) return
    const run: Run<Input, Result> = { index: this.taken++, input, task: undefined, settled: undefined, work: undefined }
    this.runs.add(run)
    this.running++
    run.work = this.work(run)
  }

  /** Never rejects. */
  private async work(run: Run<Input, Result>): Promise<void> {
    const { index, input } = run
    const { timeout } = this.options
    try {
      const task = await this.start(input)
      run.task = task
      if (this.over) await task.stop('kill')
      const value = await task.result(timeout === undefined ? {} : { timeout })
      run.settled = { index, input, status: 'fulfilled', value }
    } catch (reason) {
      if (reason instanceof TimeoutError && run.task?.isOver === false) await run.task.stop('kill')
      run.settled = { index, input, status: 'rejected', reason }
    }
    this.running--
    this.ended.add(run)
    this.pull()
    this.wake()
  }

  private start(input: Input): Task<Result> | Promise<Task<Result>> {
    const { owner, what } = this
    const { supervisor } = this.options
    if (supervisor === undefined) return Task.async(owner, what, input) as Task<Result>
    return Task.supervised(owner, supervisor, what, input) as Promise<Task<Result>>
  }

  /** Ends the tasks that run, and the inputs. */
  private async endAll(): Promise<void> {
    const running = [...this.runs].filter(({ settled }) => settled === undefined)
    for (const { task } of running) void task?.stop('kill')
    await Promise.all(running.map(({ work }) => work))
    if (this.inputsOver) return
    const ended = this.inputs.return?.()
    // One that is being waited for may never come.
    if (this.pulling) void Promise.resolve(ended).catch(() => {})
    else await ended
  }
}

const isPromise = <T>(value: T | PromiseLike<T>): value is PromiseLike<T> =>
  typeof (value as PromiseLike<T> | undefined)?.then === 'function'
