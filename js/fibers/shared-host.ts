// The hub of a shared channel, where it was made: its process, which hears the ends on other schedulers, and the end here, which speaks to
// it by calls. Owns who has a seat; one that has died loses it, and what it was lent is free again.

import { UncrossableError } from '../errors.ts'
import type { Kernel } from '../kernel/kernel.ts'
import { spawnHere } from '../kernel/life.ts'
import { deskOf } from '../process/desk.ts'
import { send } from '../process/send.ts'
import type { Self } from '../process/shapes.ts'
import type { Pid } from '../types.ts'
import { End, type Port } from './shared-end.ts'
import { Hub, type Seat, type Taker } from './shared-hub.ts'
import { DONE, type Put, type ToEnd, type ToHub } from './shared-words.ts'

export class Host {
  /** The process of the hub: by it others find it. */
  readonly pid: number
  /** The end of this scheduler. */
  readonly end: End<unknown>
  private readonly kernel: Kernel
  private readonly hub: Hub<unknown>
  private readonly seats = new Map<number, Seat<unknown>>()
  private readonly onEnd: () => void

  constructor(kernel: Kernel, capacity: number, onEnd: () => void) {
    this.kernel = kernel
    this.onEnd = onEnd
    this.pid = spawnHere(kernel, (self: Self<ToHub>) => this.serve(self)).pid
    const done = (): void => send(this.pid as Pid<ToHub>, DONE)
    this.hub = new Hub(capacity, (then) => kernel.loop.soon(then), done)
    const port = new LocalPort(kernel, this.hub)
    this.end = new End(port)
    port.seat = this.hub.enter(this.end)
  }

  private async serve(self: Self<ToHub>): Promise<void> {
    try {
      while (!this.hub.isDone) {
        this.hear(await self.receive())
        for (let next = self.tryReceive(); next !== undefined; next = self.tryReceive()) this.hear(next)
      }
    } finally {
      this.end.end()
      this.onEnd()
    }
  }

  private hear(message: ToHub): void {
    if (message === DONE) return
    const { hub } = this
    if (Array.isArray(message)) {
      const [end, item] = message as Put
      hub.put(this.seatOf(end), item)
      return
    }
    const { end, want, room, further, unlend, back, settled, close } = message as Exclude<ToHub, Put | typeof DONE>
    const seat = this.seatOf(end)
    if (further === true) seat.likesFurther = true
    if (back !== undefined) hub.putBack(seat, back[0])
    if (want !== undefined) hub.want(seat, want)
    if (unlend !== undefined) hub.unlend(seat, unlend)
    if (room !== undefined || further === true) hub.room(seat, room ?? 0)
    if (settled === true) hub.settled(seat)
    if (close === true) hub.close()
  }

  private seatOf(end: number): Seat<unknown> {
    const known = this.seats.get(end)
    if (known !== undefined) return known
    const seat = this.hub.enter(new Elsewhere(end as Pid<ToEnd>))
    this.seats.set(end, seat)
    deskOf(this.kernel).watch(end, () => {
      this.seats.delete(end)
      this.hub.leave(seat)
    })
    return seat
  }
}

/** How the hub speaks to an end elsewhere. */
class Elsewhere implements Taker<unknown> {
  readonly isFar: boolean = true
  private readonly pid: Pid<ToEnd>

  constructor(pid: Pid<ToEnd>) {
    this.pid = pid
  }

  give(item: unknown): void {
    try {
      send(this.pid, [item])
    } catch (error) {
      // It could cross when it was sent, and has been changed since.
      if (!(error instanceof UncrossableError)) throw error
      send(this.pid, { failed: error })
    }
  }

  lend(places: number, further: number): void {
    send(this.pid, { places, further })
  }

  recall(): void {
    send(this.pid, 'recall')
  }

  close(): void {
    send(this.pid, 'close')
  }

  settle(): void {
    send(this.pid, 'settle')
  }

  end(): void {
    send(this.pid, 'end')
  }
}

/** How the end here speaks to the hub. */
class LocalPort implements Port<unknown> {
  seat: Seat<unknown> | undefined = undefined
  private readonly kernel: Kernel
  private readonly hub: Hub<unknown>
  /** Places that were lent and hold nothing. */
  private places = 0

  constructor(kernel: Kernel, hub: Hub<unknown>) {
    this.kernel = kernel
    this.hub = hub
  }

  check(item: unknown): void {
    this.kernel.codec.check(item, 'item')
  }

  tryPut(item: unknown): boolean {
    this.check(item)
    if (this.places === 0) return this.hub.tryPut(item)
    this.places--
    this.hub.put(this.seat!, item)
    return true
  }

  tryTake(): { readonly item: unknown } | undefined {
    return this.hub.tryTake()
  }

  want(more: number): void {
    this.hub.want(this.seat!, more)
  }

  room(more: number): void {
    this.hub.room(this.seat!, more)
  }

  accept(places: number): void {
    this.places += places
  }

  unlend(): void {
    const { places } = this
    this.places = 0
    if (places > 0) this.hub.unlend(this.seat!, places)
  }

  putBack(item: unknown): void {
    this.hub.putBack(this.seat!, item)
  }

  /** What is given here is taken at once. */
  settled(): void {}

  close(): void {
    this.hub.close()
  }
}
