// Goal: what is published reaches every member on every scheduler once and in order, and nobody else; members go with their end. Method:
// verbs one by one, clerks on other threads, random programs against sets in virtual time.

import { Down, exit, send, simulate } from 'rumpus'
import { join, leave, localMembers, members, publish, startServer } from 'rumpus/otp'
import { describe, expect, it } from 'vitest'
import { clerk } from '../fixtures/otp-places.mjs'
import { type AnyPid, type AnySelf, inside, started, take, thrownBy } from '../process/world.ts'

/** Asks a clerk. */
const asked = (
  self: AnySelf,
  pid: AnyPid,
  verb: string,
  ...args: unknown[]
): Promise<{ value?: unknown; error?: string }> => self.call(pid, { verb, args }) as Promise<{ value?: unknown }>

/** Clerks, one on each of two threads, who tell the body what they hear. */
const clerksOf = async (self: AnySelf): Promise<[AnyPid, AnyPid]> => {
  const one = (await startServer(self, clerk, { on: 1, link: false })) as AnyPid
  const two = (await startServer(self, clerk, { on: 2, link: false })) as AnyPid
  return [one, two]
}

describe('a group', () => {
  it('has those who joined, once each, until they leave', () =>
    inside(async (self) => {
      expect(localMembers('news')).toEqual([])
      expect(await members('news')).toEqual([])
      expect(leave(self, 'news')).toBe(false)
      expect(join(self, 'news')).toBe(true)
      expect(join(self.pid, 'news')).toBe(false)
      expect(join(self, 'other')).toBe(true)
      publish('news', 1)
      publish('other', 2)
      publish('nobody', 3)
      expect(await take(self, 2)).toEqual([1, 2])
      expect(localMembers('news')).toEqual([self.pid])
      expect(leave(self, 'news')).toBe(true)
      publish('news', 4)
      publish('other', 5)
      expect(await self.receive()).toBe(5)
      expect(await members('news')).toEqual([])
    }))

  it('leaves out whom it is told to, and whoever has ended', () =>
    inside(async (self) => {
      const pids = Array.from({ length: 3 }, (_, i) =>
        self.spawn(async (me: AnySelf) => {
          join(me, 'news')
          send(self.pid, 'ready')
          for await (const message of me) send(self.pid, [i, message])
        }),
      )
      await take(self, 3)
      // Who is resumed first is not promised.
      const both = async (): Promise<unknown[]> => (await take(self, 2)).sort()
      publish('news', 'a', { except: pids[1] as AnyPid })
      expect(await both()).toEqual([
        [0, 'a'],
        [2, 'a'],
      ])
      const ref = self.monitor(pids[0] as AnyPid)
      exit(pids[0] as AnyPid, 'kill')
      expect(await self.receive()).toEqual(new Down(ref, pids[0] as AnyPid, { kind: 'killed' }))
      expect(await members('news')).toEqual(pids.slice(1))
      publish('news', 'b')
      expect(await both()).toEqual([
        [1, 'b'],
        [2, 'b'],
      ])
    }))

  it('has members on all schedulers, who hear in order from everywhere', () =>
    inside(async (self) => {
      const [one, two] = await clerksOf(self)
      for (const pid of [one, two]) expect(await asked(self, pid, 'join', 'news')).toEqual({ value: true })
      join(self, 'news')
      expect(new Set(await members('news'))).toEqual(new Set([self.pid, one, two]))
      expect(localMembers('news')).toEqual([self.pid])
      expect(new Set((await asked(self, one, 'members', 'news')).value as number[])).toEqual(
        new Set([self.pid, one, two]),
      )
      expect(await asked(self, one, 'localMembers', 'news')).toEqual({ value: [one] })
      for (let i = 0; i < 1_000; i++) publish('news', i, { except: self.pid })
      const all = Array.from({ length: 1_000 }, (_, i) => i)
      for (const pid of [one, two]) {
        while (((await asked(self, pid, 'heard')).value as number[]).length < 1_000);
        expect(await asked(self, pid, 'heard')).toEqual({ value: all })
      }
      await asked(self, one, 'publish', 'news', 'from there')
      expect(await self.receive()).toBe('from there')
      expect(await asked(self, one, 'leave', 'news')).toEqual({ value: true })
      expect(new Set(await members('news'))).toEqual(new Set([self.pid, two]))
    }))

  it('hears whatever is published after the first on a scheduler has joined', () =>
    inside(async (self) => {
      const [one] = await clerksOf(self)
      await asked(self, one, 'tell', self.pid)
      for (let i = 0; i < 200; i++) {
        await asked(self, one, 'join', `topic ${i}`)
        publish(`topic ${i}`, i)
        expect(await self.receive()).toBe(i)
      }
    }))

  it('loses the members of a thread that has died, and has those of the next', () =>
    inside(
      async (self) => {
        const [one, two] = await clerksOf(self)
        for (const pid of [one, two]) await asked(self, pid, 'join', 'news')
        await asked(self, one, 'end thread').catch(() => {})
        publish('news', 'hello')
        expect(await members('news')).toEqual([two])
        const again = (await startServer(self, clerk, { on: 1 })) as AnyPid
        await asked(self, again, 'tell', self.pid)
        await asked(self, again, 'join', 'news')
        publish('news', 'again')
        expect(await self.receive()).toBe('again')
      },
      { onCrash: () => {} },
    ))

  it('sends nobody what cannot cross', () =>
    inside(async (self) => {
      const [one] = await clerksOf(self)
      join(self, 'news')
      publish('news', { fn: () => 7 })
      expect((await self.receive()).fn()).toBe(7)
      await asked(self, one, 'join', 'other')
      const wrong = { a: { fn() {} } }
      expect(() => publish('news', wrong)).toThrow(/^message\.a\.fn cannot cross/)
      publish('news', 'next')
      expect(await self.receive()).toBe('next')
    }))

  it('keeps no thread of its own: one that is dedicated goes when its body has ended', () =>
    inside(
      async (self) => {
        const own = (await startServer(self, clerk, { on: 'dedicated' })) as AnyPid
        await asked(self, own, 'join', 'news')
        publish('news', 1)
        while (((await asked(self, own, 'heard')).value as number[]).length < 1);
        const ref = self.monitor(own)
        self.unlink(own)
        exit(own, 'shutdown')
        await self.receive({ match: (message) => message?.ref === ref })
        expect(await members('news')).toEqual([])
      },
      { dedicated: 1 },
    ))

  it('is one of its runtime: a thread with several must say which', async () => {
    const [{ runtime: a }, { runtime: b }] = [await started(), await started()]
    await a.run(async (self: AnySelf) => {
      join(self, 'news')
      expect(thrownBy(() => publish('news', 1)).code).toBe('ERR_RUMPUS_WHICH_RUNTIME')
      publish('news', 'not for us', { of: b })
      publish('news', 'for us', { of: a })
      expect(await self.receive()).toBe('for us')
      expect(await members('news', { of: b })).toEqual([])
      expect(localMembers('news', { of: self })).toEqual([self.pid])
    })
  })

  it('says what is wrong at the call', () =>
    inside(async (self) => {
      const [one] = await clerksOf(self)
      const wrong: [() => unknown, RegExp][] = [
        [() => join(self, ''), /^topic must be a string that is not empty, got ""/],
        [() => join({} as never, 'x'), /^who must be the self of a process or a pid/],
        [() => join(one, 'x'), /^who must be a process of this scheduler/],
        [() => publish(7 as never, 'x'), /^topic must be a string that is not empty, got 7/],
        [() => publish('x', 1, { except: -1 as never }), /^pid must be a pid/],
        [() => publish('x', 1, { of: {} as never }), /^parent must be/],
        [() => void members('x', { timeout: -1 }), /^options\.timeout must be/],
      ]
      for (const [what, message] of wrong) expect(thrownBy(what).message).toMatch(message)
      const ending = self.spawn(async (me: AnySelf) => {
        try {
          await me.receive()
        } finally {
          send(self.pid, thrownBy(() => join(me, 'x')).code)
        }
      })
      await self.yield()
      exit(ending, 'shutdown')
      expect(await self.receive()).toBe('ERR_RUMPUS_NOPROC')
    }))
})

