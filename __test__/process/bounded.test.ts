// Bounded mailboxes: what is dropped and counted, what is never dropped, and offers that wait for their place.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Down, exit, isAlive, offer, reply, send, sendAfter } from 'rumpus'
import { describe, expect, it } from 'vitest'
import { echo } from '../fixtures/bodies.mjs'
import { endsWithGrants, makesRoom, offers, slowly, takeAll, takesOne } from '../fixtures/bound-bodies.mjs'
import {
  type AnyPid,
  type AnySelf,
  balanced,
  inside,
  oneThread,
  rejectionOf,
  take,
  thrownBy,
  turns,
  until,
} from './world.ts'

type Overflow = 'drop-newest' | 'drop-oldest' | 'offer'

/** A process that waits for 'go', then takes all there is; where it is. */
const places = (self: AnySelf, overflow: Overflow, capacity: number): [string, AnyPid][] => {
  const mailbox = { capacity, overflow }
  const closure = self.spawn(takeAll, { mailbox })
  return [
    ['closure', closure as AnyPid],
    ['elsewhere', self.spawn(slowly.with({ on: 1, mailbox })) as AnyPid],
  ]
}

/** Something that a body waits for beside its mail. */
const gate = (): { promise: Promise<void>; open: () => void } => {
  let open = (): void => {}
  const promise = new Promise<void>((resolve) => {
    open = resolve
  })
  return { promise, open }
}

