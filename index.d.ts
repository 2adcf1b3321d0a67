// Generated from js/ by `npm run dts`. Do not edit.
/// <reference lib="esnext.disposable" />

declare const accepts: unique symbol;
/**
* The address of a process that takes messages of type `M`: an ordinary number within 53 bits, good for `===`, Map keys,
* JSON and every channel. Its runtime never uses it again. Other runtimes may have the same number: those of other threads,
* and the 64th that a thread starts after the first; so do not keep pids beyond their runtime.
*/
type Pid<M = never> = number & {
  readonly [accepts]: (message: M) => void;
};
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
interface RegisteredMessages {}
/** What can cross to another scheduler. Functions, symbols, promises, weak collections and unknown classes cannot. */
type Crossable = undefined | null | boolean | number | bigint | string | Date | RegExp | Error | ArrayBuffer | ArrayBufferView | readonly Crossable[] | ReadonlyMap<Crossable, Crossable> | ReadonlySet<Crossable> | Down | Exit | RegisteredMessages[keyof RegisteredMessages] | {
  readonly [key: string]: Crossable;
};
type Uncrossable = ((...args: never[]) => unknown) | symbol | PromiseLike<unknown> | WeakMap<WeakKey, unknown> | WeakSet<WeakKey>;
type Known = undefined | null | boolean | number | bigint | string | Date | RegExp | Error | ArrayBuffer | ArrayBufferView | Down | Exit | RegisteredMessages[keyof RegisteredMessages];
/**
* Whether values of type `T` can cross, as far as types tell: `false` (or `boolean` for a union) when a part within four
* levels cannot. What types do not tell, `send` does.
*/
type Crosses<T, Depth extends unknown[] = []> = Depth["length"] extends 4 ? true : unknown extends T ? true : T extends Known ? true : T extends readonly (infer Item)[] | ReadonlySet<infer Item> ? Crosses<Item, [...Depth, 0]> : T extends ReadonlyMap<infer Key, infer Item> ? Crosses<Key | Item, [...Depth, 0]> : T extends Uncrossable ? false : T extends object ? false extends { [K in keyof T]-?: Crosses<T[K], [...Depth, 0]> }[keyof T] ? false : true : true;
/** An error as it travels in an exit reason. */
interface ErrorDescription {
  /** Its `name`: `TypeError`. */
  readonly name: string;
  /** Its `message`. */
  readonly message: string;
  /** Its `stack`, as it was on the thread where it was thrown. */
  readonly stack?: string | undefined;
  /** Its `code`, if it had one. */
  readonly code?: unknown;
  /** Its `cause`, if it had one. */
  readonly cause?: unknown;
}
/**
* Why a process ended. Data, never thrown. By `kind`: `normal`, its body returned; `shutdown`, it was asked to go, or its runtime
* stopped; `killed`, by an `exit(pid, 'kill')`; `error`, its body threw; `noproc`, there was no such process any more when
* somebody linked or monitored it; `scheduler-down`, the thread on which it had started died, and `scheduler` is its number;
* `user`, what `exit` was given as its reason is the `value`.
*/
type ExitReason = {
  readonly kind: "normal";
} | {
  readonly kind: "shutdown";
  readonly value?: unknown;
} | {
  readonly kind: "killed";
} | {
  readonly kind: "error";
  readonly error: ErrorDescription;
} | {
  readonly kind: "noproc";
} | {
  readonly kind: "scheduler-down";
  readonly scheduler: number;
} | {
  readonly kind: "user";
  readonly value: unknown;
};
/** A monitored process ended. */
declare class Down {
  /** Tells it from other messages, where `instanceof` does not. */
  readonly type = "down";
  /** What `monitor` answered. */
  readonly ref: number;
  /** Who ended. */
  readonly pid: Pid;
  /** Why. */
  readonly reason: ExitReason;
  constructor(ref: number, pid: Pid, reason: ExitReason);
}
/** An exit signal, seen as a message by a process that traps exits. */
declare class Exit {
  /** Tells it from other messages, where `instanceof` does not. */
  readonly type = "exit";
  /** Who ended; 0 for what `exit` asked. */
  readonly pid: Pid;
  /** Why. */
  readonly reason: ExitReason;
  constructor(pid: Pid, reason: ExitReason);
}
/** What `exit` takes as a reason: a word, an error, or any value that can cross. */
type ReasonGiven = "normal" | "shutdown" | "kill" | Error | ExitReason | Crossable;
/** What a message says of the work that it is a part of: `traceparent` as W3C has it, or whatever you like. See `rumpus/telemetry`. */
interface Context {
  readonly [key: string]: Crossable;
}
/** Messages that others may send to a process whose `receive` gives `M`: its signals come from the runtime only. */
type Sendable<M> = Exclude<M, Down | Exit>;
/**
* An error of the runtime, told apart by its `code` (`ERR_RUMPUS_…`).
*
* Use `code` to decide what to do; the text is for people and may change. Argument mistakes are `TypeError` or `RangeError`
* with such a code instead.
*
* @example
* ```ts
* import { RumpusError, run } from 'rumpus'
* import assert from 'node:assert/strict'
*
* const runtime = await run(async (self) => self.runtime)
* await assert.rejects(runtime.run(async () => {}), (error) => error instanceof RumpusError && error.code === 'ERR_RUMPUS_STOPPED')
* ```
*/
declare class RumpusError extends Error {
  /** What went wrong, for programs. */
  readonly code: string;
  constructor(code: string, message: string, options?: ErrorOptions);
}
/**
* Thrown into a body that must end: its pending wait rejects with it, and everything it asks of `self` from then on throws it.
*
* Let it pass. Catch it only to clean up, and prefer `finally`: whatever the body does with it, the process ends with
* `reason`.
*
* @example
* ```ts
* import { exit, ProcessExit, run, send } from 'rumpus'
* import assert from 'node:assert/strict'
*
* await run(async (self) => {
*   let seen
*   const pid = self.spawn(async (me) => {
*     try {
*       send(self.pid, 'ready')
*       await me.receive()
*     } catch (error) {
*       seen = error
*     }
*   })
*   await self.receive() // a body that has not begun would never begin
*   self.monitor(pid)
*   exit(pid, 'shutdown')
*   await self.receive()
*   assert(seen instanceof ProcessExit)
* })
* ```
*/
declare class ProcessExit extends Error {
  /** `ERR_RUMPUS_EXIT`. */
  readonly code = "ERR_RUMPUS_EXIT";
  /** Why the process ends. */
  readonly reason: unknown;
  constructor(reason: unknown);
}
/**
* A wait took longer than its `timeout`. Nothing was taken: what comes later stays for the next receive.
*
* @example
* ```ts
* import { run, TimeoutError } from 'rumpus'
* import assert from 'node:assert/strict'
*
* await run((self) => assert.rejects(self.receive({ timeout: 10 }), (error) => error instanceof TimeoutError))
* ```
*/
declare class TimeoutError extends RumpusError {
  constructor(ms: number, message?: string);
}
/**
* A wait was given up because its `signal` was aborted; `cause` is the reason of the signal. Shaped as Node's own.
*
* @example
* ```ts
* import { AbortError, run } from 'rumpus'
* import assert from 'node:assert/strict'
*
* await run((self) => assert.rejects(self.receive({ signal: AbortSignal.abort() }), (error) => error instanceof AbortError))
* ```
*/
declare class AbortError extends Error {
  /** `ABORT_ERR`. */
  readonly code = "ABORT_ERR";
  constructor(reason: unknown, message?: string);
}
/**
* Thrown by `send` and `spawn` for a value that cannot cross to another scheduler: a function, a symbol, a class instance.
*
* Nothing was sent. `path` names the part that cannot cross, so look there first.
*
* @example
* ```ts
* import { define, run, send, UncrossableError } from 'rumpus'
* import assert from 'node:assert/strict'
*
* const worker = define(import.meta.url, 'worker', async (self) => void (await self.receive()))
* await run(async (self) => {
*   const pid = self.spawn(worker)
*   assert.throws(() => send(pid, { reply: { fn: () => 1 } }), (error) => error instanceof UncrossableError && error.path === 'message.reply.fn')
* })
* ```
*/
declare class UncrossableError extends TypeError {
  /** `ERR_RUMPUS_UNCROSSABLE`. */
  readonly code = "ERR_RUMPUS_UNCROSSABLE";
  /** Where in the value, as an expression: `message.reply.fn`. */
  readonly path: string;
  constructor(path: string, what: string, options?: ErrorOptions);
}
/** What the receiver of a message on the sender's own scheduler gets: the value, the value frozen, or a copy. */
type MessageMode = "reference" | "freeze" | "clone";
/** A process lets messages wait. */
interface HighWaterReport {
  /** Which. */
  readonly pid: Pid;
  /** On which scheduler. */
  readonly scheduler: number;
  /** How many messages its inbox had when that was noticed. */
  readonly waiting: number;
  /** Set if a log of `rumpus/logger` has it. */
  readonly logged?: true;
}
/** A crash as data. */
interface CrashReport {
  /** The process, or 0 when none is known. */
  readonly pid: number;
  /** On which scheduler. */
  readonly scheduler: number;
  /** Its registered name, if it has one. */
  readonly name?: string;
  /** What it was spawned from, unless that was a closure. */
  readonly definition?: {
    /** The module that defines it. */readonly url: string; /** Its name there. */
    readonly name: string;
  };
  /** What happened. */
  readonly what: string;
  /** What was thrown. */
  readonly error: unknown;
  /** Set if a log of `rumpus/logger` has it; then it does not go to stderr. */
  readonly logged?: true;
}
/** A scheduler that has taken no turn for too long: a body, a module or other code keeps its thread. */
interface StallReport {
  /** Which; 0 is the host, which reports when it is over. */
  readonly scheduler: number;
  /** For how many milliseconds it has owed a turn. */
  readonly ms: number;
  /** The process that was resumed last, which may be the culprit; 0 if it has ended, or none was. */
  readonly pid: number;
  /** Its name. */
  readonly name?: string;
  /** Whether its thread is ended for it. */
  readonly ended: boolean;
  /** Set while the inspector is open: then no thread is ended, for one that stands at a breakpoint takes no turn either. */
  readonly debugged?: true;
}
/** When a scheduler counts as stalled, and what is done then. */
interface StallOptions {
  /** After so many milliseconds without a turn, 10 at least; 5000 unless given. */
  readonly ms?: number;
  /**
  * Whether the thread of a scheduler that stalls is ended: `scheduler-down` for what had begun there, and a new thread takes
  * its place. The host is never ended, and nobody is while the inspector is open: who stands at a breakpoint stalls.
  */
  readonly end?: boolean;
}
/**
* Where a process stands: `unstarted` (any scheduler may still take it), `runnable` (its turn comes), `running` (its body runs,
* or awaits something that is not of the runtime), `receiving` or `selecting` (it waits for any message, or for a certain one),
* `sleeping` (it waits for a time), `calling` (it waits for an answer), `exiting` (it must end, and unwinds), `abandoned` (it is dead; its body has not ended).
*/
type ProcessState = "unstarted" | "runnable" | "running" | "receiving" | "selecting" | "sleeping" | "calling" | "exiting" | "abandoned";
/** A monitor: its reference, and the process at its other end. */
interface MonitorView {
  /** What `monitor` answered. */
  readonly ref: number;
  /** The other process. */
  readonly pid: Pid;
}
/** A process, as `runtime.processes()` and `runtime.inspect(pid)` show it. */
interface ProcessView {
  /** Its address. */
  readonly pid: Pid;
  /** Its registered name. */
  readonly name?: string;
  /** What it was spawned from, unless that was a closure. */
  readonly definition?: {
    /** The module. */readonly url: string; /** Its name in there. */
    readonly name: string;
  };
  /** Where it lives; an unstarted one: where it waits to be taken. */
  readonly scheduler: number;
  /** Where it stands. */
  readonly state: ProcessState;
  /** What it waits for, in words. */
  readonly waitsFor?: string;
  /** For how many milliseconds it has waited, counted from the turn in which that began; a running one: has gone on since its last wait. */
  readonly waitedMs?: number;
  /** Messages that have reached its scheduler and that it has not taken. */
  readonly mailbox?: number;
  /** How often its body has gone on after a wait. A message that is there already is taken without one. */
  readonly resumes?: number;
  /** Whose fate it shares. */
  readonly links?: readonly Pid[];
  /** Of whose end it wants to hear. */
  readonly monitors?: readonly MonitorView[];
  /** Who wants to hear of its end. */
  readonly monitoredBy?: readonly MonitorView[];
  /** Whether it takes exit signals as messages. */
  readonly trapExit: boolean;
  /** The `priority` that it was spawned with. */
  readonly priority: "high" | "normal" | "low";
  /**
  * Set if its scheduler did not answer in time, or has begun it since: then only what any thread can see is here, and a body
  * that waits counts as `running`.
  */
  readonly partial?: true;
}
/**
* A process has come to live on this thread: a closure was spawned, or a definition is about to begin here. Published to the
* channel `rumpus:spawn` of `node:diagnostics_channel`, on that thread: to hear of all, subscribe in a module that every
* thread loads, by `--import` or beside your definitions. An ended process is told of on `rumpus:exit`.
*
* @example
* ```ts
* import { run } from 'rumpus'
* import { subscribe } from 'node:diagnostics_channel'
* import assert from 'node:assert/strict'
*
* const heard = []
* subscribe('rumpus:spawn', ({ pid, name }) => heard.push([pid, name]))
* await run(async (self) => {
*   const [pid] = self.spawnMonitor(async () => {}, { name: 'short' })
*   await self.receive()
*   assert.deepEqual(heard, [[self.pid, undefined], [pid, 'short']])
* })
* ```
*/
interface SpawnReport {
  /** Which. */
  readonly pid: Pid;
  /** On which scheduler. */
  readonly scheduler: number;
  /** Its registered name, if it has one. */
  readonly name?: string;
  /** What it was spawned from, unless that was a closure. */
  readonly definition?: {
    /** The module that defines it. */readonly url: string; /** Its name there. */
    readonly name: string;
  };
}
/**
* A process that lived on this thread has ended, or its body was given up. Published to the channel `rumpus:exit` of
* `node:diagnostics_channel`, on that thread. The processes of a thread that goes down are not told of one by one:
* `rumpus:scheduler-down` is.
*
* @example
* ```ts
* import { run } from 'rumpus'
* import { subscribe } from 'node:diagnostics_channel'
* import assert from 'node:assert/strict'
*
* const kinds = []
* subscribe('rumpus:exit', ({ reason }) => kinds.push(reason.kind))
* await run(async (self) => {
*   self.spawnMonitor(async (me) => me.exit('shutdown'))
*   await self.receive()
* })
* assert.deepEqual(kinds, ['shutdown', 'normal'])
* ```
*/
interface ExitReport extends SpawnReport {
  /** Why. */
  readonly reason: ExitReason;
}
/** A scheduler thread has taken its seat. Published to the channel `rumpus:scheduler-up` of `node:diagnostics_channel`, on the host's thread. */
interface SchedulerUpReport {
  /** Its number. */
  readonly scheduler: number;
  /** The `threadId` of its Worker. */
  readonly thread: number;
  /** Whether it is for one process that was spawned `on: 'dedicated'`. */
  readonly dedicated: boolean;
  /** What it took to start, in milliseconds. */
  readonly ms: number;
}
/**
* A scheduler thread has ended. Published to the channel `rumpus:scheduler-down` of `node:diagnostics_channel`, on the host's thread.
*
* @example
* ```ts
* import { start } from 'rumpus'
* import { subscribe } from 'node:diagnostics_channel'
* import assert from 'node:assert/strict'
*
* const heard = []
* for (const what of ['up', 'down']) subscribe(`rumpus:scheduler-${what}`, (report) => heard.push([what, report.scheduler]))
* const runtime = await start({ schedulers: 1, eager: true })
* await runtime.stop()
* assert.deepEqual(heard, [['up', 1], ['down', 1]])
* ```
*/
interface SchedulerDownReport {
  /** Its number. */
  readonly scheduler: number;
  /** The `threadId` that its Worker had. */
  readonly thread: number;
  /** Whether it was for one process that was spawned `on: 'dedicated'`. */
  readonly dedicated: boolean;
  /** Its exit code. */
  readonly code: number;
  /** Whether it was to end: the runtime stops, or nothing lived there any more. Otherwise another takes its place. */
  readonly expected: boolean;
  /** Why it went down otherwise. */
  readonly error?: unknown;
}
/** One scheduler; number 0 is the host. */
interface SchedulerView {
  /** Its number, as the option `on` of a spawn takes it. */
  readonly id: number;
  /** Whether it is for one process that was spawned `on: 'dedicated'`; one that nobody has is not shown. */
  readonly dedicated: boolean;
  /** Whether its thread is up. */
  readonly up: boolean;
  /** Whether its thread waits for something to do, as of this moment. */
  readonly asleep: boolean;
  /** Processes that live there. */
  readonly alive: number;
  /** Definition processes waiting there to start. */
  readonly unstarted: number;
  /** Definition processes it has started. */
  readonly started: number;
  /** Processes it has spawned. */
  readonly spawned: number;
  /** Processes that have ended there. */
  readonly exited: number;
  /** Thefts that brought something. */
  readonly steals: number;
  /** Processes that they brought. */
  readonly stolen: number;
  /** Messages that it has sent by native mailboxes, to whichever scheduler. */
  readonly messagesOut: number;
  /** Messages that its processes have been given out of native mailboxes. */
  readonly messagesIn: number;
  /** Messages that stayed on this scheduler. */
  readonly messagesLocal: number;
  /** Calls from JavaScript into Rust. */
  readonly crossings: number;
  /** Those of them that were turns: submissions in, completions and a new grant out. */
  readonly turns: number;
  /** How often a body has begun or gone on after a wait. */
  readonly resumes: number;
  /** How often it has gone to sleep for want of anything to do. */
  readonly sleeps: number;
  /** Wake-ups it has caused at others. */
  readonly wakesSent: number;
  /** Share of the time since its thread first came up that it was awake, 0 to 1. */
  readonly busyShare: number;
  /** Milliseconds spent awake, ever. */
  readonly busyMs: number;
  /** Processes that are about to be resumed. */
  readonly runQueue: number;
  /** Sleeps, deadlines and messages for later that lie in its wheel, as of its last turn. */
  readonly timers: number;
  /** How late the last of them to fire was, in milliseconds. */
  readonly lateMs: number;
  /** How late any of them ever was, in milliseconds. */
  readonly lateWorstMs: number;
  /** Bodies of dead processes that have not ended: killed, or over their grace. Some may have been collected since. */
  readonly abandoned: number;
  /** 99 % of the gaps between two turns while busy were no longer, in milliseconds. */
  readonly turnGapP99Ms: number;
}
/** A runtime. */
interface RuntimeView {
  /** The host, the schedulers, and those dedicated threads that somebody has. */
  readonly schedulers: readonly SchedulerView[];
  /** How many processes there have been. */
  readonly processes: {
    /** Begun or waiting to, ever. */readonly spawned: number; /** Ended, those on threads that died included. */
    readonly exited: number; /** The difference: alive now, whether begun or not. */
    readonly alive: number;
  };
  /** What became of messages, local ones included. Accepted is the sum of received, waiting and dropped. */
  readonly messages: {
    /** Sent and not refused. */readonly accepted: number; /** Taken by a body, or thrown away by it. */
    readonly received: number; /** In mailboxes and inboxes. */
    readonly waiting: number; /** Those that nobody received, by the reason. */
    readonly dropped: {
      /** They were sent to a process that had ended. */readonly dead: number; /** Their receiver, or its thread, ended before it took them. */
      readonly died: number; /** They could not be made there: of a class that the thread does not know, or its `decode` threw. */
      readonly corrupt: number; /** There was no place for them, or none for what came later. */
      readonly full: number;
    };
  };
  /** The stores of `rumpus/otp`. */
  readonly stores: {
    /** Made, ever. */readonly made: number; /** There now; the others have ended. */
    readonly open: number; /** Entries in those. */
    readonly entries: number; /** Bytes of their keys and values, as they are kept. */
    readonly bytes: number; /** Entries of those that went for newer ones. */
    readonly dropped: number;
  };
}
/**
* Shows a pid as Erlang does: slot, generation and runtime, `<12.0.1>`.
*
* @param pid - whom
* @example
* ```ts
* import { formatPid, run } from 'rumpus'
* import assert from 'node:assert/strict'
*
* await run(async (self) => assert.match(formatPid(self.pid), /^<\d+\.\d+\.\d+>$/))
* ```
*/
declare const formatPid: (pid: Pid) => string;
declare const answers: unique symbol;
/** Where the answer to a question goes. It can cross, and is good for one answer. */
type ReplyTo<Reply = unknown> = readonly [desk: Pid<never>, number: number] & {
  readonly [answers]?: (reply: Reply) => void;
};
/** A question, as the process that is asked receives it. */
interface Call<Request = unknown, Reply = unknown> {
  /** Tells a question from other messages. */
  readonly type: "call";
  /** For {@link reply}. */
  readonly from: ReplyTo<Reply>;
  /** What is asked. */
  readonly request: Request;
  /** By when the answer is wanted, as the runtime counts; a server's own questions wait no longer than that. */
  readonly deadline?: number | undefined;
  /** Of what work it is a part, if whoever asks has said so. */
  readonly context?: Context | undefined;
}
declare const asks: unique symbol;
/**
* A request that tells, to the compiler alone, what it is answered with.
*
* @example
* ```ts
* import type { Asks } from 'rumpus'
*
* type Deposit = Asks<number, { type: 'deposit'; amount: number }>
* type Close = Asks<void, { type: 'close' }>
* const deposit: Deposit = { type: 'deposit', amount: 5 }
* ```
*/
type Asks<Reply, Request> = Request & {
  readonly [asks]?: Reply;
};
/** What a request is answered with: what it {@link Asks}, or else what all requests are. */
type Answer<Asked, Request, Reply> = Request extends {
  readonly [asks]?: infer R;
} ? unknown extends R ? Reply : Asked extends Request ? R : never : Reply;
/** How long to wait for an answer. */
interface CallOptions {
  /** Milliseconds until it rejects with `TimeoutError`; 5000 unless given, Infinity for as long as it takes. */
  readonly timeout?: number;
  /** Has it reject with `AbortError` when aborted. */
  readonly signal?: AbortSignal;
}
/** How to ask. */
interface AskOptions extends CallOptions {
  /** Of what work the question is a part; of that which a body does, unless given. */
  readonly context?: Context;
}
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
type Place = "any" | "here" | "dedicated" | number;
/** How a process is spawned. */
interface SpawnOptions {
  /**
  * Where it may run, `'any'` unless given. A closure runs on its spawner's: for it only `'here'` and that number will do.
  * `'dedicated'` throws `ERR_RUMPUS_NO_THREAD` when all such threads are taken.
  */
  readonly on?: Place;
  /** Its name from the start; if somebody has it, the spawn throws `ERR_RUMPUS_NAME_TAKEN` and nothing has happened. */
  readonly name?: string;
  /** Whether it is linked to the process that spawns it, from the start. */
  readonly link?: boolean;
  /** Whether the process that spawns it hears of its end, from the start; `spawnMonitor` tells the reference, too. */
  readonly monitor?: boolean;
  /**
  * Who goes first on its scheduler: `'high'` before all others, after no more than one resume; `'low'` when nobody else has
  * anything to do, and once in eight. Messages to either take the way through Rust, about three times as long.
  */
  readonly priority?: "high" | "normal" | "low";
  /** How many messages may wait for it; as many as come unless given. Messages to it take the way through Rust. */
  readonly mailbox?: MailboxOptions;
  /** Asks it to end, with `'shutdown'`, when aborted; one that is aborted already keeps it from beginning. */
  readonly signal?: AbortSignal;
}
/** A bounded mailbox. */
interface MailboxOptions {
  /** Messages that may wait, not counting signals: 1 to 2²⁴. */
  readonly capacity: number;
  /**
  * What becomes of a message for which there is no place: `'drop-newest'` drops it, `'drop-oldest'` drops the oldest that
  * waits, `'offer'` drops it too, unless it was sent by {@link offer}, which waits. What is dropped is counted. With
  * `'drop-oldest'` up to three times the capacity, or 64 more than twice, is held until the scheduler comes to drop the rest.
  */
  readonly overflow: "drop-newest" | "drop-oldest" | "offer";
}
/** How a monitor is taken back. */
interface DemonitorOptions {
  /** Whether a {@link Down} of it that has come already is taken out of the inbox. */
  readonly flush?: boolean;
}
/** A body that any scheduler can find again: a module and a name in it. */
interface Definition<M, A extends readonly unknown[]> {
  /** The module. */
  readonly url: string;
  /** The name. */
  readonly name: string;
  /** The body. */
  readonly body: (self: Self<M>, ...args: A) => unknown;
  /** How it is spawned. */
  readonly options: SpawnOptions;
  /** The same definition, spawned with these options. */
  with(options: SpawnOptions): Definition<M, A>;
}
declare const marks: unique symbol;
/** A moment in the mail of a process, as `mark` answers it. */
type Mark = number & {
  readonly [marks]: true;
};
/** Which messages a `tryReceive` looks for. */
interface TryReceiveOptions<M> {
  /**
  * Says whether a message is wanted; a type guard narrows what is answered. It may be asked about any message in any
  * receive, so it must not change anything. What it throws, the receive throws; the message stays.
  */
  readonly match?: (message: M) => boolean;
  /** Looks only at what came after this `mark`: however much waits, it costs nothing. */
  readonly since?: Mark;
}
/** What a `receive` waits for, and how long. */
interface ReceiveOptions<M> extends TryReceiveOptions<M> {
  /**
  * Milliseconds until it rejects with `TimeoutError`, counted from the end of the turn in which it began. Messages that
  * are not wanted do not begin it anew. 0 looks at what has come, mail of other schedulers included, and waits no longer.
  */
  readonly timeout?: number;
  /** Has it reject with `AbortError` when aborted. */
  readonly signal?: AbortSignal;
}
/** A body that lives on its spawner's scheduler. */
type Closure<M> = (self: Self<M>) => unknown;
/**
* A process, seen by its own body. `M` is what it receives; add {@link Down} when it monitors and {@link Exit} when it
* traps exits.
*
* Everything here belongs to the body it was given to: do not hand `self` to others, give them `self.pid`.
*/
interface Self<M> extends AsyncIterable<M> {
  /** Its own address. */
  readonly pid: Pid<Sendable<M>>;
  /** The runtime it lives in. */
  readonly runtime: Runtime;
  /**
  * The next message, when it comes. One wait at a time.
  *
  * Rejects with `ProcessExit` when the process must end, with `ERR_RUMPUS_WAITING` when it waits already.
  */
  receive(): Promise<M>;
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
  receive<N extends M>(options: ReceiveOptions<M> & {
    match: (message: M) => message is N;
  }): Promise<N>;
  /** The first message that is wanted, or any, within the time that the options give. As above. */
  receive(options: ReceiveOptions<M>): Promise<M>;
  /**
  * The next message if one has reached the inbox. What others send while this body runs without a wait arrives with its next
  * one, so a loop that computes must `await` a `sleep(0)` now and then to see it.
  */
  tryReceive(): M | undefined;
  /** The first message that is wanted, if it has reached this scheduler's inbox. Throws as `receive` does. */
  tryReceive<N extends M>(options: TryReceiveOptions<M> & {
    match: (message: M) => message is N;
  }): N | undefined;
  /** The first message that is wanted, if it has reached this scheduler's inbox. As above. */
  tryReceive(options: TryReceiveOptions<M>): M | undefined;
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
  mark(): Mark;
  /**
  * The next message, as `receive`, for a process that may wait for long: the room that its inbox took in busier times is given
  * back first. With a small inbox it saves nothing worth the name.
  */
  hibernate(): Promise<M>;
  /** Throws away what has reached the inbox; answers how many messages that were. They count as received. */
  flush(): number;
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
  call<Request, Reply, const Asked extends Request = Request>(to: Pid<Call<Request, Reply>> | string, request: Asked, options?: AskOptions): Promise<Answer<Asked, Request, Reply>>;
  /** Waits `ms` milliseconds. Throws `RangeError` for a time that is no time. */
  sleep(ms: number): Promise<void>;
  /** Lets the others that could run do so first. A body that computes for long yields now and then; one that waits need not. */
  yield(): Promise<void>;
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
  readonly signal: AbortSignal;
  /** Starts a closure on this scheduler. */
  spawn<N = unknown>(body: Closure<N>, options?: SpawnOptions): Pid<Sendable<N>>;
  /** Starts a definition where there is room; its arguments are encoded, so that it may start anywhere. */
  spawn<N, A extends readonly unknown[]>(definition: Definition<N, A>, ...args: A): Pid<Sendable<N>>;
  /** Starts a closure that is linked to this process before it begins. */
  spawnLink<N = unknown>(body: Closure<N>, options?: SpawnOptions): Pid<Sendable<N>>;
  /** Starts a definition that is linked to this process before anybody can begin it. */
  spawnLink<N, A extends readonly unknown[]>(definition: Definition<N, A>, ...args: A): Pid<Sendable<N>>;
  /** Starts a closure whose end this process hears of, however soon; answers its pid and the reference of the monitor. */
  spawnMonitor<N = unknown>(body: Closure<N>, options?: SpawnOptions): readonly [pid: Pid<Sendable<N>>, ref: number];
  /** The same with a definition. */
  spawnMonitor<N, A extends readonly unknown[]>(definition: Definition<N, A>, ...args: A): readonly [pid: Pid<Sendable<N>>, ref: number];
  /** Sends as {@link send} does; a name is one of this runtime. */
  send<N>(to: Pid<N> | string, message: NoInfer<N>): void;
  /**
  * Gives a process, this one unless another is given, a name that every scheduler of the runtime knows at once. It has the
  * name until it has ended.
  *
  * Throws `RumpusError`, the first of these: `ERR_RUMPUS_NOPROC` if the process has ended or must, `ERR_RUMPUS_NAME_TAKEN`,
  * saying who has it, `ERR_RUMPUS_NAMED` if the process has another name.
  */
  register(name: string, pid?: Pid): void;
  /** Takes a name back, whoever has it; false if nobody has. */
  unregister(name: string): boolean;
  /** The process that has a name, unless it has ended or must. */
  whereis<N = never>(name: string): Pid<N> | undefined;
  /** Ties this process and `pid`, of the same runtime, together: when one ends other than normally, so does the other. */
  link(pid: Pid): void;
  /** Takes a link back. */
  unlink(pid: Pid): void;
  /** Asks to hear of the end of `pid`, of the same runtime, as a {@link Down} message; answers its reference. */
  monitor(pid: Pid): number;
  /** Takes a monitor back; a {@link Down} that has come already stays in the inbox, unless `flush` is set. */
  demonitor(ref: number, options?: DemonitorOptions): void;
  /**
  * From now on exit signals come as {@link Exit} messages instead of ending this process. One that comes before the body
  * begins ends it: trap exits in its first line and have it say that it is ready.
  */
  trapExit(on?: boolean): void;
  /** Ends this process for `reason`, `'normal'` unless given, by throwing; a body that catches that has 5 s left. */
  exit(reason?: ReasonGiven): never;
}
/** A runtime: its scheduler threads and the processes on them. */
interface Runtime extends AsyncDisposable {
  /** Runs a body on this thread as a process and answers what it returns; rejects with what it throws. Keeps the event loop alive meanwhile. */
  run<T, M = unknown>(body: (self: Self<M>) => T | PromiseLike<T>): Promise<T>;
  /** Starts a closure on this thread. */
  spawn<N = unknown>(body: Closure<N>, options?: SpawnOptions): Pid<Sendable<N>>;
  /** Starts a definition where there is room. */
  spawn<N, A extends readonly unknown[]>(definition: Definition<N, A>, ...args: A): Pid<Sendable<N>>;
  /** Sends as {@link send} does; a name is one of this runtime. */
  send<N>(to: Pid<N> | string, message: NoInfer<N>): void;
  /** Gives a process a name, as `self.register` does. */
  register(name: string, pid: Pid): void;
  /** Takes a name back, whoever has it; false if nobody has. */
  unregister(name: string): boolean;
  /** The process that has a name, unless it has ended or must. */
  whereis<N = never>(name: string): Pid<N> | undefined;
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
  processes(): Promise<readonly ProcessView[]>;
  /** Counters and states of the runtime and its schedulers, a snapshot. */
  inspect(): RuntimeView;
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
  inspect(pid: Pid): Promise<ProcessView | undefined>;
  /** Ends all processes, newest first, then the threads. Calling it again answers the same promise. */
  stop(): Promise<void>;
  /** Keeps the event loop alive even when nothing runs; a pending `run`, `call` or `offer` does so by itself. */
  ref(): void;
  /** Takes `ref` back: the event loop may end, whatever processes wait for. */
  unref(): void;
}
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
declare const call: <Request, Reply, const Asked extends Request = Request>(to: Pid<Call<Request, Reply>> | string, request: Asked, options?: AskOptions) => Promise<Answer<Asked, Request, Reply>>;
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
declare const reply: <Reply>(from: ReplyTo<Reply>, value: NoInfer<Reply>) => void;
/**
* Defines `body` under `name` in the module `url`, so that `spawn` can start it on any scheduler.
*
* Call it at the top level of a module, above any `run`: schedulers import the module to find it. The module must not need
* what only your main file has. For a body that stays on this scheduler a plain function does.
*
* @param url - `import.meta.url`
* @param name - unique in the module
* @param body - the async function; it is given `self` and the arguments of `spawn`, which are always encoded
* @returns the definition, for `self.spawn`
* @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT` if `url` is no URL, `name` no name, or `body` no function
* @throws RangeError `ERR_RUMPUS_OUT_OF_RANGE` if another body has this name in this module
* @example
* ```ts
* import { define, run, send } from 'rumpus'
* import assert from 'node:assert/strict'
*
* const square = define(import.meta.url, 'square', async (self, parent, n) => send(parent, n * n))
*
* await run(async (self) => {
*   self.spawn(square, self.pid, 7)
*   assert.equal(await self.receive(), 49)
* })
* ```
*/
declare const define: <M = unknown, A extends readonly unknown[] = readonly unknown[]>(url: string, name: string, body: (self: Self<M>, ...args: A) => unknown, ..._: false extends Crosses<M> | Crosses<A> ? ["the messages and arguments of a definition must be able to cross"] : []) => Definition<M, A>;
/**
* Asks the process `pid` to end for `reason`. The request arrives in order with the messages sent before it.
*
* A process that traps exits gets it as a message. `'kill'` cannot be trapped and leaves no grace; `'normal'` is ignored by
* a process that does not trap. To end the process you are in, use `self.exit`. Nothing happens to a process that has ended.
*
* @param pid - whom
* @param reason - why: a word, an error, or any value that can cross; `'shutdown'` unless given
* @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT` if `pid` is no pid
* @example
* ```ts
* import { exit, run } from 'rumpus'
* import assert from 'node:assert/strict'
*
* await run(async (self) => {
*   const pid = self.spawn(async (me) => void (await me.receive()))
*   self.monitor(pid)
*   exit(pid, 'kill')
*   const down = await self.receive()
*   assert.deepEqual(down.reason, { kind: 'killed' })
* })
* ```
*/
declare const exit: (pid: Pid, reason?: ReasonGiven) => void;
/**
* Whether the process `pid` has not ended and has not heard that it must. True is only ever the truth of a moment ago: to act on
* a death, monitor it.
*
* @param pid - whom
* @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT` if `pid` is no pid
* @example
* ```ts
* import { isAlive, run } from 'rumpus'
* import assert from 'node:assert/strict'
*
* await run(async (self) => assert(isAlive(self.pid)))
* ```
*/
declare const isAlive: (pid: Pid) => boolean;
/** A process that is being listened to. */
interface Monitor extends Disposable {
  /** What {@link Down} carries. */
  readonly ref: number;
  /** Listens no longer; whoever has heard already hears nothing more. */
  stop(): void;
}
/**
* Calls `listener` once when the process `pid` has ended, at once if it has. For code outside processes.
*
* @param pid - whose end
* @param listener - hears why; what it throws is an uncaught exception of this thread
* @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`, RumpusError `ERR_RUMPUS_STOPPED`
* @example
* ```ts
* import { exit, monitor, start } from 'rumpus'
* import assert from 'node:assert/strict'
*
* const runtime = await start({ schedulers: 1 })
* const pid = runtime.spawn(async (self) => void (await self.receive()))
* const down = new Promise((resolve) => monitor(pid, resolve))
* exit(pid, 'shutdown')
* assert.deepEqual((await down).reason, { kind: 'shutdown' })
* await runtime.stop()
* ```
*/
declare const monitor: (pid: Pid, listener: (down: Down) => void) => Monitor;
/** What became of an offer: it is in the mailbox, there was no place in time, or there is no such process. */
type Offered = "accepted" | "full" | "noproc";
/** How long an offer waits. */
interface OfferOptions {
  /** Milliseconds until it answers `'full'`; 0 does not wait; for as long as it takes unless given. */
  readonly timeout?: number;
  /** Has it reject with `AbortError` when aborted. */
  readonly signal?: AbortSignal;
}
/**
* Sends `message` to the process `pid` when its mailbox has a place, and answers what became of it.
*
* For bounded mailboxes: it holds a fast sender back where `send` would drop. Those that wait get their places in the order in
* which they asked. An unbounded mailbox accepts at once.
*
* @param pid - whom
* @param message - what; do not change it before the offer has been answered
* @param options - how long to wait
* @throws at the call: UncrossableError `ERR_RUMPUS_UNCROSSABLE`, TypeError `ERR_RUMPUS_BAD_ARGUMENT`, RangeError
* `ERR_RUMPUS_OUT_OF_RANGE`, RumpusError `ERR_RUMPUS_STOPPED`; rejects with AbortError `ABORT_ERR`
* @example
* ```ts
* import { offer, run } from 'rumpus'
* import assert from 'node:assert/strict'
*
* await run(async (self) => {
*   const slow = self.spawn(async (me) => void (await me.sleep(50)), { mailbox: { capacity: 1, overflow: 'offer' } })
*   assert.equal(await offer(slow, 1), 'accepted')
*   assert.equal(await offer(slow, 2, { timeout: 1 }), 'full')
*   assert.equal(await offer(slow, 3), 'noproc') // it ended, and had not taken the first
* })
* ```
*/
declare const offer: <M>(pid: Pid<M>, message: NoInfer<M>, options?: OfferOptions) => Promise<Offered>;
/** How instances of a class cross. */
interface MessageOptions<T extends object, V> {
  /** What the class is called on the way, unique in a thread; its own name unless given. Minifiers change that. */
  readonly name?: string;
  /** What crosses in place of an instance: anything that can cross. */
  readonly encode: (instance: T) => V;
  /** An instance, made of what `encode` answered. */
  readonly decode: (value: V) => T;
}
/**
* Has instances of `Class` cross to other schedulers, wherever they are in a message, an argument or an exit reason.
*
* Call it at the top level of the module that has the class, and have the module of every definition that receives such
* messages import it: a thread that does not know the class drops the message, counts it as corrupt and says so in a crash
* report. Subclasses are classes of their own. On one scheduler instances travel by reference anyway. For data without
* behaviour a plain object is faster and needs none of this.
*
* For `define` to accept the class where it has methods, tell the compiler in {@link RegisteredMessages}.
*
* @param Class - whose instances
* @param options - its name and the two functions; what `encode` answers must not lead back to the instance
* @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT` if `Class` is no class, or an option not what it must be
* @throws RangeError `ERR_RUMPUS_OUT_OF_RANGE` if another class has the name, the class has another name, or crosses already
* @example
* ```ts
* import { define, registerMessage, run, send } from 'rumpus'
* import assert from 'node:assert/strict'
*
* class Money {
*   constructor(cents) {
*     this.cents = cents
*   }
*   toString() {
*     return `${(this.cents / 100).toFixed(2)} €`
*   }
* }
* registerMessage(Money, { encode: (money) => money.cents, decode: (cents) => new Money(cents) })
*
* const till = define(import.meta.url, 'till', async (self, customer) => {
*   const { price } = await self.receive()
*   send(customer, `that is ${price}`)
* })
*
* await run(async (self) => {
*   send(self.spawn(till, self.pid), { price: new Money(250) })
*   assert.equal(await self.receive(), 'that is 2.50 €')
* })
* ```
*/
declare const registerMessage: <T extends object, V>(Class: abstract new (...args: never[]) => T, options: MessageOptions<T, V>) => void;
/** How a runtime is made. */
interface RuntimeOptions {
  /**
  * Scheduler threads beside this one, 0 to 63; `RUMPUS_SCHEDULERS`, or as many as there are cores to use. With 0 everything
  * runs on this thread, definitions too, for a debugger that steps from one process to the next; `hostWorks` is true then.
  * Only what is spawned `on: 'dedicated'` still has a thread of its own.
  */
  readonly schedulers?: number;
  /**
  * How many processes may have a thread of their own at a time, spawned `on: 'dedicated'`: 0 to 63 less `schedulers`, 8 unless
  * given, if so many fit. A thread is started for each and goes with it; one more is refused with `ERR_RUMPUS_NO_THREAD`.
  */
  readonly dedicated?: number;
  /** Whether this thread takes placed and stolen processes too; no by default, for it can be neither ended nor replaced. */
  readonly hostWorks?: boolean;
  /** Whether definitions are placed on the better of two schedulers; otherwise they queue where they were spawned, and are stolen. */
  readonly placement?: boolean;
  /** Starts the scheduler threads at once instead of with the first definition. */
  readonly eager?: boolean;
  /** Maps the URL of a module that defines to the one that schedulers load, for sources that must be built first. */
  readonly resolve?: (url: string) => string;
  /** Heap of a scheduler thread, in megabytes; by default a fair part of the memory there is. */
  readonly heapMb?: number;
  /**
  * Hears of crashes; without it a log of `rumpus/logger` has them, or stderr. Who only wants to know subscribes to the channel `rumpus:crash`
  * of `node:diagnostics_channel`.
  *
  * @example
  * ```ts
  * import { run } from 'rumpus'
  * import { subscribe } from 'node:diagnostics_channel'
  * import assert from 'node:assert/strict'
  *
  * const [heard, told] = [[], []]
  * subscribe('rumpus:crash', ({ error }) => heard.push(error.message))
  * await run(
  *   async (self) => {
  *     self.spawnMonitor(async () => {
  *       throw new Error('no')
  *     })
  *     await self.receive()
  *   },
  *   { onCrash: ({ error }) => told.push(error.message) },
  * )
  * assert.deepEqual([heard, told], [['no'], ['no']])
  * ```
  */
  readonly onCrash?: (report: CrashReport) => void;
  /**
  * What the receiver of a message on its sender's own scheduler gets: the value (`'reference'`, unless given), the value
  * frozen as deep as it crosses (`'freeze'`), or a copy (`'clone'`). The last two refuse at `send` what could not cross to
  * another scheduler: for tests and for finding who changes what it has sent, for every message takes the way through Rust.
  * What JavaScript cannot freeze stays as it is: the entries of a Map or a Set, binary data, a Date, a RegExp, a Proxy,
  * private fields.
  *
  * @example
  * ```ts
  * import { run, send } from 'rumpus'
  * import assert from 'node:assert/strict'
  *
  * const body = async (self) => {
  *   const job = { steps: ['one'] }
  *   send(self.pid, job)
  *   return [job, await self.receive()]
  * }
  * const [lent, taken] = await run(body, { messages: 'freeze' })
  * assert(lent === taken && Object.isFrozen(taken.steps))
  * const [kept, copy] = await run(body, { messages: 'clone' })
  * assert.deepEqual(kept, copy)
  * assert.notEqual(kept, copy)
  * await assert.rejects(run(async (self) => send(self.pid, [() => 1]), { messages: 'clone' }), { path: 'message[0]' })
  * ```
  */
  readonly messages?: MessageMode;
  /**
  * So many messages in the inbox of one process are worth telling, 100 000 unless given, 0 for never. It is looked at when an
  * inbox must grow, at 4, 8, 16 and so on: told with the first message beyond such a number that is not below this one, and
  * again at each doubling. An inbox keeps its room: one that is emptied and fills again is told of when it grows further.
  */
  readonly highWater?: number;
  /**
  * Hears of that, on the host's thread, behind what runs there. So do subscribers of `rumpus:high-water` in
  * `node:diagnostics_channel`, without this option. What to do about it: give the process a bounded `mailbox`, or `offer`.
  *
  * @example
  * ```ts
  * import { exit, run, send } from 'rumpus'
  * import assert from 'node:assert/strict'
  *
  * const reports = []
  * const onHighWater = (report) => {
  *   reports.push(report)
  *   exit(report.pid, 'kill')
  * }
  * await run(async (self) => {
  *   const [slow] = self.spawnMonitor(async () => new Promise(() => {}))
  *   for (let i = 0; i < 2000; i++) send(slow, i)
  *   await self.receive()
  *   assert.equal(reports[0].pid, slow)
  *   assert.equal(reports[0].waiting, 1025)
  * }, { highWater: 1024, onHighWater })
  * ```
  */
  readonly onHighWater?: (report: HighWaterReport) => void;
  /** When a scheduler counts as stalled, and whether its thread is ended then; `false`: nobody watches. */
  readonly stall?: StallOptions | false;
  /**
  * Hears of schedulers that take no turn, because a body or other code keeps their thread; without it they are written to
  * stderr. A stall of this thread is written there at once, and heard of here when it is over. Also published to the channel
  * `rumpus:stall` of `node:diagnostics_channel`.
  *
  * @example
  * ```ts
  * import { run } from 'rumpus'
  * import assert from 'node:assert/strict'
  *
  * const stalls = []
  * await run(
  *   async (self) => {
  *     const begun = performance.now()
  *     while (performance.now() - begun < 250); // keeps the thread
  *     while (stalls.length === 0) await self.sleep(1)
  *     assert.equal(stalls[0].pid, self.pid)
  *     assert(stalls[0].ms >= 100)
  *   },
  *   { stall: { ms: 100 }, onStall: (report) => stalls.push(report) },
  * )
  * ```
  */
  readonly onStall?: (report: StallReport) => void;
  /**
  * A file to write a trace into, for `ui.perfetto.dev` or `chrome://tracing`: who ran when and on which thread, what it waited
  * for, messages as arrows, thefts, turns, sleeps; `RUMPUS_TRACE` unless given. A file that is there is replaced, but by the
  * first runtime of this thread only: others that name it go on with it. `%p` in the name is the number of this Node process; a
  * host that is itself a Worker adds its thread's number. For looking at, not for production: a message costs some
  * microseconds and half a kilobyte while it is traced, and nothing while it is not.
  *
  * `start` and `run` reject with RumpusError `ERR_RUMPUS_TRACE` if the file cannot be written.
  *
  * @example
  * ```ts
  * import { run, send } from 'rumpus'
  * import { mkdtempSync, readFileSync } from 'node:fs'
  * import { tmpdir } from 'node:os'
  * import { join } from 'node:path'
  * import assert from 'node:assert/strict'
  *
  * const trace = join(mkdtempSync(join(tmpdir(), 'trace-')), 'trace.json')
  * await run(
  *   async (self) => {
  *     send(self.pid, 'hello')
  *     await self.receive()
  *   },
  *   { trace },
  * )
  * const events = JSON.parse(readFileSync(trace, 'utf8'))
  * assert.equal(events.filter(({ ph, name }) => ph === 's' && name === 'message').length, 1)
  * ```
  */
  readonly trace?: string;
}
/**
* Sends `message` to the process `to`, a pid or a registered name. It is visible to the receiver when `send` returns, in the order sent.
*
* On the same scheduler the value itself travels, so treat messages as immutable, and send no promise: `receive`, being one
* itself, would wait for it. To another scheduler it is encoded, instances of classes by `registerMessage`. A
* message to a dead process, or to a name that nobody has, is dropped and counted: use a monitor to hear of a death. Send never waits: for a receiver that
* may fall behind, have it answer.
*
* @param to - whom: a pid, or a name in the only runtime of this thread
* @param message - what; anything on the same scheduler, {@link Crossable} values to others
* @throws UncrossableError `ERR_RUMPUS_UNCROSSABLE` naming the part that cannot cross, if `to` lives; nothing was sent
* @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT` if `pid` is no pid
* @throws RumpusError `ERR_RUMPUS_STOPPED` if this thread knows no runtime of that pid, `ERR_RUMPUS_WHICH_RUNTIME` if it has
* several and a name is given: use `self.send` or `runtime.send`
* @example
* ```ts
* import { run, send } from 'rumpus'
* import assert from 'node:assert/strict'
*
* await run(async (self) => {
*   const echo = self.spawn(async (me) => {
*     const { from, text } = await me.receive()
*     send(from, text)
*   })
*   send(echo, { from: self.pid, text: 'hello' })
*   assert.equal(await self.receive(), 'hello')
* })
* ```
*/
declare const send: <M>(to: Pid<M> | string, message: NoInfer<M>) => void;
/**
* Starts a runtime on this thread and answers its handle. Stop it when you are done.
*
* Use it to keep a runtime beside other code, in a server or a test; to run one body to its end, use {@link run}. It does
* not keep the event loop alive by itself: `ref()` does.
*
* @param options - how the runtime is made
* @throws RangeError `ERR_RUMPUS_OUT_OF_RANGE` or TypeError `ERR_RUMPUS_BAD_ARGUMENT` for an option that is wrong
* @throws RumpusError `ERR_RUMPUS_ON_SCHEDULER` on a scheduler thread, `ERR_RUMPUS_TOO_MANY_RUNTIMES` beyond 63
* @example
* ```ts
* import { start } from 'rumpus'
* import assert from 'node:assert/strict'
*
* const runtime = await start({ schedulers: 1 })
* assert.equal(await runtime.run(async () => 42), 42)
* await runtime.stop()
* ```
*/
declare const start: (options?: RuntimeOptions) => Promise<Runtime>;
/**
* Starts a runtime, runs `body` in it as the first process, stops it, and answers what the body returned.
*
* The usual way in. Rejects with what the body throws. On a scheduler thread that is importing this module to find a
* definition it never settles, so one file may define and run.
*
* @param body - the first process; it lives on this thread
* @param options - how the runtime is made
* @throws the same as {@link start}
* @example
* ```ts
* import { run } from 'rumpus'
* import assert from 'node:assert/strict'
*
* const answer = await run(async (self) => {
*   await self.sleep(1)
*   return 42
* })
* assert.equal(answer, 42)
* ```
*/
declare const run: <T, M = unknown>(body: (self: Self<M>) => T | PromiseLike<T>, options?: RuntimeOptions) => Promise<T>;
declare const timers: unique symbol;
/** A message for later, as `sendAfter` and `sendInterval` answer it: a number below 0 that can cross, never used again. */
type TimerRef = number & {
  readonly [timers]: true;
};
/**
* Sends `message` to the process `pid` in `ms` milliseconds, never earlier.
*
* The timer ends with that process, not with the caller's. On the same scheduler the value itself travels, as it does with
* `send`; what cannot cross is refused at once. For a wait of your own use `self.sleep` or `receive` with a `timeout`.
*
* @param pid - whom; a process that has ended gets nothing
* @param message - what
* @param ms - milliseconds from now, 0 to 2³¹ - 1
* @returns the timer, for {@link cancelTimer}
* @throws RangeError `ERR_RUMPUS_OUT_OF_RANGE` for a time that is none
* @throws UncrossableError `ERR_RUMPUS_UNCROSSABLE`, TypeError `ERR_RUMPUS_BAD_ARGUMENT`, RumpusError `ERR_RUMPUS_STOPPED` as
* `send` does, `ERR_RUMPUS_TOO_MANY_TIMERS` beyond 67 million
* @example
* ```ts
* import { run, sendAfter } from 'rumpus'
* import assert from 'node:assert/strict'
*
* await run(async (self) => {
*   sendAfter(self.pid, 'tick', 5)
*   assert.equal(await self.receive(), 'tick')
* })
* ```
*/
declare const sendAfter: <M>(pid: Pid<M>, message: NoInfer<M>, ms: number) => TimerRef;
/**
* Sends `message` to the process `pid` every `ms` milliseconds, for the first time after as many.
*
* The moments are those of the first one plus whole multiples: nothing drifts. A scheduler that comes late sends once and keeps
* the phase; it makes up for nothing. Ends as {@link sendAfter}'s does, or by {@link cancelTimer}.
*
* @param pid - whom
* @param message - what
* @param ms - milliseconds, 1 to 2³¹ - 1
* @returns the timer; it is the same for every message
* @throws as {@link sendAfter}
* @example
* ```ts
* import { cancelTimer, run, sendInterval } from 'rumpus'
*
* await run(async (self) => {
*   const timer = sendInterval(self.pid, 'tick', 2)
*   for (let i = 0; i < 3; i++) await self.receive()
*   cancelTimer(timer)
* })
* ```
*/
declare const sendInterval: <M>(pid: Pid<M>, message: NoInfer<M>, ms: number) => TimerRef;
/**
* Cancels a timer, on whatever scheduler it was set and will fire. A message that it has sent already stays in the inbox.
*
* @param timer - which
* @returns the milliseconds that were left, or nothing if it has fired for the last time or was cancelled before, or if its
* process has ended, or must
* @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT` if `timer` is none, but a pid, for example
* @example
* ```ts
* import { cancelTimer, run, sendAfter } from 'rumpus'
* import assert from 'node:assert/strict'
*
* await run(async (self) => {
*   const timer = sendAfter(self.pid, 'too late', 60_000)
*   assert(cancelTimer(timer)! > 59_000)
*   assert.equal(cancelTimer(timer), undefined)
* })
* ```
*/
declare const cancelTimer: (timer: TimerRef) => number | undefined;
/**
* Marks `message` so that what is in `list` moves with it, instead of being copied, when it is next sent to another scheduler.
* Answers `message`, so that it fits into a `send`, an `offer`, a `call` or a `reply`.
*
* For large ArrayBuffers (views of them in the message arrive as views of the same bytes), and for what cannot be copied at
* all: a MessagePort, streams, whatever `worker_threads` can move. The rest of the message crosses as ever, and everything
* arrives in the order sent. What has moved is of no use to the sender any more. On the same scheduler the value itself travels
* and nothing is lost to anybody. Give it the whole message: a mark on a part of one is not looked at. To a dead process nothing
* moves. A process that has not begun does so where the parts wait for it, and is down with that thread if that goes first.
* Not for arguments of a spawn, nor for messages for later. So that types let ports into the messages of a definition, add
* them to {@link RegisteredMessages}.
*
* @param message - an object, which may be in the list itself
* @param list - what moves, each thing once
* @returns `message`
* @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT` if `message` is no object, or `list` is no list of such things. At the send:
* UncrossableError `ERR_RUMPUS_UNCROSSABLE` if a part of the message cannot cross or a thing cannot move; then nothing was sent,
* and nothing has moved
* @example
* ```ts
* import { define, run, send, transfer } from 'rumpus'
* import assert from 'node:assert/strict'
*
* const summer = define(import.meta.url, 'summer', async (self, parent) => {
*   const { numbers } = await self.receive()
*   send(parent, numbers.reduce((sum, n) => sum + n))
* })
*
* await run(async (self) => {
*   const pid = self.spawn(summer, self.pid)
*   const numbers = Float64Array.from({ length: 100_000 }, (_, i) => i)
*   send(pid, transfer({ numbers }, [numbers.buffer]))
*   assert.equal(numbers.length, 0) // it is there now
*   assert.equal(await self.receive(), 4_999_950_000)
* })
* ```
*/
declare const transfer: <M extends object>(message: M, list: readonly object[]) => M;
/** How a simulation is made. */
interface SimulateOptions {
  /** Decides every choice; by chance unless given. A run that fails tells its seed on stderr. */
  readonly seed?: number;
  /** Schedulers beside the host, all on this thread; 2 unless given. */
  readonly schedulers?: number;
  /** As for `run`; their places are opened and closed in an order of chance, too. */
  readonly dedicated?: number;
  /** As for `run`. */
  readonly hostWorks?: boolean;
  /** As for `run`. */
  readonly placement?: boolean;
  /** Which way local messages take; `RUMPUS_LANE` unless given. */
  readonly lane?: "js" | "native";
  /** As for `run`. */
  readonly messages?: MessageMode;
  /** As for `run`, in the time of the simulation; `RUMPUS_TRACE` means nothing here. */
  readonly trace?: string;
  /** Hears of crashes; without it they are written to stderr. */
  readonly onCrash?: (report: CrashReport) => void;
}
/** What a simulated program may ask of its simulation. */
interface Simulated {
  /** What decides every choice: give it to `simulate` to run the same again. */
  readonly seed: number;
  /** Milliseconds that have passed in it. */
  now(): number;
  /**
  * Has the thread of a scheduler die: whatever had begun there is down, what had not begins elsewhere, and another thread takes its
  * place. It happens when the step that is under way is over. Threads share their modules here: what a module keeps is kept.
  *
  * Throws `RangeError` `ERR_RUMPUS_OUT_OF_RANGE` for one that is not there, and for the host.
  *
  * @example
  * ```ts
  * import { define, simulate } from 'rumpus'
  * import assert from 'node:assert/strict'
  *
  * const waits = define(import.meta.url, 'waits', async (self) => void (await self.receive()))
  *
  * await simulate({ seed: 1 }, async (self, simulation) => {
  *   self.spawnMonitor(waits.with({ on: 2 }))
  *   await self.sleep(1)
  *   simulation.endScheduler(2)
  *   assert.deepEqual((await self.receive()).reason, { kind: 'scheduler-down', scheduler: 2 })
  * })
  * ```
  */
  endScheduler(scheduler: number): void;
}
/**
* Runs `main` as the first process of a runtime whose schedulers all live on this thread and take their steps one at a time, in
* an order that the seed decides, in time of their own: a sleep of an hour takes no time. Answers what `main` returns.
*
* For tests: run a program under many seeds, and a failing one again under the same seed, step by step. The code is the one
* that threads run; what it does with real time, files or sockets is not repeated. Definitions must have been imported.
*
* @param options - the seed, the schedulers
* @param main - the first process, on the host; its second argument tells the time
* @throws at the call TypeError `ERR_RUMPUS_BAD_ARGUMENT`, RangeError `ERR_RUMPUS_OUT_OF_RANGE`; rejects with what `main` throws,
* and with RumpusError `ERR_RUMPUS_DEADLOCK`, which lists who waits, if nothing can ever happen again
* @example
* ```ts
* import { send, simulate } from 'rumpus'
* import assert from 'node:assert/strict'
*
* const orders = new Set()
* for (let seed = 1; seed <= 50; seed++) {
*   await simulate({ seed }, async (self, simulation) => {
*     for (const name of ['a', 'b']) {
*       self.spawn(async (me) => {
*         await me.sleep(3_600_000)
*         send(self.pid, name)
*       })
*     }
*     orders.add(`${await self.receive()}${await self.receive()}`)
*     assert(simulation.now() >= 3_600_000)
*   })
* }
* ```
*/
declare const simulate: <T, M = unknown>(options: SimulateOptions, main: (self: Self<M>, simulation: Simulated) => T | PromiseLike<T>) => Promise<T>;
export { AbortError, type Answer, type AskOptions, type Asks, type Call, type CallOptions, type Closure, type Context, type CrashReport, type Crossable, type Crosses, type Definition, type DemonitorOptions, Down, type ErrorDescription, Exit, type ExitReason, type ExitReport, type HighWaterReport, type MailboxOptions, type Mark, type MessageMode, type MessageOptions, type Monitor, type MonitorView, type OfferOptions, type Offered, type Pid, type Place, ProcessExit, type ProcessState, type ProcessView, type ReasonGiven, type ReceiveOptions, type RegisteredMessages, type ReplyTo, RumpusError, type Runtime, type RuntimeOptions, type RuntimeView, type SchedulerDownReport, type SchedulerUpReport, type SchedulerView, type Self, type Sendable, type SimulateOptions, type Simulated, type SpawnOptions, type SpawnReport, type StallOptions, type StallReport, TimeoutError, type TimerRef, type TryReceiveOptions, UncrossableError, call, cancelTimer, define, exit, formatPid, isAlive, monitor, offer, registerMessage, reply, run, send, sendAfter, sendInterval, simulate, start, transfer };