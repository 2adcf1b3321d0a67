// registerMessage: instances of registered classes cross wherever they are; what nobody knows, or what cannot be made, harms
// nothing else.

import assert from 'node:assert/strict'
import { Down, Exit, exit, registerMessage, send, UncrossableError } from 'rumpus'
import { describe, expect, it } from 'vitest'
import { groupsOf } from '../../js/kernel/codec/order.ts'
import * as m from '../fixtures/messages.mjs'
import { dice } from '../fixtures/random.mjs'
import { Stranger } from '../fixtures/stranger.mjs'
import { type AnyPid, type AnySelf, balanced, inside, thrownBy, until } from '../process/world.ts'

type Trip = (value: unknown) => Promise<unknown>

/** Runs with a function that sends a value to another scheduler and back. */
function abroad(body: (trip: Trip, far: AnyPid, self: AnySelf) => Promise<void>) {
  return inside(
    async (self) => {
      const far = self.spawn(m.echo.with({ on: 1 }), self.pid as AnyPid, undefined) as AnyPid
      const trip: Trip = async (value) => {
        send(far, value)
        return self.receive()
      }
      await body(trip, far, self)
      exit(far)
    },
    { schedulers: 1 },
  )
}

/** What a send throws. */
function refusal(far: AnyPid, value: unknown): UncrossableError {
  try {
    send(far, value)
  } catch (error) {
    return error as UncrossableError
  }
  throw new Error('nothing was thrown')
}

const intact = async (trip: Trip): Promise<void> => {
  for (const next of [{ flat: 1, s: 'x' }, { intact: [1, new Map([[1, 2]])] }])
    assert.deepStrictEqual(await trip(next), next)
  expect(((await trip([new m.Money(7)])) as m.Money[])[0].cents).toBe(7)
}

