// spawnLink, spawnMonitor and the options that tie at birth: no end goes unheard, however soon. demonitor with flush.

import { getEventListeners } from 'node:events'
import { Down, Exit, exit, send } from 'rumpus'
import { describe, expect, it } from 'vitest'
import { ends, fails, wait } from '../fixtures/birth-bodies.mjs'
import { type AnyPid, type AnySelf, inside, rejectionOf, thrownBy, turns, until } from './world.ts'

const dies = async (): Promise<never> => {
  throw new Error('at once')
}

describe('spawnMonitor', () => {
  it('spawnMonitor hears why, of closures and of definitions that end at once', () =>
    inside(async (self, crashes) => {
      const [one, first] = self.spawnMonitor(dies)
      expect(await self.receive()).toMatchObject({
        ref: first,
        pid: one,
        reason: { kind: 'error', error: { message: 'at once' } },
      })
      for (let i = 0; i < 200; i++) {
        const [pid, ref] = self.spawnMonitor(fails)
        expect(await self.receive()).toMatchObject({ ref, pid, reason: { kind: 'error' } })
      }
      const pid = self.spawn(ends.with({ monitor: true }))
      expect(await self.receive()).toMatchObject({ pid, reason: { kind: 'normal' } })
      await until(() => crashes.length === 201) // those of other schedulers come by themselves
    }))
})

describe('spawnLink', () => {
  it('spawnLink ends the parent with the child, with the reason of the child', () =>
    inside(async (self) => {
      for (const what of [dies, fails]) {
        const [pid] = self.spawnMonitor(async (me: AnySelf) => {
          me.spawnLink(what as never)
          await me.receive()
        })
        expect(await self.receive()).toMatchObject({ pid, reason: { kind: 'error' } })
      }
    }))

  it('spawnLink and the option link end the child with the parent, and tell one who traps', () =>
    inside(async (self) => {
      self.trapExit()
      const child = self.spawnLink(wait)
      const here = self.spawn(async (me: AnySelf) => void (await me.receive()), { link: true })
      exit(child, 'shutdown')
      exit(here, 'shutdown')
      const heard = [await self.receive(), await self.receive()] as Exit[]
      expect(heard.every((message) => message instanceof Exit)).toBe(true)
      expect(heard.map(({ pid }) => pid).sort()).toEqual([child, here].sort())
    }))

  it('options that tie need a process that hears', () =>
    inside(async (self) => {
      for (const tie of ['link', 'monitor'] as const) {
        expect(thrownBy(() => self.runtime.spawn(dies, { [tie]: true }))).toMatchObject({
          code: 'ERR_RUMPUS_BAD_ARGUMENT',
        })
        expect(thrownBy(() => self.spawn(dies, { [tie]: 1 as never }))).toMatchObject({
          code: 'ERR_RUMPUS_BAD_ARGUMENT',
        })
      }
    }))
})

describe('demonitor', () => {
  it('demonitor with flush takes the news back, wherever it has got to', () =>
    inside(async (self) => {
      for (const what of [ends, async () => {}]) {
        for (let waits = 0; waits < 4; waits++) {
          const [, ref] = self.spawnMonitor(what as never)
          send(self.pid, 'before')
          await turns(waits)
          self.demonitor(ref, { flush: true })
          await turns(5)
          expect(await self.receive()).toBe('before')
          await self.sleep(5)
          expect(self.tryReceive()).toBeUndefined()
        }
      }
      const [, ref] = self.spawnMonitor(async () => {})
      await turns(5)
      self.demonitor(ref)
      expect(await self.receive()).toBeInstanceOf(Down)
      expect(thrownBy(() => self.demonitor(ref, { flush: 1 as never }))).toMatchObject({
        code: 'ERR_RUMPUS_BAD_ARGUMENT',
      })
      expect(thrownBy(() => self.demonitor(0))).toMatchObject({ code: 'ERR_RUMPUS_BAD_ARGUMENT' })
    }))
})

