// Goal: applications stop in good order whenever they are asked to, in their time or not at all, and the outcome tells what went wrong on
// the way. Method: virtual time on both lanes, with signals from an emitter; and threads, where crashes are told by another way than ends.

import { EventEmitter } from 'node:events'
import { exit } from 'rumpus'
import { type Application, type Applications, application, startApplication, type Top } from 'rumpus/otp'
import { describe, expect, it } from 'vitest'
import { type AnySelf, endOf, inside, rejectionOf } from '../process/world.ts'
import { eventsOf, inTime, lanes, slow, startBeside } from './applications.ts'

describe.each(lanes)('applications on the %s lane', (lane) => {
  it('that are asked to stop while they start do not go on', () =>
    inTime(lane, async (self, { now }) => {
      const signals = new EventEmitter()
      const connects = application({
        name: 'connects',
        start: (_, { signal }) =>
          new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
      })
      const events = await eventsOf(async (events) => {
        const starting = startBeside(self, [slow('web', ['connects']), connects, slow('db')], { signals })
        while (!events.includes('ready db')) await self.sleep(1)
        signals.emit('SIGINT', 'SIGINT')
        expect(await rejectionOf(starting)).toMatchObject({ code: 'ERR_RUMPUS_STOPPED' })
        await self.sleep(1)
      })
      expect(events.slice(-4).sort()).toEqual(['stopped connects', 'stopped db', 'stopping connects', 'stopping db'])
      expect(events).not.toContain('starting web')
      expect(now()).toBeLessThan(100)
      expect(signals.eventNames()).toEqual([])
    }))

  it('wait for the init that is under way, and end those that have started in good order', () =>
    inTime(lane, async (self, { now }) => {
      const ended: string[] = []
      const first = { handleCall: () => 1, terminate: () => void ended.push('first') }
      const never = { init: () => new Promise(() => {}) }
      const start = (): Top => ({
        children: [
          { id: 'first', start: first as never },
          { id: 'never', start: never as never, startTimeout: 700 },
        ],
      })
      const events = await eventsOf(async (events) => {
        const starting = startBeside(self, application({ name: 'a', start }), { name: 'all' })
        await self.sleep(100)
        expect(events).toEqual(['starting a'])
        exit(self.whereis('all')!, 'shutdown')
        expect(await rejectionOf(starting)).toMatchObject({ code: 'ERR_RUMPUS_STOPPED' })
      })
      expect([ended, events.slice(1)]).toEqual([['first'], ['stopping a', 'stopped a']])
      expect(now()).toBeLessThan(800)
    }))

  it('are stopped where they are disposed of', () =>
    inTime(lane, async (self) => {
      const events = await eventsOf(async () => {
        const applications = await startApplication(self, slow('a'))
        await applications[Symbol.asyncDispose]()
        expect(await applications.over).toMatchObject({ code: 0, asked: 'stop' })
      })
      expect(events.at(-1)).toBe('stopped a')
    }))

  it('have a deadline: what runs then is killed, in no order', () =>
    inTime(lane, async (self, { now }, crashes) => {
      let aborted: unknown
      const hangs = slow('hangs', ['db'], 0, {
        drain: (_self, { signal }) =>
          new Promise(() => signal.addEventListener('abort', () => (aborted = signal.reason))),
      })
      const applications = await startApplication(self, [slow('web', ['hangs'], 100), hangs, slow('db')], {
        deadline: 2000,
      })
      const begun = now()
      const events = await eventsOf(async () => {
        expect(await applications.stop()).toMatchObject({ code: 124, crashed: [], killed: ['hangs', 'db'] })
      })
      expect(Math.floor((now() - begun) / 100)).toBe(20)
      expect(events).toEqual(['stopping web', 'stopped web', 'stopping hangs', 'stopped hangs', 'stopped db'])
      expect(aborted).toMatchObject({ code: 'ERR_RUMPUS_STOPPED' })
      expect(crashes).toEqual(['applications were killed: not stopped within 2000 ms: "hangs", "db"'])
    }))

  it('of which one cannot start have their deadline, however long that one stops', () =>
    inTime(lane, async (self, { now }) => {
      const fails = { init: () => Promise.reject(new Error('no database')) }
      const bad = application({
        name: 'bad',
        needs: ['db'],
        start: () => ({ children: [{ id: 'fails', start: fails }] }),
        stop: () => new Promise<void>(() => {}),
      })
      const begun = now()
      const why = await rejectionOf(startApplication(self, [slow('db'), bad], { deadline: 300 }))
      expect(why).toMatchObject({ code: 'ERR_RUMPUS_APPLICATION', message: expect.stringContaining('no database') })
      expect(now() - begun).toBeLessThan(1000)
    }))

  it.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ])('are killed by a second signal, %s', (second, code) =>
    inTime(lane, async (self, { now }) => {
      const signals = new EventEmitter()
      const applications = await startApplication(self, [slow('web', ['db'], 5000), slow('db')], { signals })
      const begun = now()
      signals.emit('SIGTERM', 'SIGTERM')
      await self.sleep(1000)
      expect(applications.health()).toMatchObject({ ready: false, stopping: true })
      signals.emit(second, second)
      expect(await applications.over).toMatchObject({ code, asked: 'SIGTERM', killed: ['web', 'db'], crashed: [] })
      expect(Math.floor((now() - begun) / 100)).toBe(10)
      await Promise.resolve()
      expect(signals.eventNames()).toEqual([])
    }),
  )

  it.each<[string, Partial<Application>]>([
    ['drain throws', { drain: () => Promise.reject(new Error('no')) }],
    [
      'stop throws',
      {
        stop: () => {
          throw new Error('no')
        },
      },
    ],
    [
      'a child throws while it ends',
      {
        start: () => ({
          children: [{ id: 'a', start: { handleCall: () => 1, terminate: () => Promise.reject(new Error('no')) } }],
        }),
      },
    ],
    [
      'a child is killed',
      {
        start: () => ({
          children: [
            {
              id: 'a',
              shutdown: 50,
              start: async (me: AnySelf) => {
                me.trapExit()
                for (;;) await me.receive()
              },
            },
          ],
        }),
      },
    ],
    [
      'the top throws',
      {
        start: () => async (me: AnySelf) => {
          me.trapExit()
          await me.receive()
          throw new Error('no')
        },
      },
    ],
  ])('stop all the same, but not with 0, if %s', (_, bad) =>
    inTime(lane, async (self, _time, crashes) => {
      const applications = await startApplication(self, [
        slow('web', ['bad']),
        { ...slow('bad', ['db']), ...bad },
        slow('db'),
      ])
      const events = await eventsOf(async () => expect((await applications.stop()).code).toBe(1))
      expect(events.filter((event) => event.startsWith('stopping'))).toEqual([
        'stopping web',
        'stopping bad',
        'stopping db',
      ])
      expect(crashes.length).toBeGreaterThan(0)
    }),
  )

  it('go with who started them, and are over if who looks after them is killed', () =>
    inTime(lane, async (self) => {
      const held: Applications[] = []
      const events = await eventsOf(async () => {
        const parent = self.spawn(async (me: AnySelf) => {
          held.push(await startApplication(me, slow('a', [], 10), { name: 'all' }))
          self.send(self.pid, 'started')
        })
        expect(await self.receive()).toBe('started')
        await endOf(self, parent)
        expect(await held[0]!.over).toMatchObject({ code: 0, asked: 'exit' })
      })
      expect(events.slice(-2)).toEqual(['stopping a', 'stopped a'])
      const applications = await startApplication(self, slow('a'), { name: 'all' })
      exit(self.whereis('all')!, 'kill')
      expect(await applications.over).toMatchObject({ code: 1, killed: ['a'] })
      expect(await applications.stop()).toMatchObject({ code: 1 })
    }))
})

describe('on threads', () => {
  it('a crash elsewhere, while they stop, counts before the outcome is told, every time', () =>
    inside(async (self, crashes) => {
      const { thrower } = await import('../fixtures/otp-applications.mjs')
      const bad = application({ name: 'bad', start: () => ({ children: [{ id: 'a', start: thrower, on: 1 }] }) })
      for (let times = 1; times <= 40; times++) {
        const applications = await startApplication(self, bad)
        expect(await applications.stop()).toMatchObject({ code: 1, crashed: [], crashes: 1 })
        expect(crashes).toHaveLength(times)
      }
    }))
})
