// What a body is given: its verbs, how it spawns others, the options they take and the checks of them. Owns no state but who
// it speaks for. Never true here: a verb that does anything for a process that must end, an argument that is believed unseen.

import { AbortError, badArgument, ProcessExit, RumpusError } from '../errors.ts'
import { Down, type Pid, type ReasonGiven, type Sendable } from '../types.ts'
import { type Limits, type Mailbox, type Outcome, type Process, toReason } from './process.ts'
import { called, type Scheduler, WAIT_MAX } from './scheduler.ts'

/** How a process is spawned from outside. */
export interface BirthOptions {
  readonly name?: string
  /** Unbounded unless given. */
  readonly mailbox?: Mailbox
  /** Has it exit with `'shutdown'` when aborted. */
  readonly signal?: AbortSignal
}

/** How a process is spawned by another. */
export interface SpawnOptions extends BirthOptions {
  readonly link?: boolean
  readonly monitor?: boolean
}

export interface TryReceiveOptions<M> {
  readonly match?: (message: M) => boolean
  /** Looks only at what came after this `mark`. */
  readonly since?: number
}

export interface ReceiveOptions<M> extends TryReceiveOptions<M>, Limits {}

export type Body<M, T = unknown> = (self: Self<M>) => T | PromiseLike<T>

const done = (): Outcome => ({ value: undefined })

/** A body is given this. Every verb throws `ProcessExit`, or rejects with it, once the process must end. */
export class Self<M> implements AsyncIterable<M> {
  readonly pid: Pid<Sendable<M>>
  private readonly scheduler: Scheduler
  private readonly process: Process

  constructor(scheduler: Scheduler, process: Process) {
    this.pid = process.pid as Pid<Sendable<M>>
    this.scheduler = scheduler
    this.process = process
  }

  /** Aborts when the process must end. */
  get signal(): AbortSignal {
    const { process } = this
    process.abort ??= new AbortController()
    if (process.exiting !== undefined) process.abort.abort(new ProcessExit(process.exiting))
    return process.abort.signal
  }

  receive<N extends M>(options: ReceiveOptions<M> & { match: (message: M) => message is N }): Promise<N>
  receive(options?: ReceiveOptions<M>): Promise<M>
  receive(options: ReceiveOptions<M> = {}): Promise<M> {
    check(options)
    const { scheduler, process } = this
    const { match, signal } = options
    const refused = scheduler.refusal(process)
    if (refused !== undefined) return Promise.reject(refused)
    if (signal?.aborted) return Promise.reject(new AbortError(signal.reason))
    const search = process.search(options)
    let over: Outcome | undefined
    const ready = (): Outcome | undefined => {
      try {
        const letter = process.find(search)
        if (letter === undefined) return over
        scheduler.take(process, [letter])
        return { value: letter.message }
      } catch (error) {
        return { error }
      }
    }
    const enter = (wake: () => void): (() => void) => {
      if (process.letters > search.from) wake()
      return scheduler.limit(options, (error) => {
        over = { error }
        wake()
      })
    }
    const on = match === undefined ? 'a message' : 'a wanted message'
    return scheduler.park(process, { on, mail: true, ready }, enter) as Promise<M>
  }

  tryReceive<N extends M>(options: TryReceiveOptions<M> & { match: (message: M) => message is N }): N | undefined
  tryReceive(options?: TryReceiveOptions<M>): M | undefined
  tryReceive(options: TryReceiveOptions<M> = {}): M | undefined {
    check(options)
    const process = this.mine()
    if (process.busy) return undefined
    const letter = process.find(process.search(options))
    this.mine()
    if (letter !== undefined) this.scheduler.take(process, [letter])
    return letter?.message as M | undefined
  }

  /** This moment, for `since`. */
  mark(): number {
    return this.mine().letters
  }

  /** Throws away what has come; answers how much. */
  flush(): number {
    const process = this.mine()
    const refused = this.scheduler.refusal(process)
    if (refused !== undefined) throw refused
    const letters = [...process.inbox]
    this.scheduler.take(process, letters)
    return letters.length
  }

