// exportMetrics: the figures of a runtime for Prometheus, by `prom-client`. Owns the names and the shapes of the metrics; what is counted is
// the runtime's and `figures.ts`'s. Everything is read when somebody scrapes, nothing before.

import type { Registry } from 'prom-client'
import { badArgument } from '../errors.ts'
import type { RuntimeView, SchedulerView } from '../kernel/inspect.ts'
import { peer } from '../kernel/peer.ts'
import { checkOptions, type Names } from '../options.ts'
import type { Runtime } from '../process/shapes.ts'
import type { Attached } from './attach.ts'
import { allFigures, BOUNDS, type Figure, type Labels } from './figures.ts'
import { measure } from './measure.ts'

/** How metrics are exported. */
export interface MetricsOptions {
  /** Where they are registered; the `register` of `prom-client` unless given. */
  readonly register?: Registry
  /** What their names begin with; `'rumpus_'` unless given. Two runtimes in one registry need two. */
  readonly prefix?: string
}

const NAMES: Names<MetricsOptions> = { register: true, prefix: true }

/** A sample: of a name that is the metric's or goes on behind it. */
interface Sample {
  readonly metricName?: string
  readonly labels: Record<string, string | number>
  readonly value: number
}

type Type = 'counter' | 'gauge' | 'histogram'

/** A metric that is read when it is asked for, as registries take them. */
class ReadMetric {
  readonly name: string
  readonly help: string
  readonly type: Type
  readonly aggregator = 'sum'
  private readonly registry: Registry
  private readonly read: (name: string) => Sample[]

  constructor(registry: Registry, name: string, help: string, type: Type, read: (name: string) => Sample[]) {
    this.registry = registry
    this.name = name
    this.help = help
    this.type = type
    this.read = read
  }

  /** What registries ask for. */
  async get(): Promise<object> {
    const { help, type, aggregator } = this
    // In OpenMetrics a counter's name has no suffix, and the registry gives its samples one.
    const isOpen = type === 'counter' && this.registry.contentType.startsWith('application/openmetrics-text')
    const name = isOpen ? this.name.replace(/_total$/, '') : this.name
    return { name, help, type, aggregator, values: this.read(name) }
  }

  /** Registries reset what they have; what is counted elsewhere stays. */
  reset(): void {}
}

type Of<View> = readonly [name: string, type: Type, help: string, read: (view: View) => number]

const SCHEDULER: readonly Of<SchedulerView>[] = [
  ['scheduler_up', 'gauge', 'Whether the thread of the scheduler is up', ({ up }) => Number(up)],
  ['processes', 'gauge', 'Processes that live on the scheduler', ({ alive }) => alive],
  ['processes_unstarted', 'gauge', 'Processes that wait there to start', ({ unstarted }) => unstarted],
  ['processes_abandoned', 'gauge', 'Bodies of dead processes that have not ended', ({ abandoned }) => abandoned],
  ['processes_spawned_total', 'counter', 'Processes that the scheduler has spawned', ({ spawned }) => spawned],
  ['processes_exited_total', 'counter', 'Processes that have ended there', ({ exited }) => exited],
  ['processes_stolen_total', 'counter', 'Processes that it has stolen', ({ stolen }) => stolen],
  ['run_queue', 'gauge', 'Processes that are about to be resumed', ({ runQueue }) => runQueue],
  ['timers', 'gauge', 'Sleeps, deadlines and messages for later', ({ timers }) => timers],
  ['timer_late_worst_seconds', 'gauge', 'How late any timer ever was', ({ lateWorstMs }) => lateWorstMs / 1000],
  [
    'turn_gap_p99_seconds',
    'gauge',
    '99 % of the gaps between turns were no longer',
    ({ turnGapP99Ms }) => turnGapP99Ms / 1000,
  ],
  ['busy_seconds_total', 'counter', 'Time that the scheduler was awake', ({ busyMs }) => busyMs / 1000],
  ['turns_total', 'counter', 'Turns of the scheduler', ({ turns }) => turns],
  ['resumes_total', 'counter', 'How often a body has begun or gone on', ({ resumes }) => resumes],
  ['sleeps_total', 'counter', 'How often it has gone to sleep', ({ sleeps }) => sleeps],
  ['messages_out_total', 'counter', 'Messages sent by native mailboxes', ({ messagesOut }) => messagesOut],
  ['messages_in_total', 'counter', 'Messages received from native mailboxes', ({ messagesIn }) => messagesIn],
  ['messages_local_total', 'counter', 'Messages that stayed on the scheduler', ({ messagesLocal }) => messagesLocal],
]

