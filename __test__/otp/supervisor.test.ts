// Goal: what the table does not hold: dynamic supervisors, significant children, backoff, ends that take too long,
// names that are not free yet, specs that are wrong, and what others may ask.

import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { exit, isAlive, send, simulate } from 'rumpus'
import {
  countChildren,
  deleteChild,
  getState,
  restartChild,
  Server,
  type SupervisorReport,
  startChild,
  startSupervisor,
  stopServer,
  stopWith,
  supervisor,
  terminateChild,
  whichChildren,
} from 'rumpus/otp'
import { describe, expect, it, onTestFinished } from 'vitest'
import { echo } from '../fixtures/otp-servers.mjs'
import { type AnyPid, type AnySelf, endOf, inside, rejectionOf, thrownBy, until } from '../process/world.ts'
import { killed, pidOf, waits } from './children.ts'

class Part extends Server {
  override handleCall(request: unknown): unknown {
    return request === 'stop' ? stopWith('normal', 'bye') : request
  }
  override handleCast(reason: string): ReturnType<typeof stopWith> {
    return stopWith(reason)
  }
}

/** Virtual time without the microseconds that steps take. */
const roughly = (ms: number): number => Math.floor(ms / 10) * 10

/** The same with one that is asked to stop. */
const stopped = async (self: AnySelf, pid: AnyPid): Promise<void> => {
  const ref = self.monitor(pid)
  expect(await self.call(pid, 'stop')).toBe('bye')
  await self.receive({ match: (message) => message?.ref === ref })
}

describe('a spec that is wrong', () => {
  it.each([
    [{ children: [{ id: 'a', start: Part, restart: 'often' }] }, 'options.children[0].restart'],
    [{ children: [{ id: 'a', start: Part }, { start: Part }] }, 'options.children[1].id'],
    [
      {
        children: [
          { id: 'a', start: Part },
          { id: 'a', start: Part },
        ],
      },
      'options.children[1].id',
    ],
    [{ children: [{ id: 'a' }] }, 'options.children[0].start'],
    [{ children: [{ id: 'a', start: class {} }, 5] }, 'options.children[1]'],
    [{ children: [{ id: 'a', start: Part, shutdown: 'soon' }] }, 'options.children[0].shutdown'],
    [{ children: [{ id: 'a', start: Part, shutdown: -1 }] }, 'options.children[0].shutdown'],
    [{ children: [{ id: 'a', start: Part, startTimeout: -1 }] }, 'options.children[0].startTimeout'],
    [{ children: [{ id: 'a', start: Part, on: 1 }] }, 'options.children[0].on'],
    [{ children: [{ id: 'a', start: echo, on: 'there' }] }, 'options.children[0].on'],
    [{ children: [{ id: 'a', start: Part, args: 1 }] }, 'options.children[0].args'],
    [{ children: [{ id: 'a', start: Part, name: '' }] }, 'options.children[0].name'],
    [{ children: [{ id: 'a', start: Part, significant: true }] }, 'options.children[0].significant'],
    [
      { children: [{ id: 'a', start: Part, significant: true, restart: 'transient' }] },
      'options.children[0].significant',
    ],
    [{ children: {} }, 'options.children'],
    [{ strategy: 'one_for_none' }, 'options.strategy'],
    [{ strategy: 'dynamic', children: [{ start: Part }] }, 'options.children'],
    [{ maxChildren: 3 }, 'options.maxChildren'],
    [{ maxRestarts: 0.5 }, 'options.maxRestarts'],
    [{ within: 0 }, 'options.within'],
    [{ autoShutdown: 'yes' }, 'options.autoShutdown'],
    [{ backoff: { first: 1 } }, 'options.backoff.most'],
    [{ backoff: { first: 1, most: 2, jitter: 2 } }, 'options.backoff.jitter'],
    [{ backoff: { first: 1, most: 2, random: 2 } }, 'options.backoff.random'],
    [5, 'options'],
  ])('%j is refused at the call with its place', (options, path) =>
    inside(async (self) => {
      const thrown = thrownBy(() => void startSupervisor(self, options as never))
      expect(thrown.message.startsWith(`${path} must be `)).toBe(true)
      expect(thrown.code).toMatch(/^ERR_RUMPUS_(BAD_ARGUMENT|OUT_OF_RANGE)$/)
      expect(thrownBy(() => supervisor(options as never)).message).toBe(thrown.message)
    }),
  )
})

