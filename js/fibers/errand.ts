// An errand: what a fiber has had started on another core, until it has heard what became of it. Owns that it hears once, and waits
// until the other end is over, also when it is cancelled. Never true in it: two outcomes.

import { Computation } from '../effect/computation.ts'
import type { Fiber, Wait } from '../effect/fiber.ts'
import { stopped } from '../errors.ts'
import type { Kernel } from '../kernel/kernel.ts'
import { postExit } from '../kernel/post.ts'
import { type Desk, deskOf, ended, type News, Waiter } from '../process/desk.ts'
import type { Definition, ReplyTo } from '../process/shapes.ts'
import { spawnMonitor } from '../process/spawn.ts'
import type { Pid } from '../types.ts'

/** What the other end says. */
export type Said = readonly ['value', unknown] | readonly ['error', unknown]

/** What became of it: what it said, or why there is nothing to hear. */
export type Became = Said | readonly ['lost', Error]

export class Errand extends Waiter implements Wait {
  /** For reports. */
  readonly what: string
  readonly holders: readonly Fiber[] = []
  readonly isForeign: boolean = true
  readonly became: Computation<Became> = new Computation<Became>()
  private readonly kernel: Kernel
  private readonly desk: Desk
  private pid = 0
  private ref = 0

  constructor(kernel: Kernel, name: string) {
    super()
    this.what = `${JSON.stringify(name)} on another core`
    this.kernel = kernel
    this.desk = deskOf(kernel)
    this.desk.open(this)
  }

  get isOver(): boolean {
    return !this.became.isRunning
  }

  /** Where the other end says it. */
  get from(): ReplyTo {
    return [this.desk.pid as Pid<never>, this.number] as ReplyTo
  }

  /** Starts the other end, which is watched from its birth: it may be over before a monitor could be set. */
  start(what: Definition<never, readonly unknown[]>, args: readonly unknown[]): void {
    const { kernel, desk } = this
    const [pid, ref] = spawnMonitor(kernel, desk.pid, what, [{ from: this.from }, args])
    this.pid = pid
    if (!this.became.isRunning) return
    this.ref = ref
    desk.watchUnder(ref, (news) => this.hear(news))
  }

  /** Nothing was started. */
  forget(): void {
    this.desk.forget(this)
  }

  override answer(said: unknown): void {
    this.forget()
    if (this.ref !== 0) this.desk.unwatch(this.ref)
    this.became.return(said as Said)
  }

  hear(news: News): void {
    this.forget()
    this.became.return(['lost', news.kind === 'down' ? ended(news.down.reason) : stopped()])
  }

  /** Asks the other end to come to its end: it hears of `reason` as its cancellation. */
  cancel(reason: unknown): void {
    const { kernel, pid } = this
    if (!kernel.detached) postExit(kernel, 0, pid, { kind: 'shutdown', value: reason }, false)
  }
}
