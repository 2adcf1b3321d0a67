// Goal: iterables are producers and producers are iterables, and neither takes, nor loses, an item too many. Method: iterables that count
// what is asked of them; loops that end in every way there is.

import { exit, isAlive, start as startRuntime } from 'rumpus'
import { consume, drainStage, Producer, produceFrom, stageStatus, startServer } from 'rumpus/otp'
import { describe, expect, it } from 'vitest'
import { letters } from '../fixtures/otp-stages.mjs'
import { type AnyPid, type AnySelf, endOf, inside, rejectionOf, thrownBy, until } from '../process/world.ts'

const start = async (self: AnySelf, what: unknown, ...args: unknown[]): Promise<AnyPid> =>
  (await startServer(self, what as never, { args, link: false })) as AnyPid

async function all<T>(events: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const event of events) list.push(event)
  return list
}

/** Numbers from 0, now or later, and what became of it. */
const counting = (most: number, kind: 'now' | 'later') => {
  const told = { asked: 0, ended: 0 }
  const result = (): { done: boolean; value: number } => ({ done: told.asked >= most, value: told.asked++ })
  const iterator = {
    next: () => (kind === 'now' ? result() : Promise.resolve().then(result)),
    return: () => {
      told.ended++
      return kind === 'now' ? { done: true } : Promise.resolve({ done: true })
    },
  }
  const iterable = { [kind === 'now' ? Symbol.iterator : Symbol.asyncIterator]: () => iterator }
  return { told, iterable: iterable as never as Iterable<number> }
}

describe.each(['now', 'later'] as const)('an iterable of items %s', (kind) => {
  it('is a producer that ends when it has no more', () =>
    inside(async (self) => {
      const { iterable, told } = counting(100, kind)
      const pid = await start(self, produceFrom(iterable))
      const ref = self.monitor(pid)
      const seen = await all(consume<number>(self, { to: pid, max: 7 }))
      expect(seen).toEqual(Array.from({ length: 100 }, (_, n) => n))
      expect(await self.receive()).toMatchObject({ ref, reason: { kind: 'normal' } })
      expect(told).toEqual({ asked: 101, ended: 0 })
    }))

  it('is not asked for more than is wanted, and hears when nobody wants any more', () =>
    inside(async (self) => {
      const { iterable, told } = counting(1_000_000, kind)
      const pid = await start(self, produceFrom(iterable))
      await stageStatus(pid)
      expect(told.asked).toBe(0)
      for await (const n of consume<number>(self, { to: pid, max: 5, min: 4 })) {
        await self.sleep(1)
        // n is in its hands.
        expect(told.asked).toBeLessThanOrEqual(n + 5)
        if (n === 20) break
      }
      expect(isAlive(pid)).toBe(true)
      await until(() => told.asked > 0)
      // Somebody must take what it holds; if it holds nothing, it has ended by then.
      const drained = drainStage(pid)
      await all(consume<number>(self, pid)).catch(({ code }) => expect(code).toBe('ERR_RUMPUS_DOWN'))
      await drained
      expect(told.ended).toBe(1)
    }))

  it('ends when its stage is killed', () =>
    inside(async (self) => {
      const { iterable, told } = counting(10, kind)
      const pid = await start(self, produceFrom(iterable))
      expect(await endOf(self, pid, () => exit(pid, 'kill'))).toEqual({ kind: 'killed' })
      expect(told.ended).toBe(1)
    }))

  it('that throws ends its stage with that, behind what came before', () =>
    inside(
      async (self) => {
        const bad = {
          now: function* () {
            yield 1
            throw new RangeError('no more')
          },
          later: async function* () {
            yield 1
            throw new RangeError('no more')
          },
        }[kind]
        const pid = await start(self, produceFrom(bad as never))
        const seen: number[] = []
        const failed = (async () => {
          for await (const n of consume<number>(self, pid)) seen.push(n)
        })()
        expect(await rejectionOf(failed)).toMatchObject({
          code: 'ERR_RUMPUS_DOWN',
          message: expect.stringContaining('no more'),
        })
        expect(seen).toEqual([1])
      },
      { onCrash: () => {} },
    ))
})

describe('produceFrom', () => {
  it('makes the iterable from the arguments of the start, here and elsewhere, anew each time', () =>
    inside(async (self) => {
      for (const on of [0, 1]) {
        const pid = (await startServer(self, letters, { args: ['abc'], on, link: false })) as AnyPid
        expect(await all(consume(self, pid))).toEqual(['a', 'b', 'c'])
      }
    }))

  it('drains with the item that it was about to get', () =>
    inside(async (self) => {
      let give: (result: { done: boolean; value: string }) => void = () => {}
      let [asked, closed] = [0, false]
      const later = {
        [Symbol.asyncIterator]: () => ({
          next: () => {
            if (asked++ === 0) return Promise.resolve({ done: false, value: 'first' })
            return new Promise<{ done: boolean; value: string }>((resolve) => (give = resolve))
          },
          return: () => {
            closed = true
            return Promise.resolve({ done: true, value: '' })
          },
        }),
      }
      const pid = await start(self, produceFrom(later as never))
      const seen: string[] = []
      let drained: Promise<void> | undefined
      for await (const text of consume<string>(self, pid)) {
        seen.push(text)
        if (text === 'first') {
          drained = drainStage(pid)
          while (!closed) await self.yield()
          give({ done: false, value: 'second' })
        }
      }
      await drained
      expect(seen).toEqual(['first', 'second'])
      expect(asked).toBe(2)
    }))

  it('refuses what gives no items', () =>
    inside(async (self) => {
      expect(thrownBy(() => produceFrom(7 as never))).toMatchObject({ code: 'ERR_RUMPUS_BAD_ARGUMENT' })
      expect(await rejectionOf(start(self, produceFrom((() => 7) as never)))).toMatchObject({ code: 'ERR_RUMPUS_INIT' })
    }))
})

