// Line: fibers in the order in which they became ready. Owns that taking some costs those that are taken, however many wait.

import { type Fiber, unsuspend } from './fiber.ts'

export class Line {
  private fibers: Fiber[] = []
  private head = 0

  get length(): number {
    return this.fibers.length - this.head
  }

  push(fiber: Fiber): void {
    this.fibers.push(fiber)
  }

  /** Continues the first `count`; those that become ready meanwhile are behind. */
  release(count: number): void {
    const { fibers } = this
    const end = this.head + count
    if (end === fibers.length) {
      this.fibers = []
      const { head } = this
      this.head = 0
      for (let at = head; at < end; at++) unsuspend(fibers[at]!)
      return
    }
    while (this.head < end) unsuspend(fibers[this.head++]!)
    if (this.head * 2 < fibers.length) return
    this.fibers = fibers.slice(this.head)
    this.head = 0
  }
}
