// The table of a registry: who is registered under which key. Owns the table, and who hears that it has changed. It lies in one server
// process, because no store of Rust holds it: a change is one message to that process, so two never overlap. What other schedulers
// have looked up they keep (`registry.ts`) until the runtime's count of changed names goes up, which is a word of their own page; the
// table makes it do so after every change and before it answers for it. Never true in it: that a change was answered for and a
// look-up which begins later does not know it.

import { RumpusError } from '../errors.ts'
import type { Kernel } from '../kernel/kernel.ts'
import type { Process } from '../kernel/process.ts'
import { describe } from '../kernel/reasons.ts'
import { formatPid } from '../pid.ts'
import { reply } from '../process/call.ts'
import { exit, isAlive } from '../process/exit.ts'
import type { ReplyTo } from '../process/shapes.ts'
import { Down, type ErrorDescription, type Exit, type Pid } from '../types.ts'
import { NO_REPLY, type NoReply } from './actions.ts'
import { Server } from './server.ts'

/** What processes are registered under. */
export type RegistryKey = string | number

/** One process under a key. */
export interface RegistryEntry<Value = unknown, Message = unknown> {
  /** Who. */
  readonly pid: Pid<Message>
  /** What was given with it. */
  readonly value: Value
}

/** What is asked. */
export type RegistryRequest =
  | { readonly registry: 'register'; readonly key: RegistryKey; readonly pid: number; readonly value: unknown }
  | { readonly registry: 'unregister'; readonly key: RegistryKey; readonly pid: number }
  | { readonly registry: 'lookup'; readonly key: RegistryKey }
  | { readonly registry: 'keys'; readonly pid: number }
  | { readonly registry: 'count' | 'entries' }

/** What is answered. */
export type Answered = { readonly value: unknown } | { readonly error: ErrorDescription }

/** How the table is. */
export interface TableOptions {
  readonly keys: 'unique' | 'duplicate'
}

interface Holder {
  readonly ref: number
  readonly keys: Set<RegistryKey>
}

type Register = Extract<RegistryRequest, { registry: 'register' }>

const NOBODY: ReadonlyMap<number, unknown> = new Map()

export class RegistryTable extends Server<RegistryRequest> {
  readonly #entries = new Map<RegistryKey, Map<number, unknown>>()
  readonly #holders = new Map<number, Holder>()
  /** What waits for the end of whoever has the key and is ending. */
  readonly #waiting = new Map<number, { readonly request: Register; readonly from: ReplyTo }[]>()
  #isUnique = true
  /** A process that nobody knows and that has no name but for moments. */
  #teller = 0

  override init({ keys }: TableOptions): void {
    this.#isUnique = keys === 'unique'
    this.#teller = this.self.spawnLink(async (me) => void (await me.receive()))
  }

  override terminate(): void {
    exit(this.#teller as Pid)
  }

  override handleCall(request: RegistryRequest, from: ReplyTo): Answered | NoReply {
    try {
      if (request.registry === 'register') return this.#register(request, from)
      return { value: this.#answer(request) }
    } catch (error) {
      if (!(error instanceof RumpusError)) throw error
      return { error: describe(error) }
    }
  }

  override handleInfo(message: unknown): void {
    if (message instanceof Down) this.#ended(message)
    else super.handleInfo(message as Exit)
  }

  #answer(request: Exclude<RegistryRequest, Register>): unknown {
    switch (request.registry) {
      case 'unregister':
        return this.#unregister(request.key, request.pid)
      case 'lookup':
        return entriesOf(this.#entries.get(request.key) ?? NOBODY)
      case 'keys':
        return [...(this.#holders.get(request.pid)?.keys ?? [])]
      case 'count':
        return this.#count()
      case 'entries':
        return [...this.#entries].flatMap(([key, under]) => entriesOf(under).map((entry) => ({ key, ...entry })))
    }
  }

  #count(): number {
    let count = 0
    for (const under of this.#entries.values()) count += under.size
    return count
  }

  #register(request: Register, from: ReplyTo): Answered | NoReply {
    const { key, pid, value } = request
    if (!isAlive(pid as Pid)) {
      const message = `process ${formatPid(pid as Pid)} cannot be registered: it has ended, or must`
      throw new RumpusError('ERR_RUMPUS_NOPROC', message)
    }
    const under = this.#entries.get(key)
    if (this.#isUnique && under !== undefined && !under.has(pid)) {
      const [holder = 0] = under.keys()
      if (isAlive(holder as Pid)) throw taken(key, holder)
      // Its end is on the way here. Whoever restarts it may have heard first.
      const behind = this.#waiting.get(holder) ?? []
      this.#waiting.set(holder, behind)
      behind.push({ request, from })
      return NO_REPLY
    }
    if (under === undefined) this.#entries.set(key, new Map([[pid, value]]))
    else under.set(pid, value)
    this.#holderOf(pid).keys.add(key)
    this.#tell()
    return { value: undefined }
  }

  #holderOf(pid: number): Holder {
    const known = this.#holders.get(pid)
    if (known !== undefined) return known
    const holder = { ref: this.self.monitor(pid as Pid), keys: new Set<RegistryKey>() }
    this.#holders.set(pid, holder)
    return holder
  }

  #unregister(key: RegistryKey, pid: number): boolean {
    const holder = this.#holders.get(pid)
    if (holder === undefined || !holder.keys.delete(key)) return false
    this.#remove(key, pid)
    // Somebody may wait for the end of one that is ending.
    if (holder.keys.size === 0 && !this.#waiting.has(pid)) {
      this.#holders.delete(pid)
      this.self.demonitor(holder.ref, { flush: true })
    }
    this.#tell()
    return true
  }

  #remove(key: RegistryKey, pid: number): void {
    const under = this.#entries.get(key)
    under?.delete(pid)
    if (under?.size === 0) this.#entries.delete(key)
  }

  #ended({ pid, ref }: Down): void {
    const holder = this.#holders.get(pid)
    if (holder?.ref !== ref) return
    this.#holders.delete(pid)
    for (const key of holder.keys) this.#remove(key, pid)
    this.#tell()
    const behind = this.#waiting.get(pid) ?? []
    this.#waiting.delete(pid)
    for (const { request, from } of behind) {
      const answer = this.handleCall(request, from)
      if (answer !== NO_REPLY) reply(from, answer)
    }
  }

  /** Has every scheduler look its names up anew: what it has looked up here, too. A name comes and goes that nobody looks for. */
  #tell(): void {
    const { handle } = (this.self as unknown as Process).home as Kernel
    const name = `rumpus:registry/${this.self.pid}`
    handle.register(name, this.#teller)
    handle.unregister(name)
  }
}

const entriesOf = (under: ReadonlyMap<number, unknown>): RegistryEntry[] =>
  [...under].map(([pid, value]) => ({ pid: pid as Pid<unknown>, value }))

const taken = (key: RegistryKey, holder: number): RumpusError => {
  const message = `the key ${JSON.stringify(key)} belongs to process ${formatPid(holder as Pid)}`
  return new RumpusError('ERR_RUMPUS_KEY_TAKEN', message, { cause: { pid: holder } })
}
