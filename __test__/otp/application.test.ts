// Goal: applications start when those that they need are ready and stop when those that need them have stopped, whatever happens on the
// way; what an end means is what OTP says. Method: virtual time on both lanes, and random graphs against the longest way through them.

import { exit } from 'rumpus'
import { type Application, type Applications, application, Server, startApplication } from 'rumpus/otp'
import { describe, expect, it } from 'vitest'
import { type AnySelf, endOf, inside, rejectionOf } from '../process/world.ts'
import { dice, eventsOf, inTime, lanes, slow, startBeside } from './applications.ts'

describe.each(lanes)('applications on the %s lane', (lane) => {
  it('start together where they may, and stop in reverse', () =>
    inTime(lane, async (self, { now }, crashes) => {
      const all = [
        slow('web', ['queue', 'cache'], 1000),
        slow('queue', ['db'], 1000),
        slow('cache', ['db'], 900),
        slow('db', [], 1000),
      ]
      const times: number[] = []
      const events = await eventsOf(async () => {
        const applications = await startApplication(self, all)
        times.push(now())
        expect((await applications.stop()).code).toBe(0)
        times.push(now())
      })
      expect(events).toEqual([
        ...['starting db', 'ready db', 'starting queue', 'starting cache', 'ready cache', 'ready queue'],
        ...['starting web', 'ready web', 'stopping web', 'stopped web', 'stopping queue', 'stopping cache'],
        ...['stopped cache', 'stopped queue', 'stopping db', 'stopped db'],
      ])
      expect(times.map((ms) => Math.floor(ms / 100))).toEqual([30, 60])
      expect(crashes).toEqual([])
    }))

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('of a random graph take as long as its longest way, seed %i', (seed) =>
    inTime(
      lane,
      async (self, { now }) => {
        const throwDice = dice(seed)
        const count = 3 + throwDice(12)
        const needs = Array.from({ length: count }, (_, at) =>
          Array.from({ length: at }, (_, need) => need).filter(() => throwDice(3) === 0),
        )
        const times = needs.map(() => 100 * throwDice(10))
        const longest: number[] = []
        for (const at of needs.keys())
          longest.push(times[at]! + Math.max(0, ...needs[at]!.map((need) => longest[need]!)))
        const all = needs.map((of, at) => slow(`${at}`, of.map(String), times[at]))
        // In any order.
        all.sort(() => throwDice(2) - 0.5)
        const begun = now()
        let started = 0
        const events = await eventsOf(async () => {
          const applications = await startApplication(self, all, { deadline: 60_000 })
          started = now()
          await applications.stop()
        })
        const at = (event: string): number => events.indexOf(event)
        for (const [one, of] of needs.entries()) {
          for (const need of of) {
            expect(at(`ready ${need}`)).toBeLessThan(at(`starting ${one}`))
            expect(at(`stopped ${one}`)).toBeLessThan(at(`stopping ${need}`))
          }
        }
        expect(new Set(events).size).toBe(count * 4)
        const wanted = Math.max(...longest)
        for (const took of [started - begun, now() - started]) expect(Math.floor(took / 100) * 100).toBe(wanted)
      },
      seed,
    ),
  )

  it('that say when they are ready are waited for, and may take it back', () =>
    inTime(lane, async (self, { now }) => {
      let say: ((isReady?: boolean) => void) | undefined
      const warms = application({
        name: 'warms',
        readiness: 'told',
        start: (_, { ready }) => {
          say = ready
          const warm = async (me: AnySelf): Promise<void> => {
            await me.sleep(5000)
            ready()
            await me.receive()
          }
          return {
            children: [{ id: 'warms', start: warm }],
          }
        },
      })
      let held: Applications | undefined
      const watches = application({
        name: 'watches',
        start(_, { applications }) {
          held = applications
          return {}
        },
      })
      const begun = now()
      const starting = startBeside(self, [slow('web', ['warms']), warms, watches], { name: 'all' })
      await self.sleep(1000)
      expect(held?.health()).toEqual({
        ready: false,
        stopping: false,
        applications: [
          { name: 'web', state: 'waiting', ready: false },
          { name: 'warms', state: 'running', ready: false },
          { name: 'watches', state: 'running', ready: true },
        ],
      })
      await held?.whenReady('watches')
      expect(await rejectionOf(held!.whenReady('warms', { timeout: 500 }))).toMatchObject({
        code: 'ERR_RUMPUS_TIMEOUT',
      })
      await held?.whenReady('warms')
      expect(Math.floor((now() - begun) / 1000)).toBe(5)
      const applications = await starting
      expect(await self.call('all', 'health')).toMatchObject({ ready: true })
      say?.(false)
      await self.call('all', 'health')
      expect(applications.health()).toMatchObject({ ready: false, stopping: false })
      const waits = applications.whenReady()
      say?.()
      await waits
      expect(() => applications.whenReady('wab')).toThrow('name must be one of "web", "warms", "watches", got "wab"')
      const over = applications.stop()
      expect(await rejectionOf(applications.whenReady())).toMatchObject({ code: 'ERR_RUMPUS_NOT_READY' })
      expect(applications.health()).toMatchObject({ ready: false, stopping: true })
      expect((await over).code).toBe(0)
    }))

  it.each<[string, Partial<Application>, RegExp]>([
    [
      'throws',
      {
        start: () => {
          throw new Error('no')
        },
      },
      /did not start: no$/,
    ],
    ['rejects', { start: () => Promise.reject(new Error('no')) }, /did not start: no$/],
    ['is not ready in its time', { readiness: 'told', startTimeout: 700 }, /not ready within 700 ms$/],
    ['never answers', { start: () => new Promise(() => {}), startTimeout: 700 }, /not ready within 700 ms$/],
    ['answers no top', { start: () => ({ strategy: 'none' }) as never }, /options\.strategy must be /],
    [
      'has a child whose init fails',
      { start: () => ({ children: [{ id: 'a', start: { init: () => Promise.reject(new Error('no')) } }] }) },
      /child "a" did not start: no$/,
    ],
  ])('of which one %s are stopped in reverse, and the start tells which', (_, bad, message) =>
    inTime(lane, async (self, _time, crashes) => {
      const stop: string[] = []
      const all = [
        slow('never', ['bad']),
        { ...slow('bad', ['b']), ...bad },
        slow('b', ['a'], 10, { stop: () => void stop.push('b') }),
        slow('a', [], 10, { stop: () => void stop.push('a') }),
      ]
      const events = await eventsOf(async () => {
        const error = await startApplication(self, all).catch((error) => error)
        expect(error).toMatchObject({ code: 'ERR_RUMPUS_APPLICATION', message: expect.stringMatching(message) })
        expect(error.message.startsWith('application "bad" did not start: ')).toBe(true)
        expect(error.cause).toBeInstanceOf(Error)
      })
      expect(events.filter((event) => /^(crashed|stopp)/.test(event) && event !== 'stopping bad')).toEqual([
        ...['crashed bad', 'stopping b', 'stopped b', 'stopping a', 'stopped a'],
      ])
      expect(stop).toEqual(['b', 'a'])
      expect(crashes.at(-1)).toMatch(message)
    }),
  )

  it('of which one runs but is not ready in its time, go in good order', () =>
    inTime(lane, async (self) => {
      const called: string[] = []
      const warms = slow('warms', ['db'], 100, {
        ...{ readiness: 'told', startTimeout: 700 },
        drain: () => void called.push('drain'),
        stop: (_, { signal }) => void called.push(`stop, aborted: ${signal.aborted}`),
      })
      const events = await eventsOf(async () => {
        const error = await startApplication(self, [warms, slow('db')]).catch((error) => error)
        expect(error.message).toBe('application "warms" did not start: it was not ready within 700 ms')
      })
      expect(called).toEqual(['drain', 'stop, aborted: false'])
      expect(events.slice(-4)).toEqual(['stopping warms', 'crashed warms', 'stopping db', 'stopped db'])
    }))

  describe.each(['permanent', 'transient', 'temporary'] as const)('of which a %s one', (type) => {
    it.each(['normal', 'shutdown', 'kill', 'error'] as const)('ends by itself: %s', (reason) =>
      inTime(lane, async (self, _time, crashes) => {
        let top = 0 as never
        const body = async (me: AnySelf): Promise<void> => {
          top = me.pid as never
          const asked = await me.receive()
          if (asked === 'error') throw new Error('broke')
          if (asked !== 'normal') me.exit(asked)
        }
        const one = application({ name: 'one', type, start: () => body })
        const applications = await startApplication(self, [slow('web', ['one']), one, slow('db')])
        const takesDown = type === 'permanent' || (type === 'transient' && reason !== 'normal')
        const isCrash = type === 'permanent' || reason !== 'normal'
        const events = await eventsOf(async () => {
          if (reason === 'kill') exit(top, 'kill')
          else self.send(top, reason as never)
          if (takesDown) expect(await applications.over).toMatchObject({ code: 1, asked: 'crash', crashed: ['one'] })
          else {
            await endOf(self, top)
            await self.sleep(1)
            expect(applications.health().stopping).toBe(false)
            expect(applications.health().ready).toBe(!isCrash)
            expect(await applications.stop()).toMatchObject({ code: isCrash ? 1 : 0, asked: 'stop' })
          }
        })
        const ended = `${isCrash ? 'crashed' : 'stopped'} one`
        expect(events[0]).toBe(ended)
        // Those that need it go before it would; the rest has no order.
        expect(events.slice(1).sort()).toEqual(['stopped db', 'stopped web', 'stopping db', 'stopping web'])
        expect(crashes.some((crash) => crash.includes('application "one" ended'))).toBe(isCrash)
      }),
    )
  })

  it('that need a temporary one which did not start are refused; the others go on', () =>
    inTime(lane, async (self) => {
      const broken = slow('broken', [], 0, { type: 'temporary', start: () => Promise.reject(new Error('no')) })
      const needy = slow('needy', ['broken'], 0, { type: 'temporary' })
      const events = await eventsOf(async () => {
        const applications = await startApplication(self, [needy, broken, slow('db')])
        expect(applications.health().applications.map(({ state }) => state)).toEqual(['crashed', 'crashed', 'running'])
        expect(await applications.stop()).toMatchObject({ code: 1, crashed: ['broken', 'needy'] })
      })
      expect(events).not.toContain('starting needy')
      const error = await startApplication(self, [slow('needy', ['broken']), broken]).catch((error) => error)
      expect(error.message).toBe('application "needy" did not start: it needs "broken", which has crashed')
    }))

  it('that end normally are over by themselves, and serve as what others need', () =>
    inTime(lane, async (self) => {
      const batch = (name: string, needs: string[]): Application =>
        application({
          name,
          needs,
          type: 'transient',
          readiness: 'told',
          start: () => (me: AnySelf) => me.sleep(1000) as never,
        })
      const events = await eventsOf(async () => {
        const applications = await startApplication(self, [batch('report', ['import']), batch('import', [])])
        expect(await applications.over).toEqual({ code: 0, asked: undefined, crashed: [], killed: [], crashes: 0 })
      })
      expect(events).toEqual(['starting import', 'stopped import', 'starting report', 'stopped report'])
    }))
})

