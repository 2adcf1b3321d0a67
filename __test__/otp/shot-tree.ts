// A tree over all schedulers of a simulation that is shot at by a seed, under load; and what must be as it was when the last shot has been
// heard. Owns what lives in it, the shots, and what of the runtime is compared.

import { exit, isAlive, type Pid, type ProcessView, type Simulated, send, sendAfter, simulate } from 'rumpus'
import {
  type ChildSpec,
  type ChildView,
  Consumer,
  cast,
  getState,
  members,
  Producer,
  publish,
  Server,
  startChild,
  startServer,
  startSupervisor,
  supervisor,
  Task,
} from 'rumpus/otp'
import { Dice } from '../../js/model/dice.ts'
import { named, places } from '../fixtures/otp-places.mjs'
import { echo, parts } from '../fixtures/otp-servers.mjs'
import { keeper } from '../fixtures/otp-shot.mjs'
import { square } from '../fixtures/otp-tasks.mjs'
import type { AnyPid, AnySelf } from '../process/world.ts'
import { below } from './children.ts'

const MANY = { maxRestarts: 1_000_000, within: 60_000 }
/** Until all that was begun is over: graces, deadlines, restarts that wait for a name. */
const QUIET_MS = 20_000

class Local extends Server {
  override handleCall(request: unknown): unknown {
    return request
  }
  override handleCast(): void {}
}

/** Writes that were answered for. */
class Vault extends Server {
  written: number[] = []
  override handleCall(n: number): number {
    this.written.push(n)
    return n
  }
}

class Source extends Producer<number> {
  next = 0
  override handleDemand(count: number): number[] {
    return Array.from({ length: count }, () => this.next++)
  }
}

class Sink extends Consumer<number> {
  override begin(): object {
    return { subscribeTo: [{ to: 'the source', max: 4, cancel: 'temporary' }] }
  }
  override async handleEvents(): Promise<void> {
    await this.self.sleep(20)
  }
}

const locals = (strategy: 'one_for_all' | 'rest_for_one') =>
  supervisor({ strategy, ...MANY, children: ['x', 'y', 'z'].map((id) => ({ id, start: Local })) })

const flow = supervisor({
  strategy: 'rest_for_one',
  ...MANY,
  children: [
    { id: 'source', start: Source as never, name: 'the source' },
    { id: 'sink', start: Sink as never },
  ],
})

const treeOf = (schedulers: number): ChildSpec[] => [
  { ...places.child(), id: 'registry' },
  { id: 'all', start: locals('one_for_all') },
  { id: 'rest', start: locals('rest_for_one') },
  { id: 'named', start: echo, name: 'a name' },
  { id: 'parts', start: parts, args: [3] },
  { id: 'flow', start: flow },
  { id: 'passing', start: supervisor({ strategy: 'dynamic', ...MANY }), name: 'passing' },
  ...Array.from({ length: schedulers }, (_, n) => ({ id: `keeper ${n}`, start: keeper, on: n + 1, args: ['a name'] })),
  ...['ada', 'bob'].map((key) => ({ id: key, start: named, args: [key] })),
]

const shapeOf = (all: readonly ChildView[]): string =>
  all
    .filter(({ id }) => id !== undefined)
    .map(({ id, state, type }) => `${id} ${type} ${state}`)
    .join('\n')

/** What there is in the runtime, as figures that must be as they were. */
export interface Census {
  readonly shape: string
  readonly processes: string
  readonly ties: string
  readonly timers: number
  readonly waiting: number
  readonly names: string
}

const labelOf = ({ name, definition }: ProcessView): string => name ?? definition?.name ?? 'a closure'

/** Counts all; throws where a tie has an end that is not there. */
async function censusOf(self: AnySelf, top: AnyPid | undefined): Promise<Census> {
  const views = (await self.runtime.processes()).filter(({ state }) => state !== 'abandoned')
  const all = top === undefined ? [] : await below(top)
  const passing = new Set(all.filter(({ id }) => id === undefined).map(({ pid }) => pid))
  const alive = new Set(views.map(({ pid }) => pid))
  let desks = 0
  const lines: string[] = []
  const ties: string[] = []
  for (const view of views) {
    const { monitors = [], monitoredBy = [], links = [] } = view
    for (const pid of [...links, ...[...monitors, ...monitoredBy].map((tie) => tie.pid)]) {
      if (!alive.has(pid)) throw new Error(`${labelOf(view)} has a tie to ${pid}, which is not there`)
    }
    if (passing.has(view.pid)) continue
    // Who is watched by which of the desks depends on where they live.
    if (view.name?.startsWith('rumpus:groups/')) {
      desks += monitors.length
      continue
    }
    lines.push(labelOf(view))
    const theirs = links.filter((pid) => !passing.has(pid))
    ties.push(`${labelOf(view)} ${theirs.length} ${monitors.length} ${monitoredBy.length}`)
  }
  const { schedulers, messages } = self.runtime.inspect()
  const names = ['a name', 'the source', 'passing', 'places'].map((name) => {
    const pid = self.whereis(name)
    return `${name} ${pid !== undefined && isAlive(pid)}`
  })
  return {
    shape: shapeOf(all),
    processes: lines.sort().join('\n'),
    ties: [...ties.sort(), `desks watch ${desks}`].join('\n'),
    timers: schedulers.reduce((sum, { timers }) => sum + timers, 0),
    waiting: messages.waiting,
    names: names.join(),
  }
}