const WHOLE: readonly Of<RuntimeView>[] = [
  ['messages_accepted_total', 'counter', 'Messages sent and not refused', ({ messages }) => messages.accepted],
  ['messages_received_total', 'counter', 'Messages taken by a body', ({ messages }) => messages.received],
  ['messages_waiting', 'gauge', 'Messages in mailboxes and inboxes', ({ messages }) => messages.waiting],
]

/** What `measure` counts and how long it took; restarts of supervisors and the like have no length. */
const HISTOGRAMS: Readonly<Record<string, readonly [name: string, help: string]>> = {
  call: ['call_seconds', 'Questions, from being asked to their answers'],
  server: ['server_callback_seconds', 'Callbacks of servers'],
  process: ['process_life_seconds', 'Lives of processes, by their end'],
  restart: ['restart_seconds', 'Restarts by supervisors, from the end of a child to the start of the next'],
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
export const exportMetrics = (runtime: Runtime, options: MetricsOptions = {}): Attached => {
  if (typeof runtime?.inspect !== 'function') throw badArgument(TypeError, 'runtime', 'a runtime', runtime)
  checkOptions('options', options, NAMES)
  const { prefix = 'rumpus_', register } = options
  if (typeof prefix !== 'string' || !/^([a-zA-Z_:][a-zA-Z0-9_:]*)?$/.test(prefix))
    throw badArgument(TypeError, 'options.prefix', 'what the name of a metric can begin with', prefix)
  const registry = register ?? registryOfPeer()
  if (typeof registry.registerMetric !== 'function')
    throw badArgument(TypeError, 'options.register', 'a Registry of prom-client', register)
  const metrics = metricsOf(runtime, registry, prefix)
  const taken = metrics.find(({ name }) => registry.getSingleMetric(name) !== undefined)
  if (taken !== undefined)
    throw badArgument(TypeError, 'options.prefix', `one whose names are free: ${taken.name} is taken`, prefix)
  for (const metric of metrics) registry.registerMetric(metric as never)
  measure()
  const exported = {
    isAttached: true,
    detach(): void {
      if (!exported.isAttached) return
      exported.isAttached = false
      for (const { name } of metrics) registry.removeSingleMetric(name)
    },
    [Symbol.dispose]: () => exported.detach(),
  }
  return exported
}

const registryOfPeer = (): Registry =>
  (peer('prom-client', 'exportMetrics of rumpus/telemetry', import.meta.url) as { register: Registry }).register

const metricsOf = (runtime: Runtime, registry: Registry, prefix: string): ReadMetric[] => {
  const make = (name: string, help: string, type: Type, read: (name: string) => Sample[]): ReadMetric =>
    new ReadMetric(registry, prefix + name, help, type, read)
  const dropped = (): Sample[] =>
    Object.entries(runtime.inspect().messages.dropped).map(([reason, value]) => ({ labels: { reason }, value }))
  const events = (): Sample[] =>
    figuresOf('supervisor').map(({ labels, count }) => ({ labels: { ...labels }, value: count }))
  return [
    ...SCHEDULER.map(([name, type, help, read]) =>
      make(name, help, type, () =>
        runtime.inspect().schedulers.map((view) => ({ labels: { scheduler: view.id }, value: read(view) })),
      ),
    ),
    ...WHOLE.map(([name, type, help, read]) =>
      make(name, help, type, () => [{ labels: {}, value: read(runtime.inspect()) }]),
    ),
    make('messages_dropped_total', 'Messages that nobody received', 'counter', dropped),
    make('supervisor_events_total', 'What supervisors did, or met', 'counter', events),
    ...Object.entries(HISTOGRAMS).map(([of, [name, help]]) =>
      make(name, help, 'histogram', (whole) => figuresOf(of).flatMap((figure) => bucketsOf(whole, figure))),
    ),
  ]
}

const figuresOf = (of: string): Figure[] => allFigures().filter(({ name }) => name === of)

/** A histogram with these labels, as its samples. */
const bucketsOf = (name: string, { labels, count, sum, within }: Figure): Sample[] => {
  const bucket = (le: number | string, value: number): Sample => ({
    metricName: `${name}_bucket`,
    labels: { ...(labels as Labels), le },
    value,
  })
  return [
    ...within.map((value, at) => bucket(BOUNDS[at]!, value)),
    bucket('+Inf', count),
    { metricName: `${name}_sum`, labels: { ...labels }, value: sum },
    { metricName: `${name}_count`, labels: { ...labels }, value: count },
  ]
}