describe('self.signal', () => {
  it('signal aborts when the process must end, with why, and when it has ended', () =>
    inside(async (self) => {
      const seen: unknown[] = []
      const [pid] = self.spawnMonitor(async (me: AnySelf) => {
        me.signal.addEventListener('abort', () => seen.push(me.signal.reason.reason))
        send(self.pid, 'ready')
        await me.receive()
      })
      await self.receive()
      exit(pid, 'shutdown')
      await self.receive()
      expect(seen).toEqual([{ kind: 'shutdown' }])
      let signal: AbortSignal | undefined
      const [ended] = self.spawnMonitor(async (me: AnySelf) => {
        signal = me.signal
      })
      expect(await self.receive()).toMatchObject({ pid: ended })
      expect(signal?.aborted).toBe(true)
    }))

  it('signal is aborted where it is first asked for after self.exit', () =>
    inside(async (self) => {
      const states: boolean[] = []
      self.spawnMonitor(async (me: AnySelf) => {
        try {
          me.exit('shutdown')
        } catch {
          states.push(me.signal.aborted)
        }
      })
      await self.receive()
      expect(states).toEqual([true])
    }))
})

describe('yield', () => {
  it('yield lets those that could run do so first, in their order', () =>
    inside(async (self) => {
      const order: string[] = []
      for (const name of ['a', 'b', 'c']) {
        self.spawnMonitor(async (me: AnySelf) => {
          for (let round = 0; round < 3; round++) {
            order.push(`${name}${round}`)
            await me.yield()
          }
        })
      }
      for (let i = 0; i < 3; i++) await self.receive()
      expect(order).toEqual(['a0', 'b0', 'c0', 'a1', 'b1', 'c1', 'a2', 'b2', 'c2'])
    }))

  it('yield is a wait: one at a time, and ended by an exit', () =>
    inside(async (self) => {
      const first = self.receive()
      expect(await rejectionOf(self.yield())).toMatchObject({ code: 'ERR_RUMPUS_WAITING' })
      send(self.pid, 1)
      await first
      const [pid] = self.spawnMonitor(async (me: AnySelf) => {
        send(self.pid, 'spins')
        for (;;) await me.yield()
      })
      await self.receive()
      exit(pid, 'shutdown')
      expect(await self.receive()).toMatchObject({ pid, reason: { kind: 'shutdown' } })
    }))
})

describe('options.signal', () => {
  it.each(['here', 'there'])('an aborted signal ends the process %s; one that aborts too late does nothing', (where) =>
    inside(async (self) => {
      const [one, two] = [new AbortController(), new AbortController()]
      const start = (signal: AbortSignal): AnyPid => {
        const options = { signal, monitor: true }
        if (where === 'there') return self.spawn(wait.with({ on: 1, ...options })) as AnyPid
        return self.spawn(async (me: AnySelf) => void (await me.receive()), options) as AnyPid
      }
      const pid = start(one.signal)
      one.abort()
      expect(await self.receive()).toMatchObject({ pid, reason: { kind: 'shutdown' } })
      const late = start(two.signal)
      send(late, 1)
      expect(await self.receive()).toMatchObject({ pid: late, reason: { kind: 'normal' } })
      await until(() => getEventListeners(two.signal, 'abort').length === 0)
      two.abort()
      const never = start(one.signal)
      expect(await self.receive()).toMatchObject({ pid: never, reason: { kind: 'shutdown' } })
      expect(thrownBy(() => start(1 as never))).toMatchObject({ code: 'ERR_RUMPUS_BAD_ARGUMENT' })
    }),
  )

  it('spawnMonitor with a signal answers the reference of the monitor', () =>
    inside(async (self) => {
      const { signal } = new AbortController()
      const [pid, ref] = self.spawnMonitor(async () => {}, { signal })
      expect(await self.receive()).toMatchObject({ pid, ref })
    }))
})
