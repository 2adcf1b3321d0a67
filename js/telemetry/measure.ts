// measure: counts what the runtime tells on this thread. Owns which figures there are and what their labels say.

import type { SupervisorReport } from '../otp/child-life.ts'
import { type Attached, attach } from './attach.ts'
import { Figures, type Labels } from './figures.ts'
import type { Span } from './span.ts'

/** What is counted, by the name of the span: under which name, and with which labels. */
const SPANS: Readonly<Record<string, readonly [name: string, labels: (span: Span) => Labels]>> = {
  'rumpus:call': ['call', ({ error }) => ({ outcome: outcomeOf(error) })],
  'rumpus:server': [
    'server',
    ({ data, error }) => ({
      server: String(data['server']),
      callback: String(data['callback']),
      outcome: outcomeOf(error),
    }),
  ],
  'rumpus:process': ['process', ({ data }) => ({ reason: String(data['reason']) })],
  'rumpus:restart': ['restart', ({ data }) => ({ id: String(data['id'] ?? '') })],
}

const outcomeOf = (error: unknown): string => {
  if (error === undefined) return 'ok'
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' ? code : 'error'
}

/** One for a thread, so that whoever measures twice goes on with the same. */
let figures: Figures | undefined
let measuring: Attached | undefined

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
export const measure = (): Attached => {
  if (measuring?.isAttached) return measuring
  figures ??= new Figures()
  const counted = figures
  measuring = attach('rumpus', (name, data) => {
    if (name === 'rumpus:supervisor') {
      counted.add('supervisor', { event: (data as SupervisorReport).event }, 0)
      return
    }
    if (!name.endsWith(':stop') && !name.endsWith(':exception')) return
    const span = data as Span
    const known = SPANS[span.name]
    if (known !== undefined) counted.add(known[0], known[1](span), (span.durationMs ?? 0) / 1000)
  })
  return measuring
}
