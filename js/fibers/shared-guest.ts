// The end of a shared channel on a scheduler where it was not made: a process that hears the hub, and what is told that. Owns the places
// that were lent to this end, by which it sends without asking.

import type { Kernel } from '../kernel/kernel.ts'
import { spawnHere } from '../kernel/life.ts'
import { deskOf } from '../process/desk.ts'
import { send } from '../process/send.ts'
import type { Self } from '../process/shapes.ts'
import type { Pid } from '../types.ts'
import { End, type Port } from './shared-end.ts'
import type { Asked, ToEnd, ToHub } from './shared-words.ts'

export class Guest implements Port<unknown> {
  readonly end: End<unknown> = new End<unknown>(this)
  private readonly kernel: Kernel
  private readonly hub: Pid<ToHub>
  private readonly pid: Pid<ToEnd>
  /** Places that were lent and are not used. */
  private places = 0
  /** So few are left when it asks for further ones. */
  private low = 0
  private isTold = false
  private isOver = false
  private readonly onEnd: () => void

  constructor(kernel: Kernel, hub: number, onEnd: () => void) {
    this.kernel = kernel
    this.hub = hub as Pid<ToHub>
    this.onEnd = onEnd
    this.pid = spawnHere(kernel, (self: Self<ToEnd>) => this.serve(self)).pid as Pid<ToEnd>
    // Behind all that it has said.
    deskOf(kernel).watch(hub, ({ kind }) => {
      if (kind === 'down') send(this.pid, 'end')
    })
  }

  private async serve(self: Self<ToEnd>): Promise<void> {
    try {
      while (!this.isOver) {
        this.hear(await self.receive())
        for (let next = self.tryReceive(); next !== undefined; next = self.tryReceive()) this.hear(next)
      }
    } finally {
      this.isOver = true
      this.end.end()
      this.onEnd()
    }
  }

  private hear(message: ToEnd): void {
    const { end } = this
    if (Array.isArray(message)) end.give(message[0])
    else if (message === 'recall') end.recall()
    else if (message === 'close') end.close()
    else if (message === 'settle') end.settle()
    else if (message === 'end') this.isOver = true
    else if ('failed' in (message as object)) end.fail((message as { failed: unknown }).failed)
    else {
      const { places, further } = message as { places: number; further: number }
      if (further > 0) this.isTold = false
      end.lend(places, further)
      this.low = this.places >> 1
    }
  }

  private tell(asked: Omit<Asked, 'end'>): void {
    if (!this.isOver && !this.kernel.detached) send(this.hub, { end: this.pid, ...asked })
  }

  check(item: unknown): void {
    this.kernel.codec.check(item, 'item')
  }

  tryPut(item: unknown): boolean {
    if (this.places === 0) return false
    send(this.hub, [this.pid, item])
    this.places--
    if (this.places <= this.low && !this.isTold) {
      this.isTold = true
      this.tell({ further: true })
    }
    return true
  }

  /** What is there is in the hub. */
  tryTake(): undefined {
    return undefined
  }

  want(more: number): void {
    this.tell({ want: more })
  }

  room(more: number): void {
    if (more > 0 && !this.isTold) {
      this.isTold = true
      this.tell({ room: more, further: true })
    } else this.tell({ room: more })
  }

  accept(places: number): void {
    this.places += places
  }

  unlend(): void {
    const { places } = this
    this.places = 0
    if (places > 0) this.tell({ unlend: places })
  }

  putBack(item: unknown): void {
    this.tell({ back: [item] })
  }

  settled(): void {
    this.tell({ settled: true })
  }

  close(): void {
    this.tell({ close: true })
  }
}
