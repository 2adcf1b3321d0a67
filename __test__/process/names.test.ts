// Names: unique, known on every scheduler at once, free when their holder has ended, and refused with the reason.

import { define, exit, isAlive, send, start } from 'rumpus'
import { describe, expect, it, onTestFinished } from 'vitest'
import { findsName, namesItself, wait } from '../fixtures/birth-bodies.mjs'
import { type AnySelf, balanced, endOf, inside, thrownBy, turns } from './world.ts'

const parked = async (me: AnySelf): Promise<void> => void (await me.receive())

describe('register', () => {
  it('register gives a name that send and whereis find, until it is taken back', () =>
    inside(async (self) => {
      self.register('me')
      expect(self.whereis('me')).toBe(self.pid)
      send('me', 1)
      self.send('me', 2)
      self.runtime.send('me', 3)
      expect([await self.receive(), await self.receive(), await self.receive()]).toEqual([1, 2, 3])
      expect(self.unregister('me')).toBe(true)
      expect(self.unregister('me')).toBe(false)
      expect(self.whereis('me')).toBeUndefined()
      self.send('me', 4)
      await self.sleep(0)
      expect(self.tryReceive()).toBeUndefined()
      balanced(self.runtime.inspect())
    }))

  it('register refuses a name that is taken, saying who has it, a second name, the dead, and what is no name', () =>
    inside(async (self) => {
      const other = self.spawn(parked)
      self.register('taken', other)
      expect(thrownBy(() => self.register('taken'))).toMatchObject({
        code: 'ERR_RUMPUS_NAME_TAKEN',
        message: expect.stringMatching(/^the name "taken" belongs to process <\d+\.\d+\.\d+>$/),
      })
      expect(thrownBy(() => self.runtime.register('second', other))).toMatchObject({
        code: 'ERR_RUMPUS_NAMED',
        message: expect.stringMatching(/cannot be named "second": it is named "taken"$/),
      })
      exit(other, 'kill')
      await endOf(self, other)
      expect(thrownBy(() => self.register('late', other))).toMatchObject({ code: 'ERR_RUMPUS_NOPROC' })
      for (const name of ['', 7, undefined, 'half a \ud800']) {
        expect(thrownBy(() => self.register(name as never))).toMatchObject({ code: 'ERR_RUMPUS_BAD_ARGUMENT' })
        expect(thrownBy(() => self.whereis(name as never))).toMatchObject({ code: 'ERR_RUMPUS_BAD_ARGUMENT' })
      }
      expect(thrownBy(() => self.register('x', 0 as never))).toMatchObject({ code: 'ERR_RUMPUS_BAD_ARGUMENT' })
    }))

  it('a name is free again when its holder has ended, and not before', () =>
    inside(async (self) => {
      let go = (): void => {}
      const stays = new Promise<void>((resolve) => {
        go = resolve
      })
      const first = self.spawn(
        async (me: AnySelf) => {
          try {
            await me.receive()
          } finally {
            await stays
          }
        },
        { name: 'one' },
      )
      await self.sleep(0)
      const ref = self.monitor(first)
      exit(first, 'shutdown')
      await turns()
      expect(isAlive(first)).toBe(false)
      expect(self.whereis('one')).toBeUndefined()
      expect(thrownBy(() => self.register('one'))).toMatchObject({ code: 'ERR_RUMPUS_NAME_TAKEN' })
      go()
      expect(await self.receive()).toMatchObject({ ref })
      self.register('one')
      expect(self.whereis('one')).toBe(self.pid)
    }))

  it('whereis and send see a name given on another scheduler as soon as they can know of it', () =>
    inside(async (self) => {
      for (let round = 0; round < 20; round++) {
        self.send('there', 'nobody is there yet')
        const pid = self.spawn(namesItself.with({ on: 1 }), self.pid, 'there')
        expect(await self.receive()).toBe('named')
        expect(self.whereis('there')).toBe(pid)
        self.send('there', round)
        expect(await self.receive()).toEqual({ got: round })
        self.spawn(findsName.with({ on: 2 }), self.pid, 'there')
        expect(await self.receive()).toBe(pid)
        exit(pid, 'kill')
        await endOf(self, pid)
        expect(self.whereis('there')).toBeUndefined()
      }
      balanced(self.runtime.inspect())
    }))

  it('names of two runtimes do not meet, and send to a name asks which is meant', async () => {
    const [one, two] = await Promise.all([start({ schedulers: 1 }), start({ schedulers: 1 })])
    onTestFinished(() => Promise.all([one.stop(), two.stop()]).then(() => {}))
    const pids = [one, two].map((runtime) => runtime.spawn(parked, { name: 'same' }))
    expect([one.whereis('same'), two.whereis('same')]).toEqual(pids)
    expect(thrownBy(() => send('same', 1))).toMatchObject({ code: 'ERR_RUMPUS_WHICH_RUNTIME' })
    one.send('same', 1)
    expect(thrownBy(() => one.register('x', pids[1]!))).toMatchObject({ code: 'ERR_RUMPUS_NOPROC' })
  })
})

describe('spawn with a name', () => {
  it('spawn gives the name from the start, of closures and of definitions', () =>
    inside(async (self) => {
      const closure = self.spawn(parked, { name: 'closure' })
      const definition = self.spawn(wait.with({ name: 'definition' }))
      expect([self.whereis('closure'), self.whereis('definition')]).toEqual([closure, definition])
    }))

  it('spawn that finds its name taken throws, and nothing has happened', () =>
    inside(async (self) => {
      self.register('taken')
      const { spawned } = self.runtime.inspect().processes
      for (let i = 0; i < 3; i++) {
        expect(thrownBy(() => self.spawn(parked, { name: 'taken' }))).toMatchObject({ code: 'ERR_RUMPUS_NAME_TAKEN' })
        expect(thrownBy(() => self.spawn(wait.with({ name: 'taken' })))).toMatchObject({
          code: 'ERR_RUMPUS_NAME_TAKEN',
        })
      }
      const bad = define(import.meta.url, 'never spawned', async (_: AnySelf, _fn: unknown) => {})
      expect(thrownBy(() => self.spawn(bad.with({ name: 'free' }), () => {}))).toMatchObject({
        code: 'ERR_RUMPUS_UNCROSSABLE',
      })
      expect(self.runtime.inspect().processes.spawned).toBe(spawned)
      self.unregister('taken')
      self.register('free')
    }))
})