it('random programs agree with sets: who is in hears each message once, in order', async () => {
  for (let seed = 1; seed <= 20; seed++) {
    await simulate({ seed, onCrash: () => {} }, async (self: AnySelf) => {
      let state = seed
      const chance = (below: number): number => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0
        return Math.floor((state / 2 ** 32) * below)
      }
      const clerks: AnyPid[] = []
      for (let i = 0; i < 5; i++) clerks.push((await startServer(self, clerk, { on: 1 + (i % 2) })) as AnyPid)
      const expected = new Map<AnyPid, unknown[]>(clerks.map((pid) => [pid, []]))
      const topics = ['a', 'b']
      const groups = new Map(topics.map((topic) => [topic, new Set<AnyPid>()]))
      for (let step = 0; step < 40; step++) {
        const pid = clerks[chance(clerks.length)] as AnyPid
        const topic = topics[chance(2)] as string
        const group = groups.get(topic) as Set<AnyPid>
        const verb = chance(4)
        if (verb === 0) {
          expect(await asked(self, pid, 'join', topic)).toEqual({ value: !group.has(pid) })
          group.add(pid)
        } else if (verb === 1) {
          expect(await asked(self, pid, 'leave', topic)).toEqual({ value: group.delete(pid) })
        } else {
          if (verb === 2) publish(topic, step)
          else await asked(self, pid, 'publish', topic, step)
          for (const member of group) expected.get(member)?.push(step)
          // What was published elsewhere goes its own way to each scheduler.
          for (const member of group) {
            const count = expected.get(member)?.length ?? 0
            while (((await asked(self, member, 'heard')).value as unknown[]).length < count) await self.sleep(1)
          }
        }
        expect(new Set(await members(topic))).toEqual(group)
      }
      for (const [pid, heard] of expected) expect((await asked(self, pid, 'heard')).value).toEqual(heard)
    })
  }
})