describe('registered classes', () => {
  it('an instance arrives as one, by itself and wherever it is', () =>
    abroad(async (trip, _, self) => {
      const money = new m.Money(250)
      const far = self.spawn(m.classify.with({ on: 1 }), self.pid)
      send(far as AnyPid, money)
      expect(await self.receive()).toEqual([true, 'Money'])
      const found: ((came: never) => unknown)[] = [
        (came: m.Money) => came,
        (came: { price: unknown }) => came.price,
        (came: unknown[]) => came[0],
        (came: Map<unknown, unknown>) => [...came.keys()][0],
        (came: Map<unknown, unknown>) => came.get('price'),
        (came: Set<unknown>) => [...came][0],
        (came: Error) => came.cause,
        (came: { a: { b: unknown[] }[] }) => came.a[0].b[0],
      ]
      const forms = [
        money,
        { n: 1, price: money },
        [money],
        new Map([[money, 1]]),
        new Map([['price', money]]),
        new Set([money]),
        new Error('e', { cause: money }),
        { a: [{ b: [money] }] },
      ]
      for (const [i, form] of forms.entries()) {
        const came = found[i]((await trip(form)) as never)
        expect(came, `form ${i}`).toBeInstanceOf(m.Money)
        expect((came as m.Money).cents).toBe(250)
      }
    }))

  it('an instance that is shared stays shared, among plain rings too', () =>
    abroad(async (trip) => {
      const ring: Record<string, unknown> = { money: new m.Money(1) }
      ring.again = [ring.money, ring]
      ring.self = ring
      const came = (await trip(ring)) as typeof ring
      expect(came.money).toBeInstanceOf(m.Money)
      expect((came.again as unknown[])[0]).toBe(came.money)
      expect((came.again as unknown[])[1]).toBe(came)
    }))

  it('an encoded form leads to other instances, shared ones, and rings beside it', () =>
    abroad(async (trip) => {
      const inner: unknown[] = [new m.Money(3)]
      inner.push(inner)
      const last = new m.Link(inner, null)
      const came = (await trip({ a: new m.Link(1, last), b: new m.Link(2, last) })) as Record<string, m.Link>
      const { a, b } = came
      expect(a).toBeInstanceOf(m.Link)
      expect(a.next).toBe(b.next)
      const value = (a.next as m.Link).value as unknown[]
      expect(value[1]).toBe(value)
      expect((value[0] as m.Money).cents).toBe(3)
    }))

  it('a chain of ten thousand instances', () =>
    abroad(async (trip) => {
      let chain: m.Link | null = null
      for (let i = 0; i < 10_000; i++) chain = new m.Link(i, chain)
      let came = (await trip(chain)) as m.Link | null
      for (let i = 9_999; i >= 0; i--) {
        if (came?.value !== i) expect(came?.value).toBe(i)
        came = came?.next as m.Link | null
      }
      expect(came).toBe(null)
    }))

  it('classes that extend what crosses, and classes of Node', () =>
    abroad(async (trip) => {
      const failure = Object.assign(new m.Failure('it'), { at: 9 })
      const bytes = m.Bytes.from([1, 2, 3])
      const values = [m.Stack.from([1, 2]), new m.Table([[1, 2]]), bytes, failure, new URL('https://example.org/a?b')]
      for (const value of values) {
        for (const form of [value, { value }, [[value]]]) {
          const came = await trip(form)
          const one = (
            form === value ? came : 'value' in form ? (came as typeof form).value : (came as never)[0][0]
          ) as object
          expect(Object.getPrototypeOf(one)).toBe(Object.getPrototypeOf(value))
          expect(String(one)).toBe(String(value))
        }
      }
      expect(((await trip(failure)) as m.Failure).at).toBe(9)
    }))

  it('a subclass is not covered by its parent', () =>
    abroad(async (trip, far) => {
      expect(refusal(far, { a: new m.Coins(1) })).toMatchObject({
        path: 'message.a',
        message: expect.stringMatching(/an instance of Coins$/),
      })
      await intact(trip)
    }))

  it('arguments and exit reasons carry instances', () =>
    abroad(async (_, __, self) => {
      const far = self.spawn(m.echo.with({ on: 1 }), self.pid, [new m.Money(5)])
      expect(((await self.receive()) as m.Money[])[0].cents).toBe(5)
      self.monitor(far)
      const ending = self.receive() as Promise<Down>
      exit(far, new m.Money(6) as never)
      expect((await ending).reason).toEqual({ kind: 'user', value: expect.any(m.Money) })
      const [other] = self.spawnMonitor(m.leave.with({ on: 1 }))
      send(other as AnyPid, new m.Money(7))
      const { reason: left } = (await self.receive()) as Down
      expect(left.kind === 'user' && (left.value as m.Money).cents).toBe(7)
    }))

  it('Down and Exit cross as what they are', () =>
    abroad(async (trip, _, self) => {
      const near = self.spawn(async (me) => void (await me.receive()))
      self.spawn(m.watch.with({ on: 1 }), self.pid, near)
      expect(await self.receive()).toBe('watching')
      exit(near, { code: 3 })
      const heard = [await self.receive(), await self.receive()].map(({ news }) => news[0])
      const reason = { kind: 'user', value: { code: 3 } }
      expect(heard.find((one) => one instanceof Down)).toMatchObject({ type: 'down', pid: near, reason })
      expect(heard.find((one) => one instanceof Exit)).toMatchObject({ type: 'exit', pid: near, reason })
      const down = new Down(3, near, { kind: 'user', value: [new m.Money(1)] })
      assert.deepStrictEqual(await trip(down), down)
    }))
})

