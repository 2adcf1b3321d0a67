// Owns a primitive that keeps all it owes, as somebody else would write it, and others that are the same but for one mistake each. Never true
// here: a mistake that nobody would make.

import { Computation, type Fiber, Trigger } from 'rumpus/effect'
import type { obligations, Primitive, Specimen } from './obligations.ts'

/** One that waits. */
interface Waiting {
  readonly trigger: Trigger
  hasTicket: boolean
  isGone: boolean
}

/** Tickets, handed out one by one: keeps all that is owed. */
class Tickets implements Specimen {
  protected waiting: Waiting[] = []
  protected left = 0

  async wait(fiber: Fiber): Promise<string> {
    fiber.check()
    if (this.left > 0) this.left--
    else await this.stand(fiber)
    return 'a ticket'
  }

  protected async stand(fiber: Fiber): Promise<void> {
    const mine = this.join()
    try {
      const cancelled = await fiber.await(mine.trigger)
      if (!mine.hasTicket) throw cancelled
    } catch (error) {
      this.leave(mine)
      throw error
    }
  }

  protected join(): Waiting {
    const mine = { trigger: new Trigger(), hasTicket: false, isGone: false }
    this.waiting.push(mine)
    return mine
  }

  protected leave(mine: Waiting): void {
    this.waiting = this.waiting.filter((one) => one !== mine)
  }

  serve(): boolean {
    const next = this.waiting.shift()
    if (next === undefined) this.left++
    else {
      next.hasTicket = true
      next.trigger.signal()
    }
    return true
  }
}

/** Throws the cancellation that it heard, whatever it was handed by then. */
class Forgetful extends Tickets {
  protected override async stand(fiber: Fiber): Promise<void> {
    const mine = this.join()
    try {
      const cancelled = await fiber.await(mine.trigger)
      if (cancelled !== undefined) throw cancelled
    } catch (error) {
      this.leave(mine)
      // Not lost, but not kept.
      if (mine.hasTicket) this.serve()
      throw error
    }
  }
}

/** Has who is cancelled stay in line: the next ticket is for nobody. */
class Absent extends Tickets {
  protected override async stand(fiber: Fiber): Promise<void> {
    const mine = this.join()
    let cancelled: unknown
    try {
      cancelled = await fiber.await(mine.trigger)
    } catch (error) {
      this.leave(mine)
      throw error
    }
    if (!mine.hasTicket) throw cancelled
  }
}

/** Skips who has gone only when it comes to it, so that they stay for as long as nobody is served. */
class Hoarding extends Tickets {
  protected override leave(mine: Waiting): void {
    mine.isGone = true
  }

  override serve(): boolean {
    this.waiting = this.waiting.filter(({ isGone }) => !isGone)
    return super.serve()
  }
}

/** Has all wake when it ends, and never takes them off that. */
class Attached extends Tickets {
  private readonly ended = new Computation<never>()

  protected override join(): Waiting {
    const mine = super.join()
    this.ended.tryAttach(mine.trigger)
    return mine
  }
}

/** Watches the computation of who waits, too, and leaves that there. */
class Littering extends Tickets {
  protected override stand(fiber: Fiber): Promise<void> {
    fiber.computation.tryAttach(new Trigger())
    return super.stand(fiber)
  }
}

/** Waits under a computation of its own, and sets it back only where all is well. */
class Borrowing extends Tickets {
  protected override async stand(fiber: Fiber): Promise<void> {
    const { computation } = fiber
    const inner = new Computation<never>()
    const link = computation.canceler(inner)
    if (!computation.tryAttach(link)) inner.cancel(computation.cancellation)
    fiber.computation = inner
    await super.stand(fiber)
    computation.detach(link)
    fiber.computation = computation
  }
}

/** Goes away undisturbed, and leaves the fiber so. */
class Deafening extends Tickets {
  protected override async stand(fiber: Fiber): Promise<void> {
    await super.stand(fiber).catch((error) => {
      fiber.forbidden = true
      throw error
    })
  }
}

/** Says what it waits for, and says so afterwards. */
class Naming extends Tickets {
  protected override stand(fiber: Fiber): Promise<void> {
    fiber.waitsFor ??= { what: 'a ticket', isOver: false, holders: [] }
    return super.stand(fiber)
  }
}

/** Does not hear of cancellations. */
class Deaf extends Tickets {
  protected override stand(fiber: Fiber): Promise<void> {
    return fiber.forbid(() => super.stand(fiber))
  }
}

/** Says in its own words that it was cancelled. */
class Rewording extends Tickets {
  protected override stand(fiber: Fiber): Promise<void> {
    return super.stand(fiber).catch((error) => {
      if (error !== fiber.cancellation) throw error
      throw new Error('no ticket: cancelled')
    })
  }
}

/** Does not mind whether the executor refuses the wait: who is refused is in line. */
class Unguarded extends Tickets {
  protected override async stand(fiber: Fiber): Promise<void> {
    const mine = this.join()
    const cancelled = await fiber.await(mine.trigger)
    if (mine.hasTicket) return
    this.leave(mine)
    throw cancelled
  }
}

/** Has a fiber that waits already wait by another way. */
class Polling extends Tickets {
  protected override async stand(fiber: Fiber): Promise<void> {
    if (fiber.resume === undefined) return super.stand(fiber)
    const mine = this.join()
    await new Promise<void>((resolve) => mine.trigger.onSignal(undefined, resolve))
  }
}

/** Hands a ticket to everybody. */
class Generous extends Tickets {
  override serve(): boolean {
    do super.serve()
    while (this.waiting.length > 0)
    return true
  }
}

/** Notes who has a ticket, and tells nobody. */
class Silent extends Tickets {
  override serve(): boolean {
    this.left++
    return true
  }
}

const primitiveOf = (Kind: new () => Specimen): Primitive => ({
  name: Kind.name,
  serves: 'one',
  make: () => new Kind(),
})

/** Keeps all. */
export const right: Primitive = primitiveOf(Tickets)

/** Each, with the obligation that it does not keep. */
export const wrong: readonly (readonly [Primitive, keyof typeof obligations])[] = [
  [primitiveOf(Silent), 'wakes those it serves'],
  [primitiveOf(Deaf), 'hears of cancellations'],
  [primitiveOf(Rewording), 'hears of cancellations'],
  [primitiveOf(Forgetful), 'keeps what was handed over together with a cancellation'],
  [primitiveOf(Absent), 'loses nothing when cancelled'],
  [primitiveOf(Generous), 'loses nothing when cancelled'],
  [primitiveOf(Borrowing), 'restores the fiber'],
  [primitiveOf(Deafening), 'restores the fiber'],
  [primitiveOf(Naming), 'restores the fiber'],
  [primitiveOf(Unguarded), 'takes one wait at a time'],
  [primitiveOf(Polling), 'takes one wait at a time'],
  [primitiveOf(Hoarding), 'lets go of triggers'],
  [primitiveOf(Attached), 'lets go of triggers'],
  [primitiveOf(Littering), 'lets go of triggers'],
]
