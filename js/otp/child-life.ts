// How a supervisor starts one child and ends one or many. Owns the handshake with a child that starts, the order of asking and killing
// at its end, and what is told of it: to the channel `rumpus:supervisor` as data, and to the log what restarting does not mend.

import { builtin } from '../builtin.ts'
import { type RumpusError, TimeoutError } from '../errors.ts'
import { crashReport } from '../kernel/crash.ts'
import type { Kernel } from '../kernel/kernel.ts'
import { postExit } from '../kernel/post.ts'
import type { Process } from '../kernel/process.ts'
import { describe } from '../kernel/reasons.ts'
import { BIRTH_LINKED } from '../kernel/words.ts'
import { isAlive } from '../process/exit.ts'
import type { ReplyTo, Self, SpawnOptions } from '../process/shapes.ts'
import type { ExitReason, Pid } from '../types.ts'
import type { Kept } from './child-spec.ts'
import type { Child, Children } from './children.ts'
import { PutAside } from './put-aside.ts'
import { codeOf, isDown, isEnd, isExit } from './signals.ts'
import { notStarted, spawnOne } from './start-server.ts'
import { type AnyDefinition, type Given, toSpawn } from './starting.ts'

const { channel } = builtin('node:diagnostics_channel')

/** What a supervisor did, or met. */
export interface SupervisorReport {
  /** Whose report it is. */
  readonly supervisor: Pid
  /**
   * `'child-ended'`: by itself, for `reason`; `'child-started'`: with `pid`; `'start-failed'`: for `reason`; `'child-killed'`: it did not
   * end in its time; `'gave-up'`: too many restarts.
   */
  readonly event: 'child-ended' | 'child-started' | 'start-failed' | 'child-killed' | 'gave-up'
  /** Of the child, if it has one. */
  readonly id: string | undefined
  /** Of the child, or 0 if it has none. */
  readonly pid: Pid
  /** Why; a normal one where nothing went wrong. */
  readonly reason: ExitReason
  /** Of one that has been started anew: whom it replaces, if that ended by itself while somebody listened, and how long ago. */
  readonly restartOf?: {
    /** Whom. */
    readonly pid: Pid
    /** Milliseconds since its end. */
    readonly ms: number
  }
}

const reports = channel('rumpus:supervisor')
const KILLED: ExitReason = { kind: 'killed' }
const SHUTDOWN: ExitReason = { kind: 'shutdown' }
const NORMAL: ExitReason = { kind: 'normal' }
const FOREVER = Number.POSITIVE_INFINITY
/** How long to wait for a name whose holder does not seem to be ending, in milliseconds. */
const NAME_MS = 1_000
/** How many are told to end before others have their turn. */
const TOLD_AT_ONCE = 512

export class ChildLife {
  readonly kernel: Kernel
  readonly mail: PutAside
  private readonly self: Self<unknown>
  private readonly children: Children
  /** Somebody asks how long a child has lived. */
  private readonly datesStarts: boolean
  /** Who ended by itself while somebody listened, until its successor has started. */
  private ended: WeakMap<Child, { readonly pid: Pid; readonly atMs: number }> | undefined = undefined
  private starts = 0

  constructor(self: Self<unknown>, children: Children, datesStarts: boolean) {
    this.self = self
    this.kernel = (self as unknown as Process).home as Kernel
    this.children = children
    this.datesStarts = datesStarts
    this.mail = new PutAside(self, this.kernel)
  }

  now(): number {
    return this.kernel.loop.now()
  }

  /**
   * Starts a child; why it could not be, if so. One that ends in its `init` has not started, whatever its reason. Where there is
   * nothing to wait for, the answer is no promise.
   */
  start(child: Child): ExitReason | undefined | Promise<ExitReason | undefined> {
    const { spec } = child
    const number = ++this.starts
    let pid: number
    try {
      pid = this.spawn(spec, number)
    } catch (error) {
      const isTaken = codeOf(error) === 'ERR_RUMPUS_NAME_TAKEN'
      return isTaken ? this.startWhenNameIsFree(child, number, error as RumpusError) : this.notSpawned(child, error)
    }
    return this.spawned(child, number, pid)
  }

