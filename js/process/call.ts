// call and reply: a question to a process, from anywhere, and its answer. The answer comes to the desk, so no inbox is searched, and
// a late one is dropped. How a question waits is in `question.ts`.

import { AbortError, badArgument, stopped } from '../errors.ts'
import { cargoOf, sendAround } from '../kernel/cargo.ts'
import type { Kernel } from '../kernel/kernel.ts'
import { onlyKernel } from '../kernel/kernels.ts'
import { kernelOf } from '../kernel/post.ts'
import { type Process, RUNNING } from '../kernel/process.ts'
import type { Pid } from '../types.ts'
import { deskHere, ended } from './desk.ts'
import { checkName } from './names.ts'
import { ASK_NAMES } from './option-names.ts'
import { BodyQuestion, CodeQuestion } from './question.ts'
import { exited, refuse } from './receive.ts'
import { send } from './send.ts'
import type { Answer, AskOptions, Call, ReplyTo } from './shapes.ts'
import { checkOnlyWait, NO_WAIT } from './waits.ts'

/**
 * Asks the process `to` and answers what it replies. For code outside processes, a request handler or a test; a body
 * uses `self.call`, which is the same and ends with the process.
 *
 * The process receives a {@link Call} and answers with {@link reply}, at once or later. Should it end first, the call hears at
 * once. An answer that comes too late is dropped. Until it is settled, Node is kept alive.
 *
 * @param to - whom: a pid, or a name in the only runtime of this thread
 * @param request - what; as with `send`
 * @param options - how long to wait, and of what work it is a part
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
export const call = <Request, Reply, const Asked extends Request = Request>(
  to: Pid<Call<Request, Reply>> | string,
  request: Asked,
  options: AskOptions = NO_WAIT,
): Promise<Answer<Asked, Request, Reply>> => {
  checkOnlyWait(options, true, ASK_NAMES)
  const kernel = typeof to === 'string' ? onlyKernel() : kernelOf(to)
  return askOutside(kernel, to, 'call', request, options) as Promise<Answer<Asked, Request, Reply>>
}

/** Asks from ordinary code; `type` is what the question is for. */
export const askOutside = (
  kernel: Kernel,
  to: number | string,
  type: string,
  request: unknown,
  options: AskOptions,
): Promise<unknown> => {
  const pid = whom(kernel, to)
  if (options.signal?.aborted) return Promise.reject(new AbortError(options.signal.reason))
  if (pid === 0) return Promise.reject(ended({ kind: 'noproc' }, to))
  const question = new CodeQuestion(kernel, options)
  question.ask(pid, type, request)
  return question.answered
}

/** The same from a body, which is parked meanwhile as in a receive. */
export const callFrom = (
  home: Kernel,
  process: Process,
  to: number | string,
  request: unknown,
  options: AskOptions = NO_WAIT,
): Promise<unknown> => {
  checkOnlyWait(options, true, ASK_NAMES)
  const kernel = typeof to === 'string' ? home : kernelOf(to)
  const pid = whom(kernel, to)
  if (process.exiting !== undefined) return exited(process)
  if (pid === process.pid) throw badArgument(TypeError, 'to', 'another process: who asks cannot answer', to)
  if (process.parked !== RUNNING) return refuse(process)
  if (options.signal?.aborted) return Promise.reject(new AbortError(options.signal.reason))
  if (pid === 0) return Promise.reject(ended({ kind: 'noproc' }, to))
  const question = new BodyQuestion(kernel, options, home, process)
  question.ask(pid, 'call', request)
  return question.park()
}

const whom = (kernel: Kernel, to: number | string): number => {
  if (kernel.detached) throw stopped()
  if (typeof to !== 'string') return to
  checkName('to', to)
  return kernel.names.find(to)
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
  if (deskHere(desk)?.takeHere(number, value)) return
  const answer = [number, value]
  if (cargoOf(value) === undefined) send(desk, answer)
  else replyLaden(desk, value, answer)
}

// Apart, because a closure costs every call of the function that makes it.
const replyLaden = (desk: Pid<unknown>, value: unknown, answer: unknown[]): void =>
  sendAround(value, answer, () => send(desk, answer))
