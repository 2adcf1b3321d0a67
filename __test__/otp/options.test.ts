// An option that nobody knows is refused where it is given, by its name and with the one that was meant.

import { define, type Runtime, run, start } from 'rumpus'
import { fifo } from 'rumpus/effect'
import { handle } from 'rumpus/handlers'
import {
  Agent,
  agent,
  application,
  callMany,
  cast,
  consume,
  defineServer,
  getState,
  members,
  Producer,
  partitions,
  publish,
  Registry,
  runApplication,
  Server,
  StateMachine,
  Store,
  startApplication,
  startPartitions,
  startServer,
  startSupervisor,
  supervisor,
  Task,
  taskStream,
  whichChildren,
} from 'rumpus/otp'
import { filter, map, openScope, scope } from 'rumpus/structured'
import { Pool } from 'rumpus/sync'
import { exportMetrics, exportSpans } from 'rumpus/telemetry'
import { describe, expect, it } from 'vitest'

/** What is thrown, at the call or by the promise that it answers. */
const refusalOf = async (act: () => unknown): Promise<unknown> => {
  try {
    await act()
  } catch (error) {
    const { name, code, message } = error as Error & { code?: string }
    return { name, code, message }
  }
  return 'nothing was thrown'
}

class Counter extends Server {}
class Numbers extends Producer<number> {
  override begin(): never {
    return { bufer: {} } as never
  }
}
class Door extends StateMachine {
  override begin(): string {
    return 'open'
  }
}
const body = async (): Promise<void> => {}
const app = application({ name: 'app', start: () => ({ children: [] }) })
const child = { id: 'one', start: body }

type Case = readonly [name: string, act: (runtime: Runtime) => unknown, message: string]

