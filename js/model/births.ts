// How a process of the model is born, named and tied. Owns the order of that: what can fail fails before anything has happened.
// Never here: a process that was made though its name was taken, a tie with one that is dead.

import { badArgument, RumpusError } from '../errors.ts'
import { formatPid } from '../pid.ts'
import { Down, type Pid } from '../types.ts'
import { check, checkName, checkPid, checkRef } from './checks.ts'
import type { Birth, Mailbox, Process, Watcher } from './process.ts'
import type { Priority } from './run-queue.ts'
import type { Scheduler } from './scheduler.ts'

/** How a process is spawned. */
export interface SpawnOptions {
  readonly name?: string
  /** Unbounded unless given. */
  readonly mailbox?: Mailbox
  readonly priority?: Priority
  /** Has it exit with `'shutdown'` when aborted. */
  readonly signal?: AbortSignal
  /** Only where a process spawns it. */
  readonly link?: boolean
  readonly monitor?: boolean
}

/** Starts a process whose body is what `run` does; answers it and the reference of the monitor, if `by` wants one. */
export const spawn = (
  scheduler: Scheduler,
  run: (process: Process) => unknown,
  options: SpawnOptions,
  by?: Process,
  definition?: Birth['definition'],
): readonly [Process, number] => {
  check(options)
  const { name, link, monitor, mailbox, priority, signal } = options
  for (const [tie, value] of Object.entries({ link, monitor })) {
    if (value && by === undefined)
      throw badArgument(TypeError, `options.${tie}`, 'false where no process spawns: nobody would hear', value)
  }
  if (name !== undefined) checkFree(scheduler, name)
  const process = scheduler.create(run, { mailbox, priority, definition })
  if (name !== undefined) register(scheduler, name, process.pid)
  if (by !== undefined && link) tie(by, process)
  const ref = by !== undefined && monitor ? watch(scheduler, by, process.pid) : 0
  if (signal !== undefined) {
    const end = (): void => scheduler.receiveExit(process, 0, { kind: 'shutdown' })
    signal.addEventListener('abort', end)
    process.atDeath(() => signal.removeEventListener('abort', end))
    if (signal.aborted) end()
  }
  return [process, ref]
}

/** The process, if it is not dead. */
export const find = (scheduler: Scheduler, pid: number): Process | undefined => {
  checkPid(pid)
  return scheduler.processes.get(pid)
}

// Names.

const checkFree = (scheduler: Scheduler, name: string): void => {
  const owner = scheduler.names.get(name)
  if (owner === undefined) return
  const who = formatPid(owner.pid as Pid)
  throw new RumpusError('ERR_RUMPUS_NAME_TAKEN', `the name ${JSON.stringify(name)} belongs to process ${who}`)
}

export const register = (scheduler: Scheduler, name: string, pid: number): void => {
  checkName('name', name)
  const process = find(scheduler, pid)
  const refused = `process ${formatPid(pid as Pid)} cannot be named ${JSON.stringify(name)}`
  if (!process?.alive) throw new RumpusError('ERR_RUMPUS_NOPROC', `${refused}: it has ended, or must`)
  checkFree(scheduler, name)
  if (process.name !== undefined)
    throw new RumpusError('ERR_RUMPUS_NAMED', `${refused}: it is named ${JSON.stringify(process.name)}`)
  process.name = name
  scheduler.names.set(name, process)
}

/** Takes a name back, whoever has it; false if nobody has. */
export const unregister = (scheduler: Scheduler, name: string): boolean => {
  checkName('name', name)
  const owner = scheduler.names.get(name)
  if (owner !== undefined) owner.name = undefined
  return scheduler.names.delete(name)
}

export const whereis = (scheduler: Scheduler, name: string): Pid | undefined => {
  checkName('name', name)
  return scheduler.named(name)?.pid as Pid | undefined
}

// Ties.

const tie = (one: Process, other: Process): void => {
  if (one === other) return
  one.links.add(other)
  other.links.add(one)
}

export const link = (scheduler: Scheduler, process: Process, pid: number): void => {
  const other = find(scheduler, pid)
  if (other === undefined) scheduler.receiveExit(process, pid, { kind: 'noproc' })
  else tie(process, other)
}

export const unlink = (scheduler: Scheduler, process: Process, pid: number): void => {
  const other = find(scheduler, pid)
  if (other !== undefined && process.links.delete(other)) other.links.delete(process)
}

/** Has `by` hear of the end of `pid`; answers the reference. */
export const watch = (scheduler: Scheduler, by: Process, pid: number): number => {
  const to = find(scheduler, pid)
  const ref = ++scheduler.references
  if (to === undefined) {
    scheduler.hear(by, new Down(ref, pid as Pid, { kind: 'noproc' }))
  } else {
    by.watching.set(ref, to)
    to.watchers.set(ref, by)
  }
  return ref
}

/** The same for code that is no process: `hear` is called, before this returns if there is no such process. */
export const listen = (scheduler: Scheduler, pid: number, by: Required<Watcher>): number => {
  const to = find(scheduler, pid)
  const ref = ++scheduler.references
  if (to === undefined) by.hear(new Down(ref, pid as Pid, { kind: 'noproc' }))
  else to.watchers.set(ref, by)
  return ref
}

/** Takes a monitor of `by` back; with `flush` its news, too, if that has come. */
export const demonitor = (scheduler: Scheduler, by: Process, ref: number, flush: boolean): void => {
  checkRef(ref)
  by.watching.get(ref)?.watchers.delete(ref)
  by.watching.delete(ref)
  if (!flush) return
  const { inbox } = by
  for (let place = inbox.find(0), letter = inbox.at(place); letter !== undefined; letter = inbox.at(++place)) {
    if (letter.signal && letter.message instanceof Down && letter.message.ref === ref)
      return void scheduler.take(by, place)
  }
}
