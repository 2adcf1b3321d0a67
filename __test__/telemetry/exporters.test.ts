// Exporters: spans of all threads are one tree in OpenTelemetry, and what Prometheus scrapes is of its grammar and true.

import { context, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { register as globalRegister, Registry } from 'prom-client'
import { call, exit } from 'rumpus'
import { startServer, startSupervisor } from 'rumpus/otp'
import { exportMetrics, exportSpans, measure, span } from 'rumpus/telemetry'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { type AnyPid, type AnySelf, inside, started, thrownBy, until } from '../process/world.ts'
import { type Family, familiesOf } from './exposition.ts'

process.env['RUMPUS_TEST_TELEMETRY'] = '1'
const { exporter, relay } = await import('../fixtures/telemetry-bodies.mjs')

interface Finished {
  readonly name: string
  readonly kind: number
  readonly traceId: string
  readonly spanId: string
  readonly parentId?: string
  readonly status: number
  readonly attributes: Record<string, unknown>
}

const finishedHere = (): Finished[] =>
  exporter.getFinishedSpans().map((one) => ({
    name: one.name,
    kind: one.kind,
    ...one.spanContext(),
    ...(one.parentSpanContext === undefined ? {} : { parentId: one.parentSpanContext.spanId }),
    status: one.status.code,
    attributes: { ...one.attributes },
  }))

describe('exportSpans', () => {
  it('a question that goes on over three threads is one tree', async () => {
    exporter.reset()
    await inside(async (self: AnySelf) => {
      const [first, second] = [
        (await startServer(self, relay, { on: 1 })) as AnyPid,
        (await startServer(self, relay, { on: 2 })) as AnyPid,
      ]
      await self.call(first, { to: second, andThen: 'context' })
      const spansOf = (pid: AnyPid): Promise<Finished[]> => self.call(pid, 'spans') as Promise<Finished[]>
      const there = [...(await spansOf(first)), ...(await spansOf(second))]
      const [asked] = finishedHere().filter(({ name }) => name === 'rumpus:call')
      const handled = there.find(({ parentId }) => parentId === asked?.spanId)
      const askedOn = there.find(({ parentId }) => parentId === handled?.spanId)
      const last = there.find(({ parentId }) => parentId === askedOn?.spanId)
      expect([handled, askedOn, last]).toMatchObject([
        { name: 'rumpus:server', kind: SpanKind.SERVER, status: SpanStatusCode.UNSET },
        { name: 'rumpus:call', kind: SpanKind.CLIENT },
        { name: 'rumpus:server', attributes: { 'rumpus.scheduler': 2, 'rumpus.server': 'Relay' } },
      ])
      expect(new Set([asked, handled, askedOn, last].map((one) => one?.traceId)).size).toBe(1)
      expect(asked?.attributes).not.toHaveProperty('rumpus.request')
    })
  })

  it('spans of the program, their data and their failures; a question of theirs is a part of them', async () => {
    const work = span('orders:ship')
    exporter.reset()
    await inside(async (self: AnySelf) => {
      const there = (await startServer(self, relay, { on: 1, link: false })) as AnyPid
      await work.run(() => self.call(there, 'context'), { self, data: { order: 7, secret: { not: 'told' } } })
      await expect(work.run(() => self.call(there, 'fail'), { self })).rejects.toThrow()
      const [shipped, failed] = finishedHere().filter(({ name }) => name === 'orders:ship')
      expect(shipped).toMatchObject({ kind: SpanKind.INTERNAL, attributes: { order: 7 } })
      expect(shipped?.attributes).not.toHaveProperty('secret')
      expect(failed).toMatchObject({ status: SpanStatusCode.ERROR })
      const calls = finishedHere().filter(({ name }) => name === 'rumpus:call')
      expect(calls.map(({ parentId }) => parentId)).toEqual(expect.arrayContaining([shipped?.spanId, failed?.spanId]))
      const [exception] = exporter
        .getFinishedSpans()
        .find((one) => one.name === 'orders:ship' && one.status.code !== 0)!.events
      expect(exception).toMatchObject({ name: 'exception' })
    })
  })

  it('a question of ordinary code is a part of the span that is active there', async () => {
    const { runtime } = await started()
    const there = (await startServer(runtime, relay, { on: 1 })) as AnyPid
    const outer = trace.getTracer('test').startSpan('request')
    const active = trace.setSpan(ROOT_CONTEXT, outer)
    // A program has a context manager of the SDK's; what it answers is this.
    const manager = {
      active: () => active,
      with: (_: unknown, body: () => unknown) => body(),
      bind: () => undefined,
      enable: () => manager,
      disable: () => manager,
    }
    context.setGlobalContextManager(manager as never)
    onTestFinished(() => context.disable())
    exporter.reset()
    await call(there, 'context')
    const [asked] = finishedHere().filter(({ name }) => name === 'rumpus:call')
    expect(asked).toMatchObject({ parentId: outer.spanContext().spanId, traceId: outer.spanContext().traceId })
  })

  it('a restart and the lives of processes are spans', async () => {
    exporter.reset()
    await inside(async (self: AnySelf) => {
      const sup = (await startSupervisor(self, {
        children: [{ id: 'one', start: { handleCall: () => 1 }, name: 'one' }],
      })) as AnyPid
      exit(self.whereis('one') as AnyPid, 'kill')
      await until(() => finishedHere().some(({ name }) => name === 'rumpus:restart'))
      exit(sup, 'shutdown')
    })
    const [restart] = finishedHere().filter(({ name }) => name === 'rumpus:restart')
    expect(restart?.attributes).toMatchObject({ 'rumpus.id': 'one' })
    const lives = finishedHere().filter(({ name }) => name === 'rumpus:process')
    expect(lives.map(({ attributes }) => attributes['rumpus.reason'])).toEqual(
      expect.arrayContaining(['killed', 'normal']),
    )
  })

  it('options are checked', () => {
    expect(thrownBy(() => exportSpans(1 as never)).message).toBe('options must be an object, got 1')
    expect(thrownBy(() => exportSpans({ prefix: 1 as never })).message).toBe('prefix must be a string, got 1')
  })
})

/** Comes back when `look` answers true. */
async function comesTrue(look: () => Promise<boolean>): Promise<void> {
  let is = false
  while (!is) {
    await new Promise((resolve) => setTimeout(resolve, 1))
    is = await look()
  }
}

/** The value of a sample, or how many there are in a histogram. */
const valueIn = (
  families: Map<string, Family>,
  name: string,
  labels: Record<string, string> = {},
): number | undefined =>
  [...families.values()]
    .flatMap(({ samples }) => samples)
    .filter(
      (sample) => sample.name === name && Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
    )
    .reduce<number | undefined>((sum, { value }) => (sum ?? 0) + value, undefined)

describe('exportMetrics', () => {
  beforeAll(() => {
    measure()
  })

  it('what is scraped is of the grammar of Prometheus, and says what inspect says', async () => {
    const { runtime } = await started()
    const register = new Registry()
    exportMetrics(runtime, { register })
    await runtime.run(async (self: AnySelf) => {
      for (let n = 0; n < 10; n++) self.spawnMonitor(async () => {})
      for (let n = 0; n < 10; n++) await self.receive()
    })
    const families = familiesOf(await register.metrics())
    expect(families.size).toBeGreaterThan(20)
    for (const { name, help, type } of families.values()) {
      expect(name).toMatch(/^rumpus_[a-z0-9_]+$/)
      expect(help).toMatch(/^[A-Z0-9]/)
      expect(name.endsWith('_total')).toBe(type === 'counter')
    }
    const { processes, messages, schedulers } = runtime.inspect()
    expect(valueIn(families, 'rumpus_processes_exited_total')).toBe(processes.exited)
    expect(valueIn(families, 'rumpus_messages_accepted_total')).toBeLessThanOrEqual(messages.accepted)
    expect(families.get('rumpus_processes')?.samples.map(({ labels }) => labels['scheduler'])).toEqual(
      schedulers.map(({ id }) => `${id}`),
    )
    expect(families.get('rumpus_messages_dropped_total')?.samples.map(({ labels }) => labels['reason'])).toEqual(
      Object.keys(messages.dropped),
    )
  })

  it('what threads count is summed up, those that have gone included', async () => {
    const { runtime } = await started()
    const register = new Registry()
    exportMetrics(runtime, { register, prefix: 'app_' })
    const counted = async (labels: Record<string, string>): Promise<number> =>
      valueIn(familiesOf(await register.metrics()), 'app_server_callback_seconds_count', {
        server: 'Relay',
        ...labels,
      }) ?? 0
    const [ok, failed] = [await counted({ outcome: 'ok' }), await counted({ outcome: 'error' })]
    const ask = async (request: unknown): Promise<unknown> =>
      call((await startServer(runtime, relay, { on: 1 })) as AnyPid, request).catch(({ code }) => code)
    for (let n = 0; n < 5; n++) await ask('context')
    expect(await ask('fail')).toBe('ERR_RUMPUS_DOWN')
    // A host hears of what a thread has begun to count by a note, which may come behind the news of an end.
    await comesTrue(async () => (await counted({ outcome: 'error' })) === failed + 1)
    expect(await counted({ outcome: 'ok' })).toBe(ok + 5)
    expect(await ask('end thread')).toBe('ERR_RUMPUS_DOWN')
    await until(() => runtime.inspect().schedulers[1]?.up === true)
    expect(await counted({ outcome: 'ok' })).toBe(ok + 5)
    await ask('context')
    await comesTrue(async () => (await counted({ outcome: 'ok', callback: 'handleCall' })) === ok + 6)
    const families = familiesOf(await register.metrics())
    expect(families.get('app_server_callback_seconds')?.type).toBe('histogram')
    expect(valueIn(families, 'app_server_callback_seconds_sum', { server: 'Relay' })).toBeGreaterThan(0)
    expect(valueIn(families, 'app_call_seconds_count', { outcome: 'ERR_RUMPUS_DOWN' })).toBeGreaterThan(0)
  })

  it('supervisors and ends of processes are counted', async () => {
    const { runtime } = await started()
    const register = new Registry()
    exportMetrics(runtime, { register })
    const before = familiesOf(await register.metrics())
    await runtime.run(async (self: AnySelf) => {
      const sup = (await startSupervisor(self, {
        children: [{ id: 'one', start: { handleCall: () => 1 }, name: 'one' }],
      })) as AnyPid
      const first = self.whereis('one') as AnyPid
      exit(first, 'kill')
      await until(() => self.whereis('one') !== undefined && self.whereis('one') !== first)
      await self.sleep(1)
      exit(sup, 'shutdown')
    })
    const after = familiesOf(await register.metrics())
    const more = (name: string, labels: Record<string, string>): number =>
      (valueIn(after, name, labels) ?? 0) - (valueIn(before, name, labels) ?? 0)
    expect(more('rumpus_supervisor_events_total', { event: 'child-started' })).toBe(2)
    expect(more('rumpus_supervisor_events_total', { event: 'child-ended' })).toBe(1)
    expect(more('rumpus_restart_seconds_count', { id: 'one' })).toBe(1)
    expect(more('rumpus_process_life_seconds_count', { reason: 'killed' })).toBe(1)
  })

  it('in OpenMetrics a counter has its suffix once', async () => {
    const { runtime } = await started()
    const register = new Registry()
    register.setContentType(Registry.OPENMETRICS_CONTENT_TYPE as never)
    exportMetrics(runtime, { register: register as never })
    const text = await register.metrics()
    expect(text).toMatch(/^# TYPE rumpus_turns counter$/m)
    expect(text).toMatch(/^rumpus_turns_total\{scheduler="0"\} \d+$/m)
    expect(text).not.toContain('_total_total')
  })

  it('names that are taken are refused before any is registered; taken out they are free again', async () => {
    const { runtime } = await started()
    const register = new Registry()
    const exported = exportMetrics(runtime, { register })
    expect(thrownBy(() => exportMetrics(runtime, { register }))).toMatchObject({
      code: 'ERR_RUMPUS_BAD_ARGUMENT',
      message: expect.stringMatching(/^options\.prefix must be one whose names are free: rumpus_scheduler_up is taken/),
    })
    exported.detach()
    expect(register.getMetricsAsArray()).toEqual([])
    exportMetrics(runtime, { register }).detach()
    const known = exportMetrics(runtime)
    expect(globalRegister.getSingleMetric('rumpus_processes')).toBeDefined()
    known.detach()
    expect(thrownBy(() => exportMetrics(runtime, { prefix: '9' })).message).toMatch(/^options\.prefix must be/)
    expect(thrownBy(() => exportMetrics({} as never)).message).toMatch(/^runtime must be a runtime/)
    expect(thrownBy(() => exportMetrics(runtime, { register: {} as never })).message).toMatch(
      /^options\.register must be/,
    )
  })

  it('a text that is not of the grammar would be refused', () => {
    const head = '# HELP a b\n# TYPE a counter\n'
    expect(familiesOf(`${head}a{b="c\\"d\\\\\\n"} 1\n`).get('a')?.samples).toEqual([
      { name: 'a', labels: { b: 'c"d\\\n' }, value: 1 },
    ])
    for (const wrong of [
      'a 1',
      'a 1\n',
      `${head}b 1\n`,
      `${head}a x\n`,
      `${head}a{b=c} 1\n`,
      `${head}a 1\na 1\n`,
      `${head}${head}`,
      `${head}a{b="c"d="e"} 1\n`,
    ])
      expect(() => familiesOf(wrong), wrong).toThrow()
    const histogram = '# HELP h b\n# TYPE h histogram\n'
    const [bucket, sum] = ['h_bucket{le="1"} 1\nh_bucket{le="+Inf"} 2\n', 'h_sum 1\n']
    expect(familiesOf(`${histogram}${bucket}${sum}h_count 2\n`).size).toBe(1)
    for (const wrong of [`${bucket}${sum}h_count 3\n`, `${bucket}h_count 2\n`, `h_bucket{le="1"} 1\n${sum}h_count 1\n`])
      expect(() => familiesOf(histogram + wrong), wrong).toThrow()
  })
})
