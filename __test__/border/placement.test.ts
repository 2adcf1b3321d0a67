// Where processes run: placed, pinned, stolen, and whether the host takes part.

import { isAlive, type RuntimeOptions, send } from 'rumpus'
import { describe, expect, it } from 'vitest'
import { compute, hold, once } from '../fixtures/bodies.mjs'
import { crowd } from '../fixtures/order-bodies.mjs'
import { type AnyPid, type AnySelf, balanced, inside, started, take, thrownBy, until } from '../process/world.ts'

type Told = { seat: number; name?: unknown }

/** On which seats `count` processes that stay came to live. */
function placed(count: number, options: RuntimeOptions): Promise<number[]> {
  return inside(async (self) => {
    const seats = self.runtime.inspect().schedulers.map(() => 0)
    // One by one, each up before the next: nothing is left to steal.
    for (let i = 0; i < count; i++) {
      self.spawn(hold, self.pid as AnyPid, i)
      seats[((await self.receive()) as Told).seat]++
    }
    const expected = seats.map((n, i) => (i === 0 ? n + 1 : n)).join()
    await until(
      () =>
        self.runtime
          .inspect()
          .schedulers.map(({ alive }) => alive)
          .join() === expected,
    )
    return seats
  }, options)
}

describe('placement', () => {
  it('spawn spreads processes that live long evenly, the host apart', async () => {
    for (const schedulers of [1, 2, 3]) {
      const count = 300
      const [host, ...seats] = await placed(count, { schedulers, eager: true })
      expect(host).toBe(0)
      for (const seat of seats)
        expect(Math.abs(seat - count / schedulers)).toBeLessThanOrEqual((0.2 * count) / schedulers)
    }
  })

  it('hostWorks: the host takes its part', async () => {
    const seats = await placed(300, { schedulers: 2, hostWorks: true, eager: true })
    expect(seats[0], String(seats)).toBeGreaterThan(0)
  })

  for (const [what, options] of [
    ['placed', {}],
    ['not placed', { placement: false }],
    ['with a host that works', { hostWorks: true }],
  ] as const) {
    it(`on pins: here, a number, the host; ${what}`, () =>
      inside(
        async (self) => {
          const count = 40
          for (let i = 0; i < count; i++) {
            for (const on of ['here', 0, 1, 2] as const) self.spawn(once.with({ on }), self.pid as AnyPid, on)
          }
          for (const { name, seat } of (await take(self, count * 4)) as Told[])
            expect(seat).toBe(name === 'here' ? 0 : name)
          expect(self.runtime.inspect().schedulers[0].stolen).toBe(0)
        },
        { schedulers: 2, ...options },
      ))
  }

  it('on refuses what is no place', () =>
    inside(
      async (self) => {
        for (const on of [3, -1, 1.5, Number.NaN, 'there', {}, '1'] as never[]) {
          expect(thrownBy(() => self.spawn(once.with({ on }), self.pid as AnyPid, 0))).toMatchObject({
            name: 'RangeError',
            code: 'ERR_RUMPUS_OUT_OF_RANGE',
            message: expect.stringMatching(
              /^options\.on must be 'any', 'here', 'dedicated' or a scheduler from 0 to 2, got /,
            ),
          })
        }
        const closure = (): void => {}
        for (const on of [1, 'any'] as const) {
          expect(thrownBy(() => self.spawn(closure, { on })).code).toBe('ERR_RUMPUS_OUT_OF_RANGE')
        }
      },
      { schedulers: 2 },
    ))
})

describe('stealing', () => {
  it('placement: false, a burst from the host is stolen by all, and Rust counts it', async () => {
    const { runtime } = await started({ schedulers: 3, placement: false, eager: true })
    await runtime.run(async (self: AnySelf) => {
      const count = 300
      for (let i = 0; i < count; i++) self.spawn(compute, self.pid as AnyPid, 300_000)
      const seats = ((await take(self, count)) as Told[]).map(({ seat }) => seat)
      expect(new Set(seats)).toEqual(new Set([1, 2, 3]))
    })
    await until(() => runtime.inspect().processes.alive === 0)
    const view = runtime.inspect()
    balanced(view)
    const sum = (what: 'stolen' | 'steals' | 'started'): number => view.schedulers.reduce((n, one) => n + one[what], 0)
    // The host starts none: every one was stolen, at least once.
    expect(sum('started')).toBe(300)
    expect(sum('stolen')).toBeGreaterThanOrEqual(300)
    expect(sum('steals')).toBeGreaterThan(0)
    expect(sum('steals')).toBeLessThanOrEqual(sum('stolen'))
    expect(view.schedulers[0].stolen).toBe(0)
  })

  it('placement: false, what a busy scheduler spawned is stolen from it', async () => {
    const { runtime } = await started({ schedulers: 2, placement: false, eager: true })
    await runtime.run(async (self: AnySelf) => {
      self.spawn(crowd.with({ on: 1 }), self.pid as AnyPid, 100, 20)
      const seats = ((await take(self, 201)) as Told[]).map(({ seat }) => seat)
      expect(seats.filter((seat) => seat === 2).length).toBeGreaterThan(0)
    })
    expect(runtime.inspect().schedulers[2].stolen).toBeGreaterThan(0)
    expect(runtime.inspect().schedulers[1].spawned).toBe(100)
  })

  it('pinned processes are never stolen, whoever is idle', async () => {
    const { runtime } = await started({ schedulers: 3, placement: false, eager: true })
    await runtime.run(async (self: AnySelf) => {
      for (let i = 0; i < 100; i++) self.spawn(compute.with({ on: 1 }), self.pid as AnyPid, 100_000)
      for (const { seat } of (await take(self, 100)) as Told[]) expect(seat).toBe(1)
    })
    expect(runtime.inspect().schedulers.map(({ stolen }) => stolen)).toEqual([0, 0, 0, 0])
  })

  it('a process that has started stays where it is', () =>
    inside(
      async (self) => {
        self.spawn(hold, self.pid as AnyPid, 0)
        const { up, seat } = (await self.receive()) as { up: AnyPid; seat: number }
        for (let i = 0; i < 50; i++) self.spawn(compute.with({ on: seat }), self.pid as AnyPid, 100_000)
        send(up, 'stay')
        await take(self, 50)
        await until(() => self.runtime.inspect().schedulers[seat].alive === 1)
        expect(isAlive(up)).toBe(true)
      },
      { schedulers: 2 },
    ))
})
