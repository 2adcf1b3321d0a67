// call, reply and monitor: what ordinary code asks processes, and how it hears. Owns the wait for an answer, which is for the
// first of four things: the answer, an end, a time, a signal. No inbox is searched, and a late answer is dropped.

import { AbortError, badArgument, RumpusError, stopped, TimeoutError, wordsFor } from '../errors.ts'
import { cargoOf, sendAround } from '../kernel/cargo.ts'
import { listen } from '../model/births.ts'
import { check } from '../model/checks.ts'
import type { Process } from '../model/process.ts'
import type { Outcome } from '../model/wait.ts'
import { formatPid } from '../pid.ts'
import type { Monitor } from '../process/monitor.ts'
import { ASK_NAMES } from '../process/option-names.ts'
import type { Answer, AskOptions, Call, CallOptions, ReplyTo } from '../process/shapes.ts'
import { checkContext } from '../process/waits.ts'
import type { Context, Down, ExitReason, Pid } from '../types.ts'
import { carry } from './carry.ts'
import type { Home } from './home.ts'
import { homeOf, onlyHome } from './isolate.ts'
import { send } from './messages.ts'

const TIMEOUT_MS = 5_000

/**
 * Asks the process `to` and answers what it replies. For code outside processes, an event handler or a test; a body uses
 * `self.call`, which is the same and ends with the process. Should the process end first, the call hears at once.
 *
 * @param to - whom: a pid, or a name in the only runtime of this thread
 * @param request - what; as with {@link send}
 * @param options - how long to wait, 5000 milliseconds unless given
 * @returns what was replied
 * @throws RumpusError `ERR_RUMPUS_NOPROC` if there is no such process, `ERR_RUMPUS_DOWN` if it ends without an answer, its
 * `cause` being the exit reason; TimeoutError `ERR_RUMPUS_TIMEOUT`; AbortError `ABORT_ERR`; and at the call what `send` throws
 * @example
 * ```ts
 * import { call, reply, start } from 'rumpus/portable'
 * import assert from 'node:assert/strict'
 *
 * const runtime = await start()
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
  options: AskOptions = {},
): Promise<Answer<Asked, Request, Reply>> => {
  check(options, ASK_NAMES, true)
  const home = typeof to === 'string' ? onlyHome() : homeOf(to)
  const asked = new Question(home, to, request, options.context)
  const refused = asked.refusal(options)
  if (refused !== undefined) return Promise.reject(refused)
  const forget = home.scheduler.asking('an answer')
  return new Promise((resolve, reject) => {
    asked.ask(options, (heard) => {
      forget()
      if ('error' in heard) reject(heard.error)
      else resolve(heard.value as Answer<Asked, Request, Reply>)
    })
  })
}

/** The same from a body, which is parked meanwhile as in a receive. */
export const callFrom = (
  own: Home,
  process: Process,
  to: number | string,
  request: unknown,
  options: AskOptions = {},
): Promise<unknown> => {
  check(options, ASK_NAMES, true)
  const { scheduler } = own
  const home = typeof to === 'string' ? own : homeOf(to)
  if (home.whom(to) === process && process.exiting === undefined)
    throw badArgument(TypeError, 'to', 'another process: who asks cannot answer', to)
  const busy = scheduler.refusal(process)
  if (busy !== undefined) return busy
  const asked = new Question(home, to, request, options.context)
  const refused = asked.refusal(options)
  if (refused !== undefined) return Promise.reject(refused)
  let heard: Outcome | undefined
  return scheduler.park(process, { kind: 'calling', on: 'an answer', ready: () => heard }, (wake) =>
    asked.ask(options, (outcome) => {
      heard = outcome
      wake()
    }),
  )
}

/** A question that can be asked; making it throws what cannot be sent. */
class Question {
  private readonly home: Home
  private readonly to: Process | undefined
  private readonly number: number
  private readonly question: unknown
  private hear: (outcome: Outcome) => void = () => {}

  constructor(home: Home, to: number | string, request: unknown, context: Context | undefined) {
    checkContext(context)
    if (home.closed) throw stopped()
    this.home = home
    this.to = home.whom(to)
    this.number = home.desk.open((value) => this.hear({ value }))
    const from: ReplyTo = [home.desk.pid as Pid<never>, this.number]
    const question: Call = { type: 'call', from, request, ...(context === undefined ? {} : { context }) }
    const carried = (): void => void (made = carry(home.mode, this.to, question))
    let made: unknown
    try {
      if (cargoOf(request) === undefined) carried()
      else sendAround(request, question, carried)
    } catch (error) {
      home.desk.forget(this.number)
      throw error
    }
    this.question = made
  }

