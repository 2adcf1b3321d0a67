// Who writes a line: the piece of JSON with the pid, the name and the scheduler that stands in every line of a process. Owns that the
// name is the one that the process has when the line is written: it costs a look at one word while no name changes hands.

import type { Kernel } from '../kernel/kernel.ts'
import { NAMES } from '../kernel/words.ts'

/** Under this a logger has who writes by it; its children have it from it. */
export const WHO: unique symbol = Symbol('who')

/** What stands in a line of nobody's, or of somebody who is gone. */
export class Who {
  protected piece: string

  constructor(scheduler: number, pid: number, name: string | undefined) {
    this.piece = pieceOf(scheduler, pid, name)
  }

  /** Begins with a comma. */
  shown(): string {
    return this.piece
  }
}

/** The same of a process that lives. */
export class Living extends Who {
  private readonly kernel: Kernel
  private readonly pid: number
  private seen: number

  constructor(kernel: Kernel, pid: number) {
    super(kernel.id, pid, kernel.handle.nameOf(pid) ?? undefined)
    this.kernel = kernel
    this.pid = pid
    this.seen = kernel.words[NAMES]!
  }

  override shown(): string {
    const { kernel } = this
    // Who has no kernel any more has the name that it had.
    if (!kernel.detached && kernel.words[NAMES] !== this.seen) this.look()
    return this.piece
  }

  private look(): void {
    const { kernel, pid } = this
    this.seen = kernel.words[NAMES]!
    this.piece = pieceOf(kernel.id, pid, kernel.handle.nameOf(pid) ?? undefined)
  }
}

const pieceOf = (scheduler: number, pid: number, name: string | undefined): string =>
  `,"scheduler":${scheduler}${pid === 0 ? '' : `,"pid":${pid}`}${name === undefined ? '' : `,"name":${JSON.stringify(name)}`}`
