// Handlers: which names they hear, in which order, and that one that fails hurts nobody but itself.

import { channel, tracingChannel } from 'node:diagnostics_channel'
import { exit } from 'rumpus'
import { startServer, startSupervisor } from 'rumpus/otp'
import { type Attached, attach, type Handler, point, Span, span } from 'rumpus/telemetry'
import { expect, it, onTestFinished } from 'vitest'
import { relay } from '../fixtures/telemetry-bodies.mjs'
import { type AnyPid, type AnySelf, inside, rejectionOf, thrownBy, until } from '../process/world.ts'

/** What a handler has heard, until the test is over. */
function hearing(prefix: string): { heard: [string, unknown][]; attached: Attached } {
  const heard: [string, unknown][] = []
  const attached = attach(prefix, (name, data) => void heard.push([name, data]))
  onTestFinished(() => attached.detach())
  return { heard, attached }
}
const namesOf = ({ heard }: { heard: [string, unknown][] }): string[] => heard.map(([name]) => name)

it('a handler hears names that begin with its own, word by word', async () => {
  const [paid, other, ship] = [point('shop:paid'), point('shopping:paid'), span('shop:ship')]
  const [all, shop, one, stop] = [hearing(''), hearing('shop'), hearing('shop:paid'), hearing('shop:ship:stop')]
  const later = point('shop:later')
  paid.emit(1)
  other.emit(2)
  ship.run(() => 3)
  later.emit(4)
  expect(namesOf(all)).toEqual(['shop:paid', 'shopping:paid', 'shop:ship:start', 'shop:ship:stop', 'shop:later'])
  expect(namesOf(shop)).toEqual(['shop:paid', 'shop:ship:start', 'shop:ship:stop', 'shop:later'])
  expect(one.heard).toEqual([['shop:paid', 1]])
  expect(namesOf(stop)).toEqual(['shop:ship:stop'])
})

it('nobody listening, nothing is published; who detaches hears no more', () => {
  const [sold, pack] = [point('depot:sold'), span('depot:pack')]
  expect([sold.isHeard, pack.isHeard]).toEqual([false, false])
  const { heard, attached } = hearing('depot')
  expect([sold.isHeard, pack.isHeard, attached.isAttached]).toEqual([true, true, true])
  attached.detach()
  attached.detach()
  expect([sold.isHeard, pack.isHeard, attached.isAttached]).toEqual([false, false, false])
  sold.emit(1)
  expect(pack.run((one) => one)).toBeUndefined()
  expect(heard).toEqual([])
  expect(channel('depot:sold').hasSubscribers).toBe(false)
})

it('a span tells its data, its length, what it came to or why it failed; sync, async and thrown', async () => {
  const work = span('mill:grind')
  const { heard } = hearing('mill')
  expect(work.run((one) => one?.data, { data: { n: 1 } })).toEqual({ n: 1 })
  const slow = work.run(async () => 'ground', { data: { n: 2 } })
  expect(heard).toHaveLength(3)
  expect(await slow).toBe('ground')
  expect(thrownBy(() => work.run(() => badly()))).toMatchObject({ message: 'as told' })
  expect(await rejectionOf(work.run(async () => badly()))).toMatchObject({ message: 'as told' })
  const shown = heard.map(([name, data]) => [name.split(':').at(-1), (data as Span).error !== undefined])
  expect(shown).toEqual([
    ...[
      ['start', false],
      ['stop', false],
      ['start', false],
      ['stop', false],
    ],
    ...[
      ['start', true],
      ['exception', true],
      ['start', true],
      ['exception', true],
    ],
  ])
  const spans = [...new Set(heard.map(([, data]) => data as Span))]
  expect(spans).toHaveLength(4)
  for (const one of spans) {
    expect(one).toBeInstanceOf(Span)
    expect(one.durationMs).toBeGreaterThanOrEqual(0)
    expect(Math.abs(one.startedMs - Date.now())).toBeLessThan(60_000)
  }
  expect(spans.map(({ result }) => result)).toEqual([{ n: 1 }, 'ground', undefined, undefined])
})

const badly = (): never => {
  throw new Error('as told')
}

it('a span is told by the tracing channel of its name, in the order that Node gives those', async () => {
  const work = span('mill:bake')
  const told: string[] = []
  const subscribers = Object.fromEntries(
    ['start', 'end', 'asyncStart', 'asyncEnd', 'error'].map((what) => [what, () => void told.push(what)]),
  )
  tracingChannel('mill:bake').subscribe(subscribers as never)
  onTestFinished(() => void tracingChannel('mill:bake').unsubscribe(subscribers as never))
  work.run(() => 1)
  await work.run(async () => 2)
  await rejectionOf(work.run(async () => badly()))
  expect(told.join(' ')).toBe('start end start end asyncStart asyncEnd start end error asyncStart asyncEnd')
})

