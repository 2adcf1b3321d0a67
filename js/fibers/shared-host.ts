// The hub of a shared channel, where it was made: its process, which hears the ends on other schedulers; one process for each of those, which
// takes its items; and the end here, which speaks to it by calls. Owns who has a seat; one that has died loses it, and
// what it was lent is free again.

import { UncrossableError } from '../errors.ts'
import type { Kernel } from '../kernel/kernel.ts'
import { spawnHere } from '../kernel/life.ts'
import { deskOf } from '../process/desk.ts'
import { send } from '../process/send.ts'
import type { Self } from '../process/shapes.ts'
import type { Pid } from '../types.ts'
import { End, type Port } from './shared-end.ts'
import { Hub, type Seat, type Taker } from './shared-hub.ts'
import { type Asked, asItem, asWord, read, type Told } from './shared-words.ts'

export class Host {
  /** The process of the hub: by it others find it. */
  readonly pid: number
  /** The end of this scheduler. */
  readonly end: End<unknown>
  private readonly kernel: Kernel
  private readonly hub: Hub<unknown>
  private readonly seats = new Map<number, Admitted>()
  private readonly onEnd: () => void

  constructor(kernel: Kernel, capacity: number, onEnd: () => void) {
    this.kernel = kernel
    this.onEnd = onEnd
    this.pid = spawnHere(kernel, (self: Self<unknown>) => this.serve(self)).pid
    // What it is told last wakes its process.
    const done = (): void => send(this.pid as Pid<unknown>, asWord({ end: 0 } satisfies Asked))
    const later = (then: () => void, ms = 0): void => {
      const unlessOver = (): void => {
        if (!kernel.detached) then()
      }
      if (ms === 0) kernel.loop.soon(unlessOver)
      else kernel.loop.after(ms, unlessOver)
    }
    this.hub = new Hub(capacity, later, done)
    const port = new LocalPort(kernel, this.hub)
    this.end = new End(port)
    port.seat = this.hub.enter(this.end)
  }

  /** Items come by the intakes; here is what ends say. Who says something behind an item still has its place until that is taken. */
  private async serve(self: Self<unknown>): Promise<void> {
    try {
      while (!this.hub.isDone) {
        this.hear(await self.receive())
        for (let next = self.tryReceive(); next !== undefined; next = self.tryReceive()) this.hear(next)
      }
    } finally {
      for (const { intake } of this.seats.values()) send(intake, asWord('over'))
      this.end.end()
      this.onEnd()
    }
  }

  private hear(message: unknown): void {
    read(message, nothing, (asked: Asked) => {
      if (asked.end !== 0) this.apply((this.seats.get(asked.end) ?? this.admit(asked.end)).seat, asked)
    })
  }

  private async take(self: Self<unknown>, seat: Seat<unknown>): Promise<void> {
    let isOver = false
    const onItem = (item: unknown): void => this.hub.put(seat, item)
    const onWord = (): void => {
      isOver = true
    }
    while (!isOver) {
      read(await self.receive(), onItem, onWord)
      for (let next = self.tryReceive(); next !== undefined; next = self.tryReceive()) read(next, onItem, onWord)
    }
  }

  private apply(seat: Seat<unknown>, { want, room, further, unlend, back, settled, close }: Asked): void {
    const { hub } = this
    if (further === true) seat.likesFurther = true
    if (back !== undefined) hub.putBack(seat, back[0])
    if (want !== undefined) hub.want(seat, want)
    if (unlend !== undefined) hub.unlend(seat, unlend)
    if (room !== undefined || further === true) hub.room(seat, room ?? 0)
    if (settled === true) hub.settled(seat)
    if (close === true) hub.close()
  }

  private admit(end: number): Admitted {
    const taker = new Elsewhere(end as Pid<unknown>)
    const seat = this.hub.enter(taker)
    const intake = spawnHere(this.kernel, (self: Self<unknown>) => this.take(self, seat)).pid as Pid<unknown>
    taker.intake = intake
    const admitted: Admitted = { seat, intake }
    this.seats.set(end, admitted)
    deskOf(this.kernel).watch(end, ({ kind }) => {
      if (kind !== 'down') return
      this.seats.delete(end)
      this.hub.leave(seat)
      send(intake, asWord('over'))
    })
    return admitted
  }
}

const nothing = (): void => {}

/** An end elsewhere. */
interface Admitted {
  readonly seat: Seat<unknown>
  /** The process that takes its items. */
  readonly intake: Pid<unknown>
}

/** How the hub speaks to an end elsewhere. */
class Elsewhere implements Taker<unknown> {
  readonly isFar: boolean = true
  intake = 0
  private readonly pid: Pid<unknown>

  constructor(pid: Pid<unknown>) {
    this.pid = pid
  }

  private say(word: Told): void {
    send(this.pid, asWord(word))
  }

  give(item: unknown): void {
    try {
      send(this.pid, asItem(item))
    } catch (error) {
      // It could cross when it was sent, and has been changed since.
      if (!(error instanceof UncrossableError)) throw error
      this.say({ failed: error })
    }
  }

  lend(places: number, further: number): void {
    this.say({ places, further, intake: this.intake })
  }

  recall(): void {
    this.say('recall')
  }

  close(): void {
    this.say('close')
  }

  settle(): void {
    this.say('settle')
  }

  end(): void {
    this.say('end')
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
