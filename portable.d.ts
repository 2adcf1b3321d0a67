// Generated from js/ by `npm run dts`. Do not edit.
/// <reference lib="esnext.disposable" />

import { AbortError, Answer, Answer as Answer$1, AskOptions, AskOptions as AskOptions$1, Asks, Call, Call as Call$1, CallOptions, Closure, Context, CrashReport, Crossable, Crosses, Definition, DemonitorOptions, Down, Down as Down$1, ErrorDescription, Exit, ExitReason, HighWaterReport, MailboxOptions, Mark, MessageMode, MessageOptions, Monitor, Monitor as Monitor$1, MonitorView, OfferOptions, OfferOptions as OfferOptions$1, Offered, Offered as Offered$1, Pid, Pid as Pid$1, Place, ProcessExit, ProcessState, ProcessView, ReasonGiven, ReasonGiven as ReasonGiven$1, ReceiveOptions, RegisteredMessages, ReplyTo, ReplyTo as ReplyTo$1, RumpusError, Runtime, Runtime as Runtime$1, RuntimeOptions, RuntimeView, SchedulerView, Self, Self as Self$1, Sendable, SimulateOptions, Simulated, Simulated as Simulated$1, SpawnOptions, TimeoutError, TimerRef, TimerRef as TimerRef$1, TryReceiveOptions, UncrossableError, define, formatPid, registerMessage, transfer } from "./index.js";

