// A mailbox out of which one thing is awaited while all else is put aside, in order, each looked at once. Owns what was put aside; a
// supervisor that waits for a hundred thousand ends among other mail takes as many steps.

import type { Kernel } from '../kernel/kernel.ts'
import type { Self } from '../process/shapes.ts'
import { codeOf } from './signals.ts'

export class PutAside {
  private readonly self: Self<unknown>
  private readonly kernel: Kernel
  private aside: unknown[] = []
  private at = 0

  constructor(self: Self<unknown>, kernel: Kernel) {
    this.self = self
    this.kernel = kernel
  }

  /** The next message, those that were put aside first. */
  next(): unknown | Promise<unknown> {
    if (this.at === this.aside.length) return this.self.receive()
    const message = this.aside[this.at]
    this.aside[this.at++] = undefined
    if (this.at === this.aside.length) {
      this.aside = []
      this.at = 0
    }
    return message
  }

  /**
   * Gives `take` every message that comes from now on until it answers true: the message was what is awaited, or belongs to it. Those
   * of which it answers undefined are put aside. False if `ms` milliseconds have passed before.
   */
  async until(take: (message: unknown) => boolean | undefined, ms: number): Promise<boolean> {
    const { self, kernel } = this
    const limit = ms === Number.POSITIVE_INFINITY ? ms : kernel.loop.now() + ms
    for (;;) {
      let message: unknown
      if (limit === Number.POSITIVE_INFINITY) message = await self.receive()
      else {
        const timeout = Math.max(0, limit - kernel.loop.now())
        try {
          message = await self.receive({ timeout })
        } catch (error) {
          if (codeOf(error) === 'ERR_RUMPUS_TIMEOUT') return false
          throw error
        }
      }
      const taken = take(message)
      if (taken === true) return true
      if (taken === undefined) this.aside.push(message)
    }
  }
}