const cases: readonly Case[] = [
  [
    'startServer',
    (r) => startServer(r, Counter, { nam: 'x' } as never),
    'options.nam is no option: did you mean name?',
  ],
  ['startServer, an array', (r) => startServer(r, Counter, [1] as never), 'options must be an object, got an array'],
  [
    'a state machine',
    (r) => startServer(r, Door, { arg: [] } as never),
    'options.arg is no option: did you mean args?',
  ],
  [
    'startSupervisor',
    (r) => startSupervisor(r, { maxRestart: 3 } as never),
    'options.maxRestart is no option: did you mean maxRestarts?',
  ],
  ['startSupervisor, an array', (r) => startSupervisor(r, [child] as never), 'options must be an object, got an array'],
  [
    'how a supervisor is started',
    (r) => startSupervisor(r, {}, { timout: 1 } as never),
    'options.timout is no option: did you mean timeout?',
  ],
  [
    'supervisor',
    () => supervisor({ childs: [] } as never),
    'options.childs is no option: there are strategy, children, maxRestarts, within, backoff, maxChildren, autoShutdown',
  ],
  [
    'an application',
    () => application({ ...app, startTimout: 5 } as never),
    'application.startTimout is no option: did you mean startTimeout?',
  ],
  ['cast', () => cast('nobody', 1, { contexts: {} } as never), 'options.contexts is no option: did you mean context?'],
  [
    'a child spec',
    (r) => startSupervisor(r, { children: [{ ...child, restarts: 'temporary' } as never] }),
    'options.children[0].restarts is no option: did you mean restart?',
  ],
  [
    'a backoff',
    (r) => startSupervisor(r, { backoff: { first: 1, most: 2, jiter: 0 } as never }),
    'options.backoff.jiter is no option: did you mean jitter?',
  ],
  [
    'startPartitions',
    (r) => startPartitions(r, { start: Counter }, { name: 'p', partition: 2 } as never),
    'options.partition is no option: did you mean partitions?',
  ],
  [
    'partitions',
    () => partitions({ start: Counter, restrat: 'temporary' } as never, { name: 'p' }),
    'child.restrat is no option: did you mean restart?',
  ],
  [
    'whichChildren',
    () => whichChildren('nobody', { timout: 1 } as never),
    'options.timout is no option: did you mean timeout?',
  ],
  [
    'taskStream',
    (r) => taskStream(r, [1], body, { concurrency: 3 } as never),
    'options.concurrency is no option: did you mean maxConcurrency?',
  ],
  [
    'task.result',
    (r) => Task.async(r, body).result({ timeOut: 1 } as never),
    'options.timeOut is no option: did you mean timeout?',
  ],
  [
    'Agent.start',
    (r) => Agent.start(r, () => 0, { nme: 'x' } as never),
    'options.nme is no option: did you mean name?',
  ],
  [
    'agent.get',
    async (r) => (await Agent.start<number>(r, () => 0)).get((n) => n, { arg: [] } as never),
    'options.arg is no option: did you mean args?',
  ],
  [
    'agent.cast',
    async (r) => (await Agent.start<number>(r, () => 0)).cast((n) => n, { timeout: 1 } as never),
    'options.timeout is no option: there are args',
  ],
  [
    'registry.start',
    (r) => new Registry('r').start(r, { key: 'unique' } as never),
    'options.key is no option: did you mean keys?',
  ],
  [
    'registry.count',
    () => new Registry('r').count({ timout: 1 } as never),
    'options.timout is no option: did you mean timeout?',
  ],
  [
    'startApplication',
    (r) => startApplication(r, app, { dedline: 1 } as never),
    'options.dedline is no option: did you mean deadline?',
  ],
  [
    'runApplication',
    () => runApplication(app, { scheduler: 1 } as never),
    'options.scheduler is no option: did you mean schedulers?',
  ],
  ['getState', () => getState('nobody', { timout: 1 } as never), 'options.timout is no option: did you mean timeout?'],
  [
    'callMany',
    () => callMany(['nobody'], 1, { timout: 1 } as never),
    'options.timout is no option: did you mean timeout?',
  ],
  ['members', () => members('topic', { off: 1 } as never), 'options.off is no option: did you mean of?'],
  ['publish', () => publish('topic', 1, { exept: 1 } as never), 'options.exept is no option: did you mean except?'],
  ['consume', (r) => consume(r, 'nobody', { sinal: 1 } as never), 'options.sinal is no option: did you mean signal?'],
  ['who consumes', (r) => consume(r, { to: 'a', mx: 1 } as never), 'from.mx is no option: did you mean max?'],
  [
    'Store',
    (r) => Store.create(r, { maxEntry: 1 } as never),
    'options.maxEntry is no option: did you mean maxEntries?',
  ],
  [
    'exportMetrics',
    (r) => exportMetrics(r, { prefx: '' } as never),
    'options.prefx is no option: did you mean prefix?',
  ],
  ['exportSpans', () => exportSpans({ prefx: '' } as never), 'options.prefx is no option: did you mean prefix?'],
  [
    'scope',
    () => scope(fifo.current(), body, { timout: 1 } as never),
    'options.timout is no option: did you mean timeout?',
  ],
  [
    'openScope',
    () => openScope(fifo.current(), { shield: true } as never),
    'options.shield is no option: did you mean shielded?',
  ],
  [
    'map',
    () => map(fifo.current(), [1], body, { concurency: 1 } as never),
    'options.concurency is no option: did you mean concurrency?',
  ],
  ['filter', () => filter(fifo.current(), [1], () => true, [2] as never), 'options must be an object, got an array'],
  [
    'Pool',
    () => new Pool({ capacity: 1, create: body, idle: 1 } as never),
    'options.idle is no option: did you mean idleMs?',
  ],
  [
    'handle',
    () => handle(fifo.current(), body, [], { returns: body } as never),
    'options.returns is no option: did you mean return?',
  ],
]

describe('options that nobody knows', () => {
  it.each(cases)('%s refuses them', async (_, act, message) => {
    const runtime = await start({ schedulers: 1 })
    try {
      const refused = await refusalOf(() => act(runtime))
      expect(refused).toEqual({ name: 'TypeError', code: 'ERR_RUMPUS_BAD_ARGUMENT', message })
    } finally {
      await runtime.stop()
    }
  })

  it('of a stage are refused when it begins', async () => {
    const runtime = await start({ schedulers: 1 })
    try {
      expect(await refusalOf(() => startServer(runtime, Numbers))).toMatchObject({
        code: 'ERR_RUMPUS_INIT',
        message: expect.stringMatching(/: begin\.bufer is no option: did you mean buffer\?$/),
      })
    } finally {
      await runtime.stop()
    }
  })

  it('says which there are where none is near', async () => {
    const refused = await refusalOf(() => run(body, { colour: 'red' } as never))
    expect(refused).toMatchObject({
      message: expect.stringMatching(/^options\.colour is no option: there are schedulers, dedicated, .*, trace$/),
    })
  })

  it('leaves those alone that are known, whatever an option may be', async () => {
    const definition = defineServer(import.meta.url, 'known', Counter).with({
      mailbox: undefined,
      priority: 'low',
    } as never)
    expect(definition.options).toMatchObject({ priority: 'low' })
    expect(define(import.meta.url, 'plain', body).with({}).options).toEqual({})
    expect(agent(() => 0)).toBeTypeOf('function')
  })
})
