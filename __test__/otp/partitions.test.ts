// Goal: partitions are one on each scheduler, and the same key meets the same; as a child of a supervisor or of an application they come
// back, all of them and under their names, when their supervisor has ended. Method: definitions that tell their thread, kills of one
// partition, of their supervisor and of the thread that it is on.

import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { call, start } from 'rumpus'
import {
  application,
  countChildren,
  partition,
  partitions,
  type SupervisorReport,
  startApplication,
  startChild,
  startPartitions,
  startSupervisor,
  whichChildren,
} from 'rumpus/otp'
import { describe, expect, it, onTestFinished } from 'vitest'
import { echo, partitioned } from '../fixtures/otp-servers.mjs'
import { type AnyPid, type AnySelf, inside, thrownBy } from '../process/world.ts'
import { killed, pidOf } from './children.ts'

const NAMES = ['echoes/0', 'echoes/1']

/** The threads of both partitions, which must answer and differ. */
const threadsOf = async (self: AnySelf): Promise<unknown[]> => {
  const threads = [await self.call(NAMES[0] as string, 'thread'), await self.call(NAMES[1] as string, 'thread')]
  expect(new Set(threads).size).toBe(2)
  return threads
}

/** Who has their names, and that of their supervisor. */
const pidsOf = (self: AnySelf): unknown[] => ['echoes', ...NAMES].map((name) => self.whereis(name))

/** Their supervisor ends by `cause`, and `top` has another: all are new, and each is where it was. */
const comeBack = async (self: AnySelf, top: AnyPid, cause: (sup: AnyPid) => Promise<unknown>): Promise<void> => {
  const [threads, before] = [await threadsOf(self), pidsOf(self)]
  const sup = await pidOf(top, 'echoes')
  expect(sup).toBe(before[0])
  await cause(sup)
  const anew = await pidOf(top, 'echoes')
  const after = pidsOf(self)
  expect(after[0]).toBe(anew)
  for (const [at, pid] of after.entries()) {
    expect(pid).toBeDefined()
    expect(pid).not.toBe(before[at])
  }
  expect((await whichChildren(anew)).map(({ id, pid }) => [`echoes/${id}`, pid])).toEqual(
    NAMES.map((name, at) => [name, after[at + 1]]),
  )
  expect(await threadsOf(self)).toEqual(threads)
}

describe('partitions', () => {
  it('are one on each scheduler, and the same key meets the same', () =>
    inside(async (self) => {
      const top = (await startPartitions(self, { start: echo }, { name: 'echoes', maxRestarts: 10 })) as AnyPid
      await threadsOf(self)
      expect(self.whereis('echoes')).toBe(top)
      expect((await whichChildren(top)).map(({ id }) => id)).toEqual(['0', '1'])
      const homes = new Set(Array.from({ length: 100 }, (_, key) => partition('echoes', key, 2)))
      expect([...homes].sort()).toEqual(NAMES)
      const pid = self.whereis('echoes/1') as AnyPid
      await killed(self, pid)
      await whichChildren(top)
      expect(await self.call('echoes/1', 'back')).toBe('back')
      expect(self.whereis('echoes/1')).not.toBe(pid)
    }))

  it('are one on the host where there are no threads', async () => {
    const runtime = await start({ schedulers: 0 })
    await startPartitions(runtime, { start: echo }, { name: 'alone' })
    expect(partition('alone', 'any key', 1)).toBe('alone/0')
    expect(await call('alone/0', 'hello')).toBe('hello')
    await runtime.stop()
  })

  it('are as many as they are to be, with what the child and the options say', () =>
    inside(async (self) => {
      const child = { start: echo, args: ['given'], restart: 'temporary' } as const
      const top = (await startPartitions(self, child, { name: 'few', partitions: 3, on: 1 })) as AnyPid
      expect(await countChildren(top)).toMatchObject({ specs: 3, active: 3 })
      await killed(self, self.whereis('few/2') as AnyPid)
      expect(await countChildren(top)).toMatchObject({ specs: 2, active: 2 })
    }))

  it('refuse what is wrong at the call, with its path', () => {
    const of = (child: object, options: object): unknown => thrownBy(() => partitions(child as never, options as never))
    const bad = (path: string) => ({ code: 'ERR_RUMPUS_BAD_ARGUMENT', message: expect.stringContaining(path) })
    expect(of({ start: echo }, { name: '' })).toMatchObject(bad('options.name'))
    expect(of({ start: echo }, { name: 'x', on: 'dedicated' })).toMatchObject(bad('options.on'))
    expect(of({ start: echo }, { name: 'x', maxChildren: 1 })).toMatchObject(bad('options.maxChildren'))
    expect(of({ start: echo, on: 1 }, { name: 'x' })).toMatchObject(bad('child.on'))
    expect(of({ start: echo, restart: 'never' }, { name: 'x' })).toMatchObject(bad('child.restart'))
    expect(of({ start: async () => {} }, { name: 'x' })).toMatchObject(bad('child.start'))
    for (const [wrong, path] of [
      [thrownBy(() => partition('x', 1, 0)), 'partitions'],
      [of({ start: echo }, { name: 'x', partitions: 64 }), 'options.partitions'],
      [of({ start: echo }, { name: 'x', maxRestarts: -1 }), 'options.maxRestarts'],
    ]) {
      expect(wrong).toMatchObject({ code: 'ERR_RUMPUS_OUT_OF_RANGE', message: expect.stringContaining(path as string) })
    }
  })
})

