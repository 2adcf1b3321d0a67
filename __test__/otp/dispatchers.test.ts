// Goal: events go to whom they should, never more than was asked for, each once and in order. Method: the dispatchers, without processes,
// beside a naive model that does the same by looking at everybody each time; programs of chance.

import { describe, expect, it } from 'vitest'
import { Dice } from '../../js/model/dice.ts'
import { type Dispatcher, dispatcherOf, type Subscriber } from '../../js/otp/dispatchers.ts'
import { EventQueue } from '../../js/otp/event-queue.ts'
import { type KeptProducer, keepProducer } from '../../js/otp/stage-shapes.ts'

const kept = (dispatcher: unknown): KeptProducer => keepProducer({ dispatcher })
const subscriberOf = (ref: number, partition?: number, wanted?: unknown): Subscriber => ({
  ref,
  pid: ref,
  partition,
  wanted,
  pending: 0,
  place: 0,
  served: 0,
})

/** What everybody has been given, and what they may be. */
class Ledger {
  readonly given = new Map<number, number[]>()
  readonly asked = new Map<number, number>()
  readonly deliver = ({ ref }: Subscriber, events: readonly unknown[]): void => {
    const all = this.given.get(ref) ?? []
    all.push(...(events as number[]))
    this.given.set(ref, all)
    expect(events.length).toBeGreaterThan(0)
    expect(all.length).toBeLessThanOrEqual(this.asked.get(ref) ?? 0)
  }
  ask(dispatcher: Dispatcher, subscriber: Subscriber, count: number): void {
    this.asked.set(subscriber.ref, (this.asked.get(subscriber.ref) ?? 0) + count)
    dispatcher.ask(subscriber, count)
  }
  of(ref: number): number[] {
    return this.given.get(ref) ?? []
  }
}

/** A program of chance over one dispatcher; answers what was put, and the ledger. */
function play(seed: number, dispatcher: Dispatcher, partitionOf: (ref: number) => number | undefined, steps = 300) {
  const dice = new Dice(seed)
  const ledger = new Ledger()
  const subscribers: Subscriber[] = []
  const gone: Subscriber[] = []
  const put: number[] = []
  let last = 0
  for (let step = 0; step < steps; step++) {
    const what = dice.below(10)
    if (what === 0 || subscribers.length === 0) {
      const subscriber = subscriberOf(++last, partitionOf(last), last % 3)
      dispatcher.add(subscriber)
      subscribers.push(subscriber)
    } else if (what === 1 && subscribers.length > 1) {
      const [subscriber] = subscribers.splice(dice.below(subscribers.length), 1) as [Subscriber]
      dispatcher.remove(subscriber)
      gone.push(subscriber)
    } else if (what < 6) {
      ledger.ask(dispatcher, subscribers[dice.below(subscribers.length)] as Subscriber, 1 + dice.below(8))
    } else {
      for (let i = dice.below(6); i >= 0; i--) {
        put.push(put.length)
        dispatcher.put(put.length - 1)
      }
    }
    if (dice.below(3) > 0) dispatcher.flush(ledger.deliver)
  }
  dispatcher.flush(ledger.deliver)
  return { put, ledger, subscribers, gone, dispatcher }
}

