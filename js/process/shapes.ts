// The shapes that users hold, without the code behind them: what a body is given, what a definition is, what a runtime is.
// One file, because each speaks of the others.

import type { RuntimeView } from '../kernel/inspect.ts'
import type { ProcessView } from '../kernel/process-view.ts'
import type { Pid, ReasonGiven, Sendable } from '../types.ts'
import type { Answer, AskOptions, Call } from './call-shapes.ts'

export type { Answer, AskOptions, Asks, Call, CallOptions, ReplyTo } from './call-shapes.ts'

/**
 * Where a spawned process may run: on any scheduler, on the spawner's, on the one with this number (0 is the host), or on a
 * thread of its own.
 *
 * `'dedicated'` is for a definition whose body blocks: long computation without a wait, synchronous I/O. Its thread is started
 * for it, is neither watched for stalls nor given other work, and goes when nothing lives on it any more, whatever code of its
 * own still waits there; closures that the body spawns live there, too. To others it is a process like any. While its body
 * keeps the thread it hears nothing: an exit reason other than `'kill'` ends it when it lets go. After `'kill'`, of it or of a
 * closure there, the thread has a tenth of a second to do so and is ended then, but no sooner than a system call that is under
 * way. Such a thread costs some 30 ms and 7 MB: for work that waits, or is short, `'any'` is better.
 *
 * @example
 * ```ts
 * import { define, exit, run, send } from 'rumpus'
 * import assert from 'node:assert/strict'
 *
 * const spins = define(import.meta.url, 'spins', async (self, parent) => {
 *   send(parent, 'begun')
 *   for (;;); // keeps its thread, and nobody else's
 * })
 *
 * await run(async (self) => {
 *   const [pid] = self.spawnMonitor(spins.with({ on: 'dedicated' }), self.pid)
 *   assert.equal(await self.receive(), 'begun')
 *   exit(pid, 'kill')
 *   assert.deepEqual((await self.receive()).reason, { kind: 'killed' })
 * }, { schedulers: 1 })
 * ```
 */
export type Place = 'any' | 'here' | 'dedicated' | number

/** How a process is spawned. */
export interface SpawnOptions {
  /**
   * Where it may run, `'any'` unless given. A closure runs on its spawner's: for it only `'here'` and that number will do.
   * `'dedicated'` throws `ERR_RUMPUS_NO_THREAD` when all such threads are taken.
   */
  readonly on?: Place
  /** Its name from the start; if somebody has it, the spawn throws `ERR_RUMPUS_NAME_TAKEN` and nothing has happened. */
  readonly name?: string
  /** Whether it is linked to the process that spawns it, from the start. */
  readonly link?: boolean
  /** Whether the process that spawns it hears of its end, from the start; `spawnMonitor` tells the reference, too. */
  readonly monitor?: boolean
  /**
   * Who goes first on its scheduler: `'high'` before all others, after no more than one resume; `'low'` when nobody else has
   * anything to do, and once in eight. Messages to either take the way through Rust, about three times as long.
   */
  readonly priority?: 'high' | 'normal' | 'low'
  /** How many messages may wait for it; as many as come unless given. Messages to it take the way through Rust. */
  readonly mailbox?: MailboxOptions
  /** Asks it to end, with `'shutdown'`, when aborted; one that is aborted already keeps it from beginning. */
  readonly signal?: AbortSignal
}

/** A bounded mailbox. */
export interface MailboxOptions {
  /** Messages that may wait, not counting signals: 1 to 2²⁴. */
  readonly capacity: number
  /**
   * What becomes of a message for which there is no place: `'drop-newest'` drops it, `'drop-oldest'` drops the oldest that
   * waits, `'offer'` drops it too, unless it was sent by {@link offer}, which waits. What is dropped is counted. With
   * `'drop-oldest'` up to three times the capacity, or 64 more than twice, is held until the scheduler comes to drop the rest.
   */
  readonly overflow: 'drop-newest' | 'drop-oldest' | 'offer'
}

/** How a monitor is taken back. */
export interface DemonitorOptions {
  /** Whether a {@link Down} of it that has come already is taken out of the inbox. */
  readonly flush?: boolean
}

