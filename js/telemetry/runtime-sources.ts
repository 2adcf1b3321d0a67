// What the runtime tells of itself, as sources: its channels under their names, its questions and callbacks as spans, and two kinds of
// spans that are made of channels: the life of a process and a restart. Owns what is known of each.

import { builtin } from '../builtin.ts'
import type { ExitReport, SpawnReport } from '../kernel/channels.ts'
import type { SupervisorReport } from '../otp/child-life.ts'
import type { CallbackReport, CallReport } from './reports.ts'
import { derivedSource, pointSource, spanSource } from './sources.ts'
import { type Phase, Span } from './span.ts'

const { channel } = builtin('node:diagnostics_channel')

const POINTS = [
  'spawn',
  'exit',
  'scheduler-up',
  'scheduler-down',
  'supervisor',
  'application',
  'crash',
  'stall',
  'high-water',
]

/** Has them all listed. */
export const listRuntimeSources = (): void => {
  for (const point of POINTS) pointSource(`rumpus:${point}`)
  spanSource<CallReport>('rumpus:call', ({ from, to, scheduler, request, context }) => {
    return new Span('rumpus:call', { from, to, scheduler, request }, context)
  })
  spanSource<CallbackReport>('rumpus:server', ({ pid, scheduler, server, callback, message, context }) => {
    return new Span('rumpus:server', { pid, scheduler, server, callback, message }, context)
  })
  derivedSource('rumpus:process', lives)
  derivedSource('rumpus:restart', restarts)
}

type Tell = (phase: Phase, span: Span) => void

/** The lives of the processes of this thread that begin while somebody listens. */
const lives = (tell: Tell): (() => void) => {
  const living = new Map<number, Span>()
  const [births, ends] = [channel('rumpus:spawn'), channel('rumpus:exit')]
  const begin = (report: unknown): void => {
    const { pid, scheduler, name, definition } = report as SpawnReport
    const span = new Span('rumpus:process', { pid, scheduler, name, definition: definition?.name }, undefined)
    living.set(pid, span)
    tell('start', span)
  }
  const end = (report: unknown): void => {
    const { pid, reason } = report as ExitReport
    const span = living.get(pid)
    if (span === undefined) return
    living.delete(pid)
    span.data['reason'] = reason.kind
    span.result = reason
    if (reason.kind !== 'normal' && reason.kind !== 'shutdown')
      span.error = reason.kind === 'error' ? reason.error : reason
    tell(span.end(), span)
  }
  births.subscribe(begin)
  ends.subscribe(end)
  return () => {
    births.unsubscribe(begin)
    ends.unsubscribe(end)
  }
}

/** The restarts of children by the supervisors of this thread: from the end of one to the start of the next. */
const restarts = (tell: Tell): (() => void) => {
  const from = channel('rumpus:supervisor')
  const hear = (report: unknown): void => {
    const { event, restartOf, supervisor, id, pid } = report as SupervisorReport
    if (event !== 'child-started' || restartOf === undefined) return
    const data = { supervisor, id, pid, before: restartOf.pid }
    const span = new Span('rumpus:restart', data, undefined, restartOf.ms)
    tell('start', span)
    tell(span.end(), span)
  }
  from.subscribe(hear)
  return () => void from.unsubscribe(hear)
}