  [Symbol.asyncIterator](): AsyncIterator<M> {
    return {
      next: async () => ({ done: false, value: await this.receive() }),
      return: async () => ({ done: true, value: undefined }),
    }
  }

  sleep(ms: number): Promise<void> {
    checkMs('ms', ms)
    const enter = (wake: () => void): (() => void) => this.scheduler.limit({ timeout: ms }, wake)
    return this.scheduler.park(this.process, { on: `${ms} ms to pass`, ready: done }, enter) as Promise<void>
  }

  /** Goes to the back of the run queue. */
  yield(): Promise<void> {
    const enter = (wake: () => void): (() => void) => {
      wake()
      return () => {}
    }
    return this.scheduler.park(this.process, { on: 'its turn', ready: done }, enter) as Promise<void>
  }

  spawn<N = unknown>(body: Body<N>, options: SpawnOptions = {}): Pid<Sendable<N>> {
    return spawn(this.scheduler, body, options, this.mine())[0].pid as Pid<Sendable<N>>
  }

  spawnLink<N = unknown>(body: Body<N>, options: SpawnOptions = {}): Pid<Sendable<N>> {
    return this.spawn(body, { ...options, link: true })
  }

  spawnMonitor<N = unknown>(body: Body<N>, options: SpawnOptions = {}): readonly [Pid<Sendable<N>>, number] {
    const [{ pid }, ref] = spawn(this.scheduler, body, { ...options, monitor: true }, this.mine())
    return [pid as Pid<Sendable<N>>, ref]
  }

  link(pid: Pid): void {
    const process = this.mine()
    const other = find(this.scheduler, pid)
    if (other === undefined) this.scheduler.receiveExit(process, pid, { kind: 'noproc' })
    else tie(process, other)
  }

  unlink(pid: Pid): void {
    const process = this.mine()
    const other = find(this.scheduler, pid)
    if (other !== undefined && process.links.delete(other)) other.links.delete(process)
  }

  /** Asks for a Down at the end of `pid`; answers its reference. */
  monitor(pid: Pid): number {
    return watch(this.scheduler, this.mine(), pid)
  }

  /** Takes a monitor back; with `flush` its Down, too, if that has come. */
  demonitor(ref: number, options: { readonly flush?: boolean } = {}): void {
    const process = this.mine()
    checkRef(ref, 'what monitor answered')
    check(options)
    process.watching.get(ref)?.watchers.delete(ref)
    process.watching.delete(ref)
    if (!options.flush) return
    const isIt = (message: unknown): boolean => message instanceof Down && message.ref === ref
    this.scheduler.take(
      process,
      process.inbox.filter(({ signal, message }) => signal && isIt(message)),
    )
  }

  trapExit(on = true): void {
    this.mine().traps = on
  }

  exit(reason?: ReasonGiven): never {
    this.scheduler.unwind(this.process, toReason(reason))
    throw new ProcessExit(this.process.exiting)
  }

  register(name: string, pid: Pid = this.pid): void {
    this.mine()
    register(this.scheduler, name, find(this.scheduler, pid))
  }

  /** Takes a name back, whoever has it; false if nobody has. */
  unregister(name: string): boolean {
    this.mine()
    const owner = this.scheduler.names.get(name)
    if (owner !== undefined) owner.name = undefined
    return this.scheduler.names.delete(name)
  }

  whereis(name: string): Pid | undefined {
    this.mine()
    return this.scheduler.named(name)?.pid as Pid | undefined
  }

  private mine(): Process {
    const { process } = this
    if (process.exiting !== undefined) throw new ProcessExit(process.exiting)
    return process
  }
}

/** Starts a process; answers it and the reference of the monitor, if `by` wants one. */
export const spawn = <N>(
  scheduler: Scheduler,
  body: Body<N>,
  options: SpawnOptions,
  by?: Process,
): readonly [Process, number] => {
  if (typeof body !== 'function') throw badArgument(TypeError, 'body', 'a function', body)
  check(options)
  const { name, link, monitor, mailbox, signal } = options
  if (name !== undefined) checkFree(scheduler, name)
  const process = scheduler.create((process) => body(new Self(scheduler, process)), mailbox)
  if (name !== undefined) register(scheduler, name, process)
  if (by !== undefined && link) tie(by, process)
  const ref = by !== undefined && monitor ? watch(scheduler, by, process.pid) : 0
  if (signal !== undefined) {
    const end = (): void => scheduler.receiveExit(process, 0, { kind: 'shutdown' })
    signal.addEventListener('abort', end)
    process.onDeath.push(() => signal.removeEventListener('abort', end))
    if (signal.aborted) end()
  }
  return [process, ref]
}

