// call and reply: a question to a process, from anywhere, and its answer. Owns the shape of a question; the wait is at the
// desk, so no inbox is searched, and a late answer is dropped.

import { AbortError, badArgument, RumpusError, TimeoutError } from '../errors.ts'
import type { Kernel } from '../kernel/kernel.ts'
import { onlyKernel } from '../kernel/kernels.ts'
import { kernelOf } from '../kernel/post.ts'
import type { Pid } from '../types.ts'
import { deskOf, ended, type News } from './desk.ts'
import { checkName } from './names.ts'
import { send, sendFrom } from './send.ts'
import { checkMs } from './sleep.ts'

declare const answers: unique symbol

/** Where the answer to a question goes. It can cross, and is good for one answer. */
export type ReplyTo<Reply = unknown> = readonly [desk: Pid<never>, number: number] & {
  readonly [answers]?: (reply: Reply) => void
}

/** A question, as the process that is asked receives it. */
export interface Call<Request = unknown, Reply = unknown> {
  readonly type: 'call'
  /** For {@link reply}. */
  readonly from: ReplyTo<Reply>
  readonly request: Request
}

/** How long to wait for an answer. */
export interface CallOptions {
  /** Milliseconds until it rejects with `TimeoutError`; 5000 unless given, Infinity for as long as it takes. */
  readonly timeout?: number
  /** Has it reject with `AbortError` when aborted. */
  readonly signal?: AbortSignal
}

const TIMEOUT_MS = 5_000

/**
 * Asks the process `to` and answers what it replies. For code outside processes, a request handler or a test; it works inside
 * a body too, which then awaits it as it would anything foreign.
 *
 * The process receives a {@link Call} and answers with {@link reply}, at once or later. Should it end first, the call hears at
 * once. An answer that comes too late is dropped.
 *
 * @param to - whom: a pid, or a name in the only runtime of this thread
 * @param request - what; as with `send`
 * @param options - how long to wait
 * @returns what was replied
 * @throws RumpusError `ERR_RUMPUS_NOPROC` if there is no such process, `ERR_RUMPUS_DOWN` if it ends without an answer, its
 * `cause` being the exit reason; TimeoutError `ERR_RUMPUS_TIMEOUT`; AbortError `ABORT_ERR`; and at the call what `send` throws
 * @example
 * ```ts
 * import { call, reply, start } from 'rumpus'
 * import assert from 'node:assert/strict'
 *
 * const runtime = await start({ schedulers: 1 })
 * const doubler = runtime.spawn(async (self) => {
 *   for await (const { from, request } of self) reply(from, request * 2)
 * })
 * assert.equal(await call(doubler, 21), 42)
 * await runtime.stop()
 * ```
 */
export const call = <Request, Reply>(
  to: Pid<Call<Request, Reply>> | string,
  request: NoInfer<Request>,
  options: CallOptions = {},
): Promise<Reply> => {
  const { timeout = TIMEOUT_MS, signal } = checked(options)
  const kernel = typeof to === 'string' ? onlyKernel() : kernelOf(to)
  if (kernel.detached) throw new RumpusError('ERR_RUMPUS_STOPPED', 'the runtime has stopped')
  const pid = typeof to === 'string' ? holderOf(kernel, to) : (to as number)
  if (signal?.aborted) return Promise.reject(new AbortError(signal.reason))
  if (pid === 0) return Promise.reject(ended({ kind: 'noproc' }))
  return ask(kernel, pid, request, timeout, signal) as Promise<Reply>
}

const holderOf = (kernel: Kernel, name: string): number => {
  checkName('to', name)
  return kernel.names.find(name)
}

const checked = (options: CallOptions): CallOptions => {
  if (typeof options !== 'object' || options === null) throw badArgument(TypeError, 'options', 'an object', options)
  const { timeout, signal } = options
  if (timeout !== undefined && timeout !== Number.POSITIVE_INFINITY) checkMs('options.timeout', timeout)
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw badArgument(TypeError, 'options.signal', 'an AbortSignal', signal)
  }
  return options
}

const ask = (
  kernel: Kernel,
  pid: number,
  request: unknown,
  timeout: number,
  signal: AbortSignal | undefined,
): Promise<unknown> => {
  const desk = deskOf(kernel)
  let settle: (news: News | Error) => void = () => {}
  const answer = new Promise<unknown>((resolve, reject) => {
    settle = (news) => {
      finish()
      if (news instanceof Error) reject(news)
      else if (news.kind === 'answer') resolve(news.value)
      else reject(errorOf(news, timeout))
    }
  })
  const number = desk.open((news) => settle(news))
  const ref = desk.watch(pid, (news) => settle(news))
  const timer = timeout === Number.POSITIVE_INFINITY ? 0 : desk.startTimer(number, timeout)
  const onAbort = (): void => settle(new AbortError(signal?.reason))
  const finish = (): void => {
    desk.forget(number)
    desk.unwatch(ref)
    if (timer !== 0) desk.stopTimer(timer)
    signal?.removeEventListener('abort', onAbort)
  }
  try {
    const question: Call = { type: 'call', from: [desk.pid as Pid<never>, number], request }
    sendFrom(kernel, pid, question)
  } catch (error) {
    finish()
    throw error
  }
  signal?.addEventListener('abort', onAbort)
  return answer
}

const errorOf = (news: News, timeout: number): Error => {
  if (news.kind === 'down') return ended(news.down.reason)
  if (news.kind === 'time') return new TimeoutError(timeout)
  return new RumpusError('ERR_RUMPUS_STOPPED', 'the runtime has stopped')
}

/**
 * Answers a question. Only the first answer counts, and only while somebody waits for it.
 *
 * @param from - the `from` of the {@link Call}
 * @param value - what; as with `send`
 * @throws what `send` throws
 * @example
 * ```ts
 * import { call, reply, run } from 'rumpus'
 * import assert from 'node:assert/strict'
 *
 * await run(async (self) => {
 *   const echo = self.spawn(async (me) => {
 *     const { from, request } = await me.receive()
 *     reply(from, request)
 *   })
 *   assert.equal(await call(echo, 'hello'), 'hello')
 * })
 * ```
 */
export const reply = <Reply>(from: ReplyTo<Reply>, value: NoInfer<Reply>): void => {
  if (!Array.isArray(from) || from.length !== 2) {
    throw badArgument(TypeError, 'from', 'the from of a call', from)
  }
  const [desk, number] = from as unknown as [Pid<unknown>, number]
  send(desk, [number, value])
}