describe('a start', () => {
  it('of which one child fails ends those before it and says which', () =>
    inside(async (self) => {
      const ended: string[] = []
      class Ends extends Server {
        override terminate(): void {
          ended.push('a')
        }
      }
      const fails = { init: () => Promise.reject(new Error('no')) }
      const children = [
        { id: 'a', start: Ends },
        { id: 'b', start: fails },
      ]
      const error = await startSupervisor(self, { children }).catch((error) => error)
      expect(error).toMatchObject({ code: 'ERR_RUMPUS_INIT', cause: { kind: 'shutdown', value: { failed: 'b' } } })
      expect(error.message).toContain('child "b" did not start: no')
      expect(ended).toEqual(['a'])
    }))

  it('whose init never answers fails in its time', () =>
    simulate({ seed: 1, onCrash: () => {} }, async (self: AnySelf, { now }) => {
      const never = { init: () => new Promise<undefined>(() => {}) }
      const children = [{ id: 'never', start: never, startTimeout: 700 }]
      expect(await rejectionOf(startSupervisor(self, { children }))).toMatchObject({ code: 'ERR_RUMPUS_INIT' })
      expect(now()).toBeGreaterThanOrEqual(700)
      expect(now()).toBeLessThan(800)
    }))
})

describe('an end', () => {
  it('of a child that ignores shutdown is a kill in its time, and told', () =>
    simulate({ seed: 2, onCrash: () => {} }, async (self: AnySelf, { now }) => {
      const stubborn = async (me: AnySelf): Promise<void> => {
        me.trapExit()
        for (;;) await me.receive()
      }
      const children = [
        { id: 'a', start: stubborn, shutdown: 300 },
        { id: 'b', start: stubborn, shutdown: 'brutal' as const },
      ]
      const top = (await startSupervisor(self, { children }, { link: false })) as AnyPid
      const begun = now()
      const [a, b] = [await pidOf(top, 'a'), await pidOf(top, 'b')]
      await terminateChild(top, 'b')
      expect([isAlive(b), roughly(now() - begun)]).toEqual([false, 0])
      await terminateChild(top, 'a')
      expect([isAlive(a), roughly(now() - begun)]).toEqual([false, 300])
    }))

  it('that throws in terminate does not keep the others', () =>
    inside(async (self) => {
      class Bad extends Server {
        override terminate(): void {
          throw new Error('in terminate')
        }
      }
      const children = ['a', 'b', 'c'].map((id) => ({ id, start: Bad }))
      const top = (await startSupervisor(self, { children }, { link: false })) as AnyPid
      const pids = await Promise.all(['a', 'b', 'c'].map((id) => pidOf(top, id)))
      expect(await endOf(self, top, () => exit(top, 'shutdown'))).toEqual({ kind: 'shutdown' })
      expect(pids.map(isAlive)).toEqual([false, false, false])
    }))

  it('of a supervisor by kill takes its tree along, and its parent starts it anew, though the names are not free yet', () =>
    inside(
      async (self) => {
        let slowly = 0
        class Slow extends Server {
          override async terminate(): Promise<void> {
            await new Promise((resolve) => setTimeout(resolve, 20))
            slowly++
          }
        }
        const below = supervisor({ children: [{ id: 'named', start: Slow, name: 'slow one' }] })
        const top = (await startSupervisor(self, { children: [{ id: 'below', start: below }] })) as AnyPid
        const [old, named] = [await pidOf(top, 'below'), self.whereis('slow one')]
        exit(old, 'kill')
        await until(() => slowly === 1)
        const anew = await pidOf(top, 'below')
        expect(anew).not.toBe(old)
        expect(await pidOf(anew, 'named')).toBe(self.whereis('slow one'))
        expect(self.whereis('slow one')).not.toBe(named)
      },
      { onCrash: () => {} },
    ))

  it('of a supervisor by kill leaves nobody, in whatever step of a start it comes', () =>
    inside(async (self) => {
      const alive = (): number => self.runtime.inspect().processes.alive
      const first = (await startSupervisor(self, { strategy: 'dynamic' }, { link: false })) as AnyPid
      await endOf(self, first, () => exit(first, 'kill'))
      const before = alive()
      for (let steps = 0; steps < 40; steps++) {
        class Kills extends Server {
          override init(): void {
            const top = this.self.whereis('killed') as AnyPid
            let left = steps
            const step = (): void => (left-- > 0 ? queueMicrotask(step) : exit(top, 'kill'))
            step()
          }
        }
        const children = [Kills, Part, Part].map((start, n) => ({ id: `${n}`, start }))
        await startSupervisor(self, { children }, { link: false, name: 'killed' }).catch(() => {})
        while (self.whereis('killed') !== undefined) await self.yield()
        await until(() => alive() === before)
      }
    }))

  it('of the parent is the end of the supervisor and of all below it', () =>
    inside(async (self) => {
      const owner = self.spawn(async (me: AnySelf) => {
        const below = supervisor({ children: [{ id: 'leaf', start: Part }] })
        const top = (await startSupervisor(me, { children: [{ id: 'below', start: below }] })) as AnyPid
        send(self.pid, [top, await pidOf((await pidOf(top, 'below')) as AnyPid, 'leaf')])
        await me.receive()
      })
      const [top, leaf] = await self.receive()
      self.monitor(top)
      self.monitor(leaf)
      exit(owner, 'kill')
      const downs = [await self.receive(), await self.receive()]
      expect(new Set(downs.map(({ pid }) => pid))).toEqual(new Set([top, leaf]))
    }))
})

