// Registries as others see them: processes under keys, as many keys a process as it likes, with a value each. Owns what this isolate
// has looked up, and until when that is good; who is registered is the table's (`registry-table.ts`).
//
// Unlike Elixir's: a look-up is a promise, because it may have to ask another thread, where Elixir reads shared memory; it is as
// strict, though, for it knows every change that was answered for. Any process of the runtime can be registered, not the caller only.
// Who is registered twice under a key is there once, with the later value, so that doing it again after a doubtful answer is harmless.
// The table ends nobody when it ends itself, except who was started under a key (`via.ts`).

import { badArgument, RumpusError } from '../errors.ts'
import type { Kernel } from '../kernel/kernel.ts'
import { onlyKernel } from '../kernel/kernels.ts'
import { checkPid, kernelOf } from '../kernel/post.ts'
import { NAMES } from '../kernel/words.ts'
import { checkOptions, type Names } from '../options.ts'
import { askOutside, call } from '../process/call.ts'
import { checkName } from '../process/names.ts'
import { send } from '../process/send.ts'
import type { Call, CallOptions, Runtime, Self } from '../process/shapes.ts'
import { refuseCargo } from '../process/transfer.ts'
import { checkOnlyWait } from '../process/waits.ts'
import type { Pid } from '../types.ts'
import type { ChildSpec, StartableDefinition } from './child-spec.ts'
import {
  type Answered,
  type RegistryEntry,
  type RegistryKey,
  type RegistryRequest,
  RegistryTable,
  type TableOptions,
} from './registry-table.ts'
import { defineServer, startServer } from './start-server.ts'

/** How a registry is. */
export interface RegistryOptions {
  /** Whether a key belongs to one process at most (`'unique'`, unless given) or to any number (`'duplicate'`). */
  readonly keys?: 'unique' | 'duplicate'
  /** Where its table lives: on the scheduler of whoever starts it, unless given. */
  readonly on?: 'here' | number
}

const OPTION_NAMES: Names<RegistryOptions> = { keys: true, on: true }

/** What was looked up, as long as nothing has changed. */
class Known {
  seen = -1
  readonly answers: Map<RegistryKey, Promise<readonly RegistryEntry[]>> = new Map()
}

/** So many keys are kept in mind. */
const KEYS_MAX = 10_000

const known = new WeakMap<Kernel, Map<string, Known>>()
const tables: StartableDefinition = defineServer<RegistryRequest, unknown, unknown>(
  import.meta.url,
  'registry',
  RegistryTable,
)

/**
 * A registry of processes, by its name: say the same name on every scheduler, and it is the same registry. Making one of these starts
 * nothing; {@link Registry.start} does, or a supervisor that is given {@link Registry.child}.
 *
 * For processes that come and go and are asked for by what they are for: a room, a user, a device. For a few that are always there
 * names are simpler (`self.register`); for those who want to hear of something, whoever they are, groups ({@link join}) are cheaper.
 * All its verbs answer promises; in a body give those that take options `signal: self.signal`, so that they end with the process.
 * They reject with RumpusError `ERR_RUMPUS_NOPROC` where the registry does not run, and as `call` does.
 *
 * @example
 * ```ts
 * import { run } from 'rumpus'
 * import { Registry, Server, startServer } from 'rumpus/otp'
 * import assert from 'node:assert/strict'
 *
 * const rooms = new Registry('rooms')
 *
 * class Room extends Server {
 *   async init(key) {
 *     await rooms.register(key, this.self.pid, { opened: true })
 *   }
 *   handleCall = (words) => words.toUpperCase()
 * }
 *
 * await run(async (self) => {
 *   await rooms.start(self)
 *   const pid = await startServer(self, Room, { args: ['lobby'] })
 *   assert.deepEqual(await rooms.lookup('lobby'), [{ pid, value: { opened: true } }])
 *   assert.equal(await rooms.call('lobby', 'hello'), 'HELLO')
 *   await assert.rejects(rooms.register('lobby', self.pid), { code: 'ERR_RUMPUS_KEY_TAKEN' })
 * })
 * ```
 */
export class Registry<Value = unknown, Message = unknown> {
  /** What it, and the process that has its table, is called. */
  readonly name: string

  /**
   * @param name - its name
   * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`
   */
  constructor(name: string) {
    checkName('name', name)
    this.name = name
  }

  /**
   * Starts it; it ends with whoever starts it.
   *
   * @param parent - the process that starts it, or the runtime
   * @param options - how it is
   * @returns the pid of its table
   * @throws what `startServer` throws; RumpusError `ERR_RUMPUS_NAME_TAKEN` at the call if a process has its name
   */
  start(
    parent: Self<never> | Runtime | { readonly pid: Pid<never> },
    options: RegistryOptions = {},
  ): Promise<Pid<Call<RegistryRequest>>> {
    const { start, args, name, on } = this.child(options)
    const how = { args: args as unknown[], name: name as string, ...(on === undefined ? {} : { on }) }
    return startServer(parent, start as never, how) as Promise<Pid<Call<RegistryRequest>>>
  }

