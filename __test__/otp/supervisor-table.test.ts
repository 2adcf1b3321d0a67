// Goal: a supervisor does what OTP's documents say, in every cell of strategy, restart types, exit reason, intensity and moment. Method:
// each cell is run in virtual time and compared with the pure model (`tree-model.ts`). A child whose thread is to die has one of its own.

import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { type ExitReason, exit, type Simulated, send, simulate } from 'rumpus'
import {
  type ChildSpec,
  defineServer,
  Server,
  type SupervisorReport,
  startChild,
  startSupervisor,
  whichChildren,
} from 'rumpus/otp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AnyPid, AnySelf } from '../process/world.ts'
import {
  type Cell,
  type Ending,
  type Restart,
  type Strategy,
  type Told,
  told,
  type When,
  WITHIN_MS,
} from './tree-model.ts'

const STRATEGIES: Strategy[] = ['one_for_one', 'one_for_all', 'rest_for_one', 'dynamic']
const RESTARTS: Restart[] = ['permanent', 'transient', 'temporary']
const ENDINGS: Ending[] = ['normal', 'shutdown', 'shutdown with a value', 'killed', 'error', 'user', 'scheduler-down']
const WHENS: When[] = [
  { kind: 'first' },
  { kind: 'running', deaths: 1, apart: 0 },
  { kind: 'running', deaths: 2, apart: 10 },
  { kind: 'running', deaths: 4, apart: 10 },
  { kind: 'running', deaths: 4, apart: WITHIN_MS + 1_000 },
  { kind: 'init', fails: 1 },
  { kind: 'init', fails: 2 },
  { kind: 'terminating' },
  { kind: 'another' },
  { kind: 'each', apart: 10 },
]
/** The moments at which it matters what the siblings are: they are ended for b, or die by themselves. */
const WHENS_OF: Record<Restart, (when: When) => boolean> = {
  permanent: () => true,
  transient: ({ kind }) => kind === 'another' || kind === 'each',
  temporary: ({ kind }) => kind !== 'first' && kind !== 'terminating',
}
const INTENSITIES = [0, 1, 3]
const IDS = ['a', 'b', 'c']

/** A cell that is being run. Its children find it here: those that have a thread of their own could not be given it. */
class Run {
  readonly log: string[] = []
  readonly ids = new Map<number, string>()
  begun = 0
  failsLeft: number
  slow: AnyPid | undefined = undefined
  readonly cell: Cell
  readonly simulation: Simulated
  readonly driver: AnyPid

  constructor(cell: Cell, simulation: Simulated, driver: AnyPid) {
    const { when } = cell
    this.cell = cell
    this.simulation = simulation
    this.driver = driver
    this.failsLeft = when.kind === 'init' ? when.fails : when.kind === 'first' ? 1 : 0
  }
}

let current: Run

class Child extends Server<never, never, Ending> {
  id = ''
  dying = false
  readonly run: Run = current

  override async init(id: string): Promise<void> {
    const { run } = this
    const { when, ending } = run.cell
    this.id = id
    run.log.push(`+${id}`)
    run.ids.set(this.self.pid, id)
    run.begun++
    const isFirst = run.begun <= 3
    if (id === 'b' && isFirst === (when.kind === 'first') && run.failsLeft > 0) {
      run.failsLeft--
      await this.leave(ending)
    }
    if (id === 'a' && !isFirst && when.kind === 'another') {
      // Whoever drives this makes b die meanwhile.
      run.slow = this.self.pid as AnyPid
      send(run.driver, 'slow')
      await this.self.receive()
    }
  }

  override handleInfo(how: unknown): Promise<never> {
    return this.leave(how as Ending)
  }

  async leave(how: Ending): Promise<never> {
    this.dying = true
    if (how === 'scheduler-down' || how === 'killed') {
      if (how === 'killed') exit(this.self.pid, 'kill')
      else this.run.simulation.endScheduler(threadOf(this.id))
      return new Promise(() => {})
    }
    if (how === 'error') throw new Error('as told')
    if (how === 'shutdown with a value') return this.self.exit({ kind: 'shutdown', value: 'as told' })
    return this.self.exit(how === 'user' ? { kind: 'user', value: 'as told' } : how)
  }

  override terminate(): Promise<never> | undefined {
    const { cell, log } = this.run
    if (!this.dying) log.push(`-${this.id}`)
    return this.id === 'b' && cell.when.kind === 'terminating' ? this.leave(cell.ending) : undefined
  }
}

const elsewhere = defineServer(import.meta.url, 'child', Child)

const threadOf = (id: string): number => 1 + IDS.indexOf(id)

const specOf = (id: string, { restart, others, ending }: Cell): ChildSpec => {
  const place = ending === 'scheduler-down' ? { start: elsewhere, on: threadOf(id) } : { start: Child }
  return { id, ...place, args: [id], restart: id === 'b' ? restart : others } as ChildSpec
}

/** How a child has ended, in the words of the model. */
const endingOf = (reason: ExitReason): Ending =>
  reason.kind === 'shutdown' && reason.value !== undefined ? 'shutdown with a value' : (reason.kind as Ending)

