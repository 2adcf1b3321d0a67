// The table of contents of `rumpus/telemetry`: what happens, told to whoever listens, and to OpenTelemetry and Prometheus. A program that
// does not import it loads nothing of it.

export { type Attached, attach, type Handler } from './telemetry/attach.ts'
export { type Carried, carried, carry, contextOf, inContext, type Unwrapped } from './telemetry/context.ts'
export { measure } from './telemetry/measure.ts'
export { exportSpans, type SpansOptions } from './telemetry/opentelemetry.ts'
export { point, type SpanOptions, span, type TelemetryPoint, type TelemetrySpan } from './telemetry/point.ts'
export { exportMetrics, type MetricsOptions } from './telemetry/prometheus.ts'
export type { CallbackReport, CallReport } from './telemetry/reports.ts'
export { Span, type TraceParent, traceParentOf } from './telemetry/span.ts'
