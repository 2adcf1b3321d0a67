// What the compiler knows of events: checked by tsc (`npm run types`), run only to show that the file is no ruin.

import { Computation, type Fiber } from 'rumpus/effect'
import {
  always,
  choose,
  completed,
  Event,
  elapsed,
  guard,
  never,
  type Party,
  select,
  settled,
  Tx,
  withNack,
} from 'rumpus/events'
import { Channel, Ivar, Latch, Mutex } from 'rumpus/sync'
import { expect, expectTypeOf, it } from 'vitest'

const [texts, numbers] = [new Channel<string>(1), new Channel<number>(1)]

it('an event knows what it gives, and a choice what any of its branches does', () => {
  const unused = (fiber: Fiber): void => {
    expectTypeOf(texts.receiving()).toEqualTypeOf<Event<string>>()
    expectTypeOf(texts.sending('text')).toEqualTypeOf<Event<void>>()
    expectTypeOf(new Ivar<Date>().reading().sync(fiber)).toEqualTypeOf<Promise<Date>>()
    expectTypeOf(choose([texts.receiving(), numbers.receiving(), never])).toEqualTypeOf<Event<string | number>>()
    expectTypeOf(elapsed(1)).toEqualTypeOf<Event<void>>()
    expectTypeOf(select(fiber, [texts.receiving(), elapsed(1).wrap(() => 0)])).toEqualTypeOf<Promise<string | number>>()
    expectTypeOf(select(fiber, [new Mutex().locking(), new Latch(1).waiting()])).toEqualTypeOf<Promise<void>>()
    expectTypeOf(settled(Promise.resolve(1))).toEqualTypeOf<Event<number>>()
    expectTypeOf(completed(new Computation<string>())).toEqualTypeOf<Event<string>>()
    expectTypeOf(guard(() => always(1))).toEqualTypeOf<Event<number>>()
    expectTypeOf(withNack((lost) => lost)).toEqualTypeOf<Event<void>>()
    expectTypeOf(choose([elapsed(1).wrap(() => 'late'), never])).toEqualTypeOf<Event<string>>()
    const many: Event<string>[] = []
    expectTypeOf(choose(many)).toEqualTypeOf<Event<string>>()
    // @ts-expect-error another item
    texts.sending(1)
    // @ts-expect-error no event
    choose([texts])
    // @ts-expect-error no fiber
    select([texts.receiving()])
    // @ts-expect-error not at once
    guard(async () => never)
  }
  expect(unused).toBeTypeOf('function')
})

it('a wrap gives what it makes of a value, or of an error', () => {
  expectTypeOf(texts.receiving().wrap((text) => text.length)).toEqualTypeOf<Event<number>>()
  expectTypeOf(texts.receiving().wrap(async (text) => text.length)).toEqualTypeOf<Event<number>>()
  const either = texts.receiving().wrap(
    (text) => text.length,
    async () => null,
  )
  expectTypeOf(either).toEqualTypeOf<Event<number | null>>()
  // @ts-expect-error another value
  texts.receiving().wrap((text: number) => text)
  expect(either).toBeInstanceOf(Event)
})

it('a transaction and a source know what they give', () => {
  const computation = new Computation<string>()
  const unused = (party: Party<string>): void => {
    expectTypeOf(
      new Tx().return(computation, 'text').cancel(computation, 'why').give(party, 'text').tryCommit(),
    ).toEqualTypeOf<boolean>()
    // @ts-expect-error another value
    new Tx().return(computation, 1)
    // @ts-expect-error another value
    new Tx().give(party, 1)
    // @ts-expect-error another value
    new Event<string>({ poll: (given) => void given.tryGive(1), wait: () => () => {} })
  }
  expect(unused).toBeTypeOf('function')
})