/** What a run of the cell shows. */
async function shown(self: AnySelf, run: Run): Promise<Told> {
  const { log, ids, cell } = run
  const { strategy, maxRestarts } = cell
  const isDynamic = strategy === 'dynamic'
  const options = { strategy, maxRestarts, within: WITHIN_MS }
  const specs = IDS.map((id) => specOf(id, cell))
  let refused: Ending | undefined
  const starting = startSupervisor(self, isDynamic ? options : { ...options, children: specs }, { link: false })
  const top = await starting.catch(({ cause }) => {
    expect(cause).toMatchObject({ kind: 'shutdown', value: { failed: 'b' } })
    refused = endingOf(cause.value.reason)
  })
  if (top === undefined) return { log, children: [], ended: 'shutdown', refused }
  if (isDynamic) {
    for (const spec of specs) {
      await startChild(top, spec).catch(({ cause }) => {
        refused = endingOf(cause)
      })
    }
  }
  const ref = self.monitor(top)
  await drive(self, run, top)
  await self.sleep(100)
  const left = await whichChildren(top).catch(() => [])
  const children = left.map(({ id, pid, state }) => (pid === undefined ? `${id} ${state}` : (ids.get(pid) as string)))
  const down = self.tryReceive({ match: (message) => message?.ref === ref })
  const seen = [...log]
  exit(top, 'kill')
  return { log: seen, children, ended: down?.reason.kind, refused }
}

/** Those that run. */
const childrenOf = async ({ ids }: Run, top: AnyPid): Promise<{ id: string; pid: AnyPid }[]> =>
  (await whichChildren(top).catch(() => [])).flatMap(({ pid }) =>
    pid === undefined ? [] : [{ id: ids.get(pid) as string, pid: pid as AnyPid }],
  )

/** Has the children die as the cell says. */
async function drive(self: AnySelf, run: Run, top: AnyPid): Promise<void> {
  const { when, ending } = run.cell
  const tell = async (id: string, what: Ending): Promise<void> => {
    const pid = (await childrenOf(run, top)).find((child) => child.id === id)?.pid
    if (pid !== undefined) send(pid, what)
  }
  if (when.kind === 'running') {
    for (let i = 0; i < when.deaths; i++) {
      await tell('b', ending)
      await self.sleep(when.apart)
    }
  }
  if (when.kind === 'init') await tell('b', 'error')
  if (when.kind === 'terminating') exit(top, 'shutdown')
  if (when.kind === 'each') {
    for (const id of ['a', 'c', 'b']) {
      await tell(id, ending)
      await self.sleep(when.apart)
    }
  }
  if (when.kind !== 'another') return
  // b is told to die before the new a has begun, and gets no word in when it is ended on the way.
  const b = (await childrenOf(run, top)).find(({ id }) => id === 'b')?.pid as AnyPid
  await tell('a', 'error')
  const started = await self.receive({ match: (message) => message === 'slow', timeout: 50 }).catch(() => undefined)
  send(b, ending)
  await self.sleep(10)
  if (started === 'slow') send(run.slow as AnyPid, 'go on')
}

/** A dynamic supervisor ends its children in no order. */
const inOrder = (found: Told, { strategy }: Cell): Told => {
  if (strategy !== 'dynamic') return found
  const { log } = found
  const from = log.findIndex((line) => line.startsWith('-'))
  return from < 0 ? found : { ...found, log: [...log.slice(0, from), ...log.slice(from).sort()] }
}

/** What supervisors hear of their children. The one whose start fails in a dynamic one has no id, and is b. */
const hear = (message: unknown): void => {
  const { event, id, pid, reason } = message as SupervisorReport
  if (event === 'child-ended') current.log.push(`!${current.ids.get(pid)} ${endingOf(reason)}`)
  if (event === 'start-failed') current.log.push(`!${id ?? 'b'} ${endingOf(reason)}`)
}

beforeAll(() => subscribe('rumpus:supervisor', hear))
afterAll(() => void unsubscribe('rumpus:supervisor', hear))

describe.each(STRATEGIES)('%s', (strategy) => {
  describe.each(RESTARTS)('%s', (restart) => {
    it.each(ENDINGS)('a child that ends by %s', async (ending) => {
      for (const [at, others] of RESTARTS.entries()) {
        const cells = WHENS.filter(WHENS_OF[others]).flatMap((when) =>
          INTENSITIES.map((maxRestarts): Cell => ({ strategy, restart, others, ending, maxRestarts, when })),
        )
        await simulate({ seed: 1 + at, schedulers: 3, onCrash: () => {} }, async (self: AnySelf, simulation) => {
          for (const cell of cells) {
            let found: Told | undefined
            const [, ref] = self.spawnMonitor(async (me: AnySelf) => {
              current = new Run(cell, simulation, me.pid as AnyPid)
              found = inOrder(await shown(me, current), cell)
            })
            const { reason } = await self.receive({ match: (message) => message?.ref === ref })
            expect([cell, found ?? reason]).toEqual([cell, told(cell)])
          }
        })
      }
    })
  })
})