it.each([
  ['throws', () => badly()],
  ['rejects', async () => badly()],
] as [string, Handler][])(
  'a handler that %s is detached and reported; others and who tells go on',
  async (_, handler) => {
    const sold = point('till:sold')
    await inside(async (_self: AnySelf, crashes) => {
      const bad = attach('till', handler)
      const { heard } = hearing('till')
      sold.emit(1)
      await until(() => !bad.isAttached)
      sold.emit(2)
      expect(heard.map(([, n]) => n)).toEqual([1, 2])
      expect(crashes).toMatchObject([
        { pid: 0, what: 'a telemetry handler failed at till:sold and was detached', error: { message: 'as told' } },
      ])
    })
  },
)

it('a handler that attaches and detaches others in the middle is no danger', () => {
  const sold = point('stall:sold')
  const heard: string[] = []
  const second = attach('stall', () => void heard.push('second'))
  let third: Attached | undefined
  const first = attach('stall', () => {
    second.detach()
    third ??= attach('stall', () => void heard.push('third'))
  })
  sold.emit(1)
  sold.emit(2)
  for (const one of [first, third]) one?.detach()
  expect(heard).toEqual(['second', 'third'])
})

it('questions, callbacks, lives and restarts are spans, and channels are points', async () => {
  const { heard } = hearing('rumpus')
  await inside(async (self: AnySelf) => {
    const pid = await startServer(self, { handleCall: (n: number) => n * 2 })
    expect(await self.call(pid as AnyPid, 21)).toBe(42)
    const sup = (await startSupervisor(self, {
      children: [{ id: 'child', start: { handleCall: () => 1 }, name: 'child' }],
    })) as AnyPid
    const child = self.whereis('child') as AnyPid
    exit(child, 'kill')
    await until(() => heard.some(([name]) => name === 'rumpus:restart:stop'))
    expect(self.whereis('child')).not.toBe(child)
    exit(sup, 'shutdown')
  })
  const of = (name: string): Span[] => heard.filter(([other]) => other === name).map(([, data]) => data as Span)
  expect(of('rumpus:call:stop')[0]?.data).toMatchObject({ request: 21, scheduler: 0 })
  expect(of('rumpus:server:stop')[0]).toMatchObject({ data: { callback: 'handleCall', message: 21 }, result: 42 })
  const [restart] = of('rumpus:restart:stop')
  expect(restart?.data).toMatchObject({ id: 'child' })
  expect(restart?.durationMs).toBeGreaterThan(0)
  const ends = [...of('rumpus:process:stop'), ...of('rumpus:process:exception')].map(({ data }) => data['reason'])
  expect(ends).toContain('killed')
  expect(ends).toContain('normal')
  expect(namesOf({ heard })).toEqual(expect.arrayContaining(['rumpus:spawn', 'rumpus:exit', 'rumpus:supervisor']))
})

it('a question that fails is told so: no such process, a crash, its time, who asks is killed', async () => {
  const { heard } = hearing('rumpus:call')
  await inside(async (self: AnySelf) => {
    const mute = self.spawn(async (me) => void (await me.receive({ match: () => false }))) as AnyPid
    await self.yield()
    await expect(self.call(mute, 1, { timeout: 5 })).rejects.toMatchObject({ code: 'ERR_RUMPUS_TIMEOUT' })
    const asker = self.spawn(async (me) => void (await me.call(mute, 2))) as AnyPid
    await self.yield()
    exit(asker, 'kill')
    exit(mute, 'kill')
    await until(() => heard.length === 4)
    await expect(self.call(mute, 3)).rejects.toMatchObject({ code: 'ERR_RUMPUS_NOPROC' })
  })
  expect(namesOf({ heard })).toEqual(
    ['start', 'exception', 'start', 'exception', 'start', 'exception'].map((what) => `rumpus:call:${what}`),
  )
})

it('handlers are those of one thread', async () => {
  await inside(async (self: AnySelf) => {
    const { heard } = hearing('rumpus:server')
    const there = (await startServer(self, relay, { on: 1 })) as AnyPid
    expect(await self.call(there, 'attach')).toBe('attached')
    expect(await self.call(there, 'context')).toBeUndefined()
    // The end of a callback is told before its answer goes out.
    const both = ['rumpus:server:start', 'rumpus:server:stop']
    expect(await self.call(there, 'heard')).toEqual([...both, ...both])
    expect(heard).toEqual([])
  })
})

it('arguments are checked, each by its name', () => {
  expect(thrownBy(() => attach(1 as never, () => {})).message).toBe('prefix must be a string, got 1')
  expect(thrownBy(() => attach('a', 1 as never)).message).toBe('handler must be a function, got 1')
  for (const name of ['', 'a b', 'a:', ':a', 'rumpus:mine', 'rumpus', 'tracing:a', 1])
    expect(thrownBy(() => point(name as string))).toMatchObject({ code: 'ERR_RUMPUS_BAD_ARGUMENT' })
  span('checked:once')
  expect(thrownBy(() => point('checked:once'))).toMatchObject({ code: 'ERR_RUMPUS_OUT_OF_RANGE' })
  expect(thrownBy(() => span('checked:once').run(1 as never)).message).toBe('body must be a function, got 1')
})
