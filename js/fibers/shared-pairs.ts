// The hub of a shared channel that holds nothing: brings together an end where somebody waits to send and an end where somebody waits to
// receive. Owns who waits where, as far as it has been told, and which meetings are under way; what is sent goes from end to end. Never
// true here: an end is brought together with itself; one of two ends that wait for the same is served twice before the other.

import type { Kernel } from '../kernel/kernel.ts'
import { spawnHere } from '../kernel/life.ts'
import { send } from '../process/send.ts'
import type { Self } from '../process/shapes.ts'
import { Down, type Pid } from '../types.ts'
import type { Changed, Met } from './shared-words.ts'

/** One end, and what is known of it. */
class Side {
  readonly pid: number
  /** How many there wait to receive and are not about to meet somebody; below zero while those who have left are not known of yet. */
  wants = 0
  /** How many there wait to send; as above. */
  rooms = 0
  /** How often it was told to meet each other end and that has not heard of it. */
  readonly meets = new Map<number, number>()

  constructor(pid: number) {
    this.pid = pid
  }

  /** So many meetings more with that end are under way, or fewer. */
  count(receiver: number, more: number): void {
    const meets = (this.meets.get(receiver) ?? 0) + more
    if (meets === 0) this.meets.delete(receiver)
    else this.meets.set(receiver, meets)
  }
}

export class Pairs {
  private readonly sides: Side[] = []
  private readonly known = new Map<number, Side>()
  /** Who sent last, and who received. */
  private readonly turns = { rooms: 0, wants: 0 }
  private readonly meet: (sender: number, receiver: number) => void

  /** `meet` has somebody at one end send to somebody at another. */
  constructor(meet: (sender: number, receiver: number) => void) {
    this.meet = meet
  }

  knows(end: number): boolean {
    return this.known.has(end)
  }

  enter(end: number): void {
    const side = new Side(end)
    this.sides.push(side)
    this.known.set(end, side)
  }

  /** An end has gone. Who was to meet somebody there hears of it; who was to be met by somebody there waits for another. */
  leave(end: number): void {
    const gone = this.known.get(end)
    if (gone === undefined) return
    this.known.delete(end)
    this.sides.splice(this.sides.indexOf(gone), 1)
    for (const side of this.sides) side.meets.delete(end)
    for (const [receiver, times] of gone.meets) this.want(receiver, times)
    this.serve()
  }

  /** What an end says of itself, and of meetings. */
  hear({ end, want, room, came, unmet }: Changed): void {
    const side = this.known.get(end)
    if (side === undefined) return
    if (came !== undefined) {
      const sender = this.known.get(came)
      // It had gone, and was thought not to have sent anything.
      if (sender === undefined) side.wants--
      else sender.count(end, -1)
    }
    if (unmet !== undefined && this.known.has(unmet)) {
      side.count(unmet, -1)
      this.want(unmet, 1)
    }
    side.wants += want ?? 0
    side.rooms += room ?? 0
    this.serve()
  }

  private want(receiver: number, more: number): void {
    const side = this.known.get(receiver)
    if (side !== undefined) side.wants += more
  }

  private serve(): void {
    for (let sender = this.next('rooms'); sender !== undefined; sender = this.next('rooms')) {
      const receiver = this.next('wants', sender)
      if (receiver === undefined) return
      this.turns.rooms = this.sides.indexOf(sender)
      this.turns.wants = this.sides.indexOf(receiver)
      sender.rooms--
      receiver.wants--
      sender.count(receiver.pid, 1)
      this.meet(sender.pid, receiver.pid)
    }
  }

  /** Whose turn it is: to send, of those that can be met by somebody; to receive, of all but the sender. */
  private next(what: 'rooms' | 'wants', sender?: Side): Side | undefined {
    const { sides, turns } = this
    for (let step = 1; step <= sides.length; step++) {
      const side = sides[(turns[what] + step) % sides.length]!
      if (side === sender || side[what] <= 0) continue
      if (sender !== undefined || this.isWantedBeside(side)) return side
    }
    return undefined
  }

  private isWantedBeside(sender: Side): boolean {
    return this.sides.some((side) => side !== sender && side.wants > 0)
  }
}

/** The process of such a hub: by it others find the channel, which is over when it has ended. Answers its pid. */
export const startPairs = (kernel: Kernel, onEnd: () => void): number => {
  const pairs = new Pairs((sender, receiver) => send(sender as Pid<unknown>, { meet: receiver } satisfies Met))
  const hear = (self: Self<unknown>, message: unknown): boolean => {
    if (message instanceof Down) pairs.leave(message.pid)
    else {
      const changed = message as Changed
      if (changed.close === true) return false
      if (!pairs.knows(changed.end)) {
        // Its end comes behind all that it says.
        self.monitor(changed.end as Pid)
        pairs.enter(changed.end)
      }
      pairs.hear(changed)
    }
    return true
  }
  const serve = async (self: Self<unknown>): Promise<void> => {
    try {
      while (hear(self, await self.receive()));
    } finally {
      onEnd()
    }
  }
  return spawnHere(kernel, serve).pid
}