  /** Whoever has the name may be ending: a supervisor before this one has been killed, and its children are not dead yet. */
  private async startWhenNameIsFree(
    child: Child,
    number: number,
    { cause }: RumpusError,
  ): Promise<ExitReason | undefined> {
    let pid: number
    try {
      await this.awaitEnd((cause as { pid: Pid }).pid, child.spec.startTimeout)
      pid = this.spawn(child.spec, number)
    } catch (error) {
      return this.notSpawned(child, error)
    }
    return this.spawned(child, number, pid)
  }

  private spawned(child: Child, number: number, pid: number): undefined | Promise<ExitReason | undefined> {
    this.children.noteStarted(child, pid, this.datesStarts ? this.now() : 0)
    if (child.spec.starts) return this.awaitInit(child, number)
    this.noteRunning(child)
    return undefined
  }

  private async awaitInit(child: Child, number: number): Promise<ExitReason | undefined> {
    const reason = await this.awaitStart(child, number)
    if (reason !== undefined) return this.failed(child, reason)
    this.noteRunning(child)
    return undefined
  }

  private noteRunning(child: Child): void {
    child.restarting = false
    this.report('child-started', child, child.pid, NORMAL)
  }

  private notSpawned(child: Child, error: unknown): ExitReason {
    if (isEnd(error)) throw error
    if (this.kernel.handle.stopping) this.self.exit(SHUTDOWN)
    return this.failed(child, { kind: 'error', error: describe(error) })
  }

  private failed(child: Child, reason: ExitReason): ExitReason {
    this.report('start-failed', child, 0, reason)
    const who = child.spec.id === undefined ? 'a child' : `child ${JSON.stringify(child.spec.id)}`
    crashReport(this.kernel, this.self.pid, `a supervisor could not start ${who}`, notStarted(reason))
    return reason
  }

  private spawn(spec: Kept, number: number): number {
    const { self, kernel } = this
    // Killed while it was about to go on: a child would be linked to nobody.
    ;(self as unknown as Process).check()
    const ack = spec.starts ? ([self.pid, number] as unknown as ReplyTo) : undefined
    const given: Given = { ack, parent: self.pid, unlinks: false }
    const { what, rest } =
      typeof spec.what === 'function'
        ? toSpawn(spec.what, given, spec.args)
        : { what: definitionOf(spec.what), rest: spec.starts ? [given, spec.args] : spec.args }
    return spawnOne(kernel, self.pid, what, rest, spec.options, BIRTH_LINKED)
  }

  private async awaitEnd(pid: Pid, ms: number): Promise<void> {
    const { self, mail } = this
    const ref = self.monitor(pid)
    const hear = (message: unknown): boolean | undefined => (isDown(message) && message.ref === ref ? true : undefined)
    const isDone = await mail.until(hear, isAlive(pid) ? Math.min(NAME_MS, ms) : ms)
    if (!isDone) self.demonitor(ref, { flush: true })
  }

  /** Waits until it has started, or why it has not. */
  private async awaitStart(child: Child, number: number): Promise<ExitReason | undefined> {
    const { mail, children } = this
    const { pid, spec } = child
    let reason: ExitReason | undefined
    const take = (message: unknown): boolean | undefined => {
      if (Array.isArray(message) && message[0] === number) return true
      if (!(isExit(message) && message.pid === pid)) return undefined
      reason = message.reason
      return true
    }
    if (!(await mail.until(take, spec.startTimeout))) {
      const error = describe(new TimeoutError(spec.startTimeout))
      await this.stop(child, 'brutal')
      return { kind: 'error', error: { ...error, message: `its init was not over within ${spec.startTimeout} ms` } }
    }
    if (reason !== undefined) children.noteEnded(child)
    return reason
  }

