// counts: how often what happens on one scheduler crosses the border, and how often what goes to another wakes it. Times are
// for the benchmarks; these figures are the same on every machine, so they are held here.

import { cancelTimer, offer, type Runtime, send, sendAfter } from 'rumpus'
import { describe, expect, it } from 'vitest'
import { echo } from '../fixtures/bodies.mjs'
import { type AnyPid, type AnySelf, inside, lane, oneThread, take } from '../process/world.ts'

const ROUNDS = 2_000

/** What the host has counted. */
const host = (runtime: Runtime) => runtime.inspect().schedulers[0]!

/** Crossings of the host for each of `count` things that `work` does. */
async function crossingsEach(self: AnySelf, count: number, work: () => Promise<void> | void): Promise<number> {
  await work()
  const before = host(self.runtime).crossings
  await work()
  return (host(self.runtime).crossings - before) / count
}

const answer = async (self: AnySelf): Promise<void> => {
  for (;;) {
    const { from, value } = await self.receive()
    send(from as AnyPid, value)
  }
}

describe.skipIf(oneThread)('counts', () => {
  it('a local message costs next to no crossing, on the native lane the one of its turn', async () => {
    await inside(async (self) => {
      const other = self.spawn(answer)
      const each = await crossingsEach(self, 2 * ROUNDS, async () => {
        for (let i = 0; i < ROUNDS; i++) {
          send(other, { from: self.pid, value: i })
          await self.receive()
        }
      })
      expect(each).toBeLessThan(lane === 'native' ? 1.05 : 0.05)
    })
  })

  it('a deadline that a message meets stays out of the wheel, and costs no crossing', async () => {
    await inside(async (self) => {
      const pingPong = (options: { timeout?: number }): Promise<number> => {
        const other = self.spawn(async (me: AnySelf) => {
          for (;;) {
            const { from, value } = await me.receive(options)
            send(from as AnyPid, value)
          }
        })
        return crossingsEach(self, 2 * ROUNDS, async () => {
          let inWheel = 0 // Sometimes the event loop comes round twice between two messages.
          for (let i = 0; i < ROUNDS; i++) {
            send(other, { from: self.pid, value: i })
            await self.receive(options)
            if (i % 50 === 49) inWheel += host(self.runtime).timers
          }
          expect(inWheel).toBeLessThan(ROUNDS / 50 / 4)
        })
      }
      const untimed = await pingPong({})
      expect((await pingPong({ timeout: 5_000 })) - untimed).toBeLessThan(0.02)
    })
  })

  it('messages that wait cost less than one crossing for many, on either lane', async () => {
    await inside(async (self) => {
      const other = self.spawn(answer)
      const each = await crossingsEach(self, 2 * ROUNDS, async () => {
        for (let i = 0; i < ROUNDS; i++) send(other, { from: self.pid, value: i })
        await take(self, ROUNDS)
      })
      expect(each).toBeLessThan(0.1)
    })
  })

  it('offers that were given up are not waited for: nothing is left of them for when there is a place', async () => {
    await inside(async (self) => {
      let tell = (): void => {}
      const told = new Promise<void>((resolve) => (tell = resolve))
      const full = self.spawn(
        async (me: AnySelf) => {
          await told
          for await (const last of me) if (last) return
        },
        { mailbox: { capacity: 1, overflow: 'offer' } },
      ) as AnyPid
      expect(await offer(full, false)).toBe('accepted')
      for (let i = 0; i < ROUNDS; i++) {
        const giveUp = new AbortController()
        const offered = offer(full, true, { signal: giveUp.signal })
        giveUp.abort()
        await expect(offered).rejects.toMatchObject({ code: 'ABORT_ERR' })
      }
      const last = offer(full, true)
      const { crossings } = host(self.runtime)
      tell()
      expect(await last).toBe('accepted')
      expect(host(self.runtime).crossings - crossings).toBeLessThan(50)
    })
  })

  it('closures come and go out of a stock; on the native lane each begins by a turn', async () => {
    await inside(async (self) => {
      const each = await crossingsEach(self, ROUNDS, async () => {
        for (let i = 0; i < ROUNDS; i++) self.spawn(async () => send(self.pid as AnyPid, i))
        await take(self, ROUNDS)
      })
      expect(each).toBeLessThan(lane === 'native' ? 1.3 : 0.2)
    })
  })

  it('a timer that is cancelled at once costs a share of the crossing for its stock', async () => {
    await inside(async (self) => {
      const each = await crossingsEach(self, ROUNDS, () => {
        for (let i = 0; i < ROUNDS; i++) cancelTimer(sendAfter(self.pid as AnyPid, i, 60_000))
      })
      expect(each).toBeLessThan(0.1)
    })
  })

  it('a burst to another core wakes it once, or a few times where it keeps up', async () => {
    await inside(async (self) => {
      const other = self.spawn(echo, self.pid)
      const burst = (): void => {
        for (let i = 0; i < ROUNDS; i++) send(other as AnyPid, i)
      }
      burst()
      await take(self, ROUNDS)
      const before = host(self.runtime)
      burst()
      const after = host(self.runtime)
      expect(after.crossings - before.crossings).toBeLessThan(ROUNDS + 3)
      expect((after.wakesSent - before.wakesSent) / ROUNDS).toBeLessThan(0.1)
      await take(self, ROUNDS)
    })
  })
})
