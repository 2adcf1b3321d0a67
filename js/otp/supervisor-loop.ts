// The body of a supervisor: children in their order, what happens when one has ended, when it gives up. Owns the strategies; how one
// child is started and ended is in `child-life.ts`, what others may ask in `supervisor.ts`. It waits for one thing at a time, as OTP's
// does: while a child starts or ends, all else is put aside. What need not wait makes no promise: a child that is restarted alone, and
// starts at once, costs a call.

import { RumpusError } from '../errors.ts'
import { crashReport } from '../kernel/crash.ts'
import type { Process } from '../kernel/process.ts'
import { describe, toReason } from '../kernel/reasons.ts'
import { send } from '../process/send.ts'
import type { Call, ReplyTo, Self } from '../process/shapes.ts'
import { sendAfter } from '../process/timers.ts'
import type { Exit, ExitReason, Pid } from '../types.ts'
import { ChildLife } from './child-life.ts'
import type { KeptOptions } from './child-spec.ts'
import { type Child, Children, isRunning } from './children.ts'
import { answerTo } from './replies.ts'
import { type Backoff, delayOf, Restarts } from './restarts.ts'
import { isEnd, isExit } from './signals.ts'
import { type Given, notStarting, STARTED } from './starting.ts'
import { answerSupervisor, type SupervisorRequest } from './supervisor-requests.ts'
import type { SystemRequest } from './system.ts'

/** Told to itself: a child whose restart has failed, or must wait, is to be started. */
interface Again {
  readonly type: 'again'
  readonly child: number
  readonly turn: number
}

const SHUTDOWN: ExitReason = { kind: 'shutdown' }

export class SupervisorLoop {
  readonly children: Children = new Children()
  readonly options: KeptOptions
  readonly life: ChildLife
  private readonly self: Self<unknown>
  private readonly given: Given
  private readonly restarts: Restarts

  constructor(self: Self<unknown>, given: Given, options: KeptOptions) {
    this.self = self
    this.given = given
    this.options = options
    this.restarts = new Restarts(options.maxRestarts, options.within)
    this.life = new ChildLife(self, this.children, options.backoff !== undefined)
  }

  async run(): Promise<void> {
    const { self, given, options, life } = this
    self.trapExit()
    for (const spec of options.children) this.children.add(spec)
    const failed = await this.startAll([...this.children.all()])
    if (failed !== undefined) {
      await this.stopAll()
      notStarting(self as unknown as Process, given)
      self.exit({ kind: 'shutdown', value: { failed: failed.child.spec.id, reason: failed.reason } })
    }
    if (given.ack !== undefined) answerTo(given.ack, [STARTED, self.pid])
    for (;;) {
      const next = life.mail.next()
      const handling = this.handle(next instanceof Promise ? await next : next)
      if (handling !== undefined) await handling
    }
  }

  private handle(message: unknown): Promise<void> | undefined {
    if (isExit(message)) return this.heard(message)
    return this.handleOther(message)
  }

  private async handleOther(message: unknown): Promise<void> {
    const { type, from, request } = (message ?? {}) as Partial<Call>
    if ((type as string) === 'again') return this.again(message as Again)
    if (!Array.isArray(from)) return
    if ((type as string) === 'system') return this.handleSystem(from as never, (request ?? {}) as SystemRequest)
    if (type !== 'call') return
    let answered: unknown
    try {
      answered = { value: await answerSupervisor(this, request as SupervisorRequest) }
    } catch (error) {
      if (isEnd(error)) throw error
      answered = { error: describe(error) }
    }
    answerTo(from, answered)
  }

  /** It can be stopped as any server can. It has no callbacks, and so no state. */
  private async handleSystem(from: ReplyTo, { stop }: SystemRequest): Promise<void> {
    if (stop !== undefined) return this.end(toReason(stop))
    const message = 'it is a supervisor, which has no state and is not suspended: see whichChildren'
    answerTo(from, { error: describe(new RumpusError('ERR_RUMPUS_SUPERVISOR', message)) })
  }

  private heard({ pid, reason }: Exit): Promise<void> | undefined {
    const child = this.children.at(pid)
    if (child !== undefined) return this.ended(child, reason)
    return pid === 0 || pid === this.given.parent ? this.end(reason) : undefined
  }

  /** A child has ended by itself. */
  private ended(child: Child, reason: ExitReason): Promise<void> | undefined {
    const { spec } = child
    this.life.report('child-ended', child, child.pid, reason)
    this.children.noteEnded(child)
    const again = spec.restart === 'permanent' || (spec.restart === 'transient' && !isPeaceful(reason))
    if (again) return this.restart(child)
    this.forget(child)
    return spec.significant ? this.autoShutdown() : undefined
  }

  private forget(child: Child): void {
    if (child.spec.restart === 'temporary' || this.options.strategy === 'dynamic') this.children.remove(child)
  }