/** A body that any scheduler can find again: a module and a name in it. */
export interface Definition<M, A extends readonly unknown[]> {
  /** The module. */
  readonly url: string
  /** The name. */
  readonly name: string
  /** The body. */
  readonly body: (self: Self<M>, ...args: A) => unknown
  /** How it is spawned. */
  readonly options: SpawnOptions
  /** The same definition, spawned with these options. */
  with(options: SpawnOptions): Definition<M, A>
}

declare const marks: unique symbol

/** A moment in the mail of a process, as `mark` answers it. */
export type Mark = number & { readonly [marks]: true }

/** Which messages a `tryReceive` looks for. */
export interface TryReceiveOptions<M> {
  /**
   * Says whether a message is wanted; a type guard narrows what is answered. It may be asked about any message in any
   * receive, so it must not change anything. What it throws, the receive throws; the message stays.
   */
  readonly match?: (message: M) => boolean
  /** Looks only at what came after this `mark`: however much waits, it costs nothing. */
  readonly since?: Mark
}

/** What a `receive` waits for, and how long. */
export interface ReceiveOptions<M> extends TryReceiveOptions<M> {
  /**
   * Milliseconds until it rejects with `TimeoutError`, counted from the end of the turn in which it began. Messages that
   * are not wanted do not begin it anew. 0 looks at what has come, mail of other schedulers included, and waits no longer.
   */
  readonly timeout?: number
  /** Has it reject with `AbortError` when aborted. */
  readonly signal?: AbortSignal
}

/** A body that lives on its spawner's scheduler. */
export type Closure<M> = (self: Self<M>) => unknown

/**
 * A process, seen by its own body. `M` is what it receives; add {@link Down} when it monitors and {@link Exit} when it
 * traps exits.
 *
 * Everything here belongs to the body it was given to: do not hand `self` to others, give them `self.pid`.
 */
