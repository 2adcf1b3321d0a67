// Priorities: high goes before others after one resume, low goes when nobody else does and now and then; order and identity of
// messages are those of any process.

import { send } from 'rumpus'
import { describe, expect, it } from 'vitest'
import { echo } from '../fixtures/bodies.mjs'
import { type AnyPid, type AnySelf, inside, places, thrownBy, until } from './world.ts'

/** Two processes that keep the scheduler busy with each other until told. */
const busy = (self: AnySelf, state: { over: boolean; resumes: number }): void => {
  const body = async (me: AnySelf): Promise<void> => {
    for (;;) {
      const to = (await me.receive()) as AnyPid
      state.resumes++
      if (state.over) return
      send(to, me.pid)
    }
  }
  const [one, two] = [self.spawn(body), self.spawn(body)]
  send(one, two)
}

/** A process that goes on after every yield. */
const goesOn = (self: AnySelf, priority: 'high' | 'normal' | 'low'): { resumes: number } => {
  const count = { resumes: 0 }
  self.spawn(
    async (me: AnySelf) => {
      for (;;) {
        await me.yield()
        count.resumes++
      }
    },
    { priority },
  )
  return count
}

describe('priority', () => {
  it('high goes first: after a send no more than a few others run before it', () =>
    inside(async (self) => {
      const state = { over: false, resumes: 0 }
      const gaps: number[] = []
      const high = self.spawn(
        async (me: AnySelf) => {
          for (;;) {
            const then = await me.receive()
            gaps.push(state.resumes - then)
          }
        },
        { priority: 'high' },
      )
      busy(self, state)
      for (let i = 0; i < 50; i++) {
        await self.yield()
        send(high, state.resumes)
      }
      await until(() => gaps.length === 50)
      state.over = true
      expect(Math.max(...gaps)).toBeLessThanOrEqual(8)
    }))

  it('low waits for others, and goes once in eight', () =>
    inside(async (self) => {
      const state = { over: false, resumes: 0 }
      const low = goesOn(self, 'low')
      busy(self, state)
      await until(() => state.resumes > 20_000)
      const [lows, others] = [low.resumes, state.resumes]
      state.over = true
      expect(lows * 5).toBeLessThan(others)
      expect(lows * 10).toBeGreaterThan(others)
    }))

  it('nobody waits for ever: high, two that write to each other, others and low all go on', () =>
    inside(async (self) => {
      const state = { over: false, resumes: 0 }
      const all = (['high', 'high', 'normal', 'normal', 'low'] as const).map((priority) => goesOn(self, priority))
      busy(self, state)
      await until(() => [state, ...all].every(({ resumes }) => resumes > 100))
      let begun = false
      self.spawn(async () => {
        begun = true
      })
      await until(() => begun)
      state.over = true
    }))

  it.each(['high', 'low'] as const)(
    '%s keeps order and identity of messages, of closures and of definitions',
    (priority) =>
      inside(async (self) => {
        const objects = Array.from({ length: 300 }, (_, i) => ({ i, call: () => i }))
        const got: unknown[] = []
        const [pid] = self.spawnMonitor(
          async (me: AnySelf) => {
            for (const _ of objects) got.push(await me.receive())
          },
          { priority },
        )
        for (const object of objects) send(pid, object)
        expect(await self.receive()).toMatchObject({ pid, reason: { kind: 'normal' } })
        expect(got.every((object, i) => object === objects[i])).toBe(true)
        for (const on of places) {
          const there = self.spawn(echo.with({ on, priority }), self.pid)
          for (let i = 0; i < 300; i++) send(there, i)
          for (let i = 0; i < 300; i++) expect(await self.receive()).toBe(i)
        }
      }),
  )

  it('priority must be one of three words', () =>
    inside(async (self) => {
      for (const priority of ['urgent', 1, null, 'toString']) {
        expect(thrownBy(() => self.spawn(async () => {}, { priority: priority as never }))).toMatchObject({
          code: 'ERR_RUMPUS_BAD_ARGUMENT',
        })
      }
    }))
})
