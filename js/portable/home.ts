// A portable runtime as its verbs know it: its scheduler, the mode of its messages, its desk. No behaviour of its own beyond
// finding a process and sending to one; the handle that users hold is in `runtime.ts`.

import { stopped } from '../errors.ts'
import type { MessageMode } from '../kernel/settings.ts'
import type { Around } from '../model/around.ts'
import { find } from '../model/births.ts'
import { checkName } from '../model/checks.ts'
import type { Process } from '../model/process.ts'
import { Scheduler } from '../model/scheduler.ts'
import { pidOf } from '../pid.ts'
import type { Runtime } from '../process/shapes.ts'
import { carry } from './carry.ts'
import { Desk } from './desk.ts'

/** The number of the only scheduler, as the host's. */
export const HERE = 0

export class Home {
  readonly number: number
  readonly scheduler: Scheduler
  readonly mode: MessageMode
  readonly desk: Desk
  /** What its users hold. */
  runtime!: Runtime
  /** Nobody is spawned any more. */
  closing = false
  /** Nobody is there any more. */
  closed = false

  constructor(around: Around, mode: MessageMode) {
    this.number = around.number
    this.scheduler = new Scheduler(around)
    this.mode = mode
    // A pid like any, so that it can be sent to.
    this.desk = new Desk(pidOf(around.number, ++around.serials.last))
  }

  /** The process that a pid or a name means, if it is not dead. */
  whom(to: number | string): Process | undefined {
    if (typeof to !== 'string') return find(this.scheduler, to)
    checkName('to', to)
    return this.scheduler.named(to)
  }

  /** Sends to whoever that is. */
  send(to: number | string, message: unknown): void {
    if (this.closed) throw stopped()
    if (to === this.desk.pid) return this.answer(message)
    const process = this.whom(to)
    this.scheduler.send(process, carry(this.mode, process, message))
  }

  /** An answer comes to the desk; a message like any, in the books. */
  private answer(message: unknown): void {
    const { counts } = this.scheduler
    counts.accepted++
    counts.received++
    if (Array.isArray(message)) this.desk.hear(message[0], message[1])
  }

  /** A reference for a timer: below 0, and of this runtime. */
  timerRef(): number {
    return -pidOf(this.number, ++this.scheduler.references)
  }
}