/** How many of each there were. */
export interface Shots {
  process: number
  supervisor: number
  thread: number
}

/** One run: so many shots by `seed`; answers what was there before and after, and what is left when the tree has been ended. */
export const shootAt = (seed: number, steps: number, lane: 'js' | 'native') =>
  simulate({ seed, schedulers: 3, lane, onCrash: () => {} }, async (self: AnySelf, simulation: Simulated) => {
    const dice = new Dice(seed)
    const vault = (await startServer(self, Vault, { link: false })) as AnyPid
    // The desk of this scheduler is there then.
    await getState(vault)
    await self.sleep(QUIET_MS)
    const first = await censusOf(self, undefined)
    const top = (await startSupervisor(self, { ...MANY, children: treeOf(3) }, { link: false })) as AnyPid
    await self.sleep(QUIET_MS)
    const before = await censusOf(self, top)
    const shots: Shots = { process: 0, supervisor: 0, thread: 0 }
    const acknowledged: number[] = []
    let targets: readonly ChildView[] = []
    for (let step = 0; step < steps; step++) {
      if (step % 4 === 0) targets = (await below(top)).filter(({ pid }) => pid !== undefined)
      load(self, dice, targets)
      if (step % 8 === 0) acknowledged.push((await self.call(vault, step)) as number)
      if (dice.below(12) === 0) {
        simulation.endScheduler(1 + dice.below(3))
        shots.thread++
      } else shoot(dice, targets, shots)
      if (dice.below(2) === 0) await self.sleep(dice.below(30) / 10)
    }
    await self.sleep(QUIET_MS)
    const after = await censusOf(self, top)
    const keepers = (await members('keepers')).filter(isAlive).length
    const entries = (await places.entries()).map(({ key, pid }) => `${key} ${isAlive(pid)}`).sort()
    const { written } = (await getState(vault)) as { written: number[] }
    const ref = self.monitor(top)
    exit(top, 'shutdown')
    await self.receive({ match: (message) => message?.ref === ref })
    await self.sleep(QUIET_MS)
    return {
      first,
      before,
      after,
      shots,
      keepers,
      entries,
      acknowledged,
      written,
      left: await censusOf(self, undefined),
    }
  })

/** Some of what goes on in such a tree. */
function load(self: AnySelf, dice: Dice, targets: readonly ChildView[]): void {
  const { pid } = targets[dice.below(targets.length)] ?? {}
  if (pid === undefined) return
  switch (dice.below(6)) {
    case 0:
      return sendAfterTo(pid, dice.below(2_000))
    case 1:
      for (let i = 0; i < 5; i++) cast(pid as AnyPid, i)
      return
    case 2:
      return void self.runtime.spawn(
        async (me: AnySelf) => void (await me.call(pid as AnyPid, 1, { timeout: 500 }).catch(() => {})),
      )
    case 3:
      return publish('keepers', 'news')
    case 4:
      return void Task.async(self, square, 3)
        .result()
        .catch(() => {})
    default:
      return void startChild('passing', { start: echo, restart: 'temporary' }, { timeout: 1_000 }).catch(() => {})
  }
}

const sendAfterTo = (pid: Pid<never>, ms: number): void => void sendAfter(pid as AnyPid, 'later', ms)

function shoot(dice: Dice, targets: readonly ChildView[], shots: Shots): void {
  const { pid, type } = targets[dice.below(targets.length)] ?? {}
  if (pid === undefined || !isAlive(pid)) return
  exit(pid, dice.below(2) === 0 ? 'kill' : 'shutdown')
  shots[type === 'supervisor' ? 'supervisor' : 'process']++
  send(pid as AnyPid, 'too late')
}
