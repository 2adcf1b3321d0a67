// Goal: of each input what became of it, as many at a time as allowed, inputs taken as there is room, nothing left when the stream ends.
// Method: each option, hostile inputs, random programs in virtual time.

import { exit, type Self, send, simulate } from 'rumpus'
import { startSupervisor, type TaskSettled, taskStream, whichChildren } from 'rumpus/otp'
import { describe, expect, it } from 'vitest'
import { square, told } from '../fixtures/otp-tasks.mjs'
import { type AnyPid, type AnySelf, inside, rejectionOf, thrownBy, until } from '../process/world.ts'

const all = async <I, R>(stream: AsyncIterable<TaskSettled<I, R>>): Promise<TaskSettled<I, R>[]> => {
  const seen: TaskSettled<I, R>[] = []
  for await (const one of stream) seen.push(one)
  return seen
}

const values = (settled: readonly TaskSettled<unknown, unknown>[]): unknown[] =>
  settled.map((one) => (one.status === 'fulfilled' ? one.value : (one.reason as Error).message))

const sleeps = async (me: Self<never>, ms: number): Promise<number> => {
  await me.sleep(ms)
  return ms
}

describe('a stream of tasks', () => {
  it('gives what became of each, in order, from all cores', () =>
    inside(async (self) => {
      const seen = await all(
        taskStream(
          self,
          Array.from({ length: 100 }, (_, n) => n),
          square,
        ),
      )
      expect(seen).toEqual(
        Array.from({ length: 100 }, (_, n) => ({ index: n, input: n, status: 'fulfilled', value: n * n })),
      )
      expect(await all(taskStream(self, [], square))).toEqual([])
    }))

  it('gives failures as such and goes on', () =>
    inside(async (self, crashes) => {
      const fails = async (_me: Self<never>, n: number): Promise<number> => {
        if (n === 1) throw new Error('as told')
        return n
      }
      expect(values(await all(taskStream(self, [0, 1, 2], fails)))).toEqual([0, 'as told', 2])
      const there = taskStream(self, ['throw', 'fine'], told as never, { maxConcurrency: 1 })
      expect(values(await all(there as never))).toEqual(['as told', 'fine'])
      expect(crashes).toEqual([])
    }))

  it('in virtual time: no more than allowed at a time, in order or as they end, killed in time', async () => {
    for (let seed = 1; seed <= 60; seed++) {
      await simulate({ seed, onCrash: () => {} }, async (self: AnySelf) => {
        let state = seed
        const chance = (below: number): number => {
          state = (Math.imul(state, 1664525) + 1013904223) >>> 0
          return Math.floor((state / 2 ** 32) * below)
        }
        const inputs = Array.from({ length: 1 + chance(20) }, () => 1 + chance(100) * 10)
        const maxConcurrency = 1 + chance(5)
        const ordered = chance(2) === 0
        const timeout = chance(2) === 0 ? 405 : Number.POSITIVE_INFINITY
        let [running, most, taken, given] = [0, 0, 0, 0]
        const work = async (me: Self<never>, ms: number): Promise<number> => {
          most = Math.max(most, ++running)
          try {
            await me.sleep(ms)
            return ms
          } finally {
            running--
          }
        }
        const source = function* (): Generator<number> {
          for (const ms of inputs) {
            taken++
            // Room for those that run, in order for as many that wait; one is on its way to the loop.
            expect(taken - given).toBeLessThanOrEqual((ordered ? 2 : 1) * maxConcurrency + 1)
            yield ms
          }
        }
        const seen: TaskSettled<number, number>[] = []
        for await (const one of taskStream(self, source(), work, { maxConcurrency, ordered, timeout })) {
          given++
          seen.push(one)
        }
        // The body of one that was killed unwinds a moment after its process is dead.
        if (timeout === Number.POSITIVE_INFINITY) expect(most).toBe(Math.min(maxConcurrency, inputs.length))
        else expect(most).toBeLessThanOrEqual(2 * maxConcurrency)
        expect(running).toBe(0)
        const order = seen.map(({ index }) => index)
        if (ordered) expect(order).toEqual(inputs.map((_, at) => at))
        else expect([...order].sort((a, b) => a - b)).toEqual(inputs.map((_, at) => at))
        for (const one of seen) {
          expect(one.input).toBe(inputs[one.index])
          if (one.input < timeout) expect(one).toMatchObject({ status: 'fulfilled', value: one.input })
          else expect(one).toMatchObject({ status: 'rejected', reason: { code: 'ERR_RUMPUS_TIMEOUT' } })
        }
      })
    }
  })

  it('gives as they end what need not be in order', () =>
    simulate({ seed: 1 }, async (self: AnySelf) => {
      const stream = taskStream(self, [300, 100, 200], sleeps, { maxConcurrency: 3, ordered: false })
      expect(values(await all(stream))).toEqual([100, 200, 300])
    }))

  it('takes inputs that come slowly, without end, or fail', () =>
    simulate({ seed: 1 }, async (self: AnySelf) => {
      let returned = 0
      const slowly = async function* (): AsyncGenerator<number> {
        try {
          for (let n = 1; ; n++) {
            await self.sleep(50)
            yield n
          }
        } finally {
          returned++
        }
      }
      const seen: unknown[] = []
      for await (const one of taskStream(self, slowly(), sleeps, { maxConcurrency: 2 })) {
        seen.push(one.input)
        if (seen.length === 5) break
      }
      expect(seen).toEqual([1, 2, 3, 4, 5])
      await until(() => returned === 1)
      const breaks = function* (): Generator<number> {
        yield 10
        yield 1_000
        throw new RangeError('no more')
      }
      expect(await rejectionOf(all(taskStream(self, breaks(), sleeps, { maxConcurrency: 3 })))).toMatchObject({
        name: 'RangeError',
      })
      const never = { [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }) }
      const abort = new AbortController()
      const waiting = rejectionOf(
        all(taskStream(self, never as AsyncIterable<number>, sleeps, { signal: abort.signal })),
      )
      abort.abort()
      expect(await waiting).toMatchObject({ code: 'ABORT_ERR' })
    }))

  it('ends its tasks when it is left, and when its owner must end', () =>
    inside(async (self) => {
      const alive = self.runtime.inspect().processes.alive
      const pids: AnyPid[] = []
      const body = async (me: Self<never>, n: number): Promise<number> => {
        if (n === 0) return n
        pids.push(me.pid as AnyPid)
        await me.receive()
        return n
      }
      for await (const one of taskStream(self, [0, 1, 2, 3], body, { maxConcurrency: 4 })) {
        expect(one.index).toBe(0)
        break
      }
      await until(() => self.runtime.inspect().processes.alive <= alive + 1)
      const owner = self.spawn(async (me: AnySelf) => {
        send(self.pid, 'began')
        await all(taskStream(me, [1, 2], body))
      })
      await self.receive()
      self.monitor(owner)
      exit(owner, 'shutdown')
      expect((await self.receive()).reason).toEqual({ kind: 'shutdown' })
      await until(() => self.runtime.inspect().processes.alive <= alive + 1)
      expect(pids.length).toBeGreaterThanOrEqual(1)
    }))

  it('has its tasks under a supervisor if it is told to', () =>
    inside(async (self) => {
      const top = await startSupervisor(self, { strategy: 'dynamic' })
      const stream = taskStream(
        self,
        ['say and wait'],
        (async (me: Self<never>) => {
          send(self.pid, await whichChildren(top))
          return me.pid
        }) as never,
        { supervisor: top },
      )
      const [one] = (await all(stream as never)) as TaskSettled<string, number>[]
      expect(await self.receive()).toMatchObject([{ pid: (one as { value: number }).value }])
    }))

  it('says what is wrong at the call', () =>
    inside(async (self) => {
      const wrong: [() => unknown, RegExp][] = [
        [() => taskStream(self, 7 as never, square), /^inputs must be an iterable/],
        [() => taskStream(self, null as never, square), /^inputs must be an iterable/],
        [() => taskStream(self, [1], square, { maxConcurrency: 0 }), /^options\.maxConcurrency must be/],
        [() => taskStream(self, [1], square, { ordered: 'no' as never }), /^options\.ordered must be/],
        [() => taskStream(self, [1], square, { timeout: -1 }), /^options\.timeout must be/],
        [() => taskStream(self, [1], square, { signal: {} as never }), /^options\.signal must be/],
        [() => taskStream({} as never, [1], square), /^parent must be/],
        [() => taskStream(self, [1], 7 as never), /^what must be a function or/],
      ]
      for (const [what, message] of wrong) expect(thrownBy(what).message).toMatch(message)
    }))
})