  /**
   * The registry as a child of a supervisor. Put it before those who register themselves, and let the strategy be `'rest_for_one'`: who
   * is registered in a table that has ended is not in the next one.
   *
   * @param options - how it is
   * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`
   * @example
   * ```ts
   * import { run } from 'rumpus'
   * import { Registry, Server, startSupervisor, via } from 'rumpus/otp'
   * import assert from 'node:assert/strict'
   *
   * const rooms = new Registry('rooms')
   * class Room extends Server {
   *   handleCall = () => 'here'
   * }
   *
   * await run(async (self) => {
   *   const children = [rooms.child(), { id: 'lobby', start: via(rooms, 'lobby', Room) }]
   *   await startSupervisor(self, { strategy: 'rest_for_one', children })
   *   assert.equal(await rooms.call('lobby', 'anybody?'), 'here')
   * })
   * ```
   */
  child(options: RegistryOptions = {}): ChildSpec {
    checkOptions('options', options, OPTION_NAMES)
    const { keys = 'unique', on } = options
    if (keys !== 'unique' && keys !== 'duplicate') {
      throw badArgument(TypeError, 'options.keys', "'unique' or 'duplicate'", keys)
    }
    const args: [TableOptions] = [{ keys }]
    const { name } = this
    if (on === undefined || on === 'here') return { id: name, name, start: RegistryTable as never, args }
    return { id: name, name, start: tables, args, on }
  }

  /**
   * Registers a process under a key. Whoever looks the key up after this has resolved finds it, on every scheduler. A process that is
   * registered there already has the new value. Entries go a moment after the end of their process, and with the registry.
   *
   * If the key is that of a process which is ending, this waits for that.
   *
   * @param key - a text or a number
   * @param pid - whom
   * @param value - what is to stand beside it; it must be able to cross
   * @param options - as of `call`
   * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`; UncrossableError; rejects with RumpusError `ERR_RUMPUS_KEY_TAKEN`, `cause` being
   * `{ pid }`, if the keys are unique and somebody has it, `ERR_RUMPUS_NOPROC` if the process has ended, and as `call` does
   */
  register(key: RegistryKey, pid: Pid<never>, value?: Value, options: CallOptions = {}): Promise<void> {
    const kernel = this.kernelOf(key, pid)
    return this.ask(kernel, { registry: 'register', key, pid, value }, options) as Promise<void>
  }

  /**
   * Takes a key back from a process.
   *
   * @param key - the key
   * @param pid - whose
   * @param options - as of `call`
   * @returns whether it had it
   * @throws as {@link Registry.register}
   */
  unregister(key: RegistryKey, pid: Pid<never>, options: CallOptions = {}): Promise<boolean> {
    const kernel = this.kernelOf(key, pid)
    return this.ask(kernel, { registry: 'unregister', key, pid }, options) as Promise<boolean>
  }

  /**
   * Who is registered under a key, in the order of registration. Costs a message to the registry for the first time, and then nothing
   * until any registry has changed, or a name changes hands. The same array for all: do not change it.
   *
   * @param key - the key
   * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`; rejects as `call` does
   */
  lookup(key: RegistryKey): Promise<readonly RegistryEntry<Value, Message>[]> {
    const kernel = onlyKernel()
    const mine = knownOf(kernel, this.name)
    const now = kernel.words[NAMES]!
    if (now !== mine.seen || mine.answers.size === KEYS_MAX) {
      mine.answers.clear()
      mine.seen = now
    }
    return (mine.answers.get(key) ?? this.learn(kernel, mine, key)) as Promise<readonly RegistryEntry<Value, Message>[]>
  }

  private learn(kernel: Kernel, { answers }: Known, key: RegistryKey): Promise<readonly RegistryEntry[]> {
    checkKey(key)
    const answer = this.ask(kernel, { registry: 'lookup', key }, {}) as Promise<readonly RegistryEntry[]>
    answers.set(key, answer)
    answer.catch(() => {
      if (answers.get(key) === answer) answers.delete(key)
    })
    return answer
  }

  /**
   * The process under a key, the first if there are many; nothing if there is none.
   *
   * @param key - the key
   * @throws as {@link Registry.lookup}
   */
  async whereis(key: RegistryKey): Promise<Pid<Message> | undefined> {
    return (await this.lookup(key))[0]?.pid
  }

  /**
   * The keys of a process.
   *
   * @param pid - whose
   * @param options - as of `call`
   * @throws as {@link Registry.register}
   */
  keysOf(pid: Pid<never>, options: CallOptions = {}): Promise<readonly RegistryKey[]> {
    return this.ask(kernelOf(pid), { registry: 'keys', pid }, options) as Promise<readonly RegistryKey[]>
  }