  private async autoShutdown(): Promise<void> {
    const { autoShutdown } = this.options
    if (autoShutdown === 'never') return
    if (autoShutdown === 'all_significant') {
      for (const child of this.children.all()) if (child.spec.significant && isRunning(child)) return
    }
    await this.end(SHUTDOWN)
  }

  /** A child is restarted, unless that is one too many. */
  private restart(child: Child): Promise<void> | undefined {
    const { options, life } = this
    const now = life.now()
    if (!this.restarts.add(now)) return this.giveUp(child)
    child.restarting = true
    const { backoff } = options
    if (backoff === undefined) return this.restartNow(child)
    if (now - child.since >= backoff.most) child.inARow = 0
    return this.restartLater(child, backoff)
  }

  private async restartLater(child: Child, backoff: Backoff): Promise<void> {
    await this.stopThoseWith(child)
    sendAfter(this.self.pid as Pid<unknown>, againFor(child), delayOf(backoff, child.inARow++))
  }

  /** The time has come to restart a child, or to try once more. */
  private async again({ child: key, turn }: Again): Promise<void> {
    const child = this.children.byKey(key)
    // Meanwhile somebody may have ended, deleted or restarted it.
    if (child === undefined || !child.restarting || child.turn !== turn) return
    if (this.options.backoff === undefined && !this.restarts.add(this.life.now())) return this.giveUp(child)
    await this.restartNow(child)
  }

  private restartNow(child: Child): Promise<void> | undefined {
    if (!this.restartsAlone) return this.restartThoseWith(child)
    const starting = this.life.start(child)
    if (starting === undefined) return undefined
    return this.awaitRestart(child, starting)
  }

  private async awaitRestart(child: Child, starting: ExitReason | Promise<ExitReason | undefined>): Promise<void> {
    const reason = await starting
    if (reason !== undefined) await this.restartFailed(child, child)
  }

  private async restartThoseWith(child: Child): Promise<void> {
    await this.stopThoseWith(child)
    const failed = await this.startAll([child, ...this.thoseWith(child)].sort((a, b) => a.key - b.key))
    if (failed !== undefined) await this.restartFailed(child, failed.child)
  }

  /** `failed` could not be started, in the restart of `child`. */
  private restartFailed(child: Child, failed: Child): Promise<void> | undefined {
    failed.restarting = true
    if (failed !== child) child.restarting = false
    // Behind what others ask, which may be to leave it.
    if (this.options.backoff !== undefined) return this.restart(failed)
    send(this.self.pid as Pid<unknown>, againFor(failed))
    return undefined
  }

  /** Nobody is restarted along with a child. */
  private get restartsAlone(): boolean {
    const { strategy } = this.options
    return strategy === 'one_for_one' || strategy === 'dynamic'
  }

  /** Who is. */
  private thoseWith(child: Child): Child[] {
    if (this.restartsAlone) return []
    const { strategy } = this.options
    return [...this.children.all()].filter(
      (other) => other !== child && (strategy === 'one_for_all' || other.key > child.key),
    )
  }

  /** They are ended in reverse order; those that are temporary are forgotten. */
  private async stopThoseWith(child: Child): Promise<void> {
    for (const other of this.thoseWith(child).reverse()) {
      await this.life.stop(other)
      if (other.spec.restart === 'temporary') this.children.remove(other)
    }
  }

  /** Starts those that do not run, in order; answers the first that could not be. */
  private async startAll(children: readonly Child[]): Promise<{ child: Child; reason: ExitReason } | undefined> {
    for (const child of children) {
      if (child.pid !== 0) continue
      const reason = await this.life.start(child)
      if (reason !== undefined) return { child, reason }
    }
    return undefined
  }

  /** One restart too many. */
  private async giveUp(child: Child): Promise<void> {
    const { maxRestarts, within } = this.options
    const who = child.spec.id === undefined ? 'a child' : `child ${JSON.stringify(child.spec.id)}`
    const error = new RumpusError(
      'ERR_RUMPUS_RESTARTS',
      `${who} was to be restarted more than ${maxRestarts} times in ${within} ms`,
    )
    this.life.report('gave-up', child, 0, SHUTDOWN)
    crashReport(this.life.kernel, this.self.pid, 'a supervisor gave up', error)
    this.children.remove(child)
    await this.end(SHUTDOWN)
  }

  /** All children end, and then it does. */
  private async end(reason: ExitReason): Promise<never> {
    await this.stopAll()
    return this.self.exit(reason)
  }

  private async stopAll(): Promise<void> {
    if (this.options.strategy === 'dynamic') return this.life.stopTogether([...this.children.all()])
    for (const child of [...this.children.all()].reverse()) await this.life.stop(child)
  }
}

const againFor = (child: Child): Again => ({ type: 'again', child: child.key, turn: ++child.turn })

/** Ends after which a transient child is not started anew. */
const isPeaceful = ({ kind }: ExitReason): boolean => kind === 'normal' || kind === 'shutdown'
