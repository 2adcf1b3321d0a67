// Goal: syncs, plain waits and whoever serves them do as a simple model says. Method: random programs, one step at a time, on every
// executor; the model is lists and loops, and where several branches are ready it accepts each of them, and goes on from that.

import { Computation, Fiber } from 'rumpus/effect'
import { choose, type Event } from 'rumpus/events'
import { Channel, Ivar, Latch, RwLock, Semaphore } from 'rumpus/sync'
import { describe, expect, it } from 'vitest'
import { type Execute, executors } from '../effect/executors.ts'
import { dice } from '../fixtures/random.mjs'

type Kind = 'send' | 'receive' | 'acquire' | 'look' | 'change' | 'read' | 'wait'
/** A branch: what it does at which of the two, and the item that it brings. */
interface Offer {
  readonly kind: Kind
  readonly at: number
  readonly item: number
}
/** `kind at` and what came, or an end. */
type Told = string

/** One that waits, in the model. */
interface Party {
  readonly id: number
  readonly offers: readonly Offer[]
  told: Told | undefined
}

const CAPACITIES = [0, 1]
const key = ({ kind, at }: Offer): string => `${kind} ${at}`

/** What is shared, as lists. Two of each. */
class Model {
  readonly parties: Party[] = []
  readonly items: number[][] = [[], []]
  readonly closed = [false, false]
  readonly free = [1, 2]
  readonly lookers: number[][] = [[], []]
  readonly changer: (number | undefined)[] = [undefined, undefined]
  readonly filled: (number | undefined)[] = [undefined, undefined]
  readonly open = [false, false]
  /** Who has which permits; each as often as it has one. */
  readonly permits: number[][] = [[], []]

  /** The first in the line, of those that wait for that; not `not`. */
  private first(kind: Kind, at: number, not?: Party): Party | undefined {
    return this.parties.find(
      (one) =>
        one !== not && one.told === undefined && one.offers.some((offer) => offer.kind === kind && offer.at === at),
    )
  }

  /** Whether somebody stands in the line of that lock. */
  private stands(at: number, not: Party): boolean {
    return this.first('look', at, not) !== undefined || this.first('change', at, not) !== undefined
  }

  /** What `party` would be told if this offer were chosen now, or nothing. */
  ready(party: Party, { kind, at }: Offer): Told | undefined {
    const told = (what: unknown): Told => `${kind} ${at} ${what}`
    if (kind === 'receive') {
      if (this.items[at]!.length > 0) return told(this.items[at]![0])
      const sender = this.first('send', at, party)
      if (sender !== undefined)
        return told(sender.offers.find((offer) => offer.kind === 'send' && offer.at === at)?.item)
      return this.closed[at] ? told('closed') : undefined
    }
    if (kind === 'send') {
      if (this.closed[at]) return told('closed')
      const room = this.first('receive', at, party) !== undefined || this.items[at]!.length < CAPACITIES[at]!
      return room ? told('done') : undefined
    }
    if (kind === 'acquire') return this.free[at]! > 0 ? told('done') : undefined
    if (kind === 'read') return this.filled[at] === undefined ? undefined : told(this.filled[at])
    if (kind === 'wait') return this.open[at] ? told('done') : undefined
    const room = this.changer[at] === undefined && (kind === 'look' || this.lookers[at]!.length === 0)
    return room && !this.stands(at, party) ? told('done') : undefined
  }

  /** `party` has it; whoever can go on for that does. */
  choose(party: Party, { kind, at, item }: Offer): void {
    party.told = this.ready(party, { kind, at, item })
    if (party.told?.endsWith('closed')) return
    if (kind === 'receive') this.take(at, party)
    else if (kind === 'send') this.place(at, item, party)
    else if (kind === 'acquire') {
      this.free[at]!--
      this.permits[at]!.push(party.id)
    } else if (kind === 'look') this.lookers[at]!.push(party.id)
    else if (kind === 'change') this.changer[at] = party.id
    this.admit()
  }

  take(at: number, not?: Party): number | undefined {
    const sender = this.first('send', at, not)
    if (sender !== undefined) {
      this.items[at]!.push(sender.offers.find((offer) => offer.kind === 'send' && offer.at === at)!.item)
      sender.told = `send ${at} done`
    }
    const item = this.items[at]!.shift()
    this.admit()
    return item
  }

  place(at: number, item: number, not?: Party): boolean {
    if (this.closed[at]) return false
    const receiver = this.first('receive', at, not)
    if (receiver !== undefined) receiver.told = `receive ${at} ${item}`
    else if (this.items[at]!.length < CAPACITIES[at]!) this.items[at]!.push(item)
    else return false
    this.admit()
    return true
  }

