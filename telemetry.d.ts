// Generated from js/ by `npm run dts`. Do not edit.
/// <reference lib="esnext.disposable" />

import { Context, Pid, Runtime } from "./index.js";
import * as Api from "@opentelemetry/api";
import { Registry } from "prom-client";
/**
* Is told what happens: `name` is that of a point, `data` what was given with it; of a span the name ends with `:start`, `:stop` or
* `:exception`, and `data` is the `Span`. It is called in the middle of what happens: it must not wait, send or ask.
*/
type Handler = (name: string, data: unknown) => void;
/** A handler that has been attached. */
interface Attached {
  /** It hears no more. */
  detach(): void;
  /** Whether it hears; no longer once it has thrown. */
  readonly isAttached: boolean;
  /** The same as `detach`. */
  [Symbol.dispose](): void;
}
/**
* Has `handler` told of everything on this thread whose name is `prefix` or goes on behind it with a colon: `'orders'` hears
* `orders:paid` and `orders:ship:stop`, not `orderships`; `''` hears all. Points and spans are those of `point` and `span`, and what the
* runtime tells: `rumpus:call` and `rumpus:server` (spans of questions and callbacks), `rumpus:process` and `rumpus:restart` (spans of
* lives and restarts), and its channels, `rumpus:spawn`, `rumpus:exit`, `rumpus:supervisor`, `rumpus:crash` and so on.
*
* Threads have handlers of their own: attach in a module that every thread loads, by `--import` or beside your definitions. What
* nobody listens to costs a look. One that throws, or whose promise rejects, is detached and told in a crash report.
*
* @param prefix - the begin of the names
* @param handler - is told, in the middle of what happens
* @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`
* @example
* ```ts
* import { run } from 'rumpus'
* import { startServer } from 'rumpus/otp'
* import { attach } from 'rumpus/telemetry'
* import assert from 'node:assert/strict'
*
* const heard = []
* const attached = attach('rumpus:server', (name, span) => heard.push([name, span.data.callback]))
* await run(async (self) => {
*   const double = await startServer(self, { handleCall: (n) => n * 2 })
*   assert.equal(await self.call(double, 21), 42)
* })
* attached.detach()
* assert.deepEqual(heard, [['rumpus:server:start', 'handleCall'], ['rumpus:server:stop', 'handleCall']])
* ```
*/
declare const attach: (prefix: string, handler: Handler) => Attached;
/** A message with its context, as {@link carry} makes it. A server is given the message. */
interface Carried<Message = unknown> {
  /** Tells it from other messages. */
  readonly type: "rumpus:carried";
  /** What is sent. */
  readonly message: Message;
  /** Of what work it is a part. */
  readonly context: Context;
}
/** A message out of its wrapper, as {@link carried} answers it. */
interface Unwrapped<Message = unknown> {
  /** What was sent. */
  readonly message: Message;
  /** Of what work it is a part, if it says so. */
  readonly context: Context | undefined;
}
/**
* Of what work a process does a part now: what came with the message that its server handles, or what {@link inContext} gave it. Its
* questions say the same; give it on with casts and messages yourself.
*
* @param self - the process, as its body or its server has it
* @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`
* @example
* ```ts
* import { run } from 'rumpus'
* import { startServer } from 'rumpus/otp'
* import { contextOf } from 'rumpus/telemetry'
* import assert from 'node:assert/strict'
*
* await run(async (self) => {
*   const server = await startServer(self, {
*     handleCall() {
*       return contextOf(this.self)?.tenant
*     },
*   })
*   assert.equal(await self.call(server, 'who?', { context: { tenant: 'acme' } }), 'acme')
*   assert.equal(await self.call(server, 'who?'), undefined)
* })
* ```
*/
declare const contextOf: (self: {
  readonly pid: unknown;
}) => Context | undefined;
/**
* Runs `body` while the process does a part of `context`: what it asks says so. Behind it, all is as before.
*
* @param self - the process
* @param context - of what work; nothing for none
* @param body - async or not; one at a time for a process, as it waits for one thing at a time
* @returns what `body` answers
* @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`, and what `body` throws
* @example
* ```ts
* import { reply, run } from 'rumpus'
* import { contextOf, inContext } from 'rumpus/telemetry'
* import assert from 'node:assert/strict'
*
* await run(async (self) => {
*   const echo = self.spawn(async (me) => {
*     const { from, context } = await me.receive()
*     reply(from, context)
*   })
*   assert.deepEqual(await inContext(self, { order: 7 }, () => self.call(echo, 'hello')), { order: 7 })
*   assert.equal(contextOf(self), undefined)
* })
* ```
*/
declare const inContext: <Result>(self: {
  readonly pid: unknown;
}, context: Context | undefined, body: () => Result) => Result;
/**
* Wraps a message for `send`, `offer` or `sendAfter`, so that it says of what work it is a part. A server is given the message, and does
* a part of that work meanwhile; a plain body unwraps it by {@link carried}.
*
* @param context - of what; nothing for none: then the message stays as it is
* @param message - what is sent
* @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`
* @example
* ```ts
* import { define, run, send } from 'rumpus'
* import { carried, carry } from 'rumpus/telemetry'
* import assert from 'node:assert/strict'
*
* const worker = define(import.meta.url, 'worker', async (self, to) => {
*   const { message, context } = carried(await self.receive())
*   send(to, [message, context.order])
* })
*
* await run(async (self) => {
*   send(self.spawn(worker, self.pid), carry({ order: 7 }, 'ship it'))
*   assert.deepEqual(await self.receive(), ['ship it', 7])
* })
* ```
*/
declare const carry: <Message>(context: Context | undefined, message: Message) => Message | Carried<Message>;
/**
* The message that came, and of what work it is a part, if it says so. See {@link carry}.
*
* @param received - what came
* @example
* ```ts
* import { carried } from 'rumpus/telemetry'
* import assert from 'node:assert/strict'
*
* assert.deepEqual(carried('plain'), { message: 'plain', context: undefined })
* ```
*/
declare const carried: <Message>(received: Message | Carried<Message>) => Unwrapped<Message>;
/**
* Counts on this thread, for {@link exportMetrics} on the host: questions and callbacks of servers, with the time that they took, restarts
* by supervisors, lives of processes by their end. Call it in a module that every thread loads; `exportMetrics` does on the host.
*
* What it costs is a microsecond or so a question. Without it nothing of that is counted, but all that `runtime.inspect()` has.
*
* @returns how to stop
* @example
* ```ts
* import { run } from 'rumpus'
* import { startServer } from 'rumpus/otp'
* import { measure } from 'rumpus/telemetry'
* import assert from 'node:assert/strict'
*
* const measuring = measure()
* await run(async (self) => {
*   const double = await startServer(self, { handleCall: (n) => n * 2 })
*   assert.equal(await self.call(double, 21), 42)
* })
* measuring.detach()
* ```
*/
declare const measure: () => Attached;
/** How spans are exported. */
interface SpansOptions {
  /** Of which names, as `attach` has them; all spans unless given. */
  readonly prefix?: string;
  /** `@opentelemetry/api`, for a program that is a bundle or has several. It is looked for beside rumpus unless given. */
  readonly api?: typeof Api;
}
/**
* Has the spans of this thread made with OpenTelemetry: those of `span`, questions and callbacks of servers, restarts, lives of processes. A
* callback is the child of its question, on whichever core, and what it asks in turn is its child; a question of ordinary code is the child of
* the span that OpenTelemetry has active there.
*
* Call it in a module that every thread loads, behind the setup of the SDK: by `--import`, or beside your definitions. Requests and messages
* are not told, for they may be secret. Needs `@opentelemetry/api`, which you install beside rumpus.
*
* @param options - which spans
* @returns how to stop
* @throws RumpusError `ERR_RUMPUS_NO_PEER` if it is not installed; TypeError `ERR_RUMPUS_BAD_ARGUMENT`
* @example
* ```ts
* import { call, start } from 'rumpus'
* import { startServer } from 'rumpus/otp'
* import { exportSpans } from 'rumpus/telemetry'
* import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
* import { trace } from '@opentelemetry/api'
* import assert from 'node:assert/strict'
*
* const exporter = new InMemorySpanExporter()
* trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }))
* exportSpans()
*
* const runtime = await start({ schedulers: 1 })
* const double = await startServer(runtime, { handleCall: (n) => n * 2 })
* assert.equal(await call(double, 21), 42)
* await runtime.stop()
* const spans = exporter.getFinishedSpans()
* const [asked, handled] = ['rumpus:call', 'rumpus:server'].map((name) => spans.find((span) => span.name === name))
* assert.equal(handled.parentSpanContext.spanId, asked.spanContext().spanId)
* ```
*/
declare const exportSpans: (options?: SpansOptions) => Attached;
/** The parts of a `traceparent`. */
interface TraceParent {
  /** 32 hexadecimal digits, the same in all spans of a trace. */
  readonly traceId: string;
  /** 16 of them. */
  readonly spanId: string;
  /** 1 if the trace is recorded. */
  readonly flags: number;
}
/**
* The trace that a context names, if it does so as W3C has it.
*
* @param context - of a span, a message or a process
* @example
* ```ts
* import { traceParentOf } from 'rumpus/telemetry'
* import assert from 'node:assert/strict'
*
* const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
* assert.equal(traceParentOf({ traceparent })?.spanId, '00f067aa0ba902b7')
* assert.equal(traceParentOf({ order: 7 }), undefined)
* ```
*/
declare const traceParentOf: (context: Context | undefined) => TraceParent | undefined;
/**
* One piece of work, as handlers are told of it: by `name:start`, then by `name:stop` or `name:exception`. It is the same object each
* time.
*/
declare class Span {
  /** What kind of work: `'orders:ship'`. */
  readonly name: string;
  /** What is known of it; handlers may add to it. */
  readonly data: Record<string, unknown>;
  /** Of what it is a part, if of anything. */
  readonly parent: Context | undefined;
  /** When it began, in milliseconds since 1970, with fractions. */
  readonly startedMs: number;
  /** How long it took, in milliseconds, once it is over. */
  durationMs: number | undefined;
  /** Why it failed, if it has. */
  error: unknown;
  /** What it came to, once it has. */
  result: unknown;
  /** Set once it goes on behind a promise. */
  isAsync?: true;
  private own;
  private readonly beganMs;
  /** Not for users: one is begun by `span(name)`. */
  constructor(name: string, data: Record<string, unknown>, parent: Context | undefined, agoMs?: number);
  /**
  * What says that something is a part of this: give it on with messages. An exporter that has identities of its own sets it at
  * `start`; else it is of the trace of its parent, or begins one.
  */
  get context(): Context;
  /** What is a part of it says this from now on. */
  set context(context: Context);
  /** Whether somebody has asked for its context: then what is a part of it says so. */
  get isNamed(): boolean;
  private identity;
  /** Not for users: it is over. */
  end(): "stop" | "exception";
}
/** Made by {@link point}. */
interface TelemetryPoint<Data = unknown> {
  /** Under which handlers hear of it; also the name of its channel. */
  readonly name: string;
  /** Whether anybody listens on this thread: ask before you make what is dear. */
  readonly isHeard: boolean;
  /**
  * It happens.
  *
  * @param data - what is known of it
  */
  emit(data: Data): void;
}
/** How a span runs. */
interface SpanOptions {
  /** What is known of the work. */
  readonly data?: Record<string, unknown>;
  /** The process that does it, if one does: meanwhile its questions say that they are a part of it. */
  readonly self?: {
    /** Its pid. */readonly pid: unknown;
  };
  /** Of what it is a part; of what its process does, unless given. */
  readonly parent?: Context | undefined;
}
/** Made by {@link span}. */
interface TelemetrySpan {
  /** Under which handlers hear of it, with `:start`, `:stop` and `:exception`; also the name of its tracing channel. */
  readonly name: string;
  /** Whether anybody listens on this thread. */
  readonly isHeard: boolean;
  /**
  * Runs `body` as one such piece of work, and answers what it answers.
  *
  * @param body - is given the span, or nothing where nobody listens
  * @param options - what is known of it, and of what it is a part
  */
  run<Result>(body: (span: Span | undefined) => Result, options?: SpanOptions): Result;
}
/**
* Names something that happens. Make it once, at the top of a module; {@link attach} hears of it by its name or the begin of that.
*
* @param name - words between colons: `'orders:paid'`
* @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`
* @example
* ```ts
* import { attach, point } from 'rumpus/telemetry'
* import assert from 'node:assert/strict'
*
* const paid = point('orders:paid')
*
* let sum = 0
* attach('orders', (name, { amount }) => (sum += amount))
* paid.emit({ amount: 5 })
* assert.equal(sum, 5)
* ```
*/
declare const point: <Data = unknown>(name: string) => TelemetryPoint<Data>;
/**
* Names a kind of work that takes time. Make it once, at the top of a module.
*
* @param name - words between colons: `'orders:ship'`
* @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`
* @example
* ```ts
* import { attach, span } from 'rumpus/telemetry'
* import assert from 'node:assert/strict'
*
* const shipping = span('orders:ship')
*
* const heard = []
* attach('orders:ship', (name, { data, durationMs }) => heard.push([name, data.order, durationMs >= 0]))
* assert.equal(await shipping.run(async () => 'shipped', { data: { order: 7 } }), 'shipped')
* assert.deepEqual(heard, [['orders:ship:start', 7, false], ['orders:ship:stop', 7, true]])
* ```
*/
declare const span: (name: string) => TelemetrySpan;
/** How metrics are exported. */
interface MetricsOptions {
  /** Where they are registered; the `register` of `prom-client` unless given. */
  readonly register?: Registry;
  /** What their names begin with; `'rumpus_'` unless given. Two runtimes in one registry need two. */
  readonly prefix?: string;
}
/**
* Has the figures of `runtime` in a registry of `prom-client`, to be scraped: what `runtime.inspect()` shows, by scheduler, and what each
* thread counts that calls {@link measure}, this one included: durations of questions, callbacks, restarts and lives. The figures of threads
* that have gone stay in the sums.
*
* Needs `prom-client`, version 15, which you install beside rumpus; not, if you give a `register`.
*
* @param runtime - what `start` answers, or `self.runtime` on the host
* @param options - the registry, and what names begin with
* @returns how to take them out again
* @throws RumpusError `ERR_RUMPUS_NO_PEER` if prom-client is not installed; TypeError `ERR_RUMPUS_BAD_ARGUMENT`; and what the registry throws
* where a name is taken
* @example
* ```ts
* import { start } from 'rumpus'
* import { exportMetrics } from 'rumpus/telemetry'
* import { Registry } from 'prom-client'
* import assert from 'node:assert/strict'
*
* const runtime = await start({ schedulers: 1 })
* const register = new Registry()
* exportMetrics(runtime, { register })
* await runtime.run(async (self) => self.spawn(async () => {}))
* assert.match(await register.metrics(), /^rumpus_processes_spawned_total\{scheduler="0"\} [1-9]/m) // behind GET /metrics
* await runtime.stop()
* ```
*/
declare const exportMetrics: (runtime: Runtime, options?: MetricsOptions) => Attached;
/** A question, as it is told on the tracing channel `rumpus:call`. Listeners must not wait, send or ask. */
interface CallReport {
  /** Who asks, or 0 if that is ordinary code. */
  readonly from: Pid;
  /** On which scheduler. */
  readonly scheduler: number;
  /** Whom. */
  readonly to: Pid;
  /** What. */
  readonly request: unknown;
  /** What the question says of the work that it is a part of; a listener may set it at `start`. */
  context: Context | undefined;
  /** Set once it has been put: the answer comes later. */
  isAsync?: true;
  /** The answer, once it is there. */
  result?: unknown;
  /** Why there is none. */
  error?: unknown;
}
/** A message that a server handles, as it is told on the tracing channel `rumpus:server`. Listeners must not wait, send or ask. */
interface CallbackReport {
  /** Which server. */
  readonly pid: Pid;
  /** On which scheduler. */
  readonly scheduler: number;
  /** The name of its class. */
  readonly server: string;
  /** Which callback. */
  readonly callback: "handleCall" | "handleCast" | "handleInfo";
  /** The request or the message. */
  readonly message: unknown;
  /** What the message says of the work that it is a part of; a listener may set it at `start`: what the server asks says the same. */
  context: Context | undefined;
  /** Set once the callback has answered a promise: it goes on behind that. */
  isAsync?: true;
  /** What was answered, once it was. */
  result?: unknown;
  /** What was thrown. */
  error?: unknown;
}
export { type Attached, type CallReport, type CallbackReport, type Carried, type Handler, type MetricsOptions, Span, type SpanOptions, type SpansOptions, type TelemetryPoint, type TelemetrySpan, type TraceParent, type Unwrapped, attach, carried, carry, contextOf, exportMetrics, exportSpans, inContext, measure, point, span, traceParentOf };