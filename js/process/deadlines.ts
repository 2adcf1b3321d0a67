// Deadlines: how long those wait who wait at a desk. Owns the lines in which they stand, one for each length of time, so that
// each is in the order of its deadlines and needs one timer, that of its first. Most leave before their time: that costs no timer.

import type { Kernel } from '../kernel/kernel.ts'
import { postAfter, postCancel } from '../kernel/post-timers.ts'

/** Those who wait equally long. */
export interface Line {
  readonly id: number
  readonly ms: number
  first: Deadline | undefined
  last: Deadline | undefined
  /** 0 if none is set. */
  timer: number
  /** Nobody stood in it once, and it will be looked at again. */
  isIdle: boolean
}

/** Somebody who may wait until a deadline. */
export abstract class Deadline {
  /** In which it stands. */
  line: Line | undefined = undefined
  /** By the clock of the loop. */
  dueMs = 0
  before: Deadline | undefined = undefined
  behind: Deadline | undefined = undefined
  /** Its time has come; it stands in no line any more. */
  abstract due(): void
}

export class Deadlines {
  private readonly kernel: Kernel
  /** Who is told by the timers. */
  private readonly pid: number
  private readonly byMs = new Map<number, Line>()
  private readonly byId = new Map<number, Line>()
  private lastId = 0

  constructor(kernel: Kernel, pid: number) {
    this.kernel = kernel
    this.pid = pid
  }

  /** It is due in `ms` milliseconds, unless it is removed before. */
  add(deadline: Deadline, ms: number): void {
    const line = this.byMs.get(ms) ?? this.newLine(ms)
    const before = line.last
    if (line.timer === 0) this.arm(line, ms)
    deadline.dueMs = this.kernel.loop.now() + ms
    deadline.line = line
    deadline.before = before
    if (before === undefined) line.first = deadline
    else before.behind = deadline
    line.last = deadline
  }

  /** Takes one out of its line; answers that if nobody stands there now, for `close`. */
  remove(deadline: Deadline): Line | undefined {
    const { line, before, behind } = deadline
    if (line === undefined) return undefined
    deadline.line = undefined
    deadline.before = undefined
    deadline.behind = undefined
    if (before === undefined) line.first = behind
    else before.behind = behind
    if (behind === undefined) line.last = before
    else behind.before = before
    return line.first === undefined ? line : undefined
  }

  /** Closes a line in which nobody stands any more. */
  close(line: Line): void {
    if (line.first !== undefined || this.byId.get(line.id) !== line) return
    this.byMs.delete(line.ms)
    this.byId.delete(line.id)
    if (line.timer !== 0) postCancel(this.kernel, line.timer)
  }

  /** The timer of a line has fired. */
  fired(id: number): void {
    const line = this.byId.get(id)
    if (line === undefined) return
    line.timer = 0
    const now = this.kernel.loop.now()
    for (let next = line.first; next !== undefined; next = line.first) {
      if (next.dueMs > now) return this.arm(line, next.dueMs - now)
      this.remove(next)
      next.due()
    }
    this.close(line)
  }

  private newLine(ms: number): Line {
    const line = { id: ++this.lastId, ms, first: undefined, last: undefined, timer: 0, isIdle: false }
    this.byMs.set(ms, line)
    this.byId.set(line.id, line)
    return line
  }

  private arm(line: Line, ms: number): void {
    line.timer = postAfter(this.kernel, this.pid, line.id, ms, 0)
  }
}
