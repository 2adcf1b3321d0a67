// What the compiler refuses: checked by tsc (`npm run types`), run only to show that the file is no ruin.

import { type Crosses, Down, define, Exit, type Pid, type Self, type Sendable, send } from 'rumpus'
import { expect, expectTypeOf, it } from 'vitest'

type Job = { kind: 'job'; path: string; replyTo: Pid<number> }
const HERE = import.meta.url

it('Pid<M> accepts M and nothing else', () => {
  // Only the compiler looks at the body.
  const never = (): void => {
    const pid = 1 as Pid<Job>
    send(pid, { kind: 'job', path: 'x', replyTo: 2 as Pid<number> })
    // @ts-expect-error a part is missing
    send(pid, { kind: 'job', path: 'x' })
    // @ts-expect-error another kind
    send(pid, { kind: 'other', path: 'x', replyTo: 2 as Pid<number> })
    // @ts-expect-error a process that takes other messages
    send(pid, { kind: 'job', path: 'x', replyTo: 2 as Pid<string> })
    // @ts-expect-error a number is no pid
    send(1, 1)
    // @ts-expect-error one that takes nothing
    send(1 as Pid, 1)
  }
  expect(never).toBeTypeOf('function')
  expectTypeOf<Pid<number>>().toExtend<number>()
})

it('Pid<M> is contravariant: who takes more takes less', () => {
  expectTypeOf<Pid<number | string>>().toExtend<Pid<number>>()
  expectTypeOf<Pid<number>>().not.toExtend<Pid<number | string>>()
  expectTypeOf<Pid<unknown>>().toExtend<Pid<Job>>()
  expectTypeOf<Pid<Job>>().toExtend<Pid>()
})

it('receive narrows by a type guard, and asks for options that are', () => {
  type Reply = { kind: 'reply'; value: number }
  const isReply = (message: Job | Reply): message is Reply => message.kind === 'reply'
  const never = (self: Self<Job | Reply>): void => {
    expectTypeOf(self.receive({ match: isReply, timeout: 5 })).toEqualTypeOf<Promise<Reply>>()
    expectTypeOf(self.receive({ match: (m) => m.kind === 'job' || m.value > 1 })).toExtend<Promise<Job | Reply>>()
    expectTypeOf(self.receive({ since: self.mark() })).toEqualTypeOf<Promise<Job | Reply>>()
    expectTypeOf(self.tryReceive({ match: isReply })).toEqualTypeOf<Reply | undefined>()
    // @ts-expect-error a number is no mark
    self.receive({ since: 1 })
    // @ts-expect-error tryReceive does not wait
    self.tryReceive({ timeout: 1 })
    // @ts-expect-error an unknown option
    self.receive({ tiemout: 1 })
  }
  expect(never).toBeTypeOf('function')
})

it('Sendable leaves signals to the runtime', () => {
  expectTypeOf<Sendable<Job | Down | Exit>>().toEqualTypeOf<Job>()
  expectTypeOf<Self<Job | Down>['pid']>().toEqualTypeOf<Pid<Job>>()
  expect([new Down(1, 1 as Pid, { kind: 'normal' }).type, new Exit(1 as Pid, { kind: 'normal' }).type]).toEqual([
    'down',
    'exit',
  ])
})

it('spawn of a definition gives its Pid and takes its arguments', () => {
  const worker = define(HERE, 'types/worker', async (_: Self<Job | Down>, to: Pid<number>, n: number) => send(to, n))
  const never = (self: Self<number>): void => {
    expectTypeOf(self.spawn(worker, self.pid, 1)).toEqualTypeOf<Pid<Job>>()
    expectTypeOf(self.spawn(worker.with({ on: 1 }), self.pid, 1)).toEqualTypeOf<Pid<Job>>()
    expectTypeOf(self.runtime.spawn(worker, self.pid, 1)).toEqualTypeOf<Pid<Job>>()
    // @ts-expect-error an argument is missing
    self.spawn(worker, self.pid)
    // @ts-expect-error an argument of another type
    self.spawn(worker, self.pid, 'one')
    // @ts-expect-error one too many
    self.spawn(worker, self.pid, 1, 2)
    // @ts-expect-error no place
    worker.with({ on: 'there' })
  }
  expect(never).toBeTypeOf('function')
})

it('spawn of a closure gives the Pid of what it receives', () => {
  const never = (self: Self<unknown>): void => {
    expectTypeOf(self.spawn(async (_: Self<Job>) => {})).toEqualTypeOf<Pid<Job>>()
    expectTypeOf(self.spawn(async (_: Self<string | Exit>) => {})).toEqualTypeOf<Pid<string>>()
  }
  expect(never).toBeTypeOf('function')
})

it('receive, tryReceive and iteration give M', () => {
  const never = async (self: Self<Job>): Promise<void> => {
    expectTypeOf(await self.receive()).toEqualTypeOf<Job>()
    expectTypeOf(self.tryReceive()).toEqualTypeOf<Job | undefined>()
    for await (const message of self) expectTypeOf(message).toEqualTypeOf<Job>()
  }
  expect(never).toBeTypeOf('function')
})

it('define refuses messages and arguments that cannot cross', () => {
  // @ts-expect-error a function in a message
  define(HERE, 'types/a', async (_: Self<{ reply: () => void }>) => {})
  // @ts-expect-error a symbol deep in a message
  define(HERE, 'types/b', async (_: Self<{ a: { b: symbol[] } }>) => {})
  // @ts-expect-error a promise as an argument
  define(HERE, 'types/c', async (_: Self<number>, __: Promise<number>) => {})
  // @ts-expect-error one member of a union that cannot
  define(HERE, 'types/d', async (_: Self<number | { kind: 'x'; weak: WeakMap<object, number> }>) => {})
  define(HERE, 'types/e', async (_: Self<Job | Map<string, Set<number>> | Error>, __: readonly Date[]) => {})
})

it('Crosses tells what types can tell', () => {
  expectTypeOf<Crosses<Job>>().toEqualTypeOf<true>()
  expectTypeOf<Crosses<{ at?: Date; list: readonly bigint[] }>>().toEqualTypeOf<true>()
  expectTypeOf<Crosses<unknown>>().toEqualTypeOf<true>()
  expectTypeOf<Crosses<() => void>>().toEqualTypeOf<false>()
  expectTypeOf<Crosses<{ deep: [symbol] }>>().toEqualTypeOf<false>()
  expectTypeOf<Crosses<ReadonlySet<Promise<1>>>>().toEqualTypeOf<false>()
  expectTypeOf<Crosses<number | (() => void)>>().toEqualTypeOf<boolean>()
})