describe('significant children', () => {
  it.each(['any_significant', 'all_significant'] as const)('%s', (autoShutdown) =>
    inside(async (self) => {
      const children = [
        { id: 'a', start: Part, restart: 'transient' as const, significant: true },
        { id: 'b', start: Part, restart: 'temporary' as const, significant: true },
        { id: 'c', start: Part },
      ]
      const top = (await startSupervisor(self, { children, autoShutdown, maxRestarts: 10 }, { link: false })) as AnyPid
      const ref = self.monitor(top)
      // Ended by others, or restarted: that is no end by itself.
      await terminateChild(top, 'a')
      await restartChild(top, 'a')
      await killed(self, await pidOf(top, 'a'))
      await stopped(self, await pidOf(top, 'b'))
      if (autoShutdown === 'all_significant') {
        expect((await whichChildren(top)).map(({ id }) => id)).toEqual(['a', 'c'])
        await stopped(self, await pidOf(top, 'a'))
      }
      expect(await self.receive()).toMatchObject({ ref, reason: { kind: 'shutdown' } })
    }),
  )
})

describe('backoff', () => {
  it('doubles up to its most, begins anew after a good while, and chance takes its share', () =>
    simulate({ seed: 4, onCrash: () => {} }, async (self: AnySelf, { now }) => {
      const at: number[] = []
      let pid: AnyPid | undefined
      const start = async (me: AnySelf): Promise<void> => {
        at.push(now())
        pid = me.pid
        send(self.pid, 'up')
        await me.receive()
      }
      const backoff = { first: 100, most: 1_000, jitter: 0.5, random: () => 0.2 }
      await startSupervisor(self, { maxRestarts: 100, children: [{ id: 'a', start }], backoff })
      await self.receive()
      const waited: number[] = []
      for (let i = 0; i < 7; i++) {
        if (i === 6) await self.sleep(2_000)
        const died = now()
        exit(pid as AnyPid, 'kill')
        await self.receive()
        waited.push(roughly(now() - died))
      }
      expect(waited).toEqual([90, 180, 360, 720, 900, 900, 90])
      expect(at).toHaveLength(8)
    }))

  it('of one child keeps nobody else waiting, and gives way to whoever starts or deletes it meanwhile', () =>
    simulate({ seed: 5, onCrash: () => {} }, async (self: AnySelf, { now }) => {
      const backoff = { first: 10_000, most: 10_000, jitter: 0 }
      const children = ['a', 'b'].map((id) => ({ id, start: Part }))
      const top = (await startSupervisor(self, { maxRestarts: 100, children, backoff })) as AnyPid
      exit(await pidOf(top, 'a'), 'kill')
      await self.sleep(10)
      expect((await whichChildren(top)).map(({ state }) => state)).toEqual(['restarting', 'running'])
      expect(await rejectionOf(restartChild(top, 'a'))).toMatchObject({ code: 'ERR_RUMPUS_CHILD' })
      await terminateChild(top, 'a')
      await deleteChild(top, 'a')
      await self.sleep(20_000)
      expect((await whichChildren(top)).map(({ id }) => id)).toEqual(['b'])
      expect(now()).toBeLessThan(21_000)
    }))
})