const tie = (one: Process, other: Process): void => {
  one.links.add(other)
  other.links.add(one)
}

const watch = (scheduler: Scheduler, by: Process, pid: Pid | number): number => {
  const ref = ++scheduler.references
  const to = find(scheduler, pid)
  if (to === undefined) {
    scheduler.hear(by, new Down(ref, pid as Pid, { kind: 'noproc' }))
  } else {
    by.watching.set(ref, to)
    to.watchers.set(ref, by)
  }
  return ref
}

const checkFree = (scheduler: Scheduler, name: string): void => {
  const owner = scheduler.names.get(name)
  if (owner === undefined) return
  throw new RumpusError('ERR_RUMPUS_NAME_TAKEN', `cannot register '${name}': process ${owner.pid} has this name`)
}

const register = (scheduler: Scheduler, name: string, process: Process | undefined): void => {
  if (!isName(name)) throw badArgument(TypeError, 'name', 'a name', name)
  checkFree(scheduler, name)
  if (!process?.alive) {
    throw new RumpusError('ERR_RUMPUS_NOPROC', `cannot register '${name}': its process is not alive`)
  }
  if (process.name !== undefined) {
    throw new RumpusError('ERR_RUMPUS_NAMED', `cannot register '${name}': ${called(process)} has a name already`)
  }
  process.name = name
  scheduler.names.set(name, process)
}

/** The process, if it is not dead. */
export const find = (scheduler: Scheduler, pid: number): Process | undefined => {
  if (!Number.isSafeInteger(pid) || pid <= 0) throw badArgument(TypeError, 'pid', 'a pid', pid)
  return scheduler.processes.get(pid)
}

export const checkMs = (argument: string, ms: unknown, from = 0): void => {
  if (typeof ms === 'number' && ms >= from && ms <= WAIT_MAX) return
  throw badArgument(RangeError, argument, `a number of milliseconds from ${from} to ${WAIT_MAX}`, ms)
}

export const checkRef = (ref: unknown, wanted: string): void => {
  if (!Number.isSafeInteger(ref)) throw badArgument(TypeError, 'ref', wanted, ref)
}

const isName = (value: unknown): boolean => typeof value === 'string' && value !== ''

const isMailbox = (value: unknown): boolean => {
  const { capacity, overflow } = (value ?? {}) as { capacity?: unknown; overflow?: unknown }
  const known = ['drop-oldest', 'drop-newest', 'offer'].includes(overflow as string)
  return known && Number.isSafeInteger(capacity) && (capacity as number) > 0
}

/** What each option must be, in words, and how to know. An option means the same wherever it is given. */
const rules: readonly [option: string, wanted: string, holds: (value: unknown) => boolean][] = [
  ['match', 'a function', (value) => typeof value === 'function'],
  ['since', 'what mark answered', Number.isSafeInteger],
  ['signal', 'an AbortSignal', (value) => value instanceof AbortSignal],
  ['name', 'a name', isName],
  ['link', 'true or false', (value) => typeof value === 'boolean'],
  ['monitor', 'true or false', (value) => typeof value === 'boolean'],
  ['flush', 'true or false', (value) => typeof value === 'boolean'],
  ['mailbox', 'a whole capacity above 0 with an overflow', isMailbox],
]

export const check = (options: object): void => {
  if (typeof options !== 'object' || options === null) throw badArgument(TypeError, 'options', 'an object', options)
  const given = options as { readonly [option: string]: unknown }
  if (given['timeout'] !== undefined) checkMs('options.timeout', given['timeout'])
  for (const [option, wanted, holds] of rules) {
    const value = given[option]
    if (value !== undefined && !holds(value)) throw badArgument(TypeError, `options.${option}`, wanted, value)
  }
}
