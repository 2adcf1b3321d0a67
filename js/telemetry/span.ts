// A span: one piece of work from its begin to its end, and what it is a part of. Owns the identities of spans, which are those of W3C's
// Trace Context, and how a context says them. No channel and no process here.

import { builtin } from '../builtin.ts'
import type { Context } from '../types.ts'

const { randomFillSync } = builtin('node:crypto')

/** What is told of spans: `start`, then `stop` or, if it failed, `exception`. */
export type Phase = 'start' | 'stop' | 'exception'

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})/
const [TRACE_BYTES, SPAN_BYTES] = [16, 8]

/** The parts of a `traceparent`. */
export interface TraceParent {
  /** 32 hexadecimal digits, the same in all spans of a trace. */
  readonly traceId: string
  /** 16 of them. */
  readonly spanId: string
  /** 1 if the trace is recorded. */
  readonly flags: number
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
export const traceParentOf = (context: Context | undefined): TraceParent | undefined => {
  const value = context?.['traceparent']
  if (typeof value !== 'string') return undefined
  const [, version, traceId = '', spanId = '', flags = ''] = TRACEPARENT.exec(value) ?? []
  if (version === undefined || version === 'ff' || /^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined
  return { traceId, spanId, flags: Number.parseInt(flags, 16) }
}

/** The context of a span within `parent`, whose other words it keeps. */
export const contextWith = (parent: Context | undefined, { traceId, spanId, flags }: TraceParent): Context => ({
  ...parent,
  traceparent: `00-${traceId}-${spanId}-${flags.toString(16).padStart(2, '0')}`,
})

/**
 * One piece of work, as handlers are told of it: by `name:start`, then by `name:stop` or `name:exception`. It is the same object each
 * time.
 */
export class Span {
  /** What kind of work: `'orders:ship'`. */
  readonly name: string
  /** What is known of it; handlers may add to it. */
  readonly data: Record<string, unknown>
  /** Of what it is a part, if of anything. */
  readonly parent: Context | undefined
  /** When it began, in milliseconds since 1970, with fractions. */
  readonly startedMs: number
  /** How long it took, in milliseconds, once it is over. */
  durationMs: number | undefined = undefined
  /** Why it failed, if it has. */
  error: unknown = undefined
  /** What it came to, once it has. */
  result: unknown = undefined
  /** Set once it goes on behind a promise. */
  isAsync?: true
  private own: Context | undefined = undefined
  private readonly beganMs: number

  /** Not for users: one is begun by `span(name)`. */
  constructor(name: string, data: Record<string, unknown>, parent: Context | undefined, agoMs = 0) {
    this.name = name
    this.data = data
    this.parent = parent
    this.beganMs = performance.now() - agoMs
    this.startedMs = performance.timeOrigin + this.beganMs
  }

  /**
   * What says that something is a part of this: give it on with messages. An exporter that has identities of its own sets it at
   * `start`; else it is of the trace of its parent, or begins one.
   */
  get context(): Context {
    this.own ??= contextWith(this.parent, this.identity())
    return this.own
  }

  /** What is a part of it says this from now on. */
  set context(context: Context) {
    this.own = context
  }

  /** Whether somebody has asked for its context: then what is a part of it says so. */
  get isNamed(): boolean {
    return this.own !== undefined
  }

  private identity(): TraceParent {
    const parent = traceParentOf(this.parent)
    const spanId = randomHex(SPAN_BYTES)
    return parent === undefined ? { traceId: randomHex(TRACE_BYTES), spanId, flags: 1 } : { ...parent, spanId }
  }

  /** Not for users: it is over. */
  end(): 'stop' | 'exception' {
    this.durationMs ??= performance.now() - this.beganMs
    return this.error === undefined ? 'stop' : 'exception'
  }
}

const pool = Buffer.alloc(4096)
let used = pool.length

/** Random digits, never all 0. */
const randomHex = (bytes: number): string => {
  if (used + bytes > pool.length) {
    randomFillSync(pool)
    used = 0
  }
  const digits = pool.toString('hex', used, used + bytes)
  used += bytes
  return /^0+$/.test(digits) ? randomHex(bytes) : digits
}