describe('requests', () => {
  it('start, end, restart and delete children, and refuse what cannot be', () =>
    inside(async (self) => {
      const top = (await startSupervisor(self, { children: [{ id: 'a', start: Part }] })) as AnyPid
      const refused = { code: 'ERR_RUMPUS_CHILD' }
      const b = await startChild(top, { id: 'b', start: waits })
      expect(await rejectionOf(startChild(top, { id: 'b', start: waits }))).toMatchObject(refused)
      expect(await rejectionOf(startChild(top, { start: waits }))).toMatchObject(refused)
      expect(await rejectionOf(deleteChild(top, 'b'))).toMatchObject(refused)
      expect(await rejectionOf(terminateChild(top, 'z'))).toMatchObject(refused)
      expect(thrownBy(() => void startChild(top, { id: 'c' } as never)).message).toMatch(/^spec\.start must be /)
      expect(await countChildren(top)).toEqual({ specs: 2, active: 2, supervisors: 0, workers: 2 })
      await terminateChild(top, 'b')
      expect(isAlive(b as AnyPid)).toBe(false)
      expect((await whichChildren(top)).map(({ state }) => state)).toEqual(['running', 'stopped'])
      expect(await restartChild(top, 'b')).not.toBe(b)
      await terminateChild(top, 'b')
      await deleteChild(top, 'b')
      const fails = { init: () => Promise.reject(new Error('no')) }
      expect(await rejectionOf(startChild(top, { id: 'f', start: fails }))).toMatchObject({ code: 'ERR_RUMPUS_INIT' })
      expect(await countChildren(top)).toEqual({ specs: 1, active: 1, supervisors: 0, workers: 1 })
    }))

  it('a dynamic supervisor has no more children than it may, and forgets those that ended', () =>
    inside(async (self) => {
      const top = (await startSupervisor(self, { strategy: 'dynamic', maxChildren: 2 })) as AnyPid
      const one = (await startChild(top, { start: Part, restart: 'transient' })) as AnyPid
      const two = (await startChild(top, { start: Part, restart: 'temporary' })) as AnyPid
      expect(await rejectionOf(startChild(top, { start: Part }))).toMatchObject({
        code: 'ERR_RUMPUS_TOO_MANY_CHILDREN',
      })
      expect(await self.call(one, 'stop')).toBe('bye')
      await endOf(self, one)
      await terminateChild(top, two)
      expect(await whichChildren(top)).toEqual([])
      await startChild(top, { start: Part })
    }))

  it('that nobody knows are refused, and end nobody', () =>
    inside(async (self) => {
      const top = (await startSupervisor(self, { children: [{ id: 'a', start: Part }] })) as AnyPid
      for (const request of [undefined, 1, {}, { supervisor: 'sing' }, { supervisor: 'start' }]) {
        expect(await self.call(top, request)).toHaveProperty('error.message')
      }
      expect(await countChildren(top)).toMatchObject({ active: 1 })
    }))

  it('are reported as data', () =>
    inside(async (self) => {
      const told: string[] = []
      const hear = (report: unknown): void => void told.push((report as SupervisorReport).event)
      subscribe('rumpus:supervisor', hear)
      onTestFinished(() => void unsubscribe('rumpus:supervisor', hear))
      const top = (await startSupervisor(self, { children: [{ id: 'a', start: Part }] }, { link: false })) as AnyPid
      const ref = self.monitor(top)
      for (let i = 0; i < 2; i++) {
        const pid = await pidOf(top, 'a')
        await killed(self, pid)
      }
      expect(await self.receive({ match: (message) => message?.ref === ref })).toMatchObject({
        reason: { kind: 'shutdown' },
      })
      expect(told).toEqual(['child-started', 'child-ended', 'child-started', 'child-ended', 'gave-up'])
    }))
})

it('a supervisor is stopped as a server is, with all below it, and has no state to show', () =>
  inside(async (self) => {
    const top = (await startSupervisor(self, { children: [{ id: 'a', start: waits }] }, { link: false })) as AnyPid
    const [child] = await whichChildren(top)
    expect(await rejectionOf(getState(top))).toMatchObject({ code: 'ERR_RUMPUS_SUPERVISOR' })
    await stopServer(top, 'shutdown')
    expect([top, child?.pid].map((pid) => isAlive(pid as AnyPid))).toEqual([false, false])
  }))
