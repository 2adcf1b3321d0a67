// Waiting: the fibers of one executor that wait, in no order. Owns that who waits for a moment costs next to nothing, and that a crowd
// which has been dropped can be collected as if it were not in here. Never true here: one that goes on keeps its place.

import type { Fiber } from './fiber.ts'

/** So many that may have gone on are held. */
const RECENT_MAX = 64
/** So many that wait are held, whoever else does: who has dropped them cannot wake them, and wants to be told. */
const HELD_MAX = 256
/** The place of who is not among those that are held. */
const NOWHERE = -1
/** The place of who is about to go on, and waits for nothing but its turn. */
export const IN_TURN = -2

export class Waiting {
  /** Those that have begun to wait, one after the other; most have gone on when it is full. */
  private readonly recent: (Fiber | undefined)[] = new Array(RECENT_MAX).fill(undefined)
  private count = 0
  /** Those that are held. */
  private readonly held: Fiber[] = []
  /** Those that are left to whoever will wake them, if anybody will. They may have gone on since. */
  private loose: WeakRef<Fiber>[] = []
  private readonly collected = new FinalizationRegistry(() => this.loosen())

  constructor() {
    this.awaitCollection()
  }

  /** One has begun to wait. */
  add(fiber: Fiber): void {
    fiber.place = NOWHERE
    this.recent[this.count++] = fiber
    if (this.count === RECENT_MAX) this.hold()
  }

  /** One goes on that has a place. */
  leave(fiber: Fiber): void {
    const { held } = this
    const last = held.pop()!
    if (last !== fiber) {
      held[fiber.place] = last
      last.place = fiber.place
    }
    fiber.place = NOWHERE
  }

  /** All that wait, but those that nobody has any more, where they are too many. */
  all(): Fiber[] {
    this.hold()
    return [...this.loose.map((one) => one.deref()).filter(isLoose), ...this.held]
  }

  /** Gives those a place that still wait. */
  private hold(): void {
    const { recent, count, held } = this
    this.count = 0
    for (let at = 0; at < count; at++) {
      const fiber = recent[at]
      recent[at] = undefined
      if (isLoose(fiber)) fiber.place = held.push(fiber) - 1
    }
  }

  /** Has `loosen` called when garbage has been collected: this object is garbage from the start. */
  private awaitCollection(): void {
    this.collected.register({}, undefined)
  }

  /** Lets go of a quarter of those who are too many: little at a time, for each costs an object. */
  private loosen(): void {
    this.awaitCollection()
    this.hold()
    const still = new Set(this.loose.map((one) => one.deref()).filter(isLoose))
    for (let many = Math.ceil((this.held.length - HELD_MAX) / 4); many > 0; many--) {
      const fiber = this.held[0]!
      this.leave(fiber)
      still.add(fiber)
    }
    this.loose = [...still].map((fiber) => new WeakRef(fiber))
  }
}

/** Whether it waits and is not held. */
const isLoose = (fiber: Fiber | undefined): fiber is Fiber => fiber?.resume !== undefined && fiber.place === NOWHERE