describe('registered classes, refused at send', () => {
  const cases: [what: string, deed: () => unknown, path: string, text: RegExp][] = [
    ['encode that throws', () => assert.fail('mine'), 'message.part', /the encode of Deed threw AssertionError: mine$/],
    ['encode that answers a promise', () => Promise.resolve(1), 'encode(message.part)', /an instance of Promise$/],
    ['encode that answers a function', () => () => 1, 'encode(message.part)', /a function$/],
    ['encode that answers a part', () => ({ a: [Symbol()] }), 'encode(message.part).a[0]', /a symbol$/],
  ]
  for (const [what, deed, path, text] of cases) {
    it(`UncrossableError for ${what}, and the next message is intact`, () =>
      abroad(async (trip, far) => {
        const value = { blob: new Uint8Array(9000), part: new m.Deed(deed, 0) }
        const error = refusal(far, value)
        expect(error).toBeInstanceOf(UncrossableError)
        expect(error).toMatchObject({ code: 'ERR_RUMPUS_UNCROSSABLE', path, message: expect.stringMatching(text) })
        await intact(trip)
      }))
  }

  it('the error of encode is the cause', () =>
    abroad(async (_, far) => {
      const mine = new RangeError('mine')
      const throws = (): never => {
        throw mine
      }
      expect(refusal(far, new m.Deed(throws, 0))).toMatchObject({ path: 'message', cause: mine })
    }))

  it('an encoded form that leads back to its instance', () =>
    abroad(async (trip, far) => {
      const self = new m.Link(0, null)
      self.next = self
      const [one, two] = [new m.Link(1, null), new m.Link(2, null)]
      one.next = { via: [two] }
      two.next = new Map([['back', one]])
      const deed: m.Deed = new m.Deed(() => deed, 0)
      for (const value of [self, deed]) expect(refusal(far, { value }).path).toBe('message.value')
      expect(refusal(far, { x: [one] }).path).toMatch(/^(message\.x\[0\]|encode\(message\.x\[0\]\)\.next\.via\[0\])$/)
      expect(refusal(far, one).message).toMatch(/leads back to$/)
      await intact(trip)
    }))

  it('an encode that sends is refused as a getter is', () =>
    abroad(async (trip, far) => {
      const deed = new m.Deed(() => send(far, [1]), 0)
      expect(thrownBy(() => send(far, { deed }))).toMatchObject({ name: 'RumpusError', code: 'ERR_RUMPUS_REENTRANT' })
      await intact(trip)
    }))
})

describe('registered classes, not known or not made on arrival', () => {
  it('a message of a class that the receiver does not know is dropped, counted and reported', async () => {
    await inside(
      async (self, crashes) => {
        const far = self.spawn(m.echo.with({ on: 1 }), self.pid, undefined) as AnyPid
        send(far, { deep: [new Stranger()] })
        send(far, new m.Deed(() => 'throw', 0))
        send(far, 'after')
        expect(await self.receive()).toBe('after')
        await until(() => crashes.length === 2)
        const what = 'a message could not be read and was dropped'
        expect(crashes).toMatchObject([
          { pid: far, scheduler: 1, what, error: { code: 'ERR_RUMPUS_UNKNOWN_MESSAGE' } },
          {
            pid: far,
            scheduler: 1,
            what,
            error: { message: 'the decode of Deed threw RangeError: decode does not like it' },
          },
        ])
        expect((crashes[0].error as Error).message).toMatch(
          /knows no class "Stranger": import the module that registers it/,
        )
        expect(self.runtime.inspect().messages.dropped.corrupt).toBe(2)
        balanced(self.runtime.inspect())
      },
      { schedulers: 1 },
    )
  })

  it('an exit reason or an argument of such a class says so, and loses nobody', () =>
    abroad(async (_, far, self) => {
      const asked = self.spawn(m.watch.with({ on: 1 }), self.pid, far)
      expect(await self.receive()).toBe('watching')
      exit(far, new Stranger() as never)
      const { news } = await self.receive()
      expect(news[0].reason).toMatchObject({ kind: 'error', error: { message: expect.stringMatching(/"Stranger"/) } })
      exit(asked, 'kill')
      const [, ref] = self.spawnMonitor(m.echo.with({ on: 1 }), self.pid, new Stranger())
      const down = await self.receive({ match: (one) => one instanceof Down && one.ref === ref })
      expect(down.reason).toMatchObject({ kind: 'error', error: { code: 'ERR_RUMPUS_UNKNOWN_MESSAGE' } })
    }))
})

