// The end of a shared channel on a scheduler where it was not made: a process that hears the hub, and what is told that. Owns the places
// that were lent to this end, by which it sends without asking.

import type { Kernel } from '../kernel/kernel.ts'
import { spawnHere } from '../kernel/life.ts'
import { deskOf } from '../process/desk.ts'
import { send } from '../process/send.ts'
import type { Self } from '../process/shapes.ts'
import type { Pid } from '../types.ts'
import { End, type Port } from './shared-end.ts'
import { type Asked, asItem, asWord, read, type Told } from './shared-words.ts'

export class Guest implements Port<unknown> {
  readonly end: End<unknown> = new End<unknown>(this)
  private readonly kernel: Kernel
  private readonly hub: Pid<unknown>
  /** Who takes the items of this end. */
  private intake = 0 as Pid<unknown>
  private readonly pid: Pid<unknown>
  /** Places that were lent and are not used. */
  private places = 0
  /** So few are left when it asks for further ones. */
  private low = 0
  private isTold = false
  private isOver = false
  private readonly onEnd: () => void

  constructor(kernel: Kernel, hub: number, onEnd: () => void) {
    this.kernel = kernel
    this.hub = hub as Pid<unknown>
    this.onEnd = onEnd
    this.pid = spawnHere(kernel, (self: Self<unknown>) => this.serve(self)).pid as Pid<unknown>
    // Behind all that it has said.
    deskOf(kernel).watch(hub, ({ kind }) => {
      if (kind === 'down') send(this.pid, asWord('end' satisfies Told))
    })
  }

  private async serve(self: Self<unknown>): Promise<void> {
    const { end } = this
    const onItem = (item: unknown): void => end.give(item)
    const onWord = (word: Told): void => this.hear(word)
    try {
      while (!this.isOver) {
        read(await self.receive(), onItem, onWord)
        for (let next = self.tryReceive(); next !== undefined; next = self.tryReceive()) read(next, onItem, onWord)
      }
    } finally {
      this.isOver = true
      end.end()
      this.onEnd()
    }
  }

  private hear(word: Told): void {
    const { end } = this
    if (word === 'end') this.isOver = true
    else if (word === 'recall') end.recall()
    else if (word === 'close') end.close()
    else if (word === 'settle') end.settle()
    else if ('failed' in word) end.fail(word.failed)
    else {
      if (word.further > 0) this.isTold = false
      this.intake = word.intake as Pid<unknown>
      end.lend(word.places, word.further)
      this.low = this.places >> 1
    }
  }

  private tell(asked: Omit<Asked, 'end'>): void {
    if (!this.isOver && !this.kernel.detached) send(this.hub, asWord({ end: this.pid, ...asked } satisfies Asked))
  }

  check(item: unknown): void {
    this.kernel.codec.check(item, 'item')
  }

  tryPut(item: unknown): boolean {
    if (this.places === 0) return false
    send(this.intake, asItem(item))
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
