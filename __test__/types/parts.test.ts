// Goal: what a task, an agent and an entry of a registry hold is known to the compiler. Method: expressions whose types are compared; the
// suite has no more to run than that they are there.

import type { Pid, Self } from 'rumpus'
import { Agent, defineTask, Registry, type RegistryEntry, Task, type TaskSettled, taskStream } from 'rumpus/otp'
import { expectTypeOf, it } from 'vitest'

const length = defineTask(import.meta.url, 'length', async (_self, text: string) => text.length)

it('results have the types of what bodies return', () => {
  const ask = async (self: Self<unknown>): Promise<void> => {
    expectTypeOf(await Task.async(self, length, 'abc').result()).toEqualTypeOf<number>()
    expectTypeOf(await Task.async(self, length.with({ on: 1 }), 'abc').result()).toEqualTypeOf<number>()
    expectTypeOf(await Task.async(self, (_me, n: number) => `${n}`, 1).result()).toEqualTypeOf<string>()
    // @ts-expect-error it takes a text
    Task.async(self, length, 7)
    for await (const one of taskStream(self, ['a'], length))
      expectTypeOf(one).toEqualTypeOf<TaskSettled<string, number>>()
  }
  expectTypeOf(ask).returns.resolves.toBeVoid()
})

it('values and entries have theirs', () => {
  const ask = async (self: Self<unknown>): Promise<void> => {
    const counter = await Agent.start(self, () => 0)
    expectTypeOf(counter).toEqualTypeOf<Agent<number>>()
    expectTypeOf(await counter.get((n) => `${n}`)).toEqualTypeOf<string>()
    // @ts-expect-error the value is a number
    await counter.update(() => 'text')
    const rooms = new Registry<{ seats: number }, string>('rooms')
    expectTypeOf(await rooms.whereis('a')).toEqualTypeOf<Pid<string> | undefined>()
    expectTypeOf(await rooms.lookup('a')).toEqualTypeOf<readonly RegistryEntry<{ seats: number }, string>[]>()
    // @ts-expect-error it takes texts
    await rooms.send('a', 7)
  }
  expectTypeOf(ask).returns.resolves.toBeVoid()
})
