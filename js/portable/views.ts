// What is shown of a portable runtime, in the words of the native one. Owns how each figure is had from the model. Figures of what
// there is not, other schedulers and crossings to Rust, are 0.

import type { RuntimeView, SchedulerView } from '../kernel/inspect.ts'
import type { ProcessView } from '../kernel/process-view.ts'
import type { Process } from '../model/process.ts'
import type { Scheduler } from '../model/scheduler.ts'
import type { Cause } from '../model/wait.ts'
import type { Pid } from '../types.ts'
import { HERE, type Home } from './home.ts'

/** The runtime. */
export const inspect = (home: Home): RuntimeView => {
  const { scheduler } = home
  const { accepted, received, waiting, dropped } = scheduler.books
  const { spawned, exited } = scheduler.lives
  return {
    schedulers: [viewOfScheduler(home)],
    processes: { spawned, exited, alive: spawned - exited },
    messages: { accepted, received, waiting, dropped: { ...dropped, corrupt: 0 } },
    stores: { made: 0, open: 0, entries: 0, bytes: 0, dropped: 0 },
  }
}

const isUnstarted = ({ phase, definition }: Process): boolean => phase === 'unbegun' && definition !== undefined

const viewOfScheduler = ({ scheduler, closed }: Home): SchedulerView => {
  const { turns, lives, clock, counts, processes } = scheduler
  const unstarted = [...processes.values()].filter(isUnstarted).length
  return {
    id: HERE,
    dedicated: false,
    up: !closed,
    asleep: turns.asleep,
    alive: processes.size - unstarted,
    unstarted,
    started: lives.started,
    spawned: lives.spawned,
    exited: lives.exited,
    steals: 0,
    stolen: 0,
    messagesOut: 0,
    messagesIn: 0,
    messagesLocal: counts.accepted,
    crossings: 0,
    turns: turns.turns,
    resumes: lives.resumes,
    sleeps: turns.sleeps,
    wakesSent: 0,
    busyShare: turns.busyShare,
    busyMs: turns.busyMs,
    runQueue: scheduler.ready,
    timers: clock.size,
    lateMs: clock.late,
    lateWorstMs: clock.latest,
    abandoned: abandonedIn(scheduler).length,
    turnGapP99Ms: turns.gapP99Ms,
  }
}

/** The processes, or one of them, the bodies that were given up among them. */
export const look = ({ scheduler }: Home, of?: number): ProcessView[] => {
  const { now } = scheduler.clock
  const isIt = ({ pid }: Process): boolean => of === undefined || of === pid
  return [
    ...[...scheduler.processes.values()].filter(isIt).map((process) => viewOf(process, now)),
    ...abandonedIn(scheduler).filter(isIt).map(viewOfAbandoned),
  ]
}

const abandonedIn = ({ abandoned }: Scheduler): Process[] => {
  const list: Process[] = []
  for (const [pid, body] of abandoned) {
    const process = body.deref()
    if (process === undefined) abandoned.delete(pid)
    else list.push(process)
  }
  return list
}

const viewOf = (process: Process, now: number): ProcessView => {
  const { pid, name, definition, traps, priority } = process
  const common = {
    pid: pid as Pid,
    ...(name !== undefined && { name }),
    ...(definition !== undefined && { definition }),
    scheduler: HERE,
    trapExit: traps,
    priority,
  }
  if (isUnstarted(process)) return { ...common, state: 'unstarted' }
  return {
    ...common,
    ...stateOf(process, now),
    mailbox: process.inbox.size,
    resumes: process.resumes,
    links: [...(process.linked ?? [])].map(({ pid }) => pid as Pid),
    monitors: [...(process.watches ?? [])].map(([ref, { pid }]) => ({ ref, pid: pid as Pid })),
    monitoredBy: [...(process.watched ?? [])].map(([ref, { pid }]) => ({ ref, pid: pid as Pid })),
  }
}

const stateOf = (process: Process, now: number): Pick<ProcessView, 'state' | 'waitsFor' | 'waitedMs'> => {
  const { phase, entry, wait } = process
  if (phase === 'exiting') return { state: 'exiting', waitsFor: 'its body to end' }
  if (entry !== undefined) return { state: 'runnable', waitsFor: 'its turn' }
  const waitedMs = Math.max(0, Math.floor(now - (wait ?? process).since))
  if (wait === undefined) return { state: 'running', waitsFor: 'something that is not of the runtime', waitedMs }
  const { kind } = wait.cause
  const state = kind === 'yielding' ? 'runnable' : kind
  return { state, waitsFor: wordsOf(wait.cause), waitedMs }
}

const wordsOf = ({ kind, match, timeout }: Cause): string => {
  const most = timeout === undefined ? '' : `, ${timeout} ms at most`
  switch (kind) {
    case 'receiving':
      return 'any message'
    case 'selecting':
      return `${match === undefined ? 'any message' : 'a certain message'}${most}`
    case 'sleeping':
      return 'a time to come'
    case 'calling':
      return 'the answer to a question'
    case 'yielding':
      return 'its turn'
  }
}

const viewOfAbandoned = ({ pid, definition, priority }: Process): ProcessView => ({
  pid: pid as Pid,
  ...(definition !== undefined && { definition }),
  scheduler: HERE,
  state: 'abandoned',
  waitsFor: 'its body to end',
  mailbox: 0,
  links: [],
  monitors: [],
  monitoredBy: [],
  trapExit: false,
  priority,
})
