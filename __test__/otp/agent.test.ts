// Goal: functions reach the value one after the other; what they throw hits whom the documents say; none crosses. Method: each verb, here
// and elsewhere.

import { isAlive } from 'rumpus'
import { Agent, agent, defineAgent, startSupervisor } from 'rumpus/otp'
import { describe, expect, it } from 'vitest'
import { words } from '../fixtures/otp-agents.mjs'
import { type AnyPid, inside, rejectionOf, thrownBy } from '../process/world.ts'

describe('an agent', () => {
  it('is read and changed by functions, in the order of the calls', () =>
    inside(async (self) => {
      const list = await Agent.start(self, () => [] as number[])
      for (let i = 0; i < 1_000; i++) list.cast((all) => [...all, i])
      const all = Array.from({ length: 1_000 }, (_, i) => i)
      expect(await list.get((all) => all)).toEqual(all)
      expect(await list.get((all, more: number) => all.length + more, { args: [5] })).toBe(1_005)
      expect(await list.update(async (all) => all.slice(0, 2))).toBe(undefined)
      expect(await list.getAndUpdate((all) => [all.length, [...all, 7]])).toBe(2)
      expect(await list.get((all) => all)).toEqual([0, 1, 7])
      await list.stop()
      expect(isAlive(list.to as AnyPid)).toBe(false)
      expect(await rejectionOf(list.get((all) => all))).toMatchObject({ code: 'ERR_RUMPUS_NOPROC' })
    }))

  it('has one function at its value at a time', () =>
    inside(async (self) => {
      const counter = await Agent.start(self, () => 0)
      const slowly = async (n: number): Promise<number> => {
        await new Promise((resolve) => setImmediate(resolve))
        return n + 1
      }
      await Promise.all(Array.from({ length: 50 }, () => counter.update(slowly)))
      expect(await counter.get((n) => n)).toBe(50)
    }))

  it('outlives what throws while it reads, not what throws while it changes', () =>
    inside(async (self, crashes) => {
      const counter = await Agent.start(self, () => 1, { link: false })
      const fails = (): never => {
        throw new RangeError('as told')
      }
      expect(await rejectionOf(counter.get(fails))).toMatchObject({ name: 'RangeError', message: 'as told' })
      expect(await rejectionOf(counter.get(() => Promise.reject('no error')))).toMatchObject({ message: /no error/ })
      expect(await counter.get((n) => n)).toBe(1)
      expect(crashes).toEqual([])
      expect(await rejectionOf(counter.update(fails))).toMatchObject({ code: 'ERR_RUMPUS_DOWN' })
      expect(isAlive(counter.to as AnyPid)).toBe(false)
      expect(crashes).toHaveLength(1)
    }))

  it('keeps its value when a function does not answer a pair', () =>
    inside(async (self) => {
      const counter = await Agent.start(self, () => 1)
      for (const wrong of [() => 7, () => [1], () => undefined]) {
        expect(await rejectionOf(counter.getAndUpdate(wrong as never))).toMatchObject({
          code: 'ERR_RUMPUS_BAD_ARGUMENT',
        })
      }
      expect(await counter.get((n) => n)).toBe(1)
    }))

  it('elsewhere takes functions by their names, and no other', () =>
    inside(async (self) => {
      const there = await Agent.start(self, words, { args: ['a', 'b'], on: 1 })
      const here = await Agent.start(self, words, { on: 'here' })
      expect(await there.get('size')).toBe(2)
      there.cast('add', { args: ['c'] })
      await there.update('add', { args: ['c'] })
      expect(await there.getAndUpdate('take', { args: ['a'] })).toBe(true)
      expect(await there.get('size')).toBe(2)
      expect(await rejectionOf(there.get('fail'))).toMatchObject({ name: 'RangeError', message: 'as told' })
      expect(await rejectionOf(there.get('none'))).toMatchObject({
        code: 'ERR_RUMPUS_BAD_ARGUMENT',
        message: /^what must be a function or one of "add","size","fail","take","thread", got "none"$/,
      })
      for (const name of ['toString', '__proto__', 'constructor']) {
        expect(await rejectionOf(there.get(name))).toMatchObject({ code: 'ERR_RUMPUS_BAD_ARGUMENT' })
      }
      expect(thrownBy(() => there.get((set) => set.size))).toMatchObject({
        code: 'ERR_RUMPUS_UNCROSSABLE',
        message: /^what cannot cross to another scheduler: a function; name one/,
      })
      expect(thrownBy(() => there.cast((set) => set)).code).toBe('ERR_RUMPUS_UNCROSSABLE')
      expect(thrownBy(() => there.get('size', { args: [() => {}] })).code).toBe('ERR_RUMPUS_UNCROSSABLE')
      expect(await here.get('size')).toBe(0)
      expect(await here.get((set) => set.size)).toBe(0)
      expect(await there.get('thread')).not.toBe(await here.get('thread'))
    }))

  it('has a name, a supervisor, and begins anew with its first value', () =>
    inside(async (self, crashes) => {
      const start = agent((first: number) => first, { add: (n: number, more: number) => n + more })
      await startSupervisor(self, { children: [{ id: 'hits', name: 'hits', start, args: [5] }] })
      const hits = new Agent<number>('hits')
      await hits.update('add', { args: [1] })
      expect(await hits.get((n) => n)).toBe(6)
      const fails = (): never => {
        throw new Error('as told')
      }
      expect(await rejectionOf(hits.update(fails))).toMatchObject({ code: 'ERR_RUMPUS_DOWN' })
      while (self.whereis('hits') === undefined) await self.sleep(1)
      expect(await hits.get((n) => n)).toBe(5)
      expect(crashes).toHaveLength(1)
    }))

  it('does not start if its first function throws', () =>
    inside(async (self) => {
      const fails = async (): Promise<number> => {
        throw new RangeError('as told')
      }
      expect(await rejectionOf(Agent.start(self, fails, { link: false }))).toMatchObject({ code: 'ERR_RUMPUS_INIT' })
    }))

  it('says what is wrong at the call', () =>
    inside(async (self) => {
      const counter = await Agent.start(self, () => 0)
      const wrong: [() => unknown, RegExp][] = [
        [() => new Agent(''), /^to must be a string that is not empty/],
        [() => new Agent(-3 as never), /^pid must be a pid/],
        [() => counter.get(7 as never), /^what must be a function or the name of one, got 7/],
        [() => counter.get((n) => n, { args: 7 as never }), /^options\.args must be an array/],
        [() => counter.get((n) => n, { timeout: -1 }), /^options\.timeout must be/],
        [() => agent(7 as never), /^initial must be a function/],
        [() => agent(() => 0, { a: 7 } as never), /^functions\.a must be a function/],
        [() => defineAgent(import.meta.url, 'a', () => 0, null as never), /^functions must be an object/],
      ]
      for (const [what, message] of wrong) expect(thrownBy(what).message).toMatch(message)
      defineAgent(import.meta.url, 'twice', () => 0, { a: () => 1 })
      defineAgent(import.meta.url, 'twice', () => 0, { a: () => 1 })
      expect(thrownBy(() => defineAgent(import.meta.url, 'twice', () => 0, { a: () => 2 }))).toMatchObject({
        code: 'ERR_RUMPUS_OUT_OF_RANGE',
      })
    }))
})