export interface Self<M> extends AsyncIterable<M> {
  /** Its own address. */
  readonly pid: Pid<Sendable<M>>
  /** The runtime it lives in. */
  readonly runtime: Runtime
  /**
   * The next message, when it comes. One wait at a time.
   *
   * Rejects with `ProcessExit` when the process must end, with `ERR_RUMPUS_WAITING` when it waits already.
   */
  receive(): Promise<M>
  /**
   * The first message that is wanted; those before it stay, in their order. Use it for an answer among other mail, or to
   * wait no longer than so long; where every message is handled, plain `receive` and a `switch` are simpler and faster.
   *
   * Throws `TypeError` or `RangeError` for options that are none. Rejects with `TimeoutError` (`ERR_RUMPUS_TIMEOUT`) or
   * `AbortError` (`ABORT_ERR`), then nothing was taken; with what `match` throws; and as plain `receive` does.
   *
   * @example
   * ```ts
   * import { run, send } from 'rumpus'
   * import assert from 'node:assert/strict'
   *
   * await run(async (self) => {
   *   for (const n of [1, 2, 30, 4]) send(self.pid, n)
   *   assert.equal(await self.receive({ match: (n) => n > 10, timeout: 500 }), 30)
   *   assert.equal(await self.receive(), 1)
   * })
   * ```
   */
  receive<N extends M>(options: ReceiveOptions<M> & { match: (message: M) => message is N }): Promise<N>
  /** The first message that is wanted, or any, within the time that the options give. As above. */
  receive(options: ReceiveOptions<M>): Promise<M>
  /**
   * The next message if one has reached the inbox. What others send while this body runs without a wait arrives with its next
   * one, so a loop that computes must `await` a `sleep(0)` now and then to see it.
   */
  tryReceive(): M | undefined
  /** The first message that is wanted, if it has reached this scheduler's inbox. Throws as `receive` does. */
  tryReceive<N extends M>(options: TryReceiveOptions<M> & { match: (message: M) => message is N }): N | undefined
  /** The first message that is wanted, if it has reached this scheduler's inbox. As above. */
  tryReceive(options: TryReceiveOptions<M>): M | undefined
  /**
   * This moment, for `since`: take it before you ask, and the search for the answer begins behind everything that waits.
   *
   * @example
   * ```ts
   * import { run, send } from 'rumpus'
   * import assert from 'node:assert/strict'
   *
   * await run(async (self) => {
   *   for (let i = 0; i < 10_000; i++) send(self.pid, 'a backlog')
   *   const asked = self.mark()
   *   send(self.pid, 'the answer')
   *   assert.equal(await self.receive({ match: (text) => text === 'the answer', since: asked }), 'the answer')
   * })
   * ```
   */
  mark(): Mark
  /**
   * The next message, as `receive`, for a process that may wait for long: the room that its inbox took in busier times is given
   * back first. With a small inbox it saves nothing worth the name.
   */
  hibernate(): Promise<M>
  /** Throws away what has reached the inbox; answers how many messages that were. They count as received. */
  flush(): number
  /**
   * Asks another process and answers what it replies, as {@link call} does, which is for code outside processes: this body is
   * parked meanwhile as in a receive, its other messages wait, and the question is given up when this process must end.
   *
   * Throws as `call` does, and `TypeError` `ERR_RUMPUS_BAD_ARGUMENT` for a question to itself.
   *
   * @example
   * ```ts
   * import { reply, run, send } from 'rumpus'
   * import assert from 'node:assert/strict'
   *
   * await run(async (self) => {
   *   const doubler = self.spawn(async (me) => {
   *     for await (const { from, request } of me) reply(from, request * 2)
   *   })
   *   send(self.pid, 'waits')
   *   assert.equal(await self.call(doubler, 21, { timeout: 1000 }), 42)
   *   assert.equal(await self.receive(), 'waits')
   * })
   * ```
   */
  call<Request, Reply, const Asked extends Request = Request>(
    to: Pid<Call<Request, Reply>> | string,
    request: Asked,
    options?: AskOptions,
  ): Promise<Answer<Asked, Request, Reply>>
  /** Waits `ms` milliseconds. Throws `RangeError` for a time that is no time. */
  sleep(ms: number): Promise<void>
  /** Lets the others that could run do so first. A body that computes for long yields now and then; one that waits need not. */
  yield(): Promise<void>
  /**
   * Aborts, with a `ProcessExit` as its reason, when this process must end or has ended: give it to `fetch` and whatever else
   * it awaits that is not of the runtime.
   *
   * @example
   * ```ts
   * import { exit, run, send } from 'rumpus'
   * import { setTimeout as delay } from 'node:timers/promises'
   * import assert from 'node:assert/strict'
   *
   * await run(async (self) => {
   *   const [pid] = self.spawnMonitor(async (me) => {
   *     send(self.pid, 'begun')
   *     await delay(60_000, undefined, { signal: me.signal })
   *   })
   *   await self.receive()
   *   exit(pid, 'shutdown')
   *   assert.deepEqual((await self.receive()).reason, { kind: 'shutdown' })
   * })
   * ```
   */
  readonly signal: AbortSignal
  /** Starts a closure on this scheduler. */
  spawn<N = unknown>(body: Closure<N>, options?: SpawnOptions): Pid<Sendable<N>>
  /** Starts a definition where there is room; its arguments are encoded, so that it may start anywhere. */
  spawn<N, A extends readonly unknown[]>(definition: Definition<N, A>, ...args: A): Pid<Sendable<N>>
  /** Starts a closure that is linked to this process before it begins. */
  spawnLink<N = unknown>(body: Closure<N>, options?: SpawnOptions): Pid<Sendable<N>>
  /** Starts a definition that is linked to this process before anybody can begin it. */
  spawnLink<N, A extends readonly unknown[]>(definition: Definition<N, A>, ...args: A): Pid<Sendable<N>>
  /** Starts a closure whose end this process hears of, however soon; answers its pid and the reference of the monitor. */
  spawnMonitor<N = unknown>(body: Closure<N>, options?: SpawnOptions): readonly [pid: Pid<Sendable<N>>, ref: number]
  /** The same with a definition. */
  spawnMonitor<N, A extends readonly unknown[]>(
    definition: Definition<N, A>,
    ...args: A
  ): readonly [pid: Pid<Sendable<N>>, ref: number]
  /** Sends as {@link send} does; a name is one of this runtime. */
  send<N>(to: Pid<N> | string, message: NoInfer<N>): void
  /**
   * Gives a process, this one unless another is given, a name that every scheduler of the runtime knows at once. It has the
   * name until it has ended.
   *
   * Throws `RumpusError`, the first of these: `ERR_RUMPUS_NOPROC` if the process has ended or must, `ERR_RUMPUS_NAME_TAKEN`,
   * saying who has it, `ERR_RUMPUS_NAMED` if the process has another name.
   */
  register(name: string, pid?: Pid): void
  /** Takes a name back, whoever has it; false if nobody has. */
  unregister(name: string): boolean
  /** The process that has a name, unless it has ended or must. */
  whereis<N = never>(name: string): Pid<N> | undefined
  /** Ties this process and `pid`, of the same runtime, together: when one ends other than normally, so does the other. */
  link(pid: Pid): void
  /** Takes a link back. */
  unlink(pid: Pid): void
  /** Asks to hear of the end of `pid`, of the same runtime, as a {@link Down} message; answers its reference. */
  monitor(pid: Pid): number
  /** Takes a monitor back; a {@link Down} that has come already stays in the inbox, unless `flush` is set. */
  demonitor(ref: number, options?: DemonitorOptions): void
  /**
   * From now on exit signals come as {@link Exit} messages instead of ending this process. One that comes before the body
   * begins ends it: trap exits in its first line and have it say that it is ready.
   */
  trapExit(on?: boolean): void
  /** Ends this process for `reason`, `'normal'` unless given, by throwing; a body that catches that has 5 s left. */
  exit(reason?: ReasonGiven): never
}