describe('a loop', () => {
  class Numbers extends Producer<number> {
    next = 0
    override handleDemand(count: number): number[] {
      return Array.from({ length: count }, () => this.next++)
    }
  }

  it('over several producers is over when all have no more', () =>
    inside(async (self) => {
      const from = await Promise.all(['ab', 'cd', ''].map((text) => startRuntimeless(self, text)))
      expect((await all(consume<string>(self, from))).sort()).toEqual(['a', 'b', 'c', 'd'])
    }))
  const startRuntimeless = async (self: AnySelf, text: string): Promise<AnyPid> => {
    const pid = self.runtime.spawn(async (me: AnySelf) => {
      const stage = await startServer(me, produceFrom(text), { link: false })
      const { from } = await me.receive()
      from(stage)
    })
    return new Promise((resolve) => self.runtime.send(pid as AnyPid, { from: resolve } as never))
  }

  it('that is left ends its stage and its subscription', () =>
    inside(async (self) => {
      const numbers = await start(self, Numbers)
      const alive = self.runtime.inspect().processes.alive
      for await (const n of consume<number>(self, numbers)) if (n === 3) break
      await until(() => self.runtime.inspect().processes.alive === alive)
      expect((await stageStatus(numbers)).subscribers).toEqual([])
    }))

  it('that throws does, too', () =>
    inside(async (self) => {
      const numbers = await start(self, Numbers)
      const loop = (async () => {
        for await (const n of consume<number>(self, numbers)) if (n === 3) throw new Error('enough')
      })()
      expect(await rejectionOf(loop)).toMatchObject({ message: 'enough' })
      await until(() => self.runtime.inspect().processes.alive <= 3)
      expect((await stageStatus(numbers)).subscribers).toEqual([])
    }))

  it('ends with its owner, with its signal, and with a producer that fails', () =>
    inside(
      async (self) => {
        const numbers = await start(self, Numbers)
        const silent = await start(self, Producer)
        let ended: unknown
        const owner = self.spawn(async (me: AnySelf) => {
          try {
            for await (const _ of consume(me, silent)) break
          } catch (error) {
            ended = (error as { code?: string }).code
          }
        })
        // It has begun, and so has its loop.
        while ((await stageStatus(silent)).subscribers.length === 0) await self.yield()
        exit(owner, 'shutdown')
        await until(() => ended !== undefined)
        expect(ended).toBe('ERR_RUMPUS_EXIT')

        const controller = new AbortController()
        const aborted = rejectionOf(all(consume(self, silent, { signal: controller.signal })))
        controller.abort()
        expect(await aborted).toMatchObject({ code: 'ABORT_ERR' })
        expect(await rejectionOf(all(consume(self, silent, { signal: AbortSignal.abort() })))).toMatchObject({
          code: 'ABORT_ERR',
        })

        const failed = rejectionOf(all(consume(self, [silent, { to: numbers, max: 2 }])))
        await self.yield()
        exit(numbers, 'kill')
        expect(await failed).toMatchObject({ code: 'ERR_RUMPUS_DOWN' })
        expect(await rejectionOf(all(consume(self, 'nobody')))).toMatchObject({ code: 'ERR_RUMPUS_NOPROC' })
        const rest = all(consume(self, [{ to: silent, cancel: 'temporary' }]))
        await self.yield()
        exit(silent, 'kill')
        expect(await rest).toEqual([])
        await until(() => self.runtime.inspect().processes.alive <= 2)
      },
      { onCrash: () => {} },
    ))

  it('whose owner ends without leaving it leaves no stage behind', () =>
    inside(async (self) => {
      const silent = await start(self, Producer)
      const alive = self.runtime.inspect().processes.alive
      let loop: AsyncGenerator | undefined
      self.spawn(async (me: AnySelf) => {
        loop = consume(me, silent)
        void loop.next().catch(() => {})
        await me.sleep(1)
      })
      await until(() => loop !== undefined)
      await until(() => self.runtime.inspect().processes.alive === alive)
      expect((await stageStatus(silent)).subscribers).toEqual([])
    }))

  it('may be of ordinary code, two at a time of one body, and is refused what is none', async () => {
    const runtime = await startRuntime({ schedulers: 1 })
    const source = (await startServer(runtime, produceFrom([1, 2, 3]), {})) as AnyPid
    expect(await all(consume(runtime, source))).toEqual([1, 2, 3])
    await runtime.run(async (self: AnySelf) => {
      const [a, b] = [await start(self, produceFrom('ab')), await start(self, produceFrom('cd'))]
      const both = await Promise.all([all(consume(self, a)), all(consume(self, b))])
      expect(both).toEqual([
        ['a', 'b'],
        ['c', 'd'],
      ])
      for (const wrong of [[], undefined, { to: a, demand: 'manual' }, [{ to: a, max: -1 }]]) {
        expect(thrownBy(() => consume(self, wrong as never)).code).toMatch(/BAD_ARGUMENT|OUT_OF_RANGE/)
      }
      expect(thrownBy(() => consume({} as never, a))).toMatchObject({ code: 'ERR_RUMPUS_BAD_ARGUMENT' })
    })
    const silent = await startServer(runtime, Producer as never, {})
    const stopped = rejectionOf(all(consume(runtime, silent as AnyPid)))
    await until(() => runtime.inspect().processes.alive >= 2)
    await runtime.stop()
    expect((await stopped).code).toMatch(/ERR_RUMPUS_(STOPPED|EXIT|DOWN)/)
  })
})
