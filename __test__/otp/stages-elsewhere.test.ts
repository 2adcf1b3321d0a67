// Goal: stages work across threads as on one, and hear of threads that die. Method: definitions on other schedulers; a thread that ends.

import { consume, setDemand, stageStatus, startServer, startSupervisor } from 'rumpus/otp'
import { expect, it } from 'vitest'
import { echo } from '../fixtures/otp-servers.mjs'
import { adds, functions, numbers, tells } from '../fixtures/otp-stages.mjs'
import { type AnyPid, type AnySelf, inside } from '../process/world.ts'

const range = (count: number, from = 0): number[] => Array.from({ length: count }, (_, n) => from + n)

it('events go over threads and back, each once', () =>
  inside(async (self) => {
    const source = (await startServer(self, numbers, { args: [{ most: 3_000 }], on: 1, link: false })) as AnyPid
    const between = []
    for (const on of [1, 2, 2]) {
      between.push((await startServer(self, adds, { args: [{ to: source, max: 100 }], on, link: false })) as AnyPid)
    }
    const seen: number[] = []
    for await (const n of consume<number>(
      self,
      between.map((to) => ({ to, max: 50 })),
    )) {
      seen.push(n)
    }
    expect(seen.sort((a, b) => a - b)).toEqual(range(3_000, 1_000_000))
  }))

it('all get all, on whatever thread', () =>
  inside(async (self) => {
    const source = (await startServer(self, numbers, {
      args: [{ most: 500, dispatcher: 'broadcast', demand: 'accumulate' }],
      on: 2,
      link: false,
    })) as AnyPid
    const who = new Map<AnyPid, number[]>()
    for (const on of [0, 1, 2]) {
      const args = [self.pid, { to: source, max: 20 }, 0]
      who.set((await startServer(self, tells, { args, on, link: false })) as AnyPid, [])
    }
    while ((await stageStatus(source)).subscribers.length < 3) await self.yield()
    await setDemand(source, 'forward')
    for (let over = 0; over < 3; ) {
      const message = await self.receive()
      if (message.over) over++
      else who.get(message.who)?.push(...message.events)
    }
    for (const events of who.values()) expect(events).toEqual(range(500))
  }))

it('an event that cannot cross ends its stage, and says where in the message', () =>
  inside(
    async (self) => {
      const source = (await startServer(self, functions, { on: 1, link: false })) as AnyPid
      const ref = self.monitor(source)
      const args = [self.pid, { to: source, max: 2, cancel: 'temporary' }, 0]
      await startServer(self, tells, { args, on: 2, link: false })
      const { reason } = await self.receive({ match: (message) => message?.ref === ref })
      expect(reason.error).toMatchObject({ code: 'ERR_RUMPUS_UNCROSSABLE' })
      expect(reason.error.message).toContain('message.events[0]')
    },
    { onCrash: () => {} },
  ))

it('below a supervisor a source comes back on another thread when its own has died, and events go on', () =>
  inside(
    async (self: AnySelf) => {
      const children = [
        { id: 'source', start: numbers, args: [{ most: 1_000_000 }], name: 'far source', on: 1 },
        { id: 'tells', start: tells, args: [self.pid, { to: 'far source', max: 10, cancel: 'transient' }, 1] },
      ]
      await startSupervisor(self, { strategy: 'rest_for_one', children, maxRestarts: 20 })
      await self.receive()
      const source = self.whereis('far source') as AnyPid
      expect((await stageStatus(source)).subscribers).toHaveLength(1)
      const there = (await startServer(self, echo, { on: 1, link: false })) as AnyPid
      const ref = self.monitor(source)
      await self.call(there, 'end thread', { timeout: 60_000 }).catch(() => {})
      const { reason } = await self.receive({ match: (message) => message?.ref === ref })
      expect(reason).toEqual({ kind: 'scheduler-down', scheduler: 1 })
      let anew = self.whereis('far source')
      while (anew === undefined || anew === source) {
        await self.sleep(1)
        anew = self.whereis('far source')
      }
      self.flush()
      expect((await self.receive()).events.length).toBeGreaterThan(0)
    },
    { onCrash: () => {} },
  ))