/** A runtime: its scheduler threads and the processes on them. */
export interface Runtime extends AsyncDisposable {
  /** Runs a body on this thread as a process and answers what it returns; rejects with what it throws. Keeps the event loop alive meanwhile. */
  run<T, M = unknown>(body: (self: Self<M>) => T | PromiseLike<T>): Promise<T>
  /** Starts a closure on this thread. */
  spawn<N = unknown>(body: Closure<N>, options?: SpawnOptions): Pid<Sendable<N>>
  /** Starts a definition where there is room. */
  spawn<N, A extends readonly unknown[]>(definition: Definition<N, A>, ...args: A): Pid<Sendable<N>>
  /** Sends as {@link send} does; a name is one of this runtime. */
  send<N>(to: Pid<N> | string, message: NoInfer<N>): void
  /** Gives a process a name, as `self.register` does. */
  register(name: string, pid: Pid): void
  /** Takes a name back, whoever has it; false if nobody has. */
  unregister(name: string): boolean
  /** The process that has a name, unless it has ended or must. */
  whereis<N = never>(name: string): Pid<N> | undefined
  /**
   * All processes, each as its scheduler sees it between two turns of its event loop; the bodies of dead processes that have not
   * ended are among them. For people and dashboards: it asks every scheduler, so a program should not decide by it.
   *
   * Of a scheduler that does not answer within half a second it shows what any thread can see, marked `partial`. Never rejects;
   * a runtime that has stopped has no processes.
   *
   * @example
   * ```ts
   * import { run } from 'rumpus'
   * import assert from 'node:assert/strict'
   *
   * await run(async (self) => {
   *   const [pid] = self.spawnMonitor(async (me) => void (await me.receive()), { name: 'waiting' })
   *   await self.yield()
   *   const views = await self.runtime.processes()
   *   assert.equal(views.length, 2)
   *   const view = views.find(({ name }) => name === 'waiting')
   *   assert.deepEqual([view.pid, view.state, view.mailbox], [pid, 'receiving', 0])
   *   assert.equal(view.monitoredBy[0].pid, self.pid)
   * })
   * ```
   */
  processes(): Promise<readonly ProcessView[]>
  /** Counters and states of the runtime and its schedulers, a snapshot. */
  inspect(): RuntimeView
  /**
   * One process, as {@link Runtime.processes} shows it; nothing if it has ended.
   *
   * Throws `TypeError` `ERR_RUMPUS_BAD_ARGUMENT` if `pid` is no pid.
   *
   * @example
   * ```ts
   * import { run } from 'rumpus'
   * import assert from 'node:assert/strict'
   *
   * await run(async (self) => {
   *   const pid = self.spawn(async (me) => void (await me.receive({ match: (n) => n > 9, timeout: 60_000 })))
   *   await self.yield()
   *   const { state, waitsFor } = await self.runtime.inspect(pid)
   *   assert.equal(state, 'selecting')
   *   assert.equal(waitsFor, 'a certain message, 60000 ms at most')
   * })
   * ```
   */
  inspect(pid: Pid): Promise<ProcessView | undefined>
  /** Ends all processes, newest first, then the threads. Calling it again answers the same promise. */
  stop(): Promise<void>
  /** Keeps the event loop alive even when nothing runs; a pending `run`, `call` or `offer` does so by itself. */
  ref(): void
  /** Takes `ref` back: the event loop may end, whatever processes wait for. */
  unref(): void
}