  release(at: number, holder: number): void {
    this.permits[at]!.splice(this.permits[at]!.indexOf(holder), 1)
    const next = this.first('acquire', at)
    if (next === undefined) this.free[at]!++
    else {
      next.told = `acquire ${at} done`
      this.permits[at]!.push(next.id)
    }
    this.admit()
  }

  unlock(at: number, holder: number): void {
    if (this.changer[at] === holder) this.changer[at] = undefined
    else this.lookers[at] = this.lookers[at]!.filter((one) => one !== holder)
    this.admit()
  }

  /** Locks go to the first of their lines, as long as there is room; one who leaves a line elsewhere makes some. */
  private admit(): void {
    for (let changed = true; changed; ) {
      changed = false
      for (const at of [0, 1]) {
        const front = this.parties.find(
          (one) => one.told === undefined && one.offers.some((offer) => isLock(offer, at)),
        )
        if (front === undefined || this.changer[at] !== undefined) continue
        const kind = front.offers.find((offer) => isLock(offer, at))!.kind
        if (kind === 'change' && this.lookers[at]!.length > 0) continue
        front.told = `${kind} ${at} done`
        if (kind === 'change') this.changer[at] = front.id
        else this.lookers[at]!.push(front.id)
        changed = true
      }
    }
  }

  all(kind: Kind, at: number, told: string): void {
    for (let one = this.first(kind, at); one !== undefined; one = this.first(kind, at))
      one.told = `${kind} ${at} ${told}`
    this.admit()
  }

  cancel(party: Party): void {
    party.told = 'cancelled'
    this.admit()
  }
}

const isLock = ({ kind, at }: Offer, where: number): boolean => at === where && (kind === 'look' || kind === 'change')

/** The same, of `rumpus/sync`. */
const makeThings = () => ({
  channels: CAPACITIES.map((capacity) => new Channel<number>(capacity)),
  semaphores: [new Semaphore(1), new Semaphore(2)],
  locks: [new RwLock(), new RwLock()],
  ivars: [new Ivar<number>(), new Ivar<number>()],
  latches: [new Latch(1), new Latch(1)],
})
type Things = ReturnType<typeof makeThings>

const eventOf = (things: Things, { kind, at, item }: Offer): Event<unknown> => {
  if (kind === 'send') return things.channels[at]!.sending(item)
  if (kind === 'receive') return things.channels[at]!.receiving()
  if (kind === 'acquire') return things.semaphores[at]!.acquiring()
  if (kind === 'look') return things.locks[at]!.lockingShared()
  if (kind === 'change') return things.locks[at]!.locking()
  return kind === 'read' ? things.ivars[at]!.reading() : things.latches[at]!.waiting()
}

const plainly = (things: Things, { kind, at, item }: Offer, fiber: Fiber): Promise<unknown> => {
  if (kind === 'send') return things.channels[at]!.send(fiber, item).then(() => undefined)
  if (kind === 'receive') return things.channels[at]!.receive(fiber)
  if (kind === 'acquire') return things.semaphores[at]!.acquire(fiber)
  if (kind === 'look') return things.locks[at]!.lockShared(fiber).then(() => undefined)
  if (kind === 'change') return things.locks[at]!.lock(fiber).then(() => undefined)
  return kind === 'read' ? things.ivars[at]!.read(fiber) : things.latches[at]!.wait(fiber)
}

const kinds: readonly Kind[] = ['send', 'receive', 'send', 'receive', 'acquire', 'look', 'change', 'read', 'wait']

/** A running program: the things, the model, and the fibers. */
class Run {
  readonly things = makeThings()
  readonly model = new Model()
  readonly fibers: Fiber[] = []
  readonly told: (Told | undefined)[] = []
  private serial = 0
  private readonly root: Fiber
  private readonly below: (bound: number) => number

  constructor(root: Fiber, below: (bound: number) => number) {
    this.root = root
    this.below = below
  }