  /** Ends a child and waits until it is dead. */
  async stop(child: Child, how: Kept['shutdown'] = child.spec.shutdown): Promise<void> {
    const { self, mail, kernel, children } = this
    const { pid } = child
    child.restarting = false
    if (pid === 0) return
    // Whatever it did to its link.
    const ref = self.monitor(pid as Pid)
    children.noteEnded(child)
    const hear = (message: unknown): boolean | undefined => {
      if (isDown(message) && message.ref === ref) return true
      // Its link says the same.
      return isExit(message) && message.pid === pid ? false : undefined
    }
    if (how !== 'brutal') {
      postExit(kernel, 0, pid, SHUTDOWN, false)
      if (await mail.until(hear, how)) return
      this.killed(child, pid)
    }
    postExit(kernel, 0, pid, KILLED, true)
    await mail.until(hear, FOREVER)
  }

  /** Ends many at the same time: as many steps as there are. */
  async stopTogether(all: readonly Child[]): Promise<void> {
    const { self, mail, kernel, children } = this
    const waits = new Map<number, Child>()
    const pids = new Map<Child, number>()
    for (const child of all) {
      const { pid } = child
      child.restarting = false
      if (pid === 0) continue
      pids.set(child, pid)
      waits.set(self.monitor(pid as Pid), child)
      children.noteEnded(child)
      const brutal = child.spec.shutdown === 'brutal'
      postExit(kernel, 0, pid, brutal ? KILLED : SHUTDOWN, brutal)
      // Others on this scheduler have their turn meanwhile.
      if (pids.size % TOLD_AT_ONCE === 0) await self.yield()
    }
    const ended = new Set(pids.values())
    const hear = (message: unknown): boolean | undefined => {
      if (isExit(message) && ended.has(message.pid)) return false
      if (!(isDown(message) && waits.has(message.ref))) return undefined
      waits.delete(message.ref)
      return waits.size === 0
    }
    const since = this.now()
    for (const ms of [...new Set(all.map(({ spec }) => timeOf(spec)))].sort((a, b) => a - b)) {
      if (waits.size === 0 || (await mail.until(hear, Math.max(0, since + ms - this.now())))) return
      for (const child of waits.values()) {
        if (timeOf(child.spec) !== ms) continue
        const pid = pids.get(child)!
        this.killed(child, pid)
        postExit(kernel, 0, pid, KILLED, true)
      }
    }
    if (waits.size > 0) await mail.until(hear, FOREVER)
  }

  private killed(child: Child, pid: number): void {
    this.report('child-killed', child, pid, KILLED)
    const who = child.spec.id === undefined ? `child ${pid}` : `child ${JSON.stringify(child.spec.id)}`
    const error = new TimeoutError(child.spec.shutdown as number, `it did not end within ${child.spec.shutdown} ms`)
    crashReport(this.kernel, this.self.pid, `a supervisor killed ${who}`, error)
  }

  report(event: SupervisorReport['event'], child: Child, pid: number, reason: ExitReason): void {
    if (!reports.hasSubscribers) return
    const supervisor = this.self.pid as Pid
    this.ended ??= new WeakMap()
    const before = this.ended.get(child)
    this.ended.delete(child)
    if (event === 'child-ended') this.ended.set(child, { pid: pid as Pid, atMs: this.now() })
    const isRestart = event === 'child-started' && before !== undefined
    const restartOf = isRestart ? { restartOf: { pid: before.pid, ms: this.now() - before.atMs } } : {}
    reports.publish({
      supervisor,
      event,
      id: child.spec.id,
      pid: pid as Pid,
      reason,
      ...restartOf,
    } satisfies SupervisorReport)
  }
}

/** How long a child has; it is killed at once or never, too. */
const timeOf = ({ shutdown }: Kept): number => (shutdown === 'brutal' ? FOREVER : shutdown)

const nobody = (): void => {}

/** The definition that these words name. */
const definitionOf = (what: {
  readonly url: string
  readonly name: string
  readonly options: SpawnOptions
}): AnyDefinition => ({
  ...what,
  body: nobody,
  with: (more) => definitionOf({ ...what, options: { ...what.options, ...more } }),
})