describe('a bounded mailbox', () => {
  it.each([
    ['drop-newest', [1, 2, 3]],
    ['offer', [1, 2, 3]],
    ['drop-oldest', [7, 8, 9]],
  ] as const)('%s keeps so many of what send sends, and counts the others', (overflow, kept) =>
    inside(async (self) => {
      for (const [, pid] of places(self, overflow, 4)) {
        const before = self.runtime.inspect().messages.dropped.full
        // The word to go on takes a place, too: the first, or the last that was sent.
        if (overflow !== 'drop-oldest') send(pid, { go: self.pid })
        for (let i = 1; i <= 9; i++) send(pid, i)
        if (overflow === 'drop-oldest') send(pid, { go: self.pid, isLast: true })
        else reply((await self.receive()).from, 'yes')
        expect(await self.receive()).toEqual(kept)
        await until(() => self.runtime.inspect().messages.dropped.full - before === 6)
      }
      balanced(self.runtime.inspect())
    }),
  )

  it('drop-oldest keeps the newest of any flood, from here and from elsewhere, in order and counted', () =>
    inside(async (self) => {
      for (const [where, pid] of places(self, 'drop-oldest', 4)) {
        const before = self.runtime.inspect().messages.dropped.full
        for (let i = 1; i <= 20_000; i++) send(pid, i)
        expect(await offer(pid, { go: self.pid, isLast: true }, { timeout: 0 }), where).toBe('accepted')
        expect(await self.receive(), where).toEqual([19_998, 19_999, 20_000])
        await until(() => self.runtime.inspect().messages.dropped.full - before === 19_997)
      }
      balanced(self.runtime.inspect())
    }))

  it('drop-oldest keeps what comes in time, however full it is', () =>
    inside(async (self) => {
      const full = (): number => self.runtime.inspect().messages.dropped.full
      const pid = self.spawn(async (me: AnySelf) => me.sleep(60_000), {
        mailbox: { capacity: 2, overflow: 'drop-oldest' },
      }) as AnyPid
      for (let i = 0; i < 500; i++) sendAfter(pid, i, 1)
      await until(() => full() === 498)
      for (let i = 0; i < 10; i++) {
        for (let n = 0; n < 100; n++) send(pid, n)
        await turns()
      }
      await until(() => full() === 1_498)
      exit(pid, 'kill')
      await turns()
      balanced(self.runtime.inspect())
    }))

  it('places are free again when messages have been taken, by every verb', () =>
    inside(async (self) => {
      const got: unknown[] = []
      const verbs = [
        (me: AnySelf) => me.receive(),
        (me: AnySelf) => me.receive({ match: () => true }),
        async (me: AnySelf) => me.tryReceive() ?? me.receive(),
      ]
      for (const verb of verbs) {
        const pid = self.spawn(
          async (me: AnySelf) => {
            for (;;) got.push(await verb(me))
          },
          { mailbox: { capacity: 2, overflow: 'drop-newest' } },
        )
        for (let i = 0; i < 50; i++) {
          send(pid, i)
          await turns()
        }
        expect(got.splice(0)).toEqual(Array.from({ length: 50 }, (_, i) => i))
        exit(pid, 'kill')
      }
      const flushes = self.spawn(
        async (me: AnySelf) => {
          for (;;) {
            await me.sleep(1)
            const count = me.flush()
            if (count > 0) got.push(count)
          }
        },
        { mailbox: { capacity: 3, overflow: 'drop-newest' } },
      )
      for (let i = 0; i < 3; i++) {
        for (let n = 0; n < 5; n++) send(flushes, n)
        await until(() => got.length > i)
        await turns()
      }
      expect(got).toEqual([3, 3, 3])
    }))

  it.each(['drop-newest', 'drop-oldest', 'offer'] as const)('%s drops no signal, and counts none', (overflow) =>
    inside(async (self) => {
      const heard: unknown[] = []
      let ended = 0
      const { promise: told, open: go } = gate()
      const pid = self.spawn(
        async (me: AnySelf) => {
          me.trapExit()
          for (let i = 0; i < 5; i++) me.spawnMonitor(async () => void ended++)
          await told
          for (let m = me.tryReceive(); m !== undefined; m = me.tryReceive()) heard.push(m)
          send(self.pid, 'done')
          await me.receive()
        },
        { mailbox: { capacity: 2, overflow } },
      )
      await until(() => ended === 5)
      await turns()
      for (let i = 0; i < 6; i++) send(pid, i)
      await turns()
      go()
      expect(await self.receive()).toBe('done')
      expect(heard.filter((m) => m instanceof Down).length).toBe(5)
      expect(heard.filter((m) => !(m instanceof Down))).toEqual(overflow === 'drop-oldest' ? [4, 5] : [0, 1])
    }),
  )

  it('messages for later take places like others, and give back no more than they took', () =>
    inside(async (self) => {
      const full = (): number => self.runtime.inspect().messages.dropped.full
      const pid = self.spawn(async (me: AnySelf) => me.sleep(60_000), {
        mailbox: { capacity: 1, overflow: 'drop-newest' },
      })
      for (let i = 0; i < 5; i++) sendAfter(pid, i, 1)
      await until(() => full() === 4)
      for (let i = 0; i < 10; i++) send(pid, i)
      expect(full()).toBe(14)
      exit(pid, 'kill')
      await turns()
      balanced(self.runtime.inspect())
    }))

  it('options of a mailbox must be sound', () =>
    inside(async (self) => {
      const bad = [1, null, {}, { capacity: 0, overflow: 'offer' }, { capacity: 1.5, overflow: 'offer' }]
      for (const mailbox of [...bad, { capacity: 1 }, { capacity: 1, overflow: 'wait' }]) {
        expect(thrownBy(() => self.spawn(async () => {}, { mailbox: mailbox as never })).code).toMatch(
          /^ERR_RUMPUS_(BAD_ARGUMENT|OUT_OF_RANGE)$/,
        )
      }
    }))
})