describe('events', () => {
  it('go each to one of those who want, in order, and the rest waits', () => {
    for (let seed = 1; seed <= 200; seed++) {
      const { put, ledger, subscribers, gone, dispatcher } = play(seed, dispatcherOf(kept('demand')), () => undefined)
      const given = [...subscribers, ...gone].flatMap(({ ref }) => ledger.of(ref)).sort((a, b) => a - b)
      expect(given).toEqual(put.slice(0, put.length - dispatcher.held))
      for (const { ref } of subscribers) {
        expect(ledger.of(ref)).toEqual([...ledger.of(ref)].sort((a, b) => a - b))
      }
      const wanted = subscribers.reduce((sum, { pending }) => sum + pending, 0)
      expect(dispatcher.room).toBe(wanted)
      expect(Math.min(dispatcher.held, wanted)).toBe(0)
    }
  })

  it('go to whoever wants most, and of those to whoever was served longest ago', () => {
    const dispatcher = dispatcherOf(kept('demand'))
    const all = [1, 2, 3].map((ref) => subscriberOf(ref))
    const order: number[] = []
    for (const one of all) dispatcher.add(one)
    for (const one of all) dispatcher.ask(one, one.ref === 2 ? 3 : 2)
    for (let i = 0; i < 7; i++) {
      dispatcher.put(i)
      dispatcher.flush(({ ref }) => order.push(ref))
    }
    expect(order).toEqual([2, 1, 3, 2, 1, 3, 2])
    expect(dispatcher.room).toBe(0)
  })

  it('go to all, when all have room', () => {
    for (let seed = 1; seed <= 200; seed++) {
      const { put, ledger, subscribers, dispatcher } = play(seed, dispatcherOf(kept('broadcast')), () => undefined)
      for (const { ref } of subscribers) {
        const given = ledger.of(ref)
        // From when it came on, without a gap.
        const first = given[0] ?? 0
        expect(given).toEqual(given.map((_, at) => first + at))
        if (given.length > 0) expect(given.at(-1)).toBe(put.length - dispatcher.held - 1)
      }
      const least = subscribers.length === 0 ? 0 : Math.min(...subscribers.map(({ pending }) => pending))
      expect(dispatcher.room).toBe(least)
      expect(Math.min(dispatcher.held, least)).toBe(0)
    }
  })

  it('go to those who want them, and cost the others nothing', () => {
    const select = (event: number, wanted: number): boolean => event % 3 === wanted
    for (let seed = 1; seed <= 200; seed++) {
      const dispatcher = dispatcherOf(kept({ type: 'broadcast', select }))
      const { ledger, subscribers } = play(seed, dispatcher, () => undefined)
      for (const { ref, wanted, pending } of subscribers) {
        const given = ledger.of(ref)
        expect(given.every((event) => event % 3 === wanted)).toBe(true)
        expect(given).toEqual(given.map((_, at) => (given[0] as number) + 3 * at))
        expect(given.length + pending).toBe(ledger.asked.get(ref) ?? 0)
      }
    }
  })

  it('go to their partition, in order, and a slow one holds up no more than was asked for', () => {
    for (let seed = 1; seed <= 200; seed++) {
      const by = (event: number): number => event % 4
      const dispatcher = dispatcherOf(kept({ type: 'partition', partitions: 4, by }))
      const { put, ledger, subscribers, gone } = play(seed, dispatcher, (ref) => ref % 4)
      const all = [...subscribers, ...gone]
      let given = 0
      for (let part = 0; part < 4; part++) {
        const there = all.filter(({ partition }) => partition === part).flatMap(({ ref }) => ledger.of(ref))
        const sorted = [...there].sort((a, b) => a - b)
        expect(sorted).toEqual(put.filter((event) => event % 4 === part).slice(0, there.length))
        given += there.length
      }
      expect(dispatcher.held).toBe(put.length - given)
      expect(dispatcher.room).toBe(subscribers.reduce((sum, { pending }) => sum + pending, 0))
    }
  })

  it('have the partition of their text, and none that is not there', () => {
    const dispatcher = dispatcherOf(kept({ type: 'partition', partitions: 8, by: (event: unknown) => event }))
    const ledger = new Ledger()
    for (let partition = 0; partition < 8; partition++) {
      const one = subscriberOf(partition + 1, partition)
      dispatcher.add(one)
      ledger.ask(dispatcher, one, 100)
    }
    for (let i = 0; i < 3; i++) for (let n = 0; n < 20; n++) dispatcher.put(`key ${n}`)
    dispatcher.flush(ledger.deliver)
    const homes = new Map<string, number>()
    for (const [ref, events] of ledger.given as unknown as Map<number, string[]>) {
      for (const event of events) expect(homes.get(event) ?? ref).toBe(homes.set(event, ref).get(event))
    }
    expect(homes.size).toBe(20)
    expect(new Set(homes.values()).size).toBeGreaterThan(3)
    for (const wrong of [8, -1, 1.5, undefined, null]) expect(() => dispatcher.put(wrong)).toThrow(/by/)
    for (const wrong of [8, undefined]) {
      expect(() => dispatcher.add(subscriberOf(99, wrong))).toThrow(
        expect.objectContaining({ code: 'ERR_RUMPUS_PARTITION' }),
      )
    }
    for (const way of ['demand', 'broadcast']) {
      expect(() => dispatcherOf(kept(way)).add(subscriberOf(1, 0))).toThrow(
        expect.objectContaining({ code: 'ERR_RUMPUS_PARTITION' }),
      )
    }
  })

  it('give one to each of many in as many steps', () => {
    const dispatcher = dispatcherOf(kept('demand'))
    const count = 20_000
    const all = Array.from({ length: count }, (_, ref) => subscriberOf(ref + 1))
    let delivered = 0
    for (const one of all) dispatcher.add(one)
    for (let round = 0; round < 3; round++) {
      for (const one of all) dispatcher.ask(one, 1)
      for (let i = 0; i < count; i++) dispatcher.put(i)
      dispatcher.flush(() => void delivered++)
    }
    expect(delivered).toBe(3 * count)
  })
})

it('a queue keeps the order, whatever is taken and when', () => {
  for (let seed = 1; seed <= 50; seed++) {
    const dice = new Dice(seed)
    const queue = new EventQueue()
    const model: unknown[] = []
    const [taken, wanted]: [unknown[], unknown[]] = [[], []]
    // Some of them grow long, and are then taken from in small parts.
    for (let n = 0; n < 6_000; n++) {
      if (dice.below(10) < (n < 3_000 ? 7 : 3)) {
        queue.push(n)
        model.push(n)
      } else if (dice.below(2) === 0) {
        taken.push(queue.shift())
        wanted.push(model.shift())
      } else {
        const count = dice.below(Math.min(queue.length, seed % 2 === 0 ? 4 : 4_000) + 1)
        taken.push(...queue.take(count))
        wanted.push(...model.splice(0, count))
      }
      if (queue.length !== model.length) throw new Error(`seed ${seed}: ${queue.length} wait, not ${model.length}`)
    }
    expect(taken).toEqual(wanted)
    expect(queue.take(queue.length)).toEqual(model)
  }
})