describe('on threads', () => {
  it('any scheduler can ask how they stand, and wait', () =>
    inside(async (self) => {
      const { asks } = await import('../fixtures/otp-applications.mjs')
      const applications = await startApplication(self, slow('a'), { name: 'all' })
      self.spawn(asks.with({ on: 1 }), self.pid, 'all')
      expect(await self.receive()).toEqual([applications.health(), true, true, false])
      await applications.stop()
    }))

  it('where messages are copied, and with no other thread, they do as elsewhere', async () => {
    for (const options of [{ messages: 'clone' }, { messages: 'freeze' }, { schedulers: 0 }] as const) {
      const events = await eventsOf(() =>
        inside(async (self) => {
          const applications = await startApplication(self, [slow('web', ['db']), slow('db')], { name: 'all' })
          expect(await self.call('all', 'health')).toEqual(applications.health())
          expect(await applications.stop()).toMatchObject({ code: 0, crashes: 0 })
        }, options),
      )
      expect(events.slice(-4)).toEqual(['stopping web', 'stopped web', 'stopping db', 'stopped db'])
    }
  })

  it('a name that is taken is why they do not start', () =>
    inside(async (self) => {
      self.register('taken')
      expect(await rejectionOf(startApplication(self, slow('a'), { name: 'taken' }))).toMatchObject({
        code: 'ERR_RUMPUS_NAME_TAKEN',
      })
    }))

  it('a server that is the top crashes, and takes all along', () =>
    inside(async (self) => {
      class Fails extends Server {
        override handleCall(): never {
          throw new Error('broke')
        }
      }
      const db = application({
        name: 'db',
        start: () => ({ maxRestarts: 0, children: [{ id: 'f', name: 'f', start: Fails }] }),
      })
      const events = await eventsOf(async () => {
        const applications = await startApplication(self.runtime, [slow('web', ['db']), db])
        await self.call('f', 'x').catch(() => {})
        expect(await applications.over).toMatchObject({ code: 1, asked: 'crash', crashed: ['db'] })
      })
      expect(events.slice(-3)).toEqual(['crashed db', 'stopping web', 'stopped web'])
    }))
})