describe('offer', () => {
  it('offer waits for its place, first come, first served; nothing is dropped', () =>
    inside(async (self) => {
      const got: number[] = []
      const pid = self.spawn(
        async (me: AnySelf) => {
          for (let i = 0; i < 40; i++) {
            got.push(await me.receive())
            await me.yield()
          }
        },
        { mailbox: { capacity: 3, overflow: 'offer' } },
      )
      const answers = await Promise.all(Array.from({ length: 40 }, (_, i) => offer(pid, i)))
      expect(new Set(answers)).toEqual(new Set(['accepted']))
      await until(() => got.length === 40)
      expect(got).toEqual(Array.from({ length: 40 }, (_, i) => i))
      expect(self.runtime.inspect().messages.dropped.full).toBe(0)
    }))

  it('offer holds back senders on every scheduler', () =>
    inside(async (self) => {
      let [most, sum] = [0, 0]
      const senders = 3
      const each = 200
      const sink = self.spawn(
        async (me: AnySelf) => {
          for (let i = 0; i < senders * each; i++) {
            sum += await me.receive()
            most = Math.max(most, self.runtime.inspect().messages.dropped.full)
          }
          send(self.pid, 'all')
        },
        { mailbox: { capacity: 8, overflow: 'offer' } },
      )
      for (let i = 0; i < senders; i++) self.spawnMonitor(offers.with({ on: i }), sink, each)
      const heard = await take(self, senders + 1)
      expect(heard.filter((m) => m === 'all').length).toBe(1)
      expect(heard.filter((m) => m instanceof Down && m.reason.kind === 'normal').length).toBe(senders)
      expect([sum, most]).toEqual([senders * each, 0])
      await until(() => !isAlive(sink))
      balanced(self.runtime.inspect())
    }))

  it.skipIf(oneThread)(
    'offer does not overtake one of its sender that waits, though there is room on its way to that',
    () =>
      inside(async (self) => {
        const mailbox = { capacity: 2, overflow: 'offer' } as const
        const room = self.spawn(makesRoom.with({ on: 1, mailbox }), self.pid) as AnyPid
        const { from } = await self.receive()
        const offered = [1, 2, 3].map((n) => offer(room, n))
        reply(from, true)
        // Nothing is heard meanwhile: the place that was granted is not known here, and another is free.
        while (self.whereis('room') === undefined);
        offered.push(offer(room, 4))
        expect(await Promise.all(offered)).toEqual(Array(4).fill('accepted'))
        expect(await self.receive()).toEqual([1, 2, 3, 4])
      }),
  )

  it('offer answers full in time, noproc of the dead and of those that die, and accepts where there is no bound', () =>
    inside(async (self) => {
      const spawnSleeper = (): AnyPid =>
        self.spawn(async (me: AnySelf) => me.sleep(10_000), { mailbox: { capacity: 1, overflow: 'offer' } }) as AnyPid
      const pid = spawnSleeper()
      expect(await offer(pid, 1)).toBe('accepted')
      expect(await offer(pid, 2, { timeout: 0 })).toBe('full')
      expect(await offer(pid, 2, { timeout: 5 })).toBe('full')
      const waiting = offer(pid, 3)
      exit(pid, 'shutdown')
      expect(await waiting).toBe('noproc')
      await turns()
      expect(isAlive(pid)).toBe(false)
      expect(await offer(pid, 4)).toBe('noproc')
      expect(await offer(self.pid as AnyPid, 'mine')).toBe('accepted')
      expect(await self.receive()).toBe('mine')
    }))

  it('offer and send keep the order of their sender, where there is no bound, too', () =>
    inside(async (self) => {
      const pids = [self.pid as AnyPid, self.spawn(echo, self.pid) as AnyPid]
      for (const pid of pids) {
        const offered = [1, 2, 3].flatMap((n) => {
          send(pid, -n)
          return [offer(pid, n)]
        })
        send(pid, 'last')
        expect(await Promise.all(offered)).toEqual(['accepted', 'accepted', 'accepted'])
        expect(await take(self, 7)).toEqual([-1, 1, -2, 2, -3, 3, 'last'])
      }
    }))

  it('offer that is given up leaves its place to the next', () =>
    inside(async (self) => {
      const got: unknown[] = []
      const { promise: givenUp, open } = gate()
      const pid = self.spawn(
        async (me: AnySelf) => {
          await givenUp
          for (;;) got.push(await me.receive())
        },
        { mailbox: { capacity: 1, overflow: 'offer' } },
      )
      const giveUp = new AbortController()
      const [first, second, third] = [
        offer(pid, 1),
        rejectionOf(offer(pid, 2, { signal: giveUp.signal })),
        offer(pid, 3),
      ]
      giveUp.abort()
      // It has what the second wanted, but comes no sooner for it.
      const fourth = offer(pid, 4)
      open()
      expect(await first).toBe('accepted')
      expect(await second).toMatchObject({ code: 'ABORT_ERR' })
      expect([await third, await fourth]).toEqual(['accepted', 'accepted'])
      expect(await offer(pid, 5)).toBe('accepted')
      await until(() => got.length === 4)
      expect(got).toEqual([1, 3, 4, 5])
      expect(await rejectionOf(offer(pid, 6, { signal: giveUp.signal }))).toMatchObject({ code: 'ABORT_ERR' })
    }))

  it.skipIf(oneThread)('offer whose thread ends before it has used its place leaves that to the next', () =>
    inside(async (self) => {
      const folder = mkdtempSync(join(tmpdir(), 'rumpus-'))
      const { promise: taking, open } = gate()
      const sink = self.spawn(
        async (me: AnySelf) => {
          await taking
          send(self.pid, await me.receive())
          await me.sleep(60_000)
        },
        { mailbox: { capacity: 1, overflow: 'offer' } },
      ) as AnyPid
      const file = join(folder, 'go')
      const [pid] = self.spawnMonitor(endsWithGrants.with({ on: 1 }), sink, self.pid, file)
      expect(await self.receive()).toBe('offered')
      // More than one turn tells: the grant comes behind them.
      for (let i = 0; i < 2_000; i++) send(pid as AnyPid, i)
      open()
      expect(await self.receive()).toBe(0)
      await turns()
      writeFileSync(file, '')
      expect(await self.receive()).toMatchObject({ reason: { kind: 'scheduler-down' } })
      expect(await offer(sink, 'next')).toBe('accepted')
      rmSync(folder, { recursive: true })
    }),
  )

  it.skipIf(oneThread)('offer of what has been changed, and cannot cross any more, rejects and leaves its place', () =>
    inside(async (self) => {
      const sink = self.spawn(takesOne.with({ on: 1, mailbox: { capacity: 1, overflow: 'offer' } }), self.pid) as AnyPid
      send(sink, 'first')
      const message: { part?: unknown } = {}
      const changed = rejectionOf(offer(sink, message))
      const next = offer(sink, 'next')
      message.part = () => {}
      reply((await self.receive()).from, 'go on')
      expect(await changed).toMatchObject({
        code: 'ERR_RUMPUS_UNCROSSABLE',
        message: expect.stringContaining('message.part'),
      })
      expect(await next).toBe('accepted')
    }),
  )

  it('offer refuses what cannot cross, and options that are none, at the call', () =>
    inside(async (self) => {
      const there = self.spawn(slowly.with({ on: 1, mailbox: { capacity: 1, overflow: 'offer' } })) as AnyPid
      expect(thrownBy(() => void offer(there, () => {}))).toMatchObject({ code: 'ERR_RUMPUS_UNCROSSABLE' })
      expect(thrownBy(() => void offer(there, 1, { timeout: -1 }))).toMatchObject({ code: 'ERR_RUMPUS_OUT_OF_RANGE' })
      expect(thrownBy(() => void offer(there, 1, { signal: 1 as never }))).toMatchObject({
        code: 'ERR_RUMPUS_BAD_ARGUMENT',
      })
      expect(thrownBy(() => void offer(0 as never, 1 as never))).toMatchObject({ code: 'ERR_RUMPUS_BAD_ARGUMENT' })
    }))
})