// js/portable/call.d.ts
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
declare const call: <Request, Reply, const Asked extends Request = Request>(to: Pid$1<Call$1<Request, Reply>> | string, request: Asked, options?: AskOptions$1) => Promise<Answer$1<Asked, Request, Reply>>;
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
declare const reply: <Reply>(from: ReplyTo$1<Reply>, value: NoInfer<Reply>) => void;
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
declare const monitor: (pid: Pid$1, listener: (down: Down$1) => void) => Monitor$1;
/**
* Asks the process `pid` to end for `reason`. A process that traps exits gets it as a message. `'kill'` cannot be trapped and leaves
* no grace; `'normal'` is ignored by a process that does not trap. To end the process you are in, use `self.exit`.
*
* @param pid - whom; nothing happens to one that has ended
* @param reason - why: a word, an error, or any value that can cross; `'shutdown'` unless given
* @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT` if `pid` is no pid
* @example
* ```ts
* import { exit, run } from 'rumpus/portable'
* import assert from 'node:assert/strict'
*
* await run(async (self) => {
*   const [pid] = self.spawnMonitor(async (me) => void (await me.receive()))
*   exit(pid, 'kill')
*   assert.deepEqual((await self.receive()).reason, { kind: 'killed' })
* })
* ```
*/
declare const exit: (pid: Pid$1, reason?: ReasonGiven$1) => void;
/**
* Whether the process `pid` has not ended and has not heard that it must. To act on a death, monitor it.
*
* @param pid - whom
* @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT` if `pid` is no pid
* @example
* ```ts
* import { isAlive, run } from 'rumpus/portable'
* import assert from 'node:assert/strict'
*
* await run(async (self) => assert(isAlive(self.pid)))
* ```
*/
declare const isAlive: (pid: Pid$1) => boolean;
/**
* Sends `message` to the process `to`. Never waits, never fails for want of a receiver: what is sent to a dead process is dropped
* and counted. Messages and signals from one process to another arrive in the order sent.
*
* The receiver gets the value itself: treat messages as immutable. It gets a copy where the runtime was made with
* `messages: 'clone'`, and as long as it is a definition that has not begun.
*
* @param to - a pid, or a name in the only runtime of this thread
* @param message - what
* @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT` if `to` is no pid and no name, UncrossableError `ERR_RUMPUS_UNCROSSABLE` where it would
* be copied, RumpusError `ERR_RUMPUS_STOPPED`, `ERR_RUMPUS_WHICH_RUNTIME` for a name where there are several runtimes
* @example
* ```ts
* import { run, send } from 'rumpus/portable'
* import assert from 'node:assert/strict'
*
* await run(async (self) => {
*   send(self.pid, 'hello')
*   assert.equal(await self.receive(), 'hello')
* })
* ```
*/
declare const send: <M>(to: Pid$1<M> | string, message: NoInfer<M>) => void;
/**
* Sends `message` to the process `pid` when its mailbox has a place, and answers what became of it. For bounded mailboxes: it holds
* a fast sender back where {@link send} would drop. Places go to those that wait in the order in which they asked.
*
* @param pid - whom
* @param message - what; do not change it before the offer has been answered
* @param options - how long to wait, in milliseconds
* @throws at the call: UncrossableError `ERR_RUMPUS_UNCROSSABLE`, TypeError `ERR_RUMPUS_BAD_ARGUMENT`, RangeError
* `ERR_RUMPUS_OUT_OF_RANGE`, RumpusError `ERR_RUMPUS_STOPPED`; rejects with AbortError `ABORT_ERR`
* @example
* ```ts
* import { offer, run } from 'rumpus/portable'
* import assert from 'node:assert/strict'
*
* await run(async (self) => {
*   const slow = self.spawn(async (me) => void (await me.sleep(50)), { mailbox: { capacity: 1, overflow: 'offer' } })
*   assert.equal(await offer(slow, 1), 'accepted')
*   assert.equal(await offer(slow, 2, { timeout: 1 }), 'full')
* })
* ```
*/
declare const offer: <M>(pid: Pid$1<M>, message: NoInfer<M>, options?: OfferOptions$1) => Promise<Offered$1>;
/**
* Sends `message` to the process `pid` in `ms` milliseconds, never earlier. The timer ends with that process, not with the caller's.
*
* @param pid - whom; a process that has ended gets nothing
* @param message - what
* @param ms - milliseconds from now, 0 to 2³¹ - 1
* @returns the timer, for {@link cancelTimer}
* @throws RangeError `ERR_RUMPUS_OUT_OF_RANGE` for a time that is none, and what {@link send} throws
* @example
* ```ts
* import { run, sendAfter } from 'rumpus/portable'
* import assert from 'node:assert/strict'
*
* await run(async (self) => {
*   sendAfter(self.pid, 'tick', 5)
*   assert.equal(await self.receive(), 'tick')
* })
* ```
*/
declare const sendAfter: <M>(pid: Pid$1<M>, message: NoInfer<M>, ms: number) => TimerRef$1;
/**
* Sends `message` to the process `pid` every `ms` milliseconds, for the first time after as many. Nothing drifts; what was missed
* is sent once. Ends as {@link sendAfter}'s does, or by {@link cancelTimer}.
*
* @param pid - whom
* @param message - what
* @param ms - milliseconds, 1 to 2³¹ - 1
* @returns the timer; it is the same for every message
* @throws as {@link sendAfter}
* @example
* ```ts
* import { cancelTimer, run, sendInterval } from 'rumpus/portable'
*
* await run(async (self) => {
*   const timer = sendInterval(self.pid, 'tick', 2)
*   for (let i = 0; i < 3; i++) await self.receive()
*   cancelTimer(timer)
* })
* ```
*/
declare const sendInterval: <M>(pid: Pid$1<M>, message: NoInfer<M>, ms: number) => TimerRef$1;
/**
* Cancels a timer. A message that it has sent already stays in the inbox.
*
* @param timer - which
* @returns the milliseconds that were left, or nothing if it has fired for the last time or was cancelled before, or if its
* process has ended, or must
* @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT` if `timer` is none
* @example
* ```ts
* import { cancelTimer, run, sendAfter } from 'rumpus/portable'
* import assert from 'node:assert/strict'
*
* await run(async (self) => {
*   const timer = sendAfter(self.pid, 'too late', 60_000)
*   assert(cancelTimer(timer)! > 59_000)
*   assert.equal(cancelTimer(timer), undefined)
* })
* ```
*/
declare const cancelTimer: (timer: TimerRef$1) => number | undefined;
/** How a portable runtime is made: the options of `rumpus` that mean something on one thread. The others throw. */
interface PortableOptions extends Pick<RuntimeOptions, "messages" | "onCrash" | "highWater" | "onHighWater"> {}
/** How a portable simulation is made. */
interface PortableSimulateOptions extends Pick<SimulateOptions, "seed" | "messages" | "onCrash"> {}
/**
* Starts a portable runtime on this thread and answers its handle. Stop it when you are done.
*
* Use it to keep a runtime beside other code, in a page or a worker; to run one body to its end, use {@link run}. Where an event
* loop could end, it does not keep it alive by itself: `ref()` does.
*
* @param options - how the runtime is made
* @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT` or RangeError `ERR_RUMPUS_OUT_OF_RANGE` for an option that is wrong, RumpusError
* `ERR_RUMPUS_NO_THREAD` for one that needs threads; rejects with `ERR_RUMPUS_TOO_MANY_RUNTIMES` beyond 63
* @example
* ```ts
* import { start } from 'rumpus/portable'
* import assert from 'node:assert/strict'
*
* const runtime = await start()
* assert.equal(await runtime.run(async () => 42), 42)
* await runtime.stop()
* ```
*/
declare const start: (options?: PortableOptions) => Promise<Runtime$1>;
/**
* Starts a portable runtime, runs `body` in it as the first process, stops it, and answers what the body returned; rejects with
* what it throws.
*
* @param body - the first process
* @param options - how the runtime is made
* @throws the same as {@link start}
* @example
* ```ts
* import { run } from 'rumpus/portable'
* import assert from 'node:assert/strict'
*
* const answer = await run(async (self) => {
*   await self.sleep(1)
*   return 42
* })
* assert.equal(answer, 42)
* ```
*/
declare const run: <T, M = unknown>(body: (self: Self$1<M>) => T | PromiseLike<T>, options?: PortableOptions) => Promise<T>;
/**
* Runs `main` as the first process of a runtime that takes its steps one at a time, in an order that the seed decides, in time of
* its own: a sleep of an hour takes no time. Answers what `main` returns. For tests, as `simulate` of `rumpus`, but with one
* scheduler: orders that only several have are not tried.
*
* @param options - the seed
* @param main - the first process; its second argument tells the time
* @throws at the call TypeError `ERR_RUMPUS_BAD_ARGUMENT`, RangeError `ERR_RUMPUS_OUT_OF_RANGE`, RumpusError `ERR_RUMPUS_NO_THREAD`;
* rejects with what `main` throws, and with RumpusError `ERR_RUMPUS_DEADLOCK`, which lists who waits, if nothing can happen any more
* @example
* ```ts
* import { send, simulate } from 'rumpus/portable'
* import assert from 'node:assert/strict'
*
* const orders = new Set()
* for (let seed = 1; seed <= 50; seed++) {
*   await simulate({ seed }, async (self) => {
*     for (const name of ['a', 'b']) {
*       self.spawn(async (me) => {
*         await me.sleep(3_600_000)
*         send(self.pid, name)
*       })
*     }
*     orders.add(`${await self.receive()}${await self.receive()}`)
*   })
* }
* assert.equal(orders.size, 2)
* ```
*/
declare const simulate: <T, M = unknown>(options: PortableSimulateOptions, main: (self: Self$1<M>, simulation: Simulated$1) => T | PromiseLike<T>) => Promise<T>;
export { AbortError, type Answer, type AskOptions, type Asks, type Call, type CallOptions, type Closure, type Context, type CrashReport, type Crossable, type Crosses, type Definition, type DemonitorOptions, Down, type ErrorDescription, Exit, type ExitReason, type HighWaterReport, type MailboxOptions, type Mark, type MessageMode, type MessageOptions, type Monitor, type MonitorView, type OfferOptions, type Offered, type Pid, type Place, type PortableOptions, type PortableSimulateOptions, ProcessExit, type ProcessState, type ProcessView, type ReasonGiven, type ReceiveOptions, type RegisteredMessages, type ReplyTo, RumpusError, type Runtime, type RuntimeView, type SchedulerView, type Self, type Sendable, type Simulated, type SpawnOptions, TimeoutError, type TimerRef, type TryReceiveOptions, UncrossableError, call, cancelTimer, define, exit, formatPid, isAlive, monitor, offer, registerMessage, reply, run, send, sendAfter, sendInterval, simulate, start, transfer };