  /**
   * How many entries there are.
   *
   * @param options - as of `call`
   */
  count(options: CallOptions = {}): Promise<number> {
    return this.ask(onlyKernel(), { registry: 'count' }, options) as Promise<number>
  }

  /**
   * All entries with their keys: for dashboards; it is a message as long as the table.
   *
   * @param options - as of `call`
   */
  entries(
    options: CallOptions = {},
  ): Promise<readonly (RegistryEntry<Value, Message> & { readonly key: RegistryKey })[]> {
    return this.ask(onlyKernel(), { registry: 'entries' }, options) as Promise<never>
  }

  /**
   * Sends to the process under a key, the first if there are many. What is awaited before the next is sent arrives before that.
   *
   * @param key - the key
   * @param message - what, as of `send`
   * @returns whether there was a process
   * @throws as {@link Registry.lookup}; rejects with UncrossableError
   */
  async send(key: RegistryKey, message: Message): Promise<boolean> {
    const pid = await this.whereis(key)
    if (pid === undefined) return false
    send(pid, message as never)
    return true
  }

  /**
   * Sends to all processes under a key, a send each. For many on all schedulers a group is cheaper.
   *
   * @param key - the key
   * @param message - what, as of `send`; nothing can be transferred
   * @returns to how many
   * @throws as {@link Registry.lookup}; rejects with UncrossableError, and then some may have got it: those on this scheduler
   * @example
   * ```ts
   * import { run } from 'rumpus'
   * import { Registry } from 'rumpus/otp'
   * import assert from 'node:assert/strict'
   *
   * const listeners = new Registry('listeners')
   * await run(async (self) => {
   *   await listeners.start(self, { keys: 'duplicate' })
   *   await listeners.register('weather', self.pid)
   *   assert.equal(await listeners.dispatch('weather', 'rain'), 1)
   *   assert.equal(await self.receive(), 'rain')
   * })
   * ```
   */
  async dispatch(key: RegistryKey, message: Message): Promise<number> {
    refuseCargo('message', message)
    const all = await this.lookup(key)
    for (const { pid } of all) send(pid, message as never)
    return all.length
  }

  /**
   * Asks the process under a key, the first if there are many.
   *
   * @param key - the key
   * @param request - what, as of `call`
   * @param options - as of `call`; its time begins when the process is known
   * @returns what was replied
   * @throws as `call` does; rejects with RumpusError `ERR_RUMPUS_NOPROC` if nobody has the key
   */
  async call<Reply = unknown>(key: RegistryKey, request: unknown, options: CallOptions = {}): Promise<Reply> {
    const pid = await this.whereis(key)
    if (pid === undefined) {
      const who = `nobody has the key ${JSON.stringify(key)} in registry ${JSON.stringify(this.name)}`
      throw new RumpusError('ERR_RUMPUS_NOPROC', who, { cause: { kind: 'noproc' } })
    }
    return (await call(pid as Pid<Call>, request, options)) as Reply
  }

  private kernelOf(key: unknown, pid: number): Kernel {
    checkKey(key)
    checkPid(pid)
    return kernelOf(pid)
  }

  private ask(kernel: Kernel, request: RegistryRequest, options: CallOptions): Promise<unknown> {
    checkOnlyWait(options, true)
    return (askOutside(kernel, this.name, 'call', request, options) as Promise<Answered>).then(
      answerIn,
      (error: unknown) => {
        throw notStarted(this.name, error)
      },
    )
  }
}

/** What was answered, or the error of it. */
export const answerIn = (answered: Answered): unknown => {
  if ('value' in answered) return answered.value
  const { code, message, cause } = answered.error
  throw new RumpusError(String(code), message, { cause })
}

/** The error of one who asked the registry `name`: that it is not started, if nobody was there. */
export const notStarted = (name: string, error: unknown): unknown =>
  (error as Partial<RumpusError> | null)?.code === 'ERR_RUMPUS_NOPROC'
    ? new RumpusError('ERR_RUMPUS_NOPROC', `registry ${JSON.stringify(name)} is not started`, {
        cause: (error as Error).cause,
      })
    : error

/** Throws if `key` is none. */
export const checkKey = (key: unknown): void => {
  if (typeof key === 'string' || (typeof key === 'number' && !Number.isNaN(key))) return
  throw badArgument(TypeError, 'key', 'a text or a number', key)
}

const knownOf = (kernel: Kernel, name: string): Known => {
  let all = known.get(kernel)
  if (all === undefined) known.set(kernel, (all = new Map()))
  let mine = all.get(name)
  if (mine === undefined) all.set(name, (mine = new Known()))
  return mine
}
