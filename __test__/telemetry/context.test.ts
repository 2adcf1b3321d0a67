// Contexts: they go with calls, casts and wrapped messages to whichever thread, from callback to callback, and are gone when that is over.

import { type Context, call, send } from 'rumpus'
import { cast, startServer } from 'rumpus/otp'
import { attach, carried, carry, contextOf, inContext, type Span, span, traceParentOf } from 'rumpus/telemetry'
import { expect, it, onTestFinished } from 'vitest'
import { relay, unwraps } from '../fixtures/telemetry-bodies.mjs'
import { type AnyPid, type AnySelf, inside, places, thrownBy } from '../process/world.ts'

const CONTEXT: Context = {
  traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  tenant: 'acme',
  n: 7,
}

for (const on of places) {
  it(`a context goes with calls, also on to the next server, and ends with the callback (${on})`, async () => {
    await inside(async (self: AnySelf) => {
      const [first, second] = [
        (await startServer(self, relay, { on })) as AnyPid,
        (await startServer(self, relay, { on: 2 })) as AnyPid,
      ]
      const options = { context: CONTEXT }
      expect(await self.call(first, 'context', options)).toEqual(CONTEXT)
      expect(await call(first, 'context', options)).toEqual(CONTEXT)
      expect(await self.call(first, { to: second, andThen: 'context' }, options)).toEqual(CONTEXT)
      expect(await inContext(self, CONTEXT, () => self.call(first, { to: second, andThen: 'context' }))).toEqual(
        CONTEXT,
      )
      expect(contextOf(self)).toBeUndefined()
      expect(await self.call(first, 'context')).toBeUndefined()
      expect(await self.call(first, { to: second, andThen: 'context' })).toBeUndefined()
    })
  })

  it(`a context goes with casts and with messages that carry it (${on})`, async () => {
    await inside(async (self: AnySelf) => {
      const there = (await startServer(self, relay, { on })) as AnyPid
      cast(there, 'told', { context: CONTEXT })
      expect(await self.call(there, 'seen')).toEqual(['told', CONTEXT])
      send(there, carry(CONTEXT, { type: 'sent' }))
      expect(await self.call(there, 'seen')).toEqual([{ type: 'sent' }, CONTEXT])
      cast(there, 'plain')
      expect(await self.call(there, 'seen')).toEqual(['plain', undefined])
      const next = (await startServer(self, relay, { on: 2 })) as AnyPid
      await self.call(there, { cast: next }, { context: CONTEXT })
      expect(await self.call(next, 'seen')).toEqual(['told', CONTEXT])
      await self.call(there, { send: next }, { context: CONTEXT })
      expect(await self.call(next, 'seen')).toEqual(['sent', CONTEXT])
      const body = self.spawn(unwraps.with({ on }), self.pid) as AnyPid
      send(body, carry(CONTEXT, 'wrapped'))
      send(body, 'bare')
      expect(await self.receive()).toEqual({ message: 'wrapped', context: CONTEXT })
      expect(await self.receive()).toEqual({ message: 'bare', context: undefined })
    })
  })
}

it('a context that cannot cross is refused as a message is', async () => {
  await inside(async (self: AnySelf) => {
    const there = (await startServer(self, relay, { on: 1 })) as AnyPid
    const context = { fn: () => 1 } as unknown as Context
    expect(thrownBy(() => void self.call(there, 'context', { context }))).toMatchObject({
      code: 'ERR_RUMPUS_UNCROSSABLE',
      message: expect.stringContaining('message.context.fn'),
    })
    expect(await self.call(there, 'context')).toBeUndefined()
  })
})

it('inContext gives back what was before, however its body ends, and may be nested', async () => {
  await inside(async (self: AnySelf) => {
    const [outer, inner] = [{ a: 1 }, { b: 2 }]
    inContext(self, outer, () => {
      expect(inContext(self, inner, () => contextOf(self))).toBe(inner)
      expect(contextOf(self)).toBe(outer)
      expect(inContext(self, undefined, () => contextOf(self))).toBeUndefined()
    })
    const badly = (): never => {
      throw new Error('as told')
    }
    expect(() => inContext(self, outer, badly)).toThrow('as told')
    await expect(inContext(self, outer, async () => badly())).rejects.toThrow('as told')
    expect(contextOf(self)).toBeUndefined()
  })
})

it('spans are parts of one another as W3C has it, once somebody asks for their names', async () => {
  const [outer, inner] = [span('tale:outer'), span('tale:inner')]
  const spans = new Map<string, Span>()
  const attached = attach('tale', (_, data) => {
    const one = data as Span
    spans.set(one.name, one)
    one.context
  })
  onTestFinished(() => attached.detach())
  await inside(async (self: AnySelf) => {
    const there = (await startServer(self, relay, { on: 1 })) as AnyPid
    const seen = await outer.run(() => inner.run(() => self.call(there, 'context'), { self }), {
      self,
      parent: CONTEXT,
    })
    expect(seen).toEqual({ ...CONTEXT, traceparent: spans.get('tale:inner')?.context['traceparent'] })
  })
  const parts = (context: Context | undefined) => traceParentOf(context)
  const [above, below] = [spans.get('tale:outer'), spans.get('tale:inner')]
  expect(parts(above?.parent)).toEqual(parts(CONTEXT))
  expect(below?.parent).toEqual(above?.context)
  expect(parts(below?.context)?.traceId).toBe('4bf92f3577b34da6a3ce929d0e0e4736')
  expect(parts(below?.context)?.spanId).not.toBe(parts(above?.context)?.spanId)
  expect(parts(outer.run((one) => one?.context))?.traceId).toMatch(/^[0-9a-f]{32}$/)
})

it('where nobody listens, what a span is a part of is handed on as it is', async () => {
  const quiet = span('tale:quiet')
  await inside(async (self: AnySelf) => {
    expect(quiet.run(() => contextOf(self), { self, parent: CONTEXT })).toBe(CONTEXT)
    expect(contextOf(self)).toBeUndefined()
  })
})

it.each([
  ['00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00', { flags: 0 }],
  ['01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-03-more', { flags: 3 }],
  ['ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00', undefined],
  ['00-00000000000000000000000000000000-00f067aa0ba902b7-00', undefined],
  ['00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-00', undefined],
  ['00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-00', undefined],
  ['', undefined],
])('a traceparent is read as W3C has it: %s', (traceparent, wanted) => {
  if (wanted === undefined) expect(traceParentOf({ traceparent })).toBeUndefined()
  else expect(traceParentOf({ traceparent })).toMatchObject(wanted)
})

it('arguments are checked, each by its name', async () => {
  expect(thrownBy(() => contextOf({ pid: 1 })).message).toMatch(/^self must be the self of a process, got /)
  expect(thrownBy(() => carry(1 as never, 1)).message).toBe('options.context must be an object, got 1')
  expect(carry(undefined, 'same')).toBe('same')
  expect(carried(null)).toEqual({ message: null, context: undefined })
  await inside(async (self: AnySelf) => {
    expect(thrownBy(() => inContext(self, {}, 1 as never)).message).toBe('body must be a function, got 1')
    expect(thrownBy(() => void self.call(self.pid, 1, { context: [] as never })).message).toMatch(
      /^options\.context must be an object/,
    )
    expect(thrownBy(() => cast(self.pid as AnyPid, 1, { context: 1 as never })).message).toMatch(/^options\.context/)
  })
})