describe('registerMessage refuses', () => {
  const encode = (): number => 1
  const decode = (): object => ({})
  class Own {}

  it('registerMessage refuses what is no class, no name and no function', () => {
    const wrong: [args: unknown[], name: string, text: RegExp][] = [
      [[1, { encode, decode }], 'TypeError', /^Class must be a class, got 1$/],
      [[() => 1, { encode, decode }], 'TypeError', /^Class must be a class, got function/],
      [[Own], 'TypeError', /^options must be an object, got undefined$/],
      [[Own, { decode }], 'TypeError', /^options\.encode must be a function, got undefined$/],
      [[Own, { encode, decode: 'x' }], 'TypeError', /^options\.decode must be a function, got "x"$/],
      [[Own, { encode, decode, name: 3 }], 'TypeError', /^options\.name must be a string that is not empty, got 3$/],
      [[class {}, { encode, decode }], 'TypeError', /^options\.name must be a string that is not empty, got ""$/],
      [
        [Map, { encode, decode }],
        'RangeError',
        /^Class must be a class that does not cross by itself, got function Map$/,
      ],
      [[Buffer, { encode, decode }], 'RangeError', /^Class must be/],
      [[Own, { encode, decode, name: 'Money' }], 'RangeError', /^options\.name must be a name that no other class/],
      [[m.Money, { encode, decode, name: 'Cash' }], 'RangeError', /^options\.name must be "Money", as before/],
      [[Down, { encode, decode }], 'RangeError', /^options\.name must be "rumpus\.Down"/],
    ]
    for (const [args, name, message] of wrong) {
      const thrown = thrownBy(() => (registerMessage as (...args: unknown[]) => void)(...args))
      const code = name === 'TypeError' ? 'ERR_RUMPUS_BAD_ARGUMENT' : 'ERR_RUMPUS_OUT_OF_RANGE'
      expect(thrown).toEqual({ name, code, message: expect.stringMatching(message) })
    }
  })

  it('registerMessage takes the same class again, and a module that is loaded twice', async () => {
    const again = (await import(new URL('../fixtures/stranger.mjs?again', import.meta.url).href)) as {
      Stranger: typeof Stranger
    }
    expect(again.Stranger).not.toBe(Stranger)
    registerMessage(Own, { encode, decode })
    registerMessage(Own, { encode, decode })
    expect(thrownBy(() => registerMessage(class Stranger {}, { encode, decode })).code).toBe('ERR_RUMPUS_OUT_OF_RANGE')
  })
})

describe('the order in which nodes are finished', () => {
  it('groups are the rings, each behind what it leads to, as a naive search finds them', () => {
    for (let seed = 0; seed < 300; seed++) {
      const below = dice(seed)
      const count = 1 + below(9)
      const edges = Array.from({ length: count }, () => Array.from({ length: below(4) }, () => below(count)))
      const reach = (from: number, seen = new Set<number>()): Set<number> => {
        for (const to of edges[from]) {
          if (seen.has(to)) continue
          seen.add(to)
          reach(to, seen)
        }
        return seen
      }
      const reached = edges.map((_, i) => reach(i))
      const groups = groupsOf(count, (node) => edges[node])
      expect(groups.flat().sort()).toEqual(Array.from({ length: count }, (_, i) => i).sort())
      const at = (node: number): number => groups.findIndex((group) => group.includes(node))
      for (let a = 0; a < count; a++) {
        for (let b = 0; b < count; b++) {
          const together = a === b || (reached[a].has(b) && reached[b].has(a))
          expect(at(a) === at(b), `seed ${seed}: ${a} and ${b}`).toBe(together)
          if (reached[a].has(b)) expect(at(b)).toBeLessThanOrEqual(at(a))
        }
      }
    }
  })
})