describe('partitions as a child', () => {
  it.each(['here', 'any', 1] as const)('come back when their supervisor, on %s, has been killed', (on) =>
    inside(async (self) => {
      const children = [partitions({ start: echo }, { name: 'echoes', on })]
      const top = (await startSupervisor(self, { children })) as AnyPid
      expect(await countChildren(top)).toMatchObject({ supervisors: 1, active: 1 })
      await comeBack(self, top, (sup) => killed(self, sup))
    }),
  )

  it('come back below a supervisor elsewhere, where they can also be added', () =>
    inside(async (self) => {
      const children = [{ id: 'there', start: partitioned, args: ['echoes'], on: 2 }]
      const top = (await startSupervisor(self, { children })) as AnyPid
      const there = await pidOf(top, 'there')
      await comeBack(self, there, (sup) => killed(self, sup))
      await startChild(there, partitions({ start: echo }, { name: 'more', on: 2 }))
      expect(await self.call('more/1', 'hello')).toBe('hello')
      await killed(self, there)
      expect(await pidOf(await pidOf(top, 'there'), 'echoes')).toBe(self.whereis('echoes'))
      await threadsOf(self)
    }))

  it('come back when the thread of their supervisor has died', () =>
    inside(
      async (self) => {
        const children = [partitions({ start: echo }, { name: 'echoes', on: 1, maxRestarts: 10 })]
        const top = (await startSupervisor(self, { children, maxRestarts: 10 })) as AnyPid
        const before = pidsOf(self)
        await self.call('echoes/0', 'end thread').catch(() => {})
        const sup = await pidOf(top, 'echoes')
        expect(sup).not.toBe(before[0])
        expect(await countChildren(sup)).toMatchObject({ active: 2 })
        await threadsOf(self)
        for (const [at, pid] of pidsOf(self).entries()) expect(pid).not.toBe(before[at])
      },
      { onCrash: () => {} },
    ))

  it('leave nobody behind when one of them cannot start', () =>
    inside(async (self) => {
      const children = [partitions({ start: echo, args: ['fail'] }, { name: 'echoes' })]
      await expect(startSupervisor(self, { children })).rejects.toMatchObject({ code: 'ERR_RUMPUS_INIT' })
      expect(pidsOf(self)).toEqual([undefined, undefined, undefined])
    }))

  it('come back in an application, and stop with it', () =>
    inside(async (self) => {
      const start = () => ({ children: [partitions({ start: echo }, { name: 'echoes' })] })
      let top: AnyPid | undefined
      const hear = (message: unknown): void => {
        const { id, supervisor } = message as SupervisorReport
        if (id === 'echoes') top = supervisor as AnyPid
      }
      subscribe('rumpus:supervisor', hear)
      onTestFinished(() => void unsubscribe('rumpus:supervisor', hear))
      const applications = await startApplication(self, application({ name: 'echoing', start }))
      await comeBack(self, top as AnyPid, (sup) => killed(self, sup))
      expect(applications.health().ready).toBe(true)
      expect((await applications.stop()).code).toBe(0)
      expect(pidsOf(self)).toEqual([undefined, undefined, undefined])
    }))
})