  /** Begins a sync of several, or a plain wait for one. */
  async wait(settle: () => Promise<void>): Promise<void> {
    const { below, root } = this
    const offers = new Map<string, Offer>()
    for (let n = 1 + below(4); n > 0; n--) {
      const offer = { kind: kinds[below(kinds.length)]!, at: below(2), item: this.serial++ }
      // One lock in one way: the model has one line for both.
      if (!isLock(offer, offer.at) || ![...offers.values()].some((one) => isLock(one, offer.at)))
        offers.set(key(offer), offer)
    }
    const [only, ...others] = [...offers.values()]
    const isPlain = others.length === 0 && below(2) === 0
    const party: Party = { id: this.fibers.length, offers: [...offers.values()], told: undefined }
    const enabled = party.offers.filter((offer) => this.model.ready(party, offer) !== undefined)
    const fiber = new Fiber(root.handler, new Computation())
    this.fibers.push(fiber)
    const named = party.offers.map((offer) =>
      eventOf(this.things, offer).wrap(
        (value) => `${key(offer)} ${value ?? 'done'}`,
        () => `${key(offer)} closed`,
      ),
    )
    const plain = (): Promise<string> =>
      plainly(this.things, only!, fiber).then(
        (value) => `${key(only!)} ${value ?? 'done'}`,
        (error) => (error === fiber.cancellation ? Promise.reject(error) : `${key(only!)} closed`),
      )
    const waits = root.handler.spawn(root, fiber, () => (isPlain ? plain() : choose(named).sync(fiber)))
    void waits.then(
      (told) => (this.told[party.id] = told),
      (error) => (this.told[party.id] = error === fiber.cancellation ? 'cancelled' : String(error)),
    )
    await settle()
    const chosen = enabled.find((offer) => this.told[party.id] === this.model.ready(party, offer))
    if (enabled.length > 0) expect(chosen, `${this.told[party.id]} of ${enabled.map(key)}`).toBeDefined()
    this.model.parties.push(party)
    if (chosen !== undefined) this.model.choose(party, chosen)
  }

  /** Somebody serves, gives back, ends or cancels. */
  act(): void {
    const { below, model, things } = this
    const at = below(2)
    const what = below(12)
    if (what < 3) return void expect(things.channels[at]!.trySend(++this.serial)).toBe(model.place(at, this.serial))
    if (what < 6) return void expect(things.channels[at]!.tryReceive()?.item).toBe(model.take(at))
    if (what === 6 && model.permits[at]!.length > 0) {
      model.release(at, model.permits[at]![0]!)
      return things.semaphores[at]!.release()
    }
    if (what === 7 || what === 8) return this.unlock(at)
    if (what === 9 && below(4) === 0 && model.filled[at] === undefined) {
      model.filled[at] = ++this.serial
      model.all('read', at, String(this.serial))
      return things.ivars[at]!.fill(this.serial)
    }
    if (what === 10 && below(4) === 0 && !model.open[at]) {
      model.open[at] = true
      model.all('wait', at, 'done')
      return things.latches[at]!.countDown()
    }
    if (what === 11 && below(12) === 0 && !model.closed[at]) {
      model.closed[at] = true
      model.all('send', at, 'closed')
      model.all('receive', at, 'closed')
      return things.channels[at]!.close()
    }
    const waiting = model.parties.filter(({ told }) => told === undefined)
    const party = waiting[below(waiting.length)]
    if (party === undefined || what < 9) return
    model.cancel(party)
    this.fibers[party.id]!.computation.cancel('now')
  }

  private unlock(at: number): void {
    const { model, things } = this
    const [looker] = model.lookers[at]!
    const changer = model.changer[at]
    if (changer !== undefined) things.locks[at]!.unlock(this.fibers[changer]!)
    else if (looker !== undefined) things.locks[at]!.unlockShared(this.fibers[looker]!)
    else return
    model.unlock(at, changer ?? looker!)
  }

  compare(): void {
    const { model, things } = this
    expect(Array.from(this.fibers, (_, id) => this.told[id])).toEqual(model.parties.map(({ told }) => told))
    expect(things.channels.map(({ length }) => length)).toEqual(model.items.map(({ length }) => length))
    expect(things.semaphores.map(({ free }) => free)).toEqual(model.free)
    expect(things.locks.map(({ shares }) => shares)).toEqual(model.lookers.map(({ length }) => length))
    expect(things.locks.map(({ isLocked }) => isLocked)).toEqual(model.changer.map((one) => one !== undefined))
  }
}

describe.each(executors)('$name', ({ execute, inOrder, name }) => {
  /** Until all that can go on has gone on. */
  const settled = (fiber: Fiber) => async (): Promise<void> => {
    if (!inOrder || name.includes('simulate')) await fiber.sleep(1)
    // Where many find at once what they want, one waits for a pass of the event loop.
    for (let n = 0; n < 2; n++) await new Promise(setImmediate)
  }

  const program = (execute: Execute, seed: number): Promise<void> =>
    execute(async (root) => {
      const run = new Run(root, dice(seed))
      const [settle, below] = [settled(root), dice(seed + 1_000_000)]
      for (let step = 0; step < 60; step++) {
        if (below(2) === 0) await run.wait(settle)
        else run.act()
        await settle()
        run.compare()
      }
    }, seed)

  it('does as the model says', async () => {
    const seeds = Math.ceil(Number(process.env.RUMPUS_SEEDS ?? 200) / (name === 'fifo' ? 1 : 4))
    for (let seed = 1; seed <= seeds; seed++) {
      await program(execute, seed).catch((error) => {
        throw new Error(`seed ${seed}`, { cause: error })
      })
    }
  })
})
