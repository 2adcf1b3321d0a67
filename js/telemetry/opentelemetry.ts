// exportSpans: spans for OpenTelemetry, by `@opentelemetry/api`. Owns how a span of ours is one of theirs: its parent, its kind, its attributes,
// and that what is a part of it has theirs for its parent. The program brings the SDK, on each thread.

import type * as Api from '@opentelemetry/api'
import { peer } from '../kernel/peer.ts'
import { isError } from '../kernel/realms.ts'
import { checkOptions, type Names } from '../options.ts'
import type { Context } from '../types.ts'
import { type Attached, attach } from './attach.ts'
import { contextWith, Span, traceParentOf } from './span.ts'

/** How spans are exported. */
export interface SpansOptions {
  /** Of which names, as `attach` has them; all spans unless given. */
  readonly prefix?: string
  /** `@opentelemetry/api`, for a program that is a bundle or has several. It is looked for beside rumpus unless given. */
  readonly api?: typeof Api
}

const NAMES: Names<SpansOptions> = { prefix: true, api: true }
/** Whose side a span is on; all others are internal. Numbers of `SpanKind`. */
const KINDS: Readonly<Record<string, number>> = { 'rumpus:server': 1, 'rumpus:call': 2 }
/** Not told: they may be large, and secret. */
const UNTOLD = new Set(['request', 'message'])
/** The number of `SpanStatusCode.ERROR`. */
const STATUS_ERROR = 2

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
export const exportSpans = (options: SpansOptions = {}): Attached => {
  checkOptions('options', options, NAMES)
  const api =
    options.api ?? (peer('@opentelemetry/api', 'exportSpans of rumpus/telemetry', import.meta.url) as typeof Api)
  const tracer = api.trace.getTracer('rumpus')
  const open = new WeakMap<Span, Api.Span>()
  return attach(options.prefix ?? '', (name, data) => {
    if (!(data instanceof Span)) return
    if (name.endsWith(':start')) return void open.set(data, begin(api, tracer, data))
    const theirs = open.get(data)
    if (theirs === undefined) return
    open.delete(data)
    end(theirs, data)
  })
}

const begin = (api: typeof Api, tracer: Api.Tracer, span: Span): Api.Span => {
  const { name, data, parent, startedMs } = span
  const options = { kind: KINDS[name] ?? 0, startTime: startedMs, attributes: attributesOf(name, data) }
  const theirs = tracer.startSpan(name, options, parentOf(api, parent))
  const { traceId, spanId, traceFlags, traceState } = theirs.spanContext()
  const tracestate = traceState?.serialize()
  const context = contextWith(parent, { traceId, spanId, flags: traceFlags })
  span.context = tracestate === undefined ? context : { ...context, tracestate }
  return theirs
}

const parentOf = (api: typeof Api, parent: Context | undefined): Api.Context => {
  const named = traceParentOf(parent)
  if (named === undefined) return api.context.active()
  const { traceId, spanId, flags } = named
  const state = parent?.['tracestate']
  const traceState = typeof state === 'string' ? { traceState: api.createTraceState(state) } : {}
  return api.trace.setSpanContext(api.ROOT_CONTEXT, {
    traceId,
    spanId,
    traceFlags: flags,
    isRemote: true,
    ...traceState,
  })
}

const end = (theirs: Api.Span, { name, data, error, startedMs, durationMs = 0 }: Span): void => {
  theirs.setAttributes(attributesOf(name, data))
  if (error !== undefined) {
    const message = messageOf(error)
    theirs.recordException(isError(error) ? error : { name: 'Error', message })
    theirs.setStatus({ code: STATUS_ERROR, message })
  }
  theirs.end(startedMs + durationMs)
}

const messageOf = (error: unknown): string => {
  const { message, kind } = (error ?? {}) as { message?: unknown; kind?: unknown }
  if (typeof message === 'string') return message
  return typeof kind === 'string' ? kind : String(error)
}

/** What is known of a span, as far as an attribute can say it; of the runtime's own under its name. */
const attributesOf = (name: string, data: Readonly<Record<string, unknown>>): Api.Attributes => {
  const before = name.startsWith('rumpus:') ? 'rumpus.' : ''
  const told = Object.entries(data).filter(
    ([key, value]) => ['string', 'number', 'boolean'].includes(typeof value) && !(before !== '' && UNTOLD.has(key)),
  )
  return Object.fromEntries(told.map(([key, value]) => [before + key, value])) as Api.Attributes
}