  /** Why it is not asked at all. */
  refusal({ signal }: CallOptions): Error | undefined {
    const error = signal?.aborted ? new AbortError(signal.reason) : this.to === undefined && ended({ kind: 'noproc' })
    if (!error) return undefined
    this.home.desk.forget(this.number)
    return error
  }

  /** Asks; `settle` hears once, and never before this returns. Answers how to give up, after which it hears nothing. */
  ask({ timeout = TIMEOUT_MS, signal }: CallOptions, settle: (outcome: Outcome) => void): () => void {
    const { desk, scheduler } = this.home
    const to = this.to!
    this.hear = (outcome) => {
      giveUp()
      settle(outcome)
    }
    const hearDown = ({ reason }: Down): void => this.hear({ error: this.home.closed ? stopped() : ended(reason) })
    const ref = listen(scheduler, to.pid, { pid: desk.pid, hear: hearDown })
    const limits = signal === undefined ? { timeout } : { timeout, signal }
    const unlimit = scheduler.limit(limits, (error) =>
      this.hear({ error: isTime(error) ? tooLate(to, timeout) : error }),
    )
    const giveUp = (): void => {
      desk.forget(this.number)
      to.watchers.delete(ref)
      unlimit()
    }
    scheduler.send(to, this.question)
    return giveUp
  }
}

const isTime = (error: unknown): boolean => error instanceof TimeoutError

const tooLate = ({ pid, name }: Process, ms: number): TimeoutError => {
  const who = `process ${formatPid(pid as Pid)}${name === undefined ? '' : ` (${JSON.stringify(name)})`}`
  return new TimeoutError(ms, `${who} did not answer within ${ms} ms`)
}

/** The error of one who waited for a process that has ended. */
const ended = (reason: ExitReason): RumpusError =>
  reason.kind === 'noproc'
    ? new RumpusError('ERR_RUMPUS_NOPROC', 'there is no such process', { cause: reason })
    : new RumpusError('ERR_RUMPUS_DOWN', `the process has ended: ${wordsFor(reason)}`, { cause: reason })

/**
 * Answers a question. Only the first answer counts, and only while somebody waits for it.
 *
 * @param from - the `from` of the question
 * @param value - what; as with {@link send}
 * @throws what {@link send} throws
 * @example
 * ```ts
 * import { call, reply, run } from 'rumpus/portable'
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
  if (!Array.isArray(from) || from.length !== 2) throw badArgument(TypeError, 'from', 'the from of a call', from)
  const [desk, number] = from as unknown as [Pid<unknown>, number]
  send(desk, [number, carry(homeOf(desk).mode, undefined, value)])
}

/**
 * Calls `listener` once when the process `pid` has ended, at once if it has. For code outside processes; a body has `self.monitor`.
 *
 * @param pid - whose end
 * @param listener - hears why; what it throws is an uncaught error of this thread
 * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`, RumpusError `ERR_RUMPUS_STOPPED`
 * @example
 * ```ts
 * import { exit, monitor, start } from 'rumpus/portable'
 * import assert from 'node:assert/strict'
 *
 * const runtime = await start()
 * const pid = runtime.spawn(async (self) => void (await self.receive()))
 * const down = new Promise((resolve) => monitor(pid, resolve))
 * exit(pid, 'shutdown')
 * assert.deepEqual((await down).reason, { kind: 'shutdown' })
 * await runtime.stop()
 * ```
 */
export const monitor = (pid: Pid, listener: (down: Down) => void): Monitor => {
  if (typeof listener !== 'function') throw badArgument(TypeError, 'listener', 'a function', listener)
  const { closed, desk, scheduler } = homeOf(pid)
  if (closed) throw stopped()
  let listens = true
  // Not in the step of who ends: what a listener throws is its own.
  const hear = (down: Down): void => {
    if (listens) queueMicrotask(() => listener(down))
  }
  const to = scheduler.processes.get(pid)
  const ref = listen(scheduler, pid, { pid: desk.pid, hear })
  const stop = (): void => {
    listens = false
    to?.watchers.delete(ref)
  }
  return { ref, stop, [Symbol.dispose]: stop }
}